"""Manifests that wait for signatures: one of each scope, in a delivery of its own that is published once it is signed.

    drafts/SCOPE/v1/SCOPE/manifest.json   rules.json   drafts/SCOPE/v1/blob/SHA256

Whatever could not be published once people have signed it is refused before they do: an old number, a missing file, a
mistake in one. The trust documents are those that are served. A draft is no content of a hub: no backup holds it.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from ... import VERSION
from ...errors import Message, NotFound, Refused
from ...interfaces import Clock
from ...station.deliveries.delivered_changes import DeliveredFiles, ManifestChanges, find_changes
from ...store.atomic import make_folder, write_atomic
from ...store.received import read_trust_documents
from ...trust.added_signatures import add_signatures
from ...trust.dsse import SignedEnvelope, find_signers, format_envelope, parse_envelope
from ...trust.faults import Fault, UntrustedDocument
from ...trust.floors import BoxTime, accept_manifest
from ...trust.opening import last_rules, manifest_role, read_unverified
from ...trust.passkeys import add_assertion
from ...trust.public_keys import Assertion, PublicKey, list_people
from ...trust.signed_documents import ROOT, SCOPE, SignedManifest, SigningRole
from ..bells import read_floors
from ..hub_database import HubDatabase
from ..published_files import MANIFEST, RULES, copy_blobs, read_published, read_scope_document


@dataclass(frozen=True, slots=True)
class ManifestDraft:
    """A manifest that waits: who must sign it (`role`, by which `keys`), who has, and how many are still `missing`."""

    folder: Path  # the delivery
    envelope: SignedEnvelope
    manifest: SignedManifest
    role: SigningRole
    keys: tuple[PublicKey, ...]
    signers: frozenset[str]  # persons
    missing: int

    @property
    def digest(self) -> str:
        """The SHA-256 of what is signed: whoever signs names what they were shown."""
        return hashlib.sha256(self.envelope.payload).hexdigest()

    @property
    def signer_names(self) -> list[str]:
        """What people call those who have signed."""
        return list_people(key for key in self.keys if key.person in self.signers)

    @property
    def other_names(self) -> list[str]:
        """What people call those who may sign and have not."""
        return list_people(key for key in self.keys if key.person not in self.signers)


@dataclass(frozen=True, slots=True)
class ManifestDrafts:
    """The drafts in `folder`, of scopes that are served in `root`."""

    folder: Path
    root: Path
    database: HubDatabase
    clock: Clock

    def all(self) -> list[ManifestDraft]:
        """Every draft that can still be published, by its scope."""
        return [draft for scope in self._scopes() if (draft := self.find(scope))]

    def find(self, scope: str) -> ManifestDraft | None:
        """The draft of a scope; None where there is none, or where one that is as new was published meanwhile."""
        raw = read_scope_document(self.folder / scope, scope, MANIFEST) if SCOPE.fullmatch(scope) else None
        if raw is None:
            return None
        with suppress(UntrustedDocument, NotFound, Refused):
            return self._open(self.folder / scope, scope, raw)
        return None

    def draft(self, scope: str) -> ManifestDraft:
        """The same. Raises `NotFound`."""
        if draft := self.find(scope):
            return draft
        raise NotFound(Message("nothing of {scope} waits for signatures", scope=scope))

    def propose(self, delivery: Path, scope: str) -> ManifestDraft:
        """Keep what lies in the folder `delivery` as the draft of a scope, in the place of the one before.

        Raises `NotFound`, `UntrustedDocument`, `Refused`, `DamagedFile`, `BadFile` for what could never be published,
        `WriteError`.
        """
        raw = read_scope_document(delivery, scope, MANIFEST)
        if raw is None:
            raise NotFound(Message("there is no manifest of {scope} in {folder}", scope=scope, folder=delivery))
        make_folder(self.folder)
        fresh = Path(mkdtemp(prefix=".new-", dir=self.folder))
        try:
            rules = read_scope_document(delivery, scope, RULES) or read_scope_document(self.root, scope, RULES)
            for name, content in ((RULES, rules), (MANIFEST, raw)):
                if content is not None:
                    write_atomic(fresh / ROOT / scope / name, content)
            draft = self._open(fresh, scope, raw)
            copy_blobs(delivery, fresh, draft.manifest)
            self.files(draft).must_be_sound()
            with self.database.change():  # one at a time
                shutil.rmtree(self.folder / scope, ignore_errors=True)
                fresh.rename(self.folder / scope)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return self.draft(scope)

    def changes(self, draft: ManifestDraft) -> ManifestChanges:
        """What the boxes of its scope would get that they have not; all, where what is served cannot be read.

        Raises `Refused`.
        """
        served = read_published(self.root, draft.manifest.scope).manifest
        before = DeliveredFiles(self.root / ROOT / "blob", served, self.clock.now()) if served else None
        return find_changes(before if before and before.is_whole() else None, self.files(draft))

    def sign(self, scope: str, digest: str, value: bytes, assertion: Assertion) -> tuple[ManifestDraft, PublicKey]:
        """The draft with the signature of one more passkey, and that. Raises `NotFound`, `Refused` where another draft
        stands there by now than was shown, `UntrustedDocument` for a signature that does not hold, `WriteError`.
        """
        with self.database.change():  # no signature of two that come at once is lost
            draft = self.draft(scope)
            if draft.digest != digest:
                raise Refused(Message("meanwhile something else was proposed: look at it first; nothing was signed"))
            envelope, key = add_assertion(draft.envelope, draft.keys, value, assertion)
            write_atomic(draft.folder / ROOT / scope / MANIFEST, format_envelope(envelope))
        return self.draft(scope), key

    def add_signatures(self, scope: str, sent: SignedEnvelope) -> ManifestDraft:
        """The draft with signatures that were made elsewhere. Raises `NotFound`, `UntrustedDocument`, `WriteError`."""
        with self.database.change():
            draft = self.draft(scope)
            envelope = add_signatures(draft.envelope, sent, draft.keys)
            write_atomic(draft.folder / ROOT / scope / MANIFEST, format_envelope(envelope))
        return self.draft(scope)

    def complete(self, draft: ManifestDraft) -> Path:
        """The delivery of a draft that is signed, with the trust documents that are served. Raises `WriteError`."""
        scope = draft.manifest.scope
        for number, raw in enumerate(read_trust_documents(self.root / ROOT / scope / "trust"), 1):
            write_atomic(draft.folder / ROOT / scope / "trust" / f"{number}.json", raw)
        return draft.folder

    def drop(self, scope: str) -> None:
        """Let a draft go."""
        with self.database.change():
            shutil.rmtree(self.folder / scope, ignore_errors=True)

    def _open(self, folder: Path, scope: str, raw: bytes) -> ManifestDraft:
        """The draft in these bytes, where it could be published. Raises `UntrustedDocument`, `NotFound`, `Refused`."""
        envelope, served = parse_envelope(raw), read_published(self.root, scope)
        manifest = read_unverified(envelope)
        if not isinstance(manifest, SignedManifest) or manifest.scope != scope:
            raise UntrustedDocument(Message("this is no manifest of {scope}", scope=scope), Fault.WRONG_TYPE)
        floors, now = read_floors(self.database, scope), BoxTime(self.clock.now(), True)
        if manifest.version == floors.manifest and hashlib.sha256(raw).hexdigest() == floors.manifest_sha256:
            raise Refused(Message("version {version} is published already", version=manifest.version))
        accept_manifest(floors, manifest, "", now, VERSION)
        role = manifest_role(last_rules(read_scope_document(folder, scope, RULES), None, served.trust), manifest)
        keys = served.trust.keys_of(role)
        signers = find_signers(envelope, keys)
        missing = max(served.trust.threshold(role) - len(signers), 0)
        return ManifestDraft(folder, envelope, manifest, role, keys, signers, missing)

    def files(self, draft: ManifestDraft) -> DeliveredFiles:
        """The files that it would publish."""
        return DeliveredFiles(draft.folder / ROOT / "blob", draft.manifest, self.clock.now())

    def _scopes(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []


def proposed_scopes(delivery: Path) -> list[str]:
    """The scopes of which a manifest lies in a delivery."""
    names = [path.parent.name for path in sorted((delivery / ROOT).glob(f"*/{MANIFEST}"))]
    return [scope for scope in names if SCOPE.fullmatch(scope)]
