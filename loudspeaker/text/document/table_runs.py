"""Lines that may be a table: those set apart in the same way, and their cells in rows and columns."""

from __future__ import annotations

from collections.abc import Sequence

from ..lazy_regex import pattern
from .cells import Cell, Line, Row

_PADDED = "  "  # the sign of columns that were set with blanks
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
        lines[end].sign == sign or (sign == "|" and lines[end].is_rule) or _names_group(lines, at, end)
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


def is_regular(lines: Sequence[Line]) -> bool:
    """Whether columns that were set with blanks are columns: three at least, or two that begin below each other."""
    if lines[0].sign == "/":
        return len({len(line.cells) for line in lines}) == 1
    if lines[0].sign != _PADDED:
        return True
    if sum(len(line.filled) > 2 for line in lines) > 1:
        return True
    places = [line.filled[1].column for line in lines if len(line.filled) > 1]
    return len(places) > 2 and max(places) - min(places) <= _ALIKE


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """The cells of each line below those of the same column."""
    if lines[0].sign != _PADDED:
        width = max(len(line.cells) for line in lines)
        return [[*line.cells, *[Cell("", line.end, 0)] * (width - len(line.cells))] for line in lines]
    full = max((line.filled for line in lines), key=len)
    whole = [line.filled for line in lines if len(line.filled) == len(full)]
    spans = [
        (min(row[n].column for row in whole), max(row[n].column + len(row[n].text) for row in whole))
        for n in range(len(full))
    ]
    return [line.filled if len(line.filled) == len(full) else _place(line, spans) for line in lines]


def _place(line: Line, spans: Sequence[tuple[int, int]]) -> Row:
    """The cells of a line that has too few, each in the column, [from, to) in letters, that it lies below."""
    row = [Cell("", line.end, 0)] * len(spans)
    for cell in line.filled:
        right = cell.column + len(cell.text)
        number = max(range(len(spans)), key=lambda n: min(right, spans[n][1]) - max(cell.column, spans[n][0]))
        row[number] = cell
    return row
