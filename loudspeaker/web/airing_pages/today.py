"""Hôm nay: what is on the air, what comes, what is to be done, what became of the day; live as long as it is open."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby

from starlette.responses import Response, StreamingResponse

from ...errors import Message
from ...model.airing import StandingPause
from ...model.board import Board, BoardAiring, Health
from ...model.enums import ApprovalRule, Expected, ReviewState, Verdict
from ...model.refusal import Refusal
from ...reports.outcome_words import FULLY_HEARD, outcome_word
from ...station.airings import PlannedAiring
from ...station.deliveries.offers import sort_offers
from ...station.restrictions import awaits_village, standing_pauses, uncommissioned_outputs
from ...station.reviews import ReviewLog
from ...station.station import Station
from ..access.delegating import warn_of_few
from ..guard import Task
from ..pages import PageRequest, Routes
from ..setting_pages.equipment import HealthLine, disk_line, output_lines
from ..shared_station import AirState, village_names
from ..templating import clock, moment
from .air_control import end_words

MOST = 6  # moments to come: what is to be done stands below
AFTERNOON, NOON = time(15), time(12)  # from 15:00 on it is pressing that tomorrow morning is not approved
LOOK, APPROVE = Message("Look"), Message("Approve")
MOST_OFFERS = 3  # that are named one by one
DECIDED = frozenset({Verdict.SKIPPED, Verdict.STOPPED, Verdict.WITHDRAWN, Verdict.REFUSED, Verdict.PRE_EMPTED})


@dataclass(frozen=True, slots=True)
class Sounding:
    """What one output has on the air, for all villages that hear it."""

    title: str
    villages: tuple[str, ...]
    drill: bool
    began: datetime | None
    ends: datetime | None  # None: nobody can tell

    def share(self, now: datetime) -> float | None:
        """How much of it was heard, 0 to 1."""
        if not self.began or not self.ends or self.ends <= self.began:
            return None
        return min(1.0, max(0.0, (now - self.began) / (self.ends - self.began)))


@dataclass(frozen=True, slots=True)
class Moment:
    """Airings that begin at the same time with the same bulletin and outcome: one row."""

    at: datetime
    title: str
    airings: tuple[PlannedAiring, ...]
    word: Message | None = None  # what became of it
    why: str | Message = ""
    heard: bool = True

    @property
    def first(self) -> PlannedAiring:
        return self.airings[0]


@dataclass(frozen=True, slots=True)
class TodoItem:
    """Something that somebody should look at, and where."""

    message: Message
    address: str = ""
    label: Message = LOOK
    pressing: bool = False
    task: Task = Task.LOOK  # whose it is to do

    @property
    def route(self) -> str:
        """The route of its address."""
        for whole in ("GET /luot/{id:path}", "GET /ban-tin/{id}"):
            if f"GET {self.address}".startswith(whole.partition("{")[0]):
                return whole
        return f"GET {self.address}"


@dataclass(frozen=True, slots=True)
class DayBoard:
    """The station's day as the first page shows it."""

    now: datetime
    names: Mapping[str, str]  # of villages, by id
    on: tuple[Sounding, ...]
    coming: tuple[Moment, ...]
    skipped: tuple[PlannedAiring, ...]  # still to come, so that it can be taken back
    pauses: tuple[tuple[StandingPause, Message], ...]  # each with its end, as it is said
    unapproved: tuple[
        tuple[str, datetime], ...
    ]  # titles that will not be heard tomorrow morning, told in the afternoon
    todo_items: tuple[TodoItem, ...]
    day: tuple[Moment, ...]
    left: int  # airings of today that are still to come
    health: tuple[HealthLine, ...]
    doubt: Message | None  # why the clock is not believed
    approval: ApprovalRule

    def count(self, heard: bool) -> int:
        """Airings of today that were heard, or were not."""
        return sum(len(row.airings) for row in self.day if row.heard is heard)


def show_today(page: PageRequest) -> Response:
    """The whole page; for a page that is open only what changes on it, the bar at its top included."""
    shared, now = page.console.shared_station.share(read_board), page.site.clock.now()
    board = replace(shared, todo_items=(*shared.todo_items, *_few_approvers(page, shared.approval)))
    return page.page("today_live.html" if page.is_fragment else "today.html", board=board, now=now)


