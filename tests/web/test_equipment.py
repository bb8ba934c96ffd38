"""Thiết bị: what is well, what is not, and that without a daemon nothing is claimed."""

from __future__ import annotations

from pathlib import Path

from harness.fake_daemon import FakeDaemon
from harness.officers import Officers, board_of

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message
from loudspeaker.station import Station
from loudspeaker.station.restrictions import mark_empty
from loudspeaker.web.accounts import Role

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
    assert "loudspeaker test san-kho" in officers.officer(Role.VIEW).get("/thiet-bi").text
    station.close()


def test_without_a_daemon_nothing_is_claimed(officers: Officers) -> None:
    text = officers.officer(Role.VIEW).get("/thiet-bi").text

    assert "✗ phần mềm phát thanh" in text
    assert "Chưa kiểm tra được" in text
