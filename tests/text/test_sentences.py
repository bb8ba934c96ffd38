"""Where sentences end in written and in spoken text, and how long the silence after them is."""

from __future__ import annotations

from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.text.sentences import places, sentences, utterances


@pytest.mark.parametrize(
    "expected",
    [
        ["TX. Sa Pa có sương mù.", "Lái xe chú ý."],
        ["Bà Lò Thị D. trú tại P. Bắc Cường, TP. Lào Cai."],
        ["Mức hỗ trợ là 2.500.000 đồng.", "Nhận trước ngày 15.8.2026."],
        ["Bà con đã khai báo chưa?", "Hãy làm ngay!"],
        ["Mang theo sổ, bút, v.v.", "Họp từ 8h đến 10h."],
        ["Trưởng bản nói: “Mai họp.”", "Rồi ông ra về."],
        ["ThS. Nguyễn Văn Hòa tập huấn.", "BS. Mai tư vấn."],
        ["Xem tại www.laocai.gov.vn hoặc gọi 0214.3840.001."],
        ["TM. UBND xã báo cáo."],
    ],
)
def test_sentences_end_where_a_reader_would_stop(expected: list[str]) -> None:
    assert expected == sentences(" ".join(expected))


def test_a_list_has_a_sentence_for_each_bullet() -> None:
    assert sentences("Bà con chú ý:\n- Che chuồng;\n- Dự trữ rơm.") == [
        "Bà con chú ý:",
        "- Che chuồng;",
        "- Dự trữ rơm.",
    ]


def test_a_wrapped_line_goes_on() -> None:
    assert sentences("Tuyên truyền, hướng dẫn\nsử dụng.") == ["Tuyên truyền, hướng dẫn sử dụng."]


@pytest.mark.parametrize("margin", [64, 72, 80, 96])
def test_a_line_that_is_full_goes_on_whatever_follows(margin: int) -> None:
    notice = (
        "Ủy ban nhân dân xã thông báo lịch tiêm vắc-xin cho trâu bò từ ngày 20 - 25/8 tại các thôn, do cán bộ thú y xã "
        "phối hợp với trưởng thôn, bà Hà Thị Mai và 12 tổ trưởng thực hiện tại TP. Lào Cai, TX. Sa Pa và các huyện. "
        "Hộ nào chưa tiêm được, xin báo cho 2 cán bộ thú y của xã trước 16h - 17h30 hằng ngày."
    )

    assert sentences(fill(notice, margin)) == sentences(notice)


def test_a_line_that_ends_before_its_margin_is_a_sentence_but_for_the_kind_of_a_document_and_its_subject() -> None:
    notice = ["THÔNG BÁO", "Về việc tiêm phòng", "Thời gian: 7h30 ngày 20/8", "Địa điểm: nhà văn hóa thôn", "18 hộ"]

    assert sentences("\n".join(notice)) == ["THÔNG BÁO Về việc tiêm phòng", *notice[2:]]
    assert [one.pause_after for one in utterances("\n".join(notice))] == [1.2] * 5


def test_a_letterhead_on_two_lines_is_one_body() -> None:
    assert sentences("ỦY BAN NHÂN DÂN\nXÃ BẢN MÂY\nTHÔNG BÁO") == ["ỦY BAN NHÂN DÂN XÃ BẢN MÂY", "THÔNG BÁO"]


def test_a_notice_without_a_margin_is_not_put_together() -> None:
    notice = [
        "Mọi thắc mắc xin liên hệ y sĩ Nguyễn Thị Lan, điện thoại 0978.123.456",
        "Trạm trưởng",
        "Hoàng Văn Páo",
    ]

    assert sentences("\n".join(notice)) == notice


def test_an_open_bracket_holds_a_line_open() -> None:
    assert len(sentences("Gửi đơn về UBND xã (qua phòng\nKinh tế) để được xem xét.")) == 1


def test_a_numbered_line_is_never_taken_for_a_wrapped_one() -> None:
    points = "Đề nghị bà con thực hiện tốt các nội dung sau đây trong tháng 8 năm 2026\n2. Vệ sinh chuồng trại"

    assert len(sentences(points)) == 2


def test_the_pause_follows_the_punctuation() -> None:
    first, second, third = utterances("Kính thưa bà con! Hôm nay họp thôn.\n\nXin cảm ơn.")

    assert first.text == "Kính thưa bà con!"
    assert 0 < utterances("Bà con, chú ý nghe.", 10)[0].pause_after < first.pause_after < second.pause_after
    assert third.text == "Xin cảm ơn."


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    long = "Đề nghị bà con che chắn chuồng trại, dự trữ thức ăn cho trâu bò, không thả rông gia súc khi rét đậm."
    parts = [utterance.text for utterance in utterances(long, 60)]

    assert long == " ".join(parts)
    assert all(part.endswith((",", ".")) for part in parts)


def test_a_breath_is_not_taken_inside_a_number_or_behind_a_label_in_brackets() -> None:
    long = (
        "Ai ủng hộ xin liên hệ anh Tuấn, điện thoại không chín tám bảy, sáu năm bốn, ba hai một hoặc gặp trưởng thôn."
    )
    listed = (
        "Sơ tán các hộ có nguy cơ (thôn Lau: hai mươi mốt hộ, thôn Thuận Bà: mười hộ) đến nơi an toàn trước giờ đó."
    )

    assert not any(one.text.endswith(("bảy,", "bốn,")) for one in utterances(long, 80))
    assert not any(one.text.endswith(":") for one in utterances(listed, 80))


@given(st.text(max_size=300), st.integers(min_value=10, max_value=80))
def test_no_utterance_is_longer_than_the_limit_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = [utterance.text for utterance in utterances(text, limit)]

    assert all(0 < len(part) <= limit for part in parts)
    said = "".join(c for part in parts for c in part if c.isalnum())
    assert said == "".join(c for c in text if c.isalnum())


@given(st.text(max_size=300), st.integers(min_value=10, max_value=80))
def test_it_is_known_where_each_utterance_stands(text: str, limit: int) -> None:
    lines = utterances(text, limit)
    found = list(places(text, lines))

    assert ["".join(text[begin:end].split()) for begin, end in found] == ["".join(line.text.split()) for line in lines]
    ends = [end for place in found for end in place]
    assert ends == sorted(ends)
