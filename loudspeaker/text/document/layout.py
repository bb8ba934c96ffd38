"""The lines of a text in the order in which they are said.

Rows of tables become sentences (table_rows.py). Letterheads and signatures of two columns are said one column after the
other, not line by line across both:

UBND XÃ BẢN MÂY          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Số: 12/TB-UBND               Độc lập - Tự do - Hạnh phúc
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from ..lazy_regex import pattern
from ..syllables import UPPER
from .arrangement import Arrangement, TextPiece, trim_margins
from .cell_kinds import FACTS, CellKind, kind_of
from .cells import PADDED, Cell, Line, has_semicolons, split_lines
from .flattened_tables import FlattenedTables, may_be_flattened, packed_at
from .table_grid import GridRow
from .table_rows import arrange_table, table_of, table_of_grid
from .table_runs import run_at

PLACE_AND_DAY = pattern(
    r"(?i)(?P<place>\w[\w\s.-]*),\s*ngày\s*(?P<day>\d{1,2})?[\s.…]*tháng\s*(?P<month>\d{1,2})?[\s.…]*năm\s*(?P<year>\d{4})?"
)
SIGNATORY = pattern(
    r"(TM|KT|TL|TUQ|T/M|K/T)\.?\s|(PHÓ |QUYỀN |Q\. )?(CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG|BÍ THƯ|CHỦ NHIỆM"
    r"|TRƯỞNG (PHÒNG|BAN|THÔN|BẢN|TRẠM|CÔNG AN)|(\w+ )?\w+ TRƯỞNG)\b"
)
# What stands beside one of these is no data: it is a head or a signature set beside something else.
FRAME = pattern(
    r"CỘNG H(ÒA|OÀ) XÃ HỘI|ĐẢNG CỘNG SẢN VIỆT NAM|Độc lập\s*[-–]\s*Tự do|Số\s*:\s*\d*\s*/|Nơi nhận\s*:|Kính gửi\b|V/v\b"
)
_OFFICE = pattern(
    r"(?i)(?:tm|kt|tl)\. ?[^\W\d]|(?:tm|kt)? ?(?:\w+ )?"
    r"(?:trưởng|phó|thủ quỹ|thủ kho|kế toán|giám đốc|chủ tịch|bí thư|thư ký|chủ tọa|"
    r"chủ trì|chủ toạ|"
    r"chủ nhiệm|đại diện|hiệu trưởng|người|bên [ab]|xác nhận|kiểm soát|chủ hộ)(?!\w)"
)
_NAME = pattern(rf"\([^()\d]{{2,40}}\)|[{UPPER}][^\d:;,]{{2,40}}")  # a name, an office, (Ký, ghi rõ họ tên)
_MOST_LINES_OF_BLOCK = 9  # of signatures, the empty ones that are left for signing among them
_MOST_SIGNATURES = 4  # lines: two offices, a mark of signing, (ký, họ tên), two names
_NUMBERED = pattern(r"(?:[^\W\d_]+ )?(\d{1,2}) ?[.):/-] ?[^\W\d]")
_LABELLED = pattern(r"[^\W\d_][^:\n]{1,32}: ?\S")
_COLUMNS = 2
_MOST_SIDE_BY_SIDE = 4  # signatures
_MOST_LINES = 20
_SLACK = 4  # letters by which a line of the right column may begin further to the left than its longest
_SHORT = 60  # letters; a longer line without columns is no part of a letterhead
_HIGHEST = 4  # lines above a table among which its caption is
_BRACKETED = pattern(r"\s*\([^()]*\)[\s:.]*")
_DRAWN = pattern(r"[-_=*~–—. ]+")


_SIGNS = (
    "|",
    "│",
    "┃",
    "║",
    "\t",
    "  ",
    "\xa0",
    "/ ",
    "TT - ",
    "TT – ",
    "...",
    "……",
    "….",
)  # without one of these nothing stands beside anything


def arrange(text: str) -> Arrangement:
    """`text` as it is read, in one walk over its lines; as it stands where nothing is set beside another."""
    trimmed = trim_margins(text)
    pieces = _pieces(trimmed.text)
    return Arrangement(pieces if trimmed.is_as_given else (part for piece in pieces for part in trimmed.trace(piece)))


def _pieces(text: str) -> Iterator[TextPiece]:
    unmarked = may_be_flattened(text)
    if not unmarked and not any(sign in text for sign in _SIGNS) and not has_semicolons(text):
        yield TextPiece(text, 0, len(text))
        return
    lines, at, copied = split_lines(text), 0, 0
    tables = FlattenedTables(lines) if unmarked else None
    while at < len(lines):
        count, arranged = (_arrange_unmarked(lines, at, tables) if tables else None) or _arrange_at(lines, at)
        run = lines[at : at + count]
        if arranged:
            begin, end = run[0].start, run[-1].end
            yield TextPiece(text[copied:begin], copied, begin)
            yield from arranged
            copied = end
        at += count
    yield TextPiece(text[copied:], copied, len(text))


def _arrange_at(lines: Sequence[Line], at: int) -> tuple[int, list[TextPiece]]:
    """How many lines from `at` on belong together, and what becomes of them; nothing where they stay as they are."""
    frame = frame_at(lines, at) or signatures_at(lines, at)
    count = frame or run_at(lines, at) or 1
    run = lines[at : at + count]
    return count, [*(arrange_columns(run) if frame else _arrange_run(run, _caption(lines, at)))]


def _caption(lines: Sequence[Line], at: int) -> str:
    """The line above a run, a blank one between them or not; nothing where that is a row of another.

    One in brackets stands behind the line above it: BẢNG GIÁ DỊCH VỤ⏎(áp dụng từ 01/01/2027)
    """
    found = [number for number in range(max(0, at - _HIGHEST), at)[::-1] if lines[number].text.strip()]
    number = next((number for number in found if number >= at - _COLUMNS), None)
    if number is None or (lines[number].sign and number != at - 1):
        return ""
    text = lines[number].text
    title = found[1:2] if _BRACKETED.fullmatch(text) else []
    return f"{lines[title[0]].text} {text}" if title and not lines[title[0]].sign else text


def _arrange_unmarked(lines: Sequence[Line], at: int, tables: FlattenedTables) -> tuple[int, list[TextPiece]] | None:
    """How many lines are a table between whose cells no sign stands, and its rows; None where there is none."""
    if flattened := tables.rows_at(at):
        return len(flattened) * len(flattened[0]), _arrange_grid(flattened, lines[at], headed=True)
    if packed := packed_at(lines, at):
        return len(packed), _arrange_grid(packed, lines[at], headed=False)
    return None


def _arrange_grid(grid: Sequence[GridRow], line: Line, headed: bool) -> list[TextPiece]:
    """The rows of a table that begins with a line."""
    table = table_of_grid(grid, "", headed)
    return [*_apart(arrange_table(table), line)] if table else []


def _apart(pieces: Iterator[TextPiece], line: Line) -> Iterator[TextPiece]:
    """The rows of a table that begins with a line; no line above goes on in one."""
    yield TextPiece.put_in("\n", line.start)
    yield from pieces


def _arrange_run(run: Sequence[Line], caption: str) -> Iterator[TextPiece]:
    """Lines that are set apart in the same way: a list in several columns, or a table; nothing if they are neither."""
    listed = _numbered_cells(run) or _labelled_cells(run)
    for cell in listed:
        yield TextPiece(cell.text, cell.start, cell.end)
        yield TextPiece.put_in("\n" if cell is not listed[-1] else "", cell.end)
    table = None if listed else table_of(run, caption)
    if table:
        yield from _apart(arrange_table(table), run[0])


def _numbered_cells(run: Sequence[Line]) -> Sequence[Cell]:
    """The entries of a list that stands in several columns, by their numbers; none where it is no such list.

    1. Lò Văn An       3. Hà Thị Tám
    2. Vi Thị Bé       4. Hồ Văn Chín
    """
    cells = [cell for line in run for cell in line.filled]
    numbers = [int(match[1]) for match in (_NUMBERED.match(cell.text) for cell in cells) if match]
    counted = len(run) > 1 and len(numbers) == len(cells) and sorted(numbers) == [*range(1, len(numbers) + 1)]
    if not counted or run[0].sign != PADDED:
        return ()
    return [cell for _, cell in sorted(zip(numbers, cells, strict=True), key=lambda pair: pair[0])]


def _labelled_cells(run: Sequence[Line]) -> Sequence[Cell]:
    """The entries of a list in several columns, each with its label; none where it is no such list.

    Mật bạc hà: 480k/lít      Mật hoa rừng: 220k/lít
    Sáp ong: 150k/kg          Phấn hoa: 300k/kg
    """
    cells = [cell for line in run for cell in line.filled]
    labelled = len(run) > 1 and all(_LABELLED.match(cell.text) for cell in cells)
    return cells if labelled and run[0].sign == PADDED and all(map(_are_far, run)) else ()


def is_capital(line: str) -> bool:
    """Whether a line is in capitals, give or take a name or a unit in it."""
    letters = [letter for letter in line if letter.isalpha()]
    return len(letters) > 1 and sum(map(str.isupper, letters)) >= 0.9 * len(letters)


def frame_at(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` on are one letterhead or signature of two columns; 0 where none begins.

    Above the first line that marks it only a letterhead's capitals have columns: what else stands so is a list.
    """
    block = list(takewhile(_may_be_of_frame, lines[at : at + _MOST_LINES]))
    beside = [line.filled for line in block if len(line.filled) == _COLUMNS]
    above = list(takewhile(lambda cells: not any(_is_mark(cell.text) for cell in cells), beside))
    is_frame = len(above) < len(beside) and all(is_capital(left.text) for left, _ in above)
    return len(block) if is_frame else 0


