"""Days in a row: 13-15/4, từ 30/7 - 30/8/2021, ngày 5,6,7/10, mùng 3 - 5 Tết. One day alone is `dates`."""

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
from ...reasons import DATE_OR_NUMBER, DATE_OR_NUMBERS, DATE_OR_PART
from ...rule import Answer, Guess, RuleMaker, in_brackets
from ..names.addresses import is_house
from .calendar_words import END, MONTH, YEAR, Day, as_day, counts_something, day_words, expects_date, may_be_date
from .days import COUNTED, has_own_number

rule = RuleMaker(Kind.PERIOD)

_TURNS = words_before(
    "liều|bài|buổi|ca|phòng|vòng|giai đoạn|mũi|bàn|khu phố|lượt|lượt trận|chuyến|chương|tầng|cụm|đoàn|dãy|block|kp|kíp"
)
_MONTHLY = words_after("hằng tháng|hàng tháng|mỗi tháng|của tháng|tháng sau|các tháng|âm lịch hằng tháng|tháng ")


def _say_period(context: Context, at: int, first: str, last: str) -> str:
    """Two days with “đến” between them"""
    return f"{as_day(context, at, first)} đến {last}"


@rule(r"(\d{1,2}(?:,\d{1,2}){0,5}),(?=\d{1,2} ?[./] ?\d{1,2})(?!\d{1,2} ?[./] ?(?:19|20)\d\d(?!\d))")
def days_of_month_in_list(match: re.Match[str], context: Context) -> Answer:
    """Days before the last one and its month: ngày 5,6,7/10: the last one is read with its month"""
    spoken = ", ".join(context.number(day) for day in match[1].split(",")) + ","
    if context.is_after(match.start(), (" ngày", " các ngày", " sáng", " chiều", " tối", " đêm")):
        return spoken
    days = [int(day) for day in re.findall(r"\d+", context.text[match.start() : match.end() + 2])]
    rising = all(first < second <= 31 for first, second in pairwise(days))
    likely = rising and (days[0] > 9 or may_be_date(context, match.start(), match.end()))
    return Guess(spoken, DATE_OR_NUMBER) if likely else None


@rule(
    r"(?<!\d,)(?<!\d, )(\d{1,2}(?:, \d{1,2}){0,4})(, ?| và | & )(?=(\d{1,2}) ?/ ?(\d{1,2})(?![\d/]))",
    unless_after=(" ngày", " đêm", " từ", " sáng", " chiều", " tối", " mùng"),
)
def days_of_month_apart(match: re.Match[str], context: Context) -> Answer:
    """The same with blanks: 04, 05/6; 14, 15 & 16/10 -> ngày mười bốn, mười lăm và"""
    days = [*map(int, re.findall(r"\d+", match[1])), int(match[3])]
    if not (all(one < other for one, other in pairwise(days)) and days[0] > 0 and Day(match[3], match[4]).possible()):
        return None
    if counts_something(context, match.end(4)) or is_house(context, match.start(3), match.end(4)):
        return None
    spoken = ", ".join(day_words(day, context.numerals) for day in days[:-1]) + match[2].replace("&", "và")
    sure = expects_date(context, match.start()) or match[1][0] == "0"
    words = as_day(context, match.start(), spoken)
    return words if sure else Guess(words, DATE_OR_NUMBER) if days[0] > 9 else None


@rule(r"(\d{1,2}(?:, ?\d{1,2}){0,4}),(\d{1,2})(?= (?:và \d{1,2} )?tháng " + MONTH + ")")
def days_of_spelt_month(match: re.Match[str], context: Context) -> Answer:
    """Days of a month in words: 28, 29,30 tháng 3, 14,15 và 16 tháng Ba: three days"""
    days = [int(day) for day in re.findall(r"\d+", match[0])]
    rising = all(first < second <= 31 for first, second in pairwise(days))
    return ", ".join(context.number(str(day)) for day in days) if rising else None


@rule(r"(\d{1,2})-(\d{1,2})( (?:đến|tới|và|-)(?: hết)?(?: ngày)? )(\d{1,2})-(\d{1,2})(?![\d./-]\d|\d)")
def days_with_dashes(match: re.Match[str], context: Context) -> Answer:
    """Days with dashes inside: từ 20-5 đến 5-6"""
    first, last = Day(match[1], match[2]), Day(match[4], match[5])
    at, end = match.start(), match.end()
    falling = (first.day > first.month and last.day > last.month) or max(first.day, last.day) > 12
    if not (first.possible() and last.possible()) or counts_something(context, end):
        return None
    link = match[3].replace("-", "đến")
    if not (falling or expects_date(context, at) or may_be_date(context, at, end)):
        spoken = [context.number_range(one, two) for one, two in (match.group(1, 2), match.group(4, 5))]
        rising = first.day < first.month and last.day < last.month
        return Guess(link.join(spoken), DATE_OR_NUMBERS) if rising else None
    return f"{as_day(context, at, first.words(context.numerals))}{link}{last.words(context.numerals)}"


@rule(rf"(\d{{1,2}})([./-])(\d{{1,2}}) - (\d{{1,2}})([./-])(\d{{1,2}})[./-]{YEAR}{END}")
def days_with_two_signs(match: re.Match[str], context: Context) -> Answer:
    """From day to day with different signs: (05-10 - 30.4.2026), each end with a sign of its own"""
    first, last = Day(match[1], match[3]), Day(match[4], match[6], match[7])
    if match[2] == match[5] or not (first.possible() and last.possible()):
        return None
    return _say_period(context, match.start(), first.words(context.numerals), last.words(context.numerals))


@rule(r"(\d{1,2})/(\d{1,2}) ?(?:-|đến) ?\1/(\d{1,2})(?![\d/]|[.,-]\d)")
def classes(match: re.Match[str], context: Context) -> Answer:
    """Classes of one grade: lớp 1/1-1/4 học sáng, 2/1 - 2/3 học chiều -> hai trên một đến hai trên ba"""
    at = match.start()
    days = context.is_after(at, _DAYS_OFF)  # lớp 1/1 nghỉ 2/1 - 2/3
    if days or int(match[2]) >= int(match[3]) or not _CLASSES_AHEAD.search(context.text, max(0, at - 2 * REACH), at):
        return None
    first, last = (f"{context.number(match[1])} trên {context.number(match[part])}" for part in (2, 3))
    spoken = f"{first} đến {last}"
    return spoken if context.is_after(at, (" lớp", " các lớp")) else Guess(spoken, DATE_OR_NUMBERS)


_DAYS_OFF = words_before("nghỉ|học bù|từ|ngày|từ ngày|trong|vào")
_CLASSES_AHEAD = pattern(r"(?i)(?<!\w)lớp (?:\d{1,2}/\d[^.\n]*)?$")


@rule(
    rf"(\d{{1,2}}) ?([./]) ?(\d{{1,2}}) ?(?:-|đến) ?(\d{{1,2}}) ?([./]) ?(\d{{1,2}})(?:[/.-]{YEAR})?{END}"
    r"(?! ?- ?\d{1,2}/\d{1,2}(?![\d/]))"
)
def days_of_months(match: re.Match[str], context: Context) -> Answer:
    """From a day of a month to a day of a month.

    30/7 - 30/8/2021; 12.3-30.4 only where the words speak of days; tỉ lệ từ 3/4 đến 7/8
    """
    first, last, at = Day(match[1], match[3]), Day(match[4], match[6], match[7]), match.start()
    if match[2] != match[5] or not (first.possible() and last.possible()) or _is_no_period(match, context):
        return None
    if not match[7] and _are_parts(first, last, context.before(at)):
        return Guess(f"{_part(first, context)} đến {_part(last, context)}", DATE_OR_PART)
    words = _say_period(context, at, first.words(context.numerals), last.words(context.numerals))
    if not match[7] and (first.month, first.day) > (last.month, last.day) and first.month - last.month < 6:
        return Guess(words, Message("a range that does not rise"))  # giao lộ 30/4 - 3/2
    if match[2] == "/" or match[7] or expects_date(context, at):
        return words
    if not may_be_date(context, at, match.end()) or counts_something(context, match.end()):
        return None
    return Guess(words, DATE_OR_NUMBER)


def _is_no_period(match: re.Match[str], context: Context) -> bool:
    """Whether posts are told, cột 12/5 đến 12/9, or a day and a dash stand before: 07/12 - 09/12 - 11/12"""
    return (
        is_house(context, *match.span())
        or _DAY_BEFORE.search(context.text, max(0, match.start() - 10), match.start()) is not None
    )


_DAY_BEFORE = pattern(r"\d/\d{1,2} ?- ?$")


