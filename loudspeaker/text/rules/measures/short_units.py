"""Letters that are units of something else than usual: trẻ 6m, nặng 40k, chạy 10k, điện 3p, đất 5s, 2v x 3l."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.QUANTITY)

_SHORT = Message("one letter for a unit that may stand for another")
_NOT_MEASURED = words_before("lớp|tổ|khối|nhà|đường|khu|phòng|bảng|hạng|nhóm|mẫu|số|quý|chương|phần|mục")
_CHILDREN = words_before(
    "trẻ|trẻ em|bé|cháu|con|trẻ từ|trẻ dưới|trẻ trên|bé từ|cháu bé|trẻ đủ|đủ|trẻ tròn|em bé|tháng tuổi"
)
_INJECTED = words_before("tiêm|tiêm đủ|số mũi|chích|chích đủ|tiêm rồi|tiêm được|tiêm mới|mới tiêm")
_WATER = words_before("nước|khối nước|số khối|số m3|dùng nước|tiêu thụ|m3")
_WATER_PAID = words_before(
    "tiền nước|giá nước|phí nước|thu nước|thùng nước|bình nước|chai nước|bán nước|ly nước|mua nước"
)
_METRED = words_before("khối nước|số khối|số m3|dùng nước|tiêu thụ|m3")
_CHAIN = (
    r"(?P<one>\d{1,3}(?:[.,]\d{1,2})?) ?(?P<unit>kg|c?m|km)"
    r"(?P<others>(?: ?- ?\d{1,3}(?:[.,]\d{1,2})? ?(?P=unit)){2,8})(?![\w/])"
)
_OLDEST = 37  # months of a child that is given a dose
_VACCINES = ("tiêm chủng", "vắc xin", "sởi", "trẻ", "bại liệt", "phế cầu", "uống vitamin")
_TALLEST = 2  # metres of a child; more are months
_WEIGHED = words_before(
    "nặng|cân nặng|trọng lượng|nặng từ|nặng trên|nặng dưới|nặng khoảng|nặng gần|nặng hơn|cân được|ai cân|người cân|"
    "cân nặng từ|cân nặng trên|tăng trọng"
)
_COMPARED = pattern(  # not áo nữ từ 45k
    r"(?i)(?:^|[,;:.(+•\n-] ?|(?<!\w)(?:và|người|với|cho|là) )(?:"
    r"(?:nam|nữ|nam nữ|trai|gái) (?:giới )?(?:từ|trên|dưới|đủ|ít nhất|tối thiểu)|"
    r"(?:heo|lợn|bê|trẻ|bé|dê) (?:trên|dưới))$"
)
_BEASTS = words_before("heo|lợn|bò|trâu|bê|nghé|dê|cừu|gà|vịt|ngan|ngỗng|cá|gà trống|gà mái|heo hơi|lợn hơi")
_FOWL = pattern(
    r" (?:gà|vịt|ngan|ngỗng|heo|lợn|cá|dê|thỏ|chó|tôm hùm)(?: [^\W\d_]{2,6})?(?: (?:từ|cỡ|loại|size|nặng))?$"
)
_PIGS = words_before("heo|lợn")
_LEAVE = words_before("phép|nghỉ|nghỉ phép|phép năm|nghỉ hè|nghỉ tết|trực|công|thử việc|học việc")
_PACKED = words_before("bao|bình|can|thùng|túi")
_GOODS = words_after("phân|gạo|gas|ga|cám|thóc|lúa|xi măng|đạm|lân|kali|đường|muối|ngô|NPK|DAP")
_TANK = words_before("bể|bể chứa|bể nước|bồn|bồn chứa|bồn nước|téc|téc nước|hầm|hầm biogas|bể biogas")
_RUN = words_before(
    "chạy|chạy bộ|giải chạy|thi chạy|cự ly|cự li|đi bộ|đạp xe|marathon|cách|cách đây|đường dài|dài|chạy bền|việt dã"
)
_WIRED = words_before("điện|công tơ|động cơ|mô tơ|motor|aptomat|cầu dao|máy bơm|đường dây|nguồn")
_SWITCHED = pattern(r"(?:mất|cúp|cắt|ngắt|đóng|ngừng|ngưng|nhá|chập|có) điện$")
_LAND = words_before("ruộng|đất|vườn|rẫy|lúa|ao|mảnh|thuê|nương|cấy|gặt|trồng|màu|mạ|bán|diện tích|khoảng|gần|hơn")
_GOLD = pattern(r"(?i)(?<!\w)vàng(?!\w)[^.;\n]{0,30}$")
_MONEY_AHEAD = pattern(r"\d ?(?:k|tr|triệu|đ|đồng|nghìn)$")
_READ_OFF = pattern(r" (?:điện|giá điện|tiền điện) \d[\d.,]*(?:k\d?|đ|đồng)$")  # điện 3k8/s
_SPREAD_AHEAD = pattern(r"\d ?(?:kg|tạ|yến|gói|bao|công)(?: (?:thóc|lúa|gạo|đạm|lân|kali|NPK|vôi))?$")
_PAID_MONTHLY = pattern(
    r"(?i)(?<!\w)(?:lương|thu nhập|thuê|tiền công|trợ cấp|phụ cấp|học phí|phòng trọ|trọ|trả góp|góp)(?!\w)"
)
_OIL = words_before("dầu|dầu do|do|diesel|điêzen|điezen")
_STOREYS = words_before("nhà|nhà ở|nhà phố|căn|căn nhà|biệt thự|xây")


@rule(r"(\d{1,4})p(?=[,.;:)]|$|\n| \()")
def votes(match: re.Match[str], context: Context) -> Guess | None:
    """Votes in short, where a text tells of them: bầu tổ trưởng: chú Bảy 19p, cô Lượm 12 phiếu"""
    voted = context.memory.count_words(("phiếu",)) and context.memory.count_words(("bầu", "trúng cử", "kiểm phiếu"))
    return Guess(f"{context.number(match[1])} phiếu", _SHORT) if voted else None


@rule(_CHAIN)
def amounts_in_chain(match: re.Match[str], context: Context) -> str:
    """Three amounts or more with dashes, which are no range: nhịp 12m-24m-24m-12m"""
    unit = context.lexicon.units[match["unit"]]
    numbers = [match["one"], *re.findall(r"\d[\d.,]*", match["others"])]
    return ", ".join(f"{context.number(number)} {unit}" for number in numbers)


@rule(rf"({NUMBER}) ([VW])(?![^\W_]|/|\.\w)", unless_after=_NOT_MEASURED)
def volts_or_watts(match: re.Match[str], context: Context) -> str | None:
    """Volts and watts behind a blank: 12 V, and 218 V where the text is about a current"""
    usual = match[2] == "V" and match[1] in _VOLTS
    told = usual or context.memory.count_words(_CURRENTS) > 0
    return f"{context.number(match[1])} {context.lexicon.units[match[2]]}" if told else None


_VOLTS = frozenset(("12", "24", "110", "220", "380"))
_CURRENTS = ("điện áp", "điện thế", "ắc quy", "sụt áp", "ổn áp", "hạ áp", "cắt điện", "mất điện", "công suất")


@rule(r"(\d)T(?![^\W_]|[.,/]\d)")
def tenths_of_metre(match: re.Match[str], context: Context) -> str | None:
    """Width of a pot, in the south: chậu nhỏ (3T), chậu nhựa 5T -> ba tấc"""
    return (
        f"{context.number(match[1])} tấc"
        if _POTS.search(context.text[max(0, match.start() - REACH) : match.start()])
        else None
    )


_POTS = pattern(r"(?i)(?<!\w)chậu(?: [^\W\d_]+){0,2} ?\(?$")


@rule(r"(\d{1,2})(?:m|th) ?- ?(<? ?\d{1,2}) ?t(?:uổi)?(?![^\W_])")
def months_to_years(match: re.Match[str], context: Context) -> str:
    """Months of a child and years behind them: 6m-5t, 6th-5t -> sáu tháng đến năm tuổi"""
    until = match[2].lstrip("< ")
    return f"{context.number(match[1])} tháng đến {'dưới ' if '<' in match[2] else ''}{context.number(until)} tuổi"


@rule(r"(\d{1,2})(?:m? ?- ?(\d{1,2}))?m(?![^\W_])")
def months_of_child(match: re.Match[str], context: Context) -> Answer:
    """Months of a child: cháu 8m, 18m tuổi -> tháng; no child is eight metres tall"""
    months = f"{context.number_range(match[1], match[2])} tháng"
    if context.is_before(match.end(), ("tuổi",)):
        return months
    child = context.is_after(match.start(), _CHILDREN) or _is_dose(match, context)
    return Guess(months, _SHORT) if child and int(match[1]) > _TALLEST else None


def _is_dose(match: re.Match[str], context: Context) -> bool:
    """Whether it stands in brackets by itself where a text tells of vaccines: Sởi - Rubella (18m)"""
    alone = context.char(match.start() - 1) == "(" and context.char(match.end()) in (")", ",")
    return alone and int(match[1]) < _OLDEST and context.memory.count_words(_VACCINES) > 1


@rule(r"(\d)m(?![^\W_])", only_after=_INJECTED)
def injections(match: re.Match[str], context: Context) -> Guess:
    """Injections: đã tiêm 2m, số mũi 3m -> hai mũi, ba mũi"""
    return Guess(f"{context.number(match[1])} mũi", _SHORT)


@rule(r"(\d{1,3})k(?![^\W_]|/)", only_after=_WATER, unless_after=_WATER_PAID)
def cubic_metres(match: re.Match[str], context: Context) -> Guess:
    """Water by the cubic metre, or what it costs: khối nước 12k, số khối 12k -> mười hai khối; ăn 50k, nước 20k"""
    unit = "khối" if context.is_after(match.start(), _METRED) else context.numerals.thousand
    return Guess(f"{context.number(match[1])} {unit}", _SHORT)


@rule(r"(\d{1,3}(?:[.,]\d)?)(?: ?- ?(\d{1,3}(?:[.,]\d)?))?[kK](?![^\W_]|/)", only_after=_WEIGHED)
def weight(match: re.Match[str], context: Context) -> Guess:
    """Weight: nặng 40k -> bốn mươi ki lô gam, and no thousands"""
    return Guess(f"{context.number_range(match[1], match[2])} ki lô gam", _SHORT)


@rule(r"(\d{1,2})[kK](?= )", only_after=_PACKED, only_before=_GOODS)
def weight_of_pack(match: re.Match[str], context: Context) -> Guess:
    """What a sack or a bottle holds: bao 25k gạo, bình 12k gas -> ki lô gam"""
    return Guess(f"{context.number(match[1])} ki lô gam", _SHORT)


@rule(r"(\d{2,3})(?: ?- ?(\d{2,3}))?[kK](?![^\W_]|/)")
def least_weight(match: re.Match[str], context: Context) -> Guess | None:
    """Least weight of people and animals: nam từ 45k, nữ trên 42k được hiến máu, heo trên 100k -> ki lô gam"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()].rstrip(" ")
    if not _COMPARED.search(ahead):
        return None
    return Guess(f"{context.number_range(match[1], match[2])} ki lô gam", _SHORT)


