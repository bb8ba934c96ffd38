"""Judge readings: is what was said among what an announcer may say? No rule of reading may come in.

A suite is JSON lines of `{"id", "category", "input", "accept": [pattern, …]}`. A pattern is plain Vietnamese with
`(a|b|)` for choices, which may nest and be empty, `[UBND]` for letters read one by one, and the marks `{den}` of
`reading/spellings.yaml`. Case, punctuation, blanks, the place of tone marks, i or y, and usual double spellings
do not count; a digit or a symbol that was left over does.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from hypothesis import settings

from harness.paths import DATA

T = TypeVar("T")
TABLES = yaml.safe_load((DATA / "reading" / "spellings.yaml").read_text("utf-8"))

_TONES = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_SILENT = re.compile("[.,;:!?\"“”„'‘’`´()[\\]{}…–—−‑_•·*«»<>|\u200b\ufeff\u00ad▪●○◦■□►✓→-]")
_SYMBOL = re.compile("([%°@+=&/\\\\~^#$€£¥₫º²³×≥≤±‰½¼¾√∆])")
_GROUP = re.compile(r"\(([^()]*)\)")
_MARK = re.compile(r"\{(\w+)\}|\[([^\]]+)\]")
# While a pattern is made canonical, private characters stand for its marks.
_SLOTS = "".join(map(chr, range(0xE000, 0xE0C8)))
_SLOT = re.compile(f"[{_SLOTS[0]}-{_SLOTS[-1]}] ")


@cache
def syllable(word: str) -> str:
    """One written word without its tone mark, followed by a digit for the tone: hoà and hòa are hoa2."""
    letters = unicodedata.normalize("NFD", word)
    tone = "".join(_TONES.get(c, "") for c in letters)[-1:]
    bare = unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES))
    return re.sub("^(h|k|l|m|s|t|qu)y$", r"\1i", bare) + tone


def _syllables(text: str) -> tuple[str, ...]:
    text = _SILENT.sub(" ", unicodedata.normalize("NFC", text).lower())
    return tuple(syllable(word) for word in _SYMBOL.sub(r" \1 ", text).split())


_SAME = {_syllables(b): _syllables(a) for a, others in TABLES["same"].items() for b in others.split("|")}
# A first word -> how many words a spelling that begins with it may have, longest first.
_LENGTHS = {
    first: sorted({len(words) for words in _SAME if words[0] == first}, reverse=True)
    for first in {words[0] for words in _SAME}
}


def _replaced(words: tuple[str, ...]) -> Iterator[str]:
    done = 0
    for at, word in enumerate(words):
        if at < done:
            continue
        for length in _LENGTHS.get(word, ()):  # most words begin none
            if words[at : at + length] in _SAME:
                yield from _SAME[words[at : at + length]]
                done = at + length
                break
        else:
            yield word


def _rule(pattern: str, result: str) -> tuple[re.Pattern[str], str]:
    """A rule on canonical text, written with ordinary words; `#` stands for a digit's name."""
    digit = f"(?=(?:{'|'.join(_syllables('một hai ba bốn tư năm lăm sáu bảy tám chín'))}) )"
    spelt = [re.sub(r"\w+", lambda m: syllable(m.group()), part) for part in (pattern, result)]
    return re.compile("(?<= )" + spelt[0].replace("#", digit)), spelt[1]


_NUMBERS = (
    _rule("(trăm|nghìn|triệu|tỷ) lẻ #", r"\1 linh "),
    _rule("mươi bốn ", "mươi tư "),
    _rule("linh tư ", "linh bốn "),
    _rule("(nghìn|triệu|tỷ) linh #", r"\1 không trăm linh "),
)
_LENIENT = (
    _rule("không trăm (?=linh |mười |[^ ]+ mươi )", ""),
    _rule("ngày (?=(?:một|hai|ba|bốn|tư|năm|lăm|sáu|bảy|tám|chín))", ""),
    _rule("phút $", ""),
    _rule("chấm ", "phẩy "),
    _rule("đồng $", ""),
    _rule("linh ", ""),
    _rule("việt (?=nam)", ""),
    _rule("tư ", "bốn "),
)


