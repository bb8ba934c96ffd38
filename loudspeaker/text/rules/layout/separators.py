"""Signs between things: slashes, bullets, plus and ampersand, and every sign that no other rule reads.

A dash is read by `dashes` alone. A slash is read by `rates` behind an amount (một, trên), by the rules of dates, months
and documents inside their numbers, and else here.
"""

from __future__ import annotations

import re
import unicodedata

from ....errors import Message
from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER
from ...reasons import ambiguous
from ...rule import Answer, Guess, RuleMaker
from ...syllables import LOWER, UPPER, is_syllable

rule = RuleMaker(Kind.SEPARATOR)

_SPOKEN = {
    "&": "và", "%": "phần trăm", "‰": "phần nghìn", "@": "a còng", "°": "độ", "€": "ơ rô", "$": "đô la",
    "£": "bảng Anh",
    "=": "bằng", "≥": "lớn hơn hoặc bằng", "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "≈": "khoảng",
    "½": "một phần hai", "¼": "một phần tư", "¾": "ba phần tư", "²": "vuông", "³": "khối", "√": "căn", "∆": "đen ta",
}  # fmt: skip
_THINGS = r"tuổi|độ|người|con|hộ|cây|điểm|lần|ngày|tháng|năm|giờ|phút|triệu|nghìn|tỷ|đồng|mét|tạ|tấn|sào|lít|phiếu|chỗ"
_DAYS = pattern(r"[Nn]gày \d{1,2} ?\+ ?\d{1,2}[./]\d")  # ngày 05+06/9
_DAY_OR_MONTH = pattern(r" ?(?:CN|T\d{1,2})(?!\w)")
_TOLD = (" tăng", " giảm", " gạch", " gạch ngang", " dấu trừ", " dấu cộng")
_PROPORTION = pattern(rf"[Tt](?:ỷ|ỉ) (?:lệ|số) [{LOWER}]+$")  # tỷ lệ chết/mắc
_BLOOD = words_before("rh|rhesus|máu|nhóm|o|a|b|ab")
_PAUSES = frozenset("|;•")
_SILENT = frozenset('-–—.,;:!?"“”…·、。《》„')
_PRIZES = words_before("cờ|giấy khen|giấy chứng nhận|huy chương|cúp|quà")
_JOINED = words_after(
    "ông|bà|anh|chị|cô|chú|vợ|chồng|con|hội|đoàn|trạm y tế|công an|ban|giấy chứng nhận|giấy khen|cờ|quà"
)
# Emoji of phones; signs that may stand for a word, like ☂ and ↑, are none.
_PICTURES = (
    "\u200d\u203c\u2049\u231a\u231b\u23e9-\u23fa\u2600\u2601\u260e\u2615\u2620\u2639\u263a\u2665\u2666\u26a0\u26a1\u26c8\u26d4"
    "\u2705\u270a-\u270d\u2714\u2716\u274c\u274e\u2753-\u2757\u2763\u2764\u2795-\u2797\u2b07\u2b50\u2b55\U0001f000-\U0001faff"
)
_FACE = pattern(
    "[\u2764\u2665\U0001f493-\U0001f49f\U0001f600-\U0001f64f\U0001f90d-\U0001f917\U0001f923-\U0001f92f\U0001f970-\U0001f97a]"
)
_NEXT_SENTENCE = pattern(rf" *[{UPPER}]")
_ENDED = pattern(rf"[{LOWER}]{{2}} ?$")
_AMOUNT_BEFORE = pattern(r"\d ?[^\W\d_]{1,8} $")
_SIZED = pattern(r"(?i)\b(?:ảnh|khổ|cỡ|kích thước|khối lượng)[^.;\n]{0,16}$")
_MARKUP = frozenset("*_#^\\[]{}<>~`'\"|•")


@rule(r"#(?= ?[,;)])", starts="sign")
def hash_sign(match: re.Match[str], context: Context) -> str | None:
    """A sign that is listed among others: ký tự đặc biệt (@, #), bấm phím #, gọi -> thăng"""
    ahead = context.text[max(0, match.start() - 2) : match.start()]
    return "thăng" if ahead.strip()[-1:] in (",", "(", ";") or context.is_after(match.start(), _KEYS) else None


