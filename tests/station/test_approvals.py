"""Approving: what is shown is what is bound, any edit of it voids it, and it can be taken back."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from click.testing import CliRunner, Result

from loudspeaker.cli import cli
from loudspeaker.clock import FakeClock
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.client import Client
from loudspeaker.daemon.service import Service
from loudspeaker.errors import BeingRead, Refused
from loudspeaker.i18n import set_language
from loudspeaker.model.requests import Approve
from loudspeaker.production.specification import NOT_READ_YET
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

pytestmark = pytest.mark.waits

BULLETIN = """---
title: Họp thôn
level: routine
repeat: 2
gap: 3s
valid: 2020-01-01..2090-12-31
---
Tối mai họp thôn ở nhà văn hóa.
"""
PARTS = """---
title: Họp thôn
parts: [{text: Mời bà con nghe.}, text]
---
Tối mai họp thôn.
"""


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


@pytest.fixture
def home(home: Path) -> Path:
    """A commune that has everything approved."""
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {approval: required}\n", encoding="utf-8")
    write(home, BULLETIN)
    return home


def write(home: Path, text: str) -> None:
    (home / "bulletins" / "nhac.md").write_text(text, encoding="utf-8")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])


def approved(home: Path) -> bool:
    told = json.loads(run(home, "plan", "--date", "tomorrow", "--json").stdout)
    (row,) = [row for row in told if row["bulletin"] == "nhac"]
    return bool(row["expected"] == "air")


def change(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


EDITS: dict[str, tuple[str, str]] = {
    "repeat": ("repeat: 2", "repeat: 10"),
    "level": ("level: routine", "level: priority"),
    "title": ("title: Họp thôn", "title: Họp xã"),
    "gap": ("gap: 3s", "gap: 30s"),
    "the first day": ("2020-01-01", "2020-01-02"),
    "the last day": ("2090-12-31", "2091-12-31"),
    "words": ("Tối mai", "Sáng mai"),
    "parts": ("valid:", "parts: [{text: Xin mời.}, text]\nvalid:"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edit_of_what_was_approved_voids_it(home: Path, edit: tuple[str, str]) -> None:
    assert not approved(home)
    assert run(home, "approve", "nhac", "--by", "Lan").exit_code == 0
    assert approved(home)

    write(home, BULLETIN.replace(*edit))
    assert not approved(home)

    write(home, BULLETIN)
    assert approved(home)


@pytest.mark.parametrize("edit", [("level:", "source: UBND xã\nlevel:"), ("Tối mai họp", "Tối  mai họp")])
def test_what_nobody_hears_does_not_void_it(home: Path, edit: tuple[str, str]) -> None:
    run(home, "approve", "nhac", "--by", "Lan")

    write(home, BULLETIN.replace(*edit))

    assert approved(home)


def test_an_approval_that_was_given_before_holds_for_the_words_that_it_bound(home: Path) -> None:
    for text in (BULLETIN, PARTS):
        write(home, text)
        with closing(Station.open(home)) as station:
            order = station.planner.bulletin_spec(station.files.bulletin("nhac"))
            words = [[line.text for line in piece.utterances] for piece in order.pieces]  # type: ignore[union-attr]
            digest = hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
            station.log.event("approve", "", station.clock.now(), bulletin="nhac", digest=digest, by="Lan")

        write(home, text.replace("title: Họp thôn", "title: Họp"))
        assert approved(home)

        write(home, text.replace("Tối mai", "Sáng mai"))
        assert not approved(home)


def test_what_is_approved_is_shown_with_every_guess_in_it(home: Path) -> None:
    write(home, BULLETIN.replace("Tối mai", "Ông A ở TBX"))

    done = run(home, "approve", "nhac", "--by", "Lan")

    with closing(Station.open(home)) as station:
        shown = station.preparation.preview("nhac")
    assert shown.parts[0].spoken in done.stderr
    assert "said 2 times; valid from 01/01/2020; valid until 31/12/2090" in done.stderr
    assert len(shown.doubts) == 1
    assert str(shown.doubts[0]) in done.stderr


def test_a_bulletin_of_parts_is_shown_part_by_part(home: Path) -> None:
    (home / "recordings").mkdir()
    (home / "recordings" / "loi.wav").write_bytes(b"RIFF")
    write(home, PARTS.replace("text]", "{audio: recordings/loi.wav}, text]"))

    told = run(home, "approve", "nhac", "--by", "Lan").stderr

    lines = [line.strip() for line in told.splitlines()]
    assert lines[1:4] == ["Mời bà con nghe.", "(recording: recordings/loi.wav)", "Tối mai họp thôn."]


def test_several_are_approved_at_once_and_none_where_one_is_broken(home: Path) -> None:
    done = run(home, "approve", "nhac", "khong-co", "--by", "Lan")
    assert done.exit_code == 2
    assert not approved(home)

    assert run(home, "approve", "nhac", "tin-sang", "--by", "Lan").exit_code == 0

    told = json.loads(run(home, "plan", "--date", "tomorrow", "--json").stdout)
    assert {row["expected"] for row in told} == {"air"}


def test_an_approval_is_taken_back(home: Path) -> None:
    run(home, "approve", "nhac", "--by", "Lan")
    done = run(home, "approve", "nhac", "--undo", "--by", "Lan")

    assert done.exit_code == 0
    assert not approved(home)
    assert run(home, "approve", "nhac", "--undo", "--by", "Lan").exit_code == 1
    assert run(home, "approve", "nhac", "--by", "Lan").exit_code == 0
    assert approved(home)


def on_a_terminal(home: Path, answer: str, *arguments: str) -> tuple[int, str]:
    """The exit code, and what was told, of a command whose input is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "--lang", "en", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.write(ours, answer.encode())
        told = process.communicate(timeout=60)[1].decode()
    os.close(ours)
    os.close(theirs)
    return process.returncode, told


