"""Lịch tuần and Xếp lịch: what an officer sees of a week, and what a change does before it is saved."""

from __future__ import annotations

import gzip
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officers

from loudspeaker.clock import FakeClock
from loudspeaker.config.schedule_file import parse
from loudspeaker.model.broadcast import Broadcast
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.schedule_pages.week_table import CROWDED
from loudspeaker.web.shared_station import FRESH

LATER_PAGE = 12_000  # bytes, packed
NEW = {"village": ["na-hoa", "suoi-trat"], "content": "bulletin", "bulletin": "nhac", "days": "daily"}


def text(response: Any) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def entries(home: Path, village: str) -> tuple[Broadcast, ...]:
    return parse(f"schedules/{village}.yaml", (home / f"schedules/{village}.yaml").read_bytes()).broadcasts


def seen(response: Any) -> str:
    """The revision that a form carries."""
    found = re.search(r'name="seen" value="(\w+)"', response.text)
    assert found
    return found[1]


def test_a_week_has_a_row_for_each_session_and_one_line_for_what_is_alike(officers: Officers) -> None:
    page = officers.officer(Role.VIEW).get("/lich")

    assert page.status_code == 200
    assert "Tuần 23/11–29/11" in text(page)
    assert "Sáng 5h30–6h30" in text(page)
    assert "17:30 Tin sáng Thôn Nà Hoa, Thôn Suối Trát" in text(page)
    assert "15/10 âm" in text(page)  # Monday 23 November 2026
    assert "Xếp lịch" not in text(page)  # who only looks


def test_everybody_has_the_week_with_their_own_links(officers: Officers) -> None:
    edit, view = officers.officer(Role.EDIT), officers.officer(Role.VIEW)
    for person in (edit, view, edit):
        links = set(re.findall(r'class="line[^"]*" href="([^"]+)"', person.get("/lich").text))
        assert ("/lich/muc/na-hoa/tin-sang" in links) is (person is edit)
        assert ("/luot/na-hoa/tin-sang/2026-11-24T06:05" in links) is (person is view)


def test_what_lies_outside_the_sessions_has_a_row_of_its_own_with_the_reason(officers: Officers, home: Path) -> None:
    path = home / "schedules/na-hoa.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + "  - {bulletin: nhac, name: khuya, at: 21:30}\n", encoding="utf-8"
    )
    page = text(officers.officer(Role.EDIT).get("/lich"))

    assert "Ngoài giờ" in page
    assert "ban đêm" in page
    assert "lượt trong tuần không phát được như lịch" in page


