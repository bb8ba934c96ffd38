"""A text put together anew from pieces of another: what tables and columns become before they are read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from ...errors import Message
from ..lazy_regex import pattern

_LINES = pattern(r"[^\n]*\n|[^\n]+")
# No-break, en, em, thin and ideographic blanks, as web pages and Word set them: each becomes a plain one, but for one
# that has a line for itself, which is an empty cell.
_OF_OTHER_WIDTH = pattern(r"(?m)(?!^\xa0\r?$)[\xa0\u2000-\u200a\u202f\u3000]")
_INDENTS = pattern(r"(?m)^ *(?=[^ \r\n])")
_BEHIND_LINE = pattern(r" \r?(?:\n|\Z)")


class TextPiece(NamedTuple):
    """Some letters, and the stretch [start, end) of the text as given that they stand for.

    Copied letters are as many as those of their stretch; words that were put in have an empty one. `is_head`: it is
    the head of a column, said before a cell; `why`: the reason why its words are only a guess, if they are one.
    """

    text: str
    start: int
    end: int
    is_head: bool = False
    why: Message | None = None

    @classmethod
    def put_in(cls, text: str, at: int) -> TextPiece:
        """Words that nobody wrote, at the place where they are needed."""
        return cls(text, at, at)


class Arrangement:
    """A text made of pieces, in the order in which it is read."""

    __slots__ = ("_begins", "_pieces", "text")

    def __init__(self, pieces: Iterable[TextPiece]) -> None:
        self._pieces = [piece for piece in pieces if piece.text]
        self._begins = [0, *accumulate(len(piece.text) for piece in self._pieces)]
        self.text = "".join(piece.text for piece in self._pieces)

    @property
    def is_as_given(self) -> bool:
        """Whether it is the text as given, letter for letter in its place."""
        return all(piece.start == 0 and piece.end == len(self.text) for piece in self._pieces)

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text as given that [start, end) of `text` came from."""
        first = self._place(start)[0]
        return first, max(first, self._place(end - 1)[1] if end > start else first)

    def trace(self, piece: TextPiece) -> Iterator[TextPiece]:
        """A piece of `text` as pieces of the text as given, each for one stretch of it."""
        if piece.end - piece.start != len(piece.text):  # words that were put in, or said instead of others
            start, end = self.stretch(piece.start, piece.end)
            yield piece._replace(start=start, end=end)
            return
        at = piece.start
        while at < piece.end:
            number = bisect_right(self._begins, at) - 1
            own, begin = self._pieces[number], self._begins[number]
            until = min(self._begins[number + 1], piece.end)
            start = min(own.start + at - begin, own.end)
            text = piece.text[at - piece.start : until - piece.start]
            yield piece._replace(text=text, start=start, end=min(start + until - at, own.end))
            at = until

    def cell_below(self, at: int) -> tuple[int, int] | None:
        """Where the cell stands that the head of a column at the letter `at` of `text` is said before, if it is one."""
        number = bisect_right(self._begins, at) - 1
        if number >= len(self._pieces) or not self._pieces[number].is_head:
            return None
        copied = (piece for piece in self._pieces[number + 1 :] if piece.start < piece.end and not piece.is_head)
        return next(((piece.start, piece.end) for piece in copied), None)

    def guesses(self) -> Iterator[TextPiece]:
        """The pieces whose words are only a guess."""
        return (piece for piece in self._pieces if piece.why)

    def without_lines(self, numbers: Collection[int]) -> Arrangement:
        """The same without some of its lines, counted from 0."""
        kept: list[TextPiece] = []
        line = 0
        for piece in self._pieces:
            start = piece.start
            for part in _LINES.findall(piece.text):
                if line not in numbers:
                    kept.append(
                        piece._replace(text=part, start=min(start, piece.end), end=min(start + len(part), piece.end))
                    )
                start += len(part)
                line += part.endswith("\n")
        return Arrangement(kept)

    def _place(self, at: int) -> tuple[int, int]:
        """The stretch of the text as given for the letter at `at`; behind the last letter, the end of it."""
        if not self._pieces:
            return 0, 0
        number = bisect_right(self._begins, at) - 1
        if number >= len(self._pieces):
            return self._pieces[-1].end, self._pieces[-1].end
        piece = self._pieces[number]
        place = min(piece.start + at - self._begins[number], piece.end)
        return place, min(place + 1, piece.end)


def trim_margins(text: str) -> Arrangement:
    """`text` with plain blanks only, and none behind its lines nor before all of them."""
    plain = _OF_OTHER_WIDTH.sub(" ", text)
    indent = min(map(len, _INDENTS.findall(plain)), default=0)
    if not indent and not _BEHIND_LINE.search(plain):
        return Arrangement([TextPiece(plain, 0, len(plain))])
    return Arrangement(_without_margins(plain, indent))


def _without_margins(text: str, indent: int) -> Iterator[TextPiece]:
    """The lines of a text without their first `indent` letters, all blanks, and without blanks behind them."""
    at = 0
    for number, line in enumerate(text.split("\n")):
        if number:
            yield TextPiece("\n", at - 1, at)
        words = line.rstrip(" \r")[indent:]
        yield TextPiece(words, at + indent, at + indent + len(words))
        at += len(line) + 1
