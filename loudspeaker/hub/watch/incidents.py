"""Incidents: what people are told of a hub's boxes and broker: when it begins, while it goes on, and when it is over.

Kept in the database, so that a restart tells nothing twice. A telling that fails is tried again with the next look; one
that is cut off by a power cut between the mail and the disk may come twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ...errors import Message
from ..hub_database import HubDatabase, instant_of, text_of

KEPT = timedelta(days=400)  # of what is over


class IncidentKind(StrEnum):
    """What has happened."""

    SILENT_BOX = "silent-box"
    REFUSED_LOG = "refused-log"
    LOST_BROKER = "lost-broker"
    UNWELL_BOX = "unwell-box"
    UNTRUSTED_CLOCK = "untrusted-clock"
    UNREADY_BOX = "unready-box"
    REFUSED_VERSION = "refused-version"
    MISSED_ALERT = "missed-alert"
    MISSED_CHECK = "missed-check"
    BAD_VERSION = "bad-version"
    DAMAGED_FILE = "damaged-file"


# What is told of each kind when it begins, and when it is over.
SENTENCES: Mapping[IncidentKind, tuple[Message, Message]] = {
    IncidentKind.SILENT_BOX: (
        Message(
            "{box} of {commune} is silent since {at}: {villages} may hear nothing. Has it power, has it a network?"
        ),
        Message("{box} of {commune} is there again"),
    ),
    IncidentKind.REFUSED_LOG: (
        Message("The log of {box} of {commune} is not believed: {why}. What it airs counts in no report."),
        Message("The log of {box} of {commune} is believed again"),
    ),
    IncidentKind.LOST_BROKER: (
        Message("The broker does not answer since {at}: boxes hear of alarms up to 80 s later. Does mosquitto run?"),
        Message("The broker answers again"),
    ),
    IncidentKind.UNWELL_BOX: (
        Message("{box} of {commune} cannot air anything: {why}. {villages} hear nothing."),
        Message("{box} of {commune} can air again"),
    ),
    IncidentKind.UNTRUSTED_CLOCK: (
        Message("{box} of {commune} does not know the time: {why}. What is scheduled waits; alarms do not."),
        Message("{box} of {commune} knows the time again"),
    ),
    IncidentKind.UNREADY_BOX: (
        Message("{box} of {commune} has not prepared what it is to air tomorrow: {why}"),
        Message("{box} of {commune} has prepared it"),
    ),
    IncidentKind.REFUSED_VERSION: (
        Message("{box} of {commune} does not take what was published last: {why}"),
        Message("{box} of {commune} has taken what was published"),
    ),
    IncidentKind.MISSED_ALERT: (
        Message("Alert {alert} ({title}): {count} of {all} boxes have not answered, or could not do it: {boxes}"),
        Message("Alert {alert} ({title}): all boxes have answered, or it has ended"),
    ),
    IncidentKind.MISSED_CHECK: (
        Message(
            "Silent check {alert}: {count} of {all} boxes have not told that all is well: {boxes}."
            " An alarm may not be heard there."
        ),
        Message("Silent check {alert}: all boxes have answered, or a newer one was given"),
    ),
    IncidentKind.BAD_VERSION: (
        Message(
            "Since version {version} of {office} {count} of {all} boxes are unwell that were well before: {boxes}."
            " Is it that version? Publish what was before it under a new number."
        ),
        Message("Since version {version} of {office} boxes were unwell: they are well again, or a newer one is out"),
    ),
    IncidentKind.DAMAGED_FILE: (
        Message(
            "On the hub’s disk {file} of {office} was damaged or is missing; boxes that lack it cannot fetch it."
            " “publish” of any stick with it brings it back. Is the disk sound?"
        ),
        Message("{file} of {office} lies whole on the hub’s disk again"),
    ),
}
# How many of each kind go on, where they are too many to be told one by one.
COUNTS: Mapping[IncidentKind, Message] = {
    IncidentKind.SILENT_BOX: Message("{count} boxes are silent"),
    IncidentKind.REFUSED_LOG: Message("the logs of {count} boxes are not believed"),
    IncidentKind.LOST_BROKER: Message("the broker does not answer"),
    IncidentKind.UNWELL_BOX: Message("{count} boxes cannot air anything"),
    IncidentKind.UNTRUSTED_CLOCK: Message("{count} boxes do not know the time"),
    IncidentKind.UNREADY_BOX: Message("{count} boxes have not prepared what they are to air tomorrow"),
    IncidentKind.REFUSED_VERSION: Message("{count} boxes do not take what was published last"),
    IncidentKind.MISSED_ALERT: Message("{count} alerts have not been answered by all boxes"),
    IncidentKind.MISSED_CHECK: Message("{count} silent checks have not been answered by all boxes"),
    IncidentKind.BAD_VERSION: Message("{count} new versions since which boxes are unwell"),
    IncidentKind.DAMAGED_FILE: Message("{count} files on the hub’s disk are damaged or missing"),
}
# While the broker is lost nobody knows which boxes are there, and no answer of theirs arrives.
BY_BROKER = frozenset({IncidentKind.SILENT_BOX, IncidentKind.MISSED_ALERT, IncidentKind.MISSED_CHECK})


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now. `about`: the id of a box or of an alert, a version (SCOPE/43) or a file
    (SCOPE/PATH), "" of the hub itself.

    `facts`: for its sentence; `may_begin`: is it noted where it is new?
    """

    kind: IncidentKind
    about: str
    facts: Mapping[str, str | Message]
    may_begin: bool = True

    @property
    def key(self) -> tuple[IncidentKind, str]:
        """By which it is known again."""
        return self.kind, self.about


