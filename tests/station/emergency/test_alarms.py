"""Alarms and drills as they are recorded: which was which, in which words, and how each was ended."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.daemon_thread import DaemonThread
from harness.made_sound import make_sound
from harness.small_commune import at
from openpyxl import load_workbook

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.codec import decode
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage, Refused
from loudspeaker.i18n import set_language, translator
from loudspeaker.model.alert_preview import EndPreview
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Verdict
from loudspeaker.model.requests import PreviewUrgent
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog

pytestmark = pytest.mark.waits

HERE = "Thôn Nà Hoa"
DAY = "2026-11-24"
SEVEN = at(f"{DAY}T07:00:00")
WORDS = "Nước dâng ở ngầm Bản Lìm!"


@pytest.fixture
def home(home: Path) -> Path:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\nclock: trusted\n"
    )
    commune = home / "commune.yaml"  # its hours are those in which drills are given
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {hours: [05:00-21:00]}\n", encoding="utf-8")
    return home


class Box:
    """A station on the air with a fake clock, and somebody who has the sound made and gives the orders."""

    def __init__(self, home: Path, clock: FakeClock | None = None) -> None:
        self.home, self.clock = home, clock or FakeClock(SEVEN)
        self.begin()

    def begin(self) -> None:
        self.station = Station.open(self.home, clock=self.clock)
        self.speakers = {"a": MemorySpeaker(self.clock), "b": MemorySpeaker(self.clock)}
        log = self.station.log
        self.live = Requests(
            OnAir(self.station, self.speakers, self.clock, log, lambda now, trusted: frozenset({"box"}))
        )

    def restart(self) -> None:
        """As after a power cut."""
        for speaker in self.speakers.values():
            speaker.stop(0)
        self.station.close()
        self.begin()

    def close(self) -> None:
        self.live.on_air.close()
        self.station.close()

    def ask(self, verb: str, **facts: Any) -> Any:
        return self.live.carry_out(verb, facts, 1000)

    def alarm(
        self, text: str | None, *villages: str, bulletin: str | None = None, drill: bool = False, repeat: int = 3
    ) -> list[str]:
        call = self.station.alerts.preview(PreviewUrgent(text, bulletin, villages, not villages, drill, None))
        make_sound(self.station, {**call.wanted, **call.clears})
        said = {"text": text, "bulletin": bulletin, "villages": list(call.villages), "drill": drill}
        given = {"repeat": repeat, "gap": 10.0, "until": None, "by": "chị Hoa", "recipes": dict(call.recipes)}
        ids: list[str] = self.ask("urgent", **said, **given)
        return ids

    def run(self, seconds: float = 300.0) -> None:
        until = self.clock.now().timestamp() + seconds
        while self.clock.now().timestamp() < until:
            wake = self.live.on_air.step()
            self.clock.advance_to(min(wake, datetime.fromtimestamp(until, wake.tzinfo)))
        self.live.on_air.step()

    def end(self, form: str | None, *villages: str, drill: bool | None = None) -> list[str]:
        """As the command does it: composed, its words made, carried out."""
        end = self.composed(form, *villages, drill=drill)
        make_sound(self.station, end.wanted)
        alarms = [alarm for closing in end.closings for alarm in closing.alarms]
        ids: list[str] = self.ask("end_urgent", by="anh Páo", form=form, alarms=alarms)
        return ids

    def composed(self, form: str | None, *villages: str, drill: bool | None = None) -> EndPreview:
        asked = {"form": form, "villages": list(villages), "everywhere": False, "drill": drill}
        return decode(EndPreview, json.loads(json.dumps(self.ask("compose_end", **asked))))

    def spoken(self, form: str | None) -> list[str]:
        return [closing.spoken for closing in self.composed(form).closings]

    def heard(self, village: str) -> list[str]:
        """Kinds of all that sounded there, in order."""
        speaker = self.speakers[self.station.files.box.plays[village]]
        return [take.airing.split("/")[1] for take, _ in speaker.played]

    def report(self, path: Path) -> list[dict[str, Any]]:
        """The summary's rows, wherever on the paper they stand."""
        self.station.airings.report(DAY[:7], None, [], path, translator("vi"))
        lines = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
        head = next(line for line in lines if "Diễn tập" in line)
        below = lines[lines.index(head) + 1 :]
        return [dict(zip(head, line, strict=True)) for line in below if len(line) == len(head)]

    def rows(self) -> dict[str, AsRunRecord]:
        return {row.id: row for row in self.station.airings.records(self.clock.now().date())}


