"""What one programme is to be made of, and the recipe that names it. No samples, no numpy, no file is written.

The recipe is the hash of everything that shapes the sound, so that a programme is found without making it, and a
changed word, voice, recording or setting never airs the old sound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from ..errors import Message
from ..sound.profiles import EARLY, QUIETER
from ..store.readings import Outline, Passage

if TYPE_CHECKING:  # an order that comes through the door is carried out without what reads a text
    from ..text.reading import Doubt
    from ..text.sentences import Utterance

FORMAT = 2  # of the making: raise it when the same order would sound different, or its recipe is told otherwise
BEING_READ = Message("it is being read; wait a moment")
RATE = 48_000  # what sound cards run at when nobody says otherwise


class Lead(StrEnum):
    """What is heard before the first word."""

    NONE = "none"
    CHIME = "chime"
    TUNE = "tune"  # the signature tune that opens a session
    ATTENTION = "attention"  # an emergency; never like a siren
    TONE = "tone"  # 1 kHz at -18 dBFS, to test an output; not mastered


@dataclass(frozen=True, slots=True)
class Speech:
    """Words to be said by one voice, the first of `voices` that can.

    `outline` is None where nobody has read them yet; `passage` gives the words themselves, which takes longer.
    """

    outline: Outline | None
    voices: tuple[str, ...]
    passage: Callable[[], Passage] = field(compare=False, repr=False)
    line: int = field(default=1, compare=False)  # of its file, on which it begins

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        return self.passage().utterances

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every guess in it, at its place in the file."""
        return tuple(doubt._replace(line=doubt.line + self.line - 1) for doubt in self.passage().doubts)

    @property
    def sentences(self) -> int:
        return self.outline.sentences if self.outline else 0

    def identity(self) -> list[object]:
        """What it is in a recipe."""
        return [self.outline and self.outline.digest, self.voices]

    def approved(self) -> object:
        """What it is to whoever approves it: words, whoever says them."""
        return self.outline and self.outline.words

    def told(self) -> list[object]:
        return [[[utterance.text, utterance.pause_after] for utterance in self.utterances], self.voices]

    @classmethod
    def restored(cls, told: Sequence[Any]) -> Self:
        from ..text.sentences import Utterance

        lines, voices = told
        passage = Passage(tuple(Utterance(*line) for line in lines))
        return cls(Outline.of(passage), tuple(voices), lambda: passage)


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound file below the station's folder; `digest` is "" where it is missing, None where it was not read yet."""

    path: str
    digest: str | None

    def told(self) -> list[object]:
        return [self.path, self.digest]

    identity = approved = told

    @classmethod
    def restored(cls, told: Sequence[Any]) -> Self:
        return cls(*told)


