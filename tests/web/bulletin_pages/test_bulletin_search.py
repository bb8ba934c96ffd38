"""Looking for bulletins by their words: marks do not matter, the best answer comes first."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.model.bulletin import Bulletin, Part
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.bulletin_pages.bulletin_search import BulletinSearch, FoundBulletin, Nearness


def bulletin(name: str, title: str, text: str = "", source: str = "") -> Bulletin:
    return Bulletin(name, title, parts=(Part(text),), source=source)


KNOWN = [
    bulletin("kham", "Khám sức khỏe người cao tuổi", "Mời các cụ đến trạm y tế xã.", "CV 214/UBND-VX"),
    bulletin("hop", "Họp thôn", "Bàn việc khám chữa bệnh.\nSau đó mọi người góp ý về sức mua hàng khỏe."),
    bulletin("dong", "Đồng bào ra đồng", "Nước về lúc 5 giờ."),
]


def find(typed: str) -> Mapping[str, FoundBulletin]:
    return BulletinSearch.of(typed).find(KNOWN)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("kham suc khoe", ["kham", "hop"]),
        ("KHÁM SỨC", ["kham", "hop"]),
        (unicodedata.normalize("NFD", "sức khoẻ"), ["kham", "hop"]),
        ("dong bao", ["dong"]),
        ("đồng", ["dong"]),
        ("214/ubnd", ["kham"]),
        ("hop thon", ["hop"]),
        ("ham", []),  # no word begins so
        ("khám bệnh viện tỉnh", []),
    ],
)
def test_words_are_found_with_and_without_marks_the_best_answer_first(typed: str, names: list[str]) -> None:
    assert list(find(typed)) == names


def test_an_answer_tells_the_line_by_which_it_was_found() -> None:
    assert find("tram y te")["kham"] == FoundBulletin(Nearness.PHRASE, "Mời các cụ đến trạm y tế xã.")
    assert find("khám sức")["kham"] == FoundBulletin(Nearness.TITLE)
    assert find("khám sức")["hop"].nearness is Nearness.WORDS


@pytest.mark.parametrize("typed", ["", "  ", "?!", "\0"])
def test_signs_alone_are_no_question(typed: str) -> None:
    assert not BulletinSearch.of(typed).words


@given(st.sampled_from(["Khám sức khỏe người cao tuổi", "Mời các cụ đến trạm y tế xã.", "Họp thôn"]), st.data())
def test_whatever_stands_in_a_line_is_found_by_its_words(line: str, data: st.DataObject) -> None:
    words = line.split()
    begin = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(begin + 1, len(words)))
    typed = data.draw(st.sampled_from([str, str.upper, lambda text: unicodedata.normalize("NFD", text)]))

    assert find(typed(" ".join(words[begin:end])))


@pytest.fixture
def viewer(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.VIEW)


def test_the_list_shows_what_was_found_within_its_state_and_says_where_nothing_was(home: Path, viewer: Officer) -> None:
    (home / "bulletins/kham.md").write_text("---\ntitle: Khám mắt\n---\nMời bà con.\n", encoding="utf-8")
    page = viewer.get("/ban-tin?tim=kham+MAT").text
    assert "/ban-tin/kham" in page
    assert "/ban-tin/nhac" not in page
    assert 'value="kham MAT"' in page
    assert "/ban-tin?tim=kham%20MAT" in page

    assert "/ban-tin/kham" not in viewer.get("/ban-tin?tim=kham&loc=approved").text
    nothing = viewer.get('/ban-tin?tim=<b>"zz').text
    assert "Không có bản tin nào có “&lt;b&gt;&#34;zz”" in nothing
