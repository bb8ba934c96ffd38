"""People who sign: keys of their own, a passkey as a phone holds it, and trust documents that name them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from loudspeaker.trust.dsse import Signature, SignedEnvelope
from loudspeaker.trust.key_file import SigningKey
from loudspeaker.trust.public_keys import Assertion, KeyType, PublicKey, challenge, key_id
from loudspeaker.trust.signed_documents import (
    Alert,
    AlertKind,
    RoleKeys,
    SignedFile,
    SignedManifest,
    SigningRole,
    TrustDocument,
)

HOST = "loa.example.vn"
ISSUED = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
PRESENT, VERIFIED = 0x01, 0x04


@dataclass(frozen=True, slots=True)
class Passkey:
    """A phone's passkey: it signs what a page of `HOST` asks it to, with the flags that the phone sets."""

    public: PublicKey
    private: EllipticCurvePrivateKey

    def sign(self, envelope: SignedEnvelope, *, flags: int = PRESENT | VERIFIED, **changed: object) -> SignedEnvelope:
        """The envelope with its signature; `changed` are fields of the client data that a hostile page would set."""
        client = {
            "type": "webauthn.get",
            "challenge": challenge(envelope.signed),
            "origin": f"https://{HOST}",
            "crossOrigin": False,
            **changed,
        }
        client_data = json.dumps(client).encode()
        data = hashlib.sha256(HOST.encode()).digest() + bytes([flags]) + bytes(4)
        value = self.private.sign(data + hashlib.sha256(client_data).digest(), ECDSA(SHA256()))
        return envelope.with_signature(Signature(self.public.id, value, Assertion(data, client_data)))


def make_passkey(person: str) -> Passkey:
    private = derive_private_key(int.from_bytes(hashlib.sha256(person.encode()).digest()[:31]), SECP256R1())
    raw = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    public = PublicKey(key_id(raw), KeyType.WEBAUTHN_ES256, base64.b64encode(raw).decode(), person, person, HOST)
    return Passkey(public, private)


def make_signer(person: str, secret: str) -> SigningKey:
    """The same key in every run: names of tests hold its id."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = PublicKey(key_id(raw), KeyType.ED25519, base64.b64encode(raw).decode(), person, person.title())
    return SigningKey(public, private)


NAMES = ("hoa", "pao", "ly", "hub", "tu", "binh", "mai", "sua", "vang")
PEOPLE: Mapping[str, SigningKey] = {name: make_signer(name, name) for name in NAMES}
PHONE, PAO_PHONE = make_passkey("hoa"), make_passkey("pao")
STRANGER = make_signer("hoa", "stranger")  # calls herself so


def make_trust(
    scope: str = "ban-may",
    version: int = 1,
    people: Sequence[str] = ("hoa", "pao", "ly"),
    parent: str | None = None,
    *,
    reset: bool = False,
) -> TrustDocument:
    """A commune whose three people sign the trust document and alarms by two, manifests by one."""
    keys = tuple(PEOPLE[name].public for name in (*people, "hub"))
    own = tuple(PEOPLE[name].public.id for name in people)
    phone = (PHONE.public,) if "hoa" in people else ()
    signers = own + tuple(key.id for key in phone)
    roles = {
        SigningRole.TRUST: RoleKeys(own, 2),
        SigningRole.CONTENT: RoleKeys(signers, 1),
        SigningRole.RULES: RoleKeys(signers, 2),
        SigningRole.EMERGENCY: RoleKeys(signers, 2),
        SigningRole.HUB: RoleKeys((PEOPLE["hub"].public.id,), 1),
    }
    return TrustDocument(scope, version, ISSUED, keys + phone, roles, parent, reset=reset)


def make_manifest(version: int = 1, rules: bytes = b"commune: Xa\n", **changed: object) -> SignedManifest:
    """A manifest of one commune.yaml and one bulletin."""
    files = {
        "commune.yaml": SignedFile(hashlib.sha256(rules).hexdigest(), len(rules)),
        "bulletins/tin.md": SignedFile(hashlib.sha256(b"Tin.").hexdigest(), 4),
    }
    given = {"scope": "ban-may", "prev": None, "issued": ISSUED, "files": files, **changed}
    return SignedManifest(version=version, **given)  # type: ignore[arg-type]


def make_alert(seq: int = 1, **changed: object) -> Alert:
    """An alarm of the moment."""
    given = {
        "scope": "ban-may",
        "kind": AlertKind.ALERT,
        "villages": ("*",),
        "issued": ISSUED,
        "until": ISSUED.replace(hour=10),
        "text": "Lũ đang về.",
        "spoken": "Lũ đang về.",
        **changed,
    }
    return Alert(id=f"{given['scope']}/{seq}", seq=seq, **given)  # type: ignore[arg-type]


def signed(envelope: SignedEnvelope, *names: str) -> SignedEnvelope:
    """The envelope with the signatures of these people."""
    for name in names:
        envelope = PEOPLE[name].sign(envelope)
    return envelope


def assertion_fields(envelope: SignedEnvelope, passkey: Passkey = PHONE, **changed: Any) -> dict[str, str]:
    """What a browser puts into a form of the hub's pages when this passkey signs."""
    made = passkey.sign(envelope, **changed).signatures[-1]
    assert made.assertion
    parts = {
        "signature": made.value,
        "authenticator": made.assertion.authenticator_data,
        "client": made.assertion.client_data,
    }
    return {name: base64.b64encode(value).decode() for name, value in parts.items()}
