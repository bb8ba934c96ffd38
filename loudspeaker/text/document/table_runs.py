"""Lines that may be a table: those set apart in the same way, and their cells in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from ..lazy_regex import pattern
from .cell_kinds import FACTS, CellKind, kind_of
from .cells import PADDED, Cell, Line
from .table_grid import continues

_ALIKE = 2  # letters by which the beginnings of a column may differ from row to row
_DEEP = 12  # letters before a line that belongs to no paragraph
_DIGIT = pattern(r"\W*\d")
_LEFT_OUT = pattern(r"\s*(?:\.{2,}|…+|v\.?v\.?)\s*")
COUNT_HEAD = pattern(r"(?i)S?TT|số tt")
_GROUP = pattern(r"(?![-+*•]|\d{1,2}[.)/]|\()[^\n]{1,48}[^.;,!?]")


def run_at(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` on are set apart in the same way, so that they may be a table; 0 where it has no cells.

    A blank line between a first row and the others, as earlier versions of `import` left one, does not part them.
    """
    sign = lines[at].sign
    if not sign:
        return 0
    end = _end_of_run(lines, at)
    alone = end == at + 1 and sign == "\t" and end + 1 < len(lines) and not lines[end].text.strip()
    if alone and lines[end + 1].sign == sign and len(lines[end + 1].cells) == len(lines[at].cells):
        end = _end_of_run(lines, end + 1)
    return end - at


def _end_of_run(lines: Sequence[Line], at: int) -> int:
    """The first line behind `at` that is not set apart in the same way."""
    end = at + 1
    while end < len(lines) and not _opens_table(lines, at, end) and not _holds_offices(lines, end):
        if not _belongs_to_run(lines, at, end):
            break
        end += 1
    return end


def _belongs_to_run(lines: Sequence[Line], at: int, number: int) -> bool:
    """Whether a line is a row of the table that may begin at `at`, or part of one."""
    line, sign = lines[number], lines[at].sign
    if line.sign == sign or (sign == "|" and (line.is_rule or line.text.count("|") > 1)):
        return True
    if sign == "\t" and _is_empty_row(lines, number):
        return True
    if _is_gap(lines, number, sign):
        return True
    if sign == PADDED and line.is_rule and number == at + 1:  # below the head
        return number + 1 < len(lines) and lines[number + 1].sign == sign
    return _names_group(lines, at, number) or _goes_on_in_row(lines, at, number)


def _opens_table(lines: Sequence[Line], at: int, number: int) -> bool:
    """Whether a line is the head of another table, of as many columns as the line below it and not as those above."""
    line, above = lines[number], lines[number - 1]
    if number < at + 2 or number + 1 >= len(lines) or not line.sign or any(map(_holds_fact, line.filled)):
        return False
    following = lines[number + 1]
    alike = len(following.filled) == len(line.filled) > 1 and len(following.cells) == len(line.cells)
    other = len(line.filled) != len(above.filled) and len(line.cells) != len(above.cells)
    return alike and other and any(map(_holds_fact, above.filled)) and any(map(_holds_fact, following.filled))


def _is_gap(lines: Sequence[Line], number: int, sign: str) -> bool:
    """Whether a line between two rows only tells that some are left out: ..."""
    following = lines[number + 1].sign if number + 1 < len(lines) else ""
    return following == sign and _LEFT_OUT.fullmatch(lines[number].text) is not None


def _is_empty_row(lines: Sequence[Line], number: int) -> bool:
    """Whether a line has only tabs, between rows of a sheet."""
    following = lines[number + 1].sign if number + 1 < len(lines) else ""
    return "\t" in lines[number].text and not lines[number].text.strip() and following == "\t"


