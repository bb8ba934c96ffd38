"""Tables that lost their rows in copying, so that each cell stands on a line of its own, one below the other.

STT                     Thời gian
Họ tên                  Địa điểm
Số khẩu                 Điện thoại
1                       8h ngày 09/9
Lò Văn An               Nhà văn hóa Tân Lập
5                       0978 445 120
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lazy_regex import pattern
from .cell_kinds import FACTS, kind_of
from .cells import Line
from .table_grid import GridRow

_COUNT_HEAD = pattern(r"(?i)S?TT|số tt|số thứ tự")
_FEWEST_COLUMNS, _MOST_COLUMNS = 3, 10
_LONGEST_HEAD = 32  # letters
_ENDED = frozenset(".:;,!?")


_SHORT_LINES = pattern(rf"(?m)(?:^(?!\s*\d)[^\n]{{2,{_LONGEST_HEAD}}}(?<![.:;,!?])\n){{3}}(?:[^\n]*\n){{2}}")


def may_be_flattened(text: str) -> bool:
    """Whether a text has lines that may be such a table, which is looked for at little cost."""
    return _SHORT_LINES.search(text) is not None


def flattened_at(lines: Sequence[Line], at: int) -> list[GridRow]:
    """The rows of a table that begins at a line, its head first; none where there is no such table."""
    for width in range(_FEWEST_COLUMNS, _MOST_COLUMNS + 1):
        if at + width > len(lines) or not _may_be_head(lines[at + width - 1]):
            return []
        rows = _rows(lines, at, width)
        counted = _COUNT_HEAD.fullmatch(lines[at].text.strip()) is not None
        if len(rows) > 2 and (_are_counted(rows) if counted else _are_alike(rows)):
            return rows
    return []


def _may_be_head(line: Line) -> bool:
    """Whether a line may be the head of a column: a few words by themselves."""
    text = line.text.strip()
    return bool(text) and not line.sign and len(text) <= _LONGEST_HEAD and text[-1] not in _ENDED and not _is_fact(text)


def _rows(lines: Sequence[Line], at: int, width: int) -> list[GridRow]:
    """Lines by so many, as long as each holds one cell and rows are alike to the first below the head."""
    rows: list[GridRow] = []
    while at + width <= len(lines) and all(len(line.filled) == 1 and not line.sign for line in lines[at : at + width]):
        rows.append([[line.filled[0]] for line in lines[at : at + width]])
        if len(rows) > 1 and _facts(rows[-1]) != _facts(rows[1]):
            return rows[:-1]
        at += width
    return rows


def _facts(row: GridRow) -> list[bool]:
    """Which cells of a row are numbers, days or the like."""
    return [_is_fact(cell[0].text) for cell in row]


def _is_fact(text: str) -> bool:
    return text[:1].isdecimal() or kind_of(text) in FACTS


def _are_counted(rows: Sequence[GridRow]) -> bool:
    """Whether the first column numbers the rows below the head."""
    return [row[0][0].text.strip(".") for row in rows[1:]] == [str(number) for number in range(1, len(rows))]


def _are_alike(rows: Sequence[GridRow]) -> bool:
    """Whether all rows below the head have numbers or days in some columns, of one kind, and words in others."""
    kinds = [{kind_of(row[n][0].text) for row in rows[1:]} for n in range(len(rows[0]))]
    facts = sum(len(found) == 1 and not found.isdisjoint(FACTS) for found in kinds)
    return facts > 0 and 0 < sum(_facts(rows[1])) < len(rows[0])
