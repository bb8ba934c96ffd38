"""What a choice does to one entry of a schedule: for its plan here, for its file in `config.schedule_entries`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .broadcast import Broadcast, VillageSchedule
from .day_set import DaySet

EntryKey = tuple[str, str]  # village, name of the broadcast


@dataclass(frozen=True, slots=True)
class Adjustment:
    """How one entry becomes another; what is None, and every other rule of it, stays."""

    village: str
    broadcast: str
    times: tuple[int, ...] | None = None  # seconds since local midnight, in order
    repeat: int | None = None
    left_out: frozenset[date] = frozenset()  # days on which it is not aired
    until: date | None = None

    @property
    def key(self) -> EntryKey:
        return self.village, self.broadcast

    def adjust(self, broadcast: Broadcast) -> Broadcast:
        """The same entry with this change."""
        left_out = DaySet(dates=self.left_out)
        return replace(
            broadcast,
            times=broadcast.times if self.times is None else self.times,
            repeat=broadcast.repeat if self.repeat is None else self.repeat,
            last=broadcast.last if self.until is None else self.until,
            excluded=(broadcast.excluded | left_out if broadcast.excluded else left_out)
            if self.left_out
            else broadcast.excluded,
        )


def adjust_schedules(
    schedules: Iterable[VillageSchedule], adjustments: Sequence[Adjustment]
) -> tuple[VillageSchedule, ...]:
    """The schedules with these changes; those of villages without any are the same values."""
    changes = {adjustment.key: adjustment for adjustment in adjustments}
    villages = {adjustment.village for adjustment in adjustments}
    return tuple(_adjust(schedule, changes) if schedule.id in villages else schedule for schedule in schedules)


def _adjust(schedule: VillageSchedule, changes: dict[EntryKey, Adjustment]) -> VillageSchedule:
    broadcasts = tuple(
        changes[key].adjust(broadcast) if (key := (schedule.id, broadcast.name)) in changes else broadcast
        for broadcast in schedule.broadcasts
    )
    return replace(schedule, broadcasts=broadcasts)
