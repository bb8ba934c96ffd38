"""A station that may only be read answers what can be answered, writes nothing, and says what else it takes."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.fake_daemon import client_of
from harness.read_only import outsider, read_only, sight

from loudspeaker.clock import FakeClock
from loudspeaker.station import Station

pytestmark = pytest.mark.waits

TODAY = "2026-11-24"


@pytest.fixture
def home(home: Path) -> Iterator[Path]:
    """Where others may look, too; pytest's own folders are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield shutil.copytree(home, Path(folder) / "dai")


@pytest.mark.parametrize("logged", [False, True], ids=["without a log", "with a log"])
def test_questions_are_answered_without_a_byte_written(home: Path, clock: FakeClock, logged: bool) -> None:
    if logged:
        station = Station.open(home, clock=clock)
        client_of(station).skip(f"na-hoa/nhac/{TODAY}T11:00", "mưa", "Lan")
        station.close()
    before = sight(home)

    plan, story, *others = read_only(
        home,
        ("plan", "--date", TODAY, "--json"),
        ("why", f"na-hoa/nhac/{TODAY}T11:00"),
        *(("check",), ("log",), ("log", "--verify"), ("read", str(home / "bulletins/nhac.md"))),
    )

    assert [row["expected"] for row in json.loads(plan.stdout)][1] == ("skipped" if logged else "air")
    assert ("mưa" in story.stdout) is logged
    assert [done.returncode for done in (plan, story, *others)] == [0] * 6
    assert sight(home) == before


def test_what_would_have_to_be_written_is_refused_with_what_it_takes(home: Path) -> None:
    before = sight(home)

    skipped, paused, run = read_only(
        home,
        ("skip", f"na-hoa/nhac/{TODAY}T11:00", "--why", "mưa", "--by", "Lan"),
        ("pause", "--village", "na-hoa", "--until", "2h", "--why", "mưa", "--by", "Lan"),
        ("run",),
    )

    assert (skipped.returncode, paused.returncode, run.returncode) == (3, 3, 1)
    for done in (skipped, paused, run):
        assert "group “loudspeaker”" in done.stderr
        assert "Traceback" not in done.stderr
        assert "on the air" not in done.stderr
    assert sight(home) == before


def test_whoever_may_not_even_look_is_told_which_group_to_join(home: Path) -> None:
    asked = {
        ("plan",): 1,
        ("check",): 1,
        ("log",): 1,
        ("doctor",): 1,
        ("urgent", "Nước dâng!", "--all", "--by", "Lan", "--yes"): 1,
        ("stop", "--why", "mưa", "--by", "Lan"): 3,
        ("pause", "--village", "na-hoa", "--until", "2h", "--why", "mưa", "--by", "Lan"): 1,
    }
    answers = outsider(home, *asked)

    assert {words: done.returncode for words, done in zip(asked, answers, strict=True)} == asked
    for done in answers:
        assert "group “loudspeaker”" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Permission denied" not in done.stderr
