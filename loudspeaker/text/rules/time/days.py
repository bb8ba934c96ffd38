"""Days of a month without their year: “5.9”, “6-3” and “2/9” are days only where a word beside them says so."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import DATE_OR_NUMBER, DATE_OR_NUMBERS, DATE_OR_PART
from ...rule import Answer, Guess, RuleMaker, at_line_start
from ...syllables import LOWER, UPPER
from ..names.addresses import is_house
from .calendar_words import (
    END,
    SINCE,
    Day,
    as_day,
    counts_members,
    counts_something,
    day_words,
    expects_date,
    has_days_with_slash,
    is_lunar,
    is_padded,
    may_be_date,
    say_day,
    tells_schooling,
)
from .days_with_dash import day_with_dash

rule = RuleMaker(Kind.DATE)
_SHARES = words_before("ứng trước|trả trước|góp|đặt cọc|chiếm|giảm|tăng|còn|gần|hơn|quá|mới được|đã được|nộp trước")
_PORTIONS = words_before("quá|hơn|trước|sau|khoảng|hết|tới|đến|xong|còn|tầm|đạt|góp")  # ứng trước 1/2, góp 1/5
_QUARTERS = words_before("khu phố|kp|tổ dân phố|tdp")  # khu phố 3/4 is named after no feast
_HOLIDAYS = words_before(
    "quốc khánh|quốc tế lao động|nhà giáo việt nam|liệt sĩ|liệt sỹ|phụ nữ|phụ nữ việt nam|giải phóng miền nam|"
    "thống nhất đất nước|thành lập đảng|thành lập đoàn|thầy thuốc việt nam|cách mạng tháng tám|thiếu nhi|bác hồ|"
    "mừng|chào mừng|hưởng ứng|hội thao|cúp"
)
_DOSES = words_after("còn lại|viên|gói|thìa|muỗng|ống|liều|cốc|bát|bình")
_ON = pattern(r"(?:đến|tới) (?:hết )?(?:ngày )?\d{1,2}\.\d{1,2}(?!\d)")  # từ 28.6 đến ngày 9.7
# What is counted out of a whole, 5/9 thôn, and of what a part is told, 1/3 số hộ: no day stands before them.
COUNTED = words_after(
    "khu vực|chợ|bệnh viện|buổi|lần|tiết|nội dung|vòng|lĩnh vực|chuyên đề|tiêu chuẩn|mục tiêu|nhiệm vụ|"
    "hộ|người|thôn|xã|bản|tổ|xóm|ấp|đại biểu|phiếu|tiêu chí|đảng viên|chi bộ|học sinh|khẩu|thành viên|trường|"
    "phường|con|chỉ tiêu|mô hình|sản phẩm|hội viên|trẻ|công trình|đơn vị|cơ sở|cử tri|lượt|địa phương|đội|điểm|"
    "nhóm|lớp|tc|em|cháu|giáo viên|cán bộ|đồng chí|đ/c|hợp tác xã|htx|thủ tục|hồ sơ|câu|vụ|tuyến|hạng mục|dự án|"
    "nhà|khu|buôn|căn|ngôi|chiếc|cái|quả|tiết mục|bài|làng|ý kiến|vị trí|tàu|cửa|đoạn|thuyền|phương tiện|môn|bàn|"
    "vị|chi hội|chi đoàn|quận|huyện|tỉnh|thành phố|sở|ngành|ca|mẫu|giếng|hồ|cầu|ao|trạm|sóc|phum|khóm|khu phố|"
    "bàn thắng|kdc|tdp|kp|công chức|viên chức|gia đình|đoàn viên|thanh niên|phụ nữ|nông dân|lao động|doanh nghiệp|"
    "bị can|bị cáo|nạn nhân|ủy viên|phiên|suất|gian|sạp|kiốt|ki ốt|mâm|cặp|vé|giường|phần quà|lồng"
)
WHOLES = words_after(
    "số |thời lượng|công việc|tiến độ|hành trình|chặng|diện tích|dân số|"
    "tổng số|tổng diện tích|tổng dân số|tổng khối lượng|tổng sản lượng|tổng kinh phí|"
    "tổng thời gian|tổng chiều dài|tổng nhu cầu|tổng vốn|quãng|chiều|khối lượng|thời gian|quỹ|"
    "nhu cầu|còn lại|đạm|kali|lân|urê|phân|sào|thìa|muỗng|cốc|chén|viên|gói|ly|giờ|bao|suất|mâm|gian|vé|"
    "km|ha|kg|m|chiều dài|liều|"
    "đường|mặt đường|lòng đường|mặt cầu|vỉa hè|lòng kênh|lòng mương|mặt ruộng|bề rộng|bề mặt"
)
_LENGTH = pattern(  # not 1/2 ngày mai, 1/2 tháng Giêng, 1/2 tháng này
    r" ?(?:ngày|tuần|tháng|buổi|tiếng|giờ|quý|ca|công)(?! ?(?:\d|mai|kia|này|thứ|hôm|sau|tới|[Gg]iêng|[Cc]hạp|âm)|\w)"
)
_OCCASIONS = pattern(r"\b(?:ngày|lễ|tết|kỷ niệm|kỉ niệm|mừng|giỗ|nhân|hưởng ứng|quốc khánh|quốc tế|phụ nữ)\b")
FEASTS = frozenset(
    words_after("30/4|1/5|2/9|8/3|20/10|20/11|27/7|22/12|19/8|3/2|26/3|1/6|19/5|7/5|27/2|15/10|18/11|21/6|23/9|13/10")
)
_ON_ONE_DAY = pattern(  # sáng ngày 4-11, thứ bảy, ngày 4-11; not các sáng ngày
    r"(?<!các)(?<!những)(?<!mỗi) (?:sáng|trưa|chiều|tối|đêm|thứ [^\W_]+|chủ nhật|t[2-7]|cn)[,(]?(?: ngày)?$"
)
_ONE_MORE = pattern(r"\d{1,2}/\d{1,2}(?:[,;] ?| và | & )$")
_POINTS = pattern(r"(?<!thời)(?<!địa) điểm(?: [^\W\d_]+){0,3}$")
# Days that are well known only beside a word of days: “Ngày Thế giới phòng, chống AIDS 1.12”.
_MARKED = FEASTS | frozenset(
    words_after(
        "1/12|10/12|25/11|20/3|22/3|24/3|27/3|3/3|7/4|18/4|21/4|25/4|28/4|5/6|6/6|26/6|28/6|11/7|28/7|31/5|10/8|8/9|1/10|"
        "10/3|10/10|14/10|16/10|17/10|9/11|14/11|23/11|5/12|6/12|9/1|15/5|22/5|8/5"
    )
)
_NOUNS = (*COUNTED, *WHOLES)
_OCCASION_WORDS = (" ngày ", " lễ ", " tết ", " kỷ niệm ", " giỗ ")
_LOSSES = (" chết", " bị thương", " tử vong")


@rule(r"(2[3-9]|30) ?- ?(10|[1-9])(?= [Tt]ết(?!\w)(?! [Dd]ương))")
def days_around_new_year(match: re.Match[str], context: Context) -> str:
    """From a day before the lunar new year to one behind it: nghỉ 28-6 Tết -> hai mươi tám đến mùng sáu"""
    return f"{context.number(match[1])} đến mùng {context.number(match[2])}"


@rule(r"(\d{1,2})\.(\d{1,2})(?= ?:)", only_if=at_line_start)
def day_at_line_start(match: re.Match[str], context: Context) -> Answer:
    """Day at the beginning of a line, where others have a nought: 10.12: họp, below 08.12: … -> ngày mùng mười"""
    day = Day(match[1], match[2])
    return say_day(context, match.start(), day) if day.possible() and _has_padded_days(context.text) else None


@lru_cache(maxsize=4)
def _has_padded_days(text: str) -> bool:
    """Whether lines of a text begin with days that have a nought: 08.12: họp"""
    return _PADDED_DAY.search(text) is not None


_PADDED_DAY = pattern(r"(?m)^[-+•* ]*(?:0\d\.(?:0[1-9]|1[0-2])|[0-3]\d\.0[1-9]) ?:")


@rule(rf"(\d{{1,2}}) ?([./-]) ?(\d{{1,2}}){END}")
def day_of_month(match: re.Match[str], context: Context) -> Answer:
    """Day and month: ngày 28.2, sáng 6-3, lễ 30/4 -> ngày hai mươi tám tháng hai, …"""
    day, at, end = Day(match[1], match[3]), match.start(), match.end()
    if context.char(end).isalpha() and not is_lunar(context, end):  # 2-3tr đồng
        return None
    if match[2] == "/":
        return (
            None
            if _has_decimals(match, context) or is_house(context, at, end)
            else _day_with_slash(day, match, context)
        )
    if not day.possible() or _counts_something(match, context) or (match[2] == "-" and _is_range(match, context)):
        return None
    if _is_certain_day(day, match, context):
        return _days_with_dash(day, match, context) or say_day(context, at, day)
    return _day_with_point(day, match, context) if match[2] == "." else day_with_dash(day, match, context)


def _days_with_dash(day: Day, match: re.Match[str], context: Context) -> Guess | None:
    """Two days where the text writes a day and its month with a slash: trực ngày 1-3, họp ngày 8/12; or ngày 5 - 7"""
    at, numerals = match.start(), context.numerals
    at_hour = context.follows(Kind.TIME, at, " ngày ") or _ON_ONE_DAY.search(context.before(at))  # 20h ngày 1-3
    if match[2] != "-" or day.day >= day.month or at_hour:
        return None
    if not has_days_with_slash(context.text):
        spaced = " - " in match[0] and expects_date(context, at)
        return Guess(as_day(context, at, day.words(numerals)), DATE_OR_NUMBERS) if spaced else None
    days = f"{day_words(day.day, numerals)} đến {day_words(day.month, numerals)}"
    return Guess(as_day(context, at, days), DATE_OR_NUMBERS)


def _counts_something(match: re.Match[str], context: Context) -> bool:
    """Whether a unit or a noun follows: 3-5 ngày, 2.5 ha; not behind “ngày” where a nought is written, ngày 05.4"""
    named = is_padded(match) and context.is_after(match.start(), " ngày")
    return counts_something(context, match.end()) and not named


def _is_range(match: re.Match[str], context: Context) -> bool:
    """Whether two numbers with a dash are no day: chợ phiên 1-6, tổ 1-12, từ 15/7, 2-3 buổi/tuần, 4 - 4,5 tháng"""
    at, end = match.span()
    before = context.before(at)
    if before.endswith((" phiên", *_ROOMS)) or (
        context.after_label(at) and " giỗ " not in before and not expects_date(context, at)
    ):
        return True
    if not before.endswith(" ngày") and context.is_before(end, COUNTED) and not has_own_number(context, end):
        return True
    return re.match(r",\d(?!\d?[./-])", context.text[end : end + 4]) is not None


_ROOMS = words_before("phòng|phòng số|phòng thi|phòng học|bàn|bàn số|ghế|trang|câu|bài|tiết|quầy|sạp")  # phòng 1-6


def _is_certain_day(day: Day, match: re.Match[str], context: Context) -> bool:
    """Whether the words around leave no doubt: sáng 6-3, Quốc khánh 2-9, lễ 30.4"""
    at, end = match.span()
    if expects_date(context, at):
        return True
    before, marked = context.before(at), f"{day.day}/{day.month}" in _MARKED
    if marked and (before.endswith(_HOLIDAYS) or _stands_after_occasion(context, at, end)):
        return True
    falling = match[2] == "-" and day.day > day.month
    timely = any(word in before for word in _OCCASION_WORDS)
    return (timely and (falling or marked)) or (falling and may_be_date(context, at, end))


def _day_with_point(day: Day, match: re.Match[str], context: Context) -> Answer:
    """Day and month with a point: hết 30.6; 05.10 is likely a day: no decimal begins with 0, or has a point"""
    at, end = match.span()
    meant = may_be_date(context, at, end)
    if not (meant or is_padded(match)):
        return None
    words = as_day(context, at, day.words(context.numerals))
    clear = meant and (not context.after(end)[:1].isalpha() or _ON.match(context.after(end)))
    return words if clear else Guess(words, DATE_OR_NUMBER)


_NAMED_DAY = pattern(  # T5 Tuần Thánh 2/4, CN Lễ Lá 29/3
    rf"(?:^|[\n.,;:(] ?|[Ss]áng |[Cc]hiều |[Tt]ối |[Đđ]êm )(?:T[2-7]|CN|Thứ [^\W_]{{1,4}}|Chủ nhật)"
    rf"(?: (?:[{UPPER}][^\W\d_]*|[IVX]{{1,4}})){{1,4}} $"
)
_OF_WEEK = pattern(r" (?:thứ [^\W_]+|ch[uúủ]a? nhật|t[2-7]|cn)(?= |$)")


def _stands_after_occasion(context: Context, at: int, end: int) -> bool:
    """Whether a day is put behind what it is kept for: Quốc khánh nước Cộng hòa xã hội chủ nghĩa Việt Nam (2-9)"""
    sentence = re.split(r"[.;!?]\s|\n", context.text[max(0, at - 3 * REACH) : at].lower())[-1]
    bracketed = context.char(at - 1) == "(" and context.char(end) in (")", ",", ";")
    return (bracketed and _OCCASIONS.search(sentence) is not None) or any(day in sentence for day in _HOLIDAYS)


def _has_decimals(match: re.Match[str], context: Context) -> bool:
    """Whether a decimal stands behind the slash: tỷ lệ chọi 1/1,6: what stands behind the slash is no month"""
    return re.match(r",\d{1,2}(?![\d/:-]|\.\d)", context.text[match.end() : match.end() + 5]) is not None


def _day_with_slash(day: Day, match: re.Match[str], context: Context) -> Answer:
    """Day and month with a slash: sáng 2/9, từ 1/7 are days; 1/2 ngày, 06/07 chi bộ, thị lực 8/10 are none"""
    at = match.start()
    if _tells_a_part(day, match, context) or (day.day <= day.month and counts_members(context, *match.span())):
        return None
    if expects_date(context, at):
        return _day_behind_cue(day, match, context)
    if not day.possible() or _counts_so_many(day, match, context):
        return None
    if context.after_variety(at) and not may_be_date(context, at, match.end()):
        return None
    return _likely_day(day, match, context)


def _tells_a_part(day: Day, match: re.Match[str], context: Context) -> bool:
    """Whether a dose, a mark, a count or a part of a length of time is told, whatever day it looks like"""
    at, end = match.span()
    before = context.before(at)
    if (
        context.is_before(end, _DOSES)
        or before.endswith(_LOSSES)
        or tells_schooling(before)
        or " thị lực" in before
        or _POINTS.search(before)
    ):
        return True  # 1/2 viên; 2/5 người chết; thị lực 8/10; điểm cao nhất 9/10
    if _counts_members_of(day, match, before):
        return True
    if before.endswith(" đến nay") and context.is_before(end, _NOUNS):
        return True
    if part_of_time(context, end) and _may_be_part(day, match) and not _stands_after_day_word(context, at):
        return True
    listed = any(context.follows(kind, at, ", ") for kind in (Kind.DATE, Kind.MONTH, Kind.PERIOD))
    return (listed or _behind_length(context, at)) and _counts_so_many(day, match, context)  # Ngày 1/11, 1/3 số hộ


def _counts_members_of(day: Day, match: re.Match[str], before: str) -> bool:
    """Whether so many of so many are there, whatever they are called: có 7/9 ủy viên dự, được 5/6 phó đoàn tán thành"""
    falls = day.day > day.month or is_padded(match)
    return not falls and before.endswith(_HAVING) and _NOUN.match(match.string, match.end()) is not None


_HAVING = words_before("có|đủ|được|với|gồm|vắng|thiếu|mới có|chỉ có|có mặt|hiện có|đã có|đạt|tham gia")
_NOUN = pattern(  # what is counted, and no word that goes on behind a day
    rf" (?!(?:tại|là|và|thì|họp|khai|tổ|lúc|ở|từ|đến|nghỉ|có|sẽ|mời|các|các bạn|này|tới|sau|trước|âm|al|dương|vừa|năm|"
    rf"nhé|nha|ạ|nên|do|cho|vào|phải|được|bắt|mất|cúp|cắt|lịch|đi|về|tết|rằm)(?!\w))[{LOWER}]"
)


def _behind_length(context: Context, at: int) -> bool:
    """Whether “ngày” stands before a sign, and so may end a length of time: trong 3 ngày, 2/3 số hộ"""
    return context.is_after(at, " ngày") and not _stands_after_day_word(context, at)


def _may_be_part(day: Day, match: re.Match[str]) -> bool:
    """Whether it could be a part of a whole, as 1/2 and 3/10 are: below one, and no nought in front"""
    return day.day < day.month <= 10 and not is_padded(match)


def _day_behind_cue(day: Day, match: re.Match[str], context: Context) -> Answer:
    """Day behind a word of days: ngày 2/9 -> mùng hai tháng chín; “cả ngày, 2/3 bà con đã về” may tell a part"""
    at = match.start()
    if day.month > 31:
        return None
    answer = say_day(context, at, day)
    length = day.day < day.month <= 10 and _behind_length(context, at)
    if isinstance(answer, str) and (length or _is_count_at_hour(day, match, context)):
        return Guess(answer, DATE_OR_PART)
    return answer


def _is_count_at_hour(day: Day, match: re.Match[str], context: Context) -> bool:
    """Whether only an hour speaks of a day, and what may be counted follows: 7h 5/12 hộ có mặt"""
    hour = context.follows(Kind.TIME, match.start(), " ", ", ", " - ")
    return hour and day.day <= day.month and context.is_before(match.end(), COUNTED) and not is_padded(match)


def _likely_day(day: Day, match: re.Match[str], context: Context) -> Answer:
    """Day with a slash and no certain cue: từ 1/7, hết 05/10, giỗ 3/3; “góp 1/5” and “nữ 02/11” may be parts"""
    at, before = match.start(), context.before(match.start())
    meant, behind_day = may_be_date(context, at, match.end()), _is_behind_day(context, at)
    feast = _is_feast(day, before)
    if not (meant or feast or behind_day or is_padded(match)):
        return None
    portion = _may_be_part(day, match) and before.endswith(_PORTIONS) and not _ends_period(context, at)
    if portion and before.endswith(_SHARES):
        return None
    words = as_day(context, at, day.words(context.numerals))
    uncued = _is_uncued(meant, before) and (feast or not behind_day) and day.day < day.month
    doubtful = portion or uncued or _may_be_other(feast, day, match, context)
    return Guess(words, DATE_OR_PART) if doubtful else words


def _may_be_other(feast: bool, day: Day, match: re.Match[str], context: Context) -> bool:
    """Whether a quarter, a batch or a slip may be told instead of a day"""
    return _is_numbered_quarter(feast, context.before(match.start())) or _may_count(day, match, context)


def _may_count(day: Day, match: re.Match[str], context: Context) -> bool:
    """Whether a slip or a batch may be told instead: lợn 30/4 con, đợt 3/4; no batch is above all of them"""
    before, end = context.before(match.start()), match.end()
    if day.day <= day.month:
        return before.endswith(" đợt") and not _is_feast(day, before)
    nouns = context.is_before(end, (*COUNTED, *_PIECES)) and not has_own_number(context, end)
    return nouns and not (may_be_date(context, match.start(), end) or before.endswith(_HOLIDAYS))


_PIECES = words_after("suất|cây|bộ|chị em|kg|tấn|tạ|sào|mẫu|bao|gói|liều|thửa|lô|xe")


def _is_uncued(meant: bool, before: str) -> bool:
    """Whether no word before it speaks of days"""
    return not (meant or before.endswith(_HOLIDAYS))


def _is_numbered_quarter(feast: bool, before: str) -> bool:
    """Whether a quarter has two numbers, and is named after no feast: khu phố 3/4"""
    return before.endswith(_QUARTERS) and not feast


def _is_behind_day(context: Context, at: int) -> bool:
    """Whether “ngày” stands somewhere before, or a day was read right before: 24/9, 1/10"""
    before = context.before(at)
    if " ngày " in before or (context.char(at - 1) == "(" and _OF_WEEK.search(before)):  # Thứ 5 Tuần Thánh (2/4)
        return True
    if _NAMED_DAY.search(context.text[max(0, at - REACH) : at]):
        return True
    return " tháng " in context.previous.spoken and _ONE_MORE.search(context.text[max(0, at - 9) : at]) is not None


def _is_feast(day: Day, before: str) -> bool:
    """Whether a feast is on this day: 30/4, 2/9; 3/3 behind “giỗ”"""
    return f"{day.day}/{day.month}" in FEASTS or " tết " in before or " giỗ " in before


def _ends_period(context: Context, at: int) -> bool:
    """Whether a day was read a few words before: từ 28/9 đến hết 5/10"""
    return context.previous.kind in (Kind.DATE, Kind.PERIOD) and at - context.previous.end < 12


def _counts_so_many(day: Day, match: re.Match[str], context: Context) -> bool:
    """Whether so many of so many are counted: 06/07 chi bộ: so many of so many; not 17/4, which is above one"""
    if day.day > day.month or not context.is_before(match.end(), (*COUNTED, *WHOLES)):
        return False
    if has_own_number(context, match.end()):  # 6/10 chi bộ 2
        return False
    return not context.is_after(match.start(), SINCE)


def part_of_time(context: Context, end: int) -> bool:
    """Whether a length of time follows, of which a part is told: nghỉ 1/2 ngày, sau 3/4 tháng."""
    return _LENGTH.match(context.text, end) is not None


def _stands_after_day_word(context: Context, at: int) -> bool:
    """Whether “ngày” stands right before, with no sign between."""
    return context.adjoins(at, (" ngày",))


def has_own_number(context: Context, end: int) -> bool:
    """Whether a noun with a number of its own follows, thôn 1, so that nothing is counted."""
    return re.match(r"(?:[^\W\d_]+ ){1,2}\d", context.after(end)) is not None


def likely_date(context: Context, at: int, day: str, month: str) -> str:
    """Date in words.

    What a bare 26/12 would be as a date; nothing where it cannot be one. No part is larger than its whole.
    """
    date = Day(day, month)
    return say_possible_day(context, at, day, month) if date.day > date.month else ""


def say_possible_day(context: Context, at: int, day: str, month: str) -> str:
    """A day and its month in words; nothing where no calendar has it."""
    date = Day(day, month)
    return as_day(context, at, date.words(context.numerals)) if date.possible() else ""
