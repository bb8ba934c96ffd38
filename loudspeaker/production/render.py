"""The making of a programme: one voice for all its words, composed, mastered, kept. Heavy: for processes that end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import LoudspeakerError
from ..importers.ffmpeg import decoded
from ..sound import chime
from ..sound.clip import Clip
from ..sound.compose import EDGE, HASTE, Composition, Mark, Piece, arranged
from ..sound.master import master
from ..sound.profiles import PROFILES, Profile
from ..sound.programme import Programme
from ..sound.wav import wav_bytes
from ..store.programmes import ProgrammeFacts, ProgrammeStore
from ..synthesis.fallback import FallbackChain, Synthesis
from ..synthesis.registry import Voice
from .specification import FORMAT, Lead, Order, Recording, Speech

Progress = Callable[[int, int], None]  # sentences done, of all

AFTER_RECORDING = 0.8  # s
TONE_SECONDS, TONE_HERTZ, TONE_LEVEL = 5, 1000, -18.0  # dBFS: what engineers line amplifiers up with

LEADS = {Lead.CHIME: chime.chime, Lead.TUNE: chime.signature, Lead.ATTENTION: chime.emergency}


@dataclass(frozen=True, slots=True)
class Said:
    """All words of an order as sound: by the voices that might have said them, then by text."""

    spoken: dict[tuple[str, ...], Synthesis]
    clips: dict[tuple[str, ...], dict[str, Clip]]

    @property
    def voice(self) -> str:
        """ "engine:voice" that spoke."""
        return ", ".join(dict.fromkeys(str(spoken.voice) for spoken in self.spoken.values()))

    def key(self, order: Order) -> str:
        """The hash of all that did go in."""
        told = [FORMAT, order.identity(), [spoken.keys for spoken in self.spoken.values()]]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Studio:
    """Makes programmes out of orders. `home` is where recordings lie."""

    home: Path
    chain: FallbackChain
    programmes: ProgrammeStore

    def programme(self, order: Order, recipe: str, progress: Progress = lambda done, total: None) -> Programme:
        """Make and keep one programme. Raises `LoudspeakerError` with what is missing or failed."""
        mastered, facts = self.mastered(order, progress)
        wav, told = wav_bytes(mastered)
        return self.programmes.put(recipe, wav, replace(facts, frames=told.frames, loudness=told.loudness))

    def mastered(self, order: Order, progress: Progress = lambda done, total: None) -> tuple[Clip, ProgrammeFacts]:
        """The sound itself, not yet kept."""
        if message := order.missing():
            raise LoudspeakerError(message)
        if order.lead is Lead.TONE:
            return _tone(order.rate), ProgrammeFacts(
                Lead.TONE, order.rate, TONE_SECONDS * order.rate, loudness=TONE_LEVEL
            )
        arrangement, said = self._arranged(order, progress)
        finished = master(arrangement.clip(), profile_of(order), order.rate)
        return finished, ProgrammeFacts(said.key(order), order.rate, len(finished.samples), said.voice, order.doubtful)

    def marks(self, order: Order) -> Sequence[Mark]:
        """When each sentence is heard."""
        return self._arranged(order, lambda done, total: None)[0].marks()

    def _arranged(self, order: Order, progress: Progress) -> tuple[Composition, Said]:
        """Everything in its place, not yet mastered."""
        rate = profile_of(order).rate
        said = self._said(order, progress)
        composition = arranged(
            [piece for part in order.pieces for piece in self._pieces(part, said, rate)],
            rate,
            chime=self._lead(order, rate),
            repeat=order.repeat,
            reminder=self._pieces(order.reminder, said, rate) if order.reminder else (),
            gap=order.gap,
            head=HASTE if order.lead is Lead.ATTENTION else EDGE,
        )
        return composition, said

    def _said(self, order: Order, progress: Progress) -> Said:
        """One voice for all words that the same voices may say, so that none changes in mid-bulletin."""
        texts: dict[tuple[str, ...], list[str]] = {}
        for speech in order.speeches:
            texts.setdefault(speech.voices, []).extend(utterance.text for utterance in speech.utterances)
        said = Said({}, {})
        for voices, wanted in texts.items():
            if wanted:
                spoken = self.chain.synthesize(wanted, [Voice.parse(voice) for voice in voices], progress)
                said.spoken[voices] = spoken
                said.clips[voices] = dict(zip(wanted, spoken.clips, strict=True))
        return said

    def _pieces(self, part: Speech | Recording, said: Said, rate: int) -> Sequence[Piece]:
        if isinstance(part, Recording):
            return [Piece(decoded(self.home / part.path, rate), AFTER_RECORDING, part.path)]
        return [Piece(said.clips[part.voices][line.text], line.pause_after, line.text) for line in part.utterances]

    def _lead(self, order: Order, rate: int) -> Clip | None:
        if order.lead is Lead.NONE:
            return None
        return decoded(self.home / order.lead_file.path, rate) if order.lead_file else LEADS[order.lead](rate)


def profile_of(order: Order) -> Profile:
    """The output's profile, at its own loudness where box.yaml gives one."""
    profile = PROFILES[order.profile]
    return profile if order.loudness is None else replace(profile, target=order.loudness)


def _tone(rate: int) -> Clip:
    """The tone of a test, faded over 10 ms at both ends so that no horn clicks."""
    time = np.arange(TONE_SECONDS * rate, dtype=np.float32) / rate
    fade = np.minimum(1, np.minimum(time, TONE_SECONDS - time) / 0.01)
    wave = np.sin(2 * np.pi * TONE_HERTZ * time) * 10 ** (TONE_LEVEL / 20) * fade
    return Clip(rate, wave.astype(np.float32))
