"""What a commune reports: everything of a month, or what was done for one dispatch, over all of its boxes."""

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
from .log_export import Journal, own, read
from .records import Records
from .report_tables import Report, as_csv, counted
from .tally import subject, tally
from .workbook import as_xlsx

FORMS = {".xlsx": as_xlsx, ".csv": as_csv}
LONGEST = timedelta(days=400)  # that is looked back for what was done for a dispatch
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


def write(
    data: ReportData,
    period: Period | None,
    source: str | None,
    logs: Sequence[Path],
    output: Path,
    translate: Callable[[str], str],
    progress: Progress | None = None,
) -> Message:
    """Write a report on the days of `period`, or on all bulletins whose source holds the words `source`.

    Returns since when it counts: what was planned before the first airing that any log tells of is not counted.

    `logs` are what other boxes exported. Raises `BadUsage`, `NotFound`, `BadFile` for a log that is not whole or is
    another commune's, `WriteError`.
    """
    form = FORMS.get(output.suffix.lower())
    if form is None:
        raise BadUsage(Message("{file}: a report is an .xlsx or a .csv file", file=output.name))
    only = None if period else _of_source(data, source or "")
    asked = _window(data, period) if period else (data.now - LONGEST, data.now)

    def told(record: AsRunRecord) -> bool:
        return asked[0] <= record.scheduled_at < asked[1] and _wanted(subject(record), only)

    with closing(Records(told, progress)) as kept:
        journals = [_own(data, asked, kept), *(_ours(data, path, kept) for path in logs)]
        whole = asked if period else _heard(data, asked, kept, only or {})
        report = _report(data, period or _days(whole), whole, journals, kept, only)
        write_atomic(output, lambda file: form(report, lambda message: message.say(translate), file))
    return counted(report)


def _own(data: ReportData, window: Window, records: Records) -> Journal:
    return own(data.log, data.box.plays, data.now, *window, records)


def _of_source(data: ReportData, source: str) -> dict[str, Bulletin]:
    found = {name: one for name, one in data.bulletins.items() if source.casefold() in one.source.casefold()}
    if not found:
        raise NotFound(Message("no bulletin has “{text}” in its “source”", text=source))
    return found


def _heard(data: ReportData, window: Window, records: Records, only: Mapping[str, Bulletin]) -> Window:
    """From the first day on which these bulletins could be heard until now."""
    valid = [datetime.combine(one.valid_from, time(), data.commune.zone) for one in only.values() if one.valid_from]
    first = [record.scheduled_at for record in islice(records, 1)]
    return max(min([*first, *valid], default=window[1]), window[0]), window[1]


def _report(
    data: ReportData,
    days: Period,
    window: Window,
    journals: Sequence[Journal],
    records: Records,
    only: Mapping[str, Bulletin] | None,
) -> Report:
    zone, (begins, ends) = data.commune.zone, window
    since = min((one.begins for one in journals if one.begins), default=None)
    counting = max(begins, since or ends), ends
    airings = (one for one in _planned(data, counting) if _wanted(subject(one), only))
    villages = _villages(data)
    return Report(
        commune=data.commune.name,
        source=_source(only),
        days=days,
        since=since,
        until=ends,
        made=data.now,
        lines=tally([one for one in journals if one.overlaps(*counting)], records, airings, list(villages)),
        records=records,
        journals=journals,
        villages=villages,
        bulletins={name: one.title for name, one in data.bulletins.items()},
        zone=zone,
    )


def _days(window: Window) -> Period:
    begins, ends = window
    return begins.date(), ends.date()


def _source(only: Mapping[str, Bulletin] | None) -> str | None:
    """The dispatch, as its bulletins name it."""
    return "; ".join(dict.fromkeys(one.source for one in only.values())) if only else None


def _planned(data: ReportData, window: Window) -> Iterator[Airing]:
    """The plan of the window, a month at a time: that of years would fill the memory."""
    begins, ends = window
    while begins < ends:
        after = min(begins + MONTH, ends)
        yield from data.plan(begins, after)
        begins = after


def _wanted(bulletin: str, only: Mapping[str, Bulletin] | None) -> bool:
    return only is None or bulletin in only


def _villages(data: ReportData) -> dict[str, str]:
    """Every village's name, in the commune's order."""
    names = {schedule.id: schedule.name for schedule in data.schedules}
    ids: Iterable[str] = dict.fromkeys([*data.commune.villages, *names])
    return {village: names.get(village, village) for village in ids}


def days_of(month: str) -> Period:
    """The first and the last day of a month, written as 2026-11 or 11/2026. Raises `BadUsage`."""
    try:
        parts = re.fullmatch(r"(\d{1,2})[/-](\d{4})", month)
        first = date(int(parts[2]), int(parts[1]), 1) if parts else date.fromisoformat(f"{month}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadUsage(Message("“{value}” is no month; write it as 2026-11 or 11/2026", value=month)) from None


def _window(data: ReportData, period: Period) -> Window:
    """From the first instant of its first day to the last of its last, or until now."""
    zone, (first, last) = data.commune.zone, period
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone), min(after, data.now)


def _ours(data: ReportData, path: Path, records: Records) -> Journal:
    journal, ours = read(path, records), data.commune.id
    if journal.commune != ours:
        message = Message("this log is of commune “{theirs}”, not of “{ours}”", theirs=journal.commune, ours=ours)
        raise BadFile([Problem(path.name, 1, message)])
    return journal
