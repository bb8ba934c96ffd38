"""Filters as curves of gain over frequency. Applied to the spectrum they have no delay, so sound stays aligned.

Whoever uses a curve must see to it that its ringing is shorter than a block's margin. `hertz` is an array of
frequencies; gains are linear and of its shape.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Curve = npt.NDArray[np.floating]
Delay = npt.NDArray[np.complex128]
Spectrum = npt.NDArray[np.complex64]


def high_pass(hertz: Curve, corner: float, order: int) -> Curve:
    """A Butterworth high-pass: -3 dB at `corner` Hz, below it falling by 6 dB an octave and order."""
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.sqrt(1 + (corner / hertz) ** (2 * order)))


def low_pass(hertz: Curve, corner: float, order: int) -> Curve:
    """A Butterworth low-pass: -3 dB at `corner` Hz, above it falling by 6 dB an octave and order."""
    return np.asarray(1 / np.sqrt(1 + (hertz / corner) ** (2 * order)))


def interpolate(hertz: Curve, points: tuple[tuple[float, float], ...]) -> Curve:
    """Through `points` of (Hz, dB): straight lines over the logarithm of frequency, level beyond the ends."""
    corners, gains = np.array(points, float).T
    decibels = np.interp(np.log(np.maximum(hertz, 1.0)), np.log(corners), gains)
    return np.asarray(10 ** (decibels / 20))


def k_weighting(hertz: Curve) -> Spectrum:
    """The response of ITU-R BS.1770-4's two filters (tables 1 and 2), whose coefficients are given at 48 kHz.

    Taking the response instead of the coefficients makes it the same at every rate.
    """
    z = np.exp(-2j * np.pi * np.minimum(hertz, 24_000) / 48_000)
    shelf = _biquad(z, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585))
    response = shelf * _biquad(z, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    return np.asarray(response, np.complex64)


def _biquad(z: Delay, zeros: tuple[float, float, float], poles: tuple[float, float]) -> Delay:
    """The transfer function of a second-order section at `z`, which stands for one sample's delay."""
    return np.asarray((zeros[0] + zeros[1] * z + zeros[2] * z**2) / (1 + poles[0] * z + poles[1] * z**2))
