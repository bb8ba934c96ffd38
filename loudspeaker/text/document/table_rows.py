"""The rows of a table as sentences: each cell with what stands at the head of its column, the head itself left out.

| TT | Thôn | Số hộ | Mức thu (đ) |
| 1 | Nà Hoa | 42 | 50.000 |         ->  thôn Nà Hoa, số hộ 42, mức thu 50.000 đ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from ..lazy_regex import pattern
from .arrangement import TextPiece
from .cell_values import RATED, said_value
from .cells import Cell, Line
from .column_heads import AMOUNT, LAST_MOMENT, MOMENT, needs_head, spoken_head

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
_GROUP = pattern(r"(?![-+*•]|\d{1,2}[.)/]|\()[^\n]{1,48}[^.;,!?]")
_COUNT_HEAD = pattern(r"(?i)(?:S?TT|số tt|số thứ tự|#|№|no\.?)")
_COUNT = pattern(r"\(?\d{1,3}[.)]?")
_UNIT_HEAD = pattern(r"(?i)(?:đvt|đơn vị(?: tính)?|đv tính|đv)")
_UNIT_CELL = pattern(r"[^\W\dA-Z][^\W\d]{0,9}[23²³]?(?:/[^\W\d]{1,9}[23²³]?){0,2}|[-–]?")
_UNIT_IN_HEAD = pattern(
    r"\s*\((?:(?:ĐVT|đvt|đơn vị(?: tính)?|tính bằng):? ?)?"
    r"(?P<unit>(?:1\.?000 ?(?=đ|VN[ĐD]|vn[đd]))?[^\W\dA-Z%‰°]*(?:[^()\d]|m[23]/){1,14}?[23²³]?)\)"
    r"(?= [^\W\d_]{2}|$)"
)
_UNIT_OF_ROW = pattern(
    r"\s*\((?:ĐVT: ?)?(?P<unit>(?:kg|g|tạ|tấn|yến|lít|ml|m|km|m2|m3|m²|m³|ha|sào|mẫu|con|cây|bao|%|"
    r"(?:nghìn|triệu|tỷ)? ?(?:đ|đồng))(?:/[^\W\d]{1,6}[23]?)?)\)$"
)
_THOUSAND = pattern(r"1\.?000 ?")
_NO_UNIT = pattern(  # what stands in brackets behind the name of a column and tells of what, not in what
    r"(?i)(?:nếu|dự|tạm|bắt|ký|bằng|ghi|theo|kể|gồm|có|không|đã|chưa|trong|cả|số|họ|tên|nam|nữ|vợ|cha|ông|bà|tổ|thôn|"
    r"xóm|ấp|bản|khu|khóm|xã|phường|nơi|tại|từ|đến|đợt|ước|làm|hiện|cũ|mới|đại|chủ|của|cho|và|hoặc)(?!\w)"
)
_PER_IN_HEAD = pattern(  # Lãi suất/năm, Mức thu/hộ; not Thứ/ngày
    r"(?P<head>(?!(?i:thứ|sáng|tăng|ngày)\b).{2,}?)\s*"
    r"(?P<per>/ ?(?:kg|sào|mẫu|ha|m2|m3|m²|m³|năm|tháng|ngày|lần|hộ|người|suất|con|cây|bao|tấn|tạ|yến|lít|khẩu|lượt|vụ|"
    r"đợt|buổi|giờ|học sinh|em|cháu|quyển|số|cái|chiếc|mũi|liều|túi|gói|thùng|chai))"
)
_MONEY_HEAD = pattern(
    r"(?i)(?:đơn )?giá(?!\w)|mức(?: (?:thu|phí|đóng|nộp|phạt|chi|hỗ trợ|giá|hưởng|trợ cấp))?(?!\w)|"
    r"(?:số |thành |tổng )?tiền(?!\w)|(?:học |kinh |lệ )?phí(?!\w)|(?:tổng )?(?:cộng|thu|chi) ?$|"
    r"(?:phải|đã) (?:nộp|thu|trả)|còn (?:nợ|thiếu)|dân trả|ủng hộ|đóng góp"
)
_DONG = pattern(r"\d{1,3}(?:\.\d{3})*\.\d00(?: ?[-–] ?\d[\d.]*00)?")
_CAPTION = pattern(  # (ĐVT: nghìn đồng), above a table
    r"(?i)(?:đvt|đơn vị(?: tính)?) ?: ?(?P<scale>1\.000|nghìn|ngàn|triệu|tr|tỷ)? ?(?:đ|đồng|vnđ)\W*$"
)
_UNIT_ABOVE = pattern(
    r"\((?P<unit>(?:nghìn |ngàn )?đ(?:/\w{1,6})?|g/l|mg/l|‰|%|m3/s|m3|m|cm|mm|kg|tấn|tạ|ha|con|lít|°C|độ)\)\W*$"
)
_NOTHING = pattern(r"[-–—./…_ ]*")
_TICK = frozenset("xX✓✔")
_CHANGE_HEAD = pattern(r"(?i)[+±](?: ?/ ?-)?(?!\w)|so với|tăng|giảm|chênh lệch|thay đổi|biến động")
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
        return len(texts) == len(self.rows) and not any(map(needs_head, texts)) and not self.columns[1].unit


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


def table_of(run: Sequence[Line], caption: str = "") -> Table | None:
    """The table that the lines of a run make, if they make one; `caption`: the line above it."""
    lines = [line for line in run if line.cells and not line.is_rule]
    if len(lines) < 2 or max(len(line.cells) for line in lines) > _MOST_COLUMNS or not _is_regular(lines):
        return None
    if all(line.filled[-1].text[0] == ":" for line in lines):  # Cụm A (ấp 1)    : ngày chẵn
        return None
    rows = _rows(lines)
    ruled = any(line.is_rule for line in run[1:2])
    head = rows[0] if ruled or _is_head(rows) else None
    body = rows[1:] if head else rows
    return Table(_with_subject(_columns(head, body, caption)), tuple(body))


def _is_regular(lines: Sequence[Line]) -> bool:
    """Whether columns that were set with blanks are columns: three at least, or two that begin below each other."""
    if lines[0].sign == "/":
        return len({len(line.cells) for line in lines}) == 1
    if lines[0].sign != _PADDED:
        return True
    if sum(len(line.filled) > 2 for line in lines) > 1:
        return True
    places = [line.filled[1].column for line in lines if len(line.filled) > 1]
    return len(places) > 2 and max(places) - min(places) <= _ALIKE


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
    return [line.filled if len(line.filled) == len(full) else _place(line, spans) for line in lines]


def _place(line: Line, spans: Sequence[tuple[int, int]]) -> Row:
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
    if _has_moment_heads(rows):
        return True
    if any(_DIGIT.match(text) or text.endswith(":") for text in first) or not first:
        return False
    if sum(_HEADS.match(text) is not None for text in first) * 2 >= len(first):
        return True
    return any(
        sum(_DIGIT.match(row[n].text) is not None for row in rows[1:]) * 2 > len(rows) - 1 for n in range(len(rows[0]))
    )


def _has_moment_heads(rows: Sequence[Row]) -> bool:
    """Whether the first row has words and then days, hours or years with amounts below them: Điểm đo, 10/3, 11/3"""
    moments = [n for n, cell in enumerate(rows[0]) if MOMENT.fullmatch(cell.text)]
    others = [cell.text for n, cell in enumerate(rows[0]) if n not in moments]
    if not moments or not rows[0][0].text or any(map(_DIGIT.match, others)):
        return False
    below = [row[n].text for row in rows[1:] for n in moments if not _NOTHING.fullmatch(row[n].text)]
    return bool(below) and all(map(AMOUNT.fullmatch, below)) and not any(map(MOMENT.fullmatch, below))


def _unit_above(caption: str) -> str:
    """The unit that the line above a table ends with: Độ mặn đo được (g/l)"""
    match = _UNIT_ABOVE.search(caption)
    return match["unit"] if match else ""


def _currency(caption: str) -> str:
    """The currency that the line above a table tells of its amounts: (ĐVT: 1.000 đồng) -> nghìn đ"""
    match = _CAPTION.search(caption)
    return f"{(match['scale'] or '').replace('1.000', 'nghìn')} đ".strip() if match else ""


def _columns(head: Row | None, body: Sequence[Row], caption: str) -> list[Column]:
    """The columns of a table; `caption`: the line above it, which may tell the unit of its amounts."""
    currency, unit = _currency(caption), _unit_above(caption)
    return [_with_unit(_column(number, head, body, currency), unit) for number in range(len(body[0]))]


def _column(number: int, head: Row | None, body: Sequence[Row], currency: str) -> Column:
    texts = [row[number].text for row in body if row[number].text]
    if head is None:
        counted = number == 0 and len(texts) > 1 and [text.strip("().") for text in texts] == list(_numbers(len(texts)))
        return Column(ColumnRole.COUNT if counted else ColumnRole.VALUE, None, "")
    return _headed_column(head[number], texts, currency)


def _headed_column(cell: Cell, texts: Sequence[str], currency: str) -> Column:
    """The column below a cell of the head, by what that says; `texts` are its cells but for the empty ones."""
    if _COUNT_HEAD.fullmatch(cell.text):
        return Column(ColumnRole.COUNT, cell, "")
    if _UNIT_HEAD.fullmatch(cell.text) and any(map(_UNIT_CELL.fullmatch, texts)):
        return Column(ColumnRole.UNIT, cell, "")
    unit = _UNIT_IN_HEAD.search(cell.text)
    if unit and not _NO_UNIT.match(unit["unit"]) and any(map(AMOUNT.fullmatch, texts)):
        written, at, end = cell.text, unit.start(), unit.end()
        cell = cell._replace(text=f"{written[:at]}{' ' * (end - at)}{written[end:]}".rstrip())
        return Column(_value_role(cell.text), cell, _say_thousand(unit["unit"]))
    per = _PER_IN_HEAD.fullmatch(cell.text)
    if per and any(map(RATED.fullmatch, texts)):
        cell = cell._replace(text=per["head"])
    dong = _dong(cell.text, texts, currency)
    return Column(_value_role(cell.text), cell, dong + (per["per"] if per else ""))


def _say_thousand(unit: str) -> str:
    """A unit with its thousand in words: 1.000đ -> nghìn đ"""
    return _THOUSAND.sub("nghìn ", unit)


def _dong(head: str, texts: Sequence[str], currency: str) -> str:
    """The currency of a column that does not name it: of prices and sums whose amounts are thousands."""
    amounts = [match["number"] for match in map(AMOUNT.fullmatch, texts) if match]
    if not amounts or not _MONEY_HEAD.match(head):
        return ""
    return currency or ("đ" if all(map(_DONG.fullmatch, amounts)) else "")


def _numbers(count: int) -> Iterator[str]:
    return map(str, range(1, count + 1))


def _with_unit(column: Column, unit: str) -> Column:
    """A column below a day or an hour, with the unit of the line above the table where it has none of its own."""
    dated = column.head is not None and LAST_MOMENT.search(column.head.text) is not None
    return column._replace(unit=unit) if dated and not column.unit else column


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
    for column, cell, unit in zip(table.columns, row, _units(table, row), strict=True):
        if unit is None:
            continue
        if column.role is ColumnRole.SUBJECT and _row_unit(row, cell):
            cell = cell._replace(text=_UNIT_OF_ROW.sub("", cell.text))
        bare = headless or alone or column.role is ColumnRole.UNIT or (across and said > 0)
        yield _phrase(column, cell, unit, first=not said, headless=bare)
        said += 1


def _units(table: Table, row: Row) -> Iterator[str | None]:
    """The unit of the amount in each cell of a row; None where the cell is not said."""
    unit = currency = ours = ""  # `unit`: of a cell of its own, for the next amount; `ours`: of all of the row
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
            own, unit = (_join_unit(own, unit), "") if unit else (own or ours, "")
        if column.role is ColumnRole.VALUE and _CURRENCY.match(own):
            currency = own.partition("/")[0]
        yield own


def _is_unsaid(column: Column, cell: Cell) -> bool:
    """Whether a cell is empty, numbers its row or holds the unit of the amounts beside it."""
    if column.role is ColumnRole.UNIT and _UNIT_CELL.fullmatch(cell.text):
        return True
    counts = column.role is ColumnRole.COUNT and _COUNT.fullmatch(cell.text)
    return bool(counts or _NOTHING.fullmatch(cell.text))


def _row_unit(row: Row, subject: Cell) -> str:
    """The unit that the subject of a row has in brackets, for all its amounts: Urê (kg)"""
    named = _UNIT_OF_ROW.search(subject.text)
    return named["unit"] if named and any(AMOUNT.fullmatch(cell.text) for cell in row) else ""


def _spans_columns(table: Table, row: Row) -> bool:
    """Whether words stand alone behind the subject of a row, so that they are told of all its columns."""
    filled = [cell.text for column, cell in zip(table.columns, row, strict=True) if column.role is not ColumnRole.COUNT]
    words = [text for text in filled if text]
    alone = len(filled) > 2 and len(words) == 2 and filled[0] != ""
    return alone and words[1].count(" ") > 1 and not needs_head(words[1])


def _join_unit(own: str, unit: str) -> str:
    """The unit in a column's head and that of the row: đ and kg -> đ/kg; /hộ and đ -> đ/hộ"""
    if not own or own[0] == "/":
        return unit + own
    return f"{own}/{unit}" if "/" not in own and not _CURRENCY.match(unit) else unit


def _phrase(column: Column, cell: Cell, unit: str, first: bool, headless: bool) -> list[TextPiece]:
    """One cell with its head, where that is said, and its unit."""
    change, head = column.role is ColumnRole.CHANGE, column.head
    value = [piece for piece in said_value(cell, head.text if head else "", unit, change) if piece.text]
    if headless or head is None or column.role is ColumnRole.COUNT:
        return value
    ahead = list(spoken_head(head, cell, first, change))
    return ahead if cell.text in _TICK and ahead else [*ahead, *value]
