"""Joining: what is said, with its pauses and repeats, behind a chime and between two silences. Nothing is mastered.

Every clip is trimmed, resampled to one rate and brought to one loudness first, so that voices and recordings sit side
by side and a pause is as long as it was meant, whatever silence an engine adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from .clip import Clip
from .edit import VOICE_LEVEL, levelled, resampled, trimmed

EDGE = 0.1  # s of silence at head and tail: some cards swallow the first and last 50 ms
HASTE = 0.05  # s at the head of an alarm: no more than is swallowed
AFTER_CHIME = 0.6  # s
# LU: tones are dense already, so mastering for a horn lifts a voice by as much, and a chime ends a little below it.
BELOW_VOICE = 14.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip, the silence after it in seconds, and the words in it."""

    clip: Clip
    pause_after: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is heard from `begin` to `end`, in seconds."""

    begin: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Pieces of one rate and loudness in the order of their hearing."""

    rate: int
    pieces: tuple[Piece, ...]
    head: float = EDGE  # s

    def clip(self) -> Clip:
        """All of it, between two short silences."""
        *places, end = self._places()
        samples = np.zeros(end + _frames(EDGE, self.rate), np.float32)
        for begin, piece in zip(places, self.pieces, strict=True):
            samples[begin : begin + len(piece.clip.samples)] = piece.clip.samples
        return Clip(self.rate, samples)

    def marks(self) -> tuple[Mark, ...]:
        """When each piece is heard."""
        begins = [place / self.rate for place in self._places()[:-1]]
        return tuple(
            Mark(begin, begin + piece.clip.duration, piece.text)
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
) -> Clip:
    """One clip of all of `arranged`."""
    return arranged(pieces, rate, chime=chime, repeat=repeat, reminder=reminder, gap=gap).clip()


def arranged(
    pieces: Sequence[Piece],
    rate: int,
    *,
    chime: Clip | None = None,
    repeat: int = 1,
    reminder: Sequence[Piece] = (),
    gap: float = 3.0,
    head: float = EDGE,
) -> Composition:
    """Chime, `pieces`, then `repeat` - 1 times: `gap` seconds, `reminder` (“Xin nhắc lại.”), `pieces` again.

    Whatever speaks is brought to `VOICE_LEVEL`, the chime `BELOW_VOICE`. The last pause of all is left out.
    """
    said, reminding = ([_fitting(_bare(piece), rate) for piece in some] for some in (pieces, reminder))
    parts = list(_repeated(said, reminding, repeat, gap))
    if chime is not None:
        parts.insert(0, _fitting(Piece(chime, AFTER_CHIME), rate, VOICE_LEVEL - BELOW_VOICE))
    return Composition(rate, tuple(parts), head)


def _fitting(piece: Piece, rate: int, level: float = VOICE_LEVEL) -> Piece:
    return replace(piece, clip=levelled(resampled(piece.clip, rate), level))


def _bare(piece: Piece) -> Piece:
    return replace(piece, clip=trimmed(piece.clip))


def _repeated(said: list[Piece], reminder: list[Piece], repeat: int, gap: float) -> Iterator[Piece]:
    for turn in range(repeat):
        if turn:
            yield from reminder
        yield from said[:-1]
        pause = 0.0 if turn == repeat - 1 else gap
        yield from (replace(piece, pause_after=pause) for piece in said[-1:])


def _frames(seconds: float, rate: int) -> int:
    return round(seconds * rate)
