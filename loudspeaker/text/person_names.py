"""Which words of a line that was typed without marks are a person's name, and how those names may be written.

ong Ba Dung, chi Le Thi Hoa: whoever is called, and a family's name with what follows it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from .syllables import without_marks

_CALLED = frozenset(
    ("anh", "chi", "ong", "ba", "chu", "co", "bac", "em", "chau", "cu", "di", "cau", "thay", "mo", "thim", "dc")
)
_NO_FAMILIES = frozenset(("duong", "truong", "ho"))  # which are as often đường, trưởng and hộ
_FEWEST = 2  # words of a name that begins with the family's
Words = Sequence[tuple[str, int]]  # each in small letters, and where it begins in its line


class PersonNames:
    """Names of families, middle and given names, and those by which one is counted in a family: Hai, Ba."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        self._lists = {kind: listed.lower().split("|") for kind, listed in lines}
        self._families, self._ranks = (_by_letters([self._lists.get(kind, ())]) for kind in ("family", "rank"))
        self._written = _by_letters(self._lists.get(kind, ()) for kind in ("family", "middle", "given"))

    def forms(self, line: str, words: Words) -> Mapping[int, Sequence[str]]:
        """For each word of a line that is part of a person's name, by where it begins, how it may be written."""
        found: dict[int, Sequence[str]] = {}
        ahead = ["", ""]  # the last words before
        for capital, run in groupby(words, key=lambda word: _is_capitalised(line, *word)):
            part = list(run)
            if capital:
                found |= self._forms_of_run(part, _calls(ahead))
            ahead = [*ahead, *(word for word, _ in part)][-2:]
        return found

    def _forms_of_run(self, run: Words, called: bool) -> Mapping[int, Sequence[str]]:
        """The same of words with capitals behind each other; `called`: a word such as “ong” stands before them."""
        run, called = _without_title(run, called)
        full = len(run) >= _FEWEST and run[0][0] in self._families and run[0][0] not in _NO_FAMILIES
        first, names = run[0][0], [self._written.get(word, ()) for word, _ in run]
        if full:
            names[0] = self._families[first]
        elif called and first in self._ranks:  # ong Ba Dung
            names[0] = self._ranks[first]
        if not (called or full) or not all(names):
            return {}
        return {at: name for (_, at), name in zip(run, names, strict=True)}


def _without_title(run: Words, called: bool) -> tuple[Words, bool]:
    """The words behind one with a capital that is no name, and whether somebody is called: Chi Lan, Duong Tran Phu"""
    if called or len(run) < _FEWEST:
        return run, called
    if run[0][0] in _CALLED:
        return run[1:], True
    return (run[1:] if run[0][0] in _NO_FAMILIES else run), False


def _calls(ahead: Sequence[str]) -> bool:
    """Whether the last two words before a name call somebody: tai nha chi, and not Dong chi, ba con"""
    return ahead[-1] in _CALLED and ahead != ["dong", "chi"]


def _by_letters(lists: Iterable[Iterable[str]]) -> dict[str, list[str]]:
    """Names by how they are written without marks, in the order of the lists."""
    names: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for listed in lists for name in listed):
        names.setdefault(without_marks(name), []).append(name)
    return names


def _is_capitalised(line: str, word: str, at: int) -> bool:
    """Whether a word is written with a capital and small letters."""
    written = line[at : at + len(word)]
    return written.istitle() and len(word) > 1
