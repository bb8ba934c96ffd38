"""A text and how it is said, cut into what a page shows: sentences, what is read, what is doubtful. Pure.

Both columns of the editor have the same numbers for sentences, so that the one that is heard is marked in both.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby, pairwise
from typing import NamedTuple

from ...model.spoken_text import Doubt, Reading, Utterance
from ...text import sentences

SILENT = -1  # the sentence of what stands between sentences


class Stretch(NamedTuple):
    """Words in a row. `place` is where they stand in the written text, if they are read; `doubt` counts from 1."""

    words: str
    place: tuple[int, int] | None = None
    doubt: int = 0


class Sentence(NamedTuple):
    """One sentence as it is heard, by its number among all (`SILENT`: what stands between)."""

    number: int
    stretches: tuple[Stretch, ...]

    @property
    def is_heard(self) -> bool:
        return self.number != SILENT


class MarkedText(NamedTuple):
    """`spoken` has a row of sentences for each line, `written` is the text as it was typed, whole."""

    spoken: tuple[tuple[Sentence, ...], ...]
    written: tuple[Sentence, ...]


class _Region(NamedTuple):
    begin: int
    end: int
    place: tuple[int, int]
    doubt: int


def mark_text(text: str, reading: Reading, doubts: Sequence[Doubt]) -> MarkedText:
    """`text` and its reading; `doubts` are those of the reading that have a place of their own."""
    places = list(sentences.places(reading.spoken, sentences.utterances(reading.spoken)))
    spoken = list(_sentences(reading.spoken, places, _regions(reading, doubts)))
    lines: list[list[Sentence]] = [[]]
    for sentence in spoken:
        for number, stretches in _split_lines(sentence.stretches):
            if number:
                lines.append([])
            if stretches:
                lines[-1].append(Sentence(sentence.number, stretches))
    written = [(_written_at(reading, begin), _written_at(reading, end, last=True)) for begin, end in places]
    marks = [_Region(*doubt.place, doubt.place, number) for number, doubt in enumerate(doubts, 1)]
    return MarkedText(tuple(tuple(line) for line in lines if line), tuple(_sentences(text, written, marks)))


def mark_signed_words(text: str, parts: Iterable[Sequence[Utterance]]) -> MarkedText:
    """`text` whose words came signed: a line for each of them, and of the written text nobody knows the places."""
    numbers = count()
    spoken = tuple((Sentence(next(numbers), (Stretch(utterance.text),)),) for part in parts for utterance in part)
    return MarkedText(spoken, (Sentence(SILENT, (Stretch(text),)),))


def _regions(reading: Reading, doubts: Sequence[Doubt]) -> list[_Region]:
    """What is read or doubtful in the spoken text, in order; what is doubted is one, however many words it has."""
    regions = [_Region(*_spoken_place(reading, doubt.place), doubt.place, at) for at, doubt in enumerate(doubts, 1)]
    places = sorted(doubt.place for doubt in doubts)
    for span in reading.spans:
        at = bisect_left(places, (span.written[1], 0)) - 1  # the last that begins before its end
        if span.read and (at < 0 or places[at][1] <= span.written[0]):
            regions.append(_Region(*span.spoken, span.written, 0))
    return sorted(regions)


def _spoken_place(reading: Reading, place: tuple[int, int]) -> tuple[int, int]:
    """Where what stands at `place` of the written text is said."""
    first = bisect_right(reading.spans, place[0], key=lambda span: span.written[0]) - 1
    last = bisect_left(reading.spans, place[1], key=lambda span: span.written[0])
    spans = reading.spans[max(first, 0) : last]
    if not spans:
        return 0, 0
    if len(spans) == 1 and not spans[0].read:  # inside of what is only copied
        return _spoken_at(reading, place[0]), _spoken_at(reading, place[1], last=True)
    return spans[0].spoken[0], spans[-1].spoken[1]


def _sentences(text: str, places: Sequence[tuple[int, int]], regions: Sequence[_Region]) -> Iterator[Sentence]:
    """`text` as sentences, with its regions in them."""
    begins, starts = [begin for begin, _ in places], [region.begin for region in regions]
    empty = {region.begin: region for region in regions if region.begin == region.end}

    def sentence(cut: tuple[int, int]) -> int:
        number = bisect_right(begins, cut[0]) - 1
        return number if number >= 0 and cut[0] < places[number][1] else SILENT

    for number, group in groupby(_cut(text, places, regions), sentence):
        stretches: list[Stretch] = []
        for begin, end in group:
            if begin in empty:  # a sign that is left out
                stretches.append(Stretch("", empty[begin].place, empty[begin].doubt))
            at = bisect_right(starts, begin) - 1
            region = regions[at] if at >= 0 and begin < regions[at].end else None
            stretches.append(Stretch(text[begin:end], region and region.place, region.doubt if region else 0))
        yield Sentence(number, tuple(_join(stretches)))


def _cut(text: str, places: Sequence[tuple[int, int]], regions: Sequence[_Region]) -> Iterator[tuple[int, int]]:
    """`text` in pieces [begin, end), each in one sentence and in one region or none."""
    edges = {0, len(text)}
    edges.update(edge for place in places for edge in place)
    edges.update(edge for region in regions for edge in (region.begin, region.end))
    return pairwise(sorted(edges))


def _join(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Neighbours that belong together, as one."""
    for key, group in groupby(stretches, key=lambda stretch: stretch[1:]):
        yield Stretch("".join(stretch.words for stretch in group), *key)


def _split_lines(stretches: Sequence[Stretch]) -> Iterator[tuple[int, tuple[Stretch, ...]]]:
    """Stretches line by line: whether a new line begins, and what stands on it."""
    line: list[Stretch] = []
    new = 0
    for stretch in stretches:
        for number, words in enumerate(stretch.words.split("\n")):
            if number:
                yield new, tuple(line)
                line, new = [], 1
            if words or (not stretch.words and stretch.place):
                line.append(stretch._replace(words=words))
    yield new, tuple(line)


def _written_at(reading: Reading, at: int, last: bool = False) -> int:
    """Where in the written text stands what is said at `at`; `last`: the end of what is said before it."""
    index = bisect_right(reading.spans, at - last, key=lambda span: span.spoken[0]) - 1
    if index < 0:
        return 0
    span = reading.spans[index]
    if span.read or at >= span.spoken[1]:
        return span.written[1] if last or at >= span.spoken[1] else span.written[0]
    return min(span.written[0] + at - span.spoken[0], span.written[1])


def _spoken_at(reading: Reading, at: int, last: bool = False) -> int:
    """The same the other way round."""
    index = bisect_right(reading.spans, at - last, key=lambda span: span.written[0]) - 1
    span = reading.spans[max(index, 0)]
    return min(span.spoken[0] + at - span.written[0], span.spoken[1])