@pytest.fixture
def box(home: Path) -> Iterator[Box]:
    with closing(Box(home)) as box:
        yield box


def command(home: Path, *arguments: str, language: str = "vi", given: str | None = None) -> Result:
    set_language(language)
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments], input=given)


def shown(home: Path, *arguments: str, language: str = "vi") -> str:
    result = command(home, *arguments, language=language)
    assert result.exit_code == 0, result.stderr
    return result.stdout


# A drill is a drill wherever it is told of.


def test_a_drill_is_a_drill_in_every_row_of_the_log_and_an_alarm_is_none(box: Box) -> None:
    (drill,) = box.alarm(None, "na-hoa", bulletin="lu-quet", drill=True)
    (alarm,) = box.alarm(None, "suoi-trat", bulletin="lu-quet")
    box.run()

    rows = {row["id"]: row for row in json.loads(shown(box.home, "log", "--date", DAY, "--json"))}
    assert rows[drill]["drill"] is True
    assert rows[alarm]["drill"] is False
    assert all(row["drill"] is False for row in json.loads(shown(box.home, "plan", "--date", DAY, "--json")))


def test_people_read_in_the_log_and_in_the_story_of_an_alarm_that_it_was_a_drill(box: Box) -> None:
    (drill,) = box.alarm(None, "na-hoa", bulletin="lu-quet", drill=True)
    (alarm,) = box.alarm(None, "suoi-trat", bulletin="lu-quet")
    box.run()

    line = {line.split()[2]: line for line in shown(box.home, "log", "--date", DAY).splitlines()[1:]}
    assert "diễn tập" in line["na-hoa"]
    assert "diễn tập" not in line["suoi-trat"]
    assert "diễn tập" in shown(box.home, "why", drill)
    assert "diễn tập" not in shown(box.home, "why", alarm)


def test_an_exported_log_and_a_report_tell_drills_from_emergencies(box: Box, tmp_path: Path) -> None:
    box.alarm(None, "na-hoa", bulletin="lu-quet", drill=True)
    box.alarm(None, "suoi-trat", bulletin="lu-quet")
    box.run()
    shown(box.home, "log", "--export", str(tmp_path / "hop.jsonl"))
    box.station.airings.report(DAY[:7], None, [], tmp_path / "a.xlsx", translator("vi"))

    entries = [json.loads(line) for line in (tmp_path / "hop.jsonl").read_text(encoding="utf-8").splitlines()[1:]]
    facts = [told["entry"]["facts"] for told in entries if told["entry"]["kind"] == "verdict"]
    assert {one["village"]: one["drill"] for one in facts} == {"na-hoa": True, "suoi-trat": False}
    cells = [[str(cell) for cell in row] for sheet in load_workbook(tmp_path / "a.xlsx") for row in sheet.values]
    head = next(row for row in cells if "Diễn tập" in row and "Tin khẩn cấp" in row)
    counts = [
        (row[head.index("Diễn tập")], row[head.index("Tin khẩn cấp")])
        for row in cells
        if "lu-quet" in row and len(row) >= len(head)
    ]
    assert sorted(counts) == [("0", "1"), ("1", "0")]
    assert any("lu-quet (diễn tập)" in row for row in cells)


def test_a_row_from_before_drills_were_recorded_reads_as_no_drill(tmp_path: Path) -> None:
    with closing(AsRunLog.open(tmp_path / "asrun.db", "xa-thu")) as log:
        facts = {"village": "na-hoa", "output": "a", "broadcast": "urgent", "bulletin": "lu-quet", "level": "emergency"}
        old = {"kind": "verdict", "airing": "na-hoa/urgent/2026-11-24T07:00:00", "at": SEVEN.isoformat()}
        log._append({**old, "facts": {**facts, "verdict": "aired", "why": "đã phát"}})

        (record,) = log.rows(SEVEN, SEVEN.replace(hour=8))

    assert (record.drill, record.title, record.verdict) == (False, "", Verdict.AIRED)


