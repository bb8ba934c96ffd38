"""Tunes of our own: the chime, the signature of a session and the call of an emergency. Made of strokes only.

Nothing glides, wavers or drones, so nothing can be taken for a siren. Struck bamboo (đàn t'rưng) and bronze are
what villages know; the fundamentals lie where horns are clear, from 500 Hz to 2 kHz. Each is made once in a process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from .clip import Clip, Samples
from .edit import VOICE_LEVEL, normalize

# Five tones of one octave, hò xự xang xê cống: C5 D5 F5 G5 A5; 5 to 9 are the same an octave above.
HO, XU, XANG, XE, CONG = range(5)
SCALE = (523.25, 587.33, 698.46, 783.99, 880.00)  # Hz
TAIL = 0.8  # s, in which the last stroke decays
ATTACK = 0.003  # s


@dataclass(frozen=True, slots=True)
class Timbre:
    """How a thing rings when struck: partials as (multiple of the frequency, strength, seconds to fall to 1/e)."""

    partials: tuple[tuple[float, float, float], ...]


BAMBOO = Timbre(((1.0, 1.0, 0.22), (2.0, 0.25, 0.12), (3.93, 0.30, 0.05)))
BRONZE = Timbre(((0.5, 0.35, 0.60), (1.0, 1.0, 0.55), (2.0, 0.45, 0.35), (3.01, 0.25, 0.20), (4.1, 0.12, 0.10)))
# A struck iron rail (kẻng), which has called villages together for generations: its partials are no harmonics.
IRON = Timbre(((1.0, 1.0, 0.20), (1.47, 0.7, 0.16), (2.09, 0.8, 0.12), (2.56, 0.6, 0.10)))

# (when in beats, degree of the scale, strength)
Tune = tuple[tuple[float, int, float], ...]
CHIME: Tune = ((0, XE, 0.8), (1, HO + 5, 0.9), (2, CONG, 0.8), (3, XU + 5, 1.0))
SIGNATURE: Tune = (
    (0, HO, 0.8), (1, XE, 0.9), (1.5, CONG, 0.7), (2, HO + 5, 1.0),
    (4, CONG, 0.8), (4.5, XE, 0.7), (5, XANG, 0.8), (6, XE, 0.9),
    (8, XU, 0.8), (9, XANG, 0.8), (9.5, XE, 0.7), (10, CONG, 0.9),
    (12, XE, 0.8), (13, XU + 5, 0.9), (14, HO + 5, 1.0), (14, HO, 0.6),
)  # fmt: skip
EMERGENCY: Tune = tuple((4.5 * call + stroke, XE, 1.0) for call in range(3) for stroke in range(3))


@cache
def chime(rate: int) -> Clip:
    """Four rising strokes, about two seconds: somebody is going to speak."""
    return _render(CHIME, (BRONZE, BAMBOO), 0.36, rate)


@cache
def signature(rate: int) -> Clip:
    """The tune that opens a session, about seven seconds."""
    return _render(SIGNATURE, (BAMBOO, BRONZE), 0.40, rate)


@cache
def emergency(rate: int) -> Clip:
    """Three times three hard strokes on iron, about four seconds: unlike the others from the first stroke on."""
    return _render(EMERGENCY, (IRON,), 0.28, rate)


def _render(tune: Tune, timbres: tuple[Timbre, ...], beat: float, rate: int) -> Clip:
    """Every note in all `timbres`, `beat` seconds a beat, as loud as a voice."""
    seconds = max(when for when, _, _ in tune) * beat + TAIL
    samples = np.zeros(round(seconds * rate), np.float32)
    strike = cache(lambda timbre, degree: _strike(timbre, _frequency(degree), len(samples), rate))
    for when, degree, strength in tune:
        begin = round(when * beat * rate)
        for timbre in timbres:
            samples[begin:] += np.float32(strength) * strike(timbre, degree)[: len(samples) - begin]
    samples *= _fade_out(len(samples), rate)
    clip = normalize(Clip(rate, samples), VOICE_LEVEL)
    clip.samples.flags.writeable = False  # whoever asks for it has the same one
    return clip


def _frequency(degree: int) -> float:
    octave, place = divmod(degree, len(SCALE))
    return SCALE[place] * 2.0**octave


def _strike(timbre: Timbre, tone: float, frames: int, rate: int) -> Samples:
    times = np.arange(frames) / rate
    rings = (
        strength * np.sin(2 * np.pi * tone * multiple * times) * np.exp(-times / fall)
        for multiple, strength, fall in timbre.partials
        if tone * multiple < rate / 2
    )
    return np.asarray(sum(rings, np.zeros(frames)) * np.minimum(times / ATTACK, 1), np.float32)


def _fade_out(frames: int, rate: int) -> Samples:
    """One, and to zero over the last quarter of the tail."""
    left = np.arange(frames, 0, -1, dtype=np.float32) / (rate * TAIL / 4)
    return np.asarray(np.minimum(left, 1), np.float32)
