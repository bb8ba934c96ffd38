"""May the clock be believed, and what did it skip? Compares wall and monotonic time; both are arguments.

A time that nobody vouches for is not believed. A forward step over an hour of a believed clock is doubted until a
second source or a person confirms it, or until it is undone; what was scheduled before its end is not judged
meanwhile. After a step over a month the time is not believed at all: no clock is that wrong for a good reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..codec import decode, encode
from ..errors import Message
from ..interfaces import EARLIEST
from .ports import Log
from .states import moment, seconds

STEP = seconds(0.5)  # less is no step: the system slews its clock by such amounts
DOUBTFUL = timedelta(hours=1, minutes=1)  # over an hour, and not an hour and the time it took to notice
ABSURD = timedelta(days=31)  # after a longer step the time is not believed at all
# Seconds after which a second source may only repeat the first: the kernel sets the RTC every 11 minutes.
SAME_SOURCE_AFTER = 300.0
CONFIRMED = "clock-confirmed"  # in the log's memory
STANDING_VOUCHERS = frozenset({"box"})  # box.yaml's `clock: trusted` speaks for no particular step


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """The time that a step jumped over, and whether the clock has lost all belief by it."""

    begins: datetime
    ends: datetime
    absurd: bool = False

    def covers(self, instant: datetime) -> bool:
        """Whether it came before the step or was jumped over: neither is too late by a time that may be wrong."""
        return instant <= self.ends


@dataclass(frozen=True, slots=True)
class Trust:
    """What the controller must know of the time."""

    believed: bool = True
    stepped: timedelta = timedelta(0)  # of the wall clock since the last look
    doubt: ClockDoubt | None = None
    why: Message | None = None  # it is not believed, or doubted


TRUSTED = Trust()


class ClockWatch:
    """Looks at both clocks, about once a second.

    A doubt survives a restart of the machine, a person's confirmation only a restart of this program.

    `boot` names this start of the machine, whose monotonic time is counted from it; without one no word is kept.
    """

    def __init__(self, log: Log, boot: str = "") -> None:
        self._log = log
        self._boot = boot
        self._last: tuple[datetime, float] | None = None
        self._best: datetime | None = None  # monotonic zero, by the furthest time that was believed in this run
        self._vouched = self._confirmed = False
        doubt = log.recall("clock-doubt")
        self._doubt = decode(ClockDoubt, doubt) if isinstance(doubt, Mapping) else None
        self._doubted_at = float("-inf")  # monotonic

    def look(self, now: datetime, monotonic: float, vouchers: frozenset[str]) -> Trust:
        """May the time be believed? `vouchers`: the sources that confirm it, of network, rtc, hub, box."""
        stepped = self._note_step(now, monotonic)
        vouched = now >= EARLIEST and bool(vouchers or self._confirmed)
        if vouched and not self._vouched:
            self._learn_time(now)
        self._vouched = vouched
        if self._doubt and self._is_resolved(now, monotonic, vouchers - STANDING_VOUCHERS):
            self._set_doubt(None)
        if vouched and not self._doubt:
            self._best = max(now - seconds(monotonic), self._best or EARLIEST)
        believed = vouched and not (self._doubt and self._doubt.absurd)
        return Trust(believed, stepped, self._doubt, _reason(now, vouched, self._doubt))

    def confirm(self, now: datetime, by: str) -> None:
        """A person's word that the time is good now; holds until the next step, or restart of the machine."""
        self._confirmed = True
        if self._boot and self._last:
            self._log.remember(CONFIRMED, {"boot": self._boot, "zero": _zero(*self._last).isoformat()})
        self._set_doubt(None)
        self._log.event("clock", "", now, confirmed=True, by=by)

    def _note_step(self, now: datetime, monotonic: float) -> timedelta:
        last, self._last = self._last, (now, monotonic)
        if last is None:
            self._confirmed = self._confirmed or self._is_confirmed_before_restart(_zero(now, monotonic))
        stepped = now - last[0] - seconds(monotonic - last[1]) if last else timedelta(0)
        if last is None or abs(stepped) < STEP:
            return timedelta(0)
        self._confirmed = False
        self._log.event("clock", "", now, stepped=round(stepped.total_seconds(), 3))
        # A step back and forward again returns to a time that was believed: only what lies beyond it is new.
        if self._best and self._vouched and now - (self._best + seconds(monotonic)) > DOUBTFUL:
            self._doubted_at = monotonic
            begins = self._doubt.begins if self._doubt else self._best + seconds(monotonic)
            self._set_doubt(ClockDoubt(begins, now, now - begins > ABSURD))
        return stepped

    def _is_confirmed_before_restart(self, zero: datetime) -> bool:
        """Did somebody confirm this very clock before a restart of ours? If it was set since, `zero` differs."""
        word = self._log.recall(CONFIRMED)
        return (
            isinstance(word, Mapping)
            and word["boot"] == self._boot
            and abs(zero - datetime.fromisoformat(word["zero"])) < STEP
        )

    def _learn_time(self, now: datetime) -> None:
        """The time became known: a box without a battery clock was off, and for how long only the log can tell."""
        heartbeat = moment(self._log.recall("heartbeat"))
        if not self._doubt and heartbeat and now - heartbeat > ABSURD:
            self._set_doubt(ClockDoubt(heartbeat, now))

    def _is_resolved(self, now: datetime, monotonic: float, sources: frozenset[str]) -> bool:
        assert self._doubt
        undone = now < self._doubt.ends
        return undone or (len(sources) > 1 and monotonic - self._doubted_at < SAME_SOURCE_AFTER)

    def _set_doubt(self, doubt: ClockDoubt | None) -> None:
        if doubt != self._doubt:
            self._doubt = doubt
            self._log.remember("clock-doubt", encode(doubt))


def _zero(now: datetime, monotonic: float) -> datetime:
    """Where monotonic time begins, on the wall clock as it is set now."""
    return now - seconds(monotonic)


def _reason(now: datetime, vouched: bool, doubt: ClockDoubt | None) -> Message | None:
    if doubt:
        return Message(
            "the clock jumped from {begins} to {ends}; set it right or say “loudspeaker clock confirm”",
            begins=f"{doubt.begins:%H:%M %d/%m/%Y}",
            ends=f"{doubt.ends:%H:%M %d/%m/%Y}",
        )
    if not vouched:
        return Message(
            "nothing vouches for the time {now}: waiting for the network, or for “loudspeaker clock confirm”",
            now=f"{now:%H:%M %d/%m/%Y}",
        )
    return None
