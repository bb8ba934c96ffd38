"""What a box answers to a signed alert: how far it has come with it. The carrier of the alert tells its hub so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..errors import LoudspeakerError, Message

HELD = timedelta(minutes=30)  # so long a box keeps an alert that waits for its second person, and its sound


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
    """The state of one alert, the ids of its airings, and how soon after it came it was heard (ms, of the first).

    `times`: how often it was said, as far as samples have left; `again_in`: seconds until it is said again.
    """

    alert: str
    state: AlertState
    airings: tuple[str, ...] = ()
    first_sound: float | None = None
    times: int = 0
    again_in: float | None = None


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


STATES: Mapping[AlertState, Message] = {
    AlertState.ELSEWHERE: Message("it is for no village of this box"),
    AlertState.PREPARED: Message("its sound is made; nothing is heard before a second person signs"),
    AlertState.GIVEN: Message("it is heard now"),
    AlertState.AIRED: Message("it has been heard"),
    AlertState.ENDED: Message("it has ended"),
    AlertState.STOPPED: Message("what was on the air has been stopped"),
    AlertState.CHECKED: Message("the silent check went well"),
}


@dataclass(frozen=True, slots=True)
class HandedAlert:
    """What became of an alert (its number) that was handed to the daemon: its answer, or why it was not taken."""

    alert: str
    answer: AlertAnswer | None = None
    why: LoudspeakerError | None = None

    def message(self) -> Message:
        """What came of it, in one sentence."""
        if self.answer:
            return Message("Alert {alert}: {state}.", alert=self.alert, state=STATES[self.answer.state])
        return Message("Alert {alert} NOT TAKEN: {why}", alert=self.alert, why=self.why and self.why.message)
