"""What officers have typed and not saved yet, what lost against another's saving, what approvers were shown, and the
doubts that somebody has seen.

In console.db, beside the accounts (accounts.py): a telephone that dies loses nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...interfaces import Clock
from ...model.spoken_text import Doubt
from ..access.console_database import ConsoleDatabase

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

    def __init__(self, database: ConsoleDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        database.create(SCHEMA)

    def put(self, login: str, bulletin: str, draft: Draft) -> None:
        """Keep what somebody has typed; their last draft of the bulletin gives way."""
        row = login, bulletin, draft.revision, _content(draft), self._now()
        with self._database.change() as database:
            database.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)", row)

    def find(self, login: str, bulletin: str) -> Draft | None:
        """What somebody has typed and not saved."""
        question = "SELECT revision, content, at FROM drafts WHERE login = ? AND bulletin = ?"
        for revision, content, at in self._database.rows(question, login, bulletin):
            return _draft(content, login, at, revision=revision)
        return None

    def drop(self, login: str, bulletin: str) -> None:
        """It was saved, or given up."""
        with self._database.change() as database:
            database.execute("DELETE FROM drafts WHERE login = ? AND bulletin = ?", (login, bulletin))

    def keep(self, bulletin: str, draft: Draft) -> None:
        """Keep a version that lost against another's, so that nothing of it is lost."""
        row = bulletin, draft.by, _content(draft), self._now()
        with self._database.change() as database:
            database.execute("INSERT INTO kept (bulletin, by, content, at) VALUES (?, ?, ?, ?)", row)
            database.execute(
                "DELETE FROM kept WHERE bulletin = ? AND id NOT IN "
                "(SELECT id FROM kept WHERE bulletin = ? ORDER BY id DESC LIMIT ?)",
                (bulletin, bulletin, MOST_KEPT),
            )

    def kept_versions(self, bulletin: str) -> list[Draft]:
        """The versions that lost, the latest first."""
        question = "SELECT id, content, by, at FROM kept WHERE bulletin = ? ORDER BY id DESC"
        rows = self._database.rows(question, bulletin)
        return [_draft(content, by, at, number=number) for number, content, by, at in rows]

    def remember(self, bulletin: str, digest: str, text: str) -> None:
        """Keep the text that was shown to an approver with this digest: later ones are compared with it."""
        row = bulletin, digest, _content(Draft("", text)), self._now()
        with self._database.change() as database:
            database.execute("INSERT OR REPLACE INTO shown VALUES (?, ?, ?, ?)", row)

    def recall(self, bulletin: str, digest: str) -> str | None:
        """The text that was shown with this digest."""
        question = "SELECT content FROM shown WHERE bulletin = ? AND digest = ?"
        for (content,) in self._database.rows(question, bulletin, digest):
            return str(json.loads(content)[0])
        return None

    def see(self, bulletin: str, doubts: Collection[str], login: str) -> None:
        """Somebody says that these (`doubt_key`) are read rightly."""
        rows = [(bulletin, doubt, login, self._now()) for doubt in doubts]
        with self._database.change() as database:
            database.executemany("INSERT OR REPLACE INTO seen_doubts VALUES (?, ?, ?, ?)", rows)

    def seen_doubts(self, bulletin: str) -> frozenset[str]:
        """The doubts of a bulletin that somebody has seen."""
        rows = self._database.rows("SELECT doubt FROM seen_doubts WHERE bulletin = ?", bulletin)
        return frozenset(doubt for (doubt,) in rows)

    def _now(self) -> str:
        return self._clock.now().isoformat()


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


def _draft(content: str, by: str, at: str, revision: str = "", number: int = 0) -> Draft:
    text, head = json.loads(content)
    return Draft(revision, text, head, by, datetime.fromisoformat(at), number)
