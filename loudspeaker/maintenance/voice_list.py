"""The voices: which there are, and one sentence by each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import EngineError, Message
from ..model.programme import Voice
from ..station.station import Station
from ..store.atomic import write_atomic
from ..synthesis import registry
from ..synthesis.voice_facts import OFFERED, VoiceFacts, facts_of
from ..synthesis.voice_installer import KNOWN_MODELS

SAMPLE = "Đây là đài truyền thanh. Kính chúc bà con một ngày tốt lành."
MULTILINGUAL = ("espeak", "gtts", "edge")  # engines whose voices of other languages are not listed


@dataclass(frozen=True, slots=True)
class VoiceState:
    """A voice (engine:voice): can it speak here, does it send texts away, and why it cannot, or where it has spoken.

    `facts` is what is known of it anyway. `pinned`: one command installs it, checked against a hash that is known here.
    """

    voice: str
    here: bool
    online: bool
    why_not: Message | None = None
    sample: Path | None = None
    facts: VoiceFacts | None = None
    pinned: bool = False


def list_voices(station: Station) -> list[VoiceState]:
    """Every voice that the files name or that is installed, and those that one command would install."""
    named = [Voice.parse(voice) for voice in station.files.contents.voices]
    here = [Voice(engine, voice) for engine in registry.engine_names() for voice in _voices_of(station, engine)]
    return [_state(station, voice) for voice in dict.fromkeys([*named, *here, *OFFERED])]


def try_voices(station: Station, names: Sequence[str], folder: Path) -> list[VoiceState]:
    """Write one sentence by each of `names`, or by each voice of the files, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    voices = names or station.files.contents.voices
    return [_try_voice(station, Voice.parse(name), folder) for name in voices]


def _voices_of(station: Station, engine: str) -> Sequence[str]:
    try:
        voices = station.planner.voices.engine(engine).voices()
    except EngineError:
        return ()
    return [voice for voice in voices if engine not in MULTILINGUAL or voice.startswith("vi")]


def _state(station: Station, voice: Voice) -> VoiceState:
    online = False
    try:
        engine = station.planner.voices.engine(voice.engine)
        online = engine.online
        engine.fingerprint(voice.name)
    except EngineError as error:
        pinned = voice.engine == "piper" and voice.name in KNOWN_MODELS
        return VoiceState(str(voice), False, online, error.message, facts=facts_of(voice), pinned=pinned)
    return VoiceState(str(voice), True, online, facts=facts_of(voice))


def _try_voice(station: Station, voice: Voice, folder: Path) -> VoiceState:
    from ..sound.wav import wav_bytes  # numpy, only while speaking

    state = _state(station, voice)
    if not state.here:
        return state
    path = folder / f"{voice.engine}-{voice.name}.wav".replace("/", "_")
    try:
        write_atomic(path, wav_bytes(station.planner.voices.engine(voice.engine).synthesize(SAMPLE, voice.name))[0])
    except EngineError as error:
        return replace(state, here=False, why_not=error.message)
    return replace(state, sample=path)
