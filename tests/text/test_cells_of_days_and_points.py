"""Weekdays and decimals in the cells of a table, and below heads that another thing with a number could stand under."""

from __future__ import annotations

import pytest

from loudspeaker.text.reading import read


def table(*rows: str) -> str:
    """A table with tabs, of rows written with bars."""
    return "\n".join(row.replace("|", "\t") for row in rows)


@pytest.mark.parametrize(
    ("head", "cell", "spoken"),
    [
        ("Tối ngày", "T6 18/12", "tối thứ sáu ngày mười tám tháng mười hai"),
        ("Tối ngày", "CN 20/12", "tối chủ nhật ngày hai mươi tháng mười hai"),
        ("Tối", "T3 22/12", "tối thứ ba ngày hai mươi hai tháng mười hai"),
        ("Sáng ngày", "T2 7/12", "sáng thứ hai ngày mùng bảy tháng mười hai"),
        ("Ngày chiếu", "T7 19/12", "ngày chiếu thứ bảy ngày mười chín tháng mười hai"),
        ("Ngày giờ", "T6 18/12 7h30", "thứ sáu ngày mười tám tháng mười hai, bảy giờ ba mươi phút"),
        ("Lịch", "T6 18/12", "lịch thứ sáu ngày mười tám tháng mười hai"),
        ("Tuần", "T6 18/12", "thứ sáu ngày mười tám tháng mười hai"),
        ("Tổ", "T6", "tổ sáu"),
    ],
)
def test_a_weekday_in_a_column_is_no_number_of_its_head(head: str, cell: str, spoken: str) -> None:
    text = table(f"Bản|{head}|Phim", f"Pa Ủ|{cell}|Mưa đỏ", f"Hà Xi|{cell}|Địa đạo")

    assert f"Pa Ủ, {spoken}, phim" in read(text).spoken


@pytest.mark.parametrize("head", ["Điểm", "Điểm TB", "Tổng điểm", "Kết quả", "Hệ số", "Diện tích (ha)"])
def test_a_number_with_its_decimal_is_no_list_below_points_and_amounts(head: str) -> None:
    text = table(f"Hạng|Kỳ thủ|{head}", "1|Phan Bội Trân|4,5", "2|Tôn Thất Khuê|3,5")

    assert "bốn phẩy năm" in read(text).spoken


def test_quarters_in_a_cell_are_a_list() -> None:
    assert "tổ bốn, năm" in read(table("Nơi họp|Tổ|Buổi", "Đình|4,5|Sáng", "Chùa|6,7|Chiều")).spoken


def test_months_below_their_word_are_no_weekdays() -> None:
    assert "Tháng sáu, lượng mưa" in read(table("Tháng|Lượng mưa", "T6|120,5", "T7|230")).spoken


def test_the_second_of_a_row_that_begins_with_t1_is_a_doubt() -> None:
    assert [doubt.written for doubt in read("T1 họp, T2 nghỉ").doubts] == ["T1", "T2"]


def test_marks_behind_the_name_of_their_test_have_decimals() -> None:
    spoken = read(table("Tên|Điểm 15p|Điểm 1 tiết", "An|7,8|8,9", "Bình|6,5|7")).spoken

    assert "điểm mười lăm phút: bảy phẩy tám, điểm một tiết: tám phẩy chín" in spoken


def test_sunday_is_no_short_form_of_a_head_with_its_letters() -> None:
    spoken = read(table("Khu|Chiều ngày|Từ", "A|T2 14/12|13h", "B|CN 20/12|7h30")).spoken

    assert "chiều chủ nhật ngày hai mươi" in spoken


def test_numbered_teams_are_doubts_where_one_of_them_is_t1() -> None:
    doubts = read("Bảng A: T1 gặp T2, 15h; T3 - T4, 16h").doubts

    assert [doubt.written for doubt in doubts] == ["T1", "T2", "T3 - T4"]


def test_a_cell_that_is_said_with_the_word_of_its_head_is_traced_to_its_own_letters() -> None:
    text = "STT\tĐơn vị\tKhối\n1\tXóm Đông\tK6,7\n2\tXóm Đoài\tK6"  # longer when said than written, and the last

    reading = read(text)

    assert "Xóm Đoài, khối sáu." in reading.spoken
    assert max(span.written[1] for span in reading.spans) == len(text)


def test_a_head_of_capitals_alone_is_no_word_to_be_said_for_a_letter() -> None:
    assert "tba mười hai" not in read("STT\tĐơn vị\tTBA\n1\tXóm Đông\tT12\n2\tXóm Đoài\tT14").spoken


@pytest.mark.parametrize(
    ("rows", "spoken"),
    [
        (("Tối|Nơi|Giờ", "T2 07/12|Nhà trọ|19h", "T3 08/12|Sân kho|20h"), "Tối thứ ba ngày mùng tám tháng"),
        (("Đêm|Ca 1|Ca 2", "T7|a. Bách|CA xã", "CN|nghỉ|a. Tú"), "Đêm thứ bảy, ca một, anh Bách, ca hai, công an"),
        (
            ("Dịch vụ|ĐVT|Giá|Nộp", "Xe tang|chuyến|1,8tr|800k", "Hũ|cái|350.000|0"),
            "tám triệu một chuyến, nộp tám",
        ),
        (("Đối tượng|QS|Địa điểm", "DQ cơ động|28|Núi Sập", "DQ tại chỗ|19|Sân xã"), "quân số hai mươi tám"),
    ],
)
def test_a_cell_keeps_the_part_of_the_day_the_shift_and_the_unit_that_its_row_gives_it(
    rows: tuple[str, ...], spoken: str
) -> None:
    assert spoken in read(table(*rows)).spoken


@pytest.mark.parametrize(
    ("head", "cell", "spoken"),
    [
        ("Giá hôm nay", "12.5", "giá hôm nay mười hai phẩy năm"),
        ("Giá hôm qua", "3-5", "giá hôm qua ba đến năm"),
        ("Ngày công", "22.5", "ngày công hai mươi hai phẩy năm"),
        ("Ngày công", "20/26", "ngày công hai mươi trên hai mươi sáu"),
        ("Số ngày", "3-5", "số ngày ba đến năm"),
        ("Số ngày", "1,5", "số ngày một phẩy năm"),
        ("Số tháng", "3-5", "số tháng ba đến năm"),
        ("Giờ", "2.5", "giờ hai phẩy năm"),
        ("Giờ", "5.30", "năm giờ ba mươi phút"),
        ("Tỷ số", "25/20", "tỷ số hai mươi lăm hai mươi"),
        ("Tháng", "41", "bốn mươi mốt tháng"),
        ("Tháng", "12", "tháng mười hai"),
        ("Sóng (m)", "3-5", "sóng ba đến năm mét"),
        ("Chiều", "20/11", "chiều ngày hai mươi tháng mười một"),
    ],
)
def test_a_head_tells_whether_numbers_are_amounts_or_moments(head: str, cell: str, spoken: str) -> None:
    text = table(f"TT|Họ tên|{head}|Nơi nhận", f"1|Lò Bính|{cell}|đình", f"2|Hà Cúc|{cell}|chùa")

    assert f"Lò Bính, {spoken}, nơi nhận" in read(text).spoken
    assert not read(text).doubts
