"""Where a doubt stands, which stretches are read, and what else could be said there."""

from __future__ import annotations

from functools import cache

import pytest
from harness.paths import DATA
from harness.scoring import load, some_of
from hypothesis import given, settings
from hypothesis import strategies as st

from loudspeaker.model.spoken_text import Doubt, Reading, ReadingSettings
from loudspeaker.text.alternatives import MOST, choose
from loudspeaker.text.reading import other_readings, read


@cache
def sentences() -> list[str]:
    return [case.input for path in sorted((DATA / "reading").glob("*.jsonl")) for case in load(path)]


SENTENCES = st.deferred(lambda: st.sampled_from(sentences()))
WRITTEN = (
    "2.05 13.8 5/7 25-12 1/5 24/7 13-15/4 31/2/2026 15/4/24 0912 345 67 912 01268 12345678901 1,500m 5,600 7g 11g 12T "
    "50K 3B 5A CV TC ĐT XQZ YAGI XII II T5 K2 Km45 BCĐ138 P. Q.3 B. 1.3. l0cm ☂ [1] ngày số hết từ tổ lúc - đến , . và "
    "Bluezone Bluzone BLUZONE 6h5 25h30 50.00đồng 207 ĐB. 12/TB-UBND 5/2026 3m2 1m2 ( ) ½"
)
PLAIN = WRITTEN.split()
DOUBTFUL = [*PLAIN, "\u200b", "\u00a0", "e\u0301", "Hộp\n"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(DOUBTFUL), max_size=10).map(" ".join),
    st.lists(st.one_of(st.sampled_from(DOUBTFUL), st.text(max_size=3)), max_size=10).map("".join),
    SENTENCES,
)


def one_doubt(text: str) -> Doubt:
    (doubt,) = read(text).doubts
    return doubt


def heard(words: str) -> str:
    return "".join(filter(str.isalnum, words.casefold()))


@pytest.mark.parametrize(
    ("text", "written", "first"),
    [
        ("hết 2.05 là", "2.05", "hai phẩy không năm"),
        ("mang theo 5/7", "5/7", "ngày mùng năm tháng bảy"),
        ("danh sách 25-12", "25-12", "hai mươi lăm đến mười hai"),
        ("đủ 50K", "50K", "năm mươi ca"),
        ("chở 12T", "12T", "mười hai tháng"),
        ("lúc này 7g", "7g", "bảy gam"),
        ("hồi 4 giờ ngày 207", "207", "mùng hai tháng bảy"),
        ("ngày 15/4/24 tại", "15/4/24", "mười lăm tháng tư năm một nghìn chín trăm hai mươi tư"),
        ("Quy trình XII", "XII", "ích i i"),
        ("cơn bão YAGI vào", "YAGI", "y a giê i"),
        ("Cài Bluezone, mở Bluezone, quét Bluzone", "Bluzone", "Bluezone"),
        ("mã vận đơn dài 12345678901", "12345678901", None),
    ],
)
def test_a_doubt_tells_what_else_could_be_said(text: str, written: str, first: str | None) -> None:
    doubt = one_doubt(text)

    assert doubt.written == written
    assert text[slice(*doubt.place)] == written
    assert doubt.alternatives[:1] == ((first,) if first else doubt.alternatives[:1])
    assert 0 < len(doubt.alternatives) <= MOST


def test_an_abbreviation_of_several_meanings_has_them_all() -> None:
    doubt = one_doubt("Kinh phí do ĐT hỗ trợ")

    assert doubt.spoken not in doubt.alternatives
    assert "đê tê" in doubt.alternatives
    assert len(doubt.alternatives) > 2


def test_a_telephone_number_in_groups_is_one_doubt() -> None:
    doubt = one_doubt("gọi tới 0912 345 67 nhé")

    assert doubt.written == "0912 345 67"
    assert doubt.spoken == "không chín một hai, ba bốn năm, sáu bảy"
    assert doubt.alternatives[0] == "chín trăm mười hai, ba trăm bốn mươi lăm, sáu mươi bảy"


def test_a_number_of_groups_that_begins_surely_is_one_doubt() -> None:
    assert one_doubt("có 912 345 67 nhé").written == "912 345 67"


def test_two_doubts_with_a_word_between_stay_two() -> None:
    assert [doubt.written for doubt in read("họp 7g và 11g nhé").doubts] == ["7g", "11g"]


