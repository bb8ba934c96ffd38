"""Chép tuần trước: what one week had, once more in the next on the same weekdays; shown before it is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from ...config.entry_sentences import describe_entry
from ...config.schedule_entries import Entry
from ...errors import BadFile, BadUsage, Message, NotFound, Refused
from ...model.bulletin import Bulletin
from ...model.schedule_change import EntryKey
from ...station.editing.schedule_editing import EntryEdit
from ...station.editing.what_if import AHEAD, ChangeEffect
from ...station.station import Station
from ..pages import PageRequest, Routes
from ..shared_station import village_names
from .week_table import DAYS, monday_of

A_WEEK = timedelta(days=DAYS)
FURTHEST = 62  # days ahead for which what a copy does is still planned
DAY_KEYS = {"days", "lunar", "monthdays", "weeks", "on", "from", "until", "except"}  # of an entry: when it falls


@dataclass(frozen=True, slots=True)
class CopiedEntry:
    """An entry as it is to stand in the schedule of a village: what it airs, and when, in words."""

    village: str
    title: str
    words: Message


@dataclass(frozen=True, slots=True)
class WeekCopy:
    """What a copy of the week before would add from `monday` on, and what that does."""

    monday: date
    village: str  # "" for all
    entries: tuple[CopiedEntry, ...]
    effect: ChangeEffect

    @property
    def is_late(self) -> bool:
        """Would something have to wait, but be heard?"""
        return self.effect.comparison.bearable and not self.effect.comparison.clean


def show_copy(page: PageRequest) -> Response:
    """What would be added, before it is."""
    with page.console.shared_station.station() as station:
        copy = _copy(station, page.query.get("tuan", ""), page.query.get("thon", ""))
    return page.page("week_copy.html", copy=copy)


def save_copy(page: PageRequest) -> Response:
    """Raises `Refused` where something would not be heard, or wait where nobody has accepted that."""
    with page.console.shared_station.station() as station:
        copy = _copy(station, page.text("tuan"), page.text("thon"))
        late = bool(page.text("late"))
        station.editing.schedules.save(copy.effect, page.person.account.name, accept_late=late)
    page.note_saved(copy.effect.change)
    return page.go(f"/lich?tuan={copy.monday}&luu=1")


def has_copy(station: Station, monday: date, village: str) -> bool:
    """Is there something in the week before that could be copied into this one?"""
    return _is_near(station, monday) and any(_days_to_copy(station, monday, village))


def _copy(station: Station, week: str, village: str) -> WeekCopy:
    """Raises `BadUsage` for a week that is no week, `Refused` where there is nothing to copy."""
    try:
        monday = monday_of(date.fromisoformat(week))
    except ValueError:
        raise BadUsage(Message("this is no week")) from None
    if not _is_near(station, monday):
        raise BadUsage(Message("this week is past, or too far ahead"))
    village = village if village in village_names(station) else ""
    edits = list(_edits(station, monday, village))
    if not edits:
        raise Refused(Message("there is nothing in the week before that could be copied"))
    names, bulletins = village_names(station), station.files.contents.bulletins
    days = max(AHEAD, (monday + A_WEEK - station.clock.now().date()).days)
    schedules = station.editing.schedules
    effect = schedules.suppose(schedules.change(edits), days)
    entries = (
        CopiedEntry(names.get(village, village), _title(entry, bulletins), describe_entry(entry))
        for village, entry in ((edit.village, edit.entry) for edit in edits)
        if entry
    )
    return WeekCopy(monday, village, tuple(entries), effect)


def _title(entry: Entry, bulletins: Mapping[str, Bulletin]) -> str:
    name = entry.get("bulletin", entry.get("name", [""]))[0]
    return bulletins[name].title if name in bulletins else name


def _is_near(station: Station, monday: date) -> bool:
    ahead = (monday - station.clock.now().date()).days
    return -DAYS < ahead <= FURTHEST


def _edits(station: Station, monday: date, village: str) -> Iterator[EntryEdit]:
    """A new entry for each that was aired in the week before, with the days of this week on which it would be."""
    for (where, name), days in _days_to_copy(station, monday, village):
        with suppress(NotFound, BadFile):  # it was taken out since, or its file is broken
            entry = station.editing.schedules.entry(where, name).entry
            other_keys = {key: texts for key, texts in entry.items() if key not in DAY_KEYS}
            yield EntryEdit(where, "", {**other_keys, "on": [day.isoformat() for day in days]})


def _days_to_copy(station: Station, monday: date, village: str) -> Iterator[tuple[EntryKey, list[date]]]:
    """The entries of the week before, each with the days a week later on which this one has not the same yet."""
    today = station.clock.now().date()
    this_week = station.airings.plan(monday, DAYS, village or None)
    copied_already = {(planned.village, planned.title, planned.scheduled_at) for planned in this_week}
    days_of: dict[EntryKey, set[date]] = {}
    for planned in station.airings.plan(monday - A_WEEK, DAYS, village or None):
        again = planned.scheduled_at + A_WEEK
        is_there = (planned.village, planned.title, again) in copied_already
        if again.date() >= today and not is_there and "@" not in planned.broadcast:
            days_of.setdefault((planned.village, planned.broadcast), set()).add(again.date())
    yield from ((key, sorted(days)) for key, days in days_of.items())


ROUTES: Routes = {"GET /lich/chep": show_copy, "POST /lich/chep": save_copy}
