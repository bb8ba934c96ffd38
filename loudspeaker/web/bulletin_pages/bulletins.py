"""Bản tin: the list by state, the editor, saving and drafts, sending for approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from starlette.responses import Response

from ...errors import BadFile, BadUsage, LoudspeakerError, Message, NotFound
from ...model.board import Health
from ...model.bulletin import split_origin
from ...model.enums import Level, ReviewState
from ...model.requests import Submit
from ...station.approvals import preview
from ...station.deliveries.offers import sort_offers
from ...station.editing.bulletin_editing import BulletinSource
from ...station.reviews import EDIT, Review, ReviewLog
from ...station.station import Station
from ...store.edits import EditConflict, FileEdit
from ..kept_form import offer_again
from ..pages import PageRequest, Routes
from ..shared_station import AirState
from .bulletin_forms import BulletinForm, compare_lines
from .bulletin_search import BulletinSearch
from .drafts import Draft
from .listening import Listening, listening
from .wording import SpokenView, view_spoken

STATES: Mapping[ReviewState, Message] = {
    ReviewState.DRAFT: Message("draft"),
    ReviewState.SUBMITTED: Message("waits for approval"),
    ReviewState.RETURNED: Message("given back"),
    ReviewState.APPROVED: Message("approved"),
    ReviewState.OUTDATED: Message("changed since it was approved"),
}
LEVELS: Sequence[tuple[str, Message]] = (
    (Level.ROUTINE, Message("Routine")),
    (Level.PRIORITY, Message("Priority")),
    (Level.EMERGENCY, Message("Emergency (a template)")),
)


RECORDED = "recorded"  # in place of a digest: the text of which a recording in another language was made
DELETED = Message("somebody has deleted this bulletin outside of the pages; send it again to make a new one of it")
FURTHER: Sequence[tuple[str, Message]] = (("/lich/moi", Message("Schedule it")),)


@dataclass(frozen=True, slots=True)
class BulletinRow:
    """One bulletin of the list. `state` is None for a template of alarms and a broken file."""

    id: str
    title: str
    state: ReviewState | None
    scheduled: bool
    seconds: float
    doubts: int
    why: str = ""  # words with which it was given back
    broken: bool = False

    @property
    def origin(self) -> str:
        """The office above the commune that has sent it; "" for the commune's own."""
        return split_origin(self.id)[1]


@dataclass(frozen=True, slots=True)
class LastSave:
    """Who saved a file as it is, and when; no name where it was edited outside of the console."""

    by: str = ""
    at: datetime | None = None


def show_list(page: PageRequest) -> Response:
    """Those in the state `loc`, all where none is named, in which the words `tim` stand."""
    wanted, typed = page.query.get("loc", ""), " ".join(page.query.get("tim", "").split())
    search, station = BulletinSearch.of(typed), page.console.shared_station
    every, offered = station.share(_read_rows)
    answers = search.find(station.contents().bulletins.values()) if search.words else {}
    rows = [row for row in every if row.id in answers] if search.words else every
    counts = {state: sum(row.state is state for row in rows) for state in ReviewState}
    shown = [row for row in rows if not wanted or (row.state and row.state.value == wanted)]
    shown.sort(key=lambda row: answers[row.id].nearness if row.id in answers else 0)
    facts = {"rows": shown, "counts": counts, "states": STATES, "wanted": wanted, "total": len(every)}
    return page.page("bulletins.html", **facts, matches=len(rows), typed=typed, found=answers, offered=offered)


def _read_rows(station: Station, _air: AirState, _health: Health) -> tuple[Sequence[BulletinRow], int]:
    """All of them, and how many an office above offers that wait for the commune's word."""
    return bulletin_rows(station), len(sort_offers(station.files, station.log)[0])


def bulletin_rows(station: Station) -> list[BulletinRow]:
    """Every bulletin by its title, broken files too."""
    reviews, planner, schedules = ReviewLog(station.log), station.planner, station.files.contents.schedules
    entries = [entry for schedule in schedules for entry in schedule.broadcasts]
    scheduled = {name for entry in entries for name in (entry.bulletin, entry.fallback)}
    rows = []
    for bulletin in station.files.contents.bulletins.values():
        spec = planner.bulletin_spec(bulletin, station.files.outputs()[0])
        review = reviews.review(bulletin, spec, planner.revision(bulletin))
        state = None if bulletin.level is Level.EMERGENCY else review.state
        why = review.returned.why if review.returned and state is ReviewState.RETURNED else ""
        facts = (bulletin.id, bulletin.title, state, bulletin.id in scheduled, planner.duration(spec)[0])
        rows.append(BulletinRow(*facts, spec.doubt_count, why))
    broken = station.files.contents.broken
    rows += [BulletinRow(name, name, None, False, 0, 0, broken=True) for name in broken]
    return sorted(rows, key=lambda row: row.title.casefold())


