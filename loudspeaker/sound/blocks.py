"""Long sound in short blocks, so that five minutes need no more memory than five seconds.

Every step of mastering looks only a little way around each sample. A block therefore has a margin on both sides, and
what is computed for its core is exactly what the whole file would have given. No step may keep anything from one
block to the next (tests/sound/test_master.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .clip import Samples


@dataclass(frozen=True, slots=True)
class Grid:
    """How a sound is cut into blocks: `core` frames of `frame` samples each, and `margin` frames more on both sides."""

    frame: int  # samples
    core: int  # frames
    margin: int  # frames

    @property
    def inside(self) -> slice:
        """Where the core lies in a block, in samples."""
        return slice(self.margin * self.frame, (self.margin + self.core) * self.frame)

    @property
    def length(self) -> int:
        """Samples of a block with its margins: always the same, so that the FFT is too."""
        return (self.core + 2 * self.margin) * self.frame

    def blocks(self, samples: Samples) -> Iterator[tuple[slice, Samples]]:
        """Each core's place in `samples`, and the core in its context (silence beyond both ends)."""
        step, edge = self.core * self.frame, self.margin * self.frame
        for begin in range(0, len(samples), step):
            place = slice(begin, min(begin + step, len(samples)))
            yield place, _window(samples, begin - edge, self.length)


def _window(samples: Samples, begin: int, length: int) -> Samples:
    if begin >= 0 and begin + length <= len(samples):
        return samples[begin : begin + length]
    window = np.zeros(length, np.float32)
    first, last = max(begin, 0), min(begin + length, len(samples))
    window[first - begin : last - begin] = samples[first:last]
    return window


def peaks(samples: Samples, frame: int) -> Samples:
    """The highest absolute sample of each frame of `frame` samples, shape (frames,)."""
    return _each(samples, frame, lambda rows: np.maximum(rows.max(axis=1), -rows.min(axis=1)))


def powers(samples: Samples, frame: int) -> Samples:
    """The mean square of each frame of `frame` samples, shape (frames,)."""
    return _each(samples, frame, lambda rows: np.einsum("ij,ij->i", rows, rows) / rows.shape[1])


def _each(samples: Samples, frame: int, measure: Callable[[Samples], Samples]) -> Samples:
    """What `measure` makes of each frame; the last may be short."""
    whole = len(samples) // frame * frame
    parts = [measure(rows) for rows in (samples[:whole].reshape(-1, frame), samples[None, whole:]) if rows.size]
    return np.concatenate([np.zeros(0, np.float32), *parts])
