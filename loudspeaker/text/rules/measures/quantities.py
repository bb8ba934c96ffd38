"""Numbers with a unit, alone or as a range: 25-28°C, 56tạ, 120m2, 1m65, 41, 7%. The units are in a table."""

from __future__ import annotations

import re
from collections.abc import Callable

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...numerals import NUMBER
from ...reasons import APART, COMMA
from ...rule import Answer, Guess, RuleMaker, in_brackets, near_number

rule = RuleMaker(Kind.QUANTITY)
_UNIT = r"(°?[A-Za-zµđĐ%‰$€£¥₹°]{1,6}[23²³]?)"
_NAMED = words_before("lớp|tổ|tổ máy|khối|nhà|quốc lộ|đường|tỉnh lộ|ql|tl|khu|phòng|bảng|hạng|nhóm|mẫu")
_PLACES = words_before(cue_list("villages_with_number"))  # ấp 3 đến 15g is no range
_SCALES = words_before("triệu|nghìn|ngàn|tỷ|tỉ|trăm|vạn|vài|mấy|mỗi|một|hàng trăm|hàng nghìn")
_SIDES = pattern(r" ?x ?\d(?![\d.,]* ?%)")  # 1m2 x 2m4
_LENGTHS = words_before(
    "dài|cao|sâu|ngang|dày|đường kính|bán kính|chu vi|độ cao|độ sâu|chiều rộng|bề rộng|"
    "tuýp|bóng tuýp|bóng đèn|đèn tuýp|khổ|cọc|que|gậy|bóng"
)
_LEVELS = words_before(
    "nước ròng|nước lớn|chân triều|đỉnh triều|đỉnh sáng|đỉnh chiều|triều|"
    "ngập|dâng|nước lên|lũ lên|rút|nước xuống|mực nước|triều lên|hạ|thấp|lún|tuyết dày|nước cao|đỉnh"
)
_DEEPEST = 10  # metres of water in a street or a field
_ABOUT = pattern(
    r" (?:từ|khoảng|gần|hơn|trên|dưới|tới|đến|chừng|không quá|quá|không dưới|chỉ|tối thiểu|tối đa|ít nhất)$"
)
_OTHER = pattern(r" ?(?:x|-|đến|tới) ?\d{1,2}(?:,\d)? ?m(?![\w²³]|[23](?!\d))|(?: ?- ?| đến | tới )\d{1,2}m[014-9]")
_FROM_SIDE = pattern(r" (?:từ )?\d{1,3}(?:cm|m|,\d ?m)?[014-9]?(?: đến| tới| ?-|)$")  # cao từ 2m đến 2m2
_OTHER_SIDE = pattern(r"\b(?:dài|cao|sâu|dày)(?: khoảng| gần| hơn)? \d")
_STRIPS = pattern(r"\b(?:đường|mương|kênh|cống|cầu|rãnh|ngõ|vỉa hè|lòng|mặt|cửa|hào|bờ|đê|cổng)(?: \S+){0,3} rộng$")
_TALL = pattern(
    r" (?:te(?: ?<)?|(?:vé|trẻ|te|bé|free|miễn phí)[^.;]{0,20} (?:dưới|<)|cao|sâu|trẻ(?: em)?(?: dưới| từ| trên)?)$"
)
_IN_CALENDAR = words_before("ngày|mùng|mồng|tháng|th|tết|năm")
_REGIONAL = words_after("bỏ phiếu|bầu cử|dân cư|biên giới|phòng thủ|sạt lở")
_FAR = frozenset(("m", "g", "l", "h", "°", "%", "‰", "$", "€", "£", "¥", "₹"))  # one-letter units that may stand apart
_PER_LAND = pattern(r" ?/ ?(?:ha|sào|công|mẫu|m2|cây|gốc|bình)(?!\w)")
_NEVER = frozenset(("A", "K", "M"))  # letters that are names rather than units
_MEASURED = {  # what is spoken of where a letter that stands apart is a unit all the same: dòng điện 20 A, dài 50 M
    "A": pattern(r" (?:dòng|dòng điện|ap?tomat|áp ?tô ?mát|át|cầu chì|cầu dao|cường độ|công tơ|sạc)(?: |$)"),
    "V": pattern(r" (?:điện|điện áp|điện thế|nguồn|pin|ắc quy|acquy|bình|máy|đèn|quạt|xung|sạc)(?: |$)"),
    "W": pattern(r" (?:công suất|đèn|bóng|led|quạt|máy|loa|pin|sạc|tải|điện|âm ly|amply)(?: |$)"),
    "M": pattern(r" (?:dài|rộng|cao|sâu|bán kính|hành lang|đường kính|cách|chạy|mặt tiền|ngang)(?: |$)| x$"),
    "L": pattern(r" (?:can|thùng|bình|chai|xô|bồn|dung tích|xăng|dầu|nước|tủ lạnh|nồi)(?: |$)"),
}
_PLANTED = ("trồng cây", "trồng rừng", "cây giống", "keo", "cà phê", "hồ tiêu", "sầu riêng", "mật độ trồng", "hố")
_HEADS_OR_PLANTS = Message("heads, or plants")
_PILLS = Message("this could be pills or volts")
_VOLTS = frozenset(("12", "24", "110", "220", "380"))
# Letters that are units elsewhere, and where they are none.
_NO_UNIT: dict[str, Callable[[re.Match[str], Context], bool]] = {
    "KV": lambda match, context: match[3] != "" and context.is_before(match.end(), _REGIONAL),  # 3 KV bỏ phiếu
    "đ": lambda match, context: len(match[1]) < 4 and context.text.startswith("/c", match.end()),  # 5đ/c
    "s": lambda match, context: context.is_after(match.start(), " iphone"),
    "tr": lambda match, context: match[2] is not None,  # từ 4 đến 12 tr.đ
    "Tr": lambda match, context: match[2] is not None,
    "L": lambda match, context: context.is_after(match.start(), (" đất", " đất lúa", " ruộng")),  # đất 2L: two crops
    "dl": lambda match, context: context.is_after(match.start(), _IN_CALENDAR),  # tháng 9 dl
}
_GROUPED = pattern(r"[1-9]\d{0,2},\d\d0")
_THREE_DECIMALS = pattern(r"[1-9]\d{0,2},\d{3}")


