"""Rates: what stands behind a slash and is told for each of something: đồng/kg, tạ/ha, mm/24h; not thôn/bản."""

from __future__ import annotations

import re

from ....errors import Message
from ...abbreviations import meaning
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...lexicon import cue_list
from ...reasons import ambiguous
from ...rule import Answer, Guess, RuleMaker, near_number
from ...syllables import LOWER

rule = RuleMaker(Kind.RATE)

_PER = r"[^\W\d_]{1,5}[23²³]?"
_DOSE = pattern(r"(?:kg|g|tấn|tạ) ?(?:N|K2O|P2O5|DAP|NPK|SA|CO2|CO₂)$")  # 90kg N/ha
_AMONG = pattern(r"\d[\d.]{0,8} ?(?:triệu|nghìn|ngàn|vạn)? ?(?:dân|người|trẻ|ca|hộ)(?!\w)")
_SPELT = pattern(r"\b(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười) (?:lần|tháng|buổi|ngày|giờ|tiết|lượt|năm|tuần)$")
_TIMES = words_after("năm|tháng|ngày|tuần|lần|giờ|buổi|quý|vụ|đợt|người")
_DOUBLED = pattern(r"(?:người|hộ|khẩu|con|sào|học sinh|thôn) ?/ ?(?:tháng|năm|ngày|tuần|vụ|buổi|lần|đợt)(?!\w)")
_GROUPS = pattern(  # what consists of others that are counted too: 12 thôn/2.345 hộ/9.876 khẩu
    rf"(?:{cue_list('groups_of_people')})(?!\w)"
)
_HAMLETS = frozenset(words_after(cue_list("hamlets")))
_PEOPLE = frozenset(("khẩu", "nhân", "người", "hộ", "học", "hội", "đảng", "cháu", "em"))
_COUNT = r"(\d[\d.]*) ?(m2|m²|[^\W\d_]{2,8})(?: [^\W\d_]{1,8}){0,3}"
_COUNT_BEFORE, _COUNT_BEHIND = pattern(rf"(?<![\d.,/]){_COUNT}$"), pattern(_COUNT)
_AMOUNT_OF_ALL = pattern(  # 27 con/1.890kg, 11 vụ/3,1 tỷ; not 2 con/10kg
    r"(?!10*(?![\d.,]))(?!1(?:\.000)+(?![\d.,]))\d[\d.,]* ?(?:kg|tấn|tạ|ha|km|m3|tỷ|tỉ|triệu|tr|nghìn|đ|đồng)(?![^\W_])"
)
_COUNTED_THINGS = pattern(
    r"(?<![\d.,])(?!1 )\d[\d.]* ?(?:con|vụ|hộ|trường hợp|ca|xe|hồ sơ|lượt|suất|đơn|người|điểm|công trình|"
    r"dự án|tuyến|đoạn|kênh)$"
)
_TURNS = pattern(r"(?<![\d.,/])\d{1,2} ?(?:đợt|lớp|cuộc|phiên|buổi|hội nghị|chương trình|mô hình)$")
_AMOUNT_OF_TURNS = pattern(r"(?:\d{2,3}|\d{1,3}(?:\.\d{3})+) ?[^\W\d_]{2,}")
_CASES = pattern(r"\d ?(đơn|vụ|vụ việc|hồ sơ|trường hợp|lượt)$")  # 23 đơn/21 vụ
_CASES_BEHIND = pattern(r"(?!1\D)\d[\d.]* ?(đơn|vụ|vụ việc|hồ sơ|trường hợp|lượt)(?!\w)")
_COUNT_IN_ROW = pattern(rf"/{_COUNT}$")
_WHILE = pattern(r"(?!1\D)\d{1,3} ?(h|giờ|tiếng|phút|giây|ngày|đêm|tuần|tháng|năm|s)(?![^\W_])")  # 50 mm/12h
_HEADS = pattern(r"\d(?: ?(?:kg|g|lít|ml|tạ|tấn))? [A-ZĐ]{2,4}$")  # short words for what is counted: 0,2kg NPK
_SUM = pattern(r"\d[\d.,]* ?(?:tr|k|triệu|nghìn|ngàn)(?![^\W_/])")
_SUMS = words_before("nghìn|ngàn|triệu|tỷ|tỉ|đồng")
_SPANS = words_after("ngày|tuần|tháng|buổi|ca|lần|lượt|chuyến|tiết|trận|đêm|năm")
_LIKE = (
    frozenset(words_after("trâu|bò|dê|lợn|heo|gà|vịt|ngan|ngỗng|cừu|ngựa|chó|mèo")),
    frozenset(words_after(cue_list("units_of_the_land"))),
    frozenset(words_after("buồng|phòng")),
    frozenset(words_after("nghèo|cận")),  # hộ nghèo/cận nghèo
    frozenset(words_after("ông|bà|cha|mẹ|bố|vợ|chồng|anh|chị|nam|nữ|con|em")),
    frozenset(words_after("cất|hạ|lên|xuống|ra|vào|đi|về|mua|bán|nhập|xuất|tăng|giảm|đến|nhận|trả|trên|dưới")),
)
_RATES = words_before(
    "lương cơ sở|lương tối thiểu|đồng|đ|vnđ|vnd|tiền tỷ|tiền triệu|nghìn đồng|triệu đồng|"
    "hộ|người|kg|tấn|tạ|m3|lít|con|khẩu"
)
_RATED = words_after(
    "tháng|năm|ngày|kg|con|ha|sào|m2|m3|hộ|người|tấn|khẩu|lượt|vụ|buổi|xe|lần|vé|phòng|đêm|suất|chỗ|tiết|lít|chiếc|cái|"
    "bộ|hộp|thùng|bao|bó|quả|trái|cây|giờ|khách|tàu|thuyền|ghe|chuyến|thuê bao|cuộc|gói|lượng|chỉ|cổ phiếu|căn"
)
_PAID = pattern(r"\d ?(?:đ|đồng|k|nghìn|tr|triệu)/[^\W\d_]{1,6}$")  # 4.200đ/tấn/km
_COUNTED = pattern(r" \d{1,3} [^\W\d_]+$")  # what a sum is told for: 1 con/ 20k
_OFFICES = words_after(cue_list("parts_of_offices"))  # Người/bộ phận liên quan
_LETTERS = {"n": "năm", "t": "tấn", "ng": "người", "cp": "cổ phần"}
_PIECES = {"b": "bao", "q": "quả", "c": "con", "k": "khối", "x": "xe", "v": "viên"}
_BY_TIME_OR_ROOM = frozenset("hslL")  # letters behind a slash that a measure may have: km/h, m3/s, mg/l
_LIQUIDS = ("xăng", "dầu", "sữa", "rượu", "mắm", "mật ong", "nước giếng", "xi rô")
_ONE_LETTER = pattern(r"[b-df-hj-np-tv-xzđ](?![^\W_])")
_FILES = pattern(" (?:hồ sơ|lệ phí|trích lục|sao y|phí hs|bán hs|mua hs)(?!\\w)")
_PAID_DAILY = ("tiền ăn", "ngày công", "công nhật", "phụ cấp", "trợ cấp")
_EACH_DAY = pattern(r"\d ?(?:l|lần)$|(?i:uống|ngậm|nhỏ|thoa)(?!\w)[^.;\n]{0,24}\d ?(?:v|viên|gói|ống|giọt|ml)$")
_INTEREST = {"ng": "ngày", "T": "tháng"}
_TOTALS = words_after("tổng|giá trị|tổng số|doanh thu|vốn")


