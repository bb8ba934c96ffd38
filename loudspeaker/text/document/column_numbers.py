"""What the bare numbers of a column are, by its head and those beside it: hours, parts of a whole, years of birth.

5.30 below “Đi” is an hour, 9/12 below “Trình độ” no day, 1-3 below “Ngày” beside “Tháng” three days, 05 below
“Năm sinh” is 2005.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto

from ..lazy_regex import pattern
from ..numerals import spell_digits
from .arrangement import TextPiece
from .cells import NOTHING, Cell
from .column_heads import in_small_letters


class NumberKind(Enum):
    """What the numbers of a column are."""

    AS_WRITTEN = auto()
    FRACTIONS = auto()  # with decimals, as some are less than 1: 0,15 beside 1,2
    AMOUNTS = auto()  # that no day looks like: 12.5, 3-5
    SCORES = auto()  # of a match: 25/20
    SHARES = auto()  # parts of one whole: 3/4, 2/4
    HOURS = auto()  # without their sign: 6, 13.30, 22-6
    DAYS = auto()  # of a month: 20/8, 5/8
    LISTED = auto()  # of things with numbers: 6,7
    SPANS = auto()  # from one to the other, and no day of a month: 1-3
    DECIMALS = auto()  # with a point, so that 9.375 has no thousands
    DIGITS = auto()  # that name a thing: 7704, the last four of a frame
    YEARS = auto()  # of birth, with a nought for this century: 05


_SHARE = pattern(r"(?P<part>\d{1,3}) ?/ ?(?P<whole>\d{1,3})")
_SHARES_HEAD = pattern(
    r"(?i)(?:trình độ|tđ|td)(?: (?:văn hóa|văn hoá|vh|học vấn|hv|phổ thông|pt|gdpt))?|"
    r"học vấn|văn hóa|văn hoá|bậc(?: thợ)?|huyết áp|ha"
)
_PLACES_HEAD = pattern(
    r"(?i)(?:số|lớp|tổ|nhà|hẻm|ngõ|kiệt|địa chỉ|phòng|thửa|tờ|lô|khoảnh|mã|tỷ|tỉ|kết quả|điểm)(?!\w)"
)
_LISTED_HEAD = pattern(
    r"(?i)(?:ô|gian|lô|thửa|bàn|phòng|hàng|ghế|cột|cống|số nhà|quầy|sạp|kiốt|ki ốt|dãy|khoảnh|tiểu khu|tk|mốc|trạm|lớp|"
    r"xe|máy|giường|tiết|chuyến|bậc|ao|chuồng|giếng|đợt|cửa|lộ|tờ|sbd|quý|kỳ|tập)(?: số)?|"
    r"số (?:thửa|lô|ô|phòng|bàn|ghế|xe|sạp|gian)"
)
_LISTED = pattern(r"\d{1,4}(?:,\d{1,4})+")
_LAST_DAY, _LAST_MONTH = 31, 12
_AMOUNTS_HEAD = pattern(  # below which no day stands
    r"(?i)(?:(?:đơn )?giá|mức|(?:thành |tổng |số )?tiền|sl|diện tích|dt|sản lượng|năng suất|(?:cân )?nặng|"
    r"số (?:hộ|khẩu|con|người|trẻ|em|cháu|hs|học sinh|ngày|tháng|năm|tuần|giờ|buổi|công|cây|lượng|suất|lần|lượt|chuyến|"
    r"bao|túi|cái|chiếc|liều|ca|nam|nữ|tấn|tạ|kg|sào|lít|mét|km)|(?:chiều )?(?:cao|dài|rộng|sâu)|khoảng cách|cự ly|"
    r"hệ số|(?:tỷ|tỉ) lệ|độ (?:ẩm|mặn|sâu|cao|dài|tuổi)|nhiệt độ|(?:lượng )?mưa|áp suất|ph|(?:độ )?tuổi|(?:ngày )?công|"
    r"nam|nữ|khẩu|sĩ số|lãi|sào|ha|tấn|tạ|mẫu|thước|lít|mực nước|(?:khối |trọng )?lượng|mật độ|đường huyết|đtb|"
    r"điểm(?: (?:tb|trung bình|thi|số|cộng))?$|tổng điểm)(?!\w)"
)
_SCORE_HEAD = pattern(
    r"(?i)(?:tỷ số|tỉ số|hiệu số|bt ?[-/] ?bb|bàn thắng ?[-/] ?(?:bàn )?thua|(?:ván|séc|set|hiệp)(?: \d)?)"
)
_LESS_THAN_ONE = pattern(r"0[.,]\d{1,3}")
_AMOUNT_WITH_POINT, _RISING = pattern(r"\d{1,4}\.\d{1,2}"), pattern(r"(?P<from>\d{1,3}) ?[-–] ?(?P<to>\d{1,3})")
_BEHIND_DAYS = pattern(r"(?i).*(?:ngày|tuần|tháng|năm)")  # whose numbers with a comma are listed elsewhere: số ngày 1,5
_DECIMAL_PART = pattern(r"(?P<whole>\d{1,3}),(?P<part>\d{1,2})")
COUNTING_HEAD = pattern(r"(?i)(?:số(?! tiền)|diện tích|sản lượng|dân số|khối lượng|sl|dt)(?!\w)")
_DAYS_HEAD = pattern(r"(?i)(?:ngày|thứ|hạn|từ|đến|thời gian|lịch|hẹn|sinh|ns|nộp|đợt|tháng|buổi)(?!\w)")
_CLOCK_HEAD = pattern(  # not giờ công, which are counted
    r"(?i)(?:khung )?giờ"
    r"(?P<of> (?!công|dạy|thêm|làm(?! việc)|máy|bay|tiêu chuẩn|lý thuyết|thực hành)[^\W\d_]+(?: [^\W\d_]+)?)?|"
    r"(?P<bound>(?:từ|đến|tới) giờ)"
)
_TRAVEL_HEAD = pattern(
    r"(?i)đi|đến|về|tới|từ|vào|ra|đóng|mở|bắt đầu|kết thúc|xuất (?:phát|bến)|khởi hành|tập trung|đến nơi|rời bến|"
    r"cập bến|mở cửa|đóng cửa|bật|tắt"
)
_BOUND_HEAD = pattern(r"(?i)từ|đến|tới|bắt đầu|kết thúc")
_SHIFT_HEAD = pattern(r"(?i)(?:ca|kíp|phiên|buổi)(?: trực| làm)?")
_PAID_HEAD = pattern(r"(?i)(?:.*(?<!\w))?(?:đơn giá|tiền|thành tiền|công|lương|km)(?!\w)")
_CLOCKS = pattern(
    r"(?P<one>\d{1,2})(?:\.(?P<tenths>\d)|(?:[.:](?P<minutes>[0-5]\d))?"
    r"(?: ?[-–] ?(?P<other>\d{1,2})(?:[.:](?P<more>[0-5]\d))?)?)"
)
_POINT_CLOCK = pattern(r"\d{1,2}[.:][0-5]\d")
_BARE_HOUR, _NO_HOUR = pattern(r"\d{1,2}"), pattern(r"\d(?!\d?(?: ?[hg:]|[.:][0-5]\d(?!\d)|$| ?[-–]))")
_LAST_HOUR = 24
_SPAN = pattern(r"(?P<sign>[-–+]?)(?P<first>\d{1,2}) ?[-–] ?(?P<last>[-–+]?\d{1,2})")
_BELOW_NOUGHT = pattern(r"[-–]\d{1,2}(?: ?[-–] ?[-–+]?\d{1,2})?")
_MONTH_HEAD, _NIGHT_HEAD = pattern(r"(?i)tháng"), pattern(r"(?i)(?:ban )?(?:đêm|tối)")
_DAY_HEAD = pattern(r"(?i)(?:ban )?ngày|(?:ban )?đêm")
_WITH_POINT, _THOUSANDS = pattern(r"[<>≤≥]? ?\d{1,3}\.\d{1,2}"), pattern(r"[<>≤≥]? ?\d{1,3}\.\d{3}")
_OTHER_NUMBER = pattern(r".*(?:\d,\d|\d\.\d{3}\.).*")
_MEASURED_HEAD = pattern(
    r"(?i).*\([^()\d]*(?:\d[^()\d]*)?\)|diện tích|dt|sản lượng|sl|năng suất|cân nặng|chiều cao|điểm.*"
)
_DIGITS_HEAD = pattern(
    r"(?i)(?!.*(?:số (?:tiền|lượng|hộ|người))).*(?<!\w)(?:số khung|số máy|(?:chữ )?số cuối|"
    r"(?:số )?(?:se?ri|sê ri)|số hiệu|biển số|số biển|biển(?: xe| kiểm soát)?|biển ks|bks|"
    r"mã(?: (?:số|hộ|vạch|kh|khách hàng|hồ sơ|hs|tra cứu|"
    r"pin|thẻ|phiếu|đơn|vé|sv|học sinh|hàng|sp|sản phẩm|điểm đo))?|"
    r"số (?:thẻ|phiếu|hồ sơ|seri|cmnd|cccd|công tơ|đồng hồ))"
    r"(?: (?!bơm|cày|báo|hiệu|quảng|tính|móc|gặt|lượng)[^\W\d_]+){0,2}(?: ?\([^()]*\))?"
)
_DIGITS = pattern(r"\d{3,6}")
_BIRTH_HEAD = pattern(r"(?i)(?:năm|ngày) sinh|ns|n\.? ?sinh|sinh năm|sn|sinh ngày")
_YEAR = pattern(r"['’]?(?P<year>0\d)")
_WORDS = r"[^\W\d_]+(?: [^\W\d_]+){0,2}"
_PAIRED_HEAD = pattern(rf"(?P<one>{_WORDS}) ?/ ?(?P<other>{_WORDS})(?: ?\((?P<unit>[^\W\d_]\w{{0,4}})\))?")
_PAIR = pattern(r"(?P<one>\d[\d.,]*) ?/ ?(?P<other>\d[\d.,]*)")
_NO_PAIR = pattern(r"(?i).*(?<!\w)(?:ngày|thứ|tháng|năm|giờ|buổi|tuần|tổng|tổng số|ts|tỷ lệ|tỉ lệ|tỷ số|tỉ số)(?!\w)")


def number_kind(head: str, texts: Sequence[str], heads: Sequence[str]) -> NumberKind:
    """What the numbers of a column are; `texts`: its cells but for the empty ones, `heads`: of all columns."""
    if _DIGITS_HEAD.fullmatch(head) and any(map(_DIGITS.fullmatch, texts)):
        return NumberKind.DIGITS
    if _are_shares(head, texts):
        return NumberKind.SHARES
    if _SCORE_HEAD.fullmatch(head):
        return NumberKind.SCORES
    if _are_days(head, texts):
        return NumberKind.DAYS
    if any(map(_LESS_THAN_ONE.fullmatch, texts)):
        return NumberKind.FRACTIONS
    if _LISTED_HEAD.fullmatch(head) and any(map(_LISTED.fullmatch, texts)):
        return NumberKind.LISTED
    if _are_hours(head, texts, heads):
        return NumberKind.HOURS
    if _are_spans(head, texts, heads):
        return NumberKind.SPANS
    if _BIRTH_HEAD.fullmatch(head) and any(map(_YEAR.fullmatch, texts)):
        return NumberKind.YEARS
    if _are_decimals(head, texts):
        return NumberKind.DECIMALS
    return NumberKind.AMOUNTS if _AMOUNTS_HEAD.match(head) else NumberKind.AS_WRITTEN


def _are_shares(head: str, texts: Sequence[str]) -> bool:
    """Whether what looks like days is part of a whole: 3/4, 2/4 below Số máy chạy; 9/12 below Trình độ; 5/12, 7/30"""
    shares = _pairs_of(texts)
    if not shares or _DAYS_HEAD.match(head):
        return False
    if _SHARES_HEAD.fullmatch(head):
        return True
    wholes = {whole for _, whole in shares}
    one_whole = COUNTING_HEAD.match(head) is not None and len(wholes) == 1
    return one_whole or (max(wholes) > _LAST_MONTH and all(part <= whole for part, whole in shares))


def _pairs_of(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers beside a slash of cells that have nothing else; none where a cell has other things."""
    matches = [_SHARE.fullmatch(text) for text in texts if not NOTHING.fullmatch(text)]
    pairs = [(int(match["part"]), int(match["whole"])) for match in matches if match]
    return pairs if len(pairs) == len(matches) else []