@rule(r"(\d{1,3})(?: ?- ?(\d{1,3}))?[kK](?= (?:giá|trở lên|trở xuống)(?!\w))", only_after=_BEASTS)
def weight_before_price(match: re.Match[str], context: Context) -> Guess:
    """Weight of an animal whose price follows: bò 300k giá 25tr -> ki lô gam"""
    return Guess(f"{context.number_range(match[1], match[2])} ki lô gam", _SHORT)


@rule(r"([1-9])k?(?: ?- ?([1-9]))?k(5)?(?![^\W_]|/)")
def weight_of_fowl(match: re.Match[str], context: Context) -> Guess | None:
    """Weight of an animal that no so few thousands buy: gà ta 2k-2k5, vịt 3k -> ki lô gam"""
    if not _FOWL.search(context.before(match.start())):
        return None
    half = " rưỡi" if match[3] else ""
    return Guess(f"{context.number_range(match[1], match[2])} ki lô gam{half}", _SHORT)


@rule(r"([1-9]|1\d|20)[kK]/(?=\d{2,3}[kK](?![^\W_]))")
def weight_with_price(match: re.Match[str], context: Context) -> Guess:
    """Weight and what it costs: bưởi 2k/80k, cam 5k/100k -> hai ki lô gam"""
    return Guess(f"{context.number(match[1])} ki lô gam, ", _SHORT)


