"""hub.db: what a hub knows of boxes, beside the signed files. SQLite in WAL mode, each change on the disk at once.

Several processes may have it open: the hub, and any command. What is not in it: content (v1/) and raw logs (logs/).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from ..errors import Message
from ..store.atomic import WriteError, make_folder
from ..store.migrations import Step, migrate, transaction

BUSY_TIMEOUT = 10.0  # seconds to wait for another process that is writing
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF")

# Instants are ISO 8601 text in UTC. A step that was released is never edited: add another.
VERSION_1: Step = (
    # The highest that was ever published of a scope: trust.floors, as JSON.
    "CREATE TABLE scope (id TEXT PRIMARY KEY, floors TEXT NOT NULL) WITHOUT ROWID",
    # `keys` are forgotten with the first box that has come; `request` and `answer` are its own, should it ask again.
    """CREATE TABLE invitation (
        letters TEXT PRIMARY KEY, scope TEXT NOT NULL, name TEXT NOT NULL, until TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0, keys BLOB, request BLOB, answer BLOB) WITHOUT ROWID""",
    # `password`: SHA-256 of 128 random bits; `broker`: the same as Mosquitto keeps it.
    """CREATE TABLE box (
        id TEXT PRIMARY KEY, scope TEXT NOT NULL, public TEXT NOT NULL, name TEXT NOT NULL, villages TEXT NOT NULL,
        box_yaml TEXT NOT NULL, joined TEXT NOT NULL, password TEXT NOT NULL, broker TEXT NOT NULL,
        revoked TEXT) WITHOUT ROWID""",
    # A life is a log from its first entry on; its id is the hash of that entry.
    """CREATE TABLE life (
        box TEXT NOT NULL REFERENCES box, life TEXT NOT NULL, entries INTEGER NOT NULL, head TEXT NOT NULL,
        issued TEXT NOT NULL, PRIMARY KEY (box, life)) WITHOUT ROWID""",
    """CREATE TABLE segment (
        box TEXT NOT NULL, life TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        PRIMARY KEY (box, life, first), FOREIGN KEY (box, life) REFERENCES life) WITHOUT ROWID""",
    """CREATE TABLE verdict (
        box TEXT NOT NULL, life TEXT NOT NULL, number INTEGER NOT NULL, airing TEXT NOT NULL, village TEXT NOT NULL,
        bulletin TEXT, at TEXT NOT NULL, verdict TEXT NOT NULL, entry TEXT NOT NULL,
        PRIMARY KEY (box, life, number), FOREIGN KEY (box, life) REFERENCES life) WITHOUT ROWID""",
    "CREATE INDEX verdict_of_bulletin ON verdict (bulletin, at)",
    # Why a box's log was last not believed; gone when one was.
    "CREATE TABLE refused_log (box TEXT PRIMARY KEY REFERENCES box, at TEXT NOT NULL, why TEXT NOT NULL) WITHOUT ROWID",
    # The last that a box has said of each kind: presence, health.
    """CREATE TABLE said (
        box TEXT NOT NULL REFERENCES box, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (box, kind)) WITHOUT ROWID""",
    """CREATE TABLE receipt (
        box TEXT NOT NULL REFERENCES box, alert TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (box, alert, state)) WITHOUT ROWID""",
)
VERSION_2: Step = (
    # What is wrong with it (`LogFault`): "" where an older version has noted it.
    "ALTER TABLE refused_log ADD COLUMN fault TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX verdict_in_time ON verdict (at)",
    # Something that people are told of: once when it begins, once when it is `over`. `facts`: JSON, for its sentence.
    """CREATE TABLE incident (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL, facts TEXT NOT NULL, since TEXT NOT NULL,
        over TEXT)""",
    "CREATE UNIQUE INDEX standing_incident ON incident (kind, about) WHERE over IS NULL",
    # To whom it was told, each by a channel of their own: `over` 1 that it is over.
    """CREATE TABLE telling (
        incident INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE, channel TEXT NOT NULL, over INTEGER NOT NULL,
        at TEXT NOT NULL, PRIMARY KEY (incident, channel, over)) WITHOUT ROWID""",
)
VERSION_3: Step = (
    # When an alert was first here with all signatures that it needs: by then boxes are told of it.
    "CREATE TABLE signed_alert (sha256 TEXT PRIMARY KEY, scope TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID",
    # The newest manifest of a scope, when it was first seen, and which boxes were unwell then: their ids, as JSON.
    """CREATE TABLE health_before (
        scope TEXT PRIMARY KEY, version INTEGER NOT NULL, at TEXT NOT NULL, unwell TEXT NOT NULL) WITHOUT ROWID""",
)
VERSION_4: Step = (
    # Passkeys that people have made at the pages (`login`); `credential`: base64url, by which a browser finds its key.
    """CREATE TABLE passkey (
        key TEXT PRIMARY KEY, login TEXT NOT NULL, credential TEXT NOT NULL, public TEXT NOT NULL,
        added TEXT NOT NULL) WITHOUT ROWID""",
)
VERSION_5: Step = (
    # Who has said that a village knows of an alert, by telephone: their word, and no airing.
    """CREATE TABLE village_told (
        alert TEXT NOT NULL, scope TEXT NOT NULL, village TEXT NOT NULL, at TEXT NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (alert, scope, village)) WITHOUT ROWID""",
)
VERSION_6: Step = (
    # Whose place a box takes, "" for nobody's: by its invitation, and once it has come.
    "ALTER TABLE invitation ADD COLUMN replaces TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE box ADD COLUMN replaces TEXT NOT NULL DEFAULT ''",
)
VERSION_7: Step = (
    # When an alert got its first signature at the hub: from then on boxes hold its sound for half an hour.
    "CREATE TABLE begun_alert (alert TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
)
VERSION_8: Step = (
    # When it was said last, be it the same as before (`at`: since when); "" for what a broker had kept.
    "ALTER TABLE said ADD COLUMN heard TEXT NOT NULL DEFAULT ''",
    # Since when this may be an older copy of the hub, whose alerts boxes know better (`drafts/alert_numbers.py`).
    "CREATE TABLE doubt (at TEXT NOT NULL)",
)
STEPS: tuple[Step, ...] = (VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6, VERSION_7, VERSION_8)


class HubDatabase:
    """One connection to a hub's database. Safe to be used from several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = RLock()

    @classmethod
    def open(cls, path: Path) -> HubDatabase:
        """Open or make it. Raises `WriteError` where that cannot be, `LoudspeakerError` for a newer version's."""
        make_folder(path.parent)
        try:
            path.touch(mode=0o600)  # Mosquitto may enter the folder
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
            with ExitStack() as unless_ready:
                unless_ready.callback(connection.close)
                for pragma in PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}")
                migrate(connection, STEPS)
                unless_ready.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise _cannot_use(path, error) from error
        connection.row_factory = sqlite3.Row
        return cls(connection)

    def close(self) -> None:
        self._connection.close()

    def rows(self, question: str, *values: object) -> list[sqlite3.Row]:
        """What a query finds."""
        with self._lock:
            return self._connection.execute(question, values).fetchall()

    def row(self, question: str, *values: object) -> sqlite3.Row | None:
        """The first that a query finds."""
        return next(iter(self.rows(question, *values)), None)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, for one thread at a time; nothing is changed where it raises. Raises `WriteError`."""
        with self._lock:
            try:
                with transaction(self._connection):
                    yield self._connection
            except sqlite3.OperationalError as error:  # a full disk, or another process writes for too long
                raise _cannot_use(Path("hub.db"), error) from error


def text_of(instant: datetime) -> str:
    """An instant as it is kept: as text it sorts by time."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant_of(text: str) -> datetime:
    """The instant that was kept."""
    return datetime.fromisoformat(text)


def _cannot_use(path: Path, error: Exception) -> WriteError:
    return WriteError(Message("the hub’s database {file} cannot be used: {error}", file=path.name, error=str(error)))
