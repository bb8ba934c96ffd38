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
        ("Gián đoạn dv: từ 0h", "Gián đoạn dịch vụ: từ không giờ"),
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


CHAT = "Cả nhà ơi, "


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("e thay mặt tổ báo cáo ạ", "em thay mặt tổ báo cáo ạ"),
        ("quỹ e giữ 990.300đ nhé", "quỹ em giữ chín trăm chín mươi nghìn ba trăm đồng nhé"),
        ("cây nhà a Dũng che đèn, nhờ a tỉa giúp", "cây nhà anh Dũng che đèn, nhờ anh tỉa giúp"),
        ("nhà trọ c Loan nộp rồi", "nhà trọ chị Loan nộp rồi"),
        ("c nào chưa đóng thì báo e", "chị nào chưa đóng thì báo em"),
        ("danh sách e Tùng bí thư gửi sau", "danh sách em Tùng bí thư gửi sau"),
        ("các a c e đến đủ", "các anh chị em đến đủ"),
        ("a e trong tổ mang xẻng", "anh em trong tổ mang xẻng"),
    ],
)
def test_a_letter_in_a_chat_calls_whoever_writes_or_is_asked(text: str, spoken: str) -> None:
    reading = read(CHAT + text)

    assert reading.spoken == CHAT + spoken
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("text", "spoken", "written"),
    [
        ("Hóa đơn e để ở quầy", "Hóa đơn e để ở quầy", "e"),
        ("A e trong tổ mang xẻng", "Anh em trong tổ mang xẻng", "A e"),
        ("Thuê máy nhờ a thợ cả lo", "Thuê máy nhờ anh thợ cả lo", "a"),
        ("C nào chưa tiêm thì đến trạm", "Chị nào chưa tiêm thì đến trạm", "C"),
    ],
)
def test_a_letter_for_a_person_outside_a_chat_is_a_doubt(text: str, spoken: str, written: str) -> None:
    reading = read(text)

    assert (reading.spoken, [doubt.written for doubt in reading.doubts]) == (spoken, [written])


