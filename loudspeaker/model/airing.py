"""One occurrence of a broadcast, and what a plan is told of bulletins and of people's orders. Values only.

Nothing is decided here (`plan.py` decides) and no file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from ..errors import Message
from ..model.enums import Expected, Level


@dataclass(frozen=True, slots=True)
class Airing:
    """One airing (lượt phát). All times are aware, in the commune's zone; lengths are in seconds, gain in dB."""

    id: str  # village/broadcast/2026-11-24T06:05, for ever
    village: str
    output: str  # "" where no output of this box plays the village
    broadcast: str
    bulletin: str | None  # None for a stream
    title: str
    level: Level
    scheduled_at: datetime  # what the rule says
    starts_at: datetime | None  # what will happen; None if nothing will
    ends_at: datetime | None
    duration: float  # opening and closing words included where it opens or closes a session
    duration_source: str  # "prepared" or "estimated"
    expected: Expected
    why: Message | None
    stream: str | None = None
    fallback: str | None = None  # a bulletin, should the stream fail
    length: float | None = None  # of a stream
    opens: bool = False  # first of its session on its output
    closes: bool = False  # last of it
    chime: bool = True
    music: bool = True
    gain: float = 0.0
    repeat: int | None = None  # None: as often as the bulletin says
    wait: float = 600.0  # how long it may be held up
    drill: bool = False  # an exercise (diễn tập), announced as one


@dataclass(frozen=True, slots=True)
class BulletinFacts:
    """What a plan must know of one bulletin; `duration` is its programme's, in seconds, without session words."""

    title: str
    level: Level = Level.ROUTINE
    valid_from: date | None = None
    valid_until: date | None = None
    duration: float = 60.0
    duration_source: str = "estimated"
    ready: bool = True  # False: nothing could be aired, `why` says what is missing
    approved: bool = False
    why: Message | None = None
    repeats: Mapping[int, float] = field(default_factory=dict)  # `repeat` of an entry -> duration, where it differs


@dataclass(frozen=True, slots=True)
class SessionWords:
    """Lengths in seconds of what stands around a session: signature tune, opening and closing words."""

    tune: float = 0.0
    opening: float = 0.0
    closing: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """A village is to be quiet from `begins` to `until` (a funeral, an announced power cut)."""

    village: str
    begins: datetime
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What people decided after the schedule was written, from the log."""

    skips: Mapping[str, str] = field(default_factory=dict)  # airing id -> why
    pauses: tuple[Pause, ...] = ()
    uncommissioned: frozenset[str] = frozenset()  # outputs that nobody has tried and released for the schedule yet
