"""The console when something breaks: a full disk, files that change under it, a damaged console.db, a log put aside."""

from __future__ import annotations

import html
import re
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import PASSWORD, Officer, Officers, officers_of
from harness.power_cut import FullDisk

from loudspeaker.clock import FakeClock
from loudspeaker.station import Station
from loudspeaker.store.edits import apply_edits, revision_of
from loudspeaker.web.access.accounts import Role

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
TYPED = "Kính thưa bà con!\r\n\r\nMời bà con ra <đồng> sớm.\r\n"


def contents(home: Path) -> dict[str, bytes]:
    folders = ("bulletins", "schedules")
    return {str(path.relative_to(home)): path.read_bytes() for one in folders for path in (home / one).iterdir()}


def send_again(person: Officer, page: str) -> Any:
    """Press the button of the page that has kept a form."""
    form = re.search(r'<form method="post" action="([^"]*)">(.*?)</form>', page, re.S)
    assert form, page
    fields = [(html.unescape(name), html.unescape(value)) for name, value in HIDDEN.findall(form[2])]
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return person.client.post(html.unescape(form[1]), content=urlencode(fields), headers=kind)


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon) -> Officer:
    daemon.answers |= {"note_edit": None}
    return officers.officer(*Role)


def save(editor: Officer, home: Path, **fields: str) -> Any:
    revision = revision_of(home / "bulletins" / "tin-sang.md")
    typed = {"revision": revision, "title": "Tin sáng", "text": TYPED, "repeat": "1", "level": "routine", **fields}
    return editor.post("/ban-tin/tin-sang/luu", **typed)


