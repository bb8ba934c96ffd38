"""Trust documents that wait for signatures: the next one of each scope, and with it what has to be signed anew.

    trust-drafts/SCOPE/trust.json   manifest.json

It is signed by enough persons of the one in force, and of its own. Where the manifest in force is signed by people who
will not count any more, new boxes could not take it: then it is signed again under the next number, with nothing in it
changed, and both are published together.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import Message, NotFound, Refused
from ...interfaces import Clock
from ...station.signing.trust_changes import TrustWish, next_trust
from ...store.atomic import read_regular_file, write_atomic
from ...store.received import MOST_DOCUMENT_BYTES, read_trust_documents
from ...trust.added_signatures import add_signatures
from ...trust.dsse import SignedEnvelope, find_signers, format_envelope, parse_envelope
from ...trust.faults import UntrustedDocument
from ...trust.opening import last_rules, open_manifest, read_unverified, read_unverified_as, seal
from ...trust.passkeys import add_assertion
from ...trust.public_keys import Assertion, PublicKey, list_people
from ...trust.signed_documents import ROOT, SCOPE, SignedManifest, SigningRole, TrustDocument
from ..hub_database import HubDatabase
from ..published_files import MANIFEST, RULES, read_published, read_scope_document

TRUST = "trust.json"


@dataclass(frozen=True, slots=True)
class SignedPart:
    """One document of a draft: `groups` are keys of which so many persons each must sign it."""

    name: str  # its file
    envelope: SignedEnvelope
    groups: tuple[tuple[tuple[PublicKey, ...], int], ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of what is signed."""
        return hashlib.sha256(self.envelope.payload).hexdigest()

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """Every key whose signature counts."""
        return tuple(dict.fromkeys(key for keys, _ in self.groups for key in keys))

    @property
    def signer_names(self) -> Sequence[str]:
        """What people call those who have signed."""
        signers = find_signers(self.envelope, self.keys)
        return list_people(key for key in self.keys if key.person in signers)

    @property
    def missing(self) -> int:
        """How many persons must still sign, at least."""
        return max(max(threshold - len(find_signers(self.envelope, keys)), 0) for keys, threshold in self.groups)


@dataclass(frozen=True, slots=True)
class TrustDraft:
    """The next trust document of a scope, `before` the one in force; `parts`: it, and a manifest to be signed anew."""

    before: TrustDocument
    document: TrustDocument
    parts: tuple[SignedPart, ...]

    @property
    def missing(self) -> int:
        return sum(part.missing for part in self.parts)

    def part(self, digest: str) -> SignedPart:
        """What was shown. Raises `Refused` where another draft stands there by now."""
        for part in self.parts:
            if part.digest == digest:
                return part
        raise Refused(Message("meanwhile something else was proposed: look at it first; nothing was signed"))


