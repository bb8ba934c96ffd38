"""The columns of a table: what each is for, and the unit of its amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from ..lazy_regex import pattern
from .cell_kinds import FACTS, CellKind, column_kind, kind_of
from .cell_letters import forms_of_address, words_for
from .cell_values import RATED
from .cells import NOTHING, Cell, Row
from .column_heads import AMOUNT, CLOCK, LAST_MOMENT, in_small_letters
from .column_numbers import COUNTING_HEAD, NumberKind, number_kind
from .short_heads import short_heads

_COUNT_HEAD = pattern(r"(?i)(?:S?TT|số tt|số thứ tự|#|№|no\.?)")
_UNIT_HEAD = pattern(r"(?i)(?:đvt|đơn vị(?: tính)?|đv tính|đv)")
UNIT_CELL = pattern(r"[^\W\dA-Z][^\W\d]{0,9}[23²³]?(?:/[^\W\d]{1,9}[23²³]?){0,2}|[-–]?")
_UNIT_IN_HEAD = pattern(
    r"\s*\((?:(?:ĐVT|đvt|đơn vị(?: tính)?|tính bằng):? ?)?"
    r"(?P<unit>(?:1\.?000 ?(?=đ|VN[ĐD]|vn[đd]))?[^\W\dA-Z%‰°]*(?:[^()\d]|m[23]/){1,14}?[23²³]?)\)"
    r"(?= [^\W\d_]{2}| \d|$)"
)
_UNIT_ALONE = pattern(r"m[23²³]|[Kk]g|[Kk][Ww][Hh]|[Kk]m2?|[Hh]a|%|[Đđ](?:ồng)?/[^\W\d_]{1,6}")
_THOUSAND, _THOUSANDS = pattern(r"1\.?000 ?|ng\.? ?(?=đ)"), pattern(r"(?:ng|k)\.?(?=/)|ng\.?$")
_NO_UNIT = pattern(  # what stands in brackets behind the name of a column and tells of what, not in what
    r"(?i)(?:nếu|dự|tạm|bắt|ký|bằng|ghi|theo|kể|gồm|có|không|đã|chưa|trong|cả|số|họ|tên|nam|nữ|vợ|cha|ông|bà|tổ|thôn|"
    r"xóm|ấp|bản|khu|khóm|xã|phường|nơi|tại|từ|đến|đợt|ước|làm|hiện|cũ|mới|đại|chủ|của|cho|và|hoặc)(?!\w)"
)
_PER_IN_HEAD = pattern(  # Lãi suất/năm, Mức thu/hộ; not Thứ/ngày
    r"(?P<head>(?!(?i:thứ|sáng|tăng|ngày)\b).{2,}?)\s*"
    r"(?P<per>/ ?(?:kg|sào|mẫu|ha|m2|m3|m²|m³|năm|tháng|ngày|lần|hộ|người|suất|con|cây|bao|tấn|tạ|yến|lít|khẩu|lượt|vụ|"
    r"đợt|buổi|giờ|học sinh|em|cháu|quyển|số|cái|chiếc|mũi|liều|túi|gói|thùng|chai))"
)
MONEY_HEAD = pattern(
    r"(?i)(?:đơn )?giá(?!\w)|đg(?!\w)|mức(?: (?:thu|phí|đóng|nộp|phạt|chi|hỗ trợ|giá|hưởng|trợ cấp))?(?!\w)|"
    r"(?:số |thành |tổng )?tiền(?!\w)|(?:học |kinh |lệ )?phí(?!\w)|(?:tổng )?(?:cộng|thu|chi) ?$|"
    r"(?:phải|đã) (?:nộp|thu|trả)|còn (?:nợ|thiếu)|dân trả|ủng hộ|đóng góp"
)
_DONG = pattern(r"(?:\d{1,3}(?:\.\d{3})*\.\d00|\d{2,9}000)(?: ?[-–] ?\d[\d.]*00)?")
_CAPTION = pattern(  # (ĐVT: nghìn đồng), above a table
    r"(?i)(?:đvt|đơn vị(?: tính)?) ?: ?(?P<scale>1\.?000|nghìn|ngàn|triệu|tr|tỷ)? ?(?:đ|đồng|vnđ)\W*$"
)
_EXPLICIT = pattern(r"(?i)(?:đvt|đơn vị(?: tính)?) ?: ?(?P<unit>[^\W\d][^\s()]{0,11}|[%‰]|°C)\W*$")
_MONEY_ABOVE = pattern(r"(?i)(?<!\w)(?:giá|phí|tiền|thu|chi|quỹ|ủng hộ|đóng góp|thưởng|lương)(?!\w)")
_SCALED = pattern(r"(?:nghìn|ngàn|triệu) (?:đ|đồng)")
_DAYS_HEAD = pattern(r"(?i)(?:ngày|thứ|tuần|tháng|đợt|phiên)(?!\w)")
_SUM_HEAD, _SUM = (
    pattern(r"(?i)(?:tiền|mức (?:đóng|hưởng|thu|nộp|trợ cấp|hỗ trợ)|phải (?:nộp|đóng|thu)|nợ)(?!\w)"),
    pattern(r"\d{1,3}(?:\.\d{3})+|\d{5,12}"),
)
_UNIT_ABOVE = pattern(
    r"\((?P<unit>(?:nghìn |ngàn |triệu )?(?:đ|đồng)(?:/\w{1,6})?|g/l|mg/l|"
    r"‰|%(?:/(?:năm|tháng))?|(?:k?g|ml|lít)/(?:con|cây|ha|sào)(?:/ngày)?|m3/s|m3|m|cm|mm|kg|tấn|tạ|ha|con|lít|°C|độ)\)\W*$"
)
_CHANGE_HEAD = pattern(
    r"(?i)[+±](?: ?/ ?-)?(?!\w)|so (?:với|hqua|hq|t\d|tháng|tuần|hôm|kỳ|vụ|đợt|năm)|"
    r"tăng|giảm|chênh lệch|thay đổi|biến động"
)
_MOMENT_HEAD = pattern(r"(?i)t(?P<number>1[0-2]|[1-9])|cn")
_RATE_HEAD = pattern(r"(?i)(?:tỷ|tỉ) (?:lệ|trọng)|đạt|tăng|giảm|lãi|tiến độ|chiếm|hao|nảy mầm|(?:còn )?sống|%")
_PER_CENT, _UP_TO_HUNDRED = pattern(r"\d[\d.,]* ?%"), pattern(r"\d{1,2}(?:[.,]\d{1,2})?|100")
_FEWEST_MOMENTS, _SATURDAY, _MONTHS_OF_YEAR = 2, 7, 12
_OF_YEAR = pattern(r"(?i)(?<!\w)(?:năm|quý|các tháng)(?!\w)")
CURRENCY = pattern(r"(?i)(?:nghìn |ngàn |triệu |tr)?(?:đ|đồng|vnđ)")


_DAYS_OF_THREE = pattern(r"(?:S T C(?: (?:Đ|Đêm|Tối|Tổng(?: cộng)?|Cộng))*(?: |$))+")  # halves of a day in their order
_LETTERS = frozenset("ABDEGH")  # that stand for no half of a day


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
    unit: str = ""  # of its amounts, as its head has it in brackets; or ""
    kind: CellKind = CellKind.WORDS  # what it holds
    numbers: NumberKind = NumberKind.AS_WRITTEN
    capitals: bool = False  # whether it holds names in capitals
    letters: bool = False  # whether its letters are only letters: A, B, C; not S and C of sáng and chiều
    forms: frozenset[str] = frozenset()  # letters before the names of persons that it holds: A. Cừ, C. Lựu
    noon: bool = False  # whether its T stands for trưa, and not for tối
    instead: str = ""  # what is said of its head, if not itself: thứ 2 for T2


def _unit_above(caption: str) -> str:
    """The unit that the line above a table ends with: Độ mặn đo được (g/l); (ĐVT: tấn)"""
    match = _UNIT_ABOVE.search(caption) or (None if _CAPTION.search(caption) else _EXPLICIT.search(caption))
    return match["unit"] if match else ""


def _currency(caption: str) -> str:
    """The currency that the line above a table tells of its amounts: (ĐVT: 1.000 đồng) -> nghìn đ"""
    match = _CAPTION.search(caption)
    return f"{_THOUSAND.sub('nghìn', match['scale'] or '')} đ".strip() if match else ""


def columns_of(head: Row | None, body: Sequence[Row], caption: str) -> tuple[Column, ...]:
    """The columns of a table; `caption`: the line above it, which may tell the unit of its amounts."""
    heads = [cell.text for cell in head or ()]
    moments = _moments_of(heads, body, caption) | _league_of(heads)
    short = short_heads(heads, [[row[n].text for row in body if row[n].text] for n in range(len(heads))])
    dated = any(kind_of(cell.text) in FACTS for cell in head or ())
    columns = []
    for number in range(len(body[0])):
        texts = [row[number].text for row in body if row[number].text]
        if head and head[number].text:
            column = _headed_column(head[number], texts, caption)
        else:
            column = _bare_column(number, texts)
        capitals = _are_names_in_capitals(texts)
        column = column._replace(
            kind=_kind(texts),
            numbers=number_kind(column.head.text if column.head else "", texts, heads),
            capitals=capitals,
            letters=any(text in _LETTERS for text in texts),
            forms=forms_of_address(texts),
            noon=_DAYS_OF_THREE.fullmatch(" ".join(texts)) is not None,
            instead=moments.get(number, short.get(number, "")),
        )
        columns.append(_with_unit(column, caption, dated))
    return _with_subject(_with_scale(columns, body))


def _with_scale(columns: Sequence[Column], body: Sequence[Row]) -> Sequence[Column]:
    """Columns of sums in the thousands of a price beside them, where these multiply so: 186 m2 at 165 are 30.690"""
    prices = [n for n, column in enumerate(columns) if _SCALED_PRICE.match(column.unit)]
    if len(prices) != 1:
        return columns
    unit = columns[prices[0]].unit.partition("/")[0]
    return [
        column._replace(unit=unit) if column.unit in ("", "đ") and _multiplies(body, prices[0], n) else column
        for n, column in enumerate(columns)
    ]


_SCALED_PRICE = pattern(r"(?:nghìn|ngàn|triệu) (?:đ|đồng)(?!\w)")


def _multiplies(body: Sequence[Row], price: int, total: int) -> bool:
    """Whether a column has the products of a price and a number beside it, in one row at least."""
    rows = [[_whole(cell.text) for cell in row] for row in body]
    return total != price and any(
        row[total] > row[price] > 1 and row[price] * other == row[total]
        for row in rows
        for n, other in enumerate(row)
        if n not in (price, total) and other > 1
    )


def _whole(text: str) -> int:
    """A whole number, or 0."""
    return int(text.replace(".", "")) if _WHOLE_NUMBER.fullmatch(text) else 0


_WHOLE_NUMBER = pattern(r"\d{1,3}(?:\.\d{3})*|\d{4,9}")


def _bare_column(number: int, texts: Sequence[str]) -> Column:
    """A column without a head."""
    counted = number == 0 and len(texts) > 1 and [text.strip("().") for text in texts] == list(_numbers(len(texts)))
    return Column(ColumnRole.COUNT if counted else ColumnRole.VALUE, None)


def _kind(texts: Sequence[str]) -> CellKind:
    """What a column holds; names, too, where some of them have one word: Lam, Ngàn Phố"""
    kind = column_kind(texts)
    words = [text.split() for text in texts]
    named = all(word[:1].isupper() and word[1:].islower() for text in words for word in text)
    return CellKind.NAME if kind is CellKind.WORDS and named and any(len(text) > 1 for text in words) else kind


def _are_names_in_capitals(texts: Sequence[str]) -> bool:
    """Whether most cells are names of persons in capitals: VŨ THẾ ANH, whose words are no abbreviations"""
    names = [text for text in texts if text.isupper() and kind_of(text.title()) is CellKind.NAME and " " in text]
    marked = sum(not text.isascii() for text in names)
    return len(names) > 1 and 2 * len(names) > len(texts) and marked * 2 > len(names)


def _moments_of(heads: Sequence[str], body: Sequence[Row], caption: str) -> dict[int, str]:
    """Heads that are days of the week or months, by their column: T2, T3, CN; T1, T2 … T12"""
    found = {number: match for number, head in enumerate(heads) if (match := _MOMENT_HEAD.fullmatch(head))}
    numbers = [int(match["number"]) for match in found.values() if match["number"]]
    if len(found) < _FEWEST_MOMENTS or not numbers:
        return {}
    timed = any(CLOCK.match(row[number].text) for row in body for number in found)
    months = 1 in numbers or max(numbers) > _SATURDAY or (bool(_OF_YEAR.search(caption)) and not timed)
    word = "tháng" if months else "thứ"
    return {number: f"{word} {match['number']}" if match["number"] else "chủ nhật" for number, match in found.items()}


def _league_of(heads: Sequence[str]) -> dict[int, str]:
    """Heads in letters of a table of teams and their points, by their column: Đội, Trận, T, H, B, HS, Điểm"""
    known = {head.lower() for head in heads}
    if known.isdisjoint(("đội", "vđv", "tên đội", "đội bóng")) or known.isdisjoint(("điểm", "đ", "xh", "hạng")):
        return {}
    return {number: _LEAGUE[head] for number, head in enumerate(heads) if head in _LEAGUE}


_LEAGUE = {"T": "thắng", "H": "hòa", "B": "thua", "Th": "thắng", "HS": "hiệu số", "BT": "bàn thắng", "BB": "bàn thua"}


def _headed_column(cell: Cell, texts: Sequence[str], caption: str) -> Column:
    """The column below a cell of the head, by what that says; `texts` are its cells but for the empty ones."""
    if _COUNT_HEAD.fullmatch(cell.text):
        return Column(ColumnRole.COUNT, cell)
    if _UNIT_HEAD.fullmatch(cell.text) and any(map(UNIT_CELL.fullmatch, texts)):
        return Column(ColumnRole.UNIT, cell)
    if cell.text.lower() == "tháng" and _are_months_of_age(texts):
        return Column(ColumnRole.VALUE, None, "tháng")
    if _UNIT_ALONE.fullmatch(cell.text) and _are_amounts(texts):
        return Column(ColumnRole.VALUE, None, in_small_letters(cell.text))
    unit = _UNIT_IN_HEAD.search(cell.text)
    if unit and not (_NO_UNIT.match(unit["unit"]) or "," in unit["unit"]) and any(map(AMOUNT.fullmatch, texts)):
        written, at, end = cell.text, unit.start(), unit.end()
        cell = cell._replace(text=f"{written[:at]}{' ' * (end - at)}{written[end:]}".rstrip())
        money = "/" in unit["unit"] or MONEY_HEAD.match(cell.text) is not None
        return Column(_value_role(cell.text), cell, _say_thousand(_load(unit["unit"], cell.text), money))
    if _RATE_HEAD.match(cell.text) and _are_percent(texts):
        return Column(_value_role(cell.text), cell, "%")
    return _rated_column(cell, texts, caption)


def _load(unit: str, head: str) -> str:
    """A unit, T as tons where its head tells of a load: Tải trọng (T)"""
    return "tấn" if unit == "T" and _LOAD_HEAD.search(head) else unit


_LOAD_HEAD = pattern(r"(?i)tải|trọng|lượng|chở|nặng|thu mua|tồn|kho")


def _rated_column(cell: Cell, texts: Sequence[str], caption: str) -> Column:
    """The column below a head that may tell of what each amount is: Mức thu/hộ"""
    per = _PER_IN_HEAD.fullmatch(cell.text)
    if per and any(map(RATED.fullmatch, texts)):
        cell = cell._replace(text=per["head"])
    dong = _dong(cell.text, texts, caption)
    return Column(_value_role(cell.text), cell, dong + (per["per"] if per else ""))


def _are_percent(texts: Sequence[str]) -> bool:
    """Whether some amounts have the sign of per cent, and the others are none that could not: 80%, 91,7"""
    told = [text for text in texts if not NOTHING.fullmatch(text)]
    bare = [text for text in told if not _PER_CENT.fullmatch(text)]
    return 0 < len(bare) < len(told) and all(map(_UP_TO_HUNDRED.fullmatch, bare))


def _are_months_of_age(texts: Sequence[str]) -> bool:
    """Whether numbers count months, of which a year has fewer: 41, 38"""
    told = [text for text in texts if not NOTHING.fullmatch(text)]
    return all(map(str.isdecimal, told)) and max(map(int, told), default=0) > _MONTHS_OF_YEAR


def _are_amounts(texts: Sequence[str]) -> bool:
    """Whether cells are amounts, or say that they are as those above."""
    others = [text for text in texts if not AMOUNT.fullmatch(text)]
    return len(others) < len(texts) and all(words_for(text, "") for text in others)


def _say_thousand(unit: str, money: bool) -> str:
    """A unit with its thousand in words: 1.000đ -> nghìn đ; of money, ng/kg -> nghìn đ/kg"""
    thousands = _THOUSANDS.match(unit) if money else None
    return f"nghìn đ{unit[thousands.end() :]}" if thousands else _THOUSAND.sub("nghìn ", unit)


def _dong(head: str, texts: Sequence[str], caption: str) -> str:
    """The currency of a column that does not name it: of prices and sums whose amounts are thousands."""
    amounts = [match["number"] for match in map(AMOUNT.fullmatch, texts) if match]
    if not amounts:
        return ""
    if not MONEY_HEAD.match(head):
        return _dong_by_caption(head, amounts, caption)
    written = _SUM if _SUM_HEAD.search(head) else _DONG
    told = [amount for amount in amounts if amount != "0"]
    return _currency(caption) or (_price_unit(caption) if told and all(map(written.fullmatch, told)) else "")


def _dong_by_caption(head: str, amounts: Sequence[str], caption: str) -> str:
    """The currency of a column of sums below a line that tells of prices: Giá vé, above Vé lượt, Vé tháng"""
    counting = COUNTING_HEAD.match(head) or LAST_MOMENT.search(head) or _DAYS_HEAD.match(head)
    if counting:
        return ""
    thousands = _currency(caption).startswith("nghìn") or _unit_above(caption).startswith(("nghìn", "ngàn"))
    if thousands and not _OTHER_HEAD.search(head) and _are_sums(amounts):
        return _currency(caption) or _price_unit(caption)
    if not _MONEY_ABOVE.search(caption):
        return ""
    scaled = _SCALED.match(_unit_above(caption))  # triệu đồng/lượng
    if scaled or all(map(_DONG.fullmatch, amounts)):
        return _price_unit(caption)
    return "đồng" if _are_prices(amounts, caption) else ""


def _are_prices(amounts: Sequence[str], caption: str) -> bool:
    """Whether some amounts of a list of prices are thousands and the others hundreds: 135.000, 18.500, 450"""
    listed = _LIST_OF_PRICES.search(caption) is not None and all(map(_HUNDREDS.fullmatch, amounts))
    return listed and 2 * sum(map(bool, map(_DONG.fullmatch, amounts))) > len(amounts)


_LIST_OF_PRICES = pattern(
    r"(?i)(?<!\w)(?:(?:bảng|biểu|đơn|báo|khung) giá|giá(?! trị)|(?:biểu|mức|bảng) (?:phí|thu))(?!\w)"
)
_HUNDREDS = pattern(r"[1-9]\d0|[1-9]\d{0,2}(?:\.\d{3})*\.\d\d0(?: ?[-–] ?\d[\d.]*0)?|0")


def _are_sums(amounts: Sequence[str]) -> bool:
    """Whether amounts are as sums in thousands are: 800, 1.500"""
    return all(map(_TENS.fullmatch, amounts)) and any(len(amount) > 2 for amount in amounts)


_OTHER_HEAD = pattern(
    r"(?i)(?<!\w)(?:tuổi|năm|khẩu|nhân khẩu|người|hộ|em|con|nam|nữ|lượng|suất|điểm|thửa|tờ|nặng|cao|dài|rộng|giờ|"
    r"tổ|lớp|kg|m2|m|ha|cây|tấn|tạ|lít|số(?! tiền))(?!\w)"
)
_TENS = pattern(r"[1-9](?:\d?\d0|\d{0,2}(?:\.\d{3})+|0)")


def _price_unit(caption: str) -> str:
    """The unit of prices, by the line above a table: Bảng giá gạo (nghìn đồng/tạ) -> nghìn đồng"""
    unit = _unit_above(caption).partition("/")[0]
    return unit if CURRENCY.match(unit) else "đ"


def _numbers(count: int) -> Iterator[str]:
    return map(str, range(1, count + 1))


def _with_unit(column: Column, caption: str, dated: bool) -> Column:
    """A column with the unit of the line above the table, where it has none of its own.

    `dated`: some of the columns stand below a day or an hour, so that all are of one thing.
    """
    unit = _unit_above(caption)
    if column.unit or not unit or column.head is None or column.role is not ColumnRole.VALUE:
        return column
    amounts = column.kind is CellKind.NUMBER and COUNTING_HEAD.match(column.head.text) is None
    own = column.instead != "" or LAST_MOMENT.search(column.head.text) is not None
    return column._replace(unit=unit) if own or (amounts and (dated or _EXPLICIT.search(caption))) else column


def _value_role(head: str) -> ColumnRole:
    return ColumnRole.CHANGE if _CHANGE_HEAD.match(head) else ColumnRole.VALUE


def _with_subject(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The first column that is said tells what a row is about."""
    first = next((n for n, column in enumerate(columns) if column.role is ColumnRole.VALUE), 0)
    return tuple(column._replace(role=ColumnRole.SUBJECT) if n == first else column for n, column in enumerate(columns))
