"""What an amount measures: time, money, a length …; between two that differ no dash can mean “until”: 3h30 - 1m66."""

from __future__ import annotations

import re

from .context import Context, Token
from .kind import Kind
from .lazy_regex import pattern

_TIME = "time"
_MONEY = "money"
_THINGS = "things"
_WHEN = frozenset((Kind.DATE, Kind.PERIOD, Kind.MONTH, Kind.TIME))
_LASTS = frozenset(("phút", "giờ", "giây", "tiếng", "ngày", "tuần", "tháng", "năm", "tuổi", "đêm", "buổi", "hôm"))
_COUNTED = pattern(
    r" ?\d[\d.,]* (?:người|hộ|khẩu|em|cháu|con|suất|phần|vé|lượt|liều|mâm|món|gian|đơn|khách|bàn|ghế|xe|chuyến|trẻ|"
    r"học|đại|hội|bệnh|ca|mẫu|bao|cây|trường)(?!\w)"
)
_OF_WORD = {  # the last word of a unit as it is said
    **dict.fromkeys(_LASTS, _TIME),
    **dict.fromkeys(("đồng", "nghìn", "ngàn", "triệu", "tỷ"), _MONEY),
    **dict.fromkeys(("mét", "li", "phân"), "length"),
    **dict.fromkeys(("vuông", "ta", "sào", "công"), "area"),
    **dict.fromkeys(("khối", "lít"), "volume"),
    **dict.fromkeys(("gam", "tạ", "tấn", "yến"), "mass"),
    **dict.fromkeys(("độ", "xê"), "temperature"),
    "bai": "data",
}
_UNITS = pattern(
    r" ?[+-]?\d[\d.,]*(?:(?P<metres>m(?:\d\d|[14-9])(?!\w))|(?P<tens>tr|tỷ|k)\d{1,3}(?!\w)|(?P<share> ?[%‰])"
    r"| ?(?P<unit>°?[^\W\d_]{1,6}[23²³]?)(?!\w))"
)
_MAY_BE_LENGTH = pattern(r" ?\d[\d.,]*m[23](?!\w)")  # 1m - 1m2
_MAY_BE_MASS = pattern(r" ?\d{1,2}g(?!\w)")  # 7g - 10g
_CLOCK = pattern(r" ?\d{1,2}(?:[hg:]\d\d|[hg])(?!\w)")
_MAY_BE = {"length": _MAY_BE_LENGTH, "mass": _MAY_BE_MASS}
_MONEY_UNITS = frozenset(("k", "tr", "trđ", "tỷ", "tỉ", "triệu", "nghìn", "ngàn", "ng", "đ", "đồng"))
_TENTHS_SAID = pattern(  # 2m5, 1kg8, 1 tấn 2
    r" (mét|gam|tạ|tấn|yến|ta|lít) (?:[^\W\d_]+ ){0,2}"
    r"(?:một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín|mươi|mười|rưỡi)$"
)


def is_of_other_dimension(context: Context, end: int) -> bool:
    """Whether what was read last and the amount at `end` measure different things: 3h30 - 1m66, 50k - 19h30."""
    first, last = _dimensions(context, end)
    return bool(first and last) and first != last


def has_same_unit(context: Context, end: int, amount: re.Match[str]) -> bool:
    """Whether the amount at `end` has the unit of what was read last: 15cm-25cm, 7 tạ - 1 tấn; not 180kVA-22/0,4kV.

    `amount` matches a number and its unit, group 2, in what stands from `end` on.
    """
    first, last = _dimensions(context, end)
    if first and first == last:  # 800m2 - 1ha, 2 tạ - 1,5 tấn
        return True
    if amount[0].endswith("/") or context.char(end + amount.end()) == "(":
        return False
    unit = context.lexicon.units.get(amount[2] or "")
    return unit is None or context.previous.spoken.endswith(unit)


def is_measured_otherwise(word: str, context: Context, end: int) -> bool:
    """Whether a unit in words and the amount at `end` measure different things: 3 tuổi - 250kg."""
    other = _dimension_at(context, end)
    return other != "" and other != _OF_WORD.get(word, other)


def _dimensions(context: Context, end: int) -> tuple[str, str]:
    """What that measures which was read last, and the amount at `end`; nothing for what nobody knows."""
    first = _dimension_of(context.previous) or (_TIME if _is_weekday(context) else "")
    alike = _MAY_BE.get(first)
    if alike and alike.match(context.text, end):
        return first, first
    return first, first and _dimension_at(context, end)


def _is_weekday(context: Context) -> bool:
    """Whether a day of the week was read last: T2 - 35 suất, Thứ 4 - 120 liều"""
    last = context.previous
    whole = context.text[max(0, last.start - 4) : last.start] + last.spoken
    return last.kind is Kind.ORDINAL and whole.lower().lstrip(" (-,;:\n").startswith("thứ ")


def _dimension_of(token: Token) -> str:
    """What a stretch that was read measures; nothing where nobody knows."""
    if token.kind in _WHEN:
        return _TIME
    if token.kind is Kind.MONEY:
        return _MONEY
    if token.kind not in (Kind.QUANTITY, Kind.TEMPERATURE):
        return ""
    if token.spoken.endswith(("phần trăm", "phần nghìn")):
        return "share"
    last = token.spoken.rpartition(" ")[2]
    tenths = _TENTHS_SAID.search(token.spoken)
    return _OF_WORD[tenths[1]] if tenths else _OF_WORD.get(last, "")  # 2m5: hai mét năm is no year


def _dimension_at(context: Context, at: int) -> str:
    """What the amount that is written at a place measures; nothing where nobody knows."""
    if _CLOCK.match(context.text, at):
        return _TIME
    if _COUNTED.match(context.text, at):
        return _THINGS
    amount = _UNITS.match(context.text, at)
    if amount is None:
        return ""
    if amount["metres"] or amount["tens"]:
        return "length" if amount["metres"] else _MONEY
    if amount["share"]:
        return "share"
    unit = amount["unit"].lower()
    if unit in _MONEY_UNITS:
        return _MONEY
    said = context.lexicon.units.get(amount["unit"], unit)
    return _OF_WORD.get(said.rpartition(" ")[2], "")
