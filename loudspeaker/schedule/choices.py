"""Ways out of a clash that a change of schedules makes: only those which planning again proves clean are offered.

Another time, reading it once, being aired instead of others, or being late within what everybody may wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import reduce

from ..errors import Message
from ..model.airing import Airing, span_words
from ..model.broadcast import Broadcast, one_of_each_kind
from ..model.enums import Expected
from ..model.schedule_change import Adjustment, EntryKey
from .admission import format_date
from .another_time import find_times, is_ruled_out
from .comparison import PlanComparison
from .occurrences import bare_length
from .trial import Trial

MOST_DATES = 31  # that are written into an entry's `except`
FAR = 366  # days that are looked through for those


class ChoiceKind(StrEnum):
    """What is done about a clash."""

    MOVE = "move"  # another time
    ONCE = "once"  # read once instead of several times
    INSTEAD = "instead"  # others are left out
    LATE = "late"  # everybody may wait so long


@dataclass(frozen=True, slots=True)
class Choice:
    """One way out: what it does to entries, and in what words it is offered."""

    kind: ChoiceKind
    message: Message
    adjustments: tuple[Adjustment, ...] = ()


def find_choices(trial: Trial, comparison: PlanComparison) -> list[Choice]:
    """What can be done about what `comparison` tells of the trial; nothing where it is clean."""
    if comparison.clean or not trial.mine or _is_crowded(trial):
        return []
    choices = (_move(trial), _read_once(trial), _air_instead(trial, comparison), _be_late(comparison))
    return [choice for choice in choices if choice]


def _is_crowded(trial: Trial) -> bool:
    """May there be more airings of a day than are planned? Then nothing is proven by a plan of some villages."""
    most = trial.given.most
    asked = sum(len(entry.times) for schedule in trial.given.schedules for entry in schedule.broadcasts)
    return most is not None and asked > most


def _move(trial: Trial) -> Choice | None:
    adjustments, mine = find_times(trial), trial.mine
    moved = {
        at for adjustment in adjustments for at in (adjustment.times or ()) if at not in mine[adjustment.key].times
    }
    if not moved:
        return None
    times = [Message("{hour}:{minute}", hour=at // 3600, minute=f"{at // 60 % 60:02}") for at in sorted(moved)]
    joined = reduce(lambda first, rest: Message("{first}, {rest}", first=first, rest=rest), times)
    return Choice(ChoiceKind.MOVE, Message("move it to {times}", times=joined), adjustments)


def _read_once(trial: Trial) -> Choice | None:
    shorter, lengths = {}, []
    for key, entry in trial.mine.items():
        facts = trial.given.facts.get(entry.bulletin or "")
        once = facts.repeats.get(1) if facts else None
        if once is not None and once < bare_length(entry, facts):
            shorter[key] = replace(entry, repeat=1)
            lengths.append(once)
    adjustments = tuple(Adjustment(*key, repeat=1) for key in shorter)
    if not adjustments or is_ruled_out(trial, shorter) or not trial.is_clean(adjustments):
        return None
    minutes, seconds = divmod(round(max(lengths)), 60)
    message = Message("read it only once ({length})", length=f"{minutes}:{seconds:02}")
    return Choice(ChoiceKind.ONCE, message, adjustments)


def _air_instead(trial: Trial, comparison: PlanComparison) -> Choice | None:
    """Leave out whom the change meets, on the days on which both are to be aired, or from then on."""
    if comparison.breaches:
        return None
    met = _clashing_airings(trial, comparison)
    adjustments = [_leave_out(trial, key, airings) for key, airings in met.items()]
    given_up = {adjustment.key: _days_given_up(adjustment) for adjustment in adjustments if adjustment}
    more = [day for adjustment in adjustments if adjustment for day in adjustment.left_out]
    sound = [adjustment for adjustment in adjustments if adjustment]
    if not met or _is_received(met) or len(sound) < len(met) or not trial.is_clean(sound, given_up, more):
        return None
    return Choice(ChoiceKind.INSTEAD, _instead_message(sound, met), tuple(sound))


def _clashing_airings(trial: Trial, comparison: PlanComparison) -> dict[EntryKey, list[Airing]]:
    """Others by entry: what is on the air when the change asks for its time, and what it would put off."""
    wanted: dict[str, set[tuple[datetime, datetime]]] = {}
    for airing in comparison.mine:
        span = airing.scheduled_at, airing.scheduled_at + timedelta(seconds=airing.duration)
        wanted.setdefault(airing.output, set()).add(span)
    hurt = {airing.id for airing in (*comparison.lost, *(delay.airing for delay in comparison.late))}
    clashing: dict[EntryKey, list[Airing]] = {}
    for day in trial.first_alike(trial.days_of(trial.mine.values())).values():
        for airing in trial.plan_before(day):
            key = airing.village, airing.broadcast
            if (
                key in trial.changed
                or airing.expected is not Expected.AIR
                or not airing.starts_at
                or not airing.ends_at
            ):
                continue
            begins, ends = airing.starts_at, airing.ends_at
            overlaps = any(begins < until and at < ends for at, until in wanted.get(airing.output, ()))
            if overlaps or airing.id in hurt:
                clashing.setdefault(key, []).append(airing)
    return clashing


def _leave_out(trial: Trial, key: EntryKey, airings: list[Airing]) -> Adjustment | None:
    """The other's entry without the days of the clash; None where that must not be, or cannot be written."""
    entry, mine = trial.known[key], one_of_each_kind(trial.mine.values())
    highest = max(airing.level.rank for airing in airings)
    if len(entry.times) != 1 or any(_level_rank(trial, broadcast) < highest for broadcast in trial.mine.values()):
        return None
    first = trial.window[0]
    days = [day for day in (first + timedelta(days=number) for number in range(FAR)) if entry.falls_on(day)]
    both = [day for day in days if any(broadcast.falls_on(day) for broadcast in mine)]
    if len(both) <= MOST_DATES:
        return Adjustment(*key, left_out=frozenset(both))
    until = both[0] - timedelta(days=1)
    begins = entry.first or first
    return Adjustment(*key, until=until) if until >= begins else None


