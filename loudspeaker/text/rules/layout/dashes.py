"""Dashes: a bullet, until, a pause, minus, or part of a word; each meaning is a rule of its own."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import either_case, words_after, words_before
from ...dimensions import has_same_unit, is_measured_otherwise, is_of_other_dimension
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import NUMBER
from ...rule import Answer, Guess, RuleMaker, at_line_start
from ...syllables import LOWER, UPPER
from ..names.persons import parts_persons
from ..time.calendar_words import parts_weekdays

rule = RuleMaker(Kind.DASH)

_PARTS_OF_DAY = frozenset(("", "sáng", "trưa", "chiều", "tối", "đêm"))
_WHEN = (Kind.DATE, Kind.PERIOD, Kind.MONTH, Kind.TIME)
_HOW_MUCH = (
    Kind.MONEY,
    Kind.COORDINATE,
    Kind.TEMPERATURE,
    Kind.QUANTITY,
    Kind.RATE,
    Kind.NUMBER,
    Kind.FRACTION,
    Kind.ORDINAL,
)
_AMOUNTS = frozenset((*_WHEN, *_HOW_MUCH))
_UNIT = r"°?[A-Za-zµđĐ%‰]{1,5}[23²³]?(?![^\W_])|/"
_UNTIL = pattern(r" ?(?:(?:hiện )?nay(?!\w)|[<≤] ?\d)")  # 2020 - nay, 12-<18 tuổi
_DATED = pattern(  # not 7h30 - 11.30h
    r" ?(?:[Nn]gày \d|\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?(?:19|20)\d\d(?!\d)|\d{1,2}[/-]\d{1,2}(?![\d/-])"
    r"|\d{1,2}\.(?:0[1-9]|1[0-2]|[1-9])(?![\d.]| ?(?:h|giờ))|\d{1,2} tháng)"
)
_OF_YEAR = pattern(r" ?năm (?:19|20)\d\d(?!\d)")
_THING = pattern(rf" ([{LOWER}]{{2,7}}|[{UPPER}]{{2,7}})(?!\w)")
_SUM = pattern(r" ?\d[\d.,]* ?(?:tr|trđ|k|đ|đồng|triệu|nghìn)(?![^\W\d_])")
_SPANS = frozenset(
    ("giờ", "phút", "ngày", "tuần", "tháng", "năm", "tuổi", "đồng", "nghìn", "ngàn", "triệu", "tỷ", "độ")
)
_YEAR = pattern(r" ?(?:19|20)\d\d(?!\d|[./-]\d)")
_LABELLED = pattern(rf"(?<!\w)(?:{either_case(cue_list('labels_before_dash'))}) \d{{1,2}}$")
_SIZED = pattern(r"\d ?[xX] ?\d[\d.,]*(?: ?m[2²]?)?$")  # 15 ô 5x6 - 1tr8
_COUNTED = pattern(r"(?:^| )(?:số|lần|lần thứ|đợt|kỳ) \d{1,3}$")  # bản tin số 7 - 14h
_COLD = words_before("từ|đến|dưới|khoảng|ở|tới|xuống|là|và")
_DEGREES = pattern(  # từ - 80 độ C đến -60°C, -3 đến -4oC
    r" ?\d{1,3}(?:[.,]\d)?(?: ?(?:đến|tới|-|/|,) ?-\d{1,3}(?:[.,]\d)?)? ?(?:°|độ|[oº]C\b)"
)
_WEEKDAYS = words_before("thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|t2|t3|t4|t5|t6")
_PART_OF_LAST_DAY = pattern(r"(?:hết |sáng |trưa |chiều |tối )+(?:thứ |t[2-7]\b|chủ nhật|cn\b)")  # T2 - sáng T7
_BELOW_NOTHING = pattern(r"(?:^|[ (])-\d[\d.,]* ?(?:[^\W\d_]{1,3} )?(?:đến|tới) $")
_WEEKDAY = pattern(r" ?(?:[Tt]hứ |[Cc]hủ nhật|CN(?!\w)|T[2-7](?!\w))")
_TELEPHONE = pattern(r" ?0\d{2,4}[ .]?\d{1,4}(?:[ .]?\d)")  # Đặt vé 24/24 - 0462.82.88.11
_MEASURED = pattern(r" ?\d[\d.,]* ?(?:-|đến|°|độ|%|‰|o?C\b)")
_HOUR = pattern(
    r" ?\d{1,2}(?:[:hg]\d\d(?!\d)|[hg](?!\w)| giờ)(?!(?: ?(?:'|p|ph|phút))?,? ?(?:ngày|\d{1,2}/))"
)  # Thứ 6 - 08/11 - 14:30
_OWN = pattern(
    r" \d{1,2}(?:[hHgG:]| giờ)| \d[\d.,]* ?(?:k|tr|triệu|nghìn|đ|đồng)(?!\w)| \d{1,2}/\d{1,2}(?![\d/])"
)  # tổ 4 - 19h; thôn 3 - 12 triệu
_ON_DAY = pattern(r" ngày \d{1,2}(?:[/.-]\d| tháng)")
MILESTONE = pattern(r" ?[Kk][Mm] ?\d")
_NUMBERED = r" ?\(?(?:\d|(?:tháng|ngày|thứ|tuần|quý|năm|lớp|cấp|mùng|gần|trên|hơn|dưới) \d|t\d{1,2}/\d)"
_MOMENT = pattern(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?,? \d{1,2}[:hg]\d\d ?$")  # 03/12/2026 08:00 - 03/12/2026 16:00
_MOMENT_NEXT = pattern(r" ?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?,? \d{1,2}[:hg]\d\d")
_HOUR_OF_DAY = pattern(
    r"\d ?(?:h|g|giờ) ?(?:\d\d )?(?:sáng |chiều |tối |đêm )?(?:hôm (?:qua|nay|trước|kia)|ngày mai|nay) $"
)
_HOUR_OF_NEXT = pattern(  # 7h hôm qua - 7h hôm nay
    r" \d{1,2} ?(?:h|g|giờ) ?(?:\d\d )?(?:sáng |chiều |tối |đêm )?(?:hôm (?:nay|sau)|ngày mai|mai)(?!\w)"
)
_FROM = pattern(r"\btừ ((?:[^\W\d_]+ ){1,4})\d{1,3}(?:/\d{1,2}(?:/\d{4})?)? ?$")
_TO = pattern(r" {0,2}((?:[^\W\d_]+ ){1,4})\d")
_DAYS = frozenset(("ngày", "mùng", "mồng", "sáng", "trưa", "chiều", "tối", "đêm", "hôm", "thứ", "rằm"))
_MONTHS = words_before("tháng giêng|tháng hai|tháng ba|tháng tư|tháng sáu|tháng bảy|tháng tám|tháng chín|tháng mười")
_LAST_MONTHS = words_after("hai|ba|tư|năm|sáu|bảy|tám|chín|mười|một|chạp")
_LAST_DAYS = words_after("thứ |chủ nhật|cn|sáu|bảy")
_OFFICE = pattern(rf" (?:{cue_list('officers')}|(?!Nam|Bắc|Đông|Tây)[{UPPER}][{LOWER}]+ [{LOWER}])")
_OWN_NAME = pattern(rf"(?<!\w)(?:họ|ông|bà|anh|chị|cô|chú|bác|cụ|thầy) [{UPPER}][{LOWER}]{{0,6}} $")
_LABEL_BEHIND = pattern(r" [^\W\d_][^\d:.,;()\n]{1,20}: ?\S")
_SHORT_FORM = pattern(r" [A-ZĐ]{2}")
_PER_CENT = pattern(r" ?\d{1,3}(?:[.,]\d{1,2})? ?%")
_ROW = (
    r"((?i:ngõ|hẻm|bộ|cỡ|bậc|tầng|kênh|ô|ngách|cột|số nhà|nhà số|số|lô|tuần|khối|tiết|trang|phòng|câu|vị trí|"
    r"kp|tdp|kdc|sân|bàn|dãy|nhóm) "
    r"|[Pp]\.? ?)(\d{1,3})"
)
_FIRST_OF_ROW, _LAST_OF_ROW = pattern(rf"(?<!\w){_ROW} ?$"), pattern(rf" ?{_ROW}(?!\w|/|\.\d)")  # ngõ 1 - ngõ 17
_DASH = r"-{1,200}"


@rule(_DASH, starts="sign", only_if=at_line_start)
def bullet(match: re.Match[str], context: Context) -> Answer:
    """A dash at the beginning of a line: - Đón tiếp đại biểu -> nothing"""
    before, after = context.char(match.start() - 1), context.char(match.end())
    return "" if before != "-" and not after.isdecimal() else None


@rule(_DASH, starts="sign")
def subtraction(match: re.Match[str], context: Context) -> str | None:
    """A dash between two amounts whose difference is told: 245.000.000 - 213.000.000 = 32.000.000đ -> trừ"""
    reckoned = _SUBTRAHEND.match(context.text, match.end()) and stands_after_amount(context, match.start())
    return " trừ " if reckoned else None


_SUBTRAHEND = pattern(rf" ?{NUMBER} ?(?:[^\W\d_]{{1,6}})? ?= ?\*{{0,2}}\d")


@rule(_DASH, starts="sign")
def dash_between_dimensions(match: re.Match[str], context: Context) -> str | None:
    """A dash between two amounts that measure different things: 3h30 - 1m66, 50k - 19h30, 7h30 - 40 người"""
    gap = context.text[context.previous.end : match.start()].strip()
    return "," if gap in _PARTS_OF_DAY and is_of_other_dimension(context, match.end()) else None


@rule(_DASH, starts="sign")
def range_dash(match: re.Match[str], context: Context) -> Answer:
    """A dash that means “until”: BN3153- BN3164; 2020 - nay, 12-<18 tuổi; Km34 - Km35; thứ hai - thứ sáu"""
    start, end = match.span()
    rising = do_codes_rise(context, start, end)
    onwards = (_UNTIL.match(context.text, end) or context.text.startswith(" hết ", end)) and stands_after_amount(
        context, start
    )
    along = context.previous.spoken.startswith("ki lô mét") and MILESTONE.match(context.text, end)
    weekdays = context.is_after(start, _WEEKDAYS) and (
        context.is_before(end, _LAST_DAYS) or _PART_OF_LAST_DAY.match(context.after(end)) is not None
    )
    months = context.is_after(start, _MONTHS) and context.is_before(end, _LAST_MONTHS)
    alike = are_ends_alike(context.text[max(0, start - REACH) : start].lower(), context.text[end : end + REACH].lower())
    hours = _HOUR_OF_DAY.search(context.text[max(0, start - 24) : start]) and _HOUR_OF_NEXT.match(context.text, end)
    moments = hours or (
        _MOMENT.search(context.text[max(0, start - 22) : start]) and _MOMENT_NEXT.match(context.text, end)
    )
    days = parts_weekdays(context, start, end)
    until = (moments, rising, onwards, along, weekdays, months, alike, days, do_numbers_rise(context, start, end))
    return " đến " if any(until) else None


# What makes the number behind a dash a thing of its own, by the kind of what was read before it.
_OTHER_THING = {
    Kind.TIME: (_DATED, _WEEKDAY),  # 09:09 - 12/01/2021
    Kind.DATE: (_HOUR,),
    Kind.ORDINAL: (_DATED,),  # Thứ 6 - 08/11
}


@rule(_DASH, starts="sign")
def pause_dash(match: re.Match[str], context: Context) -> Answer:
    """A dash between two things.

    09:09 - 12/01/2021; 0912… - 0987…; lần thứ 12 - 2024; đợt 2 - năm 2014: two things, no range
    """
    start, end = match.span()
    if (context.follows(Kind.PHONE, start) and context.char(end).isdecimal()) or _TELEPHONE.match(context.text, end):
        return ";"  # groups have commas: the border of two numbers must be heard
    return "," if _ends_thing(context, start, end) or _begins_thing(context, start, end) else None


def _ends_thing(context: Context, start: int, end: int) -> bool:
    """Whether what was read before the dash is complete: lần thứ 12 - 2024; 106 độ 30 phút bắc - …"""
    last = context.previous
    if last.kind in (Kind.ORDINAL, Kind.ROMAN) and _YEAR.match(context.text, end):
        return True
    if last.end <= start - 2:
        return False
    if last.spoken.endswith(("phút bắc", "giây bắc")):
        return True
    return any(thing.match(context.text, end) for thing in _OTHER_THING.get(last.kind, ()))


def _begins_thing(context: Context, start: int, end: int) -> bool:
    """Whether what stands behind the dash is a thing of its own: tổ 4 - 19h; đợt 2 - năm 2014"""
    if _OF_YEAR.match(context.text, end) and not re.search(r"\d{4} ?$", context.text[max(0, start - 5) : start]):
        return True
    ahead = context.text[max(0, start - 14) : start].rstrip()
    labelled = _LABELLED.search(ahead) or _COUNTED.search(ahead) or _SIZED.search(ahead)
    return labelled is not None and _OWN.match(context.text, end) is not None


_HOURS_OF = frozenset(("giờ", "tiếng", "rưỡi", "sáng", "trưa", "chiều", "tối", "đêm", "từ", "đến", "tới", "lúc"))
_HOUR_NEXT = pattern(r" ?\d{1,2}(?::[0-5]\d(?!\d)|[hHg](?:[0-5]\d)?(?!\w)| giờ)")
_FEW_HOURS = pattern(r" ?[1-6] ?(?:h|giờ|tiếng)(?!\w|:\d| ?\d| (?:sáng|chiều|tối|đêm))")  # as long as minutes go on to
_AMOUNT = pattern(rf" ?({NUMBER}) ?({_UNIT})?")


@rule(_DASH, starts="sign", only_after=_COLD)
def minus_before_degrees(match: re.Match[str], context: Context) -> Answer:
    """A dash with a blank before degrees: từ - 80 độ C đến -60°C -> âm tám mươi độ xê …; rút -20 đến -30cm"""
    last = _BELOW_NOTHING.search(context.text[max(0, match.start() - 16) : match.start()])
    return "âm " if _DEGREES.match(context.text, match.end()) or last else None


@rule(_DASH, starts="sign")
def dash_between_amounts(match: re.Match[str], context: Context) -> Answer:
    """A dash between two amounts: 6 tháng - 5 tuổi -> đến; 180kVA-22/0,4kV are two things"""
    start, end = match.span()
    counting = re.match(_NUMBERED, context.text[end : end + 9].lower())
    unit = (
        context.text[context.previous.start : context.previous.end] if context.previous.kind is Kind.QUANTITY else "0"
    )
    bare = not re.search(r"\d", unit)  # kg - 14.500
    if not counting or bare or not stands_after_amount(context, start):
        return None
    if context.previous.kind not in _WHEN and context.previous.end < start - 1 and _ON_DAY.match(context.text, end):
        return ","  # Cách nay 3 hôm - ngày 8/1
    if _tells_how_long(context, end):
        return ","
    if context.char(end) != " " and _SIGNED.search(context.text, max(0, start - 16), start):  # quỹ +5tr -2tr
        return Guess("âm ", _BELOW_OR_DASH)
    if _counts_the_same(context, end) and not _is_share(context, start, end):
        return " đến "
    return "," if context.char(start - 1) == context.char(end) == " " else " "  # 4 KHÔNG - 2 PHẢI


def _tells_how_long(context: Context, end: int) -> bool:
    """Whether how long something lasts stands behind an hour: 8h - 90 phút, 5h - 3 tiếng; 2h - 3 tiếng is a range"""
    clock = _CLOCK.fullmatch(context.text[context.previous.start : context.previous.end])
    lasts = _LASTS.match(context.text, end)
    if context.previous.kind is not Kind.TIME or clock is None or lasts is None:
        return False
    return clock["minute"] is not None or lasts["unit"] != "tiếng" or int(lasts["number"]) < int(clock["hour"])


_LASTS = pattern(r" (?P<number>\d{1,3}) ?(?P<unit>tiếng|phút|p|')(?![^\W_])")
_CLOCK = pattern(r"(?P<hour>\d{1,2}) ?[hg:](?P<minute>[0-5]\d)?")


def _is_share(context: Context, start: int, end: int) -> bool:
    """Whether per cent stand behind something counted: 64/80 con - 80%"""
    return context.char(start - 2).isalpha() and _PER_CENT.match(context.text, end) is not None


@rule(_DASH + r"(?= ?\d)", starts="sign")
def minus_sign(match: re.Match[str], context: Context) -> Answer:
    """A dash right before a number: lạnh -5°C -> âm năm độ xê; Covid -19 and Mậu Tuất -2018 are no minus"""
    start, end = match.span()
    if context.is_after(start, " covid"):
        return ""
    if not context.char(end).isdecimal() or context.char(start - 1) not in ("", *' \n("“'):
        return None
    if context.begins_line(start) and _DOWN_TO.match(context.text, end):  # -3 đến -4%
        return "âm "
    if context.begins_line(start) and not _DEGREES.match(context.text, end):  # -14 giờ, họp: a bullet
        return Guess("âm ", _BELOW_OR_DASH) if _FROM_BELOW.match(context.text, end) else ""
    year = _YEAR.match(context.text, end)
    if year or context.is_after(start, (" bắc", " nam")):
        return ""
    return "âm " if _MEASURED.match(context.text, end) else Guess("âm ", _BELOW_OR_DASH)


_FROM_BELOW = pattern(r"[1-9](?:,\d)? ?(?:đến|tới) ?-?\d[\d.,]* ?(?:°|độ|[oº]C\b)")  # -1 đến 2 độ C, or a bullet
_DOWN_TO = pattern(r"\d[\d.,]* ?[^\W\d_]{0,3} ?(?:đến|tới) -\d")
_SIGNED = pattern(r"\+ ?\d[\d.,]*[^\d\n+]{0,8} $")
_BELOW_OR_DASH = Message("below nothing, or a dash")


@rule(_DASH, starts="sign")
def dash_between_words(match: re.Match[str], context: Context) -> Answer:
    """A dash between words: Lưu ý - mang theo -> a comma; Sa-pa keeps it"""
    start, end = match.span()
    return _link_words(context, start, end, context.char(start - 1), context.char(end))


def are_ends_alike(before: str, behind: str) -> bool:
    """Whether the same kind of thing stands on both sides.

    từ tổ 1 - tổ 6, từ mồng 9 - mồng 11, từ chiều tối 15 - đêm 16/12: the same kind of thing on both sides
    """
    first, last = _FROM.search(before), _TO.match(behind)
    if first is None or last is None:
        return False
    one, other = first[1].split(), last[1].split()
    return one == other or bool(_DAYS & set(one) and _DAYS & set(other))


def do_numbers_rise(context: Context, start: int, end: int) -> bool:
    """Whether a thing with a number and a later one stand on both sides: ngõ 1 - ngõ 17"""
    first = _FIRST_OF_ROW.search(context.text[max(0, start - 14) : start])
    last = _LAST_OF_ROW.match(context.text, end)
    if first is None or last is None:
        return False
    return first[1].lower() == last[1].lower() and int(first[2]) < int(last[2])


def do_codes_rise(context: Context, start: int, end: int) -> bool:
    """Whether a code and a higher one stand on both sides.

    BN3153- BN3164, lớp 1A1 - 1A5: a rising number behind the same letters
    """
    first = re.search(r"(?<!\w)(\d{0,2}[A-ZĐ]{1,4}-?)(\d{1,5}) ?$", context.text[max(0, start - 12) : start])
    last = re.match(r" ?(\d{0,2}[A-ZĐ]{1,4}-?)?(\d{1,5})(?!\w|[/.]\d)", context.text[end : end + 12])
    if first and last and last[1] is None:  # M12-15
        alike = len(first[1]) == 1 and len(first[2]) == len(last[2]) == 2 and first[2][0] != "0"  # not LK05-12
        tight = context.char(end).isdecimal() and not context.after_variety(start - len(first[0]))
        return alike and tight and int(first[2]) < int(last[2])
    if first is None or last is None or first[1] != last[1]:
        return _do_classes_rise(context, start, end)
    chained = context.text.startswith("-", end + last.end()) or context.char(start - len(first[0].rstrip()) - 1) == "-"
    return int(first[2]) < int(last[2]) and not chained  # N0-N3-N7 are three


def _do_classes_rise(context: Context, start: int, end: int) -> bool:
    """Whether a class or a post and a later one stand on both sides: các lớp 6A-6D, cột 1A - 1D"""
    first = re.search(r"(?:(lớp)|(?<!\w)[^\W\d_]+) (\d{1,2})([A-Z]) ?$", context.text[max(0, start - 16) : start])
    last = re.match(r" ?(\d{1,2})([A-Z])(?!\w)", context.text[end : end + 6])
    if first is None or last is None or first[2] != last[1]:
        return False
    return ord(last[2]) - ord(first[3]) >= (1 if first[1] else 2)  # lớp 6A - 6B; khối 10A - 10B may meet


def stands_after_amount(context: Context, at: int) -> bool:
    """Whether a number of some kind has just been read, with at most its noun between."""
    gap = context.text[context.previous.end : at] if at - context.previous.end < 14 else "?"
    counted = context.previous.kind in _AMOUNTS and context.previous.end > 0
    return counted and re.fullmatch(r"[“”\"]? ?(?:(?:tháng )?[^\W\d_]{1,6} ?)?", gap) is not None


_SCALES = frozenset(("nghìn", "ngàn", "triệu", "tỷ", "tỉ"))  # từ 50 ngàn - 1 triệu đồng


def _counts_the_same(context: Context, end: int) -> bool:
    """Whether the number behind a dash counts the same thing: 15cm-25cm; not 180kVA-22/0,4kV, 3h30 - 1m66"""
    following = _AMOUNT.match(context.text[end : end + REACH])
    if following is None:
        return True
    last = context.previous
    if last.kind is Kind.NUMBER:  # phong trào 3 sạch - 5 không
        first, second = _THING.match(context.text, last.end), _THING.match(context.text, end + following.end(1))
        if first and _is_of_another(first[1], context, end):
            return False
        if first and second:
            return first[1] == second[1] or not _SPANS.isdisjoint((first[1], second[1]))
    if following[2] and _LABELLED.search(context.text[max(0, last.end - 12) : last.end]):
        return False  # thôn 4 - 120.000đ
    return last.kind is not Kind.QUANTITY or has_same_unit(context, end, following)


def _is_of_another(thing: str, context: Context, end: int) -> bool:
    """Whether money, an hour or another measure stands behind a count: 7 hộ - 43tr2, 35 xe - 7:30, 3 tuổi - 250kg"""
    longer = thing == "phút" and _FEW_HOURS.match(context.text, end)  # 30 phút - 4 giờ is how long it takes
    hour = thing not in _HOURS_OF and not longer and _HOUR_NEXT.match(context.text, end)
    other = thing in _SPANS and is_measured_otherwise(thing, context, end)
    return bool(hour or other or (thing not in _SCALES and _SUM.match(context.text, end)))


def _link_words(context: Context, start: int, end: int, before: str, after: str) -> str:
    """What is said for a dash between words: a blank, a comma, nothing, or itself"""
    if before.isalpha() and after.isalpha():
        return " " if after.isupper() else "-"
    if before == " " and after == " ":
        return "" if context.char(start - 2) in ":;,." else _pause(context, start, end)
    return " " if before.isalnum() or after.isalnum() else ""


def _pause(context: Context, start: int, end: int) -> str:
    """A comma between two phrases, nothing between two names.

    Lưu ý - mang theo -> a comma; two names that are one, nothing; three are the stops of a way.
    """
    if _OWN_NAME.search(context.text[max(0, start - 16) : start]):  # nhà thờ họ Dương - Hải Đông
        return ","
    return "" if _is_double_name(context, start, end) and not _is_one_of_several(context, start, end) else ","


def _is_one_of_several(context: Context, start: int, end: int) -> bool:
    """Whether another dash stands in the same phrase: KCN - Quỳnh Côi - An Bài"""
    ahead = _PHRASE_END.split(context.text[max(0, start - 2 * REACH) : start])[-1]
    behind = _PHRASE_END.split(context.text[end : end + 2 * REACH])[0]
    return " - " in ahead or " - " in behind


_PHRASE_END = pattern(r"[,.;:()\n\d]")


def _is_double_name(context: Context, start: int, end: int) -> bool:
    """Whether two names make one: Bà Rịa - Vũng Tàu"""
    previous = re.search(r"([^\W\d_]+) $", context.text[max(0, start - 10) : start])
    named = previous is not None and previous[1].istitle() and context.char(end + 1).isupper()
    other = _OFFICE.match(context.text, end) or _SHORT_FORM.match(context.text, end)  # Hà Trung - QL1A
    person = parts_persons(context, start, end)
    label = _LABEL_BEHIND.match(context.text, end)  # Khuất Văn Tòng - Mã KH: 0310225
    return named and not (other or person or label)  # Lê Văn Thắng - Phó Bí thư
