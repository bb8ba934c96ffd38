"""Which voices files may name: a text that comes from anywhere never chooses a program to be run.

From outside: the program is a script that leaves a mark where it was started.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.scoring import some_of

from loudspeaker.cli import cli
from loudspeaker.engines.tone import Tone
from loudspeaker.i18n import set_language
from loudspeaker.sound.wav import wav_bytes

DAY = ("--date", "2026-11-24")


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """What the program leaves behind."""
    return tmp_path / "started"


@pytest.fixture
def voice(tmp_path: Path, mark: Path) -> str:
    """A program that speaks."""
    (tmp_path / "sound.wav").write_bytes(wav_bytes(Tone().synthesize("Kính thưa bà con!", "low"))[0])
    program = tmp_path / "say"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat > /dev/null\ncat {tmp_path}/sound.wav\n")
    program.chmod(0o755)
    return f"command:{program}"


def run(home: Path, *arguments: str) -> Result:
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments], input="n\n")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def try_everything(home: Path) -> None:
    """Every command that reads, makes or airs a bulletin."""
    for words in (
        ("check",),
        ("plan", *DAY),
        ("prepare", *DAY),
        ("prepare", *DAY, "--also", "nhac"),
        ("render", "nhac", "-o", str(home / "nhac.wav")),
        ("approve", "nhac", "--by", "Lan"),
        ("play", "nhac", "--village", "na-hoa", "--by", "Lan"),
        ("urgent", "--bulletin", "lu-quet", "--all", "--by", "Lan"),
        ("urgent", "Nước dâng!", "--all", "--by", "Lan"),
        ("voices", "list"),
        ("doctor",),
        ("cache", "sweep"),
    ):
        run(home, *words)


HEADS = [  # lines at the head of a bulletin, and which one names the program
    ('voices: ["{voice}"]', 2),
    ('parts: [text, {{text: Xin chào, voices: ["{voice}"]}}]', 2),
    ('giọng đọc:\n  - tone:low\n  - "{voice}"', 4),
]
BULLETINS = [("nhac", False), ("lu-quet", True)]
# Each head in each bulletin, the next head first in the next one: of every second each is there.
NAMED = [(*BULLETINS[(number + step) % 2], *head) for number, head in enumerate(HEADS) for step in range(2)]


@pytest.mark.sampled
@pytest.mark.parametrize(("bulletin", "listed", "head", "line"), some_of(NAMED, 2))
def test_a_bulletin_names_no_program_and_none_is_started(
    home: Path, voice: str, mark: Path, bulletin: str, listed: bool, head: str, line: int
) -> None:
    if listed:  # not even one that this box may run
        edit(home / "box.yaml", "plays:", f'voices: [tone:low, "{voice}"]\nplays:')
    edit(home / f"bulletins/{bulletin}.md", "title:", f"{head.format(voice=voice)}\ntitle:")

    checked = run(home, "check")
    try_everything(home)

    assert checked.exit_code == 2
    assert f"bulletins/{bulletin}.md:{line}: “{voice}” runs a program" in checked.stdout
    assert not mark.exists()


def test_a_bulletin_names_only_voices_of_the_station(home: Path) -> None:
    edit(home / "bulletins/nhac.md", "title:", "voices: [tone:high]\ntitle:")
    refused = run(home, "check")
    assert refused.exit_code == 2
    assert "bulletins/nhac.md:2: “tone:high” is no voice of this station" in refused.stdout
    rows = json.loads(run(home, "plan", *DAY, "--json").stdout)
    assert {row["bulletin"] for row in rows if row["expected"] == "air"} == {"tin-sang"}

    edit(home / "box.yaml", "plays:", "giọng: [tone:high]\nplays:")
    assert run(home, "check").exit_code == 0

    edit(home / "box.yaml", "giọng: [tone:high]\n", "")
    edit(home / "commune.yaml", "[tone:low]", "[tone:low, tone:high]")
    assert run(home, "check").exit_code == 0
    assert run(home, "prepare", *DAY).exit_code == 0


def test_a_program_in_commune_yaml_is_a_mistake_with_the_line_for_box_yaml_and_costs_only_itself(
    home: Path, voice: str, mark: Path
) -> None:
    edit(home / "commune.yaml", "[tone:low]", f'\n  - "{voice}"\n  - tone:low')

    checked = run(home, "check")
    try_everything(home)

    assert checked.exit_code == 2
    line = f'voices: ["{voice}"]'
    told = next(told for told in checked.stdout.splitlines() if told.startswith("commune.yaml:4: "))
    assert told.endswith(f"box.yaml: {line}")
    assert not mark.exists()
    assert run(home, "plan", *DAY).exit_code == 0
    assert {row["voice"] for row in json.loads(run(home, "prepare", *DAY, "--json").stdout)} == {"tone:low"}

    edit(home / "commune.yaml", f'  - "{voice}"\n', "")
    edit(home / "box.yaml", "plays:", f"{line}\nplays:")
    assert run(home, "check").exit_code == 0
    assert {row["voice"] for row in json.loads(run(home, "prepare", *DAY, "--json").stdout)} == {voice}
    assert mark.exists()


def test_a_commune_that_names_only_a_program_speaks_with_the_embedded_voice(home: Path, voice: str) -> None:
    edit(home / "commune.yaml", "[tone:low]", f'["{voice}"]')

    assert "espeak:vi" in [row["voice"] for row in json.loads(run(home, "voices", "list", "--json").stdout)]
    assert run(home, "plan", *DAY).exit_code == 0


def test_a_program_in_box_yaml_may_have_arguments(home: Path, voice: str) -> None:
    edit(home / "box.yaml", "plays:", f"voices:\n  - {voice} --slow --pitch 3\nplays:")

    assert run(home, "check").exit_code == 0
    assert {row["voice"] for row in json.loads(run(home, "prepare", *DAY, "--json").stdout)} == {
        f"{voice} --slow --pitch 3"
    }


def test_an_edit_of_the_stations_voices_is_a_new_look_at_its_bulletins(home: Path) -> None:
    """In one process, as the daemon reads: the bulletins' own files have not changed."""
    from loudspeaker.station import Station

    edit(home / "bulletins/nhac.md", "title:", "voices: [tone:high]\ntitle:")
    station = Station.open(home)
    assert "nhac" in station.files.contents.broken

    edit(home / "box.yaml", "plays:", "voices: [tone:high]\nplays:")
    station.reload()
    assert "nhac" in station.files.contents.bulletins

    edit(home / "box.yaml", "[tone:high]", "[tone:low]")
    station.reload()
    # The last good version of the file is no better: it names the voice, too.
    assert "nhac" in station.files.contents.broken
    station.close()
