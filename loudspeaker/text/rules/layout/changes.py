"""Signs of how much something went up or down: (+1.200), +2k, ↑500đ; of a difference of goals, (-2); of blood, A-."""

from __future__ import annotations

import re

from ...context import REACH, Context
from ...kind import Kind
from ...lazy_regex import pattern
from ...numerals import DOWN_SIGNS, NUMBER, UP_SIGNS
from ...rule import Answer, RuleMaker, in_brackets

rule = RuleMaker(Kind.DASH)
_TOLD = (" tăng", " giảm")
_PRICES = (Kind.MONEY, Kind.RATE)


@rule(rf"[+-](?={NUMBER} ?(?:%|đ|đồng|k|K|nghìn|điểm)(?!\w))", starts="sign", only_after=_TOLD)
def change_in_words(match: re.Match[str], context: Context) -> str | None:
    """Sign behind the word for it: giá tăng +2k, giảm -500đ -> nothing"""
    said = " tăng" if match[0] == "+" else " giảm"
    return "" if context.is_after(match.start(), said) else None


@rule(rf"[+-](?= ?{NUMBER} ?(?:%|đ|đồng|k|nghìn)?\))", starts="sign", only_if=in_brackets)
def change_of_price(match: re.Match[str], context: Context) -> str | None:
    """Sign of a change in brackets behind an amount: 118.500 đ/kg (+1.200) -> tăng; 152.000đ (-500) -> giảm

    Behind points it is a difference of goals: Gò Duối 4đ (+1) -> cộng một
    """
    if context.previous.spoken.endswith(" điểm"):
        return "cộng " if match[0] == "+" else "trừ "
    gap = context.text[context.previous.end : match.start()]
    measured = context.previous.kind is Kind.NUMBER and "phẩy" in context.previous.spoken  # Cống Bé 3,8 (+0,6)
    known = measured or context.previous.kind in (Kind.MONEY, Kind.RATE, Kind.QUANTITY)
    priced = known and len(gap) < 12 and "\n" not in gap
    return ("tăng " if match[0] == "+" else "giảm ") if priced else None


@rule(rf"[+-](?={NUMBER} ?(?:%|đ|đồng|k|K|nghìn)?(?: so với|[;,.]?(?:\n|$)))", starts="sign")
def change_behind_price(match: re.Match[str], context: Context) -> str | None:
    """Sign of a change behind the price at the end of a line: Cá tra 32k/kg, +2k -> tăng; lương 5tr +500k is a sum"""
    gap = context.text[context.previous.end : match.start()]
    parted = gap == ", " or (gap == " " and match[0] == "+")  # 5.000đ-7.000đ is a range
    if not parted or context.previous.kind not in _PRICES or context.memory.count_words(("giá",)) == 0:
        return None
    return "tăng " if match[0] == "+" else "giảm "


@rule(rf"[{UP_SIGNS}{DOWN_SIGNS}]\ufe0f? ?(?=\d)", starts="sign")
def up_or_down(match: re.Match[str], context: Context) -> Answer:
    """Arrow before an amount: 61.500đ/kg (↑500đ) -> tăng năm trăm đồng; 🔺 3 hộ at the head of a line is a bullet"""
    if context.begins_line(match.start()) or context.is_after(match.start(), _TOLD):  # giá tăng ⬆️ 5%
        return ""
    return "tăng " if match[0][0] in UP_SIGNS else "giảm "


@rule(r"(?<=Rh) ?[+-](?![\w+-])", starts="sign")
def rhesus_factor(match: re.Match[str], context: Context) -> str:
    """Blood with or without the Rhesus factor: nhóm O Rh- -> rờ hát âm"""
    return " âm" if match[0][-1] == "-" else " dương"


@rule(r"(?<=[ABO])-(?![\w-])", starts="sign")
def negative_blood(match: re.Match[str], context: Context) -> str | None:
    """Blood without the Rhesus factor: nhóm máu O+, A-, AB- -> A trừ"""
    blood = _BLOOD.search(context.text[max(0, match.start() - REACH) : match.start()])
    return " trừ" if blood and not context.text.startswith(tuple("ABO"), match.end() + 1) else None


_BLOOD = pattern(r"(?i)máu(?: |:|,|và|hoặc|hiếm|nhóm|(?:ab?|b|o)[+-]?(?![^\W\d_])){1,12}$")