def _level_rank(trial: Trial, broadcast: Broadcast) -> int:
    facts = trial.given.facts.get(broadcast.bulletin or "")
    level = broadcast.level or (facts.level if facts else None)
    return level.rank if level else 0


def _is_received(airings: Mapping[EntryKey, list[Airing]]) -> bool:
    """Is the entry of any of these in no file of the commune?"""
    return any(airing.origin for same in airings.values() for airing in same)


def _days_given_up(adjustment: Adjustment) -> Callable[[date], bool]:
    until = adjustment.until
    return (lambda day: day > until) if until else adjustment.left_out.__contains__


def _instead_message(adjustments: list[Adjustment], met: Mapping[EntryKey, list[Airing]]) -> Message:
    titles = ", ".join(dict.fromkeys(f"“{airings[0].title}”" for airings in met.values()))
    ends = [adjustment.until for adjustment in adjustments if adjustment.until]
    if ends:
        day = format_date(min(ends) + timedelta(days=1))
        return Message("air it instead: {titles} is not aired any more from {day} on", titles=titles, day=day)
    count = sum(len(adjustment.left_out) for adjustment in adjustments)
    return Message("air it instead: {count} airings of {titles} are left out", count=count, titles=titles)


def _be_late(comparison: PlanComparison) -> Choice | None:
    """Only where all that is late may wait so long: else it would be lost."""
    if not comparison.bearable:
        return None
    delays = [delay.by for delay in (*comparison.waiting, *comparison.late)]
    message = Message(
        "save it all the same: {count} airings wait, {longest} at most",
        count=len(delays),
        longest=span_words(max(delays)),
    )
    return Choice(ChoiceKind.LATE, message)
