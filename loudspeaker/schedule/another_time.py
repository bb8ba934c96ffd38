"""Another time for what cannot be aired at the time that it asks for, on every day on which it is to be aired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import reduce
from itertools import accumulate, islice
from math import ceil, floor

from ..model.airing import Airing
from ..model.broadcast import Broadcast
from ..model.schedule_change import Adjustment, EntryKey
from .occurrences import bare_length
from .open_hours import DAY, Stretches, intersect, open_stretches
from .trial import Trial

MINUTE = 60
MOST_TIMES = 6  # of an entry that is moved
MOST_EDGES = 8  # of a session that are planned, where a free time is looked for
MOST_TRIES = 48  # minutes that are planned; those in which something else sounds are ruled out without planning

Times = Mapping[EntryKey, tuple[int, ...]]  # seconds since local midnight


def find_times(trial: Trial) -> tuple[Adjustment, ...]:
    """Times at which nobody is hurt, for all entries that are changed; none where there are none.

    Of each time: itself, else the next minute of its session, else an earlier one of it, else one of the session that
    follows. Entries that are changed together keep their distance.
    """
    mine = trial.mine
    counts = {len(entry.times) for entry in mine.values()}
    if len(counts) != 1 or not 1 <= (count := counts.pop()) <= MOST_TIMES:
        return ()
    times: Times = dict.fromkeys(mine, ())
    for number in range(count):
        settled = _settle(trial, times, {key: entry.times[number] for key, entry in mine.items()})
        if settled is None:
            return ()
        times = {key: (*times[key], at) for key, at in settled.items()}
    return _retime(times)


def find_free_times(trial: Trial) -> tuple[int, ...]:
    """In each session the first time, in seconds since midnight, at which nobody is hurt by what the change adds.

    Its own times only tell how far apart its entries begin. What is tried is the beginning of each stretch in which
    nothing else is on the air: a quota of sessions is kept beside what is there, not between.
    """
    starts = {key: entry.times[0] for key, entry in trial.mine.items()}
    lead = min(starts.values(), default=0)
    offsets = {key: at - lead for key, at in starts.items()}
    free = _free_minutes(trial, dict.fromkeys(starts, ()), offsets)
    lasts = max((offset + _length(trial, key) for key, offset in offsets.items()), default=0.0)
    found = (_first_clean(trial, offsets, _edges(free, begins, ends - lasts)) for begins, ends in _common_hours(trial))
    return tuple(at for at in found if at is not None)


def _edges(free: Sequence[bool], begins: float, latest: float) -> Iterator[int]:
    """The first two minutes of each free stretch, from `begins` until `latest`: words that close a session last one."""
    first = ceil(begins / MINUTE)
    for minute in range(first, floor(latest / MINUTE) + 1):
        if free[minute] and (minute == first or not (free[minute - 1] and free[minute - 2])):
            yield minute * MINUTE


def _first_clean(trial: Trial, offsets: Mapping[EntryKey, int], leads: Iterator[int]) -> int | None:
    """The first of the times `leads` of a session that planning proves clean."""
    for lead in islice(leads, MOST_EDGES):
        if trial.is_clean(_retime({key: (lead + offset,) for key, offset in offsets.items()})):
            return lead
    return None


def _length(trial: Trial, key: EntryKey) -> float:
    entry = trial.mine[key]
    return bare_length(entry, trial.given.facts.get(entry.bulletin or ""))


def _common_hours(trial: Trial) -> Stretches:
    """The hours of everybody who hears what is changed."""
    return reduce(intersect, map(open_stretches, trial.policies), ((0, DAY),))


def _retime(times: Times) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(*key, times=tuple(sorted(every))) for key, every in times.items())


def _settle(trial: Trial, times: Times, wanted: Mapping[EntryKey, int]) -> dict[EntryKey, int] | None:
    """`wanted`, or all of it shifted, so that it is clean beside `times`, which are settled already."""
    tries = 0
    for shift in _shifts(trial, times, wanted):
        shifted = {key: at + shift for key, at in wanted.items()}
        if any(not 0 <= at < DAY or at in times[key] for key, at in shifted.items()):
            continue
        if trial.is_clean(_retime({key: (*times[key], at) for key, at in shifted.items()})):
            return shifted
        tries += 1
        if tries > MOST_TRIES:
            break
    return None


def _shifts(trial: Trial, times: Times, wanted: Mapping[EntryKey, int]) -> Iterator[int]:
    yield 0
    lead = min(wanted.values())
    free = _free_minutes(trial, times, {key: at - lead for key, at in wanted.items()})
    yield from (minute - lead for minute in minutes_from(lead, _common_hours(trial)) if free[minute // MINUTE])


def minutes_from(at: int, hours: Stretches) -> Iterator[int]:
    """The minutes of `hours` but `at`, the nearest session first: in its own those that follow, then those before.

    >>> [minute // 60 for minute in minutes_from(120, ((60, 240), (600, 720)))]
    [3, 1, 10, 11]
    """
    sessions = sorted(hours, key=lambda hours: (hours[1] <= at, hours[0]))
    for begins, ends in sessions:
        minutes = range(ceil(begins / MINUTE) * MINUTE, ceil(ends / MINUTE) * MINUTE, MINUTE)
        own = begins <= at < ends
        yield from (minute for minute in minutes if minute > at or not own)
        if own:
            yield from (minute for minute in reversed(minutes) if minute < at)


def _free_minutes(trial: Trial, times: Times, offsets: Mapping[EntryKey, int]) -> Sequence[bool]:
    """For each minute of a day, on which the first of what is moved begins: is nothing else on the air for all of it?

    Only what no plan could allow is ruled out: of others, the words that open and close a session do not count. Where
    it would be one playback with another's, that may be the shorter one: only a plan can tell.
    """
    mine, facts, plays = trial.mine, trial.given.facts, trial.given.box.plays
    beside = any(times.values()) or not mine.keys().isdisjoint(trial.known)  # more than others is on the air
    steps, shared = [0] * (DAY // MINUTE + 1), set()
    for day in trial.first_alike(trial.days_of(mine.values())).values():
        planned = trial.plan_adjusted(_retime(times), day) if beside else trial.plan_before(day)
        others = [other for other in planned if other.starts_at and other.ends_at]
        for key, offset in offsets.items():
            entry, output = mine[key], plays.get(key[0], "")
            if not entry.falls_on(day):
                continue
            length = 0.0 if entry.stream else bare_length(entry, facts.get(entry.bulletin or ""))
            for other in others:
                if _meets(other, output, key[0]):
                    _mark(steps, _span(trial, day, other), offset, length)
                    shared.add(_shared_minute(trial, day, entry, offset, other))
    return [not count or minute in shared for minute, count in enumerate(accumulate(steps))]


def _meets(other: Airing, output: str, village: str) -> bool:
    """Is it heard on the same output, or in the same village where no output of this box plays it?"""
    return other.output == output and (bool(output) or other.village == village)


def _span(trial: Trial, day: date, airing: Airing) -> tuple[float, float]:
    """From when to when it sounds at least, in seconds since the midnight of `day`."""
    assert airing.starts_at
    assert airing.ends_at
    midnight, words = _midnight(trial, day), trial.given.words
    around = airing.opens * (words.opening + words.tune) + airing.closes * words.closing
    begins = (airing.starts_at - midnight).total_seconds()
    return begins, max(begins, (airing.ends_at - midnight).total_seconds() - (0.0 if airing.stream else around))


def _shared_minute(trial: Trial, day: date, entry: Broadcast, offset: int, other: Airing) -> int | None:
    """The minute in which both become one playback: the same sound at the same instant on the same output."""
    if (entry.bulletin, entry.stream) != (other.bulletin, other.stream):
        return None
    minute, seconds = divmod(int((other.scheduled_at - _midnight(trial, day)).total_seconds()) - offset, MINUTE)
    return None if seconds else minute


def _mark(steps: list[int], span: tuple[float, float], offset: int, length: float) -> None:
    """Add to `steps`, whose sum up to a minute counts what is in its way, what keeps a sound from beginning.

    It begins `offset` seconds after the minute and lasts `length`.
    """
    first = max(floor((span[0] - offset - length) / MINUTE) + 1, 0)
    last = min(ceil((span[1] - offset) / MINUTE) - 1, len(steps) - 2)
    if first > last:
        return
    steps[first] += 1
    steps[last + 1] -= 1


def _midnight(trial: Trial, day: date) -> datetime:
    return datetime.combine(day, time(), trial.given.commune.zone)
