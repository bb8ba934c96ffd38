"""One row of the as-run log, and what playout asks of the log. Values and a Protocol only; no storage in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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


class Log(Protocol):
    """The append-only as-run log, as playout sees it. Each call is on the disk when it returns."""

    def event(self, kind: str, airing: str, at: datetime, /, **facts: object) -> None: ...

    def verdict(self, record: AsRunRecord) -> None:
        """Raises `ValueError` where the airing has one already."""

    def verdict_of(self, airing: str) -> Verdict | None: ...

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        """In the order in which they were written."""

    def rows(self, begins: datetime, ends: datetime) -> Sequence[AsRunRecord]:
        """Verdicts of airings scheduled from `begins` up to, but not including, `ends`, in order of schedule."""

    def remember(self, key: str, value: object) -> None:
        """A small JSON value that must survive a restart (the heartbeat, an emergency's count): outside the chain."""

    def recall(self, key: str) -> object: ...
