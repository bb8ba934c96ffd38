"""The as-run log: what became of every airing, append-only; each entry is on the disk when the call returns.

SQLite in WAL mode with synchronous=FULL (with NORMAL a power cut can undo commits). Several processes may have it open
at once: the daemon, and any command.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from ..codec import UNREADABLE
from ..errors import UNWRITABLE, LoudspeakerError, Message, Refused
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Verdict
from .atomic import make_folder, move_database_aside, refuse_link, share_with_group
from .disk_space import DiskReserve
from .entries import Entry, event_entry, event_of, record_of, verdict_entry
from .hash_chain import BrokenChain, canonical_json, head_hash, initial_hash, next_hash
from .log_connection import ConnectionFollower, connect_read_only, copy_to_memory
from .migrations import STEPS, Step, migrate, transaction

BUSY_TIMEOUT = 10.0  # seconds to wait for another process that is writing
PROGRESS_STRIDE = 10_000  # entries between two calls of `progress`

T = TypeVar("T")
Progress = Callable[[int, int, str], None]  # done, of all, of what ("": of what the caller asked for)

# All kinds of entries, each by one search of the index `by_time`, so that an hour's events are found among years.
ALL_KINDS = """WITH RECURSIVE kinds (kind) AS (
    SELECT min(kind) FROM entries
    UNION ALL SELECT (SELECT min(kind) FROM entries WHERE kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)"""
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
RAW_ENTRY = "CAST(entry AS BLOB)"  # as text, a damaged entry that is not UTF-8 would end the whole query
COMMUNE = "SELECT commune FROM station"
NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}  # the second: the file of shared memory cannot grow


class LogUnusable(LoudspeakerError):
    """The log cannot be read or written: damaged, locked for longer than `BUSY_TIMEOUT`, or the disk is full."""


class LogDamaged(LogUnusable):
    """The file is not a log any more; waiting does not help."""


class AsRunLog:
    """The log of one commune; an implementation of `playout.ports.Log`."""

    def __init__(
        self, database: sqlite3.Connection, commune: str, reserve: DiskReserve | None, steps: Sequence[Step] = STEPS
    ) -> None:
        """The log in an open database; `commune` is the commune's id, `reserve` the reserve for a full disk, if any.

        Raises `Refused` where the log is another commune's, `LogUnusable` where it is damaged.
        """
        self._database = database
        self.commune = commune
        self._reserve = reserve
        self._follower: ConnectionFollower | None = None
        self._lock = Lock()
        _prepare(database, commune, steps)
        if reserve:
            reserve.allocate()  # again, after a full disk: with each command, so at the latest with the nightly sweep

    @classmethod
    def open(cls, path: Path, commune: str, steps: Sequence[Step] = STEPS) -> AsRunLog:
        """Open or create the log at `path`, with its reserve beside it. Raises as the class does."""
        make_folder(path.parent)
        _refuse_links(path)
        exists = path.exists()
        try:
            database = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise _translate_error(error) from error
        try:
            if not exists:
                share_with_group(path)  # SQLite gives its other files the same mode
            return cls(database, commune, DiskReserve(path.with_name("ballast")), steps)
        except LoudspeakerError:
            database.close()
            raise

    @classmethod
    def open_read_only(cls, path: Path, commune: str, steps: Sequence[Step] = STEPS) -> AsRunLog:
        """The log for a process that may not write it, empty where there is none; writing raises `LogUnusable`.

        It shows what is in the log now, or more. A log with an older schema is copied into memory and migrated there.
        Raises as the class does.
        """
        return cls(_open_read_only(path, commune, steps), commune, None, steps)

    @classmethod
    def follow(cls, path: Path, commune: str, steps: Sequence[Step] = STEPS) -> AsRunLog:
        """The same as it is at each question, whoever writes it, sets it aside or begins it meanwhile."""
        log = cls.open_read_only(path, commune, steps)
        log._follower = ConnectionFollower(path, lambda: _open_read_only(path, commune, steps))
        return log

    def close(self) -> None:
        self._database.close()

    def replace_damaged(self, path: Path, now: datetime) -> Path:
        """Rename the damaged log at `path` and continue with a new one; the new path of the old one."""
        with self._lock:
            self.close()
            aside = move_database_aside(path, now)
            fresh = AsRunLog.open(path, self.commune)
            self._database, self._reserve = fresh._database, fresh._reserve
        return aside

    # Write. Each of these raises `LogUnusable`.

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None:
        """Append an event. `facts` are plain values; times among them become ISO 8601 text."""
        self._append(event_entry(Event(kind, airing, at, facts)))

    def verdict(self, record: AsRunRecord) -> None:
        """Append the verdict of an airing. Raises `ValueError` where it has one already."""
        try:
            self._append(verdict_entry(record))
        except sqlite3.IntegrityError as error:
            raise ValueError(f"{record.id} has a verdict already") from error

    def remember(self, key: str, value: object) -> None:
        """Keep a small JSON value outside the chain, for `recall`."""
        self._write("INSERT OR REPLACE INTO memory VALUES (?, ?)", lambda: (key, canonical_json({"value": value})))

    # Read. Each of these raises `LogUnusable`.

    def recall(self, key: str) -> object:
        """The value of `remember`; None where there is none or it is damaged."""
        text = self._query_one("SELECT value FROM memory WHERE key = ?", key)
        try:
            return json.loads(text)["value"] if text else None
        except (ValueError, KeyError, TypeError):
            return None

    def verdict_of(self, airing: str) -> Verdict | None:
        entry = self._query_one("SELECT entry FROM entries WHERE kind = 'verdict' AND airing = ?", airing)
        return record_of(json.loads(entry)).verdict if entry else None

    def hash_of(self, airing: str) -> str | None:
        """The hash of an airing's verdict in the chain; None where it has no verdict."""
        return self._query_one("SELECT hash FROM entries WHERE kind = 'verdict' AND airing = ?", airing)

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        """Events that match all that is given, in the order in which they were written."""
        begins = since.isoformat() if since else None
        conditions = {"kind = ?": kind, "airing = ?": airing, "at >= julianday(?)": begins}
        given = {clause: value for clause, value in conditions.items() if value is not None}
        by_time = since is not None and kind is None and airing is None  # else another index fits
        no_verdict = "kind IN (SELECT kind FROM kinds WHERE kind != 'verdict')" if by_time else "kind != 'verdict'"
        where = " AND ".join([no_verdict, *given])
        rows = self._query(
            f"{ALL_KINDS if by_time else ''} SELECT {RAW_ENTRY} FROM entries WHERE {where} ORDER BY number",
            *given.values(),
        )
        events = _decode_entries(event_of, rows)
        # SQLite rounds to the millisecond; the comparison that counts is this one.
        return [event for event in events if since is None or event.at >= since]

    def rows(self, begins: datetime, ends: datetime) -> Sequence[AsRunRecord]:
        """Verdicts of airings scheduled from `begins` up to, but not including, `ends`, in order of schedule."""
        return list(self.records(begins, ends))

    def records(self, begins: datetime, ends: datetime) -> Iterator[AsRunRecord]:
        """The same as an iterator."""
        rows = self._query(
            f"SELECT {RAW_ENTRY} FROM entries WHERE kind = 'verdict' AND at >= julianday(?) AND at < julianday(?)"
            " ORDER BY at, number",
            begins.isoformat(),
            ends.isoformat(),
        )
        return _decode_entries(record_of, rows)

    def begins(self) -> datetime | None:
        """The scheduled time of the first airing with a verdict; None where there is none.

        The time of an event may be wrong, such as 1970; that of a verdict comes from a schedule.
        """
        rows = self._query(f"SELECT {RAW_ENTRY} FROM entries WHERE kind = 'verdict' ORDER BY at, number")
        first = next(_decode_entries(record_of, rows), None)
        return first.scheduled_at if first else None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All queries inside see one state of the log, whoever writes meanwhile."""
        with self._lock, transaction(self._current(), "DEFERRED"):
            yield

    def entries(self, progress: Progress | None = None, after: int = 0) -> Iterator[tuple[int, str, str]]:
        """All entries of the chain behind number `after`: number, stored text, hash."""
        columns = f"number, {RAW_ENTRY}, CAST(hash AS BLOB)"
        rows = self._query(f"SELECT {columns} FROM entries WHERE number > ? ORDER BY number", after)
        entries = ((number, *(part.decode("utf-8", "replace") for part in parts)) for number, *parts in rows)
        return _report_progress(entries, self.count() - after, progress) if progress else entries

    def entry(self, number: int) -> str | None:
        """The stored text of one entry; None where it is missing."""
        row = next(self._query(f"SELECT {RAW_ENTRY} FROM entries WHERE number = ?", number), None)
        return row[0].decode(errors="replace") if row else None

    def last_number(self) -> int:
        """The number of the last entry; 0 where there is none."""
        return int(self._query_one("SELECT coalesce(max(number), 0) FROM entries") or 0)

    def count(self) -> int:
        return int(self._query_one("SELECT count(*) FROM entries") or 0)

    def head(self) -> str:
        """The stored hash of the last entry, not verified; "" where there is none."""
        row = next(self._query("SELECT CAST(hash AS BLOB) FROM entries ORDER BY number DESC LIMIT 1"), None)
        return row[0].decode(errors="replace") if row else ""

    def life(self) -> str:
        """The stored hash of the first entry, by which this log is told from any other; "" where there is none."""
        return next((hash for _, _, hash in self.entries()), "")

    def verify(self, progress: Progress | None = None) -> str:
        """The head of the chain. Raises `BrokenChain` at the first entry that is missing or not as it was written."""
        with self.snapshot():
            verified = head_hash(self.commune, self.entries(progress))
            last = self.last_number()
            highest = self._query_one("SELECT seq FROM sqlite_sequence WHERE name = 'entries'")
        if highest and last != int(highest):
            missing = last + 1
            raise BrokenChain(missing, Message("the log is broken: entry {number} is missing", number=missing))
        return verified

    # Statements and queries

    def _append(self, entry: Entry) -> None:
        text = canonical_json(entry)

        def link() -> tuple[str, str]:
            return text, next_hash(self.head() or initial_hash(self.commune), text)

        self._write("INSERT INTO entries (entry, hash) VALUES (?, ?)", link)

    def _write(self, statement: str, values: Callable[[], tuple[str, ...]]) -> None:
        """Execute one statement in a transaction, within which `values` is called. Raises `LogUnusable`.

        `values` is no SQL function of SQLite, because that would deadlock: called inside a statement, it waits for the
        interpreter lock, which a thread may hold that waits for SQLite.
        """
        try:
            with self._lock, transaction(self._database):
                self._database.execute(statement, values())
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            if _error_code(error) not in NO_ROOM or not self._reserve or not self._reserve.release():
                raise _translate_error(error) from error
            self._write(statement, values)

    def _query(self, question: str, *values: str | int) -> Iterator[Any]:
        try:
            return _fetch_rows(self._current().execute(question, values))
        except sqlite3.Error as error:
            raise _translate_error(error) from error

    def _current(self) -> sqlite3.Connection:
        if self._follower:
            self._database = self._follower.renew(self._database)
        return self._database

    def _query_one(self, question: str, *values: str) -> str | None:
        row = next(self._query(question, *values), None)
        return str(row[0]) if row else None


def read_commune(path: Path) -> str | None:
    """The id of the commune of which the log at `path` is; None where there is none. Raises `LogUnusable`."""
    _refuse_links(path)
    if not path.exists():
        return None
    try:
        with closing(connect_read_only(path)) as database:
            return next((str(row[0]) for row in database.execute(COMMUNE)), None)
    except sqlite3.Error as error:
        raise _translate_error(error) from error


def _fetch_rows(cursor: sqlite3.Cursor) -> Iterator[Any]:
    """The rows of a query. Raises `LogUnusable` at any of them, where a page is damaged."""
    try:
        for row in cursor:  # noqa: UP028 - “yield from” would close the cursor, after its database
            yield row
    except sqlite3.Error as error:
        raise _translate_error(error) from error


def _decode_entries(decode: Callable[[Entry], T], rows: Iterable[tuple[bytes]]) -> Iterator[T]:
    """The values of stored entries. A damaged one is left out; `verify` finds it."""
    for (entry,) in rows:
        try:
            value = decode(json.loads(entry))
        except UNREADABLE:
            continue
        yield value


def _open_read_only(path: Path, commune: str, steps: Sequence[Step]) -> sqlite3.Connection:
    """A connection that writes nothing to a log that is the commune's. Raises as `AsRunLog` does."""
    _refuse_links(path)
    try:
        database = connect_read_only(path)
    except sqlite3.Error as error:
        raise _translate_error(error) from error
    try:
        if database.execute("PRAGMA user_version").fetchone()[0] < len(steps):
            database = copy_to_memory(database)
        else:
            database.execute("PRAGMA query_only = ON")
        _prepare(database, commune, steps)
        database.execute("PRAGMA query_only = ON")
        return database
    except sqlite3.Error as error:
        database.close()
        raise _translate_error(error) from error
    except LoudspeakerError:
        database.close()
        raise


def _prepare(database: sqlite3.Connection, commune: str, steps: Sequence[Step]) -> None:
    """Bring the schema up to date, and see whose log it is. Raises as `AsRunLog` does."""
    try:
        if not database.execute("PRAGMA query_only").fetchone()[0]:
            _set_up(database)
        migrate(database, steps)
        _bind_commune(database, commune)
    except sqlite3.Error as error:
        raise _translate_error(error) from error


def _refuse_links(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        refuse_link(name)


def _report_progress(
    rows: Iterable[tuple[int, str, str]], total: int, progress: Progress
) -> Iterator[tuple[int, str, str]]:
    for done, row in enumerate(rows, 1):
        yield row
        if done % PROGRESS_STRIDE == 0 or done == total:
            progress(done, total, "")


def _set_up(database: sqlite3.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 250"):
        database.execute(f"PRAGMA {pragma}")


def _bind_commune(database: sqlite3.Connection, commune: str) -> None:
    row = database.execute(COMMUNE).fetchone()
    if not row:
        with transaction(database):
            row = database.execute(COMMUNE).fetchone()  # another process may have been first
            if not row:
                database.execute("INSERT INTO station VALUES (?)", (commune,))
    if row and row[0] != commune:
        raise Refused(
            Message(
                "this state folder belongs to commune “{theirs}”, not to “{ours}”: write “id: {theirs}” into"
                " commune.yaml again; or, where the commune was merged: “loudspeaker fleet move {ours}”",
                theirs=row[0],
                ours=commune,
            )
        )


def _error_code(error: sqlite3.Error) -> int:
    """SQLite's extended code; 0 where Python itself complains. Its lowest byte is the kind of error."""
    return getattr(error, "sqlite_errorcode", 0)


def _translate_error(error: sqlite3.Error) -> LogUnusable:
    if _error_code(error) & 0xFF == sqlite3.SQLITE_READONLY:
        return LogUnusable(UNWRITABLE)
    if _error_code(error) & 0xFF == sqlite3.SQLITE_IOERR and _error_code(error) not in NO_ROOM:
        return LogUnusable(
            Message("the disk or memory card fails under the as-run log ({error}): replace it", error=error)
        )
    if _error_code(error) in NO_ROOM:
        return LogUnusable(Message("the disk is full and the as-run log cannot be written: delete what is not needed"))
    # What is busy, locked or unreadable may pass; a damaged file does not.
    kind = LogDamaged if _error_code(error) & 0xFF in DAMAGED else LogUnusable
    return kind(Message("the as-run log cannot be used: {error}", error=error))
