"""Two or more plain numbers with dashes: 15-20 người."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import NUMBER, spell_digits
from ...reasons import COMMA, DATE_OR_NUMBER
from ...rule import Answer, Guess, RuleMaker
from ..time.calendar_words import Day, counts_something

rule = RuleMaker(Kind.RANGE)

_DAY = pattern(r"[123]?\d\.1?\d")  # a point where decimals have a comma
_HEADS = words_after(
    "đồng|đ|hộ|người|khẩu|nhân khẩu|con|suất|phiếu|cử tri|đại biểu|em|cháu|học sinh|ca|"
    "kg|ha|km|m2|m3|tấn|tạ|triệu|bao|cây|lít|điểm|bàn|bàn thắng|trận|quả|phần quà|vé|gia đình|trường hợp|"
    "chỗ|máy|xe|phần|chiếc|cái|bộ"
)
_MONTH_DAY = pattern(r"\d{1,2}-\d{1,2}")
_LINKS = words_after("tại|của|ở|là|và|vượt|trên|do|theo|hằng năm|hàng năm|từ|tới|đến|vừa qua|tới đây|lịch")
_HOUR = pattern(r"\d{1,2}[:hg]")
_SIGNS = frozenset("%°‰$€²³/+-–=xX*")
_NUMBERED = words_before(
    "lớp|khối|cấp|tổ|thôn|số|khu|nhóm|đợt|quý|xóm|bản|ấp|đội|lô|hạng|loại|mức|bậc|điều|khoản|trang|câu|tiết|tuần|"
    "tầng|vòng|giải|từ|khoảng|tới|đến|gấp|tăng|giảm|cao|sâu|rộng|dài|tuổi|nhiệt độ|độ tuổi|năm thứ|ngày thứ|lần thứ|"
    "mũi|ca|phường|quận|huyện|p|q|tập|phần|mục|chương|kỳ|khóa|bước|lứa|vụ|giá|ph|độ ẩm|km|huyết|chỉ số|mạch|gió"
)
_SCORE = Message("a score, or a range")
_HALF_WEEKS = (("2", "4", "6"), ("3", "5", "7"))
_COUNT_OR_RANGE = Message("one number and what it counts, or a range")
_YEAR = pattern(r"(?:19|20)\d\d")
_YEAR_AND_DIGIT = pattern(r"20\d{3}")
_GROUPED = pattern(r"[1-9]\d{0,2},\d\d0")
_RECKONED = pattern(r" ?= ?\*{0,2}\d")
_PADDED = pattern(r"0\d{2}")
_COUNTING = frozenset(cue_list("labels_also_counted").split("|"))
_LABELS = words_before("|".join(name for name in cue_list("labels_before_dash").split("|") if name not in _COUNTING))
_EACH = pattern(r" (?:mỗi|từng|chia|một) [^\W\d_]+(?: [^\W\d_]+)?$")  # mỗi tổ 5 - 7 người
_IN_MONTH = words_before("ngày|mùng|mồng|sáng mùng|sáng ngày")
_LAST_DAY = 31
_NO_WORD = Message("two numbers with a dash, and no word says what they are")
_DEVICES = words_before("dcl|rec|lbs|lbfco|fco|recloser|dao cách ly|cầu dao phụ tải|dpt")


@rule(r"\d{1,3}(?:,\d{1,2})?(?: ?- ?\d{1,3}(?:,\d{1,2})?){2,6}(?![\d-]|[.,/]\d)")
def numbers_with_dashes(match: re.Match[str], context: Context) -> Answer:
    """Three numbers or more with dashes: 2-4-6 -> hai, bốn, sáu; 3,4 - 3,2 - 3,1

    Where both halves of a week are told they are its days: lớp võ 2-4-6, lớp đàn 3-5-7 -> thứ hai, tư, sáu
    """
    numbers = [number.strip() for number in match[0].split("-")]
    if (*numbers,) in _HALF_WEEKS and all("-".join(days) in context.text for days in _HALF_WEEKS):
        return "thứ " + ", ".join(context.numerals.ordinal(int(day)) for day in numbers)
    return ", ".join(map(context.number, numbers))


_TELEPHONE = pattern(r"0\d{2,3}\.\d")  # kho 2 - 0215.3.760.455


@rule(rf"({NUMBER}) ?[-~] ?({NUMBER})(?![\d]| ?[-~]\d|[hk](?:\d\d)?(?![^\W_]))")
def number_range(match: re.Match[str], context: Context) -> Answer:
    """Two numbers with a dash: 15-20 -> mười lăm đến hai mươi; a falling pair is only two numbers"""
    if _RECKONED.match(context.text, match.end()) or _TELEPHONE.match(match[2]):  # 7.300 - 3.870 = 3.430
        return None
    if _PADDED.match(match[1]) or _PADDED.match(match[2]):
        return Guess(" ".join(map(spell_digits, match.groups())), Message("a code, read digit by digit"))
    return (
        _device(match, context)
        or _between_units(match, context)
        or _slip_or_thousands(match, context)
        or _number_and_next(match, context)
        or _from_nought(match, context)
        or _rising_or_falling(match, context)
    )


def _device(match: re.Match[str], context: Context) -> Guess | None:
    """Name of a switch with a dash inside: DCL 12-45 -> mười hai bốn mươi lăm, and no range"""
    named = " " not in match[0] and context.is_after(match.start(), _DEVICES)
    return Guess(f"{context.number(match[1])} {context.number(match[2])}", _NO_WORD) if named else None


def _between_units(match: re.Match[str], context: Context) -> str | None:
    """Tenths of an amount and the amount that the range ends with: 1 tạ 2 - 1 tạ 5 -> hai đến một"""
    last = _UNIT_BEHIND.match(match.string, match.end()) if " " in match[0] else None
    if last is None or not context.is_after(match.start(), (f" {last[1]}",)):
        return None
    return f"{context.number(match[1])} đến {context.number(match[2])}"


_UNIT_BEHIND = pattern(r" ?(tạ|tấn|yến|cân|ký)(?!\w)")


def _slip_or_thousands(match: re.Match[str], context: Context) -> Guess | None:
    """Range with a slip or with commas for thousands.

    vụ 2019 - 20202 has a digit too many; 5,650-5,700 a comma for thousands
    """
    if _YEAR.fullmatch(match[1]) and _YEAR_AND_DIGIT.fullmatch(match[2]):
        return Guess(context.number_range(match[1], match[2]), Message("a number with a digit too few or too many?"))
    if _GROUPED.fullmatch(match[1]) and _GROUPED.fullmatch(match[2]):
        return Guess(context.number_range(match[1].replace(",", "."), match[2].replace(",", ".")), COMMA)
    return None


def _is_day_and_count(match: re.Match[str]) -> bool:
    """Whether the first number may be a day of a month and the second is none: mùng 2-50 gian; not ngày 33 - 36 độ"""
    return match[1].isdecimal() and match[2].isdecimal() and int(match[1]) <= _LAST_DAY < int(match[2])


def _number_and_next(match: re.Match[str], context: Context) -> Answer:
    """Two numbers that are no range.

    thôn 2 - 15 hộ, Khu vực 3 - 15 Hoàng Diệu, Giải phóng 1975 - 50 năm nhìn lại: two numbers, no range
    """
    if _is_day_and_count(match) and context.is_after(match.start(), _IN_MONTH):
        return f"{context.number(match[1])}, {context.number(match[2])}"  # mùng 2-50 gian
    if " " not in match[0] or "," in match[1] or context.char(match.start() - 2) == ":":  # KN 2 năm: 12 - 15 triệu
        return None
    at, end, spoken = match.start(), match.end(), f"{context.number(match[1])}, {context.number(match[2])}"
    each = _EACH.search(context.before(at)) is not None
    if (
        not each
        and (context.after_label(at) or context.is_after(at, (*_LABELS, *_IN_MONTH)))
        and context.is_before(end, _HEADS)
    ):
        return Guess(spoken, _COUNT_OR_RANGE)
    if " - " in match[0] and context.is_after(at, " khu vực"):
        return Guess(spoken, _COUNT_OR_RANGE)
    return spoken if _YEAR.fullmatch(match[1]) and context.is_before(end, ("năm",)) else None


def _from_nought(match: re.Match[str], context: Context) -> Answer:
    """Range from nought, or a score: 0-5% -> không đến năm; TP.HCM 0-1 Hà Nội may be a score"""
    if match[1] != "0" or " " in match[0] or counts_something(context, match.end()):
        return None
    following = context.after(match.end())[:1]
    if following in _SIGNS or following.islower():
        return context.number_range(match[1], match[2])
    return Guess(f"{context.number(match[1])} {context.number(match[2])}", _SCORE)


def _rising_or_falling(match: re.Match[str], context: Context) -> str | Guess:
    """Range that rises, 15-20; two numbers that do not, 2 - 0, 20-15, with a doubt"""
    first, last = context.number(match[1]), context.number(match[2])
    if _number_value(match[1]) < _number_value(match[2]):
        days = (_DAY.fullmatch(match[2]) and not counts_something(context, match.end())) or _may_be_day(match, context)
        return Guess(f"{first} đến {last}", DATE_OR_NUMBER) if days else f"{first} đến {last}"
    if " " not in match[0]:
        return Guess(f"{first} {last}", _NO_WORD)
    link = " " if len(match[1]) == len(match[2]) == 1 else " đến "  # 2 - 0 is a score
    return Guess(f"{first}{link}{last}", Message("a range that does not rise"))


def _may_be_day(match: re.Match[str], context: Context) -> bool:
    """Whether it may be a day and a month.

    Nghỉ hưu 5-10. Lũ 5-10 vượt …: counts nothing, numbers nothing, and could be a day and a month
    """
    following = context.after(match.end())
    linked = context.is_before(match.end(), _LINKS) or _HOUR.match(following)
    counting = following[:1].isalnum() and not linked
    if counting or following[:1] in _SIGNS or context.is_after(match.start(), _NUMBERED):
        return False
    return _MONTH_DAY.fullmatch(match[0]) is not None and Day(match[1], match[2]).possible()


def _number_value(written: str) -> float:
    """Value of a written number: 1.500 -> 1500.0; 2,75 -> 2.75; 1,500,000 -> 1500000.0"""
    if written.count(",") == 1:
        return float(written.replace(".", "").replace(",", "."))
    grouped = "," in written or _POINTS.fullmatch(written)
    return float(re.sub("[.,]", "", written) if grouped else written)


_POINTS = pattern(r"\d{1,3}(?:\.\d{3})+")
