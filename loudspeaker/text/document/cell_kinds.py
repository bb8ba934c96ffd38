"""What a cell holds by its shape, and what most cells of a column hold: a number, a day, an hour, a name, words."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from functools import lru_cache

from ..lazy_regex import pattern
from ..syllables import LOWER, UPPER
from .cells import NOTHING

_HOUR = r"\d{1,2}(?: ?[hg:] ?\d{0,2}(?:[p'’])?| ?giờ(?: ?\d\d(?: ?phút)?)?)(?::\d\d)?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DATE = rf"{_DAY}(?: ?[-–,;&+] ?{_DAY})*(?: ?[/.]{_MONTH}|-{_MONTH}(?=-))(?:[/.-](?:20|19)?\d\d)?"
_WEEKDAY = r"(?:thứ (?:[2-7]|hai|ba|tư|năm|sáu|bảy)|t[2-7]|chủ nhật|cn|hai|ba|tư|năm|sáu|bảy)"
_TO = r"(?: ?(?:[-–]|->|đến) ?)"


class CellKind(Enum):
    """What a cell holds."""

    NOTHING = auto()
    NUMBER = auto()  # also with its unit or its range
    DATE = auto()
    WEEKDAY = auto()
    HOUR = auto()
    PHONE = auto()
    LABEL = auto()  # words and their number: Đợt 2, Thôn 5, 28 Tết
    NAME = auto()  # of a person or place: each word has a capital
    WORDS = auto()


FACTS = frozenset((CellKind.NUMBER, CellKind.HOUR, CellKind.DATE, CellKind.PHONE))

_SHAPES = {
    CellKind.NOTHING: NOTHING,
    CellKind.PHONE: pattern(r"(?:\+84|0)\d{1,3}(?:[ .-]?\d{2,4}){2,3}"),
    CellKind.HOUR: pattern(rf"(?i)(?:từ |đến |trước |sau |lúc )?{_HOUR}(?:{_TO}{_HOUR})?"),
    CellKind.WEEKDAY: pattern(rf"(?i){_WEEKDAY}(?:{_TO}{_WEEKDAY})?"),
    CellKind.DATE: pattern(rf"(?i)(?:{_WEEKDAY},? ?\(?)?(?:ngày )?{_DATE}(?:{_TO}{_DATE})?\)?(?: ?\({_WEEKDAY}\))?"),
    CellKind.LABEL: pattern(
        r"[^\W\d_]{1,8}(?: [^\W\d_]{1,8})?\.? ?(?:\d{1,3}[A-ZĐ]?(?: ?[-,+&–] ?\d{1,3}[A-ZĐ]?)*|[IVX]{1,4})"
        rf"|\d{{1,2}} [{UPPER}][{LOWER}]{{2,7}}"
    ),
    CellKind.NUMBER: pattern(
        r"[<>≤≥~+±–-]? ?\d[\d.,]*(?: ?(?:[-–x+/]|đến) ?\d[\d.,]*)?"
        r"(?: ?(?:%|‰|°C?|[^\W\d]{1,6}[23²³]?)(?: ?/ ?[^\W\d]{1,6}[23²³]?)?)?"
    ),
    CellKind.NAME: pattern(
        rf"(?:(?i:ông|bà|ô|b|anh|chị|đ/c|bs|cô|thầy)\.? ?)?"
        rf"[{UPPER}][{LOWER}]*(?: [{UPPER}][{LOWER}]*){{1,4}}"
    ),
}


_ORDER = {kind: number for number, kind in enumerate(CellKind)}


@lru_cache(maxsize=1024)  # the cells of a table are asked several times
def kind_of(text: str) -> CellKind:
    """What a cell holds."""
    return next((kind for kind, shape in _SHAPES.items() if shape.fullmatch(text)), CellKind.WORDS)


def column_kind(texts: Iterable[str]) -> CellKind:
    """What more than half of the cells of a column hold, the empty ones apart; words where no kind has so many."""
    kinds = [kind for text in texts if (kind := kind_of(text)) is not CellKind.NOTHING]
    if not kinds:
        return CellKind.NOTHING
    middle = sorted(kinds, key=_ORDER.__getitem__)[len(kinds) // 2]  # a kind that most have is that of the middle one
    return middle if 2 * kinds.count(middle) > len(kinds) else CellKind.WORDS
