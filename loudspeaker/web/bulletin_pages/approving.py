"""Duyệt: what will be heard, what changed since it was approved, when it will air; approve it or give it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ...errors import BadUsage, Message, NotFound, OutOfDate
from ...model.airing import Airing
from ...model.enums import ApprovalRule, Expected, Level, ReviewState
from ...model.requests import Approve, GiveBack
from ...station.approvals import Preview
from ...station.paper_photos import LARGEST, keep_photo, read_photo
from ...station.reviews import Review, ReviewLog, Signer
from ...station.station import Station
from ..access.delegating import warn_of_few
from ..pages import PageRequest, Routes
from .bulletin_forms import ComparedLine, compare_lines
from .bulletins import STATES
from .listening import Listening, listening
from .wording import SpokenView, view_spoken

AHEAD = 14  # days


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A bulletin that waits for approval."""

    id: str
    title: str
    review: Review
    seconds: float
    doubts: int
    airings: Sequence[Airing]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A bulletin as whoever approves it sees it.

    `cannot`: why not this person; `changes`: lines that differ from what was approved, None where nobody knows that.
    """

    id: str
    preview: Preview
    review: Review
    listening: Listening
    text: str
    airings: Sequence[Airing]
    cannot: Message | None
    villages: Mapping[str, str]  # their names
    on_paper: bool  # does policy know approvals that were signed on paper?
    zone: tzinfo
    changes: Sequence[ComparedLine] | None


def show_waiting(page: PageRequest) -> Response:
    with page.console.shared_station.station() as station:
        planned = _planned_airings(station)
        rows = [
            WaitingRow(name, title, review, seconds, doubts, planned.get(name, []))
            for name, title, review, seconds, doubts in _reviews(station)
            if review.state is ReviewState.SUBMITTED
        ]
        commune = station.files.commune
        zone, rule = commune.zone, commune.approval_rule(station.clock.now().date())
    return page.page("reviews.html", rows=rows, zone=zone, few=warn_of_few(page.console, rule))


def _reviews(station: Station) -> list[tuple[str, str, Review, float, int]]:
    """By title: id, title, where it stands, seconds, places to check."""
    reviews, planner = ReviewLog(station.log), station.planner
    rows = []
    for bulletin in station.files.contents.bulletins.values():
        if bulletin.level is not Level.EMERGENCY:
            spec = planner.bulletin_spec(bulletin, station.files.outputs()[0])
            review = reviews.review(bulletin, spec, planner.revision(bulletin))
            rows.append((bulletin.id, bulletin.title, review, planner.duration(spec)[0], spec.doubt_count))
    return sorted(rows, key=lambda row: row[1].casefold())


def _planned_airings(station: Station) -> Mapping[str, list[Airing]]:
    """By bulletin, the airings of the days to come, whether or not they wait for its approval."""
    now, airings = station.clock.now(), defaultdict(list)
    for airing in station.planner.plan(now, now + timedelta(days=AHEAD), station.log):
        if airing.bulletin and airing.expected is not Expected.SKIPPED:
            airings[airing.bulletin].append(airing)
    return airings


def show_review(page: PageRequest) -> Response:
    return _page(page, _view(page))


def _view(page: PageRequest) -> ReviewView:
    bulletin = page.path["id"]
    with page.console.shared_station.station() as station:
        source = station.editing.bulletins.source(bulletin)
        if source.bulletin is None:
            raise NotFound(Message("the file of “{bulletin}” is broken", bulletin=bulletin))
        spec = station.planner.bulletin_spec(source.bulletin)
        review = ReviewLog(station.log).review(source.bulletin, spec, source.revision)
        cannot = _why_not(page, station, review)
        preview = station.preparation.preview(bulletin)
        sound = listening(page.console, station, bulletin)
        on_paper = station.files.commune.policy_of("", station.clock.now().date()).approval_on_paper
        villages = {schedule.id: schedule.name for schedule in station.files.contents.schedules}
        airings, zone = _planned_airings(station).get(bulletin, []), station.files.commune.zone
    drafts = page.console.drafts
    drafts.remember(bulletin, preview.digest, source.text)
    before = drafts.recall(bulletin, review.approved.digest) if review.approved else None
    changes = None if before is None else [row for row in compare_lines(source.text, before) if row.differs]
    return ReviewView(bulletin, preview, review, sound, source.text, airings, cannot, villages, on_paper, zone, changes)


def _why_not(page: PageRequest, station: Station, review: Review) -> Message | None:
    """Where policy wants another person's word than the writer's: what the station would say."""
    account = page.person.account
    signer = Signer(account.name, account.login)
    two = station.files.commune.approval_rule(station.clock.now().date()) is ApprovalRule.TWO
    if two and any(editor.is_same(signer) for editor in review.editors):
        return Message("{name} edited this bulletin, so another person must approve it", name=account.name)
    return None


def _page(page: PageRequest, view: ReviewView, status: int = 200, error: Message | None = None) -> Response:
    spoken: SpokenView = view_spoken(page, view.id, view.text)
    return page.page(
        "review.html",
        status,
        view=view,
        spoken=spoken,
        error=error,
        states=STATES,
        zone=view.zone,
        words=page.text("why"),
        typed={name: page.text(name) for name in ("paper", "signer")},
    )


def approve(page: PageRequest) -> Response:
    """Approve what was shown: the digest stands in the form, and whether it was listened to."""
    account = page.person.account
    try:
        heard = {"1": True, "0": False}.get(page.text("heard"))
        delegation = page.console.delegations.of_taker(account)
        giver = delegation.giver if delegation else None
        request = Approve(page.path["id"], page.text("digest"), heard=heard, in_place_of=giver)
        page.console.shared_station.ask_about_text(request, account.name, account.login)
    except OutOfDate as error:
        return _page(page, _view(page), 409, error.message)
    return page.go(f"/duyet/{page.path['id']}?xong=duyet")


def note_paper(page: PageRequest) -> Response:
    """Enter what was approved on paper: its number or a photograph, and who signed it.

    The station refuses where policy has none.
    """
    account, paper, signer = page.person.account, page.text("paper"), page.text("signer")
    sent = page.form.get("photo")
    data = sent.file.read(LARGEST + 1) if isinstance(sent, UploadFile) else b""
    if not ((paper or data) and signer):
        wanted = Message("write the number of the paper or add a photograph of it, and who signed it")
        return _page(page, _view(page), 422, wanted)
    try:
        photo = _keep_photo(page, data) if data else None
        request = Approve(page.path["id"], page.text("digest"), paper=paper or None, signer=signer, photo=photo)
        page.console.shared_station.ask_about_text(request, account.name, account.login)
    except OutOfDate as error:
        return _page(page, _view(page), 409, error.message)
    except BadUsage as error:
        return _page(page, _view(page), 422, error.message)
    return page.go(f"/duyet/{page.path['id']}?xong=duyet")


def _keep_photo(page: PageRequest, data: bytes) -> str:
    """The SHA-256 of a photograph, which is kept. Raises `BadUsage` where it is none."""
    sha256, edit = keep_photo(page.console.shared_station.paths.home, data)
    if edit:
        page.save(edit)
    return sha256


def send_photo(page: PageRequest) -> Response:
    """The photograph of a paper. Raises `NotFound`."""
    photo = read_photo(page.console.shared_station.paths.home, page.path["sha256"])
    return Response(photo.data, media_type=photo.media_type)


def give_back(page: PageRequest) -> Response:
    """Give it back, with words."""
    account, why = page.person.account, page.text("why")
    if not why:
        return _page(page, _view(page), 422, Message("say what is to be written otherwise"))
    try:
        request = GiveBack(page.path["id"], page.text("digest"), why)
        page.console.shared_station.ask_about_text(request, account.name, account.login)
    except OutOfDate as error:
        return _page(page, _view(page), 409, error.message)
    except BadUsage as error:
        return _page(page, _view(page), 422, error.message)
    return page.go("/duyet")


ROUTES: Routes = {
    "GET /duyet": show_waiting,
    "GET /duyet/{id}": show_review,
    "POST /duyet/{id}": approve,
    "POST /duyet/{id}/tra": give_back,
    "POST /duyet/{id}/giay": note_paper,
    "GET /duyet/anh/{sha256}": send_photo,
}
