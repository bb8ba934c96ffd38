"""Days as predicates: dates, ranges, weekdays, the lunar calendar. How they are written is config/day_values.py.

The lunar calendar is Vietnam's own (lunar.py), which can differ from the Chinese one by a day or a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType

from .lunar import Lunar, lunar

EVERY_WEEKDAY = frozenset(range(7))


NO_DAYS: Mapping[str, NamedDay] = MappingProxyType({})


# Giao thừa is the last day of the year whatever its number, so it sorts after every day of month 12.
NEW_YEAR_EVE = Lunar(13, False, 0)


@lru_cache(maxsize=4096)
def is_eve(day: date) -> bool:
    """Is it giao thừa, the day before mùng một Tết?"""
    return lunar(day + timedelta(days=1)) == Lunar(1, False, 1)


@lru_cache(maxsize=4096)
def is_month_end(day: date) -> bool:
    """Is it the last day of its lunar month, which may be the 29th or the 30th?"""
    return lunar(day + timedelta(days=1)).day == 1


@dataclass(frozen=True, slots=True)
class LunarDays:
    """Days of the lunar calendar: of every month (leap ones too), of one month, or a range within the year."""

    monthdays: frozenset[int] = frozenset()  # mùng một, rằm: {1, 15}
    dates: frozenset[Lunar] = frozenset()  # giỗ tổ: {(3, False, 10)}; never of a leap month
    ranges: tuple[tuple[Lunar, Lunar], ...] = ()  # both ends belong to it; may run over the new year
    month_end: bool = False  # the last day of every month

    def __contains__(self, day: date) -> bool:
        today = lunar(day)
        if today.day in self.monthdays or today in self.dates:
            return True
        if self.month_end and is_month_end(day):
            return True
        eve = is_eve(day)
        if eve and NEW_YEAR_EVE in self.dates:
            return True
        return any(_between(NEW_YEAR_EVE if eve else today, first, last) for first, last in self.ranges)

    def __or__(self, other: LunarDays) -> LunarDays:
        return LunarDays(
            self.monthdays | other.monthdays,
            self.dates | other.dates,
            (*self.ranges, *other.ranges),
            self.month_end or other.month_end,
        )


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
