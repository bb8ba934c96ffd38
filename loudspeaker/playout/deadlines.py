"""Until when an airing may start, whether it may start again, and which verdict it gets. Decisions over one item.

The times are those of promises 1, 2, 7 and 8 (docs/promises.md); each is written once, here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ..errors import Message
from ..interfaces import Playback
from ..model.enums import Ending, Expected, Level, Verdict
from .clock_trust import Trust
from .item import PlayoutItem
from .states import Cut, Phase, Ruling, seconds

GRACE = {  # so long after its instant an airing may still start
    Level.ROUTINE: timedelta(minutes=5),
    Level.PRIORITY: timedelta(minutes=30),
    Level.EMERGENCY: timedelta(hours=24),
}
CEILING = timedelta(hours=24)  # an emergency ends then, whatever was asked
SLACK = seconds(60)  # for who waits: what goes before may be a little longer than was planned
LATE = seconds(2)  # what starts later than this is `aired-late`
RETRY = seconds(1)  # after a hindrance
QUARTER = 0.25  # of a programme: once so much was heard, it is not started again
LEFTOVER = seconds(30)  # of a stream: less is not worth joining
SHORT = 5.0  # seconds that a stream may lack and still be whole
JOINS = 10  # most attempts to air a stream that breaks off again and again
RESTARTS, WITHIN = 3, timedelta(minutes=10)  # an emergency that may be what brings the station down is silenced

_DECIDED = {
    Expected.REFUSED: (Verdict.REFUSED, Message("the policy does not allow it")),
    Expected.DISPLACED: (Verdict.DISPLACED, Message("its time was taken by another broadcast")),
    Expected.SKIPPED: (Verdict.SKIPPED, Message("it was skipped on request")),
}


def deadline(item: PlayoutItem) -> datetime:
    """The last instant at which it may start (promise 2)."""
    airing, state = item.airing, item.state
    start = item.start
    if item.urgent:
        return ceiling(item)
    if airing.stream and airing.ends_at:
        return max(airing.ends_at - LEFTOVER, start + LATE)
    patience = (item.asked_at or airing.scheduled_at) + seconds(airing.wait)
    if state.cut is Cut.EMERGENCY:
        return max(patience, start + GRACE[airing.level])
    if state.hindrance and state.hindrance[0] is Verdict.DISPLACED:
        return max(patience, start) + SLACK
    return start + GRACE[airing.level]


def ceiling(item: PlayoutItem) -> datetime:
    """When a request ends, however often it was to be played."""
    asked = item.asked_at or item.airing.scheduled_at
    return min(item.until, asked + CEILING) if item.until else asked + CEILING


def may_start_again(item: PlayoutItem) -> bool:
    """May there be another attempt, one having ended? (promise 2)"""
    state = item.state
    if state.cut is None:
        return item.left > 0
    if item.airing.stream and state.cut not in {Cut.STOP, Cut.TIME}:
        return state.attempts - state.trying < JOINS
    if state.cut in {Cut.OFF, Cut.LEFT, Cut.DEVICE}:
        return item.urgent or (state.attempts - state.trying < 2 and not state.quarter)
    return state.cut is Cut.EMERGENCY


def judge(item: PlayoutItem, now: datetime, believed: bool = True) -> Ruling | None:
    """The verdict over an item that is not on the air; None while something may still come of it."""
    if item.state.phase is Phase.BETWEEN and not may_start_again(item):
        return conclude(item)
    if not believed:
        return None
    decided = _DECIDED.get(item.airing.expected)
    if decided and now >= item.airing.scheduled_at:
        return conclude(item, (decided[0], item.airing.why or decided[1]))
    return conclude(item) if now > deadline(item) else None


_FAILED = (Verdict.FAILED_DEVICE, Verdict.FAILED_SOUND)


def conclude(item: PlayoutItem, reason: Ruling | None = None) -> Ruling:
    """The verdict if nothing more comes of it: what was heard counts before `reason`, why no more was."""
    state = item.state
    if state.plays:
        return _several(item, reason)
    if state.phase is Phase.BETWEEN and state.best.heard > 0:
        return _partly(item, reason)
    if reason and reason[0] is Verdict.STOPPED and state.hindrance and state.hindrance[0] in _FAILED:
        why = Message("{cause}; until then nothing could be heard: {why}", cause=reason[1], why=state.hindrance[1])
        return Verdict.STOPPED, why
    return reason or state.hindrance or _judge_unheard(item)


def _several(item: PlayoutItem, reason: Ruling | None) -> Ruling:
    what = Message("heard {plays} times", plays=item.state.plays)
    if reason:
        what = Message("heard {plays} times; then {cause}", plays=item.state.plays, cause=reason[1])
    if reason and reason[0] is Verdict.STOPPED:
        return Verdict.STOPPED, what
    if item.state.best.to_file:
        return Verdict.TO_FILE, Message("the file is {file}; {what}", file=item.state.best.via, what=what)
    return Verdict.AIRED, what


def _partly(item: PlayoutItem, reason: Ruling | None) -> Ruling:
    if not item.airing.stream and item.state.best.heard >= float(str(item.state.started["duration"])):
        return _punctual(item)  # what came in between came after its last sample
    heard = round(item.state.total + item.state.fallback if item.airing.stream else item.state.best.heard)
    if item.ending:
        return Verdict.STOPPED, Message("heard for {heard} s; then {cause}", heard=heard, cause=item.ending[1])
    cut = item.state.cut or Cut.OFF
    why = _heard_until(cut, heard, reason[1] if reason else _CAUSES[cut])
    if cut is Cut.EMERGENCY:
        return Verdict.PRE_EMPTED, why
    why = _instead(item) if item.state.instead else why
    if item.state.best.to_file:
        return Verdict.TO_FILE, Message("the file is {file}; {what}", file=item.state.best.via, what=why)
    return Verdict.AIRED_PARTLY, why


def _heard_until(cut: Cut, heard: int, cause: Message) -> Message:
    """How much was heard (s), and what ended it."""
    if cut is Cut.OFF:  # nobody saw its end: the last heartbeat is what is known
        return Message("heard for at least {heard} s; then {cause}", heard=heard, cause=cause)
    return Message("heard for {heard} s; then {cause}", heard=heard, cause=cause)


def _instead(item: PlayoutItem) -> Message:
    """Why a stream's fallback was heard, and what ended that early."""
    state, bulletin = item.state, item.airing.fallback
    cause = state.hindrance[1] if state.hindrance else _CAUSES[Cut.STREAM]
    what = Message("its fallback “{bulletin}” was heard instead: {cause}", bulletin=bulletin, cause=cause)
    if heard := round(state.total):
        what = Message(
            "heard for {heard} s, and its fallback “{bulletin}”: {cause}", heard=heard, bulletin=bulletin, cause=cause
        )
    if state.fallback_cut is None:
        return what
    part = _heard_until(state.fallback_cut, round(state.fallback), _CAUSES[state.fallback_cut])
    return Message("{what}; the fallback was {part}", what=what, part=part)


