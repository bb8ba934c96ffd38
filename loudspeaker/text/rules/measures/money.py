"""Money: 1.500.000đ, 50k, 1tr2, 3-5 triệu, 10$. What stands behind a slash is read by `separators`."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER, spell_digits
from ...reasons import APART, COMMA
from ...rule import Answer, Guess, RuleMaker, after_variety
from ...syllables import LOWER, UPPER

rule = RuleMaker(Kind.MONEY)

_DONG = r"(?:VNĐ|VND|Vnđ|Vnd|vnđ|vnd|đồng|đ|Đ(?!\.? ?\d)|d)(?![^\W\d_]|/(?:[cCvV](?![^\W_])|tượng|kiện))"
_SCALES = words_before("nghìn|ngàn|triệu|tỷ|tỉ|vạn")
_MILLIONS = words_after("triệu|tỷ|tỉ|nghìn|ngàn|tr|kg|tấn|điểm|lần|usd|đô la")
_BORN = words_before("sinh|sinh năm|lứa|năm|năm sinh|khóa|đời|thế hệ|các em|các cháu|các bạn|hs|học sinh|sn")
_PRICES = words_before("giá|phí|thu|vé|mức|từ|đến|chỉ|còn|tiền|nộp|bán|mua")
_HALF_OR_TENS = pattern(r"\d{1,2}[.,]\d{1,2}|[1-9]\d?|[1-9](?!00)\d\d")  # no sum ends so
_SCORED = pattern(
    r"(?<![\d.,])\d{1,2} ?(?:điểm|đ)(?![^\W_/])[^\n]{0,20}\n[^\n]{1,60}$"
)  # a point or two in the line above
_SCORES = pattern(
    r"(?<!địa)(?<!thời) điểm(?: (?:tối đa|tối thiểu|chuẩn|sàn|cộng|thưởng|trừ|liệt|tuyệt đối|từ|là|đạt))?$"
)
_POINTS_OR_DONG = Message("“đ” may be points or dong")
_BELOW_ONE = pattern(r"0[.,]\d")
_PER = pattern(r" ?/ ?[^\W_]")
_MARKED = (" điểm", " nv", " nguyện vọng", " môn", " thua", " hòa")
_SLIP = pattern(r"\d{1,3}\.(?:\d\d|\d{4,})|\d{1,3}(?:\.\d{3})+,\d{3}")
_WHOLE = pattern(r".*[.,]\d00")


@rule(r"(\d{1,3}(?:,\d{3})+) ?(USD|AUD|EUR|đô la)(?![^\W_])")
def foreign_amount(match: re.Match[str], context: Context) -> Answer:
    """Foreign amount with commas for thousands: 86,400 USD: written as dollars are, with a comma for thousands"""
    spoken = f"{context.number(match[1].replace(',', '.'))} {context.lexicon.units.get(match[2], match[2])}"
    return spoken if match[1].endswith("00") else Guess(spoken, COMMA)


@rule(
    r"(\d{1,3},\d{2}0)(?: ?- ?(\d{1,3},\d{2}0))?(?!\d|[.,/]\d| ?[^\W\d_]{0,3}[%/°])(?! ?(?:đồng|đ|VNĐ|vnđ)(?![^\W_]))"
)
def price(match: re.Match[str], context: Context) -> Answer:
    """Price with a comma for thousands: giá … ở mức 5,650-5,700: a comma for thousands"""
    cued = re.search(r"\b[Gg]iá\b", context.text[max(0, match.start() - 3 * REACH) : match.start()])
    if cued is None or context.is_before(match.end(), _MILLIONS):
        return None
    until = f" đến {_say_amount(match[2], context)}" if match[2] else ""
    return Guess(f"{_say_amount(match[1], context)}{until}", COMMA)


@rule(r"([1-9]\d{2}|[1-9]\d{0,2}\.\d{3})đ(?=/c(?![^\W_]))")
def dong_of_each(match: re.Match[str], context: Context) -> str:
    """Dong for each animal: công tiêm 300đ/c gia cầm, and no three hundred comrades"""
    return f"{context.number(match[1])} đồng"


@rule(rf"(\d{{1,4}}) - (\d{{1,3}}(?:\.\d{{3}})+) ?{_DONG}")
def price_of_name(match: re.Match[str], context: Context) -> Guess | None:
    """A number that belongs to a name, and its price behind a dash: lúa lai Thái Xuyên 111 - 128.000đ/kg"""
    ahead = context.line_before(match.start(), 2 * REACH)
    if not _NAMED.search(ahead) or context.is_after(match.start(), _PRICES):
        return None
    falls = int(match[1]) * 1000 >= int(match[2].replace(".", ""))
    spoken = f"{context.number(match[1])}, {context.number(match[2])} đồng"
    return Guess(spoken, _NAME_AND_PRICE) if falls or _OF_SORTS.search(ahead) else None


_NAMED = pattern(rf"[{UPPER}][{LOWER}]*(?: [{UPPER}]?[{LOWER}]+)? $")
_OF_SORTS = pattern(r"(?i)(?<!\w)(?:(?:hạt )?giống|(?:lúa|ngô|bắp) (?:lai|thuần|nếp|tẻ)|thuốc|nhãn hiệu|hiệu)(?!\w)")
_NAME_AND_PRICE = Message("a name with its number and a price, or a range")


@rule(
    rf"({NUMBER})(?: ?- ?({NUMBER}))?(?:,(?=đ(?!\w)))? ?({_DONG})(?:,00(?!\d)| đồng(?!\w))?",
)
def dong(match: re.Match[str], context: Context) -> Answer:
    """Amount in dong: 50.000đ -> năm mươi nghìn đồng"""
    if _are_points(match, context):
        return Guess(f"{context.number_range(match[1], match[2])} điểm", _POINTS_OR_DONG)
    if _is_mark(match, context):
        return _points(match, context)
    if match[3] == "d" and not _WHOLE.fullmatch(match[2] or match[1]):
        return None
    if (_is_small(match) or _is_lost(match, context) or _is_score(match, context)) and not context.is_after(
        match.start(), (" giảm", " tăng")
    ):
        return _points(match, context)
    until = f" đến {_say_amount(match[2], context)}" if match[2] else ""
    spoken = f"{_say_amount(match[1], context)}{until} đồng"
    slip = _SLIP.fullmatch(match[2] or match[1])
    return Guess(spoken, Message("an amount with a digit too few or too many?")) if slip else spoken


def _are_points(match: re.Match[str], context: Context) -> bool:
    """Whether a range of points is told: điểm 18-20đ; ưu tiên 1-2đ, so few dong that nobody counts them"""
    if not match[2] or _PER.match(match.string, match.end()):
        return False
    few = match[3] == "đ" and _FEW.fullmatch(match[1]) and _FEW.fullmatch(match[2])
    return bool(few) or _SCORES.search(context.before(match.start())) is not None


def _is_mark(match: re.Match[str], context: Context) -> bool:
    """Whether so few dong are told where a text speaks of points that points are meant: trừ 5đ/lần, bốn bài 100đ"""
    few = match[3] == "đ" and not match[2] and match[1].isdecimal() and int(match[1]) <= _MOST_POINTS
    rated = _PER.match(match.string, match.end()) is not None
    if not few or (rated and not _PER_FAULT.match(match.string, match.end())):
        return False
    return rated or context.is_after(match.start(), _SCALE_OF_POINTS) or context.memory.count_words(_OF_POINTS) > 0


_MOST_POINTS = 100
_FEW = pattern(r"(?:[12]?\d|30)(?:,\d{1,2})?")
_SCALE_OF_POINTS = words_before("thang|chấm|điểm|thi đua|bài|bài thi|cộng|trừ|cộng thêm|trừ đi|bị trừ|được cộng")
_PER_FAULT = pattern(r" ?/ ?(?:lần|câu|lỗi|ý|bài|trận|động tác|vạch|quả|phần|nội dung|tiêu chí|tiết mục|môn)(?!\w)")
_OF_POINTS = (
    *("sát hạch", "thang điểm", "chấm điểm", "điểm liệt", "tổng điểm", "điểm thi", "điểm chuẩn", "cách tính điểm"),
    *("trừ điểm", "cộng điểm", "điểm cộng", "điểm trừ", "bảng điểm", "điểm tối đa", "điểm số", "số điểm", "tính điểm"),
)


def _is_small(match: re.Match[str]) -> bool:
    """Whether an amount is too small for dong: 7,5đ, 20đ, 152đ; not where it is a rate, 50đ/kg; 0,25đ/lần is points"""
    change = len(match[1]) == 3 and match.string[max(0, match.start() - 1)] in "+-–"  # xăng 20.150đ (-280đ)
    small = match[3] == "đ" and not (match[2] or change) and _HALF_OR_TENS.fullmatch(match[1])
    return bool(small) and (
        _BELOW_ONE.match(match[1]) is not None
        or not _PER.match(match.string, match.end())
        or _OF_GAMES.match(match.string, match.end()) is not None
    )


_OF_GAMES = pattern(r" ?/ ?\d{1,2} ?(?:ván|trận|hiệp|vòng|bài|môn|câu|lượt)(?!\w)")  # 2,5đ/3 ván


def _is_lost(match: re.Match[str], context: Context) -> bool:
    """Whether a team gets so many points: thua 0đ; FC Đồng Dài: 0đ, below teams that have some"""
    if match[0] != "0đ":
        return False
    above = context.text[max(0, match.start() - 3 * REACH) : match.start()]
    if context.is_after(match.start(), (" thua", " hòa", " hoà")) or _SCORED.search(above):
        return True
    return context.memory.count_words(("bảng xếp hạng", "xếp hạng", "vòng bảng", "bán kết")) > 0


def _is_score(match: re.Match[str], context: Context) -> bool:
    """Whether a whole number of hundreds is told of points: điểm tối đa: 100đ"""
    whole = match[3] == "đ" and len(match[1]) == 3 and not _PER.match(match.string, match.end())
    return whole and _SCORES.search(context.before(match.start())) is not None


def _points(match: re.Match[str], context: Context) -> str | Guess:
    """Points of a pupil or a team: môn Toán 7,5đ -> bảy phẩy năm điểm; thua 0đ"""
    spoken = f"{context.number(match[1])} điểm"
    before = context.before(match.start())
    marked = before.endswith(" thang") or any(cue in before for cue in _MARKED)
    return spoken if marked else Guess(spoken, _POINTS_OR_DONG)


def _say_amount(written: str, context: Context) -> str:
    """Amount, where three digits behind a comma are thousands: 1,500 -> một nghìn năm trăm"""
    return context.number(written.replace(",", ".") if re.fullmatch(r"\d{1,3},\d\d0", written) else written)


_THINGS = "triệu|tỷ|tỉ|đồng|đ|VNĐ|VND|USD|m2|ha|con|cây|kg|tấn|tạ|lít|km|m3"


@rule(rf"([1-9]\d{{0,2}}(?: \d{{3}}){{1,4}}(?:,\d)?)(?= ?(?:{_THINGS})(?![^\W_]))")
def spaced_amount(match: re.Match[str], context: Context) -> Answer:
    """Amount with blanks for thousands: 1 500 000 đồng; “tổ 5 120 kg” are two numbers"""
    if not context.after_label(match.start()):
        return context.number(match[1])
    return Guess(context.number(match[1]), APART)


@rule(
    rf"({NUMBER}) ?(?:- ?({NUMBER}) ?)?(tr|Tr|triệu|tỷ|tỉ|[tT]y|TY|(?<=\d)ti(?! vi))"
    r"(?:(\d{1,3})(?:k| (?:nghìn|ngàn)(?!\w))?|\. ?(?=đ))?"
    rf"(?: ?{_DONG}(?! ?Đ))?(?![^\W_])",
)
def millions(match: re.Match[str], context: Context) -> Answer:
    """Millions or billions: 1tr2 -> một triệu hai trăm nghìn"""
    if match[3] == "tr" and _are_pages(match, context):
        return f"{context.number(match[1])} trang"
    scale = "triệu" if match[3].lower().startswith("tr") else "tỷ"
    dong = " đồng" if re.search(rf"{_DONG}$", match[0]) else ""
    if re.fullmatch(r"[1-9]\d{0,2},\d00", match[1]) and not match[2] and scale == "tỷ":  # 14,700 tỉ đồng
        return Guess(f"{context.number(match[1].replace(',', '.'))} {scale}{dong}", COMMA)
    if match[1] == "9999" and context.is_after(match.start(), " vàng"):  # Giá vàng 9999 tr.đ/lượng heads a table
        return f"{spell_digits(match[1])}, {scale}{dong}"
    rest = f"{scale}{_say_rest(match[4], scale, context)}{dong}"
    if (
        match[2]
        and scale == "triệu"
        and match[1].isdecimal()
        and match[2].isdecimal()
        and int(match[1]) > int(match[2])
    ):
        first = f"{context.number(match[1])} {context.numerals.thousand}"  # giá 980-1tr
        return Guess(f"{first} đến {context.number(match[2])} {rest}", Message("a range that does not rise"))
    return f"{context.number_range(match[1], match[2])} {rest}"


def _are_pages(match: re.Match[str], context: Context) -> bool:
    """Whether a book has so many pages: 2 quyển vở 96 tr, sách 120tr; not sổ tiết kiệm 96tr, mua vở 96tr2"""
    whole = match[0][-1] == "r" and match[2] is None and match[1].isdecimal()
    return whole and int(match[1]) >= _FEWEST_PAGES and _BOOK.search(context.before(match.start())) is not None


_FEWEST_PAGES = 40
_BOOK = pattern(r" (?:vở|quyển|cuốn|sách|tập học sinh|tập giấy)(?: (?!tiết kiệm)[^\W\d_]+){0,3}$")


def _say_rest(digits: str | None, scale: str, context: Context) -> str:
    """What follows the scale: 1tr2: 2 -> hai trăm nghìn; 1 tỷ 2: 2 -> hai trăm triệu"""
    if not digits:
        return ""
    below = context.numerals.thousand if scale == "triệu" else "triệu"
    return f" {context.number(digits.ljust(3, '0'))} {below}"


@rule(r"2k(\d{1,2})(?![^\W_]|/)", only_after=_BORN)
def year_of_birth(match: re.Match[str], context: Context) -> str:
    """Year of this century: lứa 2k8, sinh 2k10 -> hai nghìn không trăm linh tám"""
    return context.number(f"20{match[1]:0>2}")


_HEAVY = words_before("cỡ|nặng|cân nặng|trọng lượng|size|nặng khoảng|nặng hơn|nặng gần|sơ sinh")


@rule(r"(\d{1,3})k(\d)(?![^\W_])")
def thousands_and_hundreds(match: re.Match[str], context: Context) -> Answer:
    """Thousands and hundreds: điện 3k5/số -> ba nghìn năm trăm; cá cỡ 1k2 is a weight"""
    if context.is_after(match.start(), _HEAVY):
        return Guess(f"{context.number(match[1])} ki lô gam {context.number(match[2])}", Message("money, or a weight"))
    return f"{context.number(match[1])} {context.numerals.thousand} {context.number(match[2])} trăm"


@rule(rf"({NUMBER}) ?(?:- ?({NUMBER}) ?)?(k|K|n(?=/(?!\d))|ng\.?(?=đ))đ?(?![^\W_]|\.\d)")
def thousands(match: re.Match[str], context: Context) -> Answer:
    """Thousands written k: 50k -> năm mươi nghìn; 5K is a name unless the words speak of a price, 50K may be either"""
    dong = " đồng" if match[3].startswith("ng") else ""
    spoken = f"{context.number_range(match[1], match[2])} {context.numerals.thousand}{dong}"
    if re.fullmatch(r"\d{4,5}|\d{1,3}\.\d{3}", match[1]) and not match[2]:  # 1845k, 12.540k
        spoken = context.number(f"{match[1].replace('.', '')}000")
    if match[3] in "kK" and context.is_after(match.start(), " vàng"):  # 3 chỉ vàng 18K
        return f"{context.number(match[1])} ca"
    if match[3][0] in "kn" or context.is_after(match.start(), _PRICES) or context.char(match.end()) == "/":
        return spoken
    return Guess(spoken, Message("“K” may be thousands or a name")) if len(match[1]) > 1 else None


@rule(r"(?:đ|VNĐ|VND|vnđ|vnd)(?![^\W_]|/[cC](?![^\W_]))", starts="word")
def currency_after_scale(match: re.Match[str], context: Context) -> str | None:
    """Currency behind “nghìn”, “triệu”: 12 nghìn đ/kg, 12 nghìn VNĐ -> nghìn đồng; 100 000đ; Giá (đ/kg)"""
    at = match.start()
    rated = re.match(
        r"/(?:kg|g|lít|l|m2|m3|ha|con|cây|bó|quả|trái|lượng|chỉ|tháng|năm|ngày|hộ|người|lượt|"
        r"lần|xe|vé|suất|chuyến|giờ|đêm)(?!\w)",
        context.after(match.end()),
    )
    if rated and (context.char(at - 1) in ("(", "") or context.char(at - 2) in ",:;" or context.begins_line(at)):
        return "đồng"
    return "đồng" if context.is_after(at, _SCALES) or context.follows(Kind.MONEY, at) else None


@rule(rf"(?:VNĐ|VND|vnđ|vnd) ?({NUMBER})(?! ?(?:triệu|tỷ|tỉ|tr|k)(?![^\W_]))", starts="word", unless=after_variety)
def currency_first(match: re.Match[str], context: Context) -> str:
    """Currency before its amount: VNĐ 500.000 -> năm trăm nghìn đồng; giống lúa VND95 is none"""
    return f"{_say_amount(match[1], context)} đồng"


@rule(rf"\$ ?({NUMBER}) (nghìn|triệu|tỷ|tỉ)(?!\w)", starts="sign")
def foreign_millions(match: re.Match[str], context: Context) -> str:
    """Millions of dollars: $2.5 triệu -> hai phẩy năm triệu đô la"""
    return f"{context.number(match[1])} {match[2]} đô la"


@rule(rf"\$ ?({NUMBER})(?: ?- ?\$?({NUMBER}))?(?: ?USD(?![^\W_]))?", starts="sign")
def dollars(match: re.Match[str], context: Context) -> str | None:
    """Amount in dollars: $10 -> mười đô la; $5,000 USD; $70.000 - $80.000"""
    until = f" đến {_say_amount(match[2], context)}" if match[2] else ""
    return f"{_say_amount(match[1], context)}{until} đô la"