def _is_unit(match: re.Match[str], context: Context) -> bool:
    """Whether the letters behind a number are its unit here: 20 A only where currents are spoken of"""
    if match[2] and " - " in match[0] and match[1].isdecimal() and context.after_label(match.start()):
        return False  # cá loại 1 - 3kg
    written, gap, words = match[4], match[3], context.before(match.start())
    if written == "L" and _PER_LAND.match(context.text, match.end()):  # phun 2 L/ha
        return True
    if written in _NO_UNIT and _NO_UNIT[written](match, context):
        return False
    return _is_long_unit(written, gap, words) if len(written) > 1 else _is_letter_unit(written, gap, words)


def _is_long_unit(unit: str, gap: str, words: str) -> bool:
    """Whether several letters are a unit here; not in tổ 24HA, 28 TB (no bytes), 120 CV (letters of an office)"""
    if unit == "HA":
        return not words.endswith(_NAMED)
    if gap and unit == "TB":
        return " ổ cứng" in words or " dung lượng" in words
    return not (gap and unit == "CV") or any(cue in words for cue in _ENGINES)


_ENGINES = (" tàu", " thuyền", " máy", " công suất")


def _is_letter_unit(unit: str, gap: str, words: str) -> bool:
    """Whether one letter is a unit here; not in lớp 5A, nor in 20 M, unless a length is told"""
    named = words.endswith(_NAMED)
    measured = _MEASURED.get(unit.upper())
    if (gap or unit in _NEVER) and measured and measured.search(words):
        return not (named and unit.isupper())  # mặt đường ≥10 m
    if (gap and unit not in _FAR) or unit in _NEVER:
        return False
    return not (named and unit.isupper())


@rule(r"([1-9]\d{0,2})\. (\d{3}) ?(kg|ha|m2|m3|tấn|lít|đồng|km|m)(?![^\W_])")
def thousands_with_blank(match: re.Match[str], context: Context) -> Guess:
    """Number with a blank behind its point: 7. 492kg, with a blank behind the point"""
    unit = context.lexicon.units.get(match[3], match[3])
    return Guess(f"{context.number(match[1] + match[2])} {unit}", APART)


@rule(r"(\d{1,2}(?: ?- ?\d)?) ?l(?![^\W_])")
def times_of_medicine(match: re.Match[str], context: Context) -> str | None:
    """How often a medicine is taken: 500mg x 3l/ngày, 2v x 3l -> ba lần; 20l/ngày of water are litres"""
    taken = _TAKEN.search(context.text[max(0, match.start() - REACH) : match.start()])
    return f"{context.number_range(*match[1].replace(' ', '').partition('-')[::2])} lần" if taken else None


