"""Incidents: what people are told of a hub's boxes and broker, once when it begins and once when it is over.

Kept in the database, so that a restart tells nothing twice. A telling that fails is tried again with the next look; one
that is cut off by a power cut between the mail and the disk may come twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..errors import Message
from ..station.log_segment import LogFault
from .box_board import BoxCondition, BoxRow
from .hub_database import HubDatabase, instant_of, text_of

SILENT_AFTER = timedelta(minutes=15)
BROKER_AFTER = timedelta(minutes=2)
DAY = 6, 21  # hours: a box that is switched off at night is nobody's trouble
KEPT = timedelta(days=400)  # of what is over


class IncidentKind(StrEnum):
    """What has happened."""

    SILENT_BOX = "silent-box"
    REFUSED_LOG = "refused-log"
    LOST_BROKER = "lost-broker"


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
}
FAULTS: Mapping[str, Message] = {
    LogFault.FORK: Message("the log says something else of what it said before"),
    LogFault.CUT: Message("entries that came before are missing"),
    LogFault.FORGED: Message("it is not as the box has chained and signed it"),
    LogFault.OTHER_BOX: Message("the log is another box’s, or another commune’s"),
}
UNREADABLE_LOG = Message("this is no piece of a log")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now. `about`: the id of a box, "" of the hub itself; `facts`: for its sentence."""

    kind: IncidentKind
    about: str
    facts: Mapping[str, str | Message]


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


def find_troubles(
    rows: Iterable[BoxRow], now: datetime, broker_lost: datetime | None, name: Callable[[BoxRow], Mapping[str, str]]
) -> Iterator[Trouble]:
    """What is wrong now. `name`: box, commune and villages as people call them; `now` in the hub's own zone."""
    if broker_lost and now - broker_lost >= BROKER_AFTER:
        yield Trouble(IncidentKind.LOST_BROKER, "", {"at": _clock(broker_lost, now)})
    for row in rows:
        if row.revoked:
            continue
        if row.condition(now) is BoxCondition.SILENT and not broker_lost:
            silent = row.silent_since()
            if now - silent >= SILENT_AFTER:
                yield Trouble(IncidentKind.SILENT_BOX, row.box, {**name(row), "at": _clock(silent, now)})
        if row.log_fault:
            why = FAULTS.get(row.fault, UNREADABLE_LOG)
            yield Trouble(IncidentKind.REFUSED_LOG, row.box, {**name(row), "why": why})


@dataclass(frozen=True, slots=True)
class IncidentBook:
    """The incidents in a hub's database. `translate`: the language in which their facts are kept."""

    database: HubDatabase
    translate: Callable[[str], str]

    def note(self, troubles: Sequence[Trouble], now: datetime, broker_lost: bool = False) -> None:
        """Begin what is new, end what is over. Raises `WriteError`.

        At night no box becomes silent; while the broker is lost nobody knows which boxes are there.
        """
        standing = {(one.kind, one.about): one for one in self.standing()}
        found = {(one.kind, one.about): one for one in troubles}
        by_day = DAY[0] <= now.hour < DAY[1]
        new = [found[key] for key in found.keys() - standing.keys() if by_day or key[0] is not IncidentKind.SILENT_BOX]
        gone = [standing[key] for key in standing.keys() - found.keys()]
        if broker_lost:
            gone = [one for one in gone if one.kind is not IncidentKind.SILENT_BOX]
        new.sort(key=lambda one: (one.kind, one.about))
        if not new and not gone:
            return
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

    def untold(self, channel: str) -> list[Incident]:
        """What is to be told by a channel: what began, and the end of what was told."""
        told = "SELECT 1 FROM telling WHERE incident = number AND channel = ? AND telling.over = ?"
        return self._find(
            f"(over IS NULL AND NOT EXISTS ({told})) OR (over IS NOT NULL AND EXISTS ({told}) AND NOT EXISTS ({told}))"
            " ORDER BY number",
            *(channel, 0, channel, 0, channel, 1),
        )

    def mark_told(self, channel: str, incidents: Iterable[Incident], now: datetime) -> None:
        """These were told. Raises `WriteError`."""
        rows = [(one.number, channel, one.over is not None, text_of(now)) for one in incidents]
        with self.database.change() as connection:
            connection.executemany("INSERT OR IGNORE INTO telling VALUES (?, ?, ?, ?)", rows)

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


def _clock(moment: datetime, now: datetime) -> str:
    """An instant as people say it, by the clock of `now`."""
    return f"{moment.astimezone(now.tzinfo):%H:%M %d/%m}"
