"""Boxes that have joined a hub: their invitations, their passwords, and when somebody has revoked one."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...errors import BadUsage, Message, NotFound, Refused, bad_character
from ...fleet.joining import (
    InvitationCode,
    JoinAnswer,
    JoinKeys,
    JoinRequest,
    derive_keys,
    make_code,
    open_request,
    read_letters,
    seal_answer,
)
from ...interfaces import Clock
from ...station.box.box_key import box_id
from ...trust.faults import UntrustedDocument
from ...trust.public_keys import PublicKey, machine_key
from ...trust.signed_documents import SCOPE
from ..hub_database import HubDatabase, instant_of, text_of
from .broker_accounts import hash_password, make_password

LASTS, MOST_TRIES = timedelta(days=7), 5  # of an invitation
TOLD = (  # boxes with the box.yaml that each has told of last
    "SELECT box.id, name, villages, coalesce(nullif(json_extract(said.body, '$.box_yaml'), ''), box.box_yaml)"
    " AS box_yaml FROM box LEFT JOIN said ON said.box = box.id AND said.kind = 'health'"
)
FIELDS = "id, scope, public, name, villages, joined, revoked"


@dataclass(frozen=True, slots=True)
class RegisteredBox:
    """A box that has joined; `public` is the key by which it signs its log."""

    id: str
    scope: str
    public: str
    name: str
    villages: tuple[str, ...]
    joined: datetime
    revoked: datetime | None

    @property
    def key(self) -> PublicKey:
        return machine_key(self.public, self.id)


@dataclass(frozen=True, slots=True)
class BoxRegistry:
    """The boxes in a hub's database. `derive` makes the keys of a code, as the box does on its side."""

    database: HubDatabase
    clock: Clock
    derive: Callable[[InvitationCode], JoinKeys] = derive_keys

    def invite(self, scope: str, name: str = "", replaces: str = "") -> InvitationCode:
        """A code by which one box may join a commune within a week, in the place of another where one is named.

        Raises `BadUsage`, `NotFound` where the commune has no such box.
        """
        if not SCOPE.fullmatch(scope):
            raise BadUsage(Message("“{scope}” is no scope", scope=scope))
        if fault := bad_character(name):
            raise BadUsage(Message("{name}: {fault}", name="--box", fault=fault))
        if replaces and self.box(replaces).scope != scope:
            raise NotFound(Message("no box {box} has joined", box=replaces))
        now, code = self.clock.now(), make_code()
        with self.database.change() as connection:
            connection.execute("DELETE FROM invitation WHERE until < ?", (text_of(now),))
            while connection.execute("SELECT 1 FROM invitation WHERE letters = ?", (code.letters,)).fetchone():
                code = make_code()
            keys = self.derive(code)
            connection.execute(
                "INSERT INTO invitation (letters, scope, name, until, keys, replaces) VALUES (?, ?, ?, ?, ?, ?)",
                (code.letters, scope, name, text_of(now + LASTS), keys.request + keys.answer, replaces),
            )
        return code

    def join(self, raw: bytes, welcome: Callable[[str, str, str], JoinAnswer]) -> bytes:
        """The sealed answer to a box's request; the same again to the same request.

        `welcome` makes the answer for a box of a scope (id, scope, password). Raises `Refused`, with the same words
        whatever is wrong with the code.
        """
        letters = read_letters(raw)
        with self.database.change() as connection:
            row = connection.execute("SELECT * FROM invitation WHERE letters = ?", (letters,)).fetchone()
            if row is None or instant_of(row["until"]) < self.clock.now() or row["tries"] >= MOST_TRIES:
                raise _unknown_code()
            if row["request"] == raw:
                return bytes(row["answer"])
            if row["keys"] is None:
                raise _unknown_code()
            keys = _keys(row["keys"])
            try:
                request = open_request(raw, keys)
            except Refused:  # this is kept: after five of them the code is worth nothing
                connection.execute("UPDATE invitation SET tries = tries + 1 WHERE letters = ?", (letters,))
            else:
                return self._take_in(connection, row, request, raw, keys, welcome)
        raise _unknown_code()

    def _take_in(
        self,
        connection: sqlite3.Connection,
        invitation: sqlite3.Row,
        request: JoinRequest,
        raw: bytes,
        keys: JoinKeys,
        welcome: Callable[[str, str, str], JoinAnswer],
    ) -> bytes:
        """Register a box whose code was right. Its keys are forgotten."""
        box, password, scope = _box_id(request), make_password(), invitation["scope"]
        known = connection.execute("SELECT public FROM box WHERE id = ?", (box,)).fetchone()
        if known and known["public"] != request.public:
            raise Refused(Message("another box has the id {box} already", box=box))
        before = _find_replaced(connection, invitation, request, box)
        plain = replace(welcome(box, scope, password), box_yaml=before["box_yaml"] if before else "")
        answer, now = seal_answer(plain, raw, keys), text_of(self.clock.now())
        name, villages, box_yaml = invitation["name"], json.dumps(request.villages), request.box_yaml
        if before:
            name, villages, box_yaml = name or before["name"], before["villages"], before["box_yaml"]
            connection.execute("UPDATE box SET revoked = coalesce(revoked, ?) WHERE id = ?", (now, before["id"]))
        connection.execute(
            "INSERT INTO box VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?) ON CONFLICT (id) DO UPDATE SET"
            " scope = excluded.scope, name = excluded.name, villages = excluded.villages,"
            " box_yaml = excluded.box_yaml, joined = excluded.joined, password = excluded.password,"
            " broker = excluded.broker, revoked = NULL, replaces = excluded.replaces",
            (
                *(box, scope, request.public, name, villages, box_yaml, now),
                *(_digest(password), hash_password(password), request.replaces),
            ),
        )
        connection.execute(
            "UPDATE invitation SET keys = NULL, request = ?, answer = ? WHERE letters = ?",
            (raw, answer, invitation["letters"]),
        )
        return answer

    def box(self, ident: str) -> RegisteredBox:
        """A box by its id. Raises `NotFound`."""
        row = self.database.row(f"SELECT {FIELDS} FROM box WHERE id = ?", ident)
        if row is None:
            raise NotFound(Message("no box {box} has joined", box=ident))
        return _box(row)

    def last_box_yaml(self, ident: str) -> str:
        """What a box plays, as it has told last; "" where it has not."""
        row = self.database.row(f"{TOLD} WHERE box.id = ?", ident)
        return row["box_yaml"] if row else ""

    def boxes(self, scope: str | None = None) -> list[RegisteredBox]:
        """Those of a commune, or all, by commune and id."""
        rows = self.database.rows(
            f"SELECT {FIELDS} FROM box WHERE scope = ? OR ? IS NULL ORDER BY scope, id", scope, scope
        )
        return list(map(_box, rows))

    def authenticate(self, ident: str, password: str) -> RegisteredBox:
        """The box that knows its password. Raises `Refused`."""
        row = self.database.row("SELECT password FROM box WHERE id = ? AND revoked IS NULL", ident)
        if not hmac.compare_digest(row["password"] if row else "", _digest(password)):
            raise Refused(Message("this box is not known here, or was revoked"))
        return self.box(ident)

    def revoke(self, ident: str) -> RegisteredBox:
        """From now on a box is let in nowhere; its logs stay. Raises `NotFound`."""
        box = self.box(ident)
        with self.database.change() as connection:
            connection.execute("UPDATE box SET revoked = ? WHERE id = ?", (text_of(self.clock.now()), ident))
        return box

    def broker_accounts(self) -> list[tuple[str, str]]:
        """Who may log in at the broker: id and hash of the password."""
        rows = self.database.rows("SELECT id, broker FROM box WHERE revoked IS NULL ORDER BY id")
        return [(row["id"], row["broker"]) for row in rows]


