"""The promises of the design (1, 2, 6, 7, 8) as questions to what was heard and what was logged. For `months.py`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stage import Stage

from loudspeaker.schedule.airing import Airing
from loudspeaker.vocabulary import Level, Verdict

HOURS = ((5.0, 6.5), (10.75, 11.5), (16.5, 18.5))
# The design's numbers, and not the program's.
GRACE = {Level.ROUTINE: timedelta(minutes=5), Level.PRIORITY: timedelta(minutes=30)}
CEILING = timedelta(hours=24)
QUARTER = 0.25
SLACK = timedelta(minutes=1)  # what goes before may be a little longer than was planned
WHOLE = {Verdict.AIRED, Verdict.AIRED_LATE}
CALM = timedelta(minutes=31)  # what happened longer ago has no effect any more: nothing is caught up later
SETTLED = timedelta(seconds=4)  # a card is asked once a second, and armed 2.5 s ahead
REACTION = 0.1  # s

Airings = Mapping[str, Airing]


@dataclass(frozen=True)
class Pause:
    begins: datetime
    until: datetime


def inside(begins: datetime, ends: datetime) -> bool:
    """By the policy's hours, may sound be heard from `begins` to `ends`?"""
    day = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = [(day + timedelta(hours=first), day + timedelta(hours=last)) for first, last in HOURS]
    return any(first <= begins and ends <= last for first, last in spans)


def nothing_twice(stage: Stage, known: Airings) -> None:
    """A whole programme once at most; emergencies as often as asked, and again where one was cut in its last breath."""
    whole = Counter(name for name, _, heard in stage.heard if heard >= known[name].duration - 0.1)
    plays = {event.airing: event.facts["plays"] for event in stage.log.events("asked")}
    cut = Counter(event.airing for event in stage.log.events("broke") if known[event.airing].level is Level.EMERGENCY)
    assert all(count <= plays.get(name, 1) + cut[name] for name, count in whole.items()), whole


def nothing_outside_policy(stage: Stage, emergencies: Collection[str], pauses: Sequence[Pause]) -> None:
    """Zero seconds of other than emergency sound outside the hours, or begun in a pause."""
    for name, started, heard in stage.heard:
        if name not in emergencies:
            assert inside(started, started + timedelta(seconds=heard)), (name, started, heard)
            assert not any(pause.begins < started < pause.until for pause in pauses), (name, started)


def silence_is_silence(stage: Stage, silenced: Sequence[tuple[datetime, Collection[str]]]) -> None:
    """What somebody stopped, or what brought the station down three times, is not heard again."""
    for name, started, _ in stage.heard:
        assert not any(started > when and name in names for when, names in silenced), (name, started)


def the_log_is_true(stage: Stage, known: Airings) -> None:
    """Aired means that all of it was heard, partly that some was, everything else that it was not heard whole."""
    whole = {name for name, _, heard in stage.heard if heard >= known[name].duration - 0.1}
    some = {event.airing for event in stage.log.events("on-air")}
    for record in stage.records():
        if "/urgent/" not in record.id:
            assert (record.verdict in WHOLE) == (record.id in whole), record
        if record.verdict in {Verdict.AIRED_PARTLY, Verdict.PRE_EMPTED}:
            assert record.frames > 0, record
            assert record.id in some, record


def on_time_or_never(stage: Stage, due: Airings) -> None:
    """Never early, and never staler than its level allows."""
    for name, started, _ in stage.heard:
        if name in due:
            airing = due[name]
            patience = max(GRACE[airing.level], timedelta(seconds=airing.wait) + SLACK)
            assert airing.scheduled_at <= started <= airing.scheduled_at + patience + timedelta(seconds=1), name


def tried_once_more_at_most(stage: Stage, due: Airings) -> None:
    """Who has heard a quarter hears no more of it, nobody hears it begin a third time, unless an alarm broke in."""
    attempts = defaultdict(list)
    for name, _, heard in stage.heard:
        attempts[name].append(heard)
    broken_into = Counter(event.airing for event in stage.log.events("broke") if event.facts["cut"] == "emergency")
    for name, heard in attempts.items():
        if name in due:
            enough = due[name].duration * QUARTER + REACTION
            assert sum(seconds > enough for seconds in heard[:-1]) <= broken_into[name], (name, heard)
            assert len(heard) <= 2 + broken_into[name], (name, heard)


def an_alarm_ends(stage: Stage) -> None:
    """No play begins after the time that was given, or a day after it was asked for."""
    ends = {}
    for event in stage.log.events("asked"):
        until = event.facts["until"]
        ends[event.airing] = min(datetime.fromisoformat(until) if until else event.at + CEILING, event.at + CEILING)
    assert all(started <= ends[name] for name, started, _ in stage.heard if name in ends)


def priority_goes_first(stage: Stage, due: Airings, troubles: Sequence[tuple[datetime, datetime]]) -> None:
    """No routine airing begins while one of priority is due on its output, could be heard, and is heard later."""
    begun: dict[str, datetime] = {}
    for name, started, _ in stage.heard:
        if name in due:
            begun.setdefault(name, started)
    for name, started in begun.items():
        for other, later in begun.items():
            airing, first = due[name], due[other]
            waits = first.scheduled_at <= started - SETTLED and later > started and first.output == airing.output
            if waits and (airing.level, first.level) == (Level.ROUTINE, Level.PRIORITY):
                troubled = any(begins - SETTLED <= started <= ends + SETTLED for begins, ends in troubles)
                allowed = inside(started, started + timedelta(seconds=first.duration))
                assert troubled or not allowed, (name, started, other, later)


def what_nothing_disturbs_is_aired(
    stage: Stage, due: Airings, troubles: Sequence[tuple[datetime, datetime]], orders: Airings
) -> None:
    """Whole, and at its very second."""
    spans = [*troubles, *((at, at + timedelta(seconds=heard)) for name, at, heard in stage.heard if name in orders)]
    records = {record.id: record for record in stage.records()}
    for name, airing in due.items():
        begins, ends = airing.scheduled_at, airing.scheduled_at + timedelta(seconds=airing.duration)
        near = any(first <= ends and begins <= last + CALM for first, last in spans)
        others = [one for one in due.values() if one.output == airing.output and one.id != name]
        crowded = any(one.scheduled_at <= ends + CALM and begins <= one.scheduled_at + CALM for one in others)
        if not near and not crowded and inside(begins, ends) and airing.expected == "air":
            assert records[name].verdict is Verdict.AIRED, records[name]
            assert records[name].started_at == begins, records[name]
