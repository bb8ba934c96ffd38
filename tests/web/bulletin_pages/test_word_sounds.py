"""A reading is heard before it is chosen: made once, by a child, and not before somebody asks."""

from __future__ import annotations

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers

from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.waits

HEAR = "/ban-tin/nhac/nghe-chu"
WORDS = "hai phẩy không năm"


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.EDIT)


def test_a_reading_is_made_and_played(editor: Officer) -> None:
    assert editor.get(f"/ban-tin/nhac/tieng-chu?hear={WORDS}").status_code == 404
    waiting = editor.post(HEAR, hear=WORDS, other="chữ khác")
    assert (waiting.status_code, "refresh" in waiting.headers) == (200, True)
    while not editor.console.jobs.is_idle():
        editor.console.jobs.wait(1)

    page = editor.get(f"{HEAR}?hear={WORDS}").text
    assert "autoplay" in page
    assert WORDS in page
    sound = editor.get(f"/ban-tin/nhac/tieng-chu?hear={WORDS}")
    assert (sound.content[:4], sound.headers["content-type"]) == (b"RIFF", "audio/wav")
    assert "refresh" not in editor.post(HEAR, hear=WORDS).headers  # it is there already


def test_what_was_typed_is_heard_where_no_proposal_was_pressed(editor: Officer) -> None:
    answer = editor.post_by_htmx(HEAR, hear="", other="đường Một trăm lẻ năm")

    assert "đường Một trăm lẻ năm" in answer.text
    assert 'hx-target="#heard"' in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("words", ["", "a" * 301])
def test_nothing_and_too_much_is_refused(editor: Officer, words: str) -> None:
    assert editor.post(HEAR, hear=words).status_code == 422


def test_each_reading_has_its_button(editor: Officer, home: object) -> None:
    text = "Xin nhắc bà con họp thôn."
    answer = editor.post_by_htmx(
        "/ban-tin/nhac/cho?place=0-3", **{"text": text, "revision": "", "title": "Nhắc", "repeat": "1"}
    )

    assert f'formaction="{HEAR}"' in answer.text
    assert 'aria-label="Nghe chữ vừa gõ"' in answer.text
