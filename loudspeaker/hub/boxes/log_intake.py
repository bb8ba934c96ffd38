"""Logs of boxes, piece by piece: only what is chained to what is known, and signed by the box, is believed and kept.

A piece is kept as it came (logs/BOX/LIFE/FROM-TO.jsonl.gz), so that anybody can verify it again; then one transaction
says how far the log goes now, and holds its verdicts. After a power cut between the two the box sends the piece again.

A *life* is a log from its first entry on, whose hash names it. A box that has lost its state begins another one; both
stay. What is refused is told to the box, and kept for people: a log that is not whole is no proof of anything.

A log tells, too, which alerts there were: a hub that was restored from an older copy must not give their numbers again,
which boxes would refuse. One box is not believed far: no number counts that is much higher than those known.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from ...codec import UNREADABLE
from ...errors import Message
from ...interfaces import Clock
from ...model.asrun_record import AsRunRecord
from ...model.enums import ALERT
from ...station.box.log_segment import LogFault, LogSegment, RefusedLog, read_segment
from ...station.emergency.alert_log import alert_number
from ...store.atomic import FileSystem, remove, write_atomic
from ...store.entries import VERDICT, event_of, record_of
from ...store.hash_chain import initial_hash, next_hash
from ...trust.dsse import find_signers
from ...trust.floors import WINDOW
from ..bells import keep_floors, read_floors
from ..hub_database import HubDatabase, text_of
from .box_registry import RegisteredBox

KIND, ALERT_KIND = (f'"kind":"{kind}"' for kind in (VERDICT, ALERT))


@dataclass(frozen=True, slots=True)
class LogEnd:
    """How far a box's log is known here: the number and the hash of its last entry; 0 and "" where nothing is."""

    entries: int = 0
    head: str = ""


@dataclass(frozen=True, slots=True)
class LogIntake:
    """Takes in logs, one piece at a time; `folder` is where raw ones lie."""

    folder: Path
    database: HubDatabase
    clock: Clock
    system: FileSystem = os
    _one_at_a_time: Lock = field(default_factory=Lock)

    def end_of(self, box: str, life: str) -> LogEnd:
        """How far that life of a box's log is known."""
        row = self.database.row("SELECT entries, head FROM life WHERE box = ? AND life = ?", box, life)
        return LogEnd(*row) if row else LogEnd()

    def accept(self, box: RegisteredBox, raw: bytes) -> LogEnd:
        """Keep a piece of a box's log; how far it goes now. One that came before changes nothing.

        Raises `RefusedLog`, `WriteError`; then nothing is kept.
        """
        with self._one_at_a_time:
            try:
                segment = read_segment(raw)
                known = self.end_of(box.id, segment.head.life)
                check_segment(segment, box, known)
            except RefusedLog as error:
                self._note_refusal(box, error)
                raise
            if segment.first == known.entries + 1:
                self._keep(box, segment, raw)
            return LogEnd(segment.head.entries, segment.head.head)

    def _keep(self, box: RegisteredBox, segment: LogSegment, raw: bytes) -> None:
        """Raises `WriteError`; then the box sends it again."""
        first, last = segment.first, segment.head.entries
        if segment.entries:
            folder = self.folder / box.id / segment.head.life
            for path in folder.glob(f"{first:09}-*"):  # another piece from here on, left by a power cut
                remove(path, self.system)
            write_atomic(folder / f"{first:09}-{last:09}.jsonl.gz", raw, self.system)
            self._raise_alert_numbers(segment)
        with self.database.change() as connection:
            connection.execute("DELETE FROM refused_log WHERE box = ?", (box.id,))
            if segment.entries:
                _add_segment(connection, box.id, segment)

    def _raise_alert_numbers(self, segment: LogSegment) -> None:
        """Raises `WriteError`."""
        for scope, number in _alert_numbers(segment):
            floors = read_floors(self.database, scope)
            if floors.trust and floors.alert < number < floors.alert + WINDOW:
                keep_floors(self.database, scope, replace(floors, alert=number))

    def _note_refusal(self, box: RegisteredBox, error: RefusedLog) -> None:
        if error.fault is LogFault.GAP:
            return  # the box is told where to begin, and does
        row = (box.id, text_of(self.clock.now()), error.message.say(), error.fault.value)
        with self.database.change() as connection:
            connection.execute("INSERT OR REPLACE INTO refused_log VALUES (?, ?, ?, ?)", row)


