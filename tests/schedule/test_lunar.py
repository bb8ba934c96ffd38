"""The lunar calendar, day by day against two calendars that others made, and instant by instant where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from harness.scoring import some_of
from lunar_vn import solar_to_lunar
from vnlunar.core import get_lunar_date  # type: ignore[import-untyped]

from loudspeaker.model import lunar as calendar
from loudspeaker.model.lunar import Lunar, lunar

# UTC+7 has been Vietnam's time since 1968; from 2054 on the two oracles differ, and docs/decisions/0008 decides.
FIRST, LAST = date(1968, 1, 1), date(2053, 12, 31)


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def by_lunar_vn(day: date) -> Lunar:
    found = solar_to_lunar(day)
    return Lunar(found.month, found.leap, found.day)


def by_vnlunar(day: date) -> Lunar:
    found = get_lunar_date(day.day, day.month, day.year)
    return Lunar(int(found["month"]), bool(found["leap"]), int(found["day"]))


@pytest.mark.sampled
@pytest.mark.parametrize("oracle", [by_vnlunar, by_lunar_vn])
def test_every_day_from_1968_to_2053_is_that_of_other_calendars(oracle) -> None:
    some = some_of(list(days(FIRST, LAST)), 5)  # several of each month

    assert [(day, lunar(day), oracle(day)) for day in some if lunar(day) != oracle(day)] == []


def test_the_month_of_may_2054_begins_by_the_instant_of_its_new_moon() -> None:
    # DE440: 00:00:57 on 8 May in Vietnam. vnlunar's table begins the month a day too early.
    assert lunar(date(2054, 5, 7)) == (3, False, 30)
    assert lunar(date(2054, 5, 8)) == (4, False, 1)
    assert [day for day in days(date(2054, 1, 1), date(2071, 12, 31)) if lunar(day) != by_vnlunar(day)] == list(
        days(date(2054, 5, 7), date(2054, 6, 5))
    )
    assert all(lunar(day) == by_lunar_vn(day) for day in days(date(2054, 1, 1), date(2071, 12, 31)))


# (new moon counted from January 2000, its instant in UT after DE440): near midnight in Vietnam, and printed by Meeus.
NEW_MOONS = [
    (-16, datetime(1998, 9, 20, 17, 1, 29, tzinfo=UTC)),
    (387, datetime(2031, 4, 21, 16, 57, 6, tzinfo=UTC)),
    (672, datetime(2054, 5, 7, 17, 0, 57, tzinfo=UTC)),
    (-283, datetime(1977, 2, 18, 3, 37, 42, tzinfo=UTC) - timedelta(seconds=47.6)),  # Meeus, example 49.a, in TT
]


@pytest.mark.parametrize(("number", "instant"), NEW_MOONS)
def test_new_moons_are_known_to_some_seconds(number: int, instant: datetime) -> None:
    assert abs((moment(calendar.new_moon(number)) - instant).total_seconds()) < 20


# Meeus, example 25.b: 13 October 1992, 0h TT, 199°54′21.818″.
def test_the_longitude_of_the_sun_is_known_to_some_seconds_of_arc() -> None:
    at = 2448908.5 - calendar.delta_t(2448908.5) / 86400

    assert abs(calendar.sun_longitude(at) - (199 + 54 / 60 + 21.818 / 3600)) < 3 / 3600


def moment(julian: float) -> datetime:
    return datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=julian - calendar.J2000)


def test_the_first_and_the_last_years_that_a_date_can_have_do_not_fail() -> None:
    for day in (date.min, date(1, 6, 1), date(9999, 6, 1), date.max):
        assert 1 <= lunar(day).day <= 30
