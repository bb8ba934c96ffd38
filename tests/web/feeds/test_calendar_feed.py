"""/lich/THON.ics: what a phone's calendar makes of a village's fortnight, read by another library than wrote it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import vobject
from harness.officers import Officer, Officers
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.station import Station

TITLES = ["<script>alert(1)</script>", "Họp; thôn, lúc 7:30\\nmai", "]]>{{ 7*7 }}", "BEGIN:VEVENT", "Ắ" * 100]


def calendar_of(officer: Officer, village: str = "na-hoa") -> Any:
    secret = officer.console.site.tokens.make(f"lịch {village}", 30, "Lan", village)
    answer = officer.get(f"/lich/{village}.ics?k={secret}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return vobject.readOne(answer.content.decode())


def events_of(calendar: Any) -> dict[str, Any]:
    return {event.uid.value: event for event in calendar.vevent_list}


def test_every_airing_of_a_fortnight_is_an_event(officers: Officers, station: Station) -> None:
    calendar = calendar_of(officers.stranger())
    planned = station.airings.plan(None, 14, "na-hoa")
    events = events_of(calendar)

    assert calendar.x_wr_calname.value == "Lịch phát loa Thôn Nà Hoa"
    assert len(planned) == 14 * 3
    assert {f"{one.id}@xa-thu.loudspeaker" for one in planned} == events.keys()
    now = at("2026-11-24T05:00:00").astimezone(UTC)
    for one in planned:
        event = events[f"{one.id}@xa-thu.loudspeaker"]
        assert event.dtstart.value == one.airing.starts_at
        assert event.dtend.value == (one.airing.ends_at or now).replace(microsecond=0)
        assert (event.summary.value, event.status.value) == (one.title, "CONFIRMED")
        assert event.dtstamp.value == now


def test_what_is_left_out_or_refused_is_cancelled_and_says_why(
    officers: Officers, station: Station, home: Path
) -> None:
    station.log.event("skip", "na-hoa/nhac/2026-11-24T11:00", station.clock.now(), why="đám tang", by="Lan")
    schedule = home / "schedules" / "na-hoa.yaml"
    schedule.write_text(schedule.read_text("utf-8") + "  - {bulletin: nhac, at: '23:30', name: night}\n", "utf-8")
    events = events_of(calendar_of(officers.stranger()))
    skipped = events["na-hoa/nhac/2026-11-24T11:00@xa-thu.loudspeaker"]
    (night, *_) = [event for uid, event in events.items() if "T23:30" in uid]

    assert (skipped.status.value, night.status.value) == ("CANCELLED", "CANCELLED")
    assert "đám tang" in skipped.description.value
    assert night.description.value
    assert skipped.dtstart.value == at("2026-11-24T11:00:00")
    assert skipped.dtend.value > skipped.dtstart.value


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_text_and_nothing_else(officers: Officers, home: Path, title: str) -> None:
    text = f"---\ntitle: '{title}'\n---\nKính thưa bà con!\n"
    (home / "bulletins" / "tin-sang.md").write_text(text, encoding="utf-8")
    secret = officers.console.site.tokens.make("x", 30, "Lan", "na-hoa")
    content = officers.stranger().get(f"/lich/na-hoa.ics?k={secret}").content

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))  # octets, RFC 5545, 3.1
    events = events_of(vobject.readOne(content.decode()))
    assert events["na-hoa/tin-sang/2026-11-24T06:05@xa-thu.loudspeaker"].summary.value == title


def test_it_is_known_at_every_look_by_the_same_names(officers: Officers, clock: FakeClock) -> None:
    before = events_of(calendar_of(officers.stranger()))
    clock.advance(3600)
    secret = officers.console.site.tokens.make("lần hai", 30, "Lan", "na-hoa")
    after = events_of(vobject.readOne(officers.stranger().get(f"/lich/na-hoa.ics?k={secret}").content.decode()))

    assert before.keys() == after.keys()


@pytest.mark.parametrize(
    ("village", "status"), [("suoi-trat", 403), ("nowhere", 403), ("..", 403), ("%2e%2e%2fbox", 404)]
)
def test_the_link_of_one_village_shows_no_other(officers: Officers, village: str, status: int) -> None:
    secret = officers.console.site.tokens.make("Ông Páo", 30, "Lan", "na-hoa")

    assert officers.stranger().get(f"/lich/{village}.ics?k={secret}").status_code == status


def test_a_link_that_was_revoked_shows_nothing(officers: Officers) -> None:
    secret = officers.console.site.tokens.make("Ông Páo", 30, "Lan", "na-hoa")
    officers.console.site.tokens.revoke("Ông Páo")
    answer = officers.stranger().get(f"/lich/na-hoa.ics?k={secret}")

    assert answer.status_code == 401
    assert "BEGIN:VCALENDAR" not in answer.text


def test_the_week_page_is_no_calendar_of_a_village(officers: Officers) -> None:
    assert officers.stranger().get("/lich").status_code == 303


def test_times_are_in_utc(officers: Officers) -> None:
    events = events_of(calendar_of(officers.stranger()))
    event = events["na-hoa/tin-sang/2026-11-24T06:05@xa-thu.loudspeaker"]

    assert event.dtstart.value == datetime(2026, 11, 23, 23, 5, tzinfo=UTC)
