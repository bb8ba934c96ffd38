"""Degrees of heat that are not written with °C: 15 độ C, 22 - 25C, 250C, sốt 38o5. Those with °C are quantities."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import REACH, Context
from ...kind import Kind
from ...numerals import NUMBER
from ...rule import Answer, Guess, RuleMaker, in_brackets

rule = RuleMaker(Kind.TEMPERATURE)


@rule(r"0C(?=\))", only_if=in_brackets)
def celsius_in_brackets(match: re.Match[str], context: Context) -> str:
    """Unit in brackets: nhiệt độ (0C) -> độ xê"""
    return "độ xê"


@rule(r"(\d{1,2}(?:[.,]\d)?)(?: ?0C)?(?: ?- ?(\d{1,2}(?:[.,]\d)?) ?0C|(?<=0C))(?![^\W_])")
def degrees_as_nought(match: re.Match[str], context: Context) -> Answer:
    """Degrees whose ring became a nought: 250C, 20-250C, 0,5-1,00C, where the raised 0 of 25°C came down in copying"""
    if match[0] == "10C" and (context.is_after(match.start(), (" lớp",)) or _tells_of_classes(context)):
        return None
    return Guess(_say_celsius(match, context), Message("taken for degrees whose sign was lost in copying"))


def _tells_of_classes(context: Context) -> bool:
    """Whether a text has classes and no degrees, so that 10C is one of them"""
    classes = context.memory.count_words(("lớp", "môn", "học sinh", "sĩ số"))
    return classes > 0 and not context.memory.count_words(("nhiệt độ", "độ c", "sốt", "bảo quản", "trời", "rét"))


@rule(r"(\d{1,2})(?: ?- ?(\d{1,2}))? ?C(?![^\W_])")
def degrees_without_sign(match: re.Match[str], context: Context) -> Answer:
    """Degrees without a sign: nhiệt độ từ 22 - 25C, without the sign of degrees"""
    cued = "nhiệt độ" in context.text[max(0, match.start() - 4 * REACH) : match.start()].lower()
    return _say_celsius(match, context) if cued else None


@rule(rf"({NUMBER})(?: ?- ?({NUMBER}))? ?độ ?[Cc](?![^\W_])")
def degrees(match: re.Match[str], context: Context) -> Answer:
    """Degrees with “độ”: 15 độ C -> mười lăm độ xê"""
    return _say_celsius(match, context)


@rule(r"(\d{2})[oº°]C?(\d)(?![^\W_]|[.,]\d)")
def fever(match: re.Match[str], context: Context) -> str:
    """Temperature of the body: sốt 38o5 -> ba mươi tám độ năm"""
    return f"{context.number(match[1])} độ {context.number(match[2])}"


def _say_celsius(match: re.Match[str], context: Context) -> str:
    """Degrees in words: 22 - 25 -> hai mươi hai đến hai mươi lăm độ xê"""
    return f"{context.number_range(match[1], match[2])} độ xê"