def test_of_a_crowded_week_only_the_chosen_day_is_shown_line_by_line(officers: Officers, home: Path) -> None:
    times = ", ".join(f"'{6 + number // 60}:{number % 60:02}'" for number in range(CROWDED // 7 + 1))
    (home / "schedules/na-hoa.yaml").write_text(
        f"village: Nà Hoa\nbroadcasts:\n  - {{bulletin: nhac, at: [{times}]}}\n"
    )
    page = officers.officer(Role.VIEW).get("/lich?tuan=2026-11-23&ngay=2026-11-26")

    assert "chỉ ngày 26/11 được ghi từng lượt" in text(page)
    assert page.text.count('class="line') in range(CROWDED // 7, CROWDED // 2)
    assert 'href="/lich?tuan=2026-11-23&ngay=2026-11-27"' in page.text.replace("&amp;", "&")
    assert len(gzip.compress(page.content, 6)) < LATER_PAGE


def test_a_broken_schedule_is_told_on_the_page(officers: Officers, home: Path, clock: FakeClock) -> None:
    officers.officer(Role.EDIT).get("/lich")
    (home / "schedules/na-hoa.yaml").write_text("broadcasts:\n  - {bulletin: nhac, at: 99:00}\n")
    clock.advance(FRESH)

    page = officers.officer(Role.EDIT).get("/lich")
    words = "Tệp lịch của Thôn Nà Hoa có lỗi ở dòng 2; đang dùng bản tốt gần nhất, đến 05:00 26/11."
    assert f"{words} Xem lỗi" in text(page)
    mistakes = text(officers.officer(Role.VIEW).get("/tep-loi"))
    assert "schedules/na-hoa.yaml" in mistakes
    assert "Dòng 2: " in mistakes
    assert "- {bulletin: nhac, at: 99:00}" in mistakes


def test_the_week_shows_each_place_that_is_not_as_planned(officers: Officers, home: Path) -> None:
    path = home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text("utf-8") + "  - {bulletin: nhac, name: khuya, at: 21:30}\n", encoding="utf-8")
    person = officers.officer(Role.EDIT)

    assert 'href="/lich?tuan=2026-11-23&amp;xem=loi"' in person.get("/lich").text
    assert "Thứ Ba 24/11 21:30 Nhắc lại · Thôn Nà Hoa ✗" in text(person.get("/lich?tuan=2026-11-23&xem=loi"))


def test_an_empty_week_is_filled_with_the_one_before(officers: Officers, home: Path, daemon: FakeDaemon) -> None:
    path = home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text("utf-8").replace("11:00}", "11:00, until: 29/11/2026}"), encoding="utf-8")
    path.write_text(path.read_text("utf-8").replace("17:30]}", "17:30], until: 29/11/2026}"), encoding="utf-8")
    (home / "schedules/suoi-trat.yaml").unlink()
    person = officers.officer(Role.EDIT)
    week = person.get("/lich?tuan=2026-11-30")
    shown = person.get("/lich/chep?tuan=2026-11-30")

    assert "Tuần này chưa xếp gì. Xếp lịch Chép tuần trước" in text(week)
    assert "Sẽ thêm 21 lượt" in text(shown)
    assert "Tin sáng · Thôn Nà Hoa" in text(shown)
    assert len(entries(home, "na-hoa")) == 2

    assert person.post("/lich/chep", tuan="2026-11-30").headers["location"] == "/lich?tuan=2026-11-30&luu=1"
    copied = entries(home, "na-hoa")[2:]
    assert [entry.times for entry in copied] == [(6 * 3600 + 300, 17 * 3600 + 1800), (11 * 3600,)]
    assert copied[0].days
    assert [day for day in range(20, 31) if date(2026, 11, day) in copied[0].days] == [30]
    assert [day for day in range(1, 15) if date(2026, 12, day) in copied[0].days] == [1, 2, 3, 4, 5, 6]
    assert person.post("/lich/chep", tuan="2026-11-30").status_code == 409  # there is nothing left to copy


@pytest.mark.parametrize("week", ["2026-11-16", "2027-11-29", "xx", ""])
def test_a_week_that_is_past_or_none_is_not_copied_into(officers: Officers, week: str) -> None:
    assert officers.officer(Role.EDIT).get(f"/lich/chep?tuan={week}").status_code == 422


def test_an_empty_week_says_so_and_offers_to_schedule_something(officers: Officers, home: Path) -> None:
    for path in (home / "schedules").iterdir():
        path.unlink()
    page = text(officers.officer(Role.EDIT).get("/lich"))

    assert "Tuần này chưa xếp gì." in page
    assert "Xếp lịch" in page


@pytest.mark.parametrize(
    "query",
    [
        *("tuan=2026-12-02", "tuan=xx", "ngay=9999-99-99", "thon=khong-co", "thon=na-hoa&ngay=2026-11-29"),
        *("tuan=9999-12-31", "ngay=9999-12-31", "tuan=0001-01-01"),
    ],
)
def test_any_address_of_a_week_is_answered(officers: Officers, query: str) -> None:
    for path in ("/lich", "/lich/in", "/lich/tin-nhan"):
        assert officers.officer(Role.VIEW).get(f"{path}?{query}").status_code == 200


def test_the_text_for_a_telephone_has_the_days_to_come_only(officers: Officers) -> None:
    page = text(officers.officer(Role.VIEW).get("/lich/tin-nhan"))

    assert "thứ Hai 23/11" not in page
    assert "thứ Ba 24/11: 06:05 Tin sáng (Thôn Nà Hoa)" in page


def test_a_form_is_tried_before_it_is_saved(officers: Officers, home: Path) -> None:
    person = officers.officer(Role.EDIT)
    before = {path: path.read_bytes() for path in (home / "schedules").iterdir()}
    fragment = person.post_by_htmx("/lich/thu", **NEW, at="11h04")

    assert "Hằng ngày, lúc 11h04" in text(fragment)
    assert "11h04 (11 giờ 4 trưa) · 28 lượt trong 14 ngày tới" in text(fragment)
    assert "Lưu lịch" in text(fragment)
    assert "<html" not in fragment.text
    assert {path: path.read_bytes() for path in (home / "schedules").iterdir()} == before


@pytest.mark.parametrize("field", [{"month": "9999-12"}, {"month": "0001-01"}, {"date": "9999-12-31"}])
def test_a_form_may_name_a_day_that_no_calendar_shows(officers: Officers, field: dict[str, str]) -> None:
    assert officers.officer(Role.EDIT).post("/lich/thu", **NEW, at="11h04", **field).status_code == 200


def test_an_entry_is_saved_in_every_village_and_noted(officers: Officers, home: Path, daemon: FakeDaemon) -> None:
    answer = officers.officer(Role.EDIT).post("/lich/moi", **NEW, at="11h04")

    assert (answer.status_code, answer.headers["location"]) == (303, "/lich?ngay=2026-11-24&luu=1")
    assert [entry.name for entry in entries(home, "na-hoa")] == ["tin-sang", "nhac", "nhac-2"]
    assert entries(home, "suoi-trat")[-1].times == (11 * 3600 + 240,)
    noted = [facts["path"] for verb, facts, _ in daemon.asked if verb == "note_edit"]
    assert noted == ["schedules/na-hoa.yaml", "schedules/suoi-trat.yaml"]
    assert "Đã lưu lịch" in text(officers.officer(Role.EDIT).get(answer.headers["location"]))


def test_a_clash_is_shown_with_its_ways_out_and_one_tap_takes_one(officers: Officers, home: Path) -> None:
    person = officers.officer(Role.EDIT)
    refused = person.post("/lich/moi", **NEW, at="17h30")
    moved = person.post("/lich/moi", **NEW, at="17h30", choice="move")

    assert refused.status_code == 422
    assert "Trùng giờ" in text(refused)
    assert "Chuyển sang" in text(refused)
    assert moved.status_code == 303
    assert entries(home, "na-hoa")[-1].times != (17 * 3600 + 1800,)


def test_what_the_policy_forbids_can_only_be_moved(officers: Officers) -> None:
    page = officers.officer(Role.EDIT).post_by_htmx("/lich/thu", **NEW, at="20h00", sure="20h00")

    assert "Trái quy chế" in text(page)
    assert "Chuyển sang" in text(page)
    assert "chấp nhận muộn" not in text(page)
    assert "Lưu lịch" not in text(page)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("530", "“530”: buổi sáng hay buổi chiều? 5h30 (5 giờ 30 sáng) 17h30 (5 giờ 30 chiều)"),
        ("21h30", "“21h30” là ban đêm"),
        ("25h", "“25h” không phải là giờ"),
        ("", "hãy ghi giờ phát"),
    ],
)
def test_a_time_that_may_be_meant_otherwise_is_asked_about(officers: Officers, at: str, words: str) -> None:
    assert words.casefold() in text(officers.officer(Role.EDIT).post_by_htmx("/lich/thu", **NEW, at=at)).casefold()