def _are_days(head: str, texts: Sequence[str]) -> bool:
    """Whether numbers with a slash are days of a month, as some of them are no part of a whole: 20/8 beside 5/8"""
    pairs = [] if head.lower().startswith("ngày") else _pairs_of(texts)
    days = bool(pairs) and all(0 < day <= _LAST_DAY and 0 < month <= _LAST_MONTH for day, month in pairs)
    return days and len(pairs) > 1 and any(day > month for day, month in pairs) and not _PLACES_HEAD.match(head)


def _are_hours(head: str, texts: Sequence[str], heads: Sequence[str]) -> bool:
    """Whether numbers are hours without their sign."""
    clock = _CLOCK_HEAD.fullmatch(head)
    if clock:
        paid = not (clock["of"] or clock["bound"]) and any(map(_PAID_HEAD.match, heads))
        return not paid or not any(map(_BARE_HOUR.fullmatch, texts))
    if _TRAVEL_HEAD.fullmatch(head) and any(map(_POINT_CLOCK.fullmatch, texts)):
        return not any(map(_NO_HOUR.match, texts))
    return _bound_shifts(head, texts, heads)


def _bound_shifts(head: str, texts: Sequence[str], heads: Sequence[str]) -> bool:
    """Whether bare numbers are the hours from or to which a shift lasts: 6, 14 below Từ and Đến, beside Ca"""
    shifts = any(map(_SHIFT_HEAD.fullmatch, heads)) and sum(map(bool, map(_BOUND_HEAD.fullmatch, heads))) > 1
    bare = bool(texts) and all(_BARE_HOUR.fullmatch(text) and int(text) <= _LAST_HOUR for text in texts)
    return shifts and bare and _BOUND_HEAD.fullmatch(head) is not None


