"""The head of a table: whether its first row is one, and heads of two lines as one.

Tên hàng     Giá bán (đ/kg)                      Tên hàng, Giá bán loại 1 (đ/kg), Giá bán loại 2 (đ/kg)
             Loại 1     Loại 2
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..lazy_regex import pattern
from .cell_kinds import FACTS, CellKind, column_kind, kind_of
from .cells import NOTHING, Row
from .column_heads import AMOUNT, MOMENT
from .table_grid import Fragments, GridRow, continues, words_of

_DIGIT = pattern(r"\W*\d")
_HEADS = pattern(
    r"(?i)(?:S?TT|số tt|số thứ tự|họ|tên|thôn|xóm|bản|ấp|tổ|khu|xã|phường|đơn vị|đvt|ngày|thứ|buổi|sáng|chiều|giờ|từ|"
    r"đến|thời gian|địa điểm|địa chỉ|điểm|nơi|nội dung|công việc|người|số|mức|giá|diện tích|loại|mặt hàng|tên hàng|"
    r"khối|lớp|đối tượng|chương trình|hành vi|lý do|chức vụ|chức danh|điện thoại|sđt|đt|ghi chú|khu vực|phạm vi|lịch|"
    r"năm|tháng)"
    r"(?!\w)"
)
_BOUND = pattern(r"(?i)(?:từ|đến|tới)(?: (?:giờ|lúc|ngày))?")
_MEASURE = pattern(  # 3 tháng, 1-7 ngày, dưới 6 tuổi, 5 kg
    r"(?i)(?:(?:trên|dưới|từ|đến|hơn|[<>≤≥]) ?)?\d[\d.,]*(?: ?(?:[-–]|đến|tới) ?(?:dưới )?\d[\d.,]*)? ?"
    r"(?P<unit>[^\W\d_]{1,6})(?: (?:tuổi|đầu|trở lên|trở xuống|liền))?"
)
_SUM = pattern(r"\d[\d.,]* ?(?:k|tr|đ)\d{0,3}")  # 20k, 1tr2
_NUMBERED_HEAD = pattern(r"(?P<word>[^\W\d_]{2,6}(?: [^\W\d_]{2,6})?) (?P<number>\d)(?: ?\([^()]*\))?")
_NAMING = {CellKind.WORDS, CellKind.LABEL, CellKind.NAME, CellKind.WEEKDAY}
_ENOUGH = 2.0  # of evidence that a row is a head


def is_head(rows: Sequence[Row]) -> bool:
    """Whether the first row tells what stands below it."""
    first = [cell.text for cell in rows[0] if cell.text]
    if not first or any(text.endswith(":") for text in first):
        return False
    if _has_moment_heads(rows) or _has_measure_heads(rows) or _has_numbered_heads(rows):
        return True
    if _begins_count(rows):
        return False
    columns = [[row[n].text for row in rows[1:]] for n in range(len(rows[0]))]
    evidence = sum(_weigh(cell.text, texts) for cell, texts in zip(rows[0], columns, strict=True) if cell.text)
    return evidence + _weigh_likeness(first) >= _ENOUGH


def _begins_count(rows: Sequence[Row]) -> bool:
    """Whether the first column numbers the rows from the first on: 1, 2, 3"""
    numbers = [row[0].text.strip("().") for row in rows[:3]]
    return len(numbers) > 1 and numbers == [*map(str, range(1, len(numbers) + 1))]


def _weigh(head: str, texts: Sequence[str]) -> float:
    """How much speaks for a cell being the head of those below it, 1 being much; less than 0: it is one of them."""
    own, kind = kind_of(head), column_kind(texts)
    known = 1.0 if _HEADS.match(head) else 0.0
    if own in _NAMING and _are_facts(head, texts, kind):
        return 2.0 + known
    if kind in FACTS or own in FACTS or head in texts:
        return -2.0
    if own is kind and kind is not CellKind.WORDS:
        return known - 1.0
    if _holds_number(_NOTE.sub("", head)) and sum(map(_holds_number, texts)) * 2 > len(texts):
        return -2.0
    if kind is not CellKind.WORDS:
        return 1.0 + known
    return known + (0.5 if 2 * len(head) <= _median(map(len, filter(None, texts))) else 0.0)


def _median(sizes: Iterable[int]) -> float:
    """The one in the middle, or between the two there; `statistics` would be a tenth of the reader's import."""
    ordered = sorted(sizes)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[~middle]) / 2


