"""Reports tell what was heard, from logs alone; what no log tells is said to be unknown and never aired."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from harness.playout_harness import changed
from openpyxl import load_workbook

from loudspeaker.cli import cli
from loudspeaker.errors import BadFile, BadUsage, Message, NotFound
from loudspeaker.i18n import translator
from loudspeaker.model.airing import Airing, Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.box import Box
from loudspeaker.model.broadcast import VillageSchedule
from loudspeaker.model.bulletin import Bulletin
from loudspeaker.model.commune import Commune
from loudspeaker.model.enums import Expected, Level, Verdict
from loudspeaker.reports import log_export, report, report_tables
from loudspeaker.reports.records import RecordStore
from loudspeaker.reports.tally import is_manual
from loudspeaker.store.asrun import AsRunLog

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 30, 20, 0, tzinfo=HANOI)
FIRST = datetime(2026, 11, 2, 6, 5, tzinfo=HANOI)
NOVEMBER = report.month_days("2026-11")
SOURCE = "Công văn số 12/STTTT của Sở Thông tin và Truyền thông, ngày 01/11/2026"


@dataclass
class Station:
    """A log, `plan` (what the files say), and the words that a report is written in."""

    log: AsRunLog
    plan: list[Airing] = field(default_factory=list)
    say: Callable[[str], str] = str

    def report(self, period: report.Period | None, source: str | None, logs: Sequence[Path], path: Path) -> Message:
        data = report.ReportData(
            Commune("ban-may", "Xã Bản Mây", villages=("na-hoa", "suoi-trat", "cho-may")),
            Box(plays={"na-hoa": "a", "suoi-trat": "a"}),
            (VillageSchedule("na-hoa", "Thôn Nà Hoa", ()), VillageSchedule("cho-may", "Tổ dân phố Chợ Mây", ())),
            {
                "bluezone": Bulletin("bluezone", "Cài đặt Bluezone", source=SOURCE, valid_from=date(2026, 11, 1)),
                "hop-thon": Bulletin("hop-thon", "Họp thôn"),
            },
            self.log,
            NOW,
            lambda begins, ends: [one for one in self.plan if begins <= one.scheduled_at < ends],
        )
        return report.write_report(data, period, source, logs, path, self.say)


def record(
    village: str, bulletin: str | None, day: int, verdict: Verdict = Verdict.AIRED, **facts: object
) -> AsRunRecord:
    when = FIRST + timedelta(days=day)
    name = f"{village}/{bulletin}/{when:%Y-%m-%dT%H:%M}"
    occurrence = Occurrence(name, village, "a", bulletin or "vov1", bulletin, Level.ROUTINE, when)
    aired = AsRunRecord(occurrence, verdict, "vì sao", when, when + timedelta(seconds=90))
    return changed(aired, **facts)


def airing(village: str, bulletin: str, day: int, expected: Expected = Expected.AIR) -> Airing:
    when = FIRST + timedelta(days=day)
    name = f"{village}/{bulletin}/{when:%Y-%m-%dT%H:%M}"
    occurrence = Occurrence(name, village, "", bulletin, bulletin, Level.ROUTINE, when)
    return Airing(occurrence, when, when, 60, "estimated", expected, None)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    log = AsRunLog.open(tmp_path / "asrun.db", "ban-may")
    yield Station(log)
    log.close()


def summary(station: Station, tmp_path: Path, *logs: Path, source: str | None = None) -> list[dict[str, str]]:
    """The rows of the .csv."""
    path = tmp_path / "bao-cao.csv"
    station.report(None if source else NOVEMBER, source, logs, path)
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def scratch() -> closing[RecordStore]:
    return closing(RecordStore(lambda record: True))


def other_box(tmp_path: Path, *records: AsRunRecord, commune: str = "ban-may", name: str = "hop-2") -> Path:
    """What the box of Chợ Mây exported."""
    log = AsRunLog.open(tmp_path / name / "asrun.db", commune)
    log.event("clock", "", datetime(1970, 1, 1, tzinfo=HANOI))
    for one in records:
        log.verdict(one)
    log_export.export_log(log, {"cho-may"}, NOW, path := tmp_path / f"{name}.jsonl")
    log.close()
    return path


def test_each_village_and_bulletin_has_its_counts(station: Station, tmp_path: Path) -> None:
    station.log.verdict(record("na-hoa", "bluezone", 0))
    station.log.verdict(record("na-hoa", "bluezone", 1, Verdict.AIRED_LATE))
    station.log.verdict(record("na-hoa", "bluezone", 2, Verdict.MISSED_OFF, started_at=None, ended_at=None))
    station.log.verdict(record("na-hoa", "bluezone", 3, Verdict.AIRED_PARTLY))
    station.log.verdict(record("na-hoa", "bluezone", 28 + 3))  # next month
    station.log.verdict(record("na-hoa", None, 4))
    na_hoa, stream, suoi_trat, cho_may = summary(station, tmp_path)

    assert na_hoa == {
        "Village": "Thôn Nà Hoa", "Bulletin": "bluezone", "Title": "Cài đặt Bluezone", "Planned": "4", "Aired": "2",
        "Minutes": "4.5", "Not aired": "2", "aired in part": "1", "missed: no power, or switched off": "1",
        "Replayed by hand": "0", "Emergencies": "0", "Drills": "0", "All-clears": "0", "Log": "logged",
        "Counted since": "2026-11-02T06:05:00+07:00",
    }  # fmt: skip
    assert (stream["Bulletin"], stream["Aired"]) == ("vov1", "1")
    assert (suoi_trat["Village"], suoi_trat["Log"]) == ("suoi-trat", "logged")
    assert (cho_may["Village"], cho_may["Log"], cho_may["Aired"]) == ("Tổ dân phố Chợ Mây", "no log yet", "no log yet")


def test_an_emergency_that_nobody_heard_has_its_row_and_an_all_clear_is_no_second_one(
    station: Station, tmp_path: Path
) -> None:
    for number, (kind, verdict) in enumerate(
        [("urgent", Verdict.TO_FILE), ("urgent", Verdict.AIRED), ("all-clear", Verdict.AIRED)]
    ):
        facts = {"broadcast": kind, "level": Level.EMERGENCY, "id": f"na-hoa/{kind}/2026-11-03T02:00:0{number}"}
        station.log.verdict(record("na-hoa", None, 1, verdict, **facts))
        assert summary(station, tmp_path)[0]["Title"] == "emergency"

    assert summary(station, tmp_path)[0]["Emergencies"] == "1"


def test_what_was_asked_for_and_not_heard_is_counted_by_what_became_of_it(station: Station, tmp_path: Path) -> None:
    alarm = {"broadcast": "urgent", "level": Level.EMERGENCY, "id": "na-hoa/urgent/2026-11-03T02:00:00"}
    station.log.verdict(record("na-hoa", None, 1, Verdict.FAILED_DEVICE, **alarm))
    replay = {"broadcast": "play", "id": "na-hoa/play/2026-11-02T19:02:31"}
    station.log.verdict(record("na-hoa", "bluezone", 0, Verdict.TO_FILE, **replay))
    given, played, *_ = summary(station, tmp_path)

    assert (given["Not aired"], given["sound card failed"], given["Emergencies"]) == ("1", "1", "0")
    assert (played["Not aired"], played["only to a file"], played["Replayed by hand"]) == ("1", "1", "0")


def test_replays_and_emergencies_are_counted_beside_the_plan(station: Station, tmp_path: Path) -> None:
    by = {"broadcast": "play", "id": "na-hoa/play/2026-11-02T19:02:31"}
    station.log.verdict(record("na-hoa", "bluezone", 0, **by))
    urgent = {"broadcast": "urgent", "level": Level.EMERGENCY, "id": "na-hoa/urgent/2026-11-03T02:00:00"}
    station.log.verdict(record("na-hoa", None, 1, **urgent))
    trial = {"broadcast": "test", "id": "na-hoa/test/2026-11-03T09:00:00"}
    station.log.verdict(record("na-hoa", None, 1, **trial))
    urgent_row, played, *_ = summary(station, tmp_path)

    assert (played["Planned"], played["Replayed by hand"], played["Minutes"]) == ("0", "1", "1.5")
    assert (urgent_row["Title"], urgent_row["Emergencies"], urgent_row["Planned"]) == ("emergency", "1", "0")
    assert is_manual("na-hoa/play/2026-11-02T19:02:31")
    assert not is_manual("na-hoa/bluezone/2026-11-02T19:02")


def test_a_village_without_a_log_is_planned_and_never_aired(station: Station, tmp_path: Path) -> None:
    station.log.verdict(record("na-hoa", "bluezone", 0))
    station.plan = [airing(village, "bluezone", day) for village in ("na-hoa", "cho-may") for day in range(3)]
    station.plan.append(airing("cho-may", "bluezone", 5, Expected.REFUSED))
    rows = {row["Village"]: row for row in summary(station, tmp_path)}

    assert rows["Tổ dân phố Chợ Mây"]["Planned"] == "3"
    assert rows["Tổ dân phố Chợ Mây"]["Aired"] == "no log yet"
    assert rows["Thôn Nà Hoa"]["Planned"] == "1"


def test_what_was_planned_before_the_first_entry_of_the_log_is_not_counted(station: Station, tmp_path: Path) -> None:
    station.log.event("clock", "", datetime(1970, 1, 1, tzinfo=HANOI))  # a time that nobody believes is no beginning
    station.log.verdict(record("na-hoa", "bluezone", 5))
    station.plan = [airing(village, "bluezone", day) for village in ("na-hoa", "cho-may") for day in range(8)]
    path = tmp_path / "a.csv"
    counted = station.report(NOVEMBER, None, [], path)
    rows = {row["Village"]: row for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))}

    assert "06:05 07/11/2026" in str(counted)
    assert (rows["Thôn Nà Hoa"]["Planned"], rows["Thôn Nà Hoa"]["Log"]) == ("1", "logged")
    assert (rows["Tổ dân phố Chợ Mây"]["Planned"], rows["Tổ dân phố Chợ Mây"]["Log"]) == ("3", "no log yet")
    assert {row["Counted since"] for row in rows.values()} == {"2026-11-07T06:05:00+07:00"}


def test_a_station_that_has_aired_nothing_yet_has_missed_nothing(station: Station, tmp_path: Path) -> None:
    station.plan = [airing("na-hoa", "bluezone", day) for day in range(20)]

    assert {row["Planned"] for row in summary(station, tmp_path)} == {"0"}
    assert "no airing yet" in str(station.report(NOVEMBER, None, [], tmp_path / "a.xlsx"))


def test_alarms_drills_and_what_ends_them_have_rows_of_their_own(station: Station, tmp_path: Path) -> None:
    given = [("urgent", False), ("all-clear", False), ("correction", False), ("urgent", True), ("all-clear", True)]
    for number, (kind, drill) in enumerate(given):
        facts = {"broadcast": kind, "level": Level.EMERGENCY, "id": f"na-hoa/{kind}/2026-11-03T02:00:0{number}"}
        station.log.verdict(record("na-hoa", "bluezone", 1, drill=drill, **facts))
    rows = [row for row in summary(station, tmp_path) if row["Village"] == "Thôn Nà Hoa"]

    assert [(row["Title"].partition(":")[0], row["Emergencies"], row["Drills"], row["All-clears"]) for row in rows] == [
        ("emergency", "1", "0", "0"),
        ("all-clear", "0", "0", "1"),
        ("correction of a false alarm", "0", "0", "1"),
        ("drill", "0", "1", "0"),
        ("end of a drill", "0", "0", "1"),
    ]
    assert all(row["Title"].endswith(": Cài đặt Bluezone") for row in rows)


@pytest.mark.parametrize(
    ("commune", "day", "line"),
    [
        ("Xã Bản Mây", date(2026, 2, 5), "Bản Mây, ngày 05 tháng 02 năm 2026"),
        ("đặc khu Phú Quý", date(2026, 3, 15), "Phú Quý, ngày 15 tháng 3 năm 2026"),
        ("Phường 5", date(2026, 12, 1), "Phường 5, ngày 01 tháng 12 năm 2026"),  # no name without its kind
    ],
)
def test_place_and_day_of_a_paper_are_written_as_the_decree_says(commune: str, day: date, line: str) -> None:
    assert report_tables.date_line(commune, day).say(translator("vi")) == line


def test_the_sheet_is_an_official_paper(station: Station, tmp_path: Path) -> None:
    station.log.verdict(record("na-hoa", "bluezone", 0))
    station.log.verdict(record("na-hoa", "hop-thon", 1, Verdict.SKIPPED, started_at=None, ended_at=None))
    station.say = translator("vi")
    station.report(NOVEMBER, None, [], tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx").worksheets[0]
    lines = [[cell for cell in row if cell not in (None, "")] for row in sheet.iter_rows(values_only=True)]
    text = [line for line in lines if line]

    assert text[:2] == [
        ["ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["XÃ BẢN MÂY", "Độc lập - Tự do - Hạnh phúc"],
    ]
    assert ["Số:       /BC-UBND", "Bản Mây, ngày 30 tháng 11 năm 2026"] in text
    assert ["Kết quả phát thanh trên hệ thống loa truyền thanh tháng 11 năm 2026"] in text
    assert ["NGƯỜI LẬP BIỂU", "TM. ỦY BAN NHÂN DÂN"] in text
    head = next(line for line in text if line[0] == "TT")
    assert not [words for words in head if words[:1].islower()]
    total = next(line for line in text if line[0] == "Tổng cộng")
    assert dict(zip(head[4:], total[1:], strict=False)) | {"Theo lịch": 2, "Đã phát": 1, "Số phút": 1.5} == dict(
        zip(head[4:], total[1:], strict=False)
    )
    setup = (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.page_setup.fitToHeight)
    assert setup == (9, "landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${lines.index(head) + 1}:${lines.index(head) + 1}"
    assert (sheet.HeaderFooter.differentFirst, sheet.oddHeader.center.text) == (True, "&P")
    assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value} == {"Times New Roman"}


def test_a_table_that_is_longer_than_a_sheet_goes_on_in_another(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loudspeaker.reports.workbook.MOST", 2)
    for day in range(5):
        station.log.verdict(record("na-hoa", "bluezone", day))
    station.report(NOVEMBER, None, [], tmp_path / "a.xlsx")
    sheets = load_workbook(tmp_path / "a.xlsx").worksheets[1:-1]

    assert [sheet.title for sheet in sheets] == ["Airings", "Airings 2", "Airings 3"]
    days = [row[2].day for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert days == [2, 3, 4, 5, 6]


def test_logs_of_other_boxes_are_merged_each_airing_once(station: Station, tmp_path: Path) -> None:
    station.log.verdict(record("na-hoa", "bluezone", 0))
    other = other_box(tmp_path, record("cho-may", "bluezone", 1), record("cho-may", "hop-thon", 2, Verdict.SKIPPED))
    log_export.export_log(station.log, {"na-hoa"}, NOW, tmp_path / "hop-1.jsonl")
    station.plan = [airing("cho-may", "bluezone", day) for day in range(3)]
    rows = {
        (row["Village"], row["Bulletin"]): row for row in summary(station, tmp_path, other, tmp_path / "hop-1.jsonl")
    }

    assert rows["Thôn Nà Hoa", "bluezone"]["Aired"] == "1"
    bluezone = rows["Tổ dân phố Chợ Mây", "bluezone"]
    # The second box was put up on the second day: of the first, nobody knows.
    assert (bluezone["Planned"], bluezone["Aired"], bluezone["Log"]) == ("2", "1", "no log yet for 1")
    assert rows["Tổ dân phố Chợ Mây", "hop-thon"]["left out"] == "1"


def test_a_report_by_source_tells_only_of_that_dispatch(station: Station, tmp_path: Path) -> None:
    station.log.verdict(record("na-hoa", "bluezone", 0))
    station.log.verdict(record("na-hoa", "hop-thon", 1))
    rows = summary(station, tmp_path, source="12/stttt")

    assert [row["Bulletin"] for row in rows] == ["bluezone", "", ""]
    with pytest.raises(NotFound, match="13/STTTT"):
        summary(station, tmp_path, source="13/STTTT")


def test_a_workbook_has_every_airing_and_the_heads_of_the_logs(station: Station, tmp_path: Path) -> None:
    station.log.verdict(record("na-hoa", "bluezone", 0))
    station.report(NOVEMBER, None, [other_box(tmp_path, record("cho-may", "bluezone", 1))], tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    tables = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]

    assert book.sheetnames == ["Summary", "Airings", "Logs"]
    assert tables[1][1][:6] == (
        "Thôn Nà Hoa",
        "bluezone",
        datetime(2026, 11, 2, 6, 5),
        datetime(2026, 11, 2, 6, 5),
        1.5,
        "aired",
    )
    assert [row[0] for row in tables[2]] == ["Log", "this box", "hop-2.jsonl"]
    assert tables[2][1][5] == station.log.verify()


def test_an_exported_log_comes_back_as_it_is(station: Station, tmp_path: Path) -> None:
    records = (record("na-hoa", "bluezone", 0), record("na-hoa", None, 1))
    for one in records:
        station.log.verdict(one)
    station.log.event("skip", "", NOW, why="đám tang")
    log_export.export_log(station.log, {"na-hoa": "a", "suoi-trat": "a"}, NOW, tmp_path / "a.jsonl")
    with scratch() as ours, scratch() as theirs:
        own = log_export.read_own_log(station.log, {"na-hoa": "a", "suoi-trat": "a"}, NOW, FIRST, NOW, ours)
        found = log_export.read_export(tmp_path / "a.jsonl", theirs)

        assert found == replace(own, origin="a.jsonl")
        assert (tuple(ours), tuple(theirs)) == (records, records)
        assert (found.entries, found.head, found.begins) == (3, station.log.verify(), FIRST)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("vì sao", "vì thế", 3), ("clock", "skip", 2), ("as-run", "other", 1), ('"hash":"', '"hash":"0', 2)],
)
def test_an_exported_log_that_was_changed_is_refused(tmp_path: Path, old: str, new: str, line: int) -> None:
    path = other_box(tmp_path, record("cho-may", "bluezone", 1))
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with scratch() as records, pytest.raises(BadFile) as error:
        log_export.read_export(path, records)
    assert error.value.problems[0].line == line


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_an_exported_log_that_was_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = other_box(tmp_path, record("cho-may", "bluezone", 1))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:kept]))

    with scratch() as records, pytest.raises(BadFile):
        log_export.read_export(path, records)


def test_what_makes_no_sense_is_refused(station: Station, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="2026-13"):
        report.month_days("2026-13")
    with pytest.raises(BadUsage, match=r"a\.pdf"):
        station.report(NOVEMBER, None, [], tmp_path / "a.pdf")
    with pytest.raises(BadFile, match="xa-khac"):
        station.report(NOVEMBER, None, [other_box(tmp_path, commune="xa-khac")], tmp_path / "a.csv")


def test_a_month_may_be_written_as_people_write_it() -> None:
    assert report.month_days("11/2026") == report.month_days("2026-11") == (date(2026, 11, 1), date(2026, 11, 30))


def test_a_month_to_come_has_nothing_to_tell(station: Station, tmp_path: Path) -> None:
    station.report(report.month_days("2027-01"), None, [], tmp_path / "a.csv")

    assert (tmp_path / "a.csv").exists()


def command(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "--lang", "en", "report", *arguments])


def test_a_report_is_of_any_days(home: Path, tmp_path: Path) -> None:
    with closing(AsRunLog.open(home / ".state" / "asrun.db", "xa-thu")) as log:
        for day in (0, 10, 20):
            log.verdict(record("na-hoa", "tin-sang", day))
    path = tmp_path / "a.xlsx"

    done = command(home, "--from", "2026-11-03", "--to", "15/11/2026", "-o", str(path))

    assert done.exit_code == 0, done.stderr
    assert "begins with the airing of 06:05 02/11/2026" in done.stderr
    paper, airings, _ = load_workbook(path).worksheets
    assert "What was broadcast by the loudspeakers, from 03/11/2026 to 15/11/2026" in [
        cell for row in paper.iter_rows(values_only=True) for cell in row
    ]
    assert [row[2].day for row in airings.iter_rows(min_row=2, values_only=True)] == [12]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--to", "2026-11-15"),
        ("--month", "2026-11", "--from", "2026-11-03"),
        ("--month", "2026-11", "--to", "2026-11-03"),
        ("--source", "12", "--from", "2026-11-03"),
        ("--from", "2026-11-15", "--to", "2026-11-03"),
        ("--month", "9999-12"),
    ],
)
def test_a_report_of_no_days_or_of_two_kinds_is_wrong_usage(home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = command(home, *words, "-o", str(tmp_path / "a.csv"))

    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "a.csv").exists()
