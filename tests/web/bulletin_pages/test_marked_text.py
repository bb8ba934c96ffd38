"""Both columns of the editor: every word stands once, sentences have the same number in both."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from loudspeaker.text.reading import read
from loudspeaker.text.sentences import utterances
from loudspeaker.web.bulletin_pages.marked_text import MarkedText, Sentence, Stretch, mark_text

WORDS = "2.05 8h30 CV 0912 345 67 ☂ . , Họp thôn. Mời bà con! UBND 1.3. Bluezone Bluzone [1] ("
BITS = [*WORDS.split(), "e\u0301", "\u200b", "\n", "\n\n"]


def marked(text: str) -> MarkedText:
    reading = read(text)
    return mark_text(text, reading, [doubt for doubt in reading.doubts if "encoding" not in doubt.why.facts])


def words(sentences: tuple[Sentence, ...]) -> str:
    return "".join(stretch.words for sentence in sentences for stretch in sentence.stretches)


def test_what_is_read_knows_where_it_stands() -> None:
    (line,) = marked("Hết 2.05 là\nxong lúc 8h30.").spoken
    stretches = [stretch for sentence in line for stretch in sentence.stretches if stretch.place]

    assert stretches == [Stretch("ngày mùng hai tháng năm", (4, 8), 1), Stretch("tám giờ ba mươi phút", (21, 25))]


def test_a_sentence_has_one_number_in_both_columns() -> None:
    text = marked("Kính thưa bà con! Họp lúc 8h30.\n\nXin cảm ơn.")
    spoken = {s.number: words((s,)) for line in text.spoken for s in line if s.number >= 0}
    written = {s.number: words((s,)) for s in text.written if s.number >= 0}

    assert spoken == {0: "Kính thưa bà con!", 1: "Họp lúc tám giờ ba mươi phút.", 2: "Xin cảm ơn."}
    assert written == {0: "Kính thưa bà con!", 1: "Họp lúc 8h30.", 2: "Xin cảm ơn."}


def test_a_sign_that_is_left_out_can_be_tapped_all_the_same() -> None:
    (line,) = marked("giá ☂ tăng").spoken

    assert [stretch for sentence in line for stretch in sentence.stretches if stretch.place] == [Stretch("", (4, 5), 1)]


@settings(max_examples=2 * settings.default.max_examples, deadline=None)
@given(st.lists(st.sampled_from(BITS), max_size=14).map(" ".join))
def test_no_word_is_lost_or_doubled(text: str) -> None:
    reading, both = read(text), marked(text)

    assert words(both.written) == text
    assert "\n".join(map(words, both.spoken)).split() == reading.spoken.split()
    numbers = [sentence.number for line in both.spoken for sentence in line if sentence.number >= 0]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(len(utterances(reading.spoken))))
