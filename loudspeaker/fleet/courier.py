"""The agent's core, without input or output: what comes in, and when, → what is to be done. Pure.

Six parts see everything that comes in, each with its own business: the broker, alerts, files, what the hub is told,
the log, and the time. Nothing of it is kept through a restart: what was under way is begun again, and neither the
daemon nor the hub does anything twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .alert_carrier import AlertCarrier
from .announcer import Announcer
from .broker_link import BrokerLink
from .courier_steps import Action, CourierEvent
from .file_carrier import FileCarrier
from .late_carrier import LateCarrier
from .log_carrier import LogCarrier
from .time_carrier import TimeCarrier, begin_time_carrier


@dataclass(frozen=True, slots=True)
class Courier:
    """Where everything stands. `now` is monotonic, in seconds."""

    link: BrokerLink
    alerts: AlertCarrier
    files: FileCarrier
    announcer: Announcer
    log: LogCarrier
    time: TimeCarrier

    @property
    def wakes_at(self) -> float | None:
        """Then `TimePassed` is due, where nothing comes in before; None: never."""
        parts = (self.link, self.alerts, self.files, self.announcer, self.log, self.time)
        return min((at for part in parts if (at := part.wakes_at) is not None), default=None)

    def step(self, event: CourierEvent, now: float) -> tuple[Courier, Sequence[Action]]:
        """What stands after an event, and what is to be done, in this order."""
        alerts, handed = self.alerts.step(event, now)
        link, connected = self.link.step(event, now)
        files, fetched = self.files.step(event, now)
        announcer, announced = self.announcer.step(event, now)
        log, sent = self.log.step(event, now)
        time, checked = self.time.step(event, now)
        after = Courier(link, alerts, files, announcer, log, time)
        return after, [*handed, *connected, *fetched, *announced, *sent, *checked]


def begin_courier(box: str, software: str, now: float) -> Courier:
    """The courier of a box that has just been started."""
    files, log = FileCarrier(box, LateCarrier(box), away_since=now), LogCarrier(box, look_at=now, day=now)
    alerts, announcer = AlertCarrier(box), Announcer(box, software)
    return Courier(BrokerLink(box, at=now), alerts, files, announcer, log, begin_time_carrier(box, now))