def _are_parts(first: Day, last: Day, before: str) -> bool:
    """Whether two parts of a whole are told: tỉ lệ từ 3/4 đến 7/8: parts of a whole, and a word that speaks of them"""
    below = first.day < first.month <= 10 and last.day < last.month <= 10
    return below and any(cue in before for cue in (" tỉ lệ", " tỷ lệ", " phần ", " chiếm "))


def _part(day: Day, context: Context) -> str:
    """Part of a whole: 3/4 -> ba phần tư"""
    return f"{context.numerals.cardinal(day.day)} phần {context.numerals.month(day.month)}"


_SO_MANY = words_before("còn|có|đạt|được|khoảng|chừng|tầm|gần|hơn|mới|chỉ|vắng|thiếu|đủ|xong")
_MANY_FROM = pattern(r" (?:có|còn|đạt|được|khoảng|chừng|mới|chỉ|vắng|thiếu) từ$")
_LEVELS = words_before("cấp|cấp độ|bậc|hạng|điểm|mức|báo động|lớp|khối|loại|vị trí|nhóm|bảng")


@rule(rf"(\d{{1,2}}) ?- ?(\d{{1,2}}) ?/ ?(\d{{1,2}}){END}", unless_after=(" thứ", " thị lực"))
def range_of_whole(match: re.Match[str], context: Context) -> Answer:
    """So many to so many out of a whole: còn 5-7/12 hộ -> năm đến bảy trên mười hai; gió cấp 6-7/12 may be a day"""
    at, end = match.span()
    if not 0 < int(match[1]) < int(match[2]) <= int(match[3]):
        return None
    words = f"{context.number_range(match[1], match[2])} trên {context.number(match[3])}"
    members = context.is_before(end, COUNTED) and not has_own_number(context, end)
    if members and context.is_after(at, _SO_MANY):
        return words
    doubtful = (members and not expects_date(context, at)) or context.is_after(at, _LEVELS)
    return Guess(words, DATE_OR_PART) if doubtful else None


@rule(
    rf"(\d{{1,2}}) ?[-] ?(\d{{1,2}}) ?([./]) ?(\d{{1,2}})(?: ?[./-] ?{YEAR})?{END}", unless_after=(" thứ",)
)  # Thứ 5 - 7/11
def days_of_month(match: re.Match[str], context: Context) -> Answer:
    """From day to day of one month: 13-15/4 -> mười ba đến mười lăm tháng tư"""
    last = Day(match[2], match[4], match[5])
    at = match.start()
    named = (
        match[5] or expects_date(context, at) or " ngày " in context.before(at) or may_be_date(context, at, match.end())
    )
    if not last.possible() or not 0 < int(match[1]) < last.day or " thị lực" in context.before(at):
        return None
    if match[3] == "." and counts_something(context, match.end()):
        return None
    if " - " in match[0] and _stands_behind_number(context, at):
        return f"{context.number(match[1])}, ngày {last.words(context.numerals)}"
    words = _say_period(context, at, day_words(int(match[1]), context.numerals), last.words(context.numerals))
    return words if named or match[3] == "/" else Guess(words, DATE_OR_NUMBER)


def _stands_behind_number(context: Context, at: int) -> bool:
    """Whether something that is numbered stands before and no day: xóm 1 - 10/6, liều 2 – 12/12; not xem xe: 4 - 5/1"""
    numbered = context.char(at - 2) != ":" and (context.after_label(at) or context.is_after(at, _TURNS))
    return numbered and not expects_date(context, at)


@rule(
    rf"(\d{{1,2}})(?= (?:đến|tới)(?: hết)?(?: ngày)? (\d{{1,2}}) ?[/.] ?(\d{{1,2}})(?: ?[/.] ?{YEAR})?{END})",
    only_after=(" từ", " kể từ", " ngày", " từ ngày"),
)
def day_before_last(match: re.Match[str], context: Context) -> str | None:
    """First day of a row whose month stands with the last: từ 01 đến 10/11, từ ngày 5 đến hết ngày 12/9"""
    last = Day(match[2], match[3])
    many = context.is_before(match.end(3), COUNTED) and _MANY_FROM.search(context.before(match.start()))
    if not (0 < int(match[1]) < last.day and last.possible()) or counts_something(context, match.end(3)) or many:
        return None
    return as_day(context, match.start(), day_words(int(match[1]), context.numerals))