def test_what_is_meant_is_taken_at_a_tap(officers: Officers) -> None:
    page = officers.officer(Role.EDIT).post("/lich/thu", **NEW, at="530", mean="530=17:30")

    assert 'id="at" name="at" value="17:30"' in page.text
    assert "Hằng ngày, lúc 17h30" in text(page)


def test_a_session_is_asked_for_and_its_first_free_minute_found(officers: Officers) -> None:
    page = officers.officer(Role.EDIT).post("/lich/thu", **NEW, at="", part=str(10 * 3600 + 2700))

    assert page.status_code == 200
    assert re.search(r'name="at" value="1[01]:\d\d"', page.text)


def test_several_bulletins_follow_one_another(officers: Officers, home: Path) -> None:
    fields = {**NEW, "village": ["suoi-trat"], "bulletin": ["nhac", "tin-sang", ""]}
    answer = officers.officer(Role.EDIT).post("/lich/moi", **fields, at="11h04")

    assert answer.status_code == 303
    first, second = entries(home, "suoi-trat")[-2:]
    assert (first.bulletin, second.bulletin) == ("nhac", "tin-sang")
    assert second.times[0] - first.times[0] == 60


def test_bulletins_are_put_into_another_order(officers: Officers) -> None:
    fields = {**NEW, "bulletin": ["nhac", "tin-sang", ""]}
    down = officers.officer(Role.EDIT).post("/lich/thu", **fields, at="11h04", down="0").text
    up = officers.officer(Role.EDIT).post("/lich/thu", **fields, at="11h04", up="1").text

    for page in (down, up):
        chosen = re.findall(r'<option value="([\w-]+)" selected', page)
        assert chosen == ["tin-sang", "nhac"]
    assert "Xếp cả buổi:" in down


