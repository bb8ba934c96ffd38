"""Loudness and true peak of mono sound after ITU-R BS.1770-4. Nothing is changed here."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .blocks import Grid, peaks
from .clip import Clip, Samples
from .filters import Spectrum, k_weighting

Frames = npt.NDArray[np.integer]

SILENCE = -math.inf
OFFSET = -0.691  # BS.1770-4, formula 2
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU
STEPS = 4  # of 100 ms in a gating block of 400 ms

OVERSAMPLING = 4
REACH = 12  # samples looked at on each side of a peak
MAX_OVERSHOOT = 2.0  # no peak of ordinary sound stands 6 dB above the samples around it
PEAK_FRAME = 24  # samples
AT_ONCE = 1_024  # frames


def loudness(clip: Clip) -> float:
    """Integrated loudness in LUFS with both gates (BS.1770-4, annex 1); -inf for silence.

    A clip shorter than a gating block (0.4 s) is gated in steps of 0.1 s, so that a short word has a loudness too.
    """
    whole = len(clip.samples) // _step(clip.rate)
    blocks = _averages(_energies(clip)[:whole], STEPS) if whole >= STEPS else _energies(clip)
    heard = blocks[blocks > _power(ABSOLUTE_GATE)]
    if len(heard) == 0:
        return SILENCE
    gate = float(heard.mean()) * 10 ** (RELATIVE_GATE / 10)
    return _lufs(float(heard[heard > gate].mean()))


def loudness_curve(clip: Clip, seconds: float = 0.4) -> npt.NDArray[np.float64]:
    """Loudness in LUFS of the last `seconds` (0.4: momentary, 3: short-term; EBU Tech 3341), every 100 ms.

    Shape (steps,); empty where the clip is shorter than `seconds`.
    """
    blocks = _averages(_energies(clip), max(1, round(seconds * 10)))
    with np.errstate(divide="ignore"):
        return OFFSET + 10 * np.log10(blocks)


def true_peak(clip: Clip) -> float:
    """The highest peak between the samples in dBTP, oversampled four times (BS.1770-4, annex 2); -inf for silence."""
    heights = peaks(clip.samples, PEAK_FRAME)
    highest = heights.max(initial=0.0)
    near = np.flatnonzero(heights * MAX_OVERSHOOT > highest)
    highest = max(highest, intersample_peaks(clip.samples, PEAK_FRAME, near).max(initial=0.0))
    return 20 * math.log10(highest) if highest else SILENCE


def intersample_peaks(samples: Samples, frame: int, frames: Frames) -> Samples:
    """The highest absolute value between samples in each frame of `frame` samples whose number is in `frames`.

    Linear, shape (len(frames),).
    """
    weights = _interpolator(frame)
    reach = np.arange(1 - REACH, frame + REACH)
    highest = [np.zeros(0, np.float32)]
    for first in range(0, len(frames), AT_ONCE):
        places = frames[first : first + AT_ONCE, None] * frame + reach
        around = samples.take(places, mode="clip")
        around[(places < 0) | (places >= len(samples))] = 0
        highest.append(np.abs(around @ weights).max(axis=1))
    return np.concatenate(highest)


@lru_cache(maxsize=4)
def _interpolator(frame: int) -> Samples:
    """Weights that give three points after each sample of a frame: a sinc in a Kaiser window.

    Shape (frame + 2 * REACH - 1, 3 * frame): the samples around, the points.
    """
    points = np.arange(frame)[:, None] + np.arange(1, OVERSAMPLING) / OVERSAMPLING
    away = np.arange(1 - REACH, frame + REACH)[:, None] - points.ravel()
    weights = np.sinc(away) * np.i0(6.0 * np.sqrt(np.maximum(1 - (away / REACH) ** 2, 0))) / np.i0(6.0)
    weights[np.abs(away) > REACH] = 0
    return np.asarray(weights / weights.sum(axis=0), np.float32)


def _energies(clip: Clip) -> npt.NDArray[np.float64]:
    """Mean K-weighted power of each 100 ms, the last one filled up with silence."""
    grid = Grid(frame=_step(clip.rate), core=14, margin=1)
    weights = _weights(clip.rate, grid.length)
    energies: list[npt.NDArray[np.float64]] = []
    for place, window in grid.blocks(clip.samples):
        heard = np.fft.irfft(np.fft.rfft(window) * weights, grid.length)[grid.inside]
        heard[place.stop - place.start :] = 0
        energies.append(np.mean(np.square(heard).reshape(grid.core, -1), axis=1, dtype=np.float64))
    return np.concatenate(energies or [np.zeros(0)])[: math.ceil(len(clip.samples) / grid.frame)]


@lru_cache(maxsize=8)
def _weights(rate: int, length: int) -> Spectrum:
    return k_weighting(np.fft.rfftfreq(length, 1 / rate))


def _step(rate: int) -> int:
    return rate // 10


def _averages(energies: npt.NDArray[np.float64], steps: int) -> npt.NDArray[np.float64]:
    """Means over `steps` neighbours at every place where all of them are."""
    if len(energies) < steps:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(energies, steps).mean(axis=1))


def _lufs(power: float) -> float:
    return OFFSET + 10 * math.log10(power) if power > 0 else SILENCE


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