_TAKEN = pattern(r"(?:\d ?(?:mg|g|viên|v|gói|ống|giọt|ml|thìa)|liều) ?[xX*,] ?$")


@rule(r"(\d{2,3}) ?l/(?:p|ph|phút)(?![^\W_])")
def beats_per_minute(match: re.Match[str], context: Context) -> str | None:
    """Beats a minute: mạch 112 l/p -> lần một phút"""
    pulse = any(cue in context.before(match.start()) for cue in (" mạch", " nhịp", " tim", " thở"))
    return f"{context.number(match[1])} lần một phút" if pulse else None


@rule(r"(\d{1,3}), (\d{1,2}) ?%")
def percent_with_blank(match: re.Match[str], context: Context) -> Answer:
    """Per cent with a blank behind the comma: 41, 7% -> bốn mươi mốt phẩy bảy phần trăm"""
    return f"{context.number(f'{match[1]},{match[2]}')} phần trăm"


_LASTING = words_before("hết|cách nhau|trong|hú|nghỉ|giữ|mất|kêu|nháy|đếm|chờ|phút|sau|mỗi|vòng|ngậm|súc|rửa tay")
_TIMED = pattern(r"(?<!\w)(?:\d (?:phút|giây)|\d['′]|hiệp)(?!\w)[^.\n]*$")
_INCHES = Message("this could be inches, or the end of what is quoted")


@rule(r"(\d{1,3}(?:[.,]\d)?)(?:\"|''|”)(?!\w)")
def inches(match: re.Match[str], context: Context) -> Answer:
    """Inches: màn hình 24" -> hai mươi tư inh"""
    screen = re.search(
        r" (?:màn hình|ti ?vi|tv|máy tính|laptop|lcd|led|inch|ống)(?: [^\W\d_]+){0,3}$", context.before(match.start())
    )
    opened = context.text[max(0, match.start() - REACH) : match.start()]
    quoted = match[0].endswith("”") and opened.rfind("“") > opened.rfind("”")
    if screen and not quoted:
        return f"{context.number(match[1])} inch"
    if not quoted and (context.is_after(match.start(), _LASTING) or _TIMED.search(opened)):  # cách nhau 20"
        return f"{context.number(match[1])} giây"
    line = context.line_before(match.start())
    closing = re.search("[\"“”']", line) is not None  # the number ends what was quoted
    return None if closing else Guess(f"{context.number(match[1])} inch", _INCHES)


@rule(r"(\d{1,2})[NnĐđ](\d{1,2})[NnĐđ](?![^\W_])")
def days_and_nights(match: re.Match[str], context: Context) -> str:
    """Days and nights of a journey: tour 3N2Đ -> ba ngày hai đêm"""
    first, last = ("ngày", "đêm") if match[0][len(match[1])] in "Nn" else ("đêm", "ngày")
    return f"{context.number(match[1])} {first} {context.number(match[2])} {last}"


@rule(r"(\d{1,3})(?: ?- ?(\d{1,3}))? ?N(?![^\W_])")
def days_of_growth(match: re.Match[str], context: Context) -> str | None:
    """Days of growth: TGST 110-120N, tuổi mạ 18-20N -> ngày"""
    cued = any(cue in context.before(match.start()) for cue in (" tgst", " tuổi", " cách", " sau ", " sinh trưởng"))
    return f"{context.number_range(match[1], match[2])} ngày" if cued else None


@rule(rf"({NUMBER})c/(m2|kg|ha)(?![^\W_])")
def heads_per_area(match: re.Match[str], context: Context) -> Answer:
    """Heads by area or weight: cục bộ 20c/m2 -> con trên mét vuông; trồng keo 1.660c/ha -> cây trên héc ta"""
    planted = match[2] == "ha" and context.memory.count_words(_PLANTED) > 0
    spoken = f"{context.number(match[1])} {'cây' if planted else 'con'} trên {context.lexicon.units[match[2]]}"
    return Guess(spoken, _HEADS_OR_PLANTS) if match[2] == "ha" else spoken


