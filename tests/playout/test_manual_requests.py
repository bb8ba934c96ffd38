"""What people ask for by hand: replays, emergencies and their end, stop; over restarts too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from harness.playout_harness import PlayoutHarness, airing, at, changed, programme

from loudspeaker.clock import FakeClock
from loudspeaker.errors import LoudspeakerError, Message, Refused
from loudspeaker.model.airing import Airing
from loudspeaker.model.asrun_record import Event
from loudspeaker.model.enums import Ending, Expected, Level
from loudspeaker.playout.controller import Controller
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.memory import MemorySpeaker

MORNING = airing("17:30")
FLOOD = programme("lu-quet", 10.0)


def by_hand(when: str, kind: str = "play", village: str = "na-hoa", **changes: object) -> Airing:
    asked = airing(when, village=village, broadcast=kind)
    return changed(asked, id=f"{village}/{kind}/{at(when):%Y-%m-%dT%H:%M:%S}", **changes)


def flood(when: str, village: str = "na-hoa", output: str = "horn") -> Airing:
    return by_hand(when, "urgent", village, output=output, level=Level.EMERGENCY, bulletin=None, title="Lũ quét")


def warn(stage: PlayoutHarness, *villages: str, plays: int = 3, gap: float = 30.0, **facts: object) -> list[Airing]:
    """Ask for an emergency, now."""
    now = f"{stage.clock.now():%H:%M:%S}"
    airings = [flood(now, village) for village in villages or ("na-hoa",)]
    stage.order_now(*airings, programmes=(FLOOD,), plays=plays, gap=gap, **facts)
    return airings


class Fading(MemorySpeaker):
    """Remembers how fast it was to fall silent."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.fades: list[float] = []

    def stop(self, fade: float = 0.03) -> None:
        self.fades.append(fade)
        super().stop(fade)


# Replays.


def test_a_replay_is_heard_at_once_and_says_who_asked():
    stage = PlayoutHarness(now="19:02:31")
    replay = by_hand("19:02:31")
    stage.order_now(replay)

    stage.until("19:10")

    record = stage.record(replay)
    assert (record.id, record.verdict, record.by) == ("na-hoa/play/2026-11-24T19:02:31", "aired", "chị Hoa")
    assert stage.heard[0][1] == at("19:02:31")


def test_what_was_asked_for_is_not_taken_twice():
    stage = PlayoutHarness(now="19:02:31")
    stage.order_now(by_hand("19:02:31"))
    with pytest.raises(Refused):
        stage.order_now(by_hand("19:02:31"))
    stage.until("19:10")

    with pytest.raises(Refused):
        stage.order_now(by_hand("19:02:31"))


def test_a_replay_obeys_the_policy():
    stage = PlayoutHarness(now="23:00")
    stage.desk.forbid = lambda airing, begins, ends: Message("it is night")
    replay = by_hand("23:00")
    stage.order_now(replay)

    stage.until("23:10")

    assert ({replay.id: "refused"}, []) == (stage.verdicts(), stage.heard)


def test_an_override_with_its_reason_goes_over_the_policy():
    stage = PlayoutHarness(now="23:00")
    stage.desk.forbid = lambda airing, begins, ends: Message("it is night")
    replay = by_hand("23:00")
    stage.order_now(replay, override="một cháu bé bị lạc")

    stage.until("23:10")

    assert {replay.id: "aired"} == stage.verdicts()
    assert stage.log.events("asked", replay.id)[0].facts["override"] == "một cháu bé bị lạc"


def test_a_replay_never_waits_for_clock_trust():
    stage = PlayoutHarness(MORNING, now="17:29")
    stage.vouchers = frozenset()
    replay = by_hand("17:29")
    stage.order_now(replay)

    stage.until("17:31")

    assert {replay.id: "aired"} == stage.verdicts()


