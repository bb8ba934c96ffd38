"""A stick by which one box joins a commune without a keyboard: the hub's side of `fleet/join_stick.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import BadUsage, Message, NotFound
from ...fleet.join_stick import JoinStick, read_join_stick, write_join_stick
from ...station.deliveries.delivered_names import DeliveredNames
from ...store.atomic import read_regular_file
from ...store.received import MOST_DOCUMENT_BYTES
from ...trust.floors import Floors
from ...trust.signed_documents import ROOT, SignedManifest
from ..hub import Hub
from ..published_files import FIRST_TRUST, offices_above, publish_scope, read_published
from .box_board import find_schedules
from .box_registry import LASTS


@dataclass(frozen=True, slots=True)
class StickWish:
    """For which box: what people call it, which villages (ids) it is to play. `address`: of the hub, "" for none."""

    scope: str
    box: str
    villages: tuple[str, ...]
    address: str = ""
    replaces: str = ""  # the id of the box whose place it takes


def write_stick(hub: Hub, folder: Path, wish: StickWish) -> JoinStick:
    """Write the invitation onto the stick in `folder`, in place of a used one; without an address all files, too.

    Raises `NotFound` where the commune has published nothing, `BadUsage` where it has no such village, or another
    invitation lies there that nobody has used; `UntrustedDocument`, `WriteError`.
    """
    manifest = _known_manifest(hub, wish)
    if (invitation := read_join_stick(folder)) and not invitation.used_by:
        raise BadUsage(
            Message("an invitation for {box} lies on this stick already: delete tham-gia.json", box=invitation.box)
        )
    until, box_yaml = hub.clock.now() + LASTS, _box_yaml_of(hub, wish) if wish.replaces else ""
    code = str(hub.registry.invite(wish.scope, wish.box, wish.replaces)) if wish.address else ""
    trust = {} if wish.address else _copy_files(hub, folder, wish.scope)
    names = wish.scope, DeliveredNames(hub.paths.root, manifest).commune(), wish.box
    stick = JoinStick(*names, wish.villages, until, wish.address, code, trust, box_yaml, wish.replaces)
    write_join_stick(folder, stick)
    return stick


def _known_manifest(hub: Hub, wish: StickWish) -> SignedManifest:
    """What the commune publishes."""
    published = read_published(hub.paths.root, wish.scope)
    if published.manifest is None:
        raise NotFound(Message("{scope} has published nothing at this hub yet", scope=wish.scope))
    known = sorted(find_schedules([published], wish.scope))
    for village in wish.villages:
        if village not in known:
            facts = {"scope": wish.scope, "village": village, "there": ", ".join(known) or "–"}
            raise BadUsage(Message("{scope} has no village “{village}”; it has {there}", **facts))
    return published.manifest


def _box_yaml_of(hub: Hub, wish: StickWish) -> str:
    """What the box whose place is taken has told of last. Raises `NotFound`."""
    before = hub.registry.box(wish.replaces)
    if before.scope != wish.scope:
        raise NotFound(Message("no box {box} has joined", box=wish.replaces))
    return hub.registry.last_box_yaml(before.id)


def _copy_files(hub: Hub, folder: Path, scope: str) -> Mapping[str, str]:
    """What a box without a network takes, the offices above first; the hashes of their first trust documents."""
    root, scopes = hub.paths.root, [scope, *offices_above(hub.paths.root, scope)]
    for office in reversed(scopes):
        publish_scope(root, folder, office, Floors(), hub.clock.now())
    documents = {office: root / ROOT / office / "trust" / FIRST_TRUST for office in scopes}
    return {
        office: hashlib.sha256(read_regular_file(path, MOST_DOCUMENT_BYTES) or b"").hexdigest()
        for office, path in documents.items()
    }
