"""From official Vietnamese to what is said, with every guess marked: `read(text) -> Reading`.

The steps of a reading:

    document/layout.py   columns are taken apart, the rows of tables become sentences
    cleanup.py       letters, blanks and dashes become the plain ones
    lost_marks.py    text that was typed without marks gets back those that are certain, and is told
    casing.py        lines in capitals become small
    unwrapping.py    lines that a margin broke are joined
    definitions.py   abbreviations that the text itself defines
    own_words.py     the commune's own words
    scanner.py       one walk, in which the rules (rules/) read every number, sign and special word
    composites.py    words that several rules read piece by piece are marked
    alternatives.py  what else could be said where something was guessed

Any string gives an answer, in linear time; reading spoken text changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..errors import Message
from ..model.spoken_text import Doubt, Reading, ReadingSettings, Region, Span
from .alternatives import LONGEST, alternatives
from .casing import lower_headings
from .cleanup import CleanText
from .composites import mark_composites
from .context import REACH, Context, Token
from .definitions import find_definitions, find_near_misses
from .document.layout import arrange
from .lazy_regex import pattern
from .lexicon import Lexicon
from .lost_marks import find_toneless, legacy_encoding, restore_marks
from .numerals import Numerals
from .own_words import OwnWords
from .reasons import TONELESS
from .scanner import scan
from .unwrapping import unwrap_lines

LeaveOut = Callable[[Sequence[str]], Collection[int]]  # lines of a text -> which of them, counted from 0
Stretch = Callable[[int, int], tuple[int, int]]  # of letters of the plain text -> of the text as given


def read(text: str, settings: ReadingSettings | None = None, leave_out: LeaveOut | None = None) -> Reading:
    """Read `text` as an announcer would. Never raises; equal input gives equal output.

    `leave_out` is asked which lines are not to be heard, once nothing is set beside anything else.
    """
    settings = settings or ReadingSettings()
    arranged = arrange(text)
    if leave_out:
        arranged = arranged.without_lines(leave_out(arranged.text.split("\n")))
    clean = CleanText(arranged.text)

    def stretch(start: int, end: int) -> tuple[int, int]:
        """The stretch of `text` that letters of the plain text stand for."""
        return arranged.stretch(clean.place(start), clean.place(end))

    if arranged.is_as_given and clean.is_as_given:
        stretch = _stretch_as_given
    lost = tuple(find_toneless(clean.text))
    plain = unwrap_lines(lower_headings(restore_marks(clean.text, lost)))
    context = Context(plain, _numerals(settings.region), _lexicon(), find_definitions(plain))
    own = _own_words(settings).find(clean.text)
    spoken = _SpokenText(plain, clean.text if lost else plain, stretch, len(text))
    for token in mark_composites(plain, scan(context, own)):
        spoken.add(token)
    spoken.finish()
    cells = _doubts_below(spoken, lambda at: arranged.cell_below(clean.place(at)))
    below = (*cells, *(_Place(one.start, one.end, one.text.strip(), one.why) for one in arranged.guesses() if one.why))
    return Reading(
        spoken.text(), tuple(_doubts(text, clean, spoken, lost, settings, stretch, below)), tuple(spoken.spans)
    )


def _stretch_as_given(start: int, end: int) -> tuple[int, int]:
    """The stretch of a text that was read as it stood."""
    return start, max(start, end)


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


_BLANKS = pattern("  +")
_TIGHT = pattern(r" ?([,;]|(?<=[^\W\d_]):)(?=[^\W\d_])")  # tủ lạnh,điều hòa ,quạt; Hạn nộp:từ ngày 5
_FORM = pattern(r"(?:^|\W)[acbeô]\.$")  # of address: UBND a. XÃ is read alike twice
_LETTERED = pattern(r"(?:^|[ \n(])[a-zôđ]\.$")  # of a person or a point: a. XÃ
_STRAY = pattern(r" ([,;])$")  # 7h30 ,ngày 23/2


class _Guess(NamedTuple):
    """A doubtful stretch: [start, end) in the source, [begin, until) in the spoken text, and why."""

    start: int
    end: int
    begin: int
    until: int
    why: Message


class _SpokenText:
    """The spoken text as it grows: plain stretches are copied, tokens put in, with the right blanks between them."""

    def __init__(self, source: str, written: str, stretch: Stretch, length: int) -> None:
        self.spans: list[Span] = []
        self.guesses: list[_Guess] = []
        self._length_given = length
        self._stretch = stretch
        self._source = source
        self._written = written  # letter for letter as long, before marks were put in
        self._pieces: list[str] = []
        self._length = 0
        self._copied = 0  # letters of the source
        self._begins: dict[int, int] = {}  # where the words for a token that starts in the source begin
        self._last = "\n"  # the last letter written

    def text(self) -> str:
        return "".join(self._pieces)

    def between(self, start: int, end: int) -> str:
        """The words for the source from `start` to `end`, as far as its marks are known."""
        return self._source[start:end]

    def add(self, token: Token) -> None:
        """Copy what stands before `token` and put its words in."""
        self._copy(token.start)
        self._begins[token.start] = self._put(token.spoken, token.start, token.end)
        self._copied = token.end
        if token.why is not None:
            end = token.end if self._source[token.end - 1] != " " else token.end - 1  # “B. ” does not touch “XII”
            self._doubt(token.start if token.word_start < 0 else token.word_start, end, token.why)

    def finish(self) -> None:
        """Copy what stands behind the last token; no line ends with a blank."""
        self._copy(len(self._source))
        if self._last == " " and self._length:
            self._shorten()
        last = self.spans.pop() if self.spans else Span((0, 0), (0, 0), read=False)
        self.spans.append(last._replace(written=(last.written[0], self._length_given)))

    def _doubt(self, start: int, end: int, why: Message) -> None:
        """Doubt the words for the source from `start` to `end`; doubts that touch are one."""
        begin = self._begins[start]
        if self.guesses and self.guesses[-1].end >= start:
            last = self.guesses.pop()
            start, begin, why = last.start, last.begin, last.why
        self.guesses.append(_Guess(start, end, begin, self._length, why))

    def _copy(self, until: int) -> None:
        plain = self._source[self._copied : until]
        if plain:
            self._put(plain, self._copied, until, copied=True)
        self._copied = until

    def _put(self, words: str, start: int, end: int, copied: bool = False) -> int:
        """Write `words` for the source from `start` to `end`; return where they begin in the spoken text."""
        if self._last in " \n":
            words = words.lstrip(" ")
        words = _space(words) if copied else self._fit(words)
        sign = words[:1] in (",", ";", ":") and words[1:2] in ("", " ", "\n")
        if self._last == " " and (sign or words[:1] == "\n" or (words[:2] == ". " and not copied)):
            self._shorten()
        elif words[:1] == "." == self._last or self._would_touch(words, copied):
            self._write(" ")
        begin = self._length
        self._write(words)
        as_written = copied and self._written is self._source
        read = not as_written and _letters_of(words) != _letters_of(self._written[start:end])
        written = self.spans[-1].written[1] if self.spans else 0
        until = max(written, self._stretch(start, end)[1])  # the head of a column is said again in each row
        self.spans.append(Span((written, until), (begin, self._length), read))
        return begin

    def _would_touch(self, words: str, copied: bool) -> bool:
        """Whether words would run into what was written last: a word into a word or into the sign behind one."""
        if not words[:1].isalnum():
            return False
        signs = ",;" if copied and words[0].isalpha() else "" if copied else ",;:.!?"
        return self._last.isalnum() or self._last in signs

    def _fit(self, words: str) -> str:
        """A capital at the beginning of a sentence; no comma after another sign."""
        if not words or (words in (",", ".") and self._last in ",.;:!?(-" and self._length):
            return ""
        if not words[0].islower():
            return words
        tail = "".join(self._pieces[-3:])[-6:].rstrip(' "“(')
        begins = not tail or (tail[-1] in ".!?\n" and not _FORM.search(tail))
        return words[0].upper() + words[1:] if begins or not self._length else words

    def _shorten(self) -> None:
        """Take back the blank before a comma or a line's end."""
        self._pieces[-1] = self._pieces[-1][:-1]
        self._length -= 1
        at = len(self.spans)
        while at and self.spans[at - 1].spoken[1] > self._length:
            at -= 1
            begin, end = self.spans[at].spoken
            self.spans[at] = self.spans[at]._replace(spoken=(min(begin, self._length), min(end, self._length)))

    def _write(self, words: str) -> None:
        if words:
            self._pieces.append(words)
            self._length += len(words)
            self._last = words[-1]


