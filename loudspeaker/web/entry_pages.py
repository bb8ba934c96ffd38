"""Xếp lịch: an entry of the schedules in a form, what it would do to the fourteen days to come, and the saving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from starlette.responses import Response

from ..config.entry_sentences import describe_entry, part_of_day
from ..config.schedule_entries import Entry, flow_yaml
from ..errors import BadFile, BadUsage, Message, Refused, Unreachable
from ..model.airing import Airing
from ..model.enums import Level
from ..model.requests import NoteEdit
from ..station.schedule_editing import EntryEdit, EntrySource
from ..station.station import Station
from ..station.what_if import ChangeEffect
from ..store.edits import EditConflict
from .desk import village_names
from .entry_form import (
    TICKED_LUNAR,
    AskBack,
    EntryForm,
    FieldError,
    PickerCell,
    entries_of_form,
    form_of_entry,
    must_lie_ahead,
    picker_weeks,
    read_form,
    read_times,
    short_lunar_months,
    split_list,
    write_time,
)
from .pages import PageRequest, Routes
from .week_table import SHORT

WEEKDAYS = ("2", "3", "4", "5", "6", "7", "CN")  # as in files


@dataclass(frozen=True, slots=True)
class Conflict:
    """The entry as somebody else has saved it since this form was opened."""

    words: Message
    by: str  # "" where it was another program
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form as it was sent, and what saving it would do."""

    form: EntryForm
    entries: tuple[Entry, ...] = ()
    effect: ChangeEffect | None = None
    problem: FieldError | None = None

    @property
    def asked(self) -> AskBack | None:
        """The time that may be meant otherwise."""
        return self.problem if isinstance(self.problem, AskBack) else None

    @property
    def words(self) -> list[Message]:
        """The entries in sentences, each once."""
        return list(dict.fromkeys(map(describe_entry, self.entries)))

    @property
    def times(self) -> list[int]:
        """When it begins, in seconds since midnight."""
        return read_times(self.form.at, self.form.at) if self.effect and self.form.at else []

    @property
    def yaml(self) -> list[str]:
        """The entries as they are to be written."""
        return [flow_yaml(entry) for entry in self.entries]

    @property
    def days(self) -> dict[date, list[Airing]]:
        """What will be heard of it, by day."""
        found: dict[date, list[Airing]] = {}
        for airing in self.effect.comparison.mine if self.effect else ():
            found.setdefault(airing.scheduled_at.date(), []).append(airing)
        return found


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form offers: all of it is the station's."""

    villages: Mapping[str, str]  # id -> name
    bulletins: Mapping[str, str]  # id -> title, without templates of alarms
    streams: tuple[str, ...]  # addresses that are relayed somewhere
    named: tuple[str, ...]  # named days
    sessions: tuple[tuple[int, Message], ...]  # when each begins, and what it is called
    today: date


# Answers.


def show_new(page: PageRequest) -> Response:
    bulletin, village = page.query.get("ban-tin", ""), page.query.get("thon", "")
    form = EntryForm(villages=(village,) if village else (), bulletins=(bulletin,) if bulletin else ())
    with page.console.desk.station() as station:
        offers = _offers(station)
    return _show(page, offers, Attempt(form), None)


def show_entry(page: PageRequest) -> Response:
    with page.console.desk.station() as station:
        offers, source = _offers(station), station.editing.schedules.entry(page.path["thon"], page.path["ten"])
        alike = _alike(station, source)
        form = replace(form_of_entry(source.village, source.entry, offers.named), villages=alike)
        attempt = _attempt(station, form, source, source.revision)
    return _show(page, offers, attempt, source)


def try_entry(page: PageRequest) -> Response:
    """What the form would do; writes nothing. A part of the page for htmx, else the page with what was typed."""
    with page.console.desk.station() as station:
        offers, source = _offers(station), _source(page, station)
        form = _form(page, station, source)
        attempt = _attempt(station, form, source, page.text("seen"))
        if (part := page.text("part")).isdecimal():
            attempt = _in_session(station, form, source, int(part))
    if page.is_fragment:
        return page.page("entry_effect.html", attempt=attempt, offers=offers, source=source)
    return _show(page, offers, attempt, source)


def save_new(page: PageRequest) -> Response:
    return _save(page)


def save_entry(page: PageRequest) -> Response:
    return _remove(page) if page.text("action") == "remove" else _save(page)