def read_board(station: Station, state: AirState, health: Health) -> DayBoard:
    """The day as plan and log have it now: the same for everybody who asks."""
    air, now = state.board, station.clock.now()
    on = air.on if air else ()
    plan, ahead = _split_plan(station, now, {airing.id for airing in on})
    heard = [planned for planned in ahead if planned.airing.expected is Expected.AIR]
    day = tuple(_verdicts(planned for planned in plan if planned.record and planned.scheduled_at.date() == now.date()))
    tonight, others = _missing_approvals(ahead, now)
    todo_items = _todo_items(station, now, others, ahead, day)
    return DayBoard(
        now,
        village_names(station),
        tuple(_sounding(on)),
        tuple(_moments(heard))[:MOST],
        tuple(planned for planned in ahead if planned.airing.expected is Expected.SKIPPED),
        tuple((pause, end_words(pause.until, now)) for pause in standing_pauses(station.log, now)),
        tuple(tonight),
        tuple(sorted(todo_items, key=lambda item: not item.pressing)),
        day,
        sum(planned.scheduled_at.date() == now.date() for planned in heard),
        tuple(_health(station, air, health)),
        air.clock if air and not air.trusted else None,
        station.files.commune.approval_rule(now.date()),
    )


def _few_approvers(page: PageRequest, rule: ApprovalRule) -> Iterator[TodoItem]:
    """That approval depends on one person, or on nobody: for those who can help it."""
    few = None if page.console.shared_station.scope() else warn_of_few(page.console, rule)
    if few and page.may(Task.APPROVE):
        yield TodoItem(few, "/uy-quyen", Message("Let somebody stand in"))
    elif few and page.may(Task.RULE):
        yield TodoItem(few, "/cai-dat/nguoi", Message("People"))


def _split_plan(
    station: Station, now: datetime, on: Collection[str]
) -> tuple[list[PlannedAiring], list[PlannedAiring]]:
    """Today and tomorrow without what is `on` the air (ids), and what of it is still to come."""
    plan = [planned for planned in station.airings.plan(None, 2) if planned.output and planned.id not in on]
    undecided = (planned for planned in plan if planned.record is None)
    return plan, [planned for planned in undecided if (planned.airing.starts_at or planned.scheduled_at) > now]


def _sounding(on: Iterable[BoardAiring]) -> Iterator[Sounding]:
    for (_output, title), together in groupby(sorted(on, key=_heard_as), key=_heard_as):
        first = next(together)
        ends = first.begun and first.begun + timedelta(seconds=first.seconds)
        yield Sounding(title, first.villages, first.drill, first.begun, ends)


def _heard_as(airing: BoardAiring) -> tuple[str, str]:
    return airing.output, airing.title


def _moments(airings: Iterable[PlannedAiring]) -> Iterator[Moment]:
    """Rows in the order in which they are heard."""

    def when(planned: PlannedAiring) -> tuple[datetime, str]:
        return planned.airing.starts_at or planned.scheduled_at, planned.title

    for (at, title), together in groupby(sorted(airings, key=when), key=when):
        yield Moment(at, title, tuple(together))


def _verdicts(airings: Iterable[PlannedAiring]) -> Iterator[Moment]:
    def outcome(planned: PlannedAiring) -> tuple[datetime, str, str, str]:
        assert planned.record
        return planned.scheduled_at, planned.title, planned.record.verdict, planned.record.why

    for (at, title, verdict, why), together in groupby(sorted(airings, key=outcome), key=outcome):
        same = tuple(together)
        heard = Verdict(verdict) in FULLY_HEARD
        yield Moment(at, title, same, outcome_word(verdict, same[0].refusal), "" if heard else why, heard)


def _missing_approvals(ahead: Sequence[PlannedAiring], now: datetime) -> list[list[tuple[str, datetime]]]:
    """What will not be heard for want of an approval: what is to be said on top, and the rest."""
    parts: dict[bool, list[PlannedAiring]] = {True: [], False: []}
    for planned in ahead:
        if planned.refusal is Refusal.APPROVAL:
            parts[_is_for_tonight(planned.scheduled_at, now)].append(planned)
    return [_first_by_title(part) for part in parts.values()]


def _is_for_tonight(at: datetime, now: datetime) -> bool:
    """Is it time to say so of what is not approved and due at `at`: tomorrow morning, when nobody is there to do it?"""
    return now.time() >= AFTERNOON and at.date() == now.date() + timedelta(days=1) and at.time() < NOON


