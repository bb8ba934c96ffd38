"""Render a programme: synthesize its words, compose, master, store. Imports numpy: for processes that end."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import LoudspeakerError
from ..ffmpeg import as_clip, decode_file, decode_pcm
from ..model.programme import Programme, SentenceMark, Voice
from ..sound import chime
from ..sound.clip import Clip
from ..sound.compose import ALARM_HEAD, EDGE_SILENCE, Composition, Mark, Piece, compose
from ..sound.master import master
from ..sound.profiles import PROFILES, Profile
from ..sound.wav import wav_bytes
from ..store.programmes import ProgrammeFacts, ProgrammeStore
from ..synthesis.fallback import FallbackChain, Synthesis
from .specification import FORMAT, Lead, ProgrammeSpec, RecordingSpec, SpeechSpec

logger = logging.getLogger(__name__)
Progress = Callable[[int, int], None]  # sentences done, of all

AFTER_RECORDING = 0.8  # s
LONGEST_TAIL = 60.0  # s of a recording behind an alarm: it is one sentence
BEEP_SECONDS = 0.2
TONE_SECONDS, TONE_HERTZ, TONE_LEVEL = 5, 1000, -18.0  # dBFS, the alignment level of EBU R 68

LEAD_SOUNDS = {Lead.CHIME: chime.chime, Lead.TUNE: chime.signature, Lead.ATTENTION: chime.emergency}


@dataclass(frozen=True, slots=True)
class SpeechClips:
    """All words of a programme as sound: by the list of voices that may speak them, then by text."""

    syntheses: dict[tuple[str, ...], Synthesis]
    clips: dict[tuple[str, ...], dict[str, Clip]]

    @property
    def voice(self) -> str:
        """The voice that spoke, as "engine:voice"; several are separated by a comma."""
        return ", ".join(dict.fromkeys(str(synthesis.voice) for synthesis in self.syntheses.values()))

    def key(self, spec: ProgrammeSpec) -> str:
        """The hash of all that did go into the programme."""
        content = [FORMAT, spec.identity(), [synthesis.keys for synthesis in self.syntheses.values()]]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ProgrammeRenderer:
    """Renders programmes by their specifications. `home` is the folder to which paths of recordings are relative."""

    home: Path
    chain: FallbackChain
    programmes: ProgrammeStore

    def render(self, spec: ProgrammeSpec, recipe: str, progress: Progress = lambda done, total: None) -> Programme:
        """Render and store one programme. Raises `LoudspeakerError` with what is missing or failed."""
        clip, facts = self.render_clip(spec, progress)
        wav, written = wav_bytes(clip)
        return self.programmes.put(recipe, wav, replace(facts, frames=written.frames, loudness=written.loudness))

    def render_clip(
        self, spec: ProgrammeSpec, progress: Progress = lambda done, total: None
    ) -> tuple[Clip, ProgrammeFacts]:
        """The mastered sound, not stored. Raises `LoudspeakerError` with what is missing or failed."""
        if message := spec.missing():
            raise LoudspeakerError(message)
        if spec.lead in (Lead.TONE, Lead.BEEPS):
            clip = _make_tone(spec.rate) if spec.lead is Lead.TONE else _make_beeps(spec.rate)
            return clip, ProgrammeFacts(spec.lead, spec.rate, len(clip.samples), loudness=TONE_LEVEL)
        arrangement, speech = self._arrange(spec, progress)
        clip = master(arrangement.clip(), profile_of(spec), spec.rate)
        facts = ProgrammeFacts(speech.key(spec), spec.rate, len(clip.samples), speech.voice, spec.doubt_count)
        return clip, replace(facts, marks=_sentence_marks(arrangement.marks()))

    def marks(self, spec: ProgrammeSpec) -> Sequence[Mark]:
        """When each sentence begins."""
        return self._arrange(spec, lambda done, total: None)[0].marks()

    def _arrange(self, spec: ProgrammeSpec, progress: Progress) -> tuple[Composition, SpeechClips]:
        """The composition, not yet mastered, and the words in it."""
        rate = profile_of(spec).rate
        speech = self._synthesize(spec, progress)
        pieces = [piece for part in spec.pieces for piece in self._pieces(part, speech, rate)]
        pieces += self._tail(spec.tail, rate)
        composition = compose(
            [replace(piece, number=number) for number, piece in enumerate(pieces)],
            rate,
            chime=self._lead_sound(spec, rate),
            repeat=spec.repeat,
            reminder=self._pieces(spec.reminder, speech, rate) if spec.reminder else (),
            gap=spec.gap,
            head=ALARM_HEAD if spec.lead is Lead.ATTENTION else EDGE_SILENCE,
        )
        return composition, speech

    def _synthesize(self, spec: ProgrammeSpec, progress: Progress) -> SpeechClips:
        """One voice for all words with the same list of voices, so that the voice does not change in a bulletin."""
        texts: dict[tuple[str, ...], list[str]] = {}
        for part in spec.speeches:
            texts.setdefault(part.voices, []).extend(utterance.text for utterance in part.utterances)
        speech = SpeechClips({}, {})
        for voices, wanted in texts.items():
            if wanted:
                synthesis = self.chain.synthesize(wanted, [Voice.parse(voice) for voice in voices], progress)
                speech.syntheses[voices] = synthesis
                speech.clips[voices] = dict(zip(wanted, synthesis.clips, strict=True))
        return speech

    def _pieces(self, part: SpeechSpec | RecordingSpec, speech: SpeechClips, rate: int) -> Sequence[Piece]:
        if isinstance(part, RecordingSpec):
            return [Piece(decode_file(self.home / part.path, rate), AFTER_RECORDING, part.path)]
        return [Piece(speech.clips[part.voices][line.text], line.pause_after, line.text) for line in part.utterances]

    def _tail(self, recordings: Iterable[RecordingSpec], rate: int) -> Iterator[Piece]:
        """An alarm does not fail over what is heard behind it: what cannot be decoded is left out, and told."""
        for recording in recordings:
            try:
                sound = as_clip(decode_pcm(self.home / recording.path, rate, LONGEST_TAIL), rate)
            except LoudspeakerError as error:
                logger.warning("%s is not heard behind the alarm: %s", recording.path, error)
            else:
                yield Piece(sound, AFTER_RECORDING, recording.path)

    def _lead_sound(self, spec: ProgrammeSpec, rate: int) -> Clip | None:
        if spec.lead is Lead.NONE:
            return None
        return decode_file(self.home / spec.lead_file.path, rate) if spec.lead_file else LEAD_SOUNDS[spec.lead](rate)


def _sentence_marks(marks: Iterable[Mark]) -> tuple[SentenceMark, ...]:
    """The marks of sentences and recordings, without those of chimes and reminders."""
    heard = (mark for mark in marks if mark.number >= 0)
    return tuple(SentenceMark(mark.number, round(mark.begin, 3), round(mark.end, 3)) for mark in heard)


def profile_of(spec: ProgrammeSpec) -> Profile:
    """The output's profile, at its own loudness where box.yaml gives one."""
    profile = PROFILES[spec.profile]
    return profile if spec.loudness is None else replace(profile, target=spec.loudness)


def _make_beeps(rate: int) -> Clip:
    """Two beeps of the same tone, with as much silence between them and at both ends."""
    beep, silence = _make_tone(rate, BEEP_SECONDS).samples, np.zeros(round(BEEP_SECONDS * rate), np.float32)
    return Clip(rate, np.concatenate([silence, beep, silence, beep, silence]))


def _make_tone(rate: int, seconds: float = TONE_SECONDS) -> Clip:
    """The tone that tests an output, faded over 10 ms at both ends so that no horn clicks."""
    time = np.arange(round(seconds * rate), dtype=np.float32) / rate
    fade = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    wave = np.sin(2 * np.pi * TONE_HERTZ * time) * 10 ** (TONE_LEVEL / 20) * fade
    return Clip(rate, wave.astype(np.float32))
