"""A bulletin, or a few words, to be listened to: the sound on this box, and when each sentence is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..codec import encode
from ..errors import Message
from ..model.alert_preview import Wanted
from ..model.bulletin import Bulletin
from ..model.programme import Programme, SentenceMark
from ..production.specification import SpeechSpec
from .people_files import StationFiles
from .planner import Planner


@dataclass(frozen=True, slots=True)
class Hearing:
    """What can be heard of a bulletin. `recipe` is the cache key of its sound; `cannot`: why it cannot be made.

    `marks` number the sentences of the text below its head from 0; what is heard before them has numbers below that.
    """

    recipe: str
    seconds: float
    is_made: bool  # else `seconds` are an estimate
    marks: Sequence[SentenceMark]
    cannot: Message | None


def hear(files: StationFiles, planner: Planner, bulletin: str) -> Hearing:
    """On the first output of this box. Raises `NotFound`, `BadFile`."""
    found = files.bulletin(bulletin)
    spec = planner.bulletin_spec(found, files.outputs()[0])
    recipe, first = planner.recipe(spec), _first_sentence(found, spec.pieces)
    seconds, source = planner.duration(spec)
    marks = [mark._replace(sentence=mark.sentence - first) for mark in planner.programmes.marks(recipe)]
    return Hearing(recipe, seconds, source == "prepared", marks, spec.missing())


@dataclass(frozen=True, slots=True)
class HeardWords:
    """How a few words sound on this box: `made` is None until they do; `wanted` is what a child is given to make it."""

    words: str
    recipe: str
    made: Programme | None
    wanted: Wanted


def hear_words(files: StationFiles, planner: Planner, words: str, voices: tuple[str, ...]) -> HeardWords:
    """In these voices, on the first output of this box."""
    spec = planner.words_spec(words, files.outputs()[0]).with_voices(voices)
    recipe = planner.recipe(spec)
    return HeardWords(words, recipe, planner.programmes.find(recipe), {recipe: encode(spec.job())})


def _first_sentence(bulletin: Bulletin, pieces: Sequence[object]) -> int:
    """How many sentences and recordings are heard before the text below the head."""
    number = 0
    for part, piece in zip(bulletin.parts, pieces, strict=True):
        if part.text is not None and part.text == bulletin.text:
            return number
        number += len(piece.utterances) if isinstance(piece, SpeechSpec) else 1
    return number
