"""When a box says that it is there and how it is: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .broker_link import spread
from .courier_steps import (
    Action,
    AskForHealth,
    CourierEvent,
    DaemonAnswered,
    HealthSaid,
    Holds,
    HubBorn,
    LinkDown,
    LinkUp,
    PublishHealth,
    PublishPresence,
    TimePassed,
)
from .topics import HeldVersions, Presence

ANEW = 60.0  # s: within this time of a hub's beginning all boxes announce themselves again
HEALTH = 600.0  # s, between questions how the box is; it is published when that has changed
HEALTH_ANYWAY = 3600.0  # s: … and when it has not


@dataclass(frozen=True, slots=True)
class Announcer:
    """Presence and health of the box `name`. `published`: the health that the hub has, since `published_at`.

    `at`: when presence is said anew; `health_at`: when the daemon is asked (again). `alerts`: the newest that is known
    here of each scope; not worth a message of its own, which all boxes would send at once.
    """

    name: str
    software: str
    held: Mapping[str, HeldVersions] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)
    up: bool = False
    births: int = 0
    at: float | None = None
    health_at: float = 0.0
    published: PublishHealth | None = None
    published_at: float = 0.0

    @property
    def wakes_at(self) -> float | None:
        times = [self.health_at, *([self.at] if self.at is not None else [])]
        return min(times) if self.up else None

    def step(self, event: CourierEvent, now: float) -> tuple[Announcer, Sequence[Action]]:
        match event:
            case LinkUp():
                after = replace(self, up=True, at=None, health_at=now, published=None)
                return after, [after._presence()]
            case LinkDown():
                return replace(self, up=False, at=None), []
            case HubBorn() if self.up:
                after = replace(self, births=self.births + 1, published=None, health_at=now + ANEW)
                return replace(after, at=now + ANEW * spread(self.name, after.births)), []
            case DaemonAnswered(answer=answer):
                scope, _, number = answer.alert.partition("/")
                return self._note_alerts({scope: int(number)}), []
            case Holds(held, refused, decided=decided):
                known = {scope: max(decided.get(scope, ()), default=0) for scope in held}
                after = replace(self, held=held, refused=refused)._note_alerts(known)
                is_news = self.up and held != self.held
                return after, [after._presence()] if is_news else []
            case HealthSaid(rows) if rows is not None:
                return self._hear(event, now)
            case TimePassed() if self.up:
                return self._pass_time(now)
        return self, []

    def _note_alerts(self, known: Mapping[str, int]) -> Announcer:
        newest = {scope: max(number, self.alerts.get(scope, 0)) for scope, number in known.items()}
        return replace(self, alerts={**self.alerts, **newest})

    def _pass_time(self, now: float) -> tuple[Announcer, Sequence[Action]]:
        after, actions = self, list[Action]()
        if after.at is not None and after.at <= now:
            after, actions = replace(after, at=None), [after._presence()]
        if after.health_at <= now:
            after, actions = replace(after, health_at=now + HEALTH), [*actions, AskForHealth()]
        return after, actions

    def _hear(self, health: HealthSaid, now: float) -> tuple[Announcer, Sequence[Action]]:
        """What is new is told; what is not, once an hour. When the doctor looked is no news."""
        news = PublishHealth(health, self.refused)
        same = self.published is not None and _matter(news) == _matter(self.published)
        if not self.up or (same and now - self.published_at < HEALTH_ANYWAY):
            return self, []
        return replace(self, published=news, published_at=now), [news]

    def _presence(self) -> PublishPresence:
        return PublishPresence(Presence(True, self.software, self.held, self.alerts))


def _matter(news: PublishHealth) -> object:
    return news.health.rows, news.health.box_yaml, news.refused
