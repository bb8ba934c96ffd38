"""Connections to the log's database that write nothing, and one that stays true while another process writes.

Not even the files beside the log by which SQLite's readers synchronize are written.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote


class ReadConnection(sqlite3.Connection):
    """Closes itself with its last user: a follower lets go of it while somebody may still read from it."""

    def __del__(self) -> None:
        self.close()


def connect_read_only(path: Path) -> sqlite3.Connection:
    """What is in the file now; an empty database where there is none. Raises `sqlite3.Error`.

    Without a write-ahead log beside it nobody writes, and the file is read as one that never changes.
    """
    if not path.exists():
        return _open(":memory:")
    if Path(f"{path}-wal").exists():
        with suppress(sqlite3.OperationalError):
            return _connect(path, "mode=ro")
    return _connect(path, "immutable=1")


def copy_to_memory(source: sqlite3.Connection) -> sqlite3.Connection:
    """A copy of `source` in memory; `source` is closed."""
    copy = _open(":memory:")
    try:
        source.backup(copy)
        return copy
    except sqlite3.Error:
        copy.close()
        raise
    finally:
        source.close()


class ConnectionFollower:
    """Opens the file at `path` anew, by `connect`, whenever it or its write-ahead log is another than before.

    A connection that was opened while nobody wrote would never see what is written later, nor would one whose file was
    renamed. The old connection is left to whoever still reads from it.
    """

    def __init__(self, path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._seen: object = None  # the first look opens it once more: it may have changed since

    def renew(self, database: sqlite3.Connection) -> sqlite3.Connection:
        """`database`, as long as it shows what there is. Within a transaction it stays the same."""
        if database.in_transaction or (state := self._state()) == self._seen:
            return database
        database = self._connect()
        self._seen = state
        return database

    def _state(self) -> object:
        return [_stamp(Path(f"{self._path}{suffix}")) for suffix in ("", "-wal")]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _connect(path: Path, how: str) -> sqlite3.Connection:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?{how}"
    database = _open(uri)
    try:
        database.execute("SELECT count(*) FROM sqlite_master")  # opens the file
        return database
    except sqlite3.Error:
        database.close()
        raise


def _open(name: str) -> sqlite3.Connection:
    """A database by its URI, or ":memory:"."""
    return sqlite3.connect(name, uri=True, isolation_level=None, check_same_thread=False, factory=ReadConnection)
