"""Lời đọc: read again while somebody types, each stretch corrected here or for the commune, doubts seen once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers

from loudspeaker.store.edits import revision_of
from loudspeaker.web.access.accounts import Role

TEXT = "Họp lúc 8h30, hết 2.05 là xong. Mời bà con cài Bluezone."
NHAC = "bulletins/nhac.md"


@pytest.fixture
def editor(home: Path, officers: Officers, daemon: FakeDaemon) -> Officer:
    daemon.answers |= {"note_edit": None}
    (home / NHAC).write_text(f"---\ntitle: Nhắc lại\n---\n{TEXT}\n", encoding="utf-8")
    (home / "commune.yaml").write_text((home / "commune.yaml").read_text("utf-8") + "# cuối tệp\n", encoding="utf-8")
    return officers.officer(Role.EDIT)


def fields(home: Path, text: str = TEXT, **more: str) -> dict[str, str]:
    head = {"title": "Nhắc lại", "level": "routine", "valid_from": "", "valid_until": "", "source": "", "repeat": "1"}
    return {"revision": revision_of(home / NHAC), "text": text, **head, **more}


def place(written: str, text: str = TEXT) -> str:
    at = text.index(written)
    return f"{at}-{at + len(written)}"


def test_what_is_typed_is_read_again_and_nothing_is_written(home: Path, editor: Officer) -> None:
    before = (home / NHAC).read_bytes()
    answer = editor.post_by_htmx("/ban-tin/nhac/doc", **fields(home, "Họp ngày 5/7 tại thôn."))

    assert "mùng năm tháng bảy" in answer.text
    assert 'id="backdrop"' in answer.text
    assert "<html" not in answer.text
    assert (home / NHAC).read_bytes() == before


def test_the_way_to_the_first_doubt_is_one_key(editor: Officer) -> None:
    text = editor.get("/ban-tin/nhac").text

    assert '<a class="skip" href="#doubts">Đến chỗ cần kiểm tra đầu tiên</a>' in text
    assert 'id="doubts" tabindex="-1"' in text
    assert 'data-play="0"' in text  # the sentence in which it stands


def test_a_stretch_tells_how_it_is_said_and_what_else_could_be(home: Path, editor: Officer) -> None:
    answer = editor.post_by_htmx(f"/ban-tin/nhac/cho?place={place('2.05')}", **fields(home))

    assert "“2.05” đọc là gì?" in answer.text
    assert 'value="hai phẩy không năm"' in answer.text
    assert "Mọi bản tin của xã" not in answer.text  # a number is never learnt


def test_a_sure_stretch_can_be_looked_at_without_a_script(editor: Officer) -> None:
    answer = editor.get(f"/ban-tin/nhac/cho?place={place('8h30')}")

    assert "<html" in answer.text
    assert "tám giờ ba mươi phút" in answer.text


@pytest.mark.parametrize("where", ["", "x-y", "5-4", "0-9999", "-1-3"])
def test_a_place_that_is_not_there_is_told(home: Path, editor: Officer, where: str) -> None:
    assert editor.post_by_htmx(f"/ban-tin/nhac/cho?place={where}", **fields(home)).status_code == 422


def test_a_place_is_corrected_in_the_text_that_was_typed(home: Path, editor: Officer) -> None:
    typed = fields(home, place=place("2.05"), written="2.05", words="hai phẩy không năm")
    answer = editor.post_by_htmx("/ban-tin/nhac/cho-nay", **typed)

    assert "hết hai phẩy không năm là xong" in answer.text
    assert "chỗ cần kiểm tra" not in answer.text
    assert "hai phẩy không năm" in editor.get("/ban-tin/nhac").text  # a draft until it is saved
    assert "2.05" in (home / NHAC).read_text("utf-8")


def test_ones_own_words_go_before_those_that_were_offered(home: Path, editor: Officer) -> None:
    typed = fields(home, place=place("2.05"), written="2.05", words="", other="phiên bản hai chấm không năm")

    assert "hết phiên bản hai chấm không năm" in editor.post_by_htmx("/ban-tin/nhac/cho-nay", **typed).text


def test_a_place_that_moved_meanwhile_is_not_corrected(home: Path, editor: Officer) -> None:
    typed = fields(home, "Sáng nay " + TEXT, place=place("2.05"), written="2.05", words="hai")

    assert editor.post_by_htmx("/ban-tin/nhac/cho-nay", **typed).status_code == 422


def seen(answer_text: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', answer_text)
    assert found
    return found[1]


def test_for_the_commune_the_consequence_comes_first(home: Path, editor: Officer) -> None:
    word = {"written": "Bluezone", "key": "say", "words": "bờ-lu-dôn"}
    before = (home / "commune.yaml").read_bytes()
    shown = editor.post_by_htmx("/ban-tin/nhac/ca-xa?thu=1", **fields(home), **word)

    assert "Đổi lời đọc của 1 bản tin" in shown.text
    assert "Nhắc lại" in shown.text
    assert (home / "commune.yaml").read_bytes() == before

    answer = editor.post("/ban-tin/nhac/ca-xa", **fields(home), **word, seen=seen(shown.text))
    assert answer.headers["location"] == "/ban-tin/nhac?xong=ca-xa"
    after = (home / "commune.yaml").read_text("utf-8")
    assert after == before.decode().replace("# cuối tệp\n", 'say: {"Bluezone": "bờ-lu-dôn"}\n# cuối tệp\n')


def test_a_consequence_that_is_another_by_now_is_shown_again(home: Path, editor: Officer) -> None:
    word = {"written": "Bluezone", "key": "say", "words": "bờ-lu-dôn"}
    shown = editor.post_by_htmx("/ban-tin/nhac/ca-xa?thu=1", **fields(home), **word)
    (home / "bulletins" / "moi.md").write_text("---\ntitle: Mới\n---\nCài Bluezone.\n", encoding="utf-8")
    again = editor.post("/ban-tin/nhac/ca-xa", **fields(home), **word, seen=seen(shown.text))

    assert "Đổi lời đọc của 2 bản tin" in again.text
    assert "Bluezone" not in (home / "commune.yaml").read_text("utf-8")


def test_a_name_is_kept_as_it_is_written(home: Path, editor: Officer) -> None:
    word = {"written": "Bluezone", "key": "names", "words": "x"}

    assert (
        "“Bluezone” đọc là “Bluezone”" in editor.post_by_htmx("/ban-tin/nhac/ca-xa?thu=1", **fields(home), **word).text
    )


@pytest.mark.parametrize("word", [{"written": "2.05", "key": "say"}, {"written": "Zalo", "key": "voices"}])
def test_neither_a_number_nor_another_key_is_learnt(home: Path, editor: Officer, word: dict[str, str]) -> None:
    answer = editor.post_by_htmx("/ban-tin/nhac/ca-xa", **fields(home), **word, words="hai")

    assert answer.status_code == 422


def doubt_key_of(page_text: str) -> str:
    found = re.search(r'name="doubt" value="([0-9a-f]{64})"', page_text)
    assert found
    return found[1]


def test_a_doubt_that_was_seen_is_seen_until_its_line_is_another(home: Path, editor: Officer) -> None:
    key = doubt_key_of(editor.get("/ban-tin/nhac").text)
    answer = editor.post_by_htmx("/ban-tin/nhac/dung-roi", **fields(home), doubt=key)

    assert "Đã xem cả 1 chỗ" in answer.text
    assert "Đã xem cả 1 chỗ" in editor.post_by_htmx("/ban-tin/nhac/doc", **fields(home, TEXT + "\nHết.")).text
    assert "1 chỗ cần kiểm tra" in editor.post_by_htmx("/ban-tin/nhac/doc", **fields(home, "Nay " + TEXT)).text


def test_seeing_a_doubt_without_a_script_loses_nothing_that_was_typed(home: Path, editor: Officer) -> None:
    key = doubt_key_of(editor.get("/ban-tin/nhac").text)
    answer = editor.post("/ban-tin/nhac/dung-roi", **fields(home, TEXT + "\nVừa gõ."), doubt=key)

    assert answer.headers["location"] == "/ban-tin/nhac"
    assert "Vừa gõ." in editor.get("/ban-tin/nhac").text


def test_an_old_encoding_is_told_once_above_all(home: Path, editor: Officer) -> None:
    old = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, ®éc lËp tù do h¹nh phóc"

    assert "TCVN3" in editor.post_by_htmx("/ban-tin/nhac/doc", **fields(home, old)).text
