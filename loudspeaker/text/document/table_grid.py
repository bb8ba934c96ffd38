"""The cells of a table in rows and columns, whatever broke them, set anew so that each is one piece.

1   Lò Văn An    Bản Hin, xã    2 sào         a cell that goes on in the line below is one cell
                 Mường Giàng
TT  Tên  Thôn   TT  Tên  Thôn                 two tables beside each other are one, the second below the first
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise

from ..lazy_regex import pattern
from ..unwrapping import is_unfinished
from .arrangement import Arrangement, TextPiece
from .cell_kinds import FACTS, CellKind, column_kind, kind_of
from .cells import PADDED, Cell, Line, Row
from .rows_of_sums import shift_of_sums

Fragments = list[Cell]  # of one cell, in their order; none where it is empty
GridRow = list[Fragments]  # as many as the table has columns

_NUMBERED = pattern(r"(?P<number>\d{1,3})(?:[.)/]| ?-)?(?:(?<=[.)/-]) ?[^\W\d].*)?")
_BULLET = pattern(r"[-+•*]|\d{1,2}[.)/] ?\D")
_COUNT_HEAD = pattern(r"(?i)S?TT ")
_NUMBERED_THING = pattern(  # a head that is one, wherever a column begins: Khối 6+7, Lớp 3, 4
    r"(?i)(?:khối|lớp|tổ|đội|nhóm|ca|đợt|thôn|ấp|xóm|khu|phòng|sân|bàn|tuyến|quý|tháng|thứ|tuần|vòng|bảng|cụm|điểm|buổi|"
    r"tiết|mũi|kỳ|năm) \d{1,4}(?: ?(?:[-,+&–]|và|đến) ?\d{1,4})*"
)
_COMPOSITE = {CellKind.WEEKDAY, CellKind.DATE}  # Thứ Hai⏎17/11 is one cell
_ALIKE = 3  # letters by which the beginnings of a column differ at most
_LONGEST_NAME = 4  # words of one person
_FRAMING = 2  # rows of a table that its count leaves out: head and sum
_FEWEST_WITH_GROUP = 3  # rows: two of the head, and one below
_LEAST_BESIDE = 4  # columns of which the second half can be a table of its own


def grid_of(lines: Sequence[Line]) -> Sequence[GridRow]:
    """The rows of a table whose lines are set apart in the same way."""
    rows = _padded_rows(lines) if lines[0].sign == PADDED else _bordered_rows(lines)
    return _stack(list(_join_wrapped(rows)))


def words_of(cell: Sequence[Cell]) -> str:
    """The text of a cell, its fragments together."""
    if len(cell) == 1:
        return cell[0].text
    return "".join(link + fragment.text for link, fragment in _link_fragments(cell))


def _link_fragments(cell: Iterable[Cell]) -> Iterator[tuple[str, Cell]]:
    """The fragments of a cell, each with what stands before it: a comma between two names, else a blank."""
    above: Cell | None = None
    for fragment in cell:
        pair = (above.text, fragment.text) if above else ()
        named = bool(pair) and all(kind_of(text) is CellKind.NAME for text in pair)
        apart = named and sum(text.count(" ") + 1 for text in pair) > _LONGEST_NAME
        yield ("" if above is None else ", " if apart else " "), fragment
        above = fragment


def set_anew(grid: Iterable[GridRow]) -> tuple[Arrangement, list[Row]]:
    """A text that has each cell in one piece, and the cells as they stand in it."""
    pieces: list[TextPiece] = []
    rows: list[Row] = []
    at = 0
    for grid_row in grid:
        row = []
        for fragments in grid_row:
            text, last = words_of(fragments), fragments[-1].end if fragments else pieces[-1].end if pieces else 0
            row.append(Cell(text, at, fragments[0].column if fragments else 0))
            for link, fragment in _link_fragments(fragments):
                pieces.append(TextPiece.put_in(link, fragment.start))
                pieces.append(TextPiece(fragment.text, fragment.start, fragment.end))
            pieces.append(TextPiece.put_in("\t", last))
            at += len(text) + 1
        rows.append(row)
    return Arrangement(pieces), rows


def _bordered_rows(lines: Sequence[Line]) -> list[GridRow]:
    """Rows whose cells stand apart by a sign; lines that a break inside a cell made are one row."""
    rows: list[GridRow] = [[[cell] if cell.text else [] for cell in line.cells] for line in lines]
    width = max(map(len, rows))
    rows = _spread_heads(rows, width)
    if lines[0].sign == "\t":
        rows = _join_counted(rows) or list(_join_broken(rows, width))
        width = max(map(len, rows))
    kinds = _kinds([row for row in rows[1:] if len(row) == width], width)
    return [_fill(row, rows, kinds) for row in rows]


def _fill(row: GridRow, rows: Sequence[GridRow], kinds: Sequence[CellKind]) -> GridRow:
    """A row with as many cells as the table has columns; the sums of one that is short stand below what they sum up."""
    missing = len(kinds) - len(row)
    others = ([*map(words_of, other)] for other in rows if other is not row)
    shift = shift_of_sums([*map(words_of, row)], [*others], kinds) if missing > 0 else 0
    return [*row[:1], *([] for _ in range(shift)), *row[1:], *([] for _ in range(missing - shift))]


def _spread_heads(rows: list[GridRow], width: int) -> list[GridRow]:
    """Rows whose first has one cell where the second has those of a group, as many for each, in their columns.

    Khu | Hàng | Còn trống
               | T6 | T7
    """
    if len(rows) < _FEWEST_WITH_GROUP or len(rows[0]) == width or not all(rows[0]) or rows[1][0]:
        return rows
    upper, lower = rows[:2]
    filled = [n for n, cell in enumerate(lower) if cell]
    groups = len(upper) - (width - len(filled))
    if groups < 1 or len(filled) % groups or filled != [*range(filled[0], filled[0] + len(filled))]:
        return rows
    placed = len(lower) == width or not lower[-1]  # and not set with blanks below the last head
    at = min(filled[0] if placed else width, len(upper) - groups)
    return [*_spread(upper, [lower[n] for n in filled], at, groups), *rows[2:]]


def _spread(upper: GridRow, below: Sequence[Fragments], at: int, groups: int) -> Iterator[GridRow]:
    """Both lines of a head; `groups` cells of the first, from `at` on, have as many cells each of those below them."""
    size = len(below) // groups
    yield [
        *upper[:at],
        *chain(*([cell, *([] for _ in range(size - 1))] for cell in upper[at : at + groups])),
        *upper[at + groups :],
    ]
    yield [*([] for _ in range(at)), *below, *([] for _ in range(len(upper) - at - groups))]


def _join_counted(rows: Sequence[GridRow]) -> list[GridRow]:
    """Rows each of which was broken, by the numbers that each begins with; none where they do not tell.

    1⇥Lò Văn An⏎Hà Thị Bé⇥Bản Hin⏎2⇥…, below a head that was broken alike or not at all
    """
    counts = [int(text) if (text := words_of(row[0])).isdecimal() else 0 for row in rows]
    starts = [counts.index(number) for number in range(1, max(counts) + 1) if number in counts]
    if len(starts) < 2 or len(starts) != max(counts) or starts != sorted(starts):
        return []
    groups = [rows[begin:end] for begin, end in pairwise([*starts, len(rows)])]
    groups = [rows[: starts[0]], *groups] if starts[0] else groups
    joined = [_join_lines(group) for group in groups]
    broken = any(len(group) > 1 for group in groups)
    return joined if broken and len(set(map(len, joined))) == 1 else []


def _join_broken(rows: Sequence[GridRow], width: int) -> Iterator[GridRow]:
    """Rows of a tabbed table; lines that have the cells of one row together, but for the cells that a break parts."""
    kinds = _kinds([row for row in rows if len(row) == width], width)
    at = 0
    while at < len(rows):
        row, end = rows[at], at + 1
        for count in _broken_counts(rows, at, width):
            joined = _join_lines(rows[at : at + count])
            if _is_one_row(rows[at : at + count], joined, kinds):
                row, end = joined, at + count
                break
        yield row
        at = end


def _broken_counts(rows: Sequence[GridRow], at: int, width: int) -> Iterator[int]:
    """How many lines from `at` on may be one row of `width` cells."""
    sums = accumulate(len(row) - 1 for row in rows[at : at + width + 1])
    for count, borders in enumerate(sums, 1):
        if borders >= width:
            return
        if borders == width - 1 and count > 1:
            yield count


def _join_lines(rows: Sequence[GridRow]) -> GridRow:
    """One row of several: the last cell of each and the first of the next are one."""
    joined = [list(cell) for cell in rows[0]]
    for row in rows[1:]:
        joined[-1] += row[0]
        joined += [list(cell) for cell in row[1:]]
    return joined


def _is_one_row(lines: Sequence[GridRow], joined: GridRow, kinds: Sequence[CellKind]) -> bool:
    """Whether lines are one row: what a break parts belongs together, and each cell is of its column's kind."""
    pairs = [(words_of(one[-1]), words_of(other[0])) for one, other in pairwise(lines)]
    whole = len(lines[0]) == len(joined)
    if not all(above and below and _belongs_to(above, below, len(lines[0]), whole) for above, below in pairs):
        return False
    found = [kind_of(words_of(cell)) for cell in joined]
    odd = sum(kind in FACTS and own not in (kind, CellKind.NOTHING) for own, kind in zip(found, kinds, strict=True))
    return odd == 0


