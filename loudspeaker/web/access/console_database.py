"""console.db, which only the console opens: opened or begun anew, its transactions, and how long ago something was.

Who keeps something there (accounts, tokens, the audit) has tables of their own. Ages are counted by the monotonic clock
within one start of the machine, else by the wall clock: setting the clock ends nothing and prolongs nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from ...clock import boot_id as current_boot
from ...errors import Message
from ...interfaces import Clock
from ...store.atomic import WriteError, move_database_aside

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF")


class ConsoleDatabase:
    """One connection to the database. Safe to be used from several threads."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, boot_id: str) -> None:
        self._connection = connection
        self._clock = clock
        self._boot = boot_id
        self._lock = RLock()

    @classmethod
    def open(cls, path: Path, clock: Clock, boot_id: str | None = None) -> ConsoleDatabase:
        """Open or make the database, readable by its owner only. A damaged one is renamed: people begin anew."""
        try:
            connection = _connect(path)
        except sqlite3.DatabaseError:
            move_database_aside(path, clock.now())
            connection = _connect(path)
        return cls(connection, clock, current_boot() if boot_id is None else boot_id)

    def close(self) -> None:
        self._connection.close()

    def create(self, schema: str) -> None:
        """Make the tables of `schema` that are missing."""
        with self._lock:
            self._connection.executescript(schema)

    def rows(self, question: str, *values: object) -> Iterator[sqlite3.Row]:
        with self._lock:
            return iter(self._connection.execute(question, values).fetchall())

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, for one thread at a time. Raises `WriteError` where the disk is full; nothing changed."""
        with self._lock:
            try:
                with self._transaction():
                    yield self._connection
            except sqlite3.OperationalError as error:
                raise WriteError(
                    Message("cannot write {path}: {error}", path="console.db", error=str(error))
                ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite has ended it by itself where the disk was full
                self._connection.execute("ROLLBACK")
            raise

    def now(self) -> datetime:
        """This moment by the wall clock, in UTC."""
        return self._clock.now().astimezone(UTC)

    def stamp(self) -> str:
        """This moment by both clocks: `boot monotonic wall`."""
        return f"{self._boot} {self._clock.monotonic():.3f} {self._clock.now().timestamp():.3f}"

    def moment(self, stamp: str) -> datetime:
        """When a stamp was made, by the wall clock of then."""
        return datetime.fromtimestamp(float(stamp.rpartition(" ")[2]), self._clock.now().tzinfo)

    def age(self, stamp: str) -> float:
        """Seconds since a stamp; by the wall clock, which may have been set either way, only over a restart."""
        boot_id, monotonic, wall = stamp.split(" ")
        if boot_id == self._boot:
            return self._clock.monotonic() - float(monotonic)
        return abs(self._clock.now().timestamp() - float(wall))


def _connect(path: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` where the file is no database or damaged."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("damaged")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection
