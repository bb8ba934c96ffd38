"""A bulletin to be listened to: its sound on this box, how long that is, and when each sentence is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import Message
from ..model.bulletin import Bulletin
from ..model.programme import SentenceMark
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


def _first_sentence(bulletin: Bulletin, pieces: Sequence[object]) -> int:
    """How many sentences and recordings are heard before the text below the head."""
    number = 0
    for part, piece in zip(bulletin.parts, pieces, strict=True):
        if part.text is not None and part.text == bulletin.text:
            return number
        number += len(piece.utterances) if isinstance(piece, SpeechSpec) else 1
    return number
