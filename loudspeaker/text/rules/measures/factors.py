"""The sign x: between two factors, before a code, or how many times something is paid or made larger."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...cues import words_after, words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import NUMBER, spell_letters
from ...rule import Answer, RuleMaker

rule = RuleMaker(Kind.QUANTITY)
_MEASURES = "dài|rộng|cao|sâu|ngang|dày"
_SIDE_BEFORE, _SIDE_BEHIND = words_before(_MEASURES), words_after(_MEASURES)
_FACTORS = words_after(
    "đơn giá|giá|hệ số|mức|số lượng|diện tích|lãi suất|thời gian|năng suất|tỷ lệ|khối lượng|định mức|số ngày|số tháng|"
    "số người|số hộ|số khẩu|số công|số tiền|lương|tiền lương"
)
_PAID = words_before(
    "tăng ca|ca đêm|làm đêm|làm thêm|thêm giờ|ngoài giờ|tăng|ngày lễ|lễ|tết|chủ nhật|cn|lương|công|điểm"
)
_FACTOR = pattern(r" ?\d| (?:dài|rộng|cao|sâu|ngang|dày) \d| (?:số|đơn giá|giá|hệ số|mức) ")
_DOSE = pattern(  # how much of a medicine at a time, and how often
    r"\d ?(?:viên|gói|ống|giọt|thìa|muỗng|mũi|liều|lần|lượt|ml|mg|mcg|g|ly|cốc|bát|cữ|bữa|ngày|xịt|v|lọ|tuýp)"
    r"(?: ?/ ?(?:lần|ngày|tuần|tháng|bữa|cữ|đợt|giờ))? ?$"
)
_COURSE = pattern(r" ?\d{1,3} ?(?:lần|lượt|ngày|bữa|cữ|đợt|liều|hôm|tuần|tháng|viên|ống|gói|mũi|giọt|thìa|muỗng)(?!\w)")


@rule(r"[xX](?= ?\d| [^\W\d_]| ?\()", starts="word")
def times_sign(match: re.Match[str], context: Context) -> Answer:
    """“x” between two factors: 3x4m -> ba nhân bốn mét; 2 hiệp x 25 phút; (4)x(5); Tiền lương = Lương cơ sở x Hệ số"""
    at, end = match.span()
    behind = context.text[end : end + 2].strip()[:1]
    bracketed = context.text[max(0, at - 2) : at].rstrip().endswith(")") and (
        behind == "(" or behind.isdecimal() or _FACTOR.match(context.text, end) is not None
    )
    sides = context.is_after(at, _SIDE_BEFORE) and context.is_before(end, _SIDE_BEHIND)  # dài x rộng x sâu
    if bracketed or sides or _is_calculation(context, at, end):
        return " nhân "
    if _DOSE.search(context.text[max(0, at - REACH) : at]) and _COURSE.match(context.text, end):  # 1 viên x 3 lần
        return ","
    gap = context.text[context.previous.end : at]
    near = context.previous.end and len(gap) <= 20 and not re.search(r"[,;:.!?()\n]", gap)
    return " nhân " if near and _FACTOR.match(context.text, end) else None


@rule(r"(?<=\w)\*(?=\d)|(?<=\w )\*(?= \d)", starts="sign")
def star_of_product(match: re.Match[str], context: Context) -> str:
    """Star between two factors: 2 ngày*1.500.000 -> nhân"""
    return " nhân "


def _is_calculation(context: Context, at: int, end: int) -> bool:
    """Whether a sum is worked out: Tiền lương = Lương cơ sở x Hệ số; 60% x BQTL; năng suất × diện tích × giá"""
    if context.char(at - 1) == " " and context.is_before(end, _FACTORS):
        return True
    share = context.previous.spoken.endswith("phần trăm") and context.previous.end >= at - 1
    return share or ("=" in context.text[max(0, at - 2 * REACH) : at] and context.char(end) == " ")


@rule(rf"({NUMBER})(c?m)[xX] ?({NUMBER})(c?m)(?![^\W_])")
def sides_with_units(match: re.Match[str], context: Context) -> str:
    """Two sides, each with its unit: gian 3mx3m -> ba mét nhân ba mét"""
    one, other = (f"{context.number(match[at])} {context.lexicon.units[match[at + 1]]}" for at in (1, 3))
    return f"{one} nhân {other}"


@rule(r"(?<=\d)x([A-ZĐ]{1,4})(\d{1,4})(?![^\W_])", starts="word")
def times_code(match: re.Match[str], context: Context) -> str:
    """So many of something that has a code: dây 3xAC70 -> nhân a xê bảy mươi"""
    return f" nhân {spell_letters(match[1])} {context.numerals.code(match[2])}"


@rule(r"[xX](?=\d(?:[.,]\d)?(?!\d|[.,]\d))", starts="word", only_after=_PAID)
def multiple_of_pay(match: re.Match[str], context: Context) -> str:
    """How many times the usual pay: tăng ca x1.5, CN x2 -> nhân"""
    return "nhân "


@rule(r"(\d{1,4})[xX](?=\))")
def magnification(match: re.Match[str], context: Context) -> str:
    """Magnification: kính hiển vi (40x) -> bốn mươi lần"""
    return f"{context.number(match[1])} lần"
