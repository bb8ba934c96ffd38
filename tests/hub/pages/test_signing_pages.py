"""The hub's pages for signing: what is shown is what is signed, by whom it may be, and it is noted who did what."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from harness.hub_boxes import open_pages
from harness.office import NOW, SCOPE, Office
from harness.officers import Officers
from harness.signing import HOST, PEOPLE, PHONE, Passkey, make_passkey
from harness.signing import assertion_fields as assertion

from loudspeaker.clock import FakeClock
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.signing.packing import pack_files, write_trust, write_zip
from loudspeaker.trust.key_file import read_public_key
from loudspeaker.trust.public_keys import challenge
from loudspeaker.web.access.accounts import Role

ADDRESS = f"https://{HOST}:8443"


@pytest.fixture
def people(published: Hub) -> Iterator[Officers]:
    """Those who use the pages of a hub by its name."""
    published.bells.look()
    with open_pages(published, "127.0.0.1") as people:
        yield people


@pytest.fixture
def waiting(published: Hub, office: Office) -> Office:
    """The trust document names Hoa's passkey; an edited bulletin waits."""
    keys = [*(PEOPLE[name].public for name in ("hoa", "pao", "ly")), PHONE.public]
    _, path = write_trust(office.stick, SCOPE, keys, NOW)
    office.sign(path, "hoa", "pao")
    published.publish(office.stick, SCOPE)
    published.bells.look()
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nHôm nay 25/11 trời mưa.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    published.drafts.propose(office.stick, SCOPE)
    return office


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<main")[2]).split())


def public_of(passkey: Passkey) -> str:
    info = passkey.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(info).decode()


def test_the_page_shows_all_that_is_signed_and_asks_for_it(people: Officers, published: Hub, waiting: Office) -> None:
    draft = published.drafts.draft(SCOPE)
    approver = people.officer(Role.APPROVE)

    page = approver.get(f"/ky/{SCOPE}").text

    assert "Hôm nay ngày hai mươi lăm tháng mười một trời mưa." in text_of(page)
    assert f'data-challenge="{challenge(draft.envelope.signed)}"' in page
    assert f'data-rp="{HOST}"' in page
    assert all(path in page for path in draft.manifest.files)
    assert "Xã Thử: bản tin và lịch phát, bản số 2" in text_of(approver.get("/ky").text)


def test_where_what_is_served_is_damaged_all_of_the_draft_is_shown_as_new(
    people: Officers, published: Hub, waiting: Office
) -> None:
    files = published.served_files(SCOPE)
    assert files
    (published.paths.root / "v1" / "blob" / files.manifest.files["bulletins/nhac.md"].sha256).unlink()

    page = text_of(people.officer(Role.APPROVE).get(f"/ky/{SCOPE}").text)

    assert "Tin sáng mới" in page
    assert "Nhắc lại mới" in page  # though nobody has changed it: nobody can tell


def test_a_signature_publishes_and_is_noted(people: Officers, published: Hub, waiting: Office) -> None:
    approver, draft = people.officer(Role.APPROVE), published.drafts.draft(SCOPE)

    answer = approver.post(f"/ky/{SCOPE}", digest=draft.digest, **assertion(draft.envelope))

    assert "Đã phát hành bản tin và lịch phát số 2 của Xã Thử" in text_of(answer.text)
    manifest = read_published(published.paths.root, SCOPE).manifest
    assert manifest == draft.manifest
    acts = text_of(people.officer(Role.ADMIN).get("/nhat-ky/thao-tac").text)
    assert re.search(rf"ký bản sắp phát hành {draft.digest} · {SCOPE}", acts)
    assert approver.get(f"/ky/{SCOPE}").status_code == 404


def test_what_is_not_signed_as_it_must_be_is_told_and_changes_nothing(
    people: Officers, published: Hub, waiting: Office
) -> None:
    approver, draft = people.officer(Role.APPROVE), published.drafts.draft(SCOPE)
    good = assertion(draft.envelope)
    tries = {
        "chưa ký gì": {},
        "không thuộc người được ký": assertion(draft.envelope, make_passkey("sua")),
        "không thuộc": assertion(draft.envelope, flags=1),  # it was not unlocked
        "khóa ký này không": assertion(draft.envelope, origin="https://evil.example"),
        "base64": {**good, "client": "%%"},
    }

    for words, sent in tries.items():
        answer = approver.post(f"/ky/{SCOPE}", digest=draft.digest, **sent)
        assert (answer.status_code, words in answer.text.lower()) == (422, True), words
    other = approver.post(f"/ky/{SCOPE}", digest="0" * 64, **good)

    assert other.status_code == 409
    assert "vừa có bản khác được đưa lên" in other.text.lower()
    assert published.drafts.draft(SCOPE).missing == 1