_KEYS = words_before("phím|dấu|ký tự|bấm|nhấn|hoặc|và")


@rule(r"\(([+-])\)", starts="sign")
def test_result(match: re.Match[str], context: Context) -> Answer:
    """Result of a test: Rh(-), HIV (+) -> âm, dương"""
    tested = "" if context.is_after(match.start(), _BLOOD) else " tính"
    spoken = {"-": " âm", "+": " dương"}[match[1]] + tested
    if context.text[match.end() : match.end() + 2].strip()[:1].isdecimal():  # hàn the (+) 3/5 mẫu
        spoken += ","
    if context.is_after(match.start(), _TOLD):  # Giá tăng (+), giảm (-): said already
        return ""
    return spoken if context.char(match.start() - 1).isalnum() or context.char(match.start() - 2).isalnum() else None


@rule(r"\./\.?(?![\w.])", starts="sign")
def full_stop(match: re.Match[str], context: Context) -> Answer:
    """Full stop with a slash: thực hiện./. -> the end"""
    return "."


@rule(rf"\.(?=[{LOWER}]{{2,9}}(?![^\W_]))", starts="sign")
def point_between_words(match: re.Match[str], context: Context) -> Answer:
    """Point between two words: m3/ngày.đêm -> ngày đêm; 16 giờ 30.phút"""
    start, end = match.span()
    before = re.search(rf"[{LOWER}]{{2,7}}$|\d$", context.text[max(0, start - 8) : start])
    after = re.match(rf"[{LOWER}]{{2,7}}", context.text[end : end + 8])
    words = before and after and is_syllable(after[0]) and (before[0].isdecimal() or is_syllable(before[0]))
    return " " if words else "."


@rule(rf"\.(?=[{UPPER}])", starts="sign")
def full_stop_without_blank(match: re.Match[str], context: Context) -> Answer:
    """Full stop without a blank.

    8 địa phương.Ngày 04/03 -> a full stop, where the blank was forgotten; none in V.League
    """
    initial = re.search(r"(?<![^\W_])[A-ZĐ]$", context.text[max(0, match.start() - 2) : match.start()])
    return " " if initial else ". "


@rule(r"/{1,200}", starts="sign")
def slash(match: re.Match[str], context: Context) -> Answer:
    """Slash between two things: thôn/bản -> thôn, bản; 0963.851.919 / 0966.851.919 are two numbers"""
    following = context.text[match.end() : match.end() + 2].strip()[:1]
    if context.follows(Kind.PHONE, match.start()) and (following.isdecimal() or following == "("):
        return ";"  # groups have commas: the border of two numbers must be heard
    if _PROPORTION.search(context.text[max(0, match.start() - REACH) : match.start()]):
        return " trên "
    if following.isdecimal() and _REACHED.search(context.text[max(0, match.start() - REACH) : match.start()]):
        return " trên "  # 412 VĐV đã ĐK/500
    if context.char(match.start() - 1) == ")" and following == "(":
        return " chia "  # BMI = (…)/(…)
    ahead = context.text[max(0, match.start() - 2) : match.start()].strip()[-1:]
    spoken = ", " if (ahead.isalnum() or ahead == ")") and following.isalnum() else " "
    per = context.previous.kind in _RATED and context.previous.end == match.start()  # 350K/K
    letter = _CAPITAL.match(context.text, match.end()) if per else None
    return Guess(spoken, ambiguous(letter[0])) if letter else spoken


_REACHED = pattern(
    r"\d [^\d.,;:()\n]{0,24}(?<!\w)(?:đã|có mặt|đăng ký) ?(?:ĐK|đăng ký|nộp|đến|dự|đạt|xong|tiêm|khám)?$"
)
_RATED = frozenset((Kind.MONEY, Kind.QUANTITY))
_CAPITAL = pattern(rf" ?[{UPPER}](?![^\W_])")


