"""What officers have typed and not saved yet, what lost against another's saving, what approvers were shown, and the
doubts that somebody has seen.

In console.db, beside the accounts (accounts.py): a telephone that dies loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import RLock

from ...interfaces import Clock
from ...model.spoken_text import Doubt

MOST_KEPT = 20  # versions of a bulletin that lost against another's

SCHEMA = """
CREATE TABLE IF NOT EXISTS drafts (
    login TEXT NOT NULL, bulletin TEXT NOT NULL, revision TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (login, bulletin));
CREATE TABLE IF NOT EXISTS kept (
    id INTEGER PRIMARY KEY, bulletin TEXT NOT NULL, by TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS shown (
    bulletin TEXT NOT NULL, digest TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (bulletin, digest));
CREATE TABLE IF NOT EXISTS seen_doubts (
    bulletin TEXT NOT NULL, doubt TEXT NOT NULL, login TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (bulletin, doubt));
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A bulletin as somebody has typed it: text and fields of the head, begun on the file with `revision`."""

    revision: str
    text: str
    head: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    at: datetime | None = None
    number: int = 0  # of a version that lost


class DraftStore:
    """The drafts of one console. Safe to be used from several threads."""

    def __init__(self, database: sqlite3.Connection, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = RLock()

    @classmethod
    def open(cls, path: Path, clock: Clock) -> DraftStore:
        """In the database of the accounts, which makes the file."""
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        database.executescript(SCHEMA)
        return cls(database, clock)

    def close(self) -> None:
        self._database.close()

    def put(self, login: str, bulletin: str, draft: Draft) -> None:
        """Keep what somebody has typed; their last draft of the bulletin gives way."""
        self._run(
            "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)",
            *(login, bulletin, draft.revision, _content(draft), self._now()),
        )

    def find(self, login: str, bulletin: str) -> Draft | None:
        """What somebody has typed and not saved."""
        for row in self._run(
            "SELECT revision, content, at FROM drafts WHERE login = ? AND bulletin = ?", login, bulletin
        ):
            return _draft(row[1], login, row[2], revision=row[0])
        return None

    def drop(self, login: str, bulletin: str) -> None:
        """It was saved, or given up."""
        self._run("DELETE FROM drafts WHERE login = ? AND bulletin = ?", login, bulletin)

    def keep(self, bulletin: str, draft: Draft) -> None:
        """Keep a version that lost against another's, so that nothing of it is lost."""
        self._run(
            "INSERT INTO kept (bulletin, by, content, at) VALUES (?, ?, ?, ?)",
            *(bulletin, draft.by, _content(draft), self._now()),
        )
        self._run(
            "DELETE FROM kept WHERE bulletin = ? AND id NOT IN "
            "(SELECT id FROM kept WHERE bulletin = ? ORDER BY id DESC LIMIT ?)",
            *(bulletin, bulletin, MOST_KEPT),
        )

    def kept(self, bulletin: str) -> list[Draft]:
        """The versions that lost, the latest first."""
        rows = self._run("SELECT id, content, by, at FROM kept WHERE bulletin = ? ORDER BY id DESC", bulletin)
        return [_draft(content, by, at, number=number) for number, content, by, at in rows]

    def remember(self, bulletin: str, digest: str, text: str) -> None:
        """Keep the text that was shown to an approver with this digest: later ones are compared with it."""
        content = _content(Draft("", text))
        self._run("INSERT OR REPLACE INTO shown VALUES (?, ?, ?, ?)", bulletin, digest, content, self._now())

    def recall(self, bulletin: str, digest: str) -> str | None:
        """The text that was shown with this digest."""
        for row in self._run("SELECT content FROM shown WHERE bulletin = ? AND digest = ?", bulletin, digest):
            return str(json.loads(str(row[0]))[0])
        return None

    def see(self, bulletin: str, doubts: Collection[str], login: str) -> None:
        """Somebody says that these (`doubt_key`) are read rightly."""
        for doubt in doubts:
            self._run("INSERT OR REPLACE INTO seen_doubts VALUES (?, ?, ?, ?)", bulletin, doubt, login, self._now())

    def seen(self, bulletin: str) -> frozenset[str]:
        """The doubts of a bulletin that somebody has seen."""
        return frozenset(str(row[0]) for row in self._run("SELECT doubt FROM seen_doubts WHERE bulletin = ?", bulletin))

    def _now(self) -> str:
        return self._clock.now().isoformat()

    def _run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def doubt_key(text: str, doubt: Doubt) -> str:
    """What a doubt is known by: its line of the text, its place there, and how it is read.

    Whoever has seen it need not look again when something else is edited; another line, or another reading, is another.
    """
    lines = text.split("\n")
    line = lines[doubt.line - 1] if doubt.line <= len(lines) else ""
    parts = (line, doubt.written, doubt.spoken.casefold(), str(doubt.column))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _content(draft: Draft) -> str:
    return json.dumps([draft.text, dict(draft.head)], ensure_ascii=False)


def _draft(content: object, by: object, at: object, revision: object = "", number: object = 0) -> Draft:
    text, head = json.loads(str(content))
    return Draft(str(revision), text, head, str(by), datetime.fromisoformat(str(at)), int(str(number)))
