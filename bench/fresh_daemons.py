"""How punctual is a daemon as it is used? Fresh ones, three airings a minute apart, the card opened anew for each.

    python bench/fresh_daemons.py [--daemons 50]

Ten daemons at a time run beside each other, each with a null sink and a wall clock of its own, six seconds apart,
so that no two of them air at once. What each sink's monitor heard is compared with the programme sample for sample, and
the moment of its first sample with the scheduled instant; once on an idle machine and once with all cores busy.
Budgets: 99 % within 1 ms, worst 5 ms. The baseline is the same speaker, its card left open between airings
(`playout.py` has more of it).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.pulse_server import RATE, Recorder, Server
from harness.small_commune import ZONE
from playout import Heard, busy, heard, ours, run, samples_of

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.loop import run as serve
from loudspeaker.daemon.service import open_service
from loudspeaker.station import Station

TOGETHER = 10  # daemons
APART = 6.0  # seconds between their clocks: lead (2.5), sound (3) and the closing of the card
AIRINGS = 3  # of each, a minute apart
AHEAD = 20.0  # seconds from the start of a daemon to its first airing, at least
REACH = 0.3  # seconds behind the instant in which the sound is looked for
FILES = {
    "commune.yaml": "commune: Xã Thử\nid: xa-thu\nvoices: [tone:low]\nvillages: [na-hoa]\n"
    "policy: {hours: [00:00-24:00], sessions_per_day: 100, minutes_per_session: 999, allow_night: true}\n",
    "box.yaml": "plays: {na-hoa: loa}\noutputs: {loa: {device: SINK}}\nclock: trusted\n",
    "bulletins/tin.md": "---\ntitle: Tin\n---\nHọp.\n",
    "schedules/na-hoa.yaml": "village: Nà Hoa\nbroadcasts:\n  - {bulletin: tin, every: 1m, between: 00:00-23:59}\n",
}


class ShiftedClock(SystemClock):
    """This machine's time, `shift` seconds later."""

    def __init__(self, shift: float) -> None:
        super().__init__(ZONE)
        self._shift = timedelta(seconds=shift)

    def now(self) -> datetime:
        return super().now() + self._shift


def make_stations(folder: Path, sinks: list[str]) -> list[Path]:
    """For each sink a station that airs once a minute, with its sound made: made once, and copied."""
    homes = [folder / sink for sink in sinks]
    for name, text in FILES.items():
        (homes[0] / name).parent.mkdir(parents=True, exist_ok=True)
        (homes[0] / name).write_text(text, encoding="utf-8")
    station = Station.open(homes[0], clock=ShiftedClock(0))
    station.preparation.prepare(None, 1, lambda done, total, what: None)
    station.close()
    for home in homes[1:]:
        shutil.copytree(homes[0], home)
    for home, sink in zip(homes, sinks, strict=True):
        (home / "box.yaml").write_text(FILES["box.yaml"].replace("SINK", sink), encoding="utf-8")
    return homes


def air(home: Path, shift: float) -> None:
    """The daemon of one station, in this process."""
    station = Station.open(home, clock=ShiftedClock(shift))
    serve(lambda wake: open_service(station, wake), station.paths.socket, station.clock)


def programme(home: Path) -> array[int]:
    """The samples of the only programme that the station has."""
    (path,) = [path for path in (home / "audio_cache" / "programmes").rglob("*.wav")]
    return samples_of(path)


def instants(shift: float, after: float) -> list[float]:
    """The next whole minutes of a shifted clock behind `after`, monotonic."""
    apart = time.time() + shift - time.monotonic()  # wall minus monotonic
    first = (int((after + apart) // 60) + 1) * 60.0
    return [first + 60 * number - apart for number in range(AIRINGS)]


def loud(samples: array[int]) -> tuple[array[int], float]:
    """`samples` without the silence at their head, and how long that is in seconds."""
    head = next(index for index, sample in enumerate(samples) if sample)
    return samples[head:], head / RATE


def batch(folder: Path, server: Server) -> Iterator[Heard]:
    """Start `TOGETHER` daemons and hear three airings of each."""
    with ExitStack() as stack:
        daemons: list[tuple[subprocess.Popen[bytes], Path, Recorder, float]] = []
        for index, home in enumerate(make_stations(folder, list(server.sinks))):
            shift, sink = index * APART, home.name
            recorder = stack.enter_context(server.recorder(sink))
            command = [sys.executable, __file__, "--air", json.dumps([str(home), shift])]
            daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=server.whole)
            daemons.append((daemon, home, recorder, shift))
        begun = time.monotonic() + AHEAD
        expected = [instants(shift, begun) for *_, shift in daemons]
        time.sleep(max(times[-1] for times in expected) + 2.0 - time.monotonic())
        for daemon, *_ in daemons:
            daemon.terminate()
            daemon.wait()
        for (_, home, recorder, _), times in zip(daemons, expected, strict=True):
            recorder.stop()
            samples, silence = loud(programme(home))
            yield heard(recorder, samples, [instant + silence for instant in times], REACH)


def compare(daemons: int, state: str) -> None:
    """Print what `daemons` fresh daemons did, beside a card that is left open."""
    results: list[Heard] = []
    for _ in range(max(1, daemons // TOGETHER)):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder) / "pulse", [f"sink{index}" for index in range(TOGETHER)])
            os.environ |= server.environment
            try:
                results += batch(Path(folder) / "stations", server)
            finally:
                server.stop()
        for one in results[-TOGETHER:]:
            print("  ", *(f"{error:.3f}" for error in one.errors), f"({one.cut} cut)" * bool(one.cut), flush=True)
    mine = Heard.of(results)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "pulse", ["bench"])
        os.environ |= server.environment
        try:
            left_open = run(server, ours, 30, REACH)
        finally:
            server.stop()
    print(mine.line(f"fresh daemons, {state}"))
    print(left_open.line(f"one card left open, {state}"))
    print(f"{'ratio of the medians':34} {mine.median / left_open.median:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--daemons", type=int, default=50)
    parser.add_argument("--only", choices=("idle", "busy"))
    parser.add_argument("--air", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.air:
        home, shift = json.loads(wanted.air)
        return air(Path(home), shift)
    if wanted.only != "busy":
        compare(wanted.daemons, "idle")
    if wanted.only != "idle":
        with busy():
            compare(wanted.daemons, "all cores busy")


if __name__ == "__main__":
    main()
