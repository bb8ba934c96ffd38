"""How days are written: dates and ranges, the lunar calendar, the days that a commune has names for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..errors import Message
from ..model.day_set import NEW_YEAR_EVE, DaySet, LunarDays, NamedDay
from ..model.lunar import Lunar
from ..yamlfile import Mistake, nearest
from ..yamlfile.keys import fold
from . import values
from .keywords import WORDS


def date_or_range(text: str) -> DaySet:
    """`2026-11-28` or `2026-09-05..2026-09-06`."""
    first, last = values.days(text)
    return DaySet(dates=frozenset({first})) if first == last else DaySet(ranges=((first, last),))


def date_or_named_day(named: Mapping[str, NamedDay] | None) -> Callable[[str], DaySet]:
    """A reader of dates, ranges of dates, and the commune's named days; where nobody knows those, of any id."""

    def read(text: str) -> DaySet:
        if named is not None and text in named:
            return named[text].days
        if any(letter.isdigit() for letter in text) and (named is None or not nearest(text, named)):
            return date_or_range(text)
        if named is None:
            values.ident(text)
            return DaySet()
        return named[values.one_of(named)(text)].days

    return read


MONTH_END = "cuoi-thang"  # the last day of each lunar month
_LUNAR = re.compile(r"[0-9]{1,2}(?:/(?:0?[1-9]|1[0-2]))?")


def lunar_days(text: str) -> LunarDays:
    """`15`, `rằm`, `1..3`, `cuoi-thang` (of every month), `10/3`, `giao-thua`, `23/12..giao-thua`."""
    if WORDS.get(fold(text), text) == MONTH_END:
        return LunarDays(month_end=True)
    parts = [_lunar_end(WORDS.get(fold(part), part.strip()), text) for part in text.split("..")]
    first, last = parts[0], parts[-1]
    if len(parts) > 2 or isinstance(first, int) != isinstance(last, int):
        raise _not_lunar(text)
    if isinstance(first, int) and isinstance(last, int):
        return LunarDays(monthdays=frozenset(range(first, last + 1)))
    if isinstance(first, Lunar) and isinstance(last, Lunar) and len(parts) == 2:
        return LunarDays(ranges=((first, last),))
    return LunarDays(dates=frozenset(part for part in parts if isinstance(part, Lunar)))


def _lunar_end(part: str, text: str) -> int | Lunar:
    """One end of a range, or all of a lunar day: a day of the month, or of one month."""
    if part == "giao-thua":
        return NEW_YEAR_EVE
    match = re.fullmatch(r"([0-9]{1,2})(?:/([0-9]{1,2}))?", part)
    if not match or not 1 <= int(match[1]) <= 30 or not 1 <= int(match[2] or 1) <= 12:
        raise _not_lunar(text)
    return Lunar(int(match[2]), False, int(match[1])) if match[2] else int(match[1])


def _not_lunar(text: str) -> Mistake:
    meant = re.sub(r"^(?:ngày |ngay |mùng |mồng |mung |mong )+| *(?:âm lịch|âm|al)$", "", fold(text)).replace("-", "/")
    if meant != text and _LUNAR.fullmatch(meant) and 1 <= int(meant.split("/")[0]) <= 30:
        return Mistake(Message("“{value}” is no lunar day; write {meant}", value=text, meant=meant))
    return Mistake(Message("“{value}” is no lunar day; write 15, 10/3, giao-thua or 23/12..giao-thua", value=text))