def _are_spans(head: str, texts: Sequence[str], heads: Sequence[str]) -> bool:
    """Whether 1-3 is from 1 to 3 and no day: below Ngày beside Tháng or Đêm, beside -2"""
    if any(map(_BELOW_NOUGHT.fullmatch, texts)):
        return True
    beside = any(_MONTH_HEAD.fullmatch(other) or _NIGHT_HEAD.fullmatch(other) for other in heads if other != head)
    night = _NIGHT_HEAD.fullmatch(head) is not None
    return _DAY_HEAD.fullmatch(head) is not None and (beside or night)


def _are_decimals(head: str, texts: Sequence[str]) -> bool:
    """Whether a point stands before decimals: 9.375 beside 4.5"""
    points = any(map(_WITH_POINT.fullmatch, texts)) and any(map(_THOUSANDS.fullmatch, texts))
    return points and _MEASURED_HEAD.fullmatch(head) is not None and not any(map(_OTHER_NUMBER.fullmatch, texts))


def shape_of(text: str, kind: NumberKind) -> str:
    """A cell as its head sees it: hours, days and decimals as they are written elsewhere, others as they are."""
    if kind in (NumberKind.HOURS, NumberKind.DAYS):
        return plain_number(text, kind)
    amounts = kind in (NumberKind.AMOUNTS, NumberKind.FRACTIONS)
    return text.replace(".", ",") if amounts and _AMOUNT_WITH_POINT.fullmatch(text) else text


