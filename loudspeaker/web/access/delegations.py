"""Ủy quyền duyệt: who may approve in whose place, from when to when; it ends by itself. In console.db, beside the
accounts (accounts.py).

The right counts only while the one who gave it may approve: it ends with that person's role, or when they are locked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ...errors import BadUsage, Message, NotFound
from ...interfaces import Clock
from .accounts import Account, Role, Session
from .console_database import ConsoleDatabase

LONGEST = 92  # days: who approves for longer is given the right itself

SCHEMA = """
CREATE TABLE IF NOT EXISTS delegations (
    id INTEGER PRIMARY KEY, giver INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    taker INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, begins REAL NOT NULL, ends REAL NOT NULL,
    made REAL NOT NULL, ended REAL);
"""
COLUMNS = """
SELECT delegations.id, givers.name, takers.name, begins, ends FROM delegations
JOIN accounts AS givers ON givers.id = giver JOIN accounts AS takers ON takers.id = taker
WHERE ended IS NULL AND NOT givers.locked AND ' ' || givers.roles || ' ' LIKE '% approve %'
"""


@dataclass(frozen=True, slots=True)
class Delegation:
    """`taker` may approve in the place of `giver` (names), from `begins` until `ends`, which are aware."""

    number: int
    giver: str
    taker: str
    begins: datetime
    ends: datetime


class DelegationStore:
    """The delegations of one console. Safe to be used from several threads."""

    def __init__(self, database: ConsoleDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        database.create(SCHEMA)

    def give(self, giver: Account, taker: Account, begins: datetime, ends: datetime) -> None:
        """Let `taker` approve in the place of `giver`. Raises `BadUsage`, where `giver` has no such right, too."""
        if Role.APPROVE not in giver.roles:
            raise BadUsage(Message("only whoever has the right to approve can delegate it"))
        if taker.id == giver.id or Role.APPROVE in taker.roles or taker.locked:
            raise BadUsage(Message("{name} can take no delegation", name=taker.name))
        if ends <= max(begins, self._clock.now()):
            raise BadUsage(Message("a delegation ends after it has begun, and in the time to come"))
        if (ends - begins).days > LONGEST:
            raise BadUsage(Message("a delegation lasts at most {days} days", days=LONGEST))
        times = begins.timestamp(), ends.timestamp(), self._clock.now().timestamp()
        with self._database.change() as database:
            columns = "giver, taker, begins, ends, made"
            database.execute(
                f"INSERT INTO delegations ({columns}) VALUES (?, ?, ?, ?, ?)", (giver.id, taker.id, *times)
            )

    def end(self, number: str) -> None:
        """Before its time. Raises `NotFound` where it is over already."""
        if number not in [str(delegation.number) for delegation in self.to_come()]:
            raise NotFound(Message("this delegation has ended already"))
        with self._database.change() as database:
            values = self._clock.now().timestamp(), number
            database.execute("UPDATE delegations SET ended = ? WHERE id = ?", values)

    def to_come(self) -> list[Delegation]:
        """Those that hold now or will, the first to begin first."""
        return self._find("AND ends > ? ORDER BY begins", self._clock.now().timestamp())

    def of_taker(self, account: Account) -> Delegation | None:
        """That by which somebody may approve now."""
        now = self._clock.now().timestamp()
        delegations = self._find("AND taker = ? AND begins <= ? AND ends > ? ORDER BY ends", account.id, now, now)
        return delegations[0] if delegations else None

    def entitle(self, session: Session) -> Session:
        """The session with the right to approve, where it is delegated to its person now."""
        account = session.account
        if Role.APPROVE in account.roles or self.of_taker(account) is None:
            return session
        return replace(session, account=replace(account, roles=account.roles | {Role.APPROVE}))

    def _find(self, condition: str, *values: object) -> list[Delegation]:
        zone = self._clock.now().tzinfo
        return [
            Delegation(number, giver, taker, *(datetime.fromtimestamp(at, zone) for at in span))
            for number, giver, taker, *span in self._database.rows(f"{COLUMNS} {condition}", *values)
        ]
