"""The story of one airing in plain words: what was planned, what happened in which order, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ..errors import Message
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Expected, Level, Verdict
from ..model.refusal import LABELS, parse_refusal
from ..playout import deadlines
from ..playout.item import request_from_facts
from ..playout.ports import Log
from ..playout.states import moment
from .daemon_absence import ALIVE, Absence, absence

# What each verdict means to somebody who waited for the bulletin.
MEANINGS = {
    Verdict.AIRED: Message("It was aired in full, on time."),
    Verdict.AIRED_LATE: Message("It was aired in full, but late."),
    Verdict.AIRED_PARTLY: Message("Only a part of it was heard."),
    Verdict.TO_FILE: Message("It was only written to a file; nothing came from the horns."),
    Verdict.PRE_EMPTED: Message("It was broken off by an alarm."),
    Verdict.STOPPED: Message("It was stopped by a person."),
    Verdict.SKIPPED: Message("It was left out on request."),
    Verdict.WITHDRAWN: Message("It was taken out of the schedule."),
    Verdict.REFUSED: Message("It was not allowed."),
    Verdict.DISPLACED: Message("There was no room for it: its time was taken by another."),
    Verdict.EXPIRED: Message("It came too late to be of use."),
    Verdict.MISSED_OFF: Message("It was missed: no power, or the box was switched off."),
    Verdict.MISSED_CLOCK: Message("It was missed: the box did not know the right time."),
    Verdict.NO_AUDIO: Message("It was played, but no sound came from the horns."),
    Verdict.FAILED_SOUND: Message("There was no sound ready to be played."),
    Verdict.FAILED_DEVICE: Message("The sound card failed."),
}
EXPECTATIONS = {
    Expected.AIR: Message("It is planned and will be aired."),
    Expected.REFUSED: Message("It is planned but will be refused."),
    Expected.DISPLACED: Message("It is planned, but its time is taken by another."),
    Expected.SKIPPED: Message("It is planned but will be left out on request."),
    Expected.NOT_READY: Message("It is planned, but something is missing."),
}
N_ = str
HAPPENED = {
    "asked": N_("{at}: asked for by {by}."),
    "started": N_("{at}: handed over to be played."),
    "on-air": N_("{at}: the first sound left, through {via}."),
    "quarter": N_("{at}: a quarter was heard."),
    "played": N_("{at}: played once in full."),
    "broke": N_("{at}: broke off after {heard} s."),
    "disarmed": N_("{at}: taken back before it sounded."),
    "skip": N_("{at}: {by} asked to leave it out: {why}"),
    "stop": N_("{at}: {by} stopped it: {why}"),
    "explain": N_("{at}: {by} gave the reason: {why}"),
}
UNDONE = Message("{at}: {by} took the request back.")


def verdict_meaning(record: AsRunRecord, translate: Callable[[str], str]) -> Message:
    """What its verdict means; of what was refused, by what: by its reason where that holds the word for its kind."""
    kind = parse_refusal(record.refusal)
    if kind is None:
        return MEANINGS[record.verdict]
    by = record.why.rstrip(".") if holds_label(record.why, LABELS[kind].say(translate)) else LABELS[kind]
    return Message("It was not allowed: {kind}.", kind=by)


def explain_airing(
    airing: str,
    planned: Airing | None,
    record: AsRunRecord | None,
    log: Log,
    now: datetime,
    zone: ZoneInfo,
    translate: Callable[[str], str] = str,
    approval: Message | None = None,
    offices: Mapping[str, str] | None = None,
) -> list[Message]:
    """The story of one airing, sentence by sentence: what is planned, what happened, what became of it.

    `planned` is None for what is in no plan, `record` for what has no verdict yet. The log keeps reasons as text: what
    they repeat of a sentence in the words of `translate` is left out. `approval` says who has approved its bulletin,
    `offices` what those above the commune are called (scope -> name).
    """
    sentences, events = [Message("Airing {id}.", id=airing)], log.events(airing=airing)
    if planned:
        sentences.append(Message("“{title}”, due at {at}.", title=planned.title, at=_format_time(planned.scheduled_at)))
        sentences += _origin(planned, offices or {})
        sentences += [Message("The bulletin is {approval}.", approval=approval)] if approval else []
        sentences += _expectation(planned) if _start_of(planned) > now else ()
    elif about := _title_and_time(record, events):
        sentences.append(Message("“{title}”, due at {at}.", title=about[0], at=_format_time(about[1].astimezone(zone))))
    sentences += _alarm_words(events)
    sentences += _event_sentences(events, zone)
    if record:
        sentences += _outcome(record, zone, translate)
    elif planned is None or _start_of(planned) <= now:
        sentences += _without_verdict(planned, events, log, now, zone)
    return sentences


def _title_and_time(record: AsRunRecord | None, events: Sequence[Event]) -> tuple[str, datetime] | None:
    """Title and time of what is in no plan, or has its verdict; an alarm's own words are told as such instead."""
    airing = next((request_from_facts(event.facts).airing for event in events if event.kind == "asked"), None)
    known = record or airing
    if known is None or not (known.bulletin and known.title):
        return None
    return known.title, known.scheduled_at


def _start_of(airing: Airing) -> datetime:
    return airing.starts_at or airing.scheduled_at