def _tells_all_of(context: Context, ahead: str, end: int) -> bool:
    """Whether how much all of several things are stands behind a slash: 27 con/1.890kg, 3 đợt/1.024 đơn vị"""
    things = _COUNTED_THINGS.search(ahead) and _AMOUNT_OF_ALL.match(context.text, end)
    turns = _TURNS.search(ahead) and _AMOUNT_OF_TURNS.match(context.text, end)
    cases = _CASES.search(ahead)
    others = _CASES_BEHIND.match(context.text, end) if cases else None
    return bool(things or turns or (cases and others and cases[1] != others[1]))


def _are_counts(context: Context, start: int, end: int) -> bool:
    """Whether two things are counted.

    46 hộ/189 khẩu, 12 thôn/2.345 hộ/9.876 khẩu: counts of several things; 3 thôn/5 thôn is a part of a whole
    """
    ahead = context.text[max(0, start - REACH) : start].rstrip()
    if _tells_all_of(context, ahead, end):
        return True
    one, other = _COUNT_BEFORE.search(ahead) or _COUNT_IN_ROW.search(ahead), _COUNT_BEHIND.match(context.text, end)
    if one is None or other is None or one[2] == other[2] or other[1] == "1":
        return False
    if _GROUPS.match(ahead, one.start(2)):
        return not {one[2], other[2]} <= _HAMLETS and (one[2][0] != "m" or other[2] in _PEOPLE)
    in_row = one[0][0] == "/" or (context.char(other.end()) == "/" and context.char(other.end() + 1).isdecimal())
    return in_row and one[2] not in context.lexicon.units and other[2] not in context.lexicon.units


