"""One name for a bulletin and for a village everywhere: id, file or title; id or name; never a near miss in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from loudspeaker.cli import cli
from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.i18n import set_language
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.requests import Pause, PreviewUrgent
from loudspeaker.station import Station
from loudspeaker.station.decisions import Decisions

MORNING = ["tin-sang", "bulletins/tin-sang.md", "tin-sang.md", "Tin sáng", "TIN  SÁNG", "Tin sa\u0301ng"]
NA_HOA = ["na-hoa", "Thôn Nà Hoa", "thôn  nà hoa"]


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])


def rows(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", MORNING)
def test_a_bulletin_is_approved_by_any_of_its_names(home: Path, name: str) -> None:
    given = run(home, "approve", name, "--by", "Lan", "--yes")
    taken = run(home, "approve", name, "--undo", "--by", "Lan")

    assert (given.exit_code, taken.exit_code) == (0, 0), given.stderr + taken.stderr
    assert "approved: tin-sang, " in given.stderr


@pytest.mark.parametrize("name", MORNING)
def test_a_bulletin_is_rendered_by_any_of_its_names(home: Path, tmp_path: Path, name: str) -> None:
    assert run(home, "render", name, "-o", str(tmp_path / "tin.wav")).exit_code == 0


def test_a_file_is_meant_as_it_is_seen_from_here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home / "bulletins")
    assert run(home, "approve", "./tin-sang.md", "--by", "Lan", "--yes").exit_code == 0
    assert run(home, "approve", str(home / "bulletins" / "nhac.md"), "--by", "Lan", "--yes").exit_code == 0

    (tmp_path / "tin-sang.md").write_text("---\ntitle: Khác\n---\nKhác.\n", encoding="utf-8")
    other = run(home, "approve", "../../tin-sang.md", "--by", "Lan", "--yes")
    assert (other.exit_code, "not in this station's folder" in other.stderr) == (2, True)


@pytest.mark.parametrize("name", NA_HOA)
def test_a_village_is_named_by_its_id_or_its_name(home: Path, name: str) -> None:
    asked = rows(run(home, "plan", "--date", "2026-11-25", "--village", name, "--json"))
    paused = run(home, "pause", "--village", name, "--until", "2h", "--why", "tang lễ", "--by", "Lan")
    resumed = run(home, "resume", "--village", name, "--by", "Lan")

    assert {row["village"] for row in asked} == {"na-hoa"}
    assert (paused.exit_code, resumed.exit_code) == (0, 0), paused.stderr + resumed.stderr


@pytest.mark.parametrize("name", ["Thôn Nà Hoá", "Thon Na Hoa", "Nà Hoà", "na-hoá"])
def test_a_wrong_tone_mark_is_told_with_the_name_that_was_meant(home: Path, name: str) -> None:
    result = run(home, "play", "tin-sang", "--village", name, "--by", "Lan")

    assert result.exit_code == 2
    assert f"there is no village “{name}”; did you mean “Thôn Nà Hoa” (na-hoa)?" in result.stderr


def test_a_wrong_tone_mark_in_a_title_is_told_with_the_bulletin_that_was_meant(home: Path) -> None:
    result = run(home, "approve", "Tin sang", "--by", "Lan", "--yes")

    assert result.exit_code == 2
    assert "there is no bulletin “Tin sang”; did you mean “tin-sang”?" in result.stderr


def test_a_title_of_two_bulletins_is_not_guessed_at(home: Path) -> None:
    (home / "bulletins" / "tin-chieu.md").write_text("---\ntitle: Tin sáng\n---\nChào.\n", encoding="utf-8")
    result = run(home, "approve", "Tin sáng", "--by", "Lan", "--yes")

    assert result.exit_code == 2
    assert "several are called “Tin sáng”: tin-chieu, tin-sang; give the id" in result.stderr


def test_what_is_written_down_is_the_id(station: Station) -> None:
    """Through the door a title and a name come as they were typed."""
    call = station.alerts.preview(PreviewUrgent(None, "Lũ quét", ("Thôn Nà Hoa",), False, False, None))
    pause = Pause("Thôn Nà Hoa", "2026-11-24T09:00:00", "tang lễ")
    Decisions(station).pause(pause, Envelope(pause, "Lan"))

    assert (call.bulletin, list(call.villages)) == ("lu-quet", ["na-hoa", "suoi-trat"])
    assert [event.facts["village"] for event in station.log.events("pause")] == ["na-hoa"]
    with pytest.raises(NotFound):
        station.alerts.preview(PreviewUrgent(None, "Lu quet", ("na-hoa",), False, False, None))
    with pytest.raises(BadUsage):
        station.alerts.preview(PreviewUrgent(None, "Tin sáng", ("na-hoa",), False, False, None))


def test_a_broken_bulletin_is_known_by_its_id_and_file(home: Path) -> None:
    (home / "bulletins" / "hong.md").write_text("---\ntitel: Hỏng\n---\nLời.\n", encoding="utf-8")
    for name in ("hong", "hong.md"):
        result = run(home, "approve", name, "--by", "Lan", "--yes")
        assert (result.exit_code, "bulletins/hong.md:2" in result.stderr) == (2, True)
