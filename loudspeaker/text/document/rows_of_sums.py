"""A row of sums that has fewer cells than its table: below which columns its sums stand.

TT | Nội dung | Nhà trẻ | Mẫu giáo
1  | Tiền ăn  | 616.000 | 594.000
Cộng | 616.000 | 594.000                an empty cell is missing behind Cộng
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lazy_regex import pattern
from .cell_kinds import FACTS, CellKind, kind_of

_SUM = pattern(r"(?i)(?:tổng(?: cộng| số| thu| chi)?|cộng|t\.? ?cộng|tc|ts|Σ) ?:?")
_AMOUNT = pattern(r"(?P<number>\d{1,3}(?:\.\d{3})+|\d{1,9}) ?(?:đ|đồng|kg|k)?")


def shift_of_sums(texts: Sequence[str], others: Sequence[Sequence[str]], kinds: Sequence[CellKind]) -> int:
    """How many empty cells are missing behind the word of a row of sums; 0 where it is no such row.

    `texts`: of its cells, `others`: of the other rows, `kinds`: what each column of the table holds.
    """
    if not _SUM.fullmatch(texts[0]):
        return 0
    sums = [sum(_whole(other[n]) for other in others if n < len(other)) for n in range(len(kinds))]
    shifts = range(len(kinds) - len(texts) + 1)
    return max(shifts, key=lambda shift: (_fit([*enumerate(texts[1:], 1 + shift)], sums, kinds), -shift))


def _fit(cells: Sequence[tuple[int, str]], sums: Sequence[int], kinds: Sequence[CellKind]) -> int:
    """How well cells, each with its column, fit those above them: they are their sum, or at least facts as they are."""
    facts = (1 if kinds[n] in FACTS else -1 for n, text in cells if kind_of(text) in FACTS)
    return sum(facts) + sum(2 for n, text in cells if 0 < _whole(text) == sums[n])


def _whole(text: str) -> int:
    """A whole number, with points or without; 0 for anything else."""
    match = _AMOUNT.fullmatch(text)
    return int(match["number"].replace(".", "")) if match else 0