@rule(r"/ ?(n|T|ng|cp|CP)(?![^\W_])", starts="sign", only_if=near_number)
def per_letter(match: re.Match[str], context: Context) -> Answer:
    """Slash before a short unit: 9%/n, 355$/T, 80k/ng, uống 2v/ng -> một năm, một tấn, …, một ngày"""
    interest = context.char(match.start() - 1) == "%"  # 0,03%/ng, 0,5%/T
    spoken = _INTEREST.get(match[1], "") if interest else ""
    grown_up = context.is_before(match.end(), ("lớn",))
    if (
        match[1] == "ng"
        and not grown_up
        and _EACH_DAY.search(context.text[max(0, match.start() - REACH) : match.start()])
    ):
        return " một ngày"
    spoken = spoken or _LETTERS[match[1].lower()]
    if match[1] == "n" and context.previous.kind is Kind.MONEY:  # tiền ăn 65.000đ/n
        daily = context.memory.count_words(_PAID_DAILY)
        return Guess(f" một {'ngày' if daily else spoken}", ambiguous(match[1]))
    return f" một {spoken}"


@rule(r"/ ?([bqckxv])(?![^\W_])", starts="sign")
def per_piece(match: re.Match[str], context: Context) -> Guess | None:
    """Slash before one letter for what is sold: trứng 2.600đ/q, phân 690k/b, tiêm 2ml/c -> một quả, …"""
    counted = context.previous.kind is Kind.MONEY or (match[1] == "c" and context.previous.kind is Kind.QUANTITY)
    if not counted or context.previous.end != match.start():
        return None
    return Guess(f" một {_PIECES[match[1]]}", ambiguous(match[1]))


@rule(r"(?<=quý|áng|uần)/(?=lần(?!\w))", starts="sign")
def once_a_period(match: re.Match[str], context: Context) -> str:
    """Slash before “lần”: họp quý/lần, tháng/lần -> một lần"""
    return " một "


@rule(r" ?/ ?(?=(?:kế hoạch|KH) \d)", starts="sign", only_if=near_number)
def against_plan(match: re.Match[str], context: Context) -> Answer:
    """Slash before a plan: 8.568 ha/kế hoạch 7.500 ha -> trên kế hoạch"""
    return " trên "


def _is_sum(context: Context, start: int, end: int) -> bool:
    """Whether a sum stands behind a slash, and another or what it is told for before it: 3tr/2tr/1tr; 1 con/ 20k"""
    told = context.previous.kind is Kind.MONEY or _COUNTED.search(context.before(start)) is not None
    return told and _SUM.match(context.text, end) is not None


@rule(rf"/ ?(?:(?=\d[\d.,]* ?({_PER})(?![^\W_]))|({_PER})(?![^\W_]))", starts="sign")
def dose_of_substance(match: re.Match[str], context: Context) -> str | None:
    """Slash behind a substance whose name ends with letters or digits: 5g vitamin C/kg, 15kg NPK 16-16-8/sào"""
    at, per = match.start(), (match[1] or match[2]).lower()
    last = context.char(at - 1)
    if per not in _DOSED or not (last.isdecimal() or last.isupper()):
        return None
    if _DOSE.search(context.text, max(0, at - 8), at) or not _SUBSTANCE.search(context.text, max(0, at - REACH), at):
        return None
    if match[1]:
        return " trên "
    link = "một" if per in _THINGS_DOSED and last.isupper() else "trên một"  # B1/con: no “bê một một con”
    if last.isdecimal() and not context.char(at - 2).isalpha():  # NPK 16-16-8/sào
        link = "trên"
    return f" {link} {context.lexicon.units.get(match[2], match[2])}"