def _find_replaced(
    connection: sqlite3.Connection, invitation: sqlite3.Row, request: JoinRequest, box: str
) -> sqlite3.Row | None:
    """The box whose place this one takes, with the box.yaml that it has told of last. Raises `Refused`."""
    replaces = invitation["replaces"]
    if request.replaces != replaces:
        if replaces:
            raise Refused(
                Message("this code is for a box in the place of {box}: join with --replace {box}", box=replaces)
            )
        raise Refused(Message("this code is for a new box: have one made with --replace {box}", box=request.replaces))
    if not replaces:
        return None
    if replaces == box:
        raise Refused(Message("this is {box} itself: no other box takes its place", box=box))
    row: sqlite3.Row | None = connection.execute(f"{TOLD} WHERE box.id = ?", (replaces,)).fetchone()
    return row


def _box_id(request: JoinRequest) -> str:
    """What a box with this key is called. Raises `Refused` where it is no key."""
    try:
        return box_id(machine_key(request.public, "box"))
    except UntrustedDocument as error:
        raise Refused(error.message) from error


def _box(row: sqlite3.Row) -> RegisteredBox:
    revoked = instant_of(row["revoked"]) if row["revoked"] else None
    villages = tuple(json.loads(row["villages"]))
    return RegisteredBox(
        row["id"], row["scope"], row["public"], row["name"], villages, instant_of(row["joined"]), revoked
    )


def _keys(raw: bytes) -> JoinKeys:
    half = len(raw) // 2
    return JoinKeys(raw[:half], raw[half:])


def _digest(password: str) -> str:
    """A password of 128 random bits needs no slow hash."""
    return hashlib.sha256(password.encode()).hexdigest()


def _unknown_code() -> Refused:
    return Refused(Message("this code is not known here, was used by another box, or has ended: ask for a new one"))
