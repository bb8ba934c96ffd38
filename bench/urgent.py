"""How soon is an alarm heard? A cold `loudspeaker urgent` beside a running daemon, in a null sink.

    python bench/urgent.py [--times 8]

With `--yes`, from Enter: with sentences that nobody has said before, and with sentences that are there. Without, from
the answer to what is shown, new sentences too: they are made while it is read. The baseline is what a village without
any of this would type: `espeak-ng … | paplay`, which neither masters, nor repeats, nor keeps a record.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.pulse_server import RATE, Recorder, Server
from harness.waiting import wait_for

from loudspeaker.daemon.protocol import ask
from loudspeaker.errors import Unreachable

SINK = "bench"
COMMAND = [sys.executable, "-m", "loudspeaker"]
ENVIRON = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
TEXT = "Nước suối lên nhanh, mức {number}. Bà con rời ngay khỏi bờ suối."
USUAL = "espeak-ng | paplay"
REACH = 5.0  # s: the baseline takes its time
READING = 2.0  # s, until somebody answers
LOUD = 64  # of 32,768: an alarm has begun


class Station:
    """The sample commune with one card, and its daemon."""

    def __init__(self, home: Path, server: Server) -> None:
        subprocess.run([*COMMAND, "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        box = f"plays: {{na-hoa: a}}\noutputs: {{a: {{device: {SINK}}}}}\nclock: trusted\n"
        (home / "box.yaml").write_text(box, encoding="utf-8")
        self.home, self.socket = home, home / ".state" / "control.sock"
        self.environ = {**ENVIRON, **server.environment}
        subprocess.run([*self.command("prepare", "--days", "2")], stderr=subprocess.DEVNULL, check=False)
        self.daemon = subprocess.Popen(self.command("run"), env=self.environ, stderr=subprocess.DEVNULL)
        wait_for(self._answers, 20)
        time.sleep(5)  # what it starts with is over

    def command(self, *words: str) -> list[str]:
        return [*COMMAND, "--home", str(self.home), *words]

    def alarm(self, text: str) -> float:
        """Give it without a question; when Enter was pressed."""
        moment = time.monotonic()
        words = ("urgent", text, "--all", "--yes", "--by", "bench")
        subprocess.run(self.command(*words), stderr=subprocess.DEVNULL, check=True)
        return moment

    def confirmed(self, text: str) -> float:
        """Give it and read what is asked; when the answer was typed."""
        words = self.command("urgent", text, "--all", "--by", "bench")
        with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as command:
            time.sleep(READING)
            moment = time.monotonic()
            command.communicate(b"y\n")
        return moment

    def silence(self) -> None:
        ask(self.socket, "stop", villages=[], why="bench", by="bench")
        wait_for(lambda: not any(turn["phase"] == "on air" for turn in ask(self.socket, "status")))  # type: ignore[attr-defined]

    def end(self) -> None:
        self.daemon.terminate()
        self.daemon.wait()

    def _answers(self) -> bool:
        try:
            return ask(self.socket, "status") is not None
        except Unreachable:
            return False


def usual(server: Server, text: str) -> float:
    """Say it the quick way; when Enter was pressed."""
    moment = time.monotonic()
    line = f'espeak-ng -v vi --stdout "{text}" | paplay --latency-msec=20 --device={SINK}'
    subprocess.run(["sh", "-c", line], env=server.whole, check=True)
    return moment


def waits(server: Server, times: int, say: Callable[[str], float], after: Callable[[], None], new: bool) -> list[float]:
    """Milliseconds from what `say` returns to the first sound, for each of `times` alarms."""
    with server.recorder(SINK) as recorder:
        moments = []
        for _ in range(times):
            time.sleep(1)
            moments.append(say(TEXT.format(number=time.monotonic_ns() % 10_000 if new else 7)))
            time.sleep(0.5)
            after()
        time.sleep(0.5)
        recorder.stop()
        return [heard(recorder, moment) for moment in moments]


def heard(recorder: Recorder, moment: float) -> float:
    sound, first = recorder.channel(1), recorder.frame(moment)
    frames = range(first, min(len(sound), first + round(REACH * RATE)))
    return (recorder.moment(next(frame for frame in frames if abs(sound[frame]) > LOUD)) - moment) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=8)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "pulse", [SINK])
        try:
            found = compare(server, Path(folder) / "xa", times)
        finally:
            server.stop()
    plain = median(found[USUAL])
    for name, waited in found.items():
        told = f"median {median(waited):6.0f} ms   worst {max(waited):6.0f} ms   ratio {median(waited) / plain:5.2f}"
        print(f"{name:34} {told}", flush=True)


def compare(server: Server, home: Path, times: int) -> dict[str, list[float]]:
    """Both ways, one after the other; milliseconds."""
    station = Station(home, server)
    try:
        station.alarm(TEXT.format(number=7))
        station.silence()
        found = {
            "Enter to sound, to be synthesized": waits(server, times, station.alarm, station.silence, new=True),
            "Enter to sound, cached": waits(server, times, station.alarm, station.silence, new=False),
            "answer to sound": waits(server, times, station.confirmed, station.silence, new=True),
        }
    finally:
        station.end()
    return found | {USUAL: waits(server, times, partial(usual, server), lambda: None, new=True)}


if __name__ == "__main__":
    main()
