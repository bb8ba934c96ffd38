"""How punctual is the air? Start error through a null sink, idle and with all cores busy, beside the usual way.

    python bench/playout.py [--airings 100] [--baseline 8]

Each airing is a short programme that starts where nothing else does. What the sink's monitor heard is compared with
the programme sample for sample, and the moment of its first sample with the scheduled instant. The baseline is what
is usually built: APScheduler starts a thread, which has pydub play the file with ffplay.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import sys
import tempfile
import time
import wave
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import recovery
from harness.pulse_server import RATE, Recorder, Server

from loudspeaker.interfaces import State
from loudspeaker.model.programme import Programme
from loudspeaker.playout.output import SHORT_FADE
from loudspeaker.speakers.card.speaker import CardSpeaker, PlayerProcess

SINK = "bench"
SECONDS = 0.4
APART = 1.0


class Clock:
    """This machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class Heard:
    """How the airings of one run were heard: errors in milliseconds, and those that were not whole."""

    errors: list[float]
    cut: int
    missing: int = 0  # nothing was heard at their time
    unmeasured: int = 0  # the null sink itself stood still near them, so that no moment can be told

    def line(self, name: str) -> str:
        return (
            f"{name:34} {len(self.sizes):4} airings   median {self.median:8.3f} ms   99 % {self.late:8.3f} ms"
            f"   worst {self.worst:8.3f} ms   not heard {self.missing}   not sample-exact {self.cut}"
            f"   not measured {self.unmeasured} (the sink stood still)"
        )

    @classmethod
    def of(cls, runs: Sequence[Heard]) -> Heard:
        """Several runs as one."""
        errors = [error for run in runs for error in run.errors]
        missing, unmeasured = sum(run.missing for run in runs), sum(run.unmeasured for run in runs)
        return cls(errors, sum(run.cut for run in runs), missing, unmeasured)

    @property
    def sizes(self) -> list[float]:
        """The errors without their sign, the smallest first."""
        return sorted(abs(error) for error in self.errors) or [float("nan")]

    @property
    def late(self) -> float:
        """The 99th percentile."""
        return quantiles(self.sizes, n=100, method="inclusive")[98] if len(self.sizes) > 1 else self.sizes[0]

    @property
    def worst(self) -> float:
        return self.sizes[-1]

    @property
    def median(self) -> float:
        return median(self.sizes)


def noise(folder: Path) -> tuple[Programme, array[int]]:
    """A programme in which every sample is loud, so that its first and last ones are found."""
    random = Random(1)
    samples = array("h", (random.choice((-1, 1)) * random.randint(2_000, 12_000) for _ in range(int(SECONDS * RATE))))
    path = folder / "noise.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Programme("noise", path, RATE, len(samples), digest), samples


def samples_of(path: Path) -> array[int]:
    """The samples of a programme's WAV."""
    with wave.open(str(path)) as file:
        return array("h", file.readframes(file.getnframes()))


def ours(programme: Programme, airings: int) -> list[float]:
    """Air `airings` times and return the instants, monotonic, at which the first samples should leave."""
    card = PlayerProcess(SINK, 1, Clock())
    speaker = CardSpeaker(card, "bench")
    card.start()
    instants = []
    for number in range(airings):
        ahead = speaker.lead if not number else APART - SECONDS
        instants.append(time.monotonic() + ahead)
        speaker.arm(str(number), [programme], Clock().now() + timedelta(seconds=ahead))
        while speaker.poll().state in (State.ARMED, State.PLAYING):
            time.sleep(0.005)
    speaker.close()
    return instants


