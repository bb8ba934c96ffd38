"""Facts whose signs have several meanings: the nearest word or the rest of the text decides, else they are marked."""

from __future__ import annotations

import pytest

from loudspeaker.text.reading import read


def marked(text: str) -> list[str]:
    return [doubt.written for doubt in read(text).doubts]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Xăng xe 300k, con nhỏ dưới 6t 50k/cháu", "con nhỏ dưới sáu tuổi"),
        ("Lái xe dưới 18t không thuê", "dưới mười tám tuổi"),
        ("Xe 16t đâm bé 5t", "Xe mười sáu tấn đâm bé năm tuổi"),
        ("Cấm xe tải trên 5t chở học sinh", "trên năm tấn"),
        ("Mũi nhắc lại sau 6T", "sau sáu tháng"),
        ("Lãi 0,5%/T, phí 8%/n", "phẩy năm phần trăm một tháng, phí tám phần trăm một năm"),
        ("Giá 355$/T", "một tấn"),
        ("Tiêm cho trẻ 24-36t", "hai mươi tư đến ba mươi sáu tháng"),
        ("Trẻ dưới 16t đi cùng cha mẹ", "dưới mười sáu tuổi"),
        ("Mất 3c bò, tặng 5c keo", "ba con bò, tặng năm cây keo"),
        ("0 chết, 450c gà", "bốn trăm năm mươi con gà"),
        ("Keo trồng 1.660c/ha", "sáu mươi cây trên héc ta"),
        ("Thả tôm 20c/m2", "hai mươi con trên mét vuông"),
        ("01 BT nhẹ (ô. Sơn, SN 68, thôn Trung)", "bị thương nhẹ, ông Sơn, sinh năm sáu mươi tám"),
        ("Bị mất xe, SN 82 Lê Lợi", "số nhà tám mươi hai"),
        ("Nước lên 1m2, ngập 1m2 - 1m5", "một mét hai, ngập một mét hai đến một mét năm"),
        ("Ruộng ngập 1m2, đất 80m2", "ngập một mét hai, đất tám mươi mét vuông"),
        ("Kênh dài 2km5, rừng rộng 5km2", "hai ki lô mét năm, rừng rộng năm ki lô mét vuông"),
        ("Uống Para 500mg x 3l/ngày", "ba lần một ngày"),
        ("Dùng 20l/ngày", "hai mươi lít một ngày"),
        ("Phun 2 L/ha", "hai lít trên héc ta"),
        ("Người cao tuổi 80+, cộng 5+3", "tám mươi trở lên, cộng năm cộng ba"),
    ],
)
def test_the_nearest_word_decides_what_a_letter_behind_a_number_is(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Ghi danh: anh Danh Út (CN CLB) 0917 663 085", "chủ nhiệm câu lạc bộ"),
        ("Hưởng 150% lương (CN 200%)", "chủ nhật hai trăm phần trăm"),
        ("Tạm đóng chợ gia súc (phiên CN)", "phiên chủ nhật"),
        ("Xe chạy T2, T5, CN lúc 18h", "thứ hai, thứ năm, chủ nhật lúc"),
        ("Lớp 12A1, 12A2, T5, 04/12", "a hai, thứ năm, ngày mùng bốn"),
        ("Sửa kênh T3, T4 từ 9/10", "kênh tê ba, tê bốn"),
        ("Tuyển CN cơ khí", "công nhân"),
        ("Hộ nghèo, CN được vay", "cận nghèo"),
        ("Hội cựu HS khóa 2022 họp", "cựu học sinh"),
        ("CHƯƠNG TRÌNH LỄ HỘI OK OM BOK", "Chương trình lễ hội Ok Om Bok"),
        ("Ban KS HTX họp", "Ban kiểm soát hợp tác xã"),
        ("Có HK trong thôn, sn từ 1989 trở về sau", "hộ khẩu trong thôn, sinh từ"),
        ("Ai ủng hộ thì nt chị Thuỳ", "nhắn tin chị"),
        ("BCH 3 đ/c: Bí thư Lê Huy, phó bí thư Cao Nga", "ba đồng chí:"),
        ("Đ/c: số 5 ngõ 3", "Địa chỉ: số năm"),
        ("Nước yếu, dk sửa xong 20/10", "dự kiến sửa xong"),
        ("Cửa hàng KM 1 tặng 1", "khuyến mại một tặng một"),
        ("Sạt lở tại KM 1 đường 15", "ki lô mét số một"),
    ],
)
def test_a_short_word_is_said_by_what_stands_beside_it(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Tiêm cho trẻ 24-36t", "24-36t"),
        ("Mật độ trồng 1.660c/ha", "1.660c/ha"),
        ("Gặp cô Lan P.3 để nộp hồ sơ", "P."),
        ("Q.3 nộp trước 30/9", "Q."),
        ("DAP giá 980-1tr", "980-1tr"),
        ("Gặp trước 20/10. A Bình thợ điện 0945 010 909", "A"),
    ],
)
def test_where_two_meanings_fit_it_is_marked(text: str, doubt: str) -> None:
    assert doubt in marked(text)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Ông Tám ở P.5, TP Mỹ Tho nhận quà", "phường năm, thành phố"),
        ("Số 15 Lý Thường Kiệt, P.7", "phường bảy"),
        ("Nộp tại P.12, tầng 2", "phòng mười hai"),
        ("Thi từ P.01 - P.12, nhà A", "phòng một đến phòng mười hai"),
        ("Đài TT xã phát lúc 5h", "truyền thanh"),  # although a trung tâm may be one of the xã
        ("Dân KV 1,2 di dời", "khu vực một, hai"),
        ("Cụ bà VI THỊ LÀNH", "vi thị lành"),
    ],
)
def test_where_the_words_around_tell_it_is_not_marked(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken
    assert marked(text) == []


def test_two_letters_whose_meaning_stands_elsewhere_are_told_by_what_the_text_is_about() -> None:
    text = "Công ty tuyển dụng:\n- CN cắt, may, là\nTăng ca tại xưởng: CN 200% lương"
    reading = read(text)

    assert "Công nhân cắt" in reading.spoken
    assert "chủ nhật hai trăm" in reading.spoken


def test_where_people_of_the_highlands_are_named_a_letter_is_a_name() -> None:
    assert "A Ngưn" in read("Liên hệ: A Ngưn (thú y) 0374.290.118 hoặc Y Hồng 0961 38 22 74").spoken
    assert "anh Đại" in read("Đăng ký: A Đại (tổ trật tự) 0973 111 222").spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Lễ CN: 5h - 7h30 - 17h", "năm giờ, bảy giờ ba mươi phút, mười bảy giờ"),
        ("Mở cửa 7h-11h - 13h-17h", "bảy giờ đến mười một giờ, mười ba giờ đến mười bảy giờ"),
        ("Mở cửa 7h - 11h, 13h - 17h", "bảy giờ đến mười một giờ, mười ba giờ đến mười bảy giờ"),
        ("Chợ họp lại 4 Tết", "lại mùng bốn Tết"),
        ("Nghỉ mùng 1, 2, 3 Tết", "mùng một, hai, ba Tết"),
        ("Thôn 5 Tết trồng cây", "năm Tết"),
        ("Lớp võ 2-4-6, lớp đàn 3-5-7", "võ thứ hai, tư, sáu, lớp đàn thứ ba, năm, bảy"),
        ("Giống lúa theo tỷ lệ 2-4-6", "hai, bốn, sáu"),
        ("Họp ngày 6/10.\nThôn 4,5: 4/10", "bốn, năm: ngày mùng bốn tháng mười"),
        ("Lễ các đẳng 2/11: 5h", "ngày mùng hai tháng mười một"),
        ("Có 11/12 ủy viên đồng ý", "mười một trên mười hai ủy viên"),
        ("Kỳ 2/11 thu 52.000", "Kỳ hai tháng mười một"),
        ("Hóa đơn T9/25 chưa trả", "tháng chín năm hai nghìn không trăm hai mươi lăm"),
        ("Nộp tiền T10+T11", "tháng mười và tháng mười một"),
        ("Thi đấu, bốc thăm: A1-A2 15h30", "a một gặp a hai"),
        ("Lớp A1-A5 nghỉ", "a một đến a năm"),
    ],
)
def test_days_and_hours_that_stand_in_rows(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Giá cá hôm nay\nCá tra 32k/kg, +2k\nCá rô 45k/kg, -3k", "tăng hai nghìn\nCá rô"),
        ("Giá cá hôm nay\nCá rô 45k/kg, -3k", "giảm ba nghìn"),
        ("Giá tôm tăng +2k", "tăng hai nghìn"),
        ("Gò Duối 4đ (+1), Tân Hội 1đ (-2)", "điểm, cộng một, Tân Hội, một điểm, trừ hai"),
        ("Giá lúa 6.500đ (+200)", "đồng, tăng hai trăm"),
        ("Lương 5tr +500k", "năm triệu cộng năm trăm nghìn"),
    ],
)
def test_signs_of_prices_and_points(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


@pytest.mark.parametrize("label", ["1 . ", "1. ", "1 ) "])
def test_a_blank_inside_a_label_changes_nothing(label: str) -> None:
    text = f"{label}Phân khu:\n{label.replace('1', '2')}Xe đỗ ở sân bóng"

    assert read(text).spoken == "Thứ nhất, Phân khu:\nThứ hai, Xe đỗ ở sân bóng"


def test_the_closing_words_are_a_line_of_their_own() -> None:
    long = "Điện thoại trực lũ của nhà máy thủy điện, nhận tin cả ngày lẫn đêm: 0235.3885.777"

    assert read(f"{long}\nvà trên trang tin của xã\n{long}\nTrân trọng./.").spoken.endswith("\nTrân trọng.")


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Liều 2 – 12/12, ca 1 - 4/12", "Liều hai, ngày mười hai tháng mười hai, ca một, ngày mùng bốn tháng mười hai"),
        ("Nghỉ 2 – 12/12", "ngày mùng hai đến mười hai tháng mười hai"),
        ("Giải bóng mừng 2-9 khai mạc", "mừng ngày mùng hai tháng chín khai mạc"),
        ("Tiền mừng 2-3 triệu", "mừng hai đến ba triệu"),
        ("Nhà văn hóa 5/12 họp", "Nhà văn hóa năm tháng mười hai họp"),
        ("Trình độ văn hóa 9/12", "văn hóa chín trên mười hai"),
        ("Đóng mở cống: T2 6h; T4 8h", "cống: thứ hai sáu giờ"),
        ("Trạm bơm T3: T5 bơm", "Trạm bơm tê ba: thứ năm"),
        ("Chạy kém 10 8h tại ủy ban", "kém mười phút tám giờ"),
        ("Chạy 8h kém 10", "tám giờ kém mười"),
        ("C. Hiền KT: 0912 345 678", "Chị Hiền"),
        ("A. Tư: 0912-345-678", "Anh Tư"),
        ("B. Lê Thị Hoa: 50k", "Bà Lê Thị Hoa"),
        ("A. Liên hệ: 0912 345 678", "A, Liên hệ"),
    ],
)
def test_days_hours_and_names_beside_what_looks_like_a_number_or_a_letter(text: str, spoken: str) -> None:
    assert spoken in read(text).spoken


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Trận 2-9 đá lúc 15h", ["2-9"]),
        ("Hòa 1-1 ở trận 6-12", ["6-12"]),
        ("Dọn nhà 5/12", ["5/12"]),
        ("Khai giảng lớp 5/12 tại hội trường", ["5/12"]),
        ("Ở nhà 5/12 đường Lê Lợi", []),
        ("Lớp 5/2 họp", []),
        ("Tuyến kênh T5, 11/12 bơm nước", ["T5"]),
        ("Chạy kém 10 8h", ["10 8h"]),
        ("C. Thu thủ quỹ: 200.000đ", ["C."]),
    ],
)
def test_a_day_an_hour_or_a_name_that_may_be_something_else_is_marked(text: str, doubts: list[str]) -> None:
    assert marked(text) == doubts


@pytest.mark.parametrize(
    ("text", "spoken", "doubts"),
    [
        ("Tiêm chủng: Sởi - Rubella (18m)", "mười tám tháng", ["18m"]),
        ("Lịch trực Tết: M1 đ/c Hà, M2 đ/c Nam", "mùng một đồng chí Hà, mùng hai đồng chí", ["M1", "M2"]),
        ("Vô địch: Ấp 5 - 12 điểm", "Ấp năm, mười hai điểm", ["5 - 12"]),
        ("Cọc đóng sâu (18m)", "mười tám mét", []),
        ("Lịch tưới: tổ 1,2,3 (S), tổ 4,5 (C)", "ba, sáng, tổ bốn, năm, chiều", ["S", "C"]),
        ("Heo hơi: MB 62k, MT 60k, MN 59k", "miền trung sáu mươi nghìn, miền nam", []),
        ("Mang theo CCCD, LGN. Lệnh gọi nhập ngũ đã gửi", "lệnh gọi nhập ngũ. Lệnh", []),
    ],
)
def test_the_whole_text_tells_what_a_letter_in_brackets_or_of_a_region_is(
    text: str, spoken: str, doubts: list[str]
) -> None:
    assert spoken in read(text).spoken
    assert marked(text) == doubts
