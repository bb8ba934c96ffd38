"""DSSE envelopes, version 1 (github.com/secure-systems-lab/dsse): a payload, its type, and signatures over both.

The type is part of what is signed, so that a manifest can never be taken for an alert; the payload is parsed only after
it is verified, from the very bytes that were verified. Signatures by passkeys carry a `webauthn` object beside them,
which other readers of DSSE ignore.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..errors import Message
from .faults import Fault, UntrustedDocument
from .public_keys import Assertion, PublicKey, decode_base64, verify

MOST_BYTES, MOST_SIGNATURES = 1_000_000, 16


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature; `key_id` is a hint."""

    key_id: str
    value: bytes
    assertion: Assertion | None = None


@dataclass(frozen=True, slots=True)
class SignedEnvelope:
    """A payload that is not believed before somebody has asked who signed it."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def signed(self) -> bytes:
        """The bytes that are signed."""
        return pre_authentication_encoding(self.payload_type, self.payload)

    def with_signature(self, signature: Signature) -> SignedEnvelope:
        """This envelope with one signature more; one of the same key before it goes."""
        others = tuple(other for other in self.signatures if other.key_id != signature.key_id)
        return replace(self, signatures=(*others, signature))


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """PAE of DSSE: type and payload with their lengths, so that no other pair gives the same bytes.

    >>> pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_envelope(raw: bytes) -> SignedEnvelope:
    """The envelope in these bytes; nothing of it is verified yet. Raises `UntrustedDocument`."""
    if len(raw) > MOST_BYTES:
        raise UntrustedDocument(Message("more than {most} bytes", most=MOST_BYTES), Fault.MALFORMED)
    try:
        stored = json.loads(raw)
        kind, payload, signatures = stored["payloadType"], stored["payload"], stored["signatures"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UntrustedDocument(Message("this is not a signed document"), Fault.MALFORMED) from None
    if not (isinstance(kind, str) and isinstance(payload, str) and isinstance(signatures, list)):
        raise UntrustedDocument(Message("this is not a signed document"), Fault.MALFORMED)
    if len(signatures) > MOST_SIGNATURES:
        raise UntrustedDocument(Message("more than {most} signatures", most=MOST_SIGNATURES), Fault.MALFORMED)
    try:
        kind.encode()
    except UnicodeEncodeError:  # half of a pair
        raise UntrustedDocument(Message("this is not a signed document"), Fault.MALFORMED) from None
    return SignedEnvelope(kind, decode_base64(payload), tuple(map(parse_signature, signatures)))


def format_envelope(envelope: SignedEnvelope) -> bytes:
    """The envelope as JSON; `parse_envelope` gives it back."""
    stored = {
        "payloadType": envelope.payload_type,
        "payload": _encode_base64(envelope.payload),
        "signatures": [format_signature(signature) for signature in envelope.signatures],
    }
    return json.dumps(stored, separators=(",", ":")).encode() + b"\n"


def find_signers(envelope: SignedEnvelope, keys: Iterable[PublicKey]) -> frozenset[str]:
    """The persons of `keys` who have signed it. One person with two keys is one; another's key is nobody's."""
    known = {key.id: key for key in keys}
    signed = envelope.signed
    return frozenset(
        known[signature.key_id].person
        for signature in envelope.signatures
        if signature.key_id in known and verify(known[signature.key_id], signed, signature.value, signature.assertion)
    )


def parse_signature(stored: object) -> Signature:
    """One signature as JSON has it. Raises `UntrustedDocument`."""
    if not isinstance(stored, Mapping):
        raise UntrustedDocument(Message("this is not a signed document"), Fault.MALFORMED)
    name, passkey = stored.get("keyid", ""), stored.get("webauthn")
    if not isinstance(name, str) or not (passkey is None or isinstance(passkey, Mapping)):
        raise UntrustedDocument(Message("this is not a signed document"), Fault.MALFORMED)
    assertion = (
        None
        if passkey is None
        else Assertion(_bytes_of(passkey, "authenticatorData"), _bytes_of(passkey, "clientDataJSON"))
    )
    return Signature(name, _bytes_of(stored, "sig"), assertion)


def _bytes_of(stored: Mapping[str, object], name: str) -> bytes:
    text = stored.get(name)
    if not isinstance(text, str):
        raise UntrustedDocument(Message("this is not a signed document"), Fault.MALFORMED)
    return decode_base64(text)


def format_signature(signature: Signature) -> dict[str, object]:
    """The signature as JSON; `parse_signature` gives it back."""
    stored: dict[str, object] = {"keyid": signature.key_id, "sig": _encode_base64(signature.value)}
    if signature.assertion:
        stored["webauthn"] = {
            "authenticatorData": _encode_base64(signature.assertion.authenticator_data),
            "clientDataJSON": _encode_base64(signature.assertion.client_data),
        }
    return stored


def _encode_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