def test_a_replay_waits_its_turn():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:10")
    replay = by_hand("17:30:10")
    stage.order_now(replay)

    stage.until("17:40")

    assert {MORNING.id: "aired", replay.id: "aired-late"} == stage.verdicts()


def test_a_replay_killed_early_is_played_again_after_the_restart():
    stage = PlayoutHarness(now="19:02:31")
    replay = by_hand("19:02:31")
    stage.order_now(replay)
    stage.until("19:02:40")

    stage.restart(after=60)
    stage.until("19:10")

    assert (stage.record(replay).verdict, stage.record(replay).by) == ("aired-late", "chị Hoa")


def test_a_replay_from_before_a_long_power_cut_is_not_played():
    stage = PlayoutHarness(now="19:02:31")
    replay = by_hand("19:02:31")
    stage.order_now(replay)

    stage.restart(after=3600)
    stage.until("20:10")

    assert ({replay.id: "missed-off"}, []) == (stage.verdicts(), stage.heard)


# Emergencies.


def test_an_emergency_is_said_as_often_as_asked():
    stage = PlayoutHarness()
    (asked,) = warn(stage)

    stage.until("17:10")

    assert [at("17:00"), at("17:00:40"), at("17:01:20")] == [
        started.replace(microsecond=0) for _, started, _ in stage.heard
    ]
    record = stage.record(asked)
    assert (record.verdict, record.why, record.frames) == ("aired", "heard 3 times", 3 * 10 * 8_000)
    assert at("17:00") == record.started_at


def test_an_emergency_breaks_into_what_is_on_air():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:20")
    (asked,) = warn(stage, plays=1)

    stage.step()

    assert stage.speakers["horn"].poll().airing == asked.id


def test_an_emergency_waits_for_a_short_fade_only():
    stage = PlayoutHarness(MORNING)
    speaker = Fading(stage.clock)
    stage.controller = Controller(stage.log, {"horn": speaker}, stage.desk)
    stage.until("17:30:20")
    warn(stage, plays=1)
    stage.step()
    stage.controller.stop(stage.clock.now(), "anh Páo", "hết lũ")

    stage.step()

    assert speaker.fades == [0.02, 0.03]


def test_what_was_broken_into_is_started_again_afterwards():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:50")
    warn(stage)

    stage.until("17:40")

    assert [(50, MORNING.id), (60, MORNING.id)] == [
        (round(heard), airing) for airing, _, heard in stage.heard if airing == MORNING.id
    ]
    assert stage.verdicts()[MORNING.id] == "aired-late"


def test_what_was_broken_into_stays_so_if_its_time_is_over():
    stage = PlayoutHarness(changed(MORNING, wait=60.0))
    stage.until("17:30:20")
    warn(stage, plays=10, gap=60)

    stage.until("18:00")

    record = stage.record(MORNING)
    assert (record.verdict, record.frames) == ("pre-empted", 20 * 8_000)


def test_what_was_broken_into_stays_so_if_the_policy_no_longer_allows_it():
    stage = PlayoutHarness(MORNING)
    stage.desk.forbid = lambda airing, begins, ends: Message("after hours") if ends > at("17:31:30") else None
    stage.until("17:30:20")
    warn(stage)

    stage.until("18:00")

    assert (
        stage.record(MORNING).verdict,
        stage.record(MORNING).why.partition("; then ")[2],
    ) == ("pre-empted", "after hours")


def test_nothing_slips_in_between_the_plays_of_an_emergency():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:55")
    warn(stage)

    stage.until("17:40")

    assert [f.partition("/")[2].partition("/")[0] for f, _, _ in stage.heard] == [*("urgent",) * 3, "bluezone"]
    assert stage.verdicts()[MORNING.id] == "aired-late"


def test_what_is_armed_gives_way_without_a_sound():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    warn(stage, plays=1)

    stage.until("17:40")

    assert [round(heard) for airing, _, heard in stage.heard if airing == MORNING.id] == [60]