@dataclass(frozen=True, slots=True)
class TrustDrafts:
    """The drafts in `folder`, of scopes that are served in `root`."""

    folder: Path
    root: Path
    database: HubDatabase
    clock: Clock

    def find(self, scope: str) -> TrustDraft | None:
        """The draft of a scope; None where there is none, or where another was published meanwhile."""
        if not SCOPE.fullmatch(scope):
            return None
        with suppress(NotFound, UntrustedDocument):
            return self._open(scope)
        return None

    def draft(self, scope: str) -> TrustDraft:
        """The same. Raises `NotFound`."""
        if draft := self.find(scope):
            return draft
        raise NotFound(Message("no trust document of {scope} waits for signatures", scope=scope))

    def propose(self, scope: str, wish: TrustWish) -> TrustDraft:
        """Keep what is to be other as the draft of a scope, in the place of the one before.

        Raises `NotFound`, `BadUsage` where nothing is other, `UntrustedDocument` for what no trust document can be,
        `WriteError`.
        """
        now, folder = self.clock.now(), self.folder / scope
        before = read_published(self.root, scope).trust
        document = next_trust(before, wish, now)
        again = self._manifest_to_sign(scope, document)
        with self.database.change():  # one at a time
            shutil.rmtree(folder, ignore_errors=True)
            if again:
                write_atomic(folder / MANIFEST, format_envelope(seal(again)))
            write_atomic(folder / TRUST, format_envelope(seal(document)))
        return self.draft(scope)

    def sign(self, scope: str, digest: str, value: bytes, assertion: Assertion) -> TrustDraft:
        """The draft with the signature of one more passkey. Raises `NotFound`, `Refused` where another draft stands
        there by now than was shown, `UntrustedDocument` for a signature that does not hold, `WriteError`.
        """
        with self.database.change():  # no signature of two that come at once is lost
            part = self.draft(scope).part(digest)
            envelope, _key = add_assertion(part.envelope, part.keys, value, assertion)
            write_atomic(self.folder / scope / part.name, format_envelope(envelope))
        return self.draft(scope)

    def add_signatures(self, scope: str, sent: SignedEnvelope) -> TrustDraft:
        """The draft with signatures that were made elsewhere, of that part of it which was signed.

        Raises `NotFound`, `UntrustedDocument`, `WriteError`.
        """
        with self.database.change():
            parts = self.draft(scope).parts
            part = next((part for part in parts if part.envelope.payload_type == sent.payload_type), parts[0])
            envelope = add_signatures(part.envelope, sent, part.keys)
            write_atomic(self.folder / scope / part.name, format_envelope(envelope))
        return self.draft(scope)

    def complete(self, scope: str) -> Path:
        """The draft as a delivery, with what is served of the scope besides. Raises `NotFound`, `WriteError`."""
        draft, delivery = self.draft(scope), self.folder / scope
        own, served = delivery / ROOT / scope, self.root / ROOT / scope
        envelopes = {part.name: format_envelope(part.envelope) for part in draft.parts}
        for number, raw in enumerate(read_trust_documents(served / "trust"), 1):
            write_atomic(own / "trust" / f"{number}.json", raw)
        write_atomic(own / "trust" / f"{draft.document.version}.json", envelopes[TRUST])
        for name in (RULES, MANIFEST):  # what is signed anew sets the rules, too: those who have set them may be gone
            content = envelopes.get(MANIFEST) or read_scope_document(self.root, scope, name)
            if content is not None:
                write_atomic(own / name, content)
        return delivery

    def drop(self, scope: str) -> None:
        """Let a draft go."""
        with self.database.change():
            shutil.rmtree(self.folder / scope, ignore_errors=True)

    def _open(self, scope: str) -> TrustDraft:
        """Raises `NotFound`, `UntrustedDocument`."""
        served = read_published(self.root, scope)
        envelope, document = self._parse(scope, TRUST)
        if not isinstance(document, TrustDocument) or document.version != served.trust.version + 1:
            raise NotFound(Message("no trust document of {scope} waits for signatures", scope=scope))
        groups = tuple(
            (trust.keys_of(SigningRole.TRUST), trust.threshold(SigningRole.TRUST)) for trust in (served.trust, document)
        )
        parts = [SignedPart(TRUST, envelope, groups)]
        if (self.folder / scope / MANIFEST).is_file():
            again, manifest = self._parse(scope, MANIFEST)
            if not isinstance(manifest, SignedManifest) or manifest.prev != served.sha256:
                raise NotFound(Message("no trust document of {scope} waits for signatures", scope=scope))
            rules = document.keys_of(SigningRole.RULES), document.threshold(SigningRole.RULES)
            parts.append(SignedPart(MANIFEST, again, (rules,)))
        return TrustDraft(served.trust, document, tuple(parts))

    def _manifest_to_sign(self, scope: str, document: TrustDocument) -> SignedManifest | None:
        """The manifest in force under its next number, where by `document` it is not signed as it must be."""
        raw = read_scope_document(self.root, scope, MANIFEST)
        if raw is None:
            return None
        envelope = parse_envelope(raw)
        try:
            open_manifest(envelope, document, last_rules(read_scope_document(self.root, scope, RULES), None, document))
        except UntrustedDocument:
            manifest = read_unverified_as(SignedManifest, envelope)
            prev, now = hashlib.sha256(raw).hexdigest(), self.clock.now()
            return replace(manifest, version=manifest.version + 1, prev=prev, issued=now)
        return None

    def _parse(self, scope: str, name: str) -> tuple[SignedEnvelope, object]:
        """A document of a draft. Raises `NotFound`, `UntrustedDocument`."""
        raw = read_regular_file(self.folder / scope / name, MOST_DOCUMENT_BYTES + 1)
        if raw is None:
            raise NotFound(Message("no trust document of {scope} waits for signatures", scope=scope))
        envelope = parse_envelope(raw)
        return envelope, read_unverified(envelope)
