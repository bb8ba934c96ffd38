"""A report as a workbook (.xlsx: summary, every airing, the logs) or as plain lines (.csv: the summary)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from ..errors import Message
from ..plaintext import escape, guard_formula, looks_like_formula
from ..playout.record import Record
from ..vocabulary import Verdict
from .exported import Journal
from .tally import Line, minutes, subject

NARROWEST, WIDEST = 9, 60  # letters
MISSED = {
    Verdict.AIRED_PARTLY: Message("aired in part"),
    Verdict.TO_FILE: Message("only to a file"),
    Verdict.PRE_EMPTED: Message("broken off by an alarm"),
    Verdict.STOPPED: Message("stopped"),
    Verdict.SKIPPED: Message("left out"),
    Verdict.WITHDRAWN: Message("withdrawn"),
    Verdict.REFUSED: Message("refused"),
    Verdict.DISPLACED: Message("displaced"),
    Verdict.EXPIRED: Message("too old"),
    Verdict.MISSED_OFF: Message("missed: no power, or switched off"),
    Verdict.MISSED_CLOCK: Message("missed: wrong clock"),
    Verdict.NO_AUDIO: Message("no sound from the horns"),
    Verdict.FAILED_SOUND: Message("no sound ready"),
    Verdict.FAILED_DEVICE: Message("sound card failed"),
}
VERDICTS = {Verdict.AIRED: Message("aired"), Verdict.AIRED_LATE: Message("aired late"), **MISSED}
NO_LOG = Message("no log yet")

Say = Callable[[Message], str]
Table = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows; `villages` and `bulletins` give names for display."""

    heading: str
    lines: Sequence[Line]
    records: Sequence[Record]
    journals: Sequence[Journal]
    villages: Mapping[str, str]
    bulletins: Mapping[str, str]
    zone: tzinfo


def as_csv(report: Report, say: Say) -> bytes:
    """The summary, with the mark by which Excel knows UTF-8."""
    file = io.StringIO()
    guarded = [[guard_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in summary(report, say)]
    csv.writer(file, lineterminator="\r\n").writerows(guarded)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(report: Report, say: Say) -> bytes:
    """All three tables, a sheet each."""
    book = Workbook()
    book.remove(book.active)
    _sheet(book, say(Message("Summary")), summary(report, say))
    _sheet(book, say(Message("Airings")), details(report, say))
    _sheet(book, say(Message("Logs")), sources(report, say))
    book.properties.title = escape(report.heading)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def summary(report: Report, say: Say) -> Table:
    """One row for each village and bulletin; of the reasons for missing, those that occur."""
    reasons = [verdict for verdict in MISSED if any(line.missed[verdict] for line in report.lines)]
    header = [
        *(say(Message("Village")), say(Message("Bulletin")), say(Message("Title")), say(Message("Planned"))),
        *(say(Message("Aired")), say(Message("Minutes")), say(Message("Not aired"))),
        *(say(MISSED[verdict]) for verdict in reasons),
        *(say(Message("Replayed by hand")), say(Message("Emergencies")), say(Message("Drills"))),
        say(Message("Log")),
    ]
    return [header, *(_summed(report, line, reasons, say) for line in report.lines)]


def details(report: Report, say: Say) -> Table:
    """One row for each airing that has a verdict."""
    header = [
        *(say(Message("Village")), say(Message("Bulletin")), say(Message("Planned at")), say(Message("Started at"))),
        *(say(Message("Minutes")), say(Message("Result")), say(Message("Reason")), say(Message("Voice"))),
        say(Message("Asked for by")),
    ]
    return [header, *(_detailed(report, record, say) for record in report.records)]


def sources(report: Report, say: Say) -> Table:
    """One row for each log that was read, with the head of its chain: what a later edit of it would change."""
    header = [
        *(say(Message("Log")), say(Message("Villages")), say(Message("From")), say(Message("To"))),
        *(say(Message("Entries")), say(Message("Head"))),
    ]
    return [header, *(_source(report, journal, say) for journal in report.journals)]


def _summed(report: Report, line: Line, reasons: Sequence[Verdict], say: Say) -> list[Any]:
    title = report.bulletins.get(line.bulletin, "") or _kind(line.alarmed, line.drilled, say)
    counts = [line.planned, line.aired, round(line.minutes, 1), line.planned - line.aired - line.unlogged]
    return [
        *(report.villages.get(line.village, line.village), line.bulletin, title),
        *(counts if line.logged else [line.planned, say(NO_LOG), "", ""]),
        *(line.missed[verdict] for verdict in reasons),
        *(line.by_hand, line.emergencies, line.drills, _logged(line, say)),
    ]


def _kind(emergency: bool, drill: bool, say: Say) -> str:
    """What something without a bulletin was."""
    return say(Message("emergency")) if emergency else say(Message("drill")) if drill else ""


def _told(record: Record, say: Say) -> str:
    """What was said in one airing, and whether it was a drill."""
    told = subject(record) or record.title or _kind(not record.drill, record.drill, say)
    return say(Message("{what} (drill)", what=told)) if record.drill else told


def _logged(line: Line, say: Say) -> str:
    if not line.logged:
        return say(NO_LOG)
    return say(Message("no log yet for {count}", count=line.unlogged)) if line.unlogged else say(Message("logged"))


def _detailed(report: Report, record: Record, say: Say) -> list[Any]:
    return [
        *(report.villages.get(record.village, record.village), _told(record, say)),
        *(_local(report, record.scheduled_at), _local(report, record.started_at), round(minutes(record), 2)),
        *(say(VERDICTS[record.verdict]), record.why, record.voice, record.by),
    ]


def _source(report: Report, journal: Journal, say: Say) -> list[Any]:
    villages = ", ".join(sorted(report.villages.get(village, village) for village in journal.villages))
    return [
        *(journal.origin or say(Message("this box")), villages),
        *(_local(report, journal.begins), _local(report, journal.ends), journal.entries, journal.head),
    ]


def _local(report: Report, moment: datetime | None) -> datetime | None:
    """Local time without its zone, which Excel does not know."""
    return moment.astimezone(report.zone).replace(tzinfo=None, microsecond=0) if moment else None


def _sheet(book: Workbook, title: str, table: Table) -> None:
    sheet = book.create_sheet(title)
    for row in table:
        sheet.append([escape(cell) if isinstance(cell, str) else cell for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cells in sheet.iter_cols():
        longest = max(
            19 if isinstance(cell.value, datetime) else len(str(cell.value or "")) for cell in cells[1:] or cells
        )
        sheet.column_dimensions[get_column_letter(cells[0].column)].width = min(max(longest, 9), WIDEST) + 2
        for cell in cells:
            if isinstance(cell.value, str):  # text, whatever sign it begins with, when somebody edits the cell, too
                cell.data_type, cell.quotePrefix = "s", looks_like_formula(cell.value)
            if isinstance(cell.value, datetime):
                cell.number_format = "dd/mm/yyyy hh:mm:ss"
    sheet.freeze_panes = "A2"