@dataclass(frozen=True, slots=True)
class Order:
    """One programme to be made. `gap` is in seconds, `loudness` in LUFS (None: the profile's own)."""

    pieces: tuple[Speech | Recording, ...]
    lead: Lead = Lead.CHIME
    lead_file: Recording | None = None  # the commune's own instead of the built-in one
    repeat: int = 1
    gap: float = 3.0
    reminder: Speech | None = None  # said between repeats
    profile: str = "horn"
    loudness: float | None = None
    rate: int = RATE

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every guess in its words."""
        return tuple(doubt for piece in self.pieces if isinstance(piece, Speech) for doubt in piece.doubts)

    @property
    def doubtful(self) -> int:
        """How many guesses there are."""
        speeches = (piece for piece in self.pieces if isinstance(piece, Speech))
        return sum(speech.outline.doubts for speech in speeches if speech.outline)

    @property
    def unread(self) -> bool:
        """Is there anything in it that nobody has read yet?"""
        recordings = (piece for piece in (*self.pieces, self.lead_file) if isinstance(piece, Recording))
        return any(speech.outline is None for speech in self.speeches) or any(r.digest is None for r in recordings)

    @property
    def speeches(self) -> Iterator[Speech]:
        yield from (piece for piece in self.pieces if isinstance(piece, Speech))
        if self.reminder:
            yield self.reminder

    @property
    def spoken(self) -> str:
        return " ".join(utterance.text for speech in self.speeches for utterance in speech.utterances)

    @property
    def heard(self) -> bool:
        """Is there anything in it but what stands before the first word?"""
        return any(isinstance(piece, Recording) or piece.sentences for piece in self.pieces)

    def content(self, voice: str) -> bool:
        """Did the voices of first choice speak, so that nothing is gained by asking them again?"""
        first = dict.fromkeys(speech.voices[0] for speech in self.speeches if speech.voices and speech.sentences)
        return voice == ", ".join(first)

    def missing(self) -> Message | None:
        """The first recording that is not there, in words; or that something was not read yet."""
        for piece in (*self.pieces, self.lead_file):
            if isinstance(piece, Recording) and piece.digest == "":
                return Message("the recording {file} is missing", file=piece.path)
        return BEING_READ if self.unread else None

    def recipe(self, fingerprint: Callable[[str], str | None]) -> str:
        """The hash of all that shapes the sound; `fingerprint` tells a voice's, None where it is not installed."""
        voices = {voice: fingerprint(voice) for speech in self.speeches for voice in speech.voices}
        told = [FORMAT, voices, self.identity()]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def identity(self) -> list[object]:
        """What a recipe tells: words by their digest, so that nobody needs them who only looks for their sound."""
        parts = [piece.identity() if piece else None for piece in (self.lead_file, self.reminder)]
        return [[piece.identity() for piece in self.pieces], parts, self._numbers()]

    def told(self) -> list[object]:
        """Everything but the doubts, as JSON can keep it."""
        parts = [piece.told() if piece else None for piece in (self.lead_file, self.reminder)]
        return [[piece.told() for piece in self.pieces], parts, self._numbers()]

    def _numbers(self) -> list[object]:
        return [self.lead, self.repeat, self.gap, self.profile, self.loudness, self.rate]

    @classmethod
    def restored(cls, told: Sequence[Any]) -> Self:
        """The order that told this, but for its doubts."""
        pieces, (lead_file, reminder), (lead, repeat, gap, profile, loudness, rate) = told
        return cls(
            tuple(Recording.restored(one) if isinstance(one[0], str) else Speech.restored(one) for one in pieces),
            Lead(lead),
            lead_file and Recording.restored(lead_file),
            repeat,
            gap,
            reminder and Speech.restored(reminder),
            profile,
            loudness,
            rate,
        )

    def quieter(self) -> Order:
        """The same for early hours, by the quieter twin of its profile."""
        if self.profile.endswith(EARLY):
            return self
        loudness = None if self.loudness is None else self.loudness - QUIETER
        return replace(self, profile=self.profile + EARLY, loudness=loudness)

    def spoken_by(self, voices: tuple[str, ...]) -> Order:
        """The same words in other voices; the same order where none is named."""
        if not voices:
            return self
        pieces = tuple(replace(piece, voices=voices) if isinstance(piece, Speech) else piece for piece in self.pieces)
        reminder = self.reminder and replace(self.reminder, voices=voices)
        return replace(self, pieces=pieces, reminder=reminder)

    def first_approval(self) -> str:
        """The hash that approvals bound at first: words and recordings alone. Not voices or chimes."""
        if len(self.pieces) == 1 and isinstance(piece := self.pieces[0], Speech) and piece.outline:
            return piece.outline.words
        told = [p.told() if isinstance(p, Recording) else [u.text for u in p.utterances] for p in self.pieces]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def estimate(order: Order) -> float:
    """Seconds that a programme of this order will take, before it is made.

    The embedded voice says about 13 characters a second at its announcement pace; measured over the sample's bulletins.
    """
    once = sum(_speech_seconds(piece) if isinstance(piece, Speech) else 60.0 for piece in order.pieces)
    between = order.gap + (_speech_seconds(order.reminder) if order.reminder else 0.0)
    return LEADS[order.lead] + once * order.repeat + between * (order.repeat - 1)


LEADS = {Lead.NONE: 0.2, Lead.CHIME: 2.7, Lead.TUNE: 7.2, Lead.ATTENTION: 4.7, Lead.TONE: 5.0}
CHARACTERS_A_SECOND = 13.0
UNREAD_SECONDS = 60.0


def _speech_seconds(speech: Speech) -> float:
    outline = speech.outline
    return outline.letters / CHARACTERS_A_SECOND + outline.pauses if outline else UNREAD_SECONDS
