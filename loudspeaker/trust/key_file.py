"""A person's own key as a file for a stick: Ed25519, sealed by a passphrase (scrypt and ChaCha20-Poly1305).

The file is JSON: what everybody may know (id, public key, person) in the open, the private key sealed. Whoever changes
one of the open fields makes it unusable: they are part of what is sealed (associated data).
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ..codec import UNREADABLE
from ..errors import Message, Refused
from .dsse import Signature, SignedEnvelope
from .faults import Fault, UntrustedDocument
from .public_keys import KeyType, PublicKey, decode_base64, key_id

COST, BLOCK, LANES = 2**15, 8, 1  # scrypt: 32 MiB, about 0.1 s here
KEY_BYTES, SALT_BYTES, NONCE_BYTES = 32, 16, 12


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that is open, with the public one that others know it by."""

    public: PublicKey
    private: Ed25519PrivateKey

    def sign(self, envelope: SignedEnvelope) -> SignedEnvelope:
        """The envelope with this key's signature."""
        return envelope.with_signature(Signature(self.public.id, self.private.sign(envelope.signed)))


def make_key(person: str, name: str) -> SigningKey:
    """A new key of `person` (an id), called `name` where people read it."""
    return key_of(Ed25519PrivateKey.generate(), person, name)


def key_of(private: Ed25519PrivateKey, person: str, name: str) -> SigningKey:
    """A private key as that of `person`, an id, or of a box."""
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(PublicKey(key_id(raw), KeyType.ED25519, _text(raw), person, name), private)


def seal_key(key: SigningKey, passphrase: str) -> bytes:
    """The key as a file that opens with `passphrase` only."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    raw = key.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())  # `_raw()` is not in Debian 12's
    known = _public_facts(key.public)
    sealed = ChaCha20Poly1305(_derive(passphrase, salt)).encrypt(nonce, raw, _bound(known))
    stored = {**known, "salt": _text(salt), "nonce": _text(nonce), "sealed": _text(sealed)}
    return json.dumps(stored, ensure_ascii=False, indent=1).encode() + b"\n"


def read_public_key(raw: bytes) -> PublicKey:
    """What everybody may know of a key file, or of a file with that alone (a passkey's). Raises `UntrustedDocument`."""
    return _public_part(_load(raw))


def open_key(raw: bytes, passphrase: str) -> SigningKey:
    """The key in a file. Raises `UntrustedDocument` for what is no key file, `Refused` for a wrong passphrase."""
    public, salt, nonce, sealed = _read(raw)
    try:
        private = ChaCha20Poly1305(_derive(passphrase, salt)).decrypt(nonce, sealed, _bound(_public_facts(public)))
    except (InvalidTag, ValueError):
        raise Refused(Message("the passphrase is wrong, or the key file was changed")) from None
    return SigningKey(public, Ed25519PrivateKey.from_private_bytes(private))


def _read(raw: bytes) -> tuple[PublicKey, bytes, bytes, bytes]:
    """The public key, salt, nonce and sealed private key of a key file. Raises `UntrustedDocument`."""
    stored = _load(raw)
    public = _public_part(stored)
    if public.rp:
        raise UntrustedDocument(
            Message("this is the public part of a passkey, which signs at a page of {host}", host=public.rp),
            Fault.WRONG_TYPE,
        )
    try:
        salt, nonce, sealed = (decode_base64(stored[name]) for name in ("salt", "nonce", "sealed"))
    except UNREADABLE:
        raise _no_key_file() from None
    return public, salt, nonce, sealed


def _load(raw: bytes) -> Mapping[str, str]:
    try:
        stored = json.loads(raw)
    except UNREADABLE:
        raise _no_key_file() from None
    if not isinstance(stored, dict) or not all(isinstance(value, str) for value in stored.values()):
        raise _no_key_file()
    return stored


def _public_part(stored: Mapping[str, str]) -> PublicKey:
    try:
        public, person, name = (stored[field] for field in ("public", "person", "name"))
        return PublicKey(stored["id"], KeyType(stored["type"]), public, person, name, stored.get("rp", ""))
    except UNREADABLE:
        raise _no_key_file() from None


def _no_key_file() -> UntrustedDocument:
    return UntrustedDocument(Message("this is not a key file"), Fault.MALFORMED)


def _derive(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=COST, r=BLOCK, p=LANES).derive(passphrase.encode())


def _public_facts(key: PublicKey) -> dict[str, str]:
    return {"type": key.type.value, "id": key.id, "public": key.public, "person": key.person, "name": key.name}


def _bound(known: dict[str, str]) -> bytes:
    return json.dumps(known, sort_keys=True).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