def _save(page: PageRequest) -> Response:
    """Save what the form asks for, with the way out of a clash that was chosen; else show it again."""
    account, chosen = page.person.account, page.text("choice")
    with page.console.desk.station() as station:
        offers, source = _offers(station), _source(page, station)
        try:
            attempt = _attempt(station, _form(page, station, source), source, page.text("seen"))
            effect = attempt.effect
            if effect is None:
                return _show(page, offers, attempt, source, 422)
            if chosen:
                edits = _edits(attempt.form, attempt.entries, source, page.text("seen"))
                choice = effect.choice(chosen)
                adjusted = station.editing.schedules.adjust(edits, choice.adjustments)
                if chosen == "instead" and not page.may("approve") and _leaves_out_approved(station, edits, adjusted):
                    message = Message("what is left out is approved: only somebody who approves may do that")
                    return page.error(403, message)
                effect = station.editing.schedules.suppose(station.editing.schedules.change(adjusted))
            saved = station.editing.schedules.save(effect, account.name, accept_late=chosen == "late")
        except EditConflict:
            return _show_conflict(page, station, offers, source)
        except Refused as refusal:
            attempt = replace(attempt, problem=FieldError("", refusal.message))
            return _show(page, offers, attempt, source, 422)
        first = min((airing.scheduled_at.date() for airing in effect.comparison.mine), default=offers.today)
    for file in saved:
        with suppress(Unreachable):  # it is saved all the same; who did it is then not in the log
            page.console.desk.ask(NoteEdit(file.path, file.before, file.after), account.name, account.login)
    return page.go(f"/lich?ngay={first}&luu=1")


def _remove(page: PageRequest) -> Response:
    """Take the entry out, in all villages that are ticked; first what that does is shown."""
    account = page.person.account
    with page.console.desk.station() as station:
        offers, source = _offers(station), _source(page, station)
        assert source
        edits = [EntryEdit(village, source.name, None, page.text("seen")) for village in page.texts("village")]
        try:
            effect = station.editing.schedules.suppose(station.editing.schedules.change(edits))
            if not page.text("sure_remove"):
                return page.page(
                    "entry_remove.html", source=source, effect=effect, offers=offers, villages=page.texts("village")
                )
            saved = station.editing.schedules.save(effect, account.name)
        except EditConflict:
            return _show_conflict(page, station, offers, source)
    for file in saved:
        with suppress(Unreachable):
            page.console.desk.ask(NoteEdit(file.path, file.before, file.after), account.name, account.login)
    return page.go("/lich?luu=1")


def _show_conflict(page: PageRequest, station: Station, offers: Choices, source: EntrySource | None) -> Response:
    """Somebody else was first: theirs in words, mine in the form, to be saved over it or let go."""
    form, conflict, now = _form(page, station, source), None, source
    if source:
        now = station.editing.schedules.entry(source.village, source.name)
        editor = station.editing.schedules.editor(source.path)
        conflict = Conflict(now.words, editor[0] if editor else "", editor[1] if editor else None)
    attempt = _attempt(station, form, now, now.revision if now else "")
    return _show(page, offers, attempt, now, 409, conflict)


# What stands behind them.


def _show(
    page: PageRequest,
    offers: Choices,
    attempt: Attempt,
    source: EntrySource | None,
    status: int = 200,
    conflict: Conflict | None = None,
) -> Response:
    month = _month(page.text("month"), attempt.form, offers.today)
    return page.page(
        "entry.html",
        status,
        attempt=attempt,
        form=attempt.form,
        offers=offers,
        source=source,
        conflict=conflict,
        month=month,
        weeks=picker_weeks(month, attempt.form.dates, offers.today),
        elsewhere=_outside(month, attempt.form.dates, offers.today),
        weekdays=WEEKDAYS,
        heads=SHORT,
        moons=TICKED_LUNAR,
        day_step=timedelta(days=1),
        short_months=list(short_lunar_months(offers.today))[:2] if "30" in attempt.form.lunar else [],
    )


def _month(text: str, form: EntryForm, today: date) -> date:
    """The month that the calendar shows: as asked for, else that of the first day that is ticked."""
    with suppress(ValueError):
        return date.fromisoformat(f"{text}-01")
    with suppress(ValueError, IndexError):
        return date.fromisoformat(form.dates[0])
    return today


def _outside(month: date, dates: Iterable[str], today: date) -> list[str]:
    """Days that are ticked and that this month of the calendar does not show."""
    shown: set[str] = {_iso(cell) for week in picker_weeks(month, (), today) for cell in week}
    return [day for day in dates if day not in shown]


def _iso(cell: PickerCell) -> str:
    return cell.day.isoformat()


def _offers(station: Station) -> Choices:
    contents, commune = station.files.contents, station.files.commune
    names = village_names(station)
    villages = {village: names.get(village, village) for village in (*commune.villages, *names)}
    heard = {one.id: one.title for one in contents.bulletins.values() if one.level is not Level.EMERGENCY}
    streams = {entry.stream for schedule in contents.schedules for entry in schedule.broadcasts if entry.stream}
    return Choices(
        villages,
        dict(sorted(heard.items(), key=lambda pair: pair[1])),
        tuple(sorted(streams)),
        tuple(commune.days),
        tuple((begins, part_of_day(begins)) for begins, _ in commune.policy.hours),
        station.clock.now().date(),
    )


