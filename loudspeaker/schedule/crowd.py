"""More airings on one day than a box can deal with: which of them are planned, and what is told of it.

A day's plan stays short enough to be made while something is on the air. What is due first is planned.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ..errors import Message
from .broadcasts import Broadcast, VillageSchedule
from .channels import Placed
from .timeline import clock
from .wishes import Wish

MOST_A_DAY = 1_500  # of all villages of a box; fifty villages with thirty airings each

Limit = tuple[int, int, int]  # seconds since midnight, order of the village, place in its file


def limit(schedules: Sequence[Placed], day: date, most: int) -> Limit | None:
    """The first that finds no room on `day`; None where there is room for all."""
    if sum(len(entry.times) for _, _, entry in _entries(schedules)) <= most:
        return None
    times = sorted(at for _, _, entry in _entries(schedules) if entry.falls_on(day) for at in entry.times)
    if len(times) <= most:
        return None
    at = times[most]
    alike = sorted(
        (village, place)
        for village, place, entry in _entries(schedules)
        for one in (entry.times if entry.falls_on(day) else ())
        if one == at
    )
    return at, *alike[most - bisect_left(times, at)]


def admitted(wishes: Iterable[Wish], until: Limit | None) -> Iterator[Wish]:
    """Those that come before the limit."""
    for wish in wishes:
        if until is None or (wish.at, wish.village_order, wish.file_order) < until:
            yield wish


def told(schedules: Sequence[Placed], days: Iterable[date], most: int) -> tuple[VillageSchedule, Message] | None:
    """What to say of the first day with too many airings, and of which schedule, the one that asks for most."""
    for day in days:
        if (until := limit(schedules, day, most)) is None:
            continue
        asked = {
            place: sum(len(entry.times) for entry in schedule.broadcasts if entry.falls_on(day))
            for place, schedule in schedules
        }
        largest = max(schedules, key=lambda placed: asked[placed[0]])[1]
        return largest, Message(
            "{count} airings on {day} are more than the {most} that are planned: those from {time} on are left out",
            count=sum(asked.values()),
            day=f"{day.day}/{day.month}/{day.year}",
            most=most,
            time=clock(until[0]),
        )
    return None


def _entries(schedules: Iterable[Placed]) -> Iterator[tuple[int, int, Broadcast]]:
    for village, schedule in schedules:
        for place, entry in enumerate(schedule.broadcasts):
            yield village, place, entry
