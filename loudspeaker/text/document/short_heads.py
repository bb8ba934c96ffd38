"""Heads of columns in short, by what stands below and beside them: KL above words, NS above years, KH beside TH."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..lazy_regex import pattern
from .cell_letters import is_as_above
from .cells import NOTHING

_SHORT = pattern(
    r"(?P<before>(?:[^\W_]+ ){0,3})(?P<short>[A-ZĐ]{2})(?P<behind>(?: [^\W_]+){0,3})(?: ?\((?P<unit>[^()]{1,12})\))?"
)
_AMOUNT = pattern(r"[<>≤≥]? ?\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)?(?: ?(?:%|[^\W\d_]{1,4})(?: ?/ ?[^\W\d_]{1,5})?)?")
_YEAR = pattern(r"(?:19|20)\d\d|['’]?\d\d")
_RATE = pattern(r"\d{1,2}(?:[.,]\d{1,3})?(?: ?%(?: ?/ ?[^\W\d_]+)?)?")
_WEIGHT, _POWER = pattern(r"(?i)kg|g|tấn|tạ|yến"), pattern(r"W|kW|KW|CV|HP|kVA|KVA|MW|mã lực")
_YIELD = pattern(r"(?i)(?:tạ|tấn|kg|yến)(?: ?/ ?.*)?")
_READ_TWICE = pattern(r"(?i) (?:cũ|mới|đầu|cuối|trước|sau)(?: .*)?")
_PRICED = pattern(r"(?i)(?:đơn )?giá(?!\w)|(?:thành |t\. ?)?tiền(?!\w)|đvt|đv|thuê")

Short = re.Match[str]  # of a head
Cells = Sequence[str]  # below it, but for the empty ones


def short_heads(heads: Sequence[str], columns: Sequence[Cells]) -> dict[int, str]:
    """The words for heads in short, by their column; those of which nothing beside them tells are left out."""
    found = {number: match for number, head in enumerate(heads) if (match := _SHORT.fullmatch(head))}
    words = {number: _meaning(match, columns[number], heads) for number, match in found.items()}
    return {number: f"{found[number]['before'].lower()}{told}" for number, told in words.items() if told}


def _meaning(head: Short, cells: Cells, heads: Sequence[str]) -> str:
    """The words for the short form of a head with what stands behind it; nothing where they are not known."""
    told = [cell for cell in cells if not NOTHING.fullmatch(cell) and not is_as_above(cell)]
    by_cells = _BY_CELLS.get(head["short"])
    words = by_cells(head, told) if by_cells and told else _beside(head, heads)
    return f"{words}{head['behind']}" if words else ""


def _conclusion(head: Short, cells: Cells) -> str:
    if not any(map(str.isdecimal, "".join(cells))):
        return "kết luận"
    return "khối lượng" if _WEIGHT.fullmatch(head["unit"] or "") else ""


def _birth_or_yield(head: Short, cells: Cells) -> str:
    if _YIELD.fullmatch(head["unit"] or ""):
        return "năng suất"
    return "năm sinh" if all(map(_YEAR.fullmatch, cells)) else ""


def _figure_or_power(head: Short, cells: Cells) -> str:
    if _POWER.fullmatch(head["unit"] or ""):
        return "công suất"
    return "chỉ số" if _READ_TWICE.fullmatch(head["behind"]) and any(map(_AMOUNT.fullmatch, cells)) else ""


def _interest(head: Short, cells: Cells) -> str:
    return "lãi suất" if all(map(_RATE.fullmatch, cells)) else ""


_BY_CELLS: dict[str, Callable[[Short, Cells], str]] = {
    "KL": _conclusion,
    "NS": _birth_or_yield,
    "CS": _figure_or_power,
    "LS": _interest,
}


def _beside(head: Short, heads: Sequence[str]) -> str:
    """What heads beside it tell: KH and TH of a plan, SL of what is bought."""
    if head["short"] == "SL" and not head["before"]:
        if _YIELD.fullmatch(head["unit"] or ""):
            return "sản lượng"
        return "số lượng" if any(map(_PRICED.match, heads)) else ""
    if head["short"] == "ĐG":
        return "đơn giá" if any(map(_PRICED.match, heads)) or "SL" in heads else ""
    plan = {other["short"] for text in heads if (other := _SHORT.fullmatch(text))}
    return _PLAN.get(head["short"], "") if plan.issuperset(_PLAN) else ""


_PLAN = {"KH": "kế hoạch", "TH": "thực hiện"}
