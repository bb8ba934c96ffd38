"""One entry of somebody's YAML file changed or added, and nothing else touched. Bytes in, bytes out; writes no file.

The place is found in the node tree and the text is spliced there, so that comments, order, blanks and line ends
of the rest survive to the byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from ..errors import BadFile, Message, Problem, Refused
from .keys import Keywords, folded
from .tree import LOADER

_PLAIN = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Splice:
    """A file as it was read and as it is to be."""

    path: str
    before: bytes
    after: bytes

    def over(self, now: bytes) -> bytes:
        """What to write in place of `now`, the file as it is at the time of writing.

        Raises `Refused` where somebody has changed it since it was read.
        """
        if now != self.before:
            raise Refused(Message("{path} was changed by somebody else just now; try again", path=self.path))
        return self.after


def replace(path: str, data: bytes, where: Sequence[str | int], value: str, keywords: Keywords) -> Splice:
    """The value at `where` (English keys and positions, from 0) written anew; `value` is YAML on one line."""
    text = data.decode("utf-8-sig")
    node = _find(path, text, where, keywords)
    return _spliced(path, data, text, node.start_mark.index, node.end_mark.index, value)


def append(path: str, data: bytes, where: Sequence[str | int], value: str, keywords: Keywords) -> Splice:
    """One more item at the end of the list at `where`; `value` is YAML on one line."""
    text = data.decode("utf-8-sig")
    node = _find(path, text, where, keywords)
    if not isinstance(node, yaml.SequenceNode):
        raise BadFile([Problem(path, node.start_mark.line + 1, Message("a list was expected here"))])
    if node.flow_style:
        at = node.end_mark.index - 1
        return _spliced(path, data, text, at, at, f", {value}" if node.value else value)
    at = _line_end(text, _last_index(node))
    return _spliced(path, data, text, at, at, f"{_newline(text)}{' ' * node.start_mark.column}- {value}")


def quoted(words: str) -> str:
    """Words as a YAML value that is read back as the same words.

    >>> quoted("bluezone"), quoted("17:30: họp")
    ('bluezone', '"17:30: họp"')
    """
    if _PLAIN.fullmatch(words):
        return words
    return '"' + "".join(_escaped(letter) for letter in words) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"


def _find(path: str, text: str, where: Sequence[str | int], keywords: Keywords) -> yaml.Node:
    node: yaml.Node | None = yaml.compose(text, Loader=LOADER)
    for step in where:
        node = _child(node, step, keywords)
        if node is None:
            break
    if node is None:
        raise BadFile([Problem(path, 0, Message("“{key}” is missing", key=where[-1]))])
    return node


def _child(node: yaml.Node | None, step: str | int, keywords: Keywords) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    if isinstance(node, yaml.MappingNode) and isinstance(step, str):
        names = keywords.spellings([step])
        return next((value for key, value in node.value if folded(key.value) in names), None)
    return None


def _spliced(path: str, data: bytes, text: str, begins: int, ends: int, value: str) -> Splice:
    after = text[:begins] + value + text[ends:]
    return Splice(path, data, (codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b"") + after.encode("utf-8"))


def _last_index(node: yaml.Node) -> int:
    """Where the last value inside a block ends: a block's own end lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _line_end(text: str, index: int) -> int:
    """The end of the line on which a value ends, behind its comment."""
    found = text.find("\n", len(text[:index].rstrip()))  # what is written over several lines ends on the next one
    at = len(text) if found < 0 else found
    return at - (at > 0 and text[at - 1] == "\r")


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
