"""What can be done to a clip before it is part of a programme: resample, trim, level. Each gives a new clip."""

from __future__ import annotations

import math

import numpy as np
import soxr  # type: ignore[import-untyped]

from .blocks import peaks
from .clip import Clip
from .loudness import loudness

VOICE_LEVEL = -23.0  # LUFS of every voice and recording before it is joined to others; leaves room for the crests
QUIET = -50.0  # dB below the highest crest: what is lower at the ends is not speech
BREATH = 0.03  # s, left at both ends of what was trimmed


def silence(rate: int, seconds: float) -> Clip:
    """Nothing, for so long."""
    return Clip(rate, np.zeros(round(rate * seconds), np.float32))


def resampled(clip: Clip, rate: int) -> Clip:
    """The same sound at another rate, without delay."""
    if clip.rate == rate or not len(clip.samples):
        return Clip(rate, clip.samples)
    samples = np.asarray(soxr.resample(clip.samples, clip.rate, rate), np.float32)
    return fitted(Clip(rate, samples), round(len(clip.samples) * rate / clip.rate))


def fitted(clip: Clip, frames: int) -> Clip:
    """Exactly so many frames: cut at the end, or followed by silence."""
    missing = frames - len(clip.samples)
    return Clip(clip.rate, np.pad(clip.samples, (0, missing)) if missing > 0 else clip.samples[:frames])


def trimmed(clip: Clip, quiet: float = QUIET, breath: float = BREATH) -> Clip:
    """Without the silence at both ends: what lies `quiet` dB below the highest crest, but for a `breath` in seconds."""
    frame = max(clip.rate // 100, 1)
    heights = peaks(clip.samples, frame)
    loud = np.flatnonzero(heights > heights.max(initial=0.0) * 10 ** (quiet / 20))
    if not len(loud):
        return Clip(clip.rate, clip.samples[:0])
    edge = round(breath * clip.rate)
    first = max(loud[0] * frame - edge, 0)
    return Clip(clip.rate, clip.samples[first : (loud[-1] + 1) * frame + edge])


def amplified(clip: Clip, decibels: float) -> Clip:
    """Louder by so much, without regard to the crests."""
    return Clip(clip.rate, clip.samples * np.float32(10 ** (decibels / 20)))


def levelled(clip: Clip, target: float = VOICE_LEVEL) -> Clip:
    """Brought to a loudness of `target` LUFS; silence stays silent."""
    now = loudness(clip)
    return amplified(clip, target - now) if math.isfinite(now) else clip