def _may_be_of_frame(line: Line) -> bool:
    """Whether it has two columns, or is short."""
    short = len(line.text.strip()) <= _SHORT
    return bool(line.text.strip()) and line.sign != "|" and (short or len(line.filled) == _COLUMNS)


def signatures_at(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` on hold offices or names far apart, Thủ quỹ … Trưởng thôn; 0 where none does."""
    if block := _signature_block(lines, at):
        return block
    beside = list(takewhile(_holds_names, lines[at : at + _MOST_SIGNATURES + 1]))
    offices = bool(beside) and all(_OFFICE.match(cell.text) for cell in beside[0].filled)
    if offices:
        return len(beside) if len(beside) <= _MOST_SIGNATURES else 0
    apart = len(beside[0].filled) == _COLUMNS if beside else _stands_beside(lines[at])
    return 1 if apart and run_at(lines, at) == 1 else 0


def _signature_block(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` on are signatures by their shape: capitals far apart, and names below each of them."""
    first = lines[at]
    count = len(first.filled)
    if not (_COLUMNS <= count <= _MOST_SIDE_BY_SIDE and first.sign in (PADDED, "\t")):
        return 0
    if not all(is_capital(cell.text) for cell in first.filled) or not _are_far(first):
        return 0
    end = at
    for number in range(at + 1, min(len(lines), at + _MOST_LINES_OF_BLOCK)):
        cells = lines[number].filled
        if cells and len(cells) != count:
            break
        if cells and all(kind_of(cell.text) is CellKind.NAME for cell in cells):
            end = number
    return end + 1 - at if end > at else 0


def _stands_beside(line: Line) -> bool:
    """Whether something stands far beside a line in capitals that is no amount of it: CÔNG TY ABC      Mẫu GB-02"""
    if len(line.filled) != _COLUMNS or line.sign not in (PADDED, "\t"):
        return False
    left, right = line.filled
    capital = is_capital(left.text) and left.text.count(" ") > 1 and left.text[-1] != ":"
    return capital and right.text[:1].isupper() and kind_of(right.text) not in FACTS and _are_far(line)


def _are_far(line: Line) -> bool:
    """Whether the cells of a line stand far apart."""
    gaps = (other.column - one.column - len(one.text) for one, other in pairwise(line.filled))
    return line.sign == "\t" or all(gap >= _SLACK for gap in gaps)


def _holds_names(line: Line) -> bool:
    """Whether two things that may be offices or names stand far apart; up to four where only blanks part them."""
    most = _MOST_SIDE_BY_SIDE if line.sign == PADDED else _COLUMNS
    if not _COLUMNS <= len(line.filled) <= most or line.sign == "|":
        return False
    return _are_far(line) and all(_NAME.fullmatch(cell.text) for cell in line.filled)


def _is_mark(text: str) -> bool:
    if FRAME.match(text) or PLACE_AND_DAY.fullmatch(text):
        return True
    return is_capital(text) and SIGNATORY.match(text) is not None


def arrange_columns(lines: Sequence[Line]) -> Iterator[TextPiece]:
    """The left column of a frame line by line, then the next, apart from each other and from what follows."""
    most = max(len(line.filled) for line in lines)
    whole = [line.filled for line in lines if len(line.filled) == most]
    borders = [min(cells[number].column for cells in whole) - _SLACK for number in range(1, most)]
    columns: list[list[Cell]] = [[] for _ in range(most)]
    for line in lines:
        for number, cell in enumerate(line.filled):
            place = number if len(line.filled) == most else sum(cell.column >= border for border in borders)
            if not _DRAWN.fullmatch(cell.text):
                columns[place].append(cell)
    for column in filter(None, columns):
        for cell in column:
            yield TextPiece(cell.text, cell.start, cell.end)
            yield TextPiece.put_in("\n", cell.end)
        yield TextPiece.put_in("\n", column[-1].end)
