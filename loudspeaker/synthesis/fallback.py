"""Speak a whole bulletin with one voice: the first of the commune's preference list that can say all of it.

What is already in the cache is never asked for again, even of an engine that rests. Every new clip passes its audition
before it is kept. Engines come in as arguments; no adapter may be imported here.
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
from typing import Protocol

from ..engines.validation import validate_clip
from ..errors import EngineError, Message, NotAvailable, RateLimited, TryAgain
from ..interfaces import Engine
from ..sound.clip import Clip
from .cache_key import clip_key
from .circuit_breaker import Breakers
from .registry import Voice, engine

KEEPING = 2  # threads beyond those that speak: they wait for the disk
WAITS = (1.0, 4.0)  # seconds between the three tries of an online engine

Progress = Callable[[int, int], None]  # sentences done, of all


class Clips(Protocol):
    """Where clips are kept, by key."""

    def get(self, key: str) -> Clip | None: ...

    def put(self, key: str, clip: Clip) -> None: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """A bulletin's sentences in the one voice that could say them all."""

    voice: Voice
    clips: tuple[Clip, ...]
    keys: tuple[str, ...]
    passed: tuple[Message, ...]  # why the voices before this one could not


@dataclass(frozen=True, slots=True)
class Chain:
    """What is needed to ask engines; `engine` gives the one of a name or raises `NotAvailable`."""

    clips: Clips
    now: Callable[[], datetime]
    engine: Callable[[str], Engine] = engine
    breakers: Breakers = field(default_factory=Breakers)
    pause: Callable[[float], None] = time.sleep

    def speak(
        self, texts: Sequence[str], voices: Sequence[Voice], progress: Progress = lambda done, total: None
    ) -> Spoken:
        """Every text of `texts`, in the first voice of `voices` that can say them all.

        `progress` is called from this thread, and starts anew with each voice. Raises `NotAvailable`, with every
        voice's reason, where none could.
        """
        passed: list[Message] = []
        for voice in voices:
            try:
                keys, clips = self._said(voice, texts, progress)
            except EngineError as error:
                passed.append(Message("{voice}: {why}", voice=voice, why=error.message))
            else:
                return Spoken(voice, clips, keys, tuple(passed))
        raise NotAvailable(Message("no voice could speak. {reasons}", reasons=_joined(passed)))

    def local(self, voices: Sequence[Voice]) -> list[Voice]:
        """Those whose texts stay on this machine."""
        return [voice for voice in voices if self._stays(voice)]

    def _said(self, voice: Voice, texts: Sequence[str], progress: Progress) -> tuple[tuple[str, ...], tuple[Clip, ...]]:
        engine = self.engine(voice.engine)
        with _guarded(engine):
            fingerprint = engine.fingerprint(voice.name)
        keys = tuple(clip_key(engine.name, fingerprint, voice.name, text) for text in texts)
        wanted = dict(zip(keys, texts, strict=True))
        clips = {key: clip for key in wanted if (clip := self.clips.get(key)) is not None}
        missing = {key: text for key, text in wanted.items() if key not in clips}
        progress(len(clips), len(wanted))
        for key, clip in self._made(engine, voice.name, missing):
            clips[key] = clip
            progress(len(clips), len(wanted))
        return keys, tuple(clips[key] for key in keys)

    def _stays(self, voice: Voice) -> bool:
        try:
            return not self.engine(voice.engine).online
        except NotAvailable:
            return False

    def _made(self, engine: Engine, voice: str, missing: Mapping[str, str]) -> Iterator[tuple[str, Clip]]:
        """Synthesize on all cores, giving up at the first sentence that cannot be had."""
        if not missing:
            return
        self._awake(engine)
        slots = BoundedSemaphore(engine.at_once)
        threads = ThreadPoolExecutor(engine.at_once + KEEPING)
        try:
            futures = {
                threads.submit(self._clip, slots, engine, voice, key, text): key for key, text in missing.items()
            }
            for future in as_completed(futures):
                yield futures[future], future.result()
        except (TryAgain, RateLimited) as error:
            self._blame(engine, error)
            raise
        finally:
            threads.shutdown(cancel_futures=True)
        self.breakers.spoke(engine.name)

    def _clip(self, slots: BoundedSemaphore, engine: Engine, voice: str, key: str, text: str) -> Clip:
        """One new sentence, tried three times, judged, kept; while it is written the next one is spoken."""
        with slots:
            clip = self._tried(engine, voice, text)
        self.clips.put(key, clip)
        return clip

    def _tried(self, engine: Engine, voice: str, text: str) -> Clip:
        for wait in WAITS if engine.online else ():
            try:
                return _attempt(engine, voice, text)
            except TryAgain:
                self.pause(wait)
        return _attempt(engine, voice, text)

    def _awake(self, engine: Engine) -> None:
        until = self.breakers.resting(engine.name, self.now())
        if until is not None:
            raise TryAgain(Message("left alone until {until:%H:%M}, after a failure", until=until))

    def _blame(self, engine: Engine, error: TryAgain | RateLimited) -> None:
        # What a local engine cannot say today is about that text; it must not cost the next bulletin its voice.
        if engine.online:
            self.breakers.failed(engine.name, error, self.now())


def _attempt(engine: Engine, voice: str, text: str) -> Clip:
    with _guarded(engine):
        return validate_clip(engine.synthesize(text, voice), text)


@contextmanager
def _guarded(engine: Engine) -> Iterator[None]:
    """A plug-in's bug becomes a passing fault, so that it costs only that voice."""
    try:
        yield
    except EngineError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise TryAgain(Message("the voice engine “{name}” has a fault: {why}", name=engine.name, why=why)) from error


def _joined(reasons: Sequence[Message]) -> Message:
    if not reasons:
        return Message("none is named")
    return reduce(lambda one, other: Message("{one}; {other}", one=one, other=other), reasons)
