"""What is wrong with a recording, by measurements: clipping, mains hum, silence, length.

Samples are 16-bit mono, shape (samples,), at `rate` a second. Works in blocks, because a recording may last half an
hour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import Message
from ..sound.clip import Clip
from ..sound.loudness import loudness_curve

Pcm = npt.NDArray[np.int16]
Levels = npt.NDArray[np.float64]

FULL_SCALE = 32_768
FRAME = 0.02  # s
MINUTE = 60  # s, heard at once
SILENT = -60.0  # dBFS: a whole recording below this is silence
FAINT = -45.0  # dBFS: speech below this drowns in noise when it is made louder
GAP = 6.0  # s: a pause that makes people think the loudspeaker broke
LONG = 600.0  # s
MAINS = (50, 100, 150)  # Hz
SEARCH = 30  # quietest seconds in which hum is looked for
HUM_OVER_NOISE = 15.0  # dB
HUM_UNDER_SPEECH = 40.0  # dB
GATES = (-70.0, -10.0)  # LUFS, LU (BS.1770-4)


@dataclass(frozen=True, slots=True)
class SpeechLevels:
    """A recording's level over time, and where speech begins and ends, in frames of 20 ms."""

    levels: Levels  # dBFS of each frame
    speech: float  # dBFS, exceeded for a tenth of the time
    threshold: float  # dBFS that tells speech from what is behind it
    first: int
    last: int

    @property
    def silent(self) -> bool:
        """There is no speech in it."""
        return self.speech < SILENT


def find_speech(samples: Pcm, rate: int) -> SpeechLevels:
    """Measure a recording's levels and find the speech in it."""
    levels = np.concatenate([_levels(block, rate) for block in split_minutes(samples, rate)])
    noise, speech = np.percentile(levels, [10, 90])
    # Half way between, but never so high that soft endings of words are lost, nor so low that hiss is speech.
    threshold = max(SILENT, min((noise + speech) / 2, speech - 15))
    loud = np.flatnonzero(levels > threshold)
    first, last = (int(loud[0]), int(loud[-1])) if len(loud) else (0, 0)
    return SpeechLevels(levels, float(speech), float(threshold), first, last)


def find_faults(samples: Pcm, rate: int, heard: SpeechLevels) -> Iterator[Message]:
    """One sentence for each thing that is wrong and that can still be put right by recording again."""
    if is_clipped(samples):
        yield Message("it is distorted, because it was recorded too loud: record again, farther from the microphone")
    if has_hum(samples, rate, heard):
        yield Message("it hums: record again away from mains cables, and with the charger pulled out")
    if heard.speech < FAINT:
        yield Message("it is very faint: record again, nearer to the microphone")
    for begins, length in find_gaps(heard):
        yield Message(
            "nothing is said for {length} s from {at} on: cut that out",
            length=round(length),
            at=format_position(begins),
        )
    if (heard.last - heard.first) * FRAME > LONG:
        minutes = round((heard.last - heard.first) * FRAME / 60)
        yield Message("it is {minutes} minutes long; few people listen that long: better make several", minutes=minutes)


def is_clipped(samples: Pcm) -> bool:
    """Are the peaks cut off? Then more samples lie at the very top than just below it, as in no natural sound."""
    top = max(int(samples.max()), -int(samples.min()))
    counts = np.zeros(2, np.int64)
    for block in np.array_split(samples, math.ceil(len(samples) / (1 << 20))):
        heights = np.abs(block.astype(np.int32))
        counts += [np.count_nonzero(heights >= 0.98 * top), np.count_nonzero(heights >= 0.90 * top)]
    at_top, below = int(counts[0]), int(counts[1] - counts[0])
    return at_top > below and at_top > max(50, len(samples) // 100_000)


def has_hum(samples: Pcm, rate: int, heard: SpeechLevels) -> bool:
    """Do the mains sound in the quietest seconds, over their noise and near enough to the speech?"""
    seconds = samples[: len(samples) // rate * rate].reshape(-1, rate)
    if not len(seconds):
        return False
    frames = round(1 / FRAME)
    loudest = heard.levels[: len(seconds) * frames].reshape(-1, frames).max(axis=1)
    quietest = np.argsort(loudest)[: max(1, min(SEARCH, len(seconds) // 10))]
    window = np.hanning(rate)
    spectra = np.fft.rfft(seconds[quietest] / FULL_SCALE * window)[:, : max(MAINS) + 21]
    powers = np.mean(np.abs(spectra) ** 2, axis=0) * 2 / (rate * np.sum(window**2))
    return any(_line(powers, line, heard.speech - HUM_UNDER_SPEECH) for line in MAINS)


def find_gaps(heard: SpeechLevels) -> Iterator[tuple[float, float]]:
    """Long pauses in the midst of speech, as (begin, length) in seconds from the first word on."""
    loud = np.flatnonzero(heard.levels[heard.first : heard.last + 1] > heard.threshold)
    silences = np.diff(loud)
    for at in np.flatnonzero(silences * FRAME > GAP):
        yield float(loud[at] * FRAME), float(silences[at] * FRAME)


def loudness(samples: Pcm, rate: int) -> float:
    """Integrated loudness in LUFS with both gates of BS.1770-4, a minute at a time; -inf for silence."""
    minutes = (block.astype(np.float32) / np.float32(FULL_SCALE) for block in split_minutes(samples, rate))
    curve = np.concatenate([loudness_curve(Clip(rate, minute)) for minute in minutes])
    heard = curve[curve > GATES[0]]
    if not len(heard):
        return -math.inf
    return _mean(heard[heard > _mean(heard) + GATES[1]])


def split_minutes(samples: Pcm, rate: int) -> Iterator[Pcm]:
    """The recording in blocks of a minute."""
    for begins in range(0, len(samples), MINUTE * rate):
        yield samples[begins : begins + MINUTE * rate]


def format_position(seconds: float) -> str:
    """A place in a recording, as players show it.

    >>> format_position(75.2)
    '1:15'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _levels(samples: Pcm, rate: int) -> Levels:
    frame = round(rate * FRAME)
    whole = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
    powers = np.mean(np.square(whole / FULL_SCALE), axis=1)
    return np.asarray(10 * np.log10(np.maximum(powers, 1e-12)))


def _line(powers: Levels, line: int, audible: float) -> bool:
    """Does a tone stand out at `line` Hz, and is it louder than `audible` dBFS?"""
    tone = powers[line - 2 : line + 3].sum()
    around = np.median(np.concatenate([powers[line - 20 : line - 5], powers[line + 6 : line + 21]])) * 5
    return bool(_decibels(tone) > audible and _decibels(tone) - _decibels(around) > HUM_OVER_NOISE)


def _decibels(power: float) -> float:
    return 10 * math.log10(max(power, 1e-12))


def _mean(lufs: Levels) -> float:
    return float(10 * np.log10(np.mean(10 ** (lufs / 10))))
