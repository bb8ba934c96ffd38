"""What reading gives: the spoken text, its doubts, its utterances; and what a commune sets about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ..errors import Message

Region = Literal["north", "south"]


class ReadingSettings(NamedTuple):
    """A commune's own words and the region whose numerals it says.

    `say`, `abbrev`: written -> how it is read; `names`: the same, of names that no rule may touch.
    """

    say: Mapping[str, str] = {}
    abbrev: Mapping[str, str] = {}
    names: Mapping[str, str] = {}
    region: Region = "north"


class Span(NamedTuple):
    """A stretch of the text as given and the stretch of the spoken text for it, [from, to) in code points."""

    written: tuple[int, int]
    spoken: tuple[int, int]


class Doubt(NamedTuple):
    """A stretch whose reading may be wrong, and why; `line` and `column` count from 1, in code points of the input."""

    written: str
    spoken: str
    why: Message
    line: int
    column: int

    def message(self) -> Message:
        """The doubt as a sentence."""
        return Message("“{written}” is read “{spoken}”: {why}", written=self.written, spoken=self.spoken, why=self.why)


class Reading(NamedTuple):
    """The spoken text, what is doubtful in it, and which written stretch each spoken one stands for, in order."""

    spoken: str
    doubts: tuple[Doubt, ...]
    spans: tuple[Span, ...]


class Utterance(NamedTuple):
    """What one call of an engine says, and the silence after it in seconds."""

    text: str
    pause_after: float
