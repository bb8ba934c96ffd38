"""Words that are known to stand beside each other decide where nothing else does, and are marked."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from loudspeaker.text.lexicon import rows
from loudspeaker.text.reading import read
from loudspeaker.text.word_pairs import EDGE, NUMBER, WordPairs, tokens

SMALL = WordPairs([["nhà", "4", "máy 2|trường 2"], ["máy", "3", ". 2"], ["trường", "3", "học 2"], ["học", "2", ""]])


def words_of(text: str) -> Mapping[str, str]:
    return {doubt.written: doubt.spoken for doubt in read(text).doubts}


def test_a_number_and_a_sign_count_as_words() -> None:
    assert [word for word, _ in tokens("Nhà 3A, số 7/2")] == ["nhà", NUMBER, "a", EDGE, "số", NUMBER]


def test_a_word_that_was_seen_there_is_likelier_than_one_that_was_not() -> None:
    assert SMALL.likelihood("nhà", "máy") > SMALL.likelihood("nhà", "học") > 0
    assert SMALL.attraction("nhà", "máy") > 0 > SMALL.attraction("nhà", "học")


def test_what_begins_with_a_letter_and_stands_before_a_word_is_told_with_how_often() -> None:
    assert SMALL.before("t", "học") == {"trường": 2}


def test_the_table_has_each_word_once() -> None:
    words = [word for word, *_ in rows("word_pairs.tsv")]

    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("text", "written", "spoken"),
    [
        ("Trạm báo kết quả quan trắc MT nước ao nuôi", "MT", "môi trường"),
        ("Thôn phát động phong trào VH cho dân", "VH", "văn hóa"),
    ],
)
def test_an_abbreviation_that_nothing_decides_is_what_stands_beside_its_neighbours(
    text: str, written: str, spoken: str
) -> None:
    assert words_of(text)[written] == spoken


def test_what_stands_beside_neither_neighbour_is_spelled() -> None:
    assert words_of("Riêng BT xếp thứ nhất")["BT"] == "bê tê"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Bà con Đ.ký với T.thôn trước thứ Sáu", "Bà con đăng ký với trưởng thôn trước thứ Sáu"),
        ("Họp tại p.học số 2", "Họp tại phòng học số hai"),
        ("C.an xã về thôn", "Công an xã về thôn"),
    ],
)
def test_a_word_of_which_the_first_letter_is_written_is_the_one_that_stands_before_the_rest(
    text: str, spoken: str
) -> None:
    assert read(text).spoken == spoken


def test_a_letter_that_closes_a_sentence_begins_no_word() -> None:
    assert read("Các cháu lớp 3 A.học sinh nghỉ").spoken.startswith("Các cháu lớp ba")


def test_the_next_of_a_row_is_called_as_the_first() -> None:
    assert read("Lần 1 nhắc nhở, L2 lập biên bản, L3 phạt tiền").spoken == (
        "Lần một nhắc nhở, lần hai lập biên bản, lần ba phạt tiền"
    )
    assert "đợt hai" in read("Đợt 1 tưới từ mùng 3, Đ2 tưới từ mùng 9").spoken
    assert "lờ ba" in read("Lần 1 nhắc nhở, L3 phạt tiền").spoken


def test_a_letter_behind_a_number_is_what_was_counted_before() -> None:
    assert "năm mươi con" in read("Cá giống 30 con/kg 85k, 50c giá 92k").spoken


def test_capitals_that_no_table_knows_are_a_frequent_phrase_or_spelled() -> None:
    assert words_of("Người già hưởng TCHTXH 500.000 đồng một tháng")["TCHTXH"] == "trợ cấp hưu trí xã hội"
    assert words_of("Mỗi xã cử BQZ về họp")["BQZ"] == "bê quy dét"


def test_letters_that_are_typed_for_a_machine_are_letters() -> None:
    assert "dê ca" in read("Soạn DK gửi 1414").spoken
