"""Places on the map: 16,5N-112,3E, 19°20'N, vĩ tuyến 17,0-22,0°N, 14.856 độ vĩ Bắc."""

from __future__ import annotations

import re

from ....errors import Message
from ...context import Context
from ...kind import Kind
from ...rule import Answer, Guess, RuleMaker

rule = RuleMaker(Kind.COORDINATE)

_SIDES = {"N": " bắc", "B": " bắc", "E": " đông", "Đ": " đông"}
_MINUTES = r"(\d{1,2}(?:[.,]\d{1,3})?) ?'(?: ?(\d{1,2}(?:[.,]\d{1,3})?) ?(?:\"|''))?"


@rule(r"(\d{1,3})[.,](\d{1,4}) ?(?:độ |° ?)?(?=(?:[Vv]ĩ|[Kk]inh)(?: độ)? ?(?:[Bb]ắc|[Đđ]ông|tuyến))")
def decimal_degrees(match: re.Match[str], context: Context) -> Answer:
    """Degrees before “vĩ” or “kinh”: 14.856 độ vĩ Bắc is no thousand"""
    return f"{_say_decimal(f'{match[1]},{match[2]}', context)} độ "


@rule(r"(\d{1,3})0([0-5]\d)' ?(VĐB|KĐĐ|N|E)(?!\w)")
def degrees_without_ring(match: re.Match[str], context: Context) -> Guess:
    """Degrees whose ring became a nought: 16048' VĐB, where the ring of the degrees became a nought"""
    side = "vĩ độ bắc" if match[3] in ("VĐB", "N") else "kinh độ đông"
    spoken = f"{context.number(match[1])} độ {context.number(match[2])} phút {side}"
    return Guess(spoken, Message("a nought taken for the sign of degrees"))


@rule(r"([NE])(?![^\W_])", starts="word")
def cardinal_point(match: re.Match[str], context: Context) -> str | None:
    """N or E behind degrees: 12 độ 30 phút N -> bắc"""
    cued = context.is_after(match.start(), (" phút", " giây", " độ"))
    return {"N": "bắc", "E": "đông"}[match[1]] if cued and " độ" in context.before(match.start()) else None


@rule(rf"(\d{{1,3}}) ?(?:°|độ|o) ?{_MINUTES} ?(?:([NEBĐ])(?![^\W_]))?")
def degrees_and_minutes(match: re.Match[str], context: Context) -> str:
    """Degrees, minutes and seconds: tọa độ 19°20'N - 106 độ 30'E -> mười chín độ hai mươi phút bắc …"""
    degrees, minutes, seconds = (
        context.number(part.replace(".", ",")) if part else "" for part in match.group(1, 2, 3)
    )
    spoken = f"{degrees} độ {minutes} phút" + (f" {seconds} giây" if seconds else "")
    second = context.previous.kind is Kind.COORDINATE and context.text[context.previous.end : match.start()] == " "
    return f"{', ' if second else ''}{spoken}{_SIDES.get(match[4] or '', '')}"


@rule(r"(\d{1,2}[.,]\d{1,4}) ?°?(?:N|VĐ?B)[ ,;/-]{1,3}(\d{1,3}[.,]\d{1,4}) ?°?(?:E|KĐ{1,2})(?![^\W_])")
def position(match: re.Match[str], context: Context) -> Answer:
    """Latitude and longitude in short: tâm bão 16,5N-112,3E, 13,1VB - 111,2KĐ -> mười sáu phẩy năm độ vĩ bắc, …"""
    return _say_position(match, context)


@rule(
    r"(\d{1,2}[.,]\d{1,2})(?: ?[-–;/] ?|, )(1[01]\d[.,]\d{1,2})"
    r"(?: ?(?:VĐ?B|N) ?[-–,;/]? ?(?:KĐ{1,2}|E))?(?![^\W_]|[.,/]\d)"
)
def bare_position(match: re.Match[str], context: Context) -> str | None:
    """The same without its sides, in a text about a storm: vị trí 13,1 - 111,2"""
    near = _SOUTHMOST < float(match[1].replace(",", ".")) < _NORTHMOST
    return _say_position(match, context) if near and context.memory.count_words(_STORMS) else None


_SOUTHMOST, _NORTHMOST = 4, 25  # degrees of the seas around Việt Nam
_STORMS = (
    "vĩ độ",
    "kinh độ",
    "vĩ bắc",
    "vĩ",
    "tọa độ",
    "toạ độ",
    "tâm bão",
    "bão",
    "áp thấp",
    "atnđ",
    "áp thấp nhiệt đới",
)
_POINTS = {"VB": "vĩ bắc", "VĐB": "vĩ bắc", "KĐ": "kinh đông", "KĐĐ": "kinh đông"}


@rule(r"(\d{1,3}[.,]\d{1,2}) ?°?(?:độ )?(VĐ?B|KĐ{1,2})(?![^\W_])")
def degrees_with_letters(match: re.Match[str], context: Context) -> str:
    """Degrees with their side in letters: 13,1VB, 111,2 độ KĐ"""
    return f"{_say_decimal(match[1], context)} độ {_POINTS[match[2]]}"


def _say_position(match: re.Match[str], context: Context) -> str:
    """Degrees to the north and to the east"""
    north, east = (_say_decimal(number, context) for number in match.groups())
    return f"{north} độ vĩ bắc, {east} độ kinh đông"


def _say_decimal(written: str, context: Context) -> str:
    """14.856 -> mười bốn phẩy tám năm sáu"""
    whole, fraction = re.split("[.,]", written)
    return f"{context.number(whole)} phẩy {context.numerals.fraction(fraction)}"


_SIDE = {"N": "vĩ bắc", "E": "kinh đông"}
_A_PLACE = Message("degrees of a place, or a number with a letter")


@rule(r"(\d{1,3}[.,]\d{1,2})(?: ?°?[NE]? ?- ?(\d{1,3}[.,]\d{1,2}))? ?°?([NE])(?![^\W_])")
def latitude_range(match: re.Match[str], context: Context) -> Answer:
    """Degrees of latitude or longitude.

    vĩ tuyến 17,0-22,0°N -> mười bảy phẩy không đến hai mươi hai phẩy không độ vĩ bắc
    """
    words = context.before(match.start())
    paired = re.match(r"[;, -]{1,3}\d{1,3}[.,]\d", context.text[match.end() : match.end() + 8])
    if (
        "°" not in match[0]
        and not paired
        and not context.follows(Kind.COORDINATE, match.start(), "; ", ", ")
        and not any(word in words for word in (" vĩ tuyến", " kinh tuyến", " tọa độ", " vĩ độ"))
    ):
        degrees = float(match[1].replace(",", "."))
        near = 5 < degrees < 25 if match[3] == "N" else 100 < degrees < 120  # Việt Nam and its sea
        return Guess(f"{_say_decimal(match[1], context)} độ {_SIDE[match[3]]}", _A_PLACE) if near else None
    return f"{context.number_range(match[1], match[2])} độ {_SIDE[match[3]]}"
