"""How people write times, dates and lengths otherwise: from such words to the form that the files use, or None.

Nothing here is accepted in a file: it is what a message proposes, and whoever proposes it has read it back first.
"""

from __future__ import annotations

import re
import unicodedata

from .keywords import DAYS

_TIME = re.compile(
    r"(?:lúc |luc )?(?P<hour>[0-9]{1,2})(?: ?(?:[:.,;h-]|giờ|gio|g) ?(?P<minute>[0-9]{1,2})?)?"
    r" ?(?:'|p|ph|phút|phut|[:.][0-9]{2})? ?(?P<half>sáng|trưa|chiều|tối|đêm|sang|trua|chieu|toi|dem|am|pm)?"
)
_DIGITS = re.compile(r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2})(?P<half>)")
_AFTERNOON = ("chiều", "tối", "chieu", "toi", "pm")
_OUR_DATE = re.compile(
    r"(?:ngày |ngay )?(?P<day>[0-9]{1,2}) ?(?:[/.-]|tháng|thang) ?(?P<month>[0-9]{1,2})"
    r"(?: ?(?:[/., -]|năm|nam) ?(?P<year>[0-9]{4}|[0-9]{2}))?"
)
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})[/.-](?P<month>[0-9]{1,2})[/.-](?P<day>[0-9]{1,2})")
_FROM = re.compile(r"^(?:kể từ|từ|ke tu|tu|from)\s+(?:hết |het )?(?:ngày |ngay )?")
_WORD_TO = r"\s*(?:đến|tới|den|toi|to|until)(?:\s+(?:hết|het))?(?:\s+(?:ngày|ngay))?\s+"
_TO = re.compile(rf"\s*(?:\.\.+|->|[-–—~→])\s*|{_WORD_TO}")
_DAY_TO = re.compile(rf"\s*(?:\.\.+|->|[–—~→])\s*|\s+-\s+|(?<=/[0-9]{{4}})-|{_WORD_TO}")
_UNITS = (
    *(("''", "s"), ('"', "s"), ("'", "m"), ("phut", "m"), ("giay", "s"), ("gio", "h"), ("tieng", "h")),
    *(("minutes", "m"), ("minute", "m"), ("mins", "m"), ("seconds", "s"), ("sec", "s"), ("hours", "h"), ("hour", "h")),
)
_WORDS = {"nửa giờ": "30m", "nửa tiếng": "30m", "nua gio": "30m", "nua tieng": "30m"}
_EVERY_DAY = {"hàng ngày", "hằng ngày", "mỗi ngày", "cả tuần", "tất cả", "hang ngay", "moi ngay", "ca tuan", "daily"}


def clock_time(text: str) -> str | None:
    """`17:30` for 17.30, 1730, 17:30:00, 5h30 chiều, 5:30 PM."""
    match = _DIGITS.fullmatch(_normalize(text)) or _TIME.fullmatch(_normalize(text))
    if not match:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    hour += 12 if match["half"] in _AFTERNOON and hour < 12 else 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def hours(text: str) -> str | None:
    """`16:30-18:00` for “từ 16h30 đến 18h”."""
    ends = [clock_time(end) for end in _TO.split(_FROM.sub("", _normalize(text)))]
    return f"{ends[0]}-{ends[1]}" if len(ends) == 2 and None not in ends else None


def day(text: str) -> str | None:
    """`28/11/2026` for 28.11.2026, 28/11/26, 2026/11/28, “ngày 28 tháng 11 năm 2026”; `28/11` where no year is said."""
    words = _normalize(text)
    match = _OUR_DATE.fullmatch(words) or _YEAR_FIRST.fullmatch(words)
    if not match:
        return None
    year = int(match["year"] or 0)
    tail = f"/{year + 2000 if year < 100 else year}" if year else ""
    return f"{int(match['day'])}/{int(match['month'])}{tail}"


def days(text: str) -> str | None:
    """`5/7/2021..30/9/2021` for “từ 5/7/2021 đến hết 30/9/2021”; an end that is not said stays open."""
    words = _normalize(text)
    bare = _FROM.sub("", words)
    ends = [end and day(end) for end in _DAY_TO.split(bare if _DAY_TO.search(bare) else f" {words}")]
    if len(ends) == 1 and bare != words and (first := day(bare)):
        return f"{first}.."
    return f"{ends[0]}..{ends[1]}" if len(ends) == 2 and None not in ends and any(ends) else None


def length(text: str) -> str | None:
    """`30m` for 30', 30 phut, nửa giờ."""
    words = _WORDS.get(_normalize(text), _normalize(text))
    for sign, unit in _UNITS:
        words = words.replace(sign, unit)
    return words.replace(" ", "") or None


def weekdays(text: str) -> list[str]:
    """Each day of “2-6”, “T2 đến T7”, “thứ hai - chủ nhật”, “hàng ngày”; none where it is no span of days."""
    words = _FROM.sub("", _normalize(text))
    ends = [0, 6] if words in _EVERY_DAY else [DAYS.get(end, -1) for end in _TO.split(words)]
    if len(ends) != 2 or not 0 <= ends[0] < ends[1]:
        return []
    return ["2", "3", "4", "5", "6", "7", "CN"][ends[0] : ends[1] + 1]


def _normalize(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