def plain_number(text: str, kind: NumberKind, head: str = "") -> str:
    """A cell of a column as it is written elsewhere in a text: 5.30 of hours as 5h30, 05 of years as 2005"""
    shape, write = _WRITTEN.get(kind, (None, None))
    if kind in (NumberKind.AMOUNTS, NumberKind.FRACTIONS):
        return _plain_amount(text, kind is NumberKind.FRACTIONS or _BEHIND_DAYS.fullmatch(head) is not None)
    match = shape.fullmatch(text) if shape else None
    return write(match) if match and write else text


def _sign_hours(hours: re.Match[str]) -> str:
    """Hours with their sign: 22-6 as 22h-6h, 10.30 as 10h30; as they are where no clock tells them"""
    if any(int(hour) > _LAST_HOUR for hour in (hours["one"], hours["other"]) if hour):
        return hours[0]
    if hours["tenths"]:  # 2.5 hours
        return f"{hours['one']},{hours['tenths']}"
    until = f"-{hours['other']}h{hours['more'] or ''}" if hours["other"] else ""
    return f"{hours['one']}h{hours['minutes'] or ''}{until}"


_WRITTEN: dict[NumberKind, tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = {
    NumberKind.SHARES: (_SHARE, lambda share: f"{share['part']} trên {share['whole']}"),
    NumberKind.DAYS: (_SHARE, lambda day: f"ngày {day[0]}"),
    NumberKind.SCORES: (_SHARE, lambda score: score[0].replace("/", "-")),
    NumberKind.LISTED: (_LISTED, lambda numbers: numbers[0].replace(",", ", ")),
    NumberKind.HOURS: (_CLOCKS, _sign_hours),
    NumberKind.SPANS: (_SPAN, lambda span: f"{span['sign']}{span['first']} đến {span['last']}"),
    NumberKind.DECIMALS: (_THOUSANDS, lambda number: number[0].replace(".", ",")),
    NumberKind.DIGITS: (_DIGITS, lambda digits: spell_digits(digits[0])),
    NumberKind.YEARS: (_YEAR, lambda year: f"20{year['year']}"),
}


def _plain_amount(text: str, spelled: bool) -> str:
    """An amount with a comma before its decimals, and with words where it could be a day: 12.5, 3-5, 12/15

    `spelled`: the comma is said whatever stands before: Khối, 1,2
    """
    if _AMOUNT_WITH_POINT.fullmatch(text):
        text = text.replace(".", ",")
    if spelled and (decimal := _DECIMAL_PART.fullmatch(text)):
        figures = decimal["part"].lstrip("0")
        return f"{decimal['whole']} phẩy {'không ' * (len(decimal['part']) - len(figures))}{figures}".rstrip()
    span = _RISING.fullmatch(text)
    if span and int(span["from"]) < int(span["to"]):
        return f"{span['from']} đến {span['to']}"
    return _SHARE.sub(r"\g<part> trên \g<whole>", text) if _SHARE.fullmatch(text) else text


def paired_numbers(head: Cell, cell: Cell) -> list[TextPiece]:
    """Two numbers below a head of two things, each behind its own: 12/15 below Nam/Nữ; nothing where they are none."""
    heads, numbers = _PAIRED_HEAD.fullmatch(head.text), _PAIR.fullmatch(cell.text)
    if not heads or not numbers or _NO_PAIR.match(head.text):
        return []
    return [piece for part in ("one", "other") for piece in _part_of_pair(head, heads, cell, numbers, part)]


def _part_of_pair(
    head: Cell, heads: re.Match[str], cell: Cell, numbers: re.Match[str], part: str
) -> Iterator[TextPiece]:
    """One of two numbers behind its own half of a head."""
    at, name = cell.start + numbers.start(part), heads[part]
    if part == "other":
        yield TextPiece.put_in(", ", at)
    yield TextPiece(in_small_letters(name), head.start + heads.start(part), head.start + heads.end(part), is_head=True)
    yield TextPiece.put_in(" ", at)
    yield TextPiece(numbers[part], at, at + len(numbers[part]))
    yield TextPiece.put_in(f" {heads['unit']}" if heads["unit"] else "", at + len(numbers[part]))
