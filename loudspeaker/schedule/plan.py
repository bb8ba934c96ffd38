"""Rules become airings: a pure function of files, facts and a window. No clock is read here.

Every day of an output is planned by itself, so windows compose: plan(a, c) == plan(a, b) + plan(b, c). Only where
policy lets an airing run over midnight are the nights before planned with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from operator import itemgetter

from ..model.airing import Airing, BulletinFacts
from ..model.contents import PlanInput
from ..model.enums import Expected
from ..model.generations import Generations
from .admission import QUESTIONS, OutputDay, output_day
from .channels import Calendar, Channel, calendar, channels, schedules_of
from .crowd import find_limits
from .occurrences import Limit, PlanEntry, demands, occurrences
from .open_hours import DAY, is_around_the_clock, subtract_pauses
from .timeline import Allocation, Outcome, Rejection, SessionFrame, Timeline, allocate

DayKey = tuple[str, frozenset[str], date]  # output, villages, day
Placing = tuple[int, int, int, Airing]  # an airing behind what it is sorted by

NIGHTS_BACK = 7  # how far a chain of airings that run over midnight is followed


class DayPlans:
    """Days of outputs as they were planned last, by all that they depend on: the same question is not asked again."""

    def __init__(self) -> None:
        self.kept: Generations[DayKey, tuple[object, list[Placing]]] = Generations()

    def find(self, key: DayKey, depends: object, make: Callable[[], Iterable[Placing]]) -> list[Placing]:
        """The airings of a day of an output, made anew where `depends` is another than it was."""
        kept = self.kept.get(key)
        if kept is None or kept[0] != depends:
            kept = self.kept.keep(key, (depends, list(make())))
        return kept[1]


def plan(given: PlanInput, begins: datetime, ends: datetime, days: DayPlans | None = None) -> list[Airing]:
    """Every airing scheduled from `begins` up to, but not including, `ends` (both aware), in order; refused ones too.

    The order is that of time, then of `villages:`, then of the file. What a session is opened and closed with is part
    of its first and last airing. Of a day with more than `given.most` airings, those that are due first are planned.
    What `days` knows from another plan is not planned again.
    """
    outputs = list(channels(given.commune, given.box, given.schedules))
    planner = DayPlanner(given, outputs)
    airings: list[Airing] = []
    for day in _days(begins.astimezone(given.commune.zone), ends.astimezone(given.commune.zone)):
        today: list[Placing] = []
        for output in outputs:
            if days is None:  # what a plan depends on takes time to tell
                today += planner.airings(output, day)
                continue
            key = output.output, output.villages, day
            today += days.find(key, planner.depends(output, day), partial(planner.airings, output, day))
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
    _limits: dict[tuple[date, bool], Mapping[int, Limit]] = field(default_factory=dict)
    _calendars: dict[date, Calendar] = field(default_factory=dict)

    def depends(self, channel: Channel, day: date) -> object:
        """All that the airings of a channel on a day depend on."""
        given = self.given
        nights = NIGHTS_BACK if is_around_the_clock(channel.policy) else 0
        cut = [self._limits_of(channel, day - timedelta(days=night)) for night in range(nights + 1)]
        commune = given.commune.zone, given.commune.days, given.commune.streams
        facts = [self._facts_of(channel, day - timedelta(days=night)) for night in range(nights + 1)]
        return channel, facts, commune, given.restrictions, given.words, cut

    def _facts_of(self, channel: Channel, day: date) -> Mapping[str, BulletinFacts | None]:
        """What is known of the bulletins that are scheduled on a channel on a day."""
        entries = (broadcast for _, schedule in channel.schedules for broadcast in schedule.broadcasts)
        names = {broadcast.bulletin for broadcast in entries if broadcast.bulletin and broadcast.falls_on(day)}
        return {name: self.given.facts.get(name) for name in names}

    def airings(self, channel: Channel, day: date) -> Iterator[Placing]:
        """All airings of a channel on a day, each behind what it is to be sorted by."""
        today = self._calendar(day)
        for entry, outcome in self._outcomes(channel, day, NIGHTS_BACK):
            yield entry.at, entry.village_order, entry.file_order, _airing(today, entry, outcome)

    def _calendar(self, day: date) -> Calendar:
        if day not in self._calendars:
            self._calendars[day] = calendar(self.given.commune, day)
        return self._calendars[day]

    def _outcomes(self, channel: Channel, day: date, nights: int) -> Iterator[tuple[PlanEntry, Outcome]]:
        """What becomes of every entry of a channel on a day; looks back `nights` for what runs over midnight."""
        today = output_day(self.given, channel, self._calendar(day))
        admitted = []
        for entry in self._entries(channel, day):
            if rejection := today.reject(entry.candidate, QUESTIONS):
                yield entry, rejection
            else:
                admitted.append(entry)
        before = self._before(channel, day, nights) if admitted else None
        asked = demands(admitted)
        outcomes = allocate(asked, lambda: _timeline(today, before), self._frame(day))
        for demand, outcome in zip(asked, outcomes, strict=True):
            for entry in demand.entries:
                yield entry, outcome

    def _entries(self, channel: Channel, day: date) -> Iterator[PlanEntry]:
        return occurrences(channel, self._calendar(day), self.given.facts, self._limits_of(channel, day))

    def _limits_of(self, channel: Channel, day: date) -> Mapping[int, Limit]:
        """Where the villages of a channel are cut that have no room on a day."""
        if self.given.most is None:
            return {}
        key = day, bool(channel.output)  # villages that another box plays take no room from this one's
        if key not in self._limits:
            self._limits[key] = find_limits(schedules_of(self.channels, key[1]), day, self.given.most)
        return self._limits[key]

    def _before(self, channel: Channel, day: date, nights: int) -> Allocation | None:
        """What of the evening before still sounds on `day`."""
        if not nights or not is_around_the_clock(channel.policy):
            return None
        evening = day - timedelta(days=1)
        words = self._frame(evening).around(opens=True, closes=True)
        entries = self._entries(channel, evening)
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


def _timeline(today: OutputDay, before: Allocation | None) -> Timeline:
    policy = today.policy
    hours = subtract_pauses(today.open, today.pauses)
    return Timeline(hours, policy.sessions_per_day, policy.minutes_per_session * 60, before)


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
    )
