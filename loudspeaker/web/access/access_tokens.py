"""What other programs read the station with: tokens that have a name, an end and one use. None changes anything.

A token is shown once, when it is made; console.db keeps its hash.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ...errors import BadUsage, Message, NotFound, Refused, bad_character
from ...store.atomic import WriteError
from .console_database import ConsoleDatabase

PREFIX = "ls_"  # by which programs that look for lost secrets know one
DAYS = (30, 365, 1095)  # that a token may be valid
LONGEST_NAME = 80  # characters
MINUTE = 60.0  # s; a token's last use is noted once in so many

SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    number INTEGER PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, name TEXT UNIQUE NOT NULL, use TEXT NOT NULL,
    village TEXT NOT NULL, by TEXT NOT NULL, made TEXT NOT NULL, lasts REAL NOT NULL, used REAL);
"""


class TokenUse(StrEnum):
    """What a token opens."""

    API = "api"  # /api/v1 and /metrics
    CALENDAR = "calendar"  # the calendar of one village


@dataclass(frozen=True, slots=True)
class AccessToken:
    """One token, without its secret."""

    number: int
    name: str
    use: TokenUse
    village: str  # whose calendar; "" for another use
    by: str  # who made it
    until: datetime
    used: datetime | None
    ended: bool


class NoToken(Refused):
    """A program has shown no token, or one that nobody knows or that has ended."""


class WrongToken(Refused):
    """A token that opens something else."""


class AccessTokens:
    """The tokens of one console."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database
        database.create(SCHEMA)

    def tokens(self) -> list[AccessToken]:
        """All of them, by name; those that have ended, too, until somebody revokes them."""
        return [self._token(row) for row in self._database.rows("SELECT * FROM tokens ORDER BY name")]

    def make(self, name: str, days: int, by: str, village: str = "") -> str:
        """A new token for `days`: of the calendar of `village`, else of the API. Raises `BadUsage`."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME or bad_character(name):
            raise BadUsage(Message("a token has a name of at most {most} characters", most=LONGEST_NAME))
        use = TokenUse.CALENDAR if village else TokenUse.API
        secret = PREFIX + secrets.token_urlsafe(32)
        lasts = timedelta(days=days).total_seconds()
        row = (_digest(secret), name, use, village, by, self._database.stamp(), lasts)
        try:
            with self._database.change() as database:
                columns = "sha256, name, use, village, by, made, lasts"
                database.execute(f"INSERT INTO tokens ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            raise BadUsage(Message("there is a token “{name}” already", name=name)) from None
        return secret

    def revoke(self, name: str) -> None:
        """From now on it opens nothing. Raises `NotFound`."""
        with self._database.change() as database:
            if not database.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount:
                raise NotFound(Message("there is no token “{name}”", name=name))

    def find(self, secret: str, use: TokenUse, village: str = "") -> AccessToken:
        """The token of a program that wants this, noted as used. Raises `NoToken`, `WrongToken`."""
        row = next(self._database.rows("SELECT * FROM tokens WHERE sha256 = ?", _digest(secret)), None)
        if row is None:
            raise NoToken(Message("this needs a token that is valid"))
        token = self._token(row)
        if token.ended:
            raise NoToken(Message("the token “{name}” has ended; ask for a new one", name=token.name))
        if (token.use, token.village) != (use, village):
            raise WrongToken(Message("the token “{name}” opens something else", name=token.name))
        self._note_use(token)
        return token

    def _note_use(self, token: AccessToken) -> None:
        now = self._database.now()
        if token.used is None or abs((now - token.used).total_seconds()) >= MINUTE:
            with suppress(WriteError), self._database.change() as database:  # a full disk shuts no program out
                used = now.timestamp(), token.number
                database.execute("UPDATE tokens SET used = ? WHERE number = ?", used)

    def _token(self, row: sqlite3.Row) -> AccessToken:
        made_at = datetime.fromtimestamp(float(row["made"].rpartition(" ")[2]), UTC)
        return AccessToken(
            row["number"],
            row["name"],
            TokenUse(row["use"]),
            row["village"],
            row["by"],
            made_at + timedelta(seconds=row["lasts"]),
            None if row["used"] is None else datetime.fromtimestamp(row["used"], UTC),
            self._database.age(row["made"]) > row["lasts"],
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
