"""Khẩn cấp: an alarm in two pages and a word, a drill without one, what stands and how it ends, two persons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness.daemon_thread import DaemonThread
from harness.fake_daemon import FakeDaemon
from harness.file_trees import FileTree, read_tree, write_tree
from harness.made_sound import make_sound
from harness.officers import Officer, Officers, board_of
from harness.small_commune import at, write_small_commune

from loudspeaker.clock import FakeClock
from loudspeaker.codec import encode
from loudspeaker.model.asrun_record import Event
from loudspeaker.model.board import StandingAlarm
from loudspeaker.model.requests import PreviewUrgent
from loudspeaker.station import Station
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.airing_pages.emergency import LASTS, is_word

NOW = at("2026-11-24T06:00:00")
WORDS = "Nước dâng ở ngầm Bản Lìm!"
BOX = "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\nclock: trusted\n"
BOTH = ["na-hoa", "suoi-trat"]


def write_box(home: Path) -> None:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8").replace("suoi-trat]", "suoi-trat, cho-may]"), "utf-8")


@pytest.fixture
def home(home: Path) -> Path:
    write_box(home)
    return home


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> FileTree:
    """The sound of what these tests give and end."""
    home = tmp_path_factory.mktemp("sounds") / "dai"
    write_small_commune(home)
    write_box(home)
    with closing(Station.open(home, clock=FakeClock(NOW))) as station:
        for text, bulletin, drill in ((WORDS, None, False), (WORDS, None, True), (None, "lu-quet", False)):
            alert = station.alerts.preview(PreviewUrgent(text, bulletin, tuple(BOTH), False, drill, None))
            make_sound(station, {**alert.wanted, **alert.clears})
        return read_tree(station.paths.programmes)


@pytest.fixture
def made(home: Path, sounds: FileTree) -> None:
    write_tree(StationPaths(home, home / ".state").programmes, sounds)


@pytest.fixture
def on_air(home: Path, made: None) -> Iterator[DaemonThread]:
    with DaemonThread(home, NOW) as daemon:
        yield daemon


@pytest.fixture
def duty(officers: Officers) -> Officer:
    return officers.officer(Role.DUTY)


def fields(page: str, action: str) -> dict[str, Any]:
    """What the form with this address carries hidden, as a browser would send it."""
    (form,) = re.findall(rf'<form method="post" action="{action}"[^>]*>(.*?)</form>', page, re.DOTALL)
    hidden: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        hidden.setdefault(name, []).append(value)
    return {name: values for name, values in hidden.items() if name != "form_token"}


def review(officer: Officer, **typed: Any) -> Any:
    """The second page, or the first one where that is not reached."""
    answer = officer.post("/khan-cap/xem-lai", **{"bulletin": "", "text": WORDS, "village": BOTH, **typed})
    return officer.get(answer.headers["location"]) if answer.status_code == 303 else answer


def asked(home: Path) -> list[Event]:
    with closing(AsRunLog.open_read_only(home / ".state" / "asrun.db", "xa-thu")) as log:
        return list(log.events("asked"))


@pytest.mark.parametrize("typed", ["PHÁT", "phat", " phát ", "Phats", "p h á t", "PHA\u0301T", "phát\u200b"])
def test_the_word_may_be_typed_as_people_do(typed: str) -> None:
    assert is_word(typed)
    assert is_word(unicodedata.normalize("NFC", typed))


@pytest.mark.parametrize("typed", ["", "phá", "phát đi", "không", "PH4T"])
def test_another_word_is_none(typed: str) -> None:
    assert not is_word(typed)


def test_the_second_page_shows_what_will_be_said_to_whom(on_air: DaemonThread, duty: Officer) -> None:
    page = review(duty).text

    assert "BÁO ĐỘNG THẬT" in page
    assert "live-frame" in page
    assert WORDS in page
    assert "Thôn Nà Hoa, Thôn Suối Trát (2 thôn, 2 cụm loa)" in page
    assert "PHÁT RA 2 THÔN" in page
    assert "Đã có tiếng" in page


def test_an_alarm_is_given_by_its_word_and_sent_twice_it_is_one(
    on_air: DaemonThread, duty: Officer, home: Path
) -> None:
    form = fields(review(duty).text, "/khan-cap/phat")
    first = duty.post("/khan-cap/phat", **form, word="phat")
    second = duty.post("/khan-cap/phat", **form, word="PHÁT")

    assert (first.status_code, first.headers["location"]) == (303, "/khan-cap")
    assert second.status_code == 303
    events = asked(home)
    assert [event.facts["by"] for event in events] == ["Chị Duty", "Chị Duty"]
    assert {event.facts["airing"]["village"] for event in events} == set(BOTH)
    assert "ĐANG BÁO ĐỘNG" in duty.get("/khan-cap").text
    with closing(AsRunLog.open_read_only(home / ".state" / "asrun.db", "xa-thu")) as log:
        request = log.events("request")[0].facts
    assert (request["account"], request["via"]) == ("duty", "web")


def test_without_the_word_nothing_is_aired_and_the_page_stays(on_air: DaemonThread, duty: Officer, home: Path) -> None:
    form = fields(review(duty).text, "/khan-cap/phat")
    for word in ("", "phá"):
        answer = duty.post("/khan-cap/phat", **form, word=word)
        assert answer.status_code == 422
        assert "chưa phát gì" in answer.text
        assert fields(answer.text, "/khan-cap/phat") == form

    assert asked(home) == []


def test_a_drill_is_another_colour_has_other_words_and_takes_no_word(
    on_air: DaemonThread, duty: Officer, home: Path
) -> None:
    page = review(duty, drill="1").text
    assert "drill-frame" in page
    assert "live-frame" not in page
    assert "Bắt đầu diễn tập ở 2 thôn" in page
    assert 'name="word"' not in page

    duty.post("/khan-cap/phat", **fields(page, "/khan-cap/phat"))
    assert all(event.facts["airing"]["drill"] for event in asked(home))
    assert "ĐANG DIỄN TẬP" in duty.get("/khan-cap").text


def test_a_drill_outside_the_hours_is_refused_with_a_sentence(home: Path, made: None, officers: Officers) -> None:
    with DaemonThread(home, at("2026-11-24T06:45:00")):
        answer = review(officers.officer(Role.DUTY), drill="1")

    assert answer.status_code == 409
    assert "ngoài khung giờ" in answer.text
    both = officers.officer(Role.DUTY, Role.EDIT)
    with DaemonThread(home, at("2026-11-24T06:45:00")):
        assert 'href="/ban-tin/moi?loi=dien-tap#dan"' in review(both, drill="1").text
    assert "Đây chỉ là diễn tập" in both.get("/ban-tin/moi?loi=dien-tap").text
    assert WORDS in answer.text  # what was typed is not lost


def test_words_that_were_edited_since_they_were_shown_are_shown_again(
    on_air: DaemonThread, duty: Officer, home: Path
) -> None:
    form = fields(review(duty, bulletin="lu-quet").text, "/khan-cap/phat")
    path = home / "bulletins" / "lu-quet.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Nước suối", "Nước sông"), encoding="utf-8")

    answer = duty.post("/khan-cap/phat", **form, word="phat")

    assert answer.status_code == 409
    assert "Nước sông" in answer.text
    assert asked(home) == []


def test_the_second_page_has_an_address_to_come_back_to(on_air: DaemonThread, duty: Officer) -> None:
    fields_ = {"bulletin": "", "text": WORDS, "village": BOTH}
    address = duty.post("/khan-cap/xem-lai", **fields_).headers["location"]

    first, again = duty.get(address).text, duty.get(address).text
    assert fields(first, "/khan-cap/phat") == fields(again, "/khan-cap/phat")
    assert duty.get("/khan-cap/xem-lai").headers["location"] == "/khan-cap"
    assert duty.get("/khan-cap/xem-lai?luc=x").headers["location"] == "/khan-cap"


def test_a_page_of_yesterday_that_a_browser_sends_again_is_no_alarm(
    on_air: DaemonThread, duty: Officer, home: Path, clock: FakeClock
) -> None:
    form = fields(review(duty).text, "/khan-cap/phat")
    clock.advance(LASTS.total_seconds() + 1)

    assert duty.post("/khan-cap/phat", **form, word="phat").status_code == 409
    assert duty.post("/khan-cap/phat", **form | {"issued": ["hôm qua"]}, word="phat").status_code == 422
    assert asked(home) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"village": []}, "ít nhất một thôn"), ({"text": " "}, "chọn mẫu"), ({"text": "Nước ở [nơi nào]"}, "[nơi nào]")],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    on_air: DaemonThread, duty: Officer, typed: dict[str, Any], words: str
) -> None:
    answer = review(duty, **typed)

    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert 'action="/khan-cap/xem-lai"' in answer.text


def test_villages_that_are_not_reached_stand_apart(on_air: DaemonThread, duty: Officer) -> None:
    page = duty.get("/khan-cap").text

    assert "KHÔNG TỚI ĐƯỢC từ máy này: cho-may" in page
    assert 'value="cho-may"' not in page


@pytest.mark.parametrize("form", ["stop", "clear", "mistake"])
def test_an_alarm_has_three_endings_whose_words_are_shown_first(
    on_air: DaemonThread, duty: Officer, home: Path, form: str
) -> None:
    duty.post("/khan-cap/phat", **fields(review(duty).text, "/khan-cap/phat"), word="phat")
    shown = duty.get(f"/khan-cap/ket-thuc?cach={form}&dien-tap=0").text
    assert {"stop": "không đọc thêm lời nào", "clear": "an toàn", "mistake": "nhầm"}[form] in shown.casefold()

    answer = duty.post("/khan-cap/bao-yen", **fields(shown, "/khan-cap/bao-yen"))

    assert answer.status_code == 303
    with closing(AsRunLog.open_read_only(home / ".state" / "asrun.db", "xa-thu")) as log:
        assert {event.facts["form"] for event in log.events("end")} == {form}
    kinds = [event.facts["airing"]["broadcast"] for event in asked(home)][2:]
    assert kinds == {"stop": [], "clear": ["all-clear"] * 2, "mistake": ["correction"] * 2}[form]
    assert ("ĐANG BÁO ĐỘNG" in duty.get("/khan-cap").text) == (form == "stop")


def test_what_ends_when_nothing_stands_says_so(on_air: DaemonThread, duty: Officer) -> None:
    assert duty.get("/khan-cap/ket-thuc?cach=clear&dien-tap=0").status_code == 409
    assert duty.get("/khan-cap/ket-thuc?cach=boom").status_code == 422


def test_without_a_daemon_the_page_says_what_else_can_be_done(duty: Officer) -> None:
    assert "kẻng" in duty.get("/khan-cap").text
    answer = review(duty)
    assert (answer.status_code, "kẻng" in answer.text) == (503, True)


def test_a_daemon_that_goes_between_the_pages_is_told_of_and_the_same_page_gives_the_alarm_when_it_is_back(
    home: Path, made: None, duty: Officer
) -> None:
    with DaemonThread(home, NOW):
        form = fields(review(duty).text, "/khan-cap/phat")
    gone = duty.post("/khan-cap/phat", **form, word="phat")
    assert (gone.status_code, "kẻng" in gone.text, WORDS in gone.text) == (503, True, True)
    assert asked(home) == []

    with DaemonThread(home, NOW):
        assert duty.post("/khan-cap/phat", **form, word="phat").status_code == 303
    with DaemonThread(home, NOW):
        assert duty.post("/khan-cap/phat", **form, word="phat").status_code == 303
    assert len(asked(home)) == 2  # one in each village, over a restart too


def test_a_sound_is_listened_to_here_and_only_by_its_recipe(on_air: DaemonThread, duty: Officer) -> None:
    address = re.search(r"/khan-cap/nghe/[0-9a-f]{64}", review(duty).text)
    assert address

    answer = duty.get(address[0])
    assert (answer.status_code, answer.content[:4]) == (200, b"RIFF")
    assert duty.get("/khan-cap/nghe/" + "0" * 64).status_code == 404
    assert duty.get("/khan-cap/nghe/..%2F..%2Fbox").status_code == 404


@pytest.fixture
def by_two(home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "quy chế: {báo động: hai người}\n", encoding="utf-8")


def test_where_policy_asks_for_two_the_second_gives_it_on_a_device_of_their_own(
    home: Path, by_two: None, on_air: DaemonThread, officers: Officers
) -> None:
    first, second = officers.officer(Role.DUTY), officers.officer(Role.DUTY, Role.EDIT)
    page = review(first).text
    assert "người thứ hai" in page
    first.post("/khan-cap/phat", **fields(page, "/khan-cap/phat"), word="phat")
    assert asked(home) == []
    assert "Đang chờ người thứ hai" in first.get("/khan-cap").text

    waiting = second.get("/khan-cap").text
    assert WORDS in waiting
    assert ("every 3s" in first.get("/khan-cap").text, "every 3s" in waiting) == (True, False)
    form = fields(waiting, "/khan-cap/dong-y")
    assert first.post("/khan-cap/dong-y", **form, word="phat").status_code == 409
    assert second.post("/khan-cap/dong-y", **form, word="pha").status_code == 422
    assert asked(home) == []

    assert second.post("/khan-cap/dong-y", **form, word="phat").status_code == 303
    assert {event.facts["by"] for event in asked(home)} == {"Chị Duty"}
    with closing(AsRunLog.open_read_only(home / ".state" / "asrun.db", "xa-thu")) as log:
        assert log.events("request")[0].facts["second"] == "Chị Dutyedit"
    assert second.post("/khan-cap/dong-y", **form, word="phat").status_code == 409


def test_a_box_with_a_button_is_told_of_what_waits_and_of_what_does_not_any_more(
    home: Path, by_two: None, made: None, officers: Officers, daemon: FakeDaemon
) -> None:
    (home / "box.yaml").write_text(f"{BOX}stop_button: {{pin: 27}}\n", encoding="utf-8")
    daemon.answers |= {"propose_urgent": None, "withdraw_urgent": None}
    with closing(Station.open(home, clock=FakeClock(NOW))) as station:
        alert = station.alerts.preview(PreviewUrgent(WORDS, None, tuple(BOTH), False, False, None))
    daemon.answers["compose"] = encode(replace(alert, wanted={}, clears={}))
    first = officers.officer(Role.DUTY)
    page = review(first).text
    assert "giữ nút bấm trên máy 3 giây" in page
    first.post("/khan-cap/phat", **fields(page, "/khan-cap/phat"), word="phat")
    (told,) = [args for verb, args, _uid in daemon.asked if verb == "propose_urgent"]
    assert told["alarm"]["text"] == WORDS
    assert "giữ nút bấm trên máy 3 giây" in first.get("/khan-cap").text

    given = datetime.fromisoformat(told["alarm"]["issued"])
    alarm = StandingAlarm("na-hoa/urgent/x", "na-hoa", None, WORDS, False, given, True)
    daemon.answers["board"] = board_of(given, alarms=(alarm,))
    assert "Đang chờ người thứ hai" not in first.get("/khan-cap").text  # somebody held the button


def test_what_is_withdrawn_is_not_agreed_to_at_the_box(
    home: Path, by_two: None, made: None, on_air: DaemonThread, officers: Officers
) -> None:
    first = officers.officer(Role.DUTY)
    first.post("/khan-cap/phat", **fields(review(first).text, "/khan-cap/phat"), word="phat")
    first.post("/khan-cap/bo", **fields(first.get("/khan-cap").text, "/khan-cap/bo"))

    assert asked(home) == []
    assert "Đang chờ người thứ hai" not in first.get("/khan-cap").text


def test_what_waits_for_a_second_person_can_be_withdrawn_and_grows_old(
    home: Path, by_two: None, on_air: DaemonThread, officers: Officers, clock: FakeClock
) -> None:
    first, second = officers.officer(Role.DUTY), officers.officer(Role.DUTY, Role.EDIT)
    form = fields(review(first).text, "/khan-cap/phat")
    first.post("/khan-cap/phat", **form, word="phat")
    waiting = fields(second.get("/khan-cap").text, "/khan-cap/bo")
    second.post("/khan-cap/bo", **waiting)
    assert second.post("/khan-cap/dong-y", **waiting, word="phat").status_code == 409

    first.post("/khan-cap/phat", **form, word="phat")
    clock.advance(601)
    assert second.post("/khan-cap/dong-y", **waiting, word="phat").status_code == 409
    assert asked(home) == []
