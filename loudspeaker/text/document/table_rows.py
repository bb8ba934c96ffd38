"""The rows of a table as sentences: each cell with what stands at the head of its column, the head itself left out.

| TT | Thôn | Số hộ | Mức thu (đ) |
| 1 | Nà Hoa | 42 | 50.000 |         ->  thôn Nà Hoa, số hộ 42, mức thu 50.000 đ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..lazy_regex import pattern
from ..numerals import LETTERS
from .arrangement import Arrangement, TextPiece
from .cell_letters import is_as_above, tells_sign, words_for
from .cell_values import said_value
from .cells import NOTHING, PADDED, Cell, Line, Row, split_as, split_finer
from .column_heads import AMOUNT, CLOCK, needs_head, spoken_head, with_head_for_letter, without_short_head
from .column_numbers import paired_numbers, plain_number, shape_of
from .table_columns import CURRENCY, MONEY_HEAD, UNIT_CELL, Column, ColumnRole, columns_of
from .table_grid import GridRow, grid_of, set_anew
from .table_head import is_head, join_heads
from .table_runs import is_regular

_MOST_COLUMNS = 40  # whatever has more is nobody's table
_COUNT = pattern(r"\(?\d{1,3}[.)]?|[IVX]{1,5}")
_UNIT_OF_ROW = pattern(
    r"\s*\((?:ĐVT: ?)?(?P<unit>(?:kg|g|tạ|tấn|yến|lít|ml|m|km|m2|m3|m²|m³|ha|sào|mẫu|con|cây|bao|%|"
    r"(?:nghìn|ngàn|triệu|tỷ|tr\.?|ng\.?|1\.?000)? ?(?:đ|đồng)|k|trđ?|triệu|nghìn|ngàn|tỷ|năm|tháng|ngày|giờ|phút|"
    r"người|hộ|suất|lượt|kWh|độ|°C)(?:/[^\W\d]{1,6}[23]?)?)\)$"
)
_LISTED = pattern(r"(?P<number>\d{1,2})[.)/] (?=[^\W\d]|\d+ ?[-–])")  # 2. Hang Luồn, 2. 12 – 30c
_HALVES = frozenset("SCTĐ")  # that stand for halves of a day where no other letters are beside them
_TICK = frozenset("xX✓✔")


class Table(NamedTuple):
    """Rows of equal length, the head apart."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    text: Arrangement  # where its cells stand

    @property
    def is_list(self) -> bool:
        """Whether it has only two columns, the second understood by itself: its head is said once, above."""
        texts = [row[1].text for row in self.rows if len(row) == 2]
        return len(texts) == len(self.rows) and not any(map(needs_head, texts)) and not self.columns[1].unit


def table_of(run: Sequence[Line], caption: str = "") -> Table | None:
    """The table that the lines of a run make, if they make one; `caption`: the line above it."""
    if len(run) < 2:
        return None
    lines = _split(run)
    if len(lines) < 2 or max(len(line.cells) for line in lines) > _MOST_COLUMNS or not is_regular(lines):
        return None
    if all(line.filled[-1].text[0] == ":" for line in lines):  # Cụm A (ấp 1)    : ngày chẵn
        return None
    ruled = any(line.is_rule for line in run[1:2])
    return table_of_grid(join_heads(grid_of(lines), bordered=run[0].sign != PADDED), caption, headed=ruled)


def table_of_grid(grid: Sequence[GridRow], caption: str, headed: bool) -> Table | None:
    """The table that rows make, None where they are its head alone; `headed`: the first is certainly the head."""
    text, rows = set_anew(grid)
    head = rows[0] if headed or is_head(rows) else None
    body = rows[1:] if head else rows
    if not body:
        return None
    columns = columns_of(head, body, caption)
    return Table(columns, tuple(_with_units(columns, body)), text)


