"""Arrows: until, on to the next stop of a way, or a pause."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import Answer, RuleMaker
from ...syllables import UPPER
from .dashes import MILESTONE, are_ends_alike, do_codes_rise, stands_after_amount

rule = RuleMaker(Kind.DASH)

_NUMBER_BEHIND = pattern(r" {0,2}(?:(?:tổ|thôn|xóm|ấp|bản|lớp|khu|nhà|cột|số|ngày|thứ|tuần|tháng) )?\d")
_CLAUSE = pattern(r"[.;:!?]\s+|\n")
_TRAVEL = pattern(r"(?:^|\W)(?:khởi hành|xuất phát|lộ trình|hành trình|tuyến|di chuyển|diễu hành|rước|rẽ|xe|đi)(?!\w)")
_PLACE = pattern(
    rf" ?(?:[{UPPER}]|(?:cầu|chợ|ngã|đường|đê|dốc|cổng|trường|trạm|nhà|đình|chùa|bến|sân|thôn|xóm|ấp|bản) )"
)
_WAY = pattern(r"(?:^|\W)(?:từ|đoạn|tuyến|đường)\s")
_CLOCK, _CLOCK_NEXT = pattern(r"(?<!\d)\d{1,2}[hg:]"), pattern(r" ?\d{1,2}(?:[hHg]|:\d\d)")


@rule(r"[-=]{1,3}>|➔", starts="sign")
def arrow(match: re.Match[str], context: Context) -> Answer:
    """An arrow: 8 -> 10h, tổ 1 -> tổ 6, đoạn nhà ô.Tòng -> cầu đá: until; 150mg/lần => chọn gói: a pause"""
    start, end = match.span()
    if context.begins_line(start):
        return ""
    number = _NUMBER_BEHIND.match(context.text, end)
    ahead = context.text[max(0, start - 2 * REACH) : start].lower()
    along = context.previous.spoken.startswith("ki lô mét") and MILESTONE.match(context.text, end)
    way = along or ("=" not in match[0] and _WAY.search(_CLAUSE.split(ahead)[-1]))
    alike = are_ends_alike(ahead, context.text[end : end + REACH].lower()) or do_codes_rise(context, start, end)
    if (
        way
        or alike
        or _parts_hours(ahead, context, end)
        or (number and not _does_fall(context, start, number[0]) and stands_after_amount(context, start))
    ):
        return " đến "
    return ", đến " if _TRAVEL.search(ahead.rpartition("\n")[2]) and _PLACE.match(context.text, end) else ","


def _parts_hours(ahead: str, context: Context, end: int) -> bool:
    """Whether an hour stands before an arrow on its line, and another behind it: 22h00 T5 (13/8) -> 4h00 T6"""
    return _CLOCK.search(ahead.rpartition("\n")[2]) is not None and _CLOCK_NEXT.match(context.text, end) is not None


def _does_fall(context: Context, start: int, behind: str) -> bool:
    """Whether a bare number stands before an arrow, and a smaller one behind it: Lô 5,6 -> 2 hộ"""
    before = re.search(r"(?<![\d.:/])\d{1,4} ?$", context.text[max(0, start - 6) : start])
    after = re.fullmatch(r" *(\d)", behind)
    following = context.text[start : start + 12]
    small = re.search(r"(?<!\d)(\d{1,4})(?= [^\W\d_])", following) if after else None
    return before is not None and small is not None and int(small[1]) < int(before[0])
