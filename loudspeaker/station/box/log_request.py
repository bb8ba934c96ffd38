"""A piece of this box's log that the agent asks for: it carries the log to the hub, and may not read the box's key.

    STATE/fleet/log-wanted.json    by the agent: how far the hub has the log, and a mark, another one each time
    STATE/log-piece                by a child of the daemon: that mark, a line end, and the piece (`log_segment.py`)

So whoever takes the agent over can hold a log back, and can write none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ...codec import UNREADABLE, decode, encode
from ...store.atomic import read_regular_file, write_atomic

MOST_REQUEST_BYTES, MOST_PIECE_BYTES = 1_000, 2_100_000


@dataclass(frozen=True, slots=True)
class WantedPiece:
    """What follows entry number `after`."""

    mark: str = ""
    after: int = 0


def read_wanted_piece(path: Path) -> WantedPiece:
    """What the agent asks for; without a mark where it asks for nothing, or nobody can tell."""
    try:
        return decode(WantedPiece, json.loads(read_regular_file(path, MOST_REQUEST_BYTES) or b""))
    except UNREADABLE:
        return WantedPiece()


def keep_piece(path: Path, wanted: WantedPiece, raw: bytes) -> None:
    """Leave what was asked for. Raises `WriteError`."""
    write_atomic(path, f"{wanted.mark}\n".encode() + raw)


def want_piece(path: Path, wanted: WantedPiece) -> None:
    """Ask for it. Raises `WriteError`."""
    write_atomic(path, json.dumps(encode(wanted)).encode())


def read_piece_mark(path: Path) -> str:
    """The mark of the piece that lies there; "" where there is none."""
    return _read_piece(path)[0]


def read_piece(path: Path, mark: str) -> bytes | None:
    """The piece with this mark; None while it is not there."""
    stored, raw = _read_piece(path)
    return raw if stored == mark else None


def _read_piece(path: Path) -> tuple[str, bytes]:
    mark, _, raw = (read_regular_file(path, MOST_PIECE_BYTES) or b"").partition(b"\n")
    return mark.decode(errors="replace"), raw
