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
from .cell_kinds import FACTS, CellKind, kind_of
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
    return "\n" in text and (_SHORT_LINES.search(text) is not None or _PACKED.search(text) is not None)


class FlattenedTables:
    """Such tables of one text, looked for line by line in linear time.

    Of each number of columns is counted once, from the last line back, how far rows go on alike.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        words = [words_of(line.filled) if _is_cell(line) else "" for line in lines]
        self._kinds = [kind_of(cell) for cell in words]
        self._facts = [cell[:1].isdecimal() or kind in FACTS for cell, kind in zip(words, self._kinds, strict=True)]
        self._cells = _count_alike([_is_cell(line) for line in lines], 1)
        self._rows_alike: dict[int, list[int]] = {}
        self._kinds_alike: dict[int, list[int]] = {}

    def rows_at(self, at: int) -> list[GridRow]:
        """The rows of a table that begins at a line, its head first; none where there is no such table."""
        if not _may_be_head(self._lines[at]):
            return []
        heads = sum(1 for _ in takewhile(_may_be_head, self._lines[at : at + _MOST_COLUMNS]))
        counted = _COUNT_HEAD.fullmatch(self._lines[at].text.strip()) is not None
        for width in range(_FEWEST_COLUMNS, heads + 1):
            count = self._count_rows(at, width)
            if count > _FIRST_ROWS and (self._are_counted if counted else self._are_alike)(at, width, count):
                return [self._row(at + number * width, width) for number in range(count)]
        return []

    def _row(self, at: int, width: int) -> GridRow:
        return [list(line.filled) for line in self._lines[at : at + width]]

    def _count_rows(self, at: int, width: int) -> int:
        """How many rows of so many lines stand from a line on.

        Each line is one cell, maybe a blank, and facts stand in the columns of the second row. The first row below the
        head may be the name of a group, without facts.
        """
        first = sum(1 for _ in takewhile(lambda n: self._is_row(at + n * width, width), range(_FIRST_ROWS)))
        if first < _FIRST_ROWS:
            return first
        if width not in self._rows_alike:
            self._rows_alike[width] = self._count_rows_alike(width)
        begin = at + _FIRST_ROWS * width
        return first + (self._rows_alike[width][begin] if begin < len(self._lines) else 0)

    def _is_row(self, at: int, width: int) -> bool:
        """Whether so many lines from one on are cells, and the first of them is none that is blank."""
        return at < len(self._lines) and self._cells[at] >= width and bool(self._lines[at].filled)

    def _count_rows_alike(self, width: int) -> list[int]:
        """For each line how many rows from it on have their facts in the same columns."""
        same = [one == other for one, other in zip(self._facts, self._facts[width:], strict=False)]
        columns = _count_alike(same, 1)
        found = [0] * (len(self._lines) + width)
        for at in range(len(self._lines) - 1, -1, -1):
            if self._is_row(at, width):
                found[at] = 1 + (found[at + width] if at < len(columns) and columns[at] >= width else 0)
        return found

    def _are_counted(self, at: int, width: int, count: int) -> bool:
        """Whether the first column numbers the rows below the head."""
        first = (words_of(self._lines[at + number * width].filled).strip(".") for number in range(1, count))
        return all(words == str(number) for number, words in enumerate(first, 1))

    def _are_alike(self, at: int, width: int, count: int) -> bool:
        """Whether all rows but the first below the head have facts of one kind in some columns, and words in others."""
        first, second, third = (self._facts[at + n * width : at + (n + 1) * width] for n in range(_FIRST_ROWS + 1))
        if (count == _FIRST_ROWS + 1 and second != third) or any(map(all, (first, second, third))):
            return False
        if width not in self._kinds_alike:
            self._kinds_alike[width] = _count_kinds_alike(self._kinds, width)
        begin = at + _FIRST_ROWS * width
        alike = self._kinds_alike[width][begin : begin + width]
        kinds = self._kinds[begin : begin + width]
        return any(rows >= count - _FIRST_ROWS and kind in FACTS for rows, kind in zip(alike, kinds, strict=True))


def _count_alike(holds: Sequence[bool], step: int) -> list[int]:
    """For each place how many from it on, `step` apart, hold without a gap."""
    found = [0] * (len(holds) + step)
    for at in range(len(holds) - 1, -1, -1):
        found[at] = found[at + step] + 1 if holds[at] else 0
    return found[: len(holds)]


def _count_kinds_alike(kinds: Sequence[CellKind], width: int) -> list[int]:
    """For each cell how many below one another are of its kind, where rows have so many lines."""
    same = [one == other for one, other in zip(kinds, kinds[width:], strict=False)]
    return [1 + below for below in (*_count_alike(same, width), *[0] * min(width, len(kinds)))]


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


def _is_cell(line: Line) -> bool:
    return not line.sign and line.text != ""


def _facts(row: GridRow) -> list[bool]:
    """Which cells of a row are numbers, days or the like."""
    return [bool(cell) and _is_fact(cell[0].text) for cell in row]


def _is_fact(text: str) -> bool:
    return text[:1].isdecimal() or kind_of(text) in FACTS
