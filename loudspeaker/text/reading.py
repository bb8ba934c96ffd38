"""From official Vietnamese to what is said, with every guess marked: `read(text) -> Reading`.

The steps of a reading:

    cleanup.py       letters, blanks and dashes become the plain ones
    casing.py        lines in capitals become small
    unwrapping.py    lines that a margin broke are joined
    definitions.py   abbreviations that the text itself defines
    own_words.py     the commune's own words
    scanner.py       one walk, in which the rules (rules/) read every number, sign and special word
    composites.py    words that several rules read piece by piece are marked

Any string gives an answer, in linear time; reading spoken text changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..errors import Message
from ..model.spoken_text import Doubt, Reading, ReadingSettings, Region, Span
from .casing import lower_headings
from .cleanup import CleanText
from .composites import mark_composites
from .context import Context, Token
from .definitions import find_definitions, find_near_misses
from .encodings import legacy_encoding
from .lexicon import Lexicon
from .numerals import Numerals
from .own_words import OwnWords
from .scanner import scan
from .unwrapping import unwrap_lines


def read(text: str, settings: ReadingSettings | None = None) -> Reading:
    """Read `text` as an announcer would. Never raises; equal input gives equal output."""
    settings = settings or ReadingSettings()
    clean = CleanText(text)
    plain = unwrap_lines(lower_headings(clean.text))
    context = Context(plain, _numerals(settings.region), _lexicon(), find_definitions(plain))
    own = _own_words(settings).find(clean.text)
    spoken = _SpokenText(clean, plain)
    for token in mark_composites(plain, scan(context, own)):
        spoken.add(token)
    spoken.finish()
    return Reading(spoken.text(), tuple(_doubts(clean, spoken)), tuple(spoken.spans))


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon()


@lru_cache(maxsize=2)
def _numerals(region: str) -> Numerals:
    return Numerals(region)


def _own_words(settings: ReadingSettings) -> OwnWords:
    """The commune's own words, made ready once."""
    words = (tuple(mapping.items()) for mapping in (settings.say, settings.abbrev, settings.names))
    return _read_own_words(settings.region, *words)


@lru_cache(maxsize=8)
def _read_own_words(region: Region, *words: tuple[tuple[str, str], ...]) -> OwnWords:
    plain = ReadingSettings(region=region)
    return OwnWords([(key, read(value, plain).spoken) for pairs in words for key, value in pairs])


_BLANKS = re.compile("  +")


class _SpokenText:
    """The spoken text as it grows: plain stretches are copied, tokens put in, with the right blanks between them."""

    def __init__(self, clean: CleanText, source: str) -> None:
        self.spans: list[Span] = []
        self.guesses: list[tuple[Token, int, int]] = []  # with [start, end) in the spoken text
        self._clean = clean
        self._source = source
        self._pieces: list[str] = []
        self._length = 0
        self._copied = 0  # letters of the source
        self._last = "\n"  # the last letter written

    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, token: Token) -> None:
        """Copy what stands before `token` and put its words in."""
        self._copy(token.start)
        start = self._put(token.spoken, token.start, token.end)
        self._copied = token.end
        if token.why is not None:
            self.guesses.append((token, start, self._length))

    def finish(self) -> None:
        """Copy what stands behind the last token."""
        self._copy(len(self._source))

    def _copy(self, until: int) -> None:
        plain = self._source[self._copied : until]
        if plain:
            self._put(plain, self._copied, until, copied=True)
        self._copied = until

    def _put(self, words: str, start: int, end: int, copied: bool = False) -> int:
        """Write `words` for the source from `start` to `end`; return where they begin in the spoken text."""
        if self._last in " \n":
            words = words.lstrip(" ")
        words = _BLANKS.sub(" ", words) if copied else self._fit(words)
        sign = words[:1] in (",", ";", ":") and words[1:2] in ("", " ", "\n")
        if self._last == " " and (sign or (words[:2] == ". " and not copied)):
            self._shorten()
        elif words[:1] == "." == self._last or (
            words[:1].isalnum() and (self._last.isalnum() or (self._last in ",;:.!?" and not copied))
        ):
            self._write(" ")
        begin = self._length
        self._write(words)
        if words:
            place = self._clean.place
            self.spans.append(Span((place(start), place(end)), (begin, self._length)))
        return begin

    def _fit(self, words: str) -> str:
        """A capital at the beginning of a sentence; no comma after another sign."""
        if not words or (words in (",", ".") and self._last in ",.;:!?(-" and self._length):
            return ""
        tail = "".join(self._pieces[-3:])[-6:].rstrip(' "“(')
        if (not self._length or not tail or tail[-1] in ".!?\n") and words[:1].islower():
            words = words[0].upper() + words[1:]
        return words

    def _shorten(self) -> None:
        """Take back the blank before a comma."""
        self._pieces[-1] = self._pieces[-1][:-1]
        self._length -= 1
        written, (begin, end) = self.spans[-1]
        self.spans[-1] = Span(written, (begin, min(end, self._length)))

    def _write(self, words: str) -> None:
        if words:
            self._pieces.append(words)
            self._length += len(words)
            self._last = words[-1]


def _doubts(clean: CleanText, spoken: _SpokenText) -> Iterator[Doubt]:
    """What was guessed, probable typing errors and an old encoding, in the order of their places."""
    words, place = spoken.text(), clean.place
    doubts = [
        (place(token.start), place(token.end), words[start:end].strip(), token.why)
        for token, start, end in spoken.guesses
        if token.why is not None
    ]
    for start, end, why in find_near_misses(clean.text):
        doubts.append((place(start), place(end), clean.text[start:end], why))
    encoding = legacy_encoding(clean.given)
    if encoding:
        doubts.append((0, min(40, len(clean.given)), words[:40], _old(encoding)))
    yield from _with_lines(clean.given, sorted(doubts, key=lambda doubt: doubt[:2]))


def _old(encoding: str) -> Message:
    return Message(
        "this looks like the old encoding {encoding}: convert it with “loudspeaker import”", encoding=encoding
    )


def _with_lines(given: str, doubts: Iterable[tuple[int, int, str, Message]]) -> Iterator[Doubt]:
    """Doubts of [start, end) in `given`, in order of their start, with line and column; counted in one walk."""
    line, line_start, counted = 1, 0, 0
    for start, end, spoken, why in doubts:
        breaks = given.count("\n", counted, start)
        if breaks:
            line += breaks
            line_start = given.rfind("\n", counted, start) + 1
        counted = max(counted, start)
        yield Doubt(given[start:end].rstrip(" "), spoken, why, line, start - line_start + 1)
