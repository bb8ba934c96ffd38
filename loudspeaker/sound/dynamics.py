"""Dynamics: a compressor and a limiter that look ahead. They change the samples that they are given.

Both reduce a sound to one number a frame, compute one gain a frame and interpolate between these. So the costly part
is small however long the sound is, and as everything is known beforehand, nothing pumps or comes late.
"""

from __future__ import annotations

import numpy as np

from .blocks import peaks, powers
from .clip import Samples
from .loudness import MAX_OVERSHOOT, intersample_peaks

FRAME = 0.0005  # s, of the limiter
AHEAD = 10  # frames that the limiter looks ahead, and behind: 5 ms
LEVEL_FRAME = 0.002  # s, of the compressor
LEVEL_REACH = 21  # frames over which it hears a level: about one syllable's onset
BLOCK = 2_000  # frames at a time


def compress(samples: Samples, rate: int, threshold: float, ratio: float) -> None:
    """Lower what is above `threshold` (RMS in dBFS), so that `ratio` dB more at the input become one dB."""
    frame = round(rate * LEVEL_FRAME)
    level = 10 * np.log10(np.convolve(powers(samples, frame), _window(LEVEL_REACH), "same") + 1e-12)
    over = np.maximum(level - threshold, 0)
    apply_gains(samples, np.asarray(10 ** (-over * (1 - 1 / ratio) / 20), np.float32), frame)


def limit(samples: Samples, rate: int, ceiling: float) -> bool:
    """Let no peak rise above `ceiling` (linear), between samples neither. True where there was anything to do."""
    frame = round(rate * FRAME)
    heights = peaks(samples, frame)
    near = np.flatnonzero(heights * MAX_OVERSHOOT > ceiling)
    heights[near] = np.maximum(heights[near], intersample_peaks(samples, frame, near))
    if heights.max(initial=0.0) <= ceiling:
        return False
    apply_gains(samples, limiter_gains(heights, ceiling), frame)
    return True


def limiter_gains(heights: Samples, ceiling: float) -> Samples:
    """The gain of each frame that keeps `heights` (one peak a frame) below `ceiling`, falling and rising over 5 ms.

    The lowest gain needed nearby is held, then smoothed over the same time. It is held one frame longer, as
    `apply_gains` interpolates from one frame to the next.
    """
    allowed = ceiling / np.maximum(heights, ceiling)
    held = np.pad(allowed, AHEAD + AHEAD + 1, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(held, 2 * AHEAD + 3).min(axis=1)
    return np.asarray(np.convolve(lowest, _window(2 * AHEAD + 1), "valid"), np.float32)


def apply_gains(samples: Samples, gains: Samples, frame: int) -> None:
    """Multiply by `gains` (one a frame of `frame` samples), interpolated linearly from centre to centre."""
    halves = (gains[1:] + gains[:-1]) / 2
    edges = np.concatenate([gains[:1], halves, gains[-1:]])
    for first in range(0, len(gains), BLOCK):
        here = slice(first, first + BLOCK)
        line = _interpolate(edges[first : first + BLOCK + 1], gains[here], frame)
        part = samples[first * frame : (first + BLOCK) * frame]
        part *= line[: len(part)]


def _interpolate(edges: Samples, centres: Samples, frame: int) -> Samples:
    """Gains from edge through centre to edge, for every frame: shape (number of frames * frame,)."""
    there = np.interp((np.arange(frame) + 0.5) / frame, (0, 0.5, 1), (0, 1, 0)).astype(np.float32)
    before = np.where(np.arange(frame) < frame / 2, 1 - there, 0).astype(np.float32)
    after = 1 - there - before
    shape = np.stack([before, there, after])
    return np.ravel(np.stack([edges[:-1], centres, edges[1:]], axis=1) @ shape)


def _window(length: int) -> Samples:
    window = np.hanning(length + 2)[1:-1]
    return np.asarray(window / window.sum(), np.float32)
