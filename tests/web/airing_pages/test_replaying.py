"""Phát ngay bây giờ: two pages, the policy holds, and the daemon makes the sound where it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.daemon_thread import DaemonThread
from harness.officers import Officers
from harness.small_commune import at
from harness.waiting import wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.waits

NOW = at("2026-11-24T06:00:00")
NOON = "/luot/na-hoa/nhac/2026-11-24T11:00/phat"
BOX = "plays: {na-hoa: a, suoi-trat: a}\noutputs: {a: {device: memory}}\nclock: trusted\n"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def on_air(home: Path) -> Iterator[DaemonThread]:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    with DaemonThread(home, NOW) as daemon:
        yield daemon


def asked(home: Path) -> list[str]:
    log = AsRunLog.open_read_only(home / ".state" / "asrun.db", "xa-thu")
    found = [event.airing for event in log.events("asked")]
    log.close()
    return found


def test_a_bulletin_is_heard_before_its_time_in_two_pages(home: Path, on_air: DaemonThread, officers: Officers) -> None:
    person = officers.officer(Role.EDIT)
    assert f'href="{NOON}"' in person.get("/").text
    page = person.get(NOON).text
    assert "Phát ngay bây giờ: Nhắc lại" in page
    assert "Chung cụm loa nên cũng nghe: Thôn Suối Trát" in page
    assert "trái quy chế" not in page
    assert asked(home) == []

    answer = person.post(NOON, why="tôi muốn thế")
    assert answer.status_code == 303
    (airing,) = asked(home)
    assert answer.headers["location"] == f"/luot/{airing}"
    assert airing.startswith("na-hoa/play/2026-11-24T06:")
    assert "Nhắc lại" in person.get(answer.headers["location"]).text


def test_only_whoever_may_give_alarms_breaks_the_policy_and_says_why(
    home: Path, on_air: DaemonThread, officers: Officers
) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {hours: [10:00-11:00]}\n", encoding="utf-8")
    editor, duty = officers.officer(Role.EDIT), officers.officer(Role.DUTY)
    refused = editor.post(NOON, why="tôi muốn thế").headers["location"].removeprefix("/luot/")
    assert "Phát trái quy chế" in duty.get(NOON).text
    given = duty.post(NOON, why="bão đến gần").headers["location"].removeprefix("/luot/")

    station = Station.open(home, clock=on_air.clock, writes=False)
    wait_for(lambda: station.log.verdict_of(refused) and station.log.events("on-air", given), pause=0.02)
    assert station.log.verdict_of(refused) == "refused"
    station.close()


def test_a_relay_and_an_unknown_airing_cannot_be_heard_now(home: Path, officers: Officers) -> None:
    person = officers.officer(Role.DUTY)

    assert person.get("/luot/na-hoa/nhac/2026-11-24T11:01/phat").status_code == 404
    assert officers.officer(Role.VIEW).get(NOON).status_code == 403
    assert person.post(NOON).status_code == 503  # no daemon answers: said in the page
