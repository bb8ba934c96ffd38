"""Byte code of templates is kept beside them, for every language, and is never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from loudspeaker.web.templating import make_templates

SAID = {"vi": "5 phút", "en": "5 min"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    (tmp_path / "trial.html").write_text("{{ 300 | span }}", encoding="utf-8")
    return tmp_path


def show(folder: Path, language: str) -> str:
    return make_templates.__wrapped__(language, (folder,)).get_template("trial.html").render()


def kept(folder: Path) -> list[int]:
    return [path.stat().st_ino for path in (folder / "__pycache__").iterdir()]


def test_what_one_process_has_compiled_another_reads_in_whatever_language(folder: Path) -> None:
    vietnamese = show(folder, "vi")
    [code] = kept(folder)

    assert (vietnamese, show(folder, "en")) == (SAID["vi"], SAID["en"])
    assert kept(folder) == [code]


def test_a_template_that_has_changed_is_compiled_anew(folder: Path) -> None:
    before = show(folder, "vi")
    (folder / "trial.html").write_text("{{ 420 | span }}", encoding="utf-8")

    assert (before, show(folder, "vi")) == (SAID["vi"], "7 phút")


@pytest.mark.parametrize("most", [0, 1, 20, 60], ids=str)
def test_code_that_was_not_written_to_its_end_is_compiled_anew(folder: Path, most: int) -> None:
    show(folder, "vi")
    [path] = (folder / "__pycache__").iterdir()
    path.write_bytes(path.read_bytes()[:most])

    assert show(folder, "vi") == SAID["vi"]


def test_a_page_is_shown_where_nothing_can_be_written_beside_it(folder: Path) -> None:
    (folder / "__pycache__").write_text("")

    assert show(folder, "vi") == SAID["vi"]
