"""What a signed alert means on this box: whose signatures it carries, whom it is for here, and in which words.

Loads `cryptography` and the rules of reading: only for a box that has joined a commune.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ...errors import BadUsage, BeingRead, Message
from ...model.bulletin import Bulletin
from ...model.programme import carried_voice
from ...playout.states import moment
from ...production.specification import NOT_READ_YET, ProgrammeSpec
from ...store.received import ReceivedFiles
from ...text.sentences import utterances
from ...trust.dsse import parse_envelope
from ...trust.faults import Fault, UntrustedDocument
from ...trust.floors import BoxTime, Floors, accept_alert
from ...trust.opening import OpenedAlert, open_alert
from ...trust.signed_documents import EVERY_VILLAGE, Alert, AlertKind, SignedSound, TrustDocument
from .. import approvals
from ..deliveries.membership import signed_scope
from ..deliveries.trust_chains import trust_in_force
from ..station import Station
from .alert_log import AlertLog

OWN_ONLY = (AlertKind.STOP, AlertKind.PLAY)  # an office above decides neither what is routine here nor when it is over


@dataclass(frozen=True, slots=True)
class ReceivedAlert:
    """An alert that somebody has signed as they may. `time`: when it came; `own`: the commune's own."""

    opened: OpenedAlert
    trust: TrustDocument
    floors: Floors
    time: BoxTime
    own: bool

    @property
    def alert(self) -> Alert:
        return self.opened.document

    @property
    def now(self) -> datetime:
        """The instant by which it ends."""
        return self.time.least_now(self.floors)

    @property
    def is_over(self) -> bool:
        return self.alert.until <= self.now

    @property
    def signers(self) -> list[str]:
        """The names of those who have signed it."""
        names = {key.person: key.name for key in self.trust.keys}
        return sorted(names[person] for person in self.opened.persons)

    @property
    def signed_by(self) -> Message:
        """The same as a sentence of the log."""
        return Message("{names} (signed, {alert})", names=", ".join(self.signers), alert=self.alert.id)

    @property
    def template(self) -> str | None:
        """The name of its bulletin on this box."""
        name = self.alert.bulletin
        return name if self.own or name is None else f"{name}@{self.alert.scope}"


@dataclass(frozen=True, slots=True)
class AlertReader:
    """Reads signed alerts for one station, by what its log knows of them (`alert_log`)."""

    station: Station
    alert_log: AlertLog

    def open(self, raw: str, now: datetime, trusted: bool) -> ReceivedAlert:
        """The alert in an envelope; `now` is this machine's time, `trusted` whether it is known to be right.

        Raises `BadUsage` for a box that has not joined, `UntrustedDocument`.
        """
        envelope, refusals = parse_envelope(raw.encode()), []
        time, own = BoxTime(now, trusted), signed_scope(self.station.paths)
        for trust, known in trust_in_force(self.station.paths):
            try:
                opened = open_alert(envelope, trust)
            except UntrustedDocument as error:
                refusals.append(error)
            else:
                floors = self._floors(trust.scope, known)
                return ReceivedAlert(opened, trust, floors, time, own=trust.scope == own)
        raise min(refusals, key=lambda refusal: refusal.fault is Fault.UNSIGNED)

    def _floors(self, scope: str, known: Floors) -> Floors:
        floors, beat = self.alert_log.floors(scope, known), moment(self.alert_log.log.recall("heartbeat"))
        return floors.at_instant(beat) if beat else floors

    def must_be_acceptable(self, received: ReceivedAlert) -> None:
        """Raises `UntrustedDocument` where it came too late, is an office's that may not, or is not the first one."""
        alert, done = received.alert, self.alert_log.decision(received.alert.id)
        if alert.kind in OWN_ONLY and not received.own:
            raise UntrustedDocument(Message("only the commune itself may have this done"), Fault.UNSIGNED)
        if done is None:
            accept_alert(received.floors, alert, received.time)
        elif done.get("sha256") != received.opened.sha256:
            raise UntrustedDocument(
                Message(
                    "two centres have sent two different alerts {alert}; the one that was first stays", alert=alert.id
                ),
                Fault.FORKED,
            )

    def keep_floors(self, received: ReceivedAlert) -> None:
        """From now on nothing that is older is accepted; what one person signs alone makes no later alarm stale."""
        if received.alert.kind.is_alarm:
            highest = max(received.floors.alert, received.alert.seq)
            floors = replace(received.floors, alert=highest)
            issued = received.alert.issued
            self.alert_log.keep_floors(received.alert.scope, received.time.raise_instant(floors, issued))

    def villages(self, alert: Alert, outputs: Collection[str]) -> list[str]:
        """Whom it is for here; `outputs` are those that sound now."""
        if alert.audience and self.station.files.commune.id not in alert.audience:
            return []
        everybody = EVERY_VILLAGE in alert.villages
        plays = self.station.files.box.plays.items()
        return [one for one, output in plays if output in outputs and (everybody or one in alert.villages)]

    def bulletin(self, received: ReceivedAlert) -> Bulletin | None:
        """Its template, where it has one. Raises `NotFound`, `BadFile`."""
        return self.station.files.template(received.template) if received.template else None

    def differs(self, received: ReceivedAlert) -> bool:
        """Is its template other words here than those that were signed? It is heard all the same."""
        template = self.bulletin(received)
        return template is not None and received.alert.approved not in (
            None,
            approvals.digest(template, self.station.planner.bulletin_spec(template)),
        )

    def specs(self, received: ReceivedAlert, villages: Sequence[str]) -> dict[str, ProgrammeSpec]:
        """Output -> what it says once. Raises `BeingRead`, `BadUsage` where nothing can be said."""
        alerts, alert, template = self.station.alerts, received.alert, self.bulletin(received)
        outputs = alerts.outputs_of(villages)
        if template:
            specs = {output: alerts.alert_spec(None, template.id, output, alert.drill) for output in outputs}
        else:
            words = utterances(alert.spoken or "")
            specs = {output: alerts.spoken_spec(words, output, alert.drill) for output in outputs}
        if alert.audio and self._has(alert, alert.audio):
            voices = (carried_voice(alert.audio.sha256), *alerts.local_voices())
            specs = {output: spec.with_voices(voices) for output, spec in specs.items()}
        if any(spec.unread for spec in specs.values()):
            raise BeingRead(NOT_READ_YET)
        if not all(spec.has_content for spec in specs.values()):
            raise BadUsage(Message("nothing in this can be said"))
        return specs

    def _has(self, alert: Alert, sound: SignedSound) -> bool:
        return ReceivedFiles(self.station.paths.received, alert.scope).has(sound.sha256)