def _apply(rules: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    for pattern, result in rules:
        text = pattern.sub(result, text)
    return text


@cache
def canonical(text: str) -> str:
    """The text as the judge compares it: one blank before, between and after the words."""
    words = _syllables(text)
    words = words if _LENGTHS.keys().isdisjoint(words) else _replaced(words)
    return _apply(_NUMBERS, " ".join(("", *words, "")))


def _words_of_tables() -> frozenset[str]:
    """What letters, marks, other spellings and the rules of numbers may put in the place of a pattern's words."""
    of_tables = [*TABLES["letters"].values(), *TABLES["marks"].values(), *TABLES["same"], "linh bốn tư không trăm"]
    plain = [re.sub("[()|]", " ", text) for text in of_tables]
    return frozenset(word for text in plain for word in (*_syllables(text), *canonical(text).split()))


@cache
def possible_words(pattern: str) -> frozenset[str]:
    """Words among which all are that a form of the pattern has, canonical: it needs no form to be made."""
    flat = re.sub("[()|]", " ", pattern)
    letters = " ".join(letter for letters in re.findall(r"\[([^\]]+)\]", pattern) for letter in letters)
    return frozenset((*_syllables(f"{flat} {letters}"), *canonical(flat).split())) | WORDS_OF_TABLES


@cache
def certain_words(pattern: str) -> frozenset[str]:
    """Words that each form of the pattern has, canonical: of those outside brackets and marks that nothing changes.

    What stands within two words of a bracket may be another spelling together with what is in it.
    """
    flat = _MARK.sub("()", pattern)
    while _GROUP.search(flat):
        flat = _GROUP.sub("\n", flat)
    chunks = [canonical(chunk).split()[2:-2] for chunk in flat.split("\n")]
    return frozenset(word for chunk in chunks for word in chunk) - WORDS_OF_TABLES


def choices(pattern: str, heard: str = "") -> Iterator[str]:
    """Every plain string that a pattern with (a|b) stands for, innermost brackets first.

    Those whose words stand in the canonical text `heard` come first: of many strings one is mostly asked for.
    """
    return _expand(pattern, lambda group: sorted(group, key=lambda choice: (canonical(choice) in heard, len(choice))))


def likely_choices(pattern: str, heard: str) -> Iterator[str]:
    """Few of them, and mostly the one that is said in the canonical text `heard`, if one is."""

    def pick(group: list[str]) -> list[str]:
        return [choice for choice in group if "{" in choice or "[" in choice or canonical(choice) in heard] or group

    return _expand(pattern, pick)


def _expand(pattern: str, pick: Callable[[list[str]], list[str]]) -> Iterator[str]:
    """With the choices that `pick` leaves of each bracket; its last one is followed first."""
    done: set[str] = set()
    todo = {pattern: None}
    while todo:
        form, _ = todo.popitem()
        if group := _GROUP.search(form):
            head, tail = form[: group.start()], form[group.end() :]
            todo.update(dict.fromkeys(head + choice + tail for choice in pick(group[1].split("|"))))
        elif form not in done:
            done.add(form)
            yield form


@cache
def _choices_of(mark: str, letters: str) -> tuple[tuple[Form, ...], ...]:
    """What may be said for `{mark}` or `[letters]`, word by word."""
    if letters:
        names = (f"({TABLES['letters'][letter]}|{letter})" for letter in letters.upper() if letter != " ")
    else:
        names = (f"({pattern})" for pattern in [TABLES["marks"][mark]])
    return tuple(tuple(map(Form.of, choices(name))) for name in names)


@dataclass(frozen=True)
class Form:
    """One thing that may be said: canonical text in which a private character stands for each mark.

    `pieces` is the text before the first mark, between them and behind the last, each word with the blank behind it;
    `marks` what may be said for each of them.
    """

    text: str
    pieces: tuple[str, ...]
    marks: tuple[tuple[tuple[Form, ...], ...], ...]

    @classmethod
    def of(cls, written: str) -> Form:
        marks = tuple(_choices_of(mark[1] or "", mark[2] or "") for mark in _MARK.finditer(written))
        slots = iter(_SLOTS)
        text = canonical(_MARK.sub(lambda _: f" {next(slots)} ", written))
        return cls(text, tuple(_SLOT.split(text[1:])), marks)

    def fits(self, heard: str) -> bool:
        """Whether the canonical text `heard` is this form."""
        return len(heard) in self.ends(heard, 1) if self.marks else self.text == heard

    def ends(self, heard: str, start: int) -> set[int]:
        """Where this form may end in canonical text, if it is said from the word at `start` on."""
        head, *pieces = self.pieces
        if not heard.startswith(head, start):
            return set()
        found = {start + len(head)}
        for mark, piece in zip(self.marks, pieces, strict=True):
            for forms in mark:
                found = ends_of(forms, heard, found)
            found = {at + len(piece) for at in found if heard.startswith(piece, at)}
        return found


def ends_of(forms: Iterable[Form], heard: str, starts: Iterable[int]) -> set[int]:
    """Where one of these forms may end that begins at one of these places."""
    return {end for start in starts for form in forms for end in form.ends(heard, start)}


WORDS_OF_TABLES = _words_of_tables()


@dataclass(frozen=True)
class Case:
    """One sentence of a suite with the patterns that are right."""

    id: str
    category: str
    input: str
    accept: tuple[str, ...]

    def forms(self, heard: str = "") -> Iterator[Form]:
        """What the patterns stand for, what is like `heard` first."""
        return (Form.of(form) for pattern in self.accept for form in choices(pattern, heard))

    def accepts(self, reading: str, lenient: bool = False) -> bool:
        """Whether an announcer may say this; `lenient` forgives another house's style (years, minutes, `ngày`)."""
        heard = canonical(reading)
        return any(form.fits(heard) for form in self.forms(heard)) or (lenient and self._forgives(heard))

    def _forgives(self, heard: str) -> bool:
        return _apply(_LENIENT, heard) in {_apply(_LENIENT, form.text) for form in self.forms() if not form.marks}

    def golds(self) -> list[str]:
        """Readings as plain spoken text: each pattern with its first choices and with its last ones."""
        return list(dict.fromkeys(_filled(pattern, pick) for pattern in self.accept for pick in (0, -1)))


def _filled(pattern: str, pick: int) -> str:
    """The pattern with one choice taken everywhere and its marks said in the first way."""

    def word(match: re.Match[str]) -> str:
        if match[2]:
            return "".join(f"{TABLES['letters'][x].split('|')[0]} " for x in match[2].upper() if x != " ")
        said = TABLES["marks"][match[1]]
        return f" {_filled(f'({said})', 0)} "

    while _GROUP.search(pattern):
        pattern = _GROUP.sub(lambda group: group[1].split("|")[pick], pattern)
    return " ".join(_MARK.sub(word, pattern).split())


@cache
def load(path: Path) -> list[Case]:
    """The cases of one suite file."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip() and line[0] != "#")
    return [Case(row["id"], row["category"], row["input"], tuple(row["accept"])) for row in rows]


def some_of(cases: Sequence[T], one_in: int = 6) -> Sequence[T]:
    """Of many that are alike each sixth, or more; all of them in `make fault`, for tests with the marker `sampled`."""
    return cases if settings.get_current_profile_name() == "full" else cases[::one_in]
