"""A station at a glance: what is on the air and what comes, which alarms and pauses stand, is the clock believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..errors import Message
from .airing import StandingPause
from .enums import Level


@dataclass(frozen=True, slots=True)
class BoardAiring:
    """An airing that is on the air, or that comes. Times are aware, in the commune's zone."""

    id: str
    village: str  # whose schedule has it, or for whom it was asked
    villages: tuple[str, ...]  # all who hear it: everybody on its output
    output: str
    bulletin: str | None
    title: str
    level: Level
    drill: bool
    at: datetime  # when it is, or was, to start
    seconds: float  # that one play lasts
    waits: Message | None = None  # why it has not begun, where it could not so far
    begun: datetime | None = None  # the first sample of this play; None before it, and between two plays
    play: int = 1  # which play it is
    plays: int = 1  # … of how many


@dataclass(frozen=True, slots=True)
class StandingAlarm:
    """An alarm that nobody has cleared or corrected."""

    id: str
    village: str
    bulletin: str | None  # its template
    title: str  # of the template, or the words themselves
    drill: bool
    given_at: datetime
    repeats: bool  # is it still to be said?


@dataclass(frozen=True, slots=True)
class Board:
    """What the daemon knows of one instant, `at`. Between two boards that differ in `at` alone nothing has happened."""

    at: datetime
    on: tuple[BoardAiring, ...]  # on the air, or between two plays
    next: tuple[BoardAiring, ...]  # the first twelve
    alarms: tuple[StandingAlarm, ...]
    pauses: tuple[StandingPause, ...]
    trusted: bool  # is the clock believed?
    clock: Message | None  # why it is not, or is doubted
    files: str  # a SHA-256 that changes with people's files, as they were read last
    log: int  # the number of the log's last entry