def _todo_items(
    station: Station,
    now: datetime,
    unapproved: Iterable[tuple[str, datetime]],
    ahead: Sequence[PlannedAiring],
    day: Sequence[Moment],
) -> Iterator[TodoItem]:
    """What somebody should look at: approvals, missing sound, what was not heard, broken files, silent outputs."""
    yield from _review_items(station)
    yield from _offer_items(station)
    for title, at in unapproved:
        message = Message("“{title}” is not approved: it will NOT be aired at {at}", title=title, at=moment(at, now))
        yield TodoItem(message, "/duyet", APPROVE)
    for title, at in _first_by_title(planned for planned in ahead if planned.airing.expected is Expected.NOT_READY):
        why = next(planned.airing.why for planned in ahead if planned.title == title and planned.airing.why)
        yield TodoItem(Message("“{title}”, {at}: no sound yet: {why}", title=title, at=moment(at, now), why=why))
    yield from _unheard_items(day, village_names(station))
    for problem in station.files.problems:
        yield TodoItem(Message("a file has a mistake: {where}: {what}", where=problem.place, what=problem.message))
    if awaits_village(station.log):
        message = Message("nobody has confirmed yet that this box is in the right village: only alarms are heard")
        yield TodoItem(message, "/thiet-bi", Message("Try and confirm"), pressing=True)
    for output in sorted(uncommissioned_outputs(station.log, station.files.box.outputs)):
        yield TodoItem(Message("output {output} airs nothing yet: it must be tried first", output=output), "/thiet-bi")


def _review_items(station: Station) -> Iterator[TodoItem]:
    """Bulletins that wait for somebody's word, or were given back."""
    contents, planner, reviews = station.files.contents, station.planner, ReviewLog(station.log)
    known = [contents.bulletins[name] for name in reviews.open_reviews() if name in contents.bulletins]
    specs = [(bulletin, planner.bulletin_spec(bulletin)) for bulletin in known]
    reviewed = [(bulletin, reviews.review(bulletin, spec, planner.revision(bulletin))) for bulletin, spec in specs]
    waiting = [bulletin for bulletin, review in reviewed if review.state is ReviewState.SUBMITTED]
    if waiting:
        yield TodoItem(
            Message("{count} bulletins wait for approval", count=len(waiting)), "/duyet", APPROVE, task=Task.APPROVE
        )
    for bulletin, review in reviewed:
        if review.state is ReviewState.RETURNED and review.returned:
            facts = {"title": bulletin.title, "name": review.returned.by.name, "why": review.returned.why}
            message = Message("“{title}” was given back by {name}: {why}", **facts)
            yield TodoItem(message, f"/ban-tin/{bulletin.id}", Message("Correct it"), task=Task.WRITE)


def _offer_items(station: Station) -> Iterator[TodoItem]:
    """What offices above the commune have sent, and about which it has not decided yet."""
    waiting, _declined = sort_offers(station.files, station.log)
    messages = [
        Message("{office} offers “{title}”: air it or not?", office=offer.office, title=offer.title)
        for offer in waiting
    ]
    if len(waiting) > MOST_OFFERS:
        messages = [Message("offices above offer {count} bulletins: air them or not?", count=len(waiting))]
    yield from (TodoItem(message, "/tin-cap-tren", Message("Choose"), task=Task.WRITE) for message in messages)


def _unheard_items(day: Iterable[Moment], names: Mapping[str, str]) -> Iterator[TodoItem]:
    """What was not heard, though nobody decided so."""
    for row in day:
        if not row.heard and row.first.record and row.first.record.verdict not in DECIDED:
            villages = ", ".join(names.get(planned.village, planned.village) for planned in row.airings)
            facts = {"villages": villages, "at": clock(row.at), "title": row.title, "became": row.word}
            message = Message("{villages}: {at} “{title}”: {became}", **facts)
            yield TodoItem(message, f"/luot/{row.first.id}", Message("Why"), pressing=True)


def _first_by_title(airings: Iterable[PlannedAiring]) -> list[tuple[str, datetime]]:
    first_times: dict[str, datetime] = {}
    for planned in airings:
        first_times.setdefault(planned.title, planned.scheduled_at)
    return list(first_times.items())


def _health(station: Station, air: Board | None, health: Health) -> Iterator[HealthLine]:
    """The box: what is wrong with it, and that the rest is well."""
    for output in output_lines(station, air, village_names(station)):
        yield HealthLine(Message("output {output}", output=output.name), output.wrong)
    yield disk_line(station)
    yield from (HealthLine(row.what, row.wrong) for row in health.rows if row.wrong)


def show_top(page: PageRequest) -> Response:
    """The bar above every page, anew: what is on the air, and the button that stops it."""
    return page.page("top.html")


async def stream(page: PageRequest) -> Response:
    """Tells this browser when its page is out of date, for as long as it is open."""
    events = page.console.live.listen()
    first = await anext(events)

    async def whole() -> AsyncGenerator[str, None]:
        async with aclosing(events):
            yield first
            async for event in events:
                yield event

    return StreamingResponse(whole(), media_type="text/event-stream")


ROUTES: Routes = {"GET /": show_today, "GET /dau-trang": show_top, "GET /song": stream}
