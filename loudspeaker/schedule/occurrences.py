"""What the rules ask for on one day, before anything is decided about it, in the order of the level law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from ..model.airing import BulletinFacts, Occurrence
from ..model.broadcast import Broadcast, VillageSchedule
from ..model.commune import Commune
from ..model.enums import Level
from .channels import Calendar, Channel
from .origins import precedence


class Candidate(NamedTuple):
    """An occurrence at a time of the day at which it might be heard: what admission judges."""

    occurrence: Occurrence
    stream: str | None
    facts: BulletinFacts | None  # None for a stream, and for a bulletin that does not exist
    at: int  # seconds since local midnight
    duration: float  # seconds


class PlanEntry(NamedTuple):
    """A candidate with the broadcast that asks for it, and its place in the level law."""

    rank: tuple[int, int]  # of its level, the higher first; then as `precedence` says
    at: int  # seconds since local midnight
    village_order: int
    file_order: int
    candidate: Candidate
    broadcast: Broadcast
    origin: str = ""  # the office above the commune that asks for it


LEVEL_LAW = itemgetter(0, 1, 2, 3)  # docs/promises.md, 7; what stands behind has no order


class Demand(NamedTuple):
    """Entries that are one playback: the same sound at the same instant on the same output."""

    at: int  # seconds since local midnight
    length: float  # seconds
    wait: float  # seconds: the longest that it may be put off
    stream: bool
    level: Level
    entries: list[PlanEntry]
    origin: str = ""  # the office above the commune that asks for it, where the commune itself does not

    @property
    def title(self) -> str:
        """The title of its bulletin, or the name of a stream."""
        return self.entries[0].candidate.occurrence.title


Limit = tuple[int, int]  # seconds since midnight, place in the file: the first for which there is no room
Limits = Mapping[tuple[int, str], Limit]  # by the order of the village and the path of the file
NO_LIMITS: Limits = MappingProxyType({})


def occurrences(
    commune: Commune,
    channel: Channel,
    calendar: Calendar,
    facts: Mapping[str, BulletinFacts],
    limits: Limits = NO_LIMITS,
) -> Iterator[PlanEntry]:
    """All that falls on the day of `calendar`; `limits` are of schedules that ask for too much.

    What an office above the commune has scheduled is left out on a day on which the commune's own schedule has the same
    bulletin, or something of the same name: so it is given another time.
    """
    for order, schedule, number, broadcast in _entries_on(channel, calendar.midnight.date()):
        known = facts.get(broadcast.bulletin) if broadcast.bulletin else None
        level = broadcast.level or (known.level if known else Level.ROUTINE)
        title = known.title if known else broadcast.name
        duration, rank = bare_length(broadcast, known), (-level.rank, precedence(commune, schedule.origin, level))
        times = broadcast.times
        if (latest := limits.get((order, schedule.path))) is not None:
            times = tuple(at for at in times if (at, number) < latest)
        for at in times:
            occurrence = Occurrence(
                calendar.airing_id(schedule.id, broadcast.name, at),
                schedule.id,
                channel.output,
                broadcast.name,
                broadcast.bulletin,
                level,
                calendar.moment(at),
                title,
            )
            candidate = Candidate(occurrence, broadcast.stream, known, at, duration)
            yield PlanEntry(rank, at, order, number, candidate, broadcast, schedule.origin)


def _entries_on(channel: Channel, day: date) -> Iterator[tuple[int, VillageSchedule, int, Broadcast]]:
    """What falls on a day, each with the order of its village, its schedule and its place in it."""
    nearer: set[tuple[int, str | None]] = set()
    for order, schedule in channel.schedules:
        entries = [numbered for numbered in enumerate(schedule.broadcasts) if numbered[1].falls_on(day)]
        if schedule.origin:
            entries = [
                (number, entry)
                for number, entry in entries
                if nearer.isdisjoint({(order, entry.name), (order, entry.bulletin or entry.name)})
            ]
        nearer.update((order, name) for _, entry in entries for name in (entry.name, entry.bulletin))
        yield from ((order, schedule, number, entry) for number, entry in entries)


def bare_length(broadcast: Broadcast, facts: BulletinFacts | None) -> float:
    """Seconds of an entry, whose bulletin has these facts, without the words of a session."""
    if facts is None:
        return broadcast.length or 0.0
    if broadcast.repeat is None:
        return facts.duration
    return facts.repeats.get(broadcast.repeat, facts.duration)


def demands(entries: Iterable[PlanEntry]) -> list[Demand]:
    """`entries` in the order in which time is allocated, with what is the same sound put together.

    Of entries for one bulletin at one instant the highest level leads, and gain and repeats are its. A stream that
    several ask for at one instant lasts as long as the longest of them.
    """
    together: dict[tuple[int, str | None, str | None], list[PlanEntry]] = {}
    for entry in sorted(entries, key=LEVEL_LAW):
        together.setdefault((entry.at, entry.broadcast.bulletin, entry.broadcast.stream), []).append(entry)
    return [_demand(same) for same in together.values()]


def _demand(same: list[PlanEntry]) -> Demand:
    leader, stream = same[0], same[0].broadcast.stream is not None
    length = max(entry.candidate.duration for entry in same) if stream else leader.candidate.duration
    origin = leader.origin if all(entry.origin for entry in same) else ""
    return Demand(leader.at, length, leader.broadcast.wait, stream, leader.candidate.occurrence.level, same, origin)
