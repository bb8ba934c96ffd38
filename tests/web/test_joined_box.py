"""A box that takes signed files: its console shows, stops and gives alarms, and edits nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.office import Office, join, open_office
from harness.officers import Officers

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Refused
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.edits import ABSENT, FileEdit
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.shared_station import FRESH

SENTENCE = "Soạn và xếp lịch ở trang của Xã Thử; ở đây chỉ xem, dừng, phát khẩn cấp."


@pytest.fixture
def joined(officers: Officers, daemon: FakeDaemon, home: Path, tmp_path: Path, clock: FakeClock) -> Officers:
    officers.officer(Role.VIEW).get("/lich")  # the console was open before
    join(StationPaths(home, home / ".state"), open_office(home, tmp_path))
    clock.advance(FRESH)
    officers.officer(Role.VIEW).get("/lich")
    return officers


def test_every_page_says_where_things_are_written(joined: Officers) -> None:
    person = joined.officer(*Role)

    for path in ("/", "/lich", "/thiet-bi"):
        assert SENTENCE in person.get(path).text


def test_nothing_is_offered_or_taken_that_is_done_elsewhere(joined: Officers, home: Path) -> None:
    person = joined.officer(*Role)
    week = person.get("/lich").text

    assert "/lich/moi" not in week
    assert "/lich/muc/" not in week
    for answer in (
        person.get("/lich/moi"),
        person.post("/ban-tin/moi", title="x", text="y"),
        person.post("/duyet/tin-sang", digest="0" * 64),
    ):
        assert answer.status_code == 409
        assert "xa-thu" in answer.text
    assert person.get("/khan-cap").status_code == 200
    assert person.get("/dung").status_code == 200


def test_no_file_of_it_is_written_whoever_asks(joined: Officers, home: Path) -> None:
    with pytest.raises(Refused):
        joined.console.shared_station.save([FileEdit("bulletins/x.md", ABSENT, b"x")], "Lan", "lan")
    assert not (home / "bulletins/x.md").exists()


def test_before_it_has_joined_everything_is_done_here(officers: Officers, daemon: FakeDaemon) -> None:
    page = officers.officer(*Role).get("/lich").text

    assert SENTENCE not in page
    assert "/lich/moi" in page


@pytest.fixture
def below_a_province(officers: Officers, daemon: FakeDaemon, home: Path, tmp_path: Path, clock: FakeClock) -> Officers:
    """A joined box on which a bulletin of its province is planned with priority."""
    box, office = StationPaths(home, home / ".state"), open_office(home, tmp_path)
    office.trust("hoa", "pao", parent="tinh-thu")
    province = Office(tmp_path / "province", office.stick, "tinh-thu")
    for folder in ("bulletins", "schedules"):
        (province.home / folder).mkdir(parents=True)
    province.write("commune.yaml", "commune: Tỉnh Thử\nid: tinh-thu\n")
    province.write("bulletins/bao.md", "---\ntitle: Bão số 5\nlevel: priority\n---\nBão cách bờ 200 km.\n")
    province.write("schedules/tinh-thu.yaml", "broadcasts:\n  - {bulletin: bao, at: 17:40}\n")
    province.trust("tu", "binh", people=("tu", "binh", "mai"))
    province.publish("tu", "binh", spoken=True)
    for one in (office, province):
        join(box, one)
    clock.advance(FRESH)
    return officers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/lich?tuan=2026-11-23",
        "/lich/in?tuan=2026-11-23",
        "/luot/na-hoa/bao@tinh-thu/2026-11-24T17:40",
        "/luot/na-hoa/bao@tinh-thu/2026-11-24T17:40/bo",
        "/ban-tin",
        "/ban-tin/bao@tinh-thu",
        "/ban-tin/bao@tinh-thu/in",
    ],
)
def test_a_bulletin_of_the_province_is_on_every_page(below_a_province: Officers, path: str) -> None:
    page = below_a_province.officer(*Role).get(path)

    assert page.status_code == 200
    assert "Bão số 5" in page.text


def test_a_bulletin_of_the_province_is_told_to_programs_and_calendars(below_a_province: Officers) -> None:
    secret = below_a_province.console.site.tokens.make("Huyện", 30, "Lan")
    link = below_a_province.console.site.tokens.make("Ông Páo", 30, "Lan", "na-hoa")
    program, airing = below_a_province.officer(Role.VIEW).client, "na-hoa/bao@tinh-thu/2026-11-24T17:40"

    def ask(path: str) -> str:
        answer = program.get(path, headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == 200
        return str(answer.text)

    assert airing in ask("/api/v1/plan?date=2026-11-24")
    assert "tinh-thu" in ask(f"/api/v1/why/{airing}")
    assert "Bão số 5" in program.get(f"/lich/na-hoa.ics?k={link}").text
