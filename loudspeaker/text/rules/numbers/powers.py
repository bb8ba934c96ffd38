"""Raised digits that belong to no unit: 10⁶ and 10^6 are powers, and so is x³; behind a word they mark a footnote."""

from __future__ import annotations

import re
import unicodedata

from ....errors import Message
from ...abbreviations import meaning
from ...context import Context
from ...kind import Kind
from ...numerals import LETTERS, NUMBER, spell_letters
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.POWER)

_RAISED = "¹²³⁴⁵⁶⁷⁸⁹"
_EITHER = Message("a raised digit: a power, or a footnote mark")


@rule(rf"({NUMBER})(?:\^ ?(-?)(\d{{1,2}})|([{_RAISED}]{{1,2}}))(?![^\W_])")
def power_of_number(match: re.Match[str], context: Context) -> Answer:
    """Power of a number: 10⁶ con, 10^9, 10^-3 -> mười mũ sáu; behind other numbers than ten it may mark a footnote"""
    if match[4]:
        spoken = f"{context.number(match[1])} mũ {context.number(_lower_digits(match[4]))}"
        return spoken if match[1] == "10" else Guess(spoken, _EITHER)
    return f"{context.number(match[1])} mũ {'trừ ' if match[2] else ''}{context.number(match[3])}"


@rule(rf"([A-Za-z])(?:\^ ?(\d{{1,2}})|([{_RAISED}]{{1,2}}))(?![^\W_])", starts="word")
def power_of_letter(match: re.Match[str], context: Context) -> Answer:
    """Power of a letter: x³ -> ích mũ ba; Phụ lục A² may be a footnote"""
    spoken = f"{LETTERS[match[1].upper()]} mũ {context.number(match[2] or _lower_digits(match[3]))}"
    return spoken if match[1].islower() or match[2] else Guess(spoken, _EITHER)


@rule(rf"([{LOWER}{UPPER}]{{2,16}})[{_RAISED}]{{1,2}}(?![^\W_])", starts="word")
def word_with_footnote(match: re.Match[str], context: Context) -> Guess:
    """Word with a footnote mark: Thông tư², UBND¹ -> the word alone, with a doubt"""
    word = match[1]
    entry = meaning(context, word, match.start(), match.end(1))
    spoken = entry.reading if entry else spell_letters(word) if word.isupper() and len(word) < 4 else word
    return Guess(spoken, Message("a footnote mark, left out"))


def _lower_digits(raised: str) -> str:
    """² -> 2"""
    return unicodedata.normalize("NFKC", raised)
