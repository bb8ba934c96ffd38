"""Another time for what cannot be aired at the time that it asks for, on every day on which it is to be aired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import reduce
from itertools import accumulate, islice
from math import ceil, floor
from typing import NamedTuple

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
    """Times at which no other airing is displaced, for all entries that are changed; empty where there are none.

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
    times = (_first_clean(trial, offsets, _edges(free, begins, ends - lasts)) for begins, ends in _common_hours(trial))
    return tuple(at for at in times if at is not None)


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
    a sound would be one playback with another's, that may be the shorter one: for this sound only a plan can tell.
    """
    mine = trial.mine
    beside = any(times.values()) or not mine.keys().isdisjoint(trial.known)  # more than others is on the air
    alike = {_playback(trial, key, offsets[key]): key for key in mine}
    steps: dict[EntryKey, list[int]] = {key: [0] * (DAY // MINUTE + 1) for key in alike.values()}
    shared: dict[EntryKey, set[int | None]] = {key: set() for key in steps}
    for day in trial.first_alike(trial.days_of(mine.values())).values():
        planned = trial.plan_adjusted(_retime(times), day) if beside else trial.plan_before(day)
        sounding = _sounding(trial, day, planned)
        for key in steps:
            entry, offset = mine[key], offsets[key]
            if not entry.falls_on(day):
                continue
            length = 0.0 if entry.stream else _length(trial, key)
            for other in sounding.get(_hearers(trial, key[0]), ()):
                _mark(steps[key], other, offset, length)
                shared[key].add(_shared_minute(entry, offset, other))
    free = [True] * (DAY // MINUTE + 1)
    for key, each in steps.items():
        free = [
            was and (not count or minute in shared[key])
            for minute, (was, count) in enumerate(zip(free, accumulate(each), strict=True))
        ]
    return free


def is_ruled_out(trial: Trial, entries: Mapping[EntryKey, Broadcast]) -> bool:
    """Does something else sound when one of `entries`, all of them new, asks for its time? Then no plan is clean."""
    if not trial.changed.isdisjoint(trial.known):  # without what was there others may begin earlier
        return False
    alike = {
        (_hearers(trial, village), entry.bulletin, entry.stream, entry.repeat, entry.times, entry.day_rules): entry
        for (village, _), entry in entries.items()
    }
    for day in trial.first_alike(trial.days_of(entries.values())).values():
        sounding = _sounding(trial, day, trial.plan_before(day))
        for (hearers, *_), entry in alike.items():
            if entry.falls_on(day) and any(_meets(trial, entry, at, sounding.get(hearers, ())) for at in entry.times):
                return True
    return False


def _meets(trial: Trial, entry: Broadcast, at: int, others: Iterable[_Sound]) -> bool:
    """Would one of `others` sound beside an entry that begins at that time, unless both are one playback?"""
    length = 0.0 if entry.stream else bare_length(entry, trial.given.facts.get(entry.bulletin or ""))
    return any(
        other.begins < at + length
        and at < other.ends
        and (entry.bulletin, entry.stream, at) != (other.airing.bulletin, other.airing.stream, other.at)
        for other in others
    )


def _playback(trial: Trial, key: EntryKey, offset: int) -> object:
    """What is the same for entries that ask for the same at the same time on one output."""
    entry = trial.mine[key]
    return _hearers(trial, key[0]), offset, entry.bulletin, entry.stream, entry.repeat, entry.day_rules


def _hearers(trial: Trial, village: str) -> str:
    """The output of a village; where no output of this box plays it, it hears nobody else."""
    return trial.given.box.plays.get(village) or f"/{village}"


class _Sound(NamedTuple):
    """An airing of a day, in seconds since midnight: when it is asked for, and from when to when it sounds at least."""

    airing: Airing
    at: int
    begins: float
    ends: float


def _sounding(trial: Trial, day: date, planned: Sequence[Airing]) -> Mapping[str, Sequence[_Sound]]:
    """What sounds on a day, by who hears it."""
    midnight, words = datetime.combine(day, time(), trial.given.commune.zone), trial.given.words
    sounds: dict[str, list[_Sound]] = {}
    for airing in planned:
        if airing.starts_at is None or airing.ends_at is None:
            continue
        around = airing.opens * (words.opening + words.tune) + airing.closes * words.closing
        at, begins, ends = (
            (moment - midnight).total_seconds() for moment in (airing.scheduled_at, airing.starts_at, airing.ends_at)
        )
        least = max(begins, ends - (0.0 if airing.stream else around))
        sounds.setdefault(airing.output or f"/{airing.village}", []).append(_Sound(airing, int(at), begins, least))
    return sounds


def _shared_minute(entry: Broadcast, offset: int, other: _Sound) -> int | None:
    """The minute in which both become one playback: the same sound at the same instant on the same output."""
    if (entry.bulletin, entry.stream) != (other.airing.bulletin, other.airing.stream):
        return None
    minute, seconds = divmod(other.at - offset, MINUTE)
    return None if seconds else minute


def _mark(steps: list[int], other: _Sound, offset: int, length: float) -> None:
    """Add to `steps`, whose sum up to a minute counts what is in its way, what keeps a sound from beginning.

    It begins `offset` seconds after the minute and lasts `length`.
    """
    first = max(floor((other.begins - offset - length) / MINUTE) + 1, 0)
    last = min(ceil((other.ends - offset) / MINUTE) - 1, len(steps) - 2)
    if first > last:
        return
    steps[first] += 1
    steps[last + 1] -= 1
