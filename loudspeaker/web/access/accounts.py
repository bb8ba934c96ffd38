"""People with their roles, sessions and one-time links, in console.db.

Secrets are kept as hashes only.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from ...errors import BadUsage, Message, NotFound, Refused
from ...interfaces import Clock
from ...store.atomic import WriteError
from .console_database import AddedColumn, ConsoleDatabase
from .login_tries import MINUTE, LoginTries
from .passwords import PasswordHashes, check_password

HOUR, DAY = 3600.0, 86_400.0
SESSION_IDLE, SESSION_LONGEST = 12 * HOUR, 7 * DAY
PROOF = 10 * MINUTE  # how long a password that was typed again counts
FIRST_LINK, PERSON_LINK = 30 * MINUTE, 24 * HOUR  # how long a link can be used
LINK_TRIES = 5  # wrong codes from one address in TRY_WINDOW
ACCOUNT_TRIES, ADDRESS_TRIES = 5, 20  # failed log-ins in TRY_WINDOW
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # of codes: 32 signs that cannot be taken for each other
CODE_LETTERS = 16  # 80 bits, in groups of four

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, login TEXT UNIQUE NOT NULL, name TEXT NOT NULL, hash TEXT, roles TEXT NOT NULL,
    locked INTEGER NOT NULL DEFAULT 0, made REAL NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, made TEXT NOT NULL,
    seen TEXT NOT NULL, proved TEXT NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS links (
    code TEXT PRIMARY KEY, account INTEGER REFERENCES accounts ON DELETE CASCADE, made TEXT NOT NULL,
    lasts REAL NOT NULL, used REAL);
"""
ADDED = (
    AddedColumn("accounts", "scope", "TEXT NOT NULL DEFAULT ''"),
    AddedColumn("accounts", "phone", "TEXT NOT NULL DEFAULT ''"),
)
PHONE = re.compile(r"\+?[0-9][0-9 .()-]{2,24}")


class Role(StrEnum):
    """What a person may do in the console; a person may have several."""

    VIEW = "view"  # Xem
    EDIT = "edit"  # Biên tập
    APPROVE = "approve"  # Phê duyệt
    DUTY = "duty"  # Trực ban
    ADMIN = "admin"  # Quản trị


@dataclass(frozen=True, slots=True)
class Account:
    """One person. `scope`: whose things they see at a hub, with those below it; "" those of all, as at a station."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    locked: bool
    has_password: bool
    scope: str = ""
    phone: str = ""  # by which a colleague reaches them


@dataclass(frozen=True, slots=True)
class Session:
    """One person at one browser. `token` is the cookie's value, `form_token` stands in every form."""

    token: str
    account: Account
    address: str
    agent: str
    proved: bool  # the password was typed within `PROOF` seconds

    @property
    def form_token(self) -> str:
        return _digest(f"form {self.token}")


@dataclass(frozen=True, slots=True)
class LogIn:
    """One session as it is listed, without its secret. `number` names it; times are by the wall clock."""

    number: int
    account: Account
    made: datetime
    seen: datetime
    address: str
    agent: str


class WrongPassword(Refused):
    """Name or password is wrong; `left` tries remain."""

    def __init__(self, message: Message, left: int = 0) -> None:
        super().__init__(message)
        self.left = left


