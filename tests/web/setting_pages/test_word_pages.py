"""Cách đọc của xã: words are heard, and shown with what they change before they are kept or taken out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers
from harness.waiting import wait_for

from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.waits

WORDS = "/cai-dat/cach-doc"


@pytest.fixture
def editor(home: Path, officers: Officers, daemon: FakeDaemon) -> Officer:
    (home / "bulletins/goi.md").write_text("---\ntitle: Gọi\n---\nMời bà con cài Bluezone.\n", encoding="utf-8")
    return officers.officer(Role.EDIT)


def commune(home: Path) -> str:
    return (home / "commune.yaml").read_text(encoding="utf-8")


def confirm(person: Officer, path: str, html: str) -> Any:
    form = html.split('method="post"')[-1]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return person.post(path, **fields)


def test_a_word_tells_which_bulletins_it_changes_and_is_kept_when_that_is_confirmed(
    home: Path, editor: Officer
) -> None:
    before = commune(home)
    shown = editor.post(f"{WORDS}?thu=1", written="Bluezone", spoken="bờ-lu-dôn", key="say")
    assert "Gọi" in shown.text
    assert commune(home) == before

    assert confirm(editor, WORDS, shown.text).status_code == 303
    assert commune(home) == before + 'say: {"Bluezone": "bờ-lu-dôn"}\n'
    assert "bờ-lu-dôn" in editor.get(WORDS).text


def test_a_word_is_taken_out_with_what_that_changes_shown_first(home: Path, editor: Officer) -> None:
    before = commune(home)
    confirm(editor, WORDS, editor.post(f"{WORDS}?thu=1", written="Bluezone", spoken="bờ-lu-dôn").text)
    shown = editor.post(f"{WORDS}/bo?thu=1", written="Bluezone", key="say")
    assert "để máy tự đọc" in shown.text
    assert "Gọi" in shown.text

    assert confirm(editor, f"{WORDS}/bo", shown.text).status_code == 303
    assert commune(home) == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"written": "0912", "spoken": "số"}, "số thì sửa ngay tại chỗ"),
        ({"written": "Zalo", "spoken": ""}, "ghi cách đọc"),
        ({"written": "", "spoken": "da lô"}, "ghi một từ"),
    ],
)
def test_what_cannot_be_kept_is_told(editor: Officer, fields: dict[str, str], words: str) -> None:
    answer = editor.post(f"{WORDS}?thu=1", **fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_word_that_is_gone_already_is_told(editor: Officer) -> None:
    assert editor.post(f"{WORDS}/bo?thu=1", written="Zalo", key="say").status_code == 422


def test_a_word_is_heard_before_it_is_kept(editor: Officer, officers: Officers) -> None:
    making = editor.post("/cai-dat/nghe", voice="tone:low", spoken="bờ-lu-dôn")
    address = making.headers["refresh"].partition("url=")[2] if "refresh" in making.headers else ""
    wait_for(officers.console.jobs.is_idle)
    text = editor.get(address).text if address else making.text
    sound = re.search(r'src="([^"]+)"', text.partition("<audio")[2])

    assert sound
    assert editor.get(sound[1].replace("&amp;", "&")).content[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("voice", "words", "status"),
    [
        ("command:/bin/sh -c id", "một", 422),
        ("nobody:x", "một", 422),
        ("tone", "một", 422),
        ("tone:low", "một " * 100, 422),
    ],
)
def test_what_cannot_be_heard_is_told(editor: Officer, voice: str, words: str, status: int) -> None:
    assert editor.post("/cai-dat/nghe", voice=voice, spoken=words).status_code == status