def test_what_is_to_be_aired_is_told_with_its_length_and_what_it_takes_of_the_session(officers: Officers) -> None:
    page = text(officers.officer(Role.EDIT).post_by_htmx("/lich/thu", **NEW, at="11h04", repeat="3"))

    assert re.search(r"Nhắc lại · \d+ giây", page)
    assert re.search(r"28 lượt trong 14 ngày tới, mỗi thôn (\d+ phút )?\d+ giây", page)
    assert re.search(r"Trưa: \d/45 phút, ngày 24/11", page)


def test_that_a_bulletin_waits_for_approval_is_told(officers: Officers, home: Path) -> None:
    path = home / "commune.yaml"
    path.write_text(path.read_text("utf-8") + "policy: {approval: required}\n", encoding="utf-8")

    assert "chưa duyệt: duyệt rồi mới phát" in text(
        officers.officer(Role.EDIT).post_by_htmx("/lich/thu", **NEW, at="11h04")
    )


def test_times_that_are_still_free_are_offered_in_each_session(officers: Officers, home: Path) -> None:
    (home / "bulletins/hop.md").write_text("---\ntitle: Họp\n---\nMời bà con họp.\n", encoding="utf-8")
    person, fields = officers.officer(Role.EDIT), {**NEW, "bulletin": "hop"}
    page = person.post_by_htmx("/lich/thu", **fields, at="")
    offered = [int(at) for at in re.findall(r'name="free" value="(\d+)"', page.text)]

    assert len(offered) == 3
    assert [at // 3600 for at in offered] == [6, 11, 17]
    for at in offered:
        assert "Lưu lịch" in text(person.post("/lich/thu", **fields, at="", free=str(at)))


def test_a_station_is_relayed_by_its_name(officers: Officers, home: Path) -> None:
    path = home / "commune.yaml"
    path.write_text(path.read_text("utf-8") + "streams: {VOV1: 'https://vov.vn/1'}\n", encoding="utf-8")
    person = officers.officer(Role.EDIT)
    form = person.get("/lich/moi").text
    fields = {"village": "suoi-trat", "content": "stream", "stream": "https://vov.vn/1", "length": "20"}
    tried = person.post_by_htmx("/lich/thu", **fields, fallback="nhac", at="11h02", days="daily")
    answer = person.post("/lich/moi", **fields, fallback="nhac", at="11h02", days="daily")

    assert '<option value="https://vov.vn/1">VOV1</option>' in form
    assert "Trưa: 2" in text(tried)  # of the quota
    assert answer.status_code == 303
    entry = entries(home, "suoi-trat")[-1]
    assert (entry.name, entry.stream, entry.length, entry.fallback) == ("vov1", "https://vov.vn/1", 1200.0, "nhac")


def test_the_last_day_of_each_lunar_month_is_ticked_and_its_days_are_told(officers: Officers, home: Path) -> None:
    fields = {**NEW, "days": "lunar", "lunar": "cuoi-thang"}
    tried = officers.officer(Role.EDIT).post_by_htmx("/lich/thu", **fields, at="11h04")

    assert "Ngày cuối tháng âm lịch, lúc 11h04" in text(tried)
    assert "rơi vào thứ Ba 08/12, thứ Năm 07/01, thứ Sáu 05/02" in text(tried)  # of the 10th, 11th and 12th month
    assert officers.officer(Role.EDIT).post("/lich/moi", **fields, at="11h04").status_code == 303
    assert "lunar: cuoi-thang" in (home / "schedules/suoi-trat.yaml").read_text(encoding="utf-8")


def test_lunar_days_and_a_month_without_a_day_30(officers: Officers, home: Path) -> None:
    fields = {**NEW, "days": "lunar", "lunar": ["15", "30"]}
    page = officers.officer(Role.EDIT).post("/lich/thu", **fields, at="11h04")
    answer = officers.officer(Role.EDIT).post("/lich/moi", **fields, at="11h04", lunar_more="giao-thua")

    assert "âm thiếu, không có ngày 30" in text(page)
    assert answer.status_code == 303
    assert "lunar: [15, 30, giao-thua]" in (home / "schedules/suoi-trat.yaml").read_text(encoding="utf-8")


def test_days_are_ticked_in_a_calendar_with_the_lunar_day_beside_each(officers: Officers, home: Path) -> None:
    person = officers.officer(Role.EDIT)
    page = person.post("/lich/thu", **{**NEW, "days": "dates", "date": ["2027-02-05"], "month": "2027-02"}, at="11h04")
    answer = person.post("/lich/moi", **{**NEW, "days": "dates", "date": ["2026-11-28", "2026-12-01"]}, at="11h04")

    assert "5 Giao thừa" in text(page)
    assert "6 1/1" in text(page)
    assert answer.status_code == 303
    assert "on: [2026-11-28, 2026-12-01]" in (home / "schedules/suoi-trat.yaml").read_text(encoding="utf-8")


def test_days_that_are_past_are_refused(officers: Officers) -> None:
    page = officers.officer(Role.EDIT).post("/lich/moi", **NEW, at="11h04", last="1/11/2026")

    assert page.status_code == 422
    assert "Ngày này đã qua" in text(page)


def test_an_entry_is_opened_altered_and_keeps_what_the_form_does_not_show(officers: Officers, home: Path) -> None:
    path = home / "schedules/na-hoa.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("nhac, at: 11:00}", "nhac, at: 11:00, wait: 5m}  # nhắc"),
        encoding="utf-8",
    )
    person = officers.officer(Role.EDIT)
    form = person.get("/lich/muc/na-hoa/nhac")
    fields = {"thon": "na-hoa", "ten": "nhac", "seen": seen(form), **NEW, "village": ["na-hoa"]}
    answer = person.post("/lich/muc/na-hoa/nhac", **fields, at="11:10")

    assert "Hằng ngày, lúc 11h00" in text(form)
    assert "14 lượt trong 14 ngày tới" in text(form)
    assert answer.status_code == 303
    assert "  - {bulletin: nhac, at: 11:10, wait: 5m}  # nhắc\n" in path.read_text(encoding="utf-8")


