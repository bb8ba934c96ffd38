"""A report's tables: the summary, every airing, the logs. As rows of values; the summary also as plain lines (.csv)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, BinaryIO

from ..errors import Message
from ..model.asrun_record import AsRunRecord
from ..model.enums import Refusal, Verdict
from ..model.refusal import LABELS
from ..plaintext import guard_formula
from .log_export import Journal
from .tally import Kind, Line, Outcome, kind_of, minutes, outcome, subject

MISSED: Mapping[Outcome, Message] = {
    Verdict.AIRED_PARTLY: Message("aired in part"),
    Verdict.TO_FILE: Message("only to a file"),
    Verdict.PRE_EMPTED: Message("broken off by an alarm"),
    Verdict.STOPPED: Message("stopped"),
    Verdict.SKIPPED: Message("left out"),
    Verdict.WITHDRAWN: Message("withdrawn"),
    Verdict.REFUSED: Message("refused"),
    **{kind: LABELS[kind] for kind in Refusal},
    Verdict.DISPLACED: Message("displaced"),
    Verdict.EXPIRED: Message("too old"),
    Verdict.MISSED_OFF: Message("missed: no power, or switched off"),
    Verdict.MISSED_CLOCK: Message("missed: wrong clock"),
    Verdict.NO_AUDIO: Message("no sound from the horns"),
    Verdict.FAILED_SOUND: Message("no sound ready"),
    Verdict.FAILED_DEVICE: Message("sound card failed"),
}
VERDICTS: Mapping[Outcome, Message] = {
    Verdict.AIRED: Message("aired"),
    Verdict.AIRED_LATE: Message("aired late"),
    **MISSED,
}
# What a line is called: with its bulletin's title, and without one.
KINDS = {
    Kind.EMERGENCY: ("emergency: {title}", Message("emergency")),
    Kind.ALL_CLEAR: ("all-clear: {title}", Message("all-clear")),
    Kind.CORRECTION: ("correction of a false alarm: {title}", Message("correction of a false alarm")),
    Kind.DRILL: ("drill: {title}", Message("drill")),
    Kind.DRILL_END: ("end of a drill: {title}", Message("end of a drill")),
}
NO_LOG = Message("no log yet")

Say = Callable[[Message], str]
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report shows; `villages` and `bulletins` give names for display."""

    commune: str
    source: str | None  # the words of the dispatch that it is about; None: it is about everything
    days: tuple[date, date]  # the first and the last that were asked for
    since: datetime | None  # when the first airing was due of which any log tells
    until: datetime  # it counts up to then, but not including it
    made: datetime
    lines: Sequence[Line]
    records: Iterable[AsRunRecord]
    journals: Sequence[Journal]
    villages: Mapping[str, str]
    bulletins: Mapping[str, str]
    zone: tzinfo


def as_csv(report: Report, say: Say, file: BinaryIO) -> None:
    """The summary, with the mark by which Excel knows UTF-8; each row tells since when it counts."""
    since = report.since.astimezone(report.zone).isoformat(timespec="seconds") if report.since else ""
    head, *rows = summary(report, say)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [guard_formula(cell) if isinstance(cell, str) else cell for cell in row]
        for row in [[*head, say(Message("Counted since"))], *([*row, since] for row in rows)]
    )
    file.write(text.getvalue().encode("utf-8-sig"))


def heading(report: Report, say: Say) -> str:
    """What the report is about, in one line."""
    when = say(_period(*report.days))
    if report.source:
        return say(Message("What was broadcast for “{source}”, {when}", source=report.source, when=when))
    return say(Message("What was broadcast by the loudspeakers, {when}", when=when))


def counted(report: Report) -> Message:
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
    return [round(sum(value for value in column if not isinstance(value, str)), 1) for column in columns]


