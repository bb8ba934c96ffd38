"""Units of the army in letters: c is a company, d a battalion, e a regiment, f a division: đơn vị C3, D7, E9."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import UNKNOWN
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.CODE)

_UNITS = {"e": "trung đoàn", "f": "sư đoàn", "d": "tiểu đoàn", "c": "đại đội"}
_REGIMENT = pattern(r"\b[ef]\.? ?\d{2,3}\b")  # E174 F316
_ARMY = pattern(
    r"\b(?:ccb|cựu chiến binh|trung đoàn|sư đoàn|tân binh|đơn vị|bộ đội|nhập ngũ|chiến sĩ|cán bộ)\b|\b[ef]\. ?\d"
)
_ARMY_ANYWHERE = pattern(r"(?i)\b(?:ccb|cựu chiến binh|liệt s[ĩỹ]|trung đoàn|tiểu đoàn|sư đoàn|bộ đội|chiến s[ĩỹ])\b")
_CHAIN = pattern(r"\b(?:C\d{1,2}(?:, ?| ?- ?|/)D\d|D\d{1,2}(?:, ?| ?- ?|/)E\d|E\d{1,3}(?:, ?| ?- ?|/)F\d)")
_GAPS = (", ", ",", "-", " - ", "/", " ")
_NAMED = words_before("đơn vị|trưởng|phó|bộ|trinh sát|tiểu đoàn bộ|thuộc|của|ban liên lạc|công binh|pháo binh")
_ONE_MORE = pattern(r"(?:, ?| ?- ?|/)[DEF]\d")


@lru_cache(maxsize=4)
def _names_units(text: str) -> bool:
    """Whether a text is about the army and names units within units: C3, D7, E9"""
    return _CHAIN.search(text) is not None and _ARMY_ANYWHERE.search(text) is not None


@rule(r"([efdc]|[EFDC])(?:\. ?|(?<=[A-Z]))(\d{1,3})(?![^\W_]|[.,/-]\d| tuổi)", starts="word")
def army_unit(match: re.Match[str], context: Context) -> Answer:
    """Unit of the army: CCB e.66 (d.7), đơn vị nhận e.141, f.312 -> trung đoàn sáu mươi sáu, tiểu đoàn bảy"""
    spoken = f"{_UNITS[match[1].lower()]} {context.number(match[2])}"
    near = context.text[max(0, match.start() - 2 * REACH) : match.start() + REACH].lower()
    if _ARMY.search(near) and (match[1].islower() or _REGIMENT.search(near)):
        return spoken
    if match[2][0] == "0" or not (match[1].isupper() and _names_units(context.text)):  # cán bộ C06 are no company
        return None
    at, end = match.span()
    beside = context.follows(Kind.CODE, at, *_GAPS) or _ONE_MORE.match(context.text, end) is not None
    return spoken if beside or context.is_after(at, _NAMED) else Guess(spoken, UNKNOWN)


_SERVICES = "trưởng|phó|bộ|bộ binh|trinh sát|công binh|thông tin|pháo binh|hỏa lực|vận tải|quân y|đặc công"


@rule(
    rf"([CDEF])(?= (?:{_SERVICES})(?!\w))",
    starts="word",
    only_if=lambda match, context: _names_units(context.text),
)
def army_unit_without_number(match: re.Match[str], context: Context) -> str:
    """Unit of the army by its kind: nguyên C trưởng C3, C trinh sát E66 -> đại đội trưởng, đại đội trinh sát"""
    return _UNITS[match[1].lower()]
