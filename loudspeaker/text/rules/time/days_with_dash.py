"""A day and its month with a dash, where no word is sure that they are: 20-11, phát hành 1-12. No rule comes in."""

from __future__ import annotations

import re
from functools import lru_cache

from ...context import Context
from ...cues import words_after, words_before
from ...lazy_regex import pattern
from ...reasons import DATE_OR_NUMBERS
from ...rule import Guess
from .calendar_words import Day, as_day, may_be_date


def day_with_dash(day: Day, match: re.Match[str], context: Context) -> Guess | None:
    """Day and month with a dash: 20-11 is likely a day, since no range falls; 1-7 only behind words that days have"""
    at = match.start()
    said = Guess(as_day(context, at, day.words(context.numerals)), DATE_OR_NUMBERS)
    if day.day > 12 or (context.is_after(at, _BY) and _GOES_ON.match(context.text, match.end())):
        return said
    if may_be_date(context, at, match.end()):  # Từ 1-7, … is a day; elsewhere “từ 1-7” counts to seven
        opens = context.text.endswith("Từ ", 0, at)
        return said if opens else Guess(context.number_range(match[1], match[3]), DATE_OR_NUMBERS)
    alone = _GOES_ON.match(context.text, match.end()) or context.is_before(match.end(), _WHERE)
    told = alone and context.is_after(at, _DONE) and " " not in match[0] and day.month in _months_of_days(context.text)
    return said if told else None


@lru_cache(maxsize=4)
def _months_of_days(text: str) -> frozenset[int]:
    """The months of the days that a text has with a slash, or with a dash where no range rises: 10/12, 15-12"""
    return frozenset(int(month) for days in _DAYS_TOLD.findall(text) for month in days if month)


_DAYS_TOLD = pattern(
    r"(?<![\d/.,-])(?:(?:0?[1-9]|[12]\d|3[01])/(0?[1-9]|1[0-2])|(?:1[3-9]|2\d|3[01])-(0?[1-9]|1[0-2]))(?![\d/-]|[.,]\d)"
)
_DONE = words_before(  # what is done on a day, and what falls on one
    "phát hành|trả|họp|họp dân|mở|mở bán|phát|thu|nộp|thi|khám|tiêm|cắt|cúp|đóng|gửi|cấp phát|chi trả|lĩnh|lãnh|nhận|"
    "diễn ra|tổ chức|áp dụng|hiệu lực|khởi công|bàn giao|chốt|thực hiện|xuất phát|khởi hành|chạy|bầu|"
    "xả|về|đi|làm|tập trung|có mặt|bốc thăm|quyết toán|gặp mặt|ra mắt|thông xe|cưới|giỗ|mất|chấm|công bố|"
    "niêm yết|nghiệm thu|bỏ phiếu"
)
_WHERE = words_after("tại|ở|lúc|từ|tới đây|sắp tới")
_BY = words_before("hạn|đến hạn|trước|chậm nhất|hạn chót|hạn cuối|muộn nhất|hạn nộp|đến hết")
_GOES_ON = pattern(r" (?:thì|phải|sẽ|không|mà|là|nếu|để)(?!\w)| ?[,;)]|\.?(?:$|\n| [A-ZĐ])")
