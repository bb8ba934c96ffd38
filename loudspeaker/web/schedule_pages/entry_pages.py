"""Xếp lịch: an entry of the schedules in a form, what it would do to the fourteen days to come, and the saving."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from starlette.responses import Response

from ...codec import UNREADABLE, decode, encode
from ...config import values
from ...config.entry_sentences import WEEKDAYS as DAY_NAMES
from ...config.schedule_entries import Entry
from ...errors import BadFile, Message, NotFound, Refused
from ...station.deliveries.offers import find_offer
from ...station.editing.schedule_editing import EntryEdit, EntrySource
from ...station.station import Station
from ...store.edits import EditConflict
from ...yamlfile import Mistake
from ..bulletin_pages.drafts import Draft
from ..pages import PageRequest, Routes
from .entry_attempt import (
    Attempt,
    EntryOffers,
    PreparedAttempt,
    entry_edits,
    make_offers,
    prepare_attempt,
    try_form,
    try_in_session,
)
from .entry_form import (
    TICKED_LUNAR,
    EntryForm,
    FieldError,
    PickerCell,
    form_of_entry,
    picker_weeks,
    read_form,
    short_lunar_months,
    split_list,
    weekday_boxes,
    write_time,
)
from .week_table import SHORT


@dataclass(frozen=True, slots=True)
class Conflict:
    """The entry as somebody else has saved it since this form was opened."""

    words: Message
    by: str  # "" where it was another program
    at: datetime | None


# Answers.


def show_new(page: PageRequest) -> Response:
    """An empty form, or with what an address names: an offer, a bulletin, a village, a session that is to be filled."""
    if offered := page.query.get("tin"):
        return _show_offer(page, offered)
    bulletin, village = page.query.get("ban-tin", ""), page.query.get("thon", "")
    form = EntryForm(villages=(village,) if village else (), bulletins=(bulletin,) if bulletin else ())
    with page.console.shared_station.station() as station:
        offers = make_offers(station)
    begins = next((begins for begins, _ in offers.sessions if str(begins) == page.query.get("buoi")), None)
    if begins is not None:
        form = replace(form, at=write_time(begins), sure=write_time(begins))
    return _show(page, offers, Attempt(form), None)


def _show_offer(page: PageRequest, name: str) -> Response:
    """What an office above the commune offers, as it proposes it, in all villages. Raises `NotFound`."""
    with page.console.shared_station.station() as station:
        offers, offered = make_offers(station), find_offer(station.files, name)
        form = replace(form_of_entry("", offered.entry, offers.named), villages=tuple(offers.villages))
        prepared = prepare_attempt(station, form, None, "")
    return _show(page, offers, _plan(page, prepared), None)


def show_entry(page: PageRequest) -> Response:
    """An entry as it is; with `nhap` as this person had typed it when somebody else was first."""
    with page.console.shared_station.station() as station:
        offers, source = make_offers(station), station.editing.schedules.entry(page.path["thon"], page.path["ten"])
        alike = _alike(station, source)
        draft = page.console.drafts.find(page.person.account.login, _draft_key(source))
        form = replace(form_of_entry(source.village, source.entry, offers.named), villages=alike)
        if draft and page.query.get("nhap"):
            form, draft = _form_of_draft(draft, form), None
        prepared = prepare_attempt(station, form, source, source.revision)
    return _show(page, offers, _plan(page, prepared), source, draft=draft)


def _plan(page: PageRequest, prepared: PreparedAttempt) -> Attempt:
    with page.console.shared_station.planning:
        return prepared.plan()


def try_entry(page: PageRequest) -> Response:
    """What the form would do; writes nothing. A part of the page for htmx, else the page with what was typed."""
    with page.console.shared_station.station() as station:
        offers, source = make_offers(station), _source(page, station)
        form = _form(page, station, source)
        if (part := page.text("part")).isdecimal():
            prepared = PreparedAttempt(try_in_session(station, form, source, int(part)))
        else:
            prepared = prepare_attempt(station, form, source, page.text("seen"))
    attempt = _plan(page, prepared)
    if page.is_fragment:
        return page.page("entry_effect.html", attempt=attempt, offers=offers, source=source, day_names=DAY_NAMES)
    return _show(page, offers, attempt, source)


def save_new(page: PageRequest) -> Response:
    return _save(page)


def save_entry(page: PageRequest) -> Response:
    if page.text("action") == "drop":
        page.console.drafts.drop(page.person.account.login, _entry_key(page.path["thon"], page.path["ten"]))
        return page.go(f"/lich/muc/{page.path['thon']}/{page.path['ten']}")
    return _remove(page) if page.text("action") == "remove" else _save(page)


def _save(page: PageRequest) -> Response:
    """Save what the form asks for, with the way out of a clash that was chosen; else show it again."""
    account, chosen = page.person.account, page.text("choice")
    with page.console.shared_station.station() as station:
        offers, source = make_offers(station), _source(page, station)
        try:
            attempt = try_form(station, _form(page, station, source), source, page.text("seen"))
            effect = attempt.effect
            if effect is None:
                return _show(page, offers, attempt, source, 422)
            if chosen:
                edits = entry_edits(attempt.form, attempt.entries, source, page.text("seen"))
                choice = effect.choice(chosen)
                adjusted = station.editing.schedules.adjust(edits, choice.adjustments)
                if chosen == "instead" and not page.may("approve") and _leaves_out_approved(station, edits, adjusted):
                    message = Message("what is left out is approved: only somebody who approves may do that")
                    return page.error(403, message)
                effect = station.editing.schedules.suppose(station.editing.schedules.change(adjusted))
            station.editing.schedules.save(effect, account.name, accept_late=chosen == "late")
        except EditConflict:
            return _show_conflict(page, station, offers, source)
        except Refused as refusal:
            attempt = replace(attempt, problem=FieldError("", refusal.message))
            return _show(page, offers, attempt, source, 422)
        first = min((airing.scheduled_at.date() for airing in effect.comparison.mine), default=offers.today)
    page.note_saved(effect.change)
    if source:
        page.console.drafts.drop(account.login, _draft_key(source))
    return page.go(f"/lich?ngay={first}&luu=1")


def _remove(page: PageRequest) -> Response:
    """Take the entry out, in all villages that are ticked; first what that does is shown."""
    account = page.person.account
    with page.console.shared_station.station() as station:
        offers, source = make_offers(station), _source(page, station)
        assert source
        edits = [EntryEdit(village, source.name, None, page.text("seen")) for village in page.texts("village")]
        try:
            effect = station.editing.schedules.suppose(station.editing.schedules.change(edits))
            if not page.text("sure_remove"):
                return page.page(
                    "entry_remove.html", source=source, effect=effect, offers=offers, villages=page.texts("village")
                )
            station.editing.schedules.save(effect, account.name)
        except EditConflict:
            return _show_conflict(page, station, offers, source)
    page.note_saved(effect.change)
    return page.go("/lich?luu=1")


def _show_conflict(page: PageRequest, station: Station, offers: EntryOffers, source: EntrySource | None) -> Response:
    """Somebody else was first: theirs in words, mine in the form, to be saved over it or let go. Mine is kept."""
    form = _form(page, station, source)
    if source is None:
        fault = FieldError("", Message("somebody else has saved the schedule meanwhile: look, and save once more"))
        return _show(page, offers, replace(try_form(station, form, None, ""), problem=fault), None, 409)
    now = station.editing.schedules.entry(source.village, source.name)
    editor = station.editing.schedules.editor(source.path)
    conflict = Conflict(now.words, editor[0] if editor else "", editor[1] if editor else None)
    attempt = try_form(station, form, now, now.revision)
    if attempt.entries:
        page.console.drafts.put(page.person.account.login, _draft_key(source), _draft(page, attempt))
    return _show(page, offers, attempt, now, 409, conflict)


def _draft_key(source: EntrySource) -> str:
    return _entry_key(source.village, source.name)


def _entry_key(village: str, name: str) -> str:
    """What an entry's draft is kept under; no bulletin has such an id."""
    return f"lich/{village}/{name}"


