"""A day of a month in words, and what the words around a place say of it: is this a date? No rule comes in.

`dated` is sure, `hinted` is only likely; dates.py, days.py, periods.py and months.py ask them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import Numerals
from ...rule import Guess

YEAR = r"((?:1[5-9]|20)\d{2})"
END = r"(?!\d)(?![./-]\d)"
MONTH = r"(?:\d|[Gg]iêng|[Cc]hạp|[Mm]ột|[Hh]ai|[Bb]a|[Tt]ư|[Nn]ăm|[Ss]áu|[Bb]ảy|[Tt]ám|[Cc]hín|[Mm]ười)(?![^\W\d_])"
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_STRONG = words_before(
    "giờ|phiên|dịp|nhân dịp|kỷ niệm|chào mừng|chiến thắng|lễ|ngày|sáng|trưa|chiều|tối|đêm|rạng|rạng sáng|hôm nay|"
    "hôm qua|ngày mai|sáng mai|trưa mai|chiều mai|tối mai|đêm mai|sáng qua|chiều qua|tối qua|đêm qua|sáng nay|"
    "chiều nay|tối nay|nay|mai|sớm mai|mùng|mồng|hôm|tức|chủ nhật|chúa nhật|thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|"
    "thứ bảy|ngày đăng|ngày gửi|ngày cấp|ngày sinh|ngày ký|sáng sớm|chiều tối|chiều muộn|"
    "t2|t3|t4|t5|t6|t7|thứ 2|thứ 3|thứ 4|thứ 5|thứ 6|thứ 7|tức ngày|cn|các ngày|hai ngày|các đêm|các buổi sáng|"
    "các buổi chiều|các buổi tối"
)
_WEAK = words_before(
    "từ|đến|tới|hết|quá|trước|sau|vào|đầu|cuối|dịp|lễ|tết|kỷ niệm|xuân|từ nay đến|khoảng|tầm|thành lập|giỗ|phụ nữ|"
    "quốc khánh|quốc tế|hội|hạn|xong|bắt đầu|kết thúc|gieo|cấy|hoàn thành|tháng tám|gieo mạ|liệt sĩ|nhà giáo|"
    "hùng vương|nghỉ|dự kiến|thời điểm|dịp|nhân|nhân dịp|kể từ|chậm nhất|hạn chót|hạn cuối|muộn nhất|ngày lễ|"
    "đúng|đợt|sang|từ nay tới|bế mạc|khai mạc|khai giảng|khai trương|tựu trường|"
    "ra quân|tổng kết|sớm nhất|đầu vụ|trỗ|thu hoạch|thời gian|hạn nộp|thời hạn|thời điểm|lịch"
)
_YEARS = pattern(r"năm (?:giáp|ất|bính|đinh|mậu|kỷ|kỉ|canh|tân|nhâm|quý|nay|sau|ngoái|tới|trước|\d{4})")
_COUNTED = words_after(
    "giờ|h|người|ngày|tháng|tuổi|con|hộ|độ|%|°|triệu|tỷ|nghìn|tấn|kg|ha|m|km|lần|cm|mm|g|lá|bản|lít|đồng|tiếng|"
    "phút|năm|tuần|điểm|tạ|mũi|cây|suất|đội|cơn|đợt|dảnh|khóm|nhánh|bông|hạt|hom|gốc|bụi|"
    "bữa|cữ|liều|viên|giọt|muỗng|thìa|luống|ván|giây"
)
_TOGETHER = ("đồng loạt", "đồng thời", "đồng chí", "đồng bào", "viên chức")  # no dong
SINCE = words_before(
    "hạn chót|hạn cuối|từ|kể từ|vào|trước|sau|chậm nhất|thời gian|hạn nộp|tính đến|đến hết"
)  # từ 1/9 xã tổ chức
_LUNAR = words_after("này|lúc|âm lịch|âl|al|dl|dương lịch|tết|hằng năm|hàng năm|trở đi|vừa qua|tới|sắp tới|nông lịch")
_NAMED_AFTER = words_before(cue_list("places_named_after_day"))
# 12/12 đến 22 tháng 1; 3-4 (thứ Hai)
_UNTIL = pattern(
    r"(?:đến|tới|-) ?(?:hết )?(?:ngày |mùng )?\d{1,2}(?: ?/ ?\d| tháng)|\((?:thứ |chủ nhật|tức |nhằm |cn\b)"
)
_GAPS = (
    " và ",
    ", ",
    ",",
    " - ",
    "; ",
    " đến ",
    "-",
    "- ",
    " -",
    " hoặc ",
    " & ",
    " tới ",
    " đến ngày ",
    " đến hết ",
    " đến hết ngày ",
    " -> ",
    " => ",
    "->",
    "=>",
)
_LISTED = r" (?:ngày|mùng|mồng|các đêm|các sáng|các chiều|các tối)(?:[ ,]{1,2}\d{1,2},?){1,6}(?: và| đến| hoặc)?$"
_DAY_OF = words_before(
    "ngày bầu cử|ngày hội|ngày thi|ngày cưới|ngày sinh|ngày cấp|ngày họp|ngày ký|ngày mất|ngày khai giảng|ngày thu|"
    "ngày khám|ngày tiêm|ngày nhận|ngày phát|ngày nộp|ngày đăng ký|ngày trực|ngày nghỉ|ngày học|ngày làm việc|"
    "ngày sản xuất|ngày sx|ngày hết hạn|ngày ban hành|ngày đóng gói|ngày lập|ngày giao|ngày nhập|ngày gieo|ngày sạ|"
    "ngày cấy"
)
_ROW = pattern(r" (?:ngày|mùng|mồng|các (?:đêm|sáng|chiều|tối))(?:[ ,]{1,2}\d{1,2},?){1,6}(?: và)?$")
_BORDER = pattern(r"[\n,;:(]")  # between a place and a day that is not its name: Trường mầm non (3/12)
_WEEKDAY = r" (?:thứ|chủ|cn)[^()]{0,10}\)$"


_SCHOOLED = words_before("trình độ|học vấn|trình độ văn hóa|văn hóa|tđvh|tđhv")  # 9/12: classes out of twelve
_PRESENT = words_before("có mặt|vắng|biểu quyết|tán thành|nhất trí|đồng ý|số phiếu|đạt|bỏ phiếu|thành phần")
_MEMBERS = pattern(r" (?:TV|ĐV|HV|UV|ĐB|NV|LĐ|BKS|HĐQT|BCH|BTV|ĐVDB)(?!\w)")  # 5/5 TV HĐQT, 3/3 BKS


_WITH_SLASH = pattern(r"(?<![\d/])(?:[12]?\d|0\d|3[01])/(?:0?[1-9]|1[0-2])(?![\d/])")


@lru_cache(maxsize=4)
def has_days_with_slash(text: str) -> bool:
    """Whether a text writes its days with a slash, so that a dash is until: Ngày 1-3, ngày 8/12"""
    return _WITH_SLASH.search(text) is not None


def counts_members(context: Context, start: int, end: int) -> bool:
    """Whether so many out of so many members are told: có mặt 5/5, 3/3 BKS"""
    told = context.is_after(start, _PRESENT) or _MEMBERS.match(context.text, end) is not None
    return told and not expects_date(context, start)


def expects_date(context: Context, at: int) -> bool:
    """Whether the words before say that a date comes."""
    words = context.before(at)
    if words.endswith(_STRONG) or follows_date(context, at) or after_hour(context, at):
        return True
    return (
        context.follows(Kind.TIME, at, ", ", "; ", " - ", ",") or re.search(f"{_LISTED}|{_WEEKDAY}", words) is not None
    )


def follows_date(context: Context, at: int) -> bool:
    """Whether a day or a month was read right before, with no more than a link between."""
    return any(context.follows(kind, at, *_GAPS) for kind in (Kind.DATE, Kind.PERIOD, Kind.MONTH))


def after_hour(context: Context, at: int) -> bool:
    """Whether an hour with its slash stands before, whose words end with “ngày”: 7h/12/9."""
    return context.previous.end == at and context.previous.kind is Kind.TIME and context.char(at - 1) in "/-"


def may_be_date(context: Context, start: int, end: int) -> bool:
    """Whether the words around are at least those that dates have."""
    before = context.before(start)
    return (
        before.endswith(_WEAK)
        or _is_street_before(before)
        or is_lunar(context, end)
        or _UNTIL.match(context.after(end)) is not None
    )


def is_padded(match: re.Match[str]) -> bool:
    """Whether the day or the month is written with a nought in front."""
    return match[1][0] == "0" or match[3][0] == "0"


class Day:
    """A day of a month of perhaps a year, in words."""

    def __init__(self, day: str, month: str, year: str | None = None) -> None:
        self.day, self.month = int(day), int(month)
        self.year = _full_year(year) if year else 0

    def possible(self) -> bool:
        if not (1 <= self.month <= 12 and 1 <= self.day <= _LENGTHS[self.month - 1]):
            return False
        return (
            (self.day, self.month) != (29, 2)
            or not self.year
            or (self.year % 4 == 0 and self.year % 100 != 0)
            or self.year % 400 == 0
        )

    def words(self, numerals: Numerals) -> str:
        year = f" năm {numerals.cardinal(self.year)}" if self.year else ""
        return f"{day_words(self.day, numerals)} tháng {numerals.month(self.month)}{year}"


def _full_year(written: str) -> int:
    """97 -> 1997, 26 -> 2026"""
    year = int(written)
    return year if year > 99 else year + (2000 if year < 50 else 1900)


def day_words(day: int, numerals: Numerals) -> str:
    """Day of a month: 5 -> mùng năm, 15 -> mười lăm; the first ten days are mùng."""
    return ("mùng " if 1 <= day <= 10 else "") + numerals.cardinal(day)


def as_day(context: Context, at: int, words: str, of_year: bool = False) -> str:
    """Day with “ngày” in front.

    With “ngày” in front, unless it, or mùng, stands there already; a day `of_year` names no street.
    """
    before = context.before(at)
    if before.endswith((" mùng", " mồng")):
        return words.removeprefix("mùng ")
    if re.search(r"\dngày$", before):  # đúng 8h00ngày 05/4
        return words
    if before.endswith(_DAY_OF) or before.endswith((" ngày", " hôm", " đêm", " các ngày")) or _ROW.search(before):
        return words
    if not of_year and _is_street_before(before) and not _BORDER.search(context.text[max(0, at - 2) : at]):  # đường 3/2
        return words.removeprefix("mùng ")
    return words if follows_date(context, at) or after_hour(context, at) else "ngày " + words


def say_day(context: Context, at: int, day: Day) -> str | Guess:
    """The words of a day; doubtful where no calendar has it."""
    words = as_day(context, at, day.words(context.numerals), bool(day.year))
    return words if day.possible() else Guess(words, Message("this date does not exist"))


def counts_something(context: Context, end: int) -> bool:
    """Whether a unit or a noun follows, so that numbers before it count something: 3-5 ngày, but 9-3 năm Nhâm Thìn."""
    following = context.after(end)
    return context.is_before(end, _COUNTED) and not (_YEARS.match(following) or following.startswith(_TOGETHER))


def is_lunar(context: Context, end: int) -> bool:
    """Whether a word of the lunar calendar, or “hằng năm”, follows."""
    return context.is_before(end, _LUNAR)


def _is_street_before(before: str) -> bool:
    """Whether a street or a place that is named after a day stands before.

    đường 19/5, trường 3/2: named after a day, but nobody says “ngày”.
    """
    return before.endswith(_NAMED_AFTER)


def tells_schooling(words: str) -> bool:
    """Whether classes out of twelve are told behind these words: trình độ văn hóa 9/12; nhà văn hóa 5/12 is a place."""
    return words.endswith(_SCHOOLED) and not words.endswith(" nhà văn hóa")


def parts_weekdays(context: Context, start: int, end: int) -> bool:
    """Whether a sign parts two days with weekday or hour: T2 7/12 - T6 11/12, 5/12 (T7) - 6/12 (CN)"""
    first = _FIRST_WITH_WEEKDAY.search(context.text[max(0, start - REACH) : start])
    last = _LAST_WITH_WEEKDAY.match(context.text, end)
    if not (first and last):
        return False
    (day, month), (until, last_month) = (
        [int(part) for part in found.groups() if part is not None] for found in (first, last)
    )
    return (month, day) < (last_month, until) or (month, last_month) == (12, 1)


_NAME_OF_DAY = r"(?:T[2-7]|CN|(?i:thứ [^\W_]{1,3}|chủ nhật))"
_PART_OF_DAY = r"(?:(?i:sáng|trưa|chiều|tối|đêm)|\d{1,2}(?:h|g|:)\d{0,2})"
_DAY_OF_MONTH = r"(\d{1,2})[/.](\d{1,2})(?:[/.]\d{4})?(?![\d/])"
_WITH_WEEKDAY = (
    rf"(?:(?<!\w)(?:{_NAME_OF_DAY}|{_PART_OF_DAY}),? ?\(?(?:ngày )?{_DAY_OF_MONTH}\)?"
    rf"|(?<![\d/.]){_DAY_OF_MONTH},? ?\(?{_NAME_OF_DAY}(?!\w)\)?)"
)
_FIRST_WITH_WEEKDAY = pattern(rf"{_WITH_WEEKDAY} ?$")
_LAST_WITH_WEEKDAY = pattern(rf" ?(?:hết |đến )?(?:{_PART_OF_DAY},? )?(?:ngày )?{_WITH_WEEKDAY}")
