"""A key file opens with its passphrase only, and says whose it is without one."""

from __future__ import annotations

import json
from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from harness.signing import PEOPLE

from loudspeaker.errors import LoudspeakerError, Refused
from loudspeaker.trust.dsse import SignedEnvelope, find_signers
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.fingerprint import ONSETS, RIMES, TONES, fingerprint
from loudspeaker.trust.key_file import open_key, read_public_key, seal_key

KEY = PEOPLE["hoa"]


@cache
def file() -> bytes:
    return seal_key(KEY, "mật khẩu của chị Hoa")


@cache
def others_file() -> bytes:
    """Another key with the same passphrase."""
    return seal_key(PEOPLE["pao"], "mật khẩu của chị Hoa")


def test_it_opens_with_its_passphrase_and_signs_as_its_person() -> None:
    opened = open_key(file(), "mật khẩu của chị Hoa")
    assert find_signers(opened.sign(SignedEnvelope("a", b"b")), [KEY.public]) == {"hoa"}


def test_everybody_may_read_whose_it_is_and_nothing_else_stands_in_it() -> None:
    assert read_public_key(file()) == KEY.public
    assert KEY.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex() not in file().decode()


def test_a_wrong_passphrase_opens_nothing() -> None:
    with pytest.raises(Refused):
        open_key(file(), "mật khẩu của anh Páo")


@pytest.mark.parametrize("field", ["type", "id", "public", "person", "name", "salt", "nonce", "sealed"])
def test_a_changed_field_makes_it_unusable(field: str) -> None:
    stored = json.loads(file())
    other = json.loads(others_file())
    stored[field] = other[field] if field != "type" else "webauthn-es256"
    with pytest.raises(LoudspeakerError):
        open_key(json.dumps(stored).encode(), "mật khẩu của chị Hoa")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff"])
def test_what_is_no_key_file_is_told(raw: bytes) -> None:
    with pytest.raises(UntrustedDocument):
        open_key(raw, "")


def test_half_of_a_key_file_is_none() -> None:
    with pytest.raises(UntrustedDocument):
        open_key(file()[:40], "")


def test_a_fingerprint_is_eight_of_1024_syllables_and_differs_between_documents() -> None:
    assert len({onset + rime + tone for onset in ONSETS for rime in RIMES for tone in TONES}) == 1024
    marks = {fingerprint(str(number).encode()) for number in range(500)}
    assert len(marks) == 500
    assert all(len(mark.split()) == 8 for mark in marks)
