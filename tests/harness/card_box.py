"""A box with a real player on a real sound server: what was heard is found in a recording, sample for sample."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Self

from harness.faulty_box import FaultyBox, HeardSound
from harness.playout_harness import ZONE
from harness.pulse_server import RATE, Recorder

NEVER = datetime.min.replace(tzinfo=ZONE)
GAP = RATE  # samples of silence
LOST = RATE // 100  # … and of the programme, after a gap
HEAD = 200  # samples by which a programme is known


@dataclass
class CardBox(FaultyBox):
    """Plays into `sink`, which `recorder` hears."""

    sink: str = ""
    recorder: Recorder | None = None
    samples: list[array[int]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.samples = [noise(self.folder / f"b{n}.wav", n, self.duration) for n in range(self.airings)]
        return super().__enter__()

    def outlet(self) -> Sequence[str]:
        return [self.sink]

    def sounds(self) -> list[HeardSound]:
        assert self.recorder
        heard = self.recorder.channel(1)
        found = [
            (first, HeardSound(airing, NEVER, most=share > 0.75, whole=share == 1.0, share=share))
            for airing, samples in zip(self.ids, self.samples, strict=True)
            for first, share in attempts(heard, samples)
        ]
        return [sound for _, sound in sorted(found, key=lambda pair: pair[0])]

    @property
    def told(self) -> str:
        """With how many of its pieces were heard of each airing, where it may be that only its head was not."""
        assert self.recorder
        heard = self.recorder.channel(1).tobytes()
        lines = [
            f"{airing}: {sum(piece in heard for piece in pieces(samples))} of {len(pieces(samples))} pieces heard"
            for airing, samples in zip(self.ids, self.samples, strict=True)
        ]
        return "\n".join([super().told, *lines])


def pieces(samples: array[int]) -> list[bytes]:
    """Some of it, each as long as what a programme is known by, from its head on."""
    return [samples[begin : begin + HEAD].tobytes() for begin in range(0, len(samples) - HEAD, 10 * HEAD)]


def noise(path: Path, seed: int, seconds: float) -> array[int]:
    """A programme that cannot be mistaken for another: none of its samples is silence."""
    raw = array("h", Random(seed).randbytes(2 * round(seconds * RATE)))
    samples = array("h", (sample // 3 or 1 for sample in raw))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return samples


def attempts(heard: array[int], samples: array[int]) -> Iterator[tuple[int, float]]:
    """Where `samples` begin in what was heard, and how much of them follows there.

    A sound server that has just come back stutters: up to `GAP` of silence and a few samples lost are no end.
    """
    everything, head, size = heard.tobytes(), samples[:HEAD].tobytes(), samples.itemsize
    place = everything.find(head)
    while place >= 0:
        if place % size == 0:
            first = place // size
            share = followed(heard, first, samples) / len(samples)
            yield first, 1.0 if ended(everything, samples, place) else share
        place = everything.find(head, place + size)


def ended(everything: bytes, samples: array[int], place: int) -> bool:
    """Is its end heard soon enough after its beginning at `place`, and no other beginning before? Then it stuttered."""
    head, end, size = samples[:HEAD].tobytes(), samples[-HEAD:].tobytes(), samples.itemsize
    last = place + (len(samples) + RATE // 4) * size
    return everything.find(end, place, last) >= 0 > everything.find(head, place + size, last)


def followed(heard: array[int], place: int, samples: array[int]) -> int:
    """How far `samples` were heard from `place` on, over its gaps."""
    done = 0
    while True:
        pairs = zip(islice(heard, place, None), islice(samples, done, None), strict=False)
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), None)
        if same is None:
            return done + min(len(heard) - place, len(samples) - done)
        done, place = done + same, place + same
        sound = next((n for n, sample in enumerate(islice(heard, place, place + GAP)) if sample), None)
        again = heard[place + (sound or 0) :][:HEAD].tobytes()
        skipped = samples[done : done + LOST + HEAD].tobytes().find(again) if sound and again else -1
        if sound is None or skipped < 0:
            return done
        place, done = place + sound, done + skipped // samples.itemsize