def hearers(station: Station, bulletin: str) -> list[str]:
    """Names of the villages in whose schedule a bulletin stands."""
    return [
        schedule.name
        for schedule in station.files.contents.schedules
        if any(bulletin in (entry.bulletin, entry.fallback) for entry in schedule.broadcasts)
    ]


@dataclass(frozen=True, slots=True)
class EditorState:
    """What the editor shows besides the form: where the bulletin stands, its draft, what lost, its sound."""

    source: BulletinSource
    review: Review | None
    saved: LastSave
    draft: Draft | None
    kept: Sequence[Draft]
    hearers: Sequence[str]  # villages that have it in their schedule
    listening: Listening | None
    zone: tzinfo


def show_editor(page: PageRequest) -> Response:
    return _editor(page, page.path["id"])


def _editor(
    page: PageRequest, bulletin: str, form: BulletinForm | None = None, error: LoudspeakerError | None = None
) -> Response:
    """The editor with what was typed, else with the draft of whoever asks, else with the file."""
    state = _state(page, bulletin)
    saved = BulletinForm.of(state.source)
    shown = form or (BulletinForm.from_draft(state.draft) if state.draft else saved)
    spoken: SpokenView = view_spoken(page, bulletin, shown.text, shown.same_as(saved))
    return page.page(
        "bulletin.html",
        422 if error else 200,
        id=bulletin,
        form=shown,
        state=state,
        spoken=spoken,
        error=error,
        zone=state.zone,
        states=STATES,
        levels=LEVELS,
        further=page.entries(FURTHER),
        told=page.query.get("xong", ""),
    )


def _state(page: PageRequest, bulletin: str) -> EditorState:
    login, drafts = page.person.account.login, page.console.drafts
    with page.console.shared_station.station() as station:
        source = station.editing.bulletins.source(bulletin)
        review = _review(station, source)
        saved = _last_save(station, source.path, source.revision)
        sound = listening(page.console, station, bulletin) if source.bulletin else None
        zone, villages = station.files.commune.zone, hearers(station, bulletin)
    draft = drafts.find(login, bulletin)
    return EditorState(source, review, saved, draft, drafts.kept_versions(bulletin), villages, sound, zone)


def _review(station: Station, source: BulletinSource) -> Review | None:
    if source.bulletin is None or source.bulletin.level is Level.EMERGENCY:
        return None
    spec = station.planner.bulletin_spec(source.bulletin)
    return ReviewLog(station.log).review(source.bulletin, spec, source.revision)


def _last_save(station: Station, path: str, revision: str) -> LastSave:
    for event in reversed(station.log.events(EDIT)):
        if event.facts.get("path") == path and event.facts.get("after") == revision:
            return LastSave(str(event.facts.get("by") or ""), event.at)
    return LastSave()


def save(page: PageRequest) -> Response:
    """Save what was typed, and with `then=submit` send it for approval."""
    bulletin, form = page.path["id"], BulletinForm.from_page(page)
    if page.text("replaces"):  # “keep mine”: what the other saved is kept beside
        _keep_theirs(page, bulletin)
    try:
        with page.console.shared_station.station() as station:
            edit = _edit(page, station, station.editing.bulletins.source(bulletin), form)
        page.save(edit)
    except EditConflict:
        return _conflict(page, bulletin, form)
    except NotFound:
        fields = (("title", form.head["title"]), ("text", form.text))
        return offer_again(page, 409, DELETED, fields, "/ban-tin/moi")
    except (BadFile, BadUsage) as error:
        page.console.drafts.put(page.person.account.login, bulletin, form.draft())
        return _editor(page, bulletin, form, error)
    page.console.drafts.drop(page.person.account.login, bulletin)
    if page.text("then") == "submit":
        return submit(page)
    return page.go(f"/ban-tin/{bulletin}?xong=luu")


def _edit(page: PageRequest, station: Station, source: BulletinSource, form: BulletinForm) -> FileEdit:
    """What to write: of a broken file all of it, else what is other than it stands there."""
    if source.bulletin is None:
        if source.revision != form.revision:  # broken by hand since: what was typed is no whole file
            raise EditConflict(Message("somebody else has saved {files} meanwhile", files=source.path), [source.path])
        return station.editing.bulletins.rewrite(source.id, form.revision, f"{form.text}\n")
    saved = BulletinForm.of(source)
    _must_be_allowed(page, form, saved)
    return station.editing.bulletins.alter(source.id, form.revision, form.text, form.changes(saved))


