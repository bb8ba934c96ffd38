"""Tables however they were set: heads of two lines, broken cells, columns that drift, tables side by side."""

from __future__ import annotations

from time import process_time

import pytest
from harness.document_scoring import heard_sentences
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.text.document.cell_kinds import CellKind, column_kind, kind_of
from loudspeaker.text.document.layout import arrange
from loudspeaker.text.reading import read
from loudspeaker.text.sentences import utterances


def lines(text: str) -> list[str]:
    """Its sentences as they are heard, a comma for a shorter pause."""
    heard = heard_sentences(utterances(read(text).spoken))
    return [", ".join(phrase.strip().rstrip(".;:!?, ") for phrase in sentence) for sentence in heard]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12.500 đ", CellKind.NUMBER),
        ("7-10", CellKind.NUMBER),
        ("1,2 triệu", CellKind.NUMBER),
        ("05/01/2026", CellKind.DATE),
        ("Thứ hai 22/12", CellKind.DATE),
        ("07h30", CellKind.HOUR),
        ("6:00 - 7:30", CellKind.HOUR),
        ("Thứ Hai", CellKind.WEEKDAY),
        ("0912 665 408", CellKind.PHONE),
        ("Tổ 4, 5", CellKind.LABEL),
        ("28 Tết", CellKind.LABEL),
        ("Lò Thị Inh", CellKind.NAME),
        ("- -", CellKind.NOTHING),
        ("Sân kho cũ", CellKind.WORDS),
    ],
)
def test_a_cell_tells_by_its_shape_what_it_holds(text: str, kind: CellKind) -> None:
    assert kind_of(text) is kind


def test_a_column_is_of_the_kind_of_most_of_its_cells() -> None:
    assert column_kind(["7h", "8h30", "cả ngày", ""]) is CellKind.HOUR
    assert column_kind(["7h", "cả ngày"]) is CellKind.WORDS
    assert column_kind(["", "-"]) is CellKind.NOTHING


HEADED = {
    "tabs": "TT\tNgày\tThời gian\t\tNơi\n\t\tTừ\tĐến\t\n1\t05/01\t7h30\t11h\tẤp Hạ\n2\t06/01\t8h\t9h\tẤp Thượng",
    "blanks": (
        "TT   Ngày     Thời gian        Nơi\n"
        "              Từ      Đến\n"
        "1    05/01    7h30    11h      Ấp Hạ\n"
        "2    06/01    8h      9h       Ấp Thượng"
    ),
}


@pytest.mark.parametrize("written", HEADED.values(), ids=HEADED)
def test_a_head_of_two_lines_is_one_head(written: str) -> None:
    assert lines(written) == [
        "Ngày mùng năm tháng một, từ bảy giờ ba mươi phút, đến mười một giờ, nơi Ấp Hạ",
        "Ngày mùng sáu tháng một, từ tám giờ, đến chín giờ, nơi Ấp Thượng",
    ]


def test_a_head_above_several_columns_belongs_to_each_of_them() -> None:
    text = (
        "Thôn      Tổng    Suy dinh dưỡng\n"
        "          số      Nhẹ cân  Thấp còi\n"
        "Làng Vả   45      5        8\n"
        "Bản Kho   38      3        6"
    )

    assert [line.casefold() for line in lines(text)] == [
        "làng vả, tổng số bốn mươi lăm, suy dinh dưỡng nhẹ cân năm, suy dinh dưỡng thấp còi tám",
        "bản kho, tổng số ba mươi tám, suy dinh dưỡng nhẹ cân ba, suy dinh dưỡng thấp còi sáu",
    ]


WRAPPED = {
    "blanks": (
        "TT   Việc             Người         Đồ nghề\n"
        "1    Cắt điện         Tạ Khuê       Kìm, găng tay\n"
        "                                    cách điện\n"
        "2    Gọi 114          Lại Vượng     Loa"
    ),
    "pipes": "TT | Việc | Người | Đồ nghề\n"
    "1 | Cắt điện | Tạ Khuê | Kìm, găng tay\n | | | cách điện\n2 | Gọi 114 | Lại Vượng | Loa",
    "tabs": "TT\tViệc\tNgười\tĐồ nghề\n"
    "1\tCắt điện\tTạ Khuê\tKìm, găng tay\n\t\t\tcách điện\n2\tGọi 114\tLại Vượng\tLoa",
}


