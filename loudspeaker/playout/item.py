"""What the conductor has in hand: the running order, a person's request, each airing's item. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import Message
from ..model.enums import Level, Verdict
from ..schedule.airing import Airing
from .states import AiringState, Phase

if TYPE_CHECKING:
    from ..sound.programme import Programme


@dataclass(frozen=True, slots=True)
class RunningOrder:
    """The accepted plan: all airings scheduled from `begins` up to, but not including, `ends`, in order.

    Where more of it is about to follow it is not `complete`.
    """

    begins: datetime
    ends: datetime
    airings: tuple[Airing, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ManualRequest:
    """What a person asked for by hand: a replay, an emergency, its all-clear. One airing a village, same instant."""

    airings: tuple[Airing, ...]
    by: str
    programmes: tuple[Programme, ...] = ()  # what is to be heard; empty: whatever is ready for the airing
    plays: int = 1
    gap: float = 30.0  # seconds between plays
    until: datetime | None = None  # no play begins after this
    override: str = ""  # why policy may be broken
    ends: tuple[str, ...] = ()  # ids of the alarms that this puts an end to


@dataclass(slots=True, eq=False)
class PlayoutItem:
    """One airing in hand, with its state so far."""

    airing: Airing
    state: AiringState
    request: ManualRequest | None = None
    asked_at: datetime | None = None  # of a request
    next_at: datetime | None = None  # of a request: its next play
    retry_at: datetime | None = None  # after a hindrance
    lead: timedelta = timedelta(0)  # its speaker wants to be armed so long before
    place: int = 0  # in the running order: decides between equals
    ending: tuple[Verdict, Message] | None = None  # somebody decided: this, unless something else was heard
    finishing: bool = False  # what is being heard may be heard to its end, before `ending`
    gone: bool = False  # no longer in the running order
    revised: bool = False  # the running order has changed under it since it was armed

    @property
    def urgent(self) -> bool:
        return self.airing.level is Level.EMERGENCY

    @property
    def start(self) -> datetime:
        """When the plan has it, or somebody asked for it."""
        return self.asked_at or self.airing.starts_at or self.airing.scheduled_at

    @property
    def target(self) -> datetime:
        """When it should start, the next time."""
        return self.next_at or self.start

    @property
    def arms(self) -> datetime:
        """From when on its speaker may be given it."""
        return self.target - self.lead

    @property
    def ripe(self) -> datetime:
        """From when on something may have to be done about it: it is judged when due, armed a little before."""
        return min(self.airing.scheduled_at, self.arms)

    @property
    def left(self) -> int:
        """Plays still to come."""
        return (self.request.plays if self.request else 1) - self.state.plays

    @property
    def waiting(self) -> bool:
        return self.state.phase in {Phase.PLANNED, Phase.PREPARED, Phase.BETWEEN}

    @property
    def precedence(self) -> tuple[int, datetime, int]:
        """The level law: the higher level, then the earlier, then the order of villages and file."""
        when = self.target if self.urgent else self.airing.scheduled_at
        return -self.airing.level.rank, when, self.place

    def hinder(self, hindrance: tuple[Verdict, Message], retry_at: datetime) -> None:
        """It could not start, and why; not to be tried again before `retry_at`."""
        self.state.hindrance, self.retry_at = hindrance, retry_at

    def shift(self, step: timedelta) -> None:
        """The wall clock was stepped: what counts from an instant of our own moves along."""
        self.next_at = self.next_at and self.next_at + step
        self.asked_at = self.asked_at and self.asked_at + step
        self.retry_at = None
