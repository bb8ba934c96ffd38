"""`voices use`: the commune speaks with another voice, which is made before it is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language

HOA = ("--by", "chị Hoa")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])


def voices(home: Path) -> str:
    lines = (home / "commune.yaml").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("voices"))


def made(home: Path) -> set[Any]:
    rows = json.loads(run(home, "prepare", "--days", "2", "--json").stdout)
    return {(row["ready"], row["voice"]) for row in rows}


def test_the_other_voice_is_made_first_and_those_of_before_stand_in(home: Path) -> None:
    assert run(home, "voices", "use", "tone:high", "--only-make").exit_code == 0
    assert voices(home) == "voices: [tone:low]"
    assert any((home / ".state").rglob("*.wav")) or any(home.rglob("*.wav"))

    done = run(home, "voices", "use", "tone:high", *HOA)
    assert (done.exit_code, voices(home)) == (0, "voices: [tone:high, tone:low]")
    assert made(home) == {(True, "tone:high")}
    assert "tone:high speaks from now on" in done.stderr


def test_each_sentence_is_told_to_the_program_that_asks(home: Path) -> None:
    told = run(home, "voices", "use", "tone:high", "--only-make", "--progress-json").stdout.splitlines()
    last = json.loads(told[-1])
    assert last["done"] == last["total"] > 0


@pytest.mark.parametrize("voice", ["piper:vi_VN-nobody-low", "command:/bin/true", "tone"])
def test_a_voice_that_cannot_speak_here_is_refused_and_nothing_is_written(home: Path, voice: str) -> None:
    result = run(home, "voices", "use", voice, *HOA)
    assert result.exit_code != 0
    assert result.stderr
    assert voices(home) == "voices: [tone:low]"


def test_where_box_yaml_names_a_voice_the_communes_would_not_be_heard(home: Path) -> None:
    with (home / "box.yaml").open("a", encoding="utf-8") as file:
        file.write("voices: [tone:high]\n")
    result = run(home, "voices", "use", "espeak:vi", *HOA)

    assert result.exit_code == 1
    assert "box.yaml" in result.stderr
