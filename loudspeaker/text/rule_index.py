"""Which of the five hundred rules are tried at a place: those whose patterns can begin with what stands there.

Digits and blanks aside, “5 - 7h30” begins with a dash and an h, so that no rule for 5kg or 5/7 can read it; “thôn Bắc”
has four letters and a blank behind them, so that no rule for mail addresses can. The table lexicon/beginnings.tsv tells
for each pattern how many digits or letters it can begin with, what can stand behind them, and the first and the second
letter or sign whatever digits come between; .ci/beginnings.py works it out. A pattern that the table does not know is
tried everywhere: what is read never depends on the table, only how fast.
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

MOST_DIGITS, MOST_LETTERS = 5, 8  # as many, or more
DIGIT, BLANK = "0", " "  # behind letters or digits
MARKED, MARKED_CAPITAL = "àÀ"  # each stands for all letters with marks but đ and Đ
OTHER_LETTER, OTHER_SIGN, END = "○□∎"  # all letters and all signs that are not listed; the end of the text
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
        return "\t".join(self).replace("\n", _BREAK)


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
        return _fitting_rules(start, len(digits), digits[0], "", _behind(text, end, until), *classes)
    if start == "word":
        letters = str(min(end, until, at + MOST_LETTERS) - at)
        return _fitting_rules(start, 0, "", letters, _behind(text, end, until), *classes)
    return _fitting_rules(start, 0, "", "", "", *classes)


def _behind(text: str, end: int, until: int) -> str:
    """What stands at `end`, as the table has it."""
    letter = text[end] if end < until else ""
    return BLANK if letter == " " else DIGIT if letter.isdecimal() else _class_of(letter)


def _class_of(letter: str) -> str:
    """What stands for a letter or sign in the table, or for the end of the text."""
    return CLASSES.get(letter) or (OTHER_LETTER if letter.isalnum() else OTHER_SIGN if letter else END)


@lru_cache(maxsize=16384)
def _fitting_rules(
    start: str, digits: int, lead: str, letters: str, behind: str, first: str, second: str
) -> Sequence[Rule]:
    """The rules that can begin so; what is empty is not asked."""
    return tuple(
        rule
        for rule, begins in _begun_rules(start, str(digits), letters, first)
        if (not begins.second or second in begins.second)
        and (not begins.behind or behind in begins.behind)
        and (not begins.lead or lead in begins.lead)
    )


@lru_cache(maxsize=1024)
def _begun_rules(start: str, digits: str, letters: str, first: str) -> Sequence[tuple[Rule, Beginning]]:
    """The rules that can begin with so many digits or letters, and this letter or sign."""
    return tuple(
        (rule, begins)
        for rule, begins in _rules_with_beginnings(start)
        if (not begins.digits or digits in begins.digits)
        and (not begins.letters or letters in begins.letters)
        and (not begins.first or first in begins.first)
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
