"""Public keys and the checking of one signature: Ed25519 (key files, boxes, hubs) and WebAuthn (passkeys, ES256).

A key's id is the first 16 hexadecimal digits of the SHA-256 of its public bytes: a hint by which it is found, never a
proof. WebAuthn: W3C Web Authentication Level 3, section 7.2, with the signed text as the challenge.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from ..errors import Message
from .faults import Fault, UntrustedDocument

ID_DIGITS = 16
ED25519_BYTES, POINT_BYTES = 32, 65  # a raw key; an uncompressed point of P-256 (04, x, y)
USER_PRESENT, USER_VERIFIED = 0x01, 0x04  # flags of authenticator data, at byte 32
FLAGS_AT, SHORTEST_AUTHENTICATOR_DATA = 32, 37


class KeyType(StrEnum):
    """How a key signs."""

    ED25519 = "ed25519"
    WEBAUTHN_ES256 = "webauthn-es256"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of one person, box or hub. `rp`: the host name that a passkey is bound to.

    Raises `UntrustedDocument` where id, type and bytes do not agree.
    """

    id: str
    type: KeyType
    public: str  # base64: 32 bytes of Ed25519, 65 of P-256
    person: str  # one person may have several keys, and counts once
    name: str
    rp: str = ""

    def __post_init__(self) -> None:
        raw = decode_base64(self.public)
        size = ED25519_BYTES if self.type is KeyType.ED25519 else POINT_BYTES
        if len(raw) != size or self.id != key_id(raw):
            raise UntrustedDocument(Message("the key {id} is not what its id says", id=self.id), Fault.MALFORMED)
        if not self.person or bool(self.rp) != (self.type is KeyType.WEBAUTHN_ES256):
            raise UntrustedDocument(Message("the key {id} names nobody", id=self.id), Fault.MALFORMED)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a passkey signed beside the challenge, as the browser gave it."""

    authenticator_data: bytes
    client_data: bytes  # JSON


def machine_key(public: str, person: str) -> PublicKey:
    """The Ed25519 key of a machine (a box, a hub) by its public bytes in base64. Raises `UntrustedDocument`."""
    return PublicKey(key_id(decode_base64(public)), KeyType.ED25519, public, person, person)


def list_people(keys: Iterable[PublicKey]) -> list[str]:
    """What people call those whose keys these are, each person once."""
    return list({key.person: key.name for key in keys}.values())


def key_id(public: bytes) -> str:
    """The id of a key with these public bytes.

    >>> key_id(bytes(32))
    '66687aadf862bd77'
    """
    return hashlib.sha256(public).hexdigest()[:ID_DIGITS]


def decode_base64(text: str) -> bytes:
    """The bytes of strict base64. Raises `UntrustedDocument`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = None
    if raw is None or base64.b64encode(raw).decode() != text:  # bits behind the end would make two texts of one value
        raise UntrustedDocument(Message("this is not base64"), Fault.MALFORMED)
    return raw


def verify(key: PublicKey, signed: bytes, signature: bytes, assertion: Assertion | None) -> bool:
    """Has this key signed these bytes? False for every signature that is damaged, another's or of another kind."""
    public = decode_base64(key.public)
    try:
        if key.type is KeyType.ED25519:
            if assertion is not None:
                return False
            Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
            return True
        if assertion is None or not _is_for(key.rp, signed, assertion):
            return False
        covered = assertion.authenticator_data + hashlib.sha256(assertion.client_data).digest()
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public).verify(signature, covered, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):  # ValueError: the point is not on the curve, the signature is no DER
        return False
    return True


def challenge(signed: bytes) -> str:
    """What a passkey is asked to sign for these bytes, as it stands in its client data (base64url, no padding)."""
    return base64.urlsafe_b64encode(hashlib.sha256(signed).digest()).rstrip(b"=").decode()


def _is_for(rp: str, signed: bytes, assertion: Assertion) -> bool:
    """Was the passkey asked for this text, at a page of `rp`, by somebody who was present and proved who they are?"""
    data = assertion.authenticator_data
    try:
        client = json.loads(assertion.client_data)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(client, dict)
        and client.get("type") == "webauthn.get"
        and client.get("challenge") == challenge(signed)
        and client.get("crossOrigin", False) is False
        and is_page_of(rp, client.get("origin"))
        and len(data) >= SHORTEST_AUTHENTICATOR_DATA
        and data[:FLAGS_AT] == hashlib.sha256(rp.encode()).digest()
        and data[FLAGS_AT] & USER_PRESENT != 0
        and data[FLAGS_AT] & USER_VERIFIED != 0
    )


def is_page_of(rp: str, origin: object) -> bool:
    """Is `origin` a page of the host `rp` or below it? Only over TLS, but for this machine itself."""
    if not isinstance(origin, str):
        return False
    try:
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except ValueError:
        return False
    if host != rp and not host.endswith(f".{rp}"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
