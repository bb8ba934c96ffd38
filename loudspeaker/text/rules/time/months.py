"""Months and years: tháng 7/2026, T10/2026, tháng 3-4, quý III/2026, giai đoạn 2021-2025."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...reasons import DATE_OR_NUMBER, DATE_OR_NUMBERS, UNKNOWN
from ...rule import Answer, Guess, RuleMaker
from .calendar_words import END, YEAR, follows_date
from .monthly_counts import counts_each_month, is_whole_month, may_count

rule = RuleMaker(Kind.MONTH)

_COUNTED = words_after("hộ|người|khẩu|học sinh|cử tri|đảng viên|hội viên|thôn|trẻ|lượt|hồ sơ|ha|em|phụ nữ")
_THIS_YEAR = words_after("năm|tới|vừa qua|âm lịch|dương lịch|hằng năm|hàng năm")
_DECREE = pattern(r" (?:nđ|nghị định|tt|thông tư)(?: số)? \d[^;:]*(?:sđ|bs|sửa đổi|bổ sung|và)(?: bs| bổ sung)?$")
_COLLECTED = words_before("phí|tiền rác|tiền nước|tiền điện|phí rác|thu|nộp|quỹ|vệ sinh|thuế|hết|kỳ|trong")
_QUARTERLY = ("tờ khai", "kê khai", "theo quý", "hằng quý", "hàng quý", "mỗi quý", "từng quý")
_FIRST_DAYS = pattern(r" (?:mùng|mồng|ngày) [\d, và-]*$")
_COUNTING = words_before(
    "mùng|mồng|ngày|tháng|năm|lần|lần thứ|thứ|số|cả|suốt|trong|qua|hơn|gần|được|mấy|ăn|đợt|các ngày|những ngày|và"
)
_SINCE = words_before("từ|đến|tới|hết|trước|sau|vào|cuối|đầu|giữa|kể từ|tính đến|quý|năm")


@rule(rf"(\d{{1,2}}) ?[./] ?{YEAR} ?- ?(\d{{1,2}}) ?[./] ?{YEAR}{END}")
def months_of_years(match: re.Match[str], context: Context) -> Answer:
    """Two months with their years: tháng 12/2025-1/2026"""
    first, last = int(match[1]), int(match[3])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    cued = context.adjoins(match.start(), (" tháng",))
    named = "" if cued else "tháng "
    numerals = context.numerals
    begin = f"{named}{numerals.month(first)} năm {context.number(match[2])}"
    return f"{begin} đến tháng {numerals.month(last)} năm {context.number(match[4])}"


@rule(rf"(\d{{1,2}}(?:, ?\d{{1,2}})+) ?[./] ?{YEAR}{END}", only_after=(" tháng", " quý"))
def months_in_list(match: re.Match[str], context: Context) -> Answer:
    """Several months or quarters of a year: tháng 5,6,7/2026; quý 1, 2/2026"""
    words = context.before(match.start())
    say = context.numerals.month if words.endswith(" tháng") else context.numerals.cardinal
    numbers = ", ".join(say(int(number)) for number in re.findall(r"\d+", match[1]))
    return f"{numbers} năm {context.number(match[2])}"


@rule(rf"(\d{{1,2}}) ?([-+&,]|và) ?(\d{{1,2}}) ?[./-] ?{YEAR}{END}", only_after=(" tháng", " quý"))
def months_of_year(match: re.Match[str], context: Context) -> Answer:
    """Two months of a year: tháng 6-7/2026 -> tháng sáu đến tháng bảy năm …"""
    first, last = int(match[1]), int(match[3])
    quarters = context.adjoins(match.start(), (" quý",))
    link = "đến" if match[2] == "-" else "và" if quarters else "và tháng"
    if not 1 <= first < last <= 12:
        return None
    numerals = context.numerals
    if last == 5 and link == "đến":  # “đến năm năm” is heard as a year
        link = "đến tháng"
    named = "tháng " if context.char(match.start() - 1) == "(" else ""  # 2 tháng (3-4/2025)
    return f"{named}{numerals.month(first)} {link} {numerals.month(last)} năm {numerals.cardinal(int(match[4]))}"


@rule(
    r"(\d{1,2})(?: ?- ?|( và ))(\d{1,2})(?!\d|[.,/-]\d| tháng| ?(?:h|g|giờ)(?![^\W\d_])|:\d)",
    only_after=(" tháng", " các tháng"),
    unless_before=("lần", "đợt", "buổi"),
)
def months(match: re.Match[str], context: Context) -> Answer:
    """Two months: tháng 3-4 -> tháng ba đến tháng tư; mỗi tháng 1-2 lần, tháng 4-5 triệu are no months"""
    at, end = match.span()
    if not 1 <= int(match[3]) <= 12 or counts_each_month(context, at, end) or may_count(context, at, end):
        return None
    if match[2] and context.after(match.end())[:1].isalnum() and not context.is_before(match.end(), _THIS_YEAR):
        return None  # tháng 3 và 4 hộ
    link = match[2] or " đến tháng "
    words = context.numerals.month(int(match[1])) + link + context.numerals.month(int(match[3]))
    return Guess(words, DATE_OR_NUMBERS) if context.is_before(match.end(), _COUNTED) else words


@rule(rf"[Tt](\d{{1,2}}) ?- ?[Tt]?(\d{{1,2}}) ?[./-] ?{YEAR}{END}", starts="word")
def short_months(match: re.Match[str], context: Context) -> Answer:
    """Two months written T: T1-T3/2026 -> tháng một đến tháng ba năm …"""
    first, last = int(match[1]), int(match[2])
    if not 1 <= first < last <= 12:
        return None
    numerals = context.numerals
    return f"tháng {numerals.month(first)} đến tháng {numerals.month(last)} năm {context.number(match[3])}"


@rule(rf"Q\.? ?([1-4]) ?[./-] ?{YEAR}{END}", starts="word")
def short_quarter(match: re.Match[str], context: Context) -> Answer:
    """Quarter written Q: Q2/2026 -> quý hai năm …"""
    return f"quý {context.number(match[1])} năm {context.number(match[2])}"


@rule(r"M(10|[1-9])(?= [Tt]ết(?!\w)|/(?:1|[Gg]iêng)(?!\d))", starts="word")
def day_of_new_year(match: re.Match[str], context: Context) -> str:
    """One of the first days of the lunar year: M4 Tết -> mùng bốn"""
    return f"mùng {context.number(match[1])}"


@rule(r"m(10|[1-9])(?![^\W_]|[./-]\d)", starts="word")
def day_of_new_year_in_a_chat(match: re.Match[str], context: Context) -> Guess | None:
    """The same in a text about the new year: mùng 3 nghỉ, m4 đi làm -> mùng bốn"""
    festive = context.memory.count_words(("tết", "mùng", "mồng"))
    return Guess(f"mùng {context.number(match[1])}", UNKNOWN) if festive else None


@rule(r"(10|[1-9])(?= [Tt]ết(?!\w| ?(?:[Tt]rung|[Đđ]oan|[Tt]rồng|[Tt]hiếu|liền|liên)))", unless_after=_COUNTING)
def day_of_new_year_in_short(match: re.Match[str], context: Context) -> str | None:
    """The same without its word: mùng 2 đóng cửa, họp lại 4 Tết -> mùng bốn; tháng 2 Tết and tổ 5 Tết are none"""
    at = match.start()
    if (
        context.after_label(at)
        or context.char(at - 1) not in ("", *" \n(,;:-")
        or _FIRST_DAYS.search(context.before(at))
    ):
        return None
    return f"mùng {context.number(match[1])}"


@rule(r"[qQ]([1-4])(?![^\W_]|[.,/-] ?\d)", starts="word")
def quarter_of_this_year(match: re.Match[str], context: Context) -> Guess | None:
    """Quarter without its year, where money is collected: tiền rác q4: 75k -> quý bốn"""
    if not (context.is_after(match.start(), _COLLECTED) or context.memory.count_words(_QUARTERLY)):
        return None
    return Guess(f"quý {context.number(match[1])}", Message("a quarter of the year, or a district"))


@rule(r"(?:thg |[Tt]h(?:\. ?)?)(?=(?:1[0-2]|[1-9])(?![\d/]))", starts="word")
def dotted_month(match: re.Match[str], context: Context) -> Answer:
    """“tháng” written th.: đầu th.9 -> tháng"""
    return "tháng "


@rule(rf"[Tt]h?\.? ?(\d{{1,2}}) ?[./-] ?{YEAR}{END}", starts="word")
def short_month_of_year(match: re.Match[str], context: Context) -> Answer:
    """Month written T, and its year: T10/2026 -> tháng mười năm …"""
    if not 1 <= int(match[1]) <= 12:
        return None
    return f"tháng {context.numerals.month(int(match[1]))} năm {context.number(match[2])}"


@rule(r"T(1[0-2]|[1-9])(?= ?(?:[.,;\n)”\"]|$))", starts="word")
def month_of_transfer(match: re.Match[str], context: Context) -> Guess | None:
    """Month at the end of what a transfer is for: nội dung: TÊN BÉ - LỚP LÁ 2 - T3 -> tháng ba"""
    ahead = context.text[max(0, match.start() - 2 * REACH) : match.start()]
    if not _TRANSFER.search(ahead):
        return None
    return Guess(f"tháng {context.numerals.month(int(match[1]))}", _MONTH_OR_WEEKDAY)


_TRANSFER = pattern(r"(?i)nội dung(?: ck| chuyển khoản| chuyển tiền)?: ?[^\n.;:]{3,60}[ -]$")
_MONTH_OR_WEEKDAY = Message("this could be a month or a day of the week")


@rule(r"T(1[0-2]|0?[1-9])/(2\d|3[0-5])(?![\d/])", starts="word")
def short_month_of_short_year(match: re.Match[str], context: Context) -> Guess:
    """Both in short: hóa đơn T9/25 -> tháng chín năm hai nghìn không trăm hai mươi lăm"""
    year = context.numerals.cardinal(2000 + int(match[2]))
    return Guess(f"tháng {context.numerals.month(int(match[1]))} năm {year}", _CENTURY)


_CENTURY = Message("the century of this year is a guess")


@rule(rf"(\d{{1,2}}) ?([./-]) ?((?:1\d|20)\d{{2}}){END}", unless_after=(" thứ",))  # lần thứ 3 - 2015
def month_of_year(match: re.Match[str], context: Context) -> Answer:
    """Month and year: tháng 7/2021; without “tháng” only with a slash"""
    month = int(match[1])
    words = context.before(match.start())
    numerals = context.numerals
    year = f"năm {numerals.cardinal(int(match[3]))}"
    if words.endswith((" quý", " đợt", " kỳ", " vụ", " tuần", " lần", " kì", " học kỳ", " khóa", " số")):
        return f"{context.number(match[1])} {year}"
    named = words.endswith((" tháng", " các tháng"))
    if not 1 <= month <= 12 or (not named and (match[2] == "." or match[3] < "1500")):
        return None
    chained = follows_date(context, match.start())
    spoken = ("" if named and not chained else "tháng ") + f"{numerals.month(month)} {year}"
    if not named and _DECREE.search(words):  # NĐ 90/2017/NĐ-CP sđ bs 04/2020
        return Guess(spoken, Message("this could be a month or two numbers"))
    if named or match[2] == "/" or chained or words.endswith(_SINCE):
        return spoken
    return Guess(spoken, Message("this could be a month or two numbers"))


_NEAR = 35  # the last two digits of a year that announcements are about


@rule(r"(\d{1,2})/(\d{2})(?![\d/])", only_after=(" tháng", " kỳ hạn"))
def month_of_short_year(match: re.Match[str], context: Context) -> Answer:
    """Month and two digits of a year: cà phê kỳ hạn 11/17 -> tháng mười một năm …; vào tháng 2/68; thu tháng 12/26"""
    named, ours = context.is_after(match.start(), " tháng"), 20 <= int(match[2]) <= _NEAR
    if (named and int(match[2]) <= _NEAR and not ours) or not 1 <= int(match[1]) <= 12:
        return None
    if named and ours and context.is_before(match.end(), _COUNTED):
        return None
    year = context.number(match[2] if named and not ours else f"20{match[2]}")
    spoken = f"{'' if named else 'tháng '}{context.numerals.month(int(match[1]))} năm {year}"
    return Guess(spoken, _CENTURY)


@rule(rf" ?/ ?{YEAR}(?![\d/])", starts="sign", only_after=(" tháng",))
def year_of_months(match: re.Match[str], context: Context) -> Answer:
    """Year behind “tháng” and a slash: trong 8 tháng/2017 -> tám tháng năm …"""
    return f" năm {context.number(match[1])}"


@rule(rf"{YEAR} ?[-/] ?{YEAR}(?![\d/-])")
def year_range(match: re.Match[str], context: Context) -> Answer:
    """Two years: giai đoạn 2021-2025, năm học 2025 - 2026; 1857/1956 hộ are a count"""
    if "/" in match[0] and context.is_before(match.end(), _COUNTED):
        return None
    return context.number_range(match[1], match[2])


@rule(rf"{YEAR}((?:, ?(?:19|20)\d{{2}}){{1,5}})(?![\d.,/-]\d|\d)")
def years_in_list(match: re.Match[str], context: Context) -> Answer:
    """Several years: sinh năm 2021,2022"""
    return ", ".join(context.number(year) for year in re.findall(r"\d{4}", match[0]))


@rule(r"((?:19|20)\d{2}) ?[/-] ?(\d{2})(?!\d|[./-]\d)")
def season(match: re.Match[str], context: Context) -> str | None:
    """School year or season: năm học 2026/27, mùa giải 2025-26 -> … đến hai nghìn không trăm hai mươi bảy"""
    first = int(match[1])
    if int(match[2]) != (first + 1) % 100 or match[2] == "12":
        return None
    return context.number_range(match[1], str(first + 1))


@rule(
    r"(\d{1,2})(?: (\d{4}))?(?!\d|[^\W_]|[.,/+]\d| ?%| ?- ?\d{1,2} (?:lần|đợt|buổi)| (?:h|giờ)(?![^\W_]))",
    only_after=(" tháng",),
)
def month(match: re.Match[str], context: Context) -> Answer:
    """Month behind “tháng”: tháng 4 -> tháng tư; mỗi tháng 4 buổi are a count"""
    at, end, number = *match.span(), int(match[1])
    listed = context.char(at - 2) == "," and context.after(end)[:1].isalpha()  # 24-60 tháng, 1 viên/lần
    if not 1 <= number <= 12 or listed or counts_each_month(context, at, end):
        return None
    if number == _SAID_OTHERWISE and may_count(context, at, end):
        said = context.numerals.month if is_whole_month(context, at) else context.numerals.cardinal
        return Guess(said(number), DATE_OR_NUMBER)
    year = f" năm {context.number(match[2])}" if match[2] else ""
    return context.numerals.month(number) + year


_SAID_OTHERWISE = 4  # tháng tư, and four of something are bốn


@rule(r"T(\d{1,2}) ?- ?T?(\d{1,2})(?![^\W_]|[./]\d)", starts="word")
def months_that_follow(match: re.Match[str], context: Context) -> str | None:
    """Months behind others that were written in full: tháng 1-3: …; T4-T6: … -> tháng tư đến tháng sáu"""
    ahead = context.text[max(0, match.start() - 2 * REACH) : match.start()]
    last = _MONTHS_AHEAD.search(ahead)
    if last is None or int(last[1]) + 1 != int(match[1]) or not int(match[1]) < int(match[2]) <= _DECEMBER:
        return None
    return f"tháng {context.numerals.month(int(match[1]))} đến tháng {context.numerals.month(int(match[2]))}"


_MONTHS_AHEAD = pattern(r"(?:[Tt]háng |(?<![^\W_])T)\d{1,2} ?- ?T?(\d{1,2})(?![\d/])[^\n/]*$")
_DECEMBER = 12
