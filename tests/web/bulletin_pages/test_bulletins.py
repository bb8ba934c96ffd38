"""Bản tin: listed by state, edited by two people without a loss, kept while they type, sent for approval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message, Unreachable
from loudspeaker.station import Station
from loudspeaker.store.edits import revision_of
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.bulletin_pages.drafts import Draft
from loudspeaker.web.shared_station import FRESH

NHAC = "bulletins/nhac.md"


def fields(home: Path, text: str, **more: str) -> dict[str, str]:
    """The form of the editor as it opens, with another text."""
    head = {"title": "Nhắc lại", "level": "routine", "valid_from": "", "valid_until": "", "source": "", "repeat": "2"}
    return {"revision": revision_of(home / NHAC), "text": text, **head, **more}


def asked(daemon: FakeDaemon, verb: str) -> list[dict[str, Any]]:
    return [arguments for name, arguments, _uid in daemon.asked if name == verb]


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon) -> Officer:
    daemon.answers |= {"note_edit": None, "submit": None}
    return officers.officer(Role.EDIT)


def test_the_list_tells_where_each_bulletin_stands(editor: Officer) -> None:
    text = editor.get("/ban-tin").text

    assert 'href="/ban-tin/tin-sang"' in text
    assert "Nháp (2)" in text
    assert "mẫu khẩn cấp" in text


def test_a_list_of_one_state_has_no_other(editor: Officer) -> None:
    assert "Không có bản tin nào ở mục này" in editor.get("/ban-tin?loc=approved").text


def test_a_station_without_a_bulletin_says_how_to_begin(home: Path, editor: Officer) -> None:
    for path in (home / "bulletins").iterdir():
        path.unlink()
    text = editor.get("/ban-tin").text

    assert "Chưa có bản tin nào" in text
    assert "Tải tệp Word" in text


def test_the_editor_shows_what_is_written_and_what_is_said(home: Path, editor: Officer) -> None:
    (home / NHAC).write_text("---\ntitle: Nhắc lại\n---\nHọp lúc 8h30, hết 2.05 là xong.\n", encoding="utf-8")
    text = editor.get("/ban-tin/nhac").text

    assert "Họp lúc 8h30, hết 2.05 là xong.</textarea>" in text
    assert ">tám giờ ba mươi phút</a>" in text
    assert "1 chỗ cần kiểm tra" in text


def test_what_was_typed_is_saved_and_who_did_is_noted(home: Path, editor: Officer, daemon: FakeDaemon) -> None:
    before = revision_of(home / NHAC)
    answer = editor.post("/ban-tin/nhac/luu", **fields(home, "Mời họp.\r\nMời đông.", title="Nhắc họp"))

    assert answer.headers["location"] == "/ban-tin/nhac?xong=luu"
    assert (home / NHAC).read_text("utf-8") == '---\ntitle: "Nhắc họp"\nrepeat: 2\n---\nMời họp.\nMời đông.\n'
    (note,) = asked(daemon, "note_edit")
    assert (note["path"], note["before"], note["after"]) == (NHAC, before, revision_of(home / NHAC))
    assert (note["by"], note["account"], note["via"]) == ("Chị Edit", "edit", "web")


def test_what_is_as_it_was_is_not_written_again(home: Path, editor: Officer, daemon: FakeDaemon) -> None:
    state = (home / NHAC).stat()
    editor.post("/ban-tin/nhac/luu", **fields(home, "Xin nhắc bà con họp thôn."))

    assert (home / NHAC).stat().st_ino == state.st_ino
    assert asked(daemon, "note_edit") == []


def test_a_save_counts_though_no_daemon_answers(home: Path, officers: Officers) -> None:
    answer = officers.officer(Role.EDIT).post("/ban-tin/nhac/luu", **fields(home, "Mời họp."))

    assert answer.status_code == 303
    assert "Mời họp." in (home / NHAC).read_text("utf-8")


@pytest.mark.parametrize(
    ("wrong", "told"), [({"valid_from": "mai"}, "mai"), ({"title": ""}, "thiếu mục"), ({"text": ""}, "---")]
)
def test_a_wrong_field_is_told_and_the_text_stays_in_the_form(
    home: Path, editor: Officer, wrong: dict[str, str], told: str
) -> None:
    before = (home / NHAC).read_bytes()
    answer = editor.post("/ban-tin/nhac/luu", **(fields(home, "Lời vừa gõ.") | wrong))

    assert answer.status_code == 422
    assert "Lời vừa gõ." in answer.text or "text" in wrong
    assert told in answer.text
    assert (home / NHAC).read_bytes() == before


def test_whoever_saves_second_sees_both_texts_and_neither_is_lost(home: Path, editor: Officer) -> None:
    opened = fields(home, "Bản của tôi.")
    (home / NHAC).write_text("---\ntitle: Nhắc lại\n---\nBản của chị Hoa.\n", encoding="utf-8")
    answer = editor.post("/ban-tin/nhac/luu", **opened)

    assert answer.status_code == 409
    assert "Bản của tôi." in answer.text
    assert "Bản của chị Hoa." in answer.text
    assert "Giữ bản của tôi" in answer.text
    assert "Chị Hoa" not in (home / NHAC).read_text("utf-8")
    assert "Bản của tôi." in editor.get("/ban-tin/nhac").text  # as a draft


def test_keeping_mine_keeps_the_other_beside(home: Path, editor: Officer) -> None:
    (home / NHAC).write_text("---\ntitle: Nhắc lại\nrepeat: 2\n---\nBản của chị Hoa.\n", encoding="utf-8")
    answer = editor.post("/ban-tin/nhac/luu", **fields(home, "Bản của tôi."), replaces="1")

    assert answer.status_code == 303
    assert "Bản của tôi." in (home / NHAC).read_text("utf-8")
    assert "Bản của chị Hoa." in editor.get("/ban-tin/nhac").text


def test_taking_theirs_keeps_mine_beside(home: Path, editor: Officer) -> None:
    editor.post("/ban-tin/nhac/nhap", **fields(home, "Bản của tôi."))
    editor.post("/ban-tin/nhac/bo-nhap")
    text = editor.get("/ban-tin/nhac").text

    assert "họp thôn.</textarea>" in text
    assert "Bản của tôi." in text


def test_what_is_typed_is_kept_until_it_is_saved(home: Path, editor: Officer) -> None:
    assert editor.post("/ban-tin/nhac/nhap", **fields(home, "Đang gõ dở")).status_code == 204
    assert "Đang gõ dở</textarea>" in editor.get("/ban-tin/nhac").text

    editor.post("/ban-tin/nhac/luu", **fields(home, "Gõ xong."))
    assert "Đang gõ dở" not in editor.get("/ban-tin/nhac").text


def test_a_draft_is_its_writers_own(home: Path, editor: Officer, officers: Officers) -> None:
    editor.post("/ban-tin/nhac/nhap", **fields(home, "Đang gõ dở"))

    assert "Đang gõ dở" not in officers.officer(Role.APPROVE).get("/ban-tin/nhac").text


def test_sending_for_approval_binds_what_was_saved(home: Path, editor: Officer, daemon: FakeDaemon) -> None:
    answer = editor.post("/ban-tin/nhac/luu", **fields(home, "Mời họp."), then="submit")
    sent = editor.get(answer.headers["location"]).text

    (request,) = asked(daemon, "submit")
    with editor.console.shared_station.station() as station:
        assert request["digest"] == station.preparation.preview("nhac").digest
    assert "Chép lời nhắn Zalo" in sent
    assert "/duyet/nhac" in sent


def test_what_is_approved_as_it_is_waits_for_nobody_and_can_be_sent_once_it_is_changed(
    home: Path, editor: Officer, daemon: FakeDaemon
) -> None:
    with editor.console.shared_station.station() as station:
        digest = station.preparation.preview("nhac").digest
    log = Station.open(home)
    log.log.event("approve", "", log.clock.now(), bulletin="nhac", digest=digest, by="Páo")
    log.close()
    assert "Gửi duyệt" in editor.get("/ban-tin/nhac").text

    assert editor.post("/ban-tin/nhac/gui").headers["location"] == "/ban-tin/nhac?xong=luu"
    assert asked(daemon, "submit") == []
    editor.post("/ban-tin/nhac/luu", **fields(home, "Lời khác."), then="submit")
    assert len(asked(daemon, "submit")) == 1


def test_sending_needs_the_daemon_and_what_was_typed_is_saved_all_the_same(
    home: Path, editor: Officer, daemon: FakeDaemon
) -> None:
    daemon.error = Unreachable(Message("no daemon"))
    answer = editor.post("/ban-tin/nhac/luu", **fields(home, "Mời họp."), then="submit")

    assert answer.status_code == 503
    assert "Mời họp." in (home / NHAC).read_text("utf-8")


def test_only_an_approver_gives_priority(home: Path, editor: Officer, officers: Officers, daemon: FakeDaemon) -> None:
    assert editor.post("/ban-tin/nhac/luu", **fields(home, "Mời họp.", level="priority")).status_code == 422
    approver = officers.officer(Role.APPROVE)
    assert approver.post("/ban-tin/nhac/luu", **fields(home, "Mời họp.", level="priority")).status_code == 303
    assert editor.post("/ban-tin/nhac/luu", **fields(home, "Mời họp nhé.", level="priority")).status_code == 303


def test_a_broken_bulletin_is_shown_with_its_mistakes(home: Path, editor: Officer) -> None:
    (home / NHAC).write_text("---\ntitel: x\n---\nMời.\n", encoding="utf-8")
    answer = editor.get("/ban-tin/nhac")

    assert answer.status_code == 200
    assert "titel" in answer.text
    assert "tệp có lỗi" in editor.get("/ban-tin").text


def test_a_broken_bulletin_is_mended_as_a_whole(home: Path, editor: Officer) -> None:
    (home / NHAC).write_text("---\ntitel: x\n---\nMời.\n", encoding="utf-8")
    typed = fields(home, "---\ntitel: x\n---\nMời họp.")

    assert editor.post("/ban-tin/nhac/luu", **typed).status_code == 422
    typed["text"] = "---\ntitle: x\n---\nMời họp."
    assert editor.post("/ban-tin/nhac/luu", **typed).status_code == 303
    assert (home / NHAC).read_text("utf-8") == "---\ntitle: x\n---\nMời họp.\n"


@pytest.mark.parametrize("name", ["khong-co", "..%2fcommune", "CON", "a" * 300])
def test_another_name_is_no_bulletin(editor: Officer, name: str) -> None:
    assert editor.get(f"/ban-tin/{name}").status_code == 404


def test_words_of_people_are_never_taken_for_markup(home: Path, editor: Officer) -> None:
    evil = "<script>alert(1)</script> ]]> {{ 7*7 }} </textarea>"
    editor.post("/ban-tin/nhac/luu", **fields(home, evil, title=evil))
    for path in ("/ban-tin", "/ban-tin/nhac", "/duyet/nhac", "/ban-tin/moi"):
        text = editor.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


def test_a_version_that_lost_is_gone_on_with(home: Path, editor: Officer) -> None:
    drafts = editor.console.drafts
    drafts.keep("nhac", Draft("x", "Bản cũ của anh Páo.", {"title": "Cũ"}, "Anh Páo"))
    (kept,) = drafts.kept_versions("nhac")
    assert "Lấy lại bản này" in editor.get("/ban-tin/nhac").text
    assert editor.post("/ban-tin/nhac/lay-lai", number="999").status_code == 404
    editor.post("/ban-tin/nhac/lay-lai", number=str(kept.number))

    page = editor.get("/ban-tin/nhac").text
    assert ">Bản cũ của anh Páo.</textarea>" in page
    assert "Bản cũ" not in (home / "bulletins/nhac.md").read_text("utf-8")


def test_a_bulletin_is_printed_with_text_and_reading(home: Path, editor: Officer) -> None:
    (home / "bulletins/nhac.md").write_text("---\ntitle: Họp\n---\nHọp ngày 5/7.\n", encoding="utf-8")
    text = editor.get("/ban-tin/nhac/in").text

    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Họp ngày 5/7." in text
    assert "Họp ngày mùng năm tháng bảy." in text
    assert "Chưa duyệt." in text


def test_it_is_told_whether_a_bulletin_stands_in_a_schedule(home: Path, editor: Officer, clock: FakeClock) -> None:
    assert "Đang trong lịch của Thôn Nà Hoa, Thôn Suối Trát" in editor.get("/ban-tin/tin-sang").text
    (home / "bulletins/moi-hop.md").write_text("---\ntitle: Mới\n---\nMời họp.\n", encoding="utf-8")
    clock.advance(FRESH)
    assert "Chưa xếp lịch" in editor.get("/ban-tin/moi-hop").text
