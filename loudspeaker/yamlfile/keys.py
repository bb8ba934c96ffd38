"""Keys in both languages: how they are compared, which one was probably meant, in which language a file is written."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True, eq=False)
class Keywords:
    """The words that a family of files has for its keys, in English and Vietnamese. Vietnamese ones are folded."""

    keys: Mapping[str, str]  # Vietnamese key -> English key
    twins: Mapping[str, str]  # English key -> the Vietnamese one that people are shown
    also: Mapping[str, str]  # what people write for a key that has another name here -> English key

    def spellings(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Everything that may be written for the English `keys` -> the English key; English first."""
        return _spellings(self, tuple(keys))

    def are_vietnamese(self, written: Iterable[str]) -> bool | None:
        """Are more of these keys Vietnamese than English? None where none is either."""
        keys = [fold(key) for key in written]
        ours = sum(key in self.keys or not key.isascii() for key in keys)
        theirs = sum(key in self.twins for key in keys)
        return ours >= theirs if ours or theirs else None


@lru_cache(maxsize=256)  # a schedule asks for those of an entry as often as it has entries
def _spellings(keywords: Keywords, keys: tuple[str, ...]) -> Mapping[str, str]:
    wanted = frozenset(keys)
    twins = {twin: key for twin, key in keywords.keys.items() if key in wanted}
    return MappingProxyType({key: key for key in keys} | twins)


def fold(key: str) -> str:
    """A key as it is compared: NFC, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", key).casefold().split())


def _bare(word: str) -> str:
    """Small letters and digits without marks: what is left of a word that was typed on another keyboard."""
    plain = unicodedata.normalize("NFD", word.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isalnum())


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be; marks, blanks and signs count least."""
    forms: dict[str, str] = {}
    for name in known:
        forms.setdefault(_bare(name), name)
    return next((forms[form] for form in difflib.get_close_matches(_bare(word), forms, 1, 0.65)), None)


def keys_of(node: yaml.Node) -> Iterator[str]:
    """Every key of a tree, which is not deep."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value
            yield from keys_of(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from keys_of(item)
