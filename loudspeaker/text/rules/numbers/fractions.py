"""Two numbers with a slash that are no date: 1/3 số hộ is a part, 20/25 hộ a count out of a whole."""

from __future__ import annotations

import re
from functools import lru_cache

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER
from ...reasons import DATE_OR_PART
from ...rule import Answer, Guess, RuleMaker
from ..time.calendar_words import Day, counts_members, tells_schooling
from ..time.days import COUNTED, FEASTS, WHOLES, has_own_number, likely_date, part_of_time, say_possible_day

rule = RuleMaker(Kind.FRACTION)

_VOTERS = words_after("đại biểu|cử tri|thành viên|đảng viên|hội viên|hộ dân")
_AT_LEAST = words_before("đủ|ít nhất|tối thiểu|quá|hơn|trên|có trên|chưa đủ|không đủ|không dưới|được")
_MOST_PARTS = 5
_LEVELS = words_before(
    "thương binh|bệnh binh|có mặt|vắng|biểu quyết|tán thành|nhất trí|đồng ý|số phiếu|bậc|"
    "bậc thợ|hiệp|ván|cấp|mức|huyết áp|hạng|đạt|thị lực|điểm|lớp|tỷ lệ|tỉ lệ|kết quả|phiếu|"
    "thị lực dưới|thị lực trên|thị lực từ|thị lực còn"
)
_ALL_OF = words_before("vắng|có mặt|cấp|đạt|biểu quyết|tán thành|nhất trí|đồng ý|phiếu")  # so many out of a whole
_CLASSES = pattern(r"lớp (?:\d{1,2}/\d{1,2}(?:,| và|, và) ){1,5}$")  # what stands before one more of them


_ACTING = words_after(
    "xã|trường|thôn|phường|bản|chi hội|chi đoàn|đoàn viên|thanh niên|gia đình|lớp|đội|tổ|xóm|ấp|khu|cơ sở|đơn vị|em|"
    "cháu|trẻ|học sinh|hội viên|phụ nữ"
)
_LIMITS = words_before("đến|tới|hết|hạn|hạn chót|hạn cuối|đợt")
_MONTHS = 12
_PARTS_OF_MONTH = words_before("kỳ|kì|kỳ số|tuần")
_LAST_MONTHS = frozenset(("11", "12"))  # parts of so many are rare
_CERTAIN_DAY = pattern(r"(?:[Nn]gày|[Ss]áng|[Tt]rưa|[Cc]hiều|[Tt]ối|[Đđ]êm) \d{1,2}/(\d{1,2})(?![\d/])")
_UNITS = r"kg|ha|m2|m3|đ(?!/)|mmHg|mmhg|mm|m|km|lít|ml|mg|l|g|kV|kVA|%|°C"


_MONTH_AND_YEAR = pattern(r"(?:0?[1-9]|1[0-2])/[5-9]\d")
_MONTH_OR_PART = Message("this could be a month and its year, or a part of a whole")
_OF_LIFE = words_before(
    "sinh|nhập ngũ|xuất ngũ|vào đảng|kết nạp|vào đoàn|tốt nghiệp|hy sinh|mất|tham gia|từ|đến|công tác|cấp|về hưu|"
    "nghỉ hưu|giải ngũ|phục viên|kết hôn|thành lập|bắt đầu|vào ngành|đi b|khởi công|nhập học|ra trường"
)


@rule(r"([1-5])/(1[0-2]|0?[1-9])(?![\d/])", only_after=_PARTS_OF_MONTH)
def part_of_month(match: re.Match[str], context: Context) -> Guess:
    """A part of a month and its number: kỳ 2/11 thu 52.000 -> hai tháng mười một"""
    return Guess(f"{context.number(match[1])} tháng {context.numerals.month(int(match[2]))}", DATE_OR_PART)


