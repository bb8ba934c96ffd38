"""The rows of a table as sentences: each cell with what stands at the head of its column, the head itself left out.

| TT | Thôn | Số hộ | Mức thu (đ) |
| 1 | Nà Hoa | 42 | 50.000 |         ->  thôn Nà Hoa, số hộ 42, mức thu 50.000 đ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from ..casing import lower_headings
from ..lazy_regex import pattern
from .arrangement import TextPiece
from .cells import Cell, Line

_PADDED = "  "  # the sign of columns that were set with blanks
_MOST_COLUMNS = 40  # whatever has more is nobody's table
_ALIKE = 2  # letters by which the beginnings of a column may differ from row to row
_HEADS = pattern(
    r"(?i)(?:S?TT|số tt|số thứ tự|họ|tên|thôn|xóm|bản|ấp|tổ|khu|xã|phường|đơn vị|đvt|ngày|thứ|buổi|sáng|chiều|giờ|từ|"
    r"đến|thời gian|địa điểm|địa chỉ|điểm|nơi|nội dung|công việc|người|số|mức|giá|diện tích|loại|mặt hàng|tên hàng|"
    r"khối|lớp|đối tượng|chương trình|hành vi|lý do|chức vụ|chức danh|điện thoại|sđt|đt|ghi chú|khu vực|phạm vi|lịch|"
    r"năm|tháng)"
    r"(?!\w)"
)
_DIGIT = pattern(r"\W*\d")
_WORD = pattern(r"[^\W\d_]{3}|\d ?(?:đ|k|tr|kg|ha|m)\b")
_COUNT_HEAD = pattern(r"(?i)(?:S?TT|số tt|số thứ tự|#|№|no\.?)")
_COUNT = pattern(r"\(?\d{1,3}[.)]?")
_UNIT_HEAD = pattern(r"(?i)(?:đvt|đơn vị(?: tính)?|đv tính|đv)")
_UNIT_CELL = pattern(r"[^\W\dA-Z][^\W\d]{0,9}(?:/[^\W\d]{1,9})?|[-–]?")
_UNIT_IN_HEAD = pattern(r"\s*\((?:(?:ĐVT|đvt|đơn vị(?: tính)?):? ?)?(?P<unit>[^\W\dA-Z%‰°]*[^()\d]{1,14}?[23²³]?)\)$")
_NO_UNIT = frozenset(("nếu có", "dự kiến", "tạm tính", "bắt buộc", "ký tên"))
_AMOUNT = pattern(r"(?P<sign>[-+–−↑↓▲▼]? ?)(?P<number>\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)?)(?P<per> ?/ ?[^\W\d][^\d]*)?")
_NOTHING = pattern(r"[-–—./…_ ]*")
_TICK = frozenset("xX✓✔")
_CHANGE_HEAD = pattern(r"(?i)so với|tăng|giảm|chênh lệch|thay đổi|biến động")
_UP, _DOWN = frozenset("+↑▲"), frozenset("-–−↓▼")
_TOTAL = pattern(r"(?i)(?:tổng(?: cộng| số)?|cộng)(?!\w)")
_CLASS = pattern(  # a head that is said before a name, a number or a date, and not before other words
    r"(?i)(?:thôn|bản|ấp|tổ|tổ dân phố|khu|khu phố|khóm|xóm|làng|buôn|sóc|phum|xã|phường|đội|ngày|tháng|năm|tuần|lớp|"
    r"bậc|hạng|loại|cấp|quý|đợt|tuyến)"
)
_BETWEEN_NAMES = frozenset((",", "-", "&", "và", "đến"))
_CLOCK_HEAD, _CLOCK = pattern(r"(?i)(?:^|\s+)giờ$"), pattern(r"\d{1,2} ?[:hg]")
_BOTH_WAYS = pattern(r"(?i)(?:tăng|giảm|\+|-)(?: ?[/,(-]+ ?(?:tăng|giảm|\+|-)\)?)? ?")  # Tăng/giảm so với hôm qua
_DAY_LIST = pattern(r"\d{1,2}(?: ?[;,] ?\d{1,2})+(?:/\d{1,2}(?:/\d{4})?)?")
_FIRST_DAYS = pattern(r"^(?:0?[1-9]|10)(?!\d)")  # of a month
_CURRENCY = pattern(r"(?i)(?:nghìn |ngàn |triệu |tr)?(?:đ|đồng|vnđ)")


class ColumnRole(Enum):
    """What a column is for."""

    COUNT = auto()  # numbers the rows: not said
    UNIT = auto()  # of the amounts beside it
    SUBJECT = auto()  # what the row is about
    CHANGE = auto()  # by how much something went up or down
    VALUE = auto()


class Column(NamedTuple):
    """One column of a table."""

    role: ColumnRole
    head: Cell | None
    unit: str  # of its amounts, as its head has it in brackets; or ""


Row = Sequence[Cell]  # as many as the table has columns, the empty ones too


class Table(NamedTuple):
    """Rows of equal length, the head apart."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def is_list(self) -> bool:
        """Whether it has only two columns, the second understood by itself: its head is said once, above."""
        texts = [row[1].text for row in self.rows if len(row) == 2]
        return len(texts) == len(self.rows) and not any(map(_needs_head, texts)) and not self.columns[1].unit


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
    while end < len(lines) and (lines[end].sign == sign or (sign == "|" and lines[end].is_rule)):
        end += 1
    return end


