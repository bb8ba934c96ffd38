"""What a commune reports: everything of a month, or what was done for one dispatch, over all of its boxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol

from ..errors import BadFile, BadUsage, Message, NotFound, Problem
from ..model.airing import Airing
from ..model.asrun_record import AsRunRecord
from ..model.box import Box
from ..model.broadcast import VillageSchedule
from ..model.bulletin import Bulletin
from ..model.commune import Commune
from ..store.asrun import AsRunLog, Progress
from ..store.atomic import write_atomic
from .exported import Journal, own, read
from .paper import Report, as_csv, counted
from .records import Records
from .tally import subject, tally
from .workbook import as_xlsx

FORMS = {".xlsx": as_xlsx, ".csv": as_csv}
LONGEST = timedelta(days=400)  # that is looked back for what was done for a dispatch
MONTH = timedelta(days=31)

Period = tuple[date, date]  # the first and the last day
Window = tuple[datetime, datetime]  # from, up to but not including


class Contents(Protocol):
    """People's files, as far as a report needs them."""

    @property
    def schedules(self) -> tuple[VillageSchedule, ...]: ...

    @property
    def bulletins(self) -> Mapping[str, Bulletin]: ...


class Station(Protocol):
    """The station, as far as a report needs it."""

    @property
    def contents(self) -> Contents: ...

    @property
    def commune(self) -> Commune: ...

    @property
    def box(self) -> Box: ...

    @property
    def log(self) -> AsRunLog: ...

    @property
    def say(self) -> Callable[[str], str]: ...

    def now(self) -> datetime: ...

    def airings(self, begins: datetime, ends: datetime) -> Sequence[Airing]: ...


def write(
    station: Station,
    period: Period | None,
    source: str | None,
    logs: Sequence[Path],
    output: Path,
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
    only = None if period else _of_source(station, source or "")
    asked = _window(station, period) if period else (station.now() - LONGEST, station.now())

    def told(record: AsRunRecord) -> bool:
        return asked[0] <= record.scheduled_at < asked[1] and _wanted(subject(record), only)

    with closing(Records(told, progress)) as kept:
        journals = [_own(station, asked, kept), *(_ours(station, path, kept) for path in logs)]
        whole = asked if period else _heard(station, asked, kept, only or {})
        report = _report(station, period or _days(whole), whole, journals, kept, only)
        write_atomic(output, lambda file: form(report, lambda message: message.say(station.say), file))
    return counted(report)


def _own(station: Station, window: Window, records: Records) -> Journal:
    return own(station.log, station.box.plays, station.now(), *window, records)


def _of_source(station: Station, source: str) -> dict[str, Bulletin]:
    found = {
        name: one for name, one in station.contents.bulletins.items() if source.casefold() in one.source.casefold()
    }
    if not found:
        raise NotFound(Message("no bulletin has “{text}” in its “source”", text=source))
    return found


def _heard(station: Station, window: Window, records: Records, only: Mapping[str, Bulletin]) -> Window:
    """From the first day on which these bulletins could be heard until now."""
    valid = [datetime.combine(one.valid_from, time(), station.commune.zone) for one in only.values() if one.valid_from]
    first = [record.scheduled_at for record in islice(records, 1)]
    return max(min([*first, *valid], default=window[1]), window[0]), window[1]


def _report(
    station: Station,
    days: Period,
    window: Window,
    journals: Sequence[Journal],
    records: Records,
    only: Mapping[str, Bulletin] | None,
) -> Report:
    zone, (begins, ends) = station.commune.zone, window
    since = min((one.begins for one in journals if one.begins), default=None)
    counting = max(begins, since or ends), ends
    airings = (one for one in _planned(station, counting) if _wanted(subject(one), only))
    villages = _villages(station)
    return Report(
        commune=station.commune.name,
        source=_source(only),
        days=days,
        since=since,
        until=ends,
        made=station.now(),
        lines=tally([one for one in journals if one.overlaps(*counting)], records, airings, list(villages)),
        records=records,
        journals=journals,
        villages=villages,
        bulletins={name: one.title for name, one in station.contents.bulletins.items()},
        zone=zone,
    )


def _days(window: Window) -> Period:
    begins, ends = window
    return begins.date(), ends.date()


def _source(only: Mapping[str, Bulletin] | None) -> str | None:
    """The dispatch, as its bulletins name it."""
    return "; ".join(dict.fromkeys(one.source for one in only.values())) if only else None


def _planned(station: Station, window: Window) -> Iterator[Airing]:
    """The plan of the window, a month at a time: that of years would fill the memory."""
    begins, ends = window
    while begins < ends:
        after = min(begins + MONTH, ends)
        yield from station.airings(begins, after)
        begins = after


def _wanted(bulletin: str, only: Mapping[str, Bulletin] | None) -> bool:
    return only is None or bulletin in only


def _villages(station: Station) -> dict[str, str]:
    """Every village's name, in the commune's order."""
    names = {schedule.id: schedule.name for schedule in station.contents.schedules}
    ids: Iterable[str] = dict.fromkeys([*station.commune.villages, *names])
    return {village: names.get(village, village) for village in ids}


def days_of(month: str) -> Period:
    """The first and the last day of a month, written as 2026-11 or 11/2026. Raises `BadUsage`."""
    try:
        parts = re.fullmatch(r"(\d{1,2})[/-](\d{4})", month)
        first = date(int(parts[2]), int(parts[1]), 1) if parts else date.fromisoformat(f"{month}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadUsage(Message("“{value}” is no month; write it as 2026-11 or 11/2026", value=month)) from None


def _window(station: Station, period: Period) -> Window:
    """From the first instant of its first day to the last of its last, or until now."""
    zone, (first, last) = station.commune.zone, period
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone), min(after, station.now())


def _ours(station: Station, path: Path, records: Records) -> Journal:
    journal, ours = read(path, records), station.commune.id
    if journal.commune != ours:
        message = Message("this log is of commune “{theirs}”, not of “{ours}”", theirs=journal.commune, ours=ours)
        raise BadFile([Problem(path.name, 1, message)])
    return journal
