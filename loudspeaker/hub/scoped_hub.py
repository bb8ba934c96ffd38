"""A hub as one person sees it: every page asks this, and nothing else of a hub.

An account of a commune sees and does what is that commune's; one of a province what is the province's and of the
communes below it, as their trust documents say; one without a scope everything. This is held here and in no page: what
is not seen is answered as what is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ..errors import Message, NotFound, Refused
from ..fleet.joining import InvitationCode
from ..fleet.topics import TopicKind
from ..model.alert_answer import AlertState
from ..model.spoken_text import SpokenPart
from ..station.deliveries.delivered_changes import DeliveredFiles, ManifestChanges
from ..station.deliveries.delivered_names import BulletinHead, DeliveredNames
from ..station.signing.alert_packing import AlertDraft, find_published, published_digest
from ..station.signing.trust_changes import TrustWish
from ..trust.dsse import SignedEnvelope
from ..trust.opening import OpenedAlert, read_unverified
from ..trust.public_keys import Assertion, PublicKey
from ..trust.signed_documents import Alert, TrustDocument
from ..web.access.accounts import Session
from ..web.jobs import Job
from .boxes.alert_villages import AlertAudience, VillageCall, VillageReach, note_call
from .boxes.box_board import AiredBulletin, AlertReach, BoxRow, VillageCount
from .boxes.join_sticks import StickWish, write_stick
from .drafts.draft_upload import unpack_delivery
from .drafts.manifest_drafts import ManifestDraft
from .drafts.passkey_register import OwnPasskeys, RegisteredPasskey
from .drafts.trust_drafts import TrustDraft
from .hub import Hub
from .published_files import PublishedScope, scopes_below
from .watch.incidents import Incident, IncidentBook, IncidentKind

# Of no box and no office: whoever uses the hub is told of it.
OF_ALL = frozenset({IncidentKind.LOST_BROKER})
MOST_READ = 10_000  # incidents that are looked through for those of a few offices


@dataclass(frozen=True, slots=True)
class ScopedHub:
    """`login`: whose account it is, "" before somebody has logged in; `scopes`: what is theirs, None: all."""

    _hub: Hub
    login: str
    scopes: frozenset[str] | None

    @classmethod
    def of(cls, hub: Hub, session: Session | None) -> ScopedHub:
        """As whoever has this session sees it; a stranger sees nothing."""
        if session is None:
            return cls(hub, "", frozenset())
        own = session.account.scope
        return cls(hub, session.account.login, frozenset(scopes_below(hub.published_scopes(), own)) if own else None)

    def sees(self, scope: str) -> bool:
        """Is it theirs?"""
        return self.scopes is None or scope in self.scopes

    def now(self) -> datetime:
        """This moment, by the hub's clock."""
        return self._hub.clock.now()

    # What is published

    def published_scopes(self) -> list[PublishedScope]:
        """All that publish here, offices before those below them."""
        own = [office for office in self._hub.published_scopes() if self.sees(office.scope)]
        return sorted(own, key=lambda office: (office.trust.parent is not None, office.scope))

    def trust(self, scope: str) -> TrustDocument:
        """Raises `NotFound`, `UntrustedDocument`."""
        return self._hub.alerts.trust(self._own(scope))

    def served_files(self, scope: str) -> DeliveredFiles | None:
        """As `Hub.served_files`. Raises `NotFound`."""
        return self._hub.served_files(self._own(scope))

    def names(self, scope: str) -> DeliveredNames | None:
        """As `Hub.names`. Raises `NotFound`."""
        return self._hub.names(self._own(scope))

    def office_name(self, scope: str) -> str:
        """What people call an office, one above their own, too; its scope for any other."""
        known = self.sees(scope) or any(scope == office.trust.parent for office in self.published_scopes())
        return self._hub.office_name(scope) if known else scope

    def village_name(self, scope: str, village: str) -> str:
        """As `Hub.village_name`. Raises `NotFound`."""
        return self._hub.village_name(self._own(scope), village)

    # Boxes, and what they have aired

    def scopes_of(self, scope: str) -> list[str]:
        """A scope and those below it. Raises `NotFound`."""
        return self._hub.board().scopes(self._own(scope))

    def boxes(self, scope: str | None = None) -> list[BoxRow]:
        """Those of a scope and of the communes below it, or all that are theirs. Raises `NotFound`."""
        rows = self._hub.board().boxes(None if scope is None else self._own(scope))
        return [box for box in rows if self.sees(box.scope)]

    def box(self, ident: str) -> BoxRow:
        """Raises `NotFound`."""
        row = self._hub.board().box(ident)
        if not self.sees(row.scope):
            raise NotFound(Message("no box {box} has joined", box=ident))
        return row

    def health(self, ident: str) -> bytes | None:
        """What a box has last said of itself. Raises `NotFound`."""
        return self._hub.board().last_message(self.box(ident).box, TopicKind.HEALTH)

    def revoke(self, ident: str) -> None:
        """Raises `NotFound`, `WriteError`."""
        self._hub.revoke(self.box(ident).box)

    def invite(self, scope: str, name: str, replaces: str = "") -> InvitationCode:
        """As `BoxRegistry.invite`."""
        return self._hub.registry.invite(self._own(scope), name, self.box(replaces).box if replaces else "")

    def write_stick(self, folder: Path, wish: StickWish) -> None:
        """As `join_sticks.write_stick`."""
        self._own(wish.scope)
        write_stick(self._hub, folder, replace(wish, replaces=self.box(wish.replaces).box if wish.replaces else ""))

    def last_box_yaml(self, ident: str) -> str:
        """As `BoxRegistry.last_box_yaml`. Raises `NotFound`."""
        return self._hub.registry.last_box_yaml(self.box(ident).box)

    def certificate_name(self) -> str:
        """The first name in the hub's certificate; "" where it has none."""
        files = self._hub.paths.tls
        return files.names()[0] if files.certificate.exists() else ""

    def aired_bulletins(self, scope: str, since: datetime) -> list[AiredBulletin]:
        """As `BoxBoard.aired_bulletins`."""
        return self._hub.board().aired_bulletins(self._own(scope), since)

    def report(self, scope: str, bulletin: str) -> list[VillageCount]:
        """As `BoxBoard.report`."""
        return self._hub.board().report(self._own(scope), bulletin)

    def incidents(self, most: int) -> list[Incident]:
        """The latest, the newest first."""
        book = self._book()
        return book.last(most) if self.scopes is None else self._own_incidents(book.last(MOST_READ))[:most]

    def standing_incidents(self) -> list[Incident]:
        """What is not over, the oldest first."""
        return self._own_incidents(self._book().standing())

    # Alerts

    def alert_scopes(self) -> list[str]:
        """The offices whose alerts they see: their own, then those above them, whose alerts they only look at."""
        published = self._hub.published_scopes()
        parents = {office.scope: office.trust.parent for office in published}
        visible = [office.scope for office in self.published_scopes()]
        for scope in visible:
            above = parents.get(scope)
            if above in parents and above not in visible:
                visible.append(above)
        return visible

    def alerts(self, scope: str) -> list[OpenedAlert]:
        """As `AlertSigning.all`; of an office above theirs those that are for any of theirs. Raises `NotFound`."""
        opened = self._hub.alerts.all(self._visible_scope(scope))
        if self.sees(scope):
            return opened
        own = self.scopes or frozenset()
        return [alert for alert in opened if not alert.document.audience or own & set(alert.document.audience)]

    def alert_reach(self, scope: str) -> list[AlertReach]:
        """How far their boxes have come with each alert of a scope, the newest first. Raises `NotFound`."""
        boxes = None if self.sees(self._visible_scope(scope)) else self._own_boxes()
        return self._hub.board().alerts(scope, boxes)

    def receipts(self, alert: str) -> Mapping[str, Mapping[AlertState, datetime]]:
        """As `BoxBoard.receipts`, of their boxes. Raises `NotFound`."""
        self._visible_scope(alert.partition("/")[0])
        boxes = self._own_boxes()
        return {box: states for box, states in self._hub.board().receipts(alert).items() if box in boxes}

    def alert_boxes(self, scope: str) -> list[BoxRow]:
        """Their boxes among those that alerts of a scope are for. Raises `NotFound`."""
        return [box for box in self._hub.board().boxes(self._visible_scope(scope)) if self.sees(box.scope)]

    def alert_head(self, alert: Alert) -> BulletinHead:
        """What the bulletin of an alert that they see is called. Raises `NotFound`."""
        names, bulletin = self._hub.names(self._visible_scope(alert.scope)), alert.bulletin or ""
        return names.bulletin(bulletin) if names else BulletinHead(bulletin, "")

    def expect_alert(self, alert: Alert) -> list[VillageReach]:
        """As `AlertAudience.expect`, in what is theirs. Raises `NotFound`."""
        return self._audience(alert).expect(self.now())

    def alert_villages(self, alert: Alert) -> list[VillageReach]:
        """As `AlertAudience.find`, in what is theirs. Raises `NotFound`."""
        return self._audience(alert).find(self._hub.database, self.now())

    def note_call(self, alert: Alert, scope: str, village: str, name: str) -> None:
        """Keep that somebody has called a village of theirs. Raises `NotFound`, `WriteError`."""
        known = {(commune, place) for commune, place, _boxes in self._audience(alert).villages()}
        if (scope, village) not in known:
            raise NotFound(Message("there is no village “{village}” here", village=village))
        note_call(self._hub.database, alert, scope, village, VillageCall(name, self.now()))

    def _audience(self, alert: Alert) -> AlertAudience:
        self._visible_scope(alert.scope)
        audience = self._hub.alert_audience(alert)
        communes = {scope: names for scope, names in audience.communes.items() if self.sees(scope)}
        return replace(audience, communes=communes)

    def times_said(self, alert: str) -> Mapping[str, int]:
        """As `BoxBoard.times_said`, of their boxes. Raises `NotFound`."""
        self._visible_scope(alert.partition("/")[0])
        boxes = self._own_boxes()
        return {box: times for box, times in self._hub.board().times_said(alert).items() if box in boxes}

    def write_alert(self, scope: str, draft: AlertDraft) -> SignedEnvelope:
        """As `AlertSigning.write`, by what the office has published."""
        files = self.served_files(scope)
        if files is None:
            raise _nothing_of(scope)
        return self._hub.alerts.write(scope, draft, files)

    def alert_words(self, alert: Alert) -> Sequence[SpokenPart]:
        """What is heard of an alert: its own words, or those of its bulletin as they were published.

        Raises `NotFound`, `Refused` where that reads otherwise by now: its words were not those that are signed.
        """
        files = self.served_files(alert.scope)
        if alert.bulletin is None or files is None:
            return [SpokenPart(alert.spoken)] if alert.spoken else []
        bulletin = find_published(files, alert.bulletin)
        if alert.approved not in (None, published_digest(files, bulletin)):
            raise Refused(
                Message("“{bulletin}” was published in other words since: give it anew", bulletin=bulletin.title)
            )
        return files.spoken_parts(bulletin)

    def held_until(self, alert: Alert) -> datetime:
        """As `AlertSigning.held_until`. Raises `NotFound`."""
        self._own(alert.scope)
        return self._hub.alerts.held_until(alert)

    def served_alert(self, scope: str, number: int) -> SignedEnvelope | None:
        """As `AlertSigning.served_envelope`; None for that of an office which is not theirs, too."""
        return self._hub.alerts.served_envelope(scope, number) if self.sees(scope) else None

    def alert_signers(self, envelope: SignedEnvelope) -> tuple[PublicKey, ...]:
        """The keys that may sign it. Raises `NotFound`, `UntrustedDocument`."""
        self._own_alert(envelope)
        return self._hub.alerts.signers(envelope)

    def sign_alert(self, envelope: SignedEnvelope, value: bytes, assertion: Assertion) -> Alert:
        """Raises as `AlertSigning.sign` does."""
        self._own_alert(envelope)
        return self._hub.alerts.sign(envelope, value, assertion).document

    def add_alert_signatures(self, sent: SignedEnvelope) -> Alert:
        """As `AlertSigning.add_signatures`."""
        self._own_alert(sent)
        return self._hub.alerts.add_signatures(sent).document

    # What waits for signatures

    def drafts(self) -> list[ManifestDraft]:
        """Every draft that can still be published, by its scope."""
        return [draft for draft in self._hub.drafts.all() if self.sees(draft.manifest.scope)]

    def draft(self, scope: str) -> ManifestDraft:
        """Raises `NotFound`."""
        return self._hub.drafts.draft(self._own(scope))

    def changes(self, draft: ManifestDraft) -> ManifestChanges:
        """As `ManifestDrafts.changes`."""
        self._own(draft.manifest.scope)
        return self._hub.drafts.changes(draft)

    def audience_plan(self, draft: ManifestDraft) -> Job | None:
        """As `Hub.audience_plan`. Raises `NotFound`, too."""
        self._own(draft.manifest.scope)
        return self._hub.audience_plan(draft)

    def propose(self, sent: BinaryIO) -> str:
        """Keep a .zip of a delivery as the draft of its scope; that scope. Raises as `ManifestDrafts.propose` does."""
        with unpack_delivery(sent, self._hub.paths.drafts) as (delivery, scope):
            self._hub.drafts.propose(delivery, self._own(scope))
            return scope

    def sign_draft(self, scope: str, digest: str, value: bytes, assertion: Assertion) -> ManifestDraft:
        """As `ManifestDrafts.sign`."""
        return self._hub.drafts.sign(self._own(scope), digest, value, assertion)[0]

    def add_draft_signatures(self, scope: str, sent: SignedEnvelope) -> ManifestDraft:
        """As `ManifestDrafts.add_signatures`."""
        return self._hub.drafts.add_signatures(self._own(scope), sent)

    def publish_draft(self, scope: str) -> None:
        """As `Hub.publish_draft`. Raises `NotFound`, too."""
        self._hub.publish_draft(self.draft(scope))

    def drop_draft(self, scope: str) -> None:
        """Let a draft go. Raises `NotFound`."""
        self._hub.drafts.drop(self._own(scope))

    def served_names(self, scope: str, names: Sequence[str]) -> list[str]:
        """Which of these documents of a scope are served. Raises `NotFound`."""
        folder = self._hub.paths.served_folder(self._own(scope))
        return [name for name in names if (folder / name).is_file()]

    # Trust documents

    def find_trust_draft(self, scope: str) -> TrustDraft | None:
        """As `TrustDrafts.find`. Raises `NotFound`."""
        return self._hub.trust_drafts.find(self._own(scope))

    def trust_draft(self, scope: str) -> TrustDraft:
        """Raises `NotFound`."""
        return self._hub.trust_drafts.draft(self._own(scope))

    def propose_trust(self, scope: str, wish: TrustWish) -> TrustDraft:
        """As `TrustDrafts.propose`."""
        return self._hub.trust_drafts.propose(self._own(scope), wish)

    def sign_trust(self, scope: str, digest: str, value: bytes, assertion: Assertion) -> TrustDraft:
        """As `TrustDrafts.sign`."""
        return self._hub.trust_drafts.sign(self._own(scope), digest, value, assertion)

    def add_trust_signatures(self, scope: str, sent: SignedEnvelope) -> TrustDraft:
        """As `TrustDrafts.add_signatures`."""
        return self._hub.trust_drafts.add_signatures(self._own(scope), sent)

    def publish_trust(self, scope: str) -> None:
        """As `Hub.publish_trust_draft`."""
        self._hub.publish_trust_draft(self._own(scope))

    def drop_trust(self, scope: str) -> None:
        """Let a draft go. Raises `NotFound`."""
        self._hub.trust_drafts.drop(self._own(scope))

    def passkeys(self, logins: Collection[str]) -> list[RegisteredPasskey]:
        """Those of these accounts, the latest first."""
        return [passkey for passkey in self._hub.passkeys.all() if passkey.login in logins]

    # One's own passkeys

    @property
    def own_passkeys(self) -> OwnPasskeys:
        """Those of this account."""
        return OwnPasskeys(self._hub.passkeys, self.login)

    # What the others stand on

    def _own(self, scope: str) -> str:
        """The scope, which is theirs. Raises `NotFound`, as for one that nobody has heard of."""
        if not self.sees(scope):
            raise _nothing_of(scope)
        return scope

    def _visible_scope(self, scope: str) -> str:
        """The scope, whose alerts they see. Raises `NotFound`."""
        if not self.sees(scope) and scope not in self.alert_scopes():
            raise _nothing_of(scope)
        return scope

    def _own_boxes(self) -> set[str]:
        return {box.id for box in self._hub.registry.boxes() if self.sees(box.scope)}

    def _own_alert(self, envelope: SignedEnvelope) -> None:
        """Raises `NotFound`, `UntrustedDocument`."""
        self._own(read_unverified(envelope).scope)

    def _book(self) -> IncidentBook:
        return IncidentBook(self._hub.database, str)  # nothing is translated: only what was noted is read

    def _own_incidents(self, incidents: Sequence[Incident]) -> list[Incident]:
        if self.scopes is None:
            return list(incidents)
        boxes = self._own_boxes()
        return [incident for incident in incidents if incident.kind in OF_ALL or self._is_about(incident.about, boxes)]

    def _is_about(self, about: str, boxes: set[str]) -> bool:
        """Is it one of these boxes, or an alert or a version (SCOPE/NUMBER) of an office that is theirs?"""
        scope, slash, _number = about.partition("/")
        return about in boxes or (bool(slash) and self.sees(scope))


def _nothing_of(scope: str) -> NotFound:
    return NotFound(Message("{scope} has published nothing at this hub yet", scope=scope))
