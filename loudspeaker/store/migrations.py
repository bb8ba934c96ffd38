"""Schema of the log's database as a list of steps. A step that was released is never edited: add another.

Rows are never rewritten: the chain covers the stored text, and all columns are computed from it, so that no column can
contradict the chain.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import LoudspeakerError, Message
from .atomic import commit_draft, write_draft

Step = tuple[str, ...]  # statements, one transaction

VERSION_1: Step = (
    "CREATE TABLE station (commune TEXT NOT NULL)",
    "CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # AUTOINCREMENT remembers the highest number ever given, so that `verify` finds entries deleted at the end.
    """CREATE TABLE entries (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        entry TEXT NOT NULL,
        hash TEXT NOT NULL,
        kind TEXT GENERATED ALWAYS AS (json_extract(entry, '$.kind')) VIRTUAL,
        airing TEXT GENERATED ALWAYS AS (json_extract(entry, '$.airing')) VIRTUAL,
        at REAL GENERATED ALWAYS AS (julianday(json_extract(entry, '$.at'))) VIRTUAL)""",
    "CREATE UNIQUE INDEX one_verdict ON entries (airing) WHERE kind = 'verdict'",
    "CREATE INDEX by_airing ON entries (airing, number)",
    "CREATE INDEX by_time ON entries (kind, at)",
    *(
        f"CREATE TRIGGER no_{verb}_of_{table} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        for verb in ("UPDATE", "DELETE")
        for table in ("entries", "station")
    ),
)

STEPS: tuple[Step, ...] = (VERSION_1,)


def migrate(database: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Bring `database` to the newest schema; a backup is written beside it first.

    Raises `LoudspeakerError` where a newer version of the program has made it, `sqlite3.Error`.
    """
    version = _version(database)
    if version > len(steps):
        raise LoudspeakerError(Message("this log was written by a newer version of loudspeaker; install that version"))
    if 0 < version < len(steps):
        _back_up(database, version)
    for number, step in enumerate(steps[version:], version + 1):
        _apply(database, step, number)


def _apply(database: sqlite3.Connection, step: Step, number: int) -> None:
    with transaction(database):
        if _version(database) < number:  # another process may have been first
            for statement in step:
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _back_up(database: sqlite3.Connection, version: int) -> None:
    path = database.execute("PRAGMA database_list").fetchone()[2]
    if not path:
        return  # a copy in memory
    backup = Path(path).with_suffix(f".v{version}.backup")
    copy = write_draft(backup, b"")
    target = sqlite3.connect(copy)
    try:
        database.backup(target, pages=1000)
    except sqlite3.Error:
        copy.unlink()
        raise
    finally:
        target.close()
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    commit_draft(copy, backup)


@contextmanager
def transaction(database: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """A transaction around the block, rolled back where it raises.

    An "IMMEDIATE" one is the only writer from its first statement on; a "DEFERRED" one only reads, sees one state
    throughout, and blocks no writer.
    """
    database.execute(f"BEGIN {kind}")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # a full disk may have ended it already
            database.execute("ROLLBACK")
        raise
