"""The light of the board answers a stick; the folder of a test stands for Linux'."""

from __future__ import annotations

from pathlib import Path

from loudspeaker.maintenance.board_light import blink


def make_light(folder: Path) -> Path:
    light = folder / "ACT"
    light.mkdir()
    (light / "trigger").write_text("none timer [mmc0]\n")
    (light / "brightness").write_text("0")
    return light


def test_it_blinks_as_often_as_it_is_told_and_goes_on_as_before(tmp_path: Path) -> None:
    light, seen = make_light(tmp_path), list[str]()

    assert blink(2, tmp_path, lambda seconds: seen.append((light / "brightness").read_text()))

    assert seen == ["0", "1", "0", "1"]
    assert (light / "trigger").read_text() == "mmc0"


def test_a_machine_without_one_is_told_so(tmp_path: Path) -> None:
    assert not blink(2, tmp_path, lambda seconds: None)
