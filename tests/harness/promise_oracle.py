"""The promises of docs/promises.md (1, 2, 6, 7, 8) as questions to what was heard and what was logged.

What the files mean is read by `random_files.py`, what their numbers are stands here: nothing is asked of the product.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harness.random_files import BULLETINS, LENGTHS, VILLAGES, DueAiring, RandomFiles, Rules
from harness.station_harness import WORDS, HeardPlayback, StationHarness
from loudspeaker.model.enums import Level, Verdict

# The numbers of the paper, and not those of the program.
GRACE = {Level.ROUTINE: timedelta(minutes=5), Level.PRIORITY: timedelta(minutes=30)}
CEILING = timedelta(hours=24)
QUARTER = 0.25
SESSION_GAP = timedelta(minutes=5)
SLACK = timedelta(seconds=10)  # what was planned to the second may be heard a little beside it
BEFORE = timedelta(minutes=1)  # what goes before may be a little longer than was planned
WHOLE = {Verdict.AIRED, Verdict.AIRED_LATE}
CALM = timedelta(minutes=31)  # what happened longer ago has no effect any more: nothing is caught up later
SETTLED = timedelta(seconds=4)  # a card is asked once a second, and armed 2.5 s ahead
REACTION = 0.1  # s

Dues = Mapping[str, DueAiring]
Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Pause:
    village: str
    begins: datetime
    until: datetime


@dataclass
class Decisions:
    """What people decided, and since when: by files and through the door."""

    rules: list[tuple[datetime, Rules]] = field(default_factory=list)
    plans: list[tuple[datetime, dict[str, DueAiring]]] = field(default_factory=list)
    said: list[tuple[datetime, str, str]] = field(default_factory=list)  # of a bulletin, its words
    valid: list[tuple[datetime, str, int]] = field(default_factory=list)  # of a bulletin, the last day
    approved: list[tuple[datetime, str, str]] = field(default_factory=list)
    skipped: list[tuple[datetime, str, bool]] = field(default_factory=list)  # an airing; False: taken back
    pauses: list[Pause] = field(default_factory=list)

    def note(self, now: datetime, papers: RandomFiles) -> None:
        """The papers as they are from `now` on."""
        self.rules.append((now, papers.rules))
        self.plans.append((now, {one.id: one for one in papers.airings()}))
        self.said += [(now, bulletin, papers.said(bulletin)) for bulletin in BULLETINS]
        self.valid += [(now, bulletin, day) for bulletin, day in papers.until.items()]

    def planned(self, airing: str, at: datetime) -> DueAiring | None:
        """What the schedules say of an airing; None where they do not know it (any more)."""
        return [plan for since, plan in self.plans if since <= at][-1].get(airing)

    def policy(self, at: datetime) -> Rules:
        return [rules for since, rules in self.rules if since <= at][-1]

    def words(self, bulletin: str, at: datetime) -> str:
        return [words for since, name, words in self.said if name == bulletin and since <= at][-1]

    def lasts(self, bulletin: str, at: datetime) -> bool:
        """Is it valid on that day?"""
        days = [day for since, name, day in self.valid if name == bulletin and since <= at]
        return not days or RandomFiles(until={bulletin: days[-1]}).valid(bulletin, at.date())

    def agreed(self, bulletin: str, at: datetime) -> bool:
        """Is it approved, where that is required?"""
        told = [words for since, name, words in self.approved if name == bulletin and since <= at]
        return not self.policy(at).approval or told[-1:] == [self.words(bulletin, at)]

    def left_out(self, airing: str, at: datetime) -> bool:
        return [out for since, name, out in self.skipped if name == airing and since <= at][-1:] == [True]

    def quiet(self, output: str, at: datetime) -> bool:
        """Is somebody who hears this output paused?"""
        return any(VILLAGES[one.village] == output and one.begins < at < one.until for one in self.pauses)

    def allows(self, output: str, bulletin: str, begins: datetime, ends: datetime) -> bool:
        """By policy, validity, approval and pauses as they are when it begins."""
        return (
            self.policy(begins).allow(output, begins, ends)
            and not self.quiet(output, begins)
            and self.lasts(bulletin, begins)
            and self.agreed(bulletin, begins)
        )


def nothing_twice(town: StationHarness, emergencies: Collection[str]) -> None:
    """A whole programme once at most; emergencies as often as asked, and again where one was cut in its last breath."""
    whole = Counter(one.airing for one in town.heard if one.whole)
    plays = {event.airing: int(str(event.facts["plays"])) for event in town.log.events("asked")}
    cut = Counter(event.airing for event in town.log.events("broke") if event.airing in emergencies)
    assert all(count <= plays.get(name, 1) + cut[name] for name, count in whole.items()), whole


def nothing_outside_policy(
    heard: Iterable[HeardPlayback], emergencies: Collection[str], orders: Dues, decided: Decisions
) -> None:
    """Zero seconds of other than emergency sound that policy, people or papers did not allow when it began.

    A valid edit never airs the old text, nor what it has taken out.
    """
    for one in heard:
        if one.airing not in emergencies:
            due = orders.get(one.airing) or decided.planned(one.airing, one.began)
            assert due, one
            assert decided.allows(one.output, due.bulletin, one.began, one.ended), (one, decided.policy(one.began))
            assert not decided.left_out(one.airing, one.began), one
            assert decided.words(due.bulletin, one.began) in one.words, one


def sessions_are_few_and_short(town: StationHarness, emergencies: Collection[str], decided: Decisions) -> None:
    """As policy was when each began: not more a day, not longer. What was cut and tried again counts once."""
    days: defaultdict[tuple[str, object], list[HeardPlayback]] = defaultdict(list)
    for one in {one.airing: one for one in town.heard}.values():
        if one.airing not in emergencies:
            days[one.output, one.began.date()].append(one)
    for heard in days.values():
        for number, (begins, ends) in enumerate(_sessions(heard), 1):
            rules = decided.policy(ends)
            most = max(decided.policy(one.began).sessions for one in heard)
            longest = max(decided.policy(one.began).minutes for one in heard if begins <= one.began <= ends)
            assert number <= most, (rules, heard)
            assert ends - begins <= timedelta(minutes=longest) + SLACK, (rules, heard)


def _sessions(heard: Sequence[HeardPlayback]) -> Iterator[tuple[datetime, datetime]]:
    heard = sorted(heard, key=lambda one: one.began)
    begins, ends = heard[0].began, heard[0].ended
    for one in heard[1:]:
        if one.began - ends > SESSION_GAP + SLACK:
            yield begins, ends
            begins = one.began
        ends = max(ends, one.ended)
    yield begins, ends


def silence_is_silence(town: StationHarness, silenced: Sequence[tuple[datetime, Collection[str]]]) -> None:
    """What somebody stopped, or what brought the station down three times, is not heard again."""
    for one in town.heard:
        assert not any(one.began > when and one.airing in names for when, names in silenced), one


def the_log_is_true(town: StationHarness, emergencies: Collection[str], decided: Decisions) -> None:
    """Aired means that all of it was heard, partly that some was, everything else that it was not heard whole.

    Of two villages that hear the same from the same horns, the ear knows one name only.
    """
    heard = [one for one in town.heard if one.whole]
    whole = {one.airing for one in heard}
    some = {event.airing for event in town.log.events("on-air")}
    shared = {_place(due) for one in heard if (due := decided.planned(one.airing, one.began))}
    for record in town.records():
        if record.id not in emergencies:
            twin = (record.output, record.bulletin, record.scheduled_at) in shared
            assert record.verdict in WHOLE or record.id not in whole, record
            assert record.verdict not in WHOLE or record.id in whole or twin, record
        if record.verdict in {Verdict.AIRED_PARTLY, Verdict.PRE_EMPTED}:
            assert record.frames > 0, record
            assert record.id in some, record
    town.log.verify()


def _place(due: DueAiring) -> tuple[str, str, datetime]:
    return due.output, due.bulletin, due.scheduled_at


def on_time_or_never(town: StationHarness, decided: Decisions) -> None:
    """Never early, and never staler than its wait and its level allow."""
    for one in town.heard:
        if airing := decided.planned(one.airing, one.began):
            plan = [plan for since, plan in decided.plans if since <= one.began][-1]
            wait = max(twin.wait for twin in plan.values() if _place(twin) == _place(airing))
            patience = wait + max(GRACE[airing.level], BEFORE) + timedelta(seconds=1)
            assert airing.scheduled_at <= one.began <= airing.scheduled_at + patience, (one, airing)


def tried_once_more_at_most(town: StationHarness, due: Dues) -> None:
    """Who has heard a quarter hears no more of it, nobody hears it begin a third time, unless an alarm broke in."""
    attempts = defaultdict(list)
    for one in town.heard:
        attempts[one.airing].append(one)
    broken_into = Counter(event.airing for event in town.log.events("broke") if event.facts["cut"] == "emergency")
    for name, heard in attempts.items():
        if name in due:
            enough = sum(one.seconds > one.length * QUARTER + REACTION for one in heard[:-1])
            assert enough <= broken_into[name], (name, heard)
            assert len(heard) <= 2 + broken_into[name], (name, heard)


def an_alarm_ends(town: StationHarness) -> None:
    """No play begins after the time that was given, or a day after it was asked for."""
    ends = {}
    for event in town.log.events("asked"):
        until = event.facts["until"]
        last = datetime.fromisoformat(str(until)) if until else event.at + CEILING
        ends[event.airing] = min(last, event.at + CEILING)
    assert all(one.began <= ends[one.airing] for one in town.heard if one.airing in ends)


def priority_goes_first(town: StationHarness, due: Dues, decided: Decisions, troubles: Spans) -> None:
    """No routine airing begins while one of priority is due on its output, could be heard, and is heard later."""
    begun: dict[str, HeardPlayback] = {}
    for one in town.heard:
        if one.airing in due:
            begun.setdefault(one.airing, one)
    for name, one in begun.items():
        for other, later in begun.items():
            mine, first = decided.planned(name, one.began), decided.planned(other, one.began)
            if not (mine and first):
                continue
            waits = first.scheduled_at <= one.began - SETTLED and later.began > one.began and first.output == one.output
            if waits and (mine.level, first.level) == (Level.ROUTINE, Level.PRIORITY):
                troubled = any(begins - SETTLED <= one.began <= ends + SETTLED for begins, ends in troubles)
                ends = one.began + timedelta(seconds=later.length)
                allowed = decided.allows(one.output, first.bulletin, one.began, ends)
                assert troubled or not allowed, (one, later)


def what_nothing_disturbs_is_aired(
    town: StationHarness, due: Dues, orders: Dues, decided: Decisions, troubles: Spans
) -> int:
    """Whole, and at its very second; how many there were."""
    spans = [*troubles, *((one.began, one.ended) for one in town.heard if one.airing not in due)]
    replayed = {(order.output, order.scheduled_at.date()) for order in orders.values()}
    records = {record.id: record for record in town.records()}
    calm = 0
    for name, airing in due.items():
        begins = airing.scheduled_at
        ends = begins + timedelta(seconds=LENGTHS[BULLETINS[airing.bulletin]] + 2 * WORDS)
        near = any(first <= ends and begins <= last + CALM for first, last in spans)
        others = [one for one in due.values() if one.output == airing.output and one.id != name]
        crowded = any(one.scheduled_at <= ends + CALM and begins <= one.scheduled_at + CALM for one in others)
        rules = decided.policy(begins)
        today = 1 + sum(one.scheduled_at.date() == begins.date() for one in others)
        counted = today > rules.sessions or (airing.output, begins.date()) in replayed
        allowed = decided.allows(airing.output, airing.bulletin, begins, ends) and not decided.left_out(name, begins)
        if allowed and not near and not crowded and not counted and ends - begins <= timedelta(minutes=rules.minutes):
            calm += 1
            assert records[name].verdict is Verdict.AIRED, (records[name], rules)
            assert records[name].started_at == begins, records[name]
    return calm
