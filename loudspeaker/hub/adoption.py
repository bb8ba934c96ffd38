"""Taking over the boxes of another hub, by its folder or its backup: what it served, who had joined it, their logs.

Nothing is believed because that hub says so: documents are verified as on any stick, each piece of a log by the box's
own signature. Only the passwords of boxes are taken as they are, for boxes that log in by them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import LoudspeakerError, Message, NotFound
from ..station.box.log_segment import MOST_SENT, RefusedLog
from ..store.atomic import read_regular_file
from ..trust.signed_documents import BoxKey
from .backups import copy_file
from .boxes.broker_accounts import hash_password, make_password
from .hub import Hub
from .hub_database import text_of
from .hub_paths import HubPaths
from .published_files import list_scopes, read_published

BOX_COLUMNS = "id, scope, public, name, villages, box_yaml, joined, password, broker, revoked"


@dataclass(slots=True)
class Adoption:
    """What was taken over, and what was not, with the reason."""

    scopes: int = 0
    boxes: int = 0
    entries: int = 0  # of logs
    refused: list[Message] = field(default_factory=list)
    has_authority: bool = True  # boxes know this hub by the authority that they trust


def adopt(hub: Hub, other: Path) -> Adoption:
    """Take over what lies in the folder of another hub; again changes nothing. Raises `NotFound`, `WriteError`."""
    paths, done = HubPaths(other), Adoption()
    if not paths.database.is_file() and not list_scopes(other):
        raise NotFound(Message("{folder} is no hub, and no backup of one", folder=other))
    for scope in list_scopes(other):
        try:
            hub.publish(other, scope)
            done.scopes += 1
        except LoudspeakerError as error:  # the others are taken all the same
            done.refused.append(Message("{scope}: {why}", scope=scope, why=error.message))
    done.boxes = _take_boxes(hub, paths) if paths.database.is_file() else 0
    done.boxes += _take_confirmed(hub, paths)
    for box in hub.registry.boxes():
        _take_log(hub, paths.logs / box.id, box.id, done)
    done.has_authority = _share_authority(hub, paths)
    hub.tell_broker()
    return done


def _take_boxes(hub: Hub, paths: HubPaths) -> int:
    """Those that had joined, with their passwords; of one that is known here already nothing is changed."""
    with closing(sqlite3.connect(f"{paths.database.resolve().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute(f"SELECT {BOX_COLUMNS} FROM box").fetchall()
    with hub.database.change() as connection:
        before = connection.total_changes
        connection.executemany(f"INSERT OR IGNORE INTO box ({BOX_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return connection.total_changes - before


def _take_confirmed(hub: Hub, paths: HubPaths) -> int:
    """Boxes that their commune has named and whose logs lie there, where the database does not: these join anew."""
    known = {box.id for box in hub.registry.boxes()}
    found = [
        (scope, box)
        for scope in list_scopes(hub.paths.root)
        for box in _named_boxes(hub, scope)
        if box.id not in known and (paths.logs / box.id).is_dir()
    ]
    with hub.database.change() as connection:
        for scope, box in found:
            nobodys = make_password()
            connection.execute(
                "INSERT INTO box VALUES (?, ?, ?, '', '[]', '', ?, '', ?, NULL, '')",
                (box.id, scope, box.public, text_of(hub.clock.now()), hash_password(nobodys)),
            )
    return len(found)


def _named_boxes(hub: Hub, scope: str) -> Iterator[BoxKey]:
    """The boxes that a commune has confirmed, as far as its documents can be believed."""
    with suppress(LoudspeakerError):
        yield from read_published(hub.paths.root, scope).trust.boxes


def _take_log(hub: Hub, folder: Path, ident: str, done: Adoption) -> None:
    """The lives of one box's log, piece by piece, up to the first that is not believed."""
    box = hub.registry.box(ident)
    for life in sorted(folder.glob("*")):
        before = hub.intake.end_of(ident, life.name).entries
        try:
            for raw in _pieces(life):
                hub.intake.accept(box, raw)
        except RefusedLog as error:
            done.refused.append(Message("the log of {box}: {why}", box=ident, why=error.message))
        done.entries += hub.intake.end_of(ident, life.name).entries - before


def _pieces(life: Path) -> Iterator[bytes]:
    for path in sorted(life.glob("*.jsonl.gz")):
        if (raw := read_regular_file(path, MOST_SENT)) is not None:
            yield raw


def _share_authority(hub: Hub, paths: HubPaths) -> bool:
    """Whether boxes of the other hub believe this one: it has the same authority, or takes it where it has none."""
    own, others = hub.paths.tls, paths.tls
    if not others.authority.is_file():
        return False
    if not own.authority.exists():
        for source, target in ((others.authority, own.authority), (others.authority_key, own.authority_key)):
            if source.is_file():
                copy_file(source, target)
    return own.authority.read_bytes() == others.authority.read_bytes()