@pytest.mark.parametrize("written", WRAPPED.values(), ids=WRAPPED)
def test_a_cell_that_goes_on_in_the_line_below_is_one_cell(written: str) -> None:
    assert [line.replace("Loa", "loa") for line in lines(written)] == [
        "Cắt điện, người Tạ Khuê, đồ nghề kìm, găng tay cách điện",
        "Gọi một một bốn, người Lại Vượng, đồ nghề loa",
    ]


def test_a_break_inside_a_cell_of_a_tabbed_table_breaks_no_row() -> None:
    monday = "Thứ Hai\n17/11\tSáng\tChào cờ đầu tuần\n\tChiều\tHọp giao ban"
    text = f"Thứ/ngày\tBuổi\tNội dung\n{monday}\nThứ Ba\n18/11\tSáng\tTiếp dân"

    assert lines(text) == [
        "Thứ Hai, ngày mười bảy tháng mười một, Sáng, chào cờ đầu tuần",
        "Chiều, họp giao ban",
        "Thứ Ba, ngày mười tám tháng mười một, Sáng, tiếp dân",
    ]


def test_rows_that_are_all_broken_are_told_apart_by_their_numbers() -> None:
    rows = ["1\tChu Quyền\tChu Văn Lực\nHà Thị Nhàn\tPhai Dài", "2\tVi Tú\tVi Văn Bảo\nLộc Thị Xiêm\tNà Tồng"]
    text = "\n".join(["TT\tHọ tên\tBố\nMẹ\tNơi ở", *rows])

    assert lines(text) == [
        "Chu Quyền, bố Mẹ Chu Văn Lực, Hà Thị Nhàn, nơi ở Phai Dài",
        "Vi Tú, bố Mẹ Vi Văn Bảo, Lộc Thị Xiêm, nơi ở Nà Tồng",
    ]


def test_a_cell_that_runs_into_the_next_column_ends_where_that_begins() -> None:
    text = (
        "TT   Nội dung chi     Số lượng   Đơn giá    Thành tiền\n"
        "1    Ngói mũi         1.200 viên 9.500      11.400.000\n"
        "2    Công thợ         24 công    450.000    10.800.000"
    )

    assert lines(text)[0] == (
        "Ngói mũi, số lượng một nghìn hai trăm viên, đơn giá chín nghìn năm trăm đồng, "
        "thành tiền mười một triệu bốn trăm nghìn đồng"
    )


BESIDE = {
    "numbers": "1. Ô. Lê Phới    Tổ trưởng      3. B. Hà Na     Thư ký\n"
    "2. B. Hồ Duyên   Tổ phó         4. Ô. Võ Tấn    Tổ viên",
    "heads": "Tên\tThôn\tTên\tThôn\nLê Phới\tNà Pò\tHà Na\tNà Sla\nHồ Duyên\tNà Pò\tVõ Tấn\tNà Sla",
    "a pipe": (
        "TT    Họ tên      Thôn     | TT    Họ tên      Thôn\n"
        "1     Lê Phới     Nà Pò    | 3     Hà Na       Nà Sla\n"
        "2     Hồ Duyên    Nà Pò    | 4     Võ Tấn      Nà Sla"
    ),
}


@pytest.mark.parametrize("written", BESIDE.values(), ids=BESIDE)
def test_two_tables_beside_each_other_are_read_one_after_the_other(written: str) -> None:
    names = ["Lê Phới", "Hồ Duyên", "Hà Na", "Võ Tấn"]

    assert [name for line in lines(written) for name in names if name in line] == names


def test_a_first_row_like_all_others_is_no_head() -> None:
    text = (
        "Tổ 1 + 2        Đường trục chính      Bác Quý\n"
        "Tổ 3            Nhà văn hóa           Cô Loan\n"
        "Tổ 4, 5         Mương cống            Bác Trí"
    )

    assert lines(text) == [
        "Tổ một cộng hai, đường trục chính, Bác Quý",
        "Tổ ba, nhà văn hóa, Cô Loan",
        "Tổ bốn, năm, mương cống, Bác Trí",
    ]


