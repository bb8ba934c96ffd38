"""Which labels of a text are levels of a list: I and II, 1 and 2, a and b, each at the beginning of a line.

They are said as what they are, part, first, point: phần một, thứ nhất, ý a. A label that stands alone is only a number.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..lazy_regex import pattern
from ..syllables import UPPER

_LABEL = pattern(
    rf"(?m)^[ \"“]*(?:(?P<part>[IVX]{{1,5}})|(?P<point>\d{{1,2}})|(?P<item>[a-zđ])|(?P<division>[A-DĐ]))"
    rf" ?(?:\.(?!\d)-?|[)/](?!\d)|-(?= ?[{UPPER}]| ))(?=[\s{UPPER}])"
)
_FIRST = {"part": {"I", "II"}, "point": {"1", "2"}, "item": {"a", "b"}, "division": {"A", "B"}}


class ListLevels(NamedTuple):
    """Whether a text has these levels: parts I, II; points 1, 2; items a, b; divisions A, B."""

    parts: bool = False
    points: bool = False
    items: bool = False
    divisions: bool = False


def find_levels(text: str) -> ListLevels:
    """The levels of a text: those of whose labels it has the first two."""
    labels: dict[str, set[str]] = {level: set() for level in _FIRST}
    for match in _LABEL.finditer(text):
        level = match.lastgroup
        assert level
        labels[level].add(match[level].lstrip("0") if level == "point" else match[level])
    return ListLevels(*(_FIRST[level] <= found for level, found in labels.items()))


@lru_cache(maxsize=4)
def count_letters(text: str) -> int:
    """How many different letters label lines of a text."""
    return len({match[0] for match in _LABEL.finditer(text) if match["item"] or match["division"]})
