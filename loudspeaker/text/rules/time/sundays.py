"""Sunday written CN, which is an officer, workers and much else elsewhere: T2, T5, CN; CN: 8h-11h; 22/11 (CN)."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import RuleMaker, at_line_start
from ...syllables import UPPER

rule = RuleMaker(Kind.ORDINAL)


@rule(r"CN(?=\))", starts="word")
def sunday(match: re.Match[str], context: Context) -> str | None:
    """Sunday behind a date: Ngày thi 22/11 (CN)"""
    return "chủ nhật" if context.follows(Kind.DATE, match.start(), " (", "(") else None


@rule(
    r"CN(?=(?:, ?|: ?| ?- ?| ?\(| )?(?:ngày )?\d{1,2}"
    r"(?:/\d{1,2}(?![\d%])|[.-]\d{1,2}(?![\d.,%]| ?(?:tuổi|t|người|em|hộ|triệu|tr|k|suất|con|tấn)(?!\w))| tháng))",
    starts="word",
)
def sunday_with_its_day(match: re.Match[str], context: Context) -> str | None:
    """Sunday and its day: CN-20/12; CN, 13/12 at the head of a line or a cell; lương CN, 13/12 are workers"""
    dashed = _DAY_BEHIND_DASH.match(context.text, match.end())
    opens = context.begins_line(match.start()) or _OPENS.search(context.text[max(0, match.start() - 3) : match.start()])
    return "chủ nhật" if dashed or opens else None


_DAY_BEHIND_DASH = pattern(r" ?- ?\d{1,2}/\d")
_OPENS = pattern(r"(?:[,;:(]|->|[-–→\t\n]|\d[.)]) ?$")


@rule(r"CN(?=:? ?(?:từ )?\d{1,2}(?:[hg]|:\d\d)|[ ,.;)]|$)", starts="word")
def sunday_beside_hours(match: re.Match[str], context: Context) -> str | None:
    """Sunday beside an hour where another day of the week has one: T2-T7: 17h; CN: 8h-11h"""
    at, end = match.span()
    beside = _HOUR_BEHIND.match(context.text, end) or _HOUR_BEFORE.search(context.text[max(0, at - 8) : at])
    near = context.text[max(0, at - 2 * REACH) : end + 2 * REACH]
    return "chủ nhật" if beside and _DAY_WITH_HOUR.search(near) else None


_HOUR_BEHIND = pattern(r":? ?(?:từ )?\d{1,2}(?:[hg](?![^\W\d_])|:\d\d)")
_HOUR_BEFORE = pattern(r"(?<!\d)\d{1,2}[hg](?:\d\d)? $")
_DAY_WITH_HOUR = pattern(
    r"(?<![^\W_])T[2-7]:? ?(?:từ )?\d{1,2}[hg:]|\d[hg]\d{0,2} T[2-7](?![^\W_])|[Tt]hứ (?:[2-7]|bảy|sáu):? ?\d{1,2}[hg:]"
)


@rule(r"CN(?![^\W_])", starts="word")
def sunday_behind_weekdays(match: re.Match[str], context: Context) -> str | None:
    """Sunday behind other days of the week: T2, T5, CN lúc 18h"""
    listed = context.follows(Kind.ORDINAL, match.start(), ", ", ",", " và ", " & ", " hoặc ", "/")
    return "chủ nhật" if listed and context.previous.spoken.lower().startswith("thứ ") else None


@rule(rf"CN(?=(?: [{UPPER}][^\W\d_]*){{1,4}} \(?\d{{1,2}}/\d{{1,2}}(?![\d/]))", starts="word", only_if=at_line_start)
def named_sunday(match: re.Match[str], context: Context) -> str:
    """Sunday that has a name, and its day: CN Lễ Lá 29/3"""
    return "chủ nhật"


@rule(r"CN(?= ?[:(-])", starts="word", only_if=at_line_start)
def sunday_of_week(match: re.Match[str], context: Context) -> str | None:
    """Sunday in a week of lines: CN: dọn vệ sinh, below T6: …, T7: … -> chủ nhật"""
    return "chủ nhật" if _has_week(context.text) else None


@lru_cache(maxsize=4)
def _has_week(text: str) -> bool:
    """Whether lines of a text begin with weekdays"""
    return _WEEK.search(text) is not None


_WEEK = pattern(r"(?m)^[-+•* ]*(?:T|[Tt]hứ )[2-7] ?[:(-]")
