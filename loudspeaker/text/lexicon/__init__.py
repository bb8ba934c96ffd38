"""Abbreviations, document codes and units: readable tables beside this file, loaded when first needed.

A table's line is `written TAB reading TAB words before TAB words after`; its first line explains it. No rule comes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from ..lazy_regex import pattern
from ..numerals import spell_letters


class Entry(NamedTuple):
    """A reading, and whether it is certain."""

    reading: str
    sure: bool


class Place(Protocol):
    """What the lexicon asks about a place in the text; `rules.Context` answers."""

    def before(self, at: int) -> str: ...

    def after(self, at: int) -> str: ...

    def char(self, at: int) -> str: ...

    def opens_sentence(self, at: int) -> bool: ...


class Meaning(NamedTuple):
    """One line of the table: a reading and the neighbours that decide for it."""

    reading: str
    before: tuple[str, ...]  # lower case, each with a blank in front
    after: tuple[str, ...]
    sure: bool  # False: the guess where no neighbour decides

    @classmethod
    def of(cls, written: str, reading: str, before: str = "", after: str = "") -> Meaning:
        """The columns of a line as they stand in the table."""
        guess = before == "?"
        if reading == "*":
            reading = spell_letters(written)
        return cls(reading, () if guess else _cues_before(before), _cues_after(after), not guess)

    def fits(self, place: Place, start: int, end: int) -> bool:
        if not (self.before or self.after):
            return True
        return self._stands_after(place, start) or self._stands_before(place, end)

    def _stands_after(self, place: Place, start: int) -> bool:
        if not self.before:
            return False
        words = place.before(start)
        compound = _COMPOUND.search(words)
        cues = tuple(cue for cue in self.before if len(cue) >= len(compound[0])) if compound else self.before
        if words.endswith(cues) or (words[-1:].isalpha() and _counted(words).endswith(cues)):  # 3 bình CC
            return True
        last = _last(place, start)
        if last not in _DIGITS:
            return False
        head = words.rstrip("0123456789.,/ ")
        if head[-1:].isalpha() and words[len(head) : len(head) + 1].isdecimal():  # 6h30 CN, H5N1
            return head[-1] == "h" and " giờ" in self.before
        return f"{head} <số>".endswith(self.before) or (last == "%" and " %" in self.before)

    def _stands_before(self, place: Place, end: int) -> bool:
        written = place.after(end).lstrip(_JOINTS)
        texts = {written, _counted(written)}
        for cue in self.after:
            if _looks(cue, place, end) if cue in _SHAPES else any(_opens(text, cue) for text in texts):
                return True
        return False


_LINKS = "tại|ở|từ|đến|của|và|các|trong|là|qua|theo|cho|về|thuộc|có|với|cũng|được|mỗi|số"
_WEAK = frozenset((*(" " + word for word in _LINKS.split("|")), " <số>", *_LINKS.split("|"), "<số>", "<chữ>"))
# Words whose last part would be taken for a cue: thông báo is no paper, Hải Phòng no office, cán bộ no ministry.
_COMPOUND = pattern(
    r" (?:(?:thông|cảnh|dự|quảng|tình|khai|tố|loan|cấp) báo|(?:hải|quốc|biên|đề|tiêm|dự) phòng|"
    r"(?:cán|đảng|toàn|nội|tiến|chi|bắc|trung|nam|dân|liên) bộ|(?:cơ|trụ) sở|(?:xã|cơ|đại|lễ) hội)$"
)
_TELEPHONE = pattern(r"[ .:(+]*(?:0\d|84|1[89]00|\d{2,4}[. ]?\d{3})")
_JOINTS = " .&"  # between an abbreviation and what follows
_DIGITS = frozenset("0123456789%")
_NUMBER = pattern(r"(?<![^\W_])\d[\d.,]*+(?<=\d)")
_SHAPES = frozenset(("<số>", "<ngày>", "<năm>", "<máy>", "<Tên>", "<chữ>"))


_SIGNS = str.maketrans(dict.fromkeys("(“\"/-*•&'\\^~#_|{}<>=+@$€£°±≥≤§", " "))
_TIGHT = pattern(r"(?<=[,;:.\n])(?=[^\W\d])")  # 11h30,ngày 6; địa phương.Ngày 04/03; a line that begins with Ngày


def beside(words: str) -> str:
    """Words as they are compared where they stand before a place: lower case, a blank in front, no signs at the end."""
    return _TIGHT.sub(" ", (" " + words.lower()).translate(_SIGNS).rstrip(" .,:%\n"))


def _opens(text: str, cue: str) -> bool:
    return text.startswith(cue) and not text[len(cue) : len(cue) + 1].isalnum()


def _counted(words: str) -> str:
    """With “<số>” for each number: 120 triệu -> <số> triệu."""
    return _NUMBER.sub("<số>", words)


def _last(place: Place, start: int) -> str:
    """The last letter before `start` that is no blank and opens no bracket: tháng 7 (dl)."""
    start -= place.char(start - 1) == "("
    return place.char(start - 1) if place.char(start - 1) != " " else place.char(start - 2)


def _looks(cue: str, place: Place, end: int) -> bool:
    """Whether what follows looks like <số>, <ngày>, <Tên> or <chữ>."""
    stop = place.char(end) == "." and place.char(end + 1) == " "
    while place.char(end) in (" ", ".") or (cue == "<năm>" and place.char(end) == ":"):
        end += 1
    first, second = place.char(end), place.char(end + 1)
    if cue == "<năm>":
        return (
            first in "12"
            and all(place.char(end + i).isdecimal() for i in range(4))
            and not place.char(end + 4).isdecimal()
        )
    if cue == "<máy>":
        return _TELEPHONE.match(place.after(end)) is not None
    if cue == "<ngày>":
        return re.match(r"[ .:(]*\d{1,2} ?[/-] ?\d", place.after(end)) is not None
    if cue == "<số>":
        return first.isdecimal()
    if cue == "<Tên>":
        if stop and place.opens_sentence(end):  # nuôi trồng TS. Mời bà con
            return False
        return first.isupper() and (second.islower() or second in ("", "'"))  # H'Bia
    return first.islower()


class Lexicon:
    """All tables. The lines of an abbreviation are made ready when it is first met: few of them ever are."""

    def __init__(self) -> None:
        self._lines: dict[str, list[list[str]]] = {}
        for written, *columns in rows("abbreviations.tsv"):
            self._lines.setdefault(written, []).append(columns)
        self._ready: dict[str, list[Meaning]] = {}
        self.documents = {written: reading for written, reading, *_ in rows("documents.tsv")}
        self.codes = {written: reading for written, reading, *_ in rows("codes.tsv")}
        self.units = {written: reading for written, reading, *_ in rows("units.tsv")}
        # Written small in a hurry, where no word can be meant: sđt, ubnd, bhyt.
        self.small = {key.lower(): key for key in self._lines if len(key) > 2 and _only_short(key, self._lines[key][0])}

    def __contains__(self, written: str) -> bool:
        """Whether the abbreviation, as written, has a line."""
        return written in self._lines

    def _meanings(self, written: str) -> list[Meaning]:
        ready = self._ready.get(written)
        if ready is None and written in self._lines:
            ready = [Meaning.of(written, *columns) for columns in self._lines[written]]
            if len({meaning.reading for meaning in ready}) > 2:
                ready = [part for meaning in ready for part in _parted(meaning)]
            self._ready[written] = ready
        return ready or []

    def meaning(self, written: str, place: Place, start: int, end: int) -> Entry | None:
        """What `written` stands for between its neighbours; None where the table does not know it."""
        for meaning in self._meanings(written):
            if meaning.fits(place, start, end):
                return Entry(meaning.reading, meaning.sure)
        return None

    def known(self, written: str) -> Entry | None:
        """What `written` stands for whatever is beside it: the line that asks for no neighbours, else an unsure one."""
        meanings = self._meanings(written)
        if not meanings:
            return None
        last = meanings[-1]
        return Entry(last.reading, last.sure and (len(meanings) == 1 or not (last.before or last.after)))


def rows(name: str) -> Iterator[list[str]]:
    """The lines of a table beside this file, without remarks."""
    with open(f"{__path__[0]}/{name}", encoding="utf-8") as table:
        lines = table.read().splitlines()
    yield from (line.split("\t") for line in lines if line and line[0] != "#")


def _only_short(key: str, columns: list[str]) -> bool:
    """Whether a key written small can be no word: bhyt and atgt can not; aids, vneid and who can."""
    inside = key[1:] if len(key) > 3 else key
    return key.isupper() and (columns[0] == "*" or " " in columns[0]) and not set(inside) & set("AEIOUƯÂÊ")


def _parted(meaning: Meaning) -> Iterator[Meaning]:
    """Where three meanings or more are possible, a word like “tại” or a number beside decides only for a guess."""
    before = tuple(cue for cue in meaning.before if cue not in _WEAK)
    after = tuple(cue for cue in meaning.after if cue not in _WEAK)
    weak = (tuple(set(meaning.before) - set(before)), tuple(set(meaning.after) - set(after)))
    if not meaning.sure or not any(weak):
        yield meaning
        return
    if before or after:
        yield meaning._replace(before=before, after=after)
    yield meaning._replace(before=weak[0], after=weak[1], sure=False)


def _cues_before(column: str) -> tuple[str, ...]:
    # The shape of a number survives, though its brackets are signs.
    return tuple(beside(cue.replace("<số>", "\0")).replace("\0", "<số>") or f" {cue}" for cue in _listed(column))


def _cues_after(column: str) -> tuple[str, ...]:
    return tuple(
        cue if cue in _SHAPES else cue.lower().lstrip(_JOINTS).rstrip(" ,:&.") or cue for cue in _listed(column)
    )


def _listed(column: str) -> list[str]:
    return [cue for cue in spellings(column) if cue not in ("", "#")]


_OLD = {
    "ủy": "uỷ",
    "óa": "oá",
    "òa": "oà",
    "ỏa": "oả",
    "õa": "oã",
    "ọa": "oạ",
    "ỏe": "oẻ",
    "úy": "uý",
    "ùy": "uỳ",
    "ụy": "uỵ",
}


def spellings(cues: str) -> Iterator[str]:
    """“ủy ban|xã” -> ủy ban, uỷ ban, xã: people set the tone mark in the new and in the old place."""
    for cue in cues.split("|"):
        yield cue
        for new, old in _OLD.items():
            if new in cue:
                yield cue.replace(new, old)
