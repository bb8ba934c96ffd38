"""Tables however they were set: heads of two lines, broken cells, columns that drift, tables side by side."""

from __future__ import annotations

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
        "Thứ Hai ngày mười bảy tháng mười một, Sáng, chào cờ đầu tuần",
        "Chiều, họp giao ban",
        "Thứ Ba ngày mười tám tháng mười một, Sáng, tiếp dân",
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


CELLS = st.sampled_from(
    ["Lò A", "7h30", "bản sao", "Nam", "Từ", "1", "2", "45", "05/01", "Tổ 3", "(m2)", "", "T2", "- ", "x"]
)
SIGNS = st.sampled_from(["\t", " | ", "    "])


@given(SIGNS, st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=2, max_size=7))
def test_no_cell_of_a_table_is_lost_however_it_is_set(sign: str, rows: list[list[str]]) -> None:
    text = "\n".join(sign.join(row) for row in rows)
    heard = arrange(text)

    for at in range(len(heard.text)):
        start, end = heard.stretch(at, at + 1)
        assert 0 <= start <= end <= len(text)
    kept = {place for at in range(len(heard.text)) for place in range(*heard.stretch(at, at + 1))}
    begin = sum(len(sign.join(row)) + 1 for row in rows[:2])
    assert {at for at in range(begin, len(text)) if text[at].isalpha() and text[at] not in "xT"} <= kept
