"""Alerts that are written at a hub, and signed there one person after the other.

Nothing is kept of an alert before its first signature: what was looked over goes to the browser and comes back with it.
With the first it is served, and boxes make its sound; with all that it needs they air it. Its number is the next one of
its scope: who signs later than another alert was given looks it over again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ...errors import Message, NotFound, Refused
from ...interfaces import Clock
from ...model.alert_answer import HELD
from ...station.deliveries.delivered_changes import DeliveredFiles
from ...station.deliveries.delivery import alert_folder
from ...station.signing.alert_packing import AlertDraft, compose_from_files
from ...store.atomic import read_regular_file, write_atomic
from ...store.received import MOST_DOCUMENT_BYTES
from ...trust.added_signatures import add_signatures
from ...trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from ...trust.faults import Fault, UntrustedDocument
from ...trust.opening import ALERT_SIGNERS, OpenedAlert, open_alert, read_unverified, seal
from ...trust.passkeys import add_assertion
from ...trust.public_keys import Assertion, PublicKey
from ...trust.signed_documents import Alert, TrustDocument
from ..bells import read_floors
from ..hub_database import HubDatabase, instant_of, text_of
from ..publish_socket import notify_published
from ..published_files import read_published
from .alert_numbers import LEFT_OUT, in_doubt, last_number

SIGN_WITHIN = timedelta(minutes=15)  # from the looking over to the first signature: then its instant is too old
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AlertSigning:
    """Writes alerts of the scopes that are served in `root`."""

    root: Path
    database: HubDatabase
    clock: Clock

    def write(self, scope: str, draft: AlertDraft, files: DeliveredFiles) -> SignedEnvelope:
        """What somebody wants as the next alert of a scope, to be looked over and signed; nothing is kept of it.

        `files`: what the office has published. Raises `NotFound`, `BadUsage`, `Refused` where blanks are to be filled
        in, `UntrustedDocument` for what no alert can be.
        """
        alert = compose_from_files(scope, self._next(scope), self._instant(scope), draft, files)
        envelope = seal(alert)
        read_unverified(envelope)  # is it too long?
        return envelope

    def served_envelope(self, scope: str, number: int) -> SignedEnvelope | None:
        """An alert that is served, with its signatures."""
        raw = read_regular_file(self._path(scope, number), MOST_DOCUMENT_BYTES)
        return parse_envelope(raw) if raw is not None else None

    def all(self, scope: str) -> list[OpenedAlert]:
        """Every alert that is served and that somebody has signed who may, by its number; none where nothing is."""
        with suppress(NotFound, UntrustedDocument):
            return [alert.opened for alert in read_published(self.root, scope).alerts]
        return []

    def open_envelope(self, envelope: SignedEnvelope) -> OpenedAlert:
        """What it says, and who has signed it. Raises `NotFound`, `UntrustedDocument` where nobody who may has."""
        return open_alert(envelope, self.trust(_alert_in(envelope).scope))

    def signers(self, envelope: SignedEnvelope) -> tuple[PublicKey, ...]:
        """The keys that may sign it. Raises `NotFound`, `UntrustedDocument` for what is no alert."""
        alert = _alert_in(envelope)
        return self.trust(alert.scope).keys_of(ALERT_SIGNERS[alert.kind][0])

    def sign(self, envelope: SignedEnvelope, value: bytes, assertion: Assertion) -> OpenedAlert:
        """Serve an alert with the signature of one more passkey; others that it has count only where they are served.

        Raises `NotFound`, `Refused` where it is over, another has its number or it was looked over long ago,
        `UntrustedDocument` for a signature that does not hold, `WriteError`.
        """
        keys = self.signers(envelope)
        return self._serve(envelope, lambda served: add_assertion(served, keys, value, assertion)[0])

    def add_signatures(self, sent: SignedEnvelope) -> OpenedAlert:
        """The same with signatures that were made elsewhere. Raises as `sign` does."""
        keys = self.signers(sent)
        return self._serve(sent, lambda served: add_signatures(served, sent, keys))

    def _serve(self, envelope: SignedEnvelope, add: Callable[[SignedEnvelope], SignedEnvelope]) -> OpenedAlert:
        """Serve an alert with what `add` makes of it as it is served by now. Raises as `sign` does."""
        alert = _alert_in(envelope)
        if alert.until <= (now := self.clock.now()):
            ended = alert.until.astimezone(now.tzinfo)
            raise Refused(Message("it ended at {instant}", instant=f"{ended:%H:%M %d/%m/%Y}"))
        with self.database.change() as connection:  # no signature of two that come at once is lost
            served = self.served_envelope(alert.scope, alert.seq)
            if served is None:
                self._must_be_next(alert)
            elif served.payload != envelope.payload:
                raise _overtaken(alert)
            unsigned = SignedEnvelope(envelope.payload_type, envelope.payload)
            signed = add(served or unsigned)
            opened = self.open_envelope(signed)
            write_atomic(self._path(alert.scope, alert.seq), format_envelope(signed))
            connection.execute("INSERT OR IGNORE INTO begun_alert VALUES (?, ?)", (alert.id, text_of(now)))
        notify_published(self.root, alert.scope)
        return opened

    def held_until(self, alert: Alert) -> datetime:
        """Until when boxes hold the sound of an alert that waits for signatures; at least, where it came on a stick."""
        row = self.database.row("SELECT at FROM begun_alert WHERE alert = ?", alert.id)
        return min((instant_of(row["at"]) if row else alert.issued) + HELD, alert.until)

    def _must_be_next(self, alert: Alert) -> None:
        """Raises `Refused`. What left numbers out may stay so when boxes have told meanwhile that it need not."""
        following, more = self._next(alert.scope), LEFT_OUT if in_doubt(self.database, self.clock.now()) else 0
        if not following <= alert.seq <= following + more:
            raise _overtaken(alert)
        if not -SIGN_WITHIN <= self.clock.now() - alert.issued <= SIGN_WITHIN:
            raise Refused(Message("this was looked over too long ago: look it over again; nothing was signed"))

    def _next(self, scope: str) -> int:
        """The number of the next alert. Raises `NotFound`, `UntrustedDocument`."""
        published = read_published(self.root, scope)
        in_manifest = published.manifest.alert_seq if published.manifest else 0
        known = max(read_floors(self.database, scope).alert, in_manifest, *self._numbers(scope), 0)
        return last_number(self.database, scope, known, self._last_instant(scope), self.clock.now()) + 1

    def _instant(self, scope: str) -> datetime:
        """When the next alert is given: on a whole second, and no two on the same."""
        last, now = self._last_instant(scope), self.clock.now().replace(microsecond=0)
        return max(now, last + SECOND) if last else now

    def _last_instant(self, scope: str) -> datetime | None:
        """When the newest alert that is served was given."""
        last = self.served_envelope(scope, max(self._numbers(scope), default=0))
        return _alert_in(last).issued if last else None

    def _numbers(self, scope: str) -> list[int]:
        return [int(path.stem) for path in alert_folder(self.root, scope).glob("*.json") if path.stem.isdecimal()]

    def _path(self, scope: str, number: int) -> Path:
        return alert_folder(self.root, scope) / f"{number}.json"

    def trust(self, scope: str) -> TrustDocument:
        """Raises `NotFound`, `UntrustedDocument`."""
        return read_published(self.root, scope).trust


def _alert_in(envelope: SignedEnvelope) -> Alert:
    """Raises `UntrustedDocument`."""
    document = read_unverified(envelope)
    if not isinstance(document, Alert):
        raise UntrustedDocument(Message("this is no alert"), Fault.WRONG_TYPE)
    return document


def _overtaken(alert: Alert) -> Refused:
    message = Message("meanwhile another alert was given ({alert}): look this one over again", alert=alert.id)
    return Refused(message)
