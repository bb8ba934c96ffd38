"""A report's tables: the summary, every airing, the logs. As rows of cells; the summary also as a file (.csv)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import BinaryIO

from ..errors import Message
from ..model.asrun_record import AsRunRecord
from ..plaintext import guard_formula
from .log_export import BoxLog
from .outcome_words import MISSED, VERDICTS
from .tally import AiringKind, Outcome, TallyLine, kind_of, minutes, outcome, subject

# The title of a line: with its bulletin's, and without one.
KINDS = {
    AiringKind.EMERGENCY: ("emergency: {title}", Message("emergency")),
    AiringKind.ALL_CLEAR: ("all-clear: {title}", Message("all-clear")),
    AiringKind.CORRECTION: ("correction of a false alarm: {title}", Message("correction of a false alarm")),
    AiringKind.DRILL: ("drill: {title}", Message("drill")),
    AiringKind.DRILL_END: ("end of a drill: {title}", Message("end of a drill")),
}
NO_LOG = Message("no log yet")
COUNTS = (Message("Village"), Message("Bulletin"), Message("Title"), Message("Planned"), Message("Aired"))
MORE_COUNTS = (Message("Replayed by hand"), Message("Emergencies"), Message("Drills"), Message("All-clears"))
DETAILS = (
    *(Message("Village"), Message("Bulletin"), Message("Planned at"), Message("Started at"), Message("Minutes")),
    *(Message("Result"), Message("Reason"), Message("Voice"), Message("Asked for by")),
)
LOGS = (*(Message("Log"), Message("Villages"), Message("From"), Message("To"), Message("Entries"), Message("Head")),)

KIND_OF_COMMUNE = re.compile(r"^(?:xã|phường|thị trấn|đặc khu)\s+(?!\d)", re.IGNORECASE)  # Phường 5 keeps it

Translate = Callable[[Message], str]
Cell = str | int | float | datetime | None
Row = list[Cell]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows; `villages` and `bulletins` give names for display."""

    commune: str
    source: str | None  # the words of the dispatch that it is about; None: it is about everything
    days: tuple[date, date]  # the first and the last that were asked for
    since: datetime | None  # when the first airing in any log was due
    until: datetime  # it counts up to then, but not including it
    made: datetime
    lines: Sequence[TallyLine]
    records: Iterable[AsRunRecord]
    box_logs: Sequence[BoxLog]
    villages: Mapping[str, str]
    bulletins: Mapping[str, str]
    zone: tzinfo


def date_line(commune: str, day: date) -> Message:
    """Place and day as an official paper has them: nghị định 30/2020/NĐ-CP, appendix I, part II, 4.

    A commune stands by its name alone, unless that is a number; days below 10 and the months 1 and 2 have two digits.
    """
    place, month = KIND_OF_COMMUNE.sub("", commune), f"{day.month:02}" if day.month < 3 else str(day.month)
    return Message("{place}, {day}/{month}/{year}", place=place, day=f"{day:%d}", month=month, year=day.year)


def write_csv(report: Report, translate: Translate, file: BinaryIO) -> None:
    """Write the summary, with the mark by which Excel knows UTF-8; each row tells since when it counts."""
    since = report.since.astimezone(report.zone).isoformat(timespec="seconds") if report.since else ""
    head, *rows = summary(report, translate)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [guard_formula(cell) if isinstance(cell, str) else cell for cell in row]
        for row in [[*head, translate(Message("Counted since"))], *([*row, since] for row in rows)]
    )
    file.write(text.getvalue().encode("utf-8-sig"))


def heading(report: Report, translate: Translate) -> str:
    """What the report is about, in one line."""
    when = translate(_period(*report.days))
    if report.source:
        return translate(Message("What was broadcast for “{source}”, {when}", source=report.source, when=when))
    return translate(Message("What was broadcast by the loudspeakers, {when}", when=when))


def counting_note(report: Report) -> Message:
    """Since when and until when it counts, for whoever compares it with a plan."""
    if report.since is None:
        return Message("The as-run log tells of no airing yet.")
    since, until = (moment.astimezone(report.zone) for moment in (report.since, report.until))
    return Message(
        "By the as-run log, which begins with the airing of {since}; counted until {until}.",
        since=f"{since:%H:%M %d/%m/%Y}",
        until=f"{until:%H:%M %d/%m/%Y}",
    )