_THINGS_DOSED = frozenset(
    words_after("con|cây|gốc|khóm|hố|bụi|trụ|ngày|lần|bữa|người|trẻ|hộ|suất|nhà|ao|sào|mẫu|công|luống")
)
_DOSED = _THINGS_DOSED | frozenset(words_after("kg|g|lít|l|ml|m2|m3|m²|m³|ha|bình|tấn|tạ|khối"))
_SUBSTANCE = pattern(
    r"\d ?(?:mg|g|kg|ml|cc|lít|l|viên|gói|ống|lọ|giọt|bao)(?: [^\W\d_][^\s/,;:()]*){0,3}"
    r" (?:[A-Z][A-Za-z\d]{0,6}|\d{1,2}(?:[-.:]\d{1,2}){1,2}|\d{1,3}(?:[.,]\d)?[A-Z]{1,3})$"
)


@rule(r" ?/ ?(?=\d)", starts="sign")
def per_number(match: re.Match[str], context: Context) -> Answer:
    """Slash before a number: 15kg/1000m2 -> trên một nghìn mét vuông; mm/24h; số ca nhiễm/1 triệu dân"""
    beside = context.previous.spoken.endswith("độ xê") or context.previous.kind in (
        Kind.TIME,
        Kind.DATE,
        Kind.MONTH,
        Kind.PERIOD,
    )
    if (
        context.char(match.start() - 1) == " " and beside and context.previous.end >= match.start() - 4
    ):  # 23°C / 22-25°C; 7h - 11h / 13h - 17h
        return ", "
    if _is_sum(context, match.start(), match.end()) or _are_counts(context, match.start(), match.end()):
        return ", "
    length, counted = (
        _WHILE.match(context.text, match.end()),
        context.previous.kind in (Kind.QUANTITY, Kind.NUMBER, Kind.RANGE),
    )
    other = length is not None and context.before(match.start()).rpartition(" ")[2] != length[1]  # not 3 ngày/5 ngày
    if other and counted and context.near_number(match.start()):
        return " trong "
    heads = _AMONG.match(context.text, match.end()) or context.is_after(match.start(), (" đồng", " đ"))
    return " trên " if heads or context.near_number(match.start()) else None


@rule(r"/{1,2} ?(m [23](?![\d.,]\d|\d)|[A-Za-zµđĐ]{1,4}[23²³]?(?![^\W_]))", starts="sign")
def per_unit(match: re.Match[str], context: Context) -> Answer:
    """Slash before a unit: 2 tạ/ha -> trên héc ta; 50.000đ/kg -> một ki lô gam; 7 cây/m 2"""
    unit = context.lexicon.units.get(match[1].replace(" ", "")) if match[1] != "ngđ" else "ngày đêm"
    dose = _DOSE.search(context.text[max(0, match.start() - 8) : match.start()])
    if unit is None or not (dose or context.near_number(match.start())) or unit in ("đồng", "nghìn", "triệu"):
        return None
    if _PRICE.search(context.text[max(0, match.start() - REACH) : match.start()]):
        return Guess(f" một {unit}", _UNPRICED)
    spoken = f" {_per_word(context, match.start())} {unit}"
    return spoken if dose or _is_certain_letter(match[1], context) else Guess(spoken, ambiguous(match[1]))


_PRICE = pattern(r"(?i)(?<!\w)giá(?: (?:bán|mua|thu mua))? \d[\d.,]*(?: ?[-–] ?\d[\d.,]*)?$")  # giá 15/kg
_UNPRICED = Message("a price without its currency")


def _is_certain_letter(unit: str, context: Context) -> bool:
    """Whether a unit has more than a letter, or one that a measure before it decides: km/h, mg/l; not vé 15k/l"""
    if len(unit) > 1:
        return True
    if context.previous.kind is Kind.MONEY:
        return unit in "lL" and context.memory.count_words(_LIQUIDS) > 0
    return unit in _BY_TIME_OR_ROOM