@rule(rf"({NUMBER}) ?/ ?({NUMBER})(?![\d/])(?: ?({_UNITS})(?![^\W_]))?")
def fraction(match: re.Match[str], context: Context) -> Answer:
    """Two numbers with a slash.

    1/3 số hộ -> một phần ba; 5/9 thôn -> năm trên chín; a bare 3/5 may be either, or a date
    """
    above, below = match[1], match[2]
    unit = _unit(match, context)
    whole = f"{context.number(above)} trên {context.number(below)}{unit}"
    share = _share(above, below, context, unit)
    if share and _is_quorum(match, context):
        return share
    counts = _counts(match, context)
    if _is_part_or_count(match, context, share, counts):
        return Guess(share, Message("this could be a part or a count"))
    if not unit and _is_slip(above, below, counts):
        return Guess(whole, DATE_OR_PART)
    if counts:
        return _say_count(whole, match, context)
    if _is_level(match, context):
        return _level(match, context, whole)
    if share and (unit or _is_part_of(match, context)):
        return share
    if unit:
        return whole
    return _date_or_part(match, share or whole, context)


def _say_count(whole: str, match: re.Match[str], context: Context) -> str | Guess:
    """So many of so many; doubtful where a day may be told: hạn 5/12 hộ chưa nộp"""
    return Guess(whole, DATE_OR_PART) if _may_be_day(match, context) else whole


def _may_be_day(match: re.Match[str], context: Context) -> bool:
    """Whether a day may be told where so many of so many seem to be counted: hạn 5/12 hộ chưa nộp, 2/9 xã mít tinh"""
    limited = context.is_after(match.start(), _LIMITS) and Day(*match[0].split("/")).possible()
    return limited or _opens_with_feast(match, context)


def _opens_with_feast(match: re.Match[str], context: Context) -> bool:
    """Whether a line begins with what may be a feast on which somebody does something: 2/9 xã tổ chức mít tinh"""
    feast = match[0] in FEASTS and context.is_before(match.end(), _ACTING)
    return feast and context.begins_line(match.start())


def _date_or_part(match: re.Match[str], otherwise: str, context: Context) -> str | Guess:
    """A day where it can be one, or where the text has other days of that month; then certain above twelve."""
    above, below, at = match[1], match[2], match.start()
    if context.follows(Kind.CODE, at, ", "):
        return Guess(otherwise, DATE_OR_PART)
    known = below.lstrip("0") in _months_of_days(context.text)
    told = known or (below in _LAST_MONTHS and not context.after(match.end())[:1].isalpha())  # lễ các đẳng 2/11: 5h
    date = likely_date(context, at, above, below) or (say_possible_day(context, at, above, below) if told else "")
    if date and known and int(above) > _MONTHS:
        return date
    return Guess(date or otherwise, DATE_OR_PART)


@lru_cache(maxsize=4)
def _months_of_days(text: str) -> frozenset[str]:
    """The months of the days that a text certainly tells: ngày 21/9, sáng 5/10"""
    return frozenset(month.lstrip("0") for month in _CERTAIN_DAY.findall(text))


def _level(match: re.Match[str], context: Context, whole: str) -> str | Guess:
    """Number over number: bậc 3/7 -> ba trên bảy; tháng 10/222 and ngày 11/71984 are slips"""
    if context.is_after(match.start(), (" tháng", " ngày")):
        return Guess(whole, DATE_OR_PART)
    small = _are_below(32, match[1], match[2])
    if small and int(match[1]) > int(match[2]) and context.is_after(match.start(), _ALL_OF):  # vắng 12/7 em
        return Guess(whole, DATE_OR_PART)
    return _month_and_year(match, context, whole) or whole


def _month_and_year(match: re.Match[str], context: Context, whole: str) -> Guess | None:
    """A month and its year: nhập ngũ 2/79; a doubt wherever it could be one, but for levels such as 12/70 phiếu"""
    if not _MONTH_AND_YEAR.fullmatch(match[0]) or context.is_after(match.start(), _LEVELS):
        return None
    if not context.is_after(match.start(), _OF_LIFE):
        return Guess(whole, _MONTH_OR_PART)
    month = context.numerals.month(int(match[1]))
    return Guess(f"tháng {month} năm {context.number(match[2])}", _MONTH_OR_PART)


