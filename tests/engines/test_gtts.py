"""The online voice against a server that misbehaves: the right words, the right fallback, nothing wrong kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from harness.gtts_server import FAULTS, Answer, GttsService, service, well
from harness.memory_clips import MemoryClips

from loudspeaker.engines.conformance import LONG, SHORT, faults
from loudspeaker.engines.gtts import Gtts
from loudspeaker.engines.online import RateLimiter
from loudspeaker.engines.tone import Tone
from loudspeaker.errors import BadRequest, RateLimited, TryAgain
from loudspeaker.interfaces import Engine
from loudspeaker.model.programme import Voice
from loudspeaker.synthesis.fallback import FallbackChain

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
ONLINE, LOCAL = Voice("gtts", "vi"), Voice("tone", "low")


def gtts(told: GttsService) -> Gtts:
    return Gtts(told.url, longest=5.0, spacing=0, pause=lambda _seconds: None)


def chain(online: Engine, clips: MemoryClips | None = None) -> FallbackChain:
    made = {"gtts": online, "tone": Tone()}
    return FallbackChain(clips or MemoryClips(), lambda: NOW, made.__getitem__, pause=lambda _seconds: None)


def test_a_good_service_keeps_the_contract() -> None:
    with service(well) as told:
        assert faults(gtts(told), "vi") == []


def test_a_long_text_is_asked_for_in_parts() -> None:
    with service(well) as told:
        clip = gtts(told).synthesize(f"{LONG} {LONG}", "vi")

    assert len(told.heard) > 2
    assert re.findall(r"\w+", " ".join(told.heard)) == re.findall(r"\w+", f"{LONG} {LONG}")
    assert clip.duration > 0.25 * 44


def test_nobody_listening_is_a_passing_fault() -> None:
    with pytest.raises(TryAgain, match=r"127\.0\.0\.1 cannot be reached"):
        Gtts("http://127.0.0.1:9", pause=lambda _seconds: None).synthesize(SHORT, "vi")


def test_a_request_too_many_is_not_tried_again() -> None:
    with service(FAULTS["too many requests"][0]) as told, pytest.raises(RateLimited) as caught:
        gtts(told).synthesize(SHORT, "vi")

    assert caught.value.retry_after == 7200
    assert told.heard == [SHORT]


def test_a_passing_fault_is_tried_three_times() -> None:
    answers = iter([FAULTS["a bad day"][0], FAULTS["a cut line"][0], well])

    def answer(*request: object) -> None:
        next(answers)(*request)  # type: ignore[arg-type]

    with service(answer) as told:
        spoken = chain(gtts(told)).synthesize([SHORT], [ONLINE, LOCAL])

    assert spoken.voice == ONLINE
    assert spoken.rejections == ()


def test_one_sentence_that_fails_late_still_takes_them_all() -> None:
    def answer(handler: object, text: str) -> None:
        chosen: Answer = well if text == SHORT else FAULTS["a bad day"][0]
        chosen(handler, text)  # type: ignore[arg-type]

    clips = MemoryClips()
    with service(answer) as told:
        spoken = chain(gtts(told), clips).synthesize([SHORT, "Xin mời."], [ONLINE, LOCAL])

    assert spoken.voice == LOCAL
    assert len(spoken.clips) == 2
    assert len(clips.kept) == 3, "the good clip of the online voice is kept for later"


@pytest.mark.parametrize(("fault", "minutes"), [("too many requests", 120), ("a bad day", 1)])
def test_a_service_that_failed_is_left_alone_for_a_while(fault: str, minutes: int) -> None:
    with service(FAULTS[fault][0]) as told:
        speaking = chain(gtts(told))
        speaking.synthesize([SHORT], [ONLINE, LOCAL])
        before = len(told.heard)
        spoken = speaking.synthesize(["Xin mời."], [ONLINE, LOCAL])

    assert len(told.heard) == before
    assert "left alone until" in str(spoken.rejections[0])
    assert speaking.breakers.open_until("gtts", NOW) == NOW + timedelta(minutes=minutes)


def test_what_is_in_the_cache_is_spoken_while_the_service_rests() -> None:
    with service(well) as told:
        speaking = chain(gtts(told))
        speaking.synthesize([SHORT], [ONLINE, LOCAL])
        told.answer = FAULTS["too many requests"][0]
        speaking.synthesize(["Xin mời."], [ONLINE, LOCAL])
        spoken = speaking.synthesize([SHORT], [ONLINE, LOCAL])

    assert spoken.voice == ONLINE


def test_a_language_that_does_not_exist_is_not_asked_for() -> None:
    with service(well) as told, pytest.raises(BadRequest):
        gtts(told).synthesize(SHORT, "zz")

    assert told.heard == []


def test_requests_keep_their_distance() -> None:
    waited: list[float] = []
    limiter = RateLimiter(60.0, waited.append)
    for _ in range(3):
        limiter.acquire()

    assert [round(seconds / 60) for seconds in waited] == [1, 2]
