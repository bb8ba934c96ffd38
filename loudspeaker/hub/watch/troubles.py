"""What is wrong now with boxes, alerts and versions, by what a hub knows of them. Pure.

A trouble that stood already is found for as long as it lasts; `may_begin` says whether it is noted where it is new, so
that a box which is switched off at night is nobody's trouble, and one that was silent before night stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...errors import Message
from ...model.alert_answer import AlertState
from ...model.board import HealthSubject
from ...station.box.log_segment import LogFault
from ...trust.signed_documents import Alert, AlertKind
from ..boxes.box_board import BoxCondition, BoxRow
from .incidents import IncidentKind, Trouble

SILENT_AFTER = timedelta(minutes=15)
BROKER_AFTER = timedelta(minutes=2)
ANSWERS_WITHIN = timedelta(seconds=60)  # of an alert, at a box that is there
WATCHED = timedelta(hours=1)  # after a manifest
MOST_UNWELL = 0.03  # of the boxes, newly unwell after a manifest
DAY = 6, 21  # hours: a box that is switched off at night is nobody's trouble
READY_BY = 20  # o'clock: what is aired tomorrow has been prepared
# What a box says of itself minutes after it was switched on may be no more than that its clock was not set yet.
LASTING: Mapping[IncidentKind, timedelta] = {
    IncidentKind.UNTRUSTED_CLOCK: timedelta(minutes=15),
    IncidentKind.UNWELL_BOX: timedelta(minutes=15),
}
MOST_NAMED = 5  # boxes in one sentence

# No answer to an alert: a box that waits for a second signature has not seen it, and what failed is tried again.
UNANSWERED = frozenset({AlertState.PREPARED, AlertState.FAILED})
EXPECTED = (AlertKind.ALERT, AlertKind.UPDATE, AlertKind.END, AlertKind.STOP)

FAULTS: Mapping[str, Message] = {
    LogFault.FORK: Message("the log says something else of what it said before"),
    LogFault.CUT: Message("entries that came before are missing"),
    LogFault.FORGED: Message("it is not as the box has chained and signed it"),
    LogFault.OTHER_BOX: Message("the log is another box’s, or another commune’s"),
}
UNREADABLE_LOG = Message("this is no piece of a log")
SUBJECTS: Mapping[str, IncidentKind] = {
    HealthSubject.CLOCK: IncidentKind.UNTRUSTED_CLOCK,
    HealthSubject.TOMORROW: IncidentKind.UNREADY_BOX,
}
BoxNames = Callable[[BoxRow], Mapping[str, str]]  # box, commune and villages as people call them


@dataclass(frozen=True, slots=True)
class AwaitedAlert:
    """An alert that has all signatures since `since`. `boxes`: those that it is for; `answers`: their states, by id."""

    document: Alert
    title: str | Message
    since: datetime
    boxes: Sequence[BoxRow]
    answers: Mapping[str, Iterable[AlertState]]

    def missing(self, now: datetime) -> list[BoxRow]:
        """The boxes that were there for long enough, and have not answered, or could not do it."""
        return [box for box in self.boxes if self._was_there(box, now) and not self._has_answered(box)]

    def _has_answered(self, box: BoxRow) -> bool:
        return bool(set(self.answers.get(box.box, ())) - UNANSWERED)

    def _was_there(self, box: BoxRow, now: datetime) -> bool:
        """A box that has gone since was there until then."""
        if box.since is None:
            return False
        return (now - max(self.since, box.since) if box.on else box.since - self.since) >= ANSWERS_WITHIN


@dataclass(frozen=True, slots=True)
class WatchedVersion:
    """The newest manifest of a scope, since when it is known, and which boxes were not well by then (their ids)."""

    scope: str
    commune: str
    version: int
    since: datetime
    unwell_before: frozenset[str]
    boxes: Sequence[BoxRow]

    def newly_unwell(self) -> list[BoxRow]:
        return [box for box in self.boxes if is_unwell(box) and box.box not in self.unwell_before]


def is_day(now: datetime) -> bool:
    """`now` in the hub's own zone: at night nobody is told of a box that is switched off, nor of anything again."""
    return DAY[0] <= now.hour < DAY[1]


