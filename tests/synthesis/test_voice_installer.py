"""Installing a voice: from the net, a folder or a stick; nothing wrong and nothing half is ever a voice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.http_server import http_server

from loudspeaker.cli import cli
from loudspeaker.errors import LoudspeakerError, NotFound, Refused, TryAgain
from loudspeaker.synthesis import voice_installer

install = partial(voice_installer.install_voice, trust=True)  # nobody knows the voices of these tests

VOICE = "vi_VN-hum-low"
PLACE = "vi/vi_VN/hum/low"
MODEL = bytes(range(256)) * 4_000  # a megabyte
CONFIG = b'{"audio": {"sample_rate": 22050}}'
FILES = {f"{VOICE}.onnx": MODEL, f"{VOICE}.onnx.json": CONFIG}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def index() -> list[dict[str, object]]:
    """What the collection's API tells about the files of one folder."""
    blob = hashlib.sha1(b"blob %d\0" % len(CONFIG) + CONFIG).hexdigest()
    large = {"oid": sha256(MODEL), "size": len(MODEL), "pointerSize": 133}
    return [
        {"type": "file", "oid": "0" * 40, "size": len(MODEL), "path": f"{PLACE}/{VOICE}.onnx", "lfs": large},
        {"type": "file", "oid": blob, "size": len(CONFIG), "path": f"{PLACE}/{VOICE}.onnx.json"},
    ]


