"""Only what enough persons of the right role have signed becomes a document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from harness.signing import ISSUED, PEOPLE, PHONE, make_alert, make_manifest, make_trust, signed
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.codec import encode
from loudspeaker.trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.opening import (
    approval_envelope,
    find_approvers,
    open_alert,
    open_document,
    open_first_trust,
    open_manifest,
    open_next_trust,
    payload_type,
    seal,
)
from loudspeaker.trust.signed_documents import (
    Alert,
    AlertKind,
    Approval,
    Bell,
    Heads,
    RoleKeys,
    SignedManifest,
    SigningRole,
    TrustDocument,
)

TRUST = make_trust()
DOCUMENTS = [TRUST, make_manifest(), make_alert(), Bell("ban-may", ISSUED, {"ban-may": Heads(1, 2, 3)})]


def refusal(envelope: SignedEnvelope, *, role: SigningRole = SigningRole.EMERGENCY, kind: type[Alert] = Alert) -> Fault:
    with pytest.raises(UntrustedDocument) as refused:
        open_document(kind, envelope, TRUST, role)
    return refused.value.fault


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.document_type)
def test_a_document_that_is_sealed_and_signed_is_opened_as_it_was(document: TrustDocument) -> None:
    envelope = parse_envelope(format_envelope(signed(seal(document), "hoa", "pao")))
    opened = open_document(type(document), envelope, TRUST, SigningRole.TRUST)
    assert (opened.document, opened.persons) == (document, {"hoa", "pao"})


def test_one_person_of_two_is_not_enough_even_with_two_keys() -> None:
    alert = seal(make_alert())
    assert refusal(PHONE.sign(signed(alert, "hoa"))) is Fault.UNSIGNED
    assert open_document(Alert, signed(alert, "hoa", "pao"), TRUST, SigningRole.EMERGENCY).document == make_alert()


def test_one_signature_is_enough_to_prepare_an_alarm_and_none_is_not() -> None:
    alert = seal(make_alert())
    opened = open_document(Alert, signed(alert, "hoa"), TRUST, SigningRole.EMERGENCY, at_least=1)
    assert opened.persons == {"hoa"}
    with pytest.raises(UntrustedDocument):
        open_document(Alert, alert, TRUST, SigningRole.EMERGENCY, at_least=0)


def test_the_hub_signs_nothing_that_sounds() -> None:
    assert refusal(signed(seal(make_alert()), "hub")) is Fault.UNSIGNED


def test_nobody_signs_as_a_role_that_the_commune_does_not_have() -> None:
    trust = replace(TRUST, roles={SigningRole.TRUST: TRUST.roles[SigningRole.TRUST]})
    with pytest.raises(UntrustedDocument) as refused:
        open_document(Alert, signed(seal(make_alert()), "hoa", "pao"), trust, SigningRole.EMERGENCY)
    assert refused.value.fault is Fault.UNSIGNED


def test_a_manifest_is_not_an_alert_and_another_communes_alert_not_ours() -> None:
    assert refusal(signed(seal(make_manifest()), "hoa", "pao")) is Fault.WRONG_TYPE
    assert refusal(signed(seal(make_alert(scope="na-hoa")), "hoa", "pao")) is Fault.WRONG_SCOPE


@pytest.mark.parametrize(
    "change",
    [
        {"type": "manifest"},
        {"seq": 0},
        {"seq": "1"},
        {"id": "ban-may/2"},
        {"issued": "2026-11-28T08:00:00"},
        {"issued": "2026-11-28T08:00:00.5+00:00"},
        {"until": "2026-11-29T08:00:01+00:00"},
        {"until": "2026-11-28T08:00:00+00:00"},
        {"villages": []},
        {"kind": "nuke"},
        {"kind": "end"},
        {"kind": "update"},
        {"kind": "play"},
        {"text": None},
        {"spoken": None},
        {"bulletin": "lu-quet"},
        {"repeat": 101},
        {"gap": -1},
        {"gap": float("nan")},
        {"text": "a\x1b[2J", "spoken": "a"},
        {"references": ["ban-may/1"]},
        {"audio": {"sha256": "x", "bytes": 1}},
        {"audio": {"sha256": "ab" * 32, "bytes": 0}},
        {"audio": {"sha256": "ab" * 32, "bytes": 2_000_001}},
        {"kind": "check", "text": None, "spoken": None, "audio": {"sha256": "ab" * 32, "bytes": 1}},
        {"form": "all-clear"},
        {"again": {"every": 59.0, "until": "2026-11-28T09:00:00+00:00"}},
        {"kind": "end", "text": None, "spoken": None, "references": ["na-hoa/1"]},
        {"kind": "end", "text": None, "spoken": None, "references": ["ban-may/0"]},
    ],
    ids=str,
)
def test_a_signed_document_with_a_field_that_cannot_be_is_refused_all_the_same(change: dict[str, object]) -> None:
    stored = {"type": "alert", **encode(make_alert()), **change}
    envelope = SignedEnvelope(payload_type("alert"), json.dumps(stored).encode())
    assert refusal(signed(envelope, "hoa", "pao")) is Fault.MALFORMED


@pytest.mark.parametrize(
    ("kind", "names", "missing"),
    [
        ("alert", ("hoa", "pao"), 0),
        ("alert", ("hoa",), 1),
        ("update", ("ly",), 1),
        ("end", ("ly",), 0),
        ("check", ("pao",), 0),
        ("stop", ("pao",), 0),
        ("play", ("hoa",), 0),
    ],
)
def test_an_alert_knows_how_many_must_still_sign_it(kind: str, names: tuple[str, ...], missing: int) -> None:
    silent = {} if kind in ("alert", "update") else {"text": None, "spoken": None}
    bulletin = {"bulletin": "tin"} if kind == "play" else {}
    refers = {"references": ("ban-may/1",)} if kind in ("update", "end") else {}
    alert = make_alert(2, kind=AlertKind(kind), **silent, **bulletin, **refers)

    opened = open_alert(signed(seal(alert), *names), TRUST)

    assert (opened.document, opened.persons, opened.missing) == (alert, set(names), missing)
    with pytest.raises(UntrustedDocument):
        open_alert(signed(seal(alert), "hub"), TRUST)


def test_an_alert_is_signed_by_whom_its_kind_demands() -> None:
    content = RoleKeys((PEOPLE["hub"].public.id,), 1)
    trust = replace(TRUST, roles={**TRUST.roles, SigningRole.CONTENT: content})
    with pytest.raises(UntrustedDocument) as refused:
        open_alert(signed(seal(make_alert()), "hub"), trust)
    assert refused.value.fault is Fault.UNSIGNED


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"\xff", b'{"type": "alert"}', b"[" * 3000])
def test_a_signed_payload_that_is_no_document_is_refused(payload: bytes) -> None:
    assert refusal(signed(SignedEnvelope(payload_type("alert"), payload), "hoa", "pao")) is Fault.MALFORMED


def test_a_field_that_stands_twice_is_refused_for_two_readers_could_see_two_documents() -> None:
    raw = seal(make_alert()).payload.replace(b'"seq":1', b'"seq":1,"seq":1')
    assert refusal(signed(SignedEnvelope(payload_type("alert"), raw), "hoa", "pao")) is Fault.MALFORMED


def test_an_alert_is_small() -> None:
    long = "a" * 4_000
    assert refusal(signed(seal(make_alert(text=long, spoken=long)), "hoa", "pao")) is Fault.MALFORMED


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_in_another_way(raw: bytes) -> None:
    envelope = signed(SignedEnvelope(payload_type("alert"), raw), "hoa", "pao")
    assert refusal(envelope) is Fault.MALFORMED


# Trust documents.


def test_the_next_trust_document_is_signed_by_the_old_people_and_by_the_new_ones() -> None:
    new = make_trust(version=2, people=("pao", "ly"))
    assert open_next_trust(signed(seal(new), "pao", "ly"), TRUST) == new
    for names in ((), ("hoa", "pao"), ("hub", "pao")):
        with pytest.raises(UntrustedDocument) as refused:
            open_next_trust(signed(seal(new), *names), TRUST)
        assert refused.value.fault is Fault.UNSIGNED


@pytest.mark.parametrize("version", [1, 3])
def test_no_trust_document_is_skipped_and_none_comes_back(version: int) -> None:
    with pytest.raises(UntrustedDocument) as refused:
        open_next_trust(signed(seal(make_trust(version=version)), "hoa", "pao"), TRUST)
    assert refused.value.fault is Fault.STALE


def test_a_parent_may_reset_a_commune_and_sign_nothing_else_of_it() -> None:
    province = make_trust("lao-cai", people=("pao", "ly"))
    own = make_trust(people=("hoa", "pao"), parent="lao-cai")
    reset = make_trust(version=2, people=("pao", "ly"), parent="lao-cai", reset=True)
    assert open_next_trust(signed(seal(reset), "pao", "ly"), own, province) == reset
    for document, parent in [
        (replace(reset, reset=False), province),
        (replace(reset, parent="ha-giang"), province),
        (reset, make_trust("ha-giang", people=("pao", "ly"))),
        (reset, None),
    ]:
        with pytest.raises(UntrustedDocument):
            open_next_trust(signed(seal(document), "pao", "ly"), own, parent)


def test_the_commune_cannot_reset_itself() -> None:
    own = make_trust(parent="lao-cai")
    with pytest.raises(UntrustedDocument):
        open_next_trust(signed(seal(make_trust(version=2, parent="lao-cai", reset=True)), "hoa", "pao"), own)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"scope": "Bản Mây"},
        {"keys": TRUST.keys * 2},
        {"keys": ()},
        {"roles": {}},
        {"roles": {**TRUST.roles, SigningRole.RULES: replace(TRUST.roles[SigningRole.RULES], threshold=0)}},
        {"roles": {**TRUST.roles, SigningRole.RULES: replace(TRUST.roles[SigningRole.RULES], threshold=4)}},
        {"roles": {**TRUST.roles, SigningRole.RULES: replace(TRUST.roles[SigningRole.RULES], keys=("0" * 16,))}},
        {"reset": True},
    ],
    ids=str,
)
def test_a_trust_document_that_could_lock_everybody_out_is_none(change: dict[str, object]) -> None:
    with pytest.raises(UntrustedDocument):
        replace(TRUST, **change)  # type: ignore[arg-type]


def test_the_first_trust_document_is_signed_by_its_own_people() -> None:
    assert open_first_trust(signed(seal(TRUST), "hoa", "ly")) == TRUST
    with pytest.raises(UntrustedDocument):
        open_first_trust(signed(seal(TRUST), "hoa"))


# Manifests.


def test_a_change_of_the_rules_needs_the_people_of_the_rules() -> None:
    old, words = make_manifest(1), make_manifest(2)
    rules = make_manifest(2, rules=b"commune: Xa\npolicy: {}\n")
    assert open_manifest(signed(seal(words), "hoa"), TRUST, old).document == words
    assert open_manifest(signed(seal(rules), "hoa", "pao"), TRUST, old).document == rules
    with pytest.raises(UntrustedDocument) as refused:
        open_manifest(signed(seal(rules), "hoa"), TRUST, old)
    assert refused.value.fault is Fault.UNSIGNED


def test_the_first_manifest_sets_the_rules() -> None:
    with pytest.raises(UntrustedDocument):
        open_manifest(signed(seal(make_manifest()), "hoa"), TRUST, None)
    with pytest.raises(UntrustedDocument):
        open_manifest(seal(make_manifest()), TRUST, None)


@pytest.mark.parametrize(
    "path",
    [
        "box.yaml",
        "../commune.yaml",
        "bulletins/../x.md",
        "/etc/passwd",
        "bulletins/Tin.md",
        "audio/.x",
        "audio/a/b",
        "x",
    ],
)
def test_a_manifest_carries_files_of_a_station_and_no_others(path: str) -> None:
    with pytest.raises(UntrustedDocument):
        make_manifest(files={path: make_manifest().files["bulletins/tin.md"]})


@pytest.mark.parametrize("audio", ["commune.yaml", "bulletins/tin.md", "audio/missing.opus"])
def test_the_sound_of_a_bulletin_is_a_sound_of_its_manifest(audio: str) -> None:
    files = dict(make_manifest().files)
    files["bulletins/tin.md"] = replace(files["bulletins/tin.md"], audio=audio)
    with pytest.raises(UntrustedDocument):
        make_manifest(files=files)


def test_approvals_are_of_these_words_for_this_bulletin() -> None:
    envelope = signed(approval_envelope("ban-may", "tin", "ab"), "hoa")
    stored = tuple(json.loads(format_envelope(envelope))["signatures"])
    assert find_approvers("ban-may", "tin", Approval("ab", stored), TRUST) == {"hoa"}
    for scope, bulletin, digest in [("na-hoa", "tin", "ab"), ("ban-may", "khac", "ab"), ("ban-may", "tin", "cd")]:
        assert not find_approvers(scope, bulletin, Approval(digest, stored), TRUST)


def test_an_alert_may_last_a_day_and_ends_may_refer_to_what_they_end() -> None:
    assert make_alert(until=ISSUED + timedelta(hours=24)).until
    end = make_alert(2, kind=AlertKind.END, text=None, spoken=None, references=("ban-may/1",))
    assert open_document(Alert, signed(seal(end), "pao"), TRUST, SigningRole.EMERGENCY, at_least=1).document == end


def test_each_key_of_the_stand_ins_is_one_persons() -> None:
    assert {key.public.person for key in PEOPLE.values()} == set(PEOPLE)
    assert isinstance(make_manifest(), SignedManifest)
