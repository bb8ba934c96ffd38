"""Alerts on their way to the daemon, and receipts on their way back: pure.

A message is acknowledged when the daemon has answered, never before: whatever happens between, it comes again. That
does no harm, since the daemon does each alert once. One that is heard is asked about until its first sample has left
the box.

The broker brings all that it keeps at each connection. With those that are over the daemon is not troubled again. What
the hub was told of them it is told once more, should a broker have lost it, but not by all boxes at once: ten thousand
of them come back within seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..model.alert_answer import AlertAnswer, AlertState
from ..trust.dsse import parse_envelope
from ..trust.faults import UntrustedDocument
from ..trust.opening import read_unverified_as
from ..trust.signed_documents import Alert
from .broker_link import spread
from .courier_steps import (
    Acknowledge,
    Action,
    AlertCame,
    CourierEvent,
    DaemonAnswered,
    DaemonAway,
    DaemonMaking,
    DaemonRefused,
    HandOver,
    LinkDown,
    PublishReceipt,
)

MAKING = 0.05  # s, until it is asked whether the sound has been made
AWAY = (1.0, 2.0, 5.0, 10.0, 30.0)  # s, until a daemon that does not answer is asked again; then the last
MOST = 256  # alerts that are asked about again
FOLLOW = (1.0, 2.0, 7.0, 20.0, 30.0, 60.0, 180.0, 300.0)  # s, between questions whether it has been heard
RETRY = (10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 600.0)  # s: a card that comes back, a template that comes later

TELL_AGAIN = 45.0  # s, at most: before the hub calls it unanswered, `hub.watch.troubles.ANSWERS_WITHIN`
OVER = frozenset({AlertState.AIRED, AlertState.ENDED, AlertState.STOPPED, AlertState.CHECKED})
HEARD_BY, CADENCE = 20.0, 300.0  # s: behind its instant what is said again has begun; asked about at the latest

LastReceipt = tuple[AlertState, float | None, int] | None  # its state, first sound and times


@dataclass(frozen=True, slots=True)
class CarriedAlert:
    """One envelope. `at`: when the daemon is asked (again)."""

    name: str
    scope: str
    seq: int
    envelope: str
    at: float
    messages: tuple[int, ...] = ()  # to be acknowledged
    away: int = 0  # times that the daemon did not answer
    asked: int = 0  # times that it was asked after its first answer
    receipt: LastReceipt = None

    @property
    def id(self) -> str:
        return f"{self.scope}/{self.seq}"


Step = tuple["AlertCarrier", Sequence[Action]]


@dataclass(frozen=True, slots=True)
class AlertCarrier:
    """All that the box `name` has on their way; the daemon is asked about one at a time (`asking`), the newest first.

    `over`: what the hub was told of those with which the daemon is done, by their names; `again`: names of these that
    have come again, of which it is told once more at `again_at`.
    """

    name: str
    alerts: Mapping[str, CarriedAlert] = field(default_factory=dict)
    asking: str | None = None
    over: Mapping[str, PublishReceipt] = field(default_factory=dict)
    again: tuple[str, ...] = ()
    again_at: float | None = None

    @property
    def wakes_at(self) -> float | None:
        times = [] if self.asking else [alert.at for alert in self.alerts.values()]
        return min(times if self.again_at is None else [*times, self.again_at], default=None)

    def step(self, event: CourierEvent, now: float) -> Step:
        after, actions = self._take(event, now)
        after, receipts = after._tell_again(now)
        after, questions = after._ask(now)
        return after, [*actions, *receipts, *questions]

    def _take(self, event: CourierEvent, now: float) -> Step:
        match event:
            case AlertCame(name) if name in self.over:
                return self._note_again(event, now)
            case AlertCame():
                return self._add(event, now), []
            case LinkDown():  # what was not acknowledged comes again, under another number
                alerts = {name: replace(alert, messages=()) for name, alert in self.alerts.items()}
                return replace(self, alerts=alerts, again=(), again_at=None), []
            case DaemonAnswered(name) | DaemonRefused(name) | DaemonMaking(name) | DaemonAway(name) if (
                name == self.asking
            ):
                return replace(self, asking=None)._settle(self.alerts[name], event, now)
        return self, []

    def _add(self, event: AlertCame, now: float) -> AlertCarrier:
        """Once, however often it comes while the daemon has not answered."""
        fresh = CarriedAlert(event.name, event.scope, event.seq, event.envelope, now)
        known = self.alerts.get(event.name, fresh)
        messages = (*known.messages, *(() if event.message is None else (event.message,)))
        return self._with(replace(known, messages=messages, at=min(known.at, now)))

    def _note_again(self, event: AlertCame, now: float) -> Step:
        """It came again, and is over."""
        wait = TELL_AGAIN * (1 + spread(self.name, event.seq)) / 2  # all boxes have come back by then
        again_at = now + wait if self.again_at is None else self.again_at
        after = replace(self, again=tuple(dict.fromkeys((*self.again, event.name))), again_at=again_at)
        return after, [] if event.message is None else [Acknowledge(event.message)]

    def _tell_again(self, now: float) -> Step:
        if self.again_at is None or now < self.again_at:
            return self, []
        receipts = [self.over[name] for name in self.again if name in self.over]
        return replace(self, again=(), again_at=None), receipts

    def _settle(self, alert: CarriedAlert, event: CourierEvent, now: float) -> Step:
        """What the daemon has said of it."""
        match event:
            case DaemonMaking():
                return self._with(replace(alert, at=now + MAKING)), []
            case DaemonAway():
                wait = AWAY[min(alert.away, len(AWAY) - 1)]
                return self._with(replace(alert, at=now + wait, away=alert.away + 1)), []
            case DaemonAnswered(_, answer):
                last = answer.state, answer.first_sound, answer.times
                return self._answer(alert, last, PublishReceipt(alert.id, answer), _follow(alert, answer), now)
            case DaemonRefused(_, why, passing, silent):
                refused = alert.receipt if silent else (AlertState.FAILED, None, 0)
                again = RETRY[alert.asked] if passing and alert.asked < len(RETRY) else None
                return self._answer(alert, refused, PublishReceipt(alert.id, None, why), again, now)
        return self, []

    def _answer(
        self, alert: CarriedAlert, last: LastReceipt, receipt: PublishReceipt, again: float | None, now: float
    ) -> Step:
        """The hub hears what is new, the broker need not send it again, the daemon is asked `again` after so long."""
        actions: list[Action] = [Acknowledge(message) for message in alert.messages]
        actions += [receipt] if last != alert.receipt else []
        if again is None or len(self.alerts) > MOST:
            alerts = {name: other for name, other in self.alerts.items() if name != alert.name}
            return replace(self, alerts=alerts, over=self._over_with(alert.name, receipt)), actions
        later = replace(alert, messages=(), receipt=last, at=now + again, asked=alert.asked + 1, away=0)
        return self._with(later), actions

    def _over_with(self, name: str, receipt: PublishReceipt) -> Mapping[str, PublishReceipt]:
        """Not so one that is for no village of this box, or failed: the daemon may say otherwise of it tomorrow."""
        if receipt.answer is None or receipt.answer.state not in OVER:
            return self.over
        return dict([*self.over.items(), (name, receipt)][-MOST:])

    def _ask(self, now: float) -> Step:
        due = [alert for alert in self.alerts.values() if alert.at <= now]
        if self.asking or not due:
            return self, []
        newest = max(due, key=lambda alert: alert.seq)
        return replace(self, asking=newest.name), [HandOver(newest.name, newest.envelope)]

    def _with(self, alert: CarriedAlert) -> AlertCarrier:
        return replace(self, alerts={**self.alerts, alert.name: alert})


def _follow(alert: CarriedAlert, answer: AlertAnswer) -> float | None:
    """Seconds until its first sample, or one when it is said again, may have left the box; None: nothing is to come."""
    if answer.state is AlertState.GIVEN and alert.asked < len(FOLLOW):
        return FOLLOW[alert.asked]
    return None if answer.again_in is None else min(answer.again_in + HEARD_BY, CADENCE)


def alert_event(scope: str, seq: int, envelope: bytes, message: int | None = None) -> AlertCame:
    """An envelope that came, named by its content."""
    text = envelope.decode(errors="replace").strip()
    return AlertCame(hashlib.sha256(text.encode()).hexdigest(), scope, seq, text, message)


def fetched_alert_event(scope: str, seq: int, envelope: bytes) -> AlertCame:
    """The same of one that was fetched, with its instant."""
    issued = None
    with suppress(UntrustedDocument):  # the daemon says what is wrong with it
        issued = read_unverified_as(Alert, parse_envelope(envelope)).issued
    return replace(alert_event(scope, seq, envelope), issued=issued)