# The words of an alarm given as text.


def test_the_words_of_an_alarm_given_as_text_stand_in_log_story_and_report(box: Box, tmp_path: Path) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa")
    box.run()
    box.station.airings.report(DAY[:7], None, [], tmp_path / "a.xlsx", translator("vi"))

    assert json.loads(shown(box.home, "log", "--date", DAY, "--json"))[0]["title"] == WORDS
    assert WORDS in shown(box.home, "log", "--date", DAY)
    assert WORDS in shown(box.home, "why", alarm)
    assert WORDS in [cell for sheet in load_workbook(tmp_path / "a.xlsx") for row in sheet.values for cell in row]


def test_the_words_of_an_alarm_of_an_older_log_are_found_in_what_was_asked(box: Box, tmp_path: Path) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa")
    box.run()
    with closing(sqlite3.connect(box.station.paths.state / "asrun.db")) as database:
        database.execute("DROP TRIGGER no_UPDATE_of_entries")
        database.execute("UPDATE entries SET entry = json_remove(entry, '$.facts.title') WHERE kind = 'verdict'")
        database.commit()

    assert json.loads(shown(box.home, "log", "--date", DAY, "--json"))[0]["title"] == WORDS
    box.station.airings.report(DAY[:7], None, [], tmp_path / "a.xlsx", translator("vi"))
    assert WORDS in [cell for sheet in load_workbook(tmp_path / "a.xlsx") for row in sheet.values for cell in row]
    assert WORDS in shown(box.home, "why", alarm)


# The end of an alarm.


def test_the_all_clear_of_a_drill_is_a_drill_says_so_at_both_ends_and_tells_of_no_flood(box: Box) -> None:
    (drill,) = box.alarm(None, "na-hoa", bulletin="lu-quet", drill=True)
    box.run(5)

    (spoken,) = box.spoken(None)
    (clear,) = box.end(None)
    box.run()

    assert spoken.startswith("Đây là diễn tập. ")
    assert spoken.endswith(" Đây là diễn tập.")
    assert "buổi diễn tập báo động đã kết thúc" in spoken
    assert "Nguy cơ đã qua" not in spoken
    assert (box.rows()[clear].drill, box.rows()[clear].verdict) == (True, "aired")
    assert "anh Páo đã báo kết thúc diễn tập" in box.rows()[drill].why
    assert "anh Páo đã báo kết thúc diễn tập." in shown(box.home, "why", drill)
    assert "diễn tập" in shown(box.home, "why", clear)


@pytest.mark.parametrize(("form", "words"), [("clear", "Báo yên (diễn tập)"), ("mistake", "Đính chính báo nhầm (diễn")])
def test_the_log_calls_an_end_by_its_name_and_keeps_its_words_for_who_asks(box: Box, form: str, words: str) -> None:
    box.alarm(WORDS, "na-hoa", drill=True, repeat=1)
    box.run()
    (last,) = box.end(form)
    box.run()

    assert words in shown(box.home, "log", "--date", DAY).splitlines()[-1]
    assert box.rows()[last].title in shown(box.home, "why", last)


@pytest.mark.parametrize("drill", [True, False])
@pytest.mark.parametrize("form", ["clear", "mistake"])
def test_what_ends_an_alarm_counts_neither_as_an_emergency_nor_as_a_drill(
    box: Box, tmp_path: Path, form: str, drill: bool
) -> None:
    box.alarm(WORDS, "na-hoa", drill=drill, repeat=1)
    box.run()
    box.end(form)
    box.run()

    counts = {(row["Tin khẩn cấp"], row["Diễn tập"]) for row in box.report(tmp_path / "a.csv") if row["Thôn"] == HERE}
    assert counts - {("0", "0")} == {("0", "1") if drill else ("1", "0")}


