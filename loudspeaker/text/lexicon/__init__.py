"""Abbreviations, document codes and units: readable tables beside this file, loaded when first needed.

A table's line is `written TAB reading TAB words before TAB words after`; its first line explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..cues import beside, spellings
from ..lazy_regex import pattern
from ..numerals import spell_letters


class Entry(NamedTuple):
    """A reading, and whether it is certain; a guess that is not `said` is only offered, and its letters are said."""

    reading: str
    sure: bool
    said: bool = True

    def words(self, written: str) -> str:
        """What is heard for the abbreviation as written."""
        return self.reading if self.said else spell_letters(written) or self.reading


class Meaning(NamedTuple):
    """One line of the table: a reading and the neighbours that decide for it."""

    reading: str
    before: tuple[str, ...]  # lower case, each with a blank in front
    after: tuple[str, ...]
    sure: bool  # False: the guess where no neighbour decides
    said: bool = True  # False: too wild a guess to be heard

    @classmethod
    def of(cls, written: str, reading: str, before: str = "", after: str = "") -> Meaning:
        """The columns of a line as they stand in the table."""
        guess = before in ("?", "??")
        if reading == "*":
            reading = spell_letters(written)
        return cls(reading, () if guess else _cues_before(before), _cues_after(after), not guess, before != "??")

    def entry(self) -> Entry:
        """What it says, without its neighbours."""
        return Entry(self.reading, self.sure, self.said)


_LINKS = "tại|ở|từ|đến|của|và|các|trong|là|qua|theo|cho|về|thuộc|có|với|cũng|được|mỗi|số"
_WEAK = frozenset((*(" " + word for word in _LINKS.split("|")), " <số>", *_LINKS.split("|"), "<số>", "<chữ>", ","))
_JOINTS = " .&"  # between an abbreviation and what follows
_SHAPES = frozenset(("<số>", "<ngày>", "<năm>", "<số/năm>", "<máy>", "<Tên>", "<Họ tên>", "<chữ>"))


class Subject(NamedTuple):
    """What an abbreviation stands for in a text about something: a guess, and the words that such a text has."""

    reading: str
    words: tuple[str, ...]  # small, without signs


class Lexicon:
    """All tables. The lines of an abbreviation are made ready when it is first met: few of them ever are."""

    def __init__(self) -> None:
        self._lines: dict[str, list[list[str]]] = {}
        for written, *columns in rows("abbreviations.tsv"):
            self._lines.setdefault(written, []).append(columns)
        self._ready: dict[str, list[Meaning]] = {}
        self._telling: dict[str, list[Meaning]] = {}
        self._subjects: dict[str, list[Subject]] = {}
        for written, reading, words in rows("subjects.tsv"):
            self._subjects.setdefault(written, []).append(Subject(reading, tuple(spellings(words))))
        self.documents = {written: reading for written, reading, *_ in rows("documents.tsv")}
        self.codes = {written: reading for written, reading, *_ in rows("codes.tsv")}
        self.units = {written: reading for written, reading, *_ in rows("units.tsv")}
        # Written small in a hurry, where no word can be meant: sđt, ubnd, bhyt.
        self.small = {key.lower(): key for key in self._lines if len(key) > 2 and _only_short(key, self._lines[key][0])}

    def __contains__(self, written: str) -> bool:
        """Whether the abbreviation, as written, has a line."""
        return written in self._lines

    def meanings(self, written: str) -> list[Meaning]:
        """The lines of an abbreviation in order; none where the table does not know it."""
        ready = self._ready.get(written)
        if ready is None and written in self._lines:
            ready = [Meaning.of(written, *columns) for columns in self._lines[written]]
            if len({meaning.reading for meaning in ready}) > 2:
                ready = [part for meaning in ready for part in _parted(meaning)]
            self._ready[written] = ready
        return ready or []

    def telling(self, written: str) -> list[Meaning]:
        """The lines of an abbreviation that neighbours decide for, without neighbours that tell little, as “tại”."""
        known = self._telling.get(written)
        if known is None:
            lines = (_without_weak(meaning) for meaning in self.meanings(written) if meaning.sure)
            known = self._telling[written] = [line for line in lines if line.before or line.after]
        return known

    def subjects(self, written: str) -> Sequence[Subject]:
        """What an abbreviation may stand for by what the whole text is about."""
        return self._subjects.get(written, self._subjects.get(written.upper(), ()))  # hv

    def readings(self, written: str) -> Iterator[str]:
        """All that an abbreviation may stand for."""
        yield from (meaning.reading for meaning in self.meanings(written))
        yield from (subject.reading for subject in self.subjects(written))

    def known(self, written: str) -> Entry | None:
        """What `written` stands for whatever is beside it: the line that asks for no neighbours, else an unsure one."""
        meanings = self.meanings(written)
        if not meanings:
            return None
        last = meanings[-1]
        sure = last.sure and (len(meanings) == 1 or not (last.before or last.after))
        return last.entry()._replace(sure=sure)


def rows(name: str) -> Iterator[list[str]]:
    """The lines of a table beside this file, without remarks."""
    with open(f"{__path__[0]}/{name}", encoding="utf-8") as table:
        lines = table.read().splitlines()
    yield from (line.split("\t") for line in lines if line and line[0] != "#")


@lru_cache(maxsize=1)
def cue_lists() -> dict[str, str]:
    """The lists of cues by name, with “|” between the cues: hamlets -> thôn|bản|ấp."""
    return {name: cues for table in ("villages", "plants", "offices") for name, cues in rows(f"{table}.tsv")}


def cue_list(name: str) -> str:
    """One list of cues. Raises: KeyError where no table has it."""
    return cue_lists()[name]


def _only_short(key: str, columns: list[str]) -> bool:
    """Whether a key written small can be no word: bhyt and atgt can not; aids, vneid and who can."""
    inside = key[1:] if len(key) > 3 else key
    unsayable = not set(inside) & _VOWELS or (len(key) > 4 and _CLUSTER.search(inside) is not None)
    return key.isupper() and (columns[0] == "*" or " " in columns[0]) and unsayable


_VOWELS = frozenset("AEIOUƯÂÊ")
_CLUSTER = pattern("[^AEIOUYƯÂÊÔƠĂ]{3}")  # BQLDA


def _parted(meaning: Meaning) -> Iterator[Meaning]:
    """Where three meanings or more are possible, a word like “tại” or a number beside decides only for a guess."""
    strong = _without_weak(meaning)
    weak = (tuple(set(meaning.before) - set(strong.before)), tuple(set(meaning.after) - set(strong.after)))
    if not meaning.sure or not any(weak):
        yield meaning
        return
    if strong.before or strong.after:
        yield strong
    yield meaning._replace(before=weak[0], after=weak[1], sure=False)


def _without_weak(meaning: Meaning) -> Meaning:
    """A line without the neighbours that tell little."""
    before, after = (tuple(cue for cue in cues if cue not in _WEAK) for cues in (meaning.before, meaning.after))
    return meaning._replace(before=before, after=after)


def _cues_before(column: str) -> tuple[str, ...]:
    # The shape of a number survives, though its brackets are signs.
    return tuple(beside(cue.replace("<số>", "\0")).replace("\0", "<số>") or f" {cue}" for cue in _listed(column))


def _cues_after(column: str) -> tuple[str, ...]:
    return tuple(
        cue if cue in _SHAPES else cue.lower().lstrip(_JOINTS).rstrip(" ,:&.") or cue for cue in _listed(column)
    )


def _listed(column: str) -> list[str]:
    return [cue for cue in spellings(column) if cue not in ("", "#")]