def _source(page: PageRequest, station: Station) -> EntrySource | None:
    """The entry that the form is about; None for a new one."""
    village, name = page.path.get("thon") or page.text("thon"), page.path.get("ten") or page.text("ten")
    return station.editing.schedules.entry(village, name) if village and name else None


def _alike(station: Station, source: EntrySource) -> tuple[str, ...]:
    """The villages whose schedules have the very same entry."""
    villages = [schedule.id for schedule in station.files.contents.schedules]
    found = []
    for village in villages:
        with suppress(BadFile):
            found += [one.village for one in station.editing.schedules.entries(village) if _same(one, source)]
    return tuple(found)


def _same(one: EntrySource, other: EntrySource) -> bool:
    return (one.name, one.revision) == (other.name, other.revision)


def _form(page: PageRequest, station: Station, source: EntrySource | None) -> EntryForm:
    """What was typed and ticked, with what the buttons of the form do to it."""
    named = tuple(station.files.commune.days)
    kept = form_of_entry("", source.entry, named).kept if source else {}
    form = read_form(page.text, page.texts, kept)
    if page.text("everywhere"):
        form = replace(form, villages=tuple(_offers(station).villages))
    if meant := page.text("mean"):
        written, _, time = meant.partition("=")
        times = [time if part == written else part for part in split_list(form.at)]
        form = replace(form, at=", ".join(times), sure=", ".join([*split_list(form.sure), time]))
    if (move := page.text("up")).isdecimal() and 0 < int(move) < len(form.bulletins):
        order = list(form.bulletins)
        order.insert(int(move) - 1, order.pop(int(move)))
        form = replace(form, bulletins=tuple(order))
    return form


def _attempt(station: Station, form: EntryForm, source: EntrySource | None, seen: str) -> Attempt:
    """The form, and what it would do, or what is wrong with it."""
    try:
        entries = entries_of_form(form, lambda name, repeat: _length(station, name, repeat))
        for entry in entries:
            station.editing.schedules.must_be_sound(entry)
        must_lie_ahead(entries, station.clock.now().date())
    except FieldError as problem:
        return Attempt(form, problem=problem)
    except BadUsage as error:
        fault = error.message.facts.get("fault")
        return Attempt(form, problem=FieldError("", fault if isinstance(fault, Message) else error.message))
    edits = _edits(form, entries, source, seen)
    about = [(edit.village, edit.name) for edit in edits if edit.name]
    effect = station.editing.schedules.suppose(station.editing.schedules.change(edits), about=about)
    return Attempt(form, tuple(entries), effect)


def _in_session(station: Station, form: EntryForm, source: EntrySource | None, begins: int) -> Attempt:
    """The form with the first time from `begins` on at which nobody is hurt."""
    form = replace(form, at=write_time(begins), sure=write_time(begins))
    attempt = _attempt(station, form, source, "")
    if attempt.effect is None or attempt.effect.comparison.clean:
        return attempt
    with suppress(Refused):
        moved = attempt.effect.choice("move").adjustments[0]
        time = write_time((moved.times or (begins,))[0])
        return _attempt(station, replace(form, at=time, sure=time), source, "")
    return attempt


def _edits(form: EntryForm, entries: Sequence[Entry], source: EntrySource | None, seen: str) -> list[EntryEdit]:
    """The form's entries in each of its villages; a form of an entry that is there alters that, and adds others."""
    edits = []
    for village in form.villages:
        for number, entry in enumerate(entries):
            altered = source is not None and number == 0
            edits.append(EntryEdit(village, source.name if source and altered else "", entry, seen if altered else ""))
    return edits


def _length(station: Station, name: str, repeat: int | None) -> float:
    """Seconds of a bulletin, read so often. Raises `NotFound`."""
    bulletin = station.files.bulletin(name)
    return station.planner.duration(station.planner.bulletin_spec(bulletin, station.files.outputs()[0], repeat))[0]


def _leaves_out_approved(station: Station, edits: Sequence[EntryEdit], adjusted: Sequence[EntryEdit]) -> bool:
    """Does a choice leave out a bulletin that somebody has approved?"""
    others = {name for edit in adjusted[len(edits) :] if edit.entry for name in edit.entry.get("bulletin", ())}
    return any(facts.approved for facts in station.planner.bulletin_facts(station.log, others).values())


ROUTES: Routes = {
    "GET /lich/moi": show_new,
    "POST /lich/moi": save_new,
    "POST /lich/thu": try_entry,
    "GET /lich/muc/{thon}/{ten}": show_entry,
    "POST /lich/muc/{thon}/{ten}": save_entry,
}
