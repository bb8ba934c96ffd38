"""Whoever has a key file downloads what is to be signed, signs it on a PC that is not the hub, and sends it back."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from harness.hub_boxes import open_pages
from harness.office import NOW, SCOPE, Office
from harness.officers import Officer, Officers
from harness.signing import PEOPLE, PHONE, STRANGER, make_manifest, signed
from harness.signing import assertion_fields as assertion

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.published_files import read_published
from loudspeaker.station.signing.packing import pack_files
from loudspeaker.station.signing.trust_changes import TrustWish
from loudspeaker.trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from loudspeaker.trust.key_file import seal_key
from loudspeaker.trust.opening import seal
from loudspeaker.web.access.accounts import Role

DRAFT, LIST = f"/ky/{SCOPE}", f"/danh-sach-khoa/{SCOPE}"
TYPED = {"scope": SCOPE, "text": "Nước suối đang dâng 2 m!", "village": "*", "repeat": "3"}


@pytest.fixture
def people(named: Hub) -> Iterator[Officers]:
    with open_pages(named) as people:
        yield people


@pytest.fixture
def waiting(named: Hub, office: Office) -> Office:
    """An edited bulletin waits for one signature."""
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin sáng\n---\nHôm nay 25/11 trời mưa.\n")
    pack_files(office.home, office.stick, SCOPE, NOW)
    named.drafts.propose(office.stick, SCOPE)
    return office


def send(officer: Officer, path: str, sent: SignedEnvelope | bytes, /, **fields: str) -> Any:
    raw = sent if isinstance(sent, bytes) else format_envelope(sent)
    return officer.client.post(
        path, data={"form_token": officer.token, **fields}, files={"file": ("manifest.json", raw)}
    )


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


def sign_file(folder: Path, file: str, person: str) -> tuple[str, SignedEnvelope]:
    """As a person does it on a PC of their own: what the command shows, and the file that it has signed."""
    key = folder / f"{person}.json"
    key.write_bytes(seal_key(PEOPLE[person], "mật khẩu"))
    (folder / "pass").write_text("mật khẩu")
    command = ["sign", str(folder / file), "--key", str(key), "--passphrase-file", str(folder / "pass")]
    done = CliRunner(mix_stderr=False).invoke(cli, command)
    assert done.exit_code == 0, done.stderr
    return done.stderr + done.stdout, parse_envelope((folder / file).read_bytes())


def test_a_draft_is_downloaded_with_its_words_signed_elsewhere_and_published_by_that(
    people: Officers, named: Hub, waiting: Office, tmp_path: Path
) -> None:
    approver = people.officer(Role.APPROVE)
    page = approver.get(DRAFT).text
    assert f'href="{DRAFT}/tep"' in page
    assert f"loudspeaker sign v1/{SCOPE}/manifest.json --key" in page
    sent = approver.get(f"{DRAFT}/tep")
    assert sent.headers["content-disposition"] == f'attachment; filename="{SCOPE}-2.zip"'
    with ZipFile(io.BytesIO(sent.content)) as packed:
        packed.extractall(tmp_path / "pc")
        assert not any("opus" in name for name in packed.namelist())
    _, envelope = sign_file(tmp_path / "pc", f"v1/{SCOPE}/manifest.json", "hoa")

    answer = send(approver, f"{DRAFT}/tep", envelope)

    assert "Đã phát hành bản tin và lịch phát số 2 của Xã Thử" in text_of(answer.text)
    published = read_published(named.paths.root, SCOPE)
    assert published.manifest
    assert published.manifest.version == 2
    acts = text_of(people.officer(Role.ADMIN).get("/nhat-ky/thao-tac").text)
    assert "gửi lên chữ ký làm ở máy khác" in acts


def wrong_files(waiting: SignedEnvelope) -> Iterator[tuple[str, SignedEnvelope | bytes]]:
    yield "chưa ai ký tệp này", waiting
    yield "không thuộc người được ký", STRANGER.sign(waiting)
    yield "của xa-khac, không phải của xa-thu", signed(seal(make_manifest(2, scope="xa-khac")), "hoa")
    yield "là số 7; đang chờ ký là số 2", signed(seal(make_manifest(7, scope=SCOPE)), "hoa")
    yield "nội dung khác", signed(seal(make_manifest(2, scope=SCOPE)), "hoa")
    yield "hãy giải nén", b"PK\x03\x04"
    yield "không phải văn bản ký số", b"x"


def test_a_wrong_file_is_told_and_changes_nothing(people: Officers, named: Hub, waiting: Office) -> None:
    approver, draft = people.officer(Role.APPROVE), named.drafts.draft(SCOPE)

    for words, file in wrong_files(draft.envelope):
        answer = send(approver, f"{DRAFT}/tep", file)
        assert (answer.status_code, words in text_of(answer.text).lower()) == (422, True), (words, text_of(answer.text))
    assert approver.post(f"{DRAFT}/tep").status_code == 422
    assert named.drafts.draft(SCOPE).missing == 1
    assert people.officer(Role.VIEW).get(f"{DRAFT}/tep").status_code == 200
    assert send(people.officer(Role.VIEW), f"{DRAFT}/tep", signed(draft.envelope, "hoa")).status_code == 403


def test_who_has_signed_already_is_told_by_name(people: Officers, named: Hub, waiting: Office) -> None:
    """Two sign a version that changes the rules."""
    with (waiting.home / "commune.yaml").open("a") as file:
        file.write("region: south\n")
    pack_files(waiting.home, waiting.stick, SCOPE, NOW)
    named.drafts.propose(waiting.stick, SCOPE)
    approver, draft = people.officer(Role.APPROVE), named.drafts.draft(SCOPE)
    assert draft.missing == 2

    assert send(approver, f"{DRAFT}/tep", signed(draft.envelope, "hoa")).headers["location"] == DRAFT
    again = send(approver, f"{DRAFT}/tep", signed(draft.envelope, "hoa"))
    assert (again.status_code, "Hoa đã ký rồi" in text_of(again.text)) == (422, True)
    assert named.drafts.draft(SCOPE).missing == 1
    by_passkey = approver.post(DRAFT, digest=draft.digest, **assertion(draft.envelope))
    assert by_passkey.status_code == 422 or named.drafts.find(SCOPE)  # the same person once more: one is still missing
    assert "Đã phát hành" in text_of(send(approver, f"{DRAFT}/tep", signed(draft.envelope, "pao")).text)


def test_a_trust_document_and_what_is_signed_with_it_come_into_force_by_files(
    people: Officers, named: Hub, tmp_path: Path
) -> None:
    draft = named.trust_drafts.propose(SCOPE, TrustWish(frozenset({PHONE.public.id})))
    approver = people.officer(Role.APPROVE)
    assert f"{LIST}/tep?phan=trust.json" in approver.get(LIST).text
    sent = approver.get(f"{LIST}/tep?phan=trust.json")
    assert sent.headers["content-disposition"] == f'attachment; filename="{SCOPE}-4-trust.json"'
    (tmp_path / "trust.json").write_bytes(sent.content)
    shown, envelope = sign_file(tmp_path, "trust.json", "hoa")
    assert "Ly" in shown

    assert send(approver, f"{LIST}/tep", envelope).headers["location"] == LIST
    wrong = send(approver, f"{LIST}/tep", STRANGER.sign(draft.parts[0].envelope))
    assert (wrong.status_code, named.trust_drafts.draft(SCOPE).missing) == (422, 1)
    done = send(approver, f"{LIST}/tep", signed(draft.parts[0].envelope, "pao"))

    assert "danh sách khóa số 4 có hiệu lực" in text_of(done.text)
    assert PHONE.public not in read_published(named.paths.root, SCOPE).trust.keys


def look_over(officer: Officer) -> str:
    page = officer.post("/lenh/moi", **TYPED).text
    field = re.search(r'name="envelope" value="([^"]*)"', page)
    assert field
    return html.unescape(field[1])


@pytest.mark.parametrize("repeat", ["0", "11", "00100", "1005"])
def test_an_alarm_is_said_one_to_ten_times(people: Officers, repeat: str) -> None:
    refused = people.officer(Role.DUTY).post("/lenh/moi", **(TYPED | {"repeat": repeat}))

    assert (refused.status_code, "từ 1 đến 10 lần" in text_of(refused.text)) == (422, True)


def missing(hub: Hub) -> Sequence[int]:
    return [one.missing for one in hub.alerts.all(SCOPE)]


def test_an_alarm_is_signed_by_key_files_first_and_second(people: Officers, named: Hub) -> None:
    duty = people.officer(Role.DUTY)
    envelope = look_over(duty)
    downloaded = duty.post("/lenh/tai-ve", envelope=envelope)
    assert downloaded.headers["content-disposition"] == f'attachment; filename="{SCOPE}-1.json"'
    alert = parse_envelope(downloaded.content)

    first = send(duty, "/lenh/tep", signed(alert, "hoa"), envelope=envelope)
    assert (first.headers["location"], missing(named)) == (f"/lenh/{SCOPE}/1", [1])
    again = send(duty, "/lenh/tep", signed(alert, "hoa"), envelope=envelope)
    assert (again.status_code, "Hoa đã ký rồi" in text_of(again.text), missing(named)) == (422, True, [1])
    send(duty, "/lenh/tep", signed(alert, "pao"), envelope=envelope)

    assert missing(named) == [0]


def test_an_alarm_that_was_signed_too_late_or_is_another_is_not_given(
    people: Officers, named: Hub, clock: FakeClock
) -> None:
    duty = people.officer(Role.DUTY)
    envelope = look_over(duty)
    alert = parse_envelope(envelope.encode())
    other = send(duty, "/lenh/tep", signed(seal(make_manifest(2, scope=SCOPE)), "hoa"), envelope=envelope)
    assert (other.status_code, missing(named)) == (422, [])
    assert send(duty, "/lenh/tep", STRANGER.sign(alert), envelope=envelope).status_code == 422
    clock.advance(16 * 60)
    late = send(duty, "/lenh/tep", signed(alert, "hoa", "pao"), envelope=envelope)

    assert (late.status_code, "xem lại" in text_of(late.text), missing(named)) == (409, True, [])
