"""The parts of one hub, wired in one place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ..clock import SystemClock, vouchers
from ..errors import BadUsage, Message, Refused
from ..fleet.hub_settings import MQTT_PORT
from ..fleet.joining import JoinAnswer
from ..interfaces import Clock
from ..model.commune import USUAL_ZONE
from ..station.deliveries.commune_outlook import CommuneFiles
from ..station.deliveries.delivered_changes import DeliveredFiles
from ..station.deliveries.delivered_names import DeliveredNames
from ..store.atomic import make_folder, read_regular_file
from ..store.received import MOST_DOCUMENT_BYTES
from ..trust.dsse import format_envelope
from ..trust.key_file import SigningKey
from ..trust.opening import seal
from ..trust.signed_documents import ROOT, Alert, Bell, SignedManifest
from ..web.jobs import Job
from .bells import BellRinger, keep_floors, read_floors
from .boxes.alert_villages import AlertAudience
from .boxes.box_board import BoxBoard
from .boxes.box_registry import BoxRegistry, RegisteredBox
from .boxes.broker_accounts import BrokerAccounts
from .boxes.log_intake import LogIntake
from .drafts.alert_signing import AlertSigning
from .drafts.audience_plans import AudiencePlans, AudienceQuestion, office_files
from .drafts.manifest_drafts import ManifestDraft, ManifestDrafts
from .drafts.passkey_register import PasskeyRegister
from .drafts.trust_drafts import TrustDrafts
from .hub_database import HubDatabase
from .hub_paths import HubPaths, open_hub_key
from .publish_socket import notify_published
from .published_files import (
    FIRST_TRUST,
    PublishedScope,
    communes_below,
    offices_above,
    publish_scope,
    read_all_published,
)
from .watch.blob_scrub import BlobFinding, BlobFindings, folder_copy, hub_copy, scrub_blobs

FETCHED = "fetched"  # the folder of what comes from other hubs
NONCE = re.compile(rb"[0-9a-f]{32}")


@dataclass(slots=True)
class BrokerContact:
    """Whether the hub's process has its broker. `lost`: since when not; None where it has, or needs none."""

    lost: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """One hub; whoever opens it closes it. `mqtt_port`: where boxes reach its broker."""

    paths: HubPaths
    database: HubDatabase
    key: SigningKey
    clock: Clock
    registry: BoxRegistry
    intake: LogIntake
    broker: BrokerAccounts
    bells: BellRinger
    drafts: ManifestDrafts
    trust_drafts: TrustDrafts
    alerts: AlertSigning
    passkeys: PasskeyRegister
    mqtt_port: int = MQTT_PORT
    contact: BrokerContact = field(default_factory=BrokerContact)
    plans: AudiencePlans = field(default_factory=AudiencePlans)
    findings: BlobFindings = field(default_factory=BlobFindings)
    vouch: Callable[[datetime], frozenset[str]] = vouchers  # who vouches for its own time

    @classmethod
    def open(cls, root: Path, clock: Clock | None = None, pid_file: Path | None = None) -> Hub:
        """The hub whose files lie in `root`; `pid_file` is that of a Mosquitto of ours. Raises `WriteError`."""
        paths, clock = HubPaths(root), clock or SystemClock(USUAL_ZONE)
        make_folder(root / ROOT)
        database, key = HubDatabase.open(paths.database), open_hub_key(paths)
        return cls(
            paths,
            database,
            key,
            clock,
            BoxRegistry(database, clock),
            LogIntake(paths.logs, database, clock),
            BrokerAccounts(paths.broker, pid_file),
            BellRinger(root, database, key, clock),
            ManifestDrafts(paths.drafts, root, database, clock),
            TrustDrafts(paths.trust_drafts, root, database, clock),
            AlertSigning(root, database, clock),
            PasskeyRegister(database, clock),
        )

    def at_port(self, mqtt_port: int) -> Hub:
        """The same, whose broker boxes reach at another port."""
        return replace(self, mqtt_port=mqtt_port)

    def close(self) -> None:
        self.database.close()

    def publish(self, delivery: Path, scope: str) -> PublishedScope:
        """Serve what is new of a scope in the folder `delivery`. Raises as `publish_scope` does."""
        floors = read_floors(self.database, scope)
        floors, published = publish_scope(delivery, self.paths.root, scope, floors, self.clock.now())
        notify_published(self.paths.root, scope)  # at once: its process keeps the floors, too
        keep_floors(self.database, scope, floors)
        return published

    def publish_draft(self, draft: ManifestDraft) -> PublishedScope:
        """Serve a draft that enough persons have signed. Raises as `publish_scope` does; then it goes on waiting."""
        scope = draft.manifest.scope
        published = self.publish(self.drafts.complete(draft), scope)
        self.drafts.drop(scope)
        return published

    def publish_trust_draft(self, scope: str) -> PublishedScope:
        """The same of a trust document. Raises `NotFound`, too."""
        published = self.publish(self.trust_drafts.complete(scope), scope)
        self.trust_drafts.drop(scope)
        return published

    def audience_plan(self, draft: ManifestDraft) -> Job | None:
        """What a draft would do in the communes below its office, as far as it is planned; None where there are none.

        Raises `Refused` where none of them would take it.
        """
        scope = draft.manifest.scope
        communes = communes_below(self.published_scopes(), scope)
        if not communes:
            return None
        office = office_files(self.drafts.files(draft), self.alerts.trust(scope), communes)
        boxes, now = self.board().box_files(), self.clock.now()
        files_by_scope: dict[str, CommuneFiles | None] = dict.fromkeys(communes)
        for published in self.published_scopes():
            if published.scope in files_by_scope and published.manifest:
                files = DeliveredFiles(self.paths.root / ROOT / "blob", published.manifest, now)
                files_by_scope[published.scope] = CommuneFiles(files, boxes.get(published.scope, ()), published.sha256)
        return self.plans.ask(AudienceQuestion(draft.digest, office, files_by_scope, now))

    def scrub(self, *folders: Path) -> list[BlobFinding]:
        """Heal the files that are served from `folders`, from drafts and from other hubs; what was found.

        Raises `WriteError`, `OSError`.
        """
        published = self.published_scopes() or read_all_published(self.paths.root)
        drafts = [path for path in self.paths.drafts.glob("*") if path.is_dir()]
        copies = [folder_copy(folder) for folder in (*folders, *drafts)]
        if self.broker.authority.is_file():
            authority = self.broker.authority.read_text(encoding="ascii")
            others = dict.fromkeys(address for office in published for address in office.trust.hubs)
            copies += [hub_copy(address, authority, self.paths.root / FETCHED) for address in others]
        findings = scrub_blobs(self.paths.root, published, copies)
        self.findings.note(findings)
        return findings

    def learn_names(self) -> None:
        """Read what all villages are called: an alarm’s page shall not have to."""
        for office in self.published_scopes():
            if names := self.names(office.scope):
                for village in names.villages():
                    names.village(village)

    def alert_audience(self, alert: Alert) -> AlertAudience:
        """Whom an alert is for: the commune itself, or those below its office, all or some."""
        communes = communes_below(self.published_scopes(), alert.scope) or [alert.scope]
        names = {scope: self.names(scope) for scope in communes if not alert.audience or scope in alert.audience}
        return AlertAudience(alert, names, self.board().boxes(alert.scope))

    def served_files(self, scope: str) -> DeliveredFiles | None:
        """The files of an office that are served; None where it has published none."""
        manifest, blobs = self._manifest(scope), self.paths.root / ROOT / "blob"
        return DeliveredFiles(blobs, manifest, self.clock.now()) if manifest else None

    def _manifest(self, scope: str) -> SignedManifest | None:
        return next((office.manifest for office in self.published_scopes() if office.scope == scope), None)

    def published_scopes(self) -> tuple[PublishedScope, ...]:
        """What is served, as `bells` has seen it last."""
        return tuple(bell.published for bell in self.bells.rung())

    def board(self) -> BoxBoard:
        """Who is there and what was aired, as of now."""
        return BoxBoard(self.database, self.registry, self.published_scopes())

    def names(self, scope: str) -> DeliveredNames | None:
        """What people call the commune, villages and bulletins of a scope; None where it has published nothing."""
        manifest = self._manifest(scope)
        return DeliveredNames(self.paths.root, manifest) if manifest else None

    def office(self) -> str:
        """What people call the highest office that publishes here; "" where none does, or several unrelated ones."""
        known = {office.scope for office in self.published_scopes()}
        highest = [office.scope for office in self.published_scopes() if office.trust.parent not in known]
        return self.office_name(highest[0]) if len(highest) == 1 else ""

    def office_name(self, scope: str) -> str:
        """What people call an office; its scope where it has published nothing."""
        names = self.names(scope)
        return names.commune() if names else scope

    def village_name(self, scope: str, village: str) -> str:
        """What people call a village of a commune; its id where nobody has told."""
        names = self.names(scope)
        return names.village(village) if names else village

    def join(self, raw: bytes) -> bytes:
        """The sealed answer to a box that wants to join. Raises `Refused`, `WriteError`."""
        answer = self.registry.join(raw, self._welcome)
        self.tell_broker()
        return answer

    def tell_time(self, box: RegisteredBox, nonce: bytes) -> bytes:
        """What time it is, signed for a box that has asked with a `nonce`. Raises `BadUsage`, `Refused`."""
        if not NONCE.fullmatch(nonce):
            raise BadUsage(Message("this is no question for the time"))
        now = self.clock.now()
        if not self.vouch(now):
            raise Refused(Message("nobody vouches for the hub’s own time: has it NTP?"))
        return format_envelope(self.key.sign(seal(Bell(box.scope, now, {}, nonce.decode()))))

    def revoke(self, box: str) -> RegisteredBox:
        """Let a box in nowhere any more. Raises `NotFound`, `WriteError`."""
        revoked = self.registry.revoke(box)
        self.tell_broker()
        return revoked

    def tell_broker(self) -> None:
        """Who may log in at the broker, as the database has it. Raises `WriteError`."""
        self.broker.write(self.registry.broker_accounts())

    def _welcome(self, box: str, scope: str, password: str) -> JoinAnswer:
        """Raises `Refused` where its commune has published nothing."""
        scopes = [scope, *offices_above(self.paths.root, scope)]
        first = {office: self._first_trust(office) for office in scopes}
        authority = self.broker.authority.read_text(encoding="ascii")
        return JoinAnswer(box, password, authority, self.mqtt_port, first)

    def _first_trust(self, scope: str) -> str:
        path = self.paths.root / ROOT / scope / "trust" / FIRST_TRUST
        raw = read_regular_file(path, MOST_DOCUMENT_BYTES)
        if raw is None:
            raise Refused(Message("{scope} has published nothing at this hub yet", scope=scope))
        return raw.decode()
