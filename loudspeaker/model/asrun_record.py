"""What became of one airing, and what happened before that or beside it: the two kinds of entries of the as-run log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .airing import Occurrence, OfOccurrence
from .enums import Verdict


@dataclass(frozen=True, slots=True)
class AsRunRecord(OfOccurrence):
    """What became of one occurrence: written once, after the fact, never changed (docs/promises.md, 1)."""

    occurrence: Occurrence
    verdict: Verdict
    why: str  # a sentence in the station's language, kept as it was said
    started_at: datetime | None = None  # aware, as are all times here
    ended_at: datetime | None = None
    frames: int = 0  # that left the card
    revision: str = ""  # hash of the bulletin's file
    programme: str = ""  # key of the programme
    via: str = ""  # card or file
    voice: str = ""  # "engine:voice" that spoke
    by: str = ""  # who asked for it, where somebody did
    refusal: str = ""  # of what is refused: which `Refusal`; older records do not tell

    def with_title(self, title: str) -> AsRunRecord:
        """The same record with a title, which older ones lack."""
        return replace(self, occurrence=replace(self.occurrence, title=title))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an airing or to the station before there was a verdict, or beside it."""

    kind: str  # "started", "broke", "skip", "undo-skip", "pause", "resume", "approve", "stop", "edit", "clock" …
    airing: str  # id, or "" where it is about the station
    at: datetime
    facts: Mapping[str, object]
