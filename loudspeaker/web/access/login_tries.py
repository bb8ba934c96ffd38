"""Failed log-ins and wrong codes of the last quarter of an hour, in console.db: after a few nobody may try again."""

from __future__ import annotations

from ...errors import Message, Refused
from .console_database import ConsoleDatabase

MINUTE = 60.0
TRY_WINDOW = 15 * MINUTE

SCHEMA = "CREATE TABLE IF NOT EXISTS tries (key TEXT NOT NULL, at TEXT NOT NULL);"


class TooManyTries(Refused):
    """Nobody may try again for `retry_after` seconds."""

    def __init__(self, message: Message, retry_after: float = TRY_WINDOW) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LoginTries:
    """The tries at one console, each under a key such as an account or an address."""

    def __init__(self, database: ConsoleDatabase) -> None:
        self._database = database
        database.create(SCHEMA)

    def count(self, key: str) -> int:
        """How many there were within the window."""
        return len(self._ages(key))

    def refuse(self, key: str, most: int) -> None:
        """Raises `TooManyTries` where there were `most` of them within the window."""
        ages = self._ages(key)
        if len(ages) >= most:
            seconds = TRY_WINDOW - ages[-most]
            minutes = int(seconds // MINUTE) + 1
            raise TooManyTries(Message("too many tries; wait {minutes} minutes", minutes=minutes), seconds)

    def note(self, key: str) -> None:
        """One more."""
        old = [
            (row["rowid"],)
            for row in self._database.rows("SELECT rowid, at FROM tries")
            if self._database.age(row["at"]) > TRY_WINDOW
        ]
        with self._database.change() as database:
            database.executemany("DELETE FROM tries WHERE rowid = ?", old)
            database.execute("INSERT INTO tries VALUES (?, ?)", (key, self._database.stamp()))

    def forget(self, key: str) -> None:
        """Whoever it was has succeeded."""
        with self._database.change() as database:
            database.execute("DELETE FROM tries WHERE key = ?", (key,))

    def _ages(self, key: str) -> list[float]:
        """Ages in seconds of those within the window, the oldest first."""
        rows = self._database.rows("SELECT at FROM tries WHERE key = ? ORDER BY rowid", key)
        return [age for age in (self._database.age(at) for (at,) in rows) if age < TRY_WINDOW]