@rule(r"(\d{1,2})(?: ?- ?(\d{1,2}))?c(?![^\W_]|/)")
def seats(match: re.Match[str], context: Context) -> str | None:
    """Seats of a car: xe 4-7c, xe khách 29c, 45c, ghế ngồi 45c -> chỗ"""
    more = context.previous.spoken.endswith(" chỗ") and context.follows(Kind.QUANTITY, match.start(), ", ", " và ")
    cued = more or _CARS.search(context.before(match.start())) or _LORRIES.match(context.text, match.end())
    return f"{context.number_range(match[1], match[2])} chỗ" if cued else None


_CARS = pattern(r" (?:xe|ô tô|ôtô|ghế|giường)(?: [^\W\d_]+){0,2}$")
_LORRIES = pattern(r"[,;] ?(?:xe )?tải(?!\w)")  # dưới 12c, tải <2T


@rule(r"(\d{1,2})T([1-9]5?)(?![^\W_]|[.,]\d)")
def tons_inside(match: re.Match[str], context: Context) -> Guess | None:
    """Tons and hundreds of kilograms: ao cô Năm 3T5, xe 3T5, xuất 3T2 -> ba tấn hai; not of a building"""
    named = context.is_after(match.start(), _BUILDINGS)
    return None if named else Guess(f"{context.number(match[1])} tấn {context.number(match[2])}", _TONS)


_BUILDINGS = words_before("nhà|tòa|toà|căn|block|lô|khu|chung cư|phòng|lớp|mã|số|biển|tuyến|giống")


@rule(rf"({NUMBER}) ?T/(ngày|năm|tháng|giờ|h|vụ|ha|chuyến|xe|ca)(?![^\W_])(?: ?đêm)?")
def tons_by_time(match: re.Match[str], context: Context) -> str:
    """Tons by time: công suất 800T/ngày đêm, còn 800 T/ngày -> tám trăm tấn một ngày"""
    per = {"h": "giờ", "ha": "héc ta"}.get(match[2], match[2])
    night = " đêm" if match[0].endswith("đêm") else ""
    return f"{context.number(match[1])} tấn {'trên' if match[2] == 'ha' else 'một'} {per}{night}"


@rule(r"(\d)m ?[-–] ?(\d)m(\d{1,2})(?![^\W_])")
def range_of_heights(match: re.Match[str], context: Context) -> str:
    """Range of heights: trẻ em 1m-1m3 -> một mét đến một mét ba: no volume begins with metres"""
    return f"{context.number(match[1])} mét đến {context.number(match[2])} mét {context.number(match[3])}"


_TONS = Message("this could be tons, or a name")


@rule(r"(\d{1,2})(m|kg|km(?![23](?!\d))|tấn|tạ|ha)(\d{1,2})(?![^\W_]|[.,]\d)")
def unit_inside(match: re.Match[str], context: Context) -> Answer:
    """Number with its unit inside: 1m65 -> một mét sáu mươi lăm; 120m2 is an area"""
    nought = "không " if match[3][0] == "0" and len(match[3]) == 2 else ""  # cao 1m05
    spoken = (
        f"{context.number(match[1])} {context.lexicon.units.get(match[2], match[2])} {nought}{context.number(match[3])}"
    )
    return _side_or_area(match, context, spoken) if match[2] == "m" and match[3] in ("2", "3") else spoken


def _side_or_area(match: re.Match[str], context: Context, spoken: str) -> Answer:
    """Length of a side, or an area.

    dài 4m2: a side of something, and no area; rộng 80m2 is one, unless another side is told beside it
    """
    at, end = match.span()
    words = _ABOUT.sub("", _FROM_SIDE.sub("", context.before(at)))
    small = match[1] == "1" and (_TALL.search(words) or _SIDES.match(context.text, end))
    level = int(match[1]) < _DEEPEST and words.endswith(_LEVELS)
    if match[1] == "0":  # nước ròng 0m3
        return spoken if level or words.endswith(_LENGTHS) else Guess(spoken, _SIDE_OR_AREA)
    if small or level or words.endswith(_LENGTHS) or _OTHER.match(context.text, end):
        return spoken
    if words.endswith(" rộng"):
        return _width_or_area(match, context, spoken, words)
    return _tide(match, context, spoken) or _about_a_metre(match, words, context, spoken)