def test_an_emergency_knows_no_policy_and_no_clock():
    stage = PlayoutHarness(now="02:00")
    stage.desk.forbid = lambda airing, begins, ends: Message("it is night")
    stage.vouchers = frozenset()
    (asked,) = warn(stage)

    stage.until("02:10")

    assert {asked.id: "aired"} == stage.verdicts()


def test_villages_on_one_output_hear_it_together_and_others_on_theirs():
    stage = PlayoutHarness(outputs=("horn", "second"))
    both = [flood("17:00"), flood("17:00", "suoi-trat"), flood("17:00", "khe-sim", "second")]
    stage.order_now(*both, programmes=(FLOOD,), plays=2)

    stage.until("17:10")

    assert len(stage.heard) == 4
    assert {airing.id: "aired" for airing in both} == stage.verdicts()


def test_an_emergency_elsewhere_leaves_an_output_alone():
    stage = PlayoutHarness(MORNING, outputs=("horn", "second"))
    stage.until("17:30:10")
    stage.order_now(flood("17:30:10", "khe-sim", "second"), programmes=(FLOOD,))

    stage.until("17:40")

    assert stage.verdicts()[MORNING.id] == "aired"


def test_two_emergencies_take_turns():
    stage = PlayoutHarness()
    stage.order_now(flood("17:00"), programmes=(FLOOD,), plays=2)
    stage.order_now(flood("17:00:01"), programmes=(programme("chay-rung", 10.0),), plays=2)

    stage.until("17:10")

    assert [int(airing.endswith("01")) for airing, _, _ in stage.heard] == [0, 1, 0, 1]


def test_after_a_restart_only_the_plays_that_are_left_are_heard():
    stage = PlayoutHarness()
    (asked,) = warn(stage)
    stage.until("17:00:20")

    stage.restart(after=5)
    stage.until("17:10")

    assert len(stage.heard) == 3
    assert {asked.id: "aired"} == stage.verdicts()


def test_a_play_that_was_cut_is_said_again():
    stage = PlayoutHarness()
    warn(stage)
    stage.until("17:00:08")

    stage.restart(after=5)
    stage.until("17:10")

    assert [round(heard) for _, _, heard in stage.heard] == [8, 10, 10, 10]


def test_no_play_begins_after_its_until():
    stage = PlayoutHarness()
    (asked,) = warn(stage, plays=100, until=at("17:01"))

    stage.until("17:10")

    assert len(stage.heard) == 2
    assert (stage.record(asked).verdict, stage.record(asked).why) == ("aired", "heard 2 times")


def test_an_emergency_ends_after_a_day_whatever_was_asked():
    stage = PlayoutHarness()
    (asked,) = warn(stage, plays=10_000, gap=1800.0)

    stage.until("2026-11-26T00:00")

    assert stage.heard[-1][1] <= at("2026-11-25T17:00")
    assert stage.verdicts()[asked.id] == "aired"


def test_three_restarts_within_ten_minutes_silence_it_with_an_alarm():
    stage = PlayoutHarness()
    (asked,) = warn(stage, plays=100)
    for _ in range(3):
        stage.until(stage.clock.now().replace(second=5))
        stage.restart(after=60)

    stage.until("17:20")

    assert stage.verdicts()[asked.id] == "stopped"
    assert "restarted three times" in stage.record(asked).why
    assert [event.kind for event in stage.log.events("alarm")] == ["alarm"]
    assert stage.heard[-1][1] < stage.clock.now() - 10 * (at("17:01") - at("17:00"))


def test_restarts_far_apart_do_not_silence_it():
    stage = PlayoutHarness()
    (asked,) = warn(stage, plays=20, gap=120.0)
    for _ in range(4):
        stage.restart(after=400)
        stage.until(stage.clock.now().replace(second=5))

    stage.until("19:00")

    assert stage.verdicts()[asked.id] == "aired"