def test_heads_that_count_something_are_heads_whatever_they_are_called() -> None:
    heard = lines("Hôm\tKíp 1 (7h-15h)\tKíp 2 (15h-22h)\n28 Tết\tLê Tài\tPhan Mót\n29 Tết\tPhan Mót\tTạ Dũng")

    assert heard[0].endswith("kíp hai, mười lăm giờ đến hai mươi hai giờ, Phan Mót")


@pytest.mark.parametrize(
    ("caption", "heads", "heard"),
    [
        ("Độ mặn tuần này (‰)", "Trạm\tT2\tT3", "thứ hai mười tám phần nghìn, thứ ba hai mươi phần nghìn"),
        ("Lượng mưa (mm)", "Trạm\tT7\tT8", "tháng bảy mười tám mi li mét, tháng tám hai mươi mi li mét"),
        ("Sản lượng (ĐVT: tấn)", "Thôn\tLúa\tNgô", "lúa mười tám tấn, ngô hai mươi tấn"),
    ],
)
def test_days_and_months_in_short_are_heads_and_the_unit_above_is_said(caption: str, heads: str, heard: str) -> None:
    assert heard in lines(f"{caption}\n{heads}\nĐá Bạc\t18\t20\nCầu Voi\t19\t21")[1]


@pytest.mark.parametrize(
    ("caption", "heads", "row", "heard"),
    [
        ("Giá vé", "Đối tượng\tVé lượt", "Người lớn\t30.000", "vé lượt ba mươi nghìn đồng"),
        ("Bảng giá đất (đồng/m2)", "Loại đất\tVị trí 1", "Đất lúa\t70.000", "vị trí một, bảy mươi nghìn đồng"),
        ("Danh sách", "Họ tên\tSố tiền", "Lò Bé\t23.750", "số tiền hai mươi ba nghìn bảy trăm năm mươi đồng"),
        ("Thu chi", "Khoản\tSố lượng", "Ngói\t1.200", "số lượng một nghìn hai trăm"),
        ("Ưu đãi", "Hàng\tGiảm", "Máy đo\t17%", "giảm mười bảy phần trăm"),
    ],
)
def test_sums_are_said_with_their_currency_where_head_or_caption_tells_of_money(
    caption: str, heads: str, row: str, heard: str
) -> None:
    assert lines(f"{caption}\n{heads}\n{row}\n{row}")[1].endswith(heard)


def test_numbers_of_days_are_no_dates_where_one_of_them_can_be_none() -> None:
    heard = lines("Đợt bón\tNgày sau sạ\tUrê\nĐợt 1\t7-10\t4kg\nĐợt 2\t38-42\t6kg")

    assert heard[0] == "Đợt một, ngày sau sạ bảy đến mười, urê bốn ki lô gam"


def test_a_head_of_one_word_is_said_before_names() -> None:
    heard = lines("Sông\tTrạm\tMực nước (m)\nLam\tNam Đò\t6,4\nNgàn Vả\tSơn Lộ\t11,3")

    assert heard[0] == "Sông Lam, trạm Nam Đò, mực nước sáu phẩy bốn mét"


def test_a_head_is_not_said_before_a_cell_that_repeats_it() -> None:
    heard = lines("Ngày khám\tKhối lớp\tSo với BĐ\n06/10\tKhối 1, khối 2\tDưới BĐ2\n07/10\tKhối 3\tTrên BĐ2")

    assert heard[0] == "Ngày mùng sáu tháng mười, khối một, khối hai, Dưới báo động hai"


def test_no_line_above_a_table_goes_on_in_its_first_row() -> None:
    assert lines("Mẫu nước giếng (số 17)\nChỉ tiêu | Kết quả\npH | 6,8\npH | 7,1")[0] == "Mẫu nước giếng, số mười bảy"


def test_entries_with_a_letter_and_a_slash_are_not_run_together() -> None:
    assert len(lines("a/ Chứng thực bản sao 2.000đ/trang\nb/ Chứng thực chữ ký 10.000đ")) == 2


def test_two_tables_below_each_other_have_a_head_each() -> None:
    rows = [
        "Số cũ\tSố mới\tHiệu\n1.482\t1.507\t25",
        "Bậc\tSố lượng\tĐơn giá\tTiền\n1\t10\t7.500\t75.000\n2\t15\t8.900\t133.500",
    ]

    heard = lines("\n".join(rows))
    assert len(heard) == 3
    assert heard[1] == "Bậc một, số lượng mười, đơn giá bảy nghìn năm trăm đồng, tiền bảy mươi lăm nghìn đồng"


