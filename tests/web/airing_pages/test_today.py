"""Hôm nay and less sound: what people see of the day, and what their buttons ask the daemon."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import HTMX, Officers, board_of
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.errors import Message, Refused
from loudspeaker.model.alert_answer import PreparedAlert
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.board import BoardAiring, StandingAlarm
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.station import Station
from loudspeaker.station.approvals import digest
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.shared_station import FRESH

pytestmark = pytest.mark.waits

MORNING = "na-hoa/tin-sang/2026-11-24T06:05"
NOON = "na-hoa/nhac/2026-11-24T11:00"


def sounding(at: datetime, **more: Any) -> BoardAiring:
    """What the daemon has on the air, for both villages of the output."""
    plain = BoardAiring(
        **{"id": MORNING, "village": "na-hoa", "villages": ("na-hoa", "suoi-trat"), "output": "san-kho"},
        **{"bulletin": "tin-sang", "title": "Tin sáng", "level": Level.ROUTINE, "drill": False},
        **{"at": at, "seconds": 60.0, "begun": at},
    )
    return replace(plain, **more)


def asked(daemon: FakeDaemon) -> list[tuple[str, dict[str, Any]]]:
    return [(verb, arguments) for verb, arguments, _uid in daemon.asked if verb not in ("board", "health")]


def test_what_comes_is_shown_with_its_villages(officers: Officers, daemon: FakeDaemon) -> None:
    text = officers.officer(Role.VIEW).get("/").text

    assert "Hiện không phát gì" in text
    assert "Không có lượt nào" in text  # by the daemon, which has nothing in hand yet
    assert text.index("06:05") < text.index("11:00") < text.index("17:30")
    assert "Thôn Nà Hoa, Thôn Suối Trát" in text  # one row for both


def test_an_alert_that_waits_for_a_signature_stands_on_every_page(
    officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    waiting = PreparedAlert("xa-thu/17", "Lũ đang về.", ("na-hoa",), "Chị Hoa", 1, False, clock.now())
    daemon.answers["board"] = board_of(clock.now(), prepared=(waiting,))

    for path in ("/", "/lich"):
        text = officers.officer(Role.VIEW).get(path).text
        assert "Lệnh khẩn xa-thu/17 đã có chữ ký của Chị Hoa; còn thiếu 1 chữ ký thì mới phát: Lũ đang về." in text


def test_while_no_daemon_answers_every_page_says_so(officers: Officers) -> None:
    person = officers.officer(Role.DUTY)
    for path in ("/", "/them", "/im-lang"):
        assert "Rút điện hộp máy" in person.get(path).text
    answer = person.post("/dung")

    assert answer.status_code == 503
    assert "chương trình nền" in answer.text or "không chạy" in answer.text


def test_what_is_on_the_air_is_stopped_in_two_taps_and_the_reason_comes_after(
    officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    on = sounding(clock.now())
    daemon.answers |= {"board": board_of(clock.now(), on), "stop": [MORNING], "explain_stop": None}
    person = officers.officer(Role.DUTY)
    assert 'href="/dung"' in person.get("/them").text
    assert "Mọi loa" in person.get("/dung").text

    after = person.post("/dung")
    assert after.status_code == 303
    why = person.get(after.headers["location"])
    assert MORNING in why.text
    assert person.post("/dung/ly-do", airing=MORNING, why="đám tang").headers["location"] == "/"

    stop, reason = asked(daemon)
    assert stop == ("stop", {"villages": [], "why": "dừng từ trang", "by": "Chị Duty", "account": "duty", "via": "web"})
    assert (reason[0], reason[1]["airings"], reason[1]["why"]) == ("explain_stop", [MORNING], "đám tang")


def test_where_nothing_sounds_stopping_says_so(officers: Officers, daemon: FakeDaemon) -> None:
    daemon.answers["stop"] = []
    answer = officers.officer(Role.DUTY).post("/dung")

    assert answer.status_code == 409


def test_one_airing_is_left_out_with_its_reason_and_taken_back(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    person = officers.officer(Role.EDIT)
    assert f'href="/luot/{NOON}/bo"' in person.get("/").text
    assert "Đám tang" in person.get(f"/luot/{NOON}/bo").text
    assert person.post(f"/luot/{NOON}/bo", why="họp thôn").status_code == 303
    assert asked(daemon)[-1][1] | {"by": ""} == {
        **{"airing": NOON, "why": "họp thôn", "undo": False, "by": "", "account": "edit", "via": "web"}
    }

    station = Station.open(home, clock=clock)
    station.log.event("skip", NOON, clock.now(), by="Chị Edit", why="họp thôn", undo=False)
    clock.advance(2)
    board = person.get("/").text
    assert "Sẽ bỏ lượt 11:00 Thôn Nà Hoa" in board
    assert f'action="/luot/{NOON}/hoan-tac"' in board

    person.post(f"/luot/{NOON}/hoan-tac")
    assert asked(daemon)[-1][1]["undo"] is True
    station.close()


def test_leaving_out_needs_a_reason_and_an_airing_that_there_is(officers: Officers, daemon: FakeDaemon) -> None:
    person = officers.officer(Role.EDIT)

    assert person.post(f"/luot/{NOON}/bo").status_code == 422
    assert person.get("/luot/na-hoa/nhac/2026-11-24T11:01/bo").status_code == 404
    daemon.error = Refused(Message("{airing} is over already", airing=NOON))
    answer = person.post(f"/luot/{NOON}/bo", why="mưa")
    assert answer.status_code == 409
    assert f"{NOON} đã xong" in answer.text.lower().replace("t11", "T11")


def test_before_a_village_is_quiet_it_is_shown_what_will_not_be_heard(officers: Officers, daemon: FakeDaemon) -> None:
    person = officers.officer(Role.EDIT)
    fields = {"thon": "na-hoa", "den": "hom-nay", "why": "đám tang"}
    first = person.post("/im-lang", **fields)

    assert asked(daemon) == []
    assert (
        "Từ nay đến hết ngày 24/11 sẽ không phát 4 lượt" in first.text
    )  # three of its own, and one of the village that shares its output
    shown = first.text.split('name="shown" value="')[1].split('"')[0]
    assert person.post("/im-lang", **fields, shown=shown).status_code == 303
    assert asked(daemon)[-1] == (
        "pause",
        {
            **{"village": "na-hoa", "until": "2026-11-25T00:00:00+07:00", "why": "đám tang", "by": "Chị Edit"},
            **{"account": "edit", "via": "web"},
        },
    )


@pytest.mark.parametrize(
    ("until", "hour", "ends"),
    [
        ("gio", "17h35", "2026-11-24T17:35:00+07:00"),
        ("gio", "4:00", "2026-11-25T04:00:00+07:00"),
        ("ngay-mai", "", "2026-11-26T00:00:00+07:00"),
        ("buoi", "", "2026-11-24T06:30:00+07:00"),
    ],
)
def test_a_village_may_be_quiet_until_an_hour_or_a_part_of_the_day(
    officers: Officers, daemon: FakeDaemon, until: str, hour: str, ends: str
) -> None:
    answer = officers.officer(Role.EDIT).get(f"/im-lang?thon=na-hoa&den={until}&gio={hour}", **HTMX)

    assert f"na-hoa {ends}" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("hour", ["", "25h", "sáng"])
def test_an_hour_that_cannot_be_read_is_told(officers: Officers, daemon: FakeDaemon, hour: str) -> None:
    answer = officers.officer(Role.EDIT).post("/im-lang", thon="na-hoa", den="gio", gio=hour, why="mưa")

    assert answer.status_code == 422
    assert "17h30" in answer.text
    assert asked(daemon) == []


def test_a_pause_stands_on_the_board_until_somebody_ends_it(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    station = Station.open(home, clock=clock)
    station.log.event(
        "pause", "", clock.now(), village="na-hoa", until="2026-11-24T18:00:00+07:00", why="tang", by="Lan"
    )
    person = officers.officer(Role.EDIT)

    assert "TẠM NGỪNG Thôn Nà Hoa đến 18:00 (tang)" in person.get("/").text
    person.post("/im-lang/thoi", village="na-hoa")
    assert asked(daemon)[-1][0] == "resume"
    station.close()


def test_what_was_not_heard_is_told_and_why(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    station = Station.open(home, clock=clock)
    airing = station.airings.find(MORNING)
    clock.advance_to(at("2026-11-24T07:00:00"))
    station.log.verdict(AsRunRecord(airing.occurrence, Verdict.MISSED_OFF, "mất điện từ 04:10"))
    text = officers.officer(Role.VIEW).get("/").text

    assert "Thôn Nà Hoa: 06:05 “Tin sáng”: bỏ lỡ" in text or "Thôn Nà Hoa: 06:05 “Tin sáng”: " in text
    assert "mất điện từ 04:10" in text
    assert "0 đã phát · 1 không phát · 3 sắp phát" in text
    station.close()


def test_what_is_not_approved_is_told_before_its_time(officers: Officers, daemon: FakeDaemon, home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    text = officers.officer(Role.VIEW).get("/").text

    assert "“Tin sáng” chưa duyệt, sẽ KHÔNG phát lúc 06:05" in text


@pytest.mark.parametrize(("now", "told"), [("14:59:59", False), ("15:00:00", True), ("23:59:00", True)])
def test_from_the_afternoon_on_it_stands_on_top_that_tomorrow_morning_is_not_approved(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock, now: str, told: bool
) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    person = officers.officer(Role.VIEW)
    person.get("/")
    clock.step((at(f"2026-11-24T{now}") - clock.now()).total_seconds())
    text = person.get("/").text

    assert ("sẽ KHÔNG phát sáng mai:" in text) is told
    if told:
        assert text.index("KHÔNG phát sáng mai") < text.index("Đang phát")
        band = text[text.index("KHÔNG phát sáng mai") :][:400]
        assert "“Tin sáng” 06:05" in band
        assert "17:30" not in band.split("</div>")[0]  # the evening has its own day


def test_what_waits_for_a_word_is_told_to_those_whose_it_is(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    with closing(Station.open(home, clock=clock)) as station:
        digests = {
            name: digest(station.files.bulletin(name), station.planner.bulletin_spec(station.files.bulletin(name)))
            for name in ("nhac", "tin-sang")
        }
        facts = {"bulletin": "nhac", "digest": digests["nhac"], "by": "Chị Hoa"}
        station.log.event("review", "", clock.now(), step="submit", **facts)
        facts = {"bulletin": "tin-sang", "digest": digests["tin-sang"], "by": "Anh Páo", "why": "sai ngày"}
        station.log.event("review", "", clock.now(), step="give_back", **facts)
        approver, writer = officers.officer(Role.APPROVE), officers.officer(Role.EDIT)
        assert "1 bản tin chờ anh/chị duyệt" in approver.get("/").text
        assert "bản tin chờ anh/chị duyệt" not in writer.get("/").text
        assert "“Tin sáng” bị Anh Páo trả lại: sai ngày" in writer.get("/").text
        assert 'href="/ban-tin/tin-sang"' in writer.get("/").text

        station.log.event("approve", "", clock.now(), bulletin="nhac", digest=digests["nhac"], by="Anh Páo")
        daemon.answers["board"] = board_of(clock.now(), log=3)
        clock.advance(FRESH)
        assert "bản tin chờ anh/chị duyệt" not in approver.get("/").text


def test_a_bulletin_is_listened_to_in_two_taps_before_it_is_heard(officers: Officers, daemon: FakeDaemon) -> None:
    person = officers.officer(Role.VIEW)
    assert 'href="/ban-tin/tin-sang?nghe=1#player"' in person.get("/").text
    waiting = person.get("/ban-tin/tin-sang?nghe=1").text
    assert 'hx-trigger="load, submit"' in waiting  # its sound is made at once

    person.post("/ban-tin/tin-sang/lam-tieng")
    while "refresh" in person.get("/ban-tin/tin-sang/lam-tieng").headers:
        person.console.jobs.wait(1)
    assert "autoplay" in person.get("/ban-tin/tin-sang?nghe=1").text
    assert "autoplay" not in person.get("/ban-tin/tin-sang").text


def test_a_broken_file_is_told_and_the_page_stands(
    officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock
) -> None:
    person = officers.officer(Role.VIEW)
    assert person.get("/").status_code == 200
    (home / "schedules" / "na-hoa.yaml").write_text("village: [\n")
    daemon.answers["board"] = board_of(clock.now(), files="another")
    clock.advance(FRESH)
    text = person.get("/").text

    assert "một tệp có lỗi" in text.lower()
    assert "schedules/na-hoa.yaml" in text


def test_a_title_can_be_no_markup(officers: Officers, daemon: FakeDaemon, home: Path, clock: FakeClock) -> None:
    bulletin = home / "bulletins" / "tin-sang.md"
    evil = "<script>alert(1)</script> ]]> {{ 7*7 }} \"'"
    bulletin.write_text(f"---\ntitle: '{evil.replace(chr(39), chr(39) * 2)}'\n---\nMưa.\n", encoding="utf-8")
    daemon.answers["board"] = board_of(clock.now(), sounding(clock.now(), title=evil))
    person = officers.officer(*Role)
    for path in ("/", "/dung", f"/luot/{MORNING}/bo", "/im-lang?thon=na-hoa"):
        text = person.get(path).text
        assert "<script>alert" not in text
        assert "49" not in text.split("&lt;script")[-1][:60]


def test_a_clock_that_is_not_believed_is_asked_about(officers: Officers, daemon: FakeDaemon, clock: FakeClock) -> None:
    doubt = Message("nothing vouches for the time")
    daemon.answers["board"] = board_of(clock.now(), trusted=False, clock=doubt)
    assert "Máy chưa tin đồng hồ (đang là 05:00 24/11)" in officers.officer(Role.VIEW).get("/").text

    officers.officer(Role.DUTY).post("/dong-ho")
    assert asked(daemon)[-1][0] == "confirm_clock"


def test_a_standing_alarm_is_on_every_page(officers: Officers, daemon: FakeDaemon, clock: FakeClock) -> None:
    alarm = StandingAlarm("na-hoa/urgent/x", "na-hoa", "lu-quet", "Lũ quét", False, clock.now(), True)
    daemon.answers["board"] = board_of(clock.now(), alarms=(alarm,))
    person = officers.officer(Role.VIEW)

    for path in ("/", "/them", "/khong-co"):
        assert "Đang báo động từ 05:00: Lũ quét" in person.get(path).text


def test_what_the_doctor_and_the_sound_cards_say_stands_under_the_box(
    officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    daemon.answers["board"] = board_of(clock.now(), gone={"san-kho": Message("the card is gone")})
    daemon.answers["health"] = {
        "rows": [{"what": "rơ-le", "wrong": "chân 17 không bật", "serious": True}],
        "looked_at": None,
    }
    text = officers.officer(Role.VIEW).get("/").text

    assert "san-kho: " in text
    assert "rơ-le: chân 17 không bật" in text


def test_htmx_is_given_the_board_alone(officers: Officers, daemon: FakeDaemon) -> None:
    text = officers.officer(Role.VIEW).get("/", **HTMX).text

    assert "Sắp tới" in text
    assert "<html" not in text


def test_the_stations_log_is_never_written_by_the_console(officers: Officers, daemon: FakeDaemon, home: Path) -> None:
    officers.officer(Role.VIEW).get("/")

    assert not (home / ".state" / "asrun.db").exists()


def test_without_a_station_the_page_says_what_is_missing(officers: Officers, home: Path) -> None:
    (home / "commune.yaml").unlink()
    answer = officers.officer(Role.VIEW).get("/")

    assert answer.status_code == 422
    assert "loudspeaker init" in answer.text


def test_one_person_alone_who_can_approve_is_told_to_those_who_can_help_it(
    home: Path, officers: Officers, daemon: FakeDaemon, clock: FakeClock
) -> None:
    told = "Chỉ một mình Chị Approve duyệt được"
    approver, admin, viewer = (officers.officer(role) for role in (Role.APPROVE, Role.ADMIN, Role.VIEW))
    assert told not in approver.get("/").text  # nothing has to be approved
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text("utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    daemon.answers["board"] = board_of(clock.now(), files="another")
    clock.advance(FRESH)
    assert told in approver.get("/").text
    assert 'href="/uy-quyen"' in approver.get("/").text
    assert told in admin.get("/").text
    assert 'href="/cai-dat/nguoi"' in admin.get("/").text
    assert told not in viewer.get("/").text

    officers.officer(Role.APPROVE, Role.EDIT)
    assert told not in approver.get("/").text


def test_whoever_has_logged_in_stands_in_the_bar(officers: Officers, daemon: FakeDaemon) -> None:
    bar = officers.officer(Role.EDIT).get("/dau-trang").text

    assert '<a class="who on-desk" href="/them">Chị Edit</a>' in bar