def _space(words: str) -> str:
    """Plain words with one blank between them, and behind signs only."""
    if "  " in words:
        words = _BLANKS.sub(" ", words)
    return _STRAY.sub(r"\1", _TIGHT.sub(r"\1 ", words)) if any(sign in words for sign in ",;:") else words


def _letters_of(words: str) -> str:
    """The letters and digits of `words`, whatever their case."""
    return "".join(filter(str.isalnum, words.casefold()))


class _Place(NamedTuple):
    """A doubtful stretch of the text as given, [start, end), its words, why, and the word that may be meant.

    `below`: the doubt is about the head of the column, so that nothing else can be said of the stretch itself.
    """

    start: int
    end: int
    spoken: str
    why: Message
    meant: str = ""
    below: bool = False


_PHRASE = pattern(r"[^,;.\n]*")


def _doubts_below(spoken: _SpokenText, cell_below: Callable[[int], tuple[int, int] | None]) -> Iterator[_Place]:
    """A doubt about the head of a column for each cell that it is said before."""
    words = spoken.text()
    for guess in spoken.guesses:
        cell = cell_below(guess.start)
        phrase = cell and _PHRASE.match(words, guess.begin)  # of a text without signs that is all that follows
        if cell and phrase:
            yield _Place(*cell, phrase[0], guess.why, below=True)


