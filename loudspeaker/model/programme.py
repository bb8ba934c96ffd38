"""A finished programme as a value: its file and what is in it, without samples; and the voice that speaks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from ..errors import BadUsage, Message

CARRIED = "signed"  # the engine of voices that only say what came signed as sound
HASH_DIGITS = 12  # of a sound file's hash in the name of its voice


class SentenceMark(NamedTuple):
    """When one sentence or recording of a programme is heard, in seconds from its first sample.

    `sentence` counts those of all pieces in order from 0; what is repeated has a mark for each time.
    """

    sentence: int
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Programme:
    """Chime, clips and pauses, mastered and ready to air: a mono 16-bit WAV file at a card's own rate."""

    key: str  # hash of all that went in
    path: Path
    rate: int  # frames a second
    frames: int
    sha256: str  # of the file, checked again when it is armed
    voice: str = ""  # "engine:voice" that spoke
    doubts: int = 0  # guesses in the reading
    loudness: float = -16.0  # LUFS over the whole file

    @property
    def live(self) -> bool:
        """It comes through a pipe while it is heard, so that nothing vouches for it beforehand."""
        return not self.sha256

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.rate


@dataclass(frozen=True, slots=True)
class Voice:
    """`engine:voice` as people write it, e.g. `espeak:vi` or `command:/usr/local/bin/say --slow`."""

    engine: str
    name: str

    @classmethod
    def parse(cls, spec: str) -> Self:
        """Split at the first colon. Raises `BadUsage` where one of the halves is missing."""
        engine, _colon, name = (part.strip() for part in spec.partition(":"))
        if not engine or not name:
            raise BadUsage(Message("“{spec}” is not a voice; write it as engine:voice, like espeak:vi", spec=spec))
        return cls(engine, name)

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


def carried_voice(sha256: str, instead_of: str = "") -> str:
    """The voice (engine:voice) that says what is in the signed sound file of this hash."""
    return f"{CARRIED}:{instead_of}/{sha256[:HASH_DIGITS]}" if instead_of else f"{CARRIED}:{sha256[:HASH_DIGITS]}"


def is_carried(voice: str) -> bool:
    """Does this voice (engine:voice) only say what came signed as sound?"""
    return voice.startswith(f"{CARRIED}:")
