"""The as-run log: what became of every airing, append-only, each entry on the disk before the call returns.

SQLite in WAL mode with synchronous=FULL (with NORMAL a power cut takes promised commits). Several processes may hold it
open at once: the daemon, and any command. Nothing here decides anything, and nothing here asks the time.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import quote

from ..errors import LoudspeakerError, Message, Refused
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Verdict
from .atomic import make_folder, move, refuse_link, share
from .disk_reserve import Ballast
from .entries import Entry, event_entry, event_of, record_of, verdict_entry
from .hash_chain import Broken, beginning, canonical, following, head
from .migrations import STEPS, Step, migrate, transaction

UNWRITABLE = Message("the state folder may not be written: use sudo, or join the group “loudspeaker”")
PATIENCE = 10.0  # seconds to wait for another process that is writing
STRIDE = 10_000  # entries between two reports of progress

Read = TypeVar("Read")
Progress = Callable[[int, int, str], None]  # done, total, what is done ("" for no more than the caller knows)

# All kinds of entries, each by one search of the index `by_time`: the events of an hour are found among those of years.
KINDS = """WITH RECURSIVE kinds (kind) AS (
    SELECT min(kind) FROM entries
    UNION ALL SELECT (SELECT min(kind) FROM entries WHERE kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)"""
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
RAW = "CAST(entry AS BLOB)"  # of an entry that is damaged: what is no UTF-8 would end the whole question
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}  # the second: the file of shared memory cannot grow


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
            if not database.execute("PRAGMA query_only").fetchone()[0]:
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
        _refuse_links(path)
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
        """The log for whoever may not write it, empty where there is none; writing raises `LogUnusable`.

        Not a byte is written, not even the files beside the log by which SQLite's readers agree. A log of an older
        shape is copied into memory and brought to the newest there.
        """
        _refuse_links(path)
        database = _read_only(path) if path.exists() else sqlite3.connect(":memory:", isolation_level=None)
        try:
            if database.execute("PRAGMA user_version").fetchone()[0] < len(steps):
                database = _copy_of(database)
            else:
                database.execute("PRAGMA query_only = ON")
            log = cls(database, commune, None, steps)
            database.execute("PRAGMA query_only = ON")
            return log
        except sqlite3.Error as error:
            database.close()
            raise _unusable(error) from error
        except LoudspeakerError:
            database.close()
            raise

    def close(self) -> None:
        self._database.close()

    def renew(self, path: Path, now: datetime) -> Path:
        """Set aside the log at `path`, which turned out damaged, and go on with a new one; the old one's new name."""
        with self._lock:
            self.close()
            aside = set_aside(path, now)
            fresh = AsRunLog.open(path, self.commune)
            self._database, self._ballast = fresh._database, fresh._ballast
        return aside

    # What is written

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        """Write down that something happened. `facts` are plain values; times among them become ISO text."""
        self._append(event_entry(Event(kind, airing, at, facts)))

    def verdict(self, record: AsRunRecord) -> None:
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
        try:
            return json.loads(found)["value"] if found else None
        except (ValueError, KeyError, TypeError):  # damaged: nothing is remembered
            return None

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
        searched = since is not None and kind is None and airing is None  # else there is an index for what is asked
        events = "kind IN (SELECT kind FROM kinds WHERE kind != 'verdict')" if searched else "kind != 'verdict'"
        where = " AND ".join([events, *asked])
        found = self._ask(
            f"{KINDS if searched else ''} SELECT {RAW} FROM entries WHERE {where} ORDER BY number", *asked.values()
        )
        told = _understood(event_of, found)
        # SQLite rounds to the millisecond; the comparison that counts is this one.
        return [event for event in told if since is None or event.at >= since]

    def rows(self, begins: datetime, ends: datetime) -> Sequence[AsRunRecord]:
        """Verdicts of airings scheduled from `begins` up to, but not including, `ends`, in order of schedule."""
        return list(self.records(begins, ends))

    def records(self, begins: datetime, ends: datetime) -> Iterator[AsRunRecord]:
        """The same, one by one."""
        found = self._ask(
            f"SELECT {RAW} FROM entries WHERE kind = 'verdict' AND at >= julianday(?) AND at < julianday(?)"
            " ORDER BY at, number",
            begins.isoformat(),
            ends.isoformat(),
        )
        return _understood(record_of, found)

    def begins(self) -> datetime | None:
        """When the first airing was due that has a verdict; None where none has.

        Events may bear a time that nobody believes, such as 1970; the times of verdicts are a schedule's.
        """
        found = self._ask(f"SELECT {RAW} FROM entries WHERE kind = 'verdict' ORDER BY at, number")
        first = next(_understood(record_of, found), None)
        return first.scheduled_at if first else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One state of the log for everything that is asked inside, whoever writes meanwhile."""
        with self._lock, transaction(self._database, "DEFERRED"):
            yield

    def entries(self, progress: Progress | None = None) -> Iterator[tuple[int, str, str]]:
        """Everything in the chain, one by one: number, stored text, hash."""
        stored = self._ask(f"SELECT number, {RAW}, CAST(hash AS BLOB) FROM entries ORDER BY number")
        found = (
            (number, text.decode("utf-8", "replace"), digest.decode("utf-8", "replace"))
            for number, text, digest in stored
        )
        return _counted(found, self.count(), progress) if progress else found

    def entry(self, number: int) -> str | None:
        """The stored text of one entry, None where it is missing."""
        found = next(self._ask(f"SELECT {RAW} FROM entries WHERE number = ?", str(number)), None)
        return found[0].decode(errors="replace") if found else None

    def count(self) -> int:
        return int(self._one("SELECT count(*) FROM entries") or 0)

    def head(self) -> str:
        """The hash of the last entry, right or wrong; "" where there is none."""
        found = next(self._ask("SELECT CAST(hash AS BLOB) FROM entries ORDER BY number DESC LIMIT 1"), None)
        return found[0].decode(errors="replace") if found else ""

    def verify(self, progress: Progress | None = None) -> str:
        """The head of the chain, if every entry is what was written. Raises `Broken` at the first that is not."""
        with self.snapshot():
            found = head(self.commune, self.entries(progress))
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
            return text, following(self.head() or beginning(self.commune), text)

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
            if _code(error) not in NO_ROOM or not self._ballast or not self._ballast.give_back():
                raise _unusable(error) from error
            self._write(statement, values)

    def _ask(self, question: str, *values: str) -> Iterator[Any]:
        try:
            return _fetched(self._database.execute(question, values))
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def _one(self, question: str, *values: str) -> str | None:
        found = next(self._ask(question, *values), None)
        return str(found[0]) if found else None


def _fetched(found: sqlite3.Cursor) -> Iterator[Any]:
    """Its rows; a damaged page may be met at any of them."""
    try:
        for row in found:  # noqa: UP028 - “yield from” would close the cursor, after its database
            yield row
    except sqlite3.Error as error:
        raise _unusable(error) from error


def _understood(read: Callable[[Any], Read], found: Iterable[tuple[bytes]]) -> Iterator[Read]:
    """What the stored entries say. One that is no longer what was written costs only itself; `verify` finds it."""
    for (entry,) in found:
        try:
            told = read(json.loads(entry))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        yield told


def _refuse_links(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        refuse_link(name)


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged log away, for somebody to look at, so that a new one can begin. Tells its new name."""
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        move(Path(f"{path}{suffix}"), Path(f"{aside}{suffix}"))
    return aside


def _read_only(path: Path) -> sqlite3.Connection:
    """A log as it is. Where nobody has it open, there is no write-ahead log beside it to agree on.

    Raises `LogUnusable`.
    """
    try:
        if Path(f"{path}-wal").exists():
            with suppress(sqlite3.OperationalError):
                return _connected(path, "mode=ro")
        return _connected(path, "immutable=1")
    except sqlite3.Error as error:
        raise _unusable(error) from error


def _connected(path: Path, how: str) -> sqlite3.Connection:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?{how}"
    database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        database.execute("SELECT count(*) FROM sqlite_master")  # the file is not looked at before
        return database
    except sqlite3.Error:
        database.close()
        raise


def _copy_of(source: sqlite3.Connection) -> sqlite3.Connection:
    """A database in memory with all that is in `source`, which is closed."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        source.backup(copy)
        return copy
    except sqlite3.Error:
        copy.close()
        raise
    finally:
        source.close()


def _counted(rows: Iterable[tuple[int, str, str]], total: int, progress: Progress) -> Iterator[tuple[int, str, str]]:
    for done, row in enumerate(rows, 1):
        yield row
        if done % STRIDE == 0 or done == total:
            progress(done, total, "")


def _set_up(database: sqlite3.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 250"):
        database.execute(f"PRAGMA {pragma}")


def _bind(database: sqlite3.Connection, commune: str) -> None:
    asked = "SELECT commune FROM station"
    found = database.execute(asked).fetchone()
    if not found:
        with transaction(database):
            found = database.execute(asked).fetchone()  # another process may have been first
            if not found:
                database.execute("INSERT INTO station VALUES (?)", (commune,))
    if found and found[0] != commune:
        raise Refused(
            Message(
                "this state folder belongs to commune “{theirs}”, not to “{ours}”: write “id: {theirs}” into"
                " commune.yaml again, or choose another with --state",
                theirs=found[0],
                ours=commune,
            )
        )


def _code(error: sqlite3.Error) -> int:
    """SQLite's extended code; 0 where Python itself complains. Its lowest byte is the kind of error."""
    return getattr(error, "sqlite_errorcode", 0)


def _unusable(error: sqlite3.Error) -> LogUnusable:
    if _code(error) & 0xFF == sqlite3.SQLITE_READONLY:
        return LogUnusable(UNWRITABLE)
    if _code(error) & 0xFF == sqlite3.SQLITE_IOERR and _code(error) not in NO_ROOM:
        return LogUnusable(
            Message("the disk or memory card fails under the as-run log ({error}): replace it", error=error)
        )
    if _code(error) in NO_ROOM:
        return LogUnusable(Message("the disk is full and the as-run log cannot be written: delete what is not needed"))
    # Busy, locked and unreadable pass; a broken file does not.
    kind = LogDamaged if _code(error) & 0xFF in DAMAGED else LogUnusable
    return kind(Message("the as-run log cannot be used: {error}", error=error))
