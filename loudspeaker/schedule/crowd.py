"""More airings on one day than a box can deal with: which of them are planned, and what `check` says of it.

A day's plan stays short enough to be made while something is on the air. Whoever asks for little gets all of it; what
is left is shared alike by the others, and of theirs what is due first is planned. What offices above the commune have
scheduled gets what the commune's own schedules leave.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from operator import itemgetter

from ..errors import Message, Problem
from ..model.broadcast import VillageSchedule
from .channels import Placed
from .occurrences import Limit, Limits
from .timeline import format_time

MOST_A_DAY = 1_500  # of all villages of a box; fifty villages with thirty airings each


def find_limits(schedules: Sequence[Placed], day: date, most: int) -> Limits:
    """Where schedules are cut that have no room on `day`; empty where all have."""
    if sum(len(entry.times) for _, schedule in schedules for entry in schedule.broadcasts) <= most:
        return {}
    room, cuts = most, {}
    for received in (False, True):
        asked = [(_count(one, day), village, one) for village, one in schedules if bool(one.origin) is received]
        for number, (count, village, schedule) in enumerate(sorted(asked, key=itemgetter(0))):
            share = room // (len(asked) - number)
            if count > share:
                cuts[village, schedule.path] = _limit(schedule, day, share)
            room -= min(count, share)
    return cuts


def _limit(schedule: VillageSchedule, day: date, share: int) -> Limit:
    """What would be the airing after the first `share` of the day."""
    entries = [(place, entry.times) for place, entry in enumerate(schedule.broadcasts) if entry.falls_on(day)]
    times = sorted(chain.from_iterable(times for _, times in entries))
    at = times[share]
    alike = [place for place, times in entries for _ in range(times.count(at))]
    return at, alike[share - bisect_left(times, at)]


def report_crowded_days(schedules: Sequence[Placed], days: Iterable[date], most: int) -> Iterator[Problem]:
    """A problem for each schedule that is cut, on the first of `days` that has too many airings."""
    for day in days:
        if not (cuts := find_limits(schedules, day, most)):
            continue
        for village, schedule in schedules:
            if cut := cuts.get((village, schedule.path)):
                yield Problem(schedule.path, 0, _message(_count(schedule, day), day, cut[0], most))
        return


def _count(schedule: VillageSchedule, day: date) -> int:
    return sum(len(entry.times) for entry in schedule.broadcasts if entry.falls_on(day))


def _message(count: int, day: date, at: int, most: int) -> Message:
    return Message(
        "{count} airings on {day} are too many, with at most {most} for all villages: "
        "those from {time} on are left out",
        count=count,
        day=f"{day.day}/{day.month}/{day.year}",
        most=most,
        time=format_time(at),
    )
