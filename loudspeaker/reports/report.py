"""A commune's report: everything of a month, or what was done for one dispatch, over all of its boxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from ..errors import BadFile, BadUsage, Message, NotFound, Problem
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.box import Box
from ..model.broadcast import VillageSchedule
from ..model.bulletin import Bulletin
from ..model.commune import Commune
from ..store.asrun import AsRunLog, Progress
from ..store.atomic import write_atomic
from .log_export import BoxLog, read_export, read_own_log
from .records import RecordStore
from .report_tables import Report, counting_note, write_csv
from .tally import subject, tally
from .workbook import write_xlsx

FORMS = {".xlsx": write_xlsx, ".csv": write_csv}
LONGEST = timedelta(days=400)  # how far a report on a dispatch looks back
MONTH = timedelta(days=31)

Period = tuple[date, date]  # the first and the last day
Window = tuple[datetime, datetime]  # from, up to but not including


@dataclass(frozen=True, slots=True)
class ReportData:
    """What a report is drawn from: a station's files, its log, and `plan`, which returns the airings of a window."""

    commune: Commune
    box: Box
    schedules: Sequence[VillageSchedule]
    bulletins: Mapping[str, Bulletin]
    log: AsRunLog
    now: datetime
    plan: Callable[[datetime, datetime], Sequence[Airing]]


def write_report(
    data: ReportData,
    period: Period | None,
    source: str | None,
    logs: Sequence[Path],
    output: Path,
    translate: Callable[[str], str],
    progress: Progress | None = None,
) -> Message:
    """Write a report on the days of `period`, or on all bulletins whose source holds the words `source`.

    `logs` are what other boxes exported. Returns since when it counts: what was planned before the first airing in any
    log is not counted.

    Raises `BadUsage` where `output` is no .xlsx or .csv, `NotFound` where no bulletin has that source, `BadFile` for a
    log that is not whole or is another commune's, `WriteError`.
    """
    form = FORMS.get(output.suffix.lower())
    if form is None:
        raise BadUsage(Message("{file}: a report is an .xlsx or a .csv file", file=output.name))
    bulletins = None if period else _find_bulletins(data, source or "")
    window = _month_window(data, period) if period else (data.now - LONGEST, data.now)

    def accept(record: AsRunRecord) -> bool:
        return window[0] <= record.scheduled_at < window[1] and _is_about(subject(record), bulletins)

    with closing(RecordStore(accept, progress)) as records:
        box_logs = [_read_own(data, window, records), *(_read_other(data, path, records) for path in logs)]
        shown = window if period else _source_window(data, window, records, bulletins or {})
        report = _make_report(data, period or _days(shown), shown, box_logs, records, bulletins)
        write_atomic(output, lambda file: form(report, lambda message: message.say(translate), file))
    return counting_note(report)


def _read_own(data: ReportData, window: Window, records: RecordStore) -> BoxLog:
    return read_own_log(data.log, data.box.plays, data.now, *window, records)


def _find_bulletins(data: ReportData, source: str) -> dict[str, Bulletin]:
    """The bulletins whose source holds the words `source`, by id. Raises `NotFound`."""
    words = source.casefold()
    bulletins = {ident: bulletin for ident, bulletin in data.bulletins.items() if words in bulletin.source.casefold()}
    if not bulletins:
        raise NotFound(Message("no bulletin has “{text}” in its “source”", text=source))
    return bulletins


def _source_window(data: ReportData, window: Window, records: RecordStore, bulletins: Mapping[str, Bulletin]) -> Window:
    """From the first day on which these bulletins could be heard until now."""
    days = [bulletin.valid_from for bulletin in bulletins.values() if bulletin.valid_from]
    valid = [datetime.combine(day, time(), data.commune.zone) for day in days]
    first = [record.scheduled_at for record in islice(records, 1)]
    return max(min([*first, *valid], default=window[1]), window[0]), window[1]


def _make_report(
    data: ReportData,
    days: Period,
    window: Window,
    box_logs: Sequence[BoxLog],
    records: RecordStore,
    bulletins: Mapping[str, Bulletin] | None,
) -> Report:
    zone, (begins, ends) = data.commune.zone, window
    since = min((log.begins for log in box_logs if log.begins), default=None)
    counted = max(begins, since or ends), ends
    airings = (airing for airing in _plan_by_month(data, counted) if _is_about(subject(airing), bulletins))
    villages = _villages(data)
    return Report(
        commune=data.commune.name,
        source=_source_name(bulletins),
        days=days,
        since=since,
        until=ends,
        made=data.now,
        lines=tally([log for log in box_logs if log.overlaps(*counted)], records, airings, list(villages)),
        records=records,
        box_logs=box_logs,
        villages=villages,
        bulletins={ident: bulletin.title for ident, bulletin in data.bulletins.items()},
        zone=zone,
    )


def _days(window: Window) -> Period:
    begins, ends = window
    return begins.date(), ends.date()


def _source_name(bulletins: Mapping[str, Bulletin] | None) -> str | None:
    """The dispatch, as its bulletins name it."""
    return "; ".join(dict.fromkeys(bulletin.source for bulletin in bulletins.values())) if bulletins else None


def _plan_by_month(data: ReportData, window: Window) -> Iterator[Airing]:
    """The plan of the window, a month at a time: that of years would fill the memory."""
    begins, ends = window
    while begins < ends:
        after = min(begins + MONTH, ends)
        yield from data.plan(begins, after)
        begins = after


def _is_about(bulletin: str, bulletins: Mapping[str, Bulletin] | None) -> bool:
    return bulletins is None or bulletin in bulletins


def _villages(data: ReportData) -> dict[str, str]:
    """Every village's name, in the commune's order."""
    names = {schedule.id: schedule.name for schedule in data.schedules}
    ids: Iterable[str] = dict.fromkeys([*data.commune.villages, *names])
    return {village: names.get(village, village) for village in ids}


def month_days(month: str) -> Period:
    """The first and the last day of a month, written as 2026-11 or 11/2026. Raises `BadUsage`."""
    try:
        parts = re.fullmatch(r"(\d{1,2})[/-](\d{4})", month)
        first = date(int(parts[2]), int(parts[1]), 1) if parts else date.fromisoformat(f"{month}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadUsage(Message("“{value}” is no month; write it as 2026-11 or 11/2026", value=month)) from None


def _month_window(data: ReportData, period: Period) -> Window:
    """From the first instant of its first day to the last of its last, or until now."""
    zone, (first, last) = data.commune.zone, period
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone), min(after, data.now)


def _read_other(data: ReportData, path: Path, records: RecordStore) -> BoxLog:
    """The log of another box. Raises `BadFile` where it is not whole, or another commune's."""
    box_log, ours = read_export(path, records), data.commune.id
    merged = {event.facts.get("commune") for event in data.log.events("moved")}  # what is theirs by now
    if box_log.commune != ours and box_log.commune not in merged:
        message = Message("this log is of commune “{theirs}”, not of “{ours}”", theirs=box_log.commune, ours=ours)
        raise BadFile([Problem(path.name, 1, message)])
    return box_log