def test_a_bulletin_that_the_disk_has_no_room_for_stays_in_the_page_and_the_old_file_whole(
    home: Path, editor: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(home)
    with monkeypatch.context() as full:
        full.setattr("loudspeaker.web.shared_station.apply_edits", partial(apply_edits, system=FullDisk(1)))
        answer = save(editor, home)
    assert answer.status_code == 507
    assert "ra &lt;đồng&gt; sớm" in answer.text
    assert contents(home) == before

    assert send_again(editor, answer.text).status_code == 303
    assert "ra <đồng> sớm" in (home / "bulletins" / "tin-sang.md").read_text("utf-8")


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_a_schedule_in_two_villages_is_saved_in_both_or_in_none(
    home: Path, editor: Officer, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    before = contents(home)
    fields = {"village": ["na-hoa", "suoi-trat"], "content": "bulletin", "bulletin": "nhac", "days": "daily"}
    with editor.console.shared_station.station() as station:
        schedules = station.editing.schedules
    with monkeypatch.context() as full:
        full.setattr(schedules, "_write", partial(apply_edits, system=FullDisk(fails)))
        answer = editor.post("/lich/moi", **fields, at="11h04")

    assert answer.status_code == 507
    assert contents(home) == before
    assert not list(home.rglob("*.part"))
    assert send_again(editor, answer.text).status_code == 303
    assert {name for name, content in contents(home).items() if before.get(name) != content} == {
        "schedules/na-hoa.yaml",
        "schedules/suoi-trat.yaml",
    }


def test_a_bulletin_that_somebody_has_deleted_can_be_made_anew_of_what_was_typed(home: Path, editor: Officer) -> None:
    path = home / "bulletins" / "nhac.md"
    typed = {"revision": revision_of(path), "title": "Nhắc họp thôn", "text": TYPED, "repeat": "2", "level": "routine"}
    path.unlink()
    answer = editor.post("/ban-tin/nhac/luu", **typed)

    assert answer.status_code == 409
    assert "đã bị xóa ngoài trang" in answer.text
    assert send_again(editor, answer.text).headers["location"].startswith("/ban-tin/")
    assert not path.exists()
    assert any("ra <đồng> sớm" in content.decode() for content in contents(home).values())


def test_a_bulletin_that_somebody_has_broken_by_hand_is_not_written_over(home: Path, editor: Officer) -> None:
    path = home / "bulletins" / "tin-sang.md"
    revision = revision_of(path)
    path.write_text("---\ntitle: [\n---\nhỏng\n", encoding="utf-8")
    answer = save(editor, home, revision=revision)

    assert answer.status_code == 409
    assert "hỏng" in answer.text
    assert "ra &lt;đồng&gt; sớm" in answer.text
    assert path.read_text("utf-8").endswith("hỏng\n")


def test_a_damaged_console_db_is_put_aside_people_begin_anew_and_the_station_is_untouched(
    home: Path, clock: FakeClock, station: Station
) -> None:
    with officers_of(home, clock) as found:
        found.officer(*Role)
    database = found.console.site.own / "console.db"
    database.write_bytes(b"no database" * 1000)
    before = contents(home)
    with officers_of(home, clock) as anew:
        assert anew.stranger().get("/").headers["location"] == "/bat-dau"
        assert anew.officer(*Role).get("/lich").status_code == 200

    assert contents(home) == before
    assert len(list(database.parent.glob("console.damaged-*"))) == 1


def test_where_console_db_has_no_room_pages_are_shown_all_the_same_and_nothing_is_half_done(
    officers: Officers, editor: Officer, clock: FakeClock
) -> None:
    database = officers.console.site.accounts._database
    pages = next(database.rows("PRAGMA page_count"))[0]
    next(database.rows(f"PRAGMA max_page_count = {pages}"))
    clock.advance(3600)  # whoever is there was seen an hour ago, which is to be written down
    assert editor.get("/them").status_code == 200
    answers = [officers.stranger().client.post("/vao", data={"login": "x" * 900, "password": "y"}) for _ in range(20)]
    assert {answer.status_code for answer in answers} & {507}
    assert "Đĩa đầy" in next(answer.text for answer in answers if answer.status_code == 507)
    assert editor.get("/lich").status_code == 200

    next(database.rows("PRAGMA max_page_count = 100000"))
    login = "".join(Role)
    assert officers.stranger().client.post("/vao", data={"login": login, "password": PASSWORD}).status_code == 303


def test_a_log_without_its_wal_is_read_as_it_is(home: Path, clock: FakeClock, officers: Officers) -> None:
    with closing(Station.open(home, clock=clock)) as station:
        station.log.event("skip", "na-hoa/nhac/2026-11-24T11:00", clock.now(), why="đám tang", by="Lan")
        log = station.paths.log
    with closing(sqlite3.connect(log)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        Path(f"{log}{suffix}").unlink(missing_ok=True)
    log.parent.chmod(0o555)
    try:
        assert "đám tang" in officers.officer(Role.VIEW).get("/nhat-ky").text
    finally:
        log.parent.chmod(0o755)


def test_damage_in_the_midst_ends_in_a_page_that_tells_and_the_next_request_begins_anew(
    officers: Officers, editor: Officer, home: Path
) -> None:
    database, path = officers.console.site.accounts._database, officers.console.site.own / "console.db"
    before = contents(home)
    for suffix in ("", "-wal"):
        Path(f"{path}{suffix}").write_bytes(b"no database " * 20_000)
    next(database.rows("PRAGMA shrink_memory"), None)
    answer = editor.get("/lich")
    (aside,) = officers.console.site.databases_aside()
    assert answer.status_code == 503
    assert aside in answer.text
    assert "loudspeaker web first" in answer.text

    stranger = officers.stranger()
    assert editor.get("/").headers["location"] == "/bat-dau"
    assert aside in stranger.get("/bat-dau").text
    fields = {"login": "ly", "name": "Chị Lý", "password": PASSWORD, "again": PASSWORD}
    assert stranger.post("/bat-dau", code=officers.console.site.accounts.make_link(), **fields).status_code == 303
    assert aside in stranger.get("/nhat-ky/thao-tac").text
    assert contents(home) == before


def test_a_program_that_asks_of_a_damaged_console_db_is_told_in_json(officers: Officers, editor: Officer) -> None:
    database, path = officers.console.site.accounts._database, officers.console.site.own / "console.db"
    for suffix in ("", "-wal"):
        Path(f"{path}{suffix}").write_bytes(b"no database " * 20_000)
    next(database.rows("PRAGMA shrink_memory"), None)
    answer = officers.stranger().get("/api/v1/now", authorization="Bearer ls_x")

    assert answer.status_code == 503
    assert "console.damaged" in answer.json()["error"]
