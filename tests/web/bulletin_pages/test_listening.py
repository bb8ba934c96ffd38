"""Nghe: sound is made once, by a child, and sent in the parts that a browser asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers

from loudspeaker.clock import FakeClock
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.jobs import JobControl
from loudspeaker.web.shared_station import FRESH

pytestmark = pytest.mark.waits

NHAC = "bulletins/nhac.md"


@pytest.fixture
def viewer(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.VIEW)


def make(viewer: Officer, bulletin: str) -> None:
    viewer.post(f"/ban-tin/{bulletin}/lam-tieng")
    while "refresh" in viewer.get(f"/ban-tin/{bulletin}/lam-tieng").headers:
        viewer.console.jobs.wait(1)


def test_a_bulletin_is_made_once_and_heard_in_parts(home: Path, viewer: Officer) -> None:
    make(viewer, "tin-sang")
    whole = viewer.get("/ban-tin/tin-sang/tieng")
    part = viewer.get("/ban-tin/tin-sang/tieng", range="bytes=100-199")

    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/mpeg")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert not list(viewer.console.site.own.glob("sound/*.part.mp3"))

    marks = viewer.get("/ban-tin/tin-sang/moc").json()
    assert [mark[0] for mark in marks] == [0, 1, 2]
    assert all(begin < end for _, begin, end in marks)
    assert "data-marks" in viewer.get("/ban-tin/tin-sang").text


def test_what_is_said_twice_has_its_marks_twice(viewer: Officer) -> None:
    make(viewer, "nhac")

    assert [mark[0] for mark in viewer.get("/ban-tin/nhac/moc").json()] == [0, 0]


def test_an_edited_bulletin_is_not_heard_as_it_was(home: Path, viewer: Officer, clock: FakeClock) -> None:
    make(viewer, "nhac")
    assert viewer.get("/ban-tin/nhac/tieng").status_code == 200
    (home / NHAC).write_text("---\ntitle: Nhắc lại\n---\nMời họp.\n", encoding="utf-8")
    clock.advance(FRESH)

    assert viewer.get("/ban-tin/nhac/tieng").status_code == 404
    assert "Nghe thử" in viewer.get("/ban-tin/nhac").text


def test_all_who_ask_wait_for_the_same_sound(viewer: Officer) -> None:
    jobs, begun = viewer.console.jobs, []
    jobs.start("first", lambda control: begun.append(control))  # keeps the queue in order
    for _ in range(3):
        viewer.post("/ban-tin/nhac/lam-tieng")
        viewer.post_by_htmx("/ban-tin/nhac/lam-tieng")
    while not jobs.is_idle():
        jobs.wait(1)

    assert len(list((viewer.console.site.own / "sound").glob("*.mp3"))) == 1


def test_what_cannot_be_made_says_why(home: Path, viewer: Officer) -> None:
    (home / NHAC).write_text("---\ntitle: X\nparts: [{audio: recordings/khong-co.wav}]\n---\n", encoding="utf-8")

    assert "khong-co.wav" in viewer.get("/ban-tin/nhac").text


def test_making_can_be_given_up(viewer: Officer) -> None:
    from threading import Event

    go_on = Event()

    def hold(control: JobControl) -> None:
        go_on.wait()

    viewer.console.jobs.start("first", hold)
    viewer.post("/ban-tin/nhac/lam-tieng")
    assert "Đang làm tiếng" in viewer.get("/ban-tin/nhac").text
    viewer.post("/ban-tin/nhac/thoi-lam")
    go_on.set()

    assert "Đang làm tiếng" not in viewer.get("/ban-tin/nhac").text
