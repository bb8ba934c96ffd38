"""An engine that plays one note a word. For tests, demonstrations and authors of plug-ins; it needs nothing installed.

The same word is always the same note, so different texts sound different.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import BadRequest, Message
from .engine_text import sanitize_text

if TYPE_CHECKING:
    from ..sound.clip import Clip

RATE = 22_050  # Hz
WORD, GAP = 0.22, 0.06  # seconds
VOICES = {"low": 220.0, "middle": 330.0, "high": 440.0}  # hertz of the deepest note
SCALE = (1, 9 / 8, 5 / 4, 3 / 2, 5 / 3)  # pentatonic


class Tone:
    """The voices `low`, `middle` and `high`."""

    name = "tone"
    online = False
    at_once = 2

    def fingerprint(self, voice: str) -> str:
        if voice not in VOICES:
            raise BadRequest(Message("“{engine}” has no voice “{voice}”", engine=self.name, voice=voice))
        return "1"

    def synthesize(self, text: str, voice: str) -> Clip:
        self.fingerprint(voice)
        return _play(sanitize_text(text).split(), VOICES[voice])

    def voices(self) -> Sequence[str]:
        return tuple(VOICES)


def _play(words: Sequence[str], deepest: float) -> Clip:
    """For each word a note with a half sine as its envelope, then the gap."""
    import numpy as np  # only while speaking: the daemon asks for fingerprints

    from ..sound.clip import Clip  # loads numpy

    time = np.arange(int(WORD * RATE)) / RATE
    notes = []
    for word in words:
        hertz = deepest * SCALE[zlib.crc32(word.encode()) % len(SCALE)]
        note = 0.3 * np.sin(2 * np.pi * hertz * time) * np.sin(np.pi * time / WORD)
        notes.append(np.concatenate([note, np.zeros(int(GAP * RATE))]).astype(np.float32))
    return Clip(RATE, np.concatenate(notes))
