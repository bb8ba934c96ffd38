"""Sound is fetched by night: each box has a minute of its own, and what is heard before that comes in time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.fleet.late_carrier import DAY, EARLIER, EVENING, HOUR, IN_TIME, MORNING, prefetch_at

BOXES = st.integers(0, 10_000).map("b-{:08x}".format)
NIGHT = DAY - EVENING + MORNING


def begins(box: str, hour: float, midnight: float = 0.0) -> float:
    """When it fetches what it hears of at this hour of the day that began at `midnight`, counted from there."""
    now = midnight + hour * HOUR
    return max(prefetch_at(box, now, now, None, midnight), now) - midnight


@given(BOXES, st.floats(0.0, 23.999), st.floats(-1e6, 1e9))
def test_it_begins_at_night_and_within_a_day(box: str, hour: float, midnight: float) -> None:
    at = begins(box, hour, midnight)

    assert at % DAY >= EVENING - 1e-3 or at % DAY < MORNING
    assert hour * HOUR - 1e-3 <= at < hour * HOUR + DAY


def test_boxes_come_spread_over_the_hours_of_the_night() -> None:
    hours = Counter(int(begins(f"b-{number:08x}", 12) // HOUR) for number in range(900))

    assert set(hours) == set(range(19, 28))
    assert all(70 <= count <= 130 for count in hours.values())


@given(BOXES, st.floats(0.0, 4.999))
def test_whose_minute_has_passed_fetches_at_once_as_long_as_it_is_night(box: str, hour: float) -> None:
    at = begins(box, hour)

    assert at == hour * HOUR or at == prefetch_at(box, 0.0, 0.0, None, 0.0) > hour * HOUR


@given(BOXES, st.floats(6.0, 18.0), st.floats(0.0, 20.0))
def test_what_is_heard_within_two_hours_comes_at_once_and_else_not_long_before_that(
    box: str, hour: float, ahead: float
) -> None:
    now = hour * HOUR
    due = now + ahead * HOUR
    at = prefetch_at(box, now, now, due, 0.0)

    assert at <= max(now, due - IN_TIME)
    assert at <= now or at >= min(due - IN_TIME - EARLIER, EVENING)


@given(BOXES, st.integers(1, 9), st.floats(0.0, 23.999))
def test_a_day_that_was_told_long_ago_is_as_good_as_the_one_of_now(box: str, days: int, hour: float) -> None:
    now = days * DAY + hour * HOUR

    assert prefetch_at(box, 0.0, now, None, 0.0) == pytest.approx(prefetch_at(box, 0.0, now, None, days * DAY))


@given(BOXES, st.floats(0.0, 1e6))
def test_who_does_not_know_the_time_is_spread_over_as_many_hours(box: str, later: float) -> None:
    at = prefetch_at(box, 100.0, 100.0, None, None)

    assert 100.0 <= at < 100.0 + NIGHT
    assert prefetch_at(box, 100.0, 100.0 + later, None, None) == at  # and not put off again and again
