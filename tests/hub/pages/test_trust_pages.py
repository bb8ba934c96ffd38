"""The next trust document at the hub's pages: what becomes other is shown, people of the one in force sign it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.hub_boxes import enrol, open_pages
from harness.office import NOW, SCOPE, Office, deliveries, join_box
from harness.officers import Officer, Officers
from harness.signing import PAO_PHONE, PEOPLE, PHONE, Passkey, make_passkey
from harness.signing import assertion_fields as assertion

from loudspeaker.clock import FakeClock
from loudspeaker.errors import BadUsage
from loudspeaker.hub.drafts.trust_drafts import TrustDraft
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.signing.packing import pack_files
from loudspeaker.station.signing.trust_changes import TrustWish
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.signed_documents import SigningRole
from loudspeaker.web.access.accounts import Role

SUA = make_passkey("sua")
LIST = f"/danh-sach-khoa/{SCOPE}"
ALL_FOUR = frozenset(SigningRole) - {SigningRole.HUB}


@pytest.fixture
def people(named: Hub) -> Iterator[Officers]:
    with open_pages(named) as people:
        yield people


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


def sign(hub: Hub, draft: TrustDraft, passkey: Passkey, part: int = 0) -> TrustDraft:
    one = draft.parts[part]
    made = passkey.sign(one.envelope).signatures[-1]
    assert made.assertion
    return hub.trust_drafts.sign(SCOPE, one.digest, made.value, made.assertion)


def press(officer: Officer, hub: Hub, passkey: Passkey, part: int = 0) -> Any:
    """Sign on the page that is open."""
    one = hub.trust_drafts.draft(SCOPE).parts[part]
    return officer.post(LIST, digest=one.digest, **assertion(one.envelope, passkey))


def test_a_new_persons_key_and_a_box_are_put_in_and_two_of_those_before_sign(
    people: Officers, named: Hub, tmp_path: Path
) -> None:
    box = enrol(named, tmp_path, "nhà văn hóa")
    named.passkeys.add("adminapprove", "abc", SUA.public)
    admin = people.officer(Role.ADMIN, Role.APPROVE)
    form = admin.get("/danh-sach-khoa").text
    assert f'name="add" value="{SUA.public.id}"' in form
    assert f'name="sign-{SUA.public.id}" value="trust" checked' not in form  # the list itself is not given by the way
    fields = {"add": SUA.public.id, f"sign-{SUA.public.id}": ["content", "emergency"], "box": box.id}
    assert admin.post("/danh-sach-khoa", scope=SCOPE, **fields).headers["location"] == LIST

    page = text_of(admin.get(LIST).text)
    assert f"Sua được ký bản tin và lịch phát bằng khóa mới {SUA.public.id}" in page
    assert "được ký danh sách khóa bằng khóa mới" not in page
    assert f"Xác nhận máy nhà văn hóa ({box.id}) là máy của cơ quan" in page
    assert press(admin, named, SUA).status_code == 422  # a new one is no one of those before
    assert press(admin, named, PHONE).headers["location"] == LIST
    assert read_published(named.paths.root, SCOPE).trust.version == 3
    done = press(admin, named, PAO_PHONE)

    assert "danh sách khóa số 4 có hiệu lực" in text_of(done.text)
    trust = read_published(named.paths.root, SCOPE).trust
    assert SUA.public in trust.keys_of(SigningRole.EMERGENCY)
    assert SUA.public not in trust.keys_of(SigningRole.TRUST)
    assert [one.id for one in trust.boxes] == [box.id]
    assert admin.get(LIST).status_code == 404
    acts = text_of(people.officer(Role.ADMIN).get("/nhat-ky/thao-tac").text)
    assert acts.count("ký danh sách khóa") == 3


def test_a_telephone_is_lost_and_what_it_had_signed_is_signed_anew(
    people: Officers, named: Hub, office: Office, tmp_path: Path
) -> None:
    """Hoa’s key file and telephone alone had signed what is in force."""
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nTrời mưa.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    office.sign(office.own / "manifest.json", "hoa")
    named.publish(office.stick, SCOPE)
    named.bells.look()
    before = read_published(named.paths.root, SCOPE)
    draft = named.trust_drafts.propose(SCOPE, TrustWish(frozenset({PHONE.public.id, PEOPLE["hoa"].public.id})))
    admin = people.officer(Role.ADMIN, Role.APPROVE)
    page = text_of(admin.get(LIST).text)

    assert "không còn được ký gì" in page
    assert "Cần ký lại cả bản đó" in page
    assert [part.missing for part in draft.parts] == [2, 2]
    with pytest.raises(UntrustedDocument):  # the keys that go sign nothing anew
        sign(named, draft, PHONE, 1)
    draft = sign(named, sign(named, draft, PHONE), PAO_PHONE)
    assert [part.missing for part in draft.parts] == [1, 2]  # of the new list one more: Ly, by her key file
    assert read_published(named.paths.root, SCOPE).trust == before.trust


def test_who_loses_one_of_two_keys_signs_with_the_other_and_boxes_take_both(
    people: Officers, named: Hub, office: Office, home: Path
) -> None:
    wish = TrustWish(frozenset({PHONE.public.id, PEOPLE["hoa"].public.id}), {SUA.public: ALL_FOUR})
    draft = named.trust_drafts.propose(SCOPE, wish)
    assert len(draft.parts) == 2
    box = join_box(home, office)
    for part in (0, 1):
        for passkey in (PHONE, PAO_PHONE, SUA)[part:]:
            draft = sign(named, draft, passkey, part)
    assert draft.missing == 0
    admin = people.officer(Role.ADMIN, Role.APPROVE)

    assert "Đã phát hành" in text_of(admin.post(LIST).text)
    served = read_published(named.paths.root, SCOPE)
    assert served.manifest
    assert (served.trust.version, served.manifest.version) == (4, 2)
    assert {key.person for key in served.trust.keys_of(SigningRole.TRUST)} == {"ly", "pao", "sua"}
    taken = deliveries(box).take(named.paths.root, SCOPE)
    assert (taken.trust, taken.version, taken.changed) == (4, 2, ())


def test_what_cannot_be_is_told_and_nothing_waits(people: Officers, named: Hub, clock: FakeClock) -> None:
    admin = people.officer(Role.ADMIN)
    assert admin.post("/danh-sach-khoa", scope=SCOPE).status_code == 422  # nothing is other
    everybody = [key.id for key in named.alerts.trust(SCOPE).keys]
    assert admin.post("/danh-sach-khoa", scope=SCOPE, without=everybody).status_code == 422
    assert admin.post("/danh-sach-khoa", scope=SCOPE, add=SUA.public.id, box="b-00000000").status_code == 422
    assert named.trust_drafts.find(SCOPE) is None
    with pytest.raises(BadUsage):
        named.trust_drafts.propose(SCOPE, TrustWish(revoked=()))
    clock.advance(3600)
    assert admin.post("/danh-sach-khoa", scope=SCOPE, without=PHONE.public.id).status_code == 409


def test_a_draft_that_was_overtaken_or_dropped_waits_no_more(people: Officers, named: Hub, office: Office) -> None:
    admin = people.officer(Role.ADMIN)
    named.trust_drafts.propose(SCOPE, TrustWish(frozenset({PHONE.public.id})))
    assert admin.post(f"{LIST}/bo").status_code == 422
    assert admin.post(f"{LIST}/bo", sure="1").status_code == 303
    assert named.trust_drafts.find(SCOPE) is None
    draft = named.trust_drafts.propose(SCOPE, TrustWish(frozenset({PHONE.public.id})))
    office.trust("hoa", "pao")
    named.publish(office.stick, SCOPE)

    assert named.trust_drafts.find(SCOPE) is None
    assert admin.get(LIST).status_code == 404
    assert draft.document.version == 4


def test_who_may_only_look_proposes_and_signs_nothing(people: Officers, named: Hub) -> None:
    viewer = people.officer(Role.VIEW)
    draft = named.trust_drafts.propose(SCOPE, TrustWish(frozenset({PHONE.public.id})))

    assert "Hủy quyền ký" not in viewer.get("/danh-sach-khoa").text
    assert "data-passkey" not in viewer.get(LIST).text
    assert viewer.post("/danh-sach-khoa", scope=SCOPE).status_code == 403
    assert viewer.post(LIST, digest=draft.parts[0].digest).status_code == 403