def test_an_entry_that_somebody_has_saved_meanwhile_is_a_conflict_with_both_versions(
    officers: Officers, home: Path
) -> None:
    person = officers.officer(Role.EDIT)
    form = person.get("/lich/muc/na-hoa/nhac")
    path = home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("at: 11:00", "at: 11:20"), encoding="utf-8")
    fields = {"thon": "na-hoa", "ten": "nhac", **NEW, "village": ["na-hoa"], "at": "11:10"}
    refused = person.post("/lich/muc/na-hoa/nhac", **fields, seen=seen(form))

    assert refused.status_code == 409
    assert "sửa ngoài trang" in text(refused)
    assert "Đang lưu: hằng ngày, lúc 11h20" in text(refused)
    assert "Của anh/chị: hằng ngày, lúc 11h10" in text(refused)
    theirs = person.get("/lich/muc/na-hoa/nhac")
    assert "Anh/chị đã gõ dở" in text(theirs)
    assert 'id="at" name="at" value="11:20"' in theirs.text
    assert 'id="at" name="at" value="11:10"' in person.get("/lich/muc/na-hoa/nhac?nhap=1").text
    assert "gõ dở" not in text(officers.officer(Role.APPROVE).get("/lich/muc/na-hoa/nhac"))

    assert person.post("/lich/muc/na-hoa/nhac", **fields, seen=seen(refused)).status_code == 303
    assert "gõ dở" not in text(person.get("/lich/muc/na-hoa/nhac"))
    assert "at: 11:10" in path.read_text(encoding="utf-8")


