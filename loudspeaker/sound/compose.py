"""Joins what is said, with its pauses and repeats, behind a chime and between two silences. Not mastered yet.

Every clip is trimmed, resampled to one rate and brought to one loudness first, so that voices and recordings sit side
by side and a pause is as long as it was meant, whatever silence an engine adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from .clip import Clip
from .edit import VOICE_LEVEL, normalize, resample, trim

EDGE_SILENCE = 0.1  # s at head and tail: some cards swallow the first and last 50 ms
ALARM_HEAD = 0.05  # s at the head of an alarm: no more than is swallowed
CHIME_PAUSE = 0.6  # s
# LU below a voice: tones are dense already, so mastering for a horn lifts a voice by as much, and a chime ends a little
# below it.
CHIME_BELOW_VOICE = 14.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip, the silence after it in seconds, and the words in it (or what else people see in a picture).

    `number` tells which of a programme's sentences and recordings it is, from 0; -1 for what is none of them.
    """

    clip: Clip
    pause_after: float = 0.0
    text: str = ""
    number: int = -1


@dataclass(frozen=True, slots=True)
class Mark:
    """What is heard from `begin` to `end`, in seconds; `number` is that of its piece."""

    begin: float
    end: float
    text: str
    number: int = -1


@dataclass(frozen=True, slots=True)
class Composition:
    """Pieces of one rate and loudness as they are heard one after the other, behind `head` seconds of silence."""

    rate: int
    pieces: tuple[Piece, ...]
    head: float = EDGE_SILENCE

    def clip(self) -> Clip:
        """All of it, between two short silences, mono float32 at `rate`."""
        *places, end = self._places()
        samples = np.zeros(end + _frames(EDGE_SILENCE, self.rate), np.float32)
        for begin, piece in zip(places, self.pieces, strict=True):
            samples[begin : begin + len(piece.clip.samples)] = piece.clip.samples
        return Clip(self.rate, samples)

    def marks(self) -> tuple[Mark, ...]:
        """When each piece is heard."""
        begins = [place / self.rate for place in self._places()[:-1]]
        return tuple(
            Mark(begin, begin + piece.clip.duration, piece.text, piece.number)
            for begin, piece in zip(begins, self.pieces, strict=True)
        )

    def _places(self) -> list[int]:
        """The first frame of each piece, and of what comes after the last."""
        lengths = (len(piece.clip.samples) + _frames(piece.pause_after, self.rate) for piece in self.pieces)
        return list(accumulate(lengths, initial=_frames(self.head, self.rate)))


def compose(
    pieces: Sequence[Piece],
    rate: int,
    *,
    chime: Clip | None = None,
    repeat: int = 1,
    reminder: Sequence[Piece] = (),
    gap: float = 3.0,
    head: float = EDGE_SILENCE,
) -> Composition:
    """Join the chime, `pieces`, then `repeat` - 1 times: `gap` seconds, `reminder` (“Xin nhắc lại.”), `pieces` again.

    Whatever speaks is brought to `VOICE_LEVEL`, the chime `CHIME_BELOW_VOICE`. The last pause of all is left out.
    """
    spoken, reminding = ([_match(_trim(piece), rate) for piece in group] for group in (pieces, reminder))
    parts = list(_repeat(spoken, reminding, repeat, gap))
    if chime is not None:
        parts.insert(0, _match(Piece(chime, CHIME_PAUSE), rate, VOICE_LEVEL - CHIME_BELOW_VOICE))
    return Composition(rate, tuple(parts), head)


def _match(piece: Piece, rate: int, level: float = VOICE_LEVEL) -> Piece:
    return replace(piece, clip=normalize(resample(piece.clip, rate), level))


def _trim(piece: Piece) -> Piece:
    return replace(piece, clip=trim(piece.clip))


def _repeat(spoken: list[Piece], reminder: list[Piece], repeat: int, gap: float) -> Iterator[Piece]:
    for turn in range(repeat):
        if turn:
            yield from reminder
        yield from spoken[:-1]
        pause = 0.0 if turn == repeat - 1 else gap
        yield from (replace(piece, pause_after=pause) for piece in spoken[-1:])


def _frames(seconds: float, rate: int) -> int:
    return round(seconds * rate)
