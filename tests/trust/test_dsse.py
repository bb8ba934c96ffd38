"""DSSE: what one signs another can read, and nothing that was changed is believed."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from harness.signing import HOST, PEOPLE, PHONE, STRANGER, signed
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.signer import Key

from loudspeaker.trust.dsse import (
    MOST_BYTES,
    MOST_SIGNATURES,
    Signature,
    SignedEnvelope,
    find_signers,
    format_envelope,
    parse_envelope,
    pre_authentication_encoding,
)
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.public_keys import decode_base64

KEYS = (*(key.public for key in PEOPLE.values()), PHONE.public)
WORDS = SignedEnvelope("text/plain", "Lũ đang về.".encode())
SIGNED = format_envelope(PHONE.sign(signed(WORDS, "pao")))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary(max_size=200))
def test_what_is_signed_is_what_an_independent_reader_of_dsse_signs(kind: str, payload: bytes) -> None:
    assert pre_authentication_encoding(kind, payload) == OtherEnvelope(payload, kind, {}).pae()


def test_an_independent_reader_verifies_our_signatures_and_leaves_passkeys_out() -> None:
    raw = format_envelope(PHONE.sign(signed(WORDS, "hoa", "pao")))
    keys = [
        Key.from_dict(
            key.public.id,
            {
                "keytype": "ed25519",
                "scheme": "ed25519",
                "keyval": {"public": decode_base64(key.public.public).hex()},
            },
        )
        for key in (PEOPLE["hoa"], PEOPLE["pao"])
    ]
    other = OtherEnvelope.from_dict(json.loads(raw))
    assert set(other.verify(keys, 2)) == {key.keyid for key in keys}
    assert other.payload == WORDS.payload


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.binary(max_size=500))
def test_an_envelope_that_is_written_is_read_back(kind: str, payload: bytes) -> None:
    envelope = PHONE.sign(signed(SignedEnvelope(kind, payload), "hoa"))
    assert parse_envelope(format_envelope(envelope)) == envelope


def test_persons_are_counted_and_not_their_keys() -> None:
    assert find_signers(PHONE.sign(signed(WORDS, "hoa", "pao")), KEYS) == {"hoa", "pao"}


def test_a_stranger_is_nobody_whatever_name_and_key_id_he_gives_himself() -> None:
    forged = STRANGER.sign(WORDS)
    borrowed = WORDS.with_signature(Signature(PEOPLE["hoa"].public.id, forged.signatures[0].value))
    assert find_signers(forged, KEYS) == find_signers(borrowed, KEYS) == frozenset()


def test_a_signature_is_not_taken_for_one_over_another_type() -> None:
    envelope = signed(WORDS, "hoa")
    assert not find_signers(SignedEnvelope("text/html", envelope.payload, envelope.signatures), KEYS)


@given(st.data())
def test_no_byte_of_the_payload_or_the_signatures_can_be_changed(data: st.DataObject) -> None:
    raw = bytearray(SIGNED)
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    envelope, signers = WORDS, frozenset[str]()
    with suppress(UntrustedDocument):
        envelope = parse_envelope(bytes(raw))
        signers = find_signers(envelope, KEYS)
    assert not signers or (envelope.payload_type, envelope.payload) == (WORDS.payload_type, WORDS.payload)
    assert signers <= {"hoa", "pao"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"payloadType": 1, "payload": "", "signatures": []}',
        b'{"payloadType": "a", "payload": "?", "signatures": []}',
        b'{"payloadType": "a", "payload": "YQ", "signatures": []}',
        b'{"payloadType": "a", "payload": "YR==", "signatures": []}',
        b'{"payloadType": "a", "payload": "", "signatures": {}}',
        b'{"payloadType": "a", "payload": "", "signatures": [1]}',
        b'{"payloadType": "a", "payload": "", "signatures": [{"keyid": "x"}]}',
        b'{"payloadType": "a", "payload": "", "signatures": [{"keyid": [], "sig": ""}]}',
        b'{"payloadType": "a", "payload": "", "signatures": [{"keyid": "x", "sig": "", "webauthn": {}}]}',
        b'{"payloadType": "\\ud800", "payload": "", "signatures": []}',
        b"[" * 100_000,
        b'{"payloadType": "a", "payload": "", "signatures": [' + b"{}," * MOST_SIGNATURES + b"{}]}",
        b" " * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_envelope_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(UntrustedDocument) as refused:
        parse_envelope(raw)
    assert refused.value.fault is Fault.MALFORMED


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
        {"origin": "https://loa.example.vn.evil.vn"},
        {"origin": "https://evil.vn"},
        {"origin": f"http://{HOST}"},
        {"origin": None},
        {"origin": "https://["},
        {"crossOrigin": True},
        {"flags": 0x01},
        {"flags": 0x04},
    ],
)
def test_a_passkey_counts_only_for_this_text_on_our_page_by_somebody_who_proved_who_they_are(changed: dict) -> None:
    assert find_signers(PHONE.sign(WORDS), KEYS) == {"hoa"}
    assert not find_signers(PHONE.sign(WORDS, **changed), KEYS)


def test_a_passkeys_signature_without_its_assertion_is_none() -> None:
    one = PHONE.sign(WORDS).signatures[0]
    assert not find_signers(WORDS.with_signature(Signature(one.key_id, one.value)), KEYS)
