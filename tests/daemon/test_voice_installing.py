"""A voice that somebody has installed: by a child that tells how far it is, one at a time, whatever becomes of it."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.waiting import wait_for

from loudspeaker.codec import encode
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.voice_installing import ENDED, VoiceInstaller
from loudspeaker.errors import BadUsage, Message, Refused
from loudspeaker.model.board import VoiceInstallation
from loudspeaker.model.office_requests import InstallVoice
from loudspeaker.station.paths import StationPaths

pytestmark = pytest.mark.waits

VOICE = "vi_VN-vais1000-medium"
Install = Callable[[str], VoiceInstaller]


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Begins with a child that does these commands of a shell; `words` is a file with what it was called with."""
    begun: list[Children] = []

    def begin(commands: str) -> VoiceInstaller:
        words = shlex.quote(str(tmp_path / "words"))
        children = Children(lambda *told: ["sh", "-c", f'echo "$@" > {words}; {commands}', "sh", *told])
        begun.append(children)
        installer = VoiceInstaller(StationPaths(tmp_path, tmp_path / ".state"), children)
        installer.start(InstallVoice(VOICE))
        return installer

    yield begin
    for children in begun:
        children.terminate()
        children.wait()


def outcome(installer: VoiceInstaller) -> VoiceInstallation:
    wait_for(lambda: not installer.latest().running)
    return installer.latest()


def test_before_anybody_has_asked_nothing_is_told(tmp_path: Path) -> None:
    assert VoiceInstaller(StationPaths(tmp_path, tmp_path)).latest() == VoiceInstallation()


def test_it_tells_how_far_it_is_and_that_it_is_over(install: Install, tmp_path: Path) -> None:
    lines = [json.dumps({"done": done, "total": 63}) for done in range(0, 64, 21)]
    first, go_on = tmp_path / "first", tmp_path / "go-on"
    first.write_text("\n".join([*lines, '{"do']), encoding="utf-8")  # half a line
    installed = json.dumps({"installed": "ab" * 32})
    installer = install(f"cat {first}; while [ ! -e {go_on} ]; do sleep 0.01; done; echo; echo '{installed}'")
    wait_for(lambda: installer.latest().total)
    under_way = installer.latest()
    assert (under_way.voice, under_way.running, under_way.done, under_way.total) == (VOICE, True, 63, 63)
    with pytest.raises(Refused, match="is being installed"):
        installer.start(InstallVoice(VOICE))

    go_on.touch()
    assert outcome(installer) == VoiceInstallation(VOICE, False, 63, 63, "ab" * 32)


def test_a_failure_arrives_as_it_was(install: Install) -> None:
    error = Refused(Message("{name} is not what it should be (size or SHA-256) and was thrown away", name="x.onnx"))
    line = json.dumps({"failure": encode(error)})
    installer = install(f"echo {shlex.quote(line)}; exit 1")

    assert outcome(installer).why == error.message


@pytest.mark.parametrize("said", ["", "[1]", '{"done": "x", "total": 1}', "63", '{"failure": 1}'])
def test_a_child_that_ends_without_a_word_is_told_too(install: Install, said: str) -> None:
    assert outcome(install(f"echo {shlex.quote(said)}")).why == ENDED


@pytest.mark.parametrize("from_box", [False, True])
def test_the_command_is_that_of_a_terminal(install: Install, tmp_path: Path, from_box: bool) -> None:
    installer = install("exit 0")
    outcome(installer)
    installer.start(InstallVoice(VOICE, from_box))
    outcome(installer)

    source = f"--source {tmp_path / 'voices'} " if from_box else ""
    assert (tmp_path / "words").read_text("utf-8") == f"voices install {VOICE} {source}--progress-json\n"


@pytest.mark.parametrize("voice", ["", "--help", "vi_VN", "../vi_VN-a-low", "vi_VN-a-low --trust", "tone:low"])
def test_what_is_no_voice_never_becomes_a_word_of_a_command(voice: str) -> None:
    with pytest.raises(BadUsage, match="not a piper voice"):
        InstallVoice(voice)


def test_the_real_command_takes_no_other_model_for_a_known_voice(tmp_path: Path, home: Path) -> None:
    paths = StationPaths(home, home / ".state")
    paths.voice_files.mkdir()
    for suffix, data in ((".onnx", b"another"), (".onnx.json", b"{}")):
        (paths.voice_files / f"{VOICE}{suffix}").write_bytes(data)
    children = Children(paths.command_line)
    installer = VoiceInstaller(paths, children)
    installer.start(InstallVoice(VOICE, from_box=True))

    why = outcome(installer).why
    assert sys.executable in paths.command_line()
    assert "is not what it should be" in str(why)
    assert not (paths.voices / f"{VOICE}.onnx").exists()
