"""The key by which a box signs its log, made on it, which never leaves it; its id is made of that key.

Loads `cryptography`.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ...errors import Message, Refused
from ...store.atomic import make_folder, read_regular_file, write_private
from ...trust.key_file import KEY_BYTES, SigningKey, key_of
from ...trust.public_keys import PublicKey, machine_key
from ...trust.signed_documents import BoxKey
from ..paths import StationPaths

ID_DIGITS = 8
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_box_key(paths: StationPaths) -> SigningKey:
    """This box's own key, made when it is first asked for; its id is the `person`. Raises as `open_machine_key`."""
    key = open_machine_key(paths.box_key, "box")
    box = box_id(key.public)
    return key_of(key.private, box, box)


def open_machine_key(path: Path, person: str) -> SigningKey:
    """The key that a machine keeps in a file of its own, made when it is first asked for.

    It is for the owner of its folder alone, and is given to that user where root makes it. Raises `Refused` for anybody
    else, `WriteError`.
    """
    make_folder(path.parent)
    owner, raw = path.parent.stat(), read_regular_file(path, KEY_BYTES + 1)
    may_write = os.geteuid() in (0, owner.st_uid)
    if raw is None and (os.path.lexists(path) or not may_write):  # a new key would be another box
        raise Refused(Message("only the service’s user may use the key {file}: do this again with sudo", file=path))
    fresh = raw if raw and len(raw) == KEY_BYTES else secrets.token_bytes(KEY_BYTES)
    if fresh is not raw or (may_write and path.stat().st_mode & OTHERS):
        write_private(path, fresh, owner)
    return key_of(Ed25519PrivateKey.from_private_bytes(fresh), person, person)


def public_box_key(public: str) -> BoxKey:
    """How a trust document names a box with this key (base64). Raises `UntrustedDocument`."""
    return BoxKey(box_id(machine_key(public, "box")), public)


def box_id(key: PublicKey) -> str:
    """What a box with this key is called."""
    return f"b-{key.id[:ID_DIGITS]}"
