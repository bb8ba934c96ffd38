"""How long a letter has something to tell, by the days that stand in it: proposed to an officer, who knows better."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from .official_letter import OfficialLetter

DAY, MONTH = r"(?P<day>0?[1-9]|[12]\d|3[01])", r"(?P<month>0?[1-9]|1[0-2])"
# A day without its year counts where a word says that it is one: ngày 2/12, đến 31/12, các ngày 29, 30/11.
CUE = r"(?:ngày|mùng|mồng|sáng|chiều|tối|trưa|đêm|đến|tới|hết|trước|từ)(?: (?:hết|ngày))*(?: \d{1,2}(?:,| và| -|-))*"
DATES = (
    re.compile(rf"(?<![\d/.-]){DAY} ?[/.-] ?{MONTH} ?[/.-] ?(?P<year>20\d\d)(?!\d)"),
    re.compile(rf"\b{CUE} ?{DAY} ?[/.-] ?{MONTH}(?![\d/.-]\d|\d)", re.I),
    re.compile(rf"\b{DAY} tháng {MONTH}(?: năm (?P<year>20\d\d))?(?!\d)", re.I),
)
AHEAD = timedelta(days=300)  # how far a day without its year may lie ahead of the letter


def propose_validity(letter: OfficialLetter) -> tuple[date | None, date | None]:
    """From the letter's own day to the last that its text names behind that; nothing where either is not there.

    >>> propose_validity(OfficialLetter(day="20", month="11", year="2026", body=["Khám từ 7h30 ngày 02/12."]))
    (datetime.date(2026, 11, 20), datetime.date(2026, 12, 2))
    """
    written = _day_of(letter.year, letter.month, letter.day)
    if written is None:
        return None, None
    last = max((day for line in letter.body for day in _days_in(line, written)), default=written)
    return (written, last) if last > written else (None, None)


def _days_in(line: str, written: date) -> Iterator[date]:
    """The days that a line names; one without its year is the next one from the letter on."""
    for pattern in DATES:
        for match in pattern.finditer(line):
            year = match.groupdict().get("year")
            years = [year] if year else [written.year, written.year + 1]
            days = [_day_of(candidate, match["month"], match["day"]) for candidate in years]
            coming = [day for day in days if day and day >= written]
            if coming and (year or coming[0] - written <= AHEAD):
                yield coming[0]


def _day_of(year: str | int, month: str | int, day: str | int) -> date | None:
    with suppress(ValueError):
        return date(int(year), int(month), int(day))
    return None
