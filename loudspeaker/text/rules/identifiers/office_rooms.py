"""Rooms: phòng học 2.3, and P.12 in brackets behind an office."""

from __future__ import annotations

import re

from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import LONE_LETTER
from ...rule import Guess, RuleMaker, in_brackets

rule = RuleMaker(Kind.ADDRESS)

_ROOMS = words_before("phòng|phòng học|phòng số|số phòng|phòng thi|phòng họp|tại phòng|căn hộ|căn số")
_OFFICE = pattern(
    r" (?:ubnd|ub|ủy ban|hđnd|mttq|ubmttq|trụ sở|bộ phận|một cửa|tttthc|phòng|ban|văn phòng|trung tâm|trường|khoa|"
    r"bệnh viện|tòa nhà|đội|kho bạc|bhxh|bảo hiểm|chi cục|sở|quầy|công an|trạm y tế)(?: [^\W_]+){0,6} ?$"
)


@rule(r"(\d{1,2})\.(\d{1,2})(?!\d|[.,/-]\d| ?(?:m2|ha|m|triệu|tr)(?!\w))", only_after=_ROOMS)
def room_with_point(match: re.Match[str], context: Context) -> str:
    """Room of a floor: phòng học 2.3 -> hai chấm ba"""
    return f"{context.number(match[1])} chấm {context.numerals.code(match[2])}"


@rule(r"P\.? ?(\d{1,3})(?=\))", starts="word", only_if=in_brackets)
def room_in_brackets(match: re.Match[str], context: Context) -> Guess | None:
    """Room of an office in brackets: UBND phường (P.12), một cửa (P.5) -> phòng; of a person it may be the ward"""
    office = _OFFICE.search(context.before(match.start()))
    return Guess(f"phòng {context.number(match[1])}", LONE_LETTER) if office else None
