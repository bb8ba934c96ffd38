"""How punctual is a daemon as it is used? Fresh ones, three airings a minute apart, the card opened anew for each.

    python bench/fresh_daemons.py [--daemons 50] [--only idle | busy]

Ten daemons at a time run beside each other, each with a null sink and a wall clock of its own, six seconds apart,
so that no two of them air at once. What each sink's monitor heard is compared with the programme sample for sample, and
the moment of its first sample with the scheduled instant; once on an idle machine and once with all cores busy.
Each daemon runs twice: of a station that was never on the air, which knows nothing of its card, and after a restart.
Counting begins when all daemons of a batch answer: ten that start at once take longer than one on a Raspberry Pi.
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

from harness.pulse_server import EXACT, RATE, ROUGH, Recorder, Server
from harness.small_commune import ZONE
from harness.waiting import wait_for
from playout import Heard, busy, heard, ours, run, samples_of

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.loop import run as serve
from loudspeaker.daemon.protocol import ask
from loudspeaker.daemon.service import open_service
from loudspeaker.errors import Unreachable
from loudspeaker.station import Station
from loudspeaker.station.paths import SOCKET

TOGETHER = 10  # daemons
APART = 6.0  # seconds between their clocks: the sound lasts three
AIRINGS = 3  # of each, a minute apart
AHEAD = 30.0  # seconds from all daemons' answering to their first airings, at least
STARTING = 600.0  # seconds that a daemon may take to answer
RUNS = ("a station's first day", "after a restart")
REACH = 0.3  # seconds behind the instant in which the sound is looked for
FILES = {
    "commune.yaml": "commune: Xã Thử\nid: xa-thu\nvoices: [tone:low]\nvillages: [na-hoa]\n"
    "policy: {hours: [00:00-24:00], sessions_per_day: 100, minutes_per_session: 999, allow_night: true}\n",
    "box.yaml": "plays: {na-hoa: loa}\noutputs: {loa: {device: SINK}}\nclock: trusted\n",
    "bulletins/tin.md": "---\ntitle: Tin\n---\nHọp.\n",
}
SCHEDULE = "village: Nà Hoa\nbroadcasts:\n"
LONGEST = timedelta(hours=1)  # of a batch: no station has an airing in every minute of a day


class ShiftedClock(SystemClock):
    """This machine's time, `shift` seconds later."""

    def __init__(self, shift: float) -> None:
        super().__init__(ZONE)
        self._shift = timedelta(seconds=shift)

    def now(self) -> datetime:
        return super().now() + self._shift


def once_a_minute(begin: datetime) -> str:
    """A schedule from `begin` on, for as long as a batch may take."""
    end = begin + LONGEST
    midnight = end.date() > begin.date()
    spans = [f"{begin:%H:%M}-23:59", f"00:00-{end:%H:%M}"] if midnight else [f"{begin:%H:%M}-{end:%H:%M}"]
    return SCHEDULE + "".join(f"  - {{bulletin: tin, every: 1m, between: {span}}}\n" for span in spans)


def make_stations(folder: Path, sinks: list[str]) -> list[Path]:
    """For each sink a station that airs once a minute, with its sound made: made once, and copied."""
    homes = [folder / sink for sink in sinks]
    schedule = once_a_minute(ShiftedClock(0).now())
    for name, text in {**FILES, "schedules/na-hoa.yaml": schedule}.items():
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


def answers(home: Path) -> bool:
    """Its daemon takes requests."""
    try:
        ask(home / ".state" / SOCKET, "status", patience=STARTING)
    except Unreachable:
        return False
    return True


def batch(homes: list[Path], server: Server) -> Iterator[Heard]:
    """Start a daemon for each of `homes` and hear three airings of each."""
    with ExitStack() as stack:
        daemons: list[tuple[subprocess.Popen[bytes], Path, Recorder, float]] = []
        for index, home in enumerate(homes):
            shift, sink = index * APART, home.name
            recorder = stack.enter_context(server.recorder(sink, EXACT))
            command = [sys.executable, __file__, "--air", json.dumps([str(home), shift])]
            daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=server.whole)
            stack.callback(daemon.kill)
            daemons.append((daemon, home, recorder, shift))
        wait_for(lambda: all(map(answers, homes)), STARTING, pause=0.5)
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
    results: dict[str, list[Heard]] = {run: [] for run in RUNS}
    for _ in range(max(1, daemons // TOGETHER)):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder) / "pulse", [f"sink{index}" for index in range(TOGETHER)], ROUGH)
            os.environ |= server.environment
            try:
                homes = make_stations(Path(folder) / "stations", list(server.sinks))
                for heard_of in results.values():
                    heard_of += batch(homes, server)
            finally:
                server.stop()
        for name, heard_of in results.items():
            print(name)
            for one in heard_of[-TOGETHER:]:
                faults = f"({one.cut} cut)" * bool(one.cut) + f"({one.missing} not heard)" * bool(one.missing)
                print("  ", *(f"{error:.3f}" for error in one.errors), faults, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "pulse", ["bench"])
        os.environ |= server.environment
        try:
            left_open = run(server, ours, 30, REACH)
        finally:
            server.stop()
    print(left_open.line(f"one card left open, {state}"))
    for name, heard_of in results.items():
        mine = Heard.of(heard_of)
        print(mine.line(f"{name}, {state}"))
        print(f"{'ratio of the medians':38} {mine.median / left_open.median:.2f}", flush=True)


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