_CAUSES = {
    Cut.OFF: Message("the station went off"),
    Cut.LEFT: Message("the station was told to end"),
    Cut.DEVICE: Message("the sound card failed"),
    Cut.EMERGENCY: Message("an alarm broke in, and no time was left to start again"),
    Cut.STOP: Message("it was stopped"),
    Cut.TIME: Message("its time was over"),
    Cut.STREAM: Message("the stream broke off"),
    Cut.INSTEAD: Message("the stream broke off"),
}


def _judge_unheard(item: PlayoutItem) -> Ruling:
    if item.urgent:
        return Verdict.EXPIRED, Message("its time was over before it could be heard")
    return Verdict.MISSED_OFF, Message("the station was not running")


def judge_complete(item: PlayoutItem, playback: Playback) -> Ruling:
    """The verdict over an airing whose last sample has left; `playback` is its last one."""
    if playback.heard is False:
        return Verdict.NO_AUDIO, Message("it was played, but no sound came: look at the amplifier and the horns")
    if item.request and item.request.plays > 1:
        return _several(item, item.ending)
    return _punctual(item)


def _punctual(item: PlayoutItem) -> Ruling:
    """The verdict over what was heard whole: on time, or late and why; or only written to a file."""
    if item.state.best.to_file:
        return Verdict.TO_FILE, Message("the file is {file}", file=item.state.best.via)
    late = (item.state.best.started_at or item.airing.scheduled_at) - item.airing.scheduled_at
    if late > LATE:
        return Verdict.AIRED_LATE, Message(
            "heard whole, {late} s late: {cause}", late=round(late.total_seconds()), cause=_delay(item)
        )
    return Verdict.AIRED, Message("heard whole and on time")


