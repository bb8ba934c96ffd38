"""Where and when a plan happens: outputs with all who hear them, and days with their instants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ..model.airing import INSTANT, StandingPause
from ..model.box import Box
from ..model.broadcast import VillageSchedule
from ..model.commune import Commune, Policy
from .open_hours import PauseSpan, strictest_policy

Placed = tuple[int, VillageSchedule]  # with the order of its village


@dataclass(frozen=True, slots=True)
class Channel:
    """One output and everybody who is heard on it; a village that no output of this box plays has one for itself."""

    output: str
    villages: frozenset[str]  # whether or not they have a schedule
    policy: Policy  # the strictest of all theirs
    schedules: tuple[Placed, ...] = ()
    temporary: tuple[tuple[date, date, Policy], ...] = ()  # first day, last day, and the strictest rules in between

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Whatever may hold on some day."""
        return self.policy, *(policy for *_, policy in self.temporary)

    def policy_on(self, day: date) -> Policy:
        return next((policy for first, last, policy in self.temporary if first <= day <= last), self.policy)


def channel(commune: Commune, output: str, villages: Iterable[str], schedules: Iterable[Placed] = ()) -> Channel:
    """An output with `villages` on it."""
    hearers = frozenset(villages)
    temporary = [(rules.first, rules.last, _strictest(commune, hearers, rules.first)) for rules in commune.exceptions]
    return Channel(output, hearers, _strictest(commune, hearers), tuple(schedules), tuple(temporary))


def _strictest(commune: Commune, villages: Iterable[str], day: date | None = None) -> Policy:
    return strictest_policy(frozenset(commune.policy_of(village, day) for village in villages))


def channels(commune: Commune, box: Box, schedules: Iterable[VillageSchedule]) -> Iterator[Channel]:
    """Every output with the schedules of its villages; villages that are not among the commune's come last."""
    order = {village: number for number, village in enumerate(commune.villages)}
    shared: dict[str, list[Placed]] = {}
    for schedule in sorted(schedules, key=lambda schedule: (order.get(schedule.id, len(order)), schedule.id)):
        place = order.setdefault(schedule.id, len(order))
        shared.setdefault(box.plays.get(schedule.id) or f"/{schedule.id}", []).append((place, schedule))
    heard = box.hearers()
    for output, together in shared.items():
        villages = [*heard.get(output, ()), *(schedule.id for _, schedule in together)]
        yield channel(commune, "" if output.startswith("/") else output, villages, together)


def schedules_of(channels: Iterable[Channel], here: bool) -> list[Placed]:
    """The schedules that this box plays, or those that it does not."""
    return [placed for channel in channels if bool(channel.output) is here for placed in channel.schedules]


@dataclass(slots=True)
class Calendar:
    """The instants of one day, each made once: the same ones are asked for again and again."""

    midnight: datetime
    chime: bool
    music: bool
    _moments: dict[float, datetime] = field(default_factory=dict)
    _stamps: dict[int, str] = field(default_factory=dict)

    def moment(self, seconds: float) -> datetime:
        """`seconds` after midnight by the clock on the wall."""
        if (moment := self._moments.get(seconds)) is None:
            moment = self._moments[seconds] = self.midnight + timedelta(seconds=seconds)
        return moment

    def airing_id(self, village: str, broadcast: str, at: int) -> str:
        """The id of an airing `at` seconds after midnight: village/broadcast/2026-11-24T06:05."""
        if (stamp := self._stamps.get(at)) is None:
            stamp = self._stamps[at] = f"{self.moment(at):{INSTANT}}"
        return f"{village}/{broadcast}/{stamp}"

    def pauses(self, channel: Channel, pauses: Iterable[StandingPause]) -> tuple[PauseSpan, ...]:
        """Those of `pauses` that concern anybody who hears `channel`."""
        return tuple(
            PauseSpan(
                (pause.begins - self.midnight).total_seconds(), (pause.until - self.midnight).total_seconds(), pause
            )
            for pause in pauses
            if pause.village in channel.villages
        )


def calendar(commune: Commune, day: date) -> Calendar:
    """The moments of `day`, and how sound is dressed up on it."""
    today = [named for named in commune.days.values() if day in named.days]
    midnight = datetime.combine(day, time(), commune.zone)
    return Calendar(midnight, all(named.chime for named in today), all(named.music for named in today))
