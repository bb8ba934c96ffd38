"""What a commune reports: everything of a month, or what was done for one dispatch, over all of its boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from ..errors import BadFile, BadUsage, Message, NotFound, Problem
from ..schedule.airing import Airing
from ..schedule.box import Box
from ..schedule.broadcasts import VillageSchedule
from ..schedule.commune import Commune
from ..script.bulletin import Bulletin
from ..store.asrun import AsRunLog
from ..store.files import write_whole
from .exported import Journal, own, read
from .paper import Report, as_csv, as_xlsx
from .tally import merged, subject, tally

FORMS = {".xlsx": as_xlsx, ".csv": as_csv}
LONGEST = timedelta(days=400)  # that a plan is looked back for

Window = tuple[datetime, datetime]


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


def write(station: Station, month: str | None, source: str | None, logs: Sequence[Path], output: Path) -> None:
    """Write a report on `month` (YYYY-MM), or on all bulletins whose source holds the words `source`.

    `logs` are what other boxes exported. Raises `BadUsage`, `NotFound`, `BadFile` for a log that is not whole or is
    another commune's, `NotWritten`.
    """
    form = FORMS.get(output.suffix.lower())
    if form is None:
        raise BadUsage(Message("{file}: a report is an .xlsx or a .csv file", file=output.name))
    journals = [own(station.log, station.box.plays, station.now()), *(_ours(station, path) for path in logs)]
    report = _monthly(station, month, journals) if month else _by_source(station, source or "", journals)
    write_whole(output, form(report, lambda message: message.say(station.say)))


def _monthly(station: Station, month: str, journals: Sequence[Journal]) -> Report:
    return _report(station, month, journals, _window(station, month), None)


def _by_source(station: Station, source: str, journals: Sequence[Journal]) -> Report:
    """What was done for one dispatch, from the first day on which its bulletins could be heard until now."""
    found = {
        name: one for name, one in station.contents.bulletins.items() if source.casefold() in one.source.casefold()
    }
    if not found:
        raise NotFound(Message("no bulletin has “{text}” in its “source”", text=source))
    zone, now = station.commune.zone, station.now()
    heard = [record.scheduled_at for journal in journals for record in journal.records if record.bulletin in found]
    valid = [datetime.combine(one.valid_from, time(), zone) for one in found.values() if one.valid_from]
    begins = max(min([*heard, *valid], default=now), now - LONGEST)
    return _report(station, source, journals, (begins, now), found)


def _report(
    station: Station, heading: str, journals: Sequence[Journal], window: Window, only: Mapping[str, Bulletin] | None
) -> Report:
    begins, ends = window
    records = [one for one in merged(journals) if begins <= one.scheduled_at < ends and _wanted(subject(one), only)]
    airings = [one for one in station.airings(begins, ends) if _wanted(subject(one), only)] if begins < ends else []
    villages = _villages(station)
    return Report(
        heading=heading,
        lines=tally([one for one in journals if one.overlaps(begins, ends)], records, airings, list(villages)),
        records=records,
        journals=journals,
        villages=villages,
        bulletins={name: one.title for name, one in station.contents.bulletins.items()},
        zone=station.commune.zone,
    )


def _wanted(bulletin: str, only: Mapping[str, Bulletin] | None) -> bool:
    return only is None or bulletin in only


def _villages(station: Station) -> dict[str, str]:
    """Every village's name, in the commune's order."""
    names = {schedule.id: schedule.name for schedule in station.contents.schedules}
    ids: Iterable[str] = dict.fromkeys([*station.commune.villages, *names])
    return {village: names.get(village, village) for village in ids}


def _window(station: Station, month: str) -> Window:
    """From the first instant of a month to its last, or until now."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise BadUsage(Message("“{value}” is no month; write it as 2026-11", value=month)) from None
    zone = station.commune.zone
    after = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time(), zone), min(datetime.combine(after, time(), zone), station.now())


def _ours(station: Station, path: Path) -> Journal:
    journal, ours = read(path), station.commune.id
    if journal.commune != ours:
        message = Message("this log is of commune “{theirs}”, not of “{ours}”", theirs=journal.commune, ours=ours)
        raise BadFile([Problem(path.name, 1, message)])
    return journal