@rule(r"/ ?([A-ZĐ]{2,6}|[bcdđhklmnpqstvx]{2,3})(?![^\W_])", starts="sign")
def per_abbreviation(match: re.Match[str], context: Context) -> Answer:
    """Slash before an abbreviation: 60.000đ/HS/tháng, 10k/lđ -> một học sinh một tháng, một lao động"""
    place = match.start(1), match.end()
    entry = meaning(context, match[1], *place) or meaning(context, match[1].upper(), *place)
    counted = context.near_number(match.start()) or context.previous.kind is Kind.TIME  # 30'/TS
    paid = _PAID.search(context.text[max(0, match.start() - 16) : match.start()])  # 4tr/tháng/SV
    if entry is None or not (paid or (counted and context.previous.end == match.start())):
        return None
    if match[1].upper() == "HS" and context.previous.kind is Kind.MONEY:
        return " một hồ sơ" if _FILES.search(context.before(match.start())) else " một học sinh"
    spoken = f" một {entry.reading}"
    return spoken if entry.sure and match[1].isupper() else Guess(spoken, ambiguous(match[1]))


_ON_DAY = pattern(r"ngày \d{1,2}(?: ?[/.-] ?\d| đến \d| tháng)")


@rule(r"/ ?([A-Za-zµđĐ]{1,4}[23²³]?(?![^\W_]))?", starts="sign")
def per_pair(match: re.Match[str], context: Context) -> Answer:
    """Slash between two units without a number.

    giá nước (đồng/m3), cả tỷ đồng/ha -> đồng một héc ta, with no number before
    """
    end = match.start(1) if match[1] else match.end()
    rated = context.is_after(match.start(), _RATES) and context.is_before(end, _RATED)
    rated = rated and not context.is_before(end, _OFFICES)
    if not rated or _are_alternatives(context, match.start(), end):
        return None
    return f" một {context.lexicon.units.get(match[1], match[1])}" if match[1] else " một "


@rule(rf"/ ?(?=[{LOWER}])", starts="sign")
def per_thing(match: re.Match[str], context: Context) -> Answer:
    """Slash before a word.

    50.000 đồng/người/tháng -> một người một tháng; 8h/ngày, 40 HS/lớp, but thôn/bản and 1 trâu/bò
    """
    at, end = match.span()
    if _are_alternatives(context, at, end):
        return None
    if _ON_DAY.match(context.text, end):  # 22h/ngày 5/6
        return " "
    if context.is_before(end, _OFFICES):
        return None
    if context.is_before(end, ("một ", "mỗi ")):  # mg/kg cân nặng/một ngày
        return " "
    if context.previous.spoken.endswith("phần trăm") and context.is_before(end, _TOTALS):
        return " trên "
    if not _is_rate(context, at, end):
        return None
    letter = _ONE_LETTER.match(context.text, end)
    return Guess(" một ", ambiguous(letter[0])) if letter else " một "


def _is_rate(context: Context, at: int, end: int) -> bool:
    """Whether an amount stands before the slash: 8h/ngày, 40 HS/lớp, ba lần/tuần, người/tháng, 4g (tức 8 viên)/ngày"""
    if context.previous.kind is Kind.TIME and context.previous.end == at and context.is_before(end, _SPANS):
        return True
    if _HEADS.search(context.text[max(0, at - 12) : at]) or _DOUBLED.match(context.text, end):
        return True
    behind = context.char(at - 1) == ")" or _SPELT.search(context.text[max(0, at - 16) : at]) is not None
    if context.char(end - 1) == " " and context.char(at - 1).isalpha() and not context.is_before(end, _RATED):
        return context.near_number(at, 1)  # 150k/ mẫu, and not 1 cây hoa hồng/ cúc
    return (behind and context.is_before(end, _TIMES)) or context.near_number(at, 4)


def _are_alternatives(context: Context, start: int, end: int) -> bool:
    """Whether two things of one sort stand beside the slash, so that it means “or”: …/xe đạp thường/xe đạp điện."""
    _, slash, thing = context.text[max(0, start - 16) : start].rpartition("/")
    before = re.findall(r"[^\W\d_]+", thing)
    after = re.match(r"[^\W\d_]+", context.text[end : end + 8])
    if not before or after is None:
        return False
    again = slash != "" and re.search(r"[^\w\s]|\d", thing) is None and after[0] in before  # not bao/sào - 35 bao/sào
    return again or any({before[-1], after[0]} <= sort for sort in _LIKE)


def _per_word(context: Context, at: int) -> str:
    """Word for the slash before a unit: 50.000 đồng/kg -> một; 2 tạ/ha -> trên"""
    paid = (
        context.previous.kind is Kind.MONEY
        or context.is_after(at, _SUMS)
        or _PAID.search(context.text[max(0, at - 16) : at])
    )
    return "một" if paid else "trên"
