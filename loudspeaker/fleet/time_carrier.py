"""When the hub is asked what time it is: once a day, and every few minutes while nobody vouches for this box's. Pure.

What it says is kept until the next start of this machine, as long as nobody sets the clock to another time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .broker_link import AWAY, OWN_HUB, HubsInTurn, spread
from .courier_steps import Action, CheckTime, CourierEvent, HubsNamed, TimeChecked

SOON = 60.0  # s after the start, at most: boxes of a province whose power comes back come one after another
LOOK = 600.0  # s, between looks whether somebody vouches for the time
DAY = 86_400.0  # s


@dataclass(frozen=True, slots=True)
class TimeCarrier:
    """Of the box `name`. `at`: the next look; `daily_at`: then the hub is asked, whoever vouches; `busy`: it is."""

    name: str
    at: float
    daily_at: float
    busy: bool = False
    failures: int = 0
    hubs: HubsInTurn = OWN_HUB

    @property
    def wakes_at(self) -> float | None:
        return None if self.busy else self.at

    def step(self, event: CourierEvent, now: float) -> tuple[TimeCarrier, Sequence[Action]]:
        after = self._take(event, now)
        if after.busy or now < after.at:
            return after, []
        return replace(after, busy=True), [CheckTime(anyway=now >= after.daily_at, hub=after.hubs.current)]

    def _take(self, event: CourierEvent, now: float) -> TimeCarrier:
        match event:
            case HubsNamed(hubs):
                return replace(self, hubs=self.hubs.name(hubs))
            case TimeChecked(vouched=True, asked=asked):
                daily_at = now + DAY if asked else self.daily_at
                after = replace(self, busy=False, failures=0, daily_at=daily_at, hubs=self.hubs.at(""))
                return replace(after, at=min(now + LOOK, daily_at))
            case TimeChecked():
                at = now + self.hubs.back_off(self.name, self.failures, AWAY)
                return replace(self, busy=False, failures=self.failures + 1, at=at, hubs=self.hubs.next())
        return self


def begin_time_carrier(box: str, now: float) -> TimeCarrier:
    """Of a box that has just been started."""
    return TimeCarrier(box, now + SOON * spread(box, 0), now + DAY * spread(box, 1))
