"""Programmes of noise for tests on a sound server: no two are alike, and none is silent anywhere."""

from __future__ import annotations

import hashlib
import time
import wave
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from harness.pulse_server import RATE
from harness.waiting import wait_for
from loudspeaker.errors import DeviceGone
from loudspeaker.interfaces import Speaker, State
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.card.speaker import LEAD

AT_ITS_SECOND = 0.005  # s on either side, at worst (docs/promises.md); bench/playout.py measures it


@dataclass
class Noise:
    """A programme that cannot be mistaken for another: no two samples in a row are alike, none is silence."""

    programme: Programme
    samples: array[int]

    @classmethod
    def make(cls, folder: Path, seed: int, seconds: float) -> Noise:
        random = Random(seed)
        samples = array("h", (random.choice((-1, 1)) * random.randint(1, 20_000) for _ in range(int(seconds * RATE))))
        path = folder / f"{seed}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(samples.tobytes())
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(Programme(str(seed), path, RATE, len(samples), digest), samples)


def soon(seconds: float = LEAD) -> tuple[datetime, float]:
    """The same instant as wall and as monotonic time, as far ahead as the station arms a card."""
    return datetime.now(UTC) + timedelta(seconds=seconds), time.monotonic() + seconds


def wait_until_over(*speakers: Speaker) -> None:
    """Each is asked every time, as the station asks them."""
    wait_for(lambda: not {speaker.poll().state for speaker in speakers} & {State.ARMED, State.PLAYING})


def play(at: datetime, *given: tuple[Speaker, Sequence[Programme]]) -> bool:
    """Arm each speaker with what is given for it, and wait until all are over. Was all of it played to its end?

    Not where a busy machine had a card taken for frozen: the station begins again then, and so may a test.
    """
    speakers = [speaker for speaker, _ in given]
    for number, (speaker, sequence) in enumerate(given):
        with suppress(DeviceGone):
            speaker.arm(str(number), sequence, at)
    wait_until_over(*speakers)
    return all(speaker.poll().state is State.DONE for speaker in speakers)


def without_gaps(samples: array[int]) -> array[int]:
    """What was heard of noise, but for the silence where a busy machine let its player or its server wait."""
    return array("h", filter(None, samples))