@pytest.mark.parametrize(
    ("bulletin", "form", "said", "kind"),
    [
        ("lu-quet", None, "Nguy cơ đã qua.", "all-clear"),
        ("lu-quet", "clear", "Nguy cơ đã qua.", "all-clear"),
        (None, "clear", "tình huống khẩn cấp đã kết thúc", "all-clear"),
        ("lu-quet", "mistake", "lời báo động đã phát trước đó là do nhầm lẫn", "correction"),
        (None, "mistake", "lời báo động đã phát trước đó là do nhầm lẫn", "correction"),
    ],
)
def test_an_alarm_ends_at_once_with_the_words_of_its_form(
    box: Box, bulletin: str | None, form: str | None, said: str, kind: str
) -> None:
    (alarm,) = box.alarm(None if bulletin else WORDS, "na-hoa", bulletin=bulletin, repeat=9)
    box.run(1)

    assert said in box.spoken(form)[0]
    (last,) = box.end(form)
    box.run()

    assert last.startswith(f"na-hoa/{kind}/")
    assert box.heard("na-hoa") == ["urgent", kind]
    assert (box.rows()[alarm].verdict, box.rows()[last].verdict) == ("stopped", "aired")
    assert box.rows()[last].drill is False


@pytest.mark.parametrize(("bulletin", "form"), [(None, None), (None, "stop"), ("lu-quet", "stop")])
def test_an_alarm_that_only_stops_says_nothing_else_and_finishes_what_it_is_saying(
    box: Box, bulletin: str | None, form: str | None
) -> None:
    (alarm,) = box.alarm(None if bulletin else WORDS, "na-hoa", bulletin=bulletin, repeat=9)
    box.run(1)

    assert box.spoken(form) == [""]
    assert box.end(form) == []
    box.run()

    assert box.heard("na-hoa") == ["urgent"]
    assert box.rows()[alarm].verdict == "aired"
    assert "anh Páo đã cho ngừng nhắc lại" in box.rows()[alarm].why
    assert len(box.rows()) == 1


def test_an_alarm_that_stopped_between_its_plays_is_over_at_once_and_may_be_cleared_later(box: Box) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa", repeat=9)
    while not box.station.log.events("played", alarm):
        box.run(0.5)
    box.end("stop")
    box.run(1)

    assert box.rows()[alarm].verdict == "aired"
    (clear,) = box.end("clear")
    box.run()
    assert box.rows()[clear].verdict == "aired"
    with pytest.raises(Refused):
        box.composed("clear")


def test_the_words_of_every_end_are_made_while_the_alarm_is_heard(box: Box) -> None:
    box.alarm(WORDS, "na-hoa", drill=True)
    box.alarm(None, "suoi-trat", bulletin="lu-quet")
    box.run(1)

    for form in (None, "stop", "clear", "mistake"):
        for drill in (True, False):
            assert box.composed(form, drill=drill).wanted == {}


def test_an_all_clear_whose_bulletin_is_gone_is_said_in_the_stations_own_words(box: Box) -> None:
    box.alarm(None, "na-hoa", bulletin="lu-quet")
    (box.home / "bulletins/het-lu.md").unlink()
    box.live.on_air.look()

    assert "tình huống khẩn cấp đã kết thúc" in box.spoken(None)[0]
    (clear,) = box.end(None)
    box.run()

    assert box.rows()[clear].verdict == "aired"


def test_one_village_can_be_told_that_it_is_over_while_another_goes_on(box: Box) -> None:
    here, there = box.alarm(None, "na-hoa", "suoi-trat", bulletin="lu-quet", repeat=9)
    box.run(1)

    (clear,) = box.end(None, "na-hoa")
    box.run(60)

    assert clear.startswith("na-hoa/all-clear/")
    assert "urgent" in box.heard("suoi-trat")
    assert "all-clear" not in box.heard("suoi-trat")
    assert here in box.rows()
    assert there not in box.rows()  # it is not over
    assert [alarm for closing in box.composed(None).closings for alarm in closing.alarms] == [there]


def test_villages_on_one_output_hear_one_end(box: Box) -> None:
    (box.home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: a}\noutputs: {a: {device: memory}, b: {device: memory}}\nclock: trusted\n"
    )
    box.live.on_air.look()
    box.alarm(None, bulletin="lu-quet", repeat=9)
    box.run(1)

    ended = box.end(None, "na-hoa")
    box.run()

    assert [one.split("/")[0] for one in ended] == ["na-hoa", "suoi-trat"]
    assert box.heard("na-hoa") == ["urgent", "all-clear"]


