"""What follows “thứ”, weekdays written T2–T7, and lists of numbers without blanks: lớp 7,8 và 9."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...reasons import DATE_OR_NUMBERS
from ...rule import Answer, Guess, RuleMaker, after_variety
from ...syllables import LOWER, is_syllable
from ..names.addresses import counts_up

rule = RuleMaker(Kind.ORDINAL)

_LISTED = words_before(
    "lớp|các lớp|khối|khoản|điều|mục|tổ|thôn|quý|loại|ngày|các ngày|tháng|câu|điểm|khối lớp|bản|xóm|ấp|tuần|mũi|"
    "cấp|số|khu|phường|đội|đợt|tiết|nhóm|nhóm nợ|chi hội|chi bộ|chi đoàn|tổ dân phố|tdp|khu phố|kp|kdc|khóm|liên đội|"
    "tuổi|opv|lô|hạng|mức|bậc|ca|cụm|vòng|mức độ|thế kỷ|thế kỉ|khoảnh|khu vực|kv|tuyến|trạm|chốt|thửa|dãy|tòa|phòng|"
    "tờ|trụ|cột|bàn|tầng|làng|buôn|sóc|phum|trang|bài|chuyến|hồ sơ số|kênh|cống|ao|bể|đoạn|luống|bàn số"
)
_GRADES = words_before("loại|hạng|nhóm|size|cỡ|giày|dép")
_QUARTERS = words_before(cue_list("villages_in_lists"))  # no decimal follows
_SCALED = words_after("tr|ng.đ|k|tỉ|lần|lít|giờ|tiếng|phần trăm|%|triệu|tỷ|nghìn|ngàn|ha|km|m|m2|kg|tấn|điểm|sào|công")
_CALENDAR = words_before("ngày|các ngày|những ngày|mùng|mồng|những năm|các năm|thập niên|ngõ|hẻm|kiệt|các đêm")
_IN_BRACKETS = tuple(f" {village} " for village in cue_list("villages_in_brackets").split("|"))
_LASTING = pattern(  # 3 tháng: 4,5 is no list of months
    r"(?<!ngày)(?<!mùng)(?<!mồng) \d{1,2} (?:tháng|năm|tuần|ngày|giờ|tuổi|buổi|khóa)$"
)
_SITES = words_before(cue_list("sites_with_t"))
_MONTHLY = words_before(
    "rằm|kỳ|kỳ hạn|kì hạn|tiền lãi|trả lãi|đáo hạn|cuối|đầu|giữa|hết|trong|tiền điện|tiền nước|học phí|lương"
)
_PAID_FOR = pattern(r" (?:tiền|phí|quỹ|cước|lãi)(?: [^\W\d_]+){1,2}$")  # tiền ăn T5
_DAY_BEFORE = pattern(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})? ?\($")
_MONTHS_BEHIND = pattern(r" ?(?:đến|-) ?[Tt]\d{1,2}/(?:19|20)")
_SOMETIME = words_before(
    "vào|trong|hóa đơn|hoá đơn|trước|sau|hết|đến hết|kỳ|thu|trả|nộp|đóng|trả nợ|đến hạn|hạn nộp|lãi|giao"
)
_DAY_BEHIND = pattern(r"[(,:-]? ?(?:ngày )?\d|t[2-7](?!\w)|cn(?!\w)|hằng|hàng|tuần|tới|này|sau|và|chủ nhật|thứ")
_ITS_DAY = pattern(r"[(,:-]? ?(?:ngày )?\d{1,2}[/.-]\d{1,2}(?!\d)")  # of a weekday
_MOMENT = pattern(r"(?:ngày )?\d{1,2} ?(?:[hg:]|giờ|[/.-]\d)")
_WEEKLY = pattern(r"(?:(?:, ?| và | ?& ?| ?- ?| đến )(?:[Tt][2-7]|CN))* (?:hàng|hằng|mỗi) tuần")
_DAY = pattern(r" (?:ngày|mùng|mồng) \d{1,2}$")
_CALENDARS = words_after("âm lịch|dương lịch|âl|al|(âl|(al|(âm lịch")
_COUNTED_TO = words_before("tính đến|lũy kế đến|tích lũy đến|so với|kết quả|kế hoạch|báo cáo")
_DECIMAL = r",(?![2-7](?!\d|[,./]\d| ?(?:triệu|tỷ|kg|tấn|ha|lít|điểm|m|km|nghìn|lần|%)))\d"  # thứ 2, 4,6 is none
_WEEKDAY = (
    r"(?:(?:(?:,[2-7]){2,5}|(?:\.[2-7]){2,5})(?!\d|[.,/]\d)|"
    rf"(?:, ?| và | ?[&+] ?|,? đến | đến thứ | và thứ |, thứ )[2-7](?!\d|[./:]\d|[hg](?:\d|\b)|{_DECIMAL})"
    r"(?! (?:người|hộ|con|xã|thôn|ngày|tháng))|(?: ?- ?)[2-7](?![\d.,/]\d|\d)"
    r")"
)


@rule(rf"(\d{{1,4}})({_WEEKDAY}{{0,5}}+)(?!\d| ?[.,]\d| ?/ ?\d| ?- ?\d{{2}})", only_after=(" thứ",))
def weekdays_in_words(match: re.Match[str], context: Context) -> str | None:
    """Weekdays or an ordinal behind “thứ”: thứ 4 -> thứ tư; thứ 2, 4, 6; kỳ họp thứ 1 -> thứ nhất"""
    first = int(match[1])
    days = match[2] and 2 <= first <= 7
    rest = (
        re.sub(r"\d", lambda digit: context.numerals.ordinal(int(digit[0])), _space_days(match[2]))
        if days
        else match[2]
    )
    return None if match[2] and not days else context.numerals.ordinal(first) + rest


def _space_days(gap: str) -> str:
    """Blanks and words between weekdays: ,4,6 -> , 4, 6; -6 -> đến 6"""
    dash = ", " if gap.count("-") > 1 else " đến "  # 2-4-6 are three days, 2-6 a week
    return re.sub(r"[,.+](?=\d)| \+ ", ", ", re.sub(r" ?& ?", " và ", re.sub(r" ?- ?", dash, gap)))


@rule(r"(\d{1,4})(?: ?/ ?(\d{1,4})(?![\d/]))?(?![.,]\d|\d)", only_after=(" thứ",))
def ordinal(match: re.Match[str], context: Context) -> str | None:
    """Ordinal behind “thứ”: thứ 21; xếp thứ 3/12 -> thứ ba trên mười hai"""
    whole = f" trên {context.number(match[2])}" if match[2] else ""
    return context.numerals.ordinal(int(match[1])) + whole


@rule(r"([3-7])(?![\w/]|[.,]\d)", only_after=(" ngã",))
def crossroads(match: re.Match[str], context: Context) -> str | None:
    """Crossroads: ngã 4 -> ngã tư"""
    return context.numerals.month(int(match[1]))


@rule(r"[Tt]([2-7])((?:, ?[2-7](?!\d))+|(?:-[2-7](?!\d)){2,})(?![^\W_]|[./]\d)", starts="word")
def weekdays(match: re.Match[str], context: Context) -> str | None:
    """Weekdays in a list: bơm nước T2,4,6; T2-4-6 -> thứ hai, tư, sáu"""
    days = re.findall(r"\d", match[0])
    return "thứ " + ", ".join(context.numerals.ordinal(int(day)) for day in days)


@rule(r"[Tt][2-7](?: ?- ?[Tt][2-7]){2,5}(?: ?- ?CN)?(?!\w)", starts="word")
def weekdays_with_dashes(match: re.Match[str], context: Context) -> str:
    """Weekdays with dashes: các ngày T3 - T5 - T7 -> thứ ba, thứ năm, thứ bảy"""
    days = [f"thứ {context.numerals.ordinal(int(day))}" for day in re.findall(r"\d", match[0])]
    return ", ".join([*days, "chủ nhật"] if match[0].endswith("CN") else days)


_OPENS_ITEM = pattern(r"(?:^|[,;:(/+.–-] ?|(?<!\w)(?:và|hoặc|đến|tới) |\n)$")


@rule(r"([A-SU-ZĐ])([2-9])(?![^\W_]|[.,/-]\d)", starts="word")
def next_in_row(match: re.Match[str], context: Context) -> str | None:
    """The next of a row whose first is written in full: lần 1 nhắc nhở, L2 phạt, L3 cắt -> lần hai, lần ba"""
    letter, number = match[1], int(match[2])
    ahead = context.text[max(0, match.start() - 3 * REACH) : match.start()]
    first = re.search(rf"(?<![^\W_])([{letter}{letter.lower()}][{LOWER}]{{1,6}}) ?([1-8])(?![^\W_]|[.,/-]\d)", ahead)
    if first is None or not is_syllable(first[1]) or not _OPENS_ITEM.search(ahead):  # nạo vét mương N5
        return None
    between = range(int(first[2]) + 1, number)
    if int(first[2]) >= number or not all(f"{letter}{step}" in ahead for step in between):
        return None
    return f"{first[1].lower()} {context.number(match[2])}"


@rule(r"([A-SU-ZĐ])([1-9])(?![^\W_]|[.,/-]\d)", starts="word")
def one_of_so_many(match: re.Match[str], context: Context) -> str | None:
    """One of several that were counted before: phun 2 lần: L1 sáng 29/11, L2 sáng 6/12 -> lần một, lần hai"""
    letter, number = match[1], int(match[2])
    ahead = context.line_before(match.start(), 3 * REACH)
    counted = re.search(rf"(?<!\w)([2-9]) ({letter.lower()}[{LOWER}]{{1,5}})(?: [^\W\d_]+){{0,3}} ?[:(]", ahead)
    if counted is None or number > int(counted[1]) or not is_syllable(counted[2]) or not _OPENS_ITEM.search(ahead):
        return None
    return f"{counted[2]} {context.number(match[2])}"


@rule(r"N([1-9])(?=(?: ?- ?N[1-9])? (?:của bệnh|sau (?:sốt|mổ|sinh|tiêm)))", starts="word")
def day_of_illness(match: re.Match[str], context: Context) -> str:
    """Day of an illness: N4 - N6 của bệnh -> ngày bốn đến ngày sáu"""
    return f"ngày {context.number(match[1])}"


@rule(r"[Tt]13(?!\w|[.,/]\d)", starts="word", only_after=(" thưởng", " lương", " lương thưởng"))
def thirteenth_month(match: re.Match[str], context: Context) -> str:
    """The month more that is paid at the end of a year: thưởng T13 -> tháng mười ba"""
    return "tháng mười ba"


@rule(r"[Tt](1[0-2]|[1-9])(?![^\W_])(?![./]\d)", starts="word", unless_after=_SITES, unless=after_variety)
def short_month(match: re.Match[str], context: Context) -> Answer:
    """Month written T: tiền nước kỳ T5, cuối T10 -> tháng: weekdays end at seven and have no end or middle"""
    month = int(match[1])
    words = context.before(match.start())
    named = (
        words.endswith(_MONTHLY)
        or _PAID_FOR.search(words)
        or _DAY.search(words)
        or context.is_before(match.end(), _CALENDARS)
    )
    if 2 <= month <= 7 and context.begins_line(match.start()) and context.char(match.end()) == ":":
        return None  # a week of lines, whatever word ends the one above
    if _WEEKLY.match(context.text, match.end()):  # định kỳ T3, T5 hàng tuần
        return None
    if 2 <= month <= 7 and context.adjoins(match.start(), _PARTS_OF_DAY):  # tiền mặt chiều T4
        return None
    if 2 <= month <= 7 and (not named or _ITS_DAY.match(context.after(match.end()))):  # đến hết T7 24/1
        return None
    spoken = f"tháng {context.numerals.month(month)}"
    return spoken if named else Guess(spoken, Message("taken for a month"))


@rule(r"[Tt]([2-7])(?:( ?- ?| ?đến ?)(?:[Tt]([2-7])|(CN)))?(?![^\W_])(?![./]\d)", starts="word")
def weekday(match: re.Match[str], context: Context) -> Answer:
    """Weekday written T: nghỉ T7 -> nghỉ thứ bảy; T2-T6 -> thứ hai đến thứ sáu"""
    if _MONTHS_BEHIND.match(context.text, match.end()):  # từ T2 đến T4/2019
        return f"tháng {context.numerals.month(int(match[1]))}"
    if not match[2] and _is_in_row_of_months(match, context):
        return f"tháng {context.numerals.month(int(match[1]))}"
    first = f"thứ {context.numerals.ordinal(int(match[1]))}"
    second = _is_second_of_row(match, context)
    if match[2]:
        last = f"thứ {context.numerals.ordinal(int(match[3]))}" if match[3] else "chủ nhật"
        return Guess(f"{first} đến {last}", _DAY_OR_MONTH) if second else f"{first} đến {last}"
    if second or _may_be_month(match, context):
        return Guess(first, _DAY_OR_MONTH)
    has_day = _ITS_DAY.match(context.after(match.end()))
    if _stands_behind_site(match, context):  # tuyến kênh T5, 11/12
        return Guess(first, Message("a weekday, or a name with a number")) if has_day else None
    listed = context.follows(Kind.CODE, match.start(), ", ", " và ") or _is_site(match, context)  # kênh T3, T4
    return None if listed and not has_day else first  # 12A3, T6 05/12


def _is_in_row_of_months(match: re.Match[str], context: Context) -> bool:
    """Whether one of the others beside it can be no weekday: T3, T6, T9"""
    rows = _ROW_OF_MONTHS.finditer(context.text, max(0, match.start() - 2 * REACH), match.end() + 2 * REACH)
    row = next((row[0] for row in rows if row.start() <= match.start() < row.end()), "")
    return any(int(number) > _SATURDAY for number in re.findall(r"\d+", row))


_SATURDAY = 7
_ROW_OF_MONTHS = pattern(r"(?<!\w)T(?:1[0-2]|[1-9])(?:(?:, ?| và | & |; ?)T(?:1[0-2]|[1-9])(?![\w/.]))+")


def _is_second_of_row(match: re.Match[str], context: Context) -> bool:
    """Whether a text has a T1, so that its T2 and T3 may be months, weeks or floors, and no day of a month follows"""
    return _has_first(context.text) and not _ITS_DAY.match(context.after(match.end()))


@lru_cache(maxsize=4)
def _has_first(text: str) -> bool:
    """Whether a text has a T1, which is no day of the week"""
    return _FIRST_OF_ROW.search(text) is not None


_PARTS_OF_DAY = words_before("sáng|trưa|chiều|tối|đêm")
_DAY_OR_MONTH = Message("a weekday, or a month")
_FIRST_OF_ROW = pattern(r"(?m)(?:^|[,;:] ?)T1(?![\w./-])")


def _may_be_month(match: re.Match[str], context: Context) -> bool:
    """Whether words of accounts stand before a weekday, or only brackets: số ca mắc đến T6 là 1.204; 700.000đ (T4)"""
    at, end = match.span()
    if context.is_after(at, _COUNTED_TO):
        return True
    if context.is_after(at, _SOMETIME) and not _DAY_BEHIND.match(context.after(end)):
        return True
    alone = context.char(at - 1) == "(" and context.char(end) == ")"
    return alone and not _DAY_BEFORE.search(context.text[max(0, at - 12) : at])


def _stands_behind_site(match: re.Match[str], context: Context) -> bool:
    """Whether a site is named right before: trạm bơm T3; not xe buýt: T2 5h30, thang máy T2 hằng tuần"""
    at, end = match.span()
    if not context.is_after(at, _SITES) or context.is_before(end, ("hằng tuần", "hàng tuần")):
        return False
    return not (context.char(at - 2) == ":" and _MOMENT.match(context.after(end)))


def _is_site(match: re.Match[str], context: Context) -> bool:
    """Whether others before it, with slashes between, are sites: thang T3/T6"""
    others = _SITES_WITH_SLASH.search(context.text[max(0, match.start() - 16) : match.start()])
    return others is not None and context.is_after(match.start() - len(others[0]), _SITES)


_SITES_WITH_SLASH = pattern(r"(?:T\d{1,2} ?[/&] ?)+$")


@rule(
    r"[Tt]\.([2-7])(?![^\W_]|[./]\d)",
    starts="word",
    only_after=(" sáng", " chiều", " tối", " trưa", " ngày"),
)
def dotted_weekday(match: re.Match[str], context: Context) -> str | None:
    """Weekday written T.: sáng T.3 -> sáng thứ ba"""
    return f"thứ {context.numerals.ordinal(int(match[1]))}"


@rule(r"\d{1,2}(?:/\d{1,2}){1,8}(?![\d/]|[^\W_]|[.,]\d)")
def list_with_slashes(match: re.Match[str], context: Context) -> Answer:
    """List with slashes: gạo loại 1/2/3, lớp 3/4/5 -> ba, bốn, năm; loại 1/2 may be a half"""
    numbers = match[0].split("/")
    words = context.before(match.start())
    spoken = ", ".join(map(context.number, numbers))
    if counts_up(match[0]) and not words.endswith(_CALENDAR):  # nhánh rẽ Ninh Loan 1/2/3
        return spoken if words.endswith(_LISTED) else Guess(spoken, DATE_OR_NUMBERS)
    graded = len(numbers) == 2 and int(numbers[1]) == int(numbers[0]) + 1 and words.endswith(_GRADES)
    return Guess(spoken, DATE_OR_NUMBERS) if graded else None


@rule(r"\d{1,3}(?:\+\d{1,3})+(?!\d)")
def list_with_plus(match: re.Match[str], context: Context) -> str | None:
    """List with plus signs: Tổ 13+16+17 -> mười ba, mười sáu, mười bảy"""
    words = context.before(match.start())
    if words.endswith((" tháng", " khối")):  # tháng 9+10
        say = context.numerals.month if words.endswith(" tháng") else context.numerals.cardinal
        return " và ".join(say(int(number)) for number in match[0].split("+"))
    return ", ".join(map(context.number, match[0].split("+"))) if words.endswith(_QUARTERS) else None


@rule(r"([1-9]\d?00)((?:,[1-9]\d?\d00)+)(?![\d%]|[.,]\d| ?%)")
def banknotes(match: re.Match[str], context: Context) -> str:
    """List of bank-notes: tiền lẻ loại 1000,2000: no decimal has as many digits"""
    return ", ".join(map(context.number, match[0].split(",")))


@rule(r"\d{1,2}(?:, ?\d{1,2}){2,9}(?![\d%/-]|[.,]\d| ?[%-]|, \d)", only_after=_LISTED)
def mixed_list(match: re.Match[str], context: Context) -> str | None:
    """List with and without blanks: các thôn 2, 4, 5, 6,7 -> hai, bốn, năm, sáu, bảy"""
    mixed = re.search(r",\d", match[0]) and ", " in match[0] and not _LASTING.search(context.before(match.start()))
    numbers = re.findall(r"\d+", match[0])
    rising = all(int(one) < int(two) for one, two in pairwise(numbers))
    return ", ".join(map(context.number, numbers)) if mixed and rising else None


@rule(r"(\d{1,3}(?:,\d{1,3})+)(?![^\W_]|\.\d|,\d| ?%| ?- ?\d+,\d)(?=(,? (?:và|hoặc) \d)?)")
def list_without_blanks(match: re.Match[str], context: Context) -> str | None:
    """List without blanks: lớp 7,8 và 9; tổ 1,2,3"""
    numbers = match[1].split(",")
    rising = len(numbers) > 2 and all(int(one) < int(two) for one, two in pairwise(numbers))  # ngày 0,3,7,14
    if all(len(number) == 3 for number in numbers[1:]) or (numbers[0] == "0" and not rising):  # thôn Ngòi 0,1
        return None
    if len(numbers) == 2 and not _is_pair(match, numbers, context):
        return None
    return ", ".join(context.number(number) for number in numbers)


def _is_pair(match: re.Match[str], numbers: list[str], context: Context) -> bool:
    """Whether two numbers with a comma are no decimal: lớp 7,8 và 9; thôn 3,5; but 9 tháng 5,6 tỷ kWh, cấp 2,3 tỷ"""
    words = context.before(match.start())
    if _LASTING.search(words):
        return False
    without_decimals, scaled = words.endswith(_QUARTERS), context.is_before(match.end(), _SCALED)
    if scaled and not without_decimals:
        return False
    if _has_steps(match, numbers, words, context):
        return True
    rising = int(numbers[1]) == int(numbers[0]) + 1
    goes_on = match[2] is not None or rising or (without_decimals and not scaled)
    return goes_on and _is_labelled(match, context, scaled)


def _is_labelled(match: re.Match[str], context: Context, scaled: bool) -> bool:
    """Whether a thing that has numbers stands before: tổ 1,2; (lớp 6,7); thôn Phú Lộc 2,3"""
    words = context.before(match.start())
    if words.endswith(_SCORES):
        return _are_points_of_law(match, context, words)
    if words.endswith(_MEASURES) or _MARKS.search(words):
        return False
    if words.endswith(_LISTED) or (context.after_village(match.start()) and not scaled):
        return True
    enclosed = context.char(match.start() - 1) == "(" and context.char(match.end()) == ")"
    return enclosed and any(thing in words for thing in _IN_BRACKETS)


def _are_points_of_law(match: re.Match[str], context: Context, words: str) -> bool:
    """Whether points or places are listed: các điểm 4,5 trên đê; điểm 4,5 mục II, điểm 9,10; not a player's 4,5"""
    cited = words.endswith(_SEVERAL_POINTS) or _CLAUSE_AHEAD.search(words) is not None or match[0].endswith(",10")
    return cited or match[2] is not None or context.is_before(match.end(), _PARTS_OF_LAW)


