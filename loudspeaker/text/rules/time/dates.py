"""Dates: one day, its month and its year with every separator, and months in words. Days in a row are `periods`.

A full date needs no cue; those of numbers without a year, which do, are `days`.
"""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import roman
from ...rule import Answer, Guess, RuleMaker
from .calendar_words import (
    END,
    MONTH,
    SINCE,
    YEAR,
    Day,
    as_day,
    day_words,
    expects_date,
    is_padded,
    may_be_date,
    say_day,
)

rule = RuleMaker(Kind.DATE)
_ANY_YEAR = r"((?:1\d|20)\d{2})"  # Nguyễn Minh Không was born in 1065
_TURNED = words_before("ngày|sáng|chiều|tối|đêm|trưa|sáng ngày|chiều ngày|tối ngày")


@rule(
    rf"(\d{{1,2}})( ?[./-] ?|,)(\d{{1,2}})( ?[./-] ?|,){_ANY_YEAR}(?!\d)"
    r"( ?(?=\d{1,2}[:hg]\d\d(?! ?-))| ?- ?(?=\d{1,2} ?(?:[:hgHG]\d\d|\.\d\d ?h|h(?![^\W_])|giờ)))?"
)
def full_date(match: re.Match[str], context: Context) -> Answer:
    """Day, month and year.

    01/7/2021 -> mùng một tháng bảy năm hai nghìn không trăm hai mươi mốt; 01-03/2026 may be two months

    The hour behind it, 03/06/2020 09:35 or 21/10/2010 - 01:48, is set apart: 2020 and 9 would be heard as 2029.
    """
    certain = expects_date(context, match.start())
    if "," in match[0] and not certain:  # ngày 22,02.2024 is a slip of the finger
        return None
    answer = say_day(context, match.start(), Day(match[1], match[3], match[5]))
    if match[2] == "/" and _may_count(match, context):
        return Guess(
            f"{context.number(match[1])} tháng {context.numerals.month(int(match[3]))} năm {context.number(match[5])}",
            _NUMBERED,
        )
    if match[6]:
        link = " đến " if "-" in match[6] and _is_moment_range(match, context) else ", "
        return f"{answer}{link}" if isinstance(answer, str) else Guess(f"{answer.spoken}{link}", answer.why)
    months = match[2].strip() == "-" and match[4].strip() == "/" and int(match[1]) < int(match[3]) <= 12
    if months and isinstance(answer, str) and not certain:
        return Guess(answer, Message("this could be a day or a row of months"))
    return answer


_OF_DAY = pattern(r"\d{1,2} ?(?:giờ|[:hHgG]) ?(?:\d\d)?(?: ?(?:phút|ph|p|'))?,? (?:ngày |\d{1,2}[./-]\d)")


def _is_moment_range(match: re.Match[str], context: Context) -> bool:
    """Whether a second day and hour follow: 8h00 ngày 15/6/2021 - 17h00 ngày 20/6: from the one to the other"""
    begun = context.previous.kind is Kind.TIME and context.text[context.previous.end : match.start()].strip(" ,") in (
        "",
        "ngày",
    )
    return begun and _OF_DAY.match(context.text, match.end()) is not None


@rule(rf"{YEAR}-(\d{{2}})-(\d{{2}})(?!\d)")
def iso_date(match: re.Match[str], context: Context) -> Answer:
    """Date with the year first: 2021-07-05"""
    return say_day(context, match.start(), Day(match[3], match[2], match[1]))


@rule(rf"(\d{{1,2}}) ?([./-]) ?(\d{{1,2}}) ?\2 ?(\d{{2}}){END}(?! ?(?:[hHgG](?![^\W\d_])|%))")
def date_with_short_year(match: re.Match[str], context: Context) -> Answer:
    """Date with two digits of a year: ngày 15/4/24: the century is a guess"""
    born = match[4] > "25" and " sinh" in context.before(match.start()) and not _is_of_baby(match[4], context)
    day = Day(match[1], match[3], f"19{match[4]}" if born else match[4])
    at = match.start()
    meant = expects_date(context, at) or may_be_date(context, at, match.end()) or is_padded(match)
    if not day.possible() or not meant:
        return None
    words = as_day(context, match.start(), day.words(context.numerals), of_year=True)
    return Guess(words, Message("the century of this year is a guess"))


def _is_of_baby(year: str, context: Context) -> bool:
    """Whether a year of birth is of this century: the text has it in full, and tells of babies and not of old people"""
    told = context.memory.count_words(_BABIES) and not context.memory.count_words(_AGED)
    return bool(told) and re.search(rf"(?<!\d)20{year}(?!\d)", context.text) is not None


_BABIES = ("tiêm chủng", "tiêm", "trẻ", "bé", "sơ sinh", "khai sinh", "mầm non", "nhà trẻ", "vắc xin", "cháu")
_AGED = ("cụ", "người cao tuổi", "nct", "mừng thọ", "chúc thọ", "thượng thọ", "đại thọ")


