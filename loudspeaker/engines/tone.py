"""An engine that plays one note a word. For tests, demonstrations and authors of plug-ins; it needs nothing installed.

The same word is always the same note, so different texts sound different.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import BadRequest, Message
from .sanitize import sanitize_text

if TYPE_CHECKING:
    from ..sound.clip import Clip, Samples

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
        import numpy as np

        from ..sound.clip import Clip

        self.fingerprint(voice)
        return Clip(RATE, np.concatenate([_note(word, VOICES[voice]) for word in sanitize_text(text).split()]))

    def voices(self) -> Sequence[str]:
        return tuple(VOICES)


def _note(word: str, deepest: float) -> Samples:
    """One word: a note with a half sine as its envelope, then the gap."""
    import numpy as np

    hertz = deepest * SCALE[zlib.crc32(word.encode()) % len(SCALE)]
    time = np.arange(int(WORD * RATE)) / RATE
    hum = 0.3 * np.sin(2 * np.pi * hertz * time) * np.sin(np.pi * time / WORD)
    return np.concatenate([hum, np.zeros(int(GAP * RATE))]).astype(np.float32)
