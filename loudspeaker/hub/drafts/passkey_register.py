"""Passkeys that people have made at a hub's pages, until the trust document names them and behind that.

Nothing is believed by standing here: whose signature holds, only the trust document says. What is kept is what a
browser needs to find a key again, and what the holders of the trust document's keys are shown.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ...codec import decode, encode
from ...errors import Message, NotFound, Refused
from ...interfaces import Clock
from ...trust.public_keys import PublicKey
from ..hub_database import HubDatabase, instant_of, text_of

MOST_OF_ONE = 8  # passkeys of one account


@dataclass(frozen=True, slots=True)
class RegisteredPasskey:
    """A passkey of an account (`login`); `credential` (base64url) is what its browser knows it by."""

    login: str
    credential: str
    key: PublicKey
    added: datetime


@dataclass(frozen=True, slots=True)
class PasskeyRegister:
    """The passkeys in a hub's database."""

    database: HubDatabase
    clock: Clock

    def all(self) -> list[RegisteredPasskey]:
        """Every one, the latest first."""
        return list(map(_passkey, self.database.rows("SELECT * FROM passkey ORDER BY added DESC, key")))

    def of(self, login: str) -> list[RegisteredPasskey]:
        """Those of one account."""
        return [passkey for passkey in self.all() if passkey.login == login]

    def passkey(self, login: str, key: str) -> RegisteredPasskey:
        """One of an account, by the id of its key. Raises `NotFound`."""
        for passkey in self.of(login):
            if passkey.key.id == key:
                return passkey
        raise NotFound(Message("there is no passkey {key} here", key=key))

    def add(self, login: str, credential: str, key: PublicKey) -> None:
        """Keep a new passkey of an account. Raises `Refused` where it stands here already, or there are too many."""
        known = self.all()
        if any(passkey.key.id == key.id for passkey in known):
            raise Refused(Message("this passkey stands here already"))
        if sum(passkey.login == login for passkey in known) >= MOST_OF_ONE:
            raise Refused(Message("an account has at most {most} passkeys: remove one first", most=MOST_OF_ONE))
        stored = json.dumps(encode(key), ensure_ascii=False)
        row = key.id, login, credential, stored, text_of(self.clock.now())
        with self.database.change() as connection:
            connection.execute("INSERT INTO passkey VALUES (?, ?, ?, ?, ?)", row)

    def remove(self, login: str, key: str) -> None:
        """Forget a passkey of an account; what it has signed stays signed. Raises `NotFound`."""
        self.passkey(login, key)
        with self.database.change() as connection:
            connection.execute("DELETE FROM passkey WHERE key = ?", (key,))


@dataclass(frozen=True, slots=True)
class OwnPasskeys:
    """The passkeys of one account, as `PasskeyRegister` keeps them."""

    register: PasskeyRegister
    login: str

    def all(self) -> list[RegisteredPasskey]:
        """The latest first."""
        return self.register.of(self.login)

    def passkey(self, key: str) -> RegisteredPasskey:
        """One, by the id of its key. Raises `NotFound`."""
        return self.register.passkey(self.login, key)

    def add(self, credential: str, key: PublicKey) -> None:
        """As `PasskeyRegister.add`."""
        self.register.add(self.login, credential, key)

    def remove(self, key: str) -> None:
        """As `PasskeyRegister.remove`."""
        self.register.remove(self.login, key)


def _passkey(row: sqlite3.Row) -> RegisteredPasskey:
    key = decode(PublicKey, json.loads(row["public"]))
    return RegisteredPasskey(row["login"], row["credential"], key, instant_of(row["added"]))