def _holds_offices(lines: Sequence[Line], number: int) -> bool:
    """Whether signatures stand below a sheet: ⇥Người lập⇥⇥Tổ trưởng above ⇥Hà Thu⇥⇥Lỗ Văn Thành"""
    line = lines[number]
    if line.sign != "\t" or line.cells[0].text or number + 1 == len(lines):
        return False
    following = lines[number + 1]
    names = [kind_of(cell.text) is CellKind.NAME for cell in following.filled]
    alike = [bool(cell.text) for cell in line.cells] == [bool(cell.text) for cell in following.cells]
    return alike and all(names) and not any(kind_of(cell.text) in {*FACTS, CellKind.NAME} for cell in line.filled)


def _holds_fact(cell: Cell) -> bool:
    return _DIGIT.match(cell.text) is not None or kind_of(cell.text) in FACTS


def _names_group(lines: Sequence[Line], at: int, number: int) -> bool:
    """Whether a line by itself names the rows below it, in a run whose first line may be a head: Mùng 7 (12/02)"""
    line = lines[number]
    if line.sign or len(line.filled) != 1 or not _GROUP.fullmatch(line.filled[0].text) or number + 1 >= len(lines):
        return False
    following = lines[number + 1]
    alike = following.sign == lines[at].sign and len(following.cells) == len(lines[at].cells)
    headed = not any(_DIGIT.match(cell.text) for cell in lines[at].filled)
    return alike and headed and any(_DIGIT.match(cell.text) for cell in following.filled)


def _goes_on_in_row(lines: Sequence[Line], at: int, number: int) -> bool:
    """Whether a line that has only one cell is part of a row: it lies below a cell of the line above and goes on in it.

    So is one between two lines that are broken, too: 1⇥Lò A⇥Bản Hin,⏎xã Hòa,⏎tỉnh Lai⇥50.000
    """
    line, above, sign = lines[number], lines[number - 1], lines[at].sign
    if line.sign or len(line.filled) != 1 or sign not in (PADDED, "\t"):
        return False
    following = lines[number + 1] if number + 1 < len(lines) else line
    if sign == "\t" and not line.text.startswith("\t"):
        cells = len(above.cells) + len(line.cells) + len(following.cells) - 2
        return following.sign == above.sign == sign and cells == len(lines[at].cells)
    over = _cells_above(line, [above, lines[at]] if sign == PADDED else [above])
    return _goes_on_below(line.filled[0], above.cells[0], over, within=following.sign == sign)


def _goes_on_below(cell: Cell, first: Cell, over: Sequence[Cell], within: bool) -> bool:
    """Whether a cell goes on in those that it stands below, or in the first of its line; `within`: a row follows."""
    small = cell.text[:1].islower()
    if cell.column <= _ALIKE:
        return ((within and small) or first.text.endswith(("->", "→"))) and continues(first.text, cell.text)
    deep = small and cell.column > _DEEP
    return bool(over) and (within or deep or any(continues(other.text, cell.text) for other in over))


def _cells_above(line: Line, others: Sequence[Line]) -> list[Cell]:
    """The cells of other lines that the only one of a line stands below, the first column apart."""
    cell = line.filled[0]
    if line.text.startswith("\t"):
        column = len(line.text) - len(line.text.lstrip("\t"))
        return [other.cells[column] for other in others if column < len(other.cells) and other.cells[column].text]
    found = [over for other in others for over in other.filled[1:]]
    return [over for over in found if abs(over.column - cell.column) <= _ALIKE]


def is_regular(lines: Sequence[Line]) -> bool:
    """Whether columns that were set with blanks are columns: three at least, or two that begin below each other."""
    if lines[0].sign == "-" and not COUNT_HEAD.fullmatch(lines[0].cells[0].text):
        return False
    if lines[0].sign in ("/", "-"):
        return len({len(line.cells) for line in lines}) == 1
    if lines[0].sign != PADDED:
        return True
    if sum(len(line.filled) > 2 for line in lines) > 1:
        return True
    places = [line.filled[1].column for line in lines if len(line.filled) > 1]
    return len(places) > 2 and max(places) - min(places) <= _ALIKE
