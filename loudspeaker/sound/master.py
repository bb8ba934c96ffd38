"""Mastering: from clips joined together to what an amplifier should be given.

    band and tone ► compressor ► density (limiter) ► loudness to the target ► card's rate ► true-peak limiter

Every step leaves the sound where it was in time. Work is done at the profile's own rate, which is as low as its band
allows: that is what makes it fast.
"""

from __future__ import annotations

import math

import numpy as np

from . import filters
from .blocks import Grid
from .clip import Clip, Samples
from .dynamics import compress, limit
from .edit import fit_length, resample
from .loudness import loudness
from .profiles import HORN, Profile

MARGIN = 0.1  # s of context of a block: the filters' ringing is over by then
BLOCK = 1.0  # s
STEEPNESS = 3  # order of the high-pass; the low-pass has twice as much
ROUNDS = 4  # of limiting and making up for what it took
CLOSE = 0.05  # LU from the target that is near enough
ALLOWANCE = 0.15  # dB below the ceiling, for meters that find higher peaks than ours


def master(clip: Clip, profile: Profile = HORN, rate: int = 48_000) -> Clip:
    """Make `clip` fit for a loudspeaker: aligned with it in time, at `rate`, loudness and true peak as in `profile`.

    The loudness is that of the whole clip (ITU-R BS.1770-4). Silence stays silent.
    """
    dense = _compress(apply_tone(resample(clip, profile.rate), profile), profile)
    frames = round(len(clip.samples) * rate / clip.rate)
    return _limit_to_ceiling(fit_length(resample(dense, rate), frames), profile)


def apply_tone(clip: Clip, profile: Profile) -> Clip:
    """Filtered to the band of the loudspeaker, with the profile's tone."""
    frame = round(clip.rate * MARGIN)
    grid = Grid(frame, core=round(BLOCK / MARGIN), margin=1)
    curve = _curve(profile, np.fft.rfftfreq(grid.length, 1 / clip.rate))
    result = np.empty_like(clip.samples)
    for place, window in grid.blocks(clip.samples):
        heard = np.fft.irfft(np.fft.rfft(window) * curve, grid.length)
        result[place] = heard[grid.inside][: place.stop - place.start]
    return Clip(clip.rate, result)


def _curve(profile: Profile, hertz: filters.Curve) -> Samples:
    band = filters.high_pass(hertz, profile.low, STEEPNESS) * filters.low_pass(hertz, profile.high, 2 * STEEPNESS)
    return np.asarray(band * filters.interpolate(hertz, profile.tone), np.float32)


def _compress(clip: Clip, profile: Profile) -> Clip:
    """Compressed and limited to the profile's density, then at the target's loudness. Changes `clip` itself."""
    level = loudness(clip)
    if not math.isfinite(level):
        return clip
    compress(clip.samples, clip.rate, level + profile.threshold, profile.ratio)
    limit(clip.samples, clip.rate, _linear(loudness(clip) + profile.density))
    return _amplify(clip, loudness(clip), profile.target)


def _limit_to_ceiling(clip: Clip, profile: Profile) -> Clip:
    """No peak above the ceiling, and still at the target's loudness. Changes `clip` itself."""
    ceiling = _linear(profile.ceiling - ALLOWANCE)
    for _ in range(ROUNDS):
        if not limit(clip.samples, clip.rate, ceiling) or abs((level := loudness(clip)) - profile.target) < CLOSE:
            break
        _amplify(clip, level, profile.target)
    limit(clip.samples, clip.rate, ceiling)
    return clip


def _amplify(clip: Clip, level: float, target: float) -> Clip:
    """From the loudness `level`, which it has, to `target`; silence stays. Changes `clip` itself."""
    if math.isfinite(level):
        clip.samples[:] *= np.float32(_linear(target - level))
    return clip


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))
