"""A passkey as a browser tells of it becomes a key that can be named, and its signature one that is believed."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from harness.signing import HOST, PEOPLE, PHONE, make_manifest, make_passkey, make_trust
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.trust.dsse import find_signers
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.key_file import open_key, read_public_key
from loudspeaker.trust.opening import seal
from loudspeaker.trust.passkeys import add_assertion, format_public_key, passkeys_at, read_new_passkey

INFO = PHONE.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
ENVELOPE = seal(make_manifest())
KEYS = make_trust().keys
OTHERS = (derive_private_key(7, SECP384R1()), Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_a_new_passkey_is_the_key_that_signs() -> None:
    assert read_new_passkey(INFO, "hoa", "hoa", HOST) == PHONE.public


@given(st.binary() | st.integers(0, len(INFO) - 1).map(lambda end: INFO[:end]))
def test_what_is_no_key_of_that_kind_is_refused(info: bytes) -> None:
    with pytest.raises(UntrustedDocument):
        read_new_passkey(info, "hoa", "hoa", HOST)


@pytest.mark.parametrize("private", OTHERS)
def test_another_curve_is_refused(private: Ed25519PrivateKey) -> None:
    info = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(UntrustedDocument):
        read_new_passkey(info, "hoa", "hoa", HOST)


def test_its_public_part_is_a_file_that_names_it_and_opens_nothing() -> None:
    raw = format_public_key(PHONE.public)

    assert read_public_key(raw) == PHONE.public
    assert read_public_key(format_public_key(PEOPLE["hoa"].public)) == PEOPLE["hoa"].public
    with pytest.raises(UntrustedDocument, match=HOST):
        open_key(raw, "")


def test_its_signature_is_found_among_the_keys_and_counts_as_its_person() -> None:
    made = PHONE.sign(ENVELOPE).signatures[0]
    assert made.assertion

    signed, key = add_assertion(ENVELOPE, KEYS, made.value, made.assertion)

    assert key == PHONE.public
    assert find_signers(signed, KEYS) == {"hoa"}


def test_a_stranger_another_text_or_a_telephone_that_was_not_unlocked_adds_nothing() -> None:
    other = seal(make_manifest(2))
    wrong = (make_passkey("sua").sign(ENVELOPE), PHONE.sign(other), PHONE.sign(ENVELOPE, flags=1))

    for envelope in wrong:
        made = envelope.signatures[0]
        assert made.assertion
        with pytest.raises(UntrustedDocument) as refused:
            add_assertion(ENVELOPE, KEYS, made.value, made.assertion)
        assert refused.value.fault is Fault.UNSIGNED


def test_a_passkey_is_for_its_host_and_those_below_it() -> None:
    assert passkeys_at(HOST, KEYS) == (PHONE.public,)
    assert passkeys_at(f"may1.{HOST}", KEYS) == (PHONE.public,)
    assert passkeys_at("example.vn", KEYS) == passkeys_at(f"x{HOST}", KEYS) == ()