def table_of(run: Sequence[Line]) -> Table | None:
    """The table that the lines of a run make, if they make one."""
    lines = [line for line in run if line.cells and not line.is_rule]
    if len(lines) < 2 or max(len(line.cells) for line in lines) > _MOST_COLUMNS or not _is_regular(lines):
        return None
    rows = _rows(lines)
    ruled = any(line.is_rule for line in run[1:2])
    head = rows[0] if ruled or _is_head(rows) else None
    body = rows[1:] if head else rows
    columns = tuple(_column(number, head, body) for number in range(len(rows[0])))
    return Table(_with_subject(columns), tuple(body))


def _is_regular(lines: Sequence[Line]) -> bool:
    """Whether columns that were set with blanks are columns: three at least, or two that begin below each other."""
    if lines[0].sign != _PADDED:
        return True
    if sum(len(line.filled) > 2 for line in lines) > 1:
        return True
    places = [line.filled[1].column for line in lines]
    return len(lines) > 2 and max(places) - min(places) <= _ALIKE


def _rows(lines: Sequence[Line]) -> list[Row]:
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
    return [line.filled if len(line.filled) == len(full) else _placed(line, spans) for line in lines]


def _placed(line: Line, spans: Sequence[tuple[int, int]]) -> Row:
    """The cells of a line that has too few, each in the column, [from, to) in letters, that it lies below."""
    row = [Cell("", line.end, 0)] * len(spans)
    for cell in line.filled:
        right = cell.column + len(cell.text)
        number = max(range(len(spans)), key=lambda n: min(right, spans[n][1]) - max(cell.column, spans[n][0]))
        row[number] = cell
    return row


def _is_head(rows: Sequence[Row]) -> bool:
    """Whether the first row tells what stands below it."""
    first = [cell.text for cell in rows[0] if cell.text]
    if any(_DIGIT.match(text) or text.endswith(":") for text in first) or not first:
        return False
    if sum(_HEADS.match(text) is not None for text in first) * 2 >= len(first):
        return True
    return any(
        sum(_DIGIT.match(row[n].text) is not None for row in rows[1:]) * 2 > len(rows) - 1 for n in range(len(rows[0]))
    )


def _column(number: int, head: Row | None, body: Sequence[Row]) -> Column:
    texts = [row[number].text for row in body if row[number].text]
    if head is None:
        counted = number == 0 and len(texts) > 1 and [text.strip("().") for text in texts] == list(_numbers(len(texts)))
        return Column(ColumnRole.COUNT if counted else ColumnRole.VALUE, None, "")
    return _headed_column(head[number], texts)


