"""Is the time known, and what did it skip? The watch over both clocks, and who vouches for the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.clock import FakeClock, StepDetector, SystemClock, VouchedTime, boot_id, vouchers
from loudspeaker.playout.clock_trust import ClockWatch, Trust
from loudspeaker.playout.memory_log import MemoryLog

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
NETWORK = frozenset({"network"})
BOTH = frozenset({"network", "rtc"})
BOX = frozenset({"box"})
NOBODY: frozenset[str] = frozenset()


class Eyes:
    """A clock watch with its clock."""

    def __init__(self, log: MemoryLog | None = None, now: datetime = NOW) -> None:
        self.log = log or MemoryLog()
        self.clock = FakeClock(now)
        self.begin()

    def begin(self, boot: str = "monday") -> None:
        """Start anew, after a kill -9 for all that the log knows."""
        self.watch = ClockWatch(self.log, boot)

    def look(self, vouchers: frozenset[str] = NETWORK, after: float = 1.0) -> Trust:
        self.clock.advance(after)
        return self.watch.look(self.clock.now(), self.clock.monotonic(), vouchers)

    def step(self, hours: float, vouchers: frozenset[str] = NETWORK) -> Trust:
        self.clock.step(hours * 3600)
        return self.look(vouchers)


def test_a_time_that_nobody_vouches_for_is_not_believed():
    eyes = Eyes()

    assert not eyes.look(NOBODY).believed
    assert eyes.look(NETWORK).believed
    assert not eyes.look(NOBODY).believed


def test_time_passing_is_no_step():
    eyes = Eyes()

    assert {eyes.look(after=after).stepped for after in (1, 60, 86_400)} == {timedelta(0)}


@pytest.mark.parametrize("seconds", [15, -15, 3600, -3600])
def test_a_step_up_to_an_hour_is_seen_noted_and_believed(seconds):
    eyes = Eyes()
    eyes.look()

    trust = eyes.step(seconds / 3600)

    assert (trust.believed, trust.doubt, trust.stepped) == (True, None, timedelta(seconds=seconds))
    assert [event.kind for event in eyes.log.events()] == ["clock"]


def test_a_forward_step_over_an_hour_is_doubted_but_the_day_goes_on():
    eyes = Eyes()
    eyes.look()

    trust = eyes.step(2)

    assert trust.believed
    assert trust.doubt
    assert trust.doubt.covers(NOW + timedelta(hours=1))
    assert trust.doubt.covers(NOW)
    assert not trust.doubt.covers(NOW + timedelta(hours=3))


def test_a_jump_over_years_is_not_believed_at_all():
    eyes = Eyes()
    eyes.look()

    assert not eyes.step(10 * 365 * 24).believed


def test_a_second_source_settles_it_if_it_speaks_at_once():
    eyes = Eyes()
    eyes.look()

    assert eyes.step(2, BOTH).doubt is None


def test_a_second_source_that_may_only_repeat_the_first_settles_nothing():
    eyes = Eyes()
    eyes.look()
    eyes.step(2)

    assert eyes.look(BOTH, after=900).doubt


def test_a_box_that_trusts_its_clock_vouches_for_no_step():
    eyes = Eyes()
    eyes.look(BOX)

    assert eyes.step(2, BOX | NETWORK).doubt


def test_a_person_settles_it():
    eyes = Eyes()
    eyes.look()
    eyes.step(10 * 365 * 24)

    eyes.watch.confirm(eyes.clock.now(), "chị Hoa")

    trust = eyes.look()
    assert (trust.believed, trust.doubt) == (True, None)


def test_a_persons_word_is_enough_until_the_next_step():
    eyes = Eyes()
    eyes.watch.confirm(eyes.clock.now(), "chị Hoa")

    assert eyes.look(NOBODY).believed
    assert not eyes.step(0.1, NOBODY).believed


def test_2036_and_back_leaves_no_doubt():
    eyes = Eyes()
    eyes.look()
    eyes.step(10 * 365 * 24)
    eyes.look(after=60)

    trust = eyes.step(-10 * 365 * 24)

    assert (trust.believed, trust.doubt) == (True, None)


def test_steps_forward_add_up_to_one_doubt():
    eyes = Eyes()
    eyes.look()
    eyes.step(2)

    trust = eyes.step(2)

    assert trust.doubt
    assert trust.doubt.covers(NOW + timedelta(hours=1))
    assert trust.doubt.covers(NOW + timedelta(hours=3))


def test_back_and_forth_is_a_return_and_no_doubt():
    eyes = Eyes()
    eyes.look()
    eyes.step(-2)

    assert eyes.step(2).doubt is None
    assert eyes.step(2).doubt


def test_a_doubt_survives_a_restart():
    eyes = Eyes()
    eyes.look()
    eyes.step(10 * 365 * 24)

    after = Eyes(eyes.log, eyes.clock.now())

    assert not after.look().believed
    assert after.look(BOTH).doubt


def test_before_this_program_was_written_nobody_is_believed():
    eyes = Eyes(now=datetime(1970, 1, 1, tzinfo=UTC))

    assert not eyes.look(BOX | BOTH).believed


def test_from_1970_to_now_is_the_time_being_found_and_no_doubt():
    eyes = Eyes(now=datetime(1970, 1, 1, tzinfo=UTC))
    eyes.log.remember("heartbeat", (NOW - timedelta(hours=5)).isoformat())
    eyes.look(NOBODY)
    eyes.clock.step((NOW - eyes.clock.now()).total_seconds())

    trust = eyes.look()

    assert (trust.believed, trust.doubt) == (True, None)


def test_a_persons_word_outlives_a_kill_9():
    eyes = Eyes()
    eyes.look(NOBODY)
    eyes.watch.confirm(eyes.clock.now(), "chị Hoa")
    eyes.look(NOBODY, after=3600)

    eyes.begin()

    assert eyes.look(NOBODY).believed


def test_a_persons_word_does_not_outlive_the_machine_or_a_step():
    for boot, step in (("tuesday", 0.0), ("monday", 1.0)):
        eyes = Eyes()
        eyes.look(NOBODY)
        eyes.watch.confirm(eyes.clock.now(), "chị Hoa")

        eyes.clock.step(step)
        eyes.begin(boot)

        assert not eyes.look(NOBODY).believed


def test_a_station_that_was_off_for_months_judges_nothing_until_somebody_confirms():
    eyes = Eyes()
    eyes.log.remember("heartbeat", (NOW - timedelta(days=90)).isoformat())

    trust = eyes.look()

    assert trust.believed
    assert trust.doubt
    assert trust.doubt.covers(NOW - timedelta(days=30))


def test_the_reason_is_told():
    eyes = Eyes()

    assert "nothing vouches for the time" in str(eyes.look(NOBODY).why)
    assert eyes.look().why is None
    assert "the clock jumped" in str(eyes.step(2).why)


def test_a_step_watch_sees_each_step_once():
    clock = FakeClock(NOW)
    watch = StepDetector(clock)
    clock.advance(1)
    assert not watch.detect_step()
    clock.step(-15)

    assert watch.detect_step()
    assert not watch.detect_step()


def test_a_battery_clock_vouches_for_its_own_time_only(tmp_path: Path):
    rtc = tmp_path / "since_epoch"
    rtc.write_text(f"{NOW.timestamp():.0f}\n")

    assert "rtc" in vouchers(NOW, rtc=rtc)
    assert "rtc" not in vouchers(NOW + timedelta(hours=1), rtc=rtc)
    assert "rtc" not in vouchers(NOW, rtc=tmp_path / "absent")


def test_nobody_on_this_machine_vouches_for_another_year(tmp_path: Path):
    assert vouchers(datetime(2036, 2, 7, tzinfo=UTC), rtc=tmp_path / "absent") == NOBODY
    assert vouchers(datetime(2036, 2, 7, tzinfo=UTC), trusted=True, rtc=tmp_path / "absent") == BOX


def test_the_system_clock_is_aware_and_its_other_hand_only_goes_forward():
    clock = SystemClock(UTC)

    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def say_as_hub(off: float = 0.0, error: float = 0.5, boot: str | None = None) -> VouchedTime:
    """Its word of this moment, so many seconds off."""
    clock = SystemClock()
    said = clock.now() + timedelta(seconds=off)
    return VouchedTime(said, error, clock.monotonic(), boot_id() if boot is None else boot)


@pytest.mark.parametrize(
    ("off", "error", "vouches"), [(0, 0.5, True), (-4, 0.5, True), (4, 2, False), (-6, 0, False), (3600, 0, False)]
)
def test_a_hub_vouches_for_the_time_that_it_has_said(off, error, vouches):
    assert ("hub" in vouchers(SystemClock().now(), hub=say_as_hub(off, error))) is vouches


def test_a_hub_says_nothing_of_another_start_of_the_machine():
    assert "hub" not in vouchers(SystemClock().now(), hub=say_as_hub(boot="another"))
    assert not VouchedTime(NOW, 0.0, 1.0, "").agrees(NOW, 1.0, "")  # where the kernel does not name its starts


@given(st.floats(0, 1e7), st.floats(-1e5, 1e5))
def test_the_word_of_a_hub_goes_on_with_monotonic_time_and_ends_where_the_clock_is_set(passed, step):
    word = VouchedTime(NOW, 2.0, 1000.0, "monday")
    now = NOW + timedelta(seconds=passed + step)

    assert word.agrees(now, 1000.0 + passed, "monday") is (abs((now - NOW).total_seconds() - passed) < 3.0)
