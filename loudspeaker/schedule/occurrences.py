"""What the rules ask for on one day, before anything is decided about it: wishes, and the slots that they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from ..model.airing import BulletinFacts
from ..model.broadcast import Broadcast, VillageSchedule
from ..model.enums import Level


class Wish(NamedTuple):
    """One broadcast of one village at one time of one day."""

    rank: int  # negative, so that the higher level comes first
    at: int  # seconds since local midnight
    village_order: int
    file_order: int
    village: str
    broadcast: Broadcast
    facts: BulletinFacts | None  # None for a stream, and for a bulletin that does not exist
    level: Level
    duration: float


LEVEL_LAW = itemgetter(0, 1, 2, 3)  # docs/promises.md, 7; what stands behind has no order


class Slot(NamedTuple):
    """Wishes that are one playback: the same sound at the same instant on the same output."""

    at: int
    length: float
    wait: float
    stream: bool
    level: Level
    wishes: list[Wish]

    @property
    def title(self) -> str:
        first = self.wishes[0]
        return first.facts.title if first.facts else first.broadcast.name


Limit = tuple[int, int]  # seconds since midnight, place in the file: the first for which there is no room


def wishes(
    schedules: Iterable[tuple[int, VillageSchedule]],
    day: date,
    facts: Mapping[str, BulletinFacts],
    limits: Mapping[int, Limit] = MappingProxyType({}),
) -> Iterator[Wish]:
    """All that falls on `day`; each schedule comes with its village's order."""
    for order, schedule in schedules:
        latest = limits.get(order)
        for number, broadcast in enumerate(schedule.broadcasts):
            if not broadcast.falls_on(day):
                continue
            known = facts.get(broadcast.bulletin) if broadcast.bulletin else None
            level = broadcast.level or (known.level if known else Level.ROUTINE)
            duration = _duration(broadcast, known)
            times = broadcast.times
            if latest is not None:
                times = tuple(at for at in times if (at, number) < latest)
            for at in times:
                yield Wish(-level.rank, at, order, number, schedule.id, broadcast, known, level, duration)


def _duration(broadcast: Broadcast, facts: BulletinFacts | None) -> float:
    if facts is None:
        return broadcast.length or 0.0
    if broadcast.repeat is None:
        return facts.duration
    return facts.repeats.get(broadcast.repeat, facts.duration)


def slots(asked: Iterable[Wish]) -> list[Slot]:
    """`asked` in the order in which time is given out, with what is the same sound put together.

    Of wishes for one bulletin at one instant the highest level leads, and gain and repeats are its. A stream that
    several ask for at one instant lasts as long as the longest of them.
    """
    together: dict[tuple[int, str | None, str | None], list[Wish]] = {}
    for wish in sorted(asked, key=LEVEL_LAW):
        together.setdefault((wish.at, wish.broadcast.bulletin, wish.broadcast.stream), []).append(wish)
    return [_slot(same) for same in together.values()]


def _slot(same: list[Wish]) -> Slot:
    leader, stream = same[0], same[0].broadcast.stream is not None
    length = max(wish.duration for wish in same) if stream else leader.duration
    return Slot(leader.at, length, leader.broadcast.wait, stream, leader.level, same)
