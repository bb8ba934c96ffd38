"""console.db, which only the console opens: opened or begun anew, its transactions, and how long ago something was.

Who keeps something there (accounts, tokens, the audit) has tables of their own. A database that is damaged is set aside
for a technician and a new one begun, when it is opened and whenever it turns out later. Ages are counted by the
monotonic clock within one start of the machine, else by the wall clock: setting the clock ends nothing and prolongs
nothing.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import NamedTuple

from ...clock import boot_id as current_boot
from ...errors import LoudspeakerError, Message
from ...interfaces import Clock
from ...store.atomic import WriteError, move_database_aside

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF")
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # kinds of errors; below: errors
UNREADABLE = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
logger = logging.getLogger(__name__)


class ConsoleDamaged(LoudspeakerError):
    """console.db turned out to be damaged in the midst of a request; from the next one on it can be used again."""


class AddedColumn(NamedTuple):
    """A column that an older program's table has not."""

    table: str
    name: str
    kind: str  # its type and default, in SQL


class ConsoleDatabase:
    """One connection to the database at `path`, whichever file that is by now. Safe to be used from several threads.

    Raises `WriteError` where it cannot be opened.
    """

    _connection: sqlite3.Connection
    _identity: tuple[int, int] | None = None  # of the file that is open; None: none is

    def __init__(self, path: Path, clock: Clock, boot_id: str) -> None:
        self._path = path
        self._clock = clock
        self._boot = boot_id
        self._lock = RLock()
        self._schemas: list[tuple[str, Sequence[AddedColumn]]] = []
        self._begin()

    @classmethod
    def open(cls, path: Path, clock: Clock, boot_id: str | None = None) -> ConsoleDatabase:
        """Open or make the database, readable by its owner only. A damaged one is renamed: people begin anew."""
        return cls(path, clock, current_boot() if boot_id is None else boot_id)

    def close(self) -> None:
        self._connection.close()

    def create(self, schema: str, *columns: AddedColumn) -> None:
        """Make the tables of `schema` that are missing, and then the `columns` that are."""
        with self._current() as connection:
            _make(connection, schema, columns)
            self._schemas.append((schema, columns))

    def rows(self, question: str, *values: object) -> Iterator[sqlite3.Row]:
        """Raises `ConsoleDamaged`."""
        with self._current() as connection:
            return iter(connection.execute(question, values).fetchall())

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, for one thread at a time; nothing is changed where it raises.

        Raises `WriteError` where the disk is full, `ConsoleDamaged`.
        """
        with self._current() as connection:
            try:
                with _transaction(connection):
                    yield connection
            except sqlite3.OperationalError as error:
                if _is_damage(error):
                    raise
                raise _cannot_write(error) from error

    @contextmanager
    def _current(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time. Raises `ConsoleDamaged` where it turned out to be damaged."""
        with self._lock:
            if self._identity and self._connection.in_transaction:  # within `change`, which looks after it
                yield self._connection
                return
            if self._identity is None or _identity(self._path) != self._identity:
                self._begin()  # somebody has renamed or deleted it: a command, a person
            try:
                yield self._connection
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                raise ConsoleDamaged(_describe(self._begin())) from error

    def _begin(self) -> Path | None:
        """Open what lies at the path, or make it; where a damaged one was renamed to. Raises `WriteError`."""
        if self._identity:
            self._identity = None
            with suppress(sqlite3.Error):
                self._connection.close()
        identity, aside = _identity(self._path), None
        try:
            try:
                connection = _connect(self._path)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                if _identity(self._path) == identity:  # else another process was first
                    aside = move_database_aside(self._path, self._clock.now())
                    logger.error("console.db was damaged and lies in %s now", aside)
                connection = _connect(self._path)
            for schema, columns in self._schemas:
                _make(connection, schema, columns)
        except sqlite3.Error as error:
            raise _cannot_write(error) from error
        self._connection, self._identity = connection, _identity(self._path)
        return aside

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


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # where the disk was full SQLite has ended it by itself
            connection.execute("ROLLBACK")
        raise


def _connect(path: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` where the file is no database or damaged."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            unsound = sqlite3.DatabaseError("damaged")
            unsound.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise unsound
    except sqlite3.DatabaseError:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


def _make(connection: sqlite3.Connection, schema: str, columns: Sequence[AddedColumn]) -> None:
    """Tables and columns that are missing; another process may be at it, too."""
    connection.executescript(schema)
    if _missing(connection, columns):
        with _transaction(connection):
            for table, name, kind in _missing(connection, columns):
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _missing(connection: sqlite3.Connection, columns: Sequence[AddedColumn]) -> list[AddedColumn]:
    tables = {column.table for column in columns}
    known = {(table, row["name"]) for table in tables for row in connection.execute(f"PRAGMA table_info({table})")}
    return [column for column in columns if (column.table, column.name) not in known]


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(FileNotFoundError):
        state = path.stat()
        return state.st_dev, state.st_ino
    return None


def _is_damage(error: sqlite3.Error) -> bool:
    """Will waiting not help: is the file no database any more, or its place on the disk worn out?"""
    code = getattr(error, "sqlite_errorcode", 0)  # 0 where Python itself complains
    return code & 0xFF in DAMAGED or code in UNREADABLE


def _describe(aside: Path | None) -> Message:
    """What became of a database that read nonsense, where its file was renamed or was sound after all."""
    if aside is None:
        return Message("the accounts of these pages had to be opened anew; please do it once more")
    return Message(
        "the accounts of these pages were damaged and lie in {file} now. Everybody begins anew with a link that "
        "“loudspeaker web first” prints at the machine; the station goes on as before",
        file=aside.name,
    )


def _cannot_write(error: sqlite3.Error) -> WriteError:
    return WriteError(Message("cannot write {path}: {error}", path="console.db", error=str(error)))
