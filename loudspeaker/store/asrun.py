"""The as-run log: what became of every airing, append-only, each entry on the disk before the call returns.

SQLite in WAL mode with synchronous=FULL (with NORMAL a power cut takes promised commits). Several processes may hold it
open at once: the daemon, and any command. Nothing here decides anything, and nothing here asks the time.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from ..errors import LoudspeakerError, Message, Refused
from ..playout.record import Event, Record
from ..vocabulary import Verdict
from .ballast import Ballast
from .chain import Broken, beginning, canonical, following, head
from .entries import Entry, event_entry, event_of, record_of, verdict_entry
from .files import make_folder, move, share
from .migrations import STEPS, Step, migrate, transaction

UNWRITABLE = Message("the state folder may not be written: use sudo, or join the group “loudspeaker”")
PATIENCE = 10.0  # seconds to wait for another process that is writing
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}  # growing the shared memory file fails with the second


class LogUnusable(LoudspeakerError):
    """The log cannot be read or written: damaged, locked for too long, or the disk is full."""


class LogDamaged(LogUnusable):
    """The file is no log any more; waiting will not help."""


class AsRunLog:
    """The log of one commune; an implementation of `playout.record.Log`."""

    def __init__(
        self, database: sqlite3.Connection, commune: str, ballast: Ballast | None, steps: Sequence[Step] = STEPS
    ) -> None:
        """A log in an open database; `commune` is the commune's id, `ballast` the reserve for a full disk, if any.

        Raises `Refused` where it is another commune's, `LogUnusable` where it is damaged.
        """
        self._database = database
        self.commune = commune
        self._ballast = ballast
        self._lock = Lock()
        try:
            _set_up(database)
            migrate(database, steps)
            _bind(database, commune)
        except sqlite3.Error as error:
            raise _unusable(error) from error
        if ballast:
            ballast.take()  # each command lays down again what a full disk took, the nightly sweep among them

    @classmethod
    def open(cls, path: Path, commune: str, steps: Sequence[Step] = STEPS) -> AsRunLog:
        """Open the log at `path`, or begin it, with its reserve beside it. Raises as the class does."""
        make_folder(path.parent)
        begun = path.exists()
        try:
            database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise _unusable(error) from error
        try:
            if not begun:
                share(path)  # SQLite gives the files that it puts beside it the same mode
            return cls(database, commune, Ballast(path.with_name("ballast")), steps)
        except LoudspeakerError:
            database.close()
            raise

    @classmethod
    def reading(cls, path: Path, commune: str, steps: Sequence[Step] = STEPS) -> AsRunLog:
        """A copy in memory of the log as it is now, empty where there is none; writing raises `LogUnusable`.

        Not a byte is written, not even the files beside the log by which SQLite's readers agree.
        """
        copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            if path.exists():
                _copy(path, copy)
            log = cls(copy, commune, None, steps)
            copy.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            copy.close()
            raise _unusable(error) from error
        except (LoudspeakerError, OSError):
            copy.close()
            raise
        return log

    def close(self) -> None:
        self._database.close()

    # What is written

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        """Write down that something happened. `facts` are plain values; times among them become ISO text."""
        self._append(event_entry(Event(kind, airing, at, facts)))

    def verdict(self, record: Record) -> None:
        """Write down what became of an airing. Raises `ValueError` where it has a verdict already."""
        try:
            self._append(verdict_entry(record))
        except sqlite3.IntegrityError as error:
            raise ValueError(f"{record.id} has a verdict already") from error

    def remember(self, key: str, value: object) -> None:
        """Keep a small JSON value over a restart, outside the chain."""
        self._write("INSERT OR REPLACE INTO memory VALUES (?, ?)", lambda: (key, canonical({"value": value})))

    # What is asked

    def recall(self, key: str) -> object:
        """What was remembered under `key`, else None."""
        found = self._one("SELECT value FROM memory WHERE key = ?", key)
        return json.loads(found)["value"] if found else None

    def verdict_of(self, airing: str) -> Verdict | None:
        found = self._one("SELECT entry FROM entries WHERE kind = 'verdict' AND airing = ?", airing)
        return record_of(json.loads(found)).verdict if found else None

    def hash_of(self, airing: str) -> str | None:
        """The hash of an airing's verdict in the chain."""
        return self._one("SELECT hash FROM entries WHERE kind = 'verdict' AND airing = ?", airing)

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        """Events that fit all that is given, in the order in which they were written."""
        begins = since.isoformat() if since else None
        wanted = {"kind = ?": kind, "airing = ?": airing, "at >= julianday(?)": begins}
        asked = {clause: value for clause, value in wanted.items() if value is not None}
        where = " AND ".join(["kind != 'verdict'", *asked])
        found = self._ask(f"SELECT entry FROM entries WHERE {where} ORDER BY number", *asked.values())
        events = (event_of(json.loads(entry)) for (entry,) in found)
        # SQLite rounds to the millisecond; the comparison that counts is this one.
        return [event for event in events if since is None or event.at >= since]

    def rows(self, begins: datetime, ends: datetime) -> Sequence[Record]:
        """Verdicts of airings scheduled from `begins` up to, but not including, `ends`, in order of schedule."""
        found = self._ask(
            "SELECT entry FROM entries WHERE kind = 'verdict' AND at >= julianday(?) AND at < julianday(?)"
            " ORDER BY at, number",
            begins.isoformat(),
            ends.isoformat(),
        )
        return [record_of(json.loads(entry)) for (entry,) in found]

    def entries(self) -> Iterator[tuple[int, str, str]]:
        """Everything in the chain, one by one: number, stored text, hash."""
        return self._ask("SELECT number, entry, hash FROM entries ORDER BY number")

    def verify(self) -> str:
        """The head of the chain, if every entry is what was written. Raises `Broken` at the first that is not."""
        with self._lock, transaction(self._database, "DEFERRED"):  # one view of it, whoever writes meanwhile
            found = head(self.commune, self.entries())
            last = self._one("SELECT coalesce(max(number), 0) FROM entries")
            highest = self._one("SELECT seq FROM sqlite_sequence WHERE name = 'entries'")
        if highest and last != highest:
            missing = int(last or 0) + 1
            raise Broken(missing, Message("the log is broken: entry {number} is missing", number=missing))
        return found

    # How it is written and asked

    def _append(self, entry: Entry) -> None:
        text = canonical(entry)

        def chained() -> tuple[str, str]:
            last = self._one("SELECT hash FROM entries ORDER BY number DESC LIMIT 1")
            return text, following(last or beginning(self.commune), text)

        self._write("INSERT INTO entries (entry, hash) VALUES (?, ?)", chained)

    def _write(self, statement: str, values: Callable[[], tuple[str, ...]]) -> None:
        """One statement in a transaction, in which `values` are asked for.

        No function of ours is given to SQLite: called in the middle of a statement it waits for Python, and a thread
        that reads the log has Python and waits for SQLite.
        """
        try:
            with self._lock, transaction(self._database):
                self._database.execute(statement, values())
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            if not _full(error) or not self._ballast or not self._ballast.give_back():
                raise _unusable(error) from error
            self._write(statement, values)

    def _ask(self, question: str, *values: str) -> sqlite3.Cursor:
        try:
            return self._database.execute(question, values)
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def _one(self, question: str, *values: str) -> str | None:
        found = self._ask(question, *values).fetchone()
        return str(found[0]) if found else None


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged log away, for somebody to look at, so that a new one can begin. Tells its new name."""
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        move(Path(f"{path}{suffix}"), Path(f"{aside}{suffix}"))
    return aside


def _copy(path: Path, target: sqlite3.Connection) -> None:
    """All of a log that is only read. Where nobody has it open, there is no write-ahead log beside it to agree on."""
    ways = ("mode=ro", "immutable=1") if Path(f"{path}-wal").exists() else ("immutable=1",)
    for how in ways:
        source = sqlite3.connect(f"file:{quote(os.fsencode(path.absolute()))}?{how}", uri=True)
        try:
            source.backup(target)
            return
        except sqlite3.OperationalError:
            if how == "immutable=1":
                raise
        finally:
            source.close()


def _set_up(database: sqlite3.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 250"):
        database.execute(f"PRAGMA {pragma}")


def _bind(database: sqlite3.Connection, commune: str) -> None:
    with transaction(database):
        found = database.execute("SELECT commune FROM station").fetchone()
        if not found:
            database.execute("INSERT INTO station VALUES (?)", (commune,))
    if found and found[0] != commune:
        raise Refused(
            Message(
                "this state folder belongs to commune “{theirs}”, not to “{ours}”: choose another with --state",
                theirs=found[0],
                ours=commune,
            )
        )


def _full(error: sqlite3.Error) -> bool:
    return _code(error) in NO_ROOM


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # none where Python itself complains


def _unusable(error: sqlite3.Error) -> LogUnusable:
    if _code(error) == sqlite3.SQLITE_READONLY:
        return LogUnusable(UNWRITABLE)
    if _full(error):
        return LogUnusable(Message("the disk is full and the as-run log cannot be written: delete what is not needed"))
    # Busy, locked and unreadable are "operational" and pass; a broken file is not and does not.
    kind = LogUnusable if isinstance(error, sqlite3.OperationalError) else LogDamaged
    return kind(Message("the as-run log cannot be used: {error}", error=error))