@dataclass
class Hub:
    """A stand-in for piper's collection."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)  # the next answers end after so many bytes
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def hub(files: dict[str, bytes] = FILES) -> Iterator[Hub]:
    told = Hub(files={f"/rhasspy/piper-voices/resolve/main/{PLACE}/{name}": data for name, data in files.items()})
    told.files[f"/api/models/rhasspy/piper-voices/tree/main/{PLACE}"] = json.dumps(index()).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data, wanted = told.files.get(self.path), self.headers.get("Range", "")
            told.asked.append((self.path.rpartition("/")[2], wanted))
            if data is None:
                self.send_error(404)
                return
            begins = int(wanted[6:-1]) if wanted and told.ranges else 0
            if begins >= len(data):
                self.send_error(416)
                return
            self.send_response(206 if begins else 200)
            self.send_header("Content-Length", str(len(data) - begins))
            self.end_headers()
            ends = begins + told.breaks.pop() if told.breaks and self.path.endswith(".onnx") else len(data)
            self.wfile.write(data[begins:ends])

        def log_message(self, *_arguments: object) -> None:
            pass

    with http_server(Handler) as url:
        told.url = f"{url}/"
        yield told


def stick(folder: Path, files: dict[str, bytes] = FILES, sums: dict[str, bytes] = FILES) -> str:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "SHA256SUMS").write_text("".join(f"{sha256(data)}  {name}\n" for name, data in sums.items()))
    return str(folder)


def installed(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".onnx", ".json")}


def test_a_voice_comes_from_the_net(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    with hub() as net:
        install(VOICE, None, tmp_path, lambda *told: seen.append(told), net.url)

    assert installed(tmp_path) == FILES
    assert seen[-1] == (len(MODEL), len(MODEL), f"{VOICE}.onnx")
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("ending", ["", f"/{VOICE}.onnx"])
def test_a_voice_comes_from_a_stick(tmp_path: Path, ending: str) -> None:
    install(VOICE, stick(tmp_path / "usb") + ending, tmp_path / "voices")

    assert installed(tmp_path / "voices") == FILES


def test_a_voice_comes_from_a_mirror(tmp_path: Path) -> None:
    with hub() as net:
        sums = "".join(f"{sha256(data)} *{name}\n" for name, data in FILES.items())
        net.files |= {f"/mirror/{name}": data for name, data in (FILES | {"SHA256SUMS": sums.encode()}).items()}
        install(VOICE, f"{net.url}mirror", tmp_path)

    assert installed(tmp_path) == FILES


def test_the_folder_of_one_box_is_a_source_for_the_next(tmp_path: Path) -> None:
    install(VOICE, stick(tmp_path / "usb"), tmp_path / "one")
    install(VOICE, str(tmp_path / "one"), tmp_path / "other")

    assert installed(tmp_path / "other") == FILES


def test_where_no_voice_is_found_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    with pytest.raises(NotFound):
        install(VOICE, str(tmp_path / "usb"), tmp_path / "voices")

    assert list((tmp_path / "voices").iterdir()) == []


def test_what_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with hub() as net:
        net.breaks = [700_000]
        with pytest.raises(TryAgain, match="the same command goes on"):
            install(VOICE, None, tmp_path, hub=net.url)
        have = (tmp_path / f"{VOICE}.onnx.part").stat().st_size
        install(VOICE, None, tmp_path, hub=net.url)

    assert 0 < have <= 700_000
    assert net.asked[-1] == (f"{VOICE}.onnx", f"bytes={have}-")
    assert installed(tmp_path) == FILES


def test_a_server_without_ranges_starts_anew(tmp_path: Path) -> None:
    (tmp_path / f"{VOICE}.onnx.part").write_bytes(b"x" * 5_000)
    with hub() as net:
        net.ranges = False
        install(VOICE, None, tmp_path, hub=net.url)

    assert installed(tmp_path) == FILES


@pytest.mark.parametrize(
    "wrong",
    [MODEL[:-1], MODEL + b"x", MODEL[:-1] + b"x", b"", b"<html>Log in</html>"],
    ids=["short", "long", "changed", "empty", "portal"],
)
@pytest.mark.parametrize("where", ["net", "stick"])
def test_what_does_not_match_is_refused(tmp_path: Path, wrong: bytes, where: str) -> None:
    files = FILES | {f"{VOICE}.onnx": wrong}
    with hub(files) as net, pytest.raises(Refused, match="is not what it should be"):
        install(VOICE, None if where == "net" else stick(tmp_path / "usb", files), tmp_path / "voices", hub=net.url)

    assert f"{VOICE}.onnx" not in installed(tmp_path / "voices")
    assert not list((tmp_path / "voices").glob("*.part"))


def test_a_wrong_part_of_the_right_size_is_refused_and_then_fetched_anew(tmp_path: Path) -> None:
    (tmp_path / f"{VOICE}.onnx.part").write_bytes(b"x" * len(MODEL))
    with hub() as net:
        with pytest.raises(Refused):
            install(VOICE, None, tmp_path, hub=net.url)
        install(VOICE, None, tmp_path, hub=net.url)

    assert installed(tmp_path) == FILES


def test_a_stick_without_hashes_is_taken_at_a_persons_word_unless_it_cannot_be_a_voice(tmp_path: Path) -> None:
    install(VOICE, stick(tmp_path / "usb", sums={}), tmp_path / "voices")
    assert installed(tmp_path / "voices") == FILES

    for number, wrong in enumerate(
        ({f"{VOICE}.onnx": b""}, {f"{VOICE}.onnx": b"<html>Log in</html>"}, {f"{VOICE}.onnx.json": b'{"audio": {'})
    ):
        with pytest.raises(Refused, match="is not what it should be"):
            install(VOICE, stick(tmp_path / f"usb{number}", FILES | wrong, {}), tmp_path / f"voices{number}")


# Which voices are believed: through the command line.


def command(home: Path, *words: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "voices", "install", *words])


def voices_of(home: Path) -> dict[str, bytes]:
    folder = home / ".state/voices"
    return installed(folder) if folder.is_dir() else {}


def test_a_voice_of_which_nothing_is_known_is_refused_and_it_is_said_what_to_do(home: Path, tmp_path: Path) -> None:
    source = stick(tmp_path / "usb")

    result = command(home, VOICE, "--source", source)

    assert result.exit_code == 1
    assert f"nothing is known here of “{VOICE}”" in result.stderr
    assert "--sha256" in result.stderr
    assert "--trust" in result.stderr
    assert voices_of(home) == {}


@pytest.mark.parametrize("sums", [FILES, {}])
def test_a_voice_is_installed_when_its_sha256_is_given(home: Path, tmp_path: Path, sums: dict[str, bytes]) -> None:
    source = stick(tmp_path / "usb", sums=sums)
    wrong, right = sha256(MODEL + b"x"), sha256(MODEL).upper()

    assert command(home, VOICE, "--source", source, "--sha256", wrong).exit_code == 1
    assert f"{VOICE}.onnx" not in voices_of(home)
    assert command(home, VOICE, "--source", source, "--sha256", "abc").exit_code == 2

    result = command(home, VOICE, "--source", source, "--sha256", right)
    assert result.exit_code == 0
    assert sha256(MODEL) in result.stderr
    assert voices_of(home) == FILES


def test_a_given_sha256_counts_and_not_the_list_of_the_source(home: Path, tmp_path: Path) -> None:
    changed = MODEL[:-1] + b"x"
    files = FILES | {f"{VOICE}.onnx": changed}

    refused = command(home, VOICE, "--source", stick(tmp_path / "usb", files, files), "--sha256", sha256(MODEL))

    assert refused.exit_code == 1
    assert f"{VOICE}.onnx" not in voices_of(home)


def test_a_person_may_trust_the_source(home: Path, tmp_path: Path) -> None:
    assert command(home, VOICE, "--source", stick(tmp_path / "usb"), "--trust").exit_code == 0
    assert voices_of(home) == FILES


@pytest.mark.parametrize("word", [(), ("--trust",)])
def test_a_known_voice_is_what_is_known_of_it(home: Path, tmp_path: Path, word: tuple[str, ...]) -> None:
    """A folder that gives another model under its name, with a list that says that all is well."""
    known = "vi_VN-vais1000-medium"
    files = {f"{known}.onnx": MODEL, f"{known}.onnx.json": CONFIG}

    result = command(home, known, "--source", stick(tmp_path / "usb", files, files), *word)

    assert result.exit_code == 1
    assert "is not what it should be" in result.stderr
    assert f"{known}.onnx" not in voices_of(home)
    assert all(len(digest) == 64 and int(digest, 16) for digest in voice_installer.KNOWN_MODELS.values())


@pytest.mark.parametrize("voice", ["../../etc/passwd", "vais1000", "vi_VN-a/b-low"])
def test_a_name_that_cannot_be_a_voice_is_refused(tmp_path: Path, voice: str) -> None:
    with pytest.raises(NotFound, match="look like vi_VN-vais1000-medium"):
        install(voice, None, tmp_path)


def test_a_voice_that_the_collection_does_not_have_is_told(tmp_path: Path) -> None:
    with hub() as net, pytest.raises(NotFound):
        install("vi_VN-nobody-low", None, tmp_path, hub=net.url)


def test_without_a_net_it_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LoudspeakerError, match="cannot be reached"):
        install(VOICE, None, tmp_path, hub="http://127.0.0.1:9/")


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path) -> None:
    with hub() as net:
        install(VOICE, None, tmp_path, hub=net.url)
        before = len(net.asked)
        install(VOICE, None, tmp_path, hub=net.url)

    assert net.asked[before:] == [("low", "")]
