"""What this box has heard from its hub: when last, by the agent, for the doctor; and what time it is, by the daemon.

The agent's settings hold a password, which nobody else may read; this anybody of the station may.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...clock import VouchedTime, vouchers
from ...codec import UNREADABLE, decode, encode
from ...store.atomic import read_regular_file, write_atomic
from ..paths import StationPaths

MOST_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class HubContact:
    """The hub's `address`, and the instant, by this machine's clock. `by_broker`: or only by its folder."""

    address: str
    heard_at: datetime
    by_broker: bool


def read_hub_contact(paths: StationPaths) -> HubContact | None:
    """None where the agent has not reached the hub yet, or nobody can tell."""
    try:
        return decode(HubContact, json.loads(read_regular_file(paths.hub_contact, MOST_BYTES) or b""))
    except UNREADABLE:
        return None


def keep_hub_contact(paths: StationPaths, contact: HubContact) -> None:
    """Raises `WriteError`."""
    write_atomic(paths.hub_contact, json.dumps(encode(contact)).encode())


def read_hub_time(paths: StationPaths) -> VouchedTime | None:
    """What the hub has said of the time, where the daemon has believed it; None where not, or where nobody can tell."""
    try:
        return decode(VouchedTime, json.loads(read_regular_file(paths.hub_time, MOST_BYTES) or b""))
    except UNREADABLE:
        return None


def keep_hub_time(paths: StationPaths, time: VouchedTime) -> None:
    """From now on the hub vouches for it. Raises `WriteError`."""
    write_atomic(paths.hub_time, json.dumps(encode(time)).encode())


def is_vouched(paths: StationPaths, now: datetime) -> bool:
    """Does anybody but box.yaml vouch for this machine's time?"""
    return bool(vouchers(now, hub=read_hub_time(paths)))


def give_nonce(path: Path, mark: str, nonce: str) -> None:
    """Leave a question of the time for the agent (`hub_time.py`). Raises `WriteError`."""
    write_atomic(path, f"{mark}\n{nonce}".encode())


def read_nonce(path: Path, mark: str) -> str:
    """The nonce for this mark; "" while there is none."""
    stored, _, nonce = (read_regular_file(path, MOST_BYTES) or b"").decode(errors="replace").partition("\n")
    return nonce if stored == mark else ""
