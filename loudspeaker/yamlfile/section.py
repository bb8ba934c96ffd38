"""The entries of one mapping of a file, each value with its line, and all mistakes in one list.

PyYAML's own idea of what a scalar is (17:30 would be the number 1050, `no` false) is never asked: the node tree
is read, not the loaded document. While a section is read, a wrong value counts as its default, so that one run
tells every mistake. What a value means is no business of this file (values.py).
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import yaml

from ..errors import BadFile, Message, Problem, bad_character
from ..vocabulary import KEYS

# A file with more mistakes than this is not what it should be at all.
MOST_PROBLEMS = 100

MISSING = Message("a value is missing here; write it, or remove the key")

T = TypeVar("T")
D = TypeVar("D")
K = TypeVar("K")


class Mistake(Exception):
    """A value that cannot be used; whoever reads the section knows its line."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(difflib.get_close_matches(word.casefold(), known, 1, 0.6)), None)


@dataclass(slots=True)
class Notes:
    """Which file is read and what is wrong with it so far."""

    path: str
    first_line: int
    problems: list[Problem] = field(default_factory=list)

    def line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.first_line

    def add(self, node: yaml.Node, message: Message) -> None:
        short = Message(message.template, **{name: _cut(fact) for name, fact in message.facts.items()})
        self.problems.append(Problem(self.path, self.line(node), short))
        if len(self.problems) == MOST_PROBLEMS:
            self.tell()

    def tell(self) -> None:
        """Raise what is wrong, if anything is, in the order of its lines."""
        if self.problems:
            raise BadFile(sorted(self.problems, key=lambda problem: problem.line))


class Section:
    """The entries of one mapping, by their English keys, whichever language they are written in.

    `keys` are all that may stand here; none means that the keys are people's own (villages, words to say).
    """

    def __init__(self, node: yaml.MappingNode, keys: Sequence[str], notes: Notes) -> None:
        self._node = node
        self._notes = notes
        self._names = spellings(keys)
        self._values: dict[str, yaml.Node] = {}
        for key, value in [pair for pair in node.value if not self._enter(*pair)]:
            self._stray(key, value)

    def _enter(self, key: yaml.Node, value: yaml.Node) -> bool:
        """Take an entry whose key may stand here."""
        if not isinstance(key, yaml.ScalarNode):
            self._notes.add(key, Message("a key must be a word"))
            return True
        plain = unicodedata.normalize("NFC", key.value).strip()
        name = self._names.get(folded(plain)) if self._names else plain
        if name in self._values:
            self._notes.add(key, Message("“{key}” stands here a second time", key=plain))
        elif name is not None:
            self._values[name] = _placed(value, key)
        return name is not None

    def _stray(self, key: yaml.Node, value: yaml.Node) -> None:
        """Tell an unknown key, and judge its value as that of the key it was probably meant to be.

        So it is not told as missing too, and the mistakes in it are not hidden.
        """
        plain = unicodedata.normalize("NFC", key.value).strip()
        meant = nearest(plain, self._names)
        self._notes.add(key, _unknown(plain, meant, self._names))
        if meant:
            self._values.setdefault(self._names[meant], _placed(value, key))

    @property
    def line(self) -> int:
        return self._notes.line(self._node)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def get(self, key: str, read: Callable[[str], T], default: D) -> T | D:
        """The value at `key` as `read` understands it; `default` where there is none, or a wrong one."""
        node = self._values.get(key)
        return default if node is None else self._try(node, read, default)

    def need(self, key: str, read: Callable[[str], T], default: D) -> T | D:
        """As `get`; that there is none is a mistake."""
        if key not in self._values:
            self.fault(Message("“{key}” is missing", key=key))
        return self.get(key, read, default)

    def several(self, key: str, read: Callable[[str], T], *, single: bool = False) -> tuple[T, ...] | None:
        """The list at `key`, None where there is none. A value without a list only passes where `single`."""
        node = self._values.get(key)
        if node is None:
            return None
        if single and isinstance(node, yaml.ScalarNode):
            return self._each([node], read)
        if isinstance(node, yaml.SequenceNode) and node.value:
            return self._each(node.value, read)
        self._notes.add(node, _no_list(key, node))
        return None

    def _each(self, nodes: Sequence[yaml.Node], read: Callable[[str], T]) -> tuple[T, ...]:
        found = [self._try(node, read, None) for node in nodes]
        return tuple(item for item in found if item is not None)

    def section(self, key: str, keys: Sequence[str]) -> Section | None:
        """The mapping at `key`; None where there is none."""
        node = self._values.get(key)
        return None if node is None else self._section(node, keys)

    def sections(self, key: str, keys: Sequence[str]) -> list[Section]:
        """The list of mappings at `key`, each with its own mistakes."""
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fault(Message("“{key}” needs a list: lines that begin with “- ”", key=key), key)
            return []
        return [section for item in node.value if (section := self._section(item, keys))]

    def pieces(self, key: str, read: Callable[[str], T], keys: Sequence[str]) -> list[T | Section]:
        """The list at `key`, whose items are single values or mappings."""
        node = self._values.get(key)
        if not isinstance(node, yaml.SequenceNode):
            self.several(key, read)  # tells what is wrong, if it is there at all
            return []
        found = [self._piece(item, read, keys) for item in node.value]
        return [piece for piece in found if piece is not None]

    def _piece(self, node: yaml.Node, read: Callable[[str], T], keys: Sequence[str]) -> T | Section | None:
        if isinstance(node, yaml.MappingNode):
            return Section(node, keys, self._notes)
        return self._try(node, read, None)

    def own(self, read_key: Callable[[str], K], read: Callable[[str], T]) -> dict[K, T]:
        """A mapping whose keys are people's own (words to say, villages to outputs)."""
        found = {}
        for name, node in self._values.items():
            try:
                found[read_key(name)] = read(_word(node))
            except Mistake as mistake:
                self._notes.add(node, mistake.message)
        return found

    def peek(self, key: str, read: Callable[[str], T]) -> T | None:
        """As `get`, for a question beside the value itself: a wrong one is not told a second time."""
        try:
            return read(_word(self._values[key])) if key in self._values else None
        except Mistake:
            return None

    def check(self, key: str, read: Callable[[str], object]) -> None:
        """Note a mistake where `key` itself, one of people's own, is not as `read` wants it."""
        try:
            read(key)
        except Mistake as mistake:
            self._notes.add(self._values[key], mistake.message)

    def fault(self, message: Message, key: str | None = None) -> None:
        """Note a mistake at the value of `key`, or at the section as a whole."""
        self._notes.add(self._values.get(key or "", self._node), message)

    def problem(self, key: str, at: int, message: Message) -> Problem:
        """A mistake in item `at` of the list at `key` that leaves the rest of the file usable: told, not noted."""
        node = self._values[key]
        item = node.value[at] if isinstance(node, yaml.SequenceNode) and at < len(node.value) else node
        return Problem(self._notes.path, self._notes.line(item), message)

    def finish(self) -> None:
        """Raise `BadFile` with all mistakes of the file, if there are any, in the order of its lines."""
        self._notes.tell()

    def _section(self, node: yaml.Node, keys: Sequence[str]) -> Section | None:
        if isinstance(node, yaml.MappingNode):
            return Section(node, keys, self._notes)
        self._notes.add(node, _no_entries(node))
        return None

    def _try(self, node: yaml.Node, read: Callable[[str], T], default: D) -> T | D:
        try:
            return read(_word(node))
        except Mistake as mistake:
            self._notes.add(node, mistake.message)
            return default