def test_a_drill_and_a_real_alarm_are_never_ended_together_unasked(box: Box) -> None:
    (drill,) = box.alarm(None, "na-hoa", bulletin="lu-quet", drill=True, repeat=9)
    (alarm,) = box.alarm(None, "suoi-trat", bulletin="lu-quet", repeat=9)
    box.run(1)

    with pytest.raises(BadUsage, match=r"suoi-trat.*na-hoa.*--real.*--drill"):
        box.composed(None)
    with pytest.raises(BadUsage):
        box.ask("end_urgent", by="anh Páo")  # as an older program asks
    box.end(None, drill=True)
    box.run(60)

    assert drill in box.rows()
    assert alarm not in box.rows()
    assert "all-clear" not in box.heard("suoi-trat")
    box.end(None)
    box.run(60)
    assert alarm in box.rows()


def test_a_drill_and_a_real_alarm_in_one_village_are_ended_one_by_one(box: Box) -> None:
    (drill,) = box.alarm(None, "na-hoa", bulletin="lu-quet", drill=True, repeat=9)
    (alarm,) = box.alarm(WORDS, "na-hoa", repeat=9)
    box.run(1)

    box.end("clear", drill=True)
    box.run(60)

    assert drill in box.rows()
    assert alarm not in box.rows()
    assert [closing.titles for closing in box.composed("clear").closings] == [(WORDS,)]


def test_what_was_given_after_the_question_was_asked_is_not_ended_by_its_answer(box: Box) -> None:
    (first,) = box.alarm(WORDS, "na-hoa", repeat=1)
    box.run(30)
    (second,) = box.alarm("Đê vỡ!", "na-hoa", repeat=9)
    box.run(1)

    box.ask("end_urgent", by="anh Páo", form="clear", alarms=[first])
    box.run(60)

    assert second not in box.rows()
    assert [closing.titles for closing in box.composed("clear").closings] == [("Đê vỡ!",)]


def test_two_alarms_of_one_village_are_each_told_to_be_over(box: Box) -> None:
    (box.home / "bulletins/sat-lo.md").write_text("---\ntitle: Sạt lở\nlevel: emergency\n---\nĐất đang trượt!\n")
    box.live.on_air.look()
    box.alarm(None, "na-hoa", bulletin="lu-quet", repeat=1)
    box.alarm(None, "na-hoa", bulletin="sat-lo", repeat=1)
    box.run(60)

    ended = box.end("clear")
    box.run()

    assert [box.rows()[one].verdict for one in ended] == ["aired", "aired-late"]  # one after the other
    assert [box.rows()[one].bulletin for one in ended] == ["het-lu", None]


# What a power cut must not change.


@pytest.mark.parametrize("form", ["stop", "clear", "mistake"])
def test_a_restart_does_not_bring_back_an_alarm_that_was_ended(box: Box, form: str) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa", repeat=9)
    box.run(1)
    ended = box.end(form)  # and nothing more: the power is gone before the next step
    box.restart()
    box.run()

    assert box.rows()[alarm].verdict in {"stopped", "aired"}
    assert [box.rows()[one].verdict for one in ended] == ["aired"] * len(ended)
    assert "urgent" not in box.heard("na-hoa")


def test_an_alarm_whose_end_got_no_words_before_a_power_cut_can_still_be_cleared(box: Box) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa", repeat=9)
    box.run(1)
    box.station.log.event("end", alarm, box.clock.now(), by="anh Páo", form="clear", drill=False)
    box.restart()
    box.run(5)

    (clear,) = box.end("clear")
    box.run()

    assert (alarm in box.rows(), box.rows()[clear].verdict) == (True, "aired")


def test_an_end_given_without_a_daemon_keeps_the_next_one_from_taking_the_alarm_up_again(box: Box) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa", repeat=9)
    box.run(1)
    for speaker in box.speakers.values():
        speaker.stop(0)  # the daemon is killed
    alone = Requests(OnAir(box.station, {"a": MemorySpeaker(box.clock)}, box.clock, box.station.log, alone=True))
    assert alone.carry_out("end_urgent", {"by": "anh Páo", "form": "stop", "alarms": [alarm]}, 0) == []

    box.restart()
    box.run()

    assert box.heard("na-hoa") == []
    assert alarm in box.rows()