def _tide(match: re.Match[str], context: Context, spoken: str) -> Guess | None:
    """How high the water stands in a text about tides, or an amount: (2m3)"""
    if int(match[1]) >= _DEEPEST or not context.memory.count_words(_TIDES):
        return None
    unit = f"{context.number(match[1])} {context.lexicon.units[f'm{match[3]}']}"
    return Guess(spoken if context.char(match.start() - 1) == "(" else unit, _SIDE_OR_AREA)


def _width_or_area(match: re.Match[str], context: Context, spoken: str, words: str) -> Answer:
    """How wide something is, or its area: mương rộng 3m2, rộng 80m2"""
    end = match.end()
    beside = int(match[1]) < 15 and _OTHER_SIDE.search(f"{words} | {context.after(end)}")
    if match[3] == "3" or beside or _STRIPS.search(words):
        return spoken
    if int(match[1]) > 9:
        return None
    area = f"{context.number(match[1])} mét vuông"
    return Guess(spoken if int(match[1]) < 5 else area, _SIDE_OR_AREA)


_TIDES = ("nước ròng", "nước lớn", "con nước", "triều cường", "đỉnh triều", "thủy triều", "lịch triều")


def _about_a_metre(match: re.Match[str], words: str, context: Context, spoken: str) -> Guess | None:
    """A metre and some where only a word such as “dưới” tells of it, and nothing of what has it: dưới 1m2"""
    small = match[3] == "2" and int(match[1]) < 3 and not _NOUN.match(context.text, match.end())
    about = small and words != context.before(match.start()) and not _AREA.search(words)
    return Guess(spoken, _SIDE_OR_AREA) if about else None


_SIDE_OR_AREA = Message("a side of something, or an area")
_AREA = pattern(r" (?:diện tích|đất|nhà|sân|thửa|ô|lô|nước|khối lượng|dung tích|gỗ|cát|đá|bể|bồn)(?: \S+){0,3}$")
_NOUN = pattern(r" ?/| [^\W\d_]")


@rule(rf"({NUMBER}) ?([ck]?m) ([23])(?= ?[,;:.()/>]|$| (?:đất|rừng|nhà|ao|sàn|ruộng|của|để|rất|tại)(?!\w))")
def unit_with_digit_apart(match: re.Match[str], context: Context) -> Answer:
    """Unit whose raised digit came down: rộng 120 m 2, where the raised 2 came down in copying"""
    return f"{context.number(match[1])} {context.lexicon.units[match[2] + match[3]]}"


_HOUR_WITH_COMMA = pattern(r"(?:[01]?\d|2[0-3]),[0-5]\d")
_HOUR_OR_HOURS = Message("a time of the day, or so many hours")
_FINE = frozenset(("%", "‰", "tấn", "ha"))  # units whose numbers often have three decimals


@rule(rf"({NUMBER})(?:(?: ?- ?| đến )({NUMBER}))?( ?){_UNIT}(?![^\W_])")
def quantity(match: re.Match[str], context: Context) -> Answer:
    """Number or range with a unit: Nhiệt độ 25-28°C -> hai mươi lăm đến hai mươi tám độ xê"""
    written, before = match[4], context.before(match.start())
    if match[2] and " đến " in match[0] and before.endswith(_PLACES):
        return None
    if written == "v" and match[1] not in _VOLTS:  # 1v sáng, 200v: pills
        return Guess(f"{context.number(match[1])} viên", _PILLS)
    if written == "mb" and " áp" in before:  # khí áp 985mb
        return f"{context.number_range(match[1], match[2])} mi li ba"
    unit = context.lexicon.units.get(written)
    if unit is None or not _is_unit(match, context):
        return None
    if written == "h" and _HOUR_WITH_COMMA.fullmatch(match[1]) and not match[2]:  # họp 7,30h
        hour, minute = match[1].split(",")
        return Guess(f"{context.number(hour)} giờ {context.number(minute)}", _HOUR_OR_HOURS)
    return _thousands_with_comma(match, unit, context) or f"{context.number_range(match[1], match[2])} {unit}"


def _thousands_with_comma(match: re.Match[str], unit: str, context: Context) -> Guess | None:
    """A number with three digits behind its comma: chạy 1,500m is thousands; 42,195km are decimals, with a doubt"""
    first, last = match[1], match[2]
    if _GROUPED.fullmatch(first) and (not last or _GROUPED.fullmatch(last)):
        last = last and last.replace(",", ".")
        return Guess(f"{context.number_range(first.replace(',', '.'), last)} {unit}", COMMA)
    doubtful = _THREE_DECIMALS.fullmatch(last or first) and match[4] not in _FINE
    return Guess(f"{context.number_range(first, last)} {unit}", COMMA) if doubtful else None


