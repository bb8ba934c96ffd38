"""Numbers behind “tháng” that count something and name no month: mỗi tháng 4 buổi, phun tháng 4 lần. No rule comes in.

Only the fourth month is said otherwise than its number, tháng tư.
"""

from __future__ import annotations

from ...context import Context
from ...lazy_regex import pattern

_AMOUNTS = "lần|lượt|buổi|bữa|suất|kg|lạng|tạ|tấn|lít|m3|kwh|triệu|tr|nghìn|ngàn|trăm|k|chuyến|phiên|viên"
_THINGS = (
    f"{_AMOUNTS}|hộ|người|khẩu|em|cháu|con|ngày|tuần|giờ|tiếng|phút|khối|bình|thùng|hộp|can|bao|chai|cuộc|kỳ|kì|chỉ|công|"
    "ca|trận|bài|số|tin|mẻ|lứa|lớp|đợt|đêm|tối|sáng|chiều|tiết|chương trình|sản phẩm|xe|cái|chiếc|quả|cây|mét|km|ha|m2|"
    "lọ|liều|mũi|vụ|đơn|thẻ|phần|quyển|cuốn|tờ|hội nghị|gia đình|đồng|ký|kí|cân|yến|l|g|%"
)
_ALSO = r" ?(?:(?:,|hoặc|đến|tới|-|–) ?\d{1,2} ?|\([^\W\d_]+\) ?)?"  # 3, 4 lần; 3 đến 4 buổi; 4 (bốn) buổi
_RANK = r"(?! (?:\d|đầu|thứ|cuối|này|sau|tới|tiếp|trước|[ivx]+(?!\w)))"  # lần 2, tuần đầu
_PART = r"(?! (?:sáng|trưa|chiều|tối|đêm))"  # buổi tối
_COUNT = pattern(rf"{_ALSO}(?:{_THINGS})(?!\w){_RANK}")
_AMOUNT = pattern(rf"{_ALSO}(?:(?:{_AMOUNTS}|khối)(?!\w){_RANK}{_PART}|khối đầu|(?:tuần|ngày),)")
_MEMBER = pattern(rf"{_ALSO}(?:hộ|em|cháu)(?!\w){_RANK}")
_DAYS = pattern(r" ?ngày(?! \d)(?!\w)")
_WORD = pattern(
    r" ?(?!(?:âm|dương|al|âl|hằng|hàng|về|đến|là|lại|có|thì|năm|tới|này|và|trở|vừa|làng|bản|cả)(?!\w))[^\W\d_]"
)
_EACH = pattern(r" (?:mỗi|mỗi 1|mỗi một|một|hằng|hàng|từng|cứ|bình quân|trung bình|tb|các|những) tháng$")
_ONE = pattern(
    r"(?<!ngày)(?<!mùng)(?<!mồng)(?<!sáng)(?<!trưa)(?<!chiều)(?<!tối)(?<!đêm)(?<!hôm)(?<!từ)(?<!đến)(?<!tới)(?<!hết)"
    r"(?<!trước)(?<!sau)(?<!và)(?<!vào)(?<!nhật)(?<![\d,.]) (\d{1,2}) tháng$"
)
_WITHIN = pattern(r" (?:trong|cả|đợt|suốt|qua) tháng$")
_AT = pattern(r" (?:vào|đầu|cuối|giữa|từ|hết|sang|kể từ|đến|tới|trước|sau|và|của|là|ngày [\d ]+|mùng [\d ]+) tháng$")


def counts_each_month(context: Context, at: int, end: int) -> bool:
    """Whether a number behind “tháng” counts what happens each month: mỗi tháng 4 buổi, 1 tháng 4 lần"""
    before, after = context.before(at), context.text[end : end + 40].lower()
    if not _COUNT.match(after):
        return False
    if _EACH.search(before):
        return True
    months = _ONE.search(before)
    return months is not None and (months[1] == "1" or _DAYS.match(after) is not None)


def may_count(context: Context, at: int, end: int) -> bool:
    """Whether it may: phun tháng 4 lần, lương tháng 4 triệu, 2 tháng 4 lần; not tháng 4 lần đầu, đầu tháng 4 lần nào"""
    before, after = context.before(at), context.text[end : end + 40].lower()
    if _EACH.search(before):
        return _WORD.match(after) is not None
    if _ONE.search(before):
        return _COUNT.match(after) is not None
    if _AT.search(before):
        return False
    return _AMOUNT.match(after) is not None or (_WITHIN.search(before) is not None and _MEMBER.match(after) is not None)


def is_whole_month(context: Context, at: int) -> bool:
    """Whether one month is told of, whose name may be the number: trong tháng 4 lần mất điện"""
    return _WITHIN.search(context.before(at)) is not None
