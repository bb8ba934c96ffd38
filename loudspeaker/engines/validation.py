"""Validation of a clip before it enters the cache: can it be the sound of its text?

The bounds are wide on purpose. They do not judge how well a voice speaks, only that it spoke: measured speech of
gTTS, piper and espeak-ng takes 0.16-0.45 s a word in Vietnamese. A web page that decodes by accident, a truncated
download or a voice that hangs on one sound is far outside. In engines/, below synthesis/, because the conformance
check for authors of plug-ins uses it too.
"""

from __future__ import annotations

import numpy as np

from ..errors import Message, TryAgain
from ..sound.clip import Clip, Samples

SHORTEST = 0.12  # seconds a word: faster is not speech, or half of it
LONGEST = 1.5  # seconds a word, beside `SLACK`
SLACK = 4.0  # seconds: silence before and after, and words that are spelt out
SILENCE = 10 ** (-50 / 20)  # peak amplitude: -50 dBFS
RATES = range(8_000, 192_001)  # Hz
TAIL = 0.015  # seconds at the end whose RMS must be below …
CUT = 0.7  # … this share of the RMS of the loudest stretch as long


def validate_clip(clip: Clip, text: str) -> Clip:
    """`clip` itself if it can be the sound of `text`. Raises `TryAgain` with its fault."""
    fault = _find_fault(clip, text)
    if fault is not None:
        raise TryAgain(fault)
    return clip


def _find_fault(clip: Clip, text: str) -> Message | None:
    words = len(text.split())
    if clip.rate not in RATES or not np.isfinite(clip.samples).all():
        return Message("the sound is broken")
    if not len(clip.samples) or np.abs(clip.samples).max() < SILENCE:
        return Message("the sound is silent")
    if clip.duration < SHORTEST * words:
        return Message("the sound is too short for its text: {seconds:.1f} s for {words} words", **_facts(clip, words))
    if clip.duration > LONGEST * words + SLACK:
        return Message("the sound is too long for its text: {seconds:.1f} s for {words} words", **_facts(clip, words))
    if _breaks_off(clip.samples, int(TAIL * clip.rate)):
        return Message("the sound breaks off at its end")
    return None


def _facts(clip: Clip, words: int) -> dict[str, object]:
    return {"seconds": clip.duration, "words": words}


def _breaks_off(samples: Samples, width: int) -> bool:
    """Is the last stretch of `width` samples nearly as loud as the loudest? No voice ends so."""
    stretches = samples[len(samples) % width :].reshape(-1, width)
    power = np.einsum("ij,ij->i", stretches, stretches)
    return bool(power[-1] > CUT**2 * power.max())
