"""Passkeys as a browser tells of them: the public key of a new one, and a signature that one has made.

No CBOR is read: of a new passkey only its public key is wanted, which browsers give as SubjectPublicKeyInfo
(W3C Web Authentication Level 3, section 5.2.1.1, `getPublicKey()`). No attestation is asked for: people who sign the
trust document vouch for a key by comparing it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from ..errors import Message
from .dsse import Signature, SignedEnvelope
from .faults import Fault, UntrustedDocument
from .public_keys import Assertion, KeyType, PublicKey, is_page_of, key_id, verify


def read_new_passkey(info: bytes, person: str, name: str, rp: str) -> PublicKey:
    """The key in `info` (SubjectPublicKeyInfo, DER) as that of `person`, bound to the host `rp`.

    Raises `UntrustedDocument` where it is no key of the kind that is believed (P-256).
    """
    try:
        key = load_der_public_key(info)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise UntrustedDocument(Message("this passkey is of a kind that cannot be used here"), Fault.MALFORMED)
    raw = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return PublicKey(key_id(raw), KeyType.WEBAUTHN_ES256, base64.b64encode(raw).decode(), person, name, rp)


def format_public_key(key: PublicKey) -> bytes:
    """What everybody may know of a key, as a file for `fleet trust --key`; `read_public_key` gives it back."""
    known = {"id": key.id, "type": key.type.value, "public": key.public, "person": key.person, "name": key.name}
    return json.dumps(known | ({"rp": key.rp} if key.rp else {}), ensure_ascii=False, indent=1).encode() + b"\n"


def passkeys_at(host: str, keys: Iterable[PublicKey]) -> tuple[PublicKey, ...]:
    """Those of `keys` that sign at pages of this host."""
    return tuple(key for key in keys if key.rp and is_page_of(key.rp, f"https://{host}"))


def add_assertion(
    envelope: SignedEnvelope, keys: Iterable[PublicKey], value: bytes, assertion: Assertion
) -> tuple[SignedEnvelope, PublicKey]:
    """The envelope with the signature that one of `keys` has made, and that key: a browser does not say which it was.

    Raises `UntrustedDocument` where none of them has.
    """
    for key in keys:
        if key.type is KeyType.WEBAUTHN_ES256 and verify(key, envelope.signed, value, assertion):
            return envelope.with_signature(Signature(key.id, value, assertion)), key
    raise UntrustedDocument(
        Message("this passkey is none of those who may sign this, or it was asked for another text"), Fault.UNSIGNED
    )