def _belongs_to(above: str, below: str, cells: int, whole: bool) -> bool:
    """Whether two texts are one cell; `cells`: how many stand on the first line, `whole`: it has all of a row."""
    if whole:
        return continues(above, below)
    kinds = {kind_of(above), kind_of(below)}
    if kinds == _COMPOSITE:
        return True
    return continues(above, below) or (cells > 1 and kinds.isdisjoint(FACTS))


def continues(above: str, below: str) -> bool:
    """Whether a cell goes on in the line below: with a small letter, or where it ends with a comma."""
    if _BULLET.match(below):
        return False
    small = below.lstrip("(")[:1].islower() or (below[:1] == "(" and ")" in below)
    return (small and not above[:1].islower()) or is_unfinished(above, below)


def _padded_rows(lines: Sequence[Line]) -> list[GridRow]:
    """Rows whose cells stand below each other."""
    lines = _with_first_column(lines)
    full = max((line.filled for line in lines), key=len)
    whole = [line.filled for line in lines if len(line.filled) == len(full)]
    spans = [
        (min(row[n].column for row in whole), max(row[n].column + len(row[n].text) for row in whole))
        for n in range(len(full))
    ]
    return [
        [[cell] for cell in line.filled] if len(line.filled) == len(full) else _place(line, spans, line is lines[0])
        for line in lines
    ]


