"""Thiết bị: what is well, what is not, and that without a daemon nothing is claimed."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officers, board_of

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message
from loudspeaker.station import Station
from loudspeaker.station.restrictions import JOINED_ALONE, mark_empty
from loudspeaker.web.access.accounts import Role

LOOKED = "2026-11-24T04:55:00+07:00"


def test_everything_that_was_looked_at_is_told(officers: Officers, daemon: FakeDaemon) -> None:
    rows = [{"what": "espeak", "wrong": None, "serious": False}, {"what": "rơ-le", "wrong": "hở dây", "serious": True}]
    daemon.answers["health"] = {"rows": rows, "looked_at": LOOKED}
    text = officers.officer(Role.VIEW).get("/thiet-bi").text

    assert "✓ espeak" in text
    assert "✗ rơ-le: hở dây" in text
    assert "kiểm tra lúc 04:55" in text
    assert "✓ Thôn Nà Hoa, Thôn Suối Trát" in text


def test_a_card_that_is_gone_and_a_clock_that_is_doubted_are_told(
    officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    gone = {"san-kho": Message("the card is gone")}
    daemon.answers["board"] = board_of(clock.now(), gone=gone, trusted=False, clock=Message("nobody vouches"))
    text = officers.officer(Role.DUTY).get("/thiet-bi").text

    assert "✗ Thôn Nà Hoa, Thôn Suối Trát: " in text
    assert "✗ đồng hồ: 05:00 24/11" in text
    assert 'action="/dong-ho"' in text
    assert 'action="/dong-ho"' not in officers.officer(Role.VIEW).get("/thiet-bi").text


def test_an_output_that_nobody_has_tried_says_how(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    station = Station.open(home, clock=clock)
    mark_empty(station.log, clock.now())
    assert "phải thử loa trước" in officers.officer(Role.VIEW).get("/thiet-bi").text
    station.close()


@pytest.mark.parametrize(
    ("about", "remedy", "address"),
    [
        ("disk", "Bấm “Dọn tiếng cũ” ở trên", ""),
        ("approvals", "Đưa duyệt", "/duyet"),
        ("files", "Xem lỗi ở đâu", "/tep-loi"),
        ("pin", "Đọc nguyên dòng này cho kỹ thuật", ""),
        ("", "Đọc nguyên dòng này cho kỹ thuật", ""),  # by a daemon from before an update
    ],
)
def test_every_row_that_is_wrong_says_what_to_do(
    officers: Officers, daemon: FakeDaemon, about: str, remedy: str, address: str
) -> None:
    row = {"what": "x", "wrong": "hỏng", "serious": True, "about": about}
    daemon.answers["health"] = {"rows": [row], "looked_at": LOOKED}
    text = officers.officer(Role.VIEW).get("/thiet-bi").text

    assert f"→ {remedy}" in text
    assert not address or f'href="{address}"' in text


def test_a_loudspeaker_is_tried_and_whoever_hears_it_says_so(officers: Officers, daemon: FakeDaemon) -> None:
    daemon.answers["test"] = ["na-hoa/test/2026-11-24T05:00:00"]
    person = officers.officer(Role.DUTY)
    answer = person.post("/thiet-bi/thu", output="san-kho")
    asked = person.get(answer.headers["location"]).text

    assert [(verb, facts["output"]) for verb, facts, _ in daemon.asked if verb == "test"] == [("test", "san-kho")]
    assert "Loa Thôn Nà Hoa, Thôn Suối Trát đang đọc lời thử" in asked
    assert person.post("/thiet-bi/nghe-ro", output="san-kho").headers["location"] == "/thiet-bi?xong=nghe-ro"
    assert "commission" not in [verb for verb, *_ in daemon.asked]  # it airs its schedule already
    assert person.post("/thiet-bi/nghe-ro", output="khong-co").status_code == 404


def test_a_new_stations_output_is_commissioned_once_nothing_serious_is_wrong(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    station = Station.open(home, clock=clock)
    mark_empty(station.log, clock.now())
    station.close()
    daemon.answers["commission"] = None
    person = officers.officer(Role.ADMIN)
    rows = [{"what": "giọng đọc", "wrong": "chưa có", "serious": True, "about": "voices"}]
    daemon.answers["health"] = {"rows": rows, "looked_at": LOOKED}
    refused = person.post("/thiet-bi/nghe-ro", output="san-kho")
    daemon.answers["health"] = {"rows": [], "looked_at": LOOKED}

    assert refused.status_code == 409
    assert "giọng đọc: chưa có" in refused.text
    assert person.post("/thiet-bi/nghe-ro", output="san-kho").status_code == 303
    assert [facts["output"] for verb, facts, _ in daemon.asked if verb == "commission"] == ["san-kho"]


def test_old_sound_is_swept_by_the_daemon(officers: Officers, daemon: FakeDaemon) -> None:
    daemon.answers["sweep"] = None
    person = officers.officer(Role.DUTY)
    answer = person.post("/thiet-bi/don")

    assert "sweep" in [verb for verb, *_ in daemon.asked]
    assert "Đang dọn tiếng cũ" in person.get(answer.headers["location"]).text
    assert officers.officer(Role.EDIT).post("/thiet-bi/don").status_code == 403


def test_without_a_daemon_nothing_is_claimed(officers: Officers) -> None:
    text = officers.officer(Role.VIEW).get("/thiet-bi").text

    assert "✗ phần mềm phát thanh" in text
    assert "Chưa kiểm tra được" in text


def test_an_output_is_made_softer_from_the_page(officers: Officers, daemon: FakeDaemon) -> None:
    on_duty = officers.officer(Role.DUTY)
    assert "Nhỏ nhiều" in on_duty.get("/thiet-bi").text
    assert on_duty.post("/thiet-bi/am-luong", output="san-kho", decibels="4").status_code == 303
    asked = [told for verb, told, _uid in daemon.asked if verb == "soften"]
    assert [(one["output"], one["decibels"]) for one in asked] == [("san-kho", 4)]

    for wrong in ("", "-8", "40"):
        assert on_duty.post("/thiet-bi/am-luong", output="san-kho", decibels=wrong).status_code == 422


def test_who_has_tried_a_box_that_joined_by_itself_confirms_its_village(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    station = Station.open(home, clock=clock)
    station.log.event(JOINED_ALONE, "", clock.now(), by="USB", commune="Xã Thử")
    station.close()
    daemon.answers["confirm_village"] = None
    daemon.answers["health"] = {"rows": [], "looked_at": LOOKED}
    person = officers.officer(Role.ADMIN)

    assert "hưa xác nhận đúng thôn" in person.get("/").text
    assert "không phải thôn khác" in person.get("/thiet-bi?thu=san-kho").text
    assert person.post("/thiet-bi/nghe-ro", output="san-kho").status_code == 303
    assert "confirm_village" in [verb for verb, *_ in daemon.asked]
