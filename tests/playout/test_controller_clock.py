"""The clock is not believed blindly: steps lose nothing silently, repeat nothing and invent no verdicts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from harness.playout_harness import PlayoutHarness, airing, at, changed, programme

from loudspeaker.model.enums import Level

MORNING = airing("17:30")
LATER = airing("18:10", bulletin="hop-thon")
YEARS = 10 * 365 * 86_400.0
HOUR = 3600.0


def test_routine_and_priority_wait_until_the_time_is_known():
    stage = PlayoutHarness(MORNING, airing("17:30", bulletin="mat-dien", level=Level.PRIORITY))
    stage.vouchers = frozenset()

    stage.until("17:34")
    assert (stage.verdicts(), stage.heard) == ({}, [])
    stage.vouchers = frozenset({"network"})
    stage.until("17:50")

    assert list(stage.verdicts().values()) == ["aired-late", "aired-late"]
    assert "the clock was wrong" in stage.records()[1].why


def test_what_was_due_too_long_before_the_time_was_known_is_missed_by_the_clock():
    stage = PlayoutHarness(MORNING)
    stage.vouchers = frozenset()
    stage.until("17:40")
    assert stage.verdicts() == {}

    stage.vouchers = frozenset({"network"})
    stage.until("17:50")

    assert {MORNING.id: "missed-clock"} == stage.verdicts()


def test_what_is_armed_when_the_clock_loses_belief_is_called_off():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.vouchers = frozenset()

    stage.until("17:32")

    assert (stage.verdicts(), stage.heard) == ({}, [])


@pytest.mark.parametrize("step", [15.0, -15.0])
def test_a_small_step_while_waiting_changes_nothing(step):
    stage = PlayoutHarness(MORNING)
    stage.until("17:20")
    stage.clock.step(step)

    stage.until("17:40")

    assert ({MORNING.id: "aired"}, at("17:30")) == (stage.verdicts(), stage.heard[0][1])


@pytest.mark.parametrize("step", [15.0, -15.0, HOUR, -HOUR, YEARS, -YEARS])
def test_a_step_while_on_air_does_not_cut_or_repeat_it(step):
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:20")
    stage.clock.step(step)
    stage.step()

    stage.until(stage.clock.now() + timedelta(minutes=3))

    assert [round(heard) for airing, _, heard in stage.heard if airing == MORNING.id] == [60]
    assert stage.verdicts()[MORNING.id] == "aired"


@pytest.mark.parametrize("step", [15.0, -15.0])
def test_a_step_while_armed_arms_anew_for_the_right_instant(step):
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.clock.step(step)

    stage.until("17:40")

    (heard,) = stage.heard
    assert heard[1] == (at("17:30:14") if step > 0 else at("17:30"))


def test_an_hour_forward_over_an_airing_is_told():
    stage = PlayoutHarness(MORNING, LATER)
    stage.until("17:20")
    stage.clock.step(HOUR - 20 * 60)

    stage.until("18:20")

    assert {MORNING.id: "missed-clock", LATER.id: "aired"} == stage.verdicts()


def test_a_little_forward_over_an_airing_is_caught_up():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:50")
    stage.clock.step(60)

    stage.until("17:40")

    assert {MORNING.id: "aired-late"} == stage.verdicts()


def test_an_hour_back_repeats_nothing_and_loses_nothing():
    stage = PlayoutHarness(MORNING, LATER)
    stage.until("17:40")
    stage.clock.step(-HOUR)

    stage.until("18:20")

    assert {MORNING.id: "aired", LATER.id: "aired"} == stage.verdicts()
    assert len(stage.heard) == 2


def test_an_hour_back_while_one_is_waiting_lets_it_come_at_its_time():
    stage = PlayoutHarness(MORNING)
    stage.speakers["horn"].gone = True
    stage.until("17:31")
    stage.clock.step(-HOUR)
    stage.speakers["horn"].gone = False

    stage.until("17:40")

    assert ({MORNING.id: "aired"}, at("17:30")) == (stage.verdicts(), stage.heard[0][1])


def test_two_hours_forward_are_not_judged_until_a_second_source_speaks():
    stage = PlayoutHarness(MORNING, LATER, airing("19:30", bulletin="toi"))
    stage.until("17:00")
    stage.clock.step(2 * HOUR)

    stage.until("20:00")
    assert stage.verdicts() == {"na-hoa/toi/2026-11-24T19:30": "aired"}
    stage.watch.confirm(stage.clock.now(), "chị Hoa")
    stage.until("20:01")

    assert {"missed-clock"} == {stage.verdicts()[airing.id] for airing in (MORNING, LATER)}


def test_two_hours_forward_and_back_invent_nothing():
    stage = PlayoutHarness(MORNING, LATER)
    stage.until("17:00")
    stage.clock.step(2 * HOUR)
    stage.until("19:05")
    stage.clock.step(-2 * HOUR)

    stage.until("18:20")

    assert {MORNING.id: "aired", LATER.id: "aired"} == stage.verdicts()


def test_a_jump_to_2036_writes_no_ten_years_of_verdicts_and_is_silent():
    stage = PlayoutHarness(MORNING, LATER, airing("2036-11-22T18:00", bulletin="mai-sau"))
    stage.until("17:00")
    stage.clock.step(YEARS)
    stage.until(stage.clock.now() + timedelta(hours=2))
    assert (stage.verdicts(), stage.heard) == ({}, [])

    stage.restart()
    stage.until(stage.clock.now() + timedelta(hours=1))
    stage.clock.step(-YEARS - 3 * HOUR)
    stage.until("18:20")

    assert {MORNING.id: "aired", LATER.id: "aired"} == stage.verdicts()


def test_from_1970_to_now():
    stage = PlayoutHarness(MORNING, LATER, now="16:00")
    stage.step()
    stage.kill()
    stage.clock.advance(90 * 60 + 60)
    truth = stage.clock.now()
    stage.clock.step((datetime(1970, 1, 1, tzinfo=truth.tzinfo) - truth).total_seconds())
    stage.vouchers = frozenset()
    stage.begin()
    stage.until(stage.clock.now() + timedelta(minutes=2))
    assert stage.verdicts() == {}

    stage.clock.step((truth - datetime(1970, 1, 1, tzinfo=truth.tzinfo)).total_seconds())
    stage.vouchers = frozenset({"network"})
    stage.until("18:20")

    assert {MORNING.id: "aired-late", LATER.id: "aired"} == stage.verdicts()
    assert "the station was off" in stage.record(MORNING).why


def test_off_and_then_without_a_clock_are_told_apart():
    early = airing("17:00", bulletin="som")
    stage = PlayoutHarness(early, MORNING, now="16:50")
    stage.step()
    stage.kill()
    stage.clock.advance(35 * 60)
    stage.vouchers = frozenset()
    stage.begin()
    stage.until("17:45")

    stage.vouchers = frozenset({"network"})
    stage.until("18:00")

    assert {early.id: "missed-off", MORNING.id: "missed-clock"} == stage.verdicts()


def test_what_was_scheduled_in_the_doubted_time_is_not_caught_up_before_it_is_settled():
    late = changed(airing("18:58", bulletin="cuoi"), level=Level.PRIORITY)
    stage = PlayoutHarness(late, now="17:00")
    stage.step()
    stage.clock.step(2 * HOUR)

    stage.until("19:10")

    assert (stage.verdicts(), stage.heard) == ({}, [])


def test_what_began_before_the_step_was_noticed_is_not_called_off():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.clock.advance(1.5)
    stage.clock.step(-1)
    stage.until("17:40")

    assert [heard for _, _, heard in stage.heard] == [60.0]
    assert {MORNING.id: "aired"} == stage.verdicts()


def test_what_was_due_before_a_jump_of_the_clock_is_not_too_late_by_it():
    stage = PlayoutHarness(MORNING)
    stage.speakers["horn"].gone = True
    stage.until("17:30:03")
    stage.clock.step(2 * HOUR)
    stage.step()
    assert stage.verdicts() == {}

    stage.clock.step(-2 * HOUR)
    stage.speakers["horn"].gone = False
    stage.until("17:40")
    assert {MORNING.id: "aired-late"} == stage.verdicts()


def test_an_hour_is_believed_and_what_it_made_too_late_was_missed_by_the_clock():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:58")
    stage.clock.advance(1.9)
    stage.clock.step(HOUR)
    stage.step()

    assert {MORNING.id: "missed-clock"} == stage.verdicts()


def test_what_was_asked_for_in_a_wrong_future_is_judged_after_a_restart_and_an_emergency_goes_on():
    stage = PlayoutHarness(now="17:00")
    stage.vouchers = frozenset()
    stage.clock.step(HOUR)
    for name, level in (("play", Level.ROUTINE), ("urgent", Level.EMERGENCY)):
        asked = changed(airing("18:00", 5.0), id=f"na-hoa/{name}/1", level=level)
        stage.order_now(asked, programmes=(programme(name, 5.0),), plays=1 + (level is Level.EMERGENCY), gap=600.0)
    stage.kill()
    stage.clock.step(-HOUR)
    stage.begin()
    stage.until("17:20")

    assert stage.verdicts() == {"na-hoa/play/1": "missed-clock", "na-hoa/urgent/1": "aired"}
    assert len(stage.heard) == 2
