"""What a box answers to a signed alert: how far it has come with it. The carrier of the alert tells its hub so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertState(StrEnum):
    """How far a box has come with an alert."""

    ELSEWHERE = "elsewhere"  # no village that it is for is heard on this box
    PREPARED = "prepared"  # its sound is made, or being made; nothing is heard before somebody else has signed
    GIVEN = "given"  # its airings are on record and come next
    AIRED = "aired"  # the first sample has left the box in at least one village
    ENDED = "ended"  # it is over by an end, or this is one and was done
    STOPPED = "stopped"  # what sounded was stopped
    CHECKED = "checked"  # a silent check: all went well up to the made sound
    FAILED = "failed"  # in the log only: what kept it from being done so far


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """The state of one alert, the ids of its airings, and how soon after it came it was heard (ms, of the first)."""

    alert: str
    state: AlertState
    airings: tuple[str, ...] = ()
    first_sound: float | None = None


@dataclass(frozen=True, slots=True)
class PreparedAlert:
    """An alert that waits for more signatures, as the board shows it."""

    id: str
    title: str
    villages: tuple[str, ...]
    by: str  # who has signed it
    missing: int  # persons who must still sign
    drill: bool
    forgotten_at: datetime  # it waits no longer than that
