"""Tin cấp trên: what a province offers, in its signed words; scheduled as it proposes, approved, or declined."""

from __future__ import annotations

import html
import re
from contextlib import closing
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.office import Office, follow, join, open_office, open_province
from harness.officers import Officer, Officers
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.office_requests import DeclineOffer
from loudspeaker.station import Station
from loudspeaker.station.decisions import Decisions
from loudspeaker.station.deliveries.offers import find_offer
from loudspeaker.station.paths import StationPaths
from loudspeaker.web.access.accounts import Role

NAME, OFFERS = "bao-so-5@tinh-thu", "/tin-cap-tren"
ENTRIES = "{bulletin: bao-so-5, at: 06:06, wait: 10 phút}, {bulletin: gap, level: priority, at: 17:45}"


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon, home: Path, tmp_path: Path) -> Officer:
    """At an office that follows its province, which has sent one bulletin as routine and one with priority."""
    follow(StationPaths(home, home / ".state"), send_two(tmp_path, tmp_path / "stick"))
    return officers.officer(Role.EDIT)


def send_two(folder: Path, stick: Path) -> Office:
    province = open_province(folder, stick)
    province.write("bulletins/gap.md", "---\ntitle: Họp gấp\n---\nHọp lúc 19 giờ.\n")
    province.write("schedules/tinh-thu.yaml", f"broadcasts: [{ENTRIES}]\n")
    province.publish("tu", spoken=True)
    return province


def decline(home: Path, why: str) -> None:
    """As the daemon does it."""
    with closing(Station.open(home, clock=FakeClock(at("2026-11-24T05:00:00")))) as station:
        request = DeclineOffer(NAME, find_offer(station.files, NAME).digest, why)
        Decisions(station).decline_offer(request, Envelope(request, "Chị Hoa"))


def test_an_offer_is_a_thing_to_do_until_the_commune_has_decided(editor: Officer, home: Path, clock: FakeClock) -> None:
    board, listed = editor.get("/").text, editor.get("/ban-tin").text
    assert "Cấp trên (Tỉnh Thử) gửi “Bão số 5”: xã có phát không?" in board
    assert f'href="{OFFERS}"' in board
    assert "1 tin cấp trên gửi đang chờ xã chọn." in listed
    assert "Tỉnh Thử gửi" in listed

    decline(home, "xã không có sông")
    clock.advance(60)
    assert "xã có phát không?" not in editor.get("/").text
    page = editor.get(OFFERS).text
    assert "xã không có sông" in page
    assert "Chị Hoa" in page