def _headed_column(cell: Cell, texts: Sequence[str]) -> Column:
    """The column below a cell of the head, by what that says; `texts` are its cells but for the empty ones."""
    if _COUNT_HEAD.fullmatch(cell.text):
        return Column(ColumnRole.COUNT, cell, "")
    if _UNIT_HEAD.fullmatch(cell.text) and all(_UNIT_CELL.fullmatch(text) for text in texts):
        return Column(ColumnRole.UNIT, cell, "")
    unit = _UNIT_IN_HEAD.search(cell.text)
    if unit and unit["unit"] not in _NO_UNIT and any(map(_AMOUNT.fullmatch, texts)):
        cell = cell._replace(text=cell.text[: unit.start()])
        return Column(_value_role(cell.text), cell, unit["unit"])
    return Column(_value_role(cell.text), cell, "")


def _numbers(count: int) -> Iterator[str]:
    return map(str, range(1, count + 1))


def _value_role(head: str) -> ColumnRole:
    return ColumnRole.CHANGE if _CHANGE_HEAD.match(head) else ColumnRole.VALUE


def _with_subject(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The first column that is said tells what a row is about."""
    first = next((n for n, column in enumerate(columns) if column.role is ColumnRole.VALUE), 0)
    return tuple(column._replace(role=ColumnRole.SUBJECT) if n == first else column for n, column in enumerate(columns))


def arrange_table(table: Table) -> Iterator[TextPiece]:
    """A sentence for each row; one for the head where the rows do not have it."""
    headless = table.is_list
    if headless:
        yield from _sentence([[TextPiece(cell.text, cell.start, cell.end)] for _, cell, _ in table.columns if cell])
    for row in table.rows:
        yield from _sentence([phrase for phrase in _phrases(table, row, headless) if phrase])


def _needs_head(text: str) -> bool:
    """Whether a cell holds a bare number, a day or an hour: of what, only the head tells."""
    return _AMOUNT.fullmatch(text) is not None or (_DIGIT.match(text) is not None and not _WORD.search(text))


def _sentence(phrases: Sequence[Sequence[TextPiece]]) -> Iterator[TextPiece]:
    """Phrases with pauses between them, and a full stop."""
    for number, phrase in enumerate(phrases):
        first = phrase[0]
        if number:
            yield TextPiece.put_in(", ", first.start)
            yield from phrase
        else:
            yield first._replace(text=first.text[0].upper() + first.text[1:])
            yield from phrase[1:]
    if phrases:
        last = phrases[-1][-1]
        yield TextPiece.put_in("\n" if last.text[-1] in ".!?" else ".\n", last.end)


def _phrases(table: Table, row: Row, headless: bool) -> Iterator[list[TextPiece]]:
    """What is said of each cell of a row; `headless`: without the heads of the columns."""
    unit = currency = ""
    said = 0
    for column, cell in zip(table.columns, row, strict=True):
        if column.role is ColumnRole.UNIT:
            unit = "" if _NOTHING.fullmatch(cell.text) else cell.text
            continue
        if (column.role is ColumnRole.COUNT and _COUNT.fullmatch(cell.text)) or _NOTHING.fullmatch(cell.text):
            continue
        own = column.unit
        if column.role is ColumnRole.CHANGE:
            own = own or currency
        elif unit and _AMOUNT.fullmatch(cell.text):
            own, unit = (f"{own}/{unit}" if own else unit), ""
        if column.role is ColumnRole.VALUE and _CURRENCY.match(own):
            currency = own.partition("/")[0]
        yield _phrase(column, cell, own, first=not said, headless=headless)
        said += 1


def _phrase(column: Column, cell: Cell, unit: str, first: bool, headless: bool) -> list[TextPiece]:
    """One cell with its head, where that is said, and its unit."""
    value = [piece for piece in _value(column, cell, unit) if piece.text]
    head = [] if headless else _head(column, cell, first)
    if cell.text in _TICK and head:
        return head
    return [*head, *value]


def _head(column: Column, cell: Cell, first: bool) -> list[TextPiece]:
    """The head of a column as it is said before one of its cells, with a blank behind it."""
    head = column.head
    if head is None or not head.text or column.role is ColumnRole.COUNT or _is_needless(head.text, cell.text, first):
        return []
    if _DAY_LIST.fullmatch(cell.text) and head.text.lower().startswith("ngày"):
        return [TextPiece.put_in("các ngày ", cell.start)]  # and not: ngày thu các ngày
    text = _words(head.text)
    if _CLOCK.match(cell.text):
        text = _CLOCK_HEAD.sub("", text)
    text = text[: len(text) - _overlap(text, cell.text)].rstrip()
    both = _BOTH_WAYS.match(text) if column.role is ColumnRole.CHANGE else None
    cut = both.end() if both else 0
    begin, end = head.start + cut, head.start + len(text)
    link = " là " if any(map(str.isdecimal, text)) else " "
    return [TextPiece(text[cut:], begin, end), TextPiece.put_in(link, end)] if text[cut:] else []


def _is_needless(head: str, text: str, first: bool) -> bool:
    """Whether a cell is said without its head: the first of a row, but for “thôn” before names and bare numbers."""
    if _CLASS.fullmatch(head):
        return _CLASS.match(text) is not None or not _is_name(text)
    return first and not _DIGIT.match(text)


def _is_name(text: str) -> bool:
    """Whether a cell holds a name, a number or a date, and is no total."""
    words = text.split()
    named = all(word[0].isupper() or word[0].isdecimal() or word in _BETWEEN_NAMES for word in words)
    return named and not _TOTAL.match(text)


def _words(head: str) -> str:
    """A head as it stands inside a sentence: in small letters, but for abbreviations."""
    small = lower_headings(head)
    return small[0].lower() + small[1:] if not small[1:2].isupper() else small


def _overlap(head: str, text: str) -> int:
    """The letters of the last word of a head that the cell begins with: Người thứ, Thứ nhất."""
    last = head.rpartition(" ")[2]
    return len(last) if text.lower().startswith(f"{last.lower()} ") else 0


def _value(column: Column, cell: Cell, unit: str) -> Iterable[TextPiece]:
    """What a cell says, with its unit."""
    text = cell.text.rstrip(" ;,:")
    amount = _AMOUNT.fullmatch(text)
    whole = TextPiece(text, cell.start, cell.start + len(text))
    if column.role is ColumnRole.CHANGE and amount:
        return _change(cell, text, unit)
    if _DAY_LIST.fullmatch(text) and column.head and column.head.text.lower().startswith("ngày"):
        days = [_FIRST_DAYS.sub(r"mùng \g<0>", day.strip()) for day in re.split("[;,]", text)]
        return [whole._replace(text=f"{', '.join(days[:-1])} và {days[-1]}")]
    if not unit or not amount:
        return [whole] if text[:1].isdigit() or not _opens_phrase(text) else [whole._replace(text=_words(text))]
    end = cell.start + amount.end("number")
    rest = TextPiece(text[amount.end("number") :], end, whole.end)
    glue = "" if unit[0] in "%‰°" else " "
    return [TextPiece(text[: amount.end("number")], cell.start, end), TextPiece.put_in(glue + unit, end), rest]


def _opens_phrase(text: str) -> bool:
    """Whether a text begins with a capital only because it stands in a cell: Sân kho cũ, and not Trần Văn Hai."""
    _, _, second = text.partition(" ")
    return second[:1].islower() and text[1:2].islower()


def _change(cell: Cell, text: str, unit: str) -> Iterator[TextPiece]:
    """How much something went up or down: +1.200 -> tăng 1.200 đ"""
    amount = _AMOUNT.fullmatch(text)
    assert amount
    sign, number = amount["sign"].strip(), amount["number"]
    if number.strip("0.,") == "":
        yield TextPiece("không đổi", cell.start, cell.start + len(text))
        return
    if sign:
        yield TextPiece("tăng " if sign in _UP else "giảm ", cell.start, cell.start + amount.end("sign"))
    start = cell.start + amount.start("number")
    yield TextPiece(text[amount.start("number") :], start, cell.start + len(text))
    if unit:
        yield TextPiece.put_in(f" {unit}", cell.start + len(text))