def _period(first: date, last: date) -> Message:
    if first == last:
        return Message("on {day}", day=f"{first:%d/%m/%Y}")
    if first.day == 1 and last + timedelta(days=1) == (first + timedelta(days=31)).replace(day=1):
        return Message("in {month}/{year}", month=first.month, year=first.year)
    return Message("from {first} to {last}", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")


def summary(report: Report, say: Say) -> list[Row]:
    """A head, and a row for each village, kind of airing and bulletin; of the reasons for missing, those that occur."""
    reasons = reasons_of(report)
    header = [
        *(say(Message("Village")), say(Message("Bulletin")), say(Message("Title")), say(Message("Planned"))),
        *(say(Message("Aired")), say(Message("Minutes")), say(Message("Not aired"))),
        *(say(MISSED[verdict]) for verdict in reasons),
        *(say(Message("Replayed by hand")), say(Message("Emergencies")), say(Message("Drills"))),
        *(say(Message("All-clears")), say(Message("Log"))),
    ]
    return [header, *(_summed(report, line, reasons, say) for line in report.lines)]


def reasons_of(report: Report) -> list[Outcome]:
    """Why something was not aired in full, as far as it occurs."""
    return [verdict for verdict in MISSED if any(line.missed[verdict] for line in report.lines)]


def details(report: Report, say: Say) -> Iterator[Row]:
    """A head, and one row for each airing that has a verdict."""
    yield [
        *(say(Message("Village")), say(Message("Bulletin")), say(Message("Planned at")), say(Message("Started at"))),
        *(say(Message("Minutes")), say(Message("Result")), say(Message("Reason")), say(Message("Voice"))),
        say(Message("Asked for by")),
    ]
    results = {known: say(message) for known, message in VERDICTS.items()}
    for record in report.records:
        yield _detailed(report, record, results, say)


def sources(report: Report, say: Say) -> Iterator[Row]:
    """A head, and one row for each log that was read, with the head of its chain: what a later edit would change."""
    yield [
        *(say(Message("Log")), say(Message("Villages")), say(Message("From")), say(Message("To"))),
        *(say(Message("Entries")), say(Message("Head"))),
    ]
    for journal in report.journals:
        yield _source(report, journal, say)


def title_of(report: Report, line: Line, say: Say) -> str:
    """What a line is called: by its bulletin, and of an alarm what it was."""
    title = report.bulletins.get(line.bulletin, "")
    if line.kind is Kind.BROADCAST:
        return title
    with_title, alone = KINDS[line.kind]
    return say(Message(with_title, title=title)) if title else say(alone)


def _summed(report: Report, line: Line, reasons: Sequence[Outcome], say: Say) -> Row:
    counts = [line.planned, line.aired, round(line.minutes, 1), line.missed.total()]
    return [
        *(report.villages.get(line.village, line.village), line.bulletin, title_of(report, line, say)),
        *(counts if line.logged else [line.planned, say(NO_LOG), "", ""]),
        *(line.missed[verdict] for verdict in reasons),
        *(line.by_hand, line.emergencies, line.drills, line.endings, _logged(line, say)),
    ]


def _told(record: AsRunRecord, say: Say) -> str:
    """What was said in one airing, and whether it was a drill."""
    told = subject(record) or record.title or say(KINDS[kind_of(record)][1])  # only an alarm has no subject
    return say(Message("{what} (drill)", what=told)) if record.drill else told


def _logged(line: Line, say: Say) -> str:
    if not line.logged:
        return say(NO_LOG)
    return say(Message("no log yet for {count}", count=line.unlogged)) if line.unlogged else say(Message("logged"))


def _detailed(report: Report, record: AsRunRecord, results: Mapping[Outcome, str], say: Say) -> Row:
    return [
        *(report.villages.get(record.village, record.village), _told(record, say)),
        *(_local(report, record.scheduled_at), _local(report, record.started_at), round(minutes(record), 2)),
        *(results[outcome(record)], record.why, record.voice, record.by),
    ]


def _source(report: Report, journal: Journal, say: Say) -> Row:
    villages = ", ".join(sorted(report.villages.get(village, village) for village in journal.villages))
    return [
        *(journal.origin or say(Message("this box")), villages),
        *(_local(report, journal.begins), _local(report, journal.ends), journal.entries, journal.head),
    ]


def _local(report: Report, moment: datetime | None) -> datetime | None:
    """Local time without its zone, which Excel does not know."""
    return moment.astimezone(report.zone).replace(tzinfo=None, microsecond=0) if moment else None