def _delay(item: PlayoutItem) -> Message:
    """Why it began late. It had to wait only where something else had its time."""
    if item.state.hindrance:
        return item.state.hindrance[1]
    if item.state.cut is Cut.EMERGENCY:
        return Message("an alarm was on the air")
    if item.state.cut:
        return _CAUSES[item.state.cut]
    if item.request is None and item.start - item.airing.scheduled_at > LATE:
        return Message("it had to wait")
    return Message("it could not be started sooner")


def ruling_of_person(kind: str, facts: Mapping[str, object]) -> Ruling:
    """What a person's `stop`, or the `end` of an alarm (events of the log), makes of an item that it concerns."""
    by, why = facts.get("by", ""), facts.get("why", "")
    if kind == "end":
        return Verdict.EXPIRED, _end(by, facts.get("form"), bool(facts.get("drill")))
    return Verdict.STOPPED, Message("{by} stopped it: {why}", by=by, why=why)


def _end(by: object, form: object, drill: bool) -> Message:
    """How an alarm was ended; older logs have no `form`, and mean an all-clear."""
    if form == Ending.STOP:
        return Message("{by} had it repeated no more", by=by)
    if form == Ending.MISTAKE:
        return Message("{by} took it back as given by mistake", by=by)
    return Message("{by} ended the drill", by=by) if drill else Message("{by} ended the emergency", by=by)


def absence(since: datetime | None, until: datetime, told_to_end: bool = False) -> Ruling:
    """Why nothing could start while the station was off, or had been told to end."""
    if since is None:
        return Verdict.MISSED_OFF, Message("the station was not running")
    span = {"since": f"{since:%H:%M %d/%m/%Y}", "until": f"{until:%H:%M %d/%m/%Y}"}
    if told_to_end:
        return Verdict.MISSED_OFF, Message("the station had been told to end, from {since} to {until}", **span)
    return Verdict.MISSED_OFF, Message("the station was off from {since} to {until}", **span)


def is_wanted(item: PlayoutItem, trust: Trust) -> bool:
    """May it be heard, as far as plan, people and clock are concerned? A person's request never waits for the clock."""
    if item.ending or item.gone or item.airing.expected not in {Expected.AIR, Expected.NOT_READY}:
        return False
    return item.request is not None or (
        trust.believed and not (trust.doubt and trust.doubt.covers(item.airing.scheduled_at))
    )


def is_planned(item: PlayoutItem) -> bool:
    """Does the plan have it on the air?"""
    return item.request is None and item.airing.expected in {Expected.AIR, Expected.NOT_READY}


CLOCK: Ruling = Verdict.MISSED_CLOCK, Message("the clock was wrong, or not known to be right, when it was due")
SILENCED: Ruling = (
    Verdict.STOPPED,
    Message("the station restarted three times within ten minutes while it spoke: silenced, look at the power supply"),
)
