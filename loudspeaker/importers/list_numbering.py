"""How automatic numbers look: counters of a list as text, in OpenDocument's five styles, to which Word's are mapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

DASH = "-"  # whatever a bullet looks like, it is read as one of these
LETTERS = 26
HIGHEST = 3_999  # of letters and Roman numbers, which grow with their value: a file may ask for any
ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True, slots=True)
class NumberingLevel:
    """How one level of a list is numbered: `pattern` holds %1 … %9 for the counters from the outermost level on."""

    style: str = DASH  # "1", "a", "A", "i", "I"; "-" for a bullet, "" for nothing at all
    pattern: str = ""
    start: int = 1


@dataclass(slots=True)
class Counters:
    """The counters of one list while its items go by."""

    levels: Sequence[NumberingLevel]
    values: dict[int, int] = field(default_factory=dict)

    def next(self, depth: int) -> str:
        """Count one more item at `depth` (0 is the outermost) and give its label."""
        level = self.level(depth)
        self.values = {at: value for at, value in self.values.items() if at <= depth}
        self.values[depth] = self.values.get(depth, level.start - 1) + 1
        if level.style == DASH:
            return DASH
        text = level.pattern
        for at in range(depth + 1):
            text = text.replace(
                f"%{at + 1}", format_number(self.values.get(at, self.level(at).start), self.level(at).style)
            )
        return text

    def level(self, depth: int) -> NumberingLevel:
        """How items at `depth` are numbered."""
        return self.levels[depth] if depth < len(self.levels) else NumberingLevel()


def format_number(value: int, style: str) -> str:
    """One counter as text.

    >>> format_number(4, "I"), format_number(28, "a"), format_number(3, "1")
    ('IV', 'bb', '3')
    """
    if style not in ("a", "A", "i", "I"):
        return str(value) if style == "1" else ""
    if value > HIGHEST:
        return str(value)
    text = _letters(value) if style in "aA" else _roman(value)
    return text.upper() if style.isupper() else text


def _letters(value: int) -> str:
    """As Word goes on after z: aa, bb, cc."""
    rounds, letter = divmod(max(value, 1) - 1, LETTERS)
    return chr(ord("a") + letter) * (rounds + 1)


def _roman(value: int) -> str:
    text = ""
    for worth, letters in ROMAN:
        count, value = divmod(value, worth)
        text += letters * count
    return text
