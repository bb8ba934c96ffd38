"""A sheet of the officers' own becomes schedules and comes back the same; each mistake is told by its cell."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from loudspeaker.config.schedule_file import parse
from loudspeaker.errors import BadFile, Message
from loudspeaker.importers.imports import write_files
from loudspeaker.importers.schedule_table import add_names, drop_names
from loudspeaker.importers.sheets import export_sheet, import_sheet

HEADER = ["Thôn", "Bản tin", "Giờ", "Ngày", "Thứ", "Từ", "Đến", "Trừ"]
COMMUNE = "commune: Xã Bản Mây\nid: ban-may\nvillages: [na-hoa, suoi-trat]\ndays: {tet: {lunar: giao-thua..03/01}}\n"
NA_HOA = """# lịch của thôn Nà Hoa
village: Thôn Nà Hoa
broadcasts:
  - {bulletin: bluezone, at: [5h45], days: [2, 4]}   # buổi sáng
  - {bulletin: hop-thon, at: 16:45, level: priority}
  - {bulletin: bluezone, name: ram, at: 17:00, lunar: [1, 15]}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in (("bluezone", "Cài đặt Bluezone"), ("hop-thon", "Họp thôn"), ("ve-sinh", "Vệ sinh")):
        path = tmp_path / "bulletins" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\ntitle: {text}\n---\nKính thưa bà con.\n", encoding="utf-8")
    (tmp_path / "commune.yaml").write_text(COMMUNE, encoding="utf-8")
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "na-hoa.yaml").write_text(NA_HOA, encoding="utf-8")
    return tmp_path


def sheet(folder: Path, *rows: list[Any], header: list[str] = HEADER) -> Path:
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    path = folder / "lich.xlsx"
    book.save(path)
    return path


def cells(path: Path) -> list[list[Any]]:
    found = load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(values_only=True)
    return [[value if value is not None else "" for value in row] for row in found]


def take_in(path: Path, home: Path) -> list[Message]:
    """Bring a sheet into the schedules, as `import` does once its child process has answered."""
    imported = import_sheet(path, home)
    write_files(home, imported)
    return list(imported.messages)


def mistakes(home: Path, *rows: list[Any], header: list[str] = HEADER) -> list[str]:
    with pytest.raises(BadFile) as error:
        take_in(sheet(home, *rows, header=header), home)
    return [str(problem) for problem in error.value.problems]


def schedule(home: Path, village: str) -> Any:
    path = home / "schedules" / f"{village}.yaml"
    return parse(path.name, path.read_bytes())


def test_cells_of_every_kind_become_entries(home: Path) -> None:
    rows = [
        ["Thôn Nà Hoa", "ve-sinh", time(17, 30), None, 2.4, datetime(2026, 11, 7), "31/12/2026", "tet"],
        ["suoi-trat", "Cài đặt Bluezone", "6h05; 17:30", date(2026, 11, 28), None, None, None, None],
        ["", "hop-thon", "17:00", "", "Thứ 2, CN", "", "", "Tết, 20/12/2026"],
        ["tất cả", "ve-sinh", "11:00", "", "hàng ngày", "", "", ""],
    ]
    said = [str(message) for message in take_in(sheet(home, *rows), home)]
    na_hoa = (home / "schedules" / "na-hoa.yaml").read_text(encoding="utf-8")
    suoi_trat = (home / "schedules" / "suoi-trat.yaml").read_text(encoding="utf-8")

    assert na_hoa == NA_HOA + (
        "  - {bulletin: ve-sinh, at: 17:30, from: 2026-11-07, until: 31/12/2026, days: [2, 4], except: [tet]}\n"
        "  - {bulletin: ve-sinh, name: ve-sinh-2, at: 11:00}\n"
    )
    assert suoi_trat == (
        "village: suoi-trat\n"
        "broadcasts:\n"
        "  - {bulletin: bluezone, at: [6h05, 17:30], on: [2026-11-28]}\n"
        "  - {bulletin: hop-thon, at: 17:00, days: [2, CN], except: [tet, 20/12/2026]}\n"
        "  - {bulletin: ve-sinh, at: 11:00}\n"
    )
    assert said == [
        "schedules/na-hoa.yaml: 2 new, 0 changed, 0 as before",
        "schedules/na-hoa.yaml: not in the sheet, and still there: bluezone, hop-thon, ram",
        "schedules/suoi-trat.yaml: 3 new, 0 changed, 0 as before",
    ]


