"""Fallback chain: all sentences of a bulletin in one voice, the first of a preference list that can speak them all.

Clips in the cache are never synthesized again, even by an engine whose circuit is open. Every new clip is validated
before it is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from threading import BoundedSemaphore

from ..engines.validation import validate_clip
from ..errors import EngineError, Message, NotAvailable, RateLimited, TryAgain
from ..interfaces import Engine
from ..model.programme import Voice
from ..sound.clip import Clip
from ..store.clips import ClipStore, clip_key
from .circuit_breaker import CircuitBreakers
from .registry import load_engine

WRITERS = 2  # threads beyond those that synthesize: they wait for the disk
RETRY_WAITS = (1.0, 4.0)  # seconds between the three attempts of an online engine

Progress = Callable[[int, int], None]  # sentences done, of all


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The sentences of a bulletin in the one voice that could speak them all, in the order of their texts."""

    voice: Voice
    clips: tuple[Clip, ...]
    keys: tuple[str, ...]  # of the clips, in the cache
    rejections: tuple[Message, ...]  # why the voices before this one could not


@dataclass(frozen=True, slots=True)
class FallbackChain:
    """Speaks texts through engines. `engine` returns the engine of a name or raises `NotAvailable`."""

    clips: ClipStore
    now: Callable[[], datetime]
    engine: Callable[[str], Engine] = load_engine
    breakers: CircuitBreakers = field(default_factory=CircuitBreakers)
    pause: Callable[[float], None] = time.sleep

    def synthesize(
        self, texts: Sequence[str], voices: Sequence[Voice], progress: Progress = lambda done, total: None
    ) -> Synthesis:
        """Every text of `texts`, in the first voice of `voices` that can speak them all.

        `progress` is called from this thread and begins at 0 with each voice. Raises `NotAvailable`, with the reason of
        every voice, where none could.
        """
        rejections: list[Message] = []
        for voice in voices:
            try:
                keys, clips = self._synthesize_with(voice, texts, progress)
            except EngineError as error:
                rejections.append(Message("{voice}: {why}", voice=voice, why=error.message))
            else:
                return Synthesis(voice, clips, keys, tuple(rejections))
        raise NotAvailable(Message("no voice could speak. {reasons}", reasons=_join_reasons(rejections)))

    def _synthesize_with(
        self, voice: Voice, texts: Sequence[str], progress: Progress
    ) -> tuple[tuple[str, ...], tuple[Clip, ...]]:
        """Keys and clips of all texts. Raises `EngineError` at the first text that this voice cannot speak."""
        engine = self.engine(voice.engine)
        with _contain_bugs(engine):
            fingerprint = engine.fingerprint(voice.name)
        keys = tuple(clip_key(engine.name, fingerprint, voice.name, text) for text in texts)
        wanted = dict(zip(keys, texts, strict=True))
        clips = {key: clip for key in wanted if (clip := self.clips.get(key)) is not None}
        missing = {key: text for key, text in wanted.items() if key not in clips}
        progress(len(clips), len(wanted))
        for key, clip in self._synthesize_missing(engine, voice.name, missing):
            clips[key] = clip
            progress(len(clips), len(wanted))
        return keys, tuple(clips[key] for key in keys)

    def _synthesize_missing(self, engine: Engine, voice: str, missing: Mapping[str, str]) -> Iterator[tuple[str, Clip]]:
        """New clips by key, on all cores, as they are finished. Raises `EngineError` at the first failure."""
        if not missing:
            return
        self._check_circuit(engine)
        slots = BoundedSemaphore(engine.at_once)
        threads = ThreadPoolExecutor(engine.at_once + WRITERS)
        try:
            futures = {
                threads.submit(self._make_clip, slots, engine, voice, key, text): key for key, text in missing.items()
            }
            for future in as_completed(futures):
                yield futures[future], future.result()
        except (TryAgain, RateLimited) as error:
            self._record_failure(engine, error)
            raise
        finally:
            threads.shutdown(cancel_futures=True)
        self.breakers.record_success(engine.name)

    def _make_clip(self, slots: BoundedSemaphore, engine: Engine, voice: str, key: str, text: str) -> Clip:
        """Synthesize and keep one clip; while it is written the next one is synthesized."""
        with slots:
            clip = self._retry(engine, voice, text)
        self.clips.put(key, clip)
        return clip

    def _retry(self, engine: Engine, voice: str, text: str) -> Clip:
        """An online engine gets three attempts, a local one a single attempt."""
        for wait in RETRY_WAITS if engine.online else ():
            try:
                return _synthesize(engine, voice, text)
            except TryAgain:
                self.pause(wait)
        return _synthesize(engine, voice, text)

    def _check_circuit(self, engine: Engine) -> None:
        """Raises `TryAgain` while the circuit of `engine` is open."""
        until = self.breakers.open_until(engine.name, self.now())
        if until is not None:
            raise TryAgain(Message("left alone until {until:%H:%M}, after a failure", until=until))

    def _record_failure(self, engine: Engine, error: TryAgain | RateLimited) -> None:
        # A failure of a local engine is about one text; it must not cost the next bulletin its voice.
        if engine.online:
            self.breakers.record_failure(engine.name, error, self.now())


def _synthesize(engine: Engine, voice: str, text: str) -> Clip:
    """One attempt, validated. Raises `EngineError`."""
    with _contain_bugs(engine):
        return validate_clip(engine.synthesize(text, voice), text)


@contextmanager
def _contain_bugs(engine: Engine) -> Iterator[None]:
    """Turn any exception of a plug-in that is no `EngineError` into `TryAgain`, so that it costs only that voice."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise TryAgain(Message("the voice engine “{name}” has a fault: {why}", name=engine.name, why=why)) from error


def _join_reasons(reasons: Sequence[Message]) -> Message:
    if not reasons:
        return Message("none is named")
    return reduce(lambda one, other: Message("{one}; {other}", one=one, other=other), reasons)
