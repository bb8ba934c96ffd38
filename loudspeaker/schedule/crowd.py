"""More airings on one day than a box can deal with: which of them are planned, and what is told of it.

A day's plan stays short enough to be made while something is on the air. Whoever asks for little gets all of it; what
is left is shared alike by the others, and of theirs what is due first is planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ..errors import Message, Problem
from .broadcasts import VillageSchedule
from .channels import Placed
from .timeline import clock
from .wishes import Wish

MOST_A_DAY = 1_500  # of all villages of a box; fifty villages with thirty airings each

Limit = tuple[int, int]  # seconds since midnight, place in the file: the first that finds no room


def limits(schedules: Sequence[Placed], day: date, most: int) -> Mapping[int, Limit]:
    """By the order of their village, where those are cut that have no room on `day`."""
    if sum(len(entry.times) for _, schedule in schedules for entry in schedule.broadcasts) <= most:
        return {}
    asked = {village: _asked(schedule, day) for village, schedule in schedules}
    room, found = most, {}
    for number, (village, times) in enumerate(sorted(asked.items(), key=lambda one: len(one[1]))):
        share = room // (len(asked) - number)
        if len(times) > share:
            found[village] = sorted(times)[share]
        room -= min(len(times), share)
    return found


def admitted(wishes: Iterable[Wish], limits: Mapping[int, Limit]) -> Iterator[Wish]:
    """Those for which there is room."""
    for wish in wishes:
        limit = limits.get(wish.village_order)
        if limit is None or (wish.at, wish.file_order) < limit:
            yield wish


def crowded(schedules: Sequence[Placed], days: Iterable[date], most: int) -> Iterator[Problem]:
    """What to say of each schedule that is cut on the first day that has too many airings."""
    for day in days:
        if not (found := limits(schedules, day, most)):
            continue
        for village, schedule in schedules:
            if village in found:
                yield Problem(schedule.path, 0, _cut(len(_asked(schedule, day)), day, found[village][0], most))
        return


def _asked(schedule: VillageSchedule, day: date) -> list[Limit]:
    entries = enumerate(schedule.broadcasts)
    return [(at, place) for place, entry in entries if entry.falls_on(day) for at in entry.times]


def _cut(count: int, day: date, at: int, most: int) -> Message:
    return Message(
        "{count} airings on {day} are too many, with at most {most} for all villages: "
        "those from {time} on are left out",
        count=count,
        day=f"{day.day}/{day.month}/{day.year}",
        most=most,
        time=clock(at),
    )
