"""The entries of one mapping of a file, each value with its line, and all mistakes in one list.

PyYAML's own idea of what a scalar is (17:30 would be the number 1050, `no` false) is never asked: the node tree
is read, not the loaded document. While a section is read, a wrong value counts as its default, so that one run
tells every mistake. What a value means is no business of this file (values.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TypeVar

import yaml

from ..errors import BadFile, Message, Problem, bad_character
from .keys import Keywords, fold, keys_of, nearest
from .nodes import display, is_empty, scalars
from .remedies import WORD_QUOTES, Mistake, first_readable, plain_forms, range_forms, split_values

MOST_PROBLEMS = 100  # a file with more mistakes is not what it should be at all
MISSING = Message("a value is missing here; write it, or remove the key")

T = TypeVar("T")
D = TypeVar("D")
K = TypeVar("K")


@dataclass(slots=True)
class FileProblems:
    """What is wrong with one file so far; `first_line` is that of `root` in it."""

    path: str
    first_line: int
    root: yaml.Node
    keywords: Keywords
    problems: list[Problem] = field(default_factory=list)
    _vietnamese: bool | None = None

    @property
    def is_vietnamese(self) -> bool:
        """Are the keys of this file rather Vietnamese than English?"""
        if self._vietnamese is None:
            self._vietnamese = self.keywords.are_vietnamese(keys_of(self.root)) or False
        return self._vietnamese

    def line(self, node: yaml.Node) -> int:
        """The line of the file on which `node` begins, from 1."""
        return int(node.start_mark.line) + self.first_line

    def add(self, node: yaml.Node, message: Message) -> None:
        """Note a mistake at `node`, its facts in few words. Raises `BadFile` at the hundredth."""
        short = Message(message.template, **{name: _shorten(fact) for name, fact in message.facts.items()})
        self.problems.append(Problem(self.path, self.line(node), short))
        if len(self.problems) == MOST_PROBLEMS:
            self.raise_all()

    def raise_all(self, draft: object = None) -> None:
        """Raise `BadFile` with what is wrong, if anything is, in the order of its lines."""
        if self.problems:
            raise BadFile(sorted(self.problems, key=lambda problem: problem.line), draft)


class Section:
    """The entries of one mapping, by their English keys, whichever language they are written in.

    `keys` are all that may stand here; none means that the keys are people's own (villages, words to say).
    """

    def __init__(
        self, node: yaml.MappingNode, keys: Sequence[str], file: FileProblems, twins: Mapping[str, str] | None = None
    ) -> None:
        self._node = node
        self._file = file
        self._names = file.keywords.spellings(keys)
        self._twins = {**file.keywords.twins, **twins} if twins else file.keywords.twins
        self._values: dict[str, yaml.Node] = {}
        self._written: dict[str, str] = {}
        strays = [pair for pair in node.value if not self._enter(*pair)]
        for key, value in [pair for pair in strays if not self._belongs_before(*pair)]:
            self._stray(key, value)

    def _enter(self, key: yaml.Node, value: yaml.Node) -> bool:
        """Take an entry whose key may stand here."""
        if not isinstance(key, yaml.ScalarNode):
            self._file.add(key, Message("a key must be a word"))
            return True
        plain = unicodedata.normalize("NFC", key.value).strip()
        name = self._names.get(fold(plain)) if self._names else plain
        if name in self._values:
            self._file.add(key, Message("“{key}” stands here a second time", key=plain))
        elif name is not None:
            self._values[name] = _at_its_key(value, key)
            self._written[name] = plain
        return name is not None

    def _belongs_before(self, key: yaml.ScalarNode, value: yaml.Node) -> bool:
        """`{at: 6:05, 17:30}`: values of a list without its brackets are no keys. Told once for all of a list."""
        if not (self._node.flow_style and is_empty(value)) or self._key_in(key.value):
            return False
        entries = self._node.value
        first = self._first_of_list(place := [other for other, _ in entries].index(key))
        if first < 0 or not isinstance(entries[first][1], yaml.ScalarNode) or is_empty(entries[first][1]):
            return False
        if place == first + 1:
            words = [display(other) for other, _ in takewhile(lambda entry: is_empty(entry[1]), entries[place:])]
            whole = ", ".join([display(entries[first][1]), *words])
            self._file.add(key, _as_list(display(entries[first][0]), whole))
        return True

    def _first_of_list(self, place: int) -> int:
        """The number of the key before `place` whose list lost its brackets; -1 where there is none."""
        first, entries = place - 1, self._node.value
        while first > 0 and is_empty(entries[first][1]) and self._names.get(fold(entries[first][0].value)) is None:
            first -= 1
        return first

    def _stray(self, key: yaml.ScalarNode, value: yaml.Node) -> None:
        """Tell an unknown key, and judge its value as that of the key it was probably meant to be.

        So it is not told as missing too, and the mistakes in it are not hidden.
        """
        plain = unicodedata.normalize("NFC", key.value).strip()
        if is_empty(value) and (name := self._key_in(plain)):
            self._file.add(
                key, Message("a “:” with a blank behind it is missing after “{key}”", key=plain[: len(name)])
            )
            rest = yaml.ScalarNode(key.tag, plain[len(name) :].strip(" :="), key.start_mark, key.end_mark)
            self._values.setdefault(self._names[name], rest)
            return
        meant = self._nearest_key(plain)
        self._file.add(key, self._explain_unknown(plain, meant))
        if meant:
            self._values.setdefault(self._names[fold(meant)], _at_its_key(value, key))

    def _key_in(self, words: str) -> str | None:
        """The key that `words` begin with, its colon left out: `bulletin bluezone`, `bulletin:bluezone`."""
        folded = fold(words)
        names = [
            name for name in self._names if folded.startswith(name) and folded[len(name) : len(name) + 1] in (*" :=",)
        ]
        return max(names, key=len) if names else None

    def _nearest_key(self, word: str) -> str | None:
        """The key that an unknown one was probably meant to be, in the language of who wrote it."""
        keywords = self._file.keywords
        ours = [name for name in self._names if name in keywords.keys]
        english = [name for name in self._names if name not in keywords.keys]
        also = keywords.also.get(fold(word))
        if also in english:
            return self.spelling(also) if word.isascii() and not self.is_vietnamese else self._twins.get(also, also)
        if not word.isascii():
            return nearest(word, ours)
        return nearest(word, [*ours, *english] if self.is_vietnamese else [*english, *ours])

    def _explain_unknown(self, key: str, meant: str | None) -> Message:
        if meant:
            return Message("unknown key “{key}”; did you mean “{meant}”?", key=key, meant=meant)
        ours = self.is_vietnamese or not key.isascii()
        known = [self._twins.get(name, name) if ours else name for name in dict.fromkeys(self._names.values())]
        return Message("unknown key “{key}”; what may stand here: {known}", key=key, known=", ".join(known))

    def spelling(self, key: str) -> str:
        """`key` as this file writes it, or would."""
        if key in self._written:
            return self._written[key]
        return self._twins.get(key, key) if self.is_vietnamese else key

    @property
    def is_vietnamese(self) -> bool:
        """Is this section rather Vietnamese than English? By its own keys, or by those of the file."""
        here = self._file.keywords.are_vietnamese(self._written.values()) if self._names else None
        return self._file.is_vietnamese if here is None else here

    @property
    def line(self) -> int:
        """The line of the file on which the section begins, from 1."""
        return self._file.line(self._node)

    def line_of(self, key: str) -> int:
        """The line of the value at `key`; of the section where there is none."""
        return self._file.line(self._values.get(key, self._node))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def get(self, key: str, read: Callable[[str], T], default: D) -> T | D:
        """The value at `key` as `read` understands it; `default` where there is none, or a wrong one."""
        node = self._values.get(key)
        return default if node is None else self._try(node, read, default)

    def require(self, key: str, read: Callable[[str], T], default: D) -> T | D:
        """As `get`; that there is none is a mistake."""
        if key not in self._values:
            self.add_problem(Message("“{key}” is missing", key=self.spelling(key)))
        return self.get(key, read, default)

    def get_list(self, key: str, read: Callable[[str], T]) -> tuple[T, ...] | None:
        """The list at `key`, None where there is none. One value alone is a list of one."""
        node = self._values.get(key)
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and not is_empty(node):
            return self._alone(key, node, read)
        if isinstance(node, yaml.SequenceNode) and node.value:
            return self._each(node.value, read)
        self._file.add(node, self._no_list(key, node))
        return None

    def _alone(self, key: str, node: yaml.ScalarNode, read: Callable[[str], T]) -> tuple[T, ...]:
        try:
            return (read(_word(node)),)
        except Mistake as mistake:
            if len(several := _apart(node, mistake, read)) > 1:
                self._file.add(node, _as_list(self.spelling(key), ", ".join(several)))
                return ()
        value = self._try(node, read, None)
        return () if value is None else (value,)

    def _no_list(self, key: str, node: yaml.Node) -> Message:
        if is_empty(node):
            return MISSING
        if isinstance(node, yaml.SequenceNode):
            return Message("the list “{key}” is empty; write what belongs in it, or remove it", key=self.spelling(key))
        return Message("“{key}” needs values, such as {key}: [a, b]", key=self.spelling(key))

    def _each(self, nodes: Sequence[yaml.Node], read: Callable[[str], T]) -> tuple[T, ...]:
        items = [self._item(node, read) for node in nodes]
        return tuple(item for item in items if item is not None)

    def _item(self, node: yaml.Node, read: Callable[[str], T]) -> T | None:
        try:
            return read(_word(node))
        except Mistake as mistake:
            if len(several := _apart(node, mistake, read)) > 1:
                facts = {"value": display(node), "meant": ", ".join(several)}
                self._file.add(node, Message("“{value}” is several values; write {meant}", **facts))
                return None
        return self._try(node, read, None)

    def holds_mapping(self, key: str) -> bool:
        """Does a mapping stand at `key`, or in the list there, where single values may stand, too?"""
        node = self._values.get(key)
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return any(isinstance(item, yaml.MappingNode) for item in items)

    def get_section(self, key: str, keys: Sequence[str]) -> Section | None:
        """The mapping at `key`; None where there is none."""
        node = self._values.get(key)
        return None if node is None else self._section(node, keys)

    def get_sections(self, key: str, keys: Sequence[str]) -> list[Section]:
        """The list of mappings at `key`, each with its own mistakes."""
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            message = Message("“{key}” needs a list: lines that begin with “- ”", key=self.spelling(key))
            self.add_problem(MISSING if is_empty(node) else message, key)
            return []
        return [section for item in node.value if (section := self._section(item, keys))]

    def get_pieces(self, key: str, read: Callable[[str], T], keys: Sequence[str]) -> list[T | Section]:
        """The list at `key`, whose items are single values or mappings. One alone is a list of one."""
        node = self._values.get(key)
        if node is None or is_empty(node) or (isinstance(node, yaml.SequenceNode) and not node.value):
            self.get_list(key, read)  # tells what is wrong, if it is there at all
            return []
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        pieces = [self._piece(item, read, keys) for item in items]
        return [piece for piece in pieces if piece is not None]

    def _piece(self, node: yaml.Node, read: Callable[[str], T], keys: Sequence[str]) -> T | Section | None:
        if isinstance(node, yaml.MappingNode):
            return Section(node, keys, self._file)
        return self._try(node, read, None)

    def get_mapping(self, read_key: Callable[[str], K], read: Callable[[str], T]) -> dict[K, T]:
        """A mapping whose keys are people's own (words to say, villages to outputs)."""
        mapping = {}
        for name, node in self._values.items():
            try:
                own = read_key(name)
            except Mistake as mistake:
                self._file.add(node, mistake.message)
                continue
            value = self._try(node, read, None)
            if value is not None:
                mapping[own] = value
        return mapping

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
            self._file.add(self._values[key], mistake.message)

    def add_problem(self, message: Message, key: str | None = None) -> None:
        """Note a mistake at the value of `key`, or at the section as a whole."""
        self._file.add(self._values.get(key or "", self._node), message)

    def item_problem(self, key: str, at: int, message: Message) -> Problem:
        """A mistake in item `at` of the list at `key` that leaves the rest of the file usable: told, not noted."""
        node = self._values[key]
        item = node.value[at] if isinstance(node, yaml.SequenceNode) and at < len(node.value) else node
        return Problem(self._file.path, self._file.line(item), message)

    def raise_problems(self, draft: object = None) -> None:
        """Raise `BadFile` with all mistakes of the file, if there are any, and with what was understood of it."""
        self._file.raise_all(draft)

    def _section(self, node: yaml.Node, keys: Sequence[str]) -> Section | None:
        if isinstance(node, yaml.MappingNode):
            return Section(node, keys, self._file)
        self._file.add(node, _no_entries(node))
        return None

    def _try(self, node: yaml.Node, read: Callable[[str], T], default: D) -> T | D:
        try:
            return read(_word(node))
        except Mistake as mistake:
            self._file.add(node, _remedy(node, mistake, read))
            return default


