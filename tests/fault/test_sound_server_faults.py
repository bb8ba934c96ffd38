"""The sound server is killed, frozen, loses its card, offers another: right verdicts, the next on time, no hang."""

from __future__ import annotations

import signal
import time
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from harness import pulse_server
from harness.card_box import CardBox
from harness.faulty_box import WHOLE
from harness.noise import without_gaps
from harness.pulse_server import RATE, ROUGH, Recorder, Server

from loudspeaker.daemon.protocol import ask
from loudspeaker.errors import Unreachable

KINDS = ("killed", "frozen", "unplugged", "replaced")
RUNS, AT_ONCE = 100, 3
BRIEF, LONG = 1.0, 60.0  # seconds without the card; each fourth time of a kind is a long one
HANG = 2.0  # seconds
AGREED = 0.1  # … between log and ear, which leaves room for a recorder on a busy machine
DURATION = 2.0
KNOCK, SELDOM = 0.1, 1.0  # s between questions to the loop: often only where it is asked how long it took
STRAYED = 0.3  # seconds of a sound that its server has moved, until that is seen
pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not pulse_server.FOUND, reason="PulseAudio's programs are not installed"),
]


def test_a_sound_server_that_fails_costs_no_more_than_its_time(tmp_path: Path, full: bool) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        numbers = range(RUNS if full else len(KINDS))
        outcomes = [pool.submit(mistreat, tmp_path / str(number), number, quiet=full) for number in numbers]
    failed = {number: error for number, outcome in enumerate(outcomes) if (error := outcome.exception())}
    assert not failed, "\n".join(f"{number}: {KINDS[number % len(KINDS)]}: {error}" for number, error in failed.items())


def mistreat(folder: Path, number: int, quiet: bool) -> None:
    """Once; on a `quiet` machine nothing may be late."""
    chance, kind = Random(number), KINDS[number % len(KINDS)]
    away = LONG if number // len(KINDS) % 4 == 3 else BRIEF
    with Hall(folder / "pulse", kind) as hall:
        box = CardBox(
            folder,
            airings=3 if away == LONG else 2,
            apart=37.5 if away == LONG else 16.0,
            duration=DURATION,
            sink="hall",
            environment=hall.server.environment,
            recorder=hall,  # type: ignore[arg-type]
        )
        with box, answers(box, KNOCK if quiet else SELDOM) as slowest:
            box.wait_for(0, chance.uniform(-2.5, DURATION))
            hall.fail()
            time.sleep(away)
            hall.mend()
            box.finish()
        judge(box, hall)
        if quiet:
            assert box.records()[-1].verdict == "aired", box.told
            assert max(slowest) < HANG, (kind, max(slowest), box.told)


def judge(box: CardBox, hall: Hall) -> None:
    """What the log says is what was heard; nothing was heard elsewhere; the last airing came when it was due."""
    strayed = len(without_gaps(hall.elsewhere())) / RATE
    assert strayed < STRAYED, f"{strayed} s were heard elsewhere\n{box.told}"
    box.check()
    sounds = box.sounds()
    for record in box.records():
        whole = any(sound.whole for sound in sounds if sound.airing == record.id)
        heard = max((sound.share for sound in sounds if sound.airing == record.id), default=0.0)
        if record.verdict == "aired-partly":
            # What fails in its last moment may have been heard to its end before its player could tell.
            assert not whole or DURATION - record.frames / RATE < AGREED, box.told
            assert abs(record.frames / RATE - heard * DURATION) < 0.3, (record, heard, box.told)
        else:
            # … and its player may have told its end before the server told it that the card had gone.
            assert whole or (1 - heard) * DURATION < AGREED, (record, heard, box.told)
            assert record.verdict in WHOLE, (record, box.told)
    last = box.records()[-1]
    assert last.verdict in WHOLE, box.told
    assert last.started_at
    late = (last.started_at - box.due[-1]).total_seconds()
    told = box.first + (box.airings - 1) * box.apart + late
    assert abs(hall.moment(box.samples[-1]) - told) < AGREED, (late, box.told)


@contextmanager
def answers(box: CardBox, every: float) -> Iterator[list[float]]:
    """How long the loop took to answer, `every` so many seconds."""
    took, over = [0.0], Event()

    def knock() -> None:
        while not over.wait(every):
            asked = time.monotonic()
            with suppress(Unreachable):  # it has ended, or did not answer in time
                ask(box.folder / "state" / "control.sock", "status")
            took.append(time.monotonic() - asked)

    thread = Thread(target=knock)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


@dataclass
class Hall:
    """A card called hall, with an ear that stays in place while the card comes and goes; and another card."""

    folder: Path
    kind: str
    server: Server = field(init=False)
    ears: list[Recorder] = field(default_factory=list)
    other_ears: list[Recorder] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Hall:
        self.server = Server(self.folder, ["base", "other"], ROUGH)
        with (self.folder / ".asoundrc").open("a") as known:
            known.write("pcm.hall { type pulse device hall }\n")
        self._open.callback(self.server.stop)
        self._listen()
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def fail(self) -> None:
        if self.kind == "killed":
            self.server.stop()
        elif self.kind == "frozen":
            self.server.process.send_signal(signal.SIGSTOP)
        else:
            self.server.unplug("hall")

    def mend(self) -> None:
        if self.kind == "killed":
            self.server.start()
            self._listen()
        elif self.kind == "frozen":
            self.server.process.send_signal(signal.SIGCONT)
            if not self._thawed():
                self.server.stop()
                self.server.start()
                self._listen()
        else:
            self._plug()

    def _thawed(self) -> bool:
        """A server that has slept for long may be ended by the kernel: it makes up for it at the rank of a card."""
        time.sleep(0.5)
        return self.server.process.poll() is None and self.server.control("info").returncode == 0

    def channel(self, number: int) -> array[int]:
        """All that was heard, before and after."""
        return sum((ear.channel(number) for ear in self.ears), array("h"))

    def elsewhere(self) -> array[int]:
        """What the other card played."""
        return sum((ear.channel(1) for ear in self.other_ears), array("h"))

    def moment(self, samples: array[int]) -> float:
        """When a programme's first sample was heard the last time, monotonic."""
        place = self.ears[-1].channel(1).tobytes().rfind(samples[:200].tobytes())
        return self.ears[-1].moment(place // samples.itemsize)

    def _listen(self) -> None:
        """Before the card is there: nothing of what it plays is missed. The default is where a server moves streams."""
        self.server.control("set-default-sink", "other" if self.kind == "replaced" else "base")
        self.ears.append(self._open.enter_context(self.server.recorder("base")))
        self.other_ears.append(self._open.enter_context(self.server.recorder("other")))
        self._plug()

    def _plug(self) -> None:
        self.server.control("load-module", "module-remap-sink", "sink_name=hall", "master=base", "remix=no")
