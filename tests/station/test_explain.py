"""`why` of what has no verdict: what is still to come, what was due, and when nobody was there to air it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.fake_daemon import client_of
from harness.made_sound import save_rendering
from harness.small_commune import at
from harness.stories import tell_story

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import NotFound, Refused
from loudspeaker.i18n import translator
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

DAY = "2026-11-24"
MORNING, NOON = f"na-hoa/tin-sang/{DAY}T06:05", f"na-hoa/nhac/{DAY}T11:00"
Progress = Callable[[int, int, str], None]
VIETNAMESE = translator("vi")


class Box:
    """A station that is on and off; what runs is run on a fake clock."""

    def __init__(self, home: Path) -> None:
        self.clock = FakeClock(at(f"{DAY}T05:00:00"))
        self.station = Station.open(home, clock=self.clock)
        save_rendering(self.station)

    def close(self) -> None:
        self.station.close()

    def run(self, until: str) -> None:
        """A daemon from now until then, which ends without a word."""
        speakers, end = {"san-kho": MemorySpeaker(self.clock)}, at(f"{DAY}T{until}")
        self.station.reload()
        log = self.station.log
        live = Requests(OnAir(self.station, speakers, self.clock, log, lambda now, trusted: frozenset({"box"})))
        while self.clock.now() < end:
            self.clock.advance_to(min(live.on_air.step(), end))
        live.on_air.step()

    def off(self, until: str) -> None:
        self.clock.advance_to(at(f"{DAY}T{until}"))

    def why(self, airing: str) -> list[str]:
        return tell_story(self.station, airing, VIETNAMESE)


@pytest.fixture
def box(home: Path) -> Iterator[Box]:
    with closing(Box(home)) as box:
        yield box


def test_what_is_to_come_will_be_aired_and_what_was_due_will_not(box: Box) -> None:
    assert "Có trong lịch và sẽ được phát." in box.why(MORNING)
    box.off("06:30:00")

    told = box.why(MORNING)

    assert not [sentence for sentence in told if "sẽ" in sentence]
    assert "Đã đến giờ, nhưng nhật ký không ghi gì về lượt này." in told
    assert "Trên thiết bị này chương trình phát chưa chạy lần nào." in told
    assert "Có trong lịch và sẽ được phát." in box.why(NOON)


def test_since_when_no_daemon_was_there_is_told(box: Box) -> None:
    box.run("05:30:00")
    box.off("09:00:00")

    (sentence,) = [told for told in box.why(MORNING) if "chương trình phát" in told]
    assert absent("05:(29|30)", "09:00:00", sentence)


def test_a_daemon_that_was_told_to_end_is_told_with_its_minute(box: Box) -> None:
    box.run("05:30:20")
    box.station.log.event("left", "", box.clock.now())
    box.off("09:00:00")

    (sentence,) = [told for told in box.why(MORNING) if "chương trình phát" in told]
    assert "từ 05:30:20 24/11/2026 (lúc được yêu cầu tắt) đến 09:00:00 24/11/2026." in sentence


def test_an_hour_in_which_nothing_ran_is_told_also_once_a_daemon_runs_again(box: Box, home: Path) -> None:
    box.run("10:00:00")
    box.off("12:00:00")
    add(home, "10:46")
    box.run("12:30:00")

    told = box.why(f"na-hoa/het/{DAY}T10:46")

    assert any(absent("09:59", "12:00:00", sentence) for sentence in told)


def test_before_the_first_daemon_nothing_could_be_aired(box: Box) -> None:
    box.off("12:00:00")
    box.run("12:30:00")

    assert "Trước 12:00:00 24/11/2026 chương trình phát chưa chạy lần nào." in box.why(MORNING)


def test_what_was_written_into_the_schedule_too_late_is_told_so(box: Box, home: Path) -> None:
    box.run("12:00:00")
    add(home, "10:46")
    box.run("12:01:00")

    told = box.why(f"na-hoa/het/{DAY}T10:46")

    assert "Lúc đó chương trình phát đang chạy và chưa có lượt này: lịch được ghi thêm sau giờ đó." in told


def test_what_an_older_log_cannot_tell_is_not_guessed(box: Box, home: Path) -> None:
    box.station.log.remember("heartbeat", at(f"{DAY}T12:00:00").isoformat())
    box.off("12:00:10")

    assert "Nhật ký không cho biết vì sao." in box.why(MORNING)


def test_what_broke_off_without_a_verdict_is_told_with_the_end_of_its_daemon(box: Box, quiet: Progress) -> None:
    box.station.preparation.prepare(None, 1, quiet)
    box.run("06:05:03")
    box.off("07:00:00")

    told = box.why(MORNING)

    assert "Không có kết quả nào được ghi." in told
    assert [sentence for sentence in told if sentence.startswith("Không có chương trình phát nào chạy từ 06:05:0")]
    assert not [sentence for sentence in told if "sẽ" in sentence]


def test_what_is_on_the_air_has_no_verdict_yet(box: Box, quiet: Progress) -> None:
    box.station.preparation.prepare(None, 1, quiet)
    box.run("06:05:03")

    assert "Chưa có kết quả." in box.why(MORNING)


def test_a_village_of_another_box_is_sent_to_its_log(box: Box, home: Path) -> None:
    (home / "box.yaml").write_text("plays: {suoi-trat: san-kho}\noutputs: {san-kho: {device: file}}\nclock: trusted\n")
    box.run("12:00:00")

    assert "Thiết bị này không phát cho “na-hoa”: hãy xem nhật ký của thiết bị ở đó." in box.why(MORNING)


def test_what_would_have_been_refused_says_so_of_the_plan_as_it_is(box: Box, home: Path) -> None:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    box.off("07:00:00")
    box.station.reload()

    assert any("Theo lịch hiện nay thì lượt này không được phát: bản tin chưa" in told for told in box.why(MORNING))


def test_what_was_skipped_ahead_of_time_is_told_with_its_hour(box: Box) -> None:
    box.station.log.event("skip", NOON, box.clock.now(), by="Lan", why="đám tang", undo=False)

    told = box.why(NOON)

    assert any("11:00:00 24/11/2026" in sentence for sentence in told)
    assert any("Lan" in sentence and "đám tang" in sentence for sentence in told)


def test_what_nobody_knows_is_not_found(box: Box) -> None:
    with pytest.raises(NotFound):
        box.why(f"na-hoa/khong-co/{DAY}T06:05")


def absent(since: str, until: str, sentence: str) -> bool:
    """Is this what is said of such an absence? What a daemon that was killed has done last is known to the minute."""
    day = r"24/11/2026"
    told = rf"Không có chương trình phát nào chạy từ {since}:\d\d {day} đến {until} {day}\."
    return re.fullmatch(told, sentence) is not None


def add(home: Path, hour: str) -> None:
    """Another entry of the schedule, written now."""
    path = home / "schedules/na-hoa.yaml"
    entry = f"  - {{name: het, bulletin: nhac, at: '{hour}'}}\n"
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")


def test_what_has_its_verdict_names_its_bulletin(box: Box, quiet: Progress) -> None:
    box.station.preparation.prepare(None, 1, quiet)
    box.run("06:30:00")

    told = box.why(MORNING)
    assert any(sentence.startswith("“Tin sáng”, ") for sentence in told)
    assert "Chưa có kết quả." not in told


def test_what_is_past_cannot_be_left_out_any_more(box: Box) -> None:
    box.off("09:00:00")

    with pytest.raises(Refused):
        client_of(box.station).skip(MORNING, "mưa", "Lan")
    assert "mưa" not in " ".join(box.why(MORNING))
