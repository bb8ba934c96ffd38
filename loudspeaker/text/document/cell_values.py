"""What is said of a cell: its words, its amount with the unit of its column, how much something went up or down.

12.500 below “Giá (đ/kg)” is 12.500 đ/kg, +1.200 below “So với hôm qua” is tăng 1.200 đ, S below “Buổi” is sáng.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..lazy_regex import pattern
from ..numerals import LETTERS, UP_SIGNS
from .arrangement import TextPiece
from .cell_letters import opening, words_for
from .cells import Cell
from .column_heads import AMOUNT, BOUNDS, in_small_letters, is_day_list

RATED = pattern(r"\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)? ?(?:%|[^\W\d/]{1,6})?\d{0,3}")  # what a unit such as “/năm” follows
_IN_BRACKETS = pattern(r"\((?P<text>[^()]+)\)")
_UP = frozenset("+" + UP_SIGNS)
_NAME_AND_PHONE = pattern(r"[^\W\d_][^\d]{2,40}[-–:(] ?(?P<phone>0\d(?:[ .-]?\d){7,9})\)?")  # Ô. Tuân - 0917 003 852
_PHONE_HEAD = pattern(r"(?i)đt|thoại|phone|tel|zalo|số máy|hotline|liên hệ|gọi")
_WEEKDAY_AND_DAY = pattern(
    r"(?P<one>T[2-7]|CN|(?i:thứ \w{1,3}|chủ nhật)),? (?P<other>(?i:ngày )?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?)"
)
_HEADS_OF_WEEKDAYS = frozenset(("thứ", "thứ, ngày", "thứ/ngày", "thứ ngày"))
_PAIR_HEAD = pattern(r"(?i)(?<!\w)(?:cặp|đấu|đối thủ|đội ?[-–] ?đội)(?!\w)")
_MATCH_HEAD = pattern(r"(?i)(?<!\w)(?:đấu|đối thủ|đội ?[-–] ?đội)(?!\w)")
_PAIR = pattern(r"(?P<one>[^–-]*[^\s–-]) ?[–-] ?(?P<other>[^\d\s–-][^–-]*)")
_PLACES = pattern(r"(?P<one>[^\W\d].*?\S) [–-] (?P<other>[^\W\d].*)")
_POINTED = pattern(r"\d{1,3}(?:\.\d{3})+")
_THOUSANDS, _WHOLE = pattern(r"(?:nghìn|ngàn) (?=đ)"), pattern(r"\d{1,3}(?:\.\d{3})*")
_RANGE_OF_MILLIONS = pattern(r"\d{1,3}(?:\.\d{3})* ?[-–] ?\d{1,3}(?:\.\d{3})+")
_END_OF_NUMBER = pattern(r"(?<=\d)(?![.\d])")
_SUM_OF_SHEET = pattern(r"\d{5,12}")
_LETTERED = pattern(r"[A-ZĐ]\d{1,2}")
_FIRST_DAYS = pattern(r"^(?:0?[1-9]|10)(?!\d)")  # of a month


def said_value(cell: Cell, head: str, unit: str, change: bool, forms: frozenset[str]) -> Iterable[TextPiece]:
    """What a cell below `head` says, with its unit.

    `change`: it tells by how much something went up or down; `forms`: the letters
    of its column before names of persons.
    """
    text = cell.text.rstrip(" ;,:")
    if change and (bracketed := _IN_BRACKETS.fullmatch(text)):  # (+50)
        cell, text = Cell(bracketed["text"], cell.start + 1, cell.column + 1), bracketed["text"]
    amount = AMOUNT.fullmatch(text)
    whole = TextPiece(text, cell.start, cell.start + len(text))
    if amount and change:
        return _change(cell, amount, unit, head)
    if unit[:1] == "/" and RATED.fullmatch(text):  # 6,6% below Lãi suất/năm
        return [whole, TextPiece.put_in(_per(text, unit), whole.end)]
    if parts := _two_parts(whole, head):
        return parts
    called = _NAME_AND_PHONE.fullmatch(text)
    if called and not _PHONE_HEAD.search(f"{head} {text}"):
        at = cell.start + called.start("phone")
        name, phone = text[: called.start("phone")], text[called.start("phone") :]
        return [TextPiece(name, cell.start, at), TextPiece.put_in("điện thoại ", at), TextPiece(phone, at, whole.end)]
    if opened := opening(text, head, forms):
        word, end, why = opened
        at = cell.start + end
        return [TextPiece(f"{word} ", cell.start, at, why=why), TextPiece(text[end:], at, whole.end)]
    return _amount(whole, amount, unit) if amount and unit else [whole._replace(text=_words(text, head))]


def _per(text: str, unit: str) -> str:
    """What stands behind an amount for a unit such as “/năm”: 20 mỗi ngày, not 20 một ngày; nothing behind 0"""
    if text == "0":
        return ""
    return f" mỗi {unit[1:]}" if text.isdecimal() or _POINTED.fullmatch(text) else unit


def _two_parts(cell: TextPiece, head: str) -> Sequence[TextPiece]:
    """A cell of two things, and what is said between them; nothing where it is another.

    Khối 1 - Khối 4 below Cặp đấu is no span, below Cặp it may be one side of two; QL51 – rạch Bà Bướm below Từ … đến;
    T4 9/12 below Thứ
    """
    if (pair := _PAIR.fullmatch(cell.text)) and _PAIR_HEAD.search(head):
        match = _MATCH_HEAD.search(head) is not None
        parts = _split(cell, pair, " gặp " if match else ", ")
        return [part._replace(text=_spell(part.text)) for part in parts] if match else parts
    if (bounds := _PLACES.fullmatch(cell.text)) and BOUNDS.fullmatch(head):
        return [TextPiece.put_in("từ ", cell.start), *_split(cell, bounds, " đến ")]
    dated = _WEEKDAY_AND_DAY.fullmatch(cell.text) if head.lower() in _HEADS_OF_WEEKDAYS else None
    return _split(cell, dated, ", ") if dated else ()


def _split(cell: TextPiece, parts: re.Match[str], between: str) -> Sequence[TextPiece]:
    """The parts `one` and `other` of a cell with words between them."""
    at, behind = cell.start + parts.end("one"), cell.start + parts.start("other")
    one, other = TextPiece(parts["one"], cell.start, at), TextPiece(parts["other"], behind, cell.end)
    return [one, TextPiece.put_in(between, at), other]


def _spell(team: str) -> str:
    """A team that is only a letter and a number, which is no day: T1 -> tê 1"""
    lettered = _LETTERED.fullmatch(team)
    return f"{LETTERS[team[0]]} {team[1:]}" if lettered else team


def _amount(whole: TextPiece, amount: re.Match[str], unit: str) -> Iterable[TextPiece]:
    """An amount with its unit behind its number, and what else stands in the cell."""
    at = amount.end("number")
    number, unit = _in_dong(_with_points(whole.text[:at], unit), unit)
    end = whole.start + at
    yield TextPiece(number, whole.start, end)
    yield TextPiece.put_in(unit if unit[0] in "%‰°" else f" {unit}", end)
    yield TextPiece(whole.text[at:], end, whole.end)


def _with_points(number: str, unit: str) -> str:
    """A sum as a sheet has it, with its points: 180000 đ is 180.000 đ"""
    return f"{int(number):,}".replace(",", ".") if unit[0] == "đ" and _SUM_OF_SHEET.fullmatch(number) else number


def _in_dong(number: str, unit: str) -> tuple[str, str]:
    """Thousands as they are said: 2.300 of “nghìn đ” are 2.300.000 đ"""
    scale = _THOUSANDS.match(unit)
    if scale and _RANGE_OF_MILLIONS.fullmatch(number):
        return _END_OF_NUMBER.sub(r"\g<0>.000", number), unit[scale.end() :]
    return (f"{number}.000", unit[scale.end() :]) if scale and _WHOLE.fullmatch(number) else (number, unit)


def _words(text: str, head: str) -> str:
    """A cell without an amount as it stands inside a sentence."""
    if is_day_list(text, head):
        return ", ".join(_FIRST_DAYS.sub(r"mùng \g<0>", day.strip()) for day in re.split("[;,]", text))
    return words_for(text, head) or (in_small_letters(text) if _opens_phrase(text) else text)


def _opens_phrase(text: str) -> bool:
    """Whether a text begins with a capital only because it stands in a cell: Sân kho cũ, and not Trần Văn Hai."""
    first, _, second = text.partition(" ")
    return first[:1].isupper() and text[1:2].islower() and (second[:1].islower() or second[:1].isdecimal())


def _change(cell: Cell, amount: re.Match[str], unit: str, head: str) -> Iterator[TextPiece]:
    """How much something went up or down: +1.200 -> tăng 1.200 đ; a difference of 0 is 0"""
    text, sign, end = amount[0], amount["sign"].strip(), cell.start + amount.end()
    if amount["number"].strip("0.,") == "" and not head.lower().startswith("chênh"):
        yield TextPiece("không đổi", cell.start, end)
        return
    if sign:
        yield TextPiece("tăng " if sign[0] in _UP else "giảm ", cell.start, cell.start + amount.end("sign"))
    start = amount.start("number")
    yield TextPiece(text[start:], cell.start + start, end)
    if unit:
        yield TextPiece.put_in(f" {unit}", end)
