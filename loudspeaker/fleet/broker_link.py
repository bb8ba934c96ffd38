"""When the connection to the broker is made again: pure.

Full jitter, from 1 s to 5 min: after a power cut of a province its boxes must not come all at once. What is drawn for a
box is a hash of its name and a count, so that the core needs no chance from outside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .courier_steps import Action, Connect, CourierEvent, HangUp, Holds, LinkDown, LinkUp, Subscribe, TimePassed
from .topics import box_subscriptions

SHORTEST, LONGEST = 1.0, 300.0  # s, until the connection is tried again
AFTER_LOSS = 20.0  # s: within this time of losing a good one; a broker that begins anew can hear a hundred at a time
PATIENCE = 60.0  # s: an attempt that has come to nothing by then is given up
MOST = float(1 << 64)


def spread(name: str, count: int) -> float:
    """A number in [0, 1), another one for each name and count, evenly spread."""
    digest = hashlib.sha256(f"{name}/{count}".encode()).digest()
    return int.from_bytes(digest[:8]) / MOST


@dataclass(frozen=True, slots=True)
class BrokerLink:
    """The connection of the box `name`: up, being made (`until` then), or made again `at` then."""

    name: str
    scopes: tuple[str, ...] = ()
    up: bool = False
    at: float | None = 0.0
    until: float | None = None
    attempts: int = 0  # in all
    failures: int = 0  # since it was up last

    @property
    def wakes_at(self) -> float | None:
        return self.at if self.until is None else self.until

    def step(self, event: CourierEvent, now: float) -> tuple[BrokerLink, Sequence[Action]]:
        match event:
            case LinkUp():
                after = replace(self, up=True, at=None, until=None, failures=0)
                return after, [Subscribe(box_subscriptions(self.scopes))]
            case LinkDown():
                return self._lose(now), []
            case Holds(held) if tuple(sorted(held)) != self.scopes:
                after = replace(self, scopes=tuple(sorted(held)))
                return after, [Subscribe(box_subscriptions(after.scopes))] if self.up else []
            case TimePassed() if self.until is not None and self.until <= now:
                return self._lose(now), [HangUp()]
            case TimePassed() if self.at is not None and self.at <= now:
                return replace(self, at=None, until=now + PATIENCE, attempts=self.attempts + 1), [Connect()]
        return self, []

    def _lose(self, now: float) -> BrokerLink:
        """It is tried again after a while; one that was given up already is only waited for."""
        if self.at is not None:
            return self
        failures = 0 if self.up else self.failures + 1
        ceiling = AFTER_LOSS if self.up else min(LONGEST, SHORTEST * 2 ** min(failures, 10))
        wait = max(SHORTEST, ceiling * spread(self.name, self.attempts))
        return replace(self, up=False, until=None, at=now + wait, failures=failures)
