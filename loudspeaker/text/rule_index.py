"""Which of the five hundred rules are tried at a place: those whose patterns can begin with what stands there.

Digits and blanks aside, “5 - 7h30” begins with a dash and an h, so that no rule for 5kg or 5/7 can read it; “thôn Bắc”
has four letters and a blank behind them, so that no rule for mail addresses can. The table lexicon/beginnings.tsv tells
for each pattern how many digits or letters it can begin with, what can stand behind them, and the first and the second
letter or sign whatever digits come between; .ci/beginnings.py works it out. A pattern that the table does not know is
tried everywhere: what is read never depends on the table, only how fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from .lazy_regex import pattern
from .lexicon import rows
from .rule import Rule
from .rules import ORDER, rules_starting_with
from .syllables import LOWER, UPPER

MOST_DIGITS, MOST_LETTERS = 5, 8  # as many, or more
DIGIT, BLANK = "0", " "  # behind letters or digits
MARKED, MARKED_CAPITAL = "àÀ"  # each stands for all letters with marks but đ and Đ
OTHER_LETTER, OTHER_SIGN, END = "○□∎"  # all letters and all signs that are not listed; the end of the text
_LISTED = "".join(map(chr, range(33, 127))) + "đĐ“”°²³•½±"
CLASSES = {
    **dict.fromkeys(LOWER.removeprefix("a-z"), MARKED),
    **dict.fromkeys(UPPER.removeprefix("A-Z"), MARKED_CAPITAL),
    **{letter: letter for letter in _LISTED if not letter.isdecimal()},
    "\n": "¶",
}
_BEGINNING = pattern(rf"(\d{{0,{MOST_DIGITS}}})[\d ]{{0,20}}(?:([^\d ])[\d ]{{0,20}}(?:([^\d ])|\Z)|\Z)")


class Beginning(NamedTuple):
    """What a match of a pattern can begin with, each a string of all that is possible; empty where anything is.

    `digits`, `letters`: how many of them stand first, up to MOST_DIGITS and MOST_LETTERS; `lead`: the first digit;
    `behind`: what stands right behind those digits or letters, DIGIT, BLANK or one of CLASSES; `first`, `second`: the
    letters and signs behind the digits, by their CLASSES, with only digits and blanks between.
    """

    digits: str = ""
    lead: str = ""
    letters: str = ""
    behind: str = ""
    first: str = ""
    second: str = ""

    def row(self) -> str:
        """The columns of the table."""
        return "\t".join(self)


def key_of(source: str) -> str:
    """How a pattern is called in the table: a checksum."""
    return f"{crc32(source.encode()):08x}"


def rules_at(text: str, at: int, end: int, until: int, start: str) -> Sequence[Rule]:
    """The rules of a `start` (number, word, sign, bracket) that may read what begins at `at`, in order.

    The digits or letters that stand first go to `end`; at `until` the text ends for them.
    """
    begins = _BEGINNING.match(text, at, until)
    if begins is None:  # a long row of digits
        return rules_starting_with(start)
    digits, first, second = begins.groups()
    classes = _class_of(first or ""), _class_of(second or "")
    if start == "number":
        return _fitting_rules(start, len(digits), digits[0], 0, _behind(text, end, until), *classes)
    if start == "word":
        letters = min(end, until, at + MOST_LETTERS) - at
        return _fitting_rules(start, 0, "", letters, _behind(text, end, until), *classes)
    return _fitting_rules(start, 0, "", 0, "", *classes)


@lru_cache(maxsize=16384)
def _fitting_rules(
    start: str, digits: int, lead: str, letters: int, behind: str, first: str, second: str
) -> Sequence[Rule]:
    """The rules of a `start` that can begin so; what is empty or 0 is not asked, but for `digits`."""
    columns = _columns()
    fitting = columns.starts[start] & columns.digits[str(digits)] & columns.first[first] & columns.second[second]
    fitting &= columns.lead[lead] if lead else fitting
    fitting &= columns.letters[str(letters)] if letters else fitting
    fitting &= columns.behind[behind] if behind else fitting
    return _rules_of(fitting)


def _behind(text: str, end: int, until: int) -> str:
    """What stands at `end`, as the table has it."""
    letter = text[end] if end < until else ""
    return BLANK if letter == " " else DIGIT if letter.isdecimal() else _class_of(letter)


def _class_of(letter: str) -> str:
    """What stands for a letter or sign in the table, or for the end of the text."""
    return CLASSES.get(letter) or (OTHER_LETTER if letter.isalnum() else OTHER_SIGN if letter else END)


class _Columns(NamedTuple):
    """The rules as bits of a number, the first of ORDER the lowest: what fits a place is found by a few “and”.

    `starts`: the rules of each start; then, of each column of the table, those that can begin with a value of it.
    """

    starts: Mapping[str, int]
    digits: Mapping[str, int]
    lead: Mapping[str, int]
    letters: Mapping[str, int]
    behind: Mapping[str, int]
    first: Mapping[str, int]
    second: Mapping[str, int]


@lru_cache(maxsize=1)
def _columns() -> _Columns:
    known = {key: columns for key, *columns in rows("beginnings.tsv")}
    beginnings = [known.get(key_of(rule.source), Beginning()) for rule in ORDER]
    return _Columns(*map(_bits, ([rule.starts for rule in ORDER], *zip(*beginnings, strict=True))))


def _bits(cells: Iterable[Iterable[str]]) -> Mapping[str, int]:
    """For each value in the cells of a column the places, as bits, of those that have it or are empty."""
    places: dict[Iterable[str], int] = {}  # many cells are alike
    for number, cell in enumerate(cells):
        places[cell] = places.get(cell, 0) | 1 << number
    anything = places.pop("", 0)
    bits: defaultdict[str, int] = defaultdict(lambda: anything)
    for cell, at in places.items():
        for value in cell:
            bits[value] |= at
    return bits


@lru_cache(maxsize=4096)
def _rules_of(bits: int) -> Sequence[Rule]:
    """The rules that bits stand for, in order."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(ORDER[lowest.bit_length() - 1])
        bits ^= lowest
    return tuple(found)