def urgent(server: Server, times: int) -> None:
    """How soon is an alarm heard, on an output at rest and on one that is playing?"""
    with tempfile.TemporaryDirectory() as folder, server.recorder(SINK) as recorder:
        programme, samples = noise(Path(folder))
        card = PlayerProcess(SINK, 1, Clock())
        speaker = CardSpeaker(card, "bench")
        card.start()
        time.sleep(2)
        asked: dict[str, list[float]] = {"at rest": [], "playing": []}
        for _ in range(times):
            asked["at rest"].append(time.monotonic())
            speaker.arm("x", [programme] * 9, Clock().now())
            time.sleep(1 + 0.01 * len(asked["playing"]))
            asked["playing"].append(time.monotonic())
            speaker.stop(SHORT_FADE)
            speaker.arm("alarm", [programme], Clock().now())
            time.sleep(2.5)
        speaker.close()
        recorder.stop()
        for name, moments in asked.items():
            waits = sorted(wait(recorder, samples, moment) for moment in moments)
            told = f"median {median(waits):8.3f} ms   worst {waits[-1]:8.3f} ms"
            print(f"{'an alarm, output ' + name:34} {times:4} times     {told}", flush=True)


def wait(recorder: Recorder, samples: array[int], moment: float) -> float:
    """Milliseconds from `moment` until a programme begins."""
    sound, head = recorder.channel(1), samples[:100]
    first = recorder.frame(moment)
    found = next(frame for frame in range(first, len(sound)) if sound[frame : frame + 100] == head)
    return (recorder.moment(found) - moment) * 1000


def usual(programme: Programme, airings: int) -> list[float]:
    """The same with APScheduler, pydub and ffplay."""
    from apscheduler.schedulers.background import BackgroundScheduler
    from pydub import AudioSegment
    from pydub.playback import play

    os.environ |= {"SDL_AUDIODRIVER": "pulse", "PULSE_SINK": SINK}
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start()
    sys.stderr.flush()
    instants = []
    for _ in range(airings):
        instants.append(time.monotonic() + 0.5)
        at = datetime.now(UTC) + timedelta(seconds=0.5)
        scheduler.add_job(lambda: play(AudioSegment.from_file(programme.path)), "date", run_date=at)
        time.sleep(3.5)
    scheduler.shutdown()
    return instants


def heard(recorder: Recorder, samples: array[int], instants: Sequence[float], reach: float) -> Heard:
    """Find each airing in what was recorded, from a little before its instant up to `reach` seconds after it."""
    sound, errors, cut, missing, unmeasured = recorder.channel(1), [], 0, 0, 0
    for instant in instants:
        expected = recorder.frame(instant)
        window = range(max(0, expected - RATE // 5), min(len(sound), expected + round(reach * RATE)))
        first = next((frame for frame in window if sound[frame]), None)
        if first is None:
            missing += 1
            continue
        if sound[first : first + len(samples)] != samples:
            cut += 1
        if recorder.lost_place(expected):
            unmeasured += 1
        else:
            errors.append((recorder.moment(first) - instant) * 1000)
    return Heard(errors, cut, missing, unmeasured)


@contextmanager
def busy() -> Iterator[None]:
    """All cores at work on something else."""
    burners = [multiprocessing.Process(target=burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for burner in burners:
        burner.start()
    yield
    for burner in burners:
        burner.terminate()


def burn() -> None:
    while True:
        sum(range(10_000))


def run(server: Server, way: Callable[[Programme, int], list[float]], airings: int, reach: float) -> Heard:
    with tempfile.TemporaryDirectory() as folder, server.recorder(SINK) as recorder:
        programme, samples = noise(Path(folder))
        instants = way(programme, airings)
        time.sleep(0.5)
        recorder.stop()
        return heard(recorder, samples, instants, reach)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--airings", type=int, default=100)
    parser.add_argument("--baseline", type=int, default=8, help="airings of the usual way, which are slow")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "pulse", [SINK])
        os.environ |= server.environment
        try:
            urgent(server, 10)
            compare(server, wanted.airings, wanted.baseline, "idle")
            with busy():
                compare(server, wanted.airings, wanted.baseline, "all cores busy")
        finally:
            server.stop()
    recovery.main()


def compare(server: Server, airings: int, baseline: int, state: str) -> None:
    mine = run(server, ours, airings, 0.3)
    theirs = run(server, usual, baseline, 3.0)
    print(mine.line(f"loudspeaker, {state}"))
    print(theirs.line(f"APScheduler+pydub+ffplay, {state}"))
    print(f"{'ratio of the medians':34} {theirs.median / mine.median:.0f}", flush=True)


if __name__ == "__main__":
    main()
