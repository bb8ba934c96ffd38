"""Times that no clock shows: lúc 25h, 24h30, 14:75. They are said as they stand, and doubtful."""

from __future__ import annotations

import re

from ...context import Context
from ...cues import words_before
from ...kind import Kind
from ...reasons import NO_TIME
from ...rule import Guess, RuleMaker

rule = RuleMaker(Kind.TIME)

_CLOCK = words_before("lúc|hồi|vào|từ|đến|khoảng|trước|sau|sáng|chiều|tối|tới|đúng|bắt đầu|mở cửa|đóng cửa")
_LASTING = words_before("trong|suốt|sau|vòng|hết|kéo dài|mất")
_UNTIL = (" đến ", "-", " - ")


@rule(
    r"(2[5-9]|[3-9]\d) ?(?:[hg]|giờ)(?!\w)", unless_before=("sau", "kể từ", "tiếp", "liên tục", "trước khi", "đồng hồ")
)
def impossible_hour(match: re.Match[str], context: Context) -> Guess | None:
    """Hour that no clock shows: lúc 25h, từ 7h đến 31h: said, and doubtful; from 12 to 36 hours behind something"""
    on_clock = context.follows(Kind.TIME, match.start(), *_UNTIL) and context.previous.why is None
    if not (on_clock or context.is_after(match.start(), (" lúc", " hồi"))):
        return None
    return Guess(f"{context.number(match[1])} giờ", NO_TIME)


@rule(r"24 ?[hHgG:] ?(0[1-9]|[1-5]\d)(?![\d/])", unless_after=_LASTING)
def minutes_behind_midnight(match: re.Match[str], context: Context) -> Guess:
    """Time behind the last of the day: 24h30: said, and doubtful"""
    return Guess(f"hai mươi tư giờ {context.number(match[1])} phút", NO_TIME)


@rule(r"(\d|[01]\d|2[0-4]):([6-9]\d)(?![\d:]|[.,]\d)", only_after=_CLOCK)
def impossible_minutes(match: re.Match[str], context: Context) -> Guess:
    """Minutes that no hour has: lúc 14:75"""
    return Guess(f"{context.number(match[1])} giờ {context.number(match[2])} phút", NO_TIME)
