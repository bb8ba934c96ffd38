"""What became of one airing, and what happened before that or beside it: the two kinds of entries of the as-run log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..model.enums import Level, Verdict

# Names of what is no broadcast of a schedule: an alarm, and what is said at its end.
ALARM, ALL_CLEAR, CORRECTION = "urgent", "all-clear", "correction"
ENDINGS = frozenset({ALL_CLEAR, CORRECTION})


@dataclass(frozen=True, slots=True)
class AsRunRecord:
    """What became of one airing: written once, after the fact, never changed (docs/promises.md, 1)."""

    id: str  # village/broadcast/2026-11-24T06:05, local time
    village: str
    output: str
    broadcast: str
    bulletin: str | None  # None for a stream
    level: Level
    scheduled_at: datetime  # aware, as are all times here
    verdict: Verdict
    why: str  # a sentence in the station's language, kept as it was said
    started_at: datetime | None = None
    ended_at: datetime | None = None
    frames: int = 0  # that left the card
    revision: str = ""  # hash of the bulletin's file
    programme: str = ""  # key of the programme
    via: str = ""  # card or file
    voice: str = ""  # "engine:voice" that spoke
    by: str = ""  # who asked for it, where somebody did
    title: str = ""  # of the bulletin; the words themselves, where an alarm was given as text
    refusal: str = ""  # of what is refused: which `Refusal`; older rows do not tell
    drill: bool = False  # an exercise (diễn tập), which is no emergency


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an airing or to the station before there was a verdict, or beside it."""

    kind: str  # "started", "broke", "skip", "undo-skip", "pause", "resume", "approve", "stop", "edit", "clock" …
    airing: str  # id, or "" where it is about the station
    at: datetime
    facts: Mapping[str, object]
