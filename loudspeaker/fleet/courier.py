"""The agent's core, without input or output: what comes in, and when, → what is to be done. Pure.

Four parts see everything that comes in, each with its own business: the broker, alerts, files, and what the hub is
told. Nothing of it is kept through a restart: what was under way is begun again, and the daemon does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .alert_carrier import AlertCarrier
from .announcer import Announcer
from .broker_link import BrokerLink
from .courier_steps import Action, CourierEvent
from .file_carrier import FileCarrier


@dataclass(frozen=True, slots=True)
class Courier:
    """Where everything stands. `now` is monotonic, in seconds."""

    link: BrokerLink
    alerts: AlertCarrier
    files: FileCarrier
    announcer: Announcer

    @property
    def wakes_at(self) -> float | None:
        """Then `TimePassed` is due, where nothing comes in before; None: never."""
        times = (self.link.wakes_at, self.alerts.wakes_at, self.files.wakes_at, self.announcer.wakes_at)
        return min((one for one in times if one is not None), default=None)

    def step(self, event: CourierEvent, now: float) -> tuple[Courier, Sequence[Action]]:
        """What stands after an event, and what is to be done, in this order."""
        alerts, handed = self.alerts.step(event, now)
        link, connected = self.link.step(event, now)
        files, fetched = self.files.step(event, now)
        announcer, told = self.announcer.step(event, now)
        after = replace(self, link=link, alerts=alerts, files=files, announcer=announcer)
        return after, [*handed, *connected, *fetched, *told]


def begin_courier(box: str, software: str, now: float) -> Courier:
    """The courier of a box that has just been started."""
    return Courier(BrokerLink(box, at=now), AlertCarrier(), FileCarrier(box, away_since=now), Announcer(box, software))