@rule(r"([89]\d|1[0-4]\d)(?: ?- ?(\d{2,3}))?[kK](?![^\W_]|/)", only_after=_PIGS)
def weight_or_price_of_pig(match: re.Match[str], context: Context) -> Guess:
    """What a pig weighs, or what a kilogram of it costs: heo 90k, which nothing decides"""
    return Guess(f"{context.number_range(match[1], match[2])} nghìn", _SHORT)


@rule(r"(\d{1,3}(?:[.,]\d)?)[kK](?![^\W_]|/| ?l(?:ít)?(?!\w))", only_after=_TANK)
def room_of_tank(match: re.Match[str], context: Context) -> Guess:
    """What a tank holds: bể 5k -> mét khối, or so many thousands"""
    return Guess(f"{context.number(match[1])} khối", _SHORT)


@rule(r"(\d{1,2}(?:[.,]\d)?)(?: ?- ?(\d{1,2}))?[kK](?![^\W_]|/)", only_after=_RUN)
def distance(match: re.Match[str], context: Context) -> Guess:
    """Length of a way: chạy 5k, thi chạy 10k -> ki lô mét"""
    return Guess(f"{context.number_range(match[1], match[2])} ki lô mét", _SHORT)


@rule(r"([12]?\d|3[01])(?: ?- ?([12]?\d|3[01]))?n(?![^\W_])")
def days_off(match: re.Match[str], context: Context) -> Guess | None:
    """Days of leave: phép 12-14n/năm, nghỉ 5n -> ngày, and no thousands"""
    off = context.is_after(match.start(), _LEAVE) or context.after(match.end()).startswith("/năm")
    return Guess(f"{context.number_range(match[1], match[2])} ngày", _SHORT) if off else None