_LAST_OF_MONTH = 30
_COUNTED = pattern(rf" (?:{cue_list('counted_behind_label')})(?!\w)")


@rule(r"(\d{1,2}) ?- ?(\d{1,2})(?![\d./-]\d|\d| ?- ?\d)")
def festive_days(match: re.Match[str], context: Context) -> Answer:
    """Days of the New Year: mùng 3 - 5 Tết, các ngày 3 - 5 Tết -> mùng ba đến năm; mùng 5-5 is a day"""
    words, rising = context.before(match.start()), int(match[1]) < int(match[2])
    if rising and words.endswith(" ngày") and context.is_before(match.end(), ("tết",)):
        return f"{day_words(int(match[1]), context.numerals)} đến {context.number(match[2])}"
    if not words.endswith((" mùng", " mồng")) or not rising or int(match[2]) > _LAST_OF_MONTH:
        return None
    if _COUNTED.match(context.text, match.end()):  # mùng 5 - 30 suất
        return None
    spoken = context.number_range(match[1], match[2])
    festive = context.is_before(match.end(), ("tết",)) or " tết" in words
    return spoken if festive or int(match[2]) > 12 else Guess(spoken, DATE_OR_NUMBERS)


@rule(r"(\d{1,2}) ?- ?(\d{1,2})(?![\d./-]\d|\d| ?- ?\d)", only_after=(" ngày",))
def days_of_every_month(match: re.Match[str], context: Context) -> Answer:
    """Days of every month: từ ngày 5-10 hằng tháng are days; “từ ngày 5-10” alone may be"""
    words, first, last = context.before(match.start()), int(match[1]), int(match[2])
    if not first < last <= 31 or _continues_range(context, match.end()):
        return None
    spoken = f"{day_words(first, context.numerals)} đến {context.number(match[2])}"
    if context.is_before(match.end(), _MONTHLY) or _begins_list_of_days(match, context):
        return spoken
    either = words.endswith(" từ ngày") and last <= 12
    if either and re.match(r",| \(", context.text[match.end() : match.end() + 2]):  # từ ngày 1-10, mức phí …
        day = Day(match[1], match[2]).words(context.numerals)
        return Guess(day, DATE_OR_NUMBERS)
    return Guess(spoken, DATE_OR_NUMBERS) if either else None


def _begins_list_of_days(match: re.Match[str], context: Context) -> bool:
    """Whether the next days follow as this row ends: ngày 1-5: xóm 1; 6-10: xóm 2"""
    if context.char(match.end()) not in ":(" and context.char(match.end() + 1) != ":":
        return False
    earlier = _DAYS_AHEAD.findall(context.text, max(0, match.start() - 2 * REACH), match.start())
    if earlier and int(earlier[-1]) + 1 == int(match[1]):  # ngày 6-8: …, ngày 9-11: …
        return True
    following = _NEXT_DAYS.search(context.text, match.end(), match.end() + 2 * REACH)
    return following is not None and int(following[1]) == int(match[2]) + 1 < int(following[2])


_DAYS_AHEAD = pattern(r"[Nn]gày \d{1,2} ?- ?(\d{1,2})(?![\d./-]\d|\d) ?[:(]")
_NEXT_DAYS = pattern(r"(?:[;,\n] ?|[Nn]gày |từ )(\d{1,2}) ?- ?(\d{1,2})(?![\d./-]\d|\d) ?[:(]")


def _continues_range(context: Context, end: int) -> bool:
    """Whether a second day follows: từ ngày 5-10 đến …: then 5-10 is one day."""
    return context.after(end).startswith(("đến", "-", "tới"))


@rule(r"[SCTĐ](?=\))", starts="word", only_if=in_brackets)
def half_day_in_brackets(match: re.Match[str], context: Context) -> Answer:
    """Half a day in brackets, where a text has both: tổ 1,2,3 (S), tổ 4,5 (C) -> sáng, chiều"""
    return Guess(_HALF_DAYS[match[0]], _HALF_DAY) if _has_both_halves(context.text) else None


_HALF_DAYS = {"S": "sáng", "C": "chiều", "T": "tối", "Đ": "đêm"}
_HALF_DAY = Message("a letter that may stand for a part of the day")


@lru_cache(maxsize=4)
def _has_both_halves(text: str) -> bool:
    return "(S)" in text and "(C)" in text
