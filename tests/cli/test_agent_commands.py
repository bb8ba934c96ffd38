"""A box is told where its hub is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from harness.certificates import FOUND, Authority

from loudspeaker.cli import cli
from loudspeaker.fleet.hub_settings import read_hub_settings
from loudspeaker.i18n import set_language
from loudspeaker.station.paths import StationPaths

pytestmark = pytest.mark.skipif(not FOUND, reason="needs openssl")


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return Authority(tmp_path / "ca").own


def run(home: Path, *words: str, typed: str | None = None, language: str = "en") -> Result:
    set_language(language)
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "fleet", "connect", *words], input=typed)


def test_the_password_lies_in_a_file_for_the_agent_alone(home: Path, tmp_path: Path, ca: Path) -> None:
    (tmp_path / "password").write_text("bí mật\n", encoding="utf-8")

    done = run(
        home,
        "loa.laocai.gov.vn",
        "--ca",
        str(ca),
        "--user",
        "b-0a1b2c3d",
        "--password-file",
        str(tmp_path / "password"),
    )

    assert done.exit_code == 0, done.stderr
    assert "connected to loa.laocai.gov.vn as b-0a1b2c3d" in done.stderr
    paths = StationPaths(home, home / ".state")
    settings = read_hub_settings(paths)
    assert (settings.password, settings.mqtt_port, settings.https_port) == ("bí mật", 8883, 8443)
    assert stat.S_IMODE(paths.hub_settings.stat().st_mode) == 0o600


def test_where_nobody_can_be_asked_the_password_comes_from_a_file(home: Path, ca: Path) -> None:
    done = run(home, "hub", "--ca", str(ca), "--user", "b-0a1b2c3d", typed="")

    assert done.exit_code == 2
    assert "--password-file" in done.stderr


@pytest.mark.parametrize(
    ("written", "password"), [("\ufeffbí mật\r\nx\n".encode(), "bí mật"), (b"b\xed m\xe2t\n", None)]
)
def test_a_password_file_is_utf_8_or_refused(
    home: Path, tmp_path: Path, ca: Path, written: bytes, password: str | None
) -> None:
    file = tmp_path / "password"
    file.write_bytes(written)

    done = run(home, "hub", "--ca", str(ca), "--user", "b-0a1b2c3d", "--password-file", str(file))

    paths = StationPaths(home, home / ".state")
    assert (read_hub_settings(paths).password if paths.hub_settings.exists() else None) == password
    assert ("UTF-8" in done.stderr) == (password is None)


@pytest.mark.parametrize(("address", "said"), [("https://hub", "tên máy chủ"), ("hub", "chứng thư")])
def test_what_cannot_be_a_hub_is_told_and_nothing_is_kept(home: Path, tmp_path: Path, address: str, said: str) -> None:
    (tmp_path / "no.pem").write_text("không phải")

    done = run(
        home,
        *(address, "--ca", str(tmp_path / "no.pem"), "--user", "b-0a1b2c3d"),
        *("--password-file", str(tmp_path / "no.pem")),
        language="vi",
    )

    assert done.exit_code == 2
    assert said in done.stderr
    assert not StationPaths(home, home / ".state").hub_settings.exists()
