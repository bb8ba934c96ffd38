"""Specification of a programme, and its recipe. Imports no numpy, so that the daemon may import it.

The recipe is the hash of everything that shapes the sound, so that a programme is found without rendering it, and a
changed word, voice, recording or setting never airs the old sound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from ..errors import Message
from ..model.programme import is_carried
from ..model.spoken_text import Doubt, Utterance
from ..sound.profiles import EARLY, QUIETER
from ..store.readings import Outline, Passage

FORMAT = 2  # of rendering: raise it when the same specification would sound different, or its recipe changes
NOT_READ_YET = Message("it is being read; wait a moment")
RATE = 48_000  # Hz, the usual rate of sound cards


class Lead(StrEnum):
    """What is heard before the first word."""

    NONE = "none"
    CHIME = "chime"
    TUNE = "tune"  # the signature tune that opens a session
    ATTENTION = "attention"  # an emergency; never like a siren
    BEEPS = "beeps"  # two short ones: a stick was taken; not mastered
    TONE = "tone"  # 1 kHz at -18 dBFS, to test an output; not mastered


@dataclass(frozen=True, slots=True)
class SpeechSpec:
    """Words to be spoken by one voice, the first of `voices` that can.

    `outline` is None where the text has not been read yet; `passage` returns the words, which takes longer.
    """

    outline: Outline | None
    voices: tuple[str, ...]
    passage: Callable[[], Passage] = field(compare=False, repr=False)
    line: int = field(default=1, compare=False)  # of its file, where it begins

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        return self.passage().utterances

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every doubt in it, with lines of the file."""
        return tuple(doubt.shift(self.line - 1) for doubt in self.passage().doubts)

    @property
    def sentences(self) -> int:
        return self.outline.sentences if self.outline else 0

    def identity(self) -> list[object]:
        """Its part of a recipe. Sound that comes later is none of it: what was made before it came may be aired."""
        return [self.outline and self.outline.digest, tuple(voice for voice in self.voices if not is_carried(voice))]

    def approval_content(self) -> object:
        """What an approval binds of it: the words, not the voice."""
        return self.outline and self.outline.words

    def words(self) -> SpokenWords:
        return SpokenWords(self.utterances, self.voices)


class RecordingSpec(NamedTuple):
    """A sound file below the station's folder; `digest` is "" where it is missing, None where it is not hashed yet."""

    path: str
    digest: str | None

    def identity(self) -> list[object]:
        """Its part of a recipe."""
        return [self.path, self.digest]

    def approval_content(self) -> object:
        """What an approval binds of it."""
        return self.identity()


class SpokenWords(NamedTuple):
    """A `SpeechSpec` as another process needs it."""

    utterances: tuple[Utterance, ...]
    voices: tuple[str, ...]

    def speech(self) -> SpeechSpec:
        passage = Passage(self.utterances)
        return SpeechSpec(Outline.of(passage), self.voices, lambda: passage)


