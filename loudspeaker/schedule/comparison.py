"""What a change of schedules does to the plan: two plans of the same days, airing by airing.

Who edits a schedule is told what becomes of the entries that the change is about (`mine`), and whom else it hurts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import chain

from ..model.airing import Airing
from ..model.broadcast import Broadcast, VillageSchedule
from ..model.enums import Expected
from ..model.refusal import Refusal, kind_of
from ..model.schedule_change import EntryKey

# What forbids an airing for ever, whatever people decide later: an entry that asks for it breaks the policy.
BREACHES = {Refusal.POLICY, Refusal.STREAM, Refusal.EMERGENCY}
IN_TIME = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Delay:
    """An airing that starts later than it did, or than its entry asks for."""

    airing: Airing
    by: timedelta

    def shift(self, by: timedelta) -> Delay:
        """The same on another day, which is planned alike."""
        return Delay(self.airing.shift(by), self.by)


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """What a change does in the days that were planned. `mine` and `withdrawn` are of entries that it is about."""

    mine: tuple[Airing, ...]
    withdrawn: tuple[Airing, ...]  # would have been heard, and are asked for no more
    waiting: tuple[Delay, ...]  # of mine
    blocked: tuple[Airing, ...]  # of mine: the time is taken
    breaches: tuple[Airing, ...]  # of mine: the policy forbids them
    late: tuple[Delay, ...]  # others
    lost: tuple[Airing, ...]  # others, that are heard no more or in part
    planned: tuple[Airing, ...] = ()  # all that is planned with the change, of the first of days that are alike

    @property
    def clean(self) -> bool:
        """Is everything heard in its time that was, and all that is new?"""
        return self.bearable and not (self.waiting or self.late)

    @property
    def bearable(self) -> bool:
        """Is everything heard, if with a delay?"""
        return not (self.blocked or self.breaches or self.lost)

    def shift(self, by: timedelta) -> PlanComparison:
        """The same of another day, which is planned alike."""
        return PlanComparison(
            mine=_shift(self.mine, by),
            withdrawn=_shift(self.withdrawn, by),
            waiting=tuple(delay.shift(by) for delay in self.waiting),
            blocked=_shift(self.blocked, by),
            breaches=_shift(self.breaches, by),
            late=tuple(delay.shift(by) for delay in self.late),
            lost=_shift(self.lost, by),
        )


def _shift(airings: Iterable[Airing], by: timedelta) -> tuple[Airing, ...]:
    return tuple(airing.shift(by) for airing in airings)


def join_comparisons(days: Sequence[PlanComparison]) -> PlanComparison:
    """What a change does in several days, of what it does in each, in order."""
    parts = {field.name: [getattr(day, field.name) for day in days] for field in fields(PlanComparison)}
    return PlanComparison(**{name: tuple(chain.from_iterable(each)) for name, each in parts.items()})


def changed_entries(before: Iterable[VillageSchedule], after: Iterable[VillageSchedule]) -> frozenset[EntryKey]:
    """The entries that are in one of these only, or another in both."""
    old, new = entries_by_key(before), entries_by_key(after)
    return frozenset(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def entries_by_key(schedules: Iterable[VillageSchedule]) -> dict[EntryKey, Broadcast]:
    """Every entry by its village and name, the commune's own before one that it was sent."""
    entries: dict[EntryKey, Broadcast] = {}
    for schedule in schedules:
        for broadcast in schedule.broadcasts:
            entries.setdefault((schedule.id, broadcast.name), broadcast)
    return entries


def compare_plans(
    before: Sequence[Airing],
    after: Sequence[Airing],
    changed: frozenset[EntryKey],
    given_up: Callable[[Airing], bool] = lambda airing: False,
) -> PlanComparison:
    """The difference between two plans of the same days, the second with entries that were `changed`.

    `given_up` tells which others are meant to be heard no more.
    """
    old = {airing.id: airing for airing in before}
    new = {airing.id: airing for airing in after}
    mine = [airing for airing in after if _key(airing) in changed]
    ours = _find_ours(before, mine, changed)
    others = [airing for airing in before if airing.id not in ours and not given_up(airing)]
    fresh = [airing for airing in mine if _outcome(old.get(airing.id)) != _outcome(airing)]
    return PlanComparison(
        mine=tuple(mine),
        withdrawn=tuple(airing for airing in before if airing.id in ours and _is_withdrawn(airing, new)),
        waiting=tuple(_delays((airing, airing.scheduled_at) for airing in fresh)),
        blocked=tuple(filter(_is_blocked, fresh)),
        breaches=tuple(filter(_is_breach, fresh)),
        late=tuple(_delays(_restarts(others, new))),
        lost=tuple(_losses(others, new)),
        planned=tuple(after),
    )


def _key(airing: Airing) -> EntryKey:
    return airing.village, airing.broadcast


def _find_ours(before: Sequence[Airing], mine: Iterable[Airing], changed: Collection[EntryKey]) -> set[str]:
    """The ids of those that `changed` entries are about.

    What an office above the commune has scheduled, and one of `mine` asks for on the same day, has only been given
    another time: nobody has lost it.
    """
    taken_up = set(map(_content, mine))
    return {old.id for old in before if _key(old) in changed or (old.origin and _content(old) in taken_up)}


def _content(airing: Airing) -> tuple[str, str | None, date]:
    """What is heard where, and on which day."""
    return airing.village, airing.bulletin, airing.scheduled_at.date()


def _outcome(airing: Airing | None) -> object:
    """What an entry that only loses a day or a word is not to blame for: it was so before."""
    return airing and (airing.expected, airing.starts_at, kind_of(airing.why))


def _delays(airings: Iterable[tuple[Airing, datetime | None]]) -> Iterable[Delay]:
    """Which of `airings` start later than at the instant that stands beside each."""
    for airing, wanted in airings:
        if wanted and airing.starts_at and airing.starts_at - wanted >= IN_TIME:
            yield Delay(airing, airing.starts_at - wanted)


def _is_withdrawn(airing: Airing, new: Mapping[str, Airing]) -> bool:
    return airing.id not in new and airing.expected is Expected.AIR


def _is_blocked(airing: Airing) -> bool:
    return airing.expected is Expected.DISPLACED


def _is_breach(airing: Airing) -> bool:
    return kind_of(airing.why) in BREACHES


def _restarts(others: Iterable[Airing], new: Mapping[str, Airing]) -> Iterable[tuple[Airing, datetime | None]]:
    """Those that are still planned, and when they started before."""
    return ((new[airing.id], airing.starts_at) for airing in others if airing.id in new)


def _losses(others: Iterable[Airing], new: Mapping[str, Airing]) -> Iterable[Airing]:
    return (new.get(airing.id, airing) for airing in others if _is_lost(airing, new.get(airing.id)))


def _is_lost(was: Airing, now: Airing | None) -> bool:
    if was.expected is not Expected.AIR:
        return False
    if now is None or now.expected is not Expected.AIR:
        return True
    return was.stream is not None and _sound(now) < _sound(was) - IN_TIME


def _sound(airing: Airing) -> timedelta:
    """How long it is heard; a stream that is joined late or ends early is heard for less."""
    return airing.ends_at - airing.starts_at if airing.starts_at and airing.ends_at else timedelta(0)
