"""The commune's own words from a terminal: what they change is shown, and nothing else of commune.yaml is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from harness.fake_daemon import FakeDaemon

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language
from loudspeaker.store.edits import revision_of

HOA = ("--by", "chị Hoa")
CALLS = "---\ntitle: Gọi\n---\nMời bà con cài Bluezone. Gọi CV xã.\n"


@pytest.fixture(autouse=True)
def english(home: Path) -> None:
    set_language("en")
    (home / "bulletins" / "goi.md").write_text(CALLS, encoding="utf-8")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "words", *arguments])


def rows(result: Result) -> Any:
    return json.loads(result.stdout)


def commune(home: Path) -> str:
    return (home / "commune.yaml").read_text(encoding="utf-8")


def test_a_word_is_added_listed_and_taken_out_and_the_file_is_as_before(home: Path) -> None:
    before = commune(home)
    added = run(home, "add", "Bluezone", "bờ-lu-dôn", *HOA, "--json")
    assert rows(added) == {"files": ["commune.yaml"], "changed": ["goi"], "approve_again": []}
    assert rows(run(home, "list", "--json")) == [{"written": "Bluezone", "spoken": "bờ-lu-dôn", "as": "say"}]

    assert rows(run(home, "remove", "Bluezone", *HOA, "--json"))["changed"] == ["goi"]
    assert commune(home) == before


def test_capitals_are_an_abbreviation_and_a_name_stays_as_it_is(home: Path) -> None:
    run(home, "add", "CV", "công văn", *HOA)
    run(home, "add", "Hờ A Lầu", "--as", "names", *HOA)

    assert rows(run(home, "list", "--json")) == [
        {"written": "CV", "spoken": "công văn", "as": "abbrev"},
        {"written": "Hờ A Lầu", "spoken": "Hờ A Lầu", "as": "names"},
    ]


def test_who_saved_it_is_noted_in_the_log(home: Path) -> None:
    (home / ".state").mkdir(exist_ok=True)
    before = revision_of(home / "commune.yaml")
    daemon = FakeDaemon(home / ".state" / "control.sock")
    try:
        run(home, "add", "Bluezone", "bờ-lu-dôn", *HOA)
    finally:
        daemon.close()

    noted = {"path": "commune.yaml", "before": before, "after": revision_of(home / "commune.yaml")}
    assert noted in [{key: told.get(key) for key in noted} for _do, told, _uid in daemon.asked]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "0912", "số của xã"), 2, "a number is never learnt"),
        (("add", "Zalo"), 2, "say how it is to be read"),
        (("remove", "Zalo"), 2, "“Zalo”"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    home: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    before = commune(home)
    result = run(home, *arguments, *HOA)

    assert (result.exit_code, told in result.stderr) == (code, True)
    assert commune(home) == before
