"""Signed alerts on the air: verified here, done once, whatever way they come and however often.

Whoever carries one asks again while its sound is being made, and after whatever has gone wrong: what is on record of it
is not done again, and what is lacking is done. Loaded for a box that has joined a commune only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..errors import LoudspeakerError, Message, NotFound, Refused, SpeakerError
from ..model.airing import Airing
from ..model.alert_answer import HELD, AlertAnswer, AlertState, PreparedAlert
from ..model.enums import ALARM, CADENCE, PLAY, Ending, Level
from ..model.programme import Programme
from ..model.requests import ConfirmAlert, TakeAlert
from ..playout.item import ManualRequest, request_from_facts
from ..station.emergency.alarms import standing
from ..station.emergency.alert_log import AlertLog, find_cadence, first_sound, times_heard
from ..station.emergency.signed_alerts import AlertReader, ReceivedAlert
from ..station.reviews import Signer
from ..trust.signed_documents import EVERY_VILLAGE, Alert, AlertKind
from .asked_airings import AiringName, airing_name, at_once, parse_airing_name
from .manual_airings import SECOND, ManualAirings
from .repeated_alerts import RepeatedAlerts

MOST_WAITING = 16  # alerts at a time: one key that was stolen must not fill the memory


@dataclass(frozen=True, slots=True)
class WaitingAlert:
    """An alert that too few have signed yet, until then (monotonic, s)."""

    received: ReceivedAlert
    row: PreparedAlert
    until: float


class SignedAlerts:
    """Does what signed alerts say. Everything is called from the daemon's one thread."""

    def __init__(self, manual: ManualAirings, look: Callable[[], object]) -> None:
        """`look` takes up what people have changed in the station's files."""
        self._manual = manual
        self._sound = manual.sound
        self._look = look
        self._on_air = manual.on_air
        self._station = manual.on_air.station
        self._controller = manual.on_air.controller
        self._log = manual.on_air.controller.log
        self._alert_log = AlertLog(self._log)
        self._reader = AlertReader(self._station, self._alert_log)
        self.repeated = RepeatedAlerts(manual, self._alert_log)
        self._waiting: dict[str, WaitingAlert] = {}

    def take(self, request: TakeAlert) -> AlertAnswer:
        """Do what it says, or what is still lacking of that.

        Raises `UntrustedDocument`, `BadUsage` for a box that has not joined, `BeingMade`, `BeingRead`, `Refused` for a
        drill at night, and what keeps its sound from being made.
        """
        trust = self._on_air.last_trust
        trusted = trust.believed and trust.doubt is None
        received = self._reader.open(request.envelope, self._on_air.now(), trusted)
        self._reader.must_be_acceptable(received)
        if not self._villages(received):
            return AlertAnswer(received.alert.id, AlertState.ELSEWHERE)
        if received.is_over:
            return self._report(received)
        if received.template:
            self._look()  # the files as they are: no older ones will do
        if received.opened.missing and self._alert_log.decision(received.alert.id) is None:
            return self._prepare(received)
        return self._carry_out(received, self._on_air.say(received.signed_by))

    def confirm(self, request: ConfirmAlert, by: str) -> AlertAnswer:
        """Give an alert to which one signature is lacking; the caller, at the box, is the second person.

        Raises `NotFound` where it does not wait, `Refused` where more are lacking or they have signed it, as `take`.
        """
        waiting = self._waiting.get(request.alert)
        if waiting is None or waiting.until < self._on_air.clock.monotonic():
            raise NotFound(Message("no alert “{alert}” waits for a second person", alert=request.alert))
        if waiting.row.missing > 1:
            raise Refused(Message("{missing} more persons must sign it", missing=waiting.row.missing))
        received = waiting.received
        if any(Signer(name).is_same(Signer(by)) for name in received.signers):
            raise Refused(Message("{by} has signed it: the second person is another", by=by))
        both = Message("{signed}, with {by} at the box", signed=received.signed_by, by=by)
        return self._carry_out(received, self._on_air.say(both))

    def waiting(self) -> tuple[PreparedAlert, ...]:
        """Those that wait for more signatures, for the board."""
        now = self._on_air.clock.monotonic()
        self._waiting = {name: alert for name, alert in self._waiting.items() if alert.until >= now}
        return tuple(alert.row for alert in self._waiting.values())

    def _carry_out(self, received: ReceivedAlert, by: str) -> AlertAnswer:
        """What keeps it from being done is on record, too."""
        try:
            DO[received.alert.kind](self, received, by)
        except Refused:  # it is being made or read, or may not be heard now: whoever asks is told
            raise
        except LoudspeakerError as error:
            self._note(received, AlertState.FAILED, by, why=self._on_air.say(error.message))
            raise
        self._reader.keep_floors(received)
        self._waiting.pop(received.alert.id, None)
        return self._report(received)

    # One that waits.

    def _prepare(self, received: ReceivedAlert) -> AlertAnswer:
        """Have its sound made, which nobody hears, so that the next signature has it heard at once."""
        alert, villages = received.alert, self._villages(received)
        if self._alert_log.is_ended(alert.id):
            return AlertAnswer(alert.id, AlertState.ENDED)
        if alert.kind.is_alarm:
            self._sound.start_making(self._reader.specs(received, villages).values())
        by = self._on_air.say(received.signed_by)
        self._note(received, AlertState.PREPARED, by, missing=received.opened.missing)
        self._wait(received, by, villages)
        return AlertAnswer(alert.id, AlertState.PREPARED)

    def _wait(self, received: ReceivedAlert, by: str, villages: Sequence[str]) -> None:
        """From its first signature on; that it comes again does not make it wait longer."""
        alert, missing = received.alert, received.opened.missing
        known = next((waiting for waiting in self.waiting() if waiting.id == alert.id), None)
        if known and known.missing == missing:
            return
        lasts = min(HELD, alert.until - received.now)
        forgotten_at = self._on_air.now() + lasts
        row = PreparedAlert(alert.id, self._title(received), tuple(villages), by, missing, alert.drill, forgotten_at)
        self._waiting.pop(alert.id, None)
        self._waiting[alert.id] = WaitingAlert(received, row, self._on_air.clock.monotonic() + lasts.total_seconds())
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]

    # What is heard.

    def _give(self, received: ReceivedAlert, by: str) -> None:
        """On record before anything is heard; an update then replaces what it refers to."""
        alert = received.alert
        if self._alert_log.is_ended(alert.id):
            self._decide(received, AlertState.ENDED, by)
            return self._silence(alert.references, Ending.STOP, by)
        lacking = self._lacking(received, ALARM)
        if not lacking:
            return self._silence(alert.references, Ending.STOP, by)
        self._station.alerts.must_be_drill_time([name.village for name in lacking], alert.drill)
        programmes = self._make(received, lacking)
        facts: dict[str, object] = {"differs": True} if self._reader.differs(received) else {}
        if cadence := find_cadence(alert, received.now):
            facts[CADENCE] = cadence.facts()
            self.repeated.anchor(cadence, max(received.now, alert.issued))
        self._decide(received, AlertState.GIVEN, by, airings=[name.id for name in lacking], **facts)
        self._silence(alert.references, Ending.STOP, by)
        for name in lacking:
            self._manual.submit(self._alarm(received, name, programmes, by))
        template = self._template_id(received)
        self._sound.make_later(lambda: self._station.alerts.all_clear_specs(template, programmes, alert.drill))
        return None

    def _make(self, received: ReceivedAlert, names: Sequence[AiringName]) -> Mapping[str, Programme]:
        """Output -> what it says once. Raises `BeingMade`, or what keeps it from being made."""
        specs = self._reader.specs(received, [name.village for name in names])
        self._sound.await_made(specs.values())
        return {output: self._sound.find_made(spec) for output, spec in specs.items()}

    def _alarm(
        self, received: ReceivedAlert, name: AiringName, programmes: Mapping[str, Programme], by: str
    ) -> ManualRequest:
        alert, template = received.alert, self._reader.bulletin(received)
        title, bulletin = self._title(received), self._template_id(received)
        occurrence = self._manual.occurrence(
            name.kind, name.at, name.village, title, Level.EMERGENCY, bulletin, alert.drill
        )
        airing = at_once(occurrence, fallback=template.all_clear if template else None)
        programme, ends = programmes[occurrence.output], self._airings_in(alert.references, name.village)
        cadence, until = find_cadence(alert, received.now), alert.until
        if cadence:  # then its next number is due
            until = min(cadence.instant(cadence.first + 1), until)
        again_until = self._by_our_clock(received, cadence.until) if cadence else None
        until = self._by_our_clock(received, until)
        return ManualRequest(
            airing, by, (programme,), alert.repeat, alert.gap, until, ends=ends, again_until=again_until
        )

    def _airings_in(self, references: Iterable[str], village: str) -> tuple[str, ...]:
        """The airings of these alerts in a village, which an update puts an end to."""
        airings = (airing for alert in references for airing in self._alert_log.airings(alert))
        return tuple(airing for airing in airings if airing.startswith(f"{village}/"))

    def _template_id(self, received: ReceivedAlert) -> str | None:
        template = self._reader.bulletin(received)
        return template.id if template else None

    def _by_our_clock(self, received: ReceivedAlert, instant: datetime) -> datetime:
        """An instant of a document, as far away as it is, whatever this machine's clock says."""
        return self._on_air.now() + (instant - received.now)

    def _play(self, received: ReceivedAlert, by: str) -> None:
        """A bulletin, within policy."""
        bulletin = self._station.files.bulletin(received.alert.bulletin or "")
        if bulletin.level is Level.EMERGENCY:
            raise Refused(Message("“{bulletin}” is an alarm: it is signed as one", bulletin=bulletin.id))
        lacking = self._lacking(received, PLAY)
        outputs = self._station.alerts.outputs_of([name.village for name in lacking])
        self._sound.await_made(self._station.planner.replay_specs(bulletin, outputs, self._on_air.now()))
        self._decide(received, AlertState.GIVEN, by, airings=[name.id for name in lacking])
        for name in lacking:
            self._manual.submit(ManualRequest(self._manual.replay(bulletin, name.village, name.at, name.kind), by))

    def _lacking(self, received: ReceivedAlert, kind: str) -> list[AiringName]:
        """The airings of it that nobody has asked for yet; none where somebody has ended one of them."""
        alert = received.alert
        known = [parse_airing_name(airing, self._zone) for airing in self._alert_log.airings_of(alert.id, None)]
        names = known or self._names(received, f"{kind}@{alert.scope}")
        if any(self._log.events("end", name.id) for name in names):
            return []
        return [name for name in names if not self._log.events("asked", name.id)]

    def _names(self, received: ReceivedAlert, kind: str) -> list[AiringName]:
        """By the second at which it was signed, or its number was due; by a later one where another has that name."""
        alert, villages = received.alert, self._villages(received)
        cadence = find_cadence(alert, received.now)
        at = (cadence.instant(cadence.first) if cadence else alert.issued).astimezone(self._zone)
        while any(self._alert_log.is_anothers(airing_name(kind, village, at), alert.id) for village in villages):
            at += SECOND
        return [AiringName(village, kind, at) for village in villages]

    # What is heard no more.

    def _end(self, received: ReceivedAlert, by: str) -> None:
        """Silence at once; the words of its end when they are made."""
        alert, form = received.alert, Ending(received.alert.form)
        self._decide(received, AlertState.ENDED, by)
        self._silence(alert.references, form, by)
        meant = {airing for reference in alert.references for airing in self._alert_log.airings(reference)}
        stands = [alarm for alarm in standing(self._log, self._on_air.now()) if alarm.id in meant]
        closings = self._station.alerts.closings(stands, form)
        self._sound.await_made(
            spec for closing in closings for spec in self._station.alerts.closing_specs(closing).values()
        )
        for closing in closings:
            kind = f"{closing.kind}@{alert.scope}"
            for request in self._manual.closing_requests(closing, by, kind, alert.issued.astimezone(self._zone)):
                self._manual.submit(request)

    def _silence(self, alerts: Iterable[str], form: Ending, by: str) -> None:
        """End the alarms of these alerts, as far as they were not ended so before."""
        alarms = [self._find_airing(airing) for alert in alerts for airing in self._alert_log.airings(alert)]
        fresh = [alarm for alarm in alarms if alarm and not self._was_ended(alarm.id, form)]
        self._controller.end(self._on_air.now(), by, form, fresh)
        for alert in alerts:
            self._waiting.pop(alert, None)

    def _find_airing(self, airing: str) -> Airing | None:
        events = self._log.events("asked", airing)
        return request_from_facts(events[0].facts).airing if events else None

    def _was_ended(self, airing: str, form: Ending) -> bool:
        return any(event.facts.get("form") == form for event in self._log.events("end", airing))

    def _stop(self, received: ReceivedAlert, by: str) -> None:
        """Silence what sounds when it comes first, but for alarms that were signed after it."""
        alert = received.alert
        if self._alert_log.decision(alert.id):
            return
        outputs = set(self._station.alerts.outputs_of(self._villages(received)))
        items = [item for item in self._controller.open_items() if item.request and "@" in item.airing.broadcast]
        spared = [item.airing.id for item in items if self._is_later(item.airing, alert)]
        why = self._on_air.say(Message("a signed order to stop"))
        self._controller.stop(self._on_air.now(), by, why, None if EVERY_VILLAGE in alert.villages else outputs, spared)
        self._decide(received, AlertState.STOPPED, by)  # behind it: what was cut short here is done when it comes again

    def _is_later(self, airing: Airing, alert: Alert) -> bool:
        """Was it signed after this alert? Of one that is said again: was it due after it?"""
        known = self._alert_log.alert_of(airing.id)
        if known and known.number is None and known.scope == alert.scope:
            return known.seq > alert.seq  # its name may be of a later second than it is
        return airing.scheduled_at > alert.issued

    def _check(self, received: ReceivedAlert, by: str) -> None:
        """Everything up to the made sound, and no sound. The words are new each time, so that they are made."""
        alert = received.alert
        if self._alert_log.decision(alert.id):
            return
        for output, why in self._controller.gone_outputs().items():
            raise SpeakerError(Message("output {output}: {why}", output=output, why=why))
        words = self._on_air.say(Message("Silent check {alert}.", alert=alert.id))
        outputs = self._station.alerts.outputs_of(self._villages(received))
        specs = [self._station.alerts.alert_spec(words, None, output, False) for output in outputs]
        self._sound.await_made(specs)
        for spec in specs:
            self._sound.find_made(spec)
        self._decide(received, AlertState.CHECKED, by)

    # What is on record.

    def _decide(self, received: ReceivedAlert, state: AlertState, by: str, **facts: object) -> None:
        """Once: what was decided of an alert stays so."""
        if self._alert_log.decision(received.alert.id) is None:
            self._note(received, state, by, **facts)

    def _note(self, received: ReceivedAlert, state: AlertState, by: str, **facts: object) -> None:
        self._alert_log.note(received.opened, state, self._on_air.now(), by=by, title=self._title(received), **facts)

    def _report(self, received: ReceivedAlert) -> AlertAnswer:
        """How far it has come, by the log."""
        alert = received.alert.id
        said, done = self._alert_log.times_said(alert), self._alert_log.decision(alert)
        sound, decided = first_sound(self._log, said), AlertState(str(done["state"])) if done else AlertState.FAILED
        state, airings = self._alert_log.state_of(alert, decided, sound), tuple(self._alert_log.airings(alert))
        again = self.repeated.next_instant(alert)
        again_in = (again - self._on_air.now()).total_seconds() if again else None
        return AlertAnswer(alert, state, airings, sound, times_heard(self._log, said), again_in)

    def _villages(self, received: ReceivedAlert) -> list[str]:
        return self._reader.villages(received.alert, self._on_air.speakers)

    def _title(self, received: ReceivedAlert) -> str:
        """Of its template, or its own words; "" of what says nothing."""
        with suppress(LoudspeakerError):  # a template that is not here (yet)
            template = self._reader.bulletin(received)
            return template.title if template else received.alert.text or ""
        return received.template or ""

    @property
    def _zone(self) -> tzinfo:
        return self._station.files.commune.zone


DO: Mapping[AlertKind, Callable[[SignedAlerts, ReceivedAlert, str], None]] = {
    AlertKind.ALERT: SignedAlerts._give,
    AlertKind.UPDATE: SignedAlerts._give,
    AlertKind.END: SignedAlerts._end,
    AlertKind.CHECK: SignedAlerts._check,
    AlertKind.STOP: SignedAlerts._stop,
    AlertKind.PLAY: SignedAlerts._play,
}
