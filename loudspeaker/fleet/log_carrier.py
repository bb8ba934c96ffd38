"""When this box's log goes to its hub, and from where on: pure.

Nothing is kept of how far it has gone: the hub is asked, after each start and after whatever went wrong, and a piece
that comes twice changes nothing there. So neither a lost answer nor a power cut leaves a gap. What is new waits for a
while, so that an airing goes as one piece; there is a limit of bytes a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .broker_link import AWAY, OWN_HUB, HubsInTurn, spread
from .courier_steps import (
    Action,
    AskLogEnd,
    CourierEvent,
    HubsNamed,
    LogHas,
    LogKnown,
    LogNotSent,
    LogRefused,
    LookAtLog,
    SendLog,
)

LOOK = 60.0  # s, between looks whether there is more
SETTLE, SETTLE_SPREAD = 120.0, 120.0  # s, until what is new is sent; more for some boxes than for others
REFUSED = 6 * 3600.0  # s, until a hub that does not believe the log is sent some again
DAY = 86_400.0  # s
MOST_BYTES = 1_000_000  # a day


@dataclass(frozen=True, slots=True)
class LogCarrier:
    """The log of the box `name`, up to its entry `last`; the hub has it up to `known`, if that is known.

    `busy`: something is under way. `at`: when what is new is sent; `sent`: bytes since `day`. `asked_at`: when the hub
    was asked last; it is once a day, since it may have lost what it had.
    """

    name: str
    look_at: float = 0.0
    life: str = ""
    last: int = 0
    known: int | None = None
    asked_at: float = 0.0
    busy: bool = False
    at: float | None = None
    pieces: int = 0
    failures: int = 0
    day: float = 0.0
    sent: int = 0
    hubs: HubsInTurn = OWN_HUB

    @property
    def wakes_at(self) -> float | None:
        times = [self.look_at, *([self._begins] if self._begins is not None else [])]
        return None if self.busy else min(times)

    @property
    def _begins(self) -> float | None:
        """When the next piece goes, where there is one."""
        if self.at is None:
            return None
        return max(self.at, self.day + DAY) if self.sent >= MOST_BYTES else self.at

    def step(self, event: CourierEvent, now: float) -> tuple[LogCarrier, Sequence[Action]]:
        after = self._take(event, now)
        if after.busy:
            return after, []
        begins = after._begins
        if begins is not None and begins <= now:
            return after._begin(now)
        if after.look_at <= now:
            return replace(after, busy=True, look_at=now + LOOK), [LookAtLog()]
        return after, []

    def _take(self, event: CourierEvent, now: float) -> LogCarrier:
        match event:
            case LogHas(life, last):
                return self._see(life, last, now)
            case LogKnown(life, known, size) if life == self.life:
                told = replace(self, busy=False, known=known, failures=0, sent=self.sent + size)
                return replace(told, at=now if known < self.last else None)
            case HubsNamed(hubs):
                return replace(self, hubs=self.hubs.name(hubs))
            case LogNotSent():
                wait = self.hubs.back_off(self.name, self.failures, AWAY)
                after = replace(self, busy=False, known=None, at=now + wait, failures=self.failures + 1)
                return replace(after, hubs=self.hubs.next())
            case LogRefused():
                return replace(self, busy=False, known=None, at=now + REFUSED)
            case LogKnown():  # of a log that was set aside meanwhile
                return replace(self, busy=False)
        return self

    def _see(self, life: str, last: int, now: float) -> LogCarrier:
        """What the log is now. Another life is another log; one that is shorter than before is told to the hub."""
        fresh = now < self.asked_at + DAY
        known = self.known if life == self.life and fresh else None
        hubs = self.hubs if fresh else self.hubs.at("")
        seen = replace(self, busy=False, life=life, last=last, known=known, hubs=hubs)
        is_new = bool(life) and last != known
        wait = SETTLE + SETTLE_SPREAD * spread(self.name, self.pieces)
        begins = now + wait if self.at is None else self.at
        return replace(seen, at=begins if is_new else None)

    def _begin(self, now: float) -> tuple[LogCarrier, Sequence[Action]]:
        after, known = replace(self, busy=True), self.known
        if known is None:
            return replace(after, asked_at=now), [AskLogEnd(after.life, self.hubs.current)]
        if now >= after.day + DAY:
            after = replace(after, day=now, sent=0)
        return replace(after, pieces=after.pieces + 1), [SendLog(after.life, known, self.hubs.current)]