def test_the_all_clear_ends_the_emergency():
    stage = PlayoutHarness()
    (asked,) = warn(stage)
    stage.until("17:00:45")
    stage.controller.end(stage.clock.now(), "anh Páo", Ending.CLEAR, [asked])
    clear = by_hand("17:00:45", "all-clear", level=Level.EMERGENCY, bulletin=None)
    stage.order_now(clear, programmes=(programme("het", 5.0),))

    stage.until("17:10")

    assert {asked.id: "aired", clear.id: "aired"} == stage.verdicts()
    assert stage.record(asked).why == "heard 1 times; then anh Páo ended the emergency"
    assert [round(heard) for _, _, heard in stage.heard] == [10, 5, 5]


@pytest.mark.parametrize(("ended", "why"), [("17:00:45", "heard 1 times; then anh Páo ended the emergency"), ("", "")])
def test_an_emergency_without_a_sound_card_is_never_said_to_have_been_aired(ended: str, why: str):
    stage = PlayoutHarness()
    stage.speakers["horn"].to_file = True
    (asked,) = warn(stage)
    if ended:
        stage.until(ended)
        stage.restart()
        stage.controller.end(stage.clock.now(), "anh Páo", Ending.CLEAR, [asked])

    stage.until("17:10")

    assert stage.verdicts()[asked.id] == "to-file"
    assert (why or "heard 3 times") in stage.record(asked).why


def test_an_emergency_that_nobody_heard_before_its_end_expired():
    stage = PlayoutHarness()
    stage.speakers["horn"].gone = True
    (asked,) = warn(stage)
    stage.until("17:01")

    stage.controller.end(stage.clock.now(), "anh Páo", Ending.CLEAR, [asked])
    stage.step()

    assert stage.verdicts()[asked.id] == "expired"


def test_an_emergency_waits_for_its_card():
    stage = PlayoutHarness()
    stage.speakers["horn"].gone = True
    (asked,) = warn(stage)
    stage.until("17:10")
    stage.speakers["horn"].gone = False

    stage.until("17:20")

    assert stage.verdicts()[asked.id] == "aired"


# Stop.


def test_stop_silences_what_is_on_air():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:20")

    stopped = stage.controller.stop(stage.clock.now(), "chị Hoa", "đám tang")
    stage.step()

    record = stage.record(MORNING)
    assert ([MORNING.id], "stopped", 20 * 8_000) == (stopped, record.verdict, record.frames)
    assert record.why == "heard for 20 s; then chị Hoa stopped it: đám tang"


def test_stop_is_on_the_disk_before_the_fade_and_survives_a_restart():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:05")
    stage.controller.stop(stage.clock.now(), "chị Hoa", "đám tang")

    stage.restart()
    stage.until("18:00")

    assert ({MORNING.id: "stopped"}, 1) == (stage.verdicts(), len(stage.heard))


def test_stop_ends_an_emergency_for_good():
    stage = PlayoutHarness()
    (asked,) = warn(stage)
    stage.until("17:00:20")
    stage.controller.stop(stage.clock.now(), "chị Hoa", "nhầm")

    stage.restart()
    stage.until("18:00")

    assert ({asked.id: "stopped"}, 1) == (stage.verdicts(), len(stage.heard))


def test_stop_does_not_let_the_next_in_the_queue_begin():
    stage = PlayoutHarness(airing("17:25", duration=400, bulletin="dai"), MORNING, airing("17:50", bulletin="sau"))
    stage.until("17:30:10")

    stage.controller.stop(stage.clock.now(), "chị Hoa", "đám tang")
    stage.until("18:00")

    assert [record.verdict for record in stage.records()] == ["stopped", "stopped", "aired"]


def test_stop_on_one_output_leaves_the_others():
    other = airing("17:30", village="khe-sim", output="second")
    stage = PlayoutHarness(MORNING, other, outputs=("horn", "second"))
    stage.until("17:30:10")

    stage.controller.stop(stage.clock.now(), "chị Hoa", "đám tang", {"second"})
    stage.until("17:40")

    assert {MORNING.id: "aired", other.id: "stopped"} == stage.verdicts()