@rule(r"\+ ?/ ?- ?(?=\d)", starts="sign")
def more_or_less(match: re.Match[str], context: Context) -> Answer:
    """Plus or minus: thay đổi +/- 15 phút -> cộng trừ"""
    return " cộng trừ "


@rule(r"\+(?=[,;.)]?(?:\s(?! ?[\d(])|$)|[,;.)])", starts="sign")
def and_more(match: re.Match[str], context: Context) -> str | None:
    """Plus sign that ends a number: người cao tuổi 80+, phim 18+ -> trở lên"""
    counted = context.previous.kind is Kind.NUMBER or context.previous.spoken.endswith(" tuổi")  # 80+, nam 18t+
    counted = counted and context.previous.end == match.start()
    return " trở lên" if counted else None


@rule(r"(?<=\d)\+(?= \d)", starts="sign")
def and_more_before_price(match: re.Match[str], context: Context) -> Guess | None:
    """Plus sign glued to a number, before its price: 0-10m3 5k8, 21+ 8k5 -> trở lên; 5+ 3 = 8 is a sum"""
    counted = context.previous.end == match.start() and context.previous.kind is Kind.NUMBER
    priced = _PRICE_BEHIND.match(context.text, match.end()) if counted else None
    return Guess(" trở lên,", Message("“and more”, or a sum")) if priced else None


_PRICE_BEHIND = pattern(r" \d[\d.,]*(?:k\d?|đ|tr\d?)(?![^\W_])(?! ?=)")


@rule(r"\+{1,200}", starts="sign")
def plus(match: re.Match[str], context: Context) -> Answer:
    """Plus sign: a bullet at the beginning of a line, and inside one that begins with it; else “cộng”"""
    start, end = match.span()
    if _is_bullet(context, start, end):
        return "" if context.char(start - 2) in ".;:," else ";"
    opens = context.begins_line(start)
    if context.char(end).isdecimal() and context.char(start - 1) in "( " and not opens:
        return "cộng "
    if _links_things(context, start, end):
        return " và "
    if not opens and _stands_between_numbers(context, start, end):
        return " cộng "
    if opens or not context.text[end : end + 2].strip()[:1].isalnum():
        return "" if not context.char(start - 1).isalnum() else "cộng"
    if context.is_after(start, _PRIZES):  # cờ + 2.000.000đ
        return " và "
    if _are_same_things(context, start, end):
        return " và "
    return _say_plus(context, start, end) if _is_term(context, start, end) else ""


def _say_plus(context: Context, start: int, end: int) -> str:
    """“cộng” between two terms, behind a pause where only the second is a number: (tiền lãi) + 26 suất"""
    before, following = context.char(start - 2), context.text[end : end + 2].strip()[:1]
    return ", cộng " if following.isdecimal() and (before.isalpha() or before == ")") else " cộng "


def _stands_between_numbers(context: Context, start: int, end: int) -> bool:
    """Whether two numbers are added: 2.000.000 + (35.000 * 26)"""
    return context.text[end : end + 3].strip(" (")[:1].isdecimal() and context.char(start - 2).isdecimal()


def _links_things(context: Context, start: int, end: int) -> bool:
    """Whether a plus links two things: T7+CN, T10+T11, ngày 05+06/9, ông Nhu + bà Rớt"""
    if context.follows(Kind.ORDINAL, start) and _DAY_OR_MONTH.match(context.text, end):
        return True
    persons = context.is_before(end, _JOINED) and not context.begins_line(start) and context.char(start - 2).isalnum()
    return persons or _DAYS.search(context.text[max(0, start - 10) : end + 5]) is not None


def _is_term(context: Context, start: int, end: int) -> bool:
    """Whether something that can be added stands before: Toán + Văn, 5% + 2%, (…) + 3"""
    before = context.text[max(0, start - 2) : start].strip()[-1:]
    return before.isalnum() or before in ("%", ")")