def check_segment(segment: LogSegment, box: RegisteredBox, known: LogEnd) -> None:
    """Raises `RefusedLog` where the piece does not go on from what is `known` of this life of the box's log."""
    head, following = segment.head, known.entries + 1
    if not find_signers(segment.envelope, [box.key]):
        raise RefusedLog(Message("the log is not signed by this box"), LogFault.FORGED)
    if (head.box, head.scope) != (box.id, box.scope):
        raise RefusedLog(Message("the log is another box’s, or another commune’s"), LogFault.OTHER_BOX)
    if head.entries < known.entries:
        missing = known.entries - head.entries
        raise RefusedLog(Message("{count} entries that came before are missing", count=missing), LogFault.CUT)
    if head.entries == known.entries and known.entries:
        if head.head != known.head:
            raise _fork()
        return  # its answer was lost: it came before
    if segment.first != following:
        raise RefusedLog(
            Message("it begins with entry {first}, and {next} is next", first=segment.first, next=following),
            LogFault.GAP,
        )
    _check_chain(segment, known)


def _check_chain(segment: LogSegment, known: LogEnd) -> None:
    """Raises `RefusedLog` where the hashes do not lead from what is known to the end that the box has signed."""
    current = known.head or initial_hash(segment.head.scope)
    for number, (text, hash) in enumerate(segment.entries, segment.first):
        current = next_hash(current, text)
        if hash != current:
            if known.entries and number == segment.first:
                raise _fork()
            raise RefusedLog(
                Message("the log is broken: entry {number} is not what was written", number=number), LogFault.FORGED
            )
    life = segment.entries[0][1] if segment.first == 1 and segment.entries else segment.head.life
    if segment.entries and (current != segment.head.head or life != segment.head.life):
        raise RefusedLog(Message("the log does not end as the box has signed"), LogFault.FORGED)


def _add_segment(connection: sqlite3.Connection, box: str, segment: LogSegment) -> None:
    head = segment.head
    connection.execute(
        "INSERT INTO life VALUES (?, ?, ?, ?, ?) ON CONFLICT (box, life) DO UPDATE SET"
        " entries = excluded.entries, head = excluded.head, issued = excluded.issued",
        (box, head.life, head.entries, head.head, text_of(head.issued)),
    )
    connection.execute("INSERT INTO segment VALUES (?, ?, ?, ?)", (box, head.life, segment.first, head.entries))
    rows = _verdict_rows(box, segment)
    connection.executemany("INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _fork() -> RefusedLog:
    return RefusedLog(Message("the log says something else of what it said before"), LogFault.FORK)


def _verdict_rows(box: str, segment: LogSegment) -> Iterator[tuple[object, ...]]:
    """The verdicts in a piece as rows; an entry that cannot be read is none."""
    for number, (text, _) in enumerate(segment.entries, segment.first):
        if KIND in text and (record := _read_record(text)):
            facts = (record.id, record.village, record.bulletin, text_of(record.scheduled_at), record.verdict.value)
            yield box, segment.head.life, number, *facts, text


def _alert_numbers(segment: LogSegment) -> Iterator[tuple[str, int]]:
    """The alerts (scope, number) of which a piece tells, in its order."""
    for text, _ in segment.entries:
        if ALERT_KIND in text:
            with suppress(*UNREADABLE):
                if number := alert_number(event_of(json.loads(text))):
                    yield number


def _read_record(text: str) -> AsRunRecord | None:
    try:
        entry = json.loads(text)
        return record_of(entry) if entry["kind"] == VERDICT else None
    except UNREADABLE:
        return None
