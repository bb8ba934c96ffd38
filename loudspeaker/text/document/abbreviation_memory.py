"""What a document tells of its abbreviations wherever it stands: their full forms, and all places where they are used.

Đội Quản lý Điện lực khu vực … QLĐLKV; Ban Chỉ huy Phòng thủ dân sự … BCH
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from ..cues import spellings
from ..lazy_regex import pattern
from ..syllables import is_syllable, without_marks

_MOST_LETTERS = 60_000  # of a text that are looked through; no bulletin has more
_MOST_PLACES = 12  # of one abbreviation
_SHORTEST = 3  # letters of an abbreviation that is found by its initials
_WORD = pattern(r"[^\W\d_]+")
_CAPITALS = pattern(r"(?<![^\W_])[A-ZĐƯ]{2,12}(?![^\W_])")
_SIGN = pattern(r"[\W_]+")
_SMALL = frozenset(("và", "của", "các", "về", "cho", "trên", "tại"))
_CLAUSE = pattern(r"[^\w\s,–-]|\n\s*\n|\d")  # none of these stands inside a name


class AbbreviationMemory:
    """A text, asked for full forms and for places; what is asked for is prepared once, in one walk."""

    def __init__(self, text: str) -> None:
        self._text = text[:_MOST_LETTERS]
        self.decided: dict[str, frozenset[str]] = {}  # abbreviation -> what words beside it decide for, anywhere
        self.subjects: dict[str, dict[str, int]] = {}  # abbreviation -> its meanings, by words that the text has
        self._known: dict[str, bool] = {}  # word -> whether the text has it
        self._written_out: dict[str, str | None] = {}

    def written_out(self, written: str, readings: Iterable[str]) -> str | None:
        """The reading of an abbreviation that the text has in full most often; None where two are as frequent."""
        if written not in self._written_out:
            counts = Counter({reading: self._count(reading) for reading in map(str.lower, readings) if " " in reading})
            (first, most), (_, others) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
            self._written_out[written] = first if most > others else None
        return self._written_out[written]

    def count_words(self, words: Iterable[str]) -> int:
        """How many of some words, each small and without signs, the text has."""
        return sum(map(self._has, words))

    def _has(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = f" {word} " in self._flat
        return self._known[word]

    def places(self, written: str) -> Sequence[int]:
        """Where an abbreviation begins, the first few times."""
        return self._places.get(written, ())

    def expansion(self, letters: str) -> str | None:
        """Words of the text whose initials are `letters`; a name, or for four letters and more any phrase."""
        if len(letters) < _SHORTEST:
            return None
        for words, initials in self._initials:
            at = initials.find(letters)
            while at >= 0:
                phrase = self._phrase(words[at : at + len(letters)])
                if phrase:
                    return phrase
                at = initials.find(letters, at + 1)
        return None

    def with_marks(self, words: str, alone: bool = True) -> str:
        """Syllables without marks, two and more as the text has them: tuyen sinh, tuyển sinh; else as they are.

        `alone`: so are single ones, where some were found beside each other.
        """
        syllables, marked, at = words.split(), list[str](), 0
        while at < len(syllables):
            ends = range(len(syllables), at + 1, -1)
            found = next(
                filter(None, (self._find_syllables(" ".join(syllables[at:end])) for end in ends)), syllables[at]
            )
            marked.append(found)
            at += found.count(" ") + 1
        if alone and any(" " in found for found in marked):  # nuoc, ba kèo, of a text that has “nước”, too
            marked = [found if " " in found else self._find_syllables(found) or found for found in marked]
        return " ".join(marked)

    def _find_syllables(self, words: str) -> str:
        """Several syllables as the text has them; nothing where it does not."""
        at = self._bare.find(f" {words} ")
        return self._flat[at + 1 : at + 1 + len(words)] if at >= 0 else ""

    def _phrase(self, words: Sequence[re.Match[str]]) -> str | None:
        phrase = self._text[words[0].start() : words[-1].end()]
        named = phrase[0].isupper() or len(words) > _SHORTEST
        if not named or _CLAUSE.search(phrase):
            return None
        capitals = [word[0].isupper() and len(word[0]) > 1 for word in words]
        if all(capitals) and all(is_syllable(word[0].lower()) for word in words):  # TRẠM CẤP NƯỚC of a letterhead
            phrase = phrase.lower()
        elif any(capitals):
            return None
        return " ".join(phrase.split())

    def _count(self, reading: str) -> int:
        return sum(self._flat.count(f" {spelling} ") for spelling in spellings(reading))

    @cached_property
    def _flat(self) -> str:
        return f" {_SIGN.sub(' ', self._text.lower())} "

    @cached_property
    def _bare(self) -> str:
        """As long as the flat text."""
        return without_marks(self._flat)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for match in _CAPITALS.finditer(self._text):
            found = places.setdefault(match[0], [])
            if len(found) < _MOST_PLACES:
                found.append(match.start())
        return places

    @cached_property
    def _initials(self) -> list[tuple[list[re.Match[str]], str]]:
        """All words and their initials, then the same without words like “và”."""
        words = list(_WORD.finditer(self._text))
        fewer = [word for word in words if word[0].lower() not in _SMALL]
        return [(some, "".join(word[0][0].upper() for word in some)) for some in (words, fewer)]