def test_a_word_that_is_doubted_twice_is_told_once() -> None:
    doubts = read("Cài Bluezone, Bluezone; BLUZONE").doubts

    assert [(doubt.written, doubt.alternatives) for doubt in doubts] == [("BLUZONE", ("Bluezone",))]


def test_the_sentence_of_a_doubt_names_three_alternatives() -> None:
    doubt = one_doubt("hết 2.05 là")

    assert str(doubt.message()).endswith("otherwise: “hai phẩy không năm”, “hai giờ năm phút”, “hai chấm không năm”")


def test_a_sure_stretch_has_alternatives_too() -> None:
    text = "họp lúc 8h30"
    (span,) = (span for span in read(text).spans if span.read)

    others = other_readings(text, span.written, "tám giờ ba mươi phút")

    assert text[slice(*span.written)] == "8h30"
    assert "tám giờ ba mươi phút" not in others


def test_the_south_has_its_own_alternatives() -> None:
    (doubt,) = read("giá 1,005 là", ReadingSettings(region="south")).doubts

    assert "một ngàn không trăm lẻ năm" in doubt.alternatives


def test_a_stretch_without_end_has_no_alternatives() -> None:
    assert all(doubt.alternatives == () for doubt in read("1/" * 3000).doubts)


@pytest.mark.parametrize(
    ("text", "place", "words", "chosen"),
    [
        ("hết 2.05 là", (4, 8), "hai chấm không năm", "hết hai chấm không năm là"),
        ("từ 4mđến", (3, 4), "bốn", "từ bốn mđến"),
        ("12T lúa", (0, 3), "mười hai tháng", "Mười hai tháng lúa"),
        ("Hết. 12T", (5, 8), "mười hai tháng", "Hết. Mười hai tháng"),
    ],
)
def test_what_is_chosen_is_written_as_it_is_said(text: str, place: tuple[int, int], words: str, chosen: str) -> None:
    assert choose(text, place, words) == chosen


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(TEXTS)
def test_the_written_stretches_are_the_whole_text_and_none_lies_over_another(text: str) -> None:
    reading: Reading = read(text)

    assert "".join(text[slice(*span.written)] for span in reading.spans) == text
    ends = [end for span in reading.spans for end in span.spoken]
    assert ends == sorted(ends)
    gaps = zip([0, *ends[1::2]], [*ends[::2], len(reading.spoken)], strict=True)
    assert {reading.spoken[begin:end] for begin, end in gaps} <= {"", " "}


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PLAIN), max_size=10).map(" ".join), SENTENCES))
def test_what_is_only_copied_sounds_as_it_is_written(text: str) -> None:
    reading = read(text)
    copied = [span for span in reading.spans if not span.read and text[slice(*span.written)].isascii()]

    assert [heard(text[slice(*span.written)]) for span in copied] == [
        heard(reading.spoken[slice(*span.spoken)]) for span in copied
    ]


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(TEXTS)
def test_every_doubt_stands_where_it_says_and_apart_from_the_others(text: str) -> None:
    doubts = [doubt for doubt in read(text).doubts if "old encoding" not in doubt.why.template]

    for doubt in doubts:
        begin, end = doubt.place
        assert text[begin:end] == doubt.written
        assert (doubt.line, doubt.column) == (text.count("\n", 0, begin) + 1, begin - text.rfind("\n", 0, begin))
    places = [end for doubt in doubts for end in doubt.place]
    assert places == sorted(places)


def is_kept(text: str, place: tuple[int, int], words: str) -> bool:
    """Whether `words`, chosen for `place`, are heard there when the text is read again."""
    chosen = choose(text, place, words)
    begin, end = place[0], len(chosen) - (len(text) - place[1])
    reading = read(chosen)
    said = [span for span in reading.spans if span.written[0] < end and span.written[1] > begin]
    return heard(words) in heard(reading.spoken[said[0].spoken[0] : said[-1].spoken[1]])


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(TEXTS)
def test_every_alternative_that_is_chosen_is_read_as_promised(text: str) -> None:
    for doubt in read(text).doubts:
        for words in doubt.alternatives:
            assert is_kept(text, doubt.place, words), (doubt.written, words)


@pytest.mark.sampled
def test_every_alternative_in_the_suites_is_read_as_promised() -> None:
    doubts = [(text, doubt) for text in some_of(sentences()[::5], 3) for doubt in read(text).doubts]

    broken = [
        (doubt.written, words)
        for text, doubt in doubts
        for words in doubt.alternatives
        if not is_kept(text, doubt.place, words)
    ]

    assert broken == []