@dataclass(frozen=True, slots=True)
class Incident:
    """A trouble that was noted; `over`: since when it is none any more."""

    number: int
    kind: IncidentKind
    about: str
    facts: Mapping[str, str]
    since: datetime
    over: datetime | None

    def message(self) -> Message:
        """What is told of it now."""
        template = SENTENCES[self.kind][self.over is not None].template
        return Message(template, **self.facts)


@dataclass(frozen=True, slots=True)
class IncidentBook:
    """The incidents in a hub's database. `translate`: the language in which their facts are kept."""

    database: HubDatabase
    translate: Callable[[str], str]

    def note(self, troubles: Sequence[Trouble], now: datetime, broker_lost: bool = False) -> None:
        """Begin what is new, end what is over; what cannot be known without the broker stays. Raises `WriteError`."""
        standing = {(incident.kind, incident.about): incident for incident in self.standing()}
        known = {kind for kind in IncidentKind if not (broker_lost and kind in BY_BROKER)}
        current = {trouble.key: trouble for trouble in troubles if trouble.kind in known}
        new = [trouble for key, trouble in current.items() if key not in standing and trouble.may_begin]
        gone = [incident for key, incident in standing.items() if key not in current and incident.kind in known]
        if new or gone:
            self._write(sorted(new, key=lambda trouble: trouble.key), gone, now)

    def _write(self, new: Iterable[Trouble], gone: Iterable[Incident], now: datetime) -> None:
        with self.database.change() as connection:
            for trouble in new:
                facts = json.dumps({key: self._say(fact) for key, fact in trouble.facts.items()})
                connection.execute(
                    "INSERT INTO incident (kind, about, facts, since) VALUES (?, ?, ?, ?)",
                    (trouble.kind.value, trouble.about, facts, text_of(now)),
                )
            for incident in gone:
                connection.execute("UPDATE incident SET over = ? WHERE number = ?", (text_of(now), incident.number))
            connection.execute("DELETE FROM incident WHERE over < ?", (text_of(now - KEPT),))

    def standing(self) -> list[Incident]:
        """What is not over, the oldest first."""
        return self._find("over IS NULL ORDER BY number")

    def last(self, most: int) -> list[Incident]:
        """The latest, the newest first."""
        return self._find("TRUE ORDER BY number DESC LIMIT ?", most)

    def find_untold(self, channel: str) -> list[Incident]:
        """What is new to be told by a channel: what began, and the end of what was told."""
        row = "SELECT 1 FROM telling WHERE incident = number AND channel = ? AND telling.over = ?"
        return self._find(
            f"(over IS NULL AND NOT EXISTS ({row})) OR (over IS NOT NULL AND EXISTS ({row}) AND NOT EXISTS ({row}))"
            " ORDER BY number",
            *(channel, 0, channel, 0, channel, 1),
        )

    def going_on(self, channel: str, told: datetime) -> list[Incident]:
        """What stands and was told by a channel at `told` or before, and not again since."""
        return self._find(
            "over IS NULL AND EXISTS (SELECT 1 FROM telling WHERE incident = number AND channel = ?"
            " AND telling.over = 0 AND telling.at <= ?) ORDER BY number",
            *(channel, text_of(told)),
        )

    def mark_told(self, channel: str, incidents: Iterable[Incident], now: datetime) -> None:
        """These were told, some of them again. Raises `WriteError`."""
        rows = [(incident.number, channel, incident.over is not None, text_of(now)) for incident in incidents]
        with self.database.change() as connection:
            connection.executemany("INSERT OR REPLACE INTO telling VALUES (?, ?, ?, ?)", rows)

    def _say(self, fact: str | Message) -> str:
        return fact.say(self.translate) if isinstance(fact, Message) else fact

    def _find(self, condition: str, *values: object) -> list[Incident]:
        rows = self.database.rows(f"SELECT * FROM incident WHERE {condition}", *values)
        return [
            Incident(
                row["number"],
                IncidentKind(row["kind"]),
                row["about"],
                json.loads(row["facts"]),
                instant_of(row["since"]),
                instant_of(row["over"]) if row["over"] else None,
            )
            for row in rows
        ]