def _with_units(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[Row]:
    """Rows with the unit of the row above where theirs is only told to be the same: nt below kg"""
    above: dict[int, str] = {}
    for row in rows:
        units = {n: row[n] for n, column in enumerate(columns) if column.role is ColumnRole.UNIT and row[n].text}
        same = {n: cell._replace(text=above[n]) for n, cell in units.items() if is_as_above(cell.text) and n in above}
        above |= {n: cell.text for n, cell in units.items() if n not in same}
        yield [same.get(n, cell) for n, cell in enumerate(row)]


def _split(run: Sequence[Line]) -> list[Line]:
    """The lines of a run that say something, all of them with their cells."""
    lines = _without_padding([split_as(line, run[0].sign) for line in run if line.cells and not line.is_rule])
    if run[0].sign == "|" and lines and not lines[0].opens_with_border:
        lines = [line.with_empty_cell() if line.opens_with_border else line for line in lines]
    finer = [split_finer(line) for line in lines] if run[0].sign == "|" else []
    return finer if len({len(line.filled) for line in finer}) == 1 else lines


def _without_padding(lines: list[Line]) -> list[Line]:
    """Lines without empty cells, where tabs only set their cells below each other: TDP⇥⇥⇥Ngày above Xuân Thụ⇥T4"""
    padded = bool(lines) and lines[0].sign == "\t" and len({len(line.cells) for line in lines}) > 1
    if not padded or len({len(line.filled) for line in lines}) > 1:
        return lines
    return [line._replace(cells=tuple(line.filled)) for line in lines]


def arrange_table(table: Table) -> Iterator[TextPiece]:
    """A sentence for each row; one for the head where the rows do not have it."""
    for piece in _sentences(table):
        yield from table.text.trace(piece)


def _sentences(table: Table) -> Iterator[TextPiece]:
    """The pieces of its sentences, of its own text."""
    headless = table.is_list
    if headless:
        heads = [column.head for column in table.columns if column.head and column.head.text]
        yield from _sentence([[TextPiece(head.text, head.start, head.end)] for head in heads])
    for row in table.rows:
        phrases = ([piece for piece in phrase if piece.text] for phrase in _phrases(table, row, headless))
        yield from _sentence([phrase for phrase in phrases if phrase])


def _sentence(phrases: Sequence[Sequence[TextPiece]]) -> Iterator[TextPiece]:
    """Phrases with pauses between them, and a full stop."""
    for number, phrase in enumerate(phrases):
        first = phrase[0]
        if number:
            yield TextPiece.put_in(", ", first.start)
            yield from phrase
        else:
            symbol = first.text[1:2].isupper()  # pH
            yield first if symbol else first._replace(text=first.text[0].upper() + first.text[1:])
            yield from phrase[1:]
    if phrases:
        last = phrases[-1][-1]
        yield TextPiece.put_in("\n" if last.text[-1] in ".!?" else ".\n", last.end)


def _phrases(table: Table, row: Row, headless: bool) -> Iterator[list[TextPiece]]:
    """What is said of each cell of a row; `headless`: without the heads of the columns."""
    said = 0
    across = _spans_columns(table, row)
    alone = sum(cell.text != "" for cell in row) == 1  # it names the rows below
    noon = _is_at_noon(row)
    for column, cell, unit in zip(table.columns, row, _units(table, row), strict=True):
        if unit is None:
            continue
        if not said and row is table.rows[-1] and _SUM_IN_SHORT.fullmatch(cell.text) and not alone:
            yield [TextPiece("tổng cộng", cell.start, cell.end)]
            said += 1
            continue
        column = column if noon is None else column._replace(noon=noon)
        if column.role is ColumnRole.SUBJECT and _row_unit(row, cell):
            cell = cell._replace(text=_UNIT_OF_ROW.sub("", cell.text))
        bare = headless or alone or column.role is ColumnRole.UNIT or (across and said > 0)
        yield _phrase(column, cell, unit, first=not said, headless=bare)
        said += 1


def _is_at_noon(row: Row) -> bool | None:
    """Whether the first hour that stands in a row is at noon: T, 11h-12h30; None where it tells no hour."""
    hours = [int(match["hour"]) for cell in row if (match := _HOUR.match(cell.text))]
    return _NOON[0] <= hours[0] < _NOON[1] if hours else None


_SUM_IN_SHORT = pattern(r"(?:T\.?C|Σ) ?:?")  # which begins the last row
_HOUR, _NOON = pattern(r"(?:từ )?(?P<hour>\d{1,2}) ?(?:[hg:](?:\d\d)?|giờ)(?!\w)"), (10, 15)


def _units(table: Table, row: Row) -> Iterator[str | None]:
    """The unit of the amount in each cell of a row; None where the cell is not said."""
    unit = currency = ours = ""  # `unit`: of a cell of its own, for the next amount; `ours`: of all of the row
    shared = ("", "")  # the last such unit, and what the heads that share it begin with
    for column, cell in zip(table.columns, row, strict=True):
        if _is_unsaid(column, cell):
            unit = cell.text.strip("-–") if column.role is ColumnRole.UNIT else unit
            yield None
            continue
        own, amount = column.unit, AMOUNT.fullmatch(cell.text)
        if column.role is ColumnRole.SUBJECT:
            ours, own = _row_unit(row, cell), own.partition("/")[0]  # Mức dùng (m3/hộ/tháng): the head tells of what
        elif column.role is ColumnRole.CHANGE:
            own = own or currency
        elif amount:
            shared = (unit, _first_word(column)) if unit else shared
            told = unit or _shared_unit(column, own, *shared)
            own, unit = _unit_of_amount(column, cell, own, told) or ours, ""
        elif (unit or not own) and _IN_SHORT.fullmatch(cell.text):
            own, unit = _rate(unit, ours), ""
        currency = own.partition("/")[0] if _is_in_money(column, own) else currency
        yield own


def _is_in_money(column: Column, unit: str) -> bool:
    """Whether a column holds sums, in whose currency a change beside them is told."""
    return column.role is ColumnRole.VALUE and CURRENCY.match(unit) is not None


def _shared_unit(column: Column, own: str, unit: str, first: str) -> str:
    """The unit of the amount before, where the head begins alike: Thiệt hại 30-70%, Thiệt hại trên 70%"""
    return unit if not own and first == _first_word(column) else ""


def _first_word(column: Column) -> str:
    """What the head of a column begins with."""
    return column.head.text.partition(" ")[0] if column.head else ""


def _is_unsaid(column: Column, cell: Cell) -> bool:
    """Whether a cell is empty, numbers its row or holds the unit of the amounts beside it."""
    if column.role is ColumnRole.UNIT and UNIT_CELL.fullmatch(cell.text):
        return True
    if column.head and tells_sign(cell.text, column.head.text):
        return False
    counts = column.role is ColumnRole.COUNT and _COUNT.fullmatch(cell.text)
    return bool(counts or NOTHING.fullmatch(cell.text))


def _row_unit(row: Row, subject: Cell) -> str:
    """The unit that the subject of a row has in brackets, for all its amounts: Urê (kg)"""
    named = _UNIT_OF_ROW.search(subject.text)
    amounts = named is not None and any(AMOUNT.fullmatch(cell.text) or _IN_SHORT.fullmatch(cell.text) for cell in row)
    return _IN_DONG.sub(lambda scale: _SCALES[scale[0]], named["unit"]) if named and amounts else ""


_IN_DONG = pattern(r"^(?:k|trđ?)(?=/|$)")
_SCALES = {"k": "nghìn đ", "tr": "triệu đ", "trđ": "triệu đ"}
_IN_SHORT = pattern(r"\d[\d.,]*(?:k|tr)\d{0,3}")  # 18k5, which has its unit


def _spans_columns(table: Table, row: Row) -> bool:
    """Whether words stand alone behind the subject of a row, so that they are told of all its columns."""
    filled = [cell.text for column, cell in zip(table.columns, row, strict=True) if column.role is not ColumnRole.COUNT]
    words = [text for text in filled if text]
    alone = len(filled) > 2 and len(words) == 2 and filled[0] != ""
    return alone and words[1].count(" ") > 1 and not needs_head(words[1])


def _unit_of_amount(column: Column, cell: Cell, own: str, unit: str) -> str:
    """The unit of an amount, with that of the cell beside it, if any: 15.450 below Giá, beside kg, is 15.450 đ/kg"""
    if not unit:
        return own
    priced = column.head is not None and MONEY_HEAD.match(column.head.text) and not CURRENCY.match(unit)
    if priced and not own and not _SUM.match(cell.text):
        return f"/{unit}"  # 15 of Giá, beside kg: nobody sells 15 kg
    paid = own == "" and _PAID_BY.fullmatch(unit) and _LARGE_SUM.fullmatch(cell.text)  # nobody has 135.000 fields
    return _join_unit(own or ("đ" if priced or paid else ""), unit)


_PAID_BY = pattern(
    r"(?i)(?:sào|công|mẫu|lần|lượt|buổi|giờ|ca|ngày|vụ|chuyến|suất|bộ|cái|chiếc|tháng|tờ|bản|trang)(?:/.*)?"
)
_LARGE_SUM = pattern(r"[1-9]\d{1,2}\.[05]00(?: ?[-–] ?\d{2,3}\.[05]00)?|[1-9](?:\.\d{3})?\.\d00\.000")


_SUM = pattern(r"\d{1,3}(?:\.\d{3})+|[1-9]\d{3,}|[5-9]\d\d(?!\d)")  # of money: nothing costs 15 đồng


def _rate(unit: str, ours: str) -> str:
    """What stands behind a sum that has its scale: 40k of a row in đ/tấn, 185k beside a cell with m3"""
    if unit and not CURRENCY.match(unit):
        return f"/{unit}"
    return ours[ours.find("/") :] if "/" in ours else ""


def _join_unit(own: str, unit: str) -> str:
    """The unit in a column's head and that of the row: đ and kg -> đ/kg; /hộ and đ -> đ/hộ"""
    if not own or own[0] == "/":
        return unit + own
    return f"{own}/{unit}" if "/" not in own and not CURRENCY.match(unit) else unit


def _phrase(column: Column, cell: Cell, unit: str, first: bool, headless: bool) -> list[TextPiece]:
    """One cell with its head, where that is said, and its unit."""
    head, change = column.head, column.role is ColumnRole.CHANGE
    if head and (numbered := with_head_for_letter(head, cell)) != cell.text:
        return [TextPiece(numbered, cell.start, cell.start + len(cell.text))]
    if headless or head is None or column.role is ColumnRole.COUNT:
        return _value(column, cell, unit)
    if column.instead:
        return [_short_head(column, head, cell, unit), *_value(column, cell, unit)]
    if first and (listed := _LISTED.match(cell.text)):
        return _value_behind_number(column, head, cell, unit, listed)
    rest = cell if first else without_short_head(head, cell)
    if paired := paired_numbers(head, rest):
        return paired
    plain = rest._replace(text=shape_of(rest.text, column.numbers))
    ahead = list(spoken_head(head, plain, column.kind, first, change))
    cell = rest if ahead else cell
    return ahead if cell.text in _TICK and ahead else [*ahead, *_value(column, cell, unit)]


def _short_head(column: Column, head: Cell, cell: Cell, unit: str) -> TextPiece:
    """What is said of a head in short, with a pause behind a day or a month: thứ 7, 7h-11h; thứ 7: 4; thắng 2"""
    bare = cell.text.isdecimal() and not unit and column.instead.startswith(("thứ ", "tháng ", "chủ nhật"))
    pause = "," if CLOCK.match(cell.text) else ":" if bare else ""
    return TextPiece(f"{column.instead}{pause} ", head.start, head.end, is_head=True)


def _value_behind_number(column: Column, head: Cell, cell: Cell, unit: str, number: re.Match[str]) -> list[TextPiece]:
    """A cell that begins with a number of its own: 2. Hang Luồn"""
    at = cell.start + number.end()
    rest = Cell(cell.text[number.end() :], at, cell.column + number.end())
    change = column.role is ColumnRole.CHANGE
    named = spoken_head(head, Cell(number["number"], cell.start, 0), column.kind, True, change)
    return [*named, TextPiece(f"{number['number']}, ", cell.start, at), *_value(column, rest, unit)]


def _value(column: Column, cell: Cell, unit: str) -> list[TextPiece]:
    """What a cell says by itself, with its unit."""
    head = column.head.text if column.head else ""
    plain = plain_number(cell.text, column.numbers, head)
    if len(plain) != len(cell.text) and not unit:
        return [TextPiece(plain, cell.start, cell.end)]
    return _value_of(column, head, cell._replace(text=plain) if len(plain) == len(cell.text) else cell, unit)


def _value_of(column: Column, head: str, cell: Cell, unit: str) -> list[TextPiece]:
    """What a cell below `head` says by itself, whose numbers are as they are elsewhere, with its unit."""
    if column.capitals and len(cell.text.title()) == len(cell.text):
        cell = cell._replace(text=cell.text.title())
    if column.letters and cell.text in _HALVES and not _is_of_subjects(column):
        return [TextPiece(LETTERS[cell.text], cell.start, cell.start + 1)]
    change = column.role is ColumnRole.CHANGE
    if column.noon and cell.text == "T" and words_for("T", head) == "tối":
        return [TextPiece("trưa", cell.start, cell.start + 1)]
    return [piece for piece in said_value(cell, head, unit, change, column.forms) if piece.text]


def _is_of_subjects(column: Column) -> bool:
    """Whether letters stand for subjects of a school"""
    return column.head is not None and column.head.text.lower().startswith("môn")
