"""What became of what the agent has fetched: STATE/taken.json, written by the child of the daemon that takes it.

The agent talks to the network and writes to its own folder only. When a delivery lies there it leaves a mark, another
one each time; the child takes it as from a stick (`Deliveries.take_fetched`) and answers to that mark.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ...codec import UNREADABLE, decode, encode
from ...errors import Message
from ...store.atomic import FileSystem, read_regular_file, write_atomic

MOST_MARK_BYTES, MOST_ANSWER_BYTES = 100, 1_000_000
LATE_FILES = "late-"  # a mark that begins so: no manifest is to be taken, only files that came behind theirs


@dataclass(frozen=True, slots=True)
class NeededSounds:
    """The SHA-256 of sounds that have not come, those of the next airings first. `due`: the instants of these.

    `midnight`: when the commune's day has begun; None where nobody vouches for the time of this box: then nothing is
    due.
    """

    order: tuple[str, ...] = ()
    due: Mapping[str, datetime] = field(default_factory=dict)
    midnight: datetime | None = None


@dataclass(frozen=True, slots=True)
class FetchedAnswer:
    """Of the delivery with this mark: of each scope of which nothing was taken, why.

    `damaged`: SHA-256 -> bytes of files that are damaged on the disk of this box; `unwritten`: those of the refused for
    which this disk had no room.
    """

    mark: str = ""
    refused: Mapping[str, Message] = field(default_factory=dict)
    damaged: Mapping[str, int] = field(default_factory=dict)
    sounds: NeededSounds = NeededSounds()
    unwritten: tuple[str, ...] = ()


def read_mark(path: Path) -> str:
    """The mark that the agent has left; "" where there is none."""
    return (read_regular_file(path, MOST_MARK_BYTES) or b"").decode(errors="replace").strip()


def read_fetched_answer(path: Path) -> FetchedAnswer:
    """What became of the last delivery; one without a mark where nothing was taken yet, or nobody can tell."""
    try:
        return decode(FetchedAnswer, json.loads(read_regular_file(path, MOST_ANSWER_BYTES) or b""))
    except UNREADABLE:
        return FetchedAnswer()


def keep_fetched_answer(path: Path, answer: FetchedAnswer, system: FileSystem = os) -> None:
    """Tell it. Raises `WriteError`."""
    write_atomic(path, json.dumps(encode(answer), ensure_ascii=False).encode(), system)
