"""Sizes that are codes and no quantities: oils, 10W-30, tyres, 80/90-17, pesticides, Basudin 10H."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...cues import words_before
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import LETTERS
from ...rule import Answer, RuleMaker

rule = RuleMaker(Kind.CODE)
_OIL = pattern(r"(?i)(?<!\w)(?:nhớt|dầu|nhờn|SAE)(?!\w)")
_PESTICIDES = words_before(
    "basudin|vibasu|diaphos|regent|furadan|vifuran|padan|sago|nokaph|vicarp|kosfuran|tervigo|vifu|"
    "validacin|vanicide|vali|damycine|valivithaco|jinggang"
)
_TYRE = pattern(r"(?i)(?<!\w)(?:lốp|vỏ|săm|ruột|bánh)(?!\w)")


@rule(r"(\d{1,2})W-?(\d{2})(?![\dW]|[.,]\d| ?W)")
def oil(match: re.Match[str], context: Context) -> Answer:
    """How thick an oil is: nhớt 10W-30 -> mười vê kép ba mươi; bóng 10W - 30 nghìn is none"""
    if not _OIL.search(context.line_before(match.start(), 2 * REACH)):
        return None
    return f"{context.number(match[1])} {LETTERS['W']} {context.number(match[2])}"


@rule(r"(\d{2,3})/(\d{2,3}) ?(?:- ?|(R))(\d{2})(?![\d/]|[.,]\d)")
def tyre(match: re.Match[str], context: Context) -> Answer:
    """Width, height and rim of a tyre: lốp 80/90-17 -> tám mươi trên chín mươi, mười bảy; 195/65R15"""
    if not _TYRE.search(context.line_before(match.start(), 2 * REACH)):
        return None
    radial = f"{LETTERS['R']} " if match[3] else ""
    return f"{context.number(match[1])} trên {context.number(match[2])}, {radial}{context.number(match[4])}"


@rule(r"(\d)\.([257][05]) ?- ?(\d{2})(?![\d/]|[.,]\d)")
def tyre_in_inches(match: re.Match[str], context: Context) -> Answer:
    """Width and rim of a narrow tyre: lốp 2.50-17 -> hai năm mươi, mười bảy"""
    if not _TYRE.search(context.line_before(match.start(), 2 * REACH)):
        return None
    return f"{context.number(match[1])} {context.number(match[2])}, {context.number(match[3])}"


@rule(r"(\d{1,2}(?:[.,]\d)?)([HGL])(?![^\W_])", only_after=_PESTICIDES)
def strength_of_pesticide(match: re.Match[str], context: Context) -> str:
    """Strength of a pesticide in grains: Basudin 10H/sào, Validacin 5L -> mười hát, năm lờ; no hour and no weight"""
    return f"{context.number(match[1])} {LETTERS[match[2]]}"
