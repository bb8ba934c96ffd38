"""Days that no calendar has: thứ 8, tháng 13, quý 5, ngày 31 tháng 11. They are said as they stand, and doubtful."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import roman
from ...rule import Guess, RuleMaker
from .calendar_words import Day, as_day, day_words, is_lunar

rule = RuleMaker(Kind.DATE)

_WHY = Message("this date does not exist")
_PART_OF_DAY = pattern(r"(?i)(?<!\w)(?:sáng|trưa|chiều|tối|đêm|hôm)[ ,(]+$")
_OPENS = pattern(
    r"(?i)(?:^|[\n.,;:(–-] ?|(?<!kỳ )(?<!cuộc )(?<!phiên )(?<!lần )(?<!\w)(?:họp|nghỉ|vào|trước|từ|đến|lúc) )$"
)
_TELLS_DAY = pattern(
    r"(?i)[,(]? ?(?:,? ?\(?(?:ngày )?\d{1,2}[./-]\d|,? ngày \d| (?:tuần (?:này|sau|tới)|hằng tuần|hàng tuần)(?!\w))"
)
_COUNTS_MONTHS = pattern(
    r"(?i)(?:[\d/]|(?<!\w)(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mấy|mỗi|hằng|hàng|cả|nửa|từng|theo|lương|thưởng|cuối))"
    r" ?$"
)
_GOES_ON = (
    r"(?=$|[,;:)\n]|\.(?!\d)| (?:năm (?:19|20)\d\d|năm nay|này|tới|sẽ|bắt đầu|họp|thu|nộp|trả|nhận|phát|tiêm|khai mạc|"
    r"tổ chức|âm lịch|dương lịch|ÂL|AL)(?!\w))"
)
_MONTHS = ("giêng", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một")
_NAMED = words_before("ngày|mùng|mồng|sáng|trưa|chiều|tối|đêm|hôm|hết|đến|từ|trước|vào")


@rule(r"[Tt]hứ ([0189])(?!\w|[./-]\d|,\d)", starts="word")
def weekday(match: re.Match[str], context: Context) -> Guess | None:
    """Weekday that no week has: chiều thứ 8, Thứ 9 (12/10); kỳ họp thứ 9 and người thứ 8 are none"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()]
    behind = _TELLS_DAY.match(context.text, match.end())
    if not (_PART_OF_DAY.search(ahead) or (behind and _OPENS.search(ahead))):
        return None
    return Guess(f"{match[0][:3]} {context.numerals.ordinal(int(match[1]))}", _WHY)


@rule(rf"[Tt]háng (0{{1,2}}|1[3-9]|[2-9]\d)(?!,\d){_GOES_ON}", starts="word")
def month(match: re.Match[str], context: Context) -> Guess | None:
    """Month that no year has: trong tháng 13; lương tháng 13 and mỗi tháng 20 are none"""
    if _COUNTS_MONTHS.search(context.text[max(0, match.start() - REACH) : match.start()]):
        return None
    return Guess(f"{match[0][:5]} {context.number(match[1])}", _WHY)


@rule(r"[Qq]uý ([05-9]|\d\d|[VX]I{0,3}|I[VX]{2})(?= ?/ ?20\d\d| năm (?:20\d\d|nay)|$|[,;)\n])", starts="word")
def quarter(match: re.Match[str], context: Context) -> Guess:
    """Quarter that no year has: quý 5/2026, quý V năm 2026"""
    number = int(match[1]) if match[1].isdecimal() else roman(match[1])
    return Guess(f"{match[0][:3]} {context.numerals.cardinal(number)}", _WHY)


@rule(
    rf"(3\d|[4-9]\d|00?)(?= tháng (1[0-2]|0?[1-9]|{'|'.join(reversed(_MONTHS))})(?![^\W_]|[.,/]\d))", only_after=_NAMED
)
def day_of_spelt_month(match: re.Match[str], context: Context) -> Guess | None:
    """Day of a month in words that the month has not: ngày 31 tháng 11; ngày 30 tháng 2 âm lịch may be"""
    month_number = int(match[2]) if match[2].isdecimal() else _MONTHS.index(match[2]) + 1
    if Day(match[1], str(month_number)).possible() or is_lunar(context, match.end(2)):
        return None
    return Guess(as_day(context, match.start(), day_words(int(match[1]), context.numerals)), _WHY)