def _at_its_key(value: yaml.Node, key: yaml.Node) -> yaml.Node:
    """A value that is missing is missed at its key, not where the next thing stands."""
    if is_empty(value):
        value.start_mark = key.start_mark
    return value


def _word(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Mistake(Message("“{value}” should be a single value", value=display(node)))
    if is_empty(node):
        raise Mistake(MISSING)
    if fault := bad_character(node.value, lines=True):
        raise Mistake(Message("“{value}”: {fault}", value=node.value, fault=fault))
    return unicodedata.normalize("NFC", node.value).strip()


def _remedy(node: yaml.Node, mistake: Mistake, read: Callable[[str], object]) -> Message:
    """What to write instead, where something of the kind was tried and `read` takes it; else what is wrong."""
    shown = display(node)
    if isinstance(node, yaml.ScalarNode):
        if bad_character(node.value, lines=True):
            return mistake.message
        if (meant := first_readable(plain_forms(node.value), read)) is not None:
            if shown[:1] in WORD_QUOTES:
                return Message("quotation marks of Word stand around this value; write {meant}", meant=meant)
            return Message("“{value}” cannot be read; write {meant}", value=shown, meant=meant)
    elif (meant := first_readable(range_forms(scalars(node)), read)) is not None:
        return Message("“{value}” should be a single value; write {meant}", value=shown, meant=meant)
    return mistake.message


def _apart(node: yaml.Node, mistake: Mistake, read: Callable[[str], object]) -> Sequence[str]:
    """The values that one value holds, where `read` takes each of them."""
    if not isinstance(node, yaml.ScalarNode) or bad_character(node.value, lines=True):
        return ()
    return split_values(unicodedata.normalize("NFC", node.value), mistake, read)


def _as_list(key: str, values: str) -> Message:
    return Message("“{key}” has several values; write {key}: [{values}]", key=key, values=values)


def _no_entries(node: yaml.Node) -> Message:
    wrong = Message("“{value}” should be entries such as “key: value”", value=display(node))
    return MISSING if is_empty(node) else wrong


def _shorten(fact: object) -> object:
    """A fact in few words: a value may be a whole page, put into the wrong place."""
    return fact[:199] + "…" if isinstance(fact, str) and len(fact) > 200 else fact