@rule(r"[cC](1?\d)(?: ?- ?(1?\d))?(?![^\W_]|[./]\d)", starts="word")
def wind_force(match: re.Match[str], context: Context) -> Answer:
    """Force of a wind: gió c10, giật c12 -> cấp mười, …"""
    if not any(cue in context.before(match.start()) for cue in (" gió", " giật", " bão", " mạnh")):
        return None
    return f"cấp {context.number_range(match[1], match[2])}"


@rule(r"[ØøΦφ∅⌀] ?(?=[<>≥≤]? ?\d)", starts="word sign")
def bore(match: re.Match[str], context: Context) -> Answer:
    """Bore of a pipe: ống Ø21 -> phi hai mươi mốt"""
    return "phi "


@rule(r"(\d{1,4})đ/[cC](?![^\W_])")
def comrades(match: re.Match[str], context: Context) -> str:
    """So many comrades without a blank: Tổ 2: 21đ/c -> hai mươi mốt đồng chí"""
    return f"{context.number(match[1])} đồng chí"


@rule(r"tr\.(?=m[23](?!\w))", starts="word", only_if=near_number)
def millions_of_volume(match: re.Match[str], context: Context) -> str:
    """Millions of cubic metres: dung tích 14,5 tr.m3 -> triệu"""
    return "triệu "


@rule(r"c/m2(?![^\W_])", starts="word")
def density(match: re.Match[str], context: Context) -> str:
    """Heads by area, in brackets: mật độ sâu (c/m2) -> con trên mét vuông"""
    return "con trên mét vuông"


@rule(r"(m|g|l|t|mm|cm|kg|ha|[mM][23])(?=\))", starts="word")
def unit_in_brackets(match: re.Match[str], context: Context) -> str | None:
    """Unit in brackets: (Đơn vị: m) -> mét; Đỉnh triều (m), Diện tích (M2)"""
    named = context.is_after(match.start(), (" đơn vị", " đơn vị tính", " đvt"))
    headed = (
        match[1] not in "glt" and context.char(match.start() - 1) == "(" and context.char(match.start() - 3).isalpha()
    )
    return context.lexicon.units.get(match[1].lower()) if named or headed else None


@rule(r"(mg|g|kg|tấn|tạ|m3|lít|l|mm)/(l|lít|ha|m2|m3|s|h|kg|sào)(?=\))", starts="word", only_if=in_brackets)
def unit_rate_in_brackets(match: re.Match[str], context: Context) -> Answer:
    """Unit by unit, in brackets: độ mặn (g/l) -> gam trên lít"""
    units = context.lexicon.units
    spoken = f"{units.get(match[1], match[1])} trên {units.get(match[2], match[2])}"
    return spoken


@rule(r"%/(năm|tháng|quý|ngày|tuần)(?=\))", starts="sign", only_if=in_brackets)
def share_by_time_in_brackets(match: re.Match[str], context: Context) -> str:
    """Per cent by time, in brackets: lãi suất (%/năm) -> phần trăm một năm"""
    return f"phần trăm một {match[1]}"


@rule(r"(mg|g|kg|ml|lít|l)/(con|cây|gốc|khẩu|người)(?:/(ngày|lần|vụ|năm))?(?=\))", starts="word", only_if=in_brackets)
def unit_each_in_brackets(match: re.Match[str], context: Context) -> str:
    """So much for each, in brackets: lượng ăn (g/con/ngày) -> gam một con một ngày"""
    every = f" một {match[3]}" if match[3] else ""
    return f"{context.lexicon.units.get(match[1], match[1])} một {match[2]}{every}"


@rule(r"([kcmd]?m[23²³](?!\d)|kg|km|cm|mm|ml|mg|kWh|kW|kV|kVA|MW|mmHg|ha|tr)(?![^\W\d_])", starts="word")
def lone_unit(match: re.Match[str], context: Context) -> Answer:
    """Unit behind a number in words: 1,2 triệu m3 -> mét khối; “ha ha” is laughter"""
    counted = context.is_after(match.start(), _SCALES) or context.follows(Kind.MONEY, match.start(), " ")  # 1 204,5 ha
    if match[1] in ("ha", "tr") and not counted:
        return None
    return context.lexicon.units.get(match[1])
