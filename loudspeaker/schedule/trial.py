"""A change of schedules that nobody has saved, planned as if it were, day by day. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from ..model.airing import Airing, Restrictions
from ..model.broadcast import Broadcast, one_of_each_kind
from ..model.commune import Policy
from ..model.contents import PlanInput
from ..model.schedule_change import Adjustment, EntryKey, adjust_schedules
from .channels import Channel, calendar, channels
from .comparison import PlanComparison, compare_plans, entries_by_key, join_comparisons
from .open_hours import may_cross_midnight, open_hours
from .plan import plan

NOTHING_LEFT_OUT: Mapping[EntryKey, Callable[[date], bool]] = {}


@dataclass
class Trial:
    """`given` is planned with the change, `old` without it: entire outputs, all of those that it concerns.

    `changed` are the entries that are another, or in one of both only.
    """

    given: PlanInput
    old: PlanInput
    changed: frozenset[EntryKey]
    window: Sequence[date]
    _before: dict[date, list[Airing]] = field(default_factory=dict)
    _plans: dict[object, list[Airing]] = field(default_factory=dict)  # plans without adjustments, by `_plan_inputs`
    _day_factors: dict[date, object] = field(default_factory=dict)
    _unclean: date | None = None  # the day on which the last attempt failed: most others fail on it, too

    @cached_property
    def mine(self) -> dict[EntryKey, Broadcast]:
        """The entries that the change adds or alters, as they are with it."""
        return {key: entry for key, entry in entries_by_key(self.given.schedules).items() if key in self.changed}

    @cached_property
    def known(self) -> dict[EntryKey, Broadcast]:
        """All entries as they are without the change."""
        return entries_by_key(self.old.schedules)

    @cached_property
    def entries(self) -> dict[EntryKey, Broadcast]:
        """All entries, as they are with the change where it concerns them."""
        return self.known | self.mine

    @cached_property
    def channels(self) -> Sequence[Channel]:
        """The outputs of everybody who hears what is changed."""
        given, villages = self.given, {village for village, _ in self.changed}
        heard = channels(given.commune, given.box, given.schedules)
        return [channel for channel in heard if channel.villages & villages]

    @property
    def policies(self) -> Sequence[Policy]:
        """Their usual rules."""
        return [channel.policy for channel in self.channels]

    def plan_before(self, day: date) -> list[Airing]:
        """A day without the change."""
        if day not in self._before:
            self._before[day] = self._plans[self._plan_inputs(self.old, day)] = _plan_day(self.old, day)
        return self._before[day]

    def plan_adjusted(self, adjustments: Sequence[Adjustment], day: date) -> list[Airing]:
        """A day with the change and these adjustments."""
        given = replace(self.given, schedules=adjust_schedules(self.given.schedules, adjustments))
        inputs = self._plan_inputs(given, day)
        planned = self._plans.get(inputs)
        if planned is None:
            planned = _plan_day(given, day)
            if not adjustments:
                self._plans[inputs] = planned
        return planned

    def _plan_inputs(self, given: PlanInput, day: date) -> object:
        """All that may make the plan of a day another one in this trial: what falls on it, in order."""
        side = given is not self.old and self._changes_more
        if any(side.crosses_midnight for side in self._sides):  # then it depends on other days, too
            return side, day, tuple(given.schedules)
        asked = (
            (schedule.id, schedule.path, entry.content)
            for schedule in given.schedules
            for entry in schedule.broadcasts
            if entry.falls_on(day)
        )
        return side, day, tuple(asked)

    @cached_property
    def _changes_more(self) -> bool:
        """Does the change make more another than schedules?"""
        return replace(self.old, schedules=()) != replace(self.given, schedules=())

    def compare(self) -> PlanComparison:
        """What the change does in all days of the window; those that are alike are planned once."""
        firsts = self.first_alike(self.window)
        plans = {
            day: compare_plans(self.plan_before(day), self.plan_adjusted((), day), self.changed)
            for day in firsts.values()
        }
        each = [(day, firsts[self.factors(day)]) for day in self.window]
        return join_comparisons([plans[first].shift(day - first) if day > first else plans[day] for day, first in each])

    def is_clean(
        self,
        adjustments: Sequence[Adjustment],
        left_out: Mapping[EntryKey, Callable[[date], bool]] = NOTHING_LEFT_OUT,
        more: Iterable[date] = (),
    ) -> bool:
        """Is nobody hurt in the window, or on `more` days, but for what is meant to be `left_out` on some days?"""

        def is_given_up(airing: Airing) -> bool:
            key = airing.village, airing.broadcast
            return key in left_out and left_out[key](airing.scheduled_at.date())

        entries = one_of_each_kind(adjustment.adjust(self.entries[adjustment.key]) for adjustment in adjustments)
        compared: set[object] = set()
        for day in self._telling_days(adjustments, more):
            given_up = frozenset(key for key, is_left_out in left_out.items() if is_left_out(day))
            factors = self.factors(day), given_up, tuple(entry.falls_on(day) for entry in entries)
            if factors in compared:  # it would be as clean as the other one
                continue
            compared.add(factors)
            after = self.plan_adjusted(adjustments, day)
            if not compare_plans(self.plan_before(day), after, self.changed, is_given_up).clean:
                self._unclean = day
                return False
        return True

    def factors(self, day: date) -> object:
        """Days on which this is the same are planned alike, with the change and without, but for their date."""
        if day not in self._day_factors:
            self._day_factors[day] = tuple(side.factors(day) for side in self._sides)
        return self._day_factors[day]

    def first_alike(self, days: Iterable[date]) -> dict[object, date]:
        """The first of all days that are planned alike, by what makes them so."""
        firsts: dict[object, date] = {}
        for day in days:
            firsts.setdefault(self.factors(day), day)
        return firsts

    @cached_property
    def _sides(self) -> Sequence[_Side]:
        """Without the change and with it."""
        return [_Side.of(given) for given in (self.old, self.given)]

    def days_of(self, entries: Iterable[Broadcast]) -> list[date]:
        """The days of the window on which one of `entries` falls."""
        entries = one_of_each_kind(entries)
        return [day for day in self.window if any(entry.falls_on(day) for entry in entries)]

    def _telling_days(self, adjustments: Sequence[Adjustment], more: Iterable[date]) -> list[date]:
        """The days that may be another than before, the most telling one first. No adjustment adds a day."""
        days = {*self.window, *more}
        if not any(may_cross_midnight(channel.policies) for channel in self.channels):
            keys = {*self.changed, *(adjustment.key for adjustment in adjustments)}
            touched = one_of_each_kind(keyed[key] for keyed in (self.known, self.mine) for key in keys if key in keyed)
            days = {day for day in days if any(entry.falls_on(day) for entry in touched)}
        return sorted(days, key=lambda day: (day != self._unclean, day))


@dataclass(frozen=True, slots=True)
class _Side:
    """What is planned, and of it what may make one day another than the next."""

    given: PlanInput
    entries: Sequence[Broadcast]  # one of all that fall on the same days
    validities: Collection[tuple[date | None, date | None]]  # of bulletins: from, until
    channels: Sequence[Channel]
    crosses_midnight: bool

    @classmethod
    def of(cls, given: PlanInput) -> _Side:
        heard = list(channels(given.commune, given.box, given.schedules))
        return cls(
            given,
            one_of_each_kind(entry for schedule in given.schedules for entry in schedule.broadcasts),
            {(known.valid_from, known.valid_until) for known in given.facts.values()},
            heard,
            any(may_cross_midnight(channel.policies) for channel in heard),
        )

    def factors(self, day: date) -> object:
        """All that may make the plan of a day another than that of another day; `day` itself where that is by date."""
        commune = self.given.commune
        if self.crosses_midnight or _is_restricted(self.given.restrictions, day):
            return day
        today, policies = calendar(commune, day), [channel.policy_on(day) for channel in self.channels]
        return (
            tuple(entry.falls_on(day) for entry in self.entries),
            tuple((policy, open_hours(policy, day, commune.days)) for policy in policies),
            (today.chime, today.music),
            tuple((first or day) <= day <= (last or day) for first, last in self.validities),
        )


def _plan_day(given: PlanInput, day: date) -> list[Airing]:
    midnight = datetime.combine(day, time(), given.commune.zone)
    return plan(given, midnight, datetime.combine(day + timedelta(days=1), time(), given.commune.zone))


def _is_restricted(decided: Restrictions, day: date) -> bool:
    """Has anybody decided that something is not heard on this day?"""
    skipped = any(airing.rpartition("/")[2].startswith(day.isoformat()) for airing in decided.skips)
    about = timedelta(days=1)  # whatever zone a pause was written in
    return skipped or any(pause.begins.date() - about <= day <= pause.until.date() + about for pause in decided.pauses)