FLATTENED = {
    "counted": "STT\nHọ tên\nSố khẩu\n1\nLò Bé\n5\n2\nHà Tư\n3",
    "by their kinds": "Họ tên\nSố khẩu\nĐiện thoại\nLò Bé\n5\n0912 003 114\nHà Tư\n3\n0987 220 556",
}


@pytest.mark.parametrize("written", FLATTENED.values(), ids=FLATTENED)
def test_a_table_whose_cells_stand_below_each_other_is_read_by_rows(written: str) -> None:
    heard = lines(f"Danh sách:\n{written}\nXin cảm ơn bà con đã lắng nghe thông báo này.")

    assert [line.split(", đ")[0] for line in heard[1:-1]] == ["Lò Bé, số khẩu năm", "Hà Tư, số khẩu ba"]


def test_lines_that_might_be_a_flattened_table_take_linear_time() -> None:
    text = "Tổng: (a)\nLễ: b)\n" * 400  # each line may be a head; rows were counted anew from each
    begin = process_time()
    assert arrange(text).text == text
    assert process_time() - begin < 1.5


def test_a_flattened_table_may_have_groups_and_empty_cells() -> None:
    heard = lines(
        "Mặt hàng\nĐVT\nGiá\nLúa gạo\nđ/kg\n\u00a0\nLúa thường\nđ/kg\n5.650\nNếp đùm\nđ/kg\n7.350\nNguồn: thôn"
    )

    assert heard[1:] == [
        "Lúa thường, giá năm nghìn sáu trăm năm mươi đồng một ki lô gam",
        "Nếp đùm, giá bảy nghìn ba trăm năm mươi đồng một ki lô gam",
        "Nguồn, thôn",
    ]


def test_a_line_drawn_below_the_head_parts_no_table() -> None:
    head = "Hành vi            Mức phạt (đồng)\n----------------------------"
    text = f"{head}\nĐổ rác             500.000\nThả chó            1.000.000"

    assert lines(text)[0] == "Đổ rác, mức phạt năm trăm nghìn đồng"


def test_a_first_column_without_head_may_stand_one_blank_before_the_next() -> None:
    text = "       Thứ 2      Thứ 3\nTiết 1 Chào cờ    Toán\nTiết 2 Toán       Vẽ\nTiết 3 Vẽ         Toán"

    assert lines(text)[0] == "Tiết một, thứ hai, chào cờ, thứ ba, Toán"


def test_a_blank_to_fill_in_ends_no_sentence_where_another_follows() -> None:
    assert len(lines("Phụ huynh em: ................................ Lớp: 7A")) == 1


def test_a_table_with_one_blank_between_its_cells_is_told_by_its_numbers_and_its_head() -> None:
    rows = ["1 Lành Văn Tuyền Trưởng ban 0912 118 335", "2 Hà Kim Oanh Phó ban 0983 664 901"]

    assert lines("\n".join(["TT Họ tên Chức vụ Điện thoại", *rows]))[1:] == [
        "Lành Văn Tuyền, trưởng ban, không chín một hai, một một tám, ba ba năm",
        "Hà Kim Oanh, phó ban, không chín tám ba, sáu sáu bốn, chín không một",
    ]


def test_numbered_lines_below_a_sentence_are_no_table() -> None:
    text = "TT xã mời bà con đến nhận:\n1 Giống lúa 20kg\n2 Phân bón 50kg"

    assert arrange(text).text == text


def test_words_that_run_into_the_next_column_end_at_a_capital_where_that_begins() -> None:
    text = (
        "Lúc          Vị trí             Cường độ        Hướng đi\n"
        "13h/05/10    Nam Hoàng Sa       Cấp 12, giật 15 Tây Tây Bắc\n"
        "01h/06/10    Vịnh Bắc Bộ        Cấp 12          Tây Bắc"
    )

    assert lines(text)[0].endswith("cường độ cấp mười hai, giật mười lăm, hướng đi Tây Tây Bắc")