_NOTE = pattern(r" ?\([^()]*\)")  # Sáng (7-9h)


def _are_facts(head: str, texts: Sequence[str], kind: CellKind) -> bool:
    """Whether most cells are numbers, days or the like, or begin with a digit, as their head does not."""
    return kind in FACTS or (not _DIGIT.match(head) and sum(map(bool, map(_DIGIT.match, texts))) * 2 > len(texts))


def _holds_number(text: str) -> bool:
    return any(map(str.isdecimal, text))


def _weigh_likeness(heads: Sequence[str]) -> float:
    """How much speaks for cells being heads that they count something: Ca 1, Ca 2; Bữa sáng, Bữa trưa, Bữa xế."""
    words = [head.partition(" ")[0] for head in heads if " " in head]
    most = max((words.count(word) for word in words), default=0)
    return 1.0 if most > 2 or (most == 2 and len(heads) == 3) else 0.0


def _has_moment_heads(rows: Sequence[Row]) -> bool:
    """Whether the first row has days, hours or years with other things below them: Điểm đo, 10/3, 11/3

    One such cell is a head only above amounts, and beside words.
    """
    moments = [n for n, cell in enumerate(rows[0]) if _is_moment(cell.text)]
    others = [cell.text for n, cell in enumerate(rows[0]) if n not in moments]
    if not moments or any(map(_DIGIT.match, others)):
        return False
    below = [text for row in rows[1:] for n in moments if not NOTHING.fullmatch(text := row[n].text)]
    if not below or any(map(_is_moment, below)):
        return False
    several = len(moments) > 1 and len(others) == 1
    return several or (rows[0][0].text != "" and all(map(_is_amount, below)))


def _is_amount(text: str) -> bool:
    return AMOUNT.fullmatch(text) is not None or _SUM.fullmatch(text) is not None


def _is_moment(text: str) -> bool:
    return MOMENT.fullmatch(text) is not None or kind_of(text) in (CellKind.DATE, CellKind.HOUR, CellKind.WEEKDAY)


def _has_measure_heads(rows: Sequence[Row]) -> bool:
    """Whether the first row has several measures of one sort, beside words, above amounts of another: 3 tháng, 6 tháng

    Ngân hàng, 1 tháng, 3 tháng, 1 năm above Agribank, 2,1, 2,5, 4,8; Thuốc, 0-6 tuổi, 7-12 tuổi above 5 ml, 10 ml
    """
    units = _units_of([cell.text for cell in rows[0]])
    others = [cell.text for n, cell in enumerate(rows[0]) if n not in units and cell.text]
    if len(units) < 2 or not others or any(map(_DIGIT.match, others)):
        return False
    below = [text for row in rows[1:] for n in units if not NOTHING.fullmatch(text := row[n].text)]
    return bool(below) and all(map(_DIGIT.match, below)) and set(units.values()).isdisjoint(_units_of(below).values())


def _units_of(texts: Sequence[str]) -> dict[int, str]:
    """The units of those texts that are measures, by their place: tháng of 3 tháng"""
    return {n: match["unit"].lower() for n, text in enumerate(texts) if (match := _MEASURE.fullmatch(text))}


def _has_numbered_heads(rows: Sequence[Row]) -> bool:
    """Whether the first row counts one thing that no row below tells of: Chòi, Ca 1 (18h-22h), Ca 2 (22h-2h)"""
    counted = {n: match for n, cell in enumerate(rows[0]) if (match := _NUMBERED_HEAD.fullmatch(cell.text))}
    words = {match["word"].lower() for match in counted.values()}
    numbers = [int(match["number"]) for match in counted.values()]
    if len(counted) < 2 or len(words) > 1 or 0 in counted or numbers != [*range(1, len(numbers) + 1)]:
        return False
    return not any(row[n].text.lower().startswith((*words,)) for row in rows[1:] for n in counted)


