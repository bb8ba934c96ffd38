"""The state of one airing: what may follow what, and how a log tells it again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from harness.playout_harness import airing, at, programme
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.codec import UNREADABLE
from loudspeaker.errors import Message
from loudspeaker.model.airing import airing_facts, airing_from_facts
from loudspeaker.model.asrun_record import Event
from loudspeaker.model.enums import Expected, Level, Verdict
from loudspeaker.model.refusal import Reason, Refusal, kind_of
from loudspeaker.playout.item import ManualRequest, request_facts, request_from_facts
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.playout.states import ALLOWED, AiringState, Cut, HeardAttempt, Phase, restore_state

NOW = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
STARTED = {"for": NOW.isoformat(), "duration": 60.0, "rate": 8000}


def event(kind: str, **facts: object) -> Event:
    return Event(kind, "na-hoa/bluezone/2026-11-24T17:30", NOW, facts)


def ended(heard: float) -> dict[str, object]:
    end = NOW + timedelta(seconds=heard)
    times = {"started_at": NOW.isoformat(), "ended_at": end.isoformat()}
    return {**times, "heard": heard, "frames": int(heard * 8000), "via": "memory"}


def test_every_verdict_can_be_reached_and_only_from_a_phase():
    reached = {follows for phase in ALLOWED for follows in ALLOWED[phase] if isinstance(follows, Verdict)}

    assert reached == set(Verdict)
    assert set(ALLOWED) == set(Phase)


def test_what_is_armed_has_no_verdict_before_it_was_heard_or_called_off():
    assert not {follows for follows in ALLOWED[Phase.ARMED] if isinstance(follows, Verdict)}


def test_nobody_goes_on_air_unarmed():
    assert [phase for phase in Phase if Phase.ON_AIR in ALLOWED[phase]] == [Phase.ARMED]


@pytest.mark.parametrize(("before", "after"), [(Phase.PLANNED, Phase.ON_AIR), (Phase.ON_AIR, Phase.PLANNED)])
def test_a_step_that_the_table_does_not_have_is_a_bug(before, after):
    with pytest.raises(ValueError, match="cannot go"):
        AiringState(before).move_to(after)


def test_a_verdict_that_the_table_does_not_have_is_a_bug():
    with pytest.raises(ValueError, match="cannot end"):
        AiringState(Phase.PLANNED).check_verdict(Verdict.AIRED)


def test_an_attempt_whose_end_nobody_saw_is_still_armed():
    state = restore_state([event("started", **STARTED), event("on-air", started_at=NOW.isoformat(), via="memory")])

    assert (state.phase, state.attempts, state.trying, state.on_air) == (Phase.ARMED, 1, True, NOW)


def test_a_cut_attempt_is_between():
    state = restore_state([event("started", **STARTED), event("broke", cut="device", **ended(10.0))])

    assert (state.phase, state.cut, state.best.heard, state.attempts) == (Phase.BETWEEN, Cut.DEVICE, 10.0, 1)


def test_an_attempt_called_off_does_not_count():
    state = restore_state([event("started", **STARTED), event("disarmed")])

    assert (state.phase, state.attempts, state.trying) == (Phase.PLANNED, 0, False)


def test_an_attempt_called_off_after_a_cut_leaves_it_cut():
    cut = [event("started", **STARTED), event("broke", cut="off", **ended(10.0))]
    state = restore_state([*cut, event("started", **STARTED), event("disarmed")])

    assert (state.phase, state.cut, state.attempts) == (Phase.BETWEEN, Cut.OFF, 1)


def test_the_longest_attempt_counts():
    first = [event("started", **STARTED), event("broke", cut="emergency", **ended(30.0))]
    state = restore_state([*first, event("started", **STARTED), event("broke", cut="emergency", **ended(10.0))])

    assert state.best.heard == 30.0


def test_whole_plays_add_up():
    play = [event("started", **STARTED), event("played", **ended(60.0))]
    state = restore_state(play * 3)

    assert (state.plays, state.best.heard, state.best.frames) == (3, 180.0, 3 * 60 * 8000)


MESSAGES = st.recursive(
    st.builds(lambda name: Message("the policy does not allow it: {why}", why=name), st.text()),
    lambda inner: st.builds(lambda fact: Message("heard whole: {cause}", cause=fact), inner),
    max_leaves=3,
)


@given(st.none() | MESSAGES, st.sampled_from(Expected), st.sampled_from(Level), st.booleans())
def test_an_airing_comes_back_from_the_log_as_it_was(why, expected, level, heard):
    changes = {"why": why, "expected": expected, "level": level, "repeat": 3 if heard else None}
    told = airing("17:30", **changes, **({} if heard else {"starts_at": None, "ends_at": None}))
    log = MemoryLog()

    log.event("asked", told.id, NOW, **airing_facts(told))

    assert airing_from_facts(log.events()[0].facts) == told


def test_a_reason_comes_back_with_its_kind_and_one_of_a_newer_version_as_a_sentence():
    refused = airing("17:30", why=Reason(Refusal.PAUSE, Message("{village} is paused: {why}", village="a", why="b")))
    facts = json.loads(json.dumps(airing_facts(refused)))

    assert kind_of(airing_from_facts(facts).why) is Refusal.PAUSE
    facts["why"]["kind"] = "a-kind-of-a-newer-version"
    assert airing_from_facts(facts).why == refused.why
    assert kind_of(airing_from_facts(facts).why) is None


@pytest.mark.parametrize(
    "damage", [{"scheduled_at": None}, {"level": "loud"}, {"wait": "long"}, {"starts_at": "17:30"}]
)
def test_facts_that_are_no_airing_are_refused(damage):
    facts = json.loads(json.dumps(airing_facts(airing("17:30"))))

    with pytest.raises(UNREADABLE):
        airing_from_facts(facts | damage)


def test_a_request_comes_back_from_the_log_as_it_was():
    request = ManualRequest(airing("17:30"), "chị Hoa", (programme(),), 3, 20.0, at("18:00"), "một cháu bé bị lạc")
    log = MemoryLog()

    log.event("asked", "", NOW, **request_facts(request))

    assert request_from_facts(log.events()[0].facts) == request


def test_the_longest_attempt_is_kept_whole():
    state = AiringState(Phase.ON_AIR)

    state.break_off(Cut.DEVICE, HeardAttempt(NOW, NOW, 5.0, 40_000, "memory"))

    assert state.best == HeardAttempt(NOW, NOW, 5.0, 40_000, "memory")
