"""The lines of a text in the order in which they are said.

Rows of tables become sentences (table_rows.py). Letterheads and signatures of two columns are said one column after the
other, not line by line across both:

UBND XÃ BẢN MÂY          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Số: 12/TB-UBND               Độc lập - Tự do - Hạnh phúc
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from ..syllables import UPPER
from .arrangement import Arrangement, TextPiece
from .cells import PADDED, Cell, Line, split_lines
from .table_rows import arrange_table, table_of
from .table_runs import run_at

PLACE_AND_DAY = re.compile(
    r"(?P<place>\w[\w\s.-]*),\s*ngày\s*(?P<day>\d{1,2})?[\s.…]*tháng\s*(?P<month>\d{1,2})?[\s.…]*năm\s*(?P<year>\d{4})?",
    re.I,
)
SIGNATORY = re.compile(
    r"(TM|KT|TL|TUQ|T/M|K/T)\.?\s|(PHÓ |QUYỀN |Q\. )?(CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH VĂN PHÒNG|BÍ THƯ|CHỦ NHIỆM"
    r"|TRƯỞNG (PHÒNG|BAN|THÔN|BẢN|TRẠM|CÔNG AN)|(\w+ )?\w+ TRƯỞNG)\b"
)
# What stands beside one of these is no data: it is a head or a signature set beside something else.
FRAME = re.compile(
    r"CỘNG H(ÒA|OÀ) XÃ HỘI|ĐẢNG CỘNG SẢN VIỆT NAM|Độc lập\s*[-–]\s*Tự do|Số\s*:\s*\d*\s*/|Nơi nhận\s*:|Kính gửi\b|V/v\b"
)
_OFFICE = re.compile(
    r"(?i)(?:tm|kt|tl)\. ?[^\W\d]|(?:tm|kt)? ?(?:\w+ )?"
    r"(?:trưởng|phó|thủ quỹ|thủ kho|kế toán|giám đốc|chủ tịch|bí thư|thư ký|chủ tọa|"
    r"chủ trì|chủ toạ|"
    r"chủ nhiệm|đại diện|hiệu trưởng|người|bên [ab]|xác nhận|kiểm soát|chủ hộ)(?!\w)"
)
_NAME = re.compile(rf"\([^()\d]{{2,40}}\)|[{UPPER}][^\d:;,]{{2,40}}")  # a name, an office, (Ký, ghi rõ họ tên)
_MOST_SIGNATURES = 4  # lines: two offices, a mark of signing, (ký, họ tên), two names
_NUMBERED = re.compile(r"(?:[^\W\d_]+ )?(\d{1,2}) ?[.):/-] ?[^\W\d]")
_COLUMNS = 2
_MOST_SIDE_BY_SIDE = 4  # signatures
_MOST_LINES = 20
_SLACK = 4  # letters by which a line of the right column may begin further to the left than its longest
_SHORT = 60  # letters; a longer line without columns is no part of a letterhead
_DRAWN = re.compile(r"[-_=*~–—. ]+")


_SIGNS = ("|", "│", "┃", "║", "\t", "  ", "\xa0", "/ ")  # without one of these nothing stands beside anything


def arrange(text: str) -> Arrangement:
    """`text` as it is read, in one walk over its lines; as it stands where nothing is set beside another."""
    return Arrangement(_pieces(text))


def _pieces(text: str) -> Iterator[TextPiece]:
    if not any(sign in text for sign in _SIGNS):
        yield TextPiece(text, 0, len(text))
        return
    lines, at, copied = split_lines(text), 0, 0
    while at < len(lines):
        frame = frame_at(lines, at) or signatures_at(lines, at)
        count = frame or run_at(lines, at) or 1
        run = lines[at : at + count]
        arranged = list(arrange_columns(run) if frame else _arrange_run(run, lines[at - 1].text if at else ""))
        if arranged:
            begin, end = run[0].start, run[-1].end
            yield TextPiece(text[copied:begin], copied, begin)
            yield from arranged
            copied = end
        at += count
    yield TextPiece(text[copied:], copied, len(text))


def _arrange_run(run: Sequence[Line], caption: str) -> Iterator[TextPiece]:
    """Lines that are set apart in the same way: a list in several columns, or a table; nothing if they are neither."""
    listed = _numbered_cells(run)
    for cell in listed:
        yield TextPiece(cell.text, cell.start, cell.end)
        yield TextPiece.put_in("\n" if cell is not listed[-1] else "", cell.end)
    table = None if listed else table_of(run, caption)
    if table:
        yield TextPiece.put_in("\n", run[0].start)  # no line above goes on in a row
        yield from arrange_table(table)


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


def is_capital(line: str) -> bool:
    """Whether a line is in capitals, give or take a name or a unit in it."""
    letters = [letter for letter in line if letter.isalpha()]
    return len(letters) > 1 and sum(map(str.isupper, letters)) >= 0.9 * len(letters)


def frame_at(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` on are one letterhead or signature of two columns; 0 where none begins."""
    paragraph = list(takewhile(lambda line: line.text.strip(), lines[at : at + _MOST_LINES]))
    beside = [number for number, line in enumerate(paragraph) if len(line.filled) == _COLUMNS and line.sign != "|"]
    if not beside or not any(_is_mark(cell.text) for number in beside for cell in paragraph[number].filled):
        return 0
    if any(len(line.text.strip()) > _SHORT for line in paragraph[: beside[0]]):
        return 0  # it begins further below
    below = takewhile(lambda line: len(line.text.strip()) <= _SHORT, paragraph[beside[-1] + 1 :])
    return beside[-1] + 1 + len(list(below))


def signatures_at(lines: Sequence[Line], at: int) -> int:
    """How many lines from `at` on hold offices or names far apart, Thủ quỹ … Trưởng thôn; 0 where none does."""
    beside = list(takewhile(_holds_names, lines[at : at + _MOST_SIGNATURES + 1]))
    offices = bool(beside) and all(_OFFICE.match(cell.text) for cell in beside[0].filled)
    if offices:
        return len(beside) if len(beside) <= _MOST_SIGNATURES else 0
    return 1 if beside and len(beside[0].filled) == _COLUMNS and run_at(lines, at) == 1 else 0


def _holds_names(line: Line) -> bool:
    """Whether two things that may be offices or names stand far apart; up to four where only blanks part them."""
    most = _MOST_SIDE_BY_SIDE if line.sign == PADDED else _COLUMNS
    if not _COLUMNS <= len(line.filled) <= most or line.sign == "|":
        return False
    gaps = (other.column - one.column - len(one.text) for one, other in pairwise(line.filled))
    far = line.sign == "\t" or all(gap >= _SLACK for gap in gaps)
    return far and all(_NAME.fullmatch(cell.text) for cell in line.filled)


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
