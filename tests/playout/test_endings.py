"""How an airing ended, in words that are true: told to end or cut off, heard whole or in part, late and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from harness.playout_harness import RATE, PlayoutHarness, airing

from loudspeaker.interfaces import State
from loudspeaker.reports.explain import added_reason


def test_a_station_that_was_told_to_end_does_not_say_that_its_power_went() -> None:
    stage = PlayoutHarness(airing("17:00"), now="16:59")
    stage.until("17:00:30")
    stage.controller.leave(stage.clock.now())
    stage.step()
    stage.restart(after=10)
    stage.until("17:30")

    (record,) = stage.log.records.values()
    assert record.why == "heard for 30 s; then the station was told to end"


def test_what_was_due_after_a_polite_end_says_so_and_a_power_cut_keeps_its_own_sentence() -> None:
    stage = PlayoutHarness(airing("17:10"), airing("18:10", bulletin="nhac"), now="17:00")
    stage.until("17:01")
    stage.controller.leave(stage.clock.now())
    stage.step()
    stage.restart(after=3000)
    stage.until("18:00")
    stage.restart(after=3000)
    stage.until("19:00")

    polite, cut = (record.why for record in stage.log.records.values())
    assert polite.startswith("the station had been told to end, from 17:01")
    assert cut.startswith("the station was off from 1")


def test_a_quarter_is_noted_once_however_the_airing_ends() -> None:
    stage = PlayoutHarness(airing("17:00"), now="16:59")
    stage.until("17:00:30")
    stage.controller.stop(stage.clock.now(), "Lan", "đám tang")
    stage.until("17:00:40")

    assert [event.kind for event in stage.log.happened].count("quarter") == 1


def test_a_kill_tells_the_least_that_was_heard() -> None:
    stage = PlayoutHarness(airing("17:00"), now="16:59")
    stage.until("17:00:33")
    stage.restart()
    stage.until("17:30")

    (record,) = stage.log.records.values()
    assert record.verdict == "aired-partly"
    assert 28 <= int(record.why.split(" s;")[0].rpartition(" ")[2]) <= 33
    assert record.why.startswith("heard for at least")


def test_what_was_heard_whole_before_its_card_died_is_aired() -> None:
    stage = PlayoutHarness(airing("17:00"), now="16:59")
    stage.until("17:00:59")
    speaker = stage.speakers["horn"]
    stage.clock.advance(1)
    whole = replace(speaker._last, state=State.FAILED, frames=60 * RATE, ended_at=stage.clock.now())
    speaker._last = whole
    stage.step()

    (record,) = stage.log.records.values()
    assert (record.verdict, record.frames) == ("aired", 60 * RATE)


def test_a_quarter_is_known_when_it_has_passed_though_the_card_tells_it_later() -> None:
    stage = PlayoutHarness(airing("17:00"), now="16:59")
    stage.until("17:00:01")
    speaker = stage.speakers["horn"]
    sound = speaker.poll
    speaker.poll = lambda: replace(sound(), frames=0)  # type: ignore[method-assign]
    stage.until("17:00:15.1")

    assert [event.kind for event in stage.log.happened][-1] == "quarter"


def test_it_had_to_wait_only_where_something_else_was_on() -> None:
    late = airing("17:00")
    stage = PlayoutHarness(late, now="16:00")
    speaker = stage.speakers["horn"]
    arm = speaker.arm
    speaker.arm = lambda name, sequence, when, gain=0.0: arm(name, sequence, when + timedelta(seconds=5), gain)  # type: ignore[method-assign]
    stage.until("17:30")

    (record,) = stage.log.records.values()
    assert (record.verdict, record.why) == ("aired-late", "heard whole, 5 s late: it could not be started sooner")


def test_nothing_is_said_twice_in_a_line() -> None:
    told = [
        ("Bỏ theo yêu cầu.", "bỏ theo yêu cầu: trời mưa", "trời mưa"),
        ("Đã phát trọn vẹn, đúng giờ.", "đã phát trọn vẹn, đúng giờ", ""),
        ("Bị dừng.", "Lan đã cho dừng", "Lan đã cho dừng"),
        ("bỏ theo yêu cầu", "", ""),
    ]
    assert [added_reason(said, why) for said, why, _ in told] == [new for *_, new in told]