def _share(above: str, below: str, context: Context, unit: str) -> str:
    """Part of a whole: 1/3 -> một phần ba; nothing where both are large"""
    return f"{context.number(above)} phần {context.numerals.month(int(below))}{unit}" if _is_share(above, below) else ""


def _unit(match: re.Match[str], context: Context) -> str:
    """The unit behind the second number in words, with a blank in front: 8/10đ -> điểm"""
    if match[3] == "đ" and _are_below(1001, match[2]):
        return " điểm"
    return f" {context.lexicon.units.get(match[3], match[3])}" if match[3] else ""


def _counts(match: re.Match[str], context: Context) -> bool:
    """Whether so many of so many are counted: 5/9 thôn; but 1/2 ngày, 5/9 thôn 3 and 11/2 hộ are no counts"""
    above, below, end = match[1], match[2], match.end()
    if not context.is_before(end, COUNTED) or has_own_number(context, end):
        return False
    half = above == "1" and _is_share(above, below) and _is_part_of(match, context)
    falling = _are_below(32, above, below) and int(above) > int(below)
    return not (half or falling)


def _is_part_of(match: re.Match[str], context: Context) -> bool:
    """Whether a whole or a length of time follows, or what is compared: 1/2 diện tích, 1/2 ngày, = 1/2 tổ chức"""
    end = match.end()
    return context.is_before(end, WHOLES) or part_of_time(context, end) or _is_ratio(match, context)


def _is_part_or_count(match: re.Match[str], context: Context, share: str, counts: bool) -> bool:
    """Whether so many of so many may be a part too: 2/3 đại biểu, bằng 2/3 hộ cũ"""
    if counts and share and int(match[2]) <= _MOST_PARTS and _is_ratio(match, context):
        return True
    return match.group(1, 2) == ("2", "3") and context.is_before(match.end(), _VOTERS)


def _is_ratio(match: re.Match[str], context: Context) -> bool:
    """Whether it is told how large one thing is beside another: cá nhân = 1/2 tổ chức, bằng 1/3 mức cũ"""
    told = context.is_after(match.start(), _EQUAL) or context.text[: match.start()].endswith(("=", "= "))
    return told and context.after(match.end())[:1].isalpha()


_EQUAL = words_before("bằng|chỉ bằng|chưa bằng|gần bằng|chưa đến|chưa tới")


def _is_quorum(match: re.Match[str], context: Context) -> bool:
    """Whether at least such a part of people must come or agree: đủ 2/3 tổ viên, trên 3/4 hộ dân"""
    least = context.is_after(match.start(), _AT_LEAST)
    return least and int(match[2]) <= _MOST_PARTS and context.is_before(match.end(), (*_VOTERS, *COUNTED))


def _is_slip(above: str, below: str, counts: bool) -> bool:
    """Whether two days and a month, (1,28/9), or a number and a year were meant: 15/2024"""
    if re.fullmatch(r"[12]?\d,[123]?\d", above) and _are_below(13, below):
        return True
    return not counts and re.fullmatch(r"(?:19|20)\d\d", below) is not None


def _is_level(match: re.Match[str], context: Context) -> bool:
    """Whether one number is said over the other: bậc 3/7, huyết áp 120/80, lớp 6/1, lớp 6/2, 6/3"""
    at = match.start()
    return (
        not _are_below(32, match[1], match[2])
        or re.match("=(?!>)", context.after(match.end())) is not None
        or context.is_after(at, _LEVELS)
        or tells_schooling(context.before(at))
        or (context.follows(Kind.FRACTION, at, ", ", " và ") and " trên " in context.previous.spoken)  # hạng 1/4, 2/4
        or counts_members(context, *match.span())
        or _CLASSES.search(context.text[max(0, at - REACH) : at]) is not None
    )


def _are_below(limit: int, *numbers: str) -> bool:
    """Whether all numbers are whole and below a limit"""
    return all(number.isdecimal() and int(number) < limit for number in numbers)


def _is_share(above: str, below: str) -> bool:
    """Whether it is said as a part: one third, three quarters."""
    return _are_below(11, above, below) and 0 < int(above) < int(below) and above[0] != "0"
