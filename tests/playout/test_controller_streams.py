"""A stream that does not come or breaks off: its fallback once, then the stream again where it comes back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from harness.playout_harness import FakeStation, PlayoutHarness, airing, at, changed, programme

from loudspeaker.errors import Message
from loudspeaker.model.airing import Airing
from loudspeaker.model.enums import Expected, Level
from loudspeaker.model.programme import Programme

VOV = airing("17:30", 600.0, bulletin="vov1", stream="https://vov.example/vov1.m3u8", length=600.0, fallback="nhac")
DEAD = Message("“{url}” answers {detail}", url=VOV.stream, detail="404")


class Receiving(FakeStation):
    """Its stream comes, unless `dead` says why not; its fallback of 60 s may be told to be missing."""

    def __init__(self) -> None:
        super().__init__()
        self.dead: Message | None = None
        self.fallback: Programme | None = programme("nhac", 60.0)

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        return self.dead if airing.stream and self.dead else super().ready(airing)

    def softer(self, airing: Airing) -> float:
        return 0.0

    def instead(self, airing: Airing) -> Programme | None:
        return self.fallback


@pytest.fixture
def stage() -> PlayoutHarness:
    stage = PlayoutHarness(VOV)
    stage.desk = Receiving()
    stage.begin()
    return stage


def heard(stage: PlayoutHarness) -> list[tuple[str, int]]:
    return [(f"{at:%H:%M:%S}", round(seconds)) for _, at, seconds in stage.heard]


def test_a_stream_that_does_not_come_is_replaced_on_time(stage: PlayoutHarness) -> None:
    stage.desk.dead = DEAD
    stage.until("18:00")

    assert heard(stage) == [("17:30:00", 60)]
    record = stage.record(VOV)
    assert (record.verdict, record.programme) == ("aired-partly", "nhac")
    assert record.why == "its fallback “nhac” was heard instead: “https://vov.example/vov1.m3u8” answers 404"


def test_without_a_fallback_it_is_joined_when_it_comes(stage: PlayoutHarness) -> None:
    stage.desk.dead, stage.desk.fallback = DEAD, None
    stage.until("17:34")
    stage.desk.dead = None
    stage.until("18:00")

    assert [round(seconds, -1) for _, _, seconds in stage.heard] == [360]
    assert stage.record(VOV).verdict == "aired-partly"


def test_a_stream_that_never_comes_and_has_no_fallback_gets_its_reason(stage: PlayoutHarness) -> None:
    stage.desk.dead, stage.desk.fallback = DEAD, None
    stage.until("18:00")

    assert (stage.record(VOV).verdict, stage.record(VOV).why) == ("failed-sound", str(DEAD))


def test_a_stream_that_breaks_off_makes_way_for_its_fallback_and_is_joined_again(stage: PlayoutHarness) -> None:
    stage.until("17:32")
    stage.desk.dead = DEAD
    stage.speakers["horn"].end()
    stage.until("17:32:30")
    stage.desk.dead = None
    stage.until("18:00")

    assert [seconds for _, seconds in heard(stage)] == [120, 60, 420]
    record = stage.record(VOV)
    assert record.verdict == "aired-partly"
    assert record.why == "heard for 540 s, and its fallback “nhac”: “https://vov.example/vov1.m3u8” answers 404"


def test_a_fallback_is_heard_once_however_often_the_stream_breaks_off(stage: PlayoutHarness) -> None:
    stage.desk.dead = DEAD
    stage.until("17:32")
    stage.desk.dead = None
    stage.until("17:33")
    stage.desk.dead = DEAD
    stage.speakers["horn"].end()
    stage.until("18:00")

    assert len(stage.heard) == 2
    assert [event.facts.get("instead") for event in stage.log.events("started")] == [True, None]


def test_a_fallback_is_not_heard_again_after_a_crash(stage: PlayoutHarness) -> None:
    stage.desk.dead = DEAD
    stage.until("17:30:05")
    stage.restart(after=10)
    stage.until("18:00")

    assert [seconds for _, seconds in heard(stage)] == [5]
    assert stage.record(VOV).verdict == "aired-partly"
    assert stage.record(VOV).why.endswith("; the fallback was heard for at least 3 s; then the station went off")


def test_a_fallback_that_the_card_cuts_short_is_told_so_beside_why_no_stream_came(stage: PlayoutHarness) -> None:
    stage.desk.dead = DEAD
    stage.until("17:30:05")
    stage.speakers["horn"].fail(Message("the card is gone"))
    stage.until("18:00")

    assert stage.record(VOV).why == (
        f"its fallback “nhac” was heard instead: {DEAD}; the fallback was heard for 5 s; then the sound card failed"
    )


def test_the_card_that_cut_a_fallback_short_is_not_why_no_stream_came(stage: PlayoutHarness) -> None:
    stage.until("17:39:10")
    stage.desk.dead = DEAD
    stage.speakers["horn"].end()
    stage.until("17:39:40")  # too late for another attempt
    stage.speakers["horn"].fail(Message("the card is gone"))
    stage.until("18:00")

    assert stage.record(VOV).why == (
        f"heard for 550 s, and its fallback “nhac”: {DEAD}; the fallback was heard for 30 s; then the sound card failed"
    )


def test_a_fallback_that_is_stopped_counts_as_heard(stage: PlayoutHarness) -> None:
    stage.desk.dead = DEAD
    stage.until("17:30:20")
    stage.controller.stop(stage.clock.now(), "chị Lan", "đọc nhầm bài")
    stage.until("18:00")

    assert (stage.record(VOV).verdict, stage.record(VOV).why[:18]) == ("stopped", "heard for 20 s; th")


def test_what_only_a_file_has_was_not_aired(stage: PlayoutHarness) -> None:
    stage.speakers["horn"].to_file = True
    stage.desk.dead = DEAD
    stage.until("18:00")

    record = stage.record(VOV)
    assert record.verdict == "to-file"
    assert record.why.startswith("the file is memory; its fallback “nhac” was heard instead")


def test_an_emergency_breaks_into_a_fallback_too(stage: PlayoutHarness) -> None:
    stage.desk.dead = DEAD
    stage.until("17:30:20")
    alarm = airing("17:30:20", 10.0, bulletin="lu", level=Level.EMERGENCY)
    stage.order_now(changed(alarm, id="na-hoa/urgent/2026-11-24T17:30:20", broadcast="urgent"))
    stage.until("17:31")
    stage.desk.dead = None
    stage.until("18:00")

    assert [seconds for _, seconds in heard(stage)][:2] == [20, 10]
    assert stage.record(VOV).verdict == "aired-partly"


def test_a_stream_that_gives_nothing_is_not_aired(stage: PlayoutHarness) -> None:
    stage.desk.ready = lambda airing: [Programme("stream:x", programme().path, 8000, 0, "")]  # type: ignore[method-assign]
    stage.desk.fallback = None
    stage.until("18:00")

    record = stage.record(VOV)
    assert (record.verdict, record.why) == ("failed-sound", "nothing came from “https://vov.example/vov1.m3u8”")


@pytest.mark.parametrize("expected", [Expected.REFUSED, Expected.DISPLACED])
def test_a_stream_that_the_plan_denies_is_called_so_when_it_is_due(expected: Expected) -> None:
    stage = PlayoutHarness(changed(VOV, starts_at=None, ends_at=None, expected=expected))
    stage.until("17:29:59")
    assert stage.records() == []
    stage.until("17:31")

    assert stage.record(VOV).verdict == expected.value


def test_a_short_stream_is_carried_too() -> None:
    short = changed(VOV, ends_at=at("17:30:20"), length=20.0)
    stage = PlayoutHarness(short)
    stage.until("18:00")

    assert ([seconds for _, seconds in heard(stage)], stage.record(short).verdict) == ([20], "aired")