def folded(key: str) -> str:
    """A key as it is compared: NFC, small letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", key).casefold().split())


def spellings(keys: Sequence[str]) -> dict[str, str]:
    """Everything that may be written for `keys`, English first."""
    return {key: key for key in keys} | {twin: key for twin, key in KEYS.items() if key in keys}


def _placed(value: yaml.Node, key: yaml.Node) -> yaml.Node:
    """A value that is missing is missed at its key, not where the next thing stands."""
    if _empty(value):
        value.start_mark = key.start_mark
    return value


def _unknown(key: str, meant: str | None, names: dict[str, str]) -> Message:
    if meant:
        return Message("unknown key “{key}”; did you mean “{meant}”?", key=key, meant=meant)
    known = ", ".join(dict.fromkeys(names.values()))
    return Message("unknown key “{key}”; what may stand here: {known}", key=key, known=known)


def _word(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Mistake(Message("“{value}” should be a single value", value=_shown(node)))
    if _empty(node):
        raise Mistake(MISSING)
    if fault := bad_character(node.value, lines=True):
        raise Mistake(Message("“{value}”: {fault}", value=node.value, fault=fault))
    return unicodedata.normalize("NFC", node.value).strip()


def _no_list(key: str, node: yaml.Node) -> Message:
    if _empty(node):
        return MISSING
    return Message("“{key}” needs a list; write {key}: [{value}]", key=key, value=_shown(node))


def _no_entries(node: yaml.Node) -> Message:
    return MISSING if _empty(node) else Message("“{value}” should be entries such as “key: value”", value=_shown(node))


def _empty(node: yaml.Node) -> bool:
    """Is nothing written there? Quotes with nothing between them are something."""
    return isinstance(node, yaml.ScalarNode) and not node.value and not node.style


def _shown(node: yaml.Node) -> str:
    """A value as its author would recognise it."""
    return " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else "…"


def _cut(fact: object) -> object:
    """A fact in few words: a value may be a whole page, put into the wrong place."""
    return fact[:199] + "…" if isinstance(fact, str) and len(fact) > 200 else fact