_SCORES = (" điểm",)
_MARKS = pattern(r" điểm (?:\d{1,2} tiết|hệ số \d|hs\d)$")  # Điểm 1 tiết: 7,8
_CLAUSE_AHEAD = pattern(r" (?:khoản|điều|mục) \d{1,2},? điểm$")
_SEVERAL_POINTS = words_before("các điểm|những điểm|tại điểm|ở điểm|theo điểm|hai điểm|địa điểm|từ điểm")
_PARTS_OF_LAW = words_after("khoản|điều|mục|phần|chương|nghị|luật|quyết|thông|công|kế|chỉ|hướng|của|nêu|này|phụ lục")
_MEASURES = words_before("điểm số|hệ số|chỉ số|tỷ số|tỉ số|doanh số|tần số|mật số|mật độ|tốc độ|nồng độ|cường độ")


def _has_steps(match: re.Match[str], numbers: list[str], words: str, context: Context) -> bool:
    """Whether two numbers are steps of a row.

    các ngày 10,20 hằng tháng; những năm 80,90; 29,30 Tết; 70,75, 80 tuổi: steps, where no amount is meant
    """
    one, two = map(int, numbers)
    further = re.match(r", (\d{1,3})(?![\d.,/]\d|\d)", context.text[match.end() : match.end() + 7])
    if further and int(further[1]) - two == two - one > 0:
        return True
    if context.char(match.end()) == "/":  # ngõ 12,45/6
        return False
    dated = words.endswith(_CALENDAR) or context.is_before(match.end(), ("tết", "tháng chạp", "tháng giêng"))
    return dated and one < two and not context.is_before(match.end(), _SCALED)
