"""A full disk: what is aired goes on, nothing is lost as long as the station runs, and it is said."""

from __future__ import annotations

import pytest
from harness.playout_harness import PlayoutHarness, airing, at

from loudspeaker.errors import LoudspeakerError, Message
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.playout.memory_log import MemoryLog

MORNING = airing("17:30")
FULL = LoudspeakerError(Message("the as-run log cannot be used: {error}", error="disk full"))


class FullLog(MemoryLog):
    """A log on a disk that may be full."""

    full = False

    def event(self, *args, **facts):
        self._check()
        super().event(*args, **facts)

    def verdict(self, record: AsRunRecord):
        self._check()
        super().verdict(record)

    def remember(self, key, value):
        self._check()
        super().remember(key, value)

    def _check(self):
        if self.full:
            raise FULL


def full_stage(*airings) -> PlayoutHarness:
    stage = PlayoutHarness(*airings)
    stage.log = FullLog()
    stage.begin()
    stage.step()
    return stage


def until(stage: PlayoutHarness, moment: str) -> int:
    """As the loop does: after trouble, again in a second. How often was there trouble?"""
    troubles = 0
    while stage.clock.now() < at(moment):
        try:
            stage.clock.advance_to(min(stage.step(), at(moment)))
        except LoudspeakerError:
            troubles += 1
            stage.clock.advance(1.0)
    return troubles


def test_what_is_prepared_still_airs_while_the_disk_is_full():
    stage = full_stage(MORNING)
    stage.log.full = True

    troubles = until(stage, "17:40")

    assert troubles
    assert stage.verdicts() == {}
    assert [round(heard) for _, _, heard in [*stage.heard]] == [60]


def test_what_could_not_be_written_is_written_once_there_is_room():
    stage = full_stage(MORNING)
    stage.log.full = True
    until(stage, "17:40")
    stage.log.full = False

    assert until(stage, "17:45") == 0

    assert stage.verdicts() == {MORNING.id: "aired"}
    assert stage.kinds(MORNING.id) == ["started", "on-air", "quarter"]


def test_the_station_says_that_it_cannot_keep_its_log():
    stage = full_stage(MORNING)
    stage.log.full = True

    until(stage, "17:31")

    with pytest.raises(LoudspeakerError, match="disk full"):
        stage.step()


def test_a_verdict_that_waits_is_not_given_again_by_an_edit():
    stage = full_stage(MORNING)
    stage.log.full = True
    until(stage, "17:40")
    stage.airings = (MORNING, airing("17:50", bulletin="sau"))
    until(stage, "17:41")
    stage.log.full = False

    until(stage, "18:00")

    assert list(stage.verdicts().values()) == ["aired", "aired"]
    assert len(stage.heard) == 2
