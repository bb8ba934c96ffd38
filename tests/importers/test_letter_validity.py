"""How long a letter has something to tell, as it is proposed: by its own day, and the last that its text names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.importers.letter_validity import propose_validity
from loudspeaker.importers.official_letter import OfficialLetter

WRITTEN = date(2026, 11, 20)


def propose(*body: str, day: str = "20", month: str = "11", year: str = "2026") -> tuple[date | None, date | None]:
    return propose_validity(OfficialLetter(day=day, month=month, year=year, body=list(body)))


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ("Khám từ 7h30 đến 11h ngày 02/12 tại trạm y tế.", date(2026, 12, 2)),
        ("Đăng ký từ ngày 25/11 đến hết ngày 31/12/2026.", date(2026, 12, 31)),
        ("Tổ chức trong các ngày 29, 30/11 tại nhà văn hóa.", date(2026, 11, 30)),
        ("Nộp trước ngày 5 tháng 1 năm 2027.", date(2027, 1, 5)),
        ("Nộp trước ngày 5 tháng 1.", date(2027, 1, 5)),
        ("Hạn chót 15-01-2027; xem Quyết định ngày 3/2/2019.", date(2027, 1, 15)),
        ("Sáng 28.11 bà con ra đồng.", date(2026, 11, 28)),
    ],
)
def test_the_last_day_that_the_text_names_ends_it(body: str, until: date) -> None:
    assert propose("Kính thưa bà con!", body) == (WRITTEN, until)


@pytest.mark.parametrize(
    "body",
    [
        "Căn cứ Luật Đất đai ngày 18/01/2024.",  # what is quoted lies behind
        "Họp tại 5/9 thôn, 1/2 số hộ tham gia.",
        "Gọi 0912.345.678 hoặc số 12/2026/QĐ-UBND.",
        "Ngày 31/11 không có.",
        "Ngày 19/11 đã họp.",  # it was a day before, and not a year ahead
        "Thông báo ký ngày 20/11/2026.",
        "",
    ],
)
def test_what_names_no_day_to_come_is_proposed_nothing(body: str) -> None:
    assert propose(body) == (None, None)


@pytest.mark.parametrize("blank", [{"day": ""}, {"month": ""}, {"year": ""}, {"day": "31"}])
def test_a_letter_without_a_day_of_its_own_is_proposed_nothing(blank: dict[str, str]) -> None:
    assert propose("Khám ngày 02/12/2026.", **blank) == (None, None)


@given(st.integers(1, 299), st.sampled_from(["{0:%d/%m/%Y}", "{0:%d/%m}", "{0.day}/{0.month}", "{0.day}.{0.month}"]))
def test_any_day_of_the_months_to_come_is_understood_however_it_is_written(ahead: int, form: str) -> None:
    day = WRITTEN + timedelta(days=ahead)

    assert propose(f"Bà con nộp đến hết ngày {form.format(day)}.") == (WRITTEN, day)