def test_what_lost_against_another_is_let_go_in_one_tap(officers: Officers, home: Path) -> None:
    person = officers.officer(Role.EDIT)
    form = person.get("/lich/muc/na-hoa/nhac")
    path = home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("at: 11:00", "at: 11:20"), encoding="utf-8")
    fields = {"thon": "na-hoa", "ten": "nhac", **NEW, "village": ["na-hoa"], "at": "11:10", "seen": seen(form)}
    assert person.post("/lich/muc/na-hoa/nhac", **fields).status_code == 409
    assert person.post("/lich/muc/na-hoa/nhac", action="drop").headers["location"] == "/lich/muc/na-hoa/nhac"

    assert "gõ dở" not in text(person.get("/lich/muc/na-hoa/nhac"))


def test_every_village_and_every_day_of_a_calendar_may_be_ticked(officers: Officers) -> None:
    days = [f"2026-12-{day:02}" for day in range(1, 32)]
    fields = {**NEW, "village": ["na-hoa"] * 60, "days": "dates", "date": days}

    assert officers.officer(Role.EDIT).post("/lich/thu", **fields, at="11h04").status_code == 200


def test_an_entry_is_taken_out_once_its_cost_was_shown(officers: Officers, home: Path) -> None:
    person = officers.officer(Role.EDIT)
    fields = {"village": ["na-hoa"], "seen": seen(person.get("/lich/muc/na-hoa/nhac")), "action": "remove"}
    shown = person.post("/lich/muc/na-hoa/nhac", **fields)

    assert "14 lượt trong 14 ngày tới sẽ không phát nữa" in text(shown)
    assert len(entries(home, "na-hoa")) == 2
    assert person.post("/lich/muc/na-hoa/nhac", **fields, sure_remove="1").status_code == 303
    assert len(entries(home, "na-hoa")) == 1


def test_what_was_approved_is_left_out_by_whoever_approves_alone(officers: Officers, home: Path) -> None:
    path = home / "schedules/na-hoa.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("at: [06:05, 17:30]", "at: 17:30"), encoding="utf-8")
    with officers.console.shared_station.station() as station:
        digest = station.preparation.preview("tin-sang").digest
    from loudspeaker.station import Station

    own = Station.open(home, clock=officers.console.site.clock)
    own.log.event("approve", "", own.clock.now(), bulletin="tin-sang", digest=digest, by="anh Páo")
    own.close()
    fields = {
        **NEW,
        "village": ["na-hoa"],
        "at": "17h30",
        "first": "28/11/2026",
        "last": "30/11/2026",
        "choice": "instead",
    }

    assert officers.officer(Role.EDIT).post("/lich/moi", **fields).status_code == 403
    assert officers.officer(Role.APPROVE).post("/lich/moi", **fields).status_code == 303


def test_the_files_lines_are_shown_to_the_administrator_alone(officers: Officers) -> None:
    both = officers.officer(Role.EDIT, Role.ADMIN).post_by_htmx("/lich/thu", **NEW, at="11h04")
    editor = officers.officer(Role.EDIT).post_by_htmx("/lich/thu", **NEW, at="11h04")

    assert "{bulletin: nhac, at: 11:04}" in text(both)
    assert "bulletin: nhac" not in text(editor)