def test_an_hour_at_the_head_is_heard_apart_from_the_amount_below_it() -> None:
    heard = lines("Lượng mưa (mm)\nTrạm\t19h-1h\t1h-7h\tTổng\nPa Ủ\t31\t102\t133\nSìn Hồ\t4\t8,2\t12,2")

    assert heard[1] == (
        "Trạm Pa Ủ, mười chín giờ đến một giờ, ba mươi mốt mi li mét, "
        "một giờ đến bảy giờ, một trăm linh hai mi li mét, tổng một trăm ba mươi ba mi li mét"
    )


def test_points_on_one_line_without_signs_between_are_points() -> None:
    assert lines("Hồ sơ: 1. Đơn (mẫu 02) 2. Giấy xác nhận 3. Bản sao khai sinh") == [
        "Hồ sơ, một, Đơn, mẫu hai, hai, Giấy xác nhận, ba, Bản sao khai sinh"
    ]


def test_an_arrow_to_a_smaller_number_of_something_else_is_a_pause() -> None:
    assert lines("Lô 5,6 → 2 hộ đổi ngang") == ["Lô năm, sáu, hai hộ đổi ngang"]


def test_parts_of_one_whole_are_no_days() -> None:
    heard = lines("Ngày\tSố máy chạy\tGiờ chạy\n02/02\t3/4\t0h-24h\n03/02\t2/4\t6h-18h")

    assert heard[0].startswith("Ngày mùng hai tháng hai, số máy chạy ba trên bốn, giờ chạy")


def test_a_head_is_not_said_before_its_abbreviation() -> None:
    heard = lines("Lô\tTiểu khu\tChiều dài (m)\nLô 1\tTK 214\t1.200\nLô 2\tTK 216\t850")

    assert heard[0] == "Lô một, tiểu khu hai trăm mười bốn, chiều dài một nghìn hai trăm mét"


def test_prices_in_thousands_have_the_unit_of_the_line_above() -> None:
    heard = lines(
        "Giá vàng (triệu đồng/lượng)\nLoại\tMua vào\tBán ra\nNhẫn trơn\t146,2\t149,2\nVàng miếng\t149,7\t151,7"
    )

    assert heard[1].endswith(
        "mua vào một trăm bốn mươi sáu phẩy hai triệu đồng, bán ra một trăm bốn mươi chín phẩy hai triệu đồng"
    )


def test_items_with_brackets_on_one_line_are_heard_apart() -> None:
    heard = lines("Tổ 1 gồm: 1) Hộ ông Quỳnh 2) Hộ bà Mận 3) Hộ ông Sắc")

    assert heard == ["Tổ một gồm, một, Hộ ông Quỳnh, hai, Hộ bà Mận, ba, Hộ ông Sắc"]


def test_per_cent_behind_something_counted_are_its_share() -> None:
    assert lines("Thôn 2: 64/80 con - 80%") == ["Thôn hai, sáu mươi tư trên tám mươi con, tám mươi phần trăm"]


def test_who_plays_whom_is_no_span() -> None:
    heard = lines("Trận\tCặp đấu\tSân\n1\tKhối 1 - Khối 4\tA\n2\tKhối 2 - Khối 5\tB")

    assert heard[0] == "Trận một, Khối một gặp Khối bốn, sân A"


def test_labelled_entries_in_two_columns_are_lines_of_their_own() -> None:
    text = "Thu mua:\nMật bạc hà: 480k/lít      Mật rừng: 220k/lít\nSáp ong: 150k/kg          Phấn hoa: 300k/kg"

    assert [line.partition(",")[0] for line in lines(text)[1:]] == ["Mật bạc hà", "Mật rừng", "Sáp ong", "Phấn hoa"]


def test_short_lines_that_are_no_table_stay_as_they_are() -> None:
    text = "Kính gửi bà con\nMời họp thôn\nNhà văn hóa\n8h sáng mai\nMang theo cuốc\nXin cảm ơn\n"

    assert arrange(text).text == text


def test_signatures_are_told_by_their_shape_whatever_the_offices_are() -> None:
    text = (
        "ĐẠI DIỆN CÁC HỘ      TỔ HÒA GIẢI          BÊN THI CÔNG\n"
        "    (đã ký)            (đã ký)              (đã ký)\n\n"
        " Ma Văn Sình         Triệu Thị Pham       Hứa Văn Cắm"
    )

    assert lines(text)[::3] == ["Đại diện các hộ", "Tổ hòa giải", "Bên thi công"]


