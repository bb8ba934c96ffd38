"""The commune's own words, read as it says: whole words, the longest first, before any rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .cleanup import CleanText
from .context import Token
from .kind import Kind
from .syllables import UPPER


class OwnWords:
    """`say`, `abbrev` and `names` of a commune, ready to be found in a text; `words` are (written, read as).

    A key in small letters also fits at the beginning of a sentence; one with capitals fits as it is written.
    A reading is a key of itself, so that it is left alone when it is read again. A text is walked once, however many
    words there are.
    """

    def __init__(self, words: Sequence[tuple[str, str]]) -> None:
        given = {CleanText(key).text.strip(): value for key, value in words}
        readings = dict.fromkeys(given.values()) | given
        self._readings = {key: value or key for key, value in readings.items() if key}
        lengths: dict[str, set[int]] = {}
        for key in self._readings:
            for first in {key[0], key[0].upper()} if key.islower() else {key[0]}:
                lengths.setdefault(first, set()).add(len(key))
        self._lengths = {first: sorted(several, reverse=True) for first, several in lengths.items()}

    def find(self, text: str) -> Sequence[Token]:
        """Every own word in `text`, in order."""
        return list(self._walk(text)) if self._readings else ()

    def _walk(self, text: str) -> Iterator[Token]:
        free = 0
        for at, letter in enumerate(text):
            if at < free or letter not in self._lengths or not _begins(text, at):
                continue
            for length in self._lengths[letter]:
                reading = self._reading(text, at, at + length)
                if reading is not None:
                    yield Token(at, at + length, reading, None, Kind.OWN_WORD)
                    free = at + length
                    break

    def _reading(self, text: str, begin: int, end: int) -> str | None:
        """How the words from `begin` to `end` are read, if they are a key."""
        written = text[begin:end]
        if len(written) < end - begin or _is_word(text[end : end + 1]):
            return None
        if reading := self._readings.get(written):
            return reading
        small = written[0].lower() + written[1:]
        name = text[end : end + 1] == " " and text[end + 1 : end + 2] in _CAPITALS  # “Ca Văn Lan” is not “ca”
        return self._readings.get(small) if small.islower() and not name else None


_CAPITALS = frozenset((*map(chr, range(65, 91)), *UPPER.removeprefix("A-Z")))


def _begins(text: str, at: int) -> bool:
    """Whether a key may begin here: not inside a word, but a unit may stand right behind its number."""
    before = text[at - 1 : at] if at else ""
    return not _is_word(before) or (before.isdecimal() and text[at].isalpha())


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
