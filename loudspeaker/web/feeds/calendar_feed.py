"""/lich/THON.ics: the airings of a village, fourteen days ahead, in the calendar of a phone (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from ...errors import Message
from ...model.enums import Expected
from ...plaintext import escape
from ...station.airings import PlannedAiring
from ..pages import Feeds, PageRequest
from ..shared_station import village_names

DAYS = 14
KIND = "text/calendar; charset=utf-8"
STATUS: Mapping[Expected, str] = {Expected.AIR: "CONFIRMED", Expected.NOT_READY: "TENTATIVE"}


def send_calendar(page: PageRequest) -> Response:
    """Raises `NotFound` for a village that nobody knows."""
    village = page.path["thon"]
    with page.console.shared_station.station() as station:
        planned = station.airings.plan(None, DAYS, village)
        name, commune, now = village_names(station)[village], station.files.commune.id, station.clock.now()
    title = Message("Loudspeakers of {village}", village=name).say(page.site.translate)
    return Response(write_calendar(title, planned, commune, name, now, page.site.translate), media_type=KIND)


def write_calendar(
    title: str,
    planned: Iterable[PlannedAiring],
    commune: str,
    place: str,
    now: datetime,
    translate: Callable[[str], str],
) -> bytes:
    """A calendar with an event for each airing. Times are in UTC: every phone shows them in its own zone."""
    import icalendar  # 60 ms and 8 MB

    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//loudspeaker//console//VI")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", title)
    calendar.add("X-PUBLISHED-TTL", "PT1H")  # after which a phone is asked to look again
    for airing in planned:
        event = icalendar.Event()
        for name, value in _properties(airing, commune, place, now, translate).items():
            event.add(name, value)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _properties(
    planned: PlannedAiring, commune: str, place: str, now: datetime, translate: Callable[[str], str]
) -> Mapping[str, object]:
    """Of one airing; it is cancelled where it will not be heard, and says why."""
    airing = planned.airing
    begins = airing.starts_at or airing.scheduled_at
    why = {"DESCRIPTION": airing.why.say(translate)} if airing.why else {}
    return {
        "UID": f"{airing.id}@{commune}.loudspeaker",
        "DTSTAMP": now.astimezone(UTC),
        "DTSTART": begins.astimezone(UTC),
        "DTEND": (airing.ends_at or begins + timedelta(seconds=airing.duration)).astimezone(UTC),
        "SUMMARY": escape(airing.title),
        "LOCATION": escape(place),
        "STATUS": STATUS.get(airing.expected, "CANCELLED"),
        "TRANSP": "TRANSPARENT",  # nobody is busy because of it
        **why,
    }


FEEDS: Feeds = {"GET /lich/{thon}.ics": send_calendar}
