"""What people did at the console, in a chain of hashes of its own: who, what, when, from where, and how it ended.

The as-run log has what was done to the station; here stands also what never comes there: logging in and failing to,
people and their rights, tokens. One entry for each form that was sent, whatever became of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ...errors import Message
from ...plaintext import escape
from ...store.hash_chain import BrokenChain, canonical_json, head_hash, initial_hash, next_hash
from .console_database import ConsoleDatabase

CHAIN = "console"  # in place of a commune's id: no entry of a commune's log verifies here
LONGEST = 200  # characters of one value

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, entry TEXT NOT NULL, hash TEXT NOT NULL);
"""
SCOPE_OF = "CASE WHEN json_valid(entry) THEN coalesce(json_extract(entry, '$.scope'), '') END"


@dataclass(frozen=True, slots=True)
class Act:
    """One form that somebody sent."""

    what: str  # its route, such as "POST /cai-dat/nguoi"
    status: int  # of the answer
    by: str  # a person's name; "" before they have logged in
    account: str
    address: str  # IP
    about: Mapping[str, str] = field(default_factory=dict)  # parts of the address and fields of the form
    scope: str = ""  # of the account, at a hub


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One entry: an act, when it was, and its place in the chain."""

    number: int
    at: datetime
    act: Act


class ConsoleAudit:
    """The acts at one console, the oldest first in the chain."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database
        database.create(SCHEMA)

    def add(self, act: Act) -> None:
        """Append an act. Its words may hold anything: they are escaped, and none is longer than `LONGEST`."""
        at = self._database.now().isoformat(timespec="milliseconds")
        facts = {"by": act.by, "account": act.account, "address": act.address}
        about = {name: _short(value) for name, value in act.about.items()}
        entry = canonical_json(
            {"at": at, "what": act.what, "status": act.status, "about": about}
            | {name: _short(value) for name, value in facts.items()}
            | ({"scope": act.scope} if act.scope else {})
        )
        with self._database.change() as database:
            row = database.execute("SELECT hash FROM audit ORDER BY number DESC LIMIT 1").fetchone()
            digest = next_hash(row["hash"] if row else initial_hash(CHAIN), entry)
            database.execute("INSERT INTO audit (at, entry, hash) VALUES (?, ?, ?)", (at, entry, digest))

    def records(self, most: int, before: int | None = None, scopes: Collection[str] | None = None) -> list[AuditRecord]:
        """The latest first, at most so many, before number `before`; of accounts of these `scopes` only, if given.

        What cannot be read is left out.
        """
        seen = "TRUE" if scopes is None else f"{SCOPE_OF} IN ({', '.join('?' * len(scopes))})"
        question = f"SELECT number, entry FROM audit WHERE number < ? AND {seen} ORDER BY number DESC LIMIT ?"
        rows = self._database.rows(question, before or 1 << 62, *(scopes or ()), most)
        return [record for row in rows if (record := _record(row["number"], row["entry"]))]

    def head(self) -> str:
        """The hash of the last entry, not verified; "" where there is none."""
        rows = self._database.rows("SELECT hash FROM audit ORDER BY number DESC LIMIT 1")
        return next((str(row["hash"]) for row in rows), "")

    def verify(self) -> int:
        """How many entries there are. Raises `BrokenChain` at the first that is missing or not as it was written."""
        head_hash(CHAIN, self._entries())
        last = next(
            (row["seq"] for row in self._database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")), 0
        )
        count: int = next(self._database.rows("SELECT count(*) AS entries FROM audit"))["entries"]
        if count != last:
            raise BrokenChain(count + 1, Message("the log is broken: entry {number} is missing", number=count + 1))
        return count

    def _entries(self) -> Iterator[tuple[int, str, str]]:
        """All of them in order, a few at a time: there may be years of them."""
        last, question = 0, "SELECT number, entry, hash FROM audit WHERE number > ? ORDER BY number LIMIT 1000"
        while rows := [(row["number"], row["entry"], row["hash"]) for row in self._database.rows(question, last)]:
            yield from rows
            last = rows[-1][0]


def _record(number: int, entry: str) -> AuditRecord | None:
    """None where it is not what this program wrote."""
    try:
        facts = json.loads(entry)
        act = Act(
            facts["what"],
            facts["status"],
            facts["by"],
            facts["account"],
            facts["address"],
            dict(facts["about"]),
            facts.get("scope", ""),
        )
        return AuditRecord(number, datetime.fromisoformat(facts["at"]), act)
    except (ValueError, KeyError, TypeError):
        return None


def _short(value: str) -> str:
    return escape(value)[:LONGEST]
