"""A finished programme as a value: its file and what is in it, without samples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


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