class AccountStore:
    """The accounts of one console. Safe to be used from several threads."""

    def __init__(self, database: ConsoleDatabase, hashes: PasswordHashes | None = None) -> None:
        self._database = database
        self._hashes = hashes or PasswordHashes()
        self._tries = LoginTries(database)
        database.create(SCHEMA, *ADDED)

    @classmethod
    def open(
        cls, path: Path, clock: Clock, boot_id: str | None = None, hashes: PasswordHashes | None = None
    ) -> AccountStore:
        """With a connection of their own."""
        return cls(ConsoleDatabase.open(path, clock, boot_id), hashes)

    def close(self) -> None:
        self._database.close()

    # People

    def accounts(self) -> list[Account]:
        """Everybody, by login."""
        return [_account(row) for row in self._database.rows("SELECT * FROM accounts ORDER BY login")]

    def account(self, login: str) -> Account:
        """Raises `NotFound`."""
        for row in self._database.rows("SELECT * FROM accounts WHERE login = ?", _login(login)):
            return _account(row)
        raise NotFound(Message("there is no account “{login}”", login=login))

    def is_empty(self) -> bool:
        """Has nobody a password yet? Then only the first link is answered."""
        return not any(account.has_password for account in self.accounts())

    def add(self, login: str, name: str, roles: Iterable[Role], scope: str = "") -> str:
        """A new person without a password; the code of the link by which they choose one. Raises `BadUsage`."""
        with self._database.change() as database:
            self._insert(database, login, name, frozenset(roles), scope)
        return self.make_link(login)

    def set_roles(self, login: str, roles: Iterable[Role]) -> None:
        """Replace the roles; the person's sessions end. Raises `NotFound`, `Refused` for the last administrator."""
        account, chosen = self.account(login), frozenset(roles)
        self._keep_an_administrator(account, Role.ADMIN in chosen)
        self._change_account(account, "roles", _role_text(chosen))

    def set_scope(self, login: str, scope: str) -> None:
        """Say anew whose things a person sees; their sessions end. Raises as `set_roles` does."""
        account = self.account(login)
        self._keep_an_administrator(account, scope == account.scope)
        self._change_account(account, "scope", scope)

    def set_phone(self, login: str, phone: str) -> None:
        """The number by which colleagues reach a person; "" for none. Raises `NotFound`, `BadUsage`."""
        account, written = self.account(login), " ".join(phone.split())
        if written and not PHONE.fullmatch(written):
            message = Message("“{value}” is no telephone number; write it as 0912 345 678", value=written)
            raise BadUsage(message)
        with self._database.change() as database:
            database.execute("UPDATE accounts SET phone = ? WHERE id = ?", (written, account.id))

    def set_locked(self, login: str, locked: bool) -> None:
        """Lock or unlock; the person's sessions end. Raises `NotFound`, `Refused` for the last administrator."""
        account = self.account(login)
        self._keep_an_administrator(account, not locked)
        self._change_account(account, "locked", int(locked))

    def set_password(self, login: str, password: str, names: Iterable[str] = ()) -> None:
        """A new password for somebody who has one; the person's sessions end. Raises `NotFound`, `WeakPassword`."""
        account = self.account(login)
        check_password(password, [*names, account.login, account.name])
        self._change_account(account, "hash", self._hashes.hash(password))

    def remove(self, login: str) -> None:
        """Raises `NotFound`, `Refused` for the last administrator."""
        account = self.account(login)
        self._keep_an_administrator(account, False)
        with self._database.change() as database:
            database.execute("DELETE FROM accounts WHERE id = ?", (account.id,))

    # One-time links

    def make_link(self, login: str | None = None) -> str:
        """A code that sets a password once: for this account, or for the first one of all. Raises `NotFound`."""
        account = None if login is None else self.account(login).id
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
        lasts = FIRST_LINK if account is None else PERSON_LINK
        with self._database.change() as database:
            database.execute("DELETE FROM links WHERE account IS ?", (account,))
            link = _digest(code), account, self._database.stamp(), lasts
            database.execute("INSERT INTO links (code, account, made, lasts) VALUES (?, ?, ?, ?)", link)
            if account is not None:
                database.execute("DELETE FROM sessions WHERE account = ?", (account,))
        return "-".join(code[at : at + 4] for at in range(0, CODE_LETTERS, 4))

    def use_link(
        self, code: str, password: str, address: str, *, login: str = "", name: str = "", names: Iterable[str] = ()
    ) -> Account:
        """Set a password by a link; the first link makes the first account, an administrator with every role.

        Raises `Refused` for a code that is unknown, used or too old, `TooManyTries`, `WeakPassword`, `BadUsage`.
        """
        digest = _digest("".join(letter for letter in code.upper() if letter in ALPHABET))
        self._tries.refuse(f"link {address}", LINK_TRIES)
        if not any(self._database.rows("SELECT 1 FROM links WHERE code = ?", digest)):
            self._tries.note(f"link {address}")
        self._usable_link(digest)
        check_password(password, [*names, login, name])
        hashed = self._hashes.hash(password)
        with self._database.change() as database:  # somebody else may have used it meanwhile
            account = self._usable_link(digest)
            number = account or self._insert(database, login, name, frozenset(Role))
            database.execute("UPDATE links SET used = ? WHERE code = ?", (self._database.now().timestamp(), digest))
            database.execute("UPDATE accounts SET hash = ? WHERE id = ?", (hashed, number))
            database.execute("DELETE FROM sessions WHERE account = ?", (number,))
        return self._by_number(number)

    def _usable_link(self, digest: str) -> int | None:
        """The account that a link is for, None for the first one. Raises `Refused` where it cannot be used."""
        link = next(self._database.rows("SELECT account, made, lasts, used FROM links WHERE code = ?", digest), None)
        if link is None:
            raise Refused(Message("this code is not valid; ask for a new one"))
        if link["used"] is not None:
            raise Refused(Message("this code was used already; ask for a new one"))
        if self._database.age(link["made"]) > link["lasts"]:
            raise Refused(Message("this code is too old; ask for a new one"))
        if link["account"] is None and not self.is_empty():
            raise Refused(Message("the first account was made already; ask its owner for a link"))
        account: int | None = link["account"]
        return account

    # Sessions

    def log_in(self, login: str, password: str, address: str, agent: str) -> Session:
        """Raises `WrongPassword`, `TooManyTries`."""
        by_login, by_address = f"login {_login(login)}", f"address {address}"
        self._tries.refuse(by_login, ACCOUNT_TRIES)
        self._tries.refuse(by_address, ADDRESS_TRIES)
        row = next(self._database.rows("SELECT * FROM accounts WHERE login = ? AND NOT locked", _login(login)), None)
        if not self._hashes.verify(password, row["hash"] if row else None) or row is None:
            self._tries.note(by_login)
            self._tries.note(by_address)
            left = max(0, ACCOUNT_TRIES - self._tries.count(by_login))
            raise WrongPassword(Message("name or password is wrong; {left} tries left in 15 minutes", left=left), left)
        self._tries.forget(by_login)
        return self._begin(_account(row), address, agent)

    def session(self, token: str) -> Session | None:
        """The session of a cookie, which is thereby in use; None where it has ended."""
        person = "accounts.id, login, name, hash, roles, locked, scope, phone"
        question = f"SELECT sessions.*, {person} FROM sessions JOIN accounts ON accounts.id = account WHERE token = ?"
        row = next(self._database.rows(question, _digest(token)), None)
        if row is None:
            return None
        if row["locked"] or self._is_over(row):
            self.end_session(token)
            return None
        if self._database.age(row["seen"]) > MINUTE:  # not with each picture of a page
            with suppress(WriteError), self._database.change() as database:  # a full disk shuts nobody out
                seen = self._database.stamp(), _digest(token)
                database.execute("UPDATE sessions SET seen = ? WHERE token = ?", seen)
        is_proved = self._database.age(row["proved"]) <= PROOF
        return Session(token, _account(row), row["address"], row["agent"], is_proved)

    def prove(self, session: Session, password: str) -> Session:
        """The password once more; a new session with a new token takes the old one's place.

        Raises `WrongPassword`, `TooManyTries`.
        """
        renewed = self.log_in(session.account.login, password, session.address, session.agent)
        self.end_session(session.token)
        return renewed

    def end_session(self, token: str) -> None:
        with self._database.change() as database:
            database.execute("DELETE FROM sessions WHERE token = ?", (_digest(token),))

    def end_sessions(self, login: str) -> int:
        """End all of a person's sessions; how many there were. Raises `NotFound`."""
        account = self.account(login)
        with self._database.change() as database:
            return database.execute("DELETE FROM sessions WHERE account = ?", (account.id,)).rowcount

    def log_ins(self, login: str | None = None) -> list[LogIn]:
        """Every session that has not ended, or those of one person, the one that was used last first."""
        rows = list(self._database.rows("SELECT rowid, * FROM sessions"))
        log_ins = [self._log_in(row) for row in rows if not self._is_over(row)]
        wanted = (log_in for log_in in log_ins if login in (None, log_in.account.login))
        return sorted(wanted, key=lambda log_in: log_in.seen, reverse=True)

    def _log_in(self, row: sqlite3.Row) -> LogIn:
        made, seen = (self._database.moment(row[name]) for name in ("made", "seen"))
        return LogIn(row["rowid"], self._by_number(row["account"]), made, seen, row["address"], row["agent"])

    def number_of(self, session: Session) -> int:
        """Which of the log-ins a session is; 0 where it has ended."""
        rows = self._database.rows("SELECT rowid FROM sessions WHERE token = ?", _digest(session.token))
        return next((int(row["rowid"]) for row in rows), 0)

    def end_log_in(self, number: int) -> None:
        with self._database.change() as database:
            database.execute("DELETE FROM sessions WHERE rowid = ?", (number,))

    def _is_over(self, row: sqlite3.Row) -> bool:
        return self._database.age(row["seen"]) > SESSION_IDLE or self._database.age(row["made"]) > SESSION_LONGEST

    def _begin(self, account: Account, address: str, agent: str) -> Session:
        token, stamp = secrets.token_urlsafe(32), self._database.stamp()
        with self._database.change() as database:
            database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_digest(token), account.id, stamp, stamp, stamp, address, agent[:200]),
            )
        return Session(token, account, address, agent[:200], True)

    # What the others stand on

    def _insert(
        self, database: sqlite3.Connection, login: str, name: str, roles: frozenset[Role], scope: str = ""
    ) -> int:
        if not name.strip() or not _login(login).isidentifier():
            raise BadUsage(Message("a login has letters and digits only, and everybody has a name"))
        try:
            cursor = database.execute(
                "INSERT INTO accounts (login, name, roles, made, scope) VALUES (?, ?, ?, ?, ?)",
                (_login(login), " ".join(name.split()), _role_text(roles), self._database.now().timestamp(), scope),
            )
        except sqlite3.IntegrityError:
            raise BadUsage(Message("there is an account “{login}” already", login=login)) from None
        assert cursor.lastrowid
        return cursor.lastrowid

    def _by_number(self, number: int) -> Account:
        return next(_account(row) for row in self._database.rows("SELECT * FROM accounts WHERE id = ?", number))

    def _change_account(self, account: Account, column: str, value: str | int) -> None:
        with self._database.change() as database:
            database.execute(f"UPDATE accounts SET {column} = ? WHERE id = ?", (value, account.id))
            database.execute("DELETE FROM sessions WHERE account = ?", (account.id,))

    def _keep_an_administrator(self, account: Account, stays_one: bool) -> None:
        """Raises `Refused` where nobody would be left who can let people in: there, or everywhere."""
        others = [
            other
            for other in self.accounts()
            if Role.ADMIN in other.roles and other.has_password and not other.locked and other.id != account.id
            if other.scope in ("", account.scope)
        ]
        if Role.ADMIN in account.roles and not stays_one and not others:
            raise Refused(Message("“{login}” is the last administrator; name another first", login=account.login))


def _account(row: sqlite3.Row) -> Account:
    roles = frozenset(Role(role) for role in row["roles"].split())
    has_password = row["hash"] is not None
    return Account(
        row["id"], row["login"], row["name"], roles, bool(row["locked"]), has_password, row["scope"], row["phone"]
    )


def _role_text(roles: frozenset[Role]) -> str:
    return " ".join(role for role in Role if role in roles)


def _login(login: str) -> str:
    """As it is kept: small letters, NFC, no blanks around it."""
    return unicodedata.normalize("NFC", login).strip().lower()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
