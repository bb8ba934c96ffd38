"""Tables that lost their rows in copying, so that each cell stands on a line of its own, one below the other.

STT                     Thời gian
Họ tên                  Địa điểm
Số khẩu                 Điện thoại
1                       8h ngày 09/9
Lò Văn An               Nhà văn hóa Tân Lập
5                       0978 445 120
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from ..lazy_regex import pattern
from ..lexicon import cue_list
from .cell_kinds import FACTS, kind_of
from .cells import Cell, Line
from .table_grid import GridRow, words_of

_COUNT_HEAD = pattern(r"(?i)S?TT|số tt|số thứ tự")
_FEWEST_COLUMNS, _MOST_COLUMNS = 3, 10
_FIRST_ROWS = 2  # the head, and a row that may be the name of a group
_LONGEST_HEAD = 32  # letters
_PACKED_HEAD = pattern(r"(?i)S?TT [^\W\d]")
_OFFICE = rf" (?={cue_list('officers')})"
_CHUNK = pattern(
    rf"(?:0\d{{1,3}}(?:[ .-]?\d{{2,4}}){{2,3}}|\d[\d.,/:hg-]*)(?= |$) ?|[^\W\d](?:(?! \d)(?!{_OFFICE})[^\n])*(?: |$)"
)
_ENDED = frozenset(".:;,!?")


_SHORT_LINES = pattern(rf"(?m)(?:^(?!\s*\d)[^\n]{{2,{_LONGEST_HEAD}}}(?<![.:;,!?])\n){{3}}(?:[^\n]*\n){{2}}")


_PACKED = pattern(r"(?mi)^ *S?TT [^\W\d][^\n]*\n *1")


def may_be_flattened(text: str) -> bool:
    """Whether a text has lines that may be such a table, which is looked for at little cost."""
    return _SHORT_LINES.search(text) is not None or _PACKED.search(text) is not None


def flattened_at(lines: Sequence[Line], at: int) -> list[GridRow]:
    """The rows of a table that begins at a line, its head first; none where there is no such table."""
    if not _may_be_head(lines[at]):
        return []
    heads = sum(1 for _ in takewhile(_may_be_head, lines[at : at + _MOST_COLUMNS]))
    for width in range(_FEWEST_COLUMNS, heads + 1):
        rows = _rows(lines, at, width)
        counted = _COUNT_HEAD.fullmatch(lines[at].text.strip()) is not None
        if len(rows) > 2 and (_are_counted(rows) if counted else _are_alike(rows)):
            return rows
    return []


def packed_at(lines: Sequence[Line], at: int) -> list[GridRow]:
    """The rows of a table with one blank between its cells, below a head such as TT Họ tên Chức vụ Điện thoại.

    They are numbered, and all have words and facts in the same order: 1 Lành Tuyền Trưởng ban 0912 118 335
    """
    if at == 0 or not _PACKED_HEAD.match(lines[at - 1].text.strip()):
        return []
    rows: list[GridRow] = []
    for line in lines[at:]:
        row = _packed_row(line, len(rows) + 1)
        if not row or (rows and _facts(row) != _facts(rows[0])):
            break
        rows.append(row)
    return rows if len(rows) > 1 else []


def _packed_row(line: Line, number: int) -> GridRow:
    """The cells of a line that begins with a number, that one apart; none where it is no row."""
    cell = line.filled[0] if len(line.filled) == 1 else None
    if cell is None or not re.match(rf"{number}[.)]? ", cell.text):
        return []
    begin = cell.text.index(" ") + 1
    found = [match for match in _CHUNK.finditer(cell.text, begin) if match[0].strip()]
    facts = [_is_fact(match[0].strip()) for match in found]
    words = [match[0] for match, fact in zip(found, facts, strict=True) if not fact]
    if not any(facts) or not all(word[:1].isupper() for word in words):
        return []
    return [[Cell(match[0].rstrip(), cell.start + match.start(), cell.column + match.start())] for match in found]


def _may_be_head(line: Line) -> bool:
    """Whether a line may be the head of a column: a few words by themselves."""
    text = line.text.strip()
    return bool(text) and not line.sign and len(text) <= _LONGEST_HEAD and text[-1] not in _ENDED and not _is_fact(text)


def _rows(lines: Sequence[Line], at: int, width: int) -> list[GridRow]:
    """Lines by so many, as long as each is one cell, maybe a blank, and facts stand in the columns of the second row.

    The first row below the head may be the name of a group, without facts.
    """
    rows: list[GridRow] = []
    while at + width <= len(lines) and all(map(_is_cell, lines[at : at + width])):
        row = [list(line.filled) for line in lines[at : at + width]]
        if not row[0] or (len(rows) > _FIRST_ROWS and _facts(row) != _facts(rows[_FIRST_ROWS])):
            return rows
        rows.append(row)
        at += width
    return rows


def _is_cell(line: Line) -> bool:
    return not line.sign and line.text != ""


def _facts(row: GridRow) -> list[bool]:
    """Which cells of a row are numbers, days or the like."""
    return [bool(cell) and _is_fact(cell[0].text) for cell in row]


def _is_fact(text: str) -> bool:
    return text[:1].isdecimal() or kind_of(text) in FACTS


def _are_counted(rows: Sequence[GridRow]) -> bool:
    """Whether the first column numbers the rows below the head."""
    return [words_of(row[0]).strip(".") for row in rows[1:]] == [str(number) for number in range(1, len(rows))]


def _are_alike(rows: Sequence[GridRow]) -> bool:
    """Whether all rows but the first below the head have facts of one kind in some columns, and words in others."""
    if len(rows) <= _FIRST_ROWS or (len(rows) == _FIRST_ROWS + 1 and _facts(rows[1]) != _facts(rows[2])):
        return False
    kinds = [{kind_of(words_of(row[n])) for row in rows[_FIRST_ROWS:]} for n in range(len(rows[0]))]
    facts = sum(len(found) == 1 and not found.isdisjoint(FACTS) for found in kinds)
    return facts > 0 and not any(map(all, map(_facts, rows)))