def _without_verdict(
    airing: Airing | None, events: Sequence[Event], log: Log, now: datetime, zone: ZoneInfo
) -> Iterator[Message]:
    """It was due and has no verdict: that nothing is on record, and what is known of why."""
    beat = moment(log.recall("heartbeat"))
    alive = beat is not None and now - beat <= ALIVE
    begun = any(event.kind in {"asked", "started"} for event in events)
    if alive and (begun or (airing and now < airing.scheduled_at + deadlines.GRACE[airing.level])):
        yield Message("There is no verdict yet.")
    elif begun:
        yield Message("There is no verdict.")
        yield _absence(Absence(beat, None), now, zone)
    elif airing:
        yield Message("It was due, and nothing was logged.")
        if airing.expected is not Expected.AIR and airing.why:
            yield Message("By the plan as it is now it would not have been aired: {why}.", why=airing.why)
        yield _why_unlogged(airing, log, now, zone)


def _why_unlogged(airing: Airing, log: Log, now: datetime, zone: ZoneInfo) -> Message:
    if not airing.output:
        return Message("This box plays nothing for “{village}”: the log of its own box knows.", village=airing.village)
    try:
        gap = absence(log, airing.scheduled_at, now)
    except LookupError:
        return Message("The log does not tell why.")
    if gap:
        return _absence(gap, now, zone)
    return Message("A daemon was at work then and had no such airing: it was written into the schedule afterwards.")


def _absence(gap: Absence, now: datetime, zone: ZoneInfo) -> Message:
    if gap.since is None and gap.until is None:
        return Message("No daemon has been at work on this box yet.")
    until = _format_time((gap.until or now).astimezone(zone))
    if gap.since is None:
        return Message("No daemon was at work before {until}.", until=until)
    since = _format_time(gap.since.astimezone(zone))
    if gap.left:
        return Message(
            "No daemon was at work from {since}, when it was told to end, to {until}.", since=since, until=until
        )
    return Message("No daemon was at work from {since} to {until}.", since=since, until=until)


def _origin(airing: Airing, offices: Mapping[str, str]) -> Iterator[Message]:
    """Who asks for it, where that is not the commune."""
    if airing.origin:
        office = offices.get(airing.origin, airing.origin)
        yield Message("{origin} has scheduled it; the commune’s rules hold for it.", origin=office)


def _expectation(airing: Airing) -> Iterator[Message]:
    yield EXPECTATIONS[airing.expected]
    if airing.starts_at and airing.starts_at != airing.scheduled_at:
        yield Message("It will start at {at}.", at=_format_time(airing.starts_at))
    if airing.why:
        yield Message("The reason: {why}.", why=airing.why)


def _alarm_words(events: Sequence[Event]) -> Iterator[Message]:
    """Of an alarm, and of what ended one: was it a drill, and what did it say where no bulletin tells?"""
    for event in events:
        airing = request_from_facts(event.facts).airing if event.kind == "asked" else None
        if airing and airing.drill:
            yield Message("It was a drill.")
        if airing and airing.level is Level.EMERGENCY and not airing.bulletin:
            yield Message("Its words: “{words}”", words=airing.title)


def _event_sentences(events: Sequence[Event], zone: ZoneInfo) -> Iterator[Message]:
    for event in events:
        if event.kind == "skip" and event.facts.get("undo"):
            yield Message(UNDONE.template, **_facts(event, zone))
        elif event.kind == "end":
            at = _format_time(event.at.astimezone(zone))
            yield Message("{at}: {what}.", at=at, what=deadlines.ruling_of_person("end", event.facts)[1])
        elif event.kind in HAPPENED:
            yield Message(HAPPENED[event.kind], **_facts(event, zone))


def _facts(event: Event, zone: ZoneInfo) -> dict[str, object]:
    facts: Mapping[str, object] = {"by": "?", "why": "", "via": "?", "heard": 0, **event.facts}
    return {**facts, "at": _format_time(event.at.astimezone(zone))}


def _outcome(record: AsRunRecord, zone: ZoneInfo, translate: Callable[[str], str]) -> Iterator[Message]:
    became = verdict_meaning(record, translate)
    yield became
    if record.started_at and record.ended_at:
        yield Message(
            "Due {due}, first sound {began}, last sound {ended}.",
            due=_format_time(record.scheduled_at.astimezone(zone)),
            began=f"{record.started_at.astimezone(zone):%H:%M:%S.%f}"[:-3],
            ended=_format_time(record.ended_at.astimezone(zone)),
        )
    if record.voice:
        yield Message("The voice was {voice}, through {via}.", voice=record.voice, via=record.via or "–")
    if record.by:
        yield Message("It was asked for by {by}.", by=record.by)
    why = added_reason(became.say(translate), record.why)
    if why and not (record.via and why.rstrip(".").endswith(record.via)):
        yield Message("The reason: {why}.", why=why.rstrip("."))


def added_reason(sentence: str, why: str) -> str:
    """What a reason adds to what has been said: many begin with the same words.

    >>> added_reason("Bỏ theo yêu cầu.", "bỏ theo yêu cầu: trời mưa")
    'trời mưa'
    """
    known = sentence.strip(" .")
    if known.endswith(why.strip(" .")):
        return ""
    return why[len(known) :].lstrip(" .:;,") if why.casefold().startswith(known.casefold()) else why


def holds_label(why: str, label: str) -> bool:
    """Does a reason hold the word for its kind already?

    >>> holds_label("bản tin chưa được phê duyệt; hãy phê duyệt", "chưa được phê duyệt")
    True
    """
    return label.casefold() in why.casefold()


def _format_time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S %d/%m/%Y}"
