"""Schedules and bulletins changed from a terminal: shown before it is saved, and nothing else of a file touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.fake_daemon import FakeDaemon

from loudspeaker.cli import cli
from loudspeaker.cli.editing_commands import CHOICES
from loudspeaker.i18n import set_language
from loudspeaker.schedule.choices import ChoiceKind
from loudspeaker.store.edits import revision_of

HOA = ("--by", "chị Hoa")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments], input=given)


def rows(result: Result) -> Any:
    return json.loads(result.stdout)


def file(home: Path, village: str) -> str:
    return (home / "schedules" / f"{village}.yaml").read_text(encoding="utf-8")


def test_entries_are_listed_in_words_and_as_they_are_written(home: Path) -> None:
    listed = rows(run(home, "schedule", "list", "--village", "na-hoa", "--json"))

    assert listed == [
        {
            "village": "na-hoa",
            "name": "tin-sang",
            "entry": {"bulletin": ["tin-sang"], "at": ["06:05", "17:30"]},
            "when": "every day, at 6:05, 17:30",
        },
        {
            "village": "na-hoa",
            "name": "nhac",
            "entry": {"bulletin": ["nhac"], "at": ["11:00"]},
            "when": "every day, at 11:00",
        },
    ]
    assert "every day, at 17:30" in run(home, "schedule", "list").stdout


def test_an_entry_is_added_in_several_villages_and_noted_in_the_log(home: Path) -> None:
    before = file(home, "na-hoa")
    result = run(
        home, "schedule", "add", "Nhắc lại", "--all", "--at", "11h04", "--days", "2, CN", "--until", "30/11/2099", *HOA
    )

    assert result.exit_code == 0, result.stderr
    assert file(home, "na-hoa") == (
        before + "  - {bulletin: nhac, name: nhac-2, at: 11h04, until: 30/11/2099, days: [2, CN]}\n"
    )
    assert file(home, "suoi-trat").endswith("  - {bulletin: nhac, at: 11h04, until: 30/11/2099, days: [2, CN]}\n")
    assert "saved: schedules/na-hoa.yaml, schedules/suoi-trat.yaml" in result.stderr


def test_a_running_daemon_is_told_who_saved_what(home: Path) -> None:
    (home / ".state").mkdir()
    daemon = FakeDaemon(home / ".state" / "control.sock")
    path = home / "schedules/na-hoa.yaml"
    before = revision_of(path)
    result = run(home, "schedule", "remove", "nhac", "--village", "na-hoa", "--json", *HOA)
    daemon.close()

    told = {"path": "schedules/na-hoa.yaml", "before": before, "after": revision_of(path), "by": "chị Hoa"}
    assert [(verb, facts) for verb, facts, _ in daemon.asked] == [("note_edit", told)]
    assert len(rows(result)["withdrawn"]) in (13, 14)  # what is past of today is asked for no more, too


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("nhac", "--village", "na-hoa", "--at", "21h30"), 1, "the policy does not allow it"),
        (("tin-sang", "--village", "na-hoa", "--at", "11:00"), 1, "would be late"),
        (("khong-co", "--village", "na-hoa", "--at", "11:30"), 2, "khong-co"),
        (("nhac", "--village", "na-hoa", "--at", "25h"), 2, "at: “25h” is not a time"),
        (("nhac", "--at", "11:30"), 2, "--village"),
        (("nhac", "--village", "na-hoa"), 2, "either"),
    ],
)
def test_what_must_not_be_is_not_saved(home: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    before = file(home, "na-hoa")
    result = run(home, "schedule", "add", *arguments, *HOA)

    assert (result.exit_code, words in result.stderr) == (status, True), result.stderr
    assert file(home, "na-hoa") == before


def test_a_clash_is_told_with_its_ways_out_and_one_of_them_taken(home: Path) -> None:
    refused = run(home, "schedule", "add", "nhac", "--village", "na-hoa", "--at", "17:30", *HOA)
    moved = run(home, "schedule", "add", "nhac", "--village", "na-hoa", "--at", "17:30", "--choice", "move", *HOA)

    assert refused.exit_code == 1
    assert "--choice move: move it to 17:31" in refused.stderr
    assert "--choice late: " in refused.stderr
    assert moved.exit_code == 0, moved.stderr
    assert file(home, "na-hoa").endswith("  - {bulletin: nhac, name: nhac-2, at: 17:31}\n")


def test_what_is_not_there_cannot_be_removed(home: Path) -> None:
    result = run(home, "schedule", "remove", "khong-co", "--all", *HOA)

    assert result.exit_code == 2
    assert "khong-co" in result.stderr


def test_every_choice_has_its_word_on_the_command_line() -> None:
    assert tuple(kind.value for kind in ChoiceKind) == CHOICES


def test_a_bulletin_is_written_from_what_is_piped_in(home: Path) -> None:
    result = run(home, "new", "Họp thôn: Nà Hoa", "--level", "priority", "--json", *HOA, given="Mời bà con họp.\n")

    assert rows(result) == {"id": "hop-thon-na-hoa", "path": "bulletins/hop-thon-na-hoa.md"}
    assert (home / "bulletins/hop-thon-na-hoa.md").read_text(encoding="utf-8") == (
        '---\ntitle: "Họp thôn: Nà Hoa"\nlevel: priority\n---\nMời bà con họp.\n'
    )


def test_a_bulletin_that_could_not_be_read_is_not_written(home: Path) -> None:
    result = run(home, "new", "Họp", "--text", "Họp.", "--repeat", "99", *HOA)

    assert result.exit_code == 2
    assert not (home / "bulletins/hop.md").exists()


def test_a_bulletin_without_words_is_not_written(home: Path) -> None:
    result = run(home, "new", "Họp", *HOA, given="  \n")

    assert result.exit_code == 2
    assert "no words yet" in result.stderr
    assert not (home / "bulletins/hop.md").exists()
