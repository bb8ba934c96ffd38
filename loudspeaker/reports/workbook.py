"""A report as a workbook (.xlsx): the summary as an official paper to be signed, every airing, the logs.

The paper has the form of Nghị định 30/2020/NĐ-CP, appendix I: office and number on the left, the country's name and
motto, place and date on the right, the heading, the table, who made it and who signs; A4 across, margins of 20, 15, 20
and 30 mm, Times New Roman, pages counted from the second on. Rows go to the file one by one: openpyxl would keep a
table of years in some gigabytes of memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from ..errors import Message
from ..plaintext import escape, looks_like_formula
from .report_tables import (
    Cell,
    Report,
    Row,
    Translate,
    counting_note,
    date_line,
    details,
    heading,
    logs,
    summary,
    totals,
)

FONT = "Times New Roman"
MOST = 1_000_000  # rows of a sheet; Excel takes 1,048,576
MM = 1 / 25.4  # inches
A4 = 9
LEFT = 4  # columns that the left half of the paper's head takes: number, village, bulletin, title
NUMBER, VILLAGE, BULLETIN, TITLE, COUNT, LOGGED = 4.5, 16, 12, 27, 7, 10  # widths, in letters
DETAILS = (VILLAGE, 28, 18.5, 18.5, COUNT, 16, 34, 14, 14)
SOURCES = (20, 30, 18.5, 18.5, 10, 70)
TALL = 18.0  # points of a line of text
THIN = Side(style="thin")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def write_xlsx(report: Report, translate: Translate, file: BinaryIO) -> None:
    """Write all three tables: the summary as a paper to be signed, and a sheet or more for each of the others."""
    book = Workbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    book.properties.title = escape(heading(report, translate))
    _SummarySheet(book, report, translate).write()
    _write_table(book, translate(Message("Airings")), DETAILS, details(report, translate))
    _write_table(book, translate(Message("Logs")), SOURCES, logs(report, translate))
    book.save(file)


def _styles() -> Iterator[NamedStyle]:
    """The styles of cells, by what they are for."""
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    across = Alignment(horizontal="center", vertical="top")
    for name, font in {
        "country": Font(FONT, 13, bold=True),
        "motto": Font(FONT, 14, bold=True),
        "office": Font(FONT, 13, bold=True),
        "number": Font(FONT, 13),
        "place": Font(FONT, 14, italic=True),
        "heading": Font(FONT, 14, bold=True),
        "note": Font(FONT, 13, italic=True),
        "signer": Font(FONT, 13, bold=True),
    }.items():
        yield NamedStyle(name, font=font, alignment=middle)
    yield NamedStyle("rule", font=Font(FONT, 8, bold=True), alignment=across)
    plain, bold, wrapped = (
        Font(FONT, 11),
        Font(FONT, 11, bold=True),
        Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1),
    )
    yield NamedStyle("head", font=bold, alignment=middle, border=GRID)
    yield NamedStyle("text", font=plain, alignment=wrapped, border=GRID)
    dash = 'General;-General;"–"'  # for nothing: what there is stands out
    yield NamedStyle("count", font=plain, alignment=middle, border=GRID, number_format=dash)
    yield NamedStyle("total", font=bold, alignment=middle, border=GRID, number_format=dash)
    yield NamedStyle("moment", font=plain, alignment=middle, border=GRID, number_format="dd/mm/yyyy hh:mm:ss")


class _SummarySheet:
    """Writes the summary as an official paper, row by row from its top."""

    def __init__(self, book: Workbook, report: Report, translate: Translate) -> None:
        self._report = report
        self._translate = translate
        head, *self._rows = summary(report, translate)
        self._head = [str(cell)[:1].upper() + str(cell)[1:] for cell in head]  # some are verdicts, in small letters
        self._columns = len(self._head) + 1  # the first numbers the lines
        self._sheet = _sheet(book, translate(Message("Summary")), self._widths())
        self._at = 0

    def write(self) -> None:
        """Write all of it."""
        self._write_letterhead()
        self._write_heading()
        self._sheet.HeaderFooter.differentFirst = True
        self._sheet.print_title_rows = f"{self._at + 1}:{self._at + 1}"
        self._write_table()
        self._write_signatures()

    def _widths(self) -> Sequence[float]:
        counts = [COUNT] * (self._columns - LEFT - 1)
        return (NUMBER, VILLAGE, BULLETIN, TITLE, *counts, LOGGED)

    def _write_letterhead(self) -> None:
        translate, report = self._translate, self._report
        name = report.commune.upper()
        self._write_halves(
            ("office", translate(Message("PEOPLE’S COMMITTEE"))),
            ("country", translate(Message("SOCIALIST REPUBLIC OF VIET NAM"))),
        )
        self._write_halves(("office", name), ("motto", translate(Message("Independence - Freedom - Happiness"))))
        self._write_halves(("rule", "_" * max(8, len(name))), ("rule", "_" * 43), tall=9)
        made = date_line(report.commune, report.made.astimezone(report.zone))
        self._write_halves(("number", translate(Message("No.      /BC-UBND"))), ("place", translate(made)))
        self._write_line("note", "")

    def _write_heading(self) -> None:
        self._write_line("heading", self._translate(Message("REPORT")))
        self._write_line("heading", heading(self._report, self._translate))
        self._write_line("rule", "_" * 30, tall=9)
        self._write_line("note", self._translate(counting_note(self._report)))
        self._write_line("note", "")

    def _write_table(self) -> None:
        translate = self._translate
        self._append(("head", [translate(Message("Line")), *self._head]), tall=TALL * 5)
        for number, row in enumerate(self._rows, 1):
            self._append(
                *_style_cells([number, *row]), tall=_height([str(cell) for cell in (*row[: LEFT - 1], row[-1])])
            )
            if isinstance(row[LEFT], str):  # it was planned, and no log tells what became of it
                self._merge(LEFT + 2, LEFT + 4)
        self._append(("total", [translate(Message("Total")), *[""] * (LEFT - 1), *totals(self._rows), ""]), tall=TALL)
        self._merge(1, LEFT)
        self._write_line("note", "")

    def _write_signatures(self) -> None:
        translate = self._translate
        self._write_halves(
            ("signer", translate(Message("MADE BY"))), ("signer", translate(Message("FOR THE PEOPLE’S COMMITTEE")))
        )
        self._write_halves(
            ("note", translate(Message("(signature, full name)"))), ("signer", translate(Message("CHAIRPERSON")))
        )
        self._write_halves(("note", ""), ("note", translate(Message("(signature, seal, full name)"))))

    def _write_halves(self, left: tuple[str, str], right: tuple[str, str], tall: float = TALL + 2) -> None:
        """Write a row of two texts, each in the middle of its half."""
        gap = [None] * (LEFT - 1)
        self._append((left[0], [left[1], *gap]), (right[0], [right[1]]), tall=tall)
        self._merge(1, LEFT)
        self._merge(LEFT + 1, self._columns)

    def _write_line(self, style: str, text: str, tall: float = TALL) -> None:
        """Write a row of one text in the middle of the paper, as high as it needs."""
        letters = sum(self._widths()) * 0.8  # of these larger letters in a line
        self._append((style, [text]), tall=tall * max(1, math.ceil(len(text) / letters)))
        self._merge(1, self._columns)

    def _append(self, *parts: tuple[str, Row], tall: float | None = None) -> None:
        self._at += 1
        if tall:
            self._sheet.row_dimensions[self._at].height = tall
        self._sheet.append([_cell(self._sheet, value, style) for style, row in parts for value in row])

    def _merge(self, first: int, last: int) -> None:
        self._sheet.merged_cells.add(f"{get_column_letter(first)}{self._at}:{get_column_letter(last)}{self._at}")


def _write_table(book: Workbook, title: str, widths: Sequence[float], rows: Iterable[Row]) -> None:
    """Write a table under its header, on as many sheets as it takes."""
    rows = iter(rows)
    head, number = next(rows), 1
    while True:
        sheet = _sheet(book, title if number == 1 else f"{title} {number}", widths)
        sheet.freeze_panes = "A2"
        sheet.print_title_rows = "1:1"
        sheet.append([_cell(sheet, value, "head") for value in head])
        size = 0
        for size, row in enumerate(islice(rows, MOST), 1):  # noqa: B007
            sheet.append([_cell(sheet, value, style) for style, (value,) in _style_cells(row)])
        if size < MOST:
            return
        number += 1


def _style_cells(row: Row) -> list[tuple[str, Row]]:
    kinds = {datetime: "moment", int: "count", float: "count"}
    return [(kinds.get(type(value), "text"), [value]) for value in row]


def _height(cells: Sequence[Cell]) -> float:
    """Points for a row of village, bulletin, title and log, which may go on in further lines.

    Not every office program works that out where it opens a file.
    """
    lines = [len(str(cell)) / width for cell, width in zip(cells, (VILLAGE, BULLETIN, TITLE, LOGGED), strict=True)]
    return 3 + 15 * math.ceil(max(1.0, *lines))


def _cell(sheet: WriteOnlyWorksheet, value: Cell, style: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, escape(value) if isinstance(value, str) else value)
    cell.style = style
    if isinstance(value, str):  # text, whatever sign it begins with, when somebody edits the cell, too
        cell.data_type = "s"
        if looks_like_formula(value):
            cell.quotePrefix = True
    return cell


def _sheet(book: Workbook, title: str, widths: Sequence[float]) -> WriteOnlyWorksheet:
    """An empty sheet, set up for A4 across, its columns of these `widths` in letters."""
    sheet = book.create_sheet(title)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = A4, "landscape"
    setup.fitToWidth, setup.fitToHeight = 1, 0  # as many pages down as it takes
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.top, margins.right, margins.bottom, margins.left = (mm * MM for mm in (20, 15, 20, 30))
    margins.header = margins.footer = 10 * MM
    sheet.print_options.horizontalCentered = True
    sheet.HeaderFooter.oddHeader.center.text = "&P"
    sheet.HeaderFooter.oddHeader.center.font, sheet.HeaderFooter.oddHeader.center.size = FONT, 13
    return sheet