# A command without a daemon.


def test_a_lone_command_conducts_its_own_order_only():
    stage = PlayoutHarness(MORNING, now="17:29:50")
    stage.begin(alone=True)
    replay = by_hand("17:29:50")
    stage.order_now(replay)

    stage.until("17:32")

    assert ({replay.id: "aired"}, None) == (stage.verdicts(), stage.log.recall("heartbeat"))


# A log that cannot be read, or that not all can be understood of.


def test_an_order_that_cannot_be_understood_costs_only_itself():
    stage = PlayoutHarness()
    (asked,) = warn(stage)
    stage.log.event("asked", "na-hoa/play/2026-11-24T17:00:01", stage.clock.now(), by="a newer program")
    stage.until("17:00:20")

    stage.kill()
    stage.begin()
    with pytest.raises(LoudspeakerError, match="cannot be understood"):
        stage.step()
    stage.until("17:10")

    assert stage.verdicts() == {asked.id: "aired"}
    assert len(stage.heard) == 3


def test_an_attempt_that_cannot_be_understood_is_not_heard_again():
    stage = PlayoutHarness(MORNING)
    stage.log.event("started", MORNING.id, at("17:29"), by="a newer program")
    stage.log.event("on-air", MORNING.id, at("17:29"))
    stage.until("17:29:50")
    stage.restart()

    stage.until("17:40")

    assert stage.heard == []
    assert stage.verdicts() == {MORNING.id: "missed-off"}
    assert "cannot be understood" in stage.record(MORNING).why


def test_the_accepted_plan_is_written_where_an_airing_is_refused_or_another_not_where_it_is_longer():
    stage = PlayoutHarness(MORNING)
    stage.until("17:10")
    written = stage.log.recall("accepted")

    for same in (changed(MORNING, duration=90.0), changed(MORNING, expected=Expected.NOT_READY)):
        stage.airings = (same,)
        stage.step()
        assert stage.log.recall("accepted") == written
    stage.airings = (changed(MORNING, expected=Expected.REFUSED, why=Message("no")),)
    stage.step()

    assert stage.log.recall("accepted") != written


def test_an_accepted_airing_that_cannot_be_understood_costs_only_itself():
    stage = PlayoutHarness(MORNING, airing("17:31", bulletin="khac"))
    stage.until("17:29")
    accepted = stage.log.recall("accepted")
    assert isinstance(accepted, dict)
    accepted["airings"][0]["scheduled_at"] = "no time"
    stage.log.remember("accepted", accepted)
    stage.airings = ()

    stage.kill()
    stage.clock.advance(3600)
    stage.begin()
    with pytest.raises(LoudspeakerError, match="cannot be understood"):
        stage.step()
    stage.until("19:00")

    assert stage.verdicts() == {"na-hoa/khac/2026-11-24T17:31": "missed-off"}


class ReadFails(MemoryLog):
    """A log that somebody else keeps for a moment, from its `fails`-th reading on."""

    def __init__(self, log: MemoryLog, fails: int) -> None:
        vars(self).update(vars(log))
        self.fails = fails

    def events(
        self, kind: str | None = None, airing: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        self.fails -= 1
        if self.fails == 0:
            raise LoudspeakerError(Message("the log is locked"))
        return super().events(kind, airing, since)


@pytest.mark.parametrize("fails", [1, 2, 3, 4])
def test_what_cannot_be_read_at_the_start_is_read_a_moment_later(fails: int):
    stage = PlayoutHarness(MORNING)
    (asked,) = warn(stage)
    stage.until("17:00:20")

    stage.kill()
    stage.log = ReadFails(stage.log, fails)
    stage.begin()
    with pytest.raises(LoudspeakerError, match="locked"):
        stage.step()
    stage.until("17:40")

    assert stage.verdicts() == {asked.id: "aired", MORNING.id: "aired"}
    assert len(stage.heard) == 4
