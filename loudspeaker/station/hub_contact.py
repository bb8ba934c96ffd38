"""When this box has heard from its hub last: written by the agent in its folder, read by the doctor.

The agent's settings hold a password, which nobody else may read; this anybody of the station may.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from ..codec import UNREADABLE, decode, encode
from ..store.atomic import read_regular_file, write_atomic
from .paths import StationPaths

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