def join_heads(grid: Sequence[GridRow], bordered: bool) -> Sequence[GridRow]:
    """The rows of a table, its head in one where it has two lines; `bordered`: signs part its cells, not blanks."""
    if len(grid) < 3 or not _has_second_line(grid):
        return grid
    upper, lower = grid[0], grid[1]
    return [[_join_head(upper, lower, n, bordered) for n in range(len(upper))], *grid[2:]]


def _has_second_line(grid: Sequence[GridRow]) -> bool:
    """Whether the second row belongs to the head: words above facts, in some columns only."""
    upper, lower = [[words_of(cell) for cell in row] for row in grid[:2]]
    filled = [n for n, text in enumerate(lower) if text]
    if not filled or (upper[0] and lower[0]) or not all(map(any, zip(upper, lower, strict=True))):
        return False
    if any(kind_of(text) in FACTS for text in upper):
        return False
    if all(upper[n] for n in filled):
        return all(continues(upper[n], lower[n]) for n in filled)
    return _stand_above_facts(lower, grid[2:])


def _stand_above_facts(texts: Sequence[str], body: Sequence[GridRow]) -> bool:
    """Whether the texts of a row have numbers, days or the like below them, and none is such a thing itself.

    Từ and Đến have 7h 8/12 below them.
    """
    if all(map(_BOUND.fullmatch, filter(None, texts))):
        return True
    pairs = [(kind_of(text), column_kind(words_of(row[n]) for row in body)) for n, text in enumerate(texts) if text]
    alike = any(own is below and own is not CellKind.WORDS for own, below in pairs)
    return any(below in FACTS for _, below in pairs) and not alike


def _join_head(upper: GridRow, lower: GridRow, number: int, bordered: bool) -> Fragments:
    """What stands above a column in both lines; a head that stands above several columns belongs to each of them."""
    own, below = upper[number], lower[number]
    if not below or (own and continues(words_of(own), words_of(below))):
        return [*own, *below]
    if _BOUND.fullmatch(words_of(below)):
        return below
    return [*(own or _spanning(upper, lower, number, bordered)), *below]


def _spanning(upper: GridRow, lower: GridRow, number: int, bordered: bool) -> Fragments:
    """The head of the upper line that stands above a column and others: the nearest with something below it.

    Where signs part the cells, it stands above the first of its columns. The first column of all has none, nor has
    one beside a head that only goes on in the line below: Ghi chú beside Chi phí, (1.000đ)
    """
    found = [n for n, cell in enumerate(upper) if cell and lower[n] and not continues(*map(words_of, (cell, lower[n])))]
    beside = [n for n in found if not any(upper[min(n, number) + 1 : max(n, number)]) and not (bordered and n > number)]
    nearest = min(beside, key=lambda n: (abs(n - number), n > number), default=None)
    if (
        not number
        or nearest is None
        or _stands_apart([words_of(cell) for cell in lower], upper, found, nearest, number)
    ):
        return []
    return upper[nearest]


def _stands_apart(lower: Sequence[str], upper: GridRow, found: Sequence[int], nearest: int, number: int) -> bool:
    """Whether a column is under no head of the upper line: it has remarks, a unit of its own, or is one too many.

    Bồi thường (đ) beside Năng suất (tạ/ha); Thành tiền behind Hộ, DT and Hộ, DT
    """
    if number <= nearest:
        return False
    if _REMARKS.fullmatch(lower[number]):
        return True
    own, spanned = _UNIT.search(lower[number]), _UNIT.search(words_of(upper[nearest]))
    if own and spanned and own["unit"] != spanned["unit"]:
        return True
    earlier = [n for n in found if n < nearest]
    size = nearest - earlier[-1] if earlier else 0
    return 1 < size <= number - nearest and lower[nearest : nearest + size] == lower[earlier[-1] : nearest]


_UNIT = pattern(r"\((?P<unit>[^()\d]{1,10})\)$")
_REMARKS = pattern(r"(?i)ghi chú|ký (?:nhận|tên)|chữ ký")
