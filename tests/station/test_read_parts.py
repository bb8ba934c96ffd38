"""`read` of a bulletin that is made of parts: what will be heard, part by part, never its head."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language
from loudspeaker.model.spoken_text import ReadingSettings
from loudspeaker.station.read_text import Reader

PARTS = """---
title: Thông báo
parts:
  - {text: "Mời họp lúc 8h30."}
  - {audio: recordings/loi.wav}
  - text
---
Ngày 3/4 họp ở UBND xã.
"""


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def read(home: Path, text: str, *arguments: str) -> Result:
    (home / "x.md").write_text(text, encoding="utf-8")
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "read", str(home / "x.md"), *arguments])


def test_each_part_is_told_as_it_will_be_heard(home: Path) -> None:
    lines = read(home, PARTS).stdout.splitlines()

    assert lines == [
        "Mời họp lúc tám giờ ba mươi phút.",
        "(recording: recordings/loi.wav)",
        "Ngày mùng ba tháng tư họp ở ủy ban nhân dân xã.",
    ]


def test_a_bulletin_without_a_text_below_its_head_is_not_read_by_its_head(home: Path) -> None:
    text = PARTS.replace("  - text\n", "").partition("Ngày")[0]

    told = json.loads(read(home, text, "--json").stdout)

    assert told["spoken"] == "Mời họp lúc tám giờ ba mươi phút."
    assert told["parts"] == [{"spoken": "Mời họp lúc tám giờ ba mươi phút."}, {"audio": "recordings/loi.wav"}]


def test_a_broken_head_is_not_read_either(home: Path) -> None:
    assert read(home, PARTS.replace("title", "titel").partition("Ngày")[0]).stdout.strip() == ""


def test_what_is_piped_in_is_read_alike(home: Path) -> None:
    piped = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "read", "-"], input=PARTS)

    assert piped.stdout == read(home, PARTS).stdout


def test_a_guess_in_any_part_is_told_at_its_line(home: Path) -> None:
    guess = "Xem TBX."

    plain = json.loads(read(home, guess, "--json").stdout)["doubts"]
    told = json.loads(read(home, PARTS.replace("Ngày 3/4 họp", guess), "--json").stdout)["doubts"]

    assert plain
    assert [doubt["line"] for doubt in told[: len(plain)]] == [doubt["line"] + 7 for doubt in plain]


@pytest.mark.parametrize(
    "text", ["Họp 8h.", "---\nHọp 8h.\n", "---\ntitle: x\n---\nHọp 8h.\n", "---\ntitel: x\n---\nHọp 8h."]
)
def test_any_other_text_is_read_as_before(home: Path, text: str) -> None:
    assert read(home, text).stdout.splitlines()[-1].endswith("ọp tám giờ.")


@pytest.mark.parametrize("dashes", ["----", "-------", "---o0o---"])
def test_lines_of_dashes_are_no_head(dashes: str) -> None:
    text = f"{dashes}\nMời bà con đi họp.\n{dashes}\nKính gửi các thôn.\n"

    assert "Mời bà con đi họp" in Reader(ReadingSettings()).read_text("x.txt", text.encode()).spoken


@pytest.mark.parametrize("end", ["\n", " \n", "\u00a0\n", "\r\n", ""])
def test_a_head_ends_at_its_second_fence_whatever_stands_behind_that(end: str) -> None:
    text = f"---\ntitle: Thông báo\n---{end}" + "Mời họp." * bool(end)

    assert Reader(ReadingSettings()).read_text("x.md", text.encode()).spoken == "Mời họp." * bool(end)


@pytest.mark.parametrize("name", ["tin-sang", "Tin sáng", "bulletins/tin-sang.md"])
def test_a_bulletin_of_the_station_is_read_by_any_of_its_names(home: Path, name: str) -> None:
    shown = [
        CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "read", one])
        for one in (name, str(home / "bulletins/tin-sang.md"))
    ]

    assert [one.exit_code for one in shown] == [0, 0]
    assert shown[0].stdout == shown[1].stdout


def test_what_is_neither_a_file_nor_a_bulletin_is_no_file(home: Path) -> None:
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "read", "khong-co"])

    assert (result.exit_code, "khong-co" in result.stderr) == (2, True)