def _must_be_allowed(page: PageRequest, form: BulletinForm, saved: BulletinForm) -> None:
    """Raises `BadUsage` where somebody gives a bulletin a level that is not theirs to give."""
    level = form.head["level"]
    if level != saved.head["level"] and level != Level.ROUTINE and not page.may("approve"):
        raise BadUsage(Message("only somebody who approves may give a bulletin priority"))


def _conflict(page: PageRequest, bulletin: str, form: BulletinForm) -> Response:
    """Somebody else has saved it meanwhile: both texts, and whose shall stand."""
    page.console.drafts.put(page.person.account.login, bulletin, form.draft())
    state = _state(page, bulletin)
    theirs = BulletinForm.of(state.source)
    rows = compare_lines(form.text, theirs.text)
    return page.page(
        "bulletin_conflict.html",
        409,
        id=bulletin,
        mine=form,
        theirs=theirs,
        saved=state.saved,
        rows=rows,
        zone=state.zone,
    )


def _keep_theirs(page: PageRequest, bulletin: str) -> None:
    state = _state(page, bulletin)
    page.console.drafts.keep(bulletin, BulletinForm.of(state.source).draft(state.saved.by))


def save_draft(page: PageRequest) -> Response:
    """What is being typed, kept until it is saved."""
    page.console.drafts.put(page.person.account.login, page.path["id"], BulletinForm.from_page(page).draft())
    return Response(status_code=204)


def drop_draft(page: PageRequest) -> Response:
    """Go on with what is saved; what was typed is kept beside."""
    bulletin, account = page.path["id"], page.person.account
    if draft := page.console.drafts.find(account.login, bulletin):
        page.console.drafts.keep(bulletin, Draft(draft.revision, draft.text, draft.head, account.name))
        page.console.drafts.drop(account.login, bulletin)
    return page.go(f"/ban-tin/{bulletin}")


def take_back(page: PageRequest) -> Response:
    """A version that was kept beside, as the draft of whoever asks: nothing is saved. Raises `NotFound`."""
    bulletin, account = page.path["id"], page.person.account
    state = _state(page, bulletin)
    version = next((draft for draft in state.kept if str(draft.number) == page.text("number")), None)
    if version is None:
        raise NotFound(Message("this version is not kept any more"))
    page.console.drafts.put(account.login, bulletin, Draft(state.source.revision, version.text, version.head))
    return page.go(f"/ban-tin/{bulletin}")


def print_bulletin(page: PageRequest) -> Response:
    """Text and reading on paper. Raises `NotFound`."""
    with page.console.shared_station.station() as station:
        source = station.editing.bulletins.source(page.path["id"])
        if source.bulletin is None:
            raise NotFound(Message("the file of “{bulletin}” is broken", bulletin=source.id))
        shown = preview(source.bulletin, station.planner.bulletin_spec(source.bulletin), station.files)
        review, name, now = _review(station, source), station.files.commune.name, station.clock.now()
    facts = {"commune": name, "now": now, "zone": now.tzinfo}
    return page.page("bulletin_print.html", source=source, shown=shown, review=review, **facts)


def _recording_is_old(page: PageRequest, source: BulletinSource) -> bool:
    """Was its text changed since its recording in another language was made, and does nobody say that it still fits?

    Then it is taken down that it does.
    """
    parts = source.bulletin.parts if source.bulletin else ()
    if not any(part.audio and part.language for part in parts):
        return False
    known = page.console.drafts.recall(source.id, RECORDED)
    if known is not None and known != source.text and not page.text("recording_fits"):
        return True
    page.console.drafts.remember(source.id, RECORDED, source.text)
    return False


def submit(page: PageRequest) -> Response:
    """Send the bulletin as it is saved to whoever approves it."""
    bulletin, account = page.path["id"], page.person.account
    with page.console.shared_station.station() as station:
        review = _review(station, station.editing.bulletins.source(bulletin))
        source = station.editing.bulletins.source(bulletin)
    if review is None:
        return page.go(f"/ban-tin/{bulletin}")
    if review.state is ReviewState.APPROVED:  # as it is: nobody has to look at it again
        return page.go(f"/ban-tin/{bulletin}?xong=luu")
    if _recording_is_old(page, source):
        return page.page("recording_old.html", 422, id=bulletin)
    page.console.shared_station.ask_about_text(Submit(bulletin, review.digest), account.name, account.login)
    return page.go(f"/ban-tin/{bulletin}?xong=gui")


ROUTES: Routes = {
    "GET /ban-tin": show_list,
    "GET /ban-tin/{id}": show_editor,
    "POST /ban-tin/{id}/luu": save,
    "POST /ban-tin/{id}/nhap": save_draft,
    "POST /ban-tin/{id}/bo-nhap": drop_draft,
    "POST /ban-tin/{id}/gui": submit,
    "POST /ban-tin/{id}/lay-lai": take_back,
    "GET /ban-tin/{id}/in": print_bulletin,
}