def test_signatures_below_a_sheet_are_no_rows_of_it() -> None:
    rows = "Họ tên\tSố công\tSố tiền\nHứa Lan\t22\t3960000\nMạc Tý\t19\t3510000"

    assert lines(f"{rows}\n\tNgười lập\tTổ trưởng\n\tHà Thu\tLỗ Thành") == [
        "Hứa Lan, số công hai mươi hai, số tiền ba triệu chín trăm sáu mươi nghìn đồng",
        "Mạc Tý, số công mười chín, số tiền ba triệu năm trăm mười nghìn đồng",
        "Người lập",
        "Hà Thu",
        "Tổ trưởng",
        "Lỗ Thành",
    ]


def test_what_stands_far_beside_an_office_in_capitals_is_a_line_of_its_own() -> None:
    assert lines("CÔNG TY CP CẤP NƯỚC VÂN ĐỒN            Mẫu số 2\nGIẤY BÁO TIỀN NƯỚC")[1] == "Mẫu số hai"


def test_days_and_years_are_heads_whatever_stands_below_them() -> None:
    weather = lines(
        "            20/12        21/12\nNhiệt độ    9-15°C       7-13°C\nMưa         mưa nhỏ      tạnh ráo"
    )
    people = lines("Chỉ tiêu\t2023\t2024\nSố hộ\t1.204\t1.231\nHộ nghèo\t7,2%\t5,9%")

    assert weather[1].startswith("Mưa, ngày hai mươi tháng mười hai, mưa nhỏ, ngày hai mươi mốt")
    assert people[1].endswith("năm hai nghìn không trăm hai mươi tư, năm phẩy chín phần trăm")


def test_days_of_the_week_are_heads_above_words_too() -> None:
    heard = lines("Ca | T2 | T3 | T4\nSáng | Đội 1 | Đội 2 | nghỉ\nChiều | Đội 2 | Đội 3 | Đội 1")

    assert heard == [
        "Sáng, thứ hai đội một, thứ ba đội hai, thứ tư nghỉ",
        "Chiều, thứ hai đội hai, thứ ba đội ba, thứ tư đội một",
    ]


def test_names_in_capitals_are_names() -> None:
    heard = lines("TT | Họ tên | Quê quán\n1 | VŨ THẾ ANH | Nam Định\n2 | ĐẶNG THU BA | Hà Nam")

    assert [line.partition(",")[0] for line in heard] == ["Vũ Thế Anh", "Đặng Thu Ba"]


def test_a_unit_beside_several_amounts_of_a_row_belongs_to_each_whose_head_begins_alike() -> None:
    heard = lines("Cây\tĐVT\tThiệt hại một phần\tThiệt hại hết\tSố thôn\nLúa\tha\t12\t3\t2\nNgô\tha\t4\t1\t5")

    assert heard[0] == "Lúa, thiệt hại một phần mười hai héc ta, thiệt hại hết ba héc ta, số thôn hai"


def test_a_row_that_has_only_what_the_row_above_lacks_is_part_of_it() -> None:
    text = (
        "TT   Họ tên              Diện tích (m2)   Tài sản\n"
        "1    Giàng A Phứ         120              15 cây mận\n"
        "2    Vàng Thị Dở\n"
        "     (con: Vàng Chơ)     88               1 chuồng lợn"
    )

    assert lines(text)[1] == "Vàng Thị Dở, con, Vàng Chơ, diện tích tám mươi tám mét vuông, tài sản một chuồng lợn"


def test_steps_that_open_lines_are_steps() -> None:
    heard = lines("B1. Tải ứng dụng\nB2. Nhập mã\nB3. Xác nhận")

    assert heard[0] == "Bước một, Tải ứng dụng" == lines("B1: Tải ứng dụng\nB2: Nhập mã")[0]
    assert not read("Cách làm\nB1. Tải ứng dụng\nB2. Nhập mã\nB3. Xác nhận").doubts


def test_an_hour_behind_a_day_of_the_week_is_no_day() -> None:
    assert lines("Thứ 7\t7:00 - 11:30\tnghỉ\nChủ nhật\tnghỉ\tnghỉ")[0].startswith("Thứ bảy, bảy giờ đến mười một giờ")