def _are_same_things(context: Context, start: int, end: int) -> bool:
    """Whether two things of one sort stand on both sides, which are listed, not added: xóm 5 + xóm 6"""
    one = re.search(r"(?<![^\W_])([^\W\d_]+) \d{1,3} $", context.text[max(0, start - 16) : start])
    return one is not None and re.match(rf"(?i: {one[1]} \d)", context.text[end : end + 16]) is not None


def _is_bullet(context: Context, start: int, end: int) -> bool:
    """Whether a plus begins a line that was pasted into another.

    + Lần 1: 7kg/sào + Lần 2: 8kg/sào, pasted into one line; - Tuyến 9 (…) + Chuyến đầu: …
    """
    if not re.match(rf" [{UPPER}][{LOWER}]", context.text[end : end + 3]) or context.char(start - 1) != " ":
        return False
    first = f"{context.line_before(start)}{context.char(start)}"[:8].lstrip()[:1]
    previous = re.search(r"[^\W\d_]+ $", context.text[max(0, start - 10) : start])
    listed = first in "-*•" and not (previous and previous[0].istitle())  # - Toán + Văn are added
    return first == "+" or (listed and re.match(rf" [^\W\d_]+ [{LOWER}]", context.text[end : end + 12]) is not None)


@rule(
    rf">= ?({NUMBER}) ?(°C|độ ?C|°|%|[A-Za-zđ]{{1,3}}[23²³]?(?![^\W_])|(?:{_THINGS})(?!\w))(?: (đồng|năm tuổi))?"
    r"(?! ?[/-])",
    starts="sign",
)
def at_least(match: re.Match[str], context: Context) -> Answer:
    """At least: sốt >= 38 độ C -> từ ba mươi tám độ xê trở lên"""
    unit = context.lexicon.units.get(match[2].replace("độ", "°").replace(" ", ""), match[2])
    if unit == match[2] and not re.fullmatch(_THINGS, unit):
        return None
    more = "" if context.is_before(match.end(), ("trở lên",)) else " trở lên"
    return f"từ {context.number(match[1])} {unit}{f' {match[3]}' if match[3] else ''}{more}"


@rule(r"[<>]=(?! ?\d)|=<|[<>]=? ?(?=\+?\d|[½¼¾]|BĐ|cấp \d|mức \d|báo động)", starts="sign")
def comparison(match: re.Match[str], context: Context) -> Answer:
    """Sign of comparison: >38,5°C -> trên ba mươi tám phẩy năm; (< BĐI 0,60 m)"""
    if "=" in match[0]:
        return "lớn hơn hoặc bằng " if ">" in match[0] else "không quá "
    return "trên " if match[0][0] == ">" else "dưới "


@rule(r"[~≈] ?(?=\d)", starts="sign")
def about(match: re.Match[str], context: Context) -> Answer:
    """Sign of “about”: ~50 hộ -> khoảng năm mươi hộ; 6 vuông ~ 4,5ha are two amounts"""
    counted = _AMOUNT_BEFORE.search(context.text[max(0, match.start() - 14) : match.start()])
    return ", khoảng " if counted else "khoảng "


@rule(r"'", starts="sign")
def apostrophe(match: re.Match[str], context: Context) -> Answer:
    """Apostrophe: Ea H'leo keeps it"""
    inside = context.char(match.start() - 1).isalpha() and context.char(match.end()).isalpha()
    return "'" if inside else " "


def _blank_for_markup(match: re.Match[str], context: Context) -> str:
    """Blank instead of markup.

    A blank where markup kept two things apart; nothing beside a blank or inside a bracket: (*phát*).
    """
    before, after = context.char(match.start() - 1), context.char(match.end())
    closing = after == ")" and context.text[match.start() - 2 : match.start()].isalpha()
    return "" if before in ("", *" \n(") or after in ("", *" \n") or closing else " "


@rule(r"_{1,200}", starts="sign")
def underline(match: re.Match[str], context: Context) -> Answer:
    """Underline: PTKTXH_ ANQP -> a pause"""
    return ", " if context.char(match.start() - 1).isalnum() and context.char(match.end()) == " " else " "


