"""Lines that may be a table: those set apart in the same way, and their cells in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from ..lazy_regex import pattern
from .cells import PADDED, Cell, Line
from .table_grid import continues

_ALIKE = 2  # letters by which the beginnings of a column may differ from row to row
_DIGIT = pattern(r"\W*\d")
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
    sign, end = lines[at].sign, at + 1
    while end < len(lines) and (
        lines[end].sign == sign
        or (sign == "|" and (lines[end].is_rule or lines[end].text.count("|") > 1))
        or _names_group(lines, at, end)
        or _goes_on_in_row(lines, at, end)
    ):
        end += 1
    return end


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
    return any(following.sign == sign or continues(cell.text, line.filled[0].text) for cell in over)


def _cells_above(line: Line, others: Sequence[Line]) -> list[Cell]:
    """The cells of other lines that the only one of a line stands below, the first column apart."""
    cell = line.filled[0]
    if line.text.startswith("\t"):
        column = len(line.text) - len(line.text.lstrip("\t"))
        return [other.cells[column] for other in others if column < len(other.cells) and other.cells[column].text]
    found = [over for other in others for over in other.filled[1:]]
    return [over for over in found if cell.column > _ALIKE and abs(over.column - cell.column) <= _ALIKE]


def is_regular(lines: Sequence[Line]) -> bool:
    """Whether columns that were set with blanks are columns: three at least, or two that begin below each other."""
    if lines[0].sign == "/":
        return len({len(line.cells) for line in lines}) == 1
    if lines[0].sign != PADDED:
        return True
    if sum(len(line.filled) > 2 for line in lines) > 1:
        return True
    places = [line.filled[1].column for line in lines if len(line.filled) > 1]
    return len(places) > 2 and max(places) - min(places) <= _ALIKE
