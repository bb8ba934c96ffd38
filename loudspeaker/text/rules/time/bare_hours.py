"""Hours without “giờ” of both halves of a day: Sáng 8-11, chiều 2-5; 7-11 sáng, 13-17 chiều."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import DATE_OR_NUMBERS
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.TIME)

_HALVES = "sáng|chiều|tối"
_BEFORE, _BEHIND = words_before(_HALVES), words_after(_HALVES)
_HOURS = r"(\d{1,2}) ?- ?(\d{1,2})(?![\d./-]\d|\d|[^\W_])"
_BOTH = pattern(
    rf"(?i)(?<!\w)sáng(?: từ)?:? {_HOURS}[^\d\n]{{1,16}}(?<!\w)chiều(?: từ)?:? {_HOURS}"
    rf"|(?<![\d/.-]){_HOURS} sáng[^\d\n]{{1,16}}{_HOURS} chiều(?!\w)"
)
_NOON, _EVENING, _FIRST = 12, 19, 4


@rule(_HOURS)
def hours_of_half(match: re.Match[str], context: Context) -> Answer:
    """Hours of half a day where the text tells both halves so: Sáng 8-11, chiều 2-5; sáng 7-11 alone is a day"""
    beside = context.is_after(match.start(), _BEFORE) or context.is_before(match.end(), _BEHIND)
    if not beside or int(match[1]) >= int(match[2]):
        return None
    told = _BOTH.search(context.text, max(0, match.start() - 2 * REACH), match.end() + REACH)
    if told is None or not _are_hours([int(hour) for hour in told.groups() if hour]):
        return None
    spoken = f"{context.number(match[1])} đến {context.number(match[2])} giờ"
    return spoken if match.end() <= told.end() else Guess(spoken, DATE_OR_NUMBERS)  # …; T7 sáng 7-10


def _are_hours(hours: list[int]) -> bool:
    """Whether the morning's two hours and the afternoon's may be such, and are not the same day twice"""
    begin, end, later, last = hours
    morning = _FIRST <= begin < end <= _NOON
    return morning and later < last <= _EVENING and (last < begin or later >= _NOON) and (begin, end) != (later, last)
