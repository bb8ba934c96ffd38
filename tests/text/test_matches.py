"""Who plays whom: a dash between two sides is said as “gặp” where a contest is told of, and else is a pause."""

from __future__ import annotations

import pytest
from harness.document_scoring import heard_sentences

from loudspeaker.text.reading import read
from loudspeaker.text.sentences import utterances

HEAD = "Lịch thi đấu giải bóng đá\nBảng A: Hòa An, Phước Lộc, Tân Hội\n"


def last_line(text: str) -> str:
    """Its last sentence, a comma for a shorter pause."""
    sentence = heard_sentences(utterances(read(text).spoken))[-1]
    return ", ".join(phrase.strip().rstrip(".;:!?, ") for phrase in sentence)


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("16h00 T5 8/10: Hòa An - Phước Lộc", "Hòa An gặp Phước Lộc"),
        ("- 7h00 ngày 6/7 Xóm Đình – Xóm Chợ (sân 1)", "Xóm Đình gặp Xóm Chợ, sân một"),
        ("18g30: TDP 4 - TDP 7", "tổ dân phố bốn gặp tổ dân phố bảy"),
        ("20g30: FC Anh Em - FC Bến Đò", "ép xê Anh Em gặp ép xê Bến Đò"),
        ("Chung kết bóng chuyền nam: Nà Pài - Khuổi Sliến", "Nà Pài gặp Khuổi Sliến"),
        ("Bán kết 1: nhất A - nhì B, 15h ngày 8/7", "nhất A gặp nhì bê, mười lăm giờ ngày mùng tám tháng bảy"),
        ("Chung kết: thắng BK1 - thắng BK2", "thắng bán kết một, gặp thắng bán kết hai"),
        ("17h: LL Công an + Quân sự - Tân Hội", "lực lượng Công an cộng Quân sự gặp Tân Hội"),
        ("Chiều nay có trận chung kết Hòa An - Phước Lộc trên sân xã", "Hòa An gặp Phước Lộc trên sân xã"),
        ("Trận Tân Hội v Vĩnh Thạnh", "Tân Hội gặp Vĩnh Thạnh"),
        ("7h30: Nam thôn Hạ - Nam thôn Thượng", "Nam thôn Hạ gặp Nam thôn Thượng"),
        ("Vòng 1 (8h - 9h30): Bản Mùi - Bản Cọ, Bản Phiêng - Bản Nà", "Bản Mùi gặp Bản Cọ, Bản Phiêng gặp Bản Nà"),
        ("9h: Tuấn/Minh - Hải/Nam", "Tuấn, Minh gặp Hải, Nam"),
    ],
)
def test_a_dash_between_two_sides_of_a_match_is_who_plays_whom(line: str, heard: str) -> None:
    assert heard in last_line(HEAD + line)


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        ("Trọng tài: Lê Văn Hùng - Nguyễn Nam", "Lê Văn Hùng, Nguyễn Nam"),
        ("Ban tổ chức: ông Lê Ba - Trưởng ban", "ông Lê Ba, Trưởng ban"),
        ("Bảng B: Bích An - Phú Trung - Trung Chánh", "Bích An, Phú Trung, Trung Chánh"),
        ("Chung kết: thôn Bãi Dài 3 - thôn Chợ 1", "thôn Bãi Dài ba, thôn Chợ một"),
        ("Kết quả: Hòa An - Phước Lộc 2-1", "Hòa An, Phước Lộc hai một"),
        ("Đôi nam, 10h00: Tuấn - Minh", "Tuấn, Minh"),
        ("Chuyến xe: Hà Nội - Hải Phòng 6h", "Hà Nội, Hải Phòng sáu giờ"),
        ("Bảng xếp hạng: Hòa An: 0đ", "Hòa An, không điểm"),
        ("Khai mạc: 14h ngày 4/7 - Sân vận động xã", "tháng bảy, Sân vận động xã"),
    ],
)
def test_a_dash_between_other_things_of_a_contest_is_a_pause(line: str, heard: str) -> None:
    assert heard in last_line(HEAD + line)


def test_two_names_are_one_where_no_contest_is_told_of() -> None:
    assert "Bà Rịa Vũng Tàu" in last_line("8h: Bà Rịa - Vũng Tàu")


def test_a_battle_is_no_match_or_is_marked() -> None:
    assert "gặp" not in last_line("Trận địa pháo Đồi Cao - Đồi Thấp")
    assert [doubt.written for doubt in read("Kỷ niệm trận Ấp Bắc - Giồng Trôm").doubts] == ["-"]


def test_sides_that_stand_nowhere_else_are_marked() -> None:
    assert [doubt.written for doubt in read(HEAD + "8h: Bích An - Phú Trung").doubts] == ["-"]
