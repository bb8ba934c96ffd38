"""A bulletin's words as they are to be spoken, signed beside it: a box says them as they stand and does not read again.

The file (speech/ID.json) is a list of the bulletin's texts in their order, each a list of utterances: words, and the
seconds of silence behind them. A recording has none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from ..codec import UNREADABLE, decode, encode
from ..errors import BadFile, Message, Problem, bad_character
from ..model.bulletin import Bulletin
from ..model.spoken_text import Utterance

Words = tuple[tuple[Utterance, ...], ...]  # of each text of a bulletin
LONGEST_PAUSE = 60.0  # seconds


def format_signed_words(texts: Iterable[Iterable[Utterance]]) -> bytes:
    """The file with these words, one utterance a line, so that a person can read what they sign."""
    lists = [",\n".join(json.dumps(encode(utterance), ensure_ascii=False) for utterance in text) for text in texts]
    return ("[" + ",\n".join(f"[\n{lines}\n]" for lines in lists) + "]\n").encode()


def with_signed_words(bulletin: Bulletin, data: bytes, *, recordings: bool = False) -> Bulletin:
    """The bulletin with its signed words, `data`; may it have recordings, too?

    Raises `BadFile` where they are not those of its texts.
    """
    texts = sum(part.audio is None for part in bulletin.parts)
    words = parse_signed_words(bulletin.path, data)
    if texts != len(bulletin.parts) and not recordings:
        raise _fault(bulletin, Message("a recording from another office cannot be heard on this box yet"))
    if len(words) != texts:
        raise _fault(bulletin, Message("its signed words are those of another text"))
    rest = iter(words)
    parts = tuple(replace(part, spoken=next(rest)) if part.audio is None else part for part in bulletin.parts)
    return replace(bulletin, parts=parts, speech=hashlib.sha256(data).hexdigest())


def parse_signed_words(path: str, data: bytes) -> Words:
    """The words in `data`, which are those of the bulletin at `path`. Raises `BadFile`."""
    fault = BadFile([Problem(path, 0, Message("its signed words cannot be read"))])
    try:
        words = decode(Words, json.loads(data))
    except UNREADABLE:
        raise fault from None
    for text, pause in chain.from_iterable(words):
        if bad_character(text) or not 0 <= pause <= LONGEST_PAUSE:
            raise fault
    return words


def _fault(bulletin: Bulletin, message: Message) -> BadFile:
    return BadFile([Problem(bulletin.path, 0, message)])
