"""Dates: days, months and years with every separator, alone or as ranges, solar and lunar.

A full date needs no cue; “5.9”, “6-3” and “2/9” are dates only where a word beside them says so.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ...errors import Message
from ..numerals import Numerals
from ..rules import Answer, Guess, Rule, Scene, reads, words_after, words_before

YEAR = r"((?:1[5-9]|20)\d{2})"
END = r"(?!\d)(?![./-]\d)"
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_STRONG = words_before(
    "giờ|phiên|dịp|nhân dịp|kỷ niệm|chào mừng|chiến thắng|lễ|ngày|sáng|trưa|chiều|tối|đêm|rạng sáng|hôm nay|hôm qua|"
    "ngày mai|sáng mai|trưa mai|chiều mai|tối mai|đêm mai|sáng qua|chiều qua|tối qua|đêm qua|sáng nay|chiều nay|"
    "tối nay|nay|mùng|mồng|hôm|tức|chủ nhật|thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|"
    "t2|t3|t4|t5|t6|t7|thứ 2|thứ 3|thứ 4|thứ 5|thứ 6|thứ 7|tức ngày|cn|các ngày|hai ngày|các đêm|các buổi sáng|"
    "các buổi chiều|các buổi tối"
)
_WEAK = words_before(
    "từ|đến|tới|hết|trước|sau|vào|đầu|cuối|dịp|lễ|tết|kỷ niệm|xuân|từ nay đến|khoảng|tầm|thành lập|giỗ|phụ nữ|"
    "quốc khánh|quốc tế|hội|hạn|xong|bắt đầu|kết thúc|gieo|cấy|hoàn thành|tháng tám|gieo mạ|liệt sĩ|nhà giáo|"
    "hùng vương|nghỉ|dự kiến|thời điểm|dịp|nhân|nhân dịp|kể từ|chậm nhất|hạn chót|hạn cuối|muộn nhất|ngày lễ|"
    "đúng|đợt|từ nay tới|bế mạc|khai mạc|khai giảng|khai trương|tựu trường|"
    "ra quân|tổng kết|sớm nhất|đầu vụ|trỗ|thu hoạch"
)
_MONTHLY = words_after("hằng tháng|hàng tháng|mỗi tháng|của tháng|tháng sau|các tháng|âm lịch hằng tháng|tháng ")
_SHARES = words_before("ứng trước|trả trước|góp|đặt cọc|chiếm|giảm|tăng|còn|gần|hơn|quá|mới được|đã được|nộp trước")
_PORTIONS = words_before("trước|sau|khoảng|hết|tới|đến|xong|còn|tầm|đạt|góp")  # ứng trước 1/2, góp 1/5
_PART = Message("this could be a date or a part of a whole")
_PARTS = words_after(
    "số |diện tích|dân số|tổng|hộ|người|thôn|xã|địa phương|đại biểu|phiếu|tiêu chí|đảng viên|chi bộ|học sinh|"
    "khẩu|thành viên|bản|tổ|xóm|trường|phường|huyện|con|chỉ tiêu|mô hình|sản phẩm|hội viên|trẻ|công trình|km|ha|"
    "khối lượng|kg|m|ấp|tc|đơn vị|cơ sở|cử tri|đường|lượt|giờ|quãng"
)
_COUNTED = words_after(
    "giờ|h|người|ngày|tháng|tuổi|con|hộ|độ|%|°|triệu|tỷ|nghìn|tấn|kg|ha|m|km|lần|cm|mm|g|lá|bản|lít|đồng|tiếng|"
    "phút|năm|tuần|điểm|tạ|mũi|cây|suất|đội"
)
_LUNAR = words_after("âm lịch|âl|al|dương lịch|tết|hằng năm|hàng năm|trở đi|vừa qua|tới|sắp tới|nông lịch")
_FEASTS = frozenset(
    words_after("30/4|1/5|2/9|8/3|20/10|20/11|27/7|22/12|19/8|3/2|26/3|1/6|19/5|7/5|27/2|15/10|18/11|21/6|23/9|13/10")
)
# Days that are well known only beside a word of days: “Ngày Thế giới phòng, chống AIDS 1.12”.
_MARKED = _FEASTS | frozenset(
    words_after(
        "1/12|10/12|25/11|20/3|22/3|24/3|27/3|3/3|7/4|18/4|21/4|25/4|28/4|5/6|6/6|26/6|28/6|11/7|28/7|31/5|10/8|8/9|1/10|"
        "10/10|14/10|16/10|17/10|9/11|14/11|23/11|5/12|6/12|9/1|15/5|22/5|8/5"
    )
)
_NAMED_AFTER = words_before(
    "đường|phố|trường|công viên|chợ|cầu|xóm|làng|nhà máy|quảng trường|sân vận động|bệnh viện|hội trường|"
    "htx|hợp tác xã|hợp tác xã nông nghiệp|htx nông nghiệp|"
    "trường mn|trường mầm non|trường th|trường thcs|trường tiểu học|trường thpt|nhà trẻ|trường mẫu giáo"
)
GAPS = (" và ", ", ", " - ", "; ", " đến ", "-", "- ", " -", " hoặc ", " & ", " tới ", " đến ngày ")
_LISTED = r" (?:ngày|mùng|mồng|các đêm|các sáng|các chiều|các tối)(?:[ ,]{1,2}\d{1,2},?){1,6}(?: và| đến| hoặc)?$"
_DAY_OF = words_before(
    "ngày bầu cử|ngày hội|ngày thi|ngày cưới|ngày sinh|ngày cấp|ngày họp|ngày ký|ngày mất|ngày khai giảng"
)
_ROW = re.compile(r" (?:ngày|các (?:đêm|sáng|chiều|tối))(?:[ ,]{1,2}\d{1,2},?){1,6}(?: và)?$")
_WEEKDAY = r" (?:thứ|chủ|cn)[^()]{0,10}\)$"


def _dated(scene: Scene, at: int) -> bool:
    """Whether the words before say that a date comes."""
    words = scene.before(at)
    if words.endswith(_STRONG) or follows_date(scene, at) or _after_hour(scene, at):
        return True
    return scene.follows("times", at, ", ", "; ", " - ", ",") or re.search(f"{_LISTED}|{_WEEKDAY}", words) is not None


def follows_date(scene: Scene, at: int) -> bool:
    """Whether a day or a month was read right before, with no more than a link between."""
    return scene.follows("dates", at, *GAPS) or scene.follows("months", at, *GAPS)


def _after_hour(scene: Scene, at: int) -> bool:
    """7h/12/9: the hour before has taken the slash and said “ngày”."""
    return scene.last.end == at and scene.last.kind == "times" and scene.char(at - 1) == "/"


def _hinted(scene: Scene, start: int, end: int) -> bool:
    """Whether the words around are at least those that dates have."""
    before = scene.before(start)
    return before.endswith(_WEAK) or _street(before) or scene.continues(end, _LUNAR)


class _Day:
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
    year = int(written)
    return year if year > 99 else year + (2000 if year < 50 else 1900)


def day_words(day: int, numerals: Numerals) -> str:
    """The first ten days of a month are mùng."""
    return ("mùng " if 1 <= day <= 10 else "") + numerals.cardinal(day)


def _said(scene: Scene, at: int, words: str) -> str:
    """With “ngày” in front, unless it, or mùng, stands there already."""
    before = scene.before(at)
    if before.endswith((" mùng", " mồng")):
        return words.removeprefix("mùng ")
    if before.endswith(_DAY_OF) or before.endswith((" ngày", " hôm", " các ngày", " các đêm")) or _ROW.search(before):
        return words
    return words if follows_date(scene, at) or _after_hour(scene, at) or _street(before) else "ngày " + words


def _street(before: str) -> bool:
    """đường 19/5, trường 3/2: named after a day, but nobody says “ngày”."""
    return before.endswith(_NAMED_AFTER)


def _one(scene: Scene, at: int, day: _Day) -> Answer:
    words = _said(scene, at, day.words(scene.numerals))
    return words if day.possible() else Guess(words, Message("this date does not exist"))


def _two(scene: Scene, at: int, first: str, last: str) -> str:
    return f"{_said(scene, at, first)} đến {last}"


@reads(r"(\d{1,2}(?:,\d{1,2}){0,5}),(?=\d{1,2}[./]\d{1,2})")
def several(match: re.Match[str], scene: Scene) -> Answer:
    """ngày 5,6,7/10: the last one is read with its month"""
    said = ", ".join(scene.say(day) for day in match[1].split(",")) + ","
    if scene.before(match.start()).endswith((" ngày", " các ngày")):
        return said
    days = [int(day) for day in re.findall(r"\d+", scene.text[match.start() : match.end() + 2])]
    rising = all(first < second <= 31 for first, second in pairwise(days))
    likely = rising and (days[0] > 9 or scene.before(match.start()).endswith(_WEAK))
    return Guess(said, Message("this could be a date or a number")) if likely else None


@reads(rf"(\d{{1,2}}) ?([./-]) ?(\d{{1,2}}) ?([./-]) ?{YEAR}(?!\d)")
def full(match: re.Match[str], scene: Scene) -> Answer:
    """01/7/2021 -> mùng một tháng bảy năm hai nghìn không trăm hai mươi mốt; 01-03/2026 may be two months"""
    answer = _one(scene, match.start(), _Day(match[1], match[3], match[5]))
    months = match[2] == "-" and match[4] == "/" and int(match[1]) < int(match[3]) <= 12
    if months and isinstance(answer, str) and not _dated(scene, match.start()):
        return Guess(answer, Message("this could be a day or a row of months"))
    return answer


@reads(rf"{YEAR}-(\d{{2}})-(\d{{2}})(?!\d)")
def iso(match: re.Match[str], scene: Scene) -> Answer:
    """2021-07-05"""
    return _one(scene, match.start(), _Day(match[3], match[2], match[1]))


@reads(rf"(\d{{1,2}}) ?([./]) ?(\d{{1,2}}) ?(?:-|đến) ?(\d{{1,2}}) ?([./]) ?(\d{{1,2}})(?:[/.-]{YEAR})?{END}")
def days_of_months(match: re.Match[str], scene: Scene) -> Answer:
    """30/7 - 30/8/2021; 12.3-30.4 only where the words speak of days"""
    first, last, at = _Day(match[1], match[3]), _Day(match[4], match[6], match[7]), match.start()
    if match[2] != match[5] or not (first.possible() and last.possible()):
        return None
    words = _two(scene, at, first.words(scene.numerals), last.words(scene.numerals))
    if match[2] == "/" or match[7] or _dated(scene, at):
        return words
    if not _hinted(scene, at, match.end()) or scene.continues(match.end(), _COUNTED):
        return None
    return Guess(words, Message("this could be a date or a number"))


@reads(rf"(\d{{1,2}}) ?[-] ?(\d{{1,2}}) ?([./]) ?(\d{{1,2}})(?: ?[./-] ?{YEAR})?{END}")
def days_of_month(match: re.Match[str], scene: Scene) -> Answer:
    """13-15/4 -> mười ba đến mười lăm tháng tư"""
    last = _Day(match[2], match[4], match[5])
    at = match.start()
    named = match[5] or _dated(scene, at) or " ngày " in scene.before(at) or _hinted(scene, at, match.end())
    if not last.possible() or int(match[1]) >= last.day or not (named or match[3] == "/"):
        return None
    if match[3] == "." and scene.continues(match.end(), _COUNTED):
        return None
    return _two(scene, at, day_words(int(match[1]), scene.numerals), last.words(scene.numerals))


@reads(rf"(\d{{1,2}}) ?([./-]) ?(\d{{1,2}}) ?\2 ?(\d{{2}}){END}(?! ?[hHgG%])")
def short_year(match: re.Match[str], scene: Scene) -> Answer:
    """ngày 15/4/24: the century is a guess"""
    day = _Day(match[1], match[3], match[4])
    at = match.start()
    meant = _dated(scene, at) or _hinted(scene, at, match.end()) or _padded(match)
    if not day.possible() or not meant:
        return None
    return Guess(_said(scene, match.start(), day.words(scene.numerals)), Message("the century of this year is a guess"))


@reads(r"(\d{1,2})-(\d{1,2})( (?:đến|tới|và|-)(?: hết)?(?: ngày)? )(\d{1,2})-(\d{1,2})(?![\d./-]\d|\d)")
def dashed_days(match: re.Match[str], scene: Scene) -> Answer:
    """từ 20-5 đến 5-6"""
    first, last = _Day(match[1], match[2]), _Day(match[4], match[5])
    at, end = match.start(), match.end()
    falling = first.day > first.month and last.day > last.month
    if not (first.possible() and last.possible()) or scene.continues(end, _COUNTED):
        return None
    if not (falling or _dated(scene, at) or _hinted(scene, at, end)):
        return None
    link = match[3].replace("-", "đến")
    return f"{_said(scene, at, first.words(scene.numerals))}{link}{last.words(scene.numerals)}"


@reads(r"(\d{1,2}) ?- ?(\d{1,2})(?![\d./-]\d|\d)")
def festive_days(match: re.Match[str], scene: Scene) -> Answer:
    """mùng 3 - 5 Tết -> mùng ba đến năm; mùng 5-5 is a day"""
    rising = int(match[1]) < int(match[2])
    if not scene.before(match.start()).endswith((" mùng", " mồng")) or not rising:
        return None
    said = f"{scene.say(match[1])} đến {scene.say(match[2])}"
    lunar = scene.continues(match.end(), _LUNAR) and not scene.continues(match.end(), ("tết",))
    return Guess(said, Message("this could be a date or two numbers")) if lunar else said


@reads(rf"(\d{{1,2}}) ?([./-]) ?(\d{{1,2}}){END}")
def day_of_month(match: re.Match[str], scene: Scene) -> Answer:
    """ngày 28.2, sáng 6-3, lễ 30/4"""
    day, at, end = _Day(match[1], match[3]), match.start(), match.end()
    strong = _dated(scene, at)
    if match[2] == "-" and day.day < day.month and day.possible() and (days := _of_every_month(match, scene)):
        return days
    if match[2] == "/":
        return _slashed(day, match, scene, strong)
    if not day.possible() or scene.continues(end, _COUNTED):
        return None
    if match[2] == "-" and re.match(r",\d(?!\d?[./-])", scene.text[end : end + 4]):  # 4 - 4,5 tháng
        return None
    falling = match[2] == "-" and day.day > day.month
    timely = any(word in scene.before(at) for word in (" ngày ", " lễ ", " tết ", " kỷ niệm "))
    if strong or (timely and (falling or f"{day.day}/{day.month}" in _MARKED)) or (falling and _hinted(scene, at, end)):
        return _one(scene, at, day)
    if match[2] == "." and _hinted(scene, at, end):
        words = _said(scene, at, day.words(scene.numerals))
        if not scene.after(end)[:1].isalpha():
            return words
        return Guess(words, Message("this could be a date or a number"))
    if falling and day.day > 12:
        return Guess(_said(scene, at, day.words(scene.numerals)), Message("this could be a date or two numbers"))
    if match[2] == "-" and _hinted(scene, at, end):
        return _first_of_july(match, scene, day)
    return None


def _of_every_month(match: re.Match[str], scene: Scene) -> Answer:
    """từ ngày 5-10 hằng tháng are days; “từ ngày 5-10” alone may be"""
    words = scene.before(match.start())
    said = f"{_said(scene, match.start(), day_words(int(match[1]), scene.numerals))} đến {scene.say(match[3])}"
    if scene.after(match.end()).startswith(("đến", "-", "tới")):
        return None
    if scene.continues(match.end(), _MONTHLY):
        return said if words.endswith(" ngày") else None
    return Guess(said, Message("this could be a date or two numbers")) if words.endswith(" từ ngày") else None


def _first_of_july(match: re.Match[str], scene: Scene, day: _Day) -> Guess:
    """Từ 1-7, … is a day where a sentence begins so; elsewhere “từ 1-7” counts from one to seven."""
    either = Message("this could be a date or two numbers")
    if scene.text.endswith("Từ ", 0, match.start()):
        return Guess(_said(scene, match.start(), day.words(scene.numerals)), either)
    return Guess(f"{scene.say(match[1])} đến {scene.say(match[3])}", either)


def _slashed(day: _Day, match: re.Match[str], scene: Scene, strong: bool) -> Answer:
    at, end = match.start(), match.end()
    if scene.before(at).endswith(" đến nay") and scene.continues(end, _PARTS):
        return None
    if strong:
        return _one(scene, at, day) if day.month <= 31 and day.day <= 99 else None
    if not day.possible() or (scene.continues(end, _PARTS) and not _padded(match)):
        return None
    feast = f"{day.day}/{day.month}" in _FEASTS
    if _hinted(scene, at, end) or " ngày " in scene.before(at) or _padded(match) or feast:
        answer = _one(scene, at, day)
        part = day.day < day.month <= 10 and not _padded(match) and scene.before(at).endswith(_PORTIONS)
        part = part and not (scene.last.kind == "dates" and at - scene.last.end < 12)  # từ 28/9 đến hết 5/10
        if part and scene.before(at).endswith(_SHARES):
            return None
        lonely = feast and day.day < day.month and not _hinted(scene, at, end)
        return Guess(answer, _PART) if (part or lonely) and isinstance(answer, str) else answer
    return None


def guessed(scene: Scene, at: int, day: str, month: str) -> str:
    """What a bare 26/12 would be as a date; nothing where it cannot be one. No part is larger than its whole."""
    date = _Day(day, month)
    return _said(scene, at, date.words(scene.numerals)) if date.possible() and date.day > date.month else ""


def _padded(match: re.Match[str]) -> bool:
    return match[1][0] == "0" or match[3][0] == "0"


@reads(r"(\d{1,2})(?= tháng (?:\d|[Gg]iêng|[Cc]hạp|một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười))")
def day(match: re.Match[str], scene: Scene) -> Answer:
    """ngày 4 tháng 3 -> mùng bốn"""
    if not scene.before(match.start()).endswith(" ngày"):
        return None
    return day_words(int(match[1]), scene.numerals)


RULES: tuple[Rule, ...] = (
    *(several, full, iso, dashed_days, days_of_months, days_of_month),
    *(short_year, festive_days, day_of_month, day),
)