class Additions(NamedTuple):
    """What a programme has besides its pieces."""

    lead_file: RecordingSpec | None
    reminder: SpokenWords | None
    tail: tuple[RecordingSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderReport:
    """How far the programme of a recipe is that another process renders: sentences done, of all; over, and why not."""

    recipe: str
    done: int = 0
    total: int = 0
    over: bool = False
    failure: Mapping[str, object] | None = None  # a `LoudspeakerError` as the codec tells it


class Settings(NamedTuple):
    """How a programme is composed and mastered; the fields mean the same as those of `ProgrammeSpec`."""

    lead: Lead
    repeat: int
    gap: float
    profile: str
    loudness: float | None
    rate: int


class RenderJob(NamedTuple):
    """A `ProgrammeSpec` for the codec: everything but its doubts, for another process to render."""

    pieces: tuple[SpokenWords | RecordingSpec, ...]
    additions: Additions
    settings: Settings

    def spec(self) -> ProgrammeSpec:
        pieces = tuple(piece.speech() if isinstance(piece, SpokenWords) else piece for piece in self.pieces)
        lead_file, reminder, tail = self.additions
        spec = ProgrammeSpec(pieces, lead_file=lead_file, reminder=reminder.speech() if reminder else None)
        return replace(spec, tail=tail, **self.settings._asdict())


@dataclass(frozen=True, slots=True)
class ProgrammeSpec:
    """What a programme is rendered from. `gap` is in seconds, `loudness` in LUFS (None: that of `profile`)."""

    pieces: tuple[SpeechSpec | RecordingSpec, ...]
    lead: Lead = Lead.CHIME
    lead_file: RecordingSpec | None = None  # the commune's own instead of the built-in one
    repeat: int = 1
    gap: float = 3.0
    reminder: SpeechSpec | None = None  # said between repeats
    tail: tuple[RecordingSpec, ...] = ()  # behind the pieces; one that cannot be decoded keeps nobody from the rest
    profile: str = "horn"
    loudness: float | None = None
    rate: int = RATE

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every doubt in its words."""
        return tuple(doubt for piece in self.pieces if isinstance(piece, SpeechSpec) for doubt in piece.doubts)

    @property
    def doubt_count(self) -> int:
        """The number of doubts, without reading the words."""
        speeches = (piece for piece in self.pieces if isinstance(piece, SpeechSpec))
        return sum(speech.outline.doubts for speech in speeches if speech.outline)

    @property
    def unread(self) -> bool:
        """Is any text not read yet, or any recording not hashed yet?"""
        recordings = (piece for piece in (*self.pieces, self.lead_file) if isinstance(piece, RecordingSpec))
        return any(speech.outline is None for speech in self.speeches) or any(r.digest is None for r in recordings)

    @property
    def speeches(self) -> Iterator[SpeechSpec]:
        yield from (piece for piece in self.pieces if isinstance(piece, SpeechSpec))
        if self.reminder:
            yield self.reminder

    @property
    def spoken_text(self) -> str:
        return " ".join(utterance.text for speech in self.speeches for utterance in speech.utterances)

    @property
    def has_content(self) -> bool:
        """Is anything to be heard behind the lead?"""
        return any(isinstance(piece, RecordingSpec) or piece.sentences for piece in self.pieces)

    def is_first_choice(self, voice: str) -> bool:
        """Is `voice` that of a programme whose voices of first choice spoke? Then it need not be rendered again."""
        first = dict.fromkeys(speech.voices[0] for speech in self.speeches if speech.voices and speech.sentences)
        return voice == ", ".join(first)

    def missing(self) -> Message | None:
        """Why it cannot be rendered: a recording is missing, or something is not read yet; else None."""
        for piece in (*self.pieces, self.lead_file):
            if isinstance(piece, RecordingSpec) and piece.digest == "":
                return Message("the recording {file} is missing", file=piece.path)
        return NOT_READ_YET if self.unread else None

    def recipe(self, fingerprint: Callable[[str], str | None]) -> str:
        """The hash of all that shapes the sound; `fingerprint` returns None for a voice that is not installed."""
        named = (voice for speech in self.speeches for voice in speech.voices if not is_carried(voice))
        voices = {voice: fingerprint(voice) for voice in named}
        content = [FORMAT, voices, self.identity()]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def identity(self) -> list[object]:
        """Its part of a recipe; words by their digest, so that a programme is found without loading its text."""
        parts = [piece.identity() if piece else None for piece in (self.lead_file, self.reminder)]
        tail = [[recording.identity() for recording in self.tail]] if self.tail else []
        return [[piece.identity() for piece in self.pieces], parts, self._settings(), *tail]

    def job(self) -> RenderJob:
        """The same for another process. Raises as `SpeechSpec.passage` does."""
        pieces = tuple(piece.words() if isinstance(piece, SpeechSpec) else piece for piece in self.pieces)
        reminder = self.reminder.words() if self.reminder else None
        return RenderJob(pieces, Additions(self.lead_file, reminder, self.tail), self._settings())

    def _settings(self) -> Settings:
        return Settings(self.lead, self.repeat, self.gap, self.profile, self.loudness, self.rate)

    def for_early_hours(self) -> ProgrammeSpec:
        """The same with the quieter profile of early hours."""
        if self.profile.endswith(EARLY):
            return self
        loudness = None if self.loudness is None else self.loudness - QUIETER
        return replace(self, profile=self.profile + EARLY, loudness=loudness)

    def with_voices(self, voices: tuple[str, ...]) -> ProgrammeSpec:
        """The same words in other voices; itself where none is named."""
        if not voices:
            return self
        pieces = tuple(
            replace(piece, voices=voices) if isinstance(piece, SpeechSpec) else piece for piece in self.pieces
        )
        reminder = self.reminder and replace(self.reminder, voices=voices)
        return replace(self, pieces=pieces, reminder=reminder)

    def legacy_approval_digest(self) -> str:
        """The digest of approvals in the first logs: words and recordings alone, without voices or chimes."""
        if len(self.pieces) == 1 and isinstance(piece := self.pieces[0], SpeechSpec) and piece.outline:
            return piece.outline.words
        content = [p if isinstance(p, RecordingSpec) else [u.text for u in p.utterances] for p in self.pieces]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def estimate(spec: ProgrammeSpec) -> float:
    """Seconds that a programme of this specification will take, before it is rendered.

    The embedded voice speaks about 13 characters a second, measured over the sample's bulletins.
    """
    once = sum(_speech_seconds(piece) if isinstance(piece, SpeechSpec) else 60.0 for piece in spec.pieces)
    between = spec.gap + (_speech_seconds(spec.reminder) if spec.reminder else 0.0)
    return LEAD_SECONDS[spec.lead] + once * spec.repeat + between * (spec.repeat - 1)


LEAD_SECONDS = {Lead.NONE: 0.2, Lead.CHIME: 2.7, Lead.TUNE: 7.2, Lead.ATTENTION: 4.7, Lead.TONE: 5.0, Lead.BEEPS: 1.0}
CHARACTERS_PER_SECOND = 13.0
UNREAD_SECONDS = 60.0


def _speech_seconds(speech: SpeechSpec) -> float:
    outline = speech.outline
    return outline.letters / CHARACTERS_PER_SECOND + outline.pauses if outline else UNREAD_SECONDS