def test_it_is_shown_in_the_words_that_were_signed_and_with_what_is_proposed(editor: Officer, home: Path) -> None:
    with (home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("say: {km: cây số}\n")
    for path in (OFFERS, f"/ban-tin/{NAME}", f"/duyet/{NAME}"):
        page = editor.get(path).text
        assert "Bão số năm cách bờ hai trăm ki lô mét." in page, path
        assert "cây số" not in page

    assert "6h06" in editor.get(OFFERS).text


def test_it_is_scheduled_as_it_is_proposed_by_the_form_that_schedules_everything(
    editor: Officer, home: Path, clock: FakeClock
) -> None:
    page = editor.get(f"/lich/moi?tin={NAME}").text
    assert "06:06" in page
    assert page.count(" checked> Thôn") == 2
    assert re.search(rf'<option value="{NAME}" selected>Bão số 5 \(Tỉnh Thử\)', page)
    assert "Thôn Nà Hoa" in page

    fields = dict(re.findall(r'<input type="hidden" name="(offer|sure|month)" value="([^"]*)">', page))
    answer = editor.post(
        "/lich/moi", village=["na-hoa"], content="bulletin", bulletin=NAME, at="06:06", days="daily", **fields
    )
    assert answer.status_code == 303, html.unescape(answer.text)
    written = (home / "schedules/na-hoa.yaml").read_text(encoding="utf-8")
    assert '{bulletin: "bao-so-5@tinh-thu", at: 06:06, wait: "10 phút"}' in written
    clock.advance(2)
    assert "Không có tin nào chờ xã chọn." in editor.get(OFFERS).text


def test_weekdays_are_ticked_however_the_province_writes_them(
    officers: Officers, daemon: FakeDaemon, home: Path, tmp_path: Path
) -> None:
    province = open_province(tmp_path, tmp_path / "stick", "{bulletin: bao-so-5, at: 06:06, days: [mon, CN]}")
    follow(StationPaths(home, home / ".state"), province)
    page = officers.officer(Role.EDIT).get(f"/lich/moi?tin={NAME}").text

    assert re.findall(r'name="weekday" value="(\w+)" checked> (\w+)', page) == [("mon", "Hai"), ("CN", "CN")]


def test_the_week_tells_what_the_province_has_sent(editor: Officer) -> None:
    page = editor.get("/lich?tuan=2026-11-23").text

    assert "17:45" in page
    assert "Tỉnh Thử gửi" in page
    assert "Tỉnh Thử gửi" in editor.get("/lich/in?tuan=2026-11-23").text


def test_it_is_declined_with_a_reason_as_it_was_shown(editor: Officer, daemon: FakeDaemon) -> None:
    form = editor.get(f"{OFFERS}/{NAME}/khong-phat").text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', form)
    assert digest
    assert "Không liên quan đến xã" in form
    assert editor.post(f"{OFFERS}/{NAME}/khong-phat", digest=digest[1]).status_code == 422

    answer = editor.post(f"{OFFERS}/{NAME}/khong-phat", digest=digest[1], why="tin đã quá hạn")
    assert (answer.status_code, answer.headers["location"]) == (303, OFFERS)
    [request] = [told for verb, told, _uid in daemon.asked if verb == "decline_offer"]
    assert request == {
        **{"offer": NAME, "digest": digest[1], "why": "tin đã quá hạn", "undo": False},
        **{"by": "Chị Edit", "account": "edit", "via": "web"},
    }


def test_a_word_against_it_can_be_taken_back(editor: Officer, home: Path, daemon: FakeDaemon) -> None:
    decline(home, "trùng nội dung")
    page = editor.get(OFFERS).text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest
    assert f'action="{OFFERS}/{NAME}/chon-lai"' in page

    assert editor.post(f"{OFFERS}/{NAME}/chon-lai", digest=digest[1]).status_code == 303
    assert [told["undo"] for verb, told, _uid in daemon.asked if verb == "decline_offer"] == [True]


def test_where_policy_wants_approval_it_is_approved_here(
    editor: Officer, officers: Officers, home: Path, daemon: FakeDaemon
) -> None:
    assert "/duyet/" not in officers.officer(Role.APPROVE).get(OFFERS).text
    with (home / "commune.yaml").open("a", encoding="utf-8") as file:
        file.write("policy: {approval: required}\n")
    officers.console.shared_station.look_anew()

    assert f'action="/ban-tin/{NAME}/gui"' in editor.get(OFFERS).text
    approver = officers.officer(Role.APPROVE)
    assert f'href="/duyet/{NAME}"' in approver.get(OFFERS).text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', approver.get(f"/duyet/{NAME}").text)
    assert digest
    assert approver.post(f"/duyet/{NAME}", digest=digest[1]).status_code == 303
    assert [told["bulletin"] for verb, told, _uid in daemon.asked if verb == "approve"] == [NAME]


def test_its_text_is_not_edited_here(editor: Officer, home: Path) -> None:
    page = editor.get(f"/ban-tin/{NAME}").text
    assert "ký gửi xuống: cần sửa thì sửa ở nơi gửi" in page
    assert f'formaction="/ban-tin/{NAME}' not in page
    assert "readonly" in page

    answer = editor.post(f"/ban-tin/{NAME}/luu", title="Khác", text="Khác.", level="routine", revision="0" * 64)
    assert answer.status_code == 409
    assert "tinh-thu" in answer.text
    assert not list(home.glob("bulletins/*@*"))


def test_a_box_that_takes_the_communes_files_signed_shows_offers_and_decides_nothing(
    officers: Officers, daemon: FakeDaemon, home: Path, tmp_path: Path
) -> None:
    box, office = StationPaths(home, home / ".state"), open_office(home, tmp_path)
    office.trust("hoa", "pao", parent="tinh-thu")
    join(box, office)
    join(box, send_two(tmp_path, office.stick))
    person = officers.officer(*Role)

    page = person.get(OFFERS).text
    assert "Bão số 5" in page
    assert "/lich/moi" not in page
    assert "khong-phat" not in page
    assert person.get(f"{OFFERS}/{NAME}/khong-phat").status_code == 409
    assert "xã có phát không?" not in person.get("/").text


def test_a_commune_without_a_province_is_offered_nothing(officers: Officers, daemon: FakeDaemon) -> None:
    person = officers.officer(*Role)

    assert "Không có tin nào chờ xã chọn." in person.get(OFFERS).text
    assert OFFERS not in person.get("/ban-tin").text
    assert person.get(f"{OFFERS}/x/khong-phat").status_code == 404
