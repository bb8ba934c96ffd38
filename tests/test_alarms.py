"""Alarms and drills as they are recorded: which was which, in which words, and how each was ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from xa_thu import at

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.language import speak, translator
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.asked import Asked
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.vocabulary import Verdict

DAY = "2026-11-24"
SEVEN = at(f"{DAY}T07:00:00")
WORDS = "Nước dâng ở ngầm Bản Lìm!"


@pytest.fixture
def home(home: Path) -> Path:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: a, suoi-trat: b}\noutputs: {a: {device: memory}, b: {device: memory}}\nclock: trusted\n"
    )
    return home


class Box:
    """A station on the air with a fake clock, and somebody who has the sound made and gives the orders."""

    def __init__(self, home: Path, now: datetime = SEVEN) -> None:
        self.home, self.clock = home, FakeClock(now)
        self.begin()

    def begin(self) -> None:
        self.station = Station.open(self.home, clock=self.clock, say=translator("vi"))
        self.speakers = {"a": MemorySpeaker(self.clock), "b": MemorySpeaker(self.clock)}
        log = self.station.log
        self.live = Asked(self.station, self.speakers, self.clock, log, lambda now, trusted: frozenset({"box"}))

    def restart(self) -> None:
        """As after a power cut."""
        for speaker in self.speakers.values():
            speaker.stop(0)
        self.station.close()
        self.begin()

    def close(self) -> None:
        self.live.close()
        self.station.close()

    def ask(self, verb: str, **facts: Any) -> Any:
        return self.live.carry_out(verb, facts, 1000)

    def alarm(
        self, text: str | None, *villages: str, bulletin: str | None = None, drill: bool = False, repeat: int = 3
    ) -> list[str]:
        call = self.station.compose(text, bulletin, villages, not villages, drill, None)
        self.station.errands.make({**call.wanted, **call.clears})
        said = {"text": text, "bulletin": bulletin, "villages": list(call.villages), "drill": drill}
        given = {"repeat": repeat, "gap": 10.0, "until": None, "by": "chị Hoa", "recipes": dict(call.recipes)}
        ids: list[str] = self.ask("urgent", **said, **given)
        return ids

    def run(self, seconds: float = 300.0) -> None:
        until = self.clock.now().timestamp() + seconds
        while self.clock.now().timestamp() < until:
            wake = self.live.step()
            self.clock.advance_to(min(wake, datetime.fromtimestamp(until, wake.tzinfo)))
        self.live.step()

    def heard(self) -> list[tuple[str, str]]:
        """Village and kind of everything that sounded, in order."""
        played = [take.airing.split("/") for speaker in self.speakers.values() for take, _ in speaker.played]
        return [(village, kind) for village, kind, _ in played]

    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.station.rows(self.clock.now().date())}


@pytest.fixture
def box(home: Path) -> Iterator[Box]:
    with closing(Box(home)) as box:
        yield box


def command(home: Path, *arguments: str, language: str = "vi", given: str | None = None) -> Result:
    speak(language)
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
    box.station.report(DAY[:7], None, [], tmp_path / "a.xlsx")

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
    box.station.report(DAY[:7], None, [], tmp_path / "a.xlsx")

    assert json.loads(shown(box.home, "log", "--date", DAY, "--json"))[0]["title"] == WORDS
    assert WORDS in shown(box.home, "log", "--date", DAY)
    assert WORDS in shown(box.home, "why", alarm)
    assert WORDS in [cell for sheet in load_workbook(tmp_path / "a.xlsx") for row in sheet.values for cell in row]


def test_the_words_of_an_alarm_of_an_older_log_are_found_in_what_was_asked(box: Box, tmp_path: Path) -> None:
    (alarm,) = box.alarm(WORDS, "na-hoa")
    box.run()
    with closing(sqlite3.connect(box.station.state / "asrun.db")) as database:
        database.execute("DROP TRIGGER no_UPDATE_of_entries")
        database.execute("UPDATE entries SET entry = json_remove(entry, '$.facts.title') WHERE kind = 'verdict'")
        database.commit()

    assert json.loads(shown(box.home, "log", "--date", DAY, "--json"))[0]["title"] == WORDS
    box.station.report(DAY[:7], None, [], tmp_path / "a.xlsx")
    assert WORDS in [cell for sheet in load_workbook(tmp_path / "a.xlsx") for row in sheet.values for cell in row]
    assert WORDS in shown(box.home, "why", alarm)