@pytest.mark.parametrize(("answer", "after"), [("n\n", False), ("y\n", True)])
def test_on_a_terminal_it_asks(home: Path, answer: str, after: bool) -> None:
    code, told = on_a_terminal(home, answer, "approve", "nhac", "--by", "Lan")

    assert (code == 0) is after
    assert "Approve this?" in told
    assert approved(home) is after


def test_yes_is_an_answer(home: Path) -> None:
    code, told = on_a_terminal(home, "", "approve", "nhac", "--yes", "--by", "Lan")

    assert code == 0
    assert "Approve this?" not in told


def test_an_emergency_says_that_it_needs_none(home: Path) -> None:
    done = run(home, "approve", "lu-quet", "--by", "Lan")

    assert done.exit_code == 0
    assert "an emergency needs no approval" in done.stderr


class NoChildren(Children):
    """No process is started."""

    def __init__(self) -> None:
        super().__init__(lambda *words: list(words))

    def start(self, *words: str, name: str = "", quiet: bool = False, output: BinaryIO | None = None) -> None:
        pass


@pytest.fixture
def daemon(home: Path, clock: FakeClock) -> Any:
    station = Station.open(home, clock=clock)
    run(home, "read-ahead")
    service = Service(station, {"san-kho": MemorySpeaker(clock)}, children=NoChildren())
    service.look()
    yield service
    service.close()
    station.close()


def ask(daemon: Service, digest: str, **facts: object) -> object:
    return daemon.carry_out("approve", {"bulletin": "nhac", "digest": digest, "by": "Lan", **facts}, 0)


def test_the_daemon_takes_an_approval_of_what_it_has_and_of_nothing_else(home: Path, daemon: Service) -> None:
    shown = daemon.station.preparation.preview("nhac").digest  # type: ignore[attr-defined]
    write(home, BULLETIN.replace("repeat: 2", "repeat: 3"))

    with pytest.raises(Refused, match="not what was shown"):
        ask(daemon, shown)
    with pytest.raises(Refused, match="not what was shown"):
        ask(daemon, "0" * 64)

    write(home, BULLETIN)
    ask(daemon, shown)
    assert not list(daemon.station.planner.void_approvals(daemon.station.log))


