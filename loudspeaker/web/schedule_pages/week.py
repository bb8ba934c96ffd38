"""Lịch tuần: a week as it is planned and as it went, to look at, to print, and to send round as a short text."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import Response

from ...config import values
from ...model.board import Health
from ...model.lunar import Lunar, lunar
from ...station.station import Station
from ...yamlfile import Mistake
from ..pages import PageRequest, Routes
from ..setting_pages.file_mistakes import SCHEDULE, BrokenFile, broken_files
from ..shared_station import AirState, village_names
from .week_copy import A_WEEK, has_copy
from .week_table import DAYS, WeekTable, monday_of, week_table

TO_TET = 60  # days before Tết from which on they are counted


@dataclass(frozen=True, slots=True)
class Week:
    """What the page shows of a week."""

    commune: str
    now: datetime
    table: WeekTable
    monday: date
    chosen: date  # the day that a telephone shows
    village: str  # "" for all
    names: Mapping[str, str]  # of villages, by id
    broken: tuple[BrokenFile, ...]  # schedules with mistakes
    days_to_tet: str | None  # where Tết is near
    can_copy: bool  # is this week empty, and was something in the one before?

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def before(self) -> date:
        return self.monday - A_WEEK

    @property
    def after(self) -> date:
        return self.monday + A_WEEK

    @property
    def last(self) -> date:
        return self.monday + A_WEEK - timedelta(days=1)


def show_week(page: PageRequest) -> Response:
    return page.page("week.html", week=_week(page))


def print_week(page: PageRequest) -> Response:
    return page.page("week_print.html", week=_week(page))


def show_message(page: PageRequest) -> Response:
    """The week's days to come as a text for a telephone, to be copied."""
    week = _week(page)
    lines = [line for number in range(DAYS) for line in _day_lines(page, week, number)]
    return page.page("week_message.html", week=week, text="\n".join(lines))


def _day_lines(page: PageRequest, week: Week, number: int) -> list[str]:
    """One day of the text: its date, then time, villages and title of what will be heard."""
    day = week.table.days[number]
    lines = [
        f"{line.at} {line.title} ({line.villages})"
        for row in week.table.rows
        for line in row.cells[number].lines
        if line.outcome.kind != "bad"
    ]
    name = day.name.say(page.site.translate)
    return [f"{name} {day.day.day}/{day.day.month}:", *lines, ""] if lines and day.day >= week.today else []


def _week(page: PageRequest) -> Week:
    """The week that is asked for."""
    week, day, village = (page.query.get(name, "") for name in ("tuan", "ngay", "thon"))
    return page.console.shared_station.share(_read_week, week, day, village)


def _read_week(station: Station, _air: AirState, _health: Health, week: str, day: str, village: str) -> Week:
    """The same for everybody who asks for it: `day` is the one that is chosen, in the week in which `week` lies."""
    wanted, now, names = _day(week), station.clock.now(), village_names(station)
    chosen = _day(day) or (now.date() if wanted is None else wanted)
    monday = monday_of(wanted or chosen)
    village = village if village in names else ""
    planned = station.airings.plan(monday, DAYS, village or None)
    chosen = chosen if monday <= chosen < monday + A_WEEK else monday
    table = week_table(planned, monday, station.files.commune.policy_of(village, chosen), now, names)
    broken = broken_files(station, SCHEDULE)
    copies = table.is_empty and has_copy(station, monday, village)
    commune, days_to_tet = station.files.commune.name, _days_to_tet(station, now)
    return Week(commune, now, table, monday, chosen, village, names, tuple(broken), days_to_tet, copies)


def _day(text: str) -> date | None:
    """As the address has it; None where it names no day that a schedule may have."""
    with suppress(Mistake):
        return values.day(text)
    return None


def _days_to_tet(station: Station, now: datetime) -> str | None:
    """How many days there are left to Tết, when it is near."""
    for ahead in range(1, TO_TET + 1):
        if lunar(now.date() + timedelta(days=ahead)) == Lunar(1, False, 1):
            return str(ahead)
    return None


ROUTES: Routes = {"GET /lich": show_week, "GET /lich/in": print_week, "GET /lich/tin-nhan": show_message}
