"""Joining: what is said, with its pauses and repeats, behind a chime and between two silences. Nothing is mastered.

Every clip is resampled to one rate and brought to one loudness first, so that voices and recordings sit side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .clip import Clip
from .clips import levelled, resampled

EDGE = 0.1  # s of silence at head and tail: some cards swallow the first and last 50 ms
AFTER_CHIME = 0.6  # s


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip and the silence after it, in seconds."""

    clip: Clip
    pause_after: float = 0.0


def compose(
    pieces: Sequence[Piece],
    rate: int,
    *,
    chime: Clip | None = None,
    repeat: int = 1,
    reminder: Sequence[Piece] = (),
    gap: float = 3.0,
) -> Clip:
    """One clip: chime, `pieces`, then `repeat` - 1 times: `gap` seconds, `reminder` (“Xin nhắc lại.”), `pieces` again.

    The chime keeps its loudness, whatever speaks is levelled (see `clips.levelled`). The pause after the last piece
    of all is left out.
    """
    said = [Piece(levelled(resampled(piece.clip, rate)), piece.pause_after) for piece in pieces]
    reminding = [Piece(levelled(resampled(piece.clip, rate)), piece.pause_after) for piece in reminder]
    parts = list(_repeated(said, reminding, repeat, gap))
    if chime is not None:
        parts.insert(0, Piece(resampled(chime, rate), AFTER_CHIME))
    return _joined(parts, rate)


def _repeated(said: list[Piece], reminder: list[Piece], repeat: int, gap: float) -> Iterator[Piece]:
    for turn in range(repeat):
        if turn:
            yield from reminder
        last = turn == repeat - 1
        yield from said[:-1]
        yield from (Piece(piece.clip, 0.0 if last else gap) for piece in said[-1:])


def _joined(parts: Sequence[Piece], rate: int) -> Clip:
    """Written into place, one after the other."""
    edge = round(EDGE * rate)
    places = [edge]
    for part in parts:
        places.append(places[-1] + len(part.clip.samples) + round(part.pause_after * rate))
    samples = np.zeros(places[-1] + edge, np.float32)
    for begin, part in zip(places, parts, strict=False):
        samples[begin : begin + len(part.clip.samples)] = part.clip.samples
    return Clip(rate, samples)
