"""Text that was typed without marks gets those back that are certain, and is told once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.text.lost_marks import find_toneless, restore_marks
from loudspeaker.text.reading import read
from loudspeaker.text.reasons import TONELESS
from loudspeaker.text.syllables import without_marks
from loudspeaker.text.word_pairs import WordPairs, word_pairs

NOTICE = """Kinh gui ba con,
Tuan nay xe rac khong vao xom, moi nha de rac truoc cong tu 5h sang.
Chi tiet lien he to truong."""


def test_words_get_their_marks_back() -> None:
    assert word_pairs().restore("Kinh moi ba con den hop tai nha van hoa thon") == (
        "Kính mời bà con đến họp tại nhà văn hóa thôn"
    )
    assert word_pairs().restore("THONG BAO LICH CAT DIEN") == "THÔNG BÁO LỊCH CẮT ĐIỆN"


def test_what_surrounds_a_number_is_read_as_if_it_had_its_marks() -> None:
    assert "ngày mười tám tháng sáu" in read("Mat dien tu 9h den 11h ngay 18/6, mong ba con thong cam").spoken
    assert "hai mươi nghìn đồng" in read("Moi ho nop 20.000d tien nuoc cho truong thon").spoken


def test_what_is_not_certain_stays_as_it_was_typed() -> None:
    alike = WordPairs([["tối", "3", ""], ["tới", "3", ""], ["tôi", "3", ""]])

    assert alike.restore("xyng toi") == "xyng toi"
    assert alike.restore("") == ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lien he chi Nguyen Thi Hoa", "chị Nguyễn Thị Hoa"),
        ("goi ong Ba Tai", "ông Ba Tài"),
        ("Chi Lan truong thon", "Chị Lan trưởng thôn"),
        ("chau Nguyen Hoang Nam, 6 tuoi", "Nguyễn Hoàng Nam, 6 tuổi"),
        ("Dong chi Truong Cong an xa", "Trưởng Công an xã"),
        ("nha so 5 duong Tran Phu", "đường Trần Phú"),
        ("10 ba con den hop", "bà con đến họp"),
    ],
)
def test_names_of_persons_get_marks_that_names_have(typed: str, name: str) -> None:
    assert name in word_pairs().restore(typed)


def test_addresses_codes_and_abbreviations_are_no_words_without_marks() -> None:
    line = "Xem tai thuyloi.vn, ma so ba-con-12, gui to@xa.vn, gap CA xa"

    restored = word_pairs().restore(line)

    assert all(part in restored for part in ("thuyloi.vn", "ba-con-12", "to@xa.vn", "CA"))


def test_lines_that_follow_each_other_are_one_doubt() -> None:
    doubts = read(NOTICE).doubts

    assert [doubt.why for doubt in doubts] == [TONELESS]
    assert doubts[0].written == NOTICE


def test_the_sentence_of_a_long_doubt_is_short() -> None:
    told = read("\n".join([NOTICE] * 5)).doubts[0].message()

    assert all("\n" not in str(fact) and len(str(fact)) <= 82 for fact in told.facts.values())


def test_lines_with_marks_between_part_the_stretches() -> None:
    text = f"{NOTICE}\nKính báo.\nXin cam on ba con da lang nghe"

    assert [text[start:end] for start, end in find_toneless(text)] == [NOTICE, "Xin cam on ba con da lang nghe"]


def test_a_text_whose_words_have_marks_is_left_as_it_is() -> None:
    text = "Kính mời bà con đi họp\nAn Khang mua"

    assert restore_marks(text, tuple(find_toneless(text))) == text


@given(st.text(alphabet="abcdeghiklmnopqrstuvxyABDT019 .,:-/@\n", max_size=60))
def test_nothing_but_marks_is_put_in(text: str) -> None:
    whole = [(0, len(text))]

    restored = restore_marks(text, whole)

    assert len(restored) == len(text)
    assert without_marks(restored) == without_marks(text)
    assert [letter.isupper() for letter in restored] == [letter.isupper() for letter in text]


def test_numbers_are_no_words_for_what_was_typed_without_marks() -> None:
    assert word_pairs().restore("Dang ky mua phan bon tra cham sau vu nay").endswith("phân bón trả chậm sau vụ này")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('Bà Đua nhắn: "toi thay 2 con bo di qua cau"', "hai con bò đi qua cầu"),
        ("Bà Đua nhắn lúc 20h: toi thay 2 con bo di qua cau Lanh Ra", "hai con bò đi qua cầu Lanh Ra"),
        (
            'Ông Tư nhắn: "co chiec xe tai nho bien so 85C dau gan cau, khoang 16 gio hom qua, thay thi goi toi"',
            "chiếc xe tải",
        ),
    ],
)
def test_what_somebody_wrote_without_marks_on_a_line_with_marks_gets_them_back(line: str, words: str) -> None:
    reading = read(line)

    assert words in reading.spoken
    assert [doubt.why for doubt in reading.doubts] == [TONELESS]


@pytest.mark.parametrize(
    "line",
    ["Đội gồm: Nam, Lan, Hoa, Nga, Linh, Tuan", "Chủ hộ: Nga, Lan, Mai", "Khẩu hiệu: “One for all and all for one”"],
)
def test_names_and_foreign_words_have_lost_no_marks(line: str) -> None:
    assert list(find_toneless(line)) == []
