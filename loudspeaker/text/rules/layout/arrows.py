"""Arrows: until, on to the next stop of a way, or a pause."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...rule import Answer, RuleMaker
from ...syllables import UPPER
from .dashes import MILESTONE, are_ends_alike, do_codes_rise, do_numbers_rise, stands_after_amount

rule = RuleMaker(Kind.DASH)

_NUMBER_BEHIND = pattern(r" {0,2}(?:(?:tổ|thôn|xóm|ấp|bản|lớp|khu|nhà|cột|số|ngày|mùng|mồng|thứ|tuần|tháng) )?\d")
_CLAUSE = pattern(r"[.;:!?]\s+|\n")
_TRAVEL = pattern(r"(?:^|\W)(?:khởi hành|xuất phát|lộ trình|hành trình|tuyến|di chuyển|diễu hành|rước|rẽ|xe|đi)(?!\w)")
_TURNING = pattern(r"(?<!\w)(?:rẽ|quẹo) (?:trái|phải|vào|sang|qua|xuống|lên)(?!\w)")  # of one who drives
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
    ahead = context.text[max(0, start - 2 * REACH) : start].lower()
    line = context.line_before(start, 2 * REACH).lower()
    turning = _TURNING.search(line) and _PLACE.match(context.text, end)
    if not turning and _leads_on(match, context, ahead):
        return " đến "
    return ", đến " if _TRAVEL.search(line) and _PLACE.match(context.text, end) else ","


def _leads_on(match: re.Match[str], context: Context, ahead: str) -> bool:
    """Whether an arrow leads to another thing of the same kind: from hour to hour, place to place, number to number."""
    start, end = match.span()
    along = context.previous.spoken.startswith("ki lô mét") and MILESTONE.match(context.text, end)
    way = "=" not in match[0] and _WAY.search(_CLAUSE.split(ahead)[-1])
    if along or way or _are_alike(context, ahead, start, end):
        return True
    number = _NUMBER_BEHIND.match(context.text, end)
    other = number is None or _are_other_amounts(context, start, number[0])
    return not other and stands_after_amount(context, start)


def _are_alike(context: Context, ahead: str, start: int, end: int) -> bool:
    """Whether things of one sort stand on both sides: 19 -> 21/1, khối 1 -> khối 5, 22h00 T5 -> 4h00 T6."""
    return bool(
        _are_days(context, ahead, start, end)
        or do_codes_rise(context, start, end)
        or do_numbers_rise(context, start, end)
        or are_ends_alike(ahead, context.text[end : end + REACH].lower())
        or _parts_hours(context, start, end)
        or _lead_from_place(ahead, context, end)
    )


_DAY_TOLD = pattern(r"(?:tháng (?:chạp|giêng|\d{1,2})|\d/\d{1,2})\)? ?$")
_FIRST_DAYS = pattern(r" ?(?:mùng|mồng) \d")
_DAY_BEFORE = pattern(r"(?<![\d.,/])(?:0?[1-9]|[12]\d|3[01]) ?$")
_DAY_BEHIND = pattern(r" ?(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?![\d%])")


def _are_days(context: Context, ahead: str, start: int, end: int) -> bool:
    """Whether days stand on both sides: 19 -> 21/1, T2 (7/12) -> T4 (9/12), sáng T2 -> chiều T4"""
    days = _DAY_BEFORE.search(context.text[max(0, start - 4) : start]) and _DAY_BEHIND.match(context.text, end)
    dates = _DATE.search(ahead) and _DATE_NEXT.match(context.text, end)
    first = _DAY_TOLD.search(ahead) and _FIRST_DAYS.match(context.text, end)  # 28 tháng chạp -> mùng 3
    return bool(days or dates or first or (_WEEKDAY.search(ahead) and _WEEKDAY_NEXT.match(context.text, end)))


_DATE = pattern(r"(?<![\d/.])\d{1,2}[/.]\d{1,2}(?:[/.](?:20)?\d\d)?\)? ?$")
_DATE_NEXT = pattern(
    r" ?(?:(?:T[2-7]|CN|[Tt]hứ \w+|[Cc]hủ [Nn]hật|sáng|trưa|chiều|tối|đêm|hết|ngày),? ){0,3}"
    r"\(?\d{1,2}[/.]\d{1,2}(?:[/.](?:20)?\d\d)?(?![\d/])"
)  # T2 (7/12) -> T4 (9/12/2026)
_WEEKDAY = pattern(r"(?<!\w)(?:t[2-7]|cn|thứ \w+|chủ nhật) ?$")
_WEEKDAY_NEXT = pattern(r" ?(?:(?:sáng|trưa|chiều|tối|đêm|hết) ){0,2}(?:T[2-7]|CN|[Tt]hứ \w+|[Cc]hủ [Nn]hật)(?!\w)")


def _parts_hours(context: Context, start: int, end: int) -> bool:
    """Whether an hour stands before an arrow on its line, and another behind it: 22h00 T5 (13/8) -> 4h00 T6"""
    line = context.line_before(start, 2 * REACH).lower()
    return _CLOCK.search(line) is not None and _CLOCK_NEXT.match(context.text, end) is not None


def _lead_from_place(ahead: str, context: Context, end: int) -> bool:
    """Whether a place stands on both sides, called by the same word: nhà ông Dềnh -> nhà ông Lử"""
    last = _NAMED_PLACE.match(context.text[end : end + REACH].lower())
    words = _NAMED_PLACE.findall(re.split(r"[,;:.()\n]", ahead)[-1])
    return last is not None and words[-1:] == [last[1]]


_NAMED_PLACE = pattern(
    r"(?:^| )((?:nhà|cầu|cống|ngã ba|ngã tư|đình|chùa|trạm|cổng|bến|chợ|cột|mốc|đập|trường))(?= [^\W\d])"
)


def _are_other_amounts(context: Context, start: int, behind: str) -> bool:
    """Whether the numbers beside an arrow are of two things: hệ số 1,5 -> 750.000đ; 40% -> 198.000; Lô 5,6 -> 2 hộ"""
    factor = _FACTOR.search(context.text[max(0, start - 24) : start])
    share = context.previous.spoken.endswith("phần trăm") and not _SHARE.match(context.text, start)
    counted = _COUNT.search(context.text[max(0, start - 16) : start]) is not None and _SUM.match(context.text, start)
    return factor is not None or share or bool(counted) or _does_fall(context, start, behind)


_SHARE = pattern(r"[-=➔>]+ ?\d[\d.,]* ?%")
_COUNT = pattern(r"\d[\d.,]* (?:hộ|người|khẩu|con|em|ngày|suất|tháng|năm|cây|buổi|công|lần|xe|cháu|hs) ?$")
_SUM = pattern(r"[-=➔>]+ ?\d[\d.,]* ?(?:k|tr|đ|đồng|nghìn|triệu|tỷ)(?![^\W_])")
_FACTOR = pattern(r"(?i)(?:hệ số|hs|mức|bậc|nhóm|hạng|loại|điểm) ?:? ?\d{1,2}(?:,\d{1,3})? ?$")


def _does_fall(context: Context, start: int, behind: str) -> bool:
    """Whether a bare number stands before an arrow, and a smaller one behind it: Lô 5,6 -> 2 hộ"""
    before = re.search(r"(?<![\d.:/])\d{1,4} ?$", context.text[max(0, start - 6) : start])
    after = re.fullmatch(r" *(\d)", behind)
    following = context.text[start : start + 12]
    small = re.search(r"(?<!\d)(\d{1,4})(?= [^\W\d_])", following) if after else None
    return before is not None and small is not None and int(small[1]) < int(before[0])
