"""What the log knows of signed alerts: by it none is done twice, whatever way it comes and however often.

An event `alert` is one step of an alert: `alert` (its id), `kind`, `state` (an `AlertState`), `sha256` of its payload,
`by` (who signed it), `references`, and of what is heard `airings`, their ids. It is on the disk before that is heard.
What has a cadence names it (`again`), and each time that it is said again is a step more, with its `number`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...codec import UNREADABLE, decode, encode
from ...model.alert_answer import AlertState
from ...model.asrun_record import Event
from ...model.enums import ALERT, CADENCE
from ...playout.ports import Log
from ...trust.floors import Floors
from ...trust.opening import OpenedAlert
from ...trust.signed_documents import Alert, AlertKind, Cadence

NUMBER = "number"  # of a step by which it is said again
BEGUN = (AlertState.PREPARED, AlertState.FAILED)  # steps by which nothing is decided
ENDS = (AlertKind.END, AlertKind.UPDATE)  # they end what they refer to


@dataclass(frozen=True, slots=True)
class StandingCadence:
    """An alert that is said again: number 0 when it was signed, each next one `every` later, none after `until`."""

    alert: str
    issued: datetime
    every: timedelta
    until: datetime
    first: int  # the number as which this box has given it

    @property
    def scope(self) -> str:
        return self.alert.partition("/")[0]

    def number_at(self, instant: datetime) -> int:
        """The newest number that was due at `instant`."""
        return max((min(instant, self.until) - self.issued) // self.every, 0)

    def instant(self, number: int) -> datetime:
        """When a number is due."""
        return self.issued + number * self.every

    def facts(self) -> Mapping[str, object]:
        """Its form in the facts of a step of the log; `cadence_of` is the inverse."""
        seconds = self.every.total_seconds()
        return {**encode(Cadence(seconds, self.until)), "issued": self.issued.isoformat(), "first": self.first}


@dataclass(frozen=True, slots=True)
class KnownAiring:
    """Of which alert an airing is, and its number where it is said again; None: when it was given."""

    alert: str
    number: int | None

    @property
    def scope(self) -> str:
        return self.alert.partition("/")[0]

    @property
    def seq(self) -> int:
        return int(self.alert.rpartition("/")[2])


def find_cadence(alert: Alert, now: datetime) -> StandingCadence | None:
    """The cadence of an alert that is first given `now`; None where it has none."""
    if alert.again is None:
        return None
    every, until = timedelta(seconds=alert.again.every), min(alert.again.until, alert.until)
    begun = StandingCadence(alert.id, alert.issued, every, until, 0)
    return replace(begun, first=begun.number_at(now))


def cadence_of(facts: Mapping[str, object]) -> StandingCadence | None:
    """The cadence that a step names; None where it names none, or one that cannot be read."""
    with suppress(*UNREADABLE):
        stored = decode(dict[str, object], facts[CADENCE])
        cadence, first = decode(Cadence, stored), decode(int, stored["first"])
        issued = datetime.fromisoformat(str(stored["issued"]))
        return StandingCadence(str(facts["alert"]), issued, timedelta(seconds=cadence.every), cadence.until, first)
    return None


def decided_alerts(log: Log) -> Mapping[str, frozenset[int]]:
    """The numbers of alerts that need not come again, by their scope: something was decided of each."""
    numbers_by_scope: dict[str, set[int]] = {}
    for event in log.events(ALERT):
        scope, _, number = str(event.facts.get("alert", "")).partition("/")
        if event.facts.get("state") not in BEGUN and number.isdecimal():
            numbers_by_scope.setdefault(scope, set()).add(int(number))
    return {scope: frozenset(numbers) for scope, numbers in numbers_by_scope.items()}


def alert_number(event: Event) -> tuple[str, int] | None:
    """Scope and number of the alert of which an event is a step; None where it names none."""
    scope, _, number = str(event.facts.get("alert", "")).partition("/")
    return (scope, int(number)) if number.isdecimal() else None


def highest_alerts(log: Log) -> Mapping[str, int]:
    """The highest number of an alert of each scope of which the log knows, whatever became of it."""
    highest: dict[str, int] = {}
    for scope, number in filter(None, map(alert_number, log.events(ALERT))):
        highest[scope] = max(highest.get(scope, 0), number)
    return highest


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

    def decision(self, alert: str) -> Mapping[str, object] | None:
        """The step by which an alert was done; None where nobody has done anything that is heard, or ended."""
        steps = (event.facts for event in self._steps(alert) if event.facts.get("state") not in BEGUN)
        return next(steps, None)

    def is_ended(self, alert: str) -> bool:
        """Did an end or an update of it come, before it or behind it?"""
        return any(alert in _names(event.facts.get("references")) for event in self._ends())

    def airings(self, alert: str) -> Sequence[str]:
        """The ids of all that it has had heard, however often it was said."""
        return tuple(airing for _, airings in self.times_said(alert) for airing in airings)

    def times_said(self, alert: str) -> Sequence[tuple[int | None, Sequence[str]]]:
        """Each time that it was said: its number (None: when it was given), and the ids of its airings."""
        steps = [event.facts for event in self._steps(alert) if event.facts.get("state") not in BEGUN]
        again = (facts for facts in steps[1:] if NUMBER in facts)
        return [(_number(facts), _names(facts.get("airings"))) for facts in (*steps[:1], *again)]

    def airings_of(self, alert: str, number: int | None) -> Sequence[str]:
        """The ids of what it has had heard as this number; `number` None: when it was given."""
        return next((airings for said, airings in self.times_said(alert) if said == number), ())

    def alert_of(self, airing: str) -> KnownAiring | None:
        """The alert that an airing belongs to, and its number; None for an airing that no alert has asked for."""
        facts = (event.facts for event in self._events() if airing in _names(event.facts.get("airings")))
        return next((KnownAiring(str(one["alert"]), _number(one)) for one in facts), None)

    # What is said again.

    @property
    def count(self) -> int:
        """Steps on record."""
        return len(self._events())

    def cadences(self) -> Iterator[StandingCadence]:
        """The cadences of all alerts that were given and have not been ended, even those whose time is over."""
        for event in self._events():
            cadence = cadence_of(event.facts) if NUMBER not in event.facts else None
            given = cadence and event.facts.get("state") == AlertState.GIVEN
            if cadence and given and not self.is_ended(cadence.alert):
                yield cadence

    def note_again(self, alert: str, number: int, airings: Sequence[str], at: datetime) -> None:
        """Write down that an alert which was given is said again."""
        facts = {**(self.decision(alert) or {}), NUMBER: number, "airings": encode(tuple(airings))}
        self.log.event(ALERT, "", at, **facts)
        self._events().append(Event(ALERT, "", at, facts))

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
            stored = decode(Floors, self.log.recall(_memory(scope)))
            raised = replace(known, alert=max(known.alert, stored.alert))
            return raised.at_instant(stored.instant) if stored.instant else raised
        return known

    def keep_floors(self, scope: str, floors: Floors) -> None:
        """Nothing below these is accepted from now on."""
        stored = encode(Floors(alert=floors.alert, instant=floors.instant))
        if self.log.recall(_memory(scope)) != stored:
            self.log.remember(_memory(scope), stored)

    def _events(self) -> list[Event]:
        if self._known is None:
            self._known = list(self.log.events(ALERT))
        return self._known

    def _steps(self, alert: str) -> list[Event]:
        return [event for event in self._events() if event.facts.get("alert") == alert]

    def _ends(self) -> list[Event]:
        done = (event for event in self._events() if event.facts.get("state") not in BEGUN)
        return [event for event in done if event.facts.get("kind") in ENDS]


def times_heard(log: Log, said: Sequence[tuple[int | None, Sequence[str]]]) -> int:
    """How many of the times that an alert was said its first sample has left."""
    return sum(any(log.events("on-air", airing) for airing in airings) for _, airings in said)


def first_sound(log: Log, said: Sequence[tuple[int | None, Sequence[str]]]) -> float | None:
    """Milliseconds from when it was asked for to its first sample, of the first time that one has left; else None."""
    waits = (_wait(log, airings) for _, airings in said)
    return next((wait for wait in waits if wait is not None), None)


def _wait(log: Log, airings: Sequence[str]) -> float | None:
    waits = []
    for airing in airings:
        asked, begun = log.events("asked", airing), log.events("on-air", airing)
        if asked and begun:
            began = datetime.fromisoformat(str(begun[0].facts["started_at"]))
            waits.append((began - asked[0].at).total_seconds() * 1000)
    return min(waits, default=None)


def _number(facts: Mapping[str, object]) -> int | None:
    number = facts.get(NUMBER)
    return number if isinstance(number, int) else None


def _names(stored: object) -> Sequence[str]:
    return [name for name in stored if isinstance(name, str)] if isinstance(stored, list | tuple) else ()


def _memory(scope: str) -> str:
    return f"alerts of {scope}"
