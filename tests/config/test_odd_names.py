"""Files whose names nobody can type, in every folder of a station: they cost nothing but themselves.

From outside: a station's folder is filled with them, and every command is given on its command line.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.small_commune import FILES

from loudspeaker.cli import cli
from loudspeaker.config.folder import Folder
from loudspeaker.config.source import Source, read_file
from loudspeaker.errors import BadFile
from loudspeaker.i18n import set_language

STEMS = (
    b"th\364ng b\341o",  # Windows-1258, as an old archive or a stick brings it
    "dòng một\ndòng hai".encode(),
    b"\x1b]0;tieu de\x07\x1b[31m",
    "\u202ecod\u2028.".encode(),
    "n̂ǵ".encode() * 60,  # longer than any name that is made of it may be
    b"\xff" * 200,
)
FOLDERS = {
    "bulletins": (".md", ".txt"),
    "schedules": (".yaml", ".yml"),
    "recordings": (".mp3", ""),
    "audio_cache": ("", ".part"),
    "audio_cache/programmes": (".wav", ".json", ".part", ""),
    "audio_cache/clips": (".flac", ".part", ""),
    ".state": ("", ".db"),
    ".state/accepted": ("", ".broken-since"),
    ".state/voices": (".onnx", ".onnx.json", ".part"),
    ".state/aired": (".flac",),
    ".": (".yaml", ""),
}
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
BULLETIN = "---\ntitle: Tên lạ\n---\nKính thưa bà con!\n"


@pytest.fixture(autouse=True)
def vietnamese() -> None:
    set_language("vi")


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound station, prepared, with every odd name in every folder."""
    home = tmp_path_factory.mktemp("dai") / "xa"
    for name, text in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text.lstrip("\n"), encoding="utf-8")
    assert run(home, "prepare", "--date", "2026-11-24").exit_code == 0
    for folder, endings in FOLDERS.items():
        (home / folder).mkdir(parents=True, exist_ok=True)
        for stem in STEMS:
            for ending in endings:
                path = os.path.join(os.fsencode(home / folder), stem[: 250 - len(ending)] + ending.encode())
                with open(path, "wb") as file:
                    file.write(BULLETIN.encode())
            os.makedirs(os.path.join(os.fsencode(home / folder), b"folder " + stem[:230] + endings[0].encode()))
    return home


def run(home: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments], input=given)


def sound(result: Result) -> Result:
    """No traceback, and nothing on a stream that could drive a terminal or forge a line."""
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert not RAW.search(result.stdout + result.stderr)
    return result


