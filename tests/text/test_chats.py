"""What people type in groups: forms of address, dots, days and hours in a hurry."""

from __future__ import annotations

import pytest

from loudspeaker.text.reading import read


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Ai chưa đóng thì đóng cho c Xoan kế toán", "Ai chưa đóng thì đóng cho chị Xoan kế toán"),
        ("Mượn máy của anh Hòa, gặp a Tỵ tổ nước", "Mượn máy của anh Hòa, gặp anh Tỵ tổ nước"),
        ("Đường từ nhà a Quỳ tới nhà bà Sửu", "Đường từ nhà anh Quỳ tới nhà bà Sửu"),
        ("Cảm ơn bà Hòe, a Chiến cho mượn xe", "Cảm ơn bà Hòe, anh Chiến cho mượn xe"),
        ("Đóng 25k một hộ. C Nga đi thu", "Đóng hai mươi lăm nghìn một hộ. Chị Nga đi thu"),
    ],
)
def test_a_letter_before_a_name_calls_somebody(text: str, spoken: str) -> None:
    assert read(text).spoken == spoken


@pytest.mark.parametrize("text", ["Theo điểm a Khoản 1 Điều này", "Cháy ở lô c Khoảnh 2", "Phòng c Tầng 2"])
def test_a_letter_before_another_part_calls_nobody(text: str) -> None:
    assert not {"anh", "chị"} & set(read(text).spoken.lower().split())


def test_where_nobody_else_is_called_so_a_letter_before_a_name_is_a_doubt() -> None:
    assert [doubt.written for doubt in read("Đã nộp đủ, a Chiến còn thiếu").doubts] == ["a"]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Khám thai định kỳ T3, T5 hàng tuần", "Khám thai định kỳ thứ ba, thứ năm hàng tuần"),
        ("Tiền ăn T5 nộp cho cô", "Tiền ăn tháng năm nộp cho cô"),
        ("Nộp danh sách trc 2/6 nhé", "Nộp danh sách trước ngày mùng hai tháng sáu nhé"),
        ("Lễ Tiệc Ly, thứ 5 Tuần Thánh (2/4)", "Lễ Tiệc Ly, thứ năm Tuần Thánh, ngày mùng hai tháng tư"),
        ("Mất nước 22h00 T5 -> 4h00 T6", "Mất nước hai mươi hai giờ thứ năm đến bốn giờ thứ sáu"),
        ("Gián đoạn dv: từ 0h", "Gián đoạn dv: từ không giờ"),
    ],
)
def test_days_and_hours_in_a_hurry(text: str, spoken: str) -> None:
    assert read(text).spoken == spoken


def test_a_day_of_a_month_that_the_text_tells_for_certain_is_no_doubt() -> None:
    assert read("Thôn Đình: sáng 21/9. Các thôn còn lại: 22/9; tiêm vét 25/9.").doubts == ()
    assert [doubt.written for doubt in read("Các thôn còn lại: 22/9").doubts] == ["22/9"]


def test_an_abbreviation_with_a_dot_before_a_name_ends_no_sentence() -> None:
    assert read("Chị Sương, gx. Tân Hóa, rao lần 2").spoken == "Chị Sương, giáo xứ Tân Hóa, rao lần hai"


def test_the_people_whom_a_list_is_read_to_do_not_decide_its_first_entry() -> None:
    assert "thương binh" not in read("HTX xin báo tới bà con:\n- TB Cầu Ghềnh bơm từ 5h").spoken.lower()


@pytest.mark.parametrize("name", ["ĐĂK HÀ", "KRÔNG NÔ", "ĐẮK TÔ"])
def test_highland_names_in_capitals_are_words(name: str) -> None:
    assert read(f"UBND XÃ {name} THÔNG BÁO").spoken.lower() == f"ủy ban nhân dân xã {name} thông báo".lower()


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Giá heo 62.000đ/kg 🔺1.000, tiêu ⬇️ 500", "tăng một nghìn, tiêu giảm năm trăm"),
        ("Giá tăng ⬆️ 5%", "Giá tăng năm phần trăm"),
        ("🔺 3 điểm sạt lở", "Ba điểm sạt lở"),
        ("Cà phê kỳ hạn T3: 3.872 USD/tấn", "kỳ hạn tháng ba: ba nghìn"),
        ("Chị Hằng quán cf ra gặp CBTD", "quán cà phê ra gặp cán bộ tín dụng"),
        ("Bà H. (62 tuổi) và ông B. - trưởng thôn", "Bà hát, sáu mươi hai tuổi, và ông bê, trưởng thôn"),
        ("Trên 3/4 hộ dân và đủ 2/3 tổ viên dự", "Trên ba phần tư hộ dân và đủ hai phần ba tổ viên dự"),
        ("STK 0123456789, chủ TK: DIEN LUC CAI SON", "chủ tài khoản: điện lực"),
        ("Trả lãi: 3 tháng: 4,5, 6 tháng: 5,6", "ba tháng: bốn phẩy năm, sáu tháng: năm phẩy sáu"),
        ("Kết quả đạt\n94,5% số hộ", "Kết quả đạt chín mươi tư phẩy năm phần trăm số hộ"),
        ("Chia 2 giai đoạn:\n- GĐ1: cấm xe", "giai đoạn:\nGiai đoạn một: cấm xe"),
        ("CHƯƠNG II. VIỆC CẦN LÀM\nĐiều 4. Nhạc tang", "Chương hai, việc cần làm"),
    ],
)
def test_signs_and_short_words_of_markets_loans_and_lists(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken
