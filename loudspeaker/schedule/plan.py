"""Rules become airings: a pure function of files, facts and a window. No clock is read here.

Every day of an output is planned by itself, so windows compose: plan(a, c) == plan(a, b) + plan(b, c). Only where
policy lets an airing run over midnight are the nights before planned with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from ..model.airing import Airing
from ..model.contents import PlanInput
from ..model.enums import Expected
from ..model.generations import Generations
from .admission import QUESTIONS, OutputDay, output_day
from .channels import Calendar, Channel, calendar, channels, schedules_of
from .crowd import find_limits
from .occurrences import NO_LIMITS, Demand, Limits, PlanEntry, demands, occurrences
from .open_hours import DAY, may_cross_midnight, subtract_pauses
from .timeline import Allocation, Outcome, Rejection, SessionFrame, Timeline, allocate

DayKey = tuple[str, frozenset[str], date]  # output, villages, day
Placing = tuple[int, int, int, Airing]  # an airing behind what it is sorted by
V = TypeVar("V")

NIGHTS_BACK = 7  # how far a chain of airings that run over midnight is followed


class DayPlans:
    """Days of outputs as they were planned last, by all that they depend on: the same question is not asked again.

    What asks for time there depends on less than what gets it, so it is kept by itself.
    """

    def __init__(self) -> None:
        self.airings: DayValues[list[Placing]] = DayValues()
        self.asked: DayValues[AskedDay] = DayValues()
        self.bulletins: DayValues[frozenset[str]] = DayValues()
        self.calendars: Generations[object, Calendar] = Generations()

    def turn(self) -> None:
        """Drop what has not been asked for since this was called last."""
        for kept in (self.airings.values, self.asked.values, self.bulletins.values, self.calendars):
            kept.turn()


class DayValues(Generic[V]):
    """The last two values for each day of an output, the newest first, each beside what it depends on.

    While texts are read anew nothing is ready; then most is as it was before.
    """

    def __init__(self) -> None:
        self.values: Generations[DayKey, tuple[tuple[object, V], ...]] = Generations()

    def find(self, channel: Channel, day: date, depends: object, make: Callable[[], V]) -> V:
        """The value of a day, made anew where `depends` is neither of what it was."""
        kept = self.hold(channel, day)
        found = next((pair for pair in kept if pair[0] == depends), None) or (depends, make())
        if not kept or found is not kept[0]:
            others = (pair for pair in kept if pair is not found)
            self.values.keep((channel.output, channel.villages, day), (found, *others)[:2])
        return found[1]

    def hold(self, channel: Channel, day: date) -> tuple[tuple[object, V], ...]:
        """Keep the values of a day on, and return them."""
        return self.values.get((channel.output, channel.villages, day)) or ()


class AskedDay(NamedTuple):
    """What an output is asked for on a day: what is rejected at once, and what asks for time, by the level law."""

    today: OutputDay
    rejected: list[tuple[PlanEntry, Rejection]]
    demands: list[Demand]


def plan(given: PlanInput, begins: datetime, ends: datetime, days: DayPlans | None = None) -> list[Airing]:
    """Every airing scheduled from `begins` up to, but not including, `ends` (both aware), in order; refused ones too.

    The order is that of time, then of `villages:`, then of the file. What a session is opened and closed with is part
    of its first and last airing. Of a day with more than `given.most` airings, those that are due first are planned.
    What `days` knows from another plan is not planned again.
    """
    outputs = list(channels(given.commune, given.box, given.schedules))
    planner = DayPlanner(given, outputs, days)
    airings: list[Airing] = []
    for day in _days(begins.astimezone(given.commune.zone), ends.astimezone(given.commune.zone)):
        today = [placing for output in outputs for placing in planner.airings(output, day)]
        airings += [airing for *_, airing in sorted(today, key=_order)]
    return [airing for airing in airings if begins <= airing.occurrence.scheduled_at < ends]


def _days(begins: datetime, ends: datetime) -> Iterator[date]:
    """Every day of which something lies in the window."""
    day = begins.date()
    while datetime.combine(day, time(), ends.tzinfo) < ends:
        yield day
        day += timedelta(days=1)


_order = itemgetter(0, 1, 2)


@dataclass(slots=True)
class DayPlanner:
    """Plans one day of one output at a time, and keeps what is the same for all of them."""

    given: PlanInput
    channels: Sequence[Channel]
    known: DayPlans | None = None  # without it nothing is kept: what a plan depends on takes time to tell
    _limits: dict[tuple[date, bool], Limits] = field(default_factory=dict)
    _calendars: dict[date, Calendar] = field(default_factory=dict)

    def airings(self, channel: Channel, day: date) -> list[Placing]:
        """All airings of a channel on a day, each behind what it is to be sorted by."""
        if self.known is None:
            return self._plan(channel, day)
        nights = NIGHTS_BACK if may_cross_midnight(channel.policies) else 0
        asked = [self._depends(channel, day - timedelta(days=night)) for night in range(nights + 1)]
        depends = asked, self.given.words
        self.known.asked.hold(channel, day)  # it may be of use when only the words are others
        return self.known.airings.find(channel, day, depends, lambda: self._plan(channel, day))

    def _plan(self, channel: Channel, day: date) -> list[Placing]:
        today = self._calendar(day)
        return [
            (entry.at, entry.village_order, entry.file_order, _airing(today, entry, outcome))
            for entry, outcome in self._outcomes(channel, day, NIGHTS_BACK)
        ]

    def _depends(self, channel: Channel, day: date) -> object:
        """All that it depends on what a channel is asked for on a day."""
        given = self.given
        commune = given.commune.zone, given.commune.days, given.commune.streams, given.commune.received
        facts = {name: given.facts.get(name) for name in self._bulletins(channel, day)}
        return channel, facts, commune, given.restrictions, self._limits_of(channel, day)

    def _bulletins(self, channel: Channel, day: date) -> frozenset[str]:
        """The bulletins that are scheduled on a channel on a day."""

        def find() -> frozenset[str]:
            entries = (broadcast for _, schedule in channel.schedules for broadcast in schedule.broadcasts)
            return frozenset(entry.bulletin for entry in entries if entry.bulletin and entry.falls_on(day))

        assert self.known
        return self.known.bulletins.find(channel, day, channel.schedules, find)

    def _calendar(self, day: date) -> Calendar:
        if day not in self._calendars:
            today = calendar(self.given.commune, day)
            if self.known:  # with the instants that were made before
                key = self.given.commune.zone, day, today.chime, today.music
                today = self.known.calendars.get(key) or self.known.calendars.keep(key, today)
            self._calendars[day] = today
        return self._calendars[day]

    def _asked_day(self, channel: Channel, day: date) -> AskedDay:
        if self.known is None:
            return self._ask(channel, day)
        return self.known.asked.find(channel, day, self._depends(channel, day), lambda: self._ask(channel, day))

    def _ask(self, channel: Channel, day: date) -> AskedDay:
        today = output_day(self.given, channel, self._calendar(day))
        rejected, admitted = [], []
        limits, commune = self._limits_of(channel, day), self.given.commune
        for entry in occurrences(commune, channel, self._calendar(day), self.given.facts, limits):
            if rejection := today.reject(entry.candidate, QUESTIONS):
                rejected.append((entry, rejection))
            else:
                admitted.append(entry)
        return AskedDay(today, rejected, demands(admitted))

    def _outcomes(self, channel: Channel, day: date, nights: int) -> Iterator[tuple[PlanEntry, Outcome]]:
        """What becomes of every entry of a channel on a day; looks back `nights` for what runs over midnight."""
        asked = self._asked_day(channel, day)
        yield from asked.rejected
        before = self._before(channel, day, nights) if asked.demands else None
        outcomes = allocate(asked.demands, lambda: self._timeline(asked.today, before), self._frame(day))
        for demand, outcome in zip(asked.demands, outcomes, strict=True):
            for entry in demand.entries:
                yield entry, outcome

    def _limits_of(self, channel: Channel, day: date) -> Limits:
        """Where the villages of a channel are cut that have no room on a day."""
        if self.given.most is None:
            return NO_LIMITS
        key = day, bool(channel.output)  # villages that another box plays take no room from this one's
        if key not in self._limits:
            self._limits[key] = find_limits(schedules_of(self.channels, key[1]), day, self.given.most)
        return self._limits[key]

    def _before(self, channel: Channel, day: date, nights: int) -> Allocation | None:
        """What of the evening before still sounds on `day`."""
        if not nights or not may_cross_midnight(channel.policies):
            return None
        evening = day - timedelta(days=1)
        words = self._frame(evening).around(opens=True, closes=True)
        asked = self._asked_day(channel, evening)
        entries = [entry for demand in asked.demands for entry in demand.entries]
        if all(entry.at + entry.broadcast.wait + entry.candidate.duration + words <= DAY for entry in entries):
            return None
        outcomes = (outcome for _, outcome in self._outcomes(channel, evening, nights - 1))
        allocations = [outcome for outcome in outcomes if isinstance(outcome, Allocation)]
        latest = max(allocations, key=lambda allocation: allocation.ends, default=None)
        if latest is None or latest.ends <= DAY:
            return None
        return replace(latest, begins=latest.begins - DAY, ends=latest.ends - DAY)

    def _frame(self, day: date) -> SessionFrame:
        words = self.given.words
        tune = words.tune if self._calendar(day).music else 0.0
        return SessionFrame(words.opening + tune, words.closing)

    def _timeline(self, today: OutputDay, before: Allocation | None) -> Timeline:
        policy, received = today.policy, self.given.commune.rules_for
        return Timeline(
            subtract_pauses(today.open, today.pauses),
            policy.sessions_per_day,
            policy.minutes_per_session * 60,
            before,
            lambda origin: received(origin).minutes_per_day * 60,
        )


def _airing(today: Calendar, entry: PlanEntry, outcome: Outcome) -> Airing:
    candidate, broadcast = entry.candidate, entry.broadcast
    given = outcome if isinstance(outcome, Allocation) else None
    leader = given.demand.entries[0].broadcast if given else broadcast  # a neighbour's, where the sound is shared
    return Airing(
        candidate.occurrence,
        today.moment(given.begins) if given else None,
        today.moment(given.ends) if given else None,
        given.ends - given.begins if given else candidate.duration,
        candidate.facts.duration_source if candidate.facts else "estimated",
        outcome.expected if isinstance(outcome, Rejection) else Expected.AIR,
        outcome.why,
        stream=broadcast.stream,
        fallback=broadcast.fallback,
        length=broadcast.length,
        opens=given is not None and given.opens,
        closes=given is not None and given.closes,
        chime=today.chime,
        music=today.music,
        gain=leader.gain,
        repeat=leader.repeat,
        wait=leader.wait,
        origin=entry.origin,
        quota_origin=given.demand.origin if given else entry.origin,
    )
