"""Rules that hold for some days only: what is planned and let through on these days; they end by themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.config.schedule_file import parse
from loudspeaker.model.airing import Airing, BulletinFacts
from loudspeaker.model.box import Box
from loudspeaker.model.commune import Commune, Policy, TemporaryPolicy
from loudspeaker.model.contents import PlanInput
from loudspeaker.model.enums import ApprovalRule, Expected
from loudspeaker.schedule.plan import DayPlans, plan
from loudspeaker.schedule.recheck import recheck

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 11, 24)
MORNING = Policy(hours=((5 * 3600, 7 * 3600),))
ALL_DAY = Policy(hours=((5 * 3600, 21 * 3600),), sessions_per_day=20, minutes_per_session=120)
NIGHT = Policy(hours=((0, 86_400),), sessions_per_day=99, minutes_per_session=1440, allow_night=True)


def given_for(
    *exceptions: TemporaryPolicy, at: str = "12:00", policy: Policy = MORNING, seconds: int = 60
) -> PlanInput:
    commune = Commune("xa", "Xã", policy=policy, villages=("a", "b"), exceptions=exceptions)
    entries = f"broadcasts: [{{bulletin: tin, at: '{at}'}}]".encode()
    schedules = tuple(parse(f"schedules/{name}.yaml", entries) for name in "ab")
    box = Box(plays={"a": "loa", "b": "loa"})
    return PlanInput(commune, box, schedules, {"tin": BulletinFacts("Tin", duration=seconds)})


def planned(given: PlanInput, days: int = 5, kept: DayPlans | None = None) -> list[Airing]:
    begins = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE)
    return plan(given, begins, begins + timedelta(days=days), kept)


def heard_on(airings: list[Airing]) -> set[date]:
    return {airing.scheduled_at.date() for airing in airings if airing.expected is Expected.AIR}


def for_days(first: int, last: int, policy: Policy) -> TemporaryPolicy:
    return TemporaryPolicy(FIRST + timedelta(days=first), FIRST + timedelta(days=last), "Bầu cử", policy)


@given(st.integers(0, 5), st.integers(0, 5))
def test_they_hold_on_their_days_and_on_no_other(first: int, last: int) -> None:
    airings = planned(given_for(for_days(first, last, ALL_DAY)))
    assert heard_on(airings) == {FIRST + timedelta(days=day) for day in range(first, min(last, 4) + 1)}


def test_a_village_with_rules_of_its_own_has_the_temporary_ones_too() -> None:
    rules = for_days(1, 1, ALL_DAY)
    given = given_for(TemporaryPolicy(rules.first, rules.last, "", ALL_DAY, {"b": MORNING}))

    assert heard_on(planned(given)) == set()  # both hear one output: the strictest holds


def test_an_approval_may_be_asked_for_on_some_days_only() -> None:
    strict = Policy(hours=MORNING.hours, approval=ApprovalRule.REQUIRED)
    airings = planned(given_for(for_days(2, 2, strict), at="06:00"))

    assert heard_on(airings) == {FIRST + timedelta(days=day) for day in (0, 1, 3, 4)}


@pytest.mark.parametrize("first", [0, 1, 2])
def test_what_was_planned_before_is_planned_again_when_rules_for_a_day_come(first: int) -> None:
    kept = DayPlans()
    planned(given_for(), kept=kept)
    given = given_for(for_days(first, first, ALL_DAY))

    assert planned(given, kept=kept) == planned(given)


def test_nothing_runs_over_midnight_into_a_day_with_other_rules() -> None:
    given = given_for(for_days(0, 0, NIGHT), at="23:50", seconds=1200)
    assert heard_on(planned(given)) == set()
    assert heard_on(planned(given_for(for_days(0, 1, NIGHT), at="23:50", seconds=1200))) == {FIRST}


def test_at_air_the_rules_of_the_day_are_asked_again() -> None:
    given = given_for(for_days(1, 1, ALL_DAY))
    for airing in planned(given):
        begins = airing.scheduled_at
        refused = recheck(given, airing, begins, begins + timedelta(seconds=60))
        assert (refused is None) == (begins.date() == FIRST + timedelta(days=1))


def test_the_strictest_approval_counts_as_long_as_its_days_are_not_over() -> None:
    commune = given_for(for_days(1, 2, Policy(approval=ApprovalRule.TWO))).commune
    assert commune.approval_rule(FIRST) is ApprovalRule.TWO
    assert commune.approval_rule(FIRST + timedelta(days=3)) is ApprovalRule.OPTIONAL