def _draft(page: PageRequest, attempt: Attempt) -> Draft:
    """What was typed: in words, and as the form that it was typed into."""
    words = "; ".join(message.say(page.site.translate) for message in attempt.words)
    return Draft(page.text("seen"), words, {"form": json.dumps(encode(attempt.form))})


def _form_of_draft(draft: Draft, otherwise: EntryForm) -> EntryForm:
    """The form that was kept; one of an earlier version of the program may be unreadable."""
    with suppress(*UNREADABLE):
        return decode(EntryForm, json.loads(draft.head["form"]))
    return otherwise


# What stands behind them.


def _show(
    page: PageRequest,
    offers: EntryOffers,
    attempt: Attempt,
    source: EntrySource | None,
    status: int = 200,
    conflict: Conflict | None = None,
    draft: Draft | None = None,
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
        draft=draft,
        month=month,
        weeks=picker_weeks(month, attempt.form.dates, offers.today),
        elsewhere=_outside(month, attempt.form.dates, offers.today),
        weekdays=weekday_boxes(attempt.form.weekdays),
        weekday_names=SHORT,
        day_names=DAY_NAMES,
        moons=TICKED_LUNAR,
        day_step=timedelta(days=1),
        short_months=list(short_lunar_months(offers.today))[:2] if "30" in attempt.form.lunar else [],
    )


