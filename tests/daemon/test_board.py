"""The station at a glance: what the daemon answers to whoever shows it, once a second."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.made_sound import make_sound
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.codec import decode
from loudspeaker.daemon.board_client import BoardClient
from loudspeaker.daemon.board_rows import NEXT
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage, Message
from loudspeaker.model.board import Board
from loudspeaker.model.requests import Pause, PreviewUrgent, Urgent
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

WORDS = "Nước dâng!"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at("2026-11-24T06:00:00"))


@pytest.fixture
def requests(home: Path, clock: FakeClock) -> Iterator[Requests]:
    """A station on the air, of two villages on one output, whose sound for an alarm has been made."""
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: a}\noutputs: {a: {device: memory}}\n", encoding="utf-8"
    )
    with closing(Station.open(home, clock=clock)) as station:
        preview = PreviewUrgent(WORDS, None, ("na-hoa",), False, True, None)
        make_sound(station, station.alerts.preview(preview).wanted)
        speakers = {"a": MemorySpeaker(clock)}
        on_air = OnAir(station, speakers, clock, station.log, lambda now, trusted: frozenset({"network"}))
        on_air.look()
        yield Requests(on_air)


def board(requests: Requests) -> Board:
    """As it comes out of the control socket."""
    requests.on_air.step()
    return decode(Board, json.loads(json.dumps(requests.carry_out("board", {}, 1000))))


def test_what_comes_is_told_with_all_who_will_hear_it(requests: Requests) -> None:
    found = board(requests)

    assert found.on == ()
    assert found.trusted
    assert [row.id for row in found.next[:3]] == [
        "na-hoa/tin-sang/2026-11-24T06:05",
        "na-hoa/nhac/2026-11-24T11:00",
        "na-hoa/tin-sang/2026-11-24T17:30",
    ]
    assert len(found.next) == NEXT
    first = found.next[0]
    assert (first.at, first.villages, first.output) == (at("2026-11-24T06:05"), ("na-hoa", "suoi-trat"), "a")
    assert (first.begun, first.plays, first.title) == (None, 1, "Tin sáng")
    assert first.seconds > 1


def test_an_alarm_is_on_the_air_and_stands_until_it_is_ended(requests: Requests, clock: FakeClock) -> None:
    (alarm,) = requests.urgent(Urgent(WORDS, None, ("na-hoa",), 2, 30.0, None, True), "Lan")
    board(requests)
    clock.advance(2)
    now = board(requests)
    (heard,) = now.on
    (standing,) = now.alarms

    assert (heard.id, heard.play, heard.plays, heard.drill, heard.title) == (alarm, 1, 2, True, WORDS)
    assert heard.begun is not None
    assert 0 < (now.at - heard.begun).total_seconds() <= 2 < heard.seconds
    assert (standing.id, standing.repeats, standing.drill) == (alarm, True, True)

    clock.advance(heard.seconds)
    (between,) = board(requests).on

    assert (between.begun, between.play) == (None, 2)


def test_a_pause_stands_on_it_until_it_is_over(requests: Requests, clock: FakeClock) -> None:
    pause = Pause("na-hoa", "2026-11-24T12:00:00+07:00", "đám tang")
    requests.carry_out("pause", {"village": "na-hoa", "until": pause.until, "why": pause.why, "by": "Lan"}, 1000)

    (found,) = board(requests).pauses
    assert (found.village, found.why, found.until) == ("na-hoa", "đám tang", at("2026-11-24T12:00"))
    assert "na-hoa/nhac/2026-11-24T11:00" not in [row.id for row in board(requests).next]

    clock.advance_to(at("2026-11-24T12:00:01"))
    assert board(requests).pauses == ()


def test_it_tells_when_files_and_log_have_changed(requests: Requests, home: Path) -> None:
    before = board(requests)
    assert (before.files, before.log) == ((again := board(requests)).files, again.log)
    assert before.log == requests.station.log.count()

    (home / "bulletins" / "nhac.md").write_text("---\ntitle: Nhắc\n---\nHọp thôn.\n", encoding="utf-8")
    requests.on_air.look()
    after = board(requests)

    assert after.files != before.files
    requests.log.event("skip", "x", at("2026-11-24T06:00"), why="")
    assert board(requests).log == after.log + 1


def test_a_clock_that_nobody_vouches_for_is_told_with_the_reason(requests: Requests) -> None:
    requests.on_air._vouch = lambda now, trusted: frozenset()
    found = board(requests)

    assert not found.trusted
    assert isinstance(found.clock, Message)


def test_a_daemon_from_before_an_update_says_that_it_knows_no_board(station: Station) -> None:
    daemon = FakeDaemon(station.paths.socket)
    daemon.error = BadUsage(Message("the daemon knows no “{verb}”", verb="board"))
    with closing(daemon), pytest.raises(BadUsage):
        BoardClient(station.paths.home, station.paths.state, lambda: station).board()