DAY = ("--date", "2026-11-24")
TO_COME = f"na-hoa/nhac/{date.today() + timedelta(days=3)}T11:00"  # what is past cannot be left out
COMMANDS: dict[str, tuple[tuple[str, ...], int]] = {
    "plan": (("plan", *DAY), 0),
    "plan for programs": (("plan", *DAY, "--json"), 0),
    "plan to send round": (("plan", *DAY, "--message"), 0),
    "prepare": (("prepare", *DAY), 0),
    "render": (("render", "nhac", "-o", "{tmp}/nhac.wav", "--picture", "{tmp}/nhac.svg"), 0),
    "approve": (("approve", "nhac", "--by", "Lan"), 0),
    "an alarm": (("urgent", "Nước dâng!", "--all", "--by", "Lan"), 1),  # the answer is no
    "the end of an alarm": (("urgent", "--end", "--by", "Lan"), 1),  # there is none
    "skip": (("skip", TO_COME, "--why", "mưa", "--by", "Lan"), 0),
    "pause": (("pause", "--village", "na-hoa", "--until", "2h", "--why", "tang", "--by", "Lan"), 0),
    "resume": (("resume", "--by", "Lan"), 0),
    "stop": (("stop", "--why", "tang", "--by", "Lan"), 3),
    "rehearse": (("rehearse", "--from", "2026-11-24", "--to", "2026-11-24"), 0),
    "log": (("log", *DAY), 0),
    "log for programs": (("log", *DAY, "--json"), 0),
    "the chain": (("log", "--verify"), 0),
    "an exported log": (("log", "--export", "{tmp}/nhat-ky.jsonl"), 0),
    "why": (("why", "na-hoa/tin-sang/2026-11-24T06:05"), 0),
    "a report": (("report", "--month", "2026-11", "-o", "{tmp}/thang.xlsx"), 0),
    "a plain report": (("report", "--month", "2026-11", "-o", "{tmp}/thang.csv"), 0),
    "doctor for programs": (("doctor", "--json"), 1),
    "doctor": (("doctor",), 1),
    "the clock": (("clock", "show"), 0),
    "voices": (("voices", "list"), 0),
    "voices for programs": (("voices", "list", "--json"), 0),
    "a voice": (("voices", "test", "-o", "{tmp}/giong"), 0),
    "the cache": (("cache", "show"), 0),
    "export": (("export", "-o", "{tmp}/lich.xlsx"), 2),  # it takes sound schedules only
    "read": (("read", "{tmp}/loi.txt"), 0),
    "the cache, looked through": (("cache", "verify"), 0),
    "the cache, swept": (("cache", "sweep"), 0),
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_works_beside_odd_names(strange: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "loi.txt").write_text("Kính thưa bà con!", encoding="utf-8")
    words, code = COMMANDS[kind]

    result = sound(run(strange, *(word.format(tmp=tmp_path) for word in words), given="n\n"))

    assert result.exit_code == code, result.stdout + result.stderr


def test_check_names_each_of_them_escaped_on_a_line_of_its_own(strange: Path) -> None:
    result = sound(run(strange, "check"))

    assert result.exit_code == 2
    lines = result.stdout.splitlines()
    for path in ("bulletins/{}.md", "schedules/{}.yaml", "bulletins/folder {}.md", "schedules/folder {}.yaml"):
        for name in ("th\\xf4ng b\\xe1o", "dòng một\\ndòng hai", "\\x1b]0;tieu de\\x07\\x1b[31m", "\\u202ecod\\u2028."):
            assert any(line.startswith(path.format(name)) for line in lines), (path, name)
    told = [finding["path"] for finding in json.loads(sound(run(strange, "check", "--json")).stdout)]
    assert "bulletins/th\\xf4ng b\\xe1o.md" in told
    assert "bulletins/dòng một\ndòng hai.md" in told


def test_everything_sound_airs_beside_them_and_after_they_are_gone(strange: Path, tmp_path: Path) -> None:
    planned = json.loads(sound(run(strange, "plan", "--date", "2026-11-25", "--json")).stdout)
    assert [row["expected"] for row in planned] == ["air"] * 4
    rehearsed = run(strange, "rehearse", "--from", "2026-11-25", "--to", "2026-11-25", "--json")
    assert [row["verdict"] for row in json.loads(sound(rehearsed).stdout)] == ["aired"] * 4

    home = tmp_path / "xa"
    shutil.copytree(strange, home, ignore=lambda folder, names: ["aired"])
    sound(run(home, "plan"))
    for folder in ("bulletins", "schedules"):
        for name in os.listdir(os.fsencode(home / folder)):
            if os.path.isfile(os.path.join(os.fsencode(home / folder), name)) and not name.isascii():
                os.unlink(os.path.join(os.fsencode(home / folder), name))
    after = json.loads(sound(run(home, "plan", "--date", "2026-11-25", "--json")).stdout)
    assert [row["expected"] for row in after] == ["air"] * 4


def test_an_odd_name_on_the_command_line_is_told_and_no_traceback(strange: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"th\364ng b\341o \x1b[31m\n")
    for words in (("read", odd), ("import", odd), ("render", "nhac", "-o", f"{tmp_path}/{odd}"), ("plan", odd)):
        result = sound(run(strange, *words))
        assert result.exit_code == 2

    rendered = sound(run(strange, "render", "nhac", "-o", f"{tmp_path}/{odd}.wav"))
    assert rendered.exit_code == 0
    assert "th\\xf4ng b\\xe1o \\x1b[31m\\n.wav" in rendered.stderr
    document = tmp_path / f"{odd}.txt"
    document.write_text("Kính thưa bà con! Mời bà con họp.", encoding="utf-8")
    assert sound(run(strange, "import", str(document))).exit_code in (0, 2)


def test_a_station_in_a_folder_that_the_log_could_not_name_is_refused(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"\364")
    home.mkdir()
    (home / "commune.yaml").write_text("commune: A\nid: a\n", encoding="utf-8")

    result = sound(run(home, "plan"))

    assert result.exit_code == 2
    assert "\\xf4" in result.stderr


@contextmanager
def daemon(home: Path, place: Path) -> Iterator[Path]:
    """The daemon of a station as a process of its own, from its being ready on; what it says goes into the file."""
    said, door = place / "said", place / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified, said.open("wb") as stream:
        notified.bind(str(door))
        notified.settimeout(60)
        running = subprocess.Popen(
            [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"],
            env=os.environ | {"NOTIFY_SOCKET": str(door)},
            stderr=stream,
        )
        try:
            while notified.recv(100) != b"READY=1":
                pass
            yield said
        finally:
            running.terminate()
            assert running.wait(60) == 0
            door.unlink()


@pytest.mark.waits
def test_the_daemon_airs_beside_them_takes_edits_up_and_starts_again(strange: Path, tmp_path: Path) -> None:
    home = tmp_path / "xa"
    shutil.copytree(strange, home, ignore=lambda folder, names: ["aired"])
    (home / "box.yaml").write_text(FILES["box.yaml"].replace("device: file", "device: memory"), encoding="utf-8")
    for title in ("Nhắc một", "Nhắc hai"):
        with daemon(home, tmp_path) as said:
            alarm = sound(run(home, "urgent", "Nước dâng!", "--all", "--yes", "--by", "Lan"))
            assert alarm.exit_code == 0, alarm.stderr
            assert "bulletins/th\\xf4ng b\\xe1o.md: " in alarm.stderr  # told by the daemon, through its socket
            assert sound(run(home, "stop", "--why", "thử", "--by", "Lan")).exit_code == 0
            text = FILES["bulletins/nhac.md"].replace("Nhắc lại", title)
            (home / "bulletins/nhac.md").write_text(text, encoding="utf-8")
            assert sound(run(home, "approve", "nhac", "--yes", "--by", "Lan")).exit_code == 0

        told = said.read_text(encoding="utf-8")
        assert "Traceback" not in told
        assert not RAW.search(told)
    decisions = json.loads(sound(run(home, "log", "--verify", "--json")).stdout)
    assert decisions["broken"] is None


def test_a_file_that_is_exchanged_while_it_is_looked_at_is_a_mistake_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "box.yaml"
    path.write_text("plays: {}\n", encoding="utf-8")
    plain = path.stat()
    looks = Path.stat
    monkeypatch.setattr(Path, "stat", lambda self, **how: plain if self == path else looks(self, **how))
    path.unlink()
    os.mkfifo(path)

    with pytest.raises(BadFile, match="not a plain file"):
        read_file(tmp_path, "box.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "bulletins").mkdir(mode=0)

    with pytest.raises(BadFile, match="the folder cannot be read"):
        Folder([Source(tmp_path)]).state(())


@pytest.mark.parametrize("command", ["approve", "plan --village", "render"])
def test_a_shell_is_offered_only_what_it_can_print(strange: Path, command: str) -> None:
    words = f"loudspeaker --home {strange} {command} "
    asked = {"_LOUDSPEAKER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()))}

    offered = sound(CliRunner(mix_stderr=False).invoke(cli, env=asked, prog_name="loudspeaker")).stdout

    assert ("plain,nhac" if "village" not in command else "plain,na-hoa") in offered.splitlines()
    assert "cod" not in offered
