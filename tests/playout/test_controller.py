"""Planned airings: on time, in order, once; and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from harness.playout_harness import PlayoutHarness, airing, at, changed
from harness.stub_relay import StubRelay

from loudspeaker.errors import Message
from loudspeaker.interfaces import Playback
from loudspeaker.model.enums import Expected, Level
from loudspeaker.model.programme import Programme
from loudspeaker.playout.controller import Controller
from loudspeaker.speakers.amplifier import Amplifier, AmplifierSpeaker
from loudspeaker.speakers.memory import MemorySpeaker

MORNING = airing("17:30")


class Broken:
    """Fails whoever asks what it is."""

    def __bool__(self) -> bool:
        raise ZeroDivisionError


LATER = airing("17:40", bulletin="hop-thon")


def test_a_day_on_the_air():
    stage = PlayoutHarness(MORNING, LATER)

    stage.until("18:00")

    assert [(MORNING.id, at("17:30"), 60.0), (LATER.id, at("17:40"), 60.0)] == stage.heard
    assert {MORNING.id: "aired", LATER.id: "aired"} == stage.verdicts()


def test_the_record_tells_what_was_heard():
    stage = PlayoutHarness(MORNING)

    stage.until("18:00")

    record = stage.record(MORNING)
    assert (at("17:30"), at("17:31")) == (record.started_at, record.ended_at)
    assert (*(record.frames, record.programme, record.voice, record.via, record.revision),) == (
        60 * 8_000,
        "bluezone",
        "tone:hum",
        "memory",
        "r1",
    )
    assert record.why == "heard whole and on time"


def test_started_is_on_record_before_the_first_sample():
    stage = PlayoutHarness(MORNING)

    stage.until("17:29:59")

    assert stage.kinds(MORNING.id) == ["started"]
    assert stage.heard == []


class Amped(PlayoutHarness):
    """Behind an amplifier that is slower to warm up than a card is to open."""

    def begin(self, alone: bool = False) -> None:
        super().begin(alone)
        amplifier = Amplifier(StubRelay(), self.clock, warm_up=12.0, hold=0.0)
        speakers = {name: AmplifierSpeaker(speaker, amplifier, name) for name, speaker in self.speakers.items()}
        self.controller = Controller(self.log, speakers, self.desk, alone)


def test_a_cold_amplifier_is_given_its_time_before_the_instant():
    stage = Amped(MORNING, LATER)

    stage.until("18:00")

    assert [when for _, when, _ in stage.heard] == [at("17:30"), at("17:40")]
    assert {MORNING.id: "aired", LATER.id: "aired"} == stage.verdicts()


def test_what_must_warm_up_lets_what_is_before_it_end():
    short = airing("17:29:30", duration=28.0, bulletin="hop-thon")
    stage = Amped(short, MORNING)

    stage.until("18:00")

    assert [(short.id, at("17:29:30"), 28.0), (MORNING.id, at("17:30"), 60.0)] == stage.heard


class Asked(MemorySpeaker):
    """Counts how often it was asked to play."""

    times = 0

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        self.times += 1
        super().arm(airing, sequence, at, gain)


def test_a_card_that_is_gone_is_asked_once_a_look_however_many_wait_for_it():
    waiting = [airing(f"17:30:{second:02}", bulletin=f"b{second}", duration=5.0) for second in range(0, 60, 6)]
    stage = PlayoutHarness(*waiting)
    speaker = Asked(stage.clock)
    speaker.gone = True
    stage.controller = Controller(stage.log, {"horn": speaker}, stage.desk)
    stage.until("17:31")
    before = speaker.times
    stage.until("17:31:10")
    asked, speaker.gone = speaker.times - before, False

    stage.until("17:40")

    assert 9 <= asked <= 12, "once a second"
    assert {record.verdict for record in stage.records()} == {"aired-late"}
    assert len(stage.records()) == 10


class Behind(MemorySpeaker):
    """Tells what was heard 50 ms after it was, as a card with a buffer does."""

    def poll(self) -> Playback:
        playback = super().poll()
        return replace(playback, frames=max(0, playback.frames - 400))


def test_the_log_knows_of_the_quarter_at_once_though_a_card_tells_it_late():
    stage = PlayoutHarness(MORNING)
    stage.controller = Controller(stage.log, {"horn": Behind(stage.clock)}, stage.desk)

    stage.until("17:30:16")

    (noted,) = [event.at for event in stage.log.events(airing=MORNING.id) if event.kind == "quarter"]
    assert noted - at("17:30:15") <= timedelta(seconds=0.1)


def test_the_verdict_follows_the_last_sample():
    stage = PlayoutHarness(MORNING)

    stage.until("17:30:59")

    assert stage.kinds(MORNING.id) == ["started", "on-air", "quarter"]
    assert stage.verdicts() == {}


def test_what_the_plan_refuses_is_judged_when_it_is_due():
    refused = changed(MORNING, expected=Expected.REFUSED, starts_at=None, why=Message("a funeral"))
    displaced = changed(LATER, expected=Expected.DISPLACED, starts_at=None)
    skipped = airing("17:50", bulletin="ve-sinh", expected=Expected.SKIPPED)
    stage = PlayoutHarness(refused, displaced, skipped)

    stage.until("17:29")
    assert stage.verdicts() == {}
    stage.until("18:00")

    assert [record.verdict for record in stage.records()] == ["refused", "displaced", "skipped"]
    assert stage.record(refused).why == "a funeral"
    assert stage.heard == []


def test_a_planned_wait_is_kept_and_said_to_be_late():
    waits = changed(MORNING, starts_at=at("17:35"))
    stage = PlayoutHarness(waits)

    stage.until("18:00")

    assert at("17:35") == stage.heard[0][1]
    assert stage.verdicts()[waits.id] == "aired-late"


def test_two_villages_on_one_output_share_a_playback_and_get_a_verdict_each():
    twin = airing("17:30", village="suoi-trat")
    stage = PlayoutHarness(MORNING, twin)

    stage.until("18:00")

    assert len(stage.heard) == 1
    assert {MORNING.id: "aired", twin.id: "aired"} == stage.verdicts()


def test_two_outputs_play_at_once():
    other = airing("17:30", village="suoi-trat", output="second")
    stage = PlayoutHarness(MORNING, other, outputs=("horn", "second"))

    stage.until("18:00")

    assert {at("17:30")} == {started for _, started, _ in stage.heard}
    assert {"aired"} == set(stage.verdicts().values())


def test_an_airing_of_another_box_is_not_ours():
    stage = PlayoutHarness(changed(MORNING, output=""))

    stage.until("18:00")

    assert stage.verdicts() == {}


def test_what_is_not_ready_is_tried_until_its_grace_is_over():
    stage = PlayoutHarness(MORNING)
    stage.desk.missing["bluezone"] = Message("no voice is installed")

    stage.until("17:34:50")
    assert stage.verdicts() == {}
    stage.until("17:36")

    assert (stage.record(MORNING).verdict, stage.record(MORNING).why) == ("failed-sound", "no voice is installed")


def test_what_gets_ready_within_its_grace_is_aired_late():
    stage = PlayoutHarness(MORNING)
    stage.desk.missing["bluezone"] = Message("no voice is installed")
    stage.until("17:32")
    del stage.desk.missing["bluezone"]

    stage.until("17:40")

    assert stage.verdicts()[MORNING.id] == "aired-late"
    assert "no voice is installed" in stage.record(MORNING).why


def test_a_card_that_comes_back_within_the_grace_is_used():
    stage = PlayoutHarness(MORNING)
    stage.speakers["horn"].gone = True
    stage.until("17:33")
    stage.speakers["horn"].gone = False

    stage.until("17:40")

    assert stage.verdicts()[MORNING.id] == "aired-late"
    assert at("17:33") <= stage.heard[0][1] <= at("17:33:01.1")
    assert stage.kinds(MORNING.id) == ["started", "on-air", "quarter"]


def test_a_card_that_stays_away_fails_its_airings_and_only_those():
    other = airing("17:30", village="suoi-trat", output="second")
    stage = PlayoutHarness(MORNING, other, outputs=("horn", "second"))
    stage.speakers["horn"].gone = True

    stage.until("18:00")

    assert {MORNING.id: "failed-device", other.id: "aired"} == stage.verdicts()


def test_a_card_that_dies_early_in_an_airing_gets_a_second_try():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:10")
    stage.speakers["horn"].fail()

    stage.until("17:40")

    assert [round(heard) for _, _, heard in stage.heard] == [10.0, 60.0]
    assert stage.verdicts()[MORNING.id] == "aired-late"


def test_a_card_that_dies_after_a_quarter_makes_it_partly():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:20")
    stage.speakers["horn"].fail()

    stage.until("17:40")

    record = stage.record(MORNING)
    assert (record.verdict, record.frames) == ("aired-partly", 20 * 8_000)
    assert len(stage.heard) == 1


def test_a_card_that_dies_twice_is_not_tried_a_third_time():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:05")
    stage.speakers["horn"].fail()
    stage.until("17:30:15")
    stage.speakers["horn"].fail()

    stage.until("17:40")

    assert len(stage.heard) == 2
    assert stage.verdicts()[MORNING.id] == "aired-partly"


def test_a_file_instead_of_a_card_is_told_from_sound():
    stage = PlayoutHarness(MORNING)
    stage.speakers["horn"].to_file = True

    stage.until("18:00")

    assert stage.verdicts()[MORNING.id] == "to-file"


def test_policy_is_enforced_once_more_at_air():
    stage = PlayoutHarness(MORNING)
    stage.desk.forbid = lambda airing, begins, ends: Message("paused: a funeral")

    stage.until("18:00")

    assert (stage.record(MORNING).verdict, stage.record(MORNING).why) == ("refused", "paused: a funeral")
    assert stage.heard == []


def test_what_the_policy_forbids_has_no_verdict_before_it_is_due():
    stage = PlayoutHarness(MORNING)
    stage.desk.forbid = lambda airing, begins, ends: Message("paused: a funeral")
    stage.until("17:29:59")
    stage.airings = ()

    stage.until("18:00")

    assert stage.verdicts() == {}


def test_what_the_proof_input_did_not_hear_is_no_audio():
    stage = PlayoutHarness(MORNING)
    horn = stage.speakers["horn"]
    poll = horn.poll
    horn.poll = lambda: replace(poll(), heard=False)  # type: ignore[method-assign]

    stage.until("18:00")

    assert stage.verdicts() == {MORNING.id: "no-audio"}


def test_policy_is_asked_for_the_time_that_it_would_really_take():
    stage = PlayoutHarness(MORNING)
    stage.desk.missing["bluezone"] = Message("no voice is installed")
    stage.desk.forbid = lambda airing, begins, ends: Message("after hours") if ends > at("17:33") else None
    stage.until("17:32:30")
    del stage.desk.missing["bluezone"]

    stage.until("18:00")

    assert stage.verdicts()[MORNING.id] == "refused"


def test_a_longer_predecessor_makes_the_next_one_wait():
    long = airing("17:25", duration=330, bulletin="dai")
    stage = PlayoutHarness(long, MORNING)

    stage.until("18:00")

    assert at("17:30:30") <= stage.heard[1][1] <= at("17:30:31")
    assert {long.id: "aired", MORNING.id: "aired-late"} == stage.verdicts()


def test_who_waits_longer_than_it_may_is_displaced():
    long = airing("17:25", duration=1200, bulletin="dai")
    stage = PlayoutHarness(long, changed(MORNING, wait=120.0))

    stage.until("18:00")

    assert stage.verdicts()[MORNING.id] == "displaced"
    assert "dai" in stage.record(MORNING).why


def test_priority_goes_first_after_a_wait():
    long = airing("17:25", duration=400, bulletin="dai")
    urgent = airing("17:31", bulletin="mat-dien", level=Level.PRIORITY)
    stage = PlayoutHarness(long, MORNING, urgent)

    stage.until("18:00")

    assert [long.id, urgent.id, MORNING.id] == [heard for heard, _, _ in stage.heard]


def test_a_late_start_does_not_run_into_a_higher_level():
    stage = PlayoutHarness(MORNING, airing("17:33", bulletin="mat-dien", level=Level.PRIORITY))
    stage.desk.missing["bluezone"] = Message("no voice is installed")
    stage.until("17:32:30")
    del stage.desk.missing["bluezone"]

    stage.until("18:00")

    assert at("17:33") == stage.heard[0][1]
    assert stage.verdicts()[MORNING.id] == "aired-late"


def test_who_makes_way_for_a_higher_level_until_its_time_is_over_is_displaced():
    stage = PlayoutHarness(
        changed(MORNING, wait=60.0), airing("17:31", 400.0, bulletin="mat-dien", level=Level.PRIORITY)
    )
    stage.desk.missing["bluezone"] = Message("no voice is installed")
    stage.until("17:30:30")
    del stage.desk.missing["bluezone"]

    stage.until("18:00")

    assert [record.verdict for record in stage.records()] == ["displaced", "aired"]
    assert "mat-dien" in stage.record(MORNING).why


def test_a_bug_in_one_bulletin_costs_only_itself():
    stage = PlayoutHarness(MORNING, LATER)
    stage.desk.missing["bluezone"] = Broken()  # type: ignore[assignment]

    stage.until("18:00")

    assert {MORNING.id: "failed-sound", LATER.id: "aired"} == stage.verdicts()
    assert "ZeroDivisionError" in stage.record(MORNING).why


def test_a_bug_in_a_speaker_costs_only_its_own_output():
    other = airing("17:30", village="suoi-trat", output="second")
    stage = PlayoutHarness(MORNING, other, outputs=("horn", "second"))
    stage.speakers["horn"]._accept = lambda sequence: 1 / 0  # type: ignore[method-assign]

    stage.until("18:00")

    assert {MORNING.id: "failed-device", other.id: "aired"} == stage.verdicts()


def test_an_edit_while_the_card_is_away_is_what_is_recorded():
    stage = PlayoutHarness(MORNING)
    stage.speakers["horn"].gone = True
    stage.until("17:31")
    stage.desk.version, stage.speakers["horn"].gone = "2", False

    stage.until("17:40")

    record = stage.record(MORNING)
    assert (record.verdict, record.programme, record.revision) == ("aired-late", "bluezone2", "r12")
    assert stage.kinds(MORNING.id) == ["started", "disarmed", "started", "on-air", "quarter"]


# Edits.


def test_an_airing_edited_away_before_it_is_due_never_was():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.airings = ()

    stage.until("18:00")

    assert (stage.verdicts(), stage.heard) == ({}, [])
    assert "edit" in stage.kinds(MORNING.id)


def test_what_the_plan_lets_wait_is_gone_at_once_when_it_is_edited_away():
    later = changed(MORNING, starts_at=at("17:34"), ends_at=at("17:35"))
    stage = PlayoutHarness(later)
    stage.until("17:10")

    stage.airings = ()
    stage.until("18:00")

    assert not stage.verdicts()
    assert [("edit", at("17:10"))] == [(event.kind, event.at) for event in stage.log.events(airing=later.id)]


def test_an_airing_edited_away_while_it_waits_is_withdrawn():
    stage = PlayoutHarness(airing("17:25", duration=400, bulletin="dai"), MORNING)
    stage.until("17:30:10")
    stage.airings = stage.airings[:1]

    stage.until("18:00")

    assert stage.verdicts()[MORNING.id] == "withdrawn"


def test_an_edit_does_not_disturb_what_is_on_air():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:10")
    stage.airings, stage.desk.version = (), "2"

    stage.until("18:00")

    assert {MORNING.id: "aired"} == stage.verdicts()
    assert (stage.record(MORNING).programme, stage.record(MORNING).revision) == ("bluezone", "r1")


def test_a_valid_edit_never_airs_the_old_text():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.desk.version = "2"
    stage.airings = (changed(MORNING, title="new"),)

    stage.until("18:00")

    assert (stage.record(MORNING).verdict, stage.record(MORNING).programme) == ("aired", "bluezone2")
    assert at("17:30") == stage.heard[0][1]


def test_a_skip_reaches_what_is_armed():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.airings = (changed(MORNING, expected=Expected.SKIPPED),)

    stage.until("18:00")

    assert ({MORNING.id: "skipped"}, []) == (stage.verdicts(), stage.heard)


def test_a_pause_reaches_what_is_armed():
    stage = PlayoutHarness(MORNING)
    stage.until("17:29:59")
    stage.desk.forbid = lambda airing, begins, ends: Message("paused: a funeral")
    stage.replan()

    stage.until("18:00")

    assert ({MORNING.id: "refused"}, []) == (stage.verdicts(), stage.heard)


def test_an_airing_already_past_when_its_file_was_accepted_is_never_caught_up():
    stage = PlayoutHarness()
    stage.until("17:32")
    stage.airings = (MORNING,)

    stage.until("18:00")

    assert (stage.verdicts(), stage.heard) == ({}, [])


# Absence.


def test_a_routine_airing_is_caught_up_within_five_minutes():
    stage = PlayoutHarness(MORNING, now="17:29")
    stage.step()

    stage.restart(after=5 * 60)
    stage.until("18:00")

    assert ("aired-late", at("17:34")) == (stage.verdicts()[MORNING.id], stage.heard[0][1])
    assert "the station was off from 17:29 24/11/2026 to 17:34 24/11/2026" in stage.record(MORNING).why


def test_a_stale_routine_airing_is_missed():
    stage = PlayoutHarness(MORNING, now="17:29")
    stage.step()

    stage.restart(after=7 * 60)
    stage.until("18:00")

    assert (list(stage.verdicts().values()), stage.heard) == (["missed-off"], [])


def test_a_priority_airing_is_caught_up_within_half_an_hour():
    stage = PlayoutHarness(changed(MORNING, level=Level.PRIORITY), now="17:29")
    stage.step()

    stage.restart(after=29 * 60)
    stage.until("18:10")

    assert stage.verdicts()[MORNING.id] == "aired-late"


def test_days_without_power_are_told_airing_by_airing():
    days = [airing(f"2026-11-{day}T17:30") for day in range(24, 31)]
    stage = PlayoutHarness(*days, now="2026-11-24T17:40")
    stage.step()

    stage.restart(after=5 * 86_400)
    stage.step()

    assert list(stage.verdicts().values()) == ["missed-off"] * 5
    assert stage.record(days[5])


def test_what_was_accepted_is_judged_though_its_file_is_gone():
    stage = PlayoutHarness(MORNING, now="17:29")
    stage.step()

    stage.kill()
    stage.airings = ()
    stage.restart(after=3600)

    assert stage.verdicts()[MORNING.id] == "missed-off"


def test_what_was_edited_away_before_the_power_went_was_never_due():
    stage = PlayoutHarness(MORNING, LATER, now="17:29")
    stage.step()
    stage.airings = (LATER,)
    stage.step()

    stage.restart(after=7 * 60)
    stage.until("18:00")

    assert stage.verdicts() == {LATER.id: "aired"}


def test_what_was_added_while_the_station_was_off_was_never_due():
    stage = PlayoutHarness(LATER, now="17:29")
    stage.step()

    stage.kill()
    stage.airings = (MORNING, LATER)
    stage.restart(after=120)
    stage.until("18:00")

    assert {LATER.id: "aired"} == stage.verdicts()


def test_a_cut_airing_with_less_than_a_quarter_heard_is_tried_once_more():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:10")

    stage.restart(after=30)
    stage.until("18:00")

    assert [round(heard) for _, _, heard in stage.heard] == [10.0, 60.0]
    assert stage.verdicts()[MORNING.id] == "aired-late"


def test_a_cut_airing_with_a_quarter_heard_is_aired_partly():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:20")

    stage.restart(after=30)
    stage.until("18:00")

    record = stage.record(MORNING)
    assert ("aired-partly", at("17:30")) == (record.verdict, record.started_at)
    assert 15 * 8_000 <= record.frames <= 20 * 8_000
    assert len(stage.heard) == 1


def test_it_is_not_tried_a_third_time():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:05")
    stage.restart(after=10)
    stage.until("17:30:20")
    stage.restart(after=10)

    stage.until("18:00")

    assert (len(stage.heard), stage.verdicts()[MORNING.id]) == (2, "aired-partly")


def test_being_killed_before_the_first_sample_costs_no_try():
    stage = PlayoutHarness(MORNING)
    for instant in ("17:29:58", "17:29:59", "17:29:59.500"):
        stage.until(instant)
        stage.restart()

    stage.until("18:00")

    assert (1, {MORNING.id: "aired"}) == (len(stage.heard), stage.verdicts())


def test_nothing_is_aired_twice_after_a_restart():
    stage = PlayoutHarness(MORNING)
    stage.until("17:31:05")
    stage.restart()

    stage.until("18:00")

    assert (1, {MORNING.id: "aired"}) == (len(stage.heard), stage.verdicts())


def test_leaving_fades_out_and_tells_the_truth():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:30")

    stage.controller.leave(stage.clock.now())
    stage.step()

    assert stage.controller.quiet
    assert (stage.record(MORNING).verdict, stage.record(MORNING).frames) == ("aired-partly", 30 * 8_000)


def test_who_leaves_early_in_an_airing_tries_again_when_back():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:10")
    stage.controller.leave(stage.clock.now())
    stage.step()

    stage.restart(after=20)
    stage.until("18:00")

    assert stage.verdicts()[MORNING.id] == "aired-late"


# Streams.

VOV = airing("17:30", 600.0, bulletin="vov1", stream="https://vov.example/vov1.m3u8", length=600.0)


def test_a_stream_is_carried_for_its_time():
    stage = PlayoutHarness(VOV)

    stage.until("18:00")

    assert {VOV.id: "aired"} == stage.verdicts()


def test_a_stream_is_joined_in_progress_for_the_time_that_is_left():
    stage = PlayoutHarness(VOV)
    stage.speakers["horn"].gone = True
    stage.until("17:36")
    stage.speakers["horn"].gone = False

    stage.until("18:00")

    assert 239 <= stage.heard[0][2] <= 241
    assert stage.verdicts()[VOV.id] == "aired-partly"
    assert "heard for 239 s" in stage.record(VOV).why


def test_a_stream_that_breaks_off_is_joined_again():
    stage = PlayoutHarness(VOV)
    stage.until("17:33")
    stage.speakers["horn"].fail()

    stage.until("18:00")

    assert [round(heard) for _, _, heard in stage.heard] == [180, 420]
    assert stage.verdicts()[VOV.id] == "aired"


def test_a_stream_is_cut_at_its_hard_end():
    stage = PlayoutHarness(changed(VOV, ends_at=at("17:38")))

    stage.until("18:00")

    assert round(stage.heard[0][2]) == 480


def test_a_stream_with_too_little_left_is_not_joined():
    stage = PlayoutHarness(VOV)
    stage.speakers["horn"].gone = True
    stage.until("17:39:40")
    stage.speakers["horn"].gone = False

    stage.until("18:00")

    assert ({VOV.id: "failed-device"}, []) == (stage.verdicts(), stage.heard)


def test_what_began_was_heard_however_soon_it_was_cut_for_good():
    stage = PlayoutHarness(MORNING)
    stage.until("17:30:00.5")

    stage.restart(after=400)

    assert stage.record(MORNING).verdict == "aired-partly"
    assert stage.record(MORNING).frames == 1
