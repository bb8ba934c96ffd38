"""Halves of a day in one letter: S 7h30-11h30, C T4; S: họp, C: đi xã, T: trực."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import Guess, RuleMaker

rule = RuleMaker(Kind.TIME)


@rule(
    r"[SCTĐ](?= ?:? ?(?:từ )?(?:\d{1,2} ?- ?)?\d{1,2}(?:[hg](?![^\W\d_])|:[0-5]\d| giờ)| T[2-7](?!\w)| CN(?!\w))",
    starts="word",
)
def half_day(match: re.Match[str], context: Context) -> str | None:
    """Half of a day in one letter, before its hours or its day: S 7h30-11h30; C: 13h30; C T4 -> sáng …; chiều"""
    ahead = context.text[max(0, match.start() - 2) : match.start()].rstrip(" ")[-1:]
    if _JOINED.search(context.text, max(0, match.start() - 3), match.start()):  # Gluco-C 2-3g
        return None
    dated = context.follows(Kind.DATE, match.start()) or context.follows(Kind.ORDINAL, match.start())
    return _HALVES[match[0]] if dated or ahead in _OPENING else None


@rule(
    r"(?:sáng(?! (?:từ )?(?:1[2-9]|2))|trưa|chiều|tối|đêm)"
    r"(?= (?:từ )?\d{1,2}(?:[hg](?![^\W\d_])|:[0-5]\d| giờ)| nghỉ(?! [^\W\d_]))",
    starts="word",
)
def next_half(match: re.Match[str], context: Context) -> str | None:
    """A pause before the next half of a day: sáng 7h - 11h chiều 13h - 17h; sáng 7h30 - 11h chiều nghỉ"""
    return f", {match[0]}" if context.follows(Kind.TIME, match.start(), "  ", "   ", "    ") else None


@rule(r"[SCTĐ](?= ?[:,;/+]| - |\s|$)", starts="word")
def half_day_in_row(match: re.Match[str], context: Context) -> Guess | None:
    """One of the halves of a day that a line tells one behind the other: S: họp, C: đi xã, T: trực -> tối"""
    ahead = context.text[max(0, match.start() - 2) : match.start()].rstrip(" ")[-1:]
    weekday = context.follows(Kind.ORDINAL, match.start(), ": ", ", ", " (") and _WEEKDAY.match(context.previous.spoken)
    if weekday and match[0] in "SC" and context.char(match.end()) in " :+":  # T2 S họp; T4: S - trực; T3: S+C
        return Guess(_HALVES[match[0]], _PART_OF_DAY)
    dated = ahead.isdecimal() or context.is_after(match.start(), _AND) or context.follows(Kind.ORDINAL, match.start())
    if ahead not in _OPENING and not dated:  # Bác sĩ Hà C nghỉ
        return None
    before = context.line_before(match.start(), 2 * REACH)
    behind = context.line_behind(match.start(), 2 * REACH + len(match[0]))
    return Guess(_HALVES[match[0]], _PART_OF_DAY) if _MORNING_AND_AFTERNOON.search(before + behind) else None


_PART_OF_DAY = Message("a part of the day, or a letter")
_MORNING_AND_AFTERNOON = pattern(
    r"(?<![^\W_])S(?: ?[:,;/+]| \d{1,2}[hg:])[^\n]{0,60}(?<![^\W_])C(?: ?[:,;/+]| \d{1,2}[hg:]| nghỉ| ?$)"
    r"|(?<![^\W_])S ?(?:\+ ?C|\d{1,2}(?:/\d{1,2}|,)[^\n]{0,40}(?<![^\W_])C \d{1,2}(?:[/,.;]|$))(?![^\W\d_])"
    r"|(?<![^\W_])(?:T[2-7]|CN|[Tt]hứ [^\W_]{1,4}|\d/\d{1,2})\)?[ :,-]{1,3}S [^\n]{0,60}[,;+-] ?C "
)
_JOINED = pattern(r"[^\W\d_]{2}-$")
_AND = words_before("và")
_WEEKDAY = pattern(r"(?i)thứ (?:hai|ba|tư|năm|sáu|bảy)$|chủ nhật$")
_HALVES = {"S": "sáng", "C": "chiều", "T": "tối", "Đ": "đêm"}
_OPENING = frozenset(("", *"\n,;:(-/+*•"))
