"""What the controller works on: the running order, a person's request, each open airing, an attempt to air it.

Values and arithmetic of instants only: `deadlines` decides, `arming` and `verdicts` act. In the log ("asked", and the
running order) an airing is one flat object, with the fields of its occurrence among its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..codec import decode, encode
from ..model.airing import Airing, Facts, airing_facts
from ..model.enums import Level
from ..model.programme import Programme
from .states import AiringState, Phase, Ruling, seconds

LONGEST_CADENCE = timedelta(hours=25)  # what is said again is so for a day at most


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
    """What a person asked for in one village: a replay, an emergency, its all-clear."""

    airing: Airing
    by: str
    programmes: tuple[Programme, ...] = ()  # what is to be heard; empty: whatever is ready for the airing
    plays: int = 1
    gap: float = 30.0  # seconds between plays
    until: datetime | None = None  # no play begins after this
    override: str = ""  # why policy may be broken
    ends: tuple[str, ...] = ()  # ids of the alarms that this puts an end to, or stands in the place of
    again_until: datetime | None = None  # until then it is asked for again and again, each time under another id


@dataclass(slots=True, eq=False)
class PlayoutItem:
    """One open airing, with its state so far. Changed in place by `queue`, `arming` and `verdicts`."""

    airing: Airing
    state: AiringState
    request: ManualRequest | None = None  # None: the plan has it
    asked_at: datetime | None = None  # of a request
    next_at: datetime | None = None  # of a request: its next play
    retry_at: datetime | None = None  # after a hindrance
    lead: timedelta = timedelta(0)  # its speaker wants to be armed so long before
    place: int = 0  # in the running order: decides between equals
    ending: Ruling | None = None  # a person decided: this, unless something else was heard
    finishing: bool = False  # what is being heard may be heard to its end, before `ending`
    gone: bool = False  # no longer in the running order
    revised: bool = False  # the running order has changed under it since it was armed
    stepped: timedelta = timedelta(0)  # by so much the wall clock was set since it is an item

    @property
    def until(self) -> datetime | None:
        """No play begins after this, by the wall clock as it is set now."""
        return self.request.until + self.stepped if self.request and self.request.until else None

    @property
    def urgent(self) -> bool:
        """Is it an emergency?"""
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
        """Is nothing of it armed or playing?"""
        return self.state.phase in {Phase.PLANNED, Phase.PREPARED, Phase.BETWEEN}

    @property
    def precedence(self) -> tuple[int, datetime, int]:
        """The level law: the higher level, then the earlier, then the order of villages and file."""
        when = self.target if self.urgent else self.airing.scheduled_at
        return -self.airing.level.rank, when, self.place

    def hinder(self, hindrance: Ruling, retry_at: datetime) -> None:
        """Record that it could not start, and why; it is not tried again before `retry_at`."""
        self.state.hindrance, self.retry_at = hindrance, retry_at

    def shift(self, step: timedelta) -> None:
        """The wall clock was stepped: what counts from an instant of our own moves along."""
        self.stepped += step
        self.next_at = self.next_at and self.next_at + step
        self.asked_at = self.asked_at and self.asked_at + step
        self.retry_at = None


@dataclass(frozen=True, slots=True)
class PlannedAttempt:
    """An item with the sound that is ready for it and the instant at which its first sample is to leave."""

    item: PlayoutItem
    sequence: tuple[Programme, ...]
    at: datetime

    @property
    def ends(self) -> datetime:
        """When it would be over; a stream ends when its time does."""
        airing = self.item.airing
        return airing.ends_at if airing.stream and airing.ends_at else self.at + seconds(self.duration)

    @property
    def duration(self) -> float:
        """Seconds of sound."""
        return sum(programme.duration for programme in self.sequence)

    def facts(self, revision: str) -> dict[str, object]:
        """The facts of its "started" event in the log; `revision` is that of the bulletin's file."""
        instead = {"instead": True} if self.item.airing.stream and not self.sequence[0].live else {}
        return instead | {
            "duration": self.duration,
            "rate": self.sequence[0].rate,
            "programme": "+".join(programme.key for programme in self.sequence),
            "voice": "+".join(dict.fromkeys(programme.voice for programme in self.sequence if programme.voice)),
            "revision": revision,
        }


def is_said_again(request: ManualRequest, asked: datetime, now: datetime) -> bool:
    """Is it to be asked for once more, under another id? `asked`: when it was; the clock may have been set since."""
    until = request.again_until
    return until is not None and (now < until or not asked <= now < asked + LONGEST_CADENCE)


def request_facts(request: ManualRequest) -> Facts:
    """A request as plain values."""
    return {**encode(request), "airing": airing_facts(request.airing)}


def request_from_facts(facts: Facts) -> ManualRequest:
    """A request as it was. Raises as `airing_from_facts` does."""
    airing = decode(dict[str, object], facts["airing"])
    return decode(ManualRequest, {**facts, "airing": {**airing, "occurrence": airing}})
