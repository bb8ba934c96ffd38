"""/api/v1: the rows of the command line's `--json` for other programs, reading only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Annotated, TypedDict

from starlette.responses import Response

from ... import VERSION, json_output
from ...errors import BadUsage, Message
from ...json_output import AsRunRow, Instant, PlannedAiringRow, StatusRow, StoryRow
from ...model.airing import StandingPause
from ...model.board import StandingAlarm
from ...model.enums import Level, ReviewState
from ...model.request_checks import WRITTEN_YEARS
from ...reports.explain import explain_airing
from ..bulletin_pages.bulletins import bulletin_rows
from ..pages import Feeds, PageRequest
from .feed_requests import JSON
from .openapi import Endpoint, make_document

MOST_DAYS, MOST_ROWS = 31, 5_000  # of one answer
Day = Annotated[str, "date"]


class AlarmRow(TypedDict):
    """An alarm that nobody has ended."""

    id: str
    village: str
    bulletin: str | None
    title: str
    drill: bool
    given_at: Instant
    repeats: bool


class PauseRow(TypedDict):
    """A village that is kept quiet."""

    village: str
    begins: Instant
    until: Instant
    why: str


class NowRow(StatusRow):
    """The same as `status`, and what stands; without a daemon (`running` false), as far as files and log tell."""

    at: Instant
    running: bool
    trusted: bool | None
    alarms: list[AlarmRow]
    pauses: list[PauseRow]


class StoredBulletinRow(TypedDict):
    """One bulletin; no state for a template of alarms, no level for a file that cannot be read."""

    id: str
    title: str
    level: Level | None
    state: ReviewState | None
    duration_s: float
    doubts: int
    why: str | None
    broken: bool


def send_now(page: PageRequest) -> Response:
    shared_station = page.console.shared_station
    air, health, on = page.air, shared_station.health(), shared_station.client.on_air() or ()
    with shared_station.station() as station:
        coming = station.airings.coming([str(facts["id"]) for facts in on])
        now = station.clock.now().isoformat()
    wrong = [(row.what, row.wrong) for row in health.rows if row.wrong]
    board = air.board
    row: NowRow = {
        **json_output.status(on, coming, wrong),
        "at": now,
        "running": air.running,
        "trusted": board.trusted if board else None,
        "alarms": list(map(_alarm, air.alarms)),
        "pauses": list(map(_pause, board.pauses)) if board else [],
    }
    return _send(page, row)


def _alarm(alarm: StandingAlarm) -> AlarmRow:
    return {
        "id": alarm.id,
        "village": alarm.village,
        "bulletin": alarm.bulletin,
        "title": alarm.title,
        "drill": alarm.drill,
        "given_at": alarm.given_at.isoformat(),
        "repeats": alarm.repeats,
    }


def _pause(pause: StandingPause) -> PauseRow:
    begins, until = pause.begins.isoformat(), pause.until.isoformat()
    return {"village": pause.village, "begins": begins, "until": until, "why": pause.why}


def send_plan(page: PageRequest) -> Response:
    day, days = _span(page)
    with page.console.shared_station.station() as station:
        planned = station.airings.plan(day, days, page.query.get("village"))
    return _send(page, list(map(json_output.planned_airing, planned[: MOST_ROWS + 1])))


def send_log(page: PageRequest) -> Response:
    day, days = _span(page)
    with page.console.shared_station.station() as station:
        zone, village = station.files.commune.zone, page.query.get("village")
        wanted = station.files.village_id(village) if village else None
        records = station.airings.iterate_records(day, days)
        found = islice((record for record in records if wanted in (None, record.village)), MOST_ROWS + 1)
        rows = [json_output.asrun_record(record, zone, station.log.hash_of(record.id)) for record in found]
    return _send(page, rows)


def send_story(page: PageRequest) -> Response:
    with page.console.shared_station.station() as station:
        zone, now = station.files.commune.zone, station.clock.now()
        name, airing, record = station.airings.look_up(page.path["id"])
        approval = station.planner.approval_message(station.log, airing.bulletin if airing else None)
        offices = station.files.contents.offices
        story = explain_airing(name, airing, record, station.log, now, zone, page.site.translate, approval, offices)
        row = json_output.story(name, airing, record, story, zone, station.log.hash_of(name))
    return _send(page, row)


def send_bulletins(page: PageRequest) -> Response:
    with page.console.shared_station.station() as station:
        levels = {bulletin.id: bulletin.level for bulletin in station.files.contents.bulletins.values()}
        bulletins = bulletin_rows(station)
    rows: list[StoredBulletinRow] = [
        {
            "id": row.id,
            "title": row.title,
            "level": levels.get(row.id),
            "state": row.state,
            "duration_s": round(row.seconds, 3),
            "doubts": row.doubts,
            "why": row.why or None,
            "broken": row.broken,
        }
        for row in bulletins
    ]
    return _send(page, rows)


def send_document(page: PageRequest) -> Response:
    """What may be asked for; it is the same at every station and needs no token."""
    return _send(page, make_document("loudspeaker", VERSION, ENDPOINTS))


def _span(page: PageRequest) -> tuple[date | None, int]:
    """The first day and how many. Raises `BadUsage`."""
    unknown = page.query.keys() - SPAN.keys()
    if unknown:
        raise BadUsage(Message("there is no parameter “{name}”", name=min(unknown)))
    try:
        day = date.fromisoformat(page.query["date"]) if "date" in page.query else None
        days = int(page.query.get("days", "1"))
        if day and day.year not in WRITTEN_YEARS:
            raise ValueError(day)
    except ValueError:
        raise BadUsage(Message("write date as 2026-11-28, and days as a number")) from None
    if not 1 <= days <= MOST_DAYS:
        raise BadUsage(Message("days is a number from 1 to {most}", most=MOST_DAYS))
    return day, days


def _send(page: PageRequest, value: object) -> Response:
    """Raises `BadUsage` where it is more than one answer holds."""
    if isinstance(value, list) and len(value) > MOST_ROWS:
        raise BadUsage(Message("more than {most} rows: ask for fewer days", most=MOST_ROWS))
    return Response(json_output.write_json(value, page.site.translate), media_type=JSON)


SPAN: Mapping[str, tuple[object, str]] = {
    "date": (Day, "The first day; today if left out"),
    "days": (int, f"How many days, 1 to {MOST_DAYS}"),
    "village": (str, "Only this village (its id)"),
}
AIRING: Mapping[str, tuple[object, str]] = {"id": (str, "An airing, such as na-hoa/tin-sang/2026-11-28T06:05")}
ENDPOINTS: Mapping[str, Endpoint] = {
    "GET /api/v1/now": Endpoint(
        "What is on the air, what comes next, what stands and what is wrong", {}, NowRow, send_now
    ),
    "GET /api/v1/plan": Endpoint("The airings of some days, refused ones too", SPAN, list[PlannedAiringRow], send_plan),
    "GET /api/v1/log": Endpoint("What became of the airings of some days", SPAN, list[AsRunRow], send_log),
    "GET /api/v1/why/{id:path}": Endpoint("The story of one airing in sentences", AIRING, StoryRow, send_story),
    "GET /api/v1/bulletins": Endpoint(
        "Every bulletin and where it stands", {}, list[StoredBulletinRow], send_bulletins
    ),
}
FEEDS: Feeds = {route: endpoint.handler for route, endpoint in ENDPOINTS.items()} | {
    "GET /api/v1/openapi.json": send_document
}