def test_a_row_changes_the_entry_of_its_name_and_touches_nothing_else(home: Path) -> None:
    rows = [
        ["na-hoa", "bluezone", "05:45", "", "2, 4", "", "", ""],
        ["na-hoa", "hop-thon", "17:15", "", "", "", "", ""],
    ]
    said = [str(message) for message in take_in(sheet(home, *rows), home)]

    changed = "{bulletin: hop-thon, at: 17:15, level: priority}"
    assert (home / "schedules" / "na-hoa.yaml").read_text(encoding="utf-8") == NA_HOA.replace(
        "{bulletin: hop-thon, at: 16:45, level: priority}", changed
    )
    assert said[0] == "schedules/na-hoa.yaml: 0 new, 1 changed, 1 as before"


def test_a_blank_cell_takes_a_rule_away(home: Path) -> None:
    take_in(sheet(home, ["na-hoa", "bluezone", "05:45", "", "", "", "", ""]), home)

    assert schedule(home, "na-hoa").broadcasts[0].weekdays is None


def test_what_was_exported_is_taken_in_without_a_change(home: Path) -> None:
    export_sheet(home, home / "xuat.xlsx")
    header, *rows = cells(home / "xuat.xlsx")
    said = [str(message) for message in take_in(home / "xuat.xlsx", home)]

    assert header == [*HEADER, "Tên", "Âm lịch", "Mức độ"]
    assert rows == [
        ["Thôn Nà Hoa", "bluezone", "5h45", "", "2, 4", "", "", "", "", "", ""],
        ["Thôn Nà Hoa", "hop-thon", time(16, 45), "", "", "", "", "", "", "", "priority"],
        ["Thôn Nà Hoa", "bluezone", time(17, 0), "", "", "", "", "", "ram", "1, 15", ""],
    ]
    assert said == ["schedules/na-hoa.yaml: 0 new, 0 changed, 3 as before"]
    assert (home / "schedules" / "na-hoa.yaml").read_text(encoding="utf-8") == NA_HOA


def test_a_sheet_that_was_taken_in_comes_back_the_same(home: Path) -> None:
    (home / "schedules" / "na-hoa.yaml").unlink()
    rows = [
        ["na-hoa", "bluezone", "06:05, 17:30", "", "2, 4, CN", datetime(2026, 7, 5), datetime(2026, 9, 30), "tet"],
        ["na-hoa", "bluezone", time(11, 0), datetime(2026, 10, 1), "", "", "", ""],
        ["suoi-trat", "hop-thon", time(16, 45), datetime(2026, 11, 28), "", "", "", ""],
    ]
    take_in(sheet(home, *rows), home)
    export_sheet(home, home / "xuat.xlsx")

    assert cells(home / "xuat.xlsx") == [HEADER, *rows]


def test_every_mistake_is_told_by_its_cell_and_nothing_is_written(home: Path) -> None:
    before = (home / "schedules" / "na-hoa.yaml").read_bytes()
    told = mistakes(
        home,
        ["Thôn Nà Hoà", "bluezon", "25:00", "", "thứ chín", "", "", ""],
        ["Thôn Nà Xa", "bluezone", "06:05", "30/2/2026", "9", "", "", ""],
        ["na-hoa", "bluezone", "", "", "", "5/7/2026", "1/7/2026", "tết tây"],
        ["na-hoa", "ve-sinh", "17:00", "", "", "", "", ""],
    )

    assert [line.split(": ")[0] for line in told] == [
        "lich.xlsx:B2", "lich.xlsx:C2", "lich.xlsx:E2", "lich.xlsx:A3", "lich.xlsx:D3", "lich.xlsx:E3",
        "lich.xlsx:B4", "lich.xlsx:G4", "lich.xlsx:H4",
    ]  # fmt: skip
    assert "bluezone" in told[0]
    assert "25:00" in told[1]
    assert (home / "schedules" / "na-hoa.yaml").read_bytes() == before
    assert not (home / "schedules" / "suoi-trat.yaml").exists()


def test_a_row_of_an_unknown_village_is_read_all_the_same(home: Path) -> None:
    told = mistakes(home, ["xa-lac", "bluezone", "25:00", "", "", "", "", ""])

    assert [line.split(": ")[0] for line in told] == ["lich.xlsx:A2", "lich.xlsx:C2"]


def test_an_unknown_column_is_told_with_the_nearest(home: Path) -> None:
    told, *_ = mistakes(home, ["na-hoa", "bluezone", "06:05"], header=["Thôn", "Bản tin", "Giơ"])

    assert told.startswith("lich.xlsx:C1: ")
    assert "giờ" in told


def test_a_sheet_may_have_a_title_above_and_further_columns(home: Path) -> None:
    rows = [["LỊCH PHÁT THANH"], [], ["Tổ dân phố", "Bản tin", "Mỗi", "Trong khoảng"]]
    path = sheet(home, *rows[1:], ["suoi-trat", "bluezone", "30m", "16:30-18:00"], header=rows[0])
    take_in(path, home)

    assert len(schedule(home, "suoi-trat").broadcasts[0].times) == 4


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04 torn"])
def test_what_is_no_workbook_is_refused_politely(home: Path, data: bytes) -> None:
    (home / "lich.xlsx").write_bytes(data)

    with pytest.raises(BadFile, match="no sheet"):
        take_in(home / "lich.xlsx", home)


def test_a_sheet_without_a_header_is_refused(home: Path) -> None:
    (told,) = mistakes(home, ["na-hoa", "bluezone"], header=["a", "b"])

    assert "Thôn, Bản tin, Giờ" in told


def test_a_broken_schedule_is_mended_by_its_people_first(home: Path) -> None:
    (home / "schedules" / "na-hoa.yaml").write_text("village: [", encoding="utf-8")

    told, *_ = mistakes(home, ["na-hoa", "bluezone", "06:05"])

    assert told.startswith("schedules/na-hoa.yaml:")


def test_names_that_were_given_are_taken_away_again() -> None:
    bare = [{"bulletin": ["a"]}, {"bulletin": ["a"]}, {"bulletin": ["b"], "name": ["x"]}, {"bulletin": ["a"]}]

    assert [entry.get("name") for entry in add_names(bare)] == [None, ["a-2"], ["x"], ["a-3"]]
    assert list(drop_names(add_names(bare))) == bare


def test_another_tone_mark_is_taken_but_never_in_silence(home: Path) -> None:
    said = [str(message) for message in take_in(sheet(home, ["thôn NÀ HOÀ", "cai dat Bluezone", "05:45"]), home)]

    assert said[:2] == [
        "lich.xlsx:A2: “thôn NÀ HOÀ” was taken for “na-hoa”",
        "lich.xlsx:B2: “cai dat Bluezone” was taken for “bluezone”",
    ]


def test_two_villages_that_differ_by_a_mark_are_told_apart(home: Path) -> None:
    (home / "schedules" / "na-hoa-2.yaml").write_text("village: Thôn Nà Hòa\nbroadcasts: []\n", encoding="utf-8")
    take_in(sheet(home, ["Thôn Nà Hòa", "ve-sinh", "05:45"]), home)
    (told,) = mistakes(home, ["Thon Na Hoa", "ve-sinh", "05:50"])

    assert [str(one.bulletin) for one in schedule(home, "na-hoa-2").broadcasts] == ["ve-sinh"]
    assert told == "lich.xlsx:A2: several are called “Thon Na Hoa”: na-hoa, na-hoa-2; give the id"
