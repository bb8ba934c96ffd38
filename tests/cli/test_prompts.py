"""Questions that a command asks, and the answers it understands, in the language of the moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from harness.fake_daemon import FakeDaemon

from loudspeaker.cli import cli
from loudspeaker.cli.app import option
from loudspeaker.i18n import set_language
from loudspeaker.model.alert_preview import AlertPreview

ALARM = ("urgent", "Nước dâng!", "--all", "--by", "Lan")


@pytest.fixture
def daemon(home: Path) -> Iterator[FakeDaemon]:
    """Somebody who answers for the daemon and remembers what was asked."""
    (home / ".state").mkdir()
    with closing(FakeDaemon(home / ".state" / "control.sock")) as house:
        call = AlertPreview("Nước dâng!", None, False, None, ["na-hoa"], "Nước dâng!", [], [], {}, {}, {})
        on_air = [{"id": "na-hoa/urgent/1", "verdict": "on-air", "why": None}]
        house.answers = {"compose": asdict(call), "urgent": ["na-hoa/urgent/1"], "outcome": on_air}
        yield house


def answered(daemon: FakeDaemon, given: str, language: str = "vi") -> tuple[Result, bool]:
    """What became of an alarm whose question was answered so, and whether it was given."""
    set_language(language)
    home = daemon.path.parent.parent
    result = CliRunner(mix_stderr=False).invoke(cli, ["--home", str(home), *ALARM], input=given)
    return result, "urgent" in [do for do, _, _ in daemon.asked]


@pytest.mark.parametrize("answer", ["c", "C", "có", "CÓ", "co\u0301", "co", "y", "Y", "yes", " có "])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_yes_is_a_yes_in_either_language(daemon: FakeDaemon, answer: str, language: str) -> None:
    result, given = answered(daemon, f"{answer}\n", language)

    assert (result.exit_code, given) == (0, True)


@pytest.mark.parametrize("answer", ["k", "K", "không", "kho\u0302ng", "khong", "n", "no", "N", ""])
def test_a_no_is_a_no_in_either_language_and_so_is_nothing(daemon: FakeDaemon, answer: str) -> None:
    result, given = answered(daemon, f"{answer}\n")

    assert (result.exit_code, given) == (1, False)
    assert "Đã thôi." in result.stderr


def test_any_other_answer_is_asked_again_in_vietnamese(daemon: FakeDaemon) -> None:
    result, given = answered(daemon, "d\ncó\n")

    assert (result.exit_code, given) == (0, True)
    assert result.stderr.count("Phát ngay bây giờ? [c/K]:") == 2
    assert "Hãy trả lời “c” (có) hoặc “k” (không)." in result.stderr
    assert "rror" not in result.stderr


def test_a_question_that_nobody_answers_is_given_up(daemon: FakeDaemon) -> None:
    result, given = answered(daemon, "d\n")

    assert (result.exit_code, given) == (1, False)
    assert "Đã thôi." in result.stderr


def test_what_click_says_about_an_answer_is_in_the_language_of_the_moment() -> None:
    @click.command
    @option("--times", type=int, prompt=True)
    def said(times: int) -> None: ...

    set_language("vi")
    asked = CliRunner(mix_stderr=False).invoke(said, input="ba\n3\n")

    assert asked.exit_code == 0
    assert "Lỗi: 'ba' không phải là số hợp lệ." in asked.stdout + asked.stderr