@rule(r"([1-9]|1[0-2])l(?= ?/ ?(?:năm|quý|tháng|tuần|vụ)(?!\w))")
def times_a_year(match: re.Match[str], context: Context) -> Guess:
    """How often: khám sức khỏe 1l/năm -> một lần"""
    return Guess(f"{context.number(match[1])} lần", _SHORT)


@rule(r"([13]) ?p(?:h)?(?![^\W_])", only_after=_WIRED)
def phases(match: re.Match[str], context: Context) -> Answer:
    """Phases of a current: điện 3p, công tơ 1p -> pha; mất điện 3p are minutes"""
    if _SWITCHED.search(context.before(match.start())):
        return None
    return Guess(f"{context.number(match[1])} pha", _SHORT)


@rule(r"(\d{1,2}(?:[.,]\d{1,2})?)s(?![^\W_])", only_after=_LAND)
def fields(match: re.Match[str], context: Context) -> Guess:
    """Land: ruộng 2s, bán 5s -> sào, and no seconds"""
    return Guess(f"{context.number(match[1])} sào", _SHORT)


@rule(r"(\d{1,2})m(\d)s(?![^\W_])")
def fields_of_the_north(match: re.Match[str], context: Context) -> Guess:
    """Land in two units: ruộng 3m2s -> ba mẫu hai sào"""
    return Guess(f"{context.number(match[1])} mẫu {context.number(match[2])} sào", _SHORT)


