"""Editing one clip before it is part of a programme: resample, trim, normalize. Each function returns a new clip."""

from __future__ import annotations

import math

import numpy as np
import soxr  # type: ignore[import-untyped]

from .blocks import peaks
from .clip import Clip
from .loudness import loudness

VOICE_LEVEL = -23.0  # LUFS of every voice and recording before it is joined to others; leaves room for the peaks
QUIET = -50.0  # dB from the highest peak: what is lower at the ends is not speech
MARGIN = 0.03  # s, left at both ends of what was trimmed


def silence(rate: int, seconds: float) -> Clip:
    """Silent samples for so long."""
    return Clip(rate, np.zeros(round(rate * seconds), np.float32))


def resample(clip: Clip, rate: int) -> Clip:
    """The same sound at `rate` frames a second, without delay (soxr, high quality)."""
    if clip.rate == rate or not len(clip.samples):
        return Clip(rate, clip.samples)
    samples = np.asarray(soxr.resample(clip.samples, clip.rate, rate), np.float32)
    return fit_length(Clip(rate, samples), round(len(clip.samples) * rate / clip.rate))


def fit_length(clip: Clip, frames: int) -> Clip:
    """Exactly `frames` frames: cut at the end, or followed by silence."""
    missing = frames - len(clip.samples)
    return Clip(clip.rate, np.pad(clip.samples, (0, missing)) if missing > 0 else clip.samples[:frames])


def trim(clip: Clip, quiet: float = QUIET, margin: float = MARGIN) -> Clip:
    """Without the silence at both ends, but for `margin` seconds: what lies below `quiet` dB from the highest peak."""
    frame = max(clip.rate // 100, 1)
    heights = peaks(clip.samples, frame)
    loud = np.flatnonzero(heights > heights.max(initial=0.0) * 10 ** (quiet / 20))
    if not len(loud):
        return Clip(clip.rate, clip.samples[:0])
    edge = round(margin * clip.rate)
    first = max(loud[0] * frame - edge, 0)
    return Clip(clip.rate, clip.samples[first : (loud[-1] + 1) * frame + edge])


def amplify(clip: Clip, decibels: float) -> Clip:
    """Louder by `decibels`; peaks may go beyond full scale."""
    return Clip(clip.rate, clip.samples * np.float32(10 ** (decibels / 20)))


def normalize(clip: Clip, target: float = VOICE_LEVEL) -> Clip:
    """At a loudness of `target` LUFS; silence stays silent. Peaks may go beyond full scale."""
    now = loudness(clip)
    return amplify(clip, target - now) if math.isfinite(now) else clip
