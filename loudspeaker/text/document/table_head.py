"""Whether the first row of a table tells what stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from ..lazy_regex import pattern
from .cells import NOTHING, Row
from .column_heads import AMOUNT, MOMENT

_HEADS = pattern(
    r"(?i)(?:S?TT|số tt|số thứ tự|họ|tên|thôn|xóm|bản|ấp|tổ|khu|xã|phường|đơn vị|đvt|ngày|thứ|buổi|sáng|chiều|giờ|từ|"
    r"đến|thời gian|địa điểm|địa chỉ|điểm|nơi|nội dung|công việc|người|số|mức|giá|diện tích|loại|mặt hàng|tên hàng|"
    r"khối|lớp|đối tượng|chương trình|hành vi|lý do|chức vụ|chức danh|điện thoại|sđt|đt|ghi chú|khu vực|phạm vi|lịch|"
    r"năm|tháng)"
    r"(?!\w)"
)
_DIGIT = pattern(r"\W*\d")


def is_head(rows: Sequence[Row]) -> bool:
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
    below = [row[n].text for row in rows[1:] for n in moments if not NOTHING.fullmatch(row[n].text)]
    return bool(below) and all(map(AMOUNT.fullmatch, below)) and not any(map(MOMENT.fullmatch, below))
