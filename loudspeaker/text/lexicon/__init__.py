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

    @classmethod
    def of(cls, reading: str, words: str) -> Subject:
        """The columns of a line as they stand in the table."""
        return cls(reading, tuple(spellings(words)))


class Lexicon:
    """All tables. The lines of an abbreviation are made ready when it is first met: few of them ever are."""

    def __init__(self) -> None:
        self._lines = _by_first_column("abbreviations.tsv")
        self._subject_lines = _by_first_column("subjects.tsv")
        self._ready: dict[str, list[Meaning]] = {}
        self._telling: dict[str, list[Meaning]] = {}
        self._subjects: dict[str, tuple[Subject, ...]] = {}
        self.documents = {written: reading for written, reading, *_ in rows("documents.tsv")}
        self.codes = {written: reading for written, reading, *_ in rows("codes.tsv")}
        self.units = {written: reading for written, reading, *_ in rows("units.tsv")}

    def __contains__(self, written: str) -> bool:
        """Whether the abbreviation, as written, has a line."""
        return written in self._lines

    def meanings(self, written: str) -> list[Meaning]:
        """The lines of an abbreviation in order; none where the table does not know it."""
        ready = self._ready.get(written)
        if ready is None and written in self._lines:
            ready = [Meaning.of(written, *columns.split("\t")) for columns in self._lines[written]]
            if len({meaning.reading for meaning in ready}) > 2:
                ready = [part for meaning in ready for part in _split_weak(meaning)]
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
        ready = self._subjects.get(written)
        if ready is None:
            lines = self._subject_lines.get(written) or self._subject_lines.get(written.upper()) or []  # hv
            ready = self._subjects[written] = tuple(Subject.of(*line.split("\t")) for line in lines)
        return ready

    def capitals(self, word: str) -> str:
        """The abbreviation that a word can only be, written small in a hurry: sđt -> SĐT, bhyt; nothing where none."""
        written = word.upper()
        lines = self._lines.get(written) if len(written) > 2 else None
        return written if lines and _is_only_short(written, lines[0].partition("\t")[0]) else ""

    def readings(self, written: str) -> Iterator[str]:
        """All that an abbreviation may stand for."""
        yield from (meaning.reading for meaning in self.meanings(written))
        yield from (subject.reading for subject in self.subjects(written))

    def usual_entry(self, written: str) -> Entry | None:
        """What `written` stands for whatever is beside it: the line that asks for no neighbours, else an unsure one."""
        meanings = self.meanings(written)
        if not meanings:
            return None
        last = meanings[-1]
        sure = last.sure and (len(meanings) == 1 or not (last.before or last.after))
        return last.entry()._replace(sure=sure)


def rows(name: str) -> Iterator[list[str]]:
    """The lines of a table beside this file, without remarks, each cut into its columns."""
    return (line.split("\t") for line in _lines(name))


def _lines(name: str) -> Iterator[str]:
    with open(f"{__path__[0]}/{name}", encoding="utf-8") as table:
        lines = table.read().splitlines()
    return (line for line in lines if line and line[0] != "#")


def _by_first_column(name: str) -> dict[str, list[str]]:
    """The lines of a table by what stands in their first column; the other columns are cut when they are asked for."""
    found: dict[str, list[str]] = {}
    for line in _lines(name):
        first, _, others = line.partition("\t")
        found.setdefault(first, []).append(others)
    return found


@lru_cache(maxsize=1)
def cue_lists() -> dict[str, str]:
    """The lists of cues by name, with “|” between the cues: hamlets -> thôn|bản|ấp."""
    return {name: cues for table in ("villages", "plants", "offices") for name, cues in rows(f"{table}.tsv")}


def cue_list(name: str) -> str:
    """One list of cues. Raises: KeyError where no table has it."""
    return cue_lists()[name]


def _is_only_short(written: str, reading: str) -> bool:
    """Whether an abbreviation written small can be no word: bhyt and atgt can not; aids, vneid and who can."""
    inside = written[1:] if len(written) > 3 else written
    unsayable = not set(inside) & _VOWELS or (len(written) > 4 and _CLUSTER.search(inside) is not None)
    return (reading == "*" or " " in reading) and unsayable


_VOWELS = frozenset("AEIOUƯÂÊ")
_CLUSTER = pattern("[^AEIOUYƯÂÊÔƠĂ]{3}")  # BQLDA


def _split_weak(meaning: Meaning) -> Iterator[Meaning]:
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
    return tuple(beside(cue.replace("<số>", "\0")).replace("\0", "<số>") or f" {cue}" for cue in _cues_of(column))


def _cues_after(column: str) -> tuple[str, ...]:
    return tuple(
        cue if cue in _SHAPES else cue.lower().lstrip(_JOINTS).rstrip(" ,:&.") or cue for cue in _cues_of(column)
    )


def _cues_of(column: str) -> list[str]:
    return [cue for cue in spellings(column) if cue not in ("", "#")]