# From the command line.


def urgent(home: Path, *words: str, given: str | None = None) -> Result:
    return command(home, "urgent", *words, "--by", "Páo", given=given)


def kinds(home: Path) -> list[str]:
    return [row["broadcast"] for row in json.loads(shown(home, "log", "--date", DAY, "--json"))]


def test_each_form_shows_its_words_and_asks_before_anything_is_heard(home: Path) -> None:
    with DaemonThread(home, SEVEN):
        urgent(home, "--bulletin", "lu-quet", "--village", "na-hoa", "--yes", "--repeat", "9")
        shown_first = [urgent(home, "--end", form, given="k\n") for form in ("--stop", "--clear", "--mistake")]
        before = kinds(home)
        done = urgent(home, "--end", "--mistake", given="c\n")

    assert [result.exit_code for result in shown_first] == [1, 1, 1]
    for result, words in zip(shown_first, ("ngừng nhắc lại", "Nguy cơ đã qua.", "là do nhầm lẫn"), strict=True):
        assert "Báo động “Lũ quét”, na-hoa:" in result.stderr
        assert words in result.stderr
    assert before == []
    assert done.exit_code == 0, done.stderr
    assert sorted(kinds(home)) == ["correction", "urgent"]


def test_a_bare_end_is_the_all_clear_after_a_template_and_asks_no_script(home: Path) -> None:
    with DaemonThread(home, SEVEN):
        urgent(home, "--bulletin", "lu-quet", "--village", "na-hoa", "--yes", "--repeat", "9")
        first = urgent(home, "--end")
        second = urgent(home, "--end")

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "Nguy cơ đã qua." in first.stderr
    assert "không có tin khẩn nào đang phát" in second.stderr
    assert sorted(kinds(home)) == ["all-clear", "urgent"]


def test_a_bare_end_after_a_text_stops_the_repeats_and_says_so(home: Path) -> None:
    with DaemonThread(home, SEVEN):
        urgent(home, WORDS, "--village", "na-hoa", "--yes", "--repeat", "9")
        first = urgent(home, "--end")
        second = urgent(home, "--end")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"“{WORDS}”: đã ngừng nhắc lại." in first.stderr
    assert "Nguy hiểm vẫn còn." in first.stderr
    assert "trước đó đã hết nhắc lại" in second.stderr
    assert first.stdout == ""


def test_where_a_drill_and_an_alarm_stand_the_command_wants_to_know_which(home: Path) -> None:
    with DaemonThread(home, SEVEN):
        urgent(home, "--bulletin", "lu-quet", "--village", "na-hoa", "--drill", "--yes", "--repeat", "9")
        urgent(home, "--bulletin", "lu-quet", "--village", "suoi-trat", "--yes", "--repeat", "9")
        both = urgent(home, "--end")
        drill = urgent(home, "--end", "--drill")
        still = urgent(home, "--end", "--stop", "--village", "suoi-trat", "--yes")

    assert both.exit_code == 2
    assert "báo động thật (suoi-trat)" in both.stderr
    assert "diễn tập (na-hoa)" in both.stderr
    assert drill.exit_code == 0
    assert "Diễn tập “Lũ quét”, na-hoa:" in drill.stderr
    assert "đã ngừng nhắc lại" in still.stderr


@pytest.mark.parametrize(
    "words", [("--end", "--stop", "--clear"), ("--clear", WORDS), ("--mistake",), ("--end", "--clear", WORDS)]
)
def test_a_form_of_ending_that_makes_no_sense_is_wrong_usage(home: Path, words: tuple[str, ...]) -> None:
    result = urgent(home, *words, "--yes")

    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("form", [(), ("--stop",), ("--clear",), ("--mistake",)])
def test_an_end_where_no_alarm_stands_is_refused_with_and_without_a_daemon(home: Path, form: tuple[str, ...]) -> None:
    alone = urgent(home, "--end", *form, "--yes")
    with DaemonThread(home, SEVEN):
        asked = urgent(home, "--end", *form, "--yes")

    for result in (alone, asked):
        assert result.exit_code == 1
        assert "không có tin khẩn nào đang phát" in result.stderr