def _with_first_column(lines: Sequence[Line]) -> Sequence[Line]:
    """Lines of a table whose first column has no head and only one blank behind it, which is a cell of its own then.

           Thứ 2      Thứ 3
    Tiết 1 Chào cờ    Toán
    """
    left = lines[0].filled[0].column
    parted = [[*_part(line.filled[0], [(left, left)], words=True), *line.filled[1:]] for line in lines[1:]]
    if left < _ALIKE or not all(len(cells) > len(line.filled) for line, cells in zip(lines[1:], parted, strict=True)):
        return lines
    opened = lines[0]._replace(cells=(Cell("", lines[0].start, 0), *lines[0].cells))
    return [opened, *(line._replace(cells=tuple(cells)) for line, cells in zip(lines[1:], parted, strict=True))]


def _place(line: Line, spans: Sequence[tuple[int, int]], first: bool) -> GridRow:
    """The cells of a line that has too few, each in the column, [from, to) in letters, that it lies below."""
    row: GridRow = [[] for _ in spans]
    counting = first and _COUNT_HEAD.match(line.filled[0].text) is not None
    cells = [
        part
        for whole in line.filled
        for part in ([whole] if first and _NUMBERED_THING.fullmatch(whole.text) else _part(whole, spans, counting))
    ]
    if not first and len(cells) < len(spans):
        cells = [part for cell in cells for part in _part_at_capital(cell, spans)]
    for cell in cells:
        row[_column_of(cell, spans)].append(cell)
    return row


def _column_of(cell: Cell, spans: Sequence[tuple[int, int]]) -> int:
    """The column that a cell begins with, or else the one that it lies below for the most part."""
    right = cell.column + len(cell.text)
    begun = next((n for n, span in enumerate(spans) if abs(span[0] - cell.column) <= 1 and right > span[1]), None)
    if begun is not None:
        return begun
    return max(range(len(spans)), key=lambda n: min(right, spans[n][1]) - max(cell.column, spans[n][0]))


def _part_at_capital(cell: Cell, spans: Sequence[tuple[int, int]]) -> list[Cell]:
    """A cell in two where a capital behind a blank stands just where a column begins: Cấp 12 Tây Bắc"""
    for left, _ in spans:
        at = left - cell.column
        if _begins_cell(cell.text, at, words=True) and cell.text[at].isupper():
            behind = Cell(cell.text[at:], cell.start + at, left)
            return [cell._replace(text=cell.text[:at].rstrip()), *_part_at_capital(behind, spans)]
    return [cell]


def _part(cell: Cell, spans: Sequence[tuple[int, int]], words: bool) -> Iterator[Cell]:
    """What stands before and behind the border of a column, where only one blank was left there: 24 công 450.000

    So are words where `words` is true, as in a head that numbers the rows: STT Họ tên.
    """
    begin = 0
    for left, _ in spans:
        at = next((at for at in _near(left - cell.column) if _begins_cell(cell.text, at, words)), 0)
        if begin < at:
            yield Cell(cell.text[begin:at].rstrip(), cell.start + begin, cell.column + begin)
            begin = at
    yield Cell(cell.text[begin:], cell.start + begin, cell.column + begin)


