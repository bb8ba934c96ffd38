"""Which of the five hundred rules are tried at a place: those whose patterns can begin with what stands there.

Digits and blanks aside, “5 - 7h30” begins with a dash and an h, so that no rule for 5kg or 5/7 can read it. The table
lexicon/beginnings.tsv tells for each pattern how many digits it can begin with, and the first and the second letter or
sign behind them; .ci/beginnings.py works it out. A pattern that the table does not know is tried everywhere: what is
read never depends on the table, only how fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from .lazy_regex import pattern
from .lexicon import rows
from .rule import Rule
from .rules import rules_starting_with
from .syllables import LOWER, UPPER

MOST_DIGITS = 5  # as many, or more
MARKED, MARKED_CAPITAL = "àÀ"  # each stands for all letters with marks but đ and Đ
OTHER = "□"  # stands for all letters and signs that are not listed, and for the end of the text
_LISTED = "".join(map(chr, range(33, 127))) + "đĐ\n“”°²³•½±"
CLASSES = {
    **dict.fromkeys(LOWER.removeprefix("a-z"), MARKED),
    **dict.fromkeys(UPPER.removeprefix("A-Z"), MARKED_CAPITAL),
    **{letter: letter for letter in _LISTED if not letter.isdecimal()},
}
_BREAK = "¶"  # a line's end in the table
_BEGINNING = pattern(rf"(\d{{0,{MOST_DIGITS}}})[\d ]{{0,20}}(?:([^\d ])[\d ]{{0,20}}(?:([^\d ])|\Z)|\Z)")


class Beginning(NamedTuple):
    """What a match of a pattern can begin with, each a string of all that is possible; empty where anything is.

    `digits`: how many stand first, up to MOST_DIGITS; `first`, `second`: the letters and signs behind them, by their
    CLASSES, with only digits and blanks between.
    """

    digits: str = ""
    first: str = ""
    second: str = ""

    def row(self) -> str:
        """The columns of the table."""
        return "\t".join(self).replace("\n", _BREAK)


def key_of(source: str) -> str:
    """How a pattern is called in the table: a checksum."""
    return f"{crc32(source.encode()):08x}"


def rules_at(text: str, at: int, start: str) -> Sequence[Rule]:
    """The rules of a `start` (number, word, sign, bracket) that may read what stands at a place, in order."""
    begins = _BEGINNING.match(text, at)
    if begins is None:  # a long row of digits
        return rules_starting_with(start)
    digits, first, second = begins.groups()
    return _fitting_rules(start, len(digits), CLASSES.get(first, OTHER), CLASSES.get(second, OTHER))


@lru_cache(maxsize=16384)
def _fitting_rules(start: str, digits: int, first: str, second: str) -> Sequence[Rule]:
    begun = _begun_rules(start, str(digits), first)
    return tuple(rule for rule, seconds in begun if not seconds or second in seconds)


@lru_cache(maxsize=1024)
def _begun_rules(start: str, digits: str, first: str) -> Sequence[tuple[Rule, str]]:
    """The rules that can begin with so many digits and this letter or sign, and what can stand second."""
    return tuple(
        (rule, begins.second)
        for rule, begins in _rules_with_beginnings(start)
        if (not begins.digits or digits in begins.digits) and (not begins.first or first in begins.first)
    )


@lru_cache(maxsize=4)
def _rules_with_beginnings(start: str) -> Sequence[tuple[Rule, Beginning]]:
    known = _beginnings()
    return tuple((rule, known.get(key_of(rule.source), Beginning())) for rule in rules_starting_with(start))


@lru_cache(maxsize=1)
def _beginnings() -> dict[str, Beginning]:
    """The table: key of a pattern -> what it can begin with."""
    return {
        key: Beginning(*(column.replace(_BREAK, "\n") for column in columns))
        for key, *columns in rows("beginnings.tsv")
    }