@rule(r"</?[a-z]{1,10}\d? ?/?>", starts="sign")
def web_tag(match: re.Match[str], context: Context) -> Answer:
    """Mark of a web page: (gồm 3 ao<br />: what a page is made with"""
    return Guess(" ", Message("a mark of a web page, left out"))


@rule(r"\*(?= ?\d)", starts="sign")
def product_sign(match: re.Match[str], context: Context) -> Answer:
    """Sign of multiplication: 35.000 * 26 ngày -> nhân"""
    at = match.start()
    if context.char(at - 1) == "*":  # **3.430**
        return None
    adjoining = context.previous.end and not context.text[context.previous.end : at].strip()
    reckoned = "=" in context.text[max(0, at - REACH) : at + REACH] or re.search(
        r"\(\d[\d.,]* ?$", context.text[max(0, at - 16) : at]
    )
    sized = _SIZED.search(context.text[max(0, at - REACH) : at])  # 02 ảnh 3*4
    return " nhân " if adjoining and (reckoned or sized) else None


@rule(r"\[\d{1,3}\]", starts="sign")
def footnote_in_brackets(match: re.Match[str], context: Context) -> Answer:
    """Footnote mark in brackets: tăng 6,73%[1] -> nothing, with a doubt"""
    return Guess("", Message("a footnote mark, left out"))


@rule(rf"(?![{_PICTURES}]{{41}})[{_PICTURES}](?: ?[{_PICTURES}]){{0,40}}", starts="sign")
def picture(match: re.Match[str], context: Context) -> Answer:
    """Picture that decorates a line: 📌 PHÁT QUÀ -> nothing; a pause between two things: 8h 👉 tổ 1

    A face or a heart ends a sentence: Chúc cả nhà vui vẻ 🥰 T/m thôn
    """
    if _FACE.search(match[0]) and _NEXT_SENTENCE.match(context.text, match.end()):
        return ". " if _ENDED.search(context.text[max(0, match.start() - 4) : match.start()]) else " "
    ahead = context.text[max(0, match.start() - 2) : match.start()].strip(" ")[-1:]
    following = context.text[match.end() : match.end() + 2].lstrip(" ")[:1]
    return ", " if (ahead.isalnum() or ahead == ")") and following.isalnum() else " "


@rule(r"[\u2500-\u257f]{2,200}", starts="sign")
def drawn_line(match: re.Match[str], context: Context) -> Answer:
    """Line drawn around a table or below a head: ┌────┬────┐ -> nothing"""
    return " "


@rule(r"[\u2190-\u2bff\U0001f000-\U0001faff]{2,200}", starts="sign")
def row_of_signs(match: re.Match[str], context: Context) -> Answer:
    """Row of signs: one doubt, not many"""
    return Guess(" ", Message("the sign “{sign}” has no reading and is left out", sign=match[0][:4]))


@rule(r"[^\w\s]|[½¼¾¹²³⁴-⁹]", starts="sign")
def any_sign(match: re.Match[str], context: Context) -> Answer:
    """Any other sign: said by name, taken for markup, or left out with a doubt"""
    symbol = match[0]
    if unicodedata.category(symbol) == "So" and context.begins_line(match.start()):  # ☘ Ngày chính: …
        return ""
    if symbol == "#" and context.is_after(match.start(), " phím"):
        return " thăng "
    if symbol == "%" and context.is_after(match.start(), " phần trăm"):  # tỷ lệ phần trăm (%)
        return ""
    if (
        symbol in "½¼¾"
        and context.previous.kind is Kind.NUMBER
        and not context.text[context.previous.end : match.start()].strip()
    ):
        return f" và {_SPOKEN[symbol]} "  # 1 ½ gói
    if symbol in _SPOKEN:
        return f" {_SPOKEN[symbol]} "
    if symbol in _MARKUP or symbol in _SILENT:
        return (
            "," if symbol in _PAUSES and not context.begins_line(match.start()) else _blank_for_markup(match, context)
        )
    return Guess(" ", Message("the sign “{sign}” has no reading and is left out", sign=symbol))