def is_unwell(box: BoxRow) -> bool:
    """Does it say of itself that it cannot air anything, or does not take what was published?"""
    return bool(box.refused) or any(row.serious for row in box.wrong)


def find_broker_trouble(now: datetime, lost: datetime | None) -> Iterator[Trouble]:
    if lost and now - lost >= BROKER_AFTER:
        yield Trouble(IncidentKind.LOST_BROKER, "", {"at": _clock(lost, now)})


def find_box_troubles(row: BoxRow, now: datetime, name: BoxNames) -> Iterator[Trouble]:
    """Of a box that was not revoked; `now` in the hub's own zone. What it said last counts while it is away."""
    silent = row.silent_since()
    if row.condition(now) is BoxCondition.SILENT and now - silent >= SILENT_AFTER:
        facts = {**name(row), "at": _clock(silent, now)}
        yield Trouble(IncidentKind.SILENT_BOX, row.box, facts, is_day(now))
    if row.log_fault:
        why = FAULTS.get(row.fault, UNREADABLE_LOG)
        yield Trouble(IncidentKind.REFUSED_LOG, row.box, {**name(row), "why": why})
    if serious := [f"{fault.what}: {fault.wrong}" for fault in row.wrong if fault.serious]:
        yield Trouble(IncidentKind.UNWELL_BOX, row.box, {**name(row), "why": "; ".join(serious)})
    if row.refused:
        yield Trouble(IncidentKind.REFUSED_VERSION, row.box, {**name(row), "why": "; ".join(row.refused.values())})
    for fault in row.wrong:
        kind = SUBJECTS.get(fault.about)
        if kind and not fault.serious:
            begins = kind is not IncidentKind.UNREADY_BOX or now.hour >= READY_BY
            yield Trouble(kind, row.box, {**name(row), "why": fault.wrong or ""}, begins)


def expected_alerts(documents: Iterable[Alert], now: datetime) -> Iterator[Alert]:
    """Those that boxes must answer: alarms, ends, stops until they end by themselves, and the newest silent check."""
    newest_check = None
    for document in documents:
        if document.kind is AlertKind.CHECK:
            newest_check = max(document, newest_check or document, key=lambda check: check.seq)
        elif document.kind in EXPECTED and now < document.until:
            yield document
    if newest_check:
        yield newest_check


def find_alert_trouble(alert: AwaitedAlert, now: datetime, name: BoxNames) -> Iterator[Trouble]:
    if missing := alert.missing(now):
        document = alert.document
        kind = IncidentKind.MISSED_CHECK if document.kind is AlertKind.CHECK else IncidentKind.MISSED_ALERT
        facts = {"alert": document.id, "title": alert.title, **_count(missing, alert.boxes, name)}
        yield Trouble(kind, document.id, facts)


def find_version_trouble(watched: WatchedVersion, now: datetime, name: BoxNames) -> Iterator[Trouble]:
    """More boxes than may be are unwell since a manifest; it is noted within the hour."""
    unwell = watched.newly_unwell()
    if unwell and len(unwell) > MOST_UNWELL * len(watched.boxes):
        facts = {"version": str(watched.version), "office": watched.commune, **_count(unwell, watched.boxes, name)}
        about = f"{watched.scope}/{watched.version}"
        yield Trouble(IncidentKind.BAD_VERSION, about, facts, now - watched.since < WATCHED)


def _count(some: Sequence[BoxRow], boxes: Sequence[BoxRow], name: BoxNames) -> Mapping[str, str]:
    """How many of how many, and what the first of them are called."""
    named = [f"{name(box)['box']} ({name(box)['commune']})" for box in some[:MOST_NAMED]]
    return {
        "count": str(len(some)),
        "all": str(len(boxes)),
        "boxes": ", ".join(named) + " …" * (len(some) > MOST_NAMED),
    }


def _clock(moment: datetime, now: datetime) -> str:
    """An instant as people say it, by the clock of `now`."""
    return f"{moment.astimezone(now.tzinfo):%H:%M %d/%m}"
