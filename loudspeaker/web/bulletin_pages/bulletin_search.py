"""Bulletins in which some words stand: capitals and marks do not matter, as they do not to whoever is in a hurry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from ...config.values import slug
from ...model.bulletin import Bulletin

MOST_LETTERS = 100  # of a question
LONGEST_PASSAGE = 160  # letters


class Nearness(IntEnum):
    """How well a bulletin answers; the best first."""

    TITLE = 0  # the words stand in its title, one behind the other
    PHRASE = 1  # … in its text or its source
    WORDS = 2  # each of them stands somewhere


@dataclass(frozen=True, slots=True)
class FoundBulletin:
    """A bulletin that answers, and the line by which it does; "" where that is its title."""

    nearness: Nearness
    passage: str = ""


@dataclass(frozen=True, slots=True)
class BulletinSearch:
    """What somebody looks for: the beginnings of words, without marks."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> BulletinSearch:
        """
        >>> BulletinSearch.of(" Khám SỨC ").words
        ('kham', 'suc')
        """
        return cls(tuple(filter(None, slug(typed[:MOST_LETTERS]).split("-"))))

    def find(self, bulletins: Iterable[Bulletin]) -> dict[str, FoundBulletin]:
        """Those that answer, by id, the best first, then by title."""
        known = sorted(bulletins, key=lambda bulletin: bulletin.title.casefold())
        answers = {bulletin.id: answer for bulletin in known if (answer := self._look_at(bulletin))}
        return dict(sorted(answers.items(), key=lambda item: item[1].nearness))

    def _look_at(self, bulletin: Bulletin) -> FoundBulletin | None:
        if self._has_phrase(_plain(bulletin.title)):
            return FoundBulletin(Nearness.TITLE)
        lines = {line: _plain(line) for line in _lines_of(bulletin)}
        for line, plain in lines.items():
            if self._has_phrase(plain):
                return FoundBulletin(Nearness.PHRASE, _shorten(line))
        if not all(any(f"-{word}" in plain for plain in lines.values()) for word in self.words):
            return None
        best = max(lines, key=lambda line: sum(f"-{word}" in lines[line] for word in self.words))
        return FoundBulletin(Nearness.WORDS, "" if best == bulletin.title else _shorten(best))

    def _has_phrase(self, plain: str) -> bool:
        return f"-{'-'.join(self.words)}" in plain


def _lines_of(bulletin: Bulletin) -> Iterator[str]:
    """All that is written in it, a line each, without those that are blank."""
    texts = [part.text for part in bulletin.parts if part.text]
    yield from filter(None, map(str.strip, "\n".join([bulletin.title, bulletin.source, *texts]).split("\n")))


def _plain(line: str) -> str:
    """Its words without marks, each behind a hyphen: where a word begins can be looked for."""
    return f"-{slug(line)}"


def _shorten(line: str) -> str:
    return line if len(line) <= LONGEST_PASSAGE else f"{line[:LONGEST_PASSAGE].rstrip()} …"
