"""The stand-in: a speaker that remembers what it was given, by any clock. For tests, rehearsals and demonstrations.

It opens no file and checks no hash, so its programmes need not exist.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import DeviceGone, Message
from ..interfaces import Clock, Playback, State
from ..model.programme import Programme
from .timed import RUNNING, ArmedSequence, TimedSpeaker


class MemorySpeaker(TimedSpeaker):
    """Finishes when its clock passes the end, and can be made to fail.

    `played` holds what was heard, in order; while `gone` is True the card is not there.
    """

    def __init__(self, clock: Clock, via: str = "memory") -> None:
        super().__init__(clock, via)
        self.played: list[tuple[ArmedSequence, Playback]] = []
        self.gone = False

    def fail(self, error: Message | None = None) -> None:
        """Break off what is armed or playing, as a card that dies does."""
        if self.poll().state in RUNNING:
            self._finish(State.FAILED, error or Message("The sound card “{device}” is not there.", device=self.via))

    def end(self) -> None:
        """End what plays before its time, as a stream ends at its source."""
        if self.poll().state in RUNNING:
            self._finish(State.DONE)

    def _accept(self, sequence: Sequence[Programme]) -> None:
        if self.gone:
            raise DeviceGone(Message("The sound card “{device}” is not there.", device=self.via))

    def _end(self, armed: ArmedSequence, playback: Playback) -> None:
        self.played.append((armed, playback))
