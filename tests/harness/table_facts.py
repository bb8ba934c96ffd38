"""Facts of written tables and lists, each line with what must be heard of it; which are wrong without being marked.

A block of the file begins with “= its name”; `⇥` is a tab. Behind ` => ` stand the facts of a line, `;` between them,
`|` between ways to say one. Words stand as they are heard; 25, 12,5, 7/12, 8h30, T7 and CN for number, day, hour and
weekday, 0912… and '2101 for digits one by one, `..` for at most a few words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from loudspeaker.model.spoken_text import Reading
from loudspeaker.text.numerals import Numerals, spell_digits
from loudspeaker.text.reading import read

_NUMERALS = Numerals("north")
_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?")
_CLOCK = re.compile(r"(?P<hour>\d{1,2})h(?P<minutes>\d\d)?")
_WEEKDAYS = {"T2": "thứ hai", "T3": "thứ ba", "T4": "thứ tư", "T5": "thứ năm", "T6": "thứ sáu", "T7": "thứ bảy"}
_WEEKDAYS["CN"] = "chủ nhật"
_DIGITS = re.compile(r"'\d+|0\d{8,}")
_NUMBER = re.compile(r"\d+(?:,\d+)?")
_GAP = r"(?:\S+ ){0,5}?"
_NUMBERS = "không một mốt hai ba bốn tư năm lăm sáu bảy tám chín mười mươi linh trăm nghìn triệu tỷ phẩy rưỡi"
_NUMBER_WORDS = frozenset(_NUMBERS.split())
_USUAL = {"ngàn": "nghìn", "mươi bốn": "mươi tư", "giêng": "một", "ký": "ki lô gam"}
_PLAIN = str.maketrans(dict.fromkeys("“”\"'()–-", " "))


class Fact(NamedTuple):
    """One fact as its file has it, and a pattern for each way to say it, in words with a blank behind each."""

    written: str
    ways: tuple[str, ...]


class FactLine(NamedTuple):
    """A written line, and its facts."""

    text: str
    facts: tuple[Fact, ...]


class FactTable(NamedTuple):
    """A small table or list."""

    name: str
    lines: tuple[FactLine, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


class Missing(NamedTuple):
    """A fact that is not heard where its line is read, and whether something of the line is marked."""

    line: str
    fact: str
    heard: str
    marked: bool


def load_tables(path: Path) -> Iterator[FactTable]:
    """The tables of a file."""
    for block in ("\n" + path.read_text("utf-8")).split("\n= ")[1:]:
        name, *lines = block.rstrip("\n").split("\n")
        yield FactTable(name, tuple(map(_line, lines)))


def _line(line: str) -> FactLine:
    text, _, facts = line.replace("⇥", "\t").partition(" => ")
    return FactLine(text.rstrip(" "), tuple(_fact(fact.strip()) for fact in facts.split(";") if fact.strip()))


def _fact(written: str) -> Fact:
    return Fact(written, tuple("".join(map(_words, way.split())) for way in written.split("|")))


def _words(token: str) -> str:
    """A pattern for what a token of a fact is heard as."""
    if token == "..":
        return _GAP
    return re.escape(plain_words(_spell(token)))


def _spell(token: str) -> str:
    if day := _DAY.fullmatch(token):
        year = f" năm {_NUMERALS.cardinal(int(day['year']))}" if day["year"] else ""
        return f"{_NUMERALS.cardinal(int(day['day']))} tháng {_NUMERALS.month(int(day['month']))}{year}"
    if clock := _CLOCK.fullmatch(token):
        minutes = f" {_NUMERALS.cardinal(int(clock['minutes']))}" if clock["minutes"] else ""
        return f"{_NUMERALS.cardinal(int(clock['hour']))} giờ{minutes}"
    if _DIGITS.fullmatch(token):
        return spell_digits(token.lstrip("'"))
    return _NUMERALS.number(token) if _NUMBER.fullmatch(token) else _WEEKDAYS.get(token, token)


def plain_words(text: str) -> str:
    """Words in one of their usual forms, a blank behind each; `, ` is a word where a pause is heard."""
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?|[,.;:](?=\s|$)", text.lower().translate(_PLAIN))
    said = " ".join("," if word in {",", ".", ";", ":"} else word for word in words)
    for form, usual in _USUAL.items():
        said = re.sub(rf"\b{form}\b", usual, said)
    said = re.sub(r"(?<=trăm )lẻ\b|(?<=nghìn )lẻ\b", "linh", said)
    said = re.sub(r"\bmùng(?: |$)", "", said)
    return said + " " if said else ""


def missing_facts(table: FactTable) -> list[Missing]:
    """The facts of a table that are not heard where their lines are read."""
    reading = read(table.text)
    marked = {doubt.line + n for doubt in reading.doubts for n in range(doubt.written.count("\n") + 1)}
    heard = _heard_of_lines(table, reading)
    return [
        Missing(line.text, fact.written, heard[number], number in marked)
        for number, line in enumerate(table.lines, 1)
        for fact in line.facts
        if not is_heard(fact, heard[number])
    ]


def _heard_of_lines(table: FactTable, reading: Reading) -> dict[int, str]:
    """What is heard of each written line, from 1: the spoken lines that its letters went into.

    A spoken line that no line with facts went into is of the next one: its letters were copied with those before.
    """
    spoken = reading.spoken.split("\n")
    sources = _sources(table.text, reading)
    told = {number for number, line in enumerate(table.lines, 1) if line.facts}
    own = {number: {at for at, lines in sources.items() if number in lines} for number in told}
    free = {at for at, words in enumerate(spoken) if words.strip() and not sources.get(at, set()) & told}
    for places in own.values():
        at = min(places, default=len(spoken)) - 1
        while at in free or (at >= 0 and not spoken[at].strip()):
            places.add(at)
            at -= 1
    return {number: ", ".join(spoken[at] for at in sorted(places)) for number, places in own.items()}


def _sources(text: str, reading: Reading) -> dict[int, set[int]]:
    """The written lines, from 1, that each spoken line, from 0, was made of."""
    found: dict[int, set[int]] = {}
    for span in reading.spans:
        written, words = text[slice(*span.written)], reading.spoken[slice(*span.spoken)]
        if not written.strip() or not words.strip(" .,\n"):
            continue
        line = text.count("\n", 0, span.written[0] + len(written) - len(written.lstrip())) + 1
        at = reading.spoken.count("\n", 0, span.spoken[0] + len(words) - len(words.lstrip()))
        for place in range(at, at + words.strip().count("\n") + 1):
            found.setdefault(place, set()).update(range(line, line + written.strip().count("\n") + 1))
    return found


def is_heard(fact: Fact, heard: str) -> bool:
    """Whether a fact is said in one of its ways, not as a part of a longer number."""
    words, pauses, length = [], set(), 0
    for word in plain_words(heard).split():
        if word == ",":
            pauses.add(length)
        else:
            words.append(word)
            length += len(word) + 1
    bare = " ".join(words) + " "
    return any(_is_whole(bare, place, pauses) for way in fact.ways for place in _places(way, bare))


def _places(way: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a pattern is found, [from, to), overlapping or not."""
    return (match.span(1) for match in re.finditer(rf"(?<!\S)(?=({way}))", text))


def _is_whole(text: str, place: tuple[int, int], pauses: set[int]) -> bool:
    begin, end = place
    before, first = text[:begin].split(), text[begin:].split()
    inside = text[begin:end].split()
    if begin not in pauses and before and {before[-1], first[0]} <= _NUMBER_WORDS and not _is_word_before(before):
        return False
    after = text[end:].split()
    return end in pauses or not after or not {inside[-1], after[0]} <= _NUMBER_WORDS or _is_word_behind(inside, after)


def _is_word_before(words: list[str]) -> bool:
    """Whether the last of these words is no number: năm of sinh năm, hai of thứ hai"""
    return words[-2:-1] == ["thứ"] or (words[-1] == "năm" and words[-2:-1] != ["mươi"])


def _is_word_behind(words: list[str], after: list[str]) -> bool:
    """Whether no number goes on behind these words: năm behind a month, một in nghìn một suất"""
    if after[0] == "năm" and "tháng" in words[-3:]:
        return True
    return after[0] == "một" and words[-1] in {"trăm", "nghìn", "triệu"} and not {*after[1:2]} <= _NUMBER_WORDS
