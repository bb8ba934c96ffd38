"""What the log knows of signed alerts: by it none is done twice, whatever way it comes and however often.

An event `alert` is one step of an alert: `alert` (its id), `kind`, `state` (an `AlertState`), `sha256` of its payload,
`by` (who signed it), `references`, and of what is heard `airings`, their ids. It is on the disk before that is heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from ..codec import UNREADABLE, decode, encode
from ..model.alert_answer import AlertState
from ..model.asrun_record import Event
from ..playout.ports import Log
from ..trust.floors import Floors
from ..trust.opening import OpenedAlert
from ..trust.signed_documents import AlertKind

ALERT = "alert"  # the kind of its events
BEGUN = (AlertState.PREPARED, AlertState.FAILED)  # steps by which nothing is decided
ENDS = (AlertKind.END, AlertKind.UPDATE)  # they end what they refer to


@dataclass(slots=True)
class AlertLog:
    """The steps of signed alerts in a log: read once, since nobody else writes them while a daemon runs."""

    log: Log
    _known: list[Event] | None = None

    def note(self, opened: OpenedAlert, state: AlertState, at: datetime, **facts: object) -> None:
        """Write a step down, unless it is the last one already."""
        alert = opened.document
        known = {"alert": alert.id, "kind": alert.kind, "state": state, "sha256": opened.sha256, "drill": alert.drill}
        told = encode({**known, "references": alert.references, **facts})
        last = self._steps(alert.id)[-1:]
        if not last or dict(last[0].facts) != told:
            self.log.event(ALERT, "", at, **told)
            self._events().append(Event(ALERT, "", at, told))

    def decided(self, alert: str) -> Mapping[str, object] | None:
        """The step by which an alert was done; None where nobody has done anything that is heard, or ended."""
        steps = (event.facts for event in self._steps(alert) if event.facts.get("state") not in BEGUN)
        return next(steps, None)

    def is_ended(self, alert: str) -> bool:
        """Did an end or an update of it come, before it or behind it?"""
        return any(alert in _names(event.facts.get("references")) for event in self._ends())

    def airings(self, alert: str) -> Sequence[str]:
        """The ids of what it has had heard."""
        done = self.decided(alert)
        return _names(done.get("airings")) if done else ()

    def state_of(self, alert: str, step: AlertState, sound: float | None) -> AlertState:
        """How far an alert is whose last `step` this was; `sound`: ms to its first sample, None before it."""
        if self.is_ended(alert):
            return AlertState.ENDED
        return AlertState.AIRED if step is AlertState.GIVEN and sound is not None else step

    def is_anothers(self, airing: str, alert: str) -> bool:
        """Does this id name an airing of another alert?"""
        events = self._events()
        return any(
            event.facts.get("alert") != alert and airing in _names(event.facts.get("airings")) for event in events
        )

    def floors(self, scope: str, known: Floors) -> Floors:
        """What may still be accepted: by the documents that came (`known`), and by alerts since."""
        with suppress(*UNREADABLE):
            kept = decode(Floors, self.log.recall(_memory(scope)))
            raised = replace(known, alert=max(known.alert, kept.alert))
            return raised.at_instant(kept.instant) if kept.instant else raised
        return known

    def keep_floors(self, scope: str, floors: Floors) -> None:
        """Nothing below these is accepted from now on."""
        told = encode(Floors(alert=floors.alert, instant=floors.instant))
        if self.log.recall(_memory(scope)) != told:
            self.log.remember(_memory(scope), told)

    def _events(self) -> list[Event]:
        if self._known is None:
            self._known = list(self.log.events(ALERT))
        return self._known

    def _steps(self, alert: str) -> list[Event]:
        return [event for event in self._events() if event.facts.get("alert") == alert]

    def _ends(self) -> list[Event]:
        done = (event for event in self._events() if event.facts.get("state") not in BEGUN)
        return [event for event in done if event.facts.get("kind") in ENDS]


def first_sound(log: Log, airings: Sequence[str]) -> float | None:
    """Milliseconds from when these were asked for to the first sample of any; None where none has left."""
    waits = []
    for airing in airings:
        asked, begun = log.events("asked", airing), log.events("on-air", airing)
        if asked and begun:
            began = datetime.fromisoformat(str(begun[0].facts["started_at"]))
            waits.append((began - asked[0].at).total_seconds() * 1000)
    return min(waits, default=None)


def _names(stored: object) -> Sequence[str]:
    return [name for name in stored if isinstance(name, str)] if isinstance(stored, list | tuple) else ()


def _memory(scope: str) -> str:
    return f"alerts of {scope}"
