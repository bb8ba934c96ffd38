"""Bảng lịch: an officer's sheet is shown before it changes anything, and each mistake by its cell."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officer, Officers
from openpyxl import Workbook

from loudspeaker.web.access.accounts import Role

pytestmark = pytest.mark.waits

HEADER = ["Thôn", "Bản tin", "Giờ", "Thứ"]


@pytest.fixture
def editor(officers: Officers, daemon: FakeDaemon) -> Officer:
    return officers.officer(Role.EDIT)


def sheet(*rows: list[Any]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in (HEADER, *rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def send(officer: Officer, data: bytes, name: str = "Lịch tháng 12.xlsx") -> Any:
    return officer.upload("/lich/bang", name, data)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def schedule(home: Path, village: str) -> str:
    return (home / f"schedules/{village}.yaml").read_text("utf-8")


def test_a_sheet_is_shown_before_anything_is_written_and_then_saved(
    home: Path, editor: Officer, daemon: FakeDaemon
) -> None:
    before = schedule(home, "suoi-trat")
    shown = send(editor, sheet(["Thôn Suối Trát", "Nhắc lại", "11h00", "2, 4"]))

    assert "schedules/suoi-trat.yaml" in text(shown)
    assert "Trong 14 ngày tới: 4 lượt" in text(shown)
    assert schedule(home, "suoi-trat") == before

    assert editor.post(f"{shown.url.path}/luu").headers["location"] == "/lich?luu=1"
    assert schedule(home, "suoi-trat").startswith(before)
    assert "bulletin: nhac" in schedule(home, "suoi-trat")
    assert [facts["path"] for verb, facts, _ in daemon.asked if verb == "note_edit"] == ["schedules/suoi-trat.yaml"]


def test_a_sheet_with_mistakes_is_not_saved_by_a_page_that_was_open_before(home: Path, editor: Officer) -> None:
    before = schedule(home, "suoi-trat")
    page = send(editor, sheet(["Thôn Suối Trát", "Nhắc lại", "25h00", "2"]))
    answer = editor.post(f"{page.url.path}/luu")

    assert answer.status_code == 422
    assert "C2" in answer.text
    assert schedule(home, "suoi-trat") == before


def test_every_mistake_is_told_by_its_cell(home: Path, editor: Officer) -> None:
    page = send(editor, sheet(["Thôn Suối Trát", "Nhắc lại", "25h00", "2"], ["Thôn Lạ", "Tin sáng", "6h05", ""]))

    assert page.status_code == 422
    assert "C2" in page.text
    assert "A3" in page.text


def test_what_breaks_the_policy_cannot_be_saved(home: Path, editor: Officer) -> None:
    before = schedule(home, "suoi-trat")
    shown = send(editor, sheet(["Thôn Suối Trát", "Nhắc lại", "22h00", ""]))

    assert "Trái quy chế" in text(shown)
    assert "/luu" not in shown.text
    assert editor.post(f"{shown.url.path}/luu").status_code == 409
    assert schedule(home, "suoi-trat") == before


def test_a_schedule_that_was_changed_since_is_not_written_over(home: Path, editor: Officer) -> None:
    shown = send(editor, sheet(["Thôn Suối Trát", "Nhắc lại", "11h00", ""]))
    path = home / "schedules/suoi-trat.yaml"
    path.write_text(schedule(home, "suoi-trat") + "# sửa tay\n", encoding="utf-8")

    assert editor.post(f"{shown.url.path}/luu").status_code == 409
    assert "nhac" not in schedule(home, "suoi-trat")


def test_what_is_no_sheet_is_refused_and_what_is_not_wanted_is_dropped(editor: Officer) -> None:
    assert send(editor, b"MZ" + bytes(2000)).status_code == 422
    assert send(editor, b"x", "lich.docx").status_code == 422
    shown = send(editor, sheet(["Thôn Suối Trát", "Nhắc lại", "11h00", ""]))
    editor.post(f"{shown.url.path}/bo")
    assert editor.get(shown.url.path).status_code == 404