def _near(at: int) -> Iterator[int]:
    """A place and those up to two letters beside it."""
    return (at + shift for shift in (0, 1, -1, 2, -2))


def _begins_cell(text: str, at: int, words: bool) -> bool:
    """Whether a number, or a word where `words` is true, begins behind a blank at a place."""
    return 0 < at < len(text) and text[at - 1] == " " and (words or text[at].isdecimal())


def _join_wrapped(rows: Sequence[GridRow]) -> Iterator[GridRow]:
    """Rows; one whose cells only go on with those above is part of the row above."""
    kinds = _kinds(rows[1:], len(rows[0])) if len(rows) > 1 else []
    counted = _is_counted([words_of(row[0]) for row in rows if row[0]])
    last: GridRow = []
    for row in rows:
        if last and _is_wrapped(last, row, kinds, counted):
            for cell, more in zip(last, row, strict=True):
                cell += more
            continue
        if last:
            yield last
        last = [list(cell) for cell in row]
    yield last


def _is_wrapped(last: GridRow, row: GridRow, kinds: Sequence[CellKind], counted: bool) -> bool:
    """Whether all that a row has goes on with what stands above it; `counted`: the first column numbers the rows."""
    filled = [n for n, cell in enumerate(row) if cell]
    if not filled or (filled[0] == 0 and filled != [0]) or len(filled) == len(row):
        return False
    pairs = [(words_of(last[n]), words_of(row[n])) for n in filled]
    going_on = [continues(above, below) for above, below in pairs if above]
    if all(going_on) and (len(going_on) == len(pairs) or (counted and last[0])):
        return True
    return _is_rest(last, row, filled, kinds, counted) if len(going_on) == len(pairs) else False


def _is_rest(last: GridRow, row: GridRow, filled: Sequence[int], kinds: Sequence[CellKind], counted: bool) -> bool:
    """Whether words below words belong to the row above: its number stands there, or they are one cell, no capital."""
    if filled[0] == 0 or any(kinds[n] in FACTS for n in filled):
        return False
    below = [words_of(row[n]) for n in filled]
    if len(filled) == 1 and not below[0][0].isupper():
        return _BULLET.match(below[0]) is None
    return counted and bool(last[0]) and FACTS.isdisjoint(map(kind_of, below))


def _is_counted(texts: Sequence[str]) -> bool:
    """Whether the cells of a column number its rows, but for a head above and a sum below."""
    numbers = [int(match["number"]) for match in map(_NUMBERED.fullmatch, texts) if match]
    return (
        len(numbers) > 1
        and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
        and len(texts) - len(numbers) < 3
    )


def _kinds(rows: Sequence[GridRow], width: int) -> list[CellKind]:
    """What each column holds."""
    return [column_kind(words_of(row[n]) for row in rows if n < len(row)) for n in range(width)]


def _stack(rows: list[GridRow]) -> Sequence[GridRow]:
    """The rows of two tables that stand beside each other, one below the other; of one table, its rows."""
    half = len(rows[0]) // 2
    if len(rows[0]) % 2 or len(rows[0]) < _LEAST_BESIDE:
        return rows
    heads = [words_of(cell) for cell in rows[0]]
    headed = heads[:half] == heads[half:] and all(heads) and heads[0] != words_of(rows[-1][0])
    body = rows[headed:]
    numbers = [number for row in body for number in (_number(row[0]), _number(row[half]))]
    if not headed and not _is_list(numbers):
        return rows
    return [row[:half] for row in rows[:headed]] + _halves(body, half, across=numbers[:2] == [1, 2])


def _halves(rows: Sequence[GridRow], half: int, across: bool) -> list[GridRow]:
    """The left halves of rows and the right ones below them, or, `across`, each below the other; no empty ones."""
    left, right = [row[:half] for row in rows], [row[half:] for row in rows]
    halves = chain(*zip(left, right, strict=True)) if across else [*left, *right]
    return [row for row in halves if any(row)]


def _is_list(numbers: Sequence[int | None]) -> bool:
    """Whether numbers, in whatever order, are 1, 2, 3 …; the last may be missing."""
    known = sorted(number for number in numbers if number)
    return len(known) > 2 and None not in numbers[:-1] and known == [*range(1, len(known) + 1)]


def _number(cell: Fragments) -> int | None:
    """The number that a cell begins with or is."""
    match = _NUMBERED.fullmatch(words_of(cell))
    return int(match["number"]) if match else None
