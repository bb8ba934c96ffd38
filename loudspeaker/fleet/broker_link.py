"""When the connection to the broker is made again, and whose: pure.

Full jitter, from 1 s to 5 min: after a power cut of a province its boxes must not come all at once. What is drawn for a
box is a hash of its name and a count, so that the core needs no chance from outside.

Hubs are tried in turn, the box's own first. Where another one has let it in, the own one is knocked at each hour, and
the connection goes back when that is there again: what people publish is there first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .courier_steps import (
    Action,
    Connect,
    CourierEvent,
    HangUp,
    Holds,
    HubAnswers,
    HubsNamed,
    LinkDown,
    LinkUp,
    ProbeBroker,
    Subscribe,
    TimePassed,
)
from .topics import FORMS, box_subscriptions

SHORTEST, LONGEST = 1.0, 300.0  # s, until the connection is tried again
AFTER_LOSS = 20.0  # s: within this time of losing a good one; a broker that begins anew can hear a hundred at a time
BACK = 3600.0  # s, at most, between two looks at the box's own hub while another one serves it
PATIENCE = 60.0  # s: an attempt that has come to nothing by then is given up
MOST = float(1 << 64)


def spread(name: str, count: int) -> float:
    """A number in [0, 1), another one for each name and count, evenly spread."""
    digest = hashlib.sha256(f"{name}/{count}".encode()).digest()
    return int.from_bytes(digest[:8]) / MOST


@dataclass(frozen=True, slots=True)
class HubsInTurn:
    """The hubs that may serve this box, and which one it is the turn of."""

    hubs: tuple[str, ...] = ("",)
    turn: int = 0

    @property
    def current(self) -> str:
        return self.hubs[self.turn]

    def name(self, hubs: tuple[str, ...]) -> HubsInTurn:
        """These from now on."""
        return HubsInTurn(hubs).at(self.current)

    def at(self, hub: str) -> HubsInTurn:
        """It is the turn of this one; of the first where that is none of them."""
        return replace(self, turn=self.hubs.index(hub) if hub in self.hubs else 0)

    def next(self) -> HubsInTurn:
        return replace(self, turn=(self.turn + 1) % len(self.hubs))

    def rounds(self, failures: int) -> int:
        """How often all of them have failed."""
        return failures // len(self.hubs)

    def back_off(self, name: str, failures: int, waits: Sequence[float]) -> float:
        """Seconds until the next is asked: of `waits` one for each round, the last from then on; for each box less."""
        longest = waits[min(self.rounds(failures), len(waits) - 1)]
        return longest * (1 + spread(name, failures)) / 2


OWN_HUB = HubsInTurn()
AWAY = (60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0)  # s, to `back_off`, where nobody waits for the answer


@dataclass(frozen=True, slots=True)
class BrokerLink:
    """The connection of the box `name`: up, being made (`until` then), or made again `at` then.

    `back_at`: when the box's own hub is knocked at, while another one serves it.
    """

    name: str
    scopes: tuple[str, ...] = ()
    up: bool = False
    at: float | None = 0.0
    until: float | None = None
    attempts: int = 0  # in all
    failures: int = 0  # since it was up last
    hubs: HubsInTurn = OWN_HUB
    back_at: float | None = None

    @property
    def wakes_at(self) -> float | None:
        times = (self.at if self.until is None else self.until, self.back_at)
        return min((instant for instant in times if instant is not None), default=None)

    def step(self, event: CourierEvent, now: float) -> tuple[BrokerLink, Sequence[Action]]:
        match event:
            case LinkUp(hub):
                after = replace(self, up=True, at=None, until=None, failures=0, hubs=self.hubs.at(hub))
                return after._plan_return(now), [after._subscribe()]
            case HubsNamed(hubs):
                return replace(self, hubs=self.hubs.name(hubs)), []
            case HubAnswers(there) if self.up and self.hubs.turn:
                return (self._lose(now), [HangUp()]) if there else (self._plan_return(now), [])
            case LinkDown():
                return self._lose(now), []
            case Holds(held) if tuple(sorted(held)) != self.scopes:
                after = replace(self, scopes=tuple(sorted(held)))
                return after, [after._subscribe()] if self.up else []
            case TimePassed():
                return self._pass_time(now)
        return self, []

    def _subscribe(self) -> Subscribe:
        form = int(FORMS * spread(self.name, 0))
        return Subscribe(box_subscriptions(self.scopes, form), box_subscriptions(self.scopes) if form else ())

    def _pass_time(self, now: float) -> tuple[BrokerLink, Sequence[Action]]:
        if self.until is not None and self.until <= now:
            return self._lose(now), [HangUp()]
        if self.at is not None and self.at <= now:
            after = replace(self, at=None, until=now + PATIENCE, attempts=self.attempts + 1)
            return after, [Connect(self.hubs.current)]
        if self.up and self.back_at is not None and self.back_at <= now:
            return replace(self, back_at=None), [ProbeBroker(self.hubs.hubs[0])]
        return self, []

    def _plan_return(self, now: float) -> BrokerLink:
        """To the box's own hub, where another one serves it."""
        wait = BACK * (1 + spread(self.name, self.attempts)) / 2
        return replace(self, back_at=now + wait if self.hubs.turn else None)

    def _lose(self, now: float) -> BrokerLink:
        """It is tried again after a while; one that was given up already is only waited for."""
        if self.at is not None:
            return self
        failures = 0 if self.up else self.failures + 1
        ceiling = AFTER_LOSS if self.up else min(LONGEST, SHORTEST * 2 ** min(self.hubs.rounds(failures), 10))
        wait = max(SHORTEST, ceiling * spread(self.name, self.attempts))
        hubs = self.hubs.at("") if self.up else self.hubs.next()
        return replace(self, up=False, until=None, at=now + wait, failures=failures, hubs=hubs, back_at=None)
