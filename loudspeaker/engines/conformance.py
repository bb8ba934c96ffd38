"""Conformance check for authors of engines: `assert faults(MyEngine(), "voice") == []`.

It synthesizes a few sentences, so an online engine is sent a few requests. Only `interfaces.Engine` is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..errors import BadRequest, EngineError, NotAvailable
from ..interfaces import Engine
from .validation import validate_clip

SHORT = "Kính thưa bà con."
LONG = "Kính thưa bà con, chiều nay lúc mười bảy giờ, mời bà con tới nhà văn hóa thôn để họp về việc làm đường."


def faults(engine: Engine, voice: str) -> list[str]:
    """Everything about `engine` that breaks the contract of `Engine`, in English."""
    mistakes: list[str] = []
    for check in (_attributes, _fingerprints, _strange_voice, _speech, _blank_text, _many_at_once):
        try:
            mistakes += check(engine, voice)
        except Exception as error:  # whatever an engine raises is its fault, and the other checks go on
            mistakes.append(f"{check.__name__[1:]}: {type(error).__name__}: {error}")
    return mistakes


def _attributes(engine: Engine, voice: str) -> Iterator[str]:
    if not (
        isinstance(engine.name, str) and engine.name and engine.name == engine.name.lower() and ":" not in engine.name
    ):
        yield f"name: {engine.name!r} should be a lower-case word without a colon"
    if not isinstance(engine.online, bool):
        yield f"online: {engine.online!r} should be True or False"
    if not isinstance(engine.at_once, int) or engine.at_once < 1:
        yield f"at_once: {engine.at_once!r} should be 1 or more"
    if not all(isinstance(name, str) for name in engine.voices()):
        yield "voices: should be strings"


def _fingerprints(engine: Engine, voice: str) -> Iterator[str]:
    fingerprint = engine.fingerprint(voice)
    if not isinstance(fingerprint, str) or not fingerprint:
        yield f"fingerprint: {fingerprint!r} should be a word or more"
    if fingerprint != engine.fingerprint(voice):
        yield "fingerprint: changes from call to call, so nothing would ever be found in the cache"


def _strange_voice(engine: Engine, voice: str) -> Iterator[str]:
    strange = "no such voice, surely"
    acts: tuple[Callable[[], object], ...] = (
        lambda: engine.fingerprint(strange),
        lambda: engine.synthesize(SHORT, strange),
    )
    for act, name in zip(acts, ("fingerprint", "synthesize"), strict=True):
        if not isinstance(_catch(act), BadRequest | NotAvailable):
            yield f"{name}: an unknown voice should raise BadRequest or NotAvailable"


def _speech(engine: Engine, voice: str) -> Iterator[str]:
    short, long = (validate_clip(engine.synthesize(text, voice), text) for text in (SHORT, LONG))
    for clip in (short, long):
        if clip.samples.dtype != np.float32 or clip.samples.ndim != 1:
            yield f"clip: float32 of shape (frames,) is wanted, not {clip.samples.dtype} of {clip.samples.shape}"
        if np.abs(clip.samples).max() > 1:
            yield "clip: samples should lie within -1 and 1"
    if long.duration < 2 * short.duration:
        yield f"clip: 24 words take {long.duration:.1f} s and four take {short.duration:.1f} s; was something cut?"


def _blank_text(engine: Engine, voice: str) -> Iterator[str]:
    error = _catch(lambda: engine.synthesize(" … ", voice))
    if error is not None and not isinstance(error, EngineError):
        yield f"blank text: should raise BadRequest or be silent, not {type(error).__name__}: {error}"


def _many_at_once(engine: Engine, voice: str) -> Iterator[str]:
    texts = [SHORT, LONG] * engine.at_once
    with ThreadPoolExecutor(engine.at_once) as threads:
        together = list(threads.map(lambda text: engine.synthesize(text, voice), texts))
    for text, clip in zip(texts, together, strict=True):
        validate_clip(clip, text)
    if len({len(clip.samples) for clip in together}) > 2 and not engine.online:
        yield "at once: the same text comes out different, alone and beside others"


def _catch(act: Callable[[], object]) -> Exception | None:
    try:
        act()
    except Exception as error:
        return error
    return None
