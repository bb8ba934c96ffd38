"""The broadcasts of one village, each a predicate over days with its times. No time is planned here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .day_set import DaySet, LunarDays
from .enums import Level


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One entry of a schedule (mục lịch phát). All its rules intersect; None is no rule."""

    name: str
    bulletin: str | None  # None for a stream
    times: tuple[int, ...]  # seconds since local midnight, in order
    line: int = field(default=0, compare=False)  # on which it stands: no part of what it is
    first: date | None = None  # `from`
    last: date | None = None  # `until`
    weekdays: frozenset[int] | None = None
    days: DaySet | None = None  # `on`, and named days
    lunar: LunarDays | None = None
    monthdays: frozenset[int] | None = None
    weeks: int = 1  # every n-th Monday-to-Sunday week, counted from the week of `first`
    excluded: DaySet | None = None
    stream: str | None = None
    length: float | None = None  # of a stream, seconds
    fallback: str | None = None
    level: Level | None = None  # None: the bulletin's
    wait: float = 600.0
    gain: float = 0.0
    repeat: int | None = None

    @property
    def day_rules(self) -> tuple[object, ...]:
        """All that decides on which days it falls."""
        return self.first, self.last, self.weekdays, self.days, self.lunar, self.monthdays, self.weeks, self.excluded

    @property
    def content(self) -> tuple[object, ...]:
        """All else: what it asks for on each of these days."""
        what = self.name, self.bulletin, self.stream, self.length, self.fallback
        return *what, self.times, self.level, self.wait, self.gain, self.repeat

    def falls_on(self, day: date) -> bool:
        """Is there something of it on `day`? The cheapest and most telling questions come first."""
        return (
            (self.weekdays is None or day.weekday() in self.weekdays)
            and (self.first or date.min) <= day <= (self.last or date.max)
            and (self.monthdays is None or day.day in self.monthdays)
            and (self.weeks == 1 or self._week(day))
            and (self.days is None or day in self.days)
            and (self.lunar is None or day in self.lunar)
            and (self.excluded is None or day not in self.excluded)
        )

    def _week(self, day: date) -> bool:
        assert self.first is not None  # the reader of the file asks for `from` beside `weeks`
        monday = self.first.toordinal() - self.first.weekday()
        return (day.toordinal() - monday) // 7 % self.weeks == 0


def one_of_each_kind(entries: Iterable[Broadcast]) -> tuple[Broadcast, ...]:
    """One of all `entries` that fall on the very same days, in order: most of a commune's do."""
    return tuple({entry.day_rules: entry for entry in entries}.values())


@dataclass(frozen=True, slots=True)
class VillageSchedule:
    """All broadcasts of one village, in the order of its file."""

    id: str  # the stem of the file
    name: str  # for display
    broadcasts: tuple[Broadcast, ...]
    path: str = ""
    origin: str = ""  # the office above the commune that has sent it; "" for the commune's own