@rule(r"/ ?s(?![^\W_])", starts="sign")
def per_field(match: re.Match[str], context: Context) -> Guess | None:
    """What land costs, and what is spread on it: 300tr/s, đạm 3kg/s -> một sào"""
    ahead = context.text[max(0, match.start() - 10) : match.start()]
    if _READ_OFF.search(context.before(match.start())):
        return Guess(" một số", _SHORT)
    return Guess(" một sào", _SHORT) if _MONEY_AHEAD.search(ahead) or _SPREAD_AHEAD.search(ahead) else None


@rule(r"/ ?t(?![^\W_])", starts="sign")
def per_month(match: re.Match[str], context: Context) -> Answer:
    """What is paid each month: lương 7-9tr/t, lãi 0,8%/t -> một tháng"""
    ahead = context.text[max(0, match.start() - REACH) : match.start()]
    if ahead.endswith("%"):
        return " một tháng"
    return Guess(" một tháng", _SHORT) if _MONEY_AHEAD.search(ahead) and _PAID_MONTHLY.search(ahead) else None


@rule(r"(10|14|18|22|24)[kK](?![^\W_]|/)")
def carats(match: re.Match[str], context: Context) -> str | None:
    """Gold: vàng 18k, 24k -> ca"""
    golden = _GOLD.search(context.text[max(0, match.start() - REACH) : match.start()])
    return f"{context.number(match[1])} ca" if golden else None


@rule(r"0[.,](0\d{1,2}) ?[sS](?![^\W_]|-)", only_after=_OIL)
def sulphur(match: re.Match[str], context: Context) -> str:
    """Sulphur of an oil: dầu 0,05S -> không phẩy không năm ét"""
    return f"{context.number('0,' + match[1])} ét"


@rule(r"(\d)[tT] ?(\d)[lL](?![^\W_])", only_after=_STOREYS)
def storeys(match: re.Match[str], context: Context) -> Guess:
    """Ground floor and floors of a house: nhà 1t 2l -> một trệt hai lầu"""
    return Guess(f"{context.number(match[1])} trệt {context.number(match[2])} lầu", _SHORT)


@rule(r"(\d)t(?![^\W_])", only_after=_STOREYS)
def house(match: re.Match[str], context: Context) -> Guess:
    """Storeys of a house: nhà 3t mặt tiền -> tầng; a number of a house has capitals"""
    return Guess(f"{context.number(match[1])} tầng", _SHORT)


@rule(
    r"[Kk]g(?= (?:có|đi|được|đc|cần|phải|thu|nộp|mất|họp|cho|biết|nên|ai|bán|mua|nhận|làm|còn|đúng)(?!\w))",
    starts="word",
)
def not_so(match: re.Match[str], context: Context) -> Guess | None:
    """“Không” written as the unit where a sentence begins: kg có điện"""
    return Guess("không", _NOT_OR_KILOGRAM) if context.begins_sentence(match.start()) else None


_NOT_OR_KILOGRAM = Message("this could be “không”, or kilograms")


_STARS = Message("this could be stars, or the mark of a footnote")


@rule(r"([1-5])(?: ?- ?([1-5]))?\*(?![*\w]| ?\d)")
def stars(match: re.Match[str], context: Context) -> Answer:
    """Stars of a product or hotel: sản phẩm OCOP 3*, 4* -> ba sao, bốn sao"""
    words = context.before(match.start())
    rated = any(cue in words for cue in (" ocop", " ks", " khách sạn", " resort", " sao", " hạng", " xếp loại"))
    graded = rated or context.follows(Kind.QUANTITY, match.start(), ", ", " và ")
    spoken = f"{context.number_range(match[1], match[2])} sao"
    if graded:
        return spoken
    bold = "*" in context.line_before(match.start())
    return None if bold else Guess(spoken, _STARS)


@rule(r"([1-6])l(?=/ng(?:ày)?(?![^\W_]))")
def times_a_day(match: re.Match[str], context: Context) -> Guess:
    """How often a day, or litres: cho ăn 3l/ng -> ba lần"""
    return Guess(f"{context.number(match[1])} lần", _TIMES_OR_LITRES)


_TIMES_OR_LITRES = Message("so many times, or litres")
