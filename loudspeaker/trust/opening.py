"""From an envelope to the document in it: only what enough persons of the right role have signed is ever parsed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Generic, NoReturn, TypeVar

from ..codec import UNREADABLE, decode, encode
from ..errors import Message
from .dsse import SignedEnvelope, find_signers, parse_envelope, parse_signature
from .faults import Fault, UntrustedDocument
from .signed_documents import (
    MOST_ALERT_BYTES,
    Alert,
    AlertKind,
    Approval,
    Bell,
    LogHead,
    SignedManifest,
    SigningRole,
    TrustDocument,
)

Document = TrustDocument | SignedManifest | Alert | Bell | LogHead
D = TypeVar("D", bound=Document)
TYPE = "application/vnd.loudspeaker.{kind}+json;v=1"
APPROVAL = "approval"
# Who signs an alert of each kind, and whether as many must as that role demands; else one is enough.
ALERT_SIGNERS: Mapping[AlertKind, tuple[SigningRole, bool]] = {
    AlertKind.ALERT: (SigningRole.EMERGENCY, True),
    AlertKind.UPDATE: (SigningRole.EMERGENCY, True),
    AlertKind.END: (SigningRole.EMERGENCY, False),
    AlertKind.CHECK: (SigningRole.EMERGENCY, False),
    AlertKind.STOP: (SigningRole.EMERGENCY, False),
    AlertKind.PLAY: (SigningRole.CONTENT, True),
}


@dataclass(frozen=True, slots=True)
class Opened(Generic[D]):
    """A document and who signed it."""

    document: D
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenedAlert:
    """An alert, who has signed it as they may, how many persons are still `missing`, and the hash of its payload."""

    document: Alert
    persons: frozenset[str]
    missing: int
    sha256: str


def seal(document: Document) -> SignedEnvelope:
    """The envelope of a document, which nobody has signed yet."""
    stored = {"type": document.document_type, **encode(document)}
    return SignedEnvelope(payload_type(document.document_type), _dump(stored))


def open_document(
    kind: type[D], envelope: SignedEnvelope, trust: TrustDocument, role: SigningRole, *, at_least: int | None = None
) -> Opened[D]:
    """The document that enough persons of `role` have signed: as many as `trust` demands, or `at_least`.

    Raises `UntrustedDocument` for every other one.
    """
    _check_type(envelope, kind.document_type)
    persons = _require_signers(envelope, trust, role, at_least)
    document = _parse(kind, envelope)
    check_scope(document, trust.scope)
    return Opened(document, persons)


def read_unverified(envelope: SignedEnvelope) -> Document:
    """What a document says that nobody has verified: only to be shown to people. Raises `UntrustedDocument`."""
    kinds: tuple[type[Document], ...] = (TrustDocument, SignedManifest, Alert, Bell, LogHead)
    for kind in kinds:
        if envelope.payload_type == payload_type(kind.document_type):
            return _parse(kind, envelope)
    raise UntrustedDocument(
        Message("“{found}” is no document that is known here", found=envelope.payload_type[:80]), Fault.WRONG_TYPE
    )


def read_unverified_as(kind: type[D], envelope: SignedEnvelope) -> D:
    """The same of a document of this kind. Raises `UntrustedDocument` for another one, too."""
    document = read_unverified(envelope)
    if not isinstance(document, kind):
        wrong = Message("this is “{found}”, not a {kind}", found=document.document_type, kind=kind.document_type)
        raise UntrustedDocument(wrong, Fault.WRONG_TYPE)
    return document


def open_first_trust(envelope: SignedEnvelope) -> TrustDocument:
    """The trust document that somebody has compared by its fingerprint: signed by its own people.

    Raises `UntrustedDocument`.
    """
    _check_type(envelope, TrustDocument.document_type)
    document = _parse(TrustDocument, envelope)
    _require_signers(envelope, document, SigningRole.TRUST)
    return document


def open_next_trust(
    envelope: SignedEnvelope, current: TrustDocument, parent: TrustDocument | None = None
) -> TrustDocument:
    """The trust document that follows `current`: signed by enough persons of both, the old one and the new one.

    One that resets the scope is signed by its parent's people instead. Raises `UntrustedDocument`.
    """
    _check_type(envelope, TrustDocument.document_type)
    by_own = find_signers(envelope, current.keys_of(SigningRole.TRUST))
    if len(by_own) >= current.threshold(SigningRole.TRUST):
        document = open_first_trust(envelope)
        if document.reset:
            raise UntrustedDocument(Message("a reset is signed by the parent"), Fault.MALFORMED)
    elif parent is None:
        _refuse_too_few_signers(len(by_own), current.threshold(SigningRole.TRUST), SigningRole.TRUST)
    else:
        _require_signers(envelope, parent, SigningRole.TRUST)
        document = _parse(TrustDocument, envelope)
        if not document.reset or document.parent != parent.scope or current.parent != parent.scope:
            raise UntrustedDocument(Message("a parent may sign a reset, and nothing else"), Fault.UNSIGNED)
    check_scope(document, current.scope)
    if document.version != current.version + 1:
        raise UntrustedDocument(
            Message(
                "trust document {version} does not follow {current}", version=document.version, current=current.version
            ),
            Fault.STALE,
        )
    return document


def follow_trust(raw: bytes, current: TrustDocument, parents: Sequence[TrustDocument] = ()) -> TrustDocument:
    """The trust document in `raw` that follows `current`: signed by its own people, or as a reset by one of `parents`.

    Raises `UntrustedDocument`.
    """
    envelope = parse_envelope(raw)
    for parent in reversed(parents):
        with suppress(UntrustedDocument):
            return open_next_trust(envelope, current, parent)
    return open_next_trust(envelope, current)


def walk_trust(documents: Sequence[bytes], parents: Sequence[TrustDocument] = ()) -> list[TrustDocument]:
    """The trust documents of a scope from its first on, each signed by the people of the one before it.

    `parents`: those of the office above it, from its first to its newest. Raises `UntrustedDocument`.
    """
    return list(iterate_trust(documents, parents))


def iterate_trust(documents: Sequence[bytes], parents: Sequence[TrustDocument] = ()) -> Iterator[TrustDocument]:
    """As `walk_trust`, one by one: raises `UntrustedDocument` behind the last that is sound."""
    document = open_first_trust(parse_envelope(documents[0]))
    yield document
    for raw in documents[1:]:
        document = follow_trust(raw, document, parents)
        yield document


def last_rules(rules: bytes | None, in_force: bytes | None, trust: TrustDocument) -> SignedManifest | None:
    """The newer of the manifest that set the rules (rules.json) and of the one in force, by their envelopes.

    Of rules.json nothing is believed where those who signed it may not sign rules any more: then the next change of a
    box that has missed it must be signed by those who may. The one in force was verified when it came.
    """
    manifests: list[SignedManifest] = []
    if rules is not None:
        with suppress(UntrustedDocument):
            manifests.append(open_document(SignedManifest, parse_envelope(rules), trust, SigningRole.RULES).document)
    if in_force is not None:
        with suppress(UntrustedDocument):  # it is damaged
            document = read_unverified(parse_envelope(in_force))
            manifests += [document] if isinstance(document, SignedManifest) else []
    return max(manifests, key=lambda manifest: manifest.version, default=None)


def find_rules(envelopes: Iterable[bytes | None], manifest: SignedManifest, trust: TrustDocument) -> bytes | None:
    """The first of these by which the people of the rules have signed the rules of `manifest`; None: none of them."""
    for raw in envelopes:
        with suppress(UntrustedDocument):
            opened = open_document(SignedManifest, parse_envelope(raw or b""), trust, SigningRole.RULES)
            if manifest_role(opened.document, manifest) is SigningRole.CONTENT:
                return raw
    return None


def manifest_role(before: SignedManifest | None, after: SignedManifest) -> SigningRole:
    """Who must sign a manifest: the people of the rules where it changes commune.yaml, else those of the content."""
    old = before.files.get("commune.yaml") if before else None
    new = after.files.get("commune.yaml")
    return SigningRole.CONTENT if (old and old.sha256) == (new and new.sha256) else SigningRole.RULES


def open_manifest(
    envelope: SignedEnvelope, trust: TrustDocument, before: SignedManifest | None
) -> Opened[SignedManifest]:
    """The manifest that follows `before`, signed by those whom its changes demand. Raises `UntrustedDocument`."""
    by_anybody = find_signers(envelope, (*trust.keys_of(SigningRole.CONTENT), *trust.keys_of(SigningRole.RULES)))
    if not by_anybody:  # nothing is parsed that nobody of the commune has signed
        _refuse_too_few_signers(0, trust.threshold(SigningRole.CONTENT), SigningRole.CONTENT)
    _check_type(envelope, SignedManifest.document_type)
    return open_document(SignedManifest, envelope, trust, manifest_role(before, _parse(SignedManifest, envelope)))


def open_alert(envelope: SignedEnvelope, trust: TrustDocument) -> OpenedAlert:
    """An alert that at least one of those has signed who may. Raises `UntrustedDocument`."""
    _check_type(envelope, Alert.document_type)
    roles = (SigningRole.EMERGENCY, SigningRole.CONTENT)
    if not find_signers(envelope, [key for role in roles for key in trust.keys_of(role)]):  # then nothing is parsed
        _refuse_too_few_signers(0, trust.threshold(SigningRole.EMERGENCY), SigningRole.EMERGENCY)
    role, together = ALERT_SIGNERS[_parse(Alert, envelope).kind]
    opened = open_document(Alert, envelope, trust, role, at_least=1)
    missing = max(trust.threshold(role) - len(opened.persons), 0) if together else 0
    return OpenedAlert(opened.document, opened.persons, missing, hashlib.sha256(envelope.payload).hexdigest())


def approval_envelope(scope: str, bulletin: str, digest: str) -> SignedEnvelope:
    """What an approver signs: these words, for this bulletin of this scope."""
    stored = {"type": APPROVAL, "scope": scope, "bulletin": bulletin, "digest": digest}
    return SignedEnvelope(payload_type(APPROVAL), _dump(stored))


def find_approvers(scope: str, bulletin: str, approval: Approval, trust: TrustDocument) -> frozenset[str]:
    """The persons of the content role who have signed an approval. Raises `UntrustedDocument` for a damaged one."""
    envelope = approval_envelope(scope, bulletin, approval.digest)
    signatures = tuple(map(parse_signature, approval.signatures))
    return find_signers(replace(envelope, signatures=signatures), trust.keys_of(SigningRole.CONTENT))


def payload_type(kind: str) -> str:
    """The type that an envelope of such a document carries.

    >>> payload_type("manifest")
    'application/vnd.loudspeaker.manifest+json;v=1'
    """
    return TYPE.format(kind=kind)


def check_scope(document: Document, own: str) -> None:
    """Raises `UntrustedDocument` for a document of another scope."""
    if document.scope != own:
        raise UntrustedDocument(
            Message("this is for {scope}, not for {own}", scope=document.scope, own=own), Fault.WRONG_SCOPE
        )


def _check_type(envelope: SignedEnvelope, kind: str) -> None:
    if envelope.payload_type != payload_type(kind):
        raise UntrustedDocument(
            Message("this is “{found}”, not a {kind}", found=envelope.payload_type[:80], kind=kind), Fault.WRONG_TYPE
        )


def _require_signers(
    envelope: SignedEnvelope, trust: TrustDocument, role: SigningRole, at_least: int | None = None
) -> frozenset[str]:
    needed = trust.threshold(role) if at_least is None else at_least
    persons = find_signers(envelope, trust.keys_of(role))
    if len(persons) < max(needed, 1):
        _refuse_too_few_signers(len(persons), needed, role)
    return persons


def _refuse_too_few_signers(count: int, needed: int, role: SigningRole) -> NoReturn:
    raise UntrustedDocument(
        Message("signed as {role} by {found} persons, {needed} must", role=role, found=count, needed=needed),
        Fault.UNSIGNED,
    )


def _parse(kind: type[D], envelope: SignedEnvelope) -> D:
    """The document in a payload. Raises `UntrustedDocument` where a field is missing, doubled or cannot be."""
    if kind is Alert and len(envelope.payload) > MOST_ALERT_BYTES:
        raise UntrustedDocument(Message("more than {most} bytes", most=MOST_ALERT_BYTES), Fault.MALFORMED)
    try:
        stored = json.loads(envelope.payload, object_pairs_hook=_unique, parse_constant=_refuse_constant)
        if stored.pop("type") != kind.document_type:
            raise ValueError("type")
        return decode(kind, stored)
    except (*UNREADABLE, OverflowError) as error:
        raise UntrustedDocument(
            Message("a {kind} that cannot be read: {error}", kind=kind.document_type, error=str(error)), Fault.MALFORMED
        ) from error


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON whose every name stands once: two readers must not see two documents in the same bytes."""
    unique: dict[str, object] = {}
    for name, value in pairs:
        if name in unique:
            raise ValueError(f"{name} stands twice")
        unique[name] = value
    return unique


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _dump(stored: object) -> bytes:
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
