"""A station at a glance: what is on the air and what comes, what stands, is the clock believed, is the box well.

And how far a voice is that somebody has installed on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..errors import Message
from .airing import StandingPause
from .alert_answer import PreparedAlert
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
    gone: Mapping[str, Message]  # output -> what its sound card said, where that was not there when it was last asked
    files: str  # a SHA-256 that changes with people's files, as they were read last
    log: int  # the number of the log's last entry
    prepared: tuple[PreparedAlert, ...] = ()  # signed alerts that too few have signed yet


class HealthSubject(StrEnum):
    """What a thing that was looked at belongs to: who can mend it, and how, depends on that."""

    FILES = "files"  # that people edit
    STATE = "state"  # the state folder
    DISK = "disk"
    VOICES = "voices"
    PROGRAM = "program"  # another one that is needed
    CLOCK = "clock"
    DAEMON = "daemon"
    LOG = "log"
    CARD = "card"  # a sound card, its mixer, the input that proves its sound
    COMMISSIONING = "commissioning"
    VILLAGE = "village"  # whether the box is in the right one
    PIN = "pin"  # a relay, the stop button
    STREAM = "stream"  # another station, a line into the box
    TOMORROW = "tomorrow"  # its sound
    APPROVALS = "approvals"
    HUB = "hub"  # of a box that is connected to one


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One thing that was looked at, in the language of the daemon."""

    what: str
    wrong: str | None  # None: it is well
    serious: bool  # nothing may be aired because of it
    about: str = ""  # a `HealthSubject`; "" by a daemon from before an update


@dataclass(frozen=True, slots=True)
class Health:
    """What “doctor” said last of this box; no rows and no instant where it has not finished yet."""

    rows: tuple[HealthRow, ...] = ()
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VoiceInstallation:
    """How far the voice is that somebody had installed last: bytes `done` of `total` of the file that comes now.

    `sha256` is that of its model, once it is installed; `why` is why it was not.
    """

    voice: str = ""  # "": nobody has, since the daemon was started
    running: bool = False
    done: int = 0
    total: int = 0  # 0: nobody knows
    sha256: str = ""
    why: Message | None = None
