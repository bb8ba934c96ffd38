"""Control characters, turned writing and what is not UTF-8 in people's words: refused where they come in, escaped
where they go out. Formulas in words are words.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.paths import ROOT
from harness.scoring import some_of
from harness.small_commune import at
from openpyxl import load_workbook

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage
from loudspeaker.i18n import set_language
from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog

pytestmark = pytest.mark.waits

BAD = {
    "ESC": "\x1b]0;x\x07",
    "a line break": "mưa\nlúc 5 giờ: đã duyệt",
    "a carriage return": "mưa\rnắng",
    "DEL": "a\x7fb",
    "C1": "a\x9bb",
    "a line separator": "a\u2028b",
    "a right-to-left override": "a\u202eb",
    "an isolate": "a\u2066b",
    "half a character": "a\ud800b",
    "bytes that are not UTF-8": "th\udcf4ng",
    "no character": "a\uffffb",
}
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
NASTY = "a\x1b]0;x\x07b\nc\x9bd\u202ee\x00f"  # what an older version wrote down
SHOWN = r"a\x1b]0;x\x07b\nc\x9bd\u202ee\x00f"


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path, *arguments: str, given: str | None = None) -> Result:
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments], input=given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert not RAW.search(result.stdout + result.stderr)
    return result


# Where words come in: the command line.

DOORS = {
    "--by": ("approve", "nhac", "--by", "{}"),
    "--why": ("pause", "--village", "na-hoa", "--until", "2h", "--why", "{}", "--by", "Lan"),
    "--why of a skip": ("skip", "1", "--why", "{}", "--by", "Lan"),
    "--why of a stop": ("stop", "--why", "{}", "--by", "Lan"),
    "--source": ("report", "--source", "{}", "-o", "x.csv"),
    "a bulletin": ("approve", "{}", "--by", "Lan"),
    "a village": ("plan", "--village", "{}"),
    "an airing": ("why", "{}"),
    "--by of an alarm": ("urgent", "Nước dâng!", "--all", "--by", "{}"),
    "a day": ("plan", "--date", "{}"),
    "a voice": ("render", "nhac", "-o", "x.wav", "--voice", "tone:{}"),
}


@pytest.mark.parametrize("door", DOORS)
def test_bad_characters_are_wrong_usage_on_the_command_line(home: Path, door: str) -> None:
    for kind, bad in BAD.items():
        result = run(home, *(word.replace("{}", bad) for word in DOORS[door]), given="n\n")
        assert result.exit_code == 2, (kind, result.stderr)

    assert json.loads(run(home, "log", "--verify", "--json").stdout)["rows"] == 0


@pytest.mark.parametrize(
    "kind", [kind for kind in BAD if "line" not in kind and kind not in ("a carriage return", "an isolate")]
)
def test_an_alarm_in_free_text_may_have_lines_and_nothing_else_of_the_kind(home: Path, kind: str) -> None:
    assert run(home, "urgent", BAD[kind], "--all", "--by", "Lan", given="n\n").exit_code == 2

    asked = run(home, "urgent", "Nước dâng!\r\nGọi \u202a0912345678\u202c.", "--all", "--by", "Lan", given="n\n")
    assert asked.exit_code == 1
    assert "Nước dâng!" in asked.stderr


# Files.

ESCAPED = {"ESC": r"\e]0;x", "C1": r"\x9b", "a line separator": r"\u2028", "an override": r"\u202e", "DEL": r"\x7f"}
PLACES = {
    "a title": ("bulletins/nhac.md", "title: Nhắc lại", 'title: "{}"', 2),
    "a commune's name": ("commune.yaml", "commune: Xã Thử", 'commune: "{}"', 1),
    "a village's name": ("schedules/na-hoa.yaml", "village: Thôn Nà Hoa", 'village: "{}"', 1),
    "a reading": ("commune.yaml", "voices:", 'say: {{Bluezone: "{}"}}\nvoices:', 3),
    "a sound card": ("box.yaml", "device: file", 'device: "{}"', 2),
    "a key of one's own": ("commune.yaml", "voices:", 'say: {{"{}": a}}\nvoices:', 3),
}


# Of every second, as of all, each kind and each place is there.
@pytest.mark.sampled
@pytest.mark.parametrize(("place", "kind"), some_of(list(product(PLACES, ESCAPED)), 2))
def test_bad_characters_in_files_are_mistakes_with_their_line(home: Path, place: str, kind: str) -> None:
    path, before, after, line = PLACES[place]
    text = (home / path).read_text(encoding="utf-8")
    assert before in text
    (home / path).write_text(text.replace(before, after.format(f"a{ESCAPED[kind]}b")), encoding="utf-8")

    result = run(home, "check", "--days", "1")

    assert result.exit_code == 2
    assert any(told.startswith(f"{path}:{line}: ") for told in result.stdout.splitlines()), result.stdout


def test_a_title_stands_on_one_line_and_words_that_are_said_may_have_several(home: Path) -> None:
    head = '---\ntitle: "Họp\\nđã duyệt"\nsource: |\n  Công văn 1\n  Công văn 2\n---\nMời họp.\n'
    (home / "bulletins/nhac.md").write_text(head, encoding="utf-8")
    assert "bulletins/nhac.md:2: “Họp\\nđã duyệt”: a line break" in run(home, "check").stdout

    (home / "bulletins/nhac.md").write_text(head.replace("\\nđã duyệt", ""), encoding="utf-8")
    assert run(home, "check").exit_code == 0


# The control socket.


@pytest.fixture
def asked(station: Station, clock: FakeClock) -> Requests:
    speaker = MemorySpeaker(clock)
    return Requests(
        OnAir(station, {"san-kho": speaker}, clock, station.log, lambda now, trusted: frozenset({"network"}))
    )


REQUESTS: dict[str, dict[str, Any]] = {
    "skip": {"airing": "na-hoa/nhac/2026-11-24T11:00", "why": "{}", "by": "Lan"},
    "pause": {"village": "na-hoa", "until": "2026-11-24T20:00:00+07:00", "why": "mưa", "by": "{}"},
    "approve": {"bulletin": "nhac", "digest": "{}", "by": "Lan"},
    "give_back": {"bulletin": "nhac", "digest": "0", "why": "{}", "by": "Lan"},
    "note_edit": {"path": "bulletins/{}.md", "before": "", "after": "", "by": "Lan"},
    "explain_stop": {"airings": [], "why": "{}", "by": "Lan"},
    "confirm_clock": {"by": "{}"},
    "stop": {"villages": ["{}"], "why": "mưa", "by": "Lan"},
    "play": {"bulletin": "nhac", "villages": ["na-hoa"], "by": "{}"},
}


@pytest.mark.parametrize("verb", REQUESTS)
def test_bad_characters_are_wrong_usage_on_the_socket(asked: Requests, verb: str) -> None:
    for bad in BAD.values():
        facts = json.loads(json.dumps(REQUESTS[verb]).replace("{}", json.dumps(bad)[1:-1]))
        with pytest.raises(BadUsage):
            asked.carry_out(verb, facts, 1000)

    assert list(asked.log.events()) == []


# Where words go out.


@pytest.fixture
def old(home: Path) -> Path:
    """A station whose log was written by a version that took everything."""
    now = at("2026-11-24T05:00:00")
    log = AsRunLog.open(home / ".state/asrun.db", "xa-thu")
    airing = "na-hoa/tin-sang/2026-11-24T06:05"
    log.event("skip", "na-hoa/nhac/2026-11-25T11:00", now, by=NASTY, why=NASTY, undo=False)
    log.event("pause", "", now, village="suoi-trat", until="2026-11-26T05:00:00+07:00", why=NASTY, by=NASTY)
    log.event("stop", airing, now, by=NASTY, why=NASTY)
    scheduled = at("2026-11-24T06:05:00")
    facts = {"why": NASTY, "by": NASTY, "voice": NASTY, "via": NASTY}
    times = {"started_at": scheduled, "ended_at": scheduled + timedelta(seconds=30)}
    occurrence = Occurrence(airing, "na-hoa", "san-kho", "tin-sang", "tin-sang", Level.ROUTINE, scheduled)
    log.verdict(AsRunRecord(occurrence, Verdict.STOPPED, **facts, **times))  # type: ignore[arg-type]
    by_hand = "na-hoa/play/2026-11-24T07:00:01"
    occurrence = Occurrence(by_hand, "na-hoa", NASTY, "play", NASTY, Level.ROUTINE, scheduled)
    log.verdict(AsRunRecord(occurrence, Verdict.AIRED, "", **times))
    log.close()
    return home


@pytest.mark.parametrize(
    "words",
    [
        ("log", "--date", "2026-11-24"),
        ("why", "na-hoa/tin-sang/2026-11-24T06:05"),
        ("plan", "--date", "2026-11-25"),
        ("plan", "--date", "2026-11-25", "--village", "suoi-trat"),
    ],
)
def test_what_an_old_log_holds_is_shown_escaped_and_forges_no_line(old: Path, words: tuple[str, ...]) -> None:
    result = run(old, *words)

    assert result.exit_code == 0
    assert SHOWN in result.stdout
    assert not any(line.startswith("c") for line in result.stdout.splitlines())


def test_programs_get_what_an_old_log_holds_as_escapes_of_json(old: Path) -> None:
    told = json.loads(run(old, "log", "--date", "2026-11-24", "--json").stdout)

    assert [row["why"] for row in told if row["verdict"] == "stopped"] == [NASTY]
    assert run(old, "log", "--verify").exit_code == 0


def test_an_old_log_makes_its_reports_all_the_same(old: Path, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv"):
        assert run(old, "report", "--month", "2026-11", "-o", str(tmp_path / f"thang.{ending}")).exit_code == 0

    cells = [cell for sheet in load_workbook(tmp_path / "thang.xlsx") for row in sheet.values for cell in row]
    assert SHOWN in cells
    assert not any(RAW.search(cell) for cell in cells if isinstance(cell, str))
    assert SHOWN in (tmp_path / "thang.csv").read_text(encoding="utf-8-sig")


def test_an_exported_log_that_holds_them_is_merged(old: Path, tmp_path: Path) -> None:
    assert run(old, "log", "--export", str(tmp_path / "a.jsonl")).exit_code == 0
    assert not RAW.search((tmp_path / "a.jsonl").read_bytes().decode())

    merged = run(old, "report", "--month", "2026-11", "-o", str(tmp_path / "b.xlsx"), str(tmp_path / "a.jsonl"))
    assert merged.exit_code == 0


def test_a_real_terminal_gets_no_control_character(old: Path) -> None:
    """Through a process of its own, in a locale that is not UTF-8."""
    place = (sys.executable, "-m", "loudspeaker", "--home", str(old))
    for words in (
        ("log", "--date", "2026-11-24"),
        ("why", "\udcff\x1b]0;x\x07"),
        ("\udcff\x1b[31m",),
        ("plan", "\x9b\udcff"),
    ):
        done = subprocess.run(
            [*place, *words], capture_output=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, check=False
        )
        assert b"Traceback" not in done.stderr
        assert not RAW.search((done.stdout + done.stderr).decode())


# Formulas.


@pytest.fixture
def calculating(home: Path) -> Path:
    for path, before, after in (
        ("schedules/na-hoa.yaml", "Thôn Nà Hoa", '"=HYPERLINK(1)"'),
        ("schedules/suoi-trat.yaml", "Thôn Suối Trát", '"+84 912"'),
        ("bulletins/tin-sang.md", "Tin sáng", '"-1+1"'),
        ("bulletins/nhac.md", "Nhắc lại", '"@SUM(A1)"'),
    ):
        text = (home / path).read_text(encoding="utf-8")
        (home / path).write_text(text.replace(before, after), encoding="utf-8")
    log = AsRunLog.open(home / ".state/asrun.db", "xa-thu")
    for minute, bulletin, by in ((5, "tin-sang", "\t=1+1"), (6, "nhac", "=1+1")):
        due = at(f"2026-11-24T06:{minute:02}:00")
        name = f"na-hoa/{bulletin}/{due:%Y-%m-%dT%H:%M}"
        occurrence = Occurrence(name, "na-hoa", "san-kho", bulletin, bulletin, Level.ROUTINE, due)
        log.verdict(AsRunRecord(occurrence, Verdict.AIRED, "=1", due, due + timedelta(seconds=30), by=by))
    log.close()
    return home


def test_text_in_a_workbook_is_text_whatever_it_begins_with(calculating: Path, tmp_path: Path) -> None:
    assert run(calculating, "report", "--month", "2026-11", "-o", str(tmp_path / "a.xlsx")).exit_code == 0
    assert run(calculating, "export", "-o", str(tmp_path / "b.xlsx")).exit_code == 0

    seen = set()
    for name in ("a.xlsx", "b.xlsx"):
        for sheet in load_workbook(tmp_path / name):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f"
                if cell.value in {"=HYPERLINK(1)", "+84 912", "-1+1", "@SUM(A1)", "=1+1"}:
                    assert cell.quotePrefix
                    seen.add(cell.value)
    assert {"=HYPERLINK(1)", "+84 912", "-1+1", "@SUM(A1)", "=1+1"} <= seen


def test_a_cell_of_a_csv_file_never_begins_with_the_sign_of_a_formula(calculating: Path, tmp_path: Path) -> None:
    assert run(calculating, "report", "--month", "2026-11", "-o", str(tmp_path / "a.csv")).exit_code == 0

    table = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8-sig"))))
    cells = {cell for row in table for cell in row}
    assert {"'=HYPERLINK(1)", "'-1+1", "'@SUM(A1)"} <= cells
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


def test_a_schedule_sheet_with_such_words_comes_back_as_it_was(calculating: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (calculating / "schedules").iterdir()}
    assert run(calculating, "export", "-o", str(tmp_path / "lich.xlsx")).exit_code == 0

    assert run(calculating, "import", str(tmp_path / "lich.xlsx")).exit_code == 0
    assert {path: path.read_bytes() for path in (calculating / "schedules").iterdir()} == before


def test_the_pictures_are_well_formed_whatever_the_words(calculating: Path, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    run(calculating, "plan", "--date", "2026-11-24", "--picture", str(tmp_path / "a.svg"))
    ElementTree.parse(tmp_path / "a.svg")


def test_the_shells_print_in_one_place_only() -> None:
    """`put`, `tell` and `print_json` of cli/terminal.py escape; whoever else prints would have to remember to."""
    folder = ROOT / "loudspeaker" / "cli"
    for path in sorted(folder.glob("*.py")):
        calls = re.findall(r"click\.s?echo|\bprint\(|sys\.std(?:out|err)\.write", path.read_text(encoding="utf-8"))
        assert len(calls) <= {"terminal.py": 3, "app.py": 1, "tables.py": 1}.get(path.name, 0), path.name
