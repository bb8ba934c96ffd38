"""Excel files (.xlsx) as rows of text, and back."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ..plaintext import escape, looks_like_formula
from . import package
from .document_blocks import clean
from .package import TooBig

UNREAD = ("xl/theme", "xl/media", "xl/drawings", "xl/charts", "xl/externalLinks", "xl/pivot", "customXml", "docProps")
MOST_ROWS, MOST_COLUMNS = 5_000, 50
WIDEST = 40  # letters
ISO_DATE, TIME = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d\d:\d\d")


def read_rows(data: bytes) -> list[list[str]]:
    """The cells of the first sheet with something in it, as they would be written by hand: 17:30, 2021-07-05, 2.

    Raises `TooBig`, and `ValueError` for what is no workbook.
    """
    try:
        parts = package.read_parts(data, lambda name: name.endswith((".xml", ".rels")) and not name.startswith(UNREAD))
        return _rows(package.pack(parts.items()))
    except (TooBig, MemoryError) as error:
        raise TooBig from error
    except Exception as error:  # the file is a stranger's: whatever the reader trips over is a damaged file
        raise ValueError("no workbook") from error


def _rows(data: bytes) -> list[list[str]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            texts: list[list[str]] = []
            for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
                if len(texts) >= MOST_ROWS and any(value is not None for value in row):
                    raise TooBig  # nothing of a sheet is left out in silence
                if len(texts) < MOST_ROWS:
                    texts.append([text_of(value) for value in row])
            if any(any(row) for row in texts):
                return texts
        return []
    finally:
        book.close()


def text_of(value: object) -> str:
    """One cell as text. Excel keeps times as parts of a day and whole numbers with a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).strip()


def write_workbook(title: str, header: Sequence[str], texts: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet with a bold, frozen header. A single date or time becomes one to Excel too."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(list(header))
    for row in texts:
        sheet.append([_cell(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in sheet.iter_cols():
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[get_column_letter(cells[0].column)].width = min(longest, WIDEST) + 3
        for cell in cells:
            if isinstance(cell.value, date):
                cell.number_format = "dd/mm/yyyy"
            elif isinstance(cell.value, time):
                cell.number_format = "hh:mm"
            elif isinstance(cell.value, str):  # text, whatever sign it begins with, when somebody edits the cell, too
                cell.data_type, cell.quotePrefix = "s", looks_like_formula(cell.value)
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell_name(row: int, column: int) -> str:
    """The name of a cell by its row and column, both from 0.

    >>> cell_name(4, 2)
    'C5'
    """
    return f"{get_column_letter(column + 1)}{row + 1}"


def _cell(value: str) -> str | date | time:
    if ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    if TIME.fullmatch(value) and value < "24":
        return time.fromisoformat(value)
    return escape(value)
