"""The chain of voices: one for all sentences, on all cores, from the cache where it can."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from harness.memory_clips import MemoryClips
from harness.waiting import PATIENCE

from loudspeaker.engines.tone import Tone
from loudspeaker.errors import BadRequest, Message, NotAvailable, RateLimited, TryAgain
from loudspeaker.interfaces import Engine
from loudspeaker.model.programme import Voice
from loudspeaker.sound.clip import Clip
from loudspeaker.synthesis.circuit_breaker import CircuitBreakers
from loudspeaker.synthesis.fallback import FallbackChain

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
TEXTS = ("một hai ba", "bốn năm", "sáu bảy tám chín")
LOW = Voice("tone", "low")


class Trouble(Tone):
    """A tone that raises `error` for some texts, and remembers what it was asked."""

    name = "trouble"

    def __init__(self, error: Exception, *texts: str, online: bool = False) -> None:
        self.error, self.texts, self.online = error, texts, online
        self.asked: list[str] = []

    def synthesize(self, text: str, voice: str) -> Clip:
        self.asked.append(text)
        if not self.texts or text in self.texts:
            raise self.error
        return super().synthesize(text, voice)


def chain(*engines: Engine) -> FallbackChain:
    def engine(name: str) -> Engine:
        for made in (Tone(), *engines):
            if made.name == name:
                return made
        raise NotAvailable(Message("there is no voice engine “{name}”; known are: {known}", name=name, known=""))

    return FallbackChain(MemoryClips(), lambda: NOW, engine, pause=lambda _seconds: None)


def told(progress: list[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    return sorted(set(progress))


def test_the_clips_come_in_the_order_of_their_texts() -> None:
    spoken = chain().synthesize((*TEXTS, TEXTS[0]), [LOW])

    assert spoken.voice == LOW
    assert [round(clip.duration / 0.28) for clip in spoken.clips] == [3, 2, 4, 3]
    assert spoken.keys[0] == spoken.keys[3] != spoken.keys[1]


def test_progress_counts_different_sentences() -> None:
    seen: list[tuple[int, int]] = []
    chain().synthesize((*TEXTS, TEXTS[0]), [LOW], lambda done, total: seen.append((done, total)))

    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_changed_sentence_is_the_only_one_that_is_synthesized() -> None:
    counting = Trouble(ValueError(), "never")
    speaking = chain(counting)
    speaking.synthesize(TEXTS, [Voice("trouble", "low")])
    speaking.synthesize((*TEXTS[:2], "mười"), [Voice("trouble", "low")])

    assert sorted(counting.asked) == sorted((*TEXTS, "mười"))


@pytest.mark.parametrize(
    "error",
    [
        NotAvailable(Message("espeak-ng is not installed")),
        TryAgain(Message("the sound is silent")),
        RateLimited(Message("the sound is silent")),
        BadRequest(Message("the sound is silent")),
        ZeroDivisionError("a bug"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_an_engine_does_costs_only_its_voice(error: Exception) -> None:
    spoken = chain(Trouble(error, TEXTS[1])).synthesize(TEXTS, [Voice("trouble", "low"), LOW])

    assert spoken.voice == LOW
    assert str(spoken.rejections[0]).startswith("trouble:low: ")


def test_where_no_voice_can_speak_each_ones_reason_is_told() -> None:
    broken = Trouble(TryAgain(Message("the sound is silent")))

    with pytest.raises(NotAvailable, match="trouble:low: the sound is silent; nobody:vi: there is no voice engine"):
        chain(broken).synthesize(TEXTS, [Voice("trouble", "low"), Voice("nobody", "vi")])


def test_a_local_voice_is_not_left_alone_for_one_bad_bulletin() -> None:
    broken = Trouble(TryAgain(Message("the sound is silent")), TEXTS[0])
    speaking = chain(broken)
    speaking.synthesize(TEXTS, [Voice("trouble", "low"), LOW])

    assert speaking.synthesize(TEXTS[1:], [Voice("trouble", "low"), LOW]).voice == Voice("trouble", "low")


def test_sentences_are_spoken_side_by_side() -> None:
    class Pair(Tone):
        """Speaks only when two sentences are there at the same time."""

        name = "pair"
        meeting = threading.Barrier(2, timeout=PATIENCE)

        def synthesize(self, text: str, voice: str) -> Clip:
            self.meeting.wait()
            return super().synthesize(text, voice)

    assert chain(Pair()).synthesize(TEXTS[:2], [Voice("pair", "low")]).voice == Voice("pair", "low")


def test_the_same_clip_comes_fresh_and_from_the_cache() -> None:
    speaking = chain()
    fresh, found = (speaking.synthesize(TEXTS, [LOW]).clips for _ in range(2))

    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(fresh, found, strict=True))


# Breakers


def test_failures_let_an_engine_rest_twice_as_long_each_time() -> None:
    breakers = CircuitBreakers()
    rests = []
    for _ in range(8):
        breakers.record_failure("gtts", TryAgain(Message("the sound is silent")), NOW)
        rests.append((breakers.open_until("gtts", NOW) or NOW) - NOW)

    assert [rest // timedelta(minutes=1) for rest in rests] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_good_answer_forgives() -> None:
    breakers = CircuitBreakers()
    breakers.record_failure("gtts", RateLimited(Message("the sound is silent")), NOW)
    breakers.record_success("gtts")

    assert breakers.open_until("gtts", NOW) is None


@pytest.mark.parametrize("seconds", [86_401.0, 1e14, float("inf"), float("nan")])
def test_no_service_rests_for_more_than_a_day(seconds: float) -> None:
    breakers = CircuitBreakers()
    breakers.record_failure("gtts", RateLimited(Message("the sound is silent"), seconds), NOW)

    assert breakers.open_until("gtts", NOW) == NOW + timedelta(days=1)


def test_a_rest_survives_a_restart() -> None:
    breakers = CircuitBreakers()
    breakers.record_failure("gtts", RateLimited(Message("the sound is silent"), 10.0), NOW)
    again = CircuitBreakers.from_state(breakers.state())

    assert again.open_until("gtts", NOW) == NOW + timedelta(hours=1)
    assert again.open_until("gtts", NOW + timedelta(hours=1)) is None


def test_a_rest_written_while_the_clock_was_wrong_is_forgotten() -> None:
    breakers = CircuitBreakers()
    breakers.record_failure("gtts", RateLimited(Message("the sound is silent")), datetime(2036, 1, 1, tzinfo=UTC))

    assert breakers.open_until("gtts", NOW) is None


@pytest.mark.parametrize(
    "kept", [None, [], {}, {"until": "soon", "failures": 1}, {"until": "2026-11-24", "failures": 1}]
)
def test_a_torn_record_of_rests_is_forgotten(kept: object) -> None:
    assert CircuitBreakers.from_state({"gtts": kept}).open_until("gtts", NOW) is None
