"""From official Vietnamese to what is said, with every guess marked: `read(text) -> Reading`.

    Letters (letters.py) put the text right, lines in capitals are made small (headings.py), and what a margin broke is
    put together (lines.py); the commune's own words come first (own.py); abbreviations that the text defines are
    learnt (learning.py); then one walk reads every stretch (scanner.py, rules/), and words read in pieces are told
    (joints.py). Pure: no file, no clock.

Any string gives an answer, in linear time; reading spoken text changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..errors import Message
from ..model.spoken_text import Doubt, Reading, ReadingSettings, Region, Span
from .casing import quiet
from .cleanup import Letters
from .composites import pieced
from .context import Context, Token
from .definitions import definitions, near_misses
from .encodings import looks_legacy
from .lexicon import Lexicon
from .numerals import Numerals
from .overrides import OwnWords
from .scanner import scan
from .unwrapping import unwrapped


def read(text: str, settings: ReadingSettings | None = None) -> Reading:
    """Read `text` as an announcer would. Never raises; equal input gives equal output."""
    settings = settings or ReadingSettings()
    letters, lexicon = Letters(text), _lexicon()
    plain = unwrapped(quiet(letters.text))
    context = Context(plain, _numerals(settings.region), lexicon, definitions(plain))
    own = _own(settings).found(letters.text)
    page = _Page(letters, plain)
    for said in pieced(plain, scan(context, own)):
        page.add(said)
    page.finish()
    return Reading(page.spoken(), tuple(_doubts(letters, page)), tuple(page.spans))


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon()


@lru_cache(maxsize=2)
def _numerals(region: str) -> Numerals:
    return Numerals(region)


def _own(settings: ReadingSettings) -> OwnWords:
    """The commune's words made ready; the same words are made ready once."""
    words = (tuple(mapping.items()) for mapping in (settings.say, settings.abbrev, settings.names))
    return _ready(settings.region, *words)


@lru_cache(maxsize=8)
def _ready(region: Region, *words: tuple[tuple[str, str], ...]) -> OwnWords:
    plain = ReadingSettings(region=region)
    return OwnWords([(key, read(value, plain).spoken) for pairs in words for key, value in pairs])


_BLANKS = re.compile("  +")


class _Page:
    """The spoken text as it grows: plain stretches copied, read ones put in, blanks between them right."""

    def __init__(self, letters: Letters, text: str) -> None:
        self.letters = letters
        self.text = text
        self.spans: list[Span] = []
        self.guesses: list[tuple[Token, int, int]] = []
        self._out: list[str] = []
        self._length = 0
        self._copied = 0
        self._last = "\n"  # the last letter written
        self._fresh = True  # at the beginning of a sentence
        self._word = ""

    def spoken(self) -> str:
        return "".join(self._out)

    def add(self, said: Token) -> None:
        """Copy what stands before `said` and put its words in."""
        self._copy(said.start)
        start = self._put(said.spoken, said.start, said.end)
        self._copied = said.end
        if said.why is not None:
            self.guesses.append((said, start, self._length))

    def finish(self) -> None:
        self._copy(len(self.text))

    def _copy(self, until: int) -> None:
        plain = self.text[self._copied : until]
        if plain:
            self._put(plain, self._copied, until, copied=True)
        self._copied = until

    def _put(self, words: str, start: int, end: int, copied: bool = False) -> int:
        """Write `words` for the text from `start` to `end`; give back where they begin."""
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
            place = self.letters.place
            self.spans.append(Span((place(start), place(end)), (begin, self._length)))
        return begin

    def _fit(self, words: str) -> str:
        """A capital at the beginning of a sentence; no comma after another sign."""
        if not words or (words in (",", ".") and self._last in ",.;:!?(-" and self._length):
            return ""
        tail = "".join(self._out[-3:])[-6:].rstrip(' "“(')
        if (not self._length or not tail or tail[-1] in ".!?\n") and words[:1].islower():
            words = words[0].upper() + words[1:]
        return words

    def _shorten(self) -> None:
        """Take back the blank before a comma."""
        self._out[-1] = self._out[-1][:-1]
        self._length -= 1
        written, (begin, end) = self.spans[-1]
        self.spans[-1] = Span(written, (begin, min(end, self._length)))

    def _write(self, words: str) -> None:
        if words:
            self._out.append(words)
            self._length += len(words)
            self._last = words[-1]


def _doubts(letters: Letters, page: _Page) -> Iterator[Doubt]:
    """What was guessed, in order, then words that look like typing errors, then an encoding nobody uses any more."""
    spoken = page.spoken()
    found = [
        (letters.place(said.start), letters.place(said.end), spoken[start:end].strip(), said.why)
        for said, start, end in page.guesses
        if said.why is not None
    ]
    for start, end, why in near_misses(letters.text):
        found.append((letters.place(start), letters.place(end), letters.text[start:end], why))
    encoding = looks_legacy(letters.given)
    if encoding:
        found.append((0, min(40, len(letters.given)), spoken[:40], _old(encoding)))
    yield from _placed(letters.given, sorted(found, key=lambda doubt: doubt[:2]))


def _old(encoding: str) -> Message:
    return Message(
        "this looks like the old encoding {encoding}: convert it with “loudspeaker import”", encoding=encoding
    )


def _placed(given: str, found: Iterable[tuple[int, int, str, Message]]) -> Iterator[Doubt]:
    """Lines and columns, counted in one walk."""
    line, begins, seen = 1, 0, 0
    for start, end, spoken, why in found:
        breaks = given.count("\n", seen, start)
        if breaks:
            line += breaks
            begins = given.rfind("\n", seen, start) + 1
        seen = max(seen, start)
        yield Doubt(given[start:end].rstrip(" "), spoken, why, line, start - begins + 1)
