"""The states of an airing: planned → prepared → armed → on air → verdict; one table decides what may follow what.

Every change of phase goes through `AiringState.move_to`, every verdict through `AiringState.check_verdict`; both ask
`ALLOWED`. Neither clock, log nor sound card is known here.

Attempts are events, not phases: after one, an airing is `BETWEEN` until it is tried again or judged. `restore_state`
folds the log's events of an airing back into its state, so that a killed station knows where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..codec import UNREADABLE, decode, stored_instant
from ..errors import Message
from ..model.asrun_record import Event
from ..model.enums import Verdict

Ruling = tuple[Verdict, Message]  # a verdict and the reason for it


class Phase(StrEnum):
    """Where an airing stands before it is judged."""

    PLANNED = "planned"
    PREPARED = "prepared"  # its programmes were found
    ARMED = "armed"  # given to a speaker, not one sample has left
    ON_AIR = "on air"
    BETWEEN = "between"  # an attempt has ended, another may follow


class Cut(StrEnum):
    """Why an attempt ended early."""

    OFF = "off"  # power, a crash
    LEFT = "left"  # the daemon was told to end
    DEVICE = "device"
    EMERGENCY = "emergency"
    STOP = "stop"
    TIME = "time"  # a stream's hard end
    STREAM = "stream"  # it broke off at its source
    INSTEAD = "instead"  # what stands in for it has been heard, once and whole


_NEVER = {
    *(Verdict.SKIPPED, Verdict.WITHDRAWN, Verdict.REFUSED, Verdict.DISPLACED, Verdict.EXPIRED, Verdict.STOPPED),
    *(Verdict.MISSED_OFF, Verdict.MISSED_CLOCK, Verdict.FAILED_SOUND, Verdict.FAILED_DEVICE),
}
_PARTLY = {Verdict.AIRED_PARTLY, Verdict.PRE_EMPTED}
_WHOLE = {Verdict.AIRED, Verdict.AIRED_LATE, Verdict.TO_FILE, Verdict.NO_AUDIO}

# Phase -> all that may follow it. A verdict is the end.
ALLOWED: dict[Phase, frozenset[Phase | Verdict]] = {
    Phase.PLANNED: frozenset({Phase.PREPARED, *_NEVER}),
    Phase.PREPARED: frozenset({Phase.PLANNED, Phase.BETWEEN, Phase.ARMED}),
    Phase.ARMED: frozenset({Phase.PLANNED, Phase.ON_AIR, Phase.BETWEEN}),
    Phase.ON_AIR: frozenset({Phase.BETWEEN, *_WHOLE}),
    Phase.BETWEEN: frozenset({Phase.PREPARED, *_NEVER, *_PARTLY, *_WHOLE}),
}


@dataclass(frozen=True, slots=True)
class HeardAttempt:
    """What was heard of one attempt, or of the longest one so far; `heard` in seconds."""

    started_at: datetime | None
    ended_at: datetime | None
    heard: float
    frames: int
    via: str
    to_file: bool = False


NOTHING_HEARD = HeardAttempt(None, None, 0.0, 0, "")


@dataclass(slots=True)
class AiringState:
    """How far one airing has come."""

    phase: Phase = Phase.PLANNED
    attempts: int = 0  # that may have sounded
    plays: int = 0  # whole ones, of an airing that is played several times
    best: HeardAttempt = NOTHING_HEARD  # the longest attempt; of whole plays, their sum
    total: float = 0.0  # seconds heard of a stream, which is joined in progress, over all attempts
    quarter: bool = False  # at least a quarter was heard in one go
    cut: Cut | None = None  # how the last attempt ended
    trying: bool = False  # "started" is on record and its attempt has not ended
    started: Mapping[str, object] = field(default_factory=dict)  # the facts of the last "started"
    on_air: datetime | None = None  # when the first sample of this attempt left, as far as the log knows
    instead: bool = False  # what stands in for a stream was on the air: never twice
    fallback: float = 0.0  # seconds heard of it
    fallback_cut: Cut | None = None  # how it ended, where that was early
    hindrance: Ruling | None = None  # what keeps it from starting, and what that would be called

    def move_to(self, phase: Phase) -> None:
        """Move on. Raises `ValueError` where the table does not allow it: a bug, not a fault of the world."""
        if phase not in ALLOWED[self.phase]:
            raise ValueError(f"an airing cannot go from {self.phase} to {phase}")
        self.phase = phase

    def check_verdict(self, verdict: Verdict) -> None:
        """Raises `ValueError` where an airing in this phase cannot end so."""
        if verdict not in ALLOWED[self.phase]:
            raise ValueError(f"an airing that is {self.phase} cannot end as {verdict}")

    def begin_attempt(self, facts: Mapping[str, object]) -> None:
        """Its "started" is on record."""
        self.attempts += 1
        self.trying, self.started, self.on_air = True, facts, None

    def mark_on_air(self, at: datetime | None) -> None:
        """Its first sample has left, which the log knows."""
        self.on_air = at
        self.instead = self.instead or self.is_fallback

    @property
    def is_fallback(self) -> bool:
        """Is (or was) the last attempt one with what stands in for a stream?"""
        return bool(self.started.get("instead"))

    def return_to_waiting(self) -> None:
        """Back to waiting, as it was before it was prepared or armed."""
        if self.phase in {Phase.PREPARED, Phase.ARMED}:
            self.move_to(Phase.BETWEEN if self.cut or self.plays else Phase.PLANNED)

    def disarm(self) -> None:
        """Not one sample of this attempt was heard: it does not count."""
        self.return_to_waiting()
        self.attempts -= self.trying
        self.trying = False

    def mark_unreadable(self) -> None:
        """Nobody can tell how much was heard of it."""
        self.quarter = True
        self.hindrance = Verdict.MISSED_OFF, Message("what the log says of its start cannot be understood")

    def break_off(self, cut: Cut, attempt: HeardAttempt) -> None:
        """This attempt ended early."""
        self._end_attempt(cut)
        if self.is_fallback:
            self.fallback, self.fallback_cut = attempt.heard, None if cut is Cut.INSTEAD else cut
        else:
            self.total += attempt.heard
        if attempt.heard >= self.best.heard and not self.plays:
            self.best = attempt

    def count_play(self, attempt: HeardAttempt) -> None:
        """One whole play of several is over."""
        self._end_attempt(None)
        first = self.best if self.plays else attempt
        heard, frames = (attempt.heard, attempt.frames) if self.plays else (0.0, 0)
        self.best = replace(
            attempt, started_at=first.started_at, heard=first.heard + heard, frames=first.frames + frames
        )
        self.plays += 1

    def including_earlier(self, attempt: HeardAttempt) -> HeardAttempt:
        """`attempt` and all before it, of a stream that was joined again."""
        first = self.best if self.total else attempt
        frames = attempt.frames + (self.best.frames if self.total else 0)
        return replace(attempt, started_at=first.started_at, heard=self.total + attempt.heard, frames=frames)

    def _end_attempt(self, cut: Cut | None) -> None:
        self.move_to(Phase.BETWEEN)
        self.cut, self.trying = cut, False


def restore_state(events: Iterable[Event]) -> AiringState:
    """Fold the events of one airing, in their order, into its state. An attempt without an end stays `ARMED`.

    Where an event cannot be understood (a damaged log), it may have been heard: it must not be heard twice.
    """
    state = AiringState()
    for event in events:
        try:
            _fold(state, event)
        except UNREADABLE:
            state.mark_unreadable()
    return state


def _fold(state: AiringState, event: Event) -> None:
    if event.kind == "started":
        state.phase = Phase.ARMED
        state.begin_attempt(event.facts)
    elif event.kind == "on-air":
        state.mark_on_air(moment(event.facts["started_at"]))
        state.started = {**state.started, "via": event.facts["via"]}
    elif event.kind == "quarter":
        state.quarter = True
    elif event.kind == "disarmed" and state.trying:
        state.disarm()
    elif event.kind == "broke" and state.trying:
        state.break_off(Cut(str(event.facts["cut"])), decode(HeardAttempt, event.facts))
    elif event.kind == "played" and state.trying:
        state.count_play(decode(HeardAttempt, event.facts))


def moment(text: object) -> datetime | None:
    """An instant as the log keeps it. Raises `ValueError`."""
    return stored_instant(str(text)) if text else None


def seconds(length: float) -> timedelta:
    """A length as the arithmetic of instants wants it."""
    return timedelta(seconds=length)
