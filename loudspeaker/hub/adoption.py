"""Taking over the boxes of another hub, by its folder or its backup: what it served, who had joined it, their logs.

Nothing is believed because that hub says so: documents are verified as on any stick, each piece of a log by the box's
own signature. Only the passwords of boxes are taken as they are, for boxes that log in by them.

Where nothing of that hub is left, a copy of the state folder of one box will do: it holds the newest documents and
files of its commune, and its log tells how far the numbers of alerts have come. Boxes join anew then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import LoudspeakerError, Message, NotFound
from ..station.box.log_segment import MOST_SENT, RefusedLog
from ..station.deliveries.membership import must_have_joined
from ..station.emergency.alert_log import highest_alerts
from ..station.paths import StationPaths
from ..store.asrun import AsRunLog
from ..store.atomic import read_regular_file
from ..trust.signed_documents import ROOT, BoxKey
from .backups import copy_file
from .bells import keep_floors, read_floors
from .boxes.broker_accounts import hash_password, make_password
from .drafts.alert_numbers import doubt_numbers
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
    """Take over what lies in the folder of another hub, or of a box; again changes nothing.

    It may be an older copy: from now on boxes know better which alerts there were.

    Raises `NotFound`, `WriteError`; `Refused` where nobody can tell what the box holds.
    """
    paths, adoption = HubPaths(other), Adoption()
    doubt_numbers(hub.database, hub.clock.now())
    for station in (StationPaths(other, other / ".state"), StationPaths(other, other)):
        if station.membership.is_file():
            return _adopt_from_box(hub, station)
    if not paths.database.is_file() and not list_scopes(other):
        raise NotFound(Message("{folder} is no hub, and no backup of one", folder=other))
    _take_scopes(hub, other, adoption)
    adoption.boxes = _take_boxes(hub, paths) if paths.database.is_file() else 0
    adoption.boxes += _take_confirmed(hub, paths)
    for box in hub.registry.boxes():
        _take_log(hub, paths.logs / box.id, box.id, adoption)
    adoption.has_authority = _share_authority(hub, paths)
    hub.tell_broker()
    return adoption


def _take_scopes(hub: Hub, delivery: Path, adoption: Adoption) -> None:
    for scope in list_scopes(delivery):
        try:
            hub.publish(delivery, scope)
            adoption.scopes += 1
        except LoudspeakerError as error:  # the others are taken all the same
            adoption.refused.append(Message("{scope}: {why}", scope=scope, why=error.message))


def _adopt_from_box(hub: Hub, box: StationPaths) -> Adoption:
    """What a box has kept, as if it lay on a stick. A box has of an office above it only what is for its commune."""
    membership, adoption = must_have_joined(box), Adoption(has_authority=False)
    with TemporaryDirectory(dir=hub.paths.root) as folder:
        served = Path(folder) / ROOT
        served.mkdir()
        (served / "blob").symlink_to(box.received.resolve() / "blobs")
        for followed in membership.scopes:
            (served / followed.scope).symlink_to(box.received.resolve() / followed.scope)
        _take_scopes(hub, Path(folder), adoption)
    with closing(AsRunLog.open_read_only(box.log, membership.scope)) as log:
        for scope, number in highest_alerts(log).items():  # no number is given twice
            floors = read_floors(hub.database, scope)
            keep_floors(hub.database, scope, replace(floors, alert=max(floors.alert, number)))
    return adoption


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
    confirmed = [
        (scope, box)
        for scope in list_scopes(hub.paths.root)
        for box in _named_boxes(hub, scope)
        if box.id not in known and (paths.logs / box.id).is_dir()
    ]
    with hub.database.change() as connection:
        for scope, box in confirmed:
            nobodys = make_password()
            connection.execute(
                "INSERT INTO box VALUES (?, ?, ?, '', '[]', '', ?, '', ?, NULL, '')",
                (box.id, scope, box.public, text_of(hub.clock.now()), hash_password(nobodys)),
            )
    return len(confirmed)


def _named_boxes(hub: Hub, scope: str) -> Iterator[BoxKey]:
    """The boxes that a commune has confirmed, as far as its documents can be believed."""
    with suppress(LoudspeakerError):
        yield from read_published(hub.paths.root, scope).trust.boxes


def _take_log(hub: Hub, folder: Path, ident: str, adoption: Adoption) -> None:
    """The lives of one box's log, piece by piece, up to the first that is not believed."""
    box = hub.registry.box(ident)
    for life in sorted(folder.glob("*")):
        before = hub.intake.end_of(ident, life.name).entries
        try:
            for raw in _pieces(life):
                hub.intake.accept(box, raw)
        except RefusedLog as error:
            adoption.refused.append(Message("the log of {box}: {why}", box=ident, why=error.message))
        adoption.entries += hub.intake.end_of(ident, life.name).entries - before


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
