"""Days as predicates (dates, ranges, weekdays, the lunar calendar) and how they are written. Never asks for today.

The lunar calendar is Vietnam's own (lunar.py), which can differ from the Chinese one by a day or a month.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType

from ..errors import Message
from ..vocabulary import WORDS
from ..yamlfile import Mistake, nearest, values
from ..yamlfile.keys import folded
from .lunar import Lunar, lunar

EVERY_WEEKDAY = frozenset(range(7))
NO_DAYS: Mapping[str, NamedDay] = MappingProxyType({})


# Giao thừa is the last day of the year whatever its number, so it sorts after every day of month 12.
NEW_YEAR_EVE = Lunar(13, False, 0)


@lru_cache(maxsize=4096)
def is_eve(day: date) -> bool:
    """Is it giao thừa, the day before mùng một Tết?"""
    return lunar(day + timedelta(days=1)) == Lunar(1, False, 1)


@dataclass(frozen=True, slots=True)
class LunarDays:
    """Days of the lunar calendar: of every month (leap ones too), of one month, or a range within the year."""

    monthdays: frozenset[int] = frozenset()  # mùng một, rằm: {1, 15}
    dates: frozenset[Lunar] = frozenset()  # giỗ tổ: {(3, False, 10)}; never of a leap month
    ranges: tuple[tuple[Lunar, Lunar], ...] = ()  # both ends belong to it; may run over the new year

    def __contains__(self, day: date) -> bool:
        today = lunar(day)
        if today.day in self.monthdays or today in self.dates:
            return True
        eve = is_eve(day)
        if eve and NEW_YEAR_EVE in self.dates:
            return True
        return any(_between(NEW_YEAR_EVE if eve else today, first, last) for first, last in self.ranges)

    def __or__(self, other: LunarDays) -> LunarDays:
        return LunarDays(self.monthdays | other.monthdays, self.dates | other.dates, (*self.ranges, *other.ranges))


def _between(day: Lunar, first: Lunar, last: Lunar) -> bool:
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last


@dataclass(frozen=True, slots=True)
class DaySet:
    """Any of: single dates, ranges of dates (ends included), weekdays (Monday 0), lunar days."""

    dates: frozenset[date] = frozenset()
    ranges: tuple[tuple[date, date], ...] = ()
    weekdays: frozenset[int] = frozenset()
    lunar: LunarDays | None = None

    def __contains__(self, day: date) -> bool:
        return (
            day in self.dates
            or day.weekday() in self.weekdays
            or any(first <= day <= last for first, last in self.ranges)
            or (self.lunar is not None and day in self.lunar)
        )

    def __or__(self, other: DaySet) -> DaySet:
        lunar_days = self.lunar | other.lunar if self.lunar and other.lunar else self.lunar or other.lunar
        return DaySet(
            self.dates | other.dates, (*self.ranges, *other.ranges), self.weekdays | other.weekdays, lunar_days
        )


@dataclass(frozen=True, slots=True)
class NamedDay:
    """Days that have a name in commune.yaml (tet, quoc-tang), and whether sound is dressed up on them."""

    name: str
    days: DaySet
    chime: bool = True
    music: bool = True


def any_of(sets: Iterable[DaySet]) -> DaySet:
    """The days that are in any of `sets`."""
    return reduce(or_, sets, DaySet())


def solar(text: str) -> DaySet:
    """`2026-11-28` or `2026-09-05..2026-09-06`."""
    first, last = values.days(text)
    return DaySet(dates=frozenset({first})) if first == last else DaySet(ranges=((first, last),))


def dated(named: Mapping[str, NamedDay] | None) -> Callable[[str], DaySet]:
    """A reader of dates, ranges of dates, and the commune's named days; where nobody knows those, of any id."""

    def read(text: str) -> DaySet:
        if named is not None and text in named:
            return named[text].days
        if any(letter.isdigit() for letter in text) and (named is None or not nearest(text, named)):
            return solar(text)
        if named is None:
            values.ident(text)
            return DaySet()
        return named[values.known(named)(text)].days

    return read


_LUNAR = re.compile(r"[0-9]{1,2}(?:/(?:0?[1-9]|1[0-2]))?")


def lunar_days(text: str) -> LunarDays:
    """`15`, `rằm`, `1..3` (of every month), `10/3`, `giao-thua`, `23/12..giao-thua`."""
    parts = [_lunar_end(WORDS.get(folded(part), part.strip()), text) for part in text.split("..")]
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
    found = re.fullmatch(r"([0-9]{1,2})(?:/([0-9]{1,2}))?", part)
    if not found or not 1 <= int(found[1]) <= 30 or not 1 <= int(found[2] or 1) <= 12:
        raise _not_lunar(text)
    return Lunar(int(found[2]), False, int(found[1])) if found[2] else int(found[1])


def _not_lunar(text: str) -> Mistake:
    meant = re.sub(r"^(?:ngày |ngay |mùng |mồng |mung |mong )+| *(?:âm lịch|âm|al)$", "", folded(text)).replace(
        "-", "/"
    )
    if meant != text and _LUNAR.fullmatch(meant) and 1 <= int(meant.split("/")[0]) <= 30:
        return Mistake(Message("“{value}” is no lunar day; write {meant}", value=text, meant=meant))
    return Mistake(Message("“{value}” is no lunar day; write 15, 10/3, giao-thua or 23/12..giao-thua", value=text))
