"""Duyệt: exactly what was shown is approved, never by whoever edited it where policy says two, back with words."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message, OutOfDate
from loudspeaker.station import Station
from loudspeaker.station.approvals import digest
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.shared_station import FRESH


@pytest.fixture
def approver(officers: Officers, daemon: FakeDaemon) -> Officer:
    daemon.answers |= {"approve": None, "give_back": None}
    return officers.officer(Role.APPROVE)


def note(home: Path, kind: str, **facts: Any) -> str:
    """Something that was decided about `nhac` as it is now; its digest."""
    station = Station.open(home)
    bulletin = station.files.bulletin("nhac")
    now = digest(bulletin, station.planner.bulletin_spec(bulletin))
    station.log.event(kind, "", station.clock.now(), bulletin="nhac", digest=now, **facts)
    station.close()
    return now


def asked(daemon: FakeDaemon, verb: str) -> list[dict[str, Any]]:
    return [arguments for name, arguments, _uid in daemon.asked if name == verb]


def test_nobody_waits_at_first(approver: Officer) -> None:
    assert "Không có bản tin nào chờ duyệt" in approver.get("/duyet").text


def test_what_was_sent_waits_with_who_sent_it_and_when_it_airs(home: Path, approver: Officer) -> None:
    note(home, "review", step="submit", by="Chị Hoa")
    text = approver.get("/duyet").text

    assert 'href="/duyet/nhac"' in text
    assert "Chị Hoa gửi" in text
    assert "14 lượt" in text


def test_what_is_approved_is_what_was_shown(home: Path, approver: Officer, daemon: FakeDaemon) -> None:
    shown = note(home, "review", step="submit", by="Chị Hoa")
    page = approver.get("/duyet/nhac").text
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found
    assert found[1] == shown

    answer = approver.post("/duyet/nhac", digest=found[1])
    assert answer.status_code == 303
    (request,) = asked(daemon, "approve")
    assert (request["bulletin"], request["digest"], request["account"]) == ("nhac", shown, "approve")


@pytest.mark.parametrize(("sent", "kept"), [("1", True), ("0", False), ("", None)])
def test_whether_it_was_listened_to_goes_along_as_far_as_the_page_can_tell(
    approver: Officer, daemon: FakeDaemon, sent: str, kept: bool | None
) -> None:
    assert 'name="heard" value=""' in approver.get("/duyet/nhac").text
    approver.post("/duyet/nhac", digest="0" * 64, heard=sent)
    (request,) = asked(daemon, "approve")

    assert request.get("heard") is kept


def test_numbers_and_days_stand_out(home: Path, approver: Officer) -> None:
    (home / "bulletins/nhac.md").write_text("---\ntitle: Họp\n---\nHọp ngày 5/7 tại thôn.\n", encoding="utf-8")

    assert "<strong>mùng năm tháng bảy</strong>" in approver.get("/duyet/nhac").text


def test_what_changed_while_somebody_read_is_shown_anew(home: Path, approver: Officer, daemon: FakeDaemon) -> None:
    shown = note(home, "review", step="submit", by="Chị Hoa")
    daemon.error = OutOfDate(Message("“{bulletin}” is not what was shown any more; look at it again", bulletin="nhac"))
    (home / "bulletins/nhac.md").write_text("---\ntitle: Họp\n---\nLời khác.\n", encoding="utf-8")
    answer = approver.post("/duyet/nhac", digest=shown)

    assert answer.status_code == 409
    assert "Lời khác." in answer.text
    assert shown not in answer.text


def test_whoever_edited_it_cannot_approve_it_where_policy_says_two(
    home: Path, approver: Officer, officers: Officers
) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval: two}\n", encoding="utf-8")
    station = Station.open(home)
    revision = station.planner.revision(station.files.bulletin("nhac"))
    facts = {"by": "Chị Approve", "account": "approve", "path": "bulletins/nhac.md", "before": "", "after": revision}
    station.log.event("edit", "", station.clock.now(), **facts)
    station.close()
    note(home, "review", step="submit", by="Chị Approve", account="approve")
    text = approver.get("/duyet/nhac").text

    assert "người khác phải duyệt" in text
    assert "Duyệt phát" not in text
    assert "Duyệt phát" in officers.officer(Role.APPROVE, Role.DUTY).get("/duyet/nhac").text


def test_an_approval_on_paper_is_entered_where_policy_knows_it(
    home: Path, approver: Officer, officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    shown = note(home, "review", step="submit", by="Chị Hoa")
    assert "duyệt trên giấy" not in approver.get("/duyet/nhac").text
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval_on_paper: yes}\n", encoding="utf-8")
    clock.advance(FRESH)
    writer = officers.officer(Role.EDIT)
    assert "Ghi nhận duyệt trên giấy" in writer.get("/duyet/nhac").text
    assert writer.post("/duyet/nhac/giay", digest=shown, paper="12", signer="").status_code == 422
    assert writer.post("/duyet/nhac/giay", digest=shown, paper="12/GP", signer="Chủ tịch").status_code == 303

    (request,) = asked(daemon, "approve")
    assert (request["paper"], request["signer"], request["by"]) == ("12/GP", "Chủ tịch", "Chị Edit")


def test_a_photograph_of_the_paper_stands_in_for_its_number_and_can_be_looked_at(
    home: Path, approver: Officer, officers: Officers, daemon: FakeDaemon
) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval_on_paper: yes}\n", encoding="utf-8")
    daemon.answers |= {"note_edit": None}
    writer = officers.officer(Role.EDIT)
    shown, photo = note(home, "review", step="submit", by="Chị Hoa"), b"\xff\xd8\xffphotograph"

    def enter(data: bytes, name: str = "IMG_1.jpg") -> Any:
        fields = {"form_token": writer.token, "digest": shown, "paper": "", "signer": "Chủ tịch"}
        return writer.client.post("/duyet/nhac/giay", data=fields, files={"photo": (name, data)})

    refused = enter(b"<svg onload=alert(1)>")
    assert refused.status_code == 422
    assert "không phải ảnh chụp" in refused.text
    assert 'value="Chủ tịch"' in refused.text
    assert enter(b"", "").status_code == 422
    assert not asked(daemon, "approve")
    assert enter(photo).status_code == 303
    assert enter(photo).status_code == 303  # sent once more, it is kept once

    sha256 = hashlib.sha256(photo).hexdigest()
    (first, _again) = asked(daemon, "approve")
    assert (first["photo"], first["signer"]) == (sha256, "Chủ tịch")
    assert [edit["path"] for edit in asked(daemon, "note_edit")] == [f"papers/{sha256}.jpg"]
    note(home, "approve", by="Chị Edit", signer="Chủ tịch", photo=sha256)
    assert f'href="/duyet/anh/{sha256}"' in approver.get("/duyet/nhac").text
    assert "Chủ tịch đã duyệt trên giấy; Chị Edit ghi nhận" in approver.get("/duyet/nhac").text
    sent = approver.get(f"/duyet/anh/{sha256}")
    assert (sent.content, sent.headers["content-type"]) == (photo, "image/jpeg")
    assert approver.get(f"/duyet/anh/{'0' * 64}").status_code == 404


def test_giving_back_needs_words(home: Path, approver: Officer, daemon: FakeDaemon) -> None:
    shown = note(home, "review", step="submit", by="Chị Hoa")

    assert approver.post("/duyet/nhac/tra", digest=shown, why=" ").status_code == 422
    assert approver.post("/duyet/nhac/tra", digest=shown, why="sai ngày").headers["location"] == "/duyet"
    (request,) = asked(daemon, "give_back")
    assert (request["why"], request["digest"]) == ("sai ngày", shown)


def test_words_with_which_it_came_back_stand_above_the_editor(home: Path, approver: Officer) -> None:
    note(home, "review", step="submit", by="Chị Hoa")
    note(home, "review", step="give_back", by="Anh Páo", why="sai ngày")

    assert "Anh Páo trả lại:" in approver.get("/ban-tin/nhac").text
    assert "sai ngày" in approver.get("/ban-tin?loc=returned").text


def test_changes_are_told_against_what_was_approved(home: Path, approver: Officer, clock: FakeClock) -> None:
    note(home, "review", step="submit", by="Chị Hoa")
    approver.get("/duyet/nhac")
    note(home, "approve", by="Anh Páo")
    path = home / "bulletins/nhac.md"
    path.write_text(path.read_text("utf-8").replace("họp thôn", "họp xã"), encoding="utf-8")
    clock.advance(FRESH)
    text = approver.get("/duyet/nhac").text

    assert "− Xin nhắc bà con họp thôn." in text
    assert "+ Xin nhắc bà con họp xã." in text


def test_a_writer_sees_the_page_and_no_button(home: Path, officers: Officers, daemon: FakeDaemon) -> None:
    note(home, "review", step="submit", by="Chị Hoa")

    assert "Duyệt phát" not in officers.officer(Role.EDIT).get("/duyet/nhac").text