@pytest.mark.parametrize(
    "text",
    [
        "Tôi e rằng mưa to nhé",
        "Cả nhà xem điểm e khoản hai nhé",
        "Con cháu học lớp bốn e nhé",
        "Trồng giống a, e nhé",
        "Cả nhà cho a lô một tiếng nhé",
    ],
)
def test_a_letter_that_stands_for_itself_calls_nobody_even_in_a_chat(text: str) -> None:
    assert read(text).spoken == text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Cho ăn 4 lần: 6g, 10g, 14g, 18g, mỗi lần 3kg", "bốn lần: sáu giờ, mười giờ, mười bốn giờ, mười tám giờ, mỗi"),
        ("Hai chuyến, 2 chuyến 10g và 17g", "hai chuyến mười giờ và mười bảy giờ"),
        ("Gói 3 lần 5g, 10g, 20g thuốc", "năm giờ, mười giờ, hai mươi giờ thuốc"),
        ("Bán gói 5g, 10g, 20g thuốc", "gói năm gam, mười gam, hai mươi gam thuốc"),
    ],
)
def test_as_many_hours_as_times_are_told_are_hours(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Ai không đồng ý cmt xuống dưới", "Ai không đồng ý bình luận xuống dưới"),
        ("Phát hiện 88 người chưa ĐKTT", "Phát hiện tám mươi tám người chưa đăng ký tạm trú"),
        ("Nơi ĐKTT: thôn 4", "Nơi đăng ký thường trú: thôn bốn"),
        ("Miễn phí cho HS, người trên 60 tuổi", "Miễn phí cho học sinh, người trên sáu mươi tuổi"),
        ("Bẫy chuột, cấm thuốc TQ", "Bẫy chuột, cấm thuốc Trung Quốc"),
        ("Xe chạy KCN - Quỳnh Côi - An Bài", "Xe chạy khu công nghiệp, Quỳnh Côi, An Bài"),
        ("Tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Bà Rịa Vũng Tàu"),
        ("STK 0731 000 884 512 VCB - DO THI HOAI nhé", "vê xê bê, đỗ thị hoài nhé"),
        ('Chuyển khoản ghi "so nha + ho ten"', 'ghi "số nhà cộng họ tên"'),
        ("Sổ BHXH, số TK Vietinbank", "số tài khoản Vietinbank"),
        ("Có ký tự đặc biệt (vd @, #). Đặt mật khẩu", "a còng, thăng. Đặt"),
        ("# Thông báo", "Thông báo"),
        ("Nhà trọ đường Lê Lợi, P5 TP.HCM", "phường năm thành phố Hồ Chí Minh"),
        ("Thực hiện Kế hoạch\n88/KH-UBND của UBND phường", "Kế hoạch tám mươi tám ca hát"),
        ("Số liệu tổng hợp\n1/ Lúa 20 ha", "tổng hợp\nMột, Lúa"),
    ],
)
def test_short_forms_of_groups_and_transfers(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


def test_what_is_written_with_a_transfer_without_marks_is_a_doubt() -> None:
    assert "ten + so luong" in [doubt.written for doubt in read("STK 1903 5566 021, nd: ten + so luong").doubts]


def test_two_entries_that_tell_what_they_are_about_are_no_paragraph() -> None:
    text = (
        "Nhân công do các hộ trong làng góp, không tính vào tiền của quỹ đúc\n"
        "chuông năm nay.\n"
        "Tổng cộng: 132.850.000 đồng (một trăm ba mươi hai triệu đồng chẵn)\n"
        "Lễ rót đồng: ngày 27/12/2026 tại sân chùa."
    )

    assert "chẵn\nLễ rót đồng" in read(text).spoken


def test_an_abbreviation_of_address_before_a_name_is_a_doubt() -> None:
    assert [doubt.written for doubt in read("ĐC: số 12 Lê Lợi. Mời ĐC Hùng phát biểu").doubts] == ["ĐC"]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Mng ơi hnay nhà e mất điện rùi, ai bik gọi giúp nha", "Mọi người ơi hôm nay nhà em mất điện rồi, ai biết"),
        ("Mn đọc giúp e nha", "Mọi người đọc giúp em nha"),
        ("Có j alo e nhé", "Có gì a lô em nhé"),
        ("Thấy ghe lạ thì quay clip r gọi biên phòng nha", "quay clip rồi gọi biên phòng nha"),
        ("Ghe lạ BKS BTr 1142 vô cào trộm nha", "biển kiểm soát bê tê rờ, một một bốn hai"),
        ("Mất cặp có vở bt toán vs thẻ bhyt ạ", "vở bài tập toán với thẻ bảo hiểm y tế"),
    ],
)
def test_what_people_spell_in_their_own_way(text: str, spoken: str) -> None:
    assert spoken.replace("a lô", "alo") in read(text).spoken


@pytest.mark.parametrize("text", ["Tổ R, khu J, lớp 4J họp nhé", "Trường MN Hoa Sen nhé"])
def test_letters_of_places_are_no_words_of_a_chat(text: str) -> None:
    assert not {"rồi", "gì", "người"} & set(read(text).spoken.lower().split())


def test_a_request_that_ends_with_voi_does_not_run_into_the_line_below() -> None:
    spoken = read("Ai có loa kéo cho mượn với\nHọp PH: 8h chủ nhật nhé").spoken

    assert "cho mượn với\nHọp phụ huynh" in spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Danh sách xe nhé:\nC Hoa + 2 con: 2 vé rưỡi", "Chị Hoa"),
        ("Cả nhà ơi\nA Lập lái xe nhé", "Anh Lập"),
        ("A. Phần chung nhé\nB. Phần riêng", "Phần a, Phần chung"),
    ],
)
def test_who_is_named_at_the_head_of_a_line(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken
