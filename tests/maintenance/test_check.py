"""`check`: every mistake of every file in one go, what can never be aired, files that nobody reads, and a true end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.small_commune import ZONE

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language

FILES = {
    "commune.yaml": "xã: Xã Bản Mây\nmã: ban-may\ncác thôn: [na-hoa, suoi-trat]\n"
    "ngày đặc biệt: {tet: {âm lịch: 1/1..3/1}}\n",
    "box.yaml": "phát:\n  na-hoa: loa-1\n  suoi-trat: loa-1\nđường loa: {loa-1: {thiết bị: auto}}\n",
    "bulletins/hop.md": "---\ntiêu đề: Họp thôn\n---\nKính mời bà con đi họp.\n",
    "schedules/na-hoa.yaml": "thôn: Thôn Nà Hoa\nlịch phát:\n  - {bản tin: hop, giờ: 17h30}\n",
}

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    set_language("vi")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(**changes: str) -> Path:
        for name, text in (FILES | {name.replace("__", "/"): text for name, text in changes.items()}).items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "check", *arguments])


def today() -> date:
    """The commune's day: this machine's may still be the one before."""
    return datetime.now(ZONE).date()


def told(home: Path, mistake: bool | None = None) -> list[str]:
    rows: list[dict[str, Any]] = json.loads(run(home, "--json").stdout)
    chosen = [row for row in rows if mistake is None or row["mistake"] == mistake]
    return [f"{row['path']}:{row['line']}: {row['message']}" for row in chosen]


def entry(text: str) -> dict[str, str]:
    return {"schedules__na-hoa.yaml": f"thôn: Thôn Nà Hoa\nlịch phát:\n  - {{bản tin: hop, {text}}}\n"}


# How it ends


def test_a_station_without_faults_ends_with_two_noughts(write: Write) -> None:
    result = run(write())

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 lỗi, 0 cảnh báo: mọi tệp đều dùng được.\n"


def test_what_will_not_be_aired_is_counted_and_never_called_faultless(write: Write) -> None:
    result = run(write(**entry("giờ: 3h00")))

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert result.stderr.splitlines()[-1] == "0 lỗi, 1 cảnh báo. Mọi tệp đều dùng được; hãy đọc các cảnh báo ở trên."


def test_mistakes_and_warnings_are_counted_apart_and_lead_to_the_reference(write: Write) -> None:
    home = write(**entry("giờ: 17.30"), **{"bulletins__ghi-chu.txt": "x"})

    result = run(home)

    assert result.exit_code == 2
    assert "1 lỗi, 1 cảnh báo. Chỗ có lỗi không được dùng" in result.stderr.splitlines()[-1]
    assert "docs/reference.md#schedules" in result.stderr


def test_a_folder_that_is_no_station_is_told_as_such(tmp_path: Path) -> None:
    result = run(tmp_path)

    assert result.exit_code == 2
    assert "loudspeaker init" in result.stdout


# Everything at once


def test_all_files_are_judged_whichever_is_broken(write: Write) -> None:
    home = write(
        **{
            "commune.yaml": FILES["commune.yaml"].replace("ban-may", "Bản Mây"),
            "box.yaml": "phát: {na-hoa: loa-2}\nđường loa: {loa-1: {thiết bị: auto}}\n",
            "bulletins__hop.md": "---\ntiêu đề: Họp\nlặp: 99\n---\nSố 1/2 ấy.\n",
            "bulletins__chi-thi.docx": "",
            "schedules__na-hoa.yaml": "lịch phát:\n"
            "  - {bản tin: hop, giờ: 17.30, trừ: [tet]}\n  - {bản tin: khong-co, giờ: 18h}\n",
        }
    )

    found = told(home)

    assert [line.split(": ")[0] for line in found] == [
        *("commune.yaml:2", "box.yaml:1", "bulletins/chi-thi.docx:0", "bulletins/hop.md:3", "bulletins/hop.md:5"),
        *("schedules/na-hoa.yaml:2", "schedules/na-hoa.yaml:3"),
    ]


def test_a_commune_that_cannot_be_read_costs_one_line(write: Write) -> None:
    home = write(**{"commune.yaml": 'xã: "Xã Bản Mây\nmã: ban-may\n'}, **entry("giờ: 17h30, trừ: [tet]"))

    assert [line.split(": ")[0] for line in told(home)] == ["commune.yaml:1"]


def test_a_recording_that_is_missing_is_told_at_its_part_though_the_head_has_another_mistake(write: Write) -> None:
    text = "---\ntiêu đề: Họp\nmức: hỏa tốc\ncác phần:\n  - bài\n  - {ghi âm: recordings/a.mp3}\n---\nHọp.\n"

    assert [line.split(": ")[0] for line in told(write(**{"bulletins__hop.md": text}))] == [
        "bulletins/hop.md:3",
        "bulletins/hop.md:6",
    ]


def test_each_line_that_names_a_lost_bulletin_is_told_and_nothing_of_it_a_second_time(write: Write) -> None:
    lines = "lịch phát:\n  - {bản tin: mat, giờ: 17h}\n  - {bản tin: mat, tên: mat-2, giờ: 18h}\n"

    assert told(write(**{"schedules__na-hoa.yaml": lines})) == [
        "schedules/na-hoa.yaml:2: không có bản tin “mat”",
        "schedules/na-hoa.yaml:3: không có bản tin “mat”",
    ]


# What can never be aired


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("ngày: [28/11/2020, 30/11/2020]", "ngày cuối là 30/11/2020"),
        ("ngày: 1/11/2020..5/11/2020", "ngày cuối là 5/11/2020"),
        ("đến: 31/12/2020", "ngày cuối là 31/12/2020"),
        ("ngày: 5/1/2198, thứ: [CN]", "không bao giờ được phát"),
        ("ngày trong tháng: [30], âm lịch: [10/3], thứ: [2], từ: 1/2/2198, đến: 28/2/2198", "không bao giờ"),
    ],
)
def test_an_entry_that_can_never_air_is_told(write: Write, rule: str, words: str) -> None:
    (line,) = told(write(**entry(f"giờ: 17h30, {rule}")))

    assert line.startswith("schedules/na-hoa.yaml:3: ")
    assert words in line


def test_one_day_of_several_that_other_keys_leave_out_is_told(write: Write) -> None:
    monday = today() + timedelta(days=7 - today().weekday())
    days = [f"{day.day}/{day.month}/{day.year}" for day in (monday, monday + timedelta(days=1))]

    (line,) = told(write(**entry(f"giờ: 17h30, ngày: [{', '.join(days)}], thứ: [2]")))

    assert f"{days[1]}: mục này không phát vào ngày ấy" in line


def test_a_rule_that_goes_on_for_ever_is_no_fault(write: Write) -> None:
    for rule in ("thứ: [2]", "âm lịch: [10/3]", "từ: 1/1/2020", "ngày trong tháng: [31]"):
        assert told(write(**entry(f"giờ: 17h30, {rule}"))) == []


def test_a_validity_that_ended_is_one_sentence_at_its_own_line(write: Write) -> None:
    lines = "lịch phát:\n  - {bản tin: hop, giờ: 17h30}\n  - {bản tin: hop, tên: hop-2, giờ: [6h00, 18h00]}\n"
    text = "---\ntiêu đề: Họp\nhiệu lực: 5/7/2020..30/9/2020\n---\nHọp.\n"

    assert told(write(**{"bulletins__hop.md": text, "schedules__na-hoa.yaml": lines})) == [
        "bulletins/hop.md:3: bản tin đã hết hiệu lực từ sau ngày 30/9/2020: 2 mục lịch phát của nó không phát nữa"
    ]


def test_a_validity_that_ends_or_begins_soon_is_one_sentence_too(write: Write) -> None:
    soon = today() + timedelta(days=10)
    day = f"{soon.day}/{soon.month}/{soon.year}"
    for valid, count in ((f"..{day}", "19"), (f"{day}..", "10")):
        text = f"---\ntiêu đề: Họp\nhiệu lực: {valid}\n---\nHọp.\n"
        (line,) = told(write(**{"bulletins__hop.md": text}))
        assert f"{count} lượt phát" in line


def test_an_entry_outside_its_bulletins_validity_is_told(write: Write) -> None:
    text = "---\ntiêu đề: Họp\nhiệu lực: 1/1/2190..31/1/2190\n---\nHọp.\n"

    (line,) = told(write(**{"bulletins__hop.md": text}, **entry("giờ: 17h30, ngày: 28/11/2191")))

    assert "chỉ có hiệu lực từ 1/1/2190 đến 31/1/2190" in line


# Files that nobody reads


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("schedules/suoi-trat.yml", "đổi tên thành suoi-trat.yaml"),
        ("schedules/suoi-trat.yaml.txt", "đổi tên thành suoi-trat.yaml"),
        ("schedules/suoi-trat.YAML", "đổi tên thành suoi-trat.yaml"),
        ("schedules/suoi-trat", "đổi tên thành suoi-trat.yaml"),
        ("schedules/lich.xlsx", "loudspeaker import"),
        ("schedules/hop.md", "thư mục bulletins/"),
        ("bulletins/thong-bao.txt", "đổi tên thành thong-bao.md"),
        ("bulletins/thong-bao.MD", "đổi tên thành thong-bao.md"),
        ("bulletins/thong-bao.md.txt", "đổi tên thành thong-bao.md"),
        ("bulletins/145-TB-UBND.docx", "loudspeaker import"),
        ("bulletins/loi-dan.mp3", "recordings/"),
        ("bulletins/na-hoa.yaml", "thư mục schedules/"),
        ("bulletins/2026/hop.md", "để tệp ngay trong bulletins/"),
        ("bulletins/hop-2.md/x", "đây là thư mục"),
        ("commune.yml", "đổi tên thành commune.yaml"),
        ("box.yaml.txt", "đổi tên thành box.yaml"),
        ("na-hoa.yaml", "thư mục schedules/"),
        ("Bulletins/x.md", "đổi tên thành bulletins"),
    ],
)
def test_a_file_that_nobody_reads_is_told_with_what_to_do(write: Write, name: str, words: str) -> None:
    home = write()
    path = home / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("", encoding="utf-8")

    lines = told(home)

    assert lines
    assert any(words in line for line in lines), lines
    assert all(name.startswith(line.split(":")[0]) for line in lines), lines


@pytest.mark.parametrize("name", [".swp", "~$hop.docx", "hop.md~", "#hop.md#", "Thumbs.db", "desktop.ini"])
def test_what_editors_and_file_managers_leave_behind_is_nobodys_fault(write: Write, name: str) -> None:
    home = write()
    (home / "bulletins" / name).write_text("", encoding="utf-8")

    assert told(home) == []


# Villages


def test_a_village_that_was_renamed_is_told_at_its_line_with_its_new_name(write: Write) -> None:
    home = write(**{"commune.yaml": FILES["commune.yaml"].replace("suoi-trat", "suoi-trat-2")})

    assert told(home) == [
        "box.yaml:3: “suoi-trat” không có trong danh sách thôn của commune.yaml, có phải là “suoi-trat-2”?"
    ]


def test_a_village_that_was_added_and_has_no_output_is_told(write: Write) -> None:
    home = write(
        **{
            "commune.yaml": FILES["commune.yaml"].replace("suoi-trat]", "suoi-trat, lang-la]"),
            "schedules__lang-la.yaml": "lịch phát:\n  - {bản tin: hop, giờ: 17h30}\n",
        }
    )

    (line,) = told(home)

    assert line.startswith("box.yaml:0: thiết bị này không phát cho lang-la")
