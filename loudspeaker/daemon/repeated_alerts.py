"""Signed alerts with a cadence, repeated: each number is aired once, by the log alone, whatever crashes.

Number 0 is due when the alert was signed, number 1 `every` later, and so on: each an airing of its own, named by that
instant. A box that was off when one was due waits for the next; between them routine goes on. It ends with an end or an
update of the alert, with its end at the box, or at its `until`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..playout.item import ManualRequest, request_from_facts
from ..station.emergency.alert_log import AlertLog, StandingCadence
from ..trust.floors import Floors
from .asked_airings import AiringName, at_once, parse_airing_name
from .manual_airings import SECOND, ManualAirings

CAUGHT_UP = timedelta(minutes=5)  # a number is still aired when it is at most so late, as after a restart


@dataclass(frozen=True, slots=True)
class Anchor:
    """The earliest that it can have been, by dates of documents, when the monotonic clock stood at `monotonic`."""

    instant: datetime
    monotonic: float


class RepeatedAlerts:
    """Submits each number of an alert when it is due. Everything is called from the daemon's one thread."""

    def __init__(self, manual: ManualAirings, alert_log: AlertLog) -> None:
        self._manual = manual
        self._on_air = manual.on_air
        self._log = manual.on_air.controller.log
        self._alert_log = alert_log
        self._anchors: dict[str, Anchor] = {}
        self._running: Sequence[StandingCadence] = ()
        self._known = -1  # `count` of the log of alerts when `_running` was read

    def submit_due(self) -> datetime | None:
        """Submit the numbers that are due. Returns when the next is, by this machine's clock, or None."""
        wakes = [self._follow(cadence) for cadence in self._cadences()]
        return min((wake for wake in wakes if wake), default=None)

    def next_instant(self, alert: str) -> datetime | None:
        """When it is repeated next, by this machine's clock; None where it is not repeated."""
        cadence = next((cadence for cadence in self._cadences() if cadence.alert == alert), None)
        return self._next(cadence) if cadence and self._names(cadence, cadence.first) else None

    def _cadences(self) -> Sequence[StandingCadence]:
        """The cadences that have not been ended in all villages."""
        if self._known != self._alert_log.count:
            self._running, self._known = tuple(self._alert_log.cadences()), self._alert_log.count
        return self._running

    def _follow(self, cadence: StandingCadence) -> datetime | None:
        now = self.instant(cadence)
        number = cadence.number_at(now)
        late = now - cadence.instant(number)
        if number > cadence.first and late < min(CAUGHT_UP, cadence.every / 2):
            self._say(cadence, number)
        return self._next(cadence)

    def _next(self, cadence: StandingCadence) -> datetime | None:
        """When the next number is due, by this machine's clock."""
        now = self.instant(cadence)
        due = cadence.instant(max(cadence.number_at(now), cadence.first) + 1)
        return self._on_air.now() + (due - now) if due <= cadence.until else None

    def instant(self, cadence: StandingCadence) -> datetime:
        """Now, by the time of the document: this machine's where that is known to be right, else at least this."""
        machine, trust = self._on_air.now(), self._on_air.last_trust
        monotonic = self._on_air.clock.monotonic()
        anchor = self._anchors.get(cadence.alert)
        if anchor is None:  # it is asked at each step: the log is read once
            anchor = self._anchors[cadence.alert] = Anchor(self._least(cadence), monotonic)
        least = anchor.instant + timedelta(seconds=monotonic - anchor.monotonic)
        return max(least, machine) if trust.believed and trust.doubt is None else least

    def anchor(self, cadence: StandingCadence, instant: datetime) -> None:
        """Record that an alert came just now, when it was `instant` by the time of documents."""
        self._anchors[cadence.alert] = Anchor(instant, self._on_air.clock.monotonic())

    def _least(self, cadence: StandingCadence) -> datetime:
        """The latest instant that is certain after a start: of the last number aired, or the floor of its scope."""
        numbers = [number for number, _ in self._alert_log.times_said(cadence.alert) if number is not None]
        floor = self._alert_log.floors(cadence.scope, Floors()).instant
        latest = cadence.instant(max(numbers, default=cadence.first))
        return max(latest, floor) if floor else latest

    # One number.

    def _say(self, cadence: StandingCadence, number: int) -> None:
        """On record before it is heard, as the first was."""
        noted = self._alert_log.airings_of(cadence.alert, number)
        names = [self._parse(airing) for airing in noted] or self._names(cadence, number)
        lacking = [name for name in names if not self._log.events("asked", name.id)]
        if not lacking:
            return
        requests = list(self._requests(cadence, number, lacking))
        if not noted:
            airings = [name.id for name in names]
            self._alert_log.note_again(cadence.alert, number, airings, self._on_air.now())
        for request in requests:
            self._manual.submit(request)

    def _names(self, cadence: StandingCadence, number: int) -> list[AiringName]:
        """Where it was given and nobody has ended it, by the instant of this number."""
        later = cadence.instant(number) - cadence.instant(cadence.first)
        first = [self._parse(airing) for airing in self._alert_log.airings_of(cadence.alert, None)]
        names = [replace(name, at=name.at + later) for name in first if not self._is_ended(cadence, name.village)]
        while any(self._alert_log.is_anothers(name.id, cadence.alert) for name in names):
            names = [replace(name, at=name.at + SECOND) for name in names]
        return names

    def _is_ended(self, cadence: StandingCadence, village: str) -> bool:
        """Has somebody ended it in this village, such as at the box?"""
        return any(self._log.events("end", airing) for airing in self._airings_in(cadence, village))

    def _airings_in(self, cadence: StandingCadence, village: str) -> list[str]:
        return [airing for airing in self._alert_log.airings(cadence.alert) if airing.startswith(f"{village}/")]

    def _requests(self, cadence: StandingCadence, number: int, names: Sequence[AiringName]) -> Iterator[ManualRequest]:
        """The first one's words once more; it stands in the place of those before it."""
        until = self._next(cadence) or self._on_air.now() + cadence.every
        for name in names:
            before = self._airings_in(cadence, name.village)
            asked = self._log.events("asked", before[0]) if before else ()
            if not asked:  # an update of the schema or a damaged entry: nothing is known of its sound
                continue
            first = request_from_facts(asked[0].facts)
            occurrence = replace(first.airing.occurrence, id=name.id, scheduled_at=name.at)
            airing = at_once(occurrence, fallback=first.airing.fallback)
            yield replace(first, airing=airing, until=until, ends=tuple(before))

    def _parse(self, airing: str) -> AiringName:
        return parse_airing_name(airing, self._on_air.station.files.commune.zone)
