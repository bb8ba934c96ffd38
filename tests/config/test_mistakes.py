"""What officers type into their files, and what `check` answers: the right line, the right words, each once.

The cases are in mistakes.txt. Where an answer proposes something, the proposal is put into the file and must pass.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from harness.mistake_cases import MistakeCase, mistake_cases

from loudspeaker.cli import cli
from loudspeaker.i18n import set_language

HEADS = {
    "entry": ("schedules/na-hoa.yaml", "thôn: Thôn Nà Hoa\nlịch phát:\n", ""),
    "head": ("bulletins/hop.md", "---\ntiêu đề: Họp thôn\n", "---\nKính mời bà con đi họp.\n"),
    "commune": ("commune.yaml", "xã: Xã Bản Mây\nmã: ban-may\ncác thôn: [na-hoa, suoi-trat]\n", ""),
    "box": ("box.yaml", "phát: {na-hoa: loa-1, suoi-trat: loa-1}\n# loa\nđường loa:\n  loa-1: {thiết bị: auto}\n", ""),
}
STATION = {
    "commune.yaml": HEADS["commune"][1] + "ngày đặc biệt: {tet: {âm lịch: 1/1..3/1}}\n",
    "box.yaml": HEADS["box"][1],
    "bulletins/bluezone.md": "---\ntiêu đề: Cài đặt ứng dụng Bluezone\n---\nKính thưa bà con.\n",
    "bulletins/hop-thon.md": "---\ntiêu đề: Họp bản\n---\nKính mời bà con đi họp.\n",
    "schedules/na-hoa.yaml": "thôn: Thôn Nà Hoa\nlịch phát:\n  - {bản tin: bluezone, giờ: 17h30}\n",
    "recordings/loi-dan.mp3": "",
}


CASES = list(mistake_cases())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in STATION.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def check(home: Path, language: str) -> list[dict[str, Any]]:
    set_language(language)
    try:
        result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "check", "--days", "1", "--json"])
    finally:
        set_language("en")
    assert result.exit_code in (0, 2), result.stderr
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return [row for row in rows if row["mistake"]]


def path_of(case: MistakeCase) -> str:
    return case.kind.removeprefix("file ") if case.kind.startswith("file ") else HEADS[case.kind][0]


def write(home: Path, case: MistakeCase, body: str) -> None:
    """Put the lines of a case into the file that they are about."""
    _, head, tail = HEADS.get(case.kind, ("", "", ""))  # of a whole file there is nothing else
    (home / path_of(case)).write_text(head + body + tail, encoding="utf-8")


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 180


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.line}-{case.kind.split()[0]}")
def test_a_mistake_is_told_at_its_line_and_nothing_else_is(home: Path, case: MistakeCase) -> None:
    write(home, case, case.body)

    vietnamese = check(home, "vi")
    english = check(home, "en") if any(words for _, _, words in case.told) else []

    where = [(row["path"], row["line"]) for row in vietnamese]
    assert where == [(path_of(case), line) for line, _, _ in case.told], vietnamese
    for line, words, words_en in case.told:
        assert any(row["line"] == line and words in row["message"] for row in vietnamese), (words, vietnamese)
        if words_en:
            assert any(row["line"] == line and words_en in row["message"] for row in english), (words_en, english)


@pytest.mark.parametrize("case", [case for case in CASES if case.mends], ids=lambda case: f"{case.line}")
def test_what_is_proposed_is_accepted(home: Path, case: MistakeCase) -> None:
    write(home, case, case.body)
    messages = " ".join(row["message"] for row in check(home, "vi"))
    body = case.body
    for old, new, told in case.mends:
        assert old in body
        assert not told or new.strip() in messages or new.split(": ", 1)[-1].strip() in messages, messages
        body = body.replace(old, new, 1)

    write(home, case, body)

    assert check(home, "vi") == []
