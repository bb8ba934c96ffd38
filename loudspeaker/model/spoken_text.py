"""What reading gives: the spoken text, its doubts, its utterances; and what a commune sets about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from ..errors import Message

Region = Literal["north", "south"]
_LONGEST = 80  # letters of a stretch that are told in a sentence
MOST_TOLD = 3  # alternatives of a doubt, in its sentence


class ReadingSettings(NamedTuple):
    """A commune's own words and the region whose numerals it says.

    `say`, `abbrev`: written -> how it is read; `names`: the same, of names that no rule may touch.
    """

    say: Mapping[str, str] = {}
    abbrev: Mapping[str, str] = {}
    names: Mapping[str, str] = {}
    region: Region = "north"


class Span(NamedTuple):
    """A stretch of the text as given and the stretch of the spoken text for it, [from, to) in code points.

    `read`: whether other words are heard than stand there; else it is copied, give or take blanks, case and signs.
    """

    written: tuple[int, int]
    spoken: tuple[int, int]
    read: bool


class Doubt(NamedTuple):
    """A stretch whose reading may be wrong, and why; `line` and `column` count from 1, in code points of the input.

    `place` is the stretch, [from, to) in the input; `alternatives` are other ways to say it, the likeliest first.
    """

    written: str
    spoken: str
    why: Message
    line: int
    column: int
    place: tuple[int, int]
    alternatives: tuple[str, ...] = ()

    def message(self) -> Message:
        """The doubt as a sentence, with the first of its alternatives."""
        facts = {"written": _shorten(self.written), "spoken": _shorten(self.spoken), "why": self.why}
        if not self.alternatives:
            return Message("“{written}” is read “{spoken}”: {why}", **facts)
        others = ", ".join(f"“{other}”" for other in self.alternatives[:MOST_TOLD])
        return Message("“{written}” is read “{spoken}”: {why}; otherwise: {others}", **facts, others=others)

    def shift(self, lines: int, letters: int = 0) -> Doubt:
        """The same doubt in a text in which the input begins so many lines, and so many code points, further down."""
        place = (self.place[0] + letters, self.place[1] + letters)
        return self._replace(line=self.line + lines, place=place)


class Reading(NamedTuple):
    """The spoken text, what is doubtful in it, and which written stretch each spoken one stands for, in order.

    The spans' written stretches, one behind the other, are the text as given.
    """

    spoken: str
    doubts: tuple[Doubt, ...]
    spans: tuple[Span, ...]


class Utterance(NamedTuple):
    """What one call of an engine says, and the silence after it in seconds."""

    text: str
    pause_after: float


def _shorten(words: str) -> str:
    """The first words of a long stretch, on one line."""
    words = " ".join(words.split()) if "\n" in words else words
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rpartition(' ')[0]} …"


class SpokenPart(NamedTuple):
    """One piece of what will be heard: words as they are said, or the path of a recording."""

    spoken: str = ""
    recording: str = ""
    doubts: tuple[Doubt, ...] = ()

    def say(self, translate: Callable[[str], str]) -> str:
        """Its words; of a recording, its path."""
        return Message("(recording: {file})", file=self.recording).say(translate) if self.recording else self.spoken