@rule(r"[½¼¾]", starts="sign", only_after=_TURNED)
def date_as_fraction(match: re.Match[str], context: Context) -> Answer:
    """A date that became a fraction: tối ¼: 1/4, which the word processor took for a quarter"""
    day = Day(*{"½": "12", "¼": "14", "¾": "34"}[match[0]])
    return say_day(context, match.start(), day)


@rule(r"(\d{1,2})(?: ?- ?(\d{1,2}))? ?[/-] ?([Gg]iêng|[Cc]hạp)(?![^\W\d_])")
def day_of_named_month(match: re.Match[str], context: Context) -> str:
    """Day of a month that has a name: ngày 8/Giêng -> mùng tám tháng Giêng; ngày 12-13/Giêng"""
    until = f" đến {context.number(match[2])}" if match[2] else ""
    return as_day(context, match.start(), f"{day_words(int(match[1]), context.numerals)}{until} tháng {match[3]}")


@rule(rf"(\d{{1,2}})[/.-](I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})[/.-]{_ANY_YEAR}{END}")
def date_with_roman_month(match: re.Match[str], context: Context) -> Answer:
    """Date with a Roman month: ngày 7/IX/2025"""
    return say_day(context, match.start(), Day(match[1], str(roman(match[2])), match[3]))


@rule(r"(\d{1,2})(?= tháng " + MONTH + ")")
def day_before_month(match: re.Match[str], context: Context) -> Answer:
    """Day before “tháng”: ngày 4 tháng 3 -> mùng bốn; ngày 25 tháng 11 - 05 tháng 12"""
    until = re.search(r"tháng \d{1,2} ?- ?$", context.text[max(0, match.start() - 14) : match.start()])
    words = day_words(int(match[1]), context.numerals)
    if until or context.is_after(match.start(), (" ngày", *SINCE)):
        return words
    behind_weekday = _BEHIND_WEEKDAY.search(context.before(match.start()))
    if context.is_after(match.start(), (" giải thưởng", " giải", " giải báo chí")):  # Giải thưởng 15 tháng 10
        return None
    if numbered := _numbered_thing(match, context):
        return numbered if isinstance(numbered, Guess) else None
    whole = behind_weekday or _MONTH_AND_YEAR.match(context.text, match.end())  # thứ bảy, 07 tháng 3 năm 2026
    return as_day(context, match.start(), words) if whole and 0 < int(match[1]) <= _LONGEST_MONTH else None


_LONGEST_MONTH = 31
_BEHIND_WEEKDAY = pattern(r" (?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|cn|t[2-7])[,.]?$")
_MONTH_AND_YEAR = pattern(r" tháng \d{1,2} năm (?:19|20)\d\d(?!\d)")

_TURNS = "tuần|đợt|kỳ|kì|học kỳ|học kì|lần|vòng|lượt|buổi|quý|giai đoạn|mũi|liều|bước|mẻ|vụ|tua|chuyến"
_THINGS = (
    "khóa|khoá|ca|kíp|tổ|thôn|xóm|ấp|bản|khu|khu phố|số|lớp|nhóm|đội|bài|phần|cụm|trạm|phường|quận|lô|tập|chương|tiết|"
    "trang|mục|khối|hạng|loại|điểm|chốt|bàn|phòng|tầng|chuyên đề|thứ"
)
_MOST_TURNS = 5
_ROW = r"(?:(?:thứ )?\d{1,2}(?:, ?| và | ?[&+] ?| hoặc )){0,4}"
_TURN = pattern(rf"(?<!\w)(?:{_TURNS})(?: thứ)? {_ROW}$")
_THING = pattern(rf"(?<!\w)(?:{_THINGS})(?: thứ)? {_ROW}$")
_MEETING = pattern(r"(?<!\w)(?:phiên|họp|trực) $")
_NUMBERED = Message("a day of the month, or the number of what stands before")


def _numbered_thing(match: re.Match[str], context: Context) -> Guess | bool:
    """Whether it is the number of what stands before: tuần 1 tháng 12 năm 2026; phiên 2 tháng 12 may be"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()].lower()
    turn, number = _TURN.search(ahead), int(match[1])
    if turn and number > _MOST_TURNS:  # đợt 20 tháng 12: hardly the twentieth
        return Guess(as_day(context, match.start(), day_words(number, context.numerals)), _NUMBERED)
    if "," in (_THING.search(ahead) or " ")[0] or _MEETING.search(ahead):  # tổ 1, 2 tháng 12 năm 2026
        return Guess(context.number(match[1]), _NUMBERED)
    return bool(turn or _THING.search(ahead))


def _may_count(match: re.Match[str], context: Context) -> bool:
    """Whether a week or a turn of a month may be meant: lịch tuần 1/12/2026"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()].lower()
    return int(match[1]) <= _MOST_TURNS and ahead.endswith(("tuần ", "đợt ", "kỳ ", "kì ")) and "-" not in match[0]