def test_a_text_that_nobody_has_read_yet_is_not_approved(home: Path, daemon: Service) -> None:
    write(home, BULLETIN.replace("Tối mai", "Sáng mai"))

    with pytest.raises(BeingRead):
        ask(daemon, "0" * 64)


def test_the_door_takes_an_approval_back(daemon: Service) -> None:
    ask(daemon, daemon.station.preparation.preview("nhac").digest)  # type: ignore[attr-defined]

    ask(daemon, "", undo=True)

    with pytest.raises(Refused, match="is not approved"):
        ask(daemon, "", undo=True)


class Busy(Client):
    """Its daemon is still reading when it is asked first."""

    asked = 0

    def _send(self, *_: Any) -> Any:
        self.asked += 1
        if self.asked == 1:
            raise BeingRead(NOT_READ_YET)
        return "done"


def test_a_command_waits_a_moment_for_what_is_being_read(home: Path) -> None:
    client = Busy(home, home / ".state", lambda: pytest.fail("nobody else is asked"))

    client.decide(Approve("nhac", "0" * 64), "Lan")

    assert client.asked == 2


def test_an_edit_that_voids_an_approval_is_told_once(
    home: Path, daemon: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(daemon, daemon.station.preparation.preview("nhac").digest)  # type: ignore[attr-defined]
    write(home, BULLETIN.replace("repeat: 2", "repeat: 3"))

    daemon.look()
    told = capsys.readouterr().err
    assert "“nhac” was edited since Lan approved it (05:00 24/11/2026): it must be approved again" in told

    write(home, BULLETIN.replace("repeat: 2", "repeat: 4"))
    daemon.look()
    assert "approved" not in capsys.readouterr().err
    restarted = Service(daemon.station, {}, children=NoChildren())
    restarted.look()
    assert "approved" not in capsys.readouterr().err


def test_an_edit_while_the_daemon_starts_is_told(
    home: Path, station: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "schedules" / "na-hoa.yaml").write_text("broadcasts: {", encoding="utf-8")  # the station was opened before

    Service(station, {}, children=NoChildren()).look()

    assert capsys.readouterr().err.count("schedules/na-hoa.yaml:1:") == 1


def test_a_rehearsal_gives_the_same_answer_as_the_plan(home: Path, clock: FakeClock) -> None:
    day = ("--from", "2026-12-01", "--to", "2026-12-01", "--json")
    assert {row["verdict"] for row in json.loads(run(home, "rehearse", *day).stdout)} == {"refused"}

    run(home, "approve", "nhac", "tin-sang", "--by", "Lan")

    planned = json.loads(run(home, "plan", "--date", "2026-12-01", "--json").stdout)
    rehearsed = json.loads(run(home, "rehearse", *day).stdout)
    assert {row["id"] for row in rehearsed} == {row["id"] for row in planned}
    assert {row["verdict"] for row in rehearsed} == {"aired"}


def test_a_rehearsal_knows_skips_and_pauses(home: Path) -> None:
    run(home, "approve", "nhac", "tin-sang", "--by", "Lan")
    ids = [row["id"] for row in json.loads(run(home, "plan", "--date", "tomorrow", "--json").stdout)]
    run(home, "skip", ids[0], "--why", "hoãn", "--by", "Lan")
    tomorrow = ids[0].rpartition("/")[2][:10]

    rehearsed = json.loads(run(home, "rehearse", "--from", tomorrow, "--to", tomorrow, "--json").stdout)

    assert {row["id"]: row["verdict"] for row in rehearsed} == {ids[0]: "skipped"} | dict.fromkeys(ids[1:], "aired")


def test_an_approval_of_a_bulletin_that_never_was_is_not_taken_back_but_not_found(home: Path) -> None:
    result = CliRunner(mix_stderr=False).invoke(
        cli, ["--home", str(home), "approve", "khong-co", "--undo", "--by", "Lan"]
    )

    assert (result.exit_code, "khong-co" in result.stderr) == (2, True)
    assert "not approved" not in result.stderr