def test_who_may_only_look_signs_nothing(people: Officers, published: Hub, waiting: Office) -> None:
    viewer, draft = people.officer(Role.VIEW), published.drafts.draft(SCOPE)

    assert "data-passkey" not in viewer.get(f"/ky/{SCOPE}").text
    assert viewer.post(f"/ky/{SCOPE}", digest=draft.digest, **assertion(draft.envelope)).status_code == 403


def test_a_draft_is_dropped_by_who_says_so_twice(people: Officers, published: Hub, waiting: Office) -> None:
    approver = people.officer(Role.APPROVE)

    assert approver.post(f"/ky/{SCOPE}/bo").status_code == 422
    assert approver.post(f"/ky/{SCOPE}/phat-hanh").status_code == 422  # nobody has signed
    assert published.drafts.all()
    assert approver.post(f"/ky/{SCOPE}/bo", sure="1").status_code == 303
    assert published.drafts.all() == []


def test_a_zip_is_sent_and_what_is_wrong_with_it_told(
    people: Officers, published: Hub, waiting: Office, tmp_path: Path
) -> None:
    published.drafts.drop(SCOPE)
    write_zip(waiting.stick, SCOPE, tmp_path / "usb.zip")
    editor = people.officer(Role.EDIT)
    fields = {"form_token": editor.token}

    def send(name: str, data: bytes) -> Any:
        return editor.client.post("/ky", data=fields, files={"file": (name, data)})

    assert send("usb.zip", b"x").status_code == 422
    assert editor.post("/ky").status_code == 422
    sent = send("usb.zip", (tmp_path / "usb.zip").read_bytes())
    assert sent.headers["location"] == f"/ky/{SCOPE}"
    assert published.drafts.draft(SCOPE).manifest.version == 2
    assert "data-passkey" not in editor.get(f"/ky/{SCOPE}").text


def test_a_passkey_is_kept_named_shown_and_forgotten(people: Officers, published: Hub, waiting: Office) -> None:
    viewer = people.officer(Role.VIEW)
    fields = {"public": public_of(PHONE), "credential": "abc", "person": "hoa", "name": "Chị Hoa, VH-XH"}

    assert viewer.post("/khoa-ky", **fields).status_code == 303
    page = text_of(viewer.get("/khoa-ky").text)
    assert "Xã Thử: được ký bản tin và lịch phát, quy chế, lệnh khẩn, danh sách khóa" in page
    file = viewer.get(f"/khoa-ky/{PHONE.public.id}")
    named = read_public_key(file.content)
    assert (named.id, named.person, named.name, named.rp) == (PHONE.public.id, "hoa", "Chị Hoa, VH-XH", HOST)
    assert 'data-known="abc"' in viewer.get("/khoa-ky").text
    other = people.officer(Role.EDIT)
    assert other.post(f"/khoa-ky/{PHONE.public.id}/bo", sure="1").status_code == 404  # another's
    assert viewer.post(f"/khoa-ky/{PHONE.public.id}/bo").status_code == 422
    assert viewer.post(f"/khoa-ky/{PHONE.public.id}/bo", sure="1").status_code == 303
    assert published.passkeys.all() == []


def test_a_passkey_that_cannot_be_is_told(people: Officers, published: Hub, clock: FakeClock) -> None:
    viewer = people.officer(Role.VIEW)
    good = {"public": public_of(PHONE), "credential": "abc", "person": "hoa", "name": "Hoa"}
    wrong = {
        "trình duyệt chưa tạo khóa ký": {"public": "", "credential": ""},
        "loại khóa ký này": {"public": base64.b64encode(b"x").decode()},
        "tên ngắn chỉ gồm": {"person": "Chị Hoa"},
        "hãy ghi họ tên": {"name": ""},
    }

    for words, changed in wrong.items():
        answer = viewer.post("/khoa-ky", **(good | changed))
        assert (answer.status_code, words in answer.text.lower()) == (422, True), words
    assert viewer.post("/khoa-ky", **good).status_code == 303
    assert viewer.post("/khoa-ky", **good).status_code == 409  # stands there already
    by_numbers = Officers(people.console, host="https://127.0.0.1:8443", app=people.app).officer(Role.EDIT)
    answer = by_numbers.post("/khoa-ky", **(good | {"public": public_of(make_passkey("pao"))}))
    assert "không bằng 127.0.0.1" in answer.text
    clock.advance(3600)
    assert viewer.post("/khoa-ky", **good).status_code == 409  # the password was typed long ago
    assert len(published.passkeys.all()) == 1
