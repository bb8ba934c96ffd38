"""What officers type into their files, and what `check` answers: the right line, the right words, each once.

The cases are in mistakes.txt. Where an answer proposes something, the proposal is put into the file and must pass.
What is found is asked for once and said in both languages; of every sixteenth case the command tells the same.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.mistake_cases import MistakeCase, mistake_cases

from loudspeaker.cli import cli
from loudspeaker.errors import BadFile, Problem
from loudspeaker.i18n import LANGUAGES, set_language, translator
from loudspeaker.maintenance.check import check_files, check_unopenable
from loudspeaker.station import Station

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


Told = tuple[str, int, str]  # path, line, message


def check(home: Path) -> list[Problem]:
    """The mistakes that the command tells of a station that is to be planned for a day."""
    try:
        with closing(Station.open(home)) as station:
            found = check_files(station, 1)
    except BadFile as error:
        found = check_unopenable(home, error)
    return [finding.problem for finding in found if finding.mistake]


def say(problems: list[Problem], language: str) -> list[Told]:
    return [(problem.path, problem.line, problem.message.say(translator(language))) for problem in problems]


def run_check(home: Path, language: str) -> list[Told]:
    """As a program asks for them."""
    set_language(language)
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), "check", "--days", "1", "--json"])
    assert result.exit_code in (0, 2), result.stderr
    return [(row["path"], row["line"], row["message"]) for row in json.loads(result.stdout) if row["mistake"]]


def path_of(case: MistakeCase) -> str:
    return case.kind.removeprefix("file ") if case.kind.startswith("file ") else HEADS[case.kind][0]


def write(home: Path, case: MistakeCase, body: str) -> None:
    """Put the lines of a case into the file that they are about."""
    _, head, tail = HEADS.get(case.kind, ("", "", ""))  # of a whole file there is nothing else
    (home / path_of(case)).write_text(head + body + tail, encoding="utf-8")


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 180


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.line}-{case.kind.split()[0]}")
def test_a_mistake_is_told_at_its_line_and_nothing_else_is_and_what_is_proposed_is_accepted(
    home: Path, case: MistakeCase
) -> None:
    write(home, case, case.body)

    found = check(home)
    vietnamese, english = say(found, "vi"), say(found, "en")

    assert [told[:2] for told in vietnamese] == [(path_of(case), line) for line, _, _ in case.told], vietnamese
    for line, words, words_en in case.told:
        assert any(at == line and words in message for _, at, message in vietnamese), (words, vietnamese)
        assert any(at == line and words_en in message for _, at, message in english), (words_en, english)
    if case.mends:
        write(home, case, mended(case, " ".join(message for _, _, message in vietnamese)))
        assert check(home) == []


def mended(case: MistakeCase, messages: str) -> str:
    """The lines of a case with what the answer proposes in the place of what is wrong."""
    body = case.body
    for old, new, told in case.mends:
        assert old in body
        assert not told or new.strip() in messages or new.split(": ", 1)[-1].strip() in messages, messages
        body = body.replace(old, new, 1)
    return body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES[::16], ids=lambda case: f"{case.line}-{case.kind.split()[0]}")
def test_the_command_tells_the_same(home: Path, case: MistakeCase, language: str) -> None:
    write(home, case, case.body)

    assert run_check(home, language) == say(check(home), language)
