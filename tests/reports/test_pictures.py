"""Pictures of a day and of a sound: the kind of file that its name says."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language

pytestmark = pytest.mark.waits


@pytest.fixture(autouse=True)
def english() -> None:
    set_language("en")


def run(home: Path, *arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *arguments])


def test_a_picture_is_the_kind_of_file_that_its_name_says(home: Path, tmp_path: Path) -> None:
    drawn = {"day": ("plan", "--date", "2026-11-24"), "sound": ("render", "nhac", "-o", str(tmp_path / "nhac.wav"))}
    for name, words in drawn.items():
        for kind, begins in (("png", b"\x89PNG\r\n\x1a\n"), ("SVG", b"<svg")):
            path = tmp_path / f"{name}.{kind}"
            assert run(home, *words, "--picture", str(path)).exit_code == 0
            assert path.read_bytes().startswith(begins)
        # Width and height, as PNG writes them, are those of the drawing.
        box = (tmp_path / f"{name}.SVG").read_text(encoding="utf-8").split('viewBox="0 0 ')[1].split('"')[0]
        assert struct.unpack(">II", (tmp_path / f"{name}.png").read_bytes()[16:24]) == tuple(map(int, box.split()))

        refused = run(home, *words, "--picture", str(tmp_path / f"{name}.jpg"))
        assert refused.exit_code == 2
        assert ".svg or a .png" in refused.stderr
        assert not (tmp_path / f"{name}.jpg").exists()


def test_without_what_draws_a_png_it_is_said_what_to_do(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    result = run(home, "plan", "--date", "2026-11-24", "--picture", str(tmp_path / "a.png"))

    assert result.exit_code == 1
    assert "librsvg" in result.stderr
    assert not (tmp_path / "a.png").exists()
