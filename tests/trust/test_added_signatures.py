"""A file that was signed elsewhere: its signatures are taken where they add to what waits, else it is told why not."""

from __future__ import annotations

import pytest
from harness.signing import PAO_PHONE, PEOPLE, PHONE, STRANGER, make_alert, make_manifest, make_trust, signed

from loudspeaker.trust.added_signatures import add_signatures
from loudspeaker.trust.dsse import Signature, SignedEnvelope, find_signers
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.opening import seal

KEYS = tuple(PEOPLE[name].public for name in ("hoa", "pao", "ly"))
WAITING = seal(make_manifest(43))


def test_a_signature_of_the_file_is_added_to_those_that_are_there() -> None:
    there = signed(WAITING, "pao")

    both = add_signatures(there, signed(WAITING, "hoa"), KEYS)

    assert find_signers(both, KEYS) == {"hoa", "pao"}
    assert find_signers(add_signatures(WAITING, signed(WAITING, "hoa", "ly"), KEYS), KEYS) == {"hoa", "ly"}


def test_what_does_not_count_is_left_out_where_something_else_does() -> None:
    sent = STRANGER.sign(signed(WAITING, "hoa"))

    assert [one.key_id for one in add_signatures(WAITING, sent, KEYS).signatures] == [PEOPLE["hoa"].public.id]


def test_a_passkey_in_the_file_counts_as_it_does_elsewhere() -> None:
    keys = (*KEYS, PHONE.public)

    assert find_signers(add_signatures(signed(WAITING, "pao"), PHONE.sign(WAITING), keys), keys) == {"hoa", "pao"}
    with pytest.raises(UntrustedDocument, match="hoa has signed this already"):
        add_signatures(signed(WAITING, "hoa"), PHONE.sign(signed(WAITING, "hoa")), keys)


def broken() -> SignedEnvelope:
    return WAITING.with_signature(Signature(PEOPLE["hoa"].public.id, bytes(64)))


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (WAITING, "nobody has signed this file"),
        (signed(WAITING, "pao"), "Pao has signed this already"),
        (STRANGER.sign(WAITING), f"the key {STRANGER.public.id} is none of those"),
        (PAO_PHONE.sign(WAITING), "is none of those"),
        (broken(), "the signature of Hoa does not hold"),
        (signed(seal(make_trust()), "hoa"), "this is “trust”, not a manifest"),
        (signed(seal(make_alert()), "hoa"), "this is “alert”, not a manifest"),
        (signed(seal(make_manifest(43, scope="xa-khac")), "hoa"), "of xa-khac, not of ban-may"),
        (signed(seal(make_manifest(42)), "hoa"), "number 42; number 43 waits"),
        (signed(seal(make_manifest(43, b"commune: Khac\n")), "hoa"), "says something else"),
    ],
)
def test_why_nothing_is_taken_is_told(sent: SignedEnvelope, why: str) -> None:
    with pytest.raises(UntrustedDocument, match=why):
        add_signatures(signed(WAITING, "pao"), sent, KEYS)