def _doubts(
    text: str,
    clean: CleanText,
    spoken: _SpokenText,
    lost: Sequence[tuple[int, int]],
    settings: ReadingSettings,
    stretch: Stretch,
    below: Sequence[_Place],
) -> Iterator[Doubt]:
    """What was guessed, typing errors, lines without marks and an old encoding, in order of place, none twice."""
    words = spoken.text()
    guesses = [
        _Place(*stretch(guess.start, guess.end), words[guess.begin : guess.until].strip(), guess.why)
        for guess in spoken.guesses
    ]
    slips = [
        _Place(*stretch(start, end), clean.text[start:end], why, str(why.facts["word"]))
        for start, end, why in find_near_misses(clean.text)
    ]
    toneless = [_Place(*stretch(start, end), spoken.between(start, end), TONELESS) for start, end in lost]
    found = {
        place[:2]: place
        for place in (*below, *guesses[::-1], *slips)  # of a head that is said again, the first
        if not any(place.start < end and start < place.end for start, end, *_ in toneless)
    }
    found |= {place[:2]: place for place in toneless}
    encoding = legacy_encoding(text)
    if encoding:
        found[0, 0] = _Place(0, min(40, len(text)), words[:40], _old(encoding))
    yield from _with_lines(text, sorted(found.values(), key=lambda place: place[:2]), settings)


def _old(encoding: str) -> Message:
    return Message(
        "this looks like the old encoding {encoding}: convert it with “loudspeaker import”", encoding=encoding
    )


def _with_lines(given: str, places: Iterable[_Place], settings: ReadingSettings) -> Iterator[Doubt]:
    """Doubts of places in `given`, in order of their start, with line, column and alternatives; counted in one walk."""
    line, line_start, counted = 1, 0, 0
    for start, end, spoken, why, meant, below in places:
        breaks = given.count("\n", counted, start)
        if breaks:
            line += breaks
            line_start = given.rfind("\n", counted, start) + 1
        counted = max(counted, start)
        written = given[start:end].rstrip(" ")
        place = (start, start + len(written))
        others = (meant,) if meant else () if below else other_readings(given, place, spoken, settings.region)
        yield Doubt(written, spoken, why, line, start - line_start + 1, place, others)


def other_readings(given: str, place: tuple[int, int], spoken: str, region: Region = "north") -> tuple[str, ...]:
    """Other ways to say the stretch at `place` of a text, which is read `spoken`; the likeliest first."""
    start, end = place
    if end - start > LONGEST:
        return ()
    head, written = CleanText(given[max(0, start - REACH) : start]).text, CleanText(given[start:end]).text
    context = Context(head + written, _numerals(region), _lexicon(), {})
    return alternatives(context, len(head), spoken)