def _month(text: str, form: EntryForm, today: date) -> date:
    """The month that the calendar shows: as asked for, else that of the first day that is ticked."""
    with suppress(Mistake):
        return values.day(f"{text}-01")
    with suppress(Mistake, IndexError):
        return values.day(form.dates[0])
    return today


def _outside(month: date, dates: Iterable[str], today: date) -> list[str]:
    """Days that are ticked and that this month of the calendar does not show."""
    shown: set[str] = {_iso(cell) for week in picker_weeks(month, (), today) for cell in week}
    return [day for day in dates if day not in shown]


def _iso(cell: PickerCell) -> str:
    return cell.day.isoformat()


def _source(page: PageRequest, station: Station) -> EntrySource | None:
    """The entry that the form is about; None for a new one."""
    village, name = page.path.get("thon") or page.text("thon"), page.path.get("ten") or page.text("ten")
    return station.editing.schedules.entry(village, name) if village and name else None


def _alike(station: Station, source: EntrySource) -> tuple[str, ...]:
    """The villages whose schedules have the very same entry."""
    villages = [schedule.id for schedule in station.files.contents.schedules]
    alike = []
    for village in villages:
        with suppress(BadFile):
            alike += [entry.village for entry in station.editing.schedules.entries(village) if _same(entry, source)]
    return tuple(alike)


def _same(entry: EntrySource, other: EntrySource) -> bool:
    return (entry.name, entry.revision) == (other.name, other.revision)


def _form(page: PageRequest, station: Station, source: EntrySource | None) -> EntryForm:
    """What was typed and ticked, with what the buttons of the form do to it."""
    entry, named = _entry_behind(page, station, source), tuple(station.files.commune.days)
    other_keys = form_of_entry("", entry, named).kept if entry else {}
    form = read_form(page.text, page.texts, other_keys)
    if page.text("everywhere"):
        form = replace(form, villages=tuple(make_offers(station).villages))
    if meant := page.text("mean"):
        written, _, time = meant.partition("=")
        times = [time if part == written else part for part in split_list(form.at)]
        form = replace(form, at=", ".join(times), sure=", ".join([*split_list(form.sure), time]))
    if (free := page.text("free")).isdecimal():
        form = replace(form, at=write_time(int(free)), sure=write_time(int(free)))
    for button, by in (("up", -1), ("down", 1)):
        if (move := page.text(button)).isdecimal():
            form = replace(form, bulletins=_move(form.bulletins, int(move), by))
    return form


def _entry_behind(page: PageRequest, station: Station, source: EntrySource | None) -> Entry | None:
    """The entry whose keys stay that have no field: the one that is edited, or what is offered."""
    if source is None and (offered := page.text("offer")):
        with suppress(NotFound):  # it was taken back, or is in the schedule by now
            return find_offer(station.files, offered).entry
    return source.entry if source else None


def _move(bulletins: Sequence[str], number: int, by: int) -> tuple[str, ...]:
    """The same order with one of them further up or down."""
    order = list(bulletins)
    if 0 <= number < len(order) and 0 <= number + by < len(order):
        order.insert(number + by, order.pop(number))
    return tuple(order)


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