@pytest.mark.parametrize(
    ("head", "row", "heard"),
    [
        ("Đối tượng\t3 tháng\t6 tháng", "Người thứ 2\t221.130\t442.260", "ba tháng, hai trăm hai mươi mốt nghìn"),
        ("Ngân hàng\t1 tháng\t1 năm", "Agribank\t2,1\t4,5", "một năm, bốn phẩy năm"),
        ("Thuốc\tDưới 2 tuổi\t2-5 tuổi", "Kẽm\t5 mg\t10 mg", "dưới hai tuổi, năm mi li gam, hai đến năm tuổi, mười"),
        ("Gạo\t5 kg\t10 kg", "Nàng Hoa\t110.000\t215.000", "năm ki lô gam, một trăm mười nghìn"),
    ],
)
def test_measures_of_another_sort_than_what_stands_below_them_are_heads(head: str, row: str, heard: str) -> None:
    assert heard in lines(f"Bảng\n{head}\n{row}\n{row}")[1]


@pytest.mark.parametrize("first", ["Ông Tư\t15 kg\t3 khẩu", "Ông Tư\t15 kg\t20 kg"])
def test_measures_below_their_like_are_rows(first: str) -> None:
    assert lines(f"Danh sách nhận gạo\n{first}\nBà Năm\t20 kg\t4 kg")[1].startswith("Ông Tư, mười lăm ki lô gam")


@pytest.mark.parametrize(
    ("head", "cell", "heard"),
    [
        ("Ngày, giờ", "27/8, 7g00", "ngày hai mươi bảy tháng tám, bảy giờ"),
        ("Ngày giờ", "27/8 - 7h", "ngày hai mươi bảy tháng tám, bảy giờ"),
        ("Giờ / Ngày", "7h30 27/8", "bảy giờ ba mươi phút ngày hai mươi bảy tháng tám"),
        ("Thứ, ngày", "T5, 27/8", "thứ năm, ngày hai mươi bảy tháng tám"),
        ("Ngày tháng", "27/8", "ngày hai mươi bảy tháng tám"),
        ("Buổi, ngày", "sáng 27/8", "sáng ngày hai mươi bảy tháng tám"),
    ],
)
def test_a_head_of_days_and_hours_is_left_to_the_cell_that_says_them(head: str, cell: str, heard: str) -> None:
    assert lines(f"Lịch\nĐội\t{head}\tNơi\nĐội 1\t{cell}\tđình\nĐội 2\t{cell}\tchùa")[1].startswith(
        f"Đội một, {heard}, nơi"
    )


def test_of_a_head_that_bounds_days_and_hours_only_the_bound_is_said() -> None:
    heard = lines("Cắt nước\nKhu\tTừ ngày, giờ\tĐến giờ/ngày\nẤp 1\t5/8, 22h\t5h 6/8\nẤp 2\t6/8, 23h\t4h 7/8")

    assert heard[1] == ("Ấp một, từ ngày mùng năm tháng tám, hai mươi hai giờ, đến năm giờ ngày mùng sáu tháng tám")


def test_days_of_the_week_above_hours_are_said_before_them() -> None:
    heard = lines("Giờ mở cửa\nĐiểm\tT2 - T6\tThứ 7, CN\nBưu điện\t7h-17h\t8h-11h\nTrạm xá\t7h-17h\t8h-10h")

    assert heard[1] == (
        "Bưu điện, thứ hai đến thứ sáu, bảy giờ đến mười bảy giờ, thứ bảy, chủ nhật, tám giờ đến mười một giờ"
    )


def test_tabs_that_only_pad_make_no_empty_columns() -> None:
    heard = lines("TDP\t\t\t\tNgày\t\tBuổi\nLong Vĩ\t\tT4 08/10\tsáng\nTrần Phú 2\t\t\tT5 09/10\tchiều")

    assert [line.partition(",")[0] for line in heard] == ["Tổ dân phố Long Vĩ", "Tổ dân phố Trần Phú hai"]


def test_the_unit_above_a_table_is_of_it_where_a_blank_line_stands_between() -> None:
    heard = lines("Lãi suất (%/năm)\n\nKỳ\t1 tháng\t6 tháng\nCuối kỳ\t3,5\t4,6\nĐầu kỳ\t3,1\t4,2")

    assert heard[1].endswith("sáu tháng, bốn phẩy sáu phần trăm một năm")


