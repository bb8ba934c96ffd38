"""Nhật ký: what became of each airing and why, what people did, and both on paper."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from harness.officers import Officer, Officers
from harness.small_commune import at
from openpyxl import load_workbook

from loudspeaker.i18n import translator
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.reports.report_tables import date_line
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.airing_pages.history import MOST_ROWS, Wanted, read_log

pytestmark = pytest.mark.waits

DAY = "2026-11-24"
HEARD, MISSED = f"na-hoa/tin-sang/{DAY}T06:05", f"suoi-trat/tin-sang/{DAY}T17:30"


def record(name: str, verdict: Verdict, why: str = "") -> AsRunRecord:
    village, broadcast, when = name.split("/")
    due = at(f"{when}:00")
    occurrence = Occurrence(name, village, "san-kho", broadcast, broadcast, Level.ROUTINE, due, "Tin sáng")
    started = due + timedelta(seconds=2) if verdict is Verdict.AIRED else None
    return AsRunRecord(occurrence, verdict, why, started_at=started, ended_at=started)


@pytest.fixture
def log(home: Path) -> Iterator[AsRunLog]:
    (home / ".state").mkdir(exist_ok=True)
    with closing(AsRunLog.open(home / ".state" / "asrun.db", "xa-thu")) as log:
        yield log


@pytest.fixture
def viewer(officers: Officers, log: AsRunLog) -> Officer:
    noon = at(f"{DAY}T12:00:00")
    log.verdict(record(HEARD, Verdict.AIRED))
    log.verdict(record(MISSED, Verdict.MISSED_OFF, "máy tắt, mất điện"))
    log.event("skip", f"na-hoa/nhac/{DAY}T11:00", noon, why="đám tang", undo=False, by="chị Hoa", account="hoa")
    log.event("approve", "", at(f"{DAY}T05:00:00"), bulletin="tin-sang", digest="9788f21d", by="anh Páo")
    return officers.officer(Role.VIEW)


def test_the_log_of_a_day_says_what_was_heard_what_not_and_who_did_what(viewer: Officer) -> None:
    page = viewer.get(f"/nhat-ky?tu={DAY}&den={DAY}").text

    assert "1 lượt phát đủ · 1 lượt không đủ" in page
    assert "Thôn Nà Hoa" in page
    assert "06:05:02" in page
    assert "máy tắt, mất điện" in page
    assert "<strong>chị Hoa</strong> bỏ lượt 11:00 24/11 Thôn Nà Hoa: đám tang" in page


def test_what_was_done_at_once_in_several_villages_is_one_act(officers: Officers, log: AsRunLog) -> None:
    now = at(f"{DAY}T12:00:00")
    for village in ("na-hoa", "suoi-trat"):
        log.event("pause", "", now, village=village, until=f"{DAY}T18:00:00+07:00", why="tang", by="Lan")
    log.event("pause", "", now, village="na-hoa", until=f"{DAY}T19:00:00+07:00", why="tang", by="Lan")

    page = officers.officer(Role.VIEW).get(f"/nhat-ky?tu={DAY}&den={DAY}").text
    assert "cho Thôn Nà Hoa, Thôn Suối Trát tạm ngừng phát đến 18:00" in page
    assert page.count("tạm ngừng phát") == 2


def test_it_can_be_narrowed_to_a_village_and_a_result(viewer: Officer) -> None:
    span = f"/nhat-ky?tu={DAY}&den={DAY}"

    assert HEARD in viewer.get(f"{span}&thon=na-hoa").text
    assert MISSED not in viewer.get(f"{span}&thon=na-hoa").text
    assert MISSED in viewer.get(f"{span}&ket-qua=missed").text
    assert HEARD not in viewer.get(f"{span}&ket-qua=missed").text
    assert viewer.get(f"{span}&thon=nowhere").status_code == 404


def test_a_day_without_entries_says_so(viewer: Officer) -> None:
    assert "Nhật ký không có gì" in viewer.get("/nhat-ky?tu=2026-01-01&den=2026-01-01").text


@pytest.mark.parametrize(
    "span", ["tu=mai", f"tu={DAY}&den=2026-11-01", "tu=2020-01-01&den=2026-01-01", "tu=9999-12-31"]
)
def test_a_span_that_cannot_be_meant_is_refused(viewer: Officer, span: str) -> None:
    assert viewer.get(f"/nhat-ky?{span}").status_code == 422


def test_days_may_be_written_as_people_do(viewer: Officer) -> None:
    assert HEARD in viewer.get("/nhat-ky?tu=24/11/2026&den=24/11/2026").text


def test_the_story_of_an_airing_tells_why_and_who_approved_it(viewer: Officer) -> None:
    page = viewer.get(f"/luot/{MISSED}").text

    assert "mất điện" in page
    assert "Thôn Suối Trát" in page
    assert "<strong>anh Páo</strong> duyệt “tin-sang” (mã 9788f21d)" in page


def test_an_airing_to_come_says_what_will_become_of_it(viewer: Officer) -> None:
    assert "Có trong lịch và sẽ được phát." in viewer.get("/luot/na-hoa/tin-sang/2026-11-25T06:05").text


def test_of_an_airing_that_nobody_knows_nothing_is_told(viewer: Officer) -> None:
    assert viewer.get("/luot/na-hoa/khong-co/2026-11-25T06:05").status_code == 404


def test_what_is_written_after_the_page_was_first_opened_is_on_it(viewer: Officer, log: AsRunLog) -> None:
    viewer.get("/nhat-ky")
    log.verdict(record(f"na-hoa/nhac/{DAY}T11:00", Verdict.STOPPED, "dừng từ trang"))

    assert "dừng từ trang" in viewer.get(f"/nhat-ky?tu={DAY}&den={DAY}").text


def test_what_stands_in_the_log_is_text_and_no_markup(officers: Officers, log: AsRunLog) -> None:
    log.verdict(record(MISSED, Verdict.REFUSED, "<script>alert(1)</script>"))

    page = officers.officer(Role.VIEW).get(f"/nhat-ky?tu={DAY}&den={DAY}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_long_span_shows_its_first_rows_and_says_so(officers: Officers, log: AsRunLog) -> None:
    for number in range(MOST_ROWS + 1):
        hour, minute = divmod(number, 60)
        log.verdict(record(f"na-hoa/tin-sang/{DAY}T{hour:02d}:{minute:02d}", Verdict.AIRED))

    page = officers.officer(Role.VIEW).get(f"/nhat-ky?tu={DAY}&den={DAY}").text
    assert page.count("/luot/na-hoa/") == MOST_ROWS
    assert f"{MOST_ROWS} trong {MOST_ROWS + 1}" in page


def test_no_more_rows_are_kept_than_are_wanted_and_all_are_counted(viewer: Officer, home: Path) -> None:
    day = date.fromisoformat(DAY)
    with closing(Station.open(home, clock=viewer.console.site.clock, writes=False)) as station:
        found = read_log(station, Wanted(day, day, "", ""), 1)

    assert (len(found.rows), found.left_out, found.counts) == (1, 1, {True: 1, False: 1})


def test_a_print_has_the_form_of_an_official_paper_and_the_head_of_the_chain(viewer: Officer, log: AsRunLog) -> None:
    page = viewer.get(f"/nhat-ky/in?tu={DAY}&den={DAY}").text

    for line in (
        "ỦY BAN NHÂN DÂN XÃ THỬ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        date_line("Xã Thử", viewer.console.site.clock.now()).say(translator("vi")),
        "NGƯỜI LẬP BIỂU",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Số liệu xã tự báo",
        log.head(),
    ):
        assert line in page, line


def test_a_report_is_the_workbook_of_the_command_line(viewer: Officer) -> None:
    answer = viewer.get(f"/bao-cao.xlsx?tu={DAY}&den={DAY}")

    assert answer.status_code == 200
    cells = [cell for sheet in load_workbook(io.BytesIO(answer.content)) for row in sheet.values for cell in row]
    assert "Tin sáng" in cells


def test_the_chain_of_the_log_is_checked_by_the_command_line(viewer: Officer, log: AsRunLog, home: Path) -> None:
    page = viewer.get("/nhat-ky/chuoi").text
    assert "✓ Cả 4 dòng đều nguyên như lúc ghi" in page
    assert log.head() in page

    log.close()
    with closing(sqlite3.connect(home / ".state" / "asrun.db")) as database:
        database.execute("DROP TRIGGER no_UPDATE_of_entries")
        database.execute("UPDATE entries SET entry = replace(entry, 'đám tang', 'mưa') WHERE number = 3")
        database.commit()
    assert "✗ Dòng 3 không còn như lúc ghi" in viewer.get("/nhat-ky/chuoi").text


def test_a_report_that_cannot_be_made_says_why(viewer: Officer) -> None:
    assert viewer.get("/bao-cao.xlsx").status_code == 422
    answer = viewer.get("/bao-cao.xlsx?thang=2026-99")
    assert (answer.status_code, "2026-99" in answer.text) == (422, True)