def totals(rows: Iterable[Row]) -> Row:
    """The sums of the counts in rows of the summary: of all columns between the title and the log."""
    columns = zip(*(row[3:-1] for row in rows), strict=True)
    return [round(sum(cell for cell in column if isinstance(cell, int | float)), 1) for column in columns]


def _period(first: date, last: date) -> Message:
    if first == last:
        return Message("on {day}", day=f"{first:%d/%m/%Y}")
    if first.day == 1 and last + timedelta(days=1) == (first + timedelta(days=31)).replace(day=1):
        return Message("in {month}/{year}", month=first.month, year=first.year)
    return Message("from {first} to {last}", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")


def summary(report: Report, translate: Translate) -> list[Row]:
    """A header, and a row for each village, kind and bulletin; a column for each reason for missing that occurs."""
    reasons = reasons_of(report)
    counts = (*COUNTS, Message("Minutes"), Message("Not aired"), *(MISSED[reason] for reason in reasons))
    header = [translate(message) for message in (*counts, *MORE_COUNTS, Message("Log"))]
    return [[*header], *(_summary_row(report, line, reasons, translate) for line in report.lines)]


def reasons_of(report: Report) -> list[Outcome]:
    """Why something was not aired in full, as far as it occurs."""
    return [verdict for verdict in MISSED if any(line.missed[verdict] for line in report.lines)]


def details(report: Report, translate: Translate) -> Iterator[Row]:
    """A header, and one row for each airing that has a verdict."""
    yield [translate(message) for message in DETAILS]
    results = {outcome: translate(message) for outcome, message in VERDICTS.items()}
    for record in report.records:
        yield _detail_row(report, record, results, translate)


def logs(report: Report, translate: Translate) -> Iterator[Row]:
    """A header, and one row for each log that was read, with the head of its hash chain: an edit would change it."""
    yield [translate(message) for message in LOGS]
    for box_log in report.box_logs:
        yield _log_row(report, box_log, translate)


def title_of(report: Report, line: TallyLine, translate: Translate) -> str:
    """The title of a line: its bulletin's, and of an alarm what it was."""
    title = report.bulletins.get(line.bulletin, "")
    if line.kind is AiringKind.BROADCAST:
        return title
    with_title, alone = KINDS[line.kind]
    return translate(Message(with_title, title=title)) if title else translate(alone)


def _summary_row(report: Report, line: TallyLine, reasons: Sequence[Outcome], translate: Translate) -> Row:
    counts = [line.planned, line.aired, round(line.minutes, 1), line.missed.total()]
    return [
        *(report.villages.get(line.village, line.village), line.bulletin, title_of(report, line, translate)),
        *(counts if line.logged else [line.planned, translate(NO_LOG), "", ""]),
        *(line.missed[verdict] for verdict in reasons),
        *(line.replays, line.emergencies, line.drills, line.endings, _log_status(line, translate)),
    ]


def _subject_text(record: AsRunRecord, translate: Translate) -> str:
    """What was said in one airing, and whether it was a drill."""
    text = subject(record) or record.title or translate(KINDS[kind_of(record)][1])  # only an alarm has no subject
    return translate(Message("{what} (drill)", what=text)) if record.drill else text


def _log_status(line: TallyLine, translate: Translate) -> str:
    if not line.logged:
        return translate(NO_LOG)
    if line.unlogged:
        return translate(Message("no log yet for {count}", count=line.unlogged))
    return translate(Message("logged"))


def _detail_row(report: Report, record: AsRunRecord, results: Mapping[Outcome, str], translate: Translate) -> Row:
    return [
        *(report.villages.get(record.village, record.village), _subject_text(record, translate)),
        *(_local(report, record.scheduled_at), _local(report, record.started_at), round(minutes(record), 2)),
        *(results[outcome(record)], record.why, record.voice, record.by),
    ]


def _log_row(report: Report, box_log: BoxLog, translate: Translate) -> Row:
    villages = ", ".join(sorted(report.villages.get(village, village) for village in box_log.villages))
    return [
        *(box_log.origin or translate(Message("this box")), villages),
        *(_local(report, box_log.begins), _local(report, box_log.ends), box_log.entries, box_log.head),
    ]


def _local(report: Report, moment: datetime | None) -> datetime | None:
    """Local time without its zone, which Excel does not know."""
    return moment.astimezone(report.zone).replace(tzinfo=None, microsecond=0) if moment else None
