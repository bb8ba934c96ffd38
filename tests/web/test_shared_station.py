"""What pages share for a moment: the same for everybody, and nobody's own; gone as soon as anything has happened."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import HTMX, Officers, board_of

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message
from loudspeaker.model.board import Health
from loudspeaker.model.requests import Skip
from loudspeaker.station import Station
from loudspeaker.store.edits import FileEdit, content_revision
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.shared_station import FRESH, AirState, Fresh, SharedStation

MINUTE = 60.0


class Reader:
    """Reads something of the station, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, station: Station, air: AirState, health: Health) -> str:
        self.times += 1
        return station.files.commune.name


@pytest.fixture
def shared_station(officers: Officers, daemon: FakeDaemon) -> SharedStation:
    return officers.console.shared_station


def test_what_was_seen_is_shown_again_for_a_moment(clock: FakeClock) -> None:
    seen = iter(range(10))
    fresh = Fresh(lambda: next(seen), clock)

    assert [fresh.value(), fresh.value()] == [0, 0]
    clock.advance(FRESH)
    assert fresh.value() == 1
    fresh.forget()
    assert fresh.value() == 2


def test_what_is_equal_stays_the_very_same(clock: FakeClock) -> None:
    fresh = Fresh(lambda: ["nothing new"], clock)
    before = fresh.value()
    clock.advance(FRESH)

    assert fresh.value() is before


def test_who_has_it_forgotten_while_somebody_looks_is_shown_what_is_seen_afterwards(clock: FakeClock) -> None:
    def look() -> int:
        looks.append(len(looks))
        if len(looks) == 1:
            fresh.forget()
        return looks[-1]

    looks: list[int] = []
    fresh = Fresh(look, clock)
    fresh.value()

    assert fresh.value() == 1


def test_what_is_the_same_for_everybody_is_read_once_as_long_as_nothing_happens(
    shared_station: SharedStation, clock: FakeClock
) -> None:
    reader = Reader()
    for _ in range(5):
        assert shared_station.share(reader) == "Xã Thử"
        clock.advance(FRESH)

    assert reader.times == 1


def test_it_is_read_again_with_the_air_with_the_files_with_each_minute_and_after_whatever_is_done_here(
    shared_station: SharedStation, daemon: FakeDaemon, clock: FakeClock, home: Path
) -> None:
    reader = Reader()
    shared_station.share(reader)

    daemon.answers["board"] = board_of(clock.now(), log=1)
    clock.advance(FRESH)
    shared_station.share(reader)
    assert reader.times == 2

    (home / "bulletins/moi.md").write_text("---\ntitle: Mới\n---\nMời họp.\n", encoding="utf-8")
    clock.advance(FRESH)
    shared_station.share(reader)
    assert reader.times == 3

    clock.advance(MINUTE)
    shared_station.share(reader)
    assert reader.times == 4

    daemon.answers["skip"] = None
    shared_station.ask(Skip("na-hoa/tin-sang/2026-11-24T06:05", "tang"), "Lan", "lan")
    shared_station.share(reader)
    assert reader.times == 5


def test_without_a_daemon_each_entry_of_the_log_counts(officers: Officers, home: Path, clock: FakeClock) -> None:
    shared_station, reader = officers.console.shared_station, Reader()
    with closing(Station.open(home, clock=clock)) as writer:
        for times in (1, 2):
            writer.log.event("note", "", clock.now())
            clock.advance(FRESH)
            shared_station.share(reader)
            shared_station.share(reader)
            assert reader.times == times


def test_an_open_page_is_told_of_files_that_nobody_has_read_yet(
    shared_station: SharedStation, home: Path, clock: FakeClock
) -> None:
    with shared_station.station():
        before = shared_station.mark()
    clock.advance(FRESH)
    assert shared_station.mark() == before

    (home / "schedules/suoi-trat.yaml").unlink()
    clock.advance(FRESH)
    assert shared_station.mark() != before


def test_of_each_reader_the_last_question_is_kept_with_its_answer(shared_station: SharedStation) -> None:
    def read(station: Station, air: AirState, health: Health, village: str) -> tuple[str, int]:
        asked.append(village)
        return village, len(asked)

    asked: list[str] = []
    answers = [
        shared_station.share(read, village) for village in ("na-hoa", "na-hoa", "suoi-trat", "suoi-trat", "na-hoa")
    ]

    assert answers == [("na-hoa", 1), ("na-hoa", 1), ("suoi-trat", 2), ("suoi-trat", 2), ("na-hoa", 3)]


def test_what_files_say_nobody_waits_for_who_has_the_station(
    shared_station: SharedStation, home: Path, clock: FakeClock
) -> None:
    with ThreadPoolExecutor(1) as other, shared_station.station():
        assert other.submit(shared_station.contents).result(10).commune.name == "Xã Thử"

    path = home / "commune.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Xã Thử", "Xã Mới"), encoding="utf-8")
    clock.advance(FRESH)

    assert shared_station.contents().commune.name == "Xã Mới"


def test_what_the_console_itself_has_saved_is_seen_at_once(shared_station: SharedStation, home: Path) -> None:
    with shared_station.station() as station:
        assert station.files.commune.name == "Xã Thử"
    before = (home / "commune.yaml").read_bytes()
    after = before.replace("Xã Thử".encode(), "Xã Mới".encode())
    shared_station.save([FileEdit("commune.yaml", content_revision(before), after)], "Lan", "lan")

    with shared_station.station() as station:
        assert station.files.commune.name == "Xã Mới"
    assert shared_station.name() == "Xã Mới"


def test_a_board_that_is_shared_has_everybodys_own_buttons_and_form_token(
    officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    daemon.answers["board"] = board_of(clock.now(), trusted=False, clock=Message("wrong"))
    duty, view = officers.officer(Role.DUTY, Role.ADMIN), officers.officer(Role.VIEW)
    for headers in ({}, HTMX):
        pages = {person.token: person.get("/", **headers).text for person in (duty, view, duty)}
        assert len(pages) == 2
        for token, page in pages.items():
            assert set(re.findall(r'name="form_token" value="(\w+)"', page)) == {token}
        assert '/bo"' in pages[duty.token]
        assert '/bo"' not in pages[view.token]


def test_an_open_board_asks_once_for_itself_and_the_bar_above_it(officers: Officers, daemon: FakeDaemon) -> None:
    person = officers.officer(Role.VIEW)
    page, part = person.get("/").text, person.get("/", **HTMX).text

    assert page.count('hx-trigger="now from:body"') == 1
    assert "hx-swap-oob" not in page
    assert '<div hx-swap-oob="innerHTML:#top">' in part
    assert 'hx-get="/dau-trang" hx-trigger="now from:body"' in person.get("/them").text