SIGNS = st.sampled_from(["\t", " | ", "    "])
ROWS = st.lists(st.lists(st.integers(1, 400).map("{} cây".format), min_size=1, max_size=6), min_size=2, max_size=7)


@given(SIGNS, ROWS)
def test_no_cell_of_a_table_is_lost_however_it_is_set(sign: str, rows: list[list[str]]) -> None:
    text = "\n".join(sign.join(row) for row in rows)
    heard = arrange(text)

    kept = {place for at in range(len(heard.text)) for place in range(*heard.stretch(at, at + 1))}
    assert kept >= {at for at, letter in enumerate(text) if letter.isdecimal()}


CELLS = st.sampled_from(
    [
        "Lò A",
        "7h30",
        "bản sao",
        "Nam",
        "Từ",
        "1",
        "45",
        "05/01",
        "Tổ 3",
        "(m2)",
        "",
        "T2",
        "- ",
        "x",
        "Nam/Nữ",
        "12/15",
        "5.30",
    ]
)


def test_a_column_whose_head_is_a_unit_alone_may_hold_words() -> None:
    assert lines("Thửa\t(m2)\n12\tđất ở\n13\t120") == [
        "Thửa mười hai, đất ở",
        "Thửa mười ba, một trăm hai mươi mét vuông",
    ]


def test_two_numbers_without_a_unit_may_stand_in_the_last_column() -> None:
    assert lines("Thôn\tNam/Nữ\nThôn 1\t12/15\nThôn 2\t10/9") == [
        "Thôn một, nam mười hai, nữ mười lăm",
        "Thôn hai, nam mười, nữ chín",
    ]


def test_a_head_of_two_rows_without_any_other_row_is_no_table() -> None:
    assert lines("Lò A\tLò A\n\tbản sao") == ["Lò A, Lò A bản sao"]


def test_lines_of_dashes_and_borders_alone_are_no_table() -> None:
    assert "".join(lines("-  | \n-  | ")).strip("-| ") == ""


@given(SIGNS, st.lists(st.lists(CELLS, max_size=6), max_size=7))
def test_whatever_is_set_in_cells_is_arranged_within_the_text(sign: str, rows: list[list[str]]) -> None:
    text = "\n".join(sign.join(row) for row in rows)
    heard = arrange(text)

    for at in range(len(heard.text)):
        start, end = heard.stretch(at, at + 1)
        assert 0 <= start <= end <= len(text)


GROUPS_BELOW_THE_LAST_HEAD = """\
Khu | Hàng | Còn trống
           | T6 | T7
VIP | A    | 3  | 9
1   | B    | 35 | 8
"""
GROUP_IN_THE_MIDDLE = """\
Thôn | Điểm cân | Kén trắng   | Kén vàng
     |          | Đẹp | Xấu   |          |
Đông | Kho chè  | 198 | 176   | 142
Tây  | Nhà kho  | 205 | 180   | 145
"""
HEAD_SET_WITH_BLANKS = """\
                   Độ sâu (m)        Nước            Chi phí
Hộ                Đào    Khoan    (m3/giờ)    (1.000đ)     Ghi chú
Ông Thái           8,5     -        0,9         6.800      đá ong
Bà Xuyến           -       42       2,4         14.300     nước phèn
"""


@pytest.mark.parametrize(
    ("written", "row"),
    [
        (GROUPS_BELOW_THE_LAST_HEAD, "Khu víp, hàng A, còn trống thứ sáu: ba, còn trống thứ bảy: chín."),
        (
            GROUP_IN_THE_MIDDLE,
            "Thôn Đông, điểm cân kho chè, kén trắng Đẹp một trăm chín mươi tám, kén trắng Xấu một trăm bảy mươi sáu, "
            "kén vàng một trăm bốn mươi hai.",
        ),
        (
            HEAD_SET_WITH_BLANKS,
            "Hộ Ông Thái, độ sâu Đào tám phẩy năm mét, nước không phẩy chín mét khối một giờ, "
            "chi phí sáu triệu tám trăm nghìn đồng, đá ong.",
        ),
    ],
)
def test_each_column_of_a_group_has_both_of_its_heads(written: str, row: str) -> None:
    assert row in read(written).spoken.split("\n")
