"""What a document explains of its own codes and abbreviations: legends, samples, ticks, and days behind a house."""

from __future__ import annotations

import pytest

from loudspeaker.text.definitions import find_definitions
from loudspeaker.text.reading import read

ROSTER = "HS Thoa trực M1, nghỉ M3, xe do LX lái.\n\n"


@pytest.mark.parametrize(
    "legend",
    [
        "Chữ viết tắt: HS: hộ sinh; LX: lái xe; M1: mùng 1",
        "* Viết tắt: HS - hộ sinh, LX - lái xe, M1, M2 - mùng 1, mùng 2.",
        "Ký hiệu:\nHS = Hộ sinh\nLX = lái xe\nM1 = mùng 1",
        "(Ghi chú: HS: hộ sinh; LX là lái xe; M1: mùng 1)",
    ],
)
def test_a_legend_decides_wherever_it_stands(legend: str) -> None:
    heard = read(ROSTER + legend).spoken

    assert heard.startswith("Hộ sinh Thoa trực mùng một, nghỉ mùng ba, xe do lái xe lái.")
    assert read(f"{legend}\n\n{ROSTER}").spoken.rstrip().endswith("nghỉ mùng ba, xe do lái xe lái.")


@pytest.mark.parametrize(
    "line",
    [
        "Ghi chú: BTC: chuẩn bị nước uống; TDP: dọn vệ sinh",
        "Ghi chú: BTC: báo trước 2 ngày",
        "Chữ viết tắt: KT: Kiều Trang",
        "Phân công: BTC: nước uống; TDP: vệ sinh",
    ],
)
def test_who_does_what_is_no_legend(line: str) -> None:
    assert not find_definitions(line)


def test_one_letter_of_a_legend_is_said_only_where_it_stands_by_itself() -> None:
    heard = read("Trực: S, C, Đ. Bác sĩ Hà C nghỉ.\n\nKý hiệu: S: sáng; C: chiều; Đ: đêm").spoken

    assert heard.startswith("Trực: sáng, chiều, đêm. Bác sĩ Hà xê nghỉ.")


def test_the_code_of_a_sample_is_no_area_and_an_area_is() -> None:
    assert (
        read("Mẫu M1: giếng; M2: ao, dùng 5 M2 đất.").spoken == "Mẫu mờ một: giếng; mờ hai: ao, dùng năm mét vuông đất."
    )
    table = read("Chỉ tiêu\tM1\tM2\nĐộ đục\t0,9\t3,4\nClo dư\t0,4\t0").spoken

    assert "mờ hai, ba phẩy bốn" in table
    assert "vuông" not in table


@pytest.mark.parametrize("moment", ["từ hôm dọn nhà", "từ bữa sửa nhà", "ngày cất nhà"])
def test_a_day_behind_a_moment_at_home_is_no_house(moment: str) -> None:
    assert "mười sáu tháng mười một" in read(f"Mất {moment} 16/11.").spoken
    assert "mười sáu trên mười một" in read("Ở số nhà 16/11.").spoken


def test_a_root_at_the_head_of_a_line_is_a_tick() -> None:
    assert read("√ Sim chính chủ\n√ 2 ảnh thẻ").spoken == "Sim chính chủ\nHai ảnh thẻ"
    assert "căn" in read("tính √2").spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("thị lực dưới 3/10", "thị lực dưới ba trên mười"),
        ("gặp ĐD. Hoài ở trạm", "gặp điều dưỡng Hoài ở trạm"),
        ("Hộ có HĐ đầu tư được trừ nợ", "Hộ có hợp đồng đầu tư được trừ nợ"),
        ("Đường dây nóng GĐ: 0965 33 1010", "Đường dây nóng giám đốc: không chín sáu năm, ba ba, một không một không"),
        ("ký tự (vd dấu chấm)", "ký tự, ví dụ dấu chấm"),
    ],
)
def test_short_words_of_offices_and_hospitals(written: str, spoken: str) -> None:
    assert read(written).spoken.rstrip(", ") == spoken
