"""One entry of a YAML file changed, added or removed, and nothing else touched. Bytes in, bytes out; writes no file.

The place is found in the node tree and the text is spliced there, so that comments, order, blanks and line ends
of the rest survive to the byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from ..errors import BadFile, Message, Problem
from .keys import Keywords, fold, keys_of
from .tree import LOADER

NO_MAPPING = Message("keys and values were expected here")
_PLAIN = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Splice:
    """A file as it was read and as it is to be."""

    path: str
    before: bytes
    after: bytes


def replace(path: str, data: bytes, where: Sequence[str | int], value: str, keywords: Keywords) -> Splice:
    """The value at `where` (English keys and positions, from 0) written anew; `value` is YAML on one line."""
    text = data.decode("utf-8-sig")
    node = _find(path, text, where, keywords)
    return _splice(path, data, text, node.start_mark.index, node.end_mark.index, value)


def append(path: str, data: bytes, where: Sequence[str | int], value: str, keywords: Keywords) -> Splice:
    """One more item at the end of the list at `where`; `value` is YAML on one line."""
    text = data.decode("utf-8-sig")
    node = _find(path, text, where, keywords)
    if not isinstance(node, yaml.SequenceNode):
        raise BadFile([Problem(path, node.start_mark.line + 1, Message("a list was expected here"))])
    if node.flow_style and not node.value and _is_block(_find(path, text, where[:-1], keywords)) and len(where) == 1:
        begin, end = len(text[: node.start_mark.index].rstrip(" ")), node.end_mark.index
        line_end = _line_end(text, end)
        return _splice(path, data, text, begin, line_end, f"{text[end:line_end]}{_newline(text)}  - {value}")
    if node.flow_style:
        at = node.end_mark.index - 1
        return _splice(path, data, text, at, at, f", {value}" if node.value else value)
    at = _line_end(text, _last_index(node))
    return _splice(path, data, text, at, at, f"{_newline(text)}{' ' * node.start_mark.column}- {value}")


def put(path: str, data: bytes, where: Sequence[str | int], key: str, value: str, keywords: Keywords) -> Splice:
    """The value of `key` in the mapping at `where`, written anew or added at its end; `value` is YAML on one line.

    `key` is English; a key that is added is written in the language of the file.
    """
    text = data.decode("utf-8-sig")
    root = yaml.compose(text, Loader=LOADER)
    if root is None and not where:  # nothing but comments
        line = f"{_spelling(root, key, keywords)}: {value}{_newline(text)}"
        return _splice(path, data, text, len(text), len(text), line if text[-1:] in ("", "\n") else f"\n{line}")
    node = _find(path, text, where, keywords)
    if not isinstance(node, yaml.MappingNode):
        raise BadFile([Problem(path, node.start_mark.line + 1, NO_MAPPING)])
    if (number := _position(node, key, keywords)) is not None:
        return _splice(path, data, text, *_value_span(text, node, number, value))
    return _add(path, data, text, node, f"{_spelling(root, key, keywords)}: {value}")


def put_word(path: str, data: bytes, where: Sequence[str], word: str, value: str, keywords: Keywords) -> Splice:
    """The same for a key that is a word of people's own, as it is written; its mapping is made where there is none."""
    text = data.decode("utf-8-sig")
    root = yaml.compose(text, Loader=LOADER)
    node = root
    for step in where:
        node = _child(node, step, keywords)
    if not isinstance(node, yaml.MappingNode):
        return put(path, data, where[:-1], where[-1], f"{{{quote(word)}: {value}}}", keywords)
    number = next((number for number, (key, _) in enumerate(node.value) if key.value == word), None)
    if number is not None:
        return _splice(path, data, text, *_value_span(text, node, number, value))
    return _add(path, data, text, node, f"{quote(word)}: {value}")


def _add(path: str, data: bytes, text: str, node: yaml.MappingNode, entry: str) -> Splice:
    """One more entry at the end of a mapping."""
    if node.flow_style:
        at = node.end_mark.index - 1
        return _splice(path, data, text, at, at, f", {entry}" if node.value else entry)
    at = _line_end(text, _last_index(node))
    return _splice(path, data, text, at, at, f"{_newline(text)}{' ' * node.start_mark.column}{entry}")


def remove(path: str, data: bytes, where: Sequence[str | int], keywords: Keywords) -> Splice:
    """The key or item at `where` taken out with its lines; of a list or mapping that is left empty, `[]` or `{}` stays.

    Comments above it stay; one behind it on its line goes. Raises `BadFile` where it is not there, or stands on a line
    with what must stay.
    """
    text = data.decode("utf-8-sig")
    parent = _find(path, text, where[:-1], keywords)
    number = _position(parent, where[-1], keywords)
    if number is None or not isinstance(parent, yaml.CollectionNode):
        raise BadFile([Problem(path, 0, Message("“{key}” is missing", key=where[-1]))])
    spans = _spans(parent)
    if len(spans) == 1:
        return _put_empty(
            path, data, text, where[:-1], "[]" if isinstance(parent, yaml.SequenceNode) else "{}", keywords
        )
    begin, end = spans[number]
    following = spans[number + 1][0] if number + 1 < len(spans) else None
    if parent.flow_style:
        return _splice(path, data, text, *((begin, following) if following else (spans[number - 1][1], end)), "")
    line = text.rfind("\n", 0, begin) + 1
    head = text[line:begin]
    if not head.strip(" -") and (not head.strip() or (head.count("-") == 1 and isinstance(parent, yaml.SequenceNode))):
        return _splice(path, data, text, *_whole_lines(text, line, _line_end(text, end)), "")
    if following and isinstance(parent, yaml.MappingNode):  # the first key stands behind its item's dash
        behind = _line_end(text, end)  # the next key comes up, unless a comment stands between
        return _splice(path, data, text, begin, behind if text[behind:following].strip() else following, "")
    raise BadFile([Problem(path, text.count("\n", 0, begin) + 1, Message("change this line by hand"))])


def quote(words: str) -> str:
    """Words as a YAML value that is read back as the same words.

    >>> quote("bluezone"), quote("17:30: họp")
    ('bluezone', '"17:30: họp"')
    """
    if _PLAIN.fullmatch(words):
        return words
    return '"' + "".join(_escape(letter) for letter in words) + '"'


def _escape(letter: str) -> str:
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
        raise BadFile([Problem(path, 0, Message("“{key}” is missing", key=where[-1]) if where else NO_MAPPING)])
    return node


def _child(node: yaml.Node | None, step: str | int, keywords: Keywords) -> yaml.Node | None:
    number = _position(node, step, keywords)
    if number is None or not isinstance(node, yaml.CollectionNode):
        return None
    item = node.value[number]
    value: yaml.Node = item[1] if isinstance(item, tuple) else item
    return value


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _put_empty(path: str, data: bytes, text: str, where: Sequence[str | int], empty: str, keywords: Keywords) -> Splice:
    """The file with `empty` as the list or mapping at `where`."""
    node = _find(path, text, where, keywords)
    parent = _find(path, text, where[:-1], keywords)
    number = _position(parent, where[-1], keywords) if where else None
    if number is not None and isinstance(parent, yaml.MappingNode):
        return _splice(path, data, text, *_value_span(text, parent, number, empty))
    return _splice(path, data, text, node.start_mark.index, _end_of(node), empty)


def _value_span(text: str, parent: yaml.MappingNode, number: int, value: str) -> tuple[int, int, str]:
    """Begin, end and new text for the value of a key. A block below its key gives way to a value behind the key."""
    key, old = parent.value[number]
    if parent.flow_style or key.end_mark.line == old.start_mark.line:
        begin = old.start_mark.index
        return begin, _end_of(old), f" {value}" if text[begin - 1] == ":" else value  # nothing stood there yet
    colon = text.index(":", key.end_mark.index) + 1
    block, end = _whole_lines(text, text.rfind("\n", 0, old.start_mark.index) + 1, _line_end(text, _end_of(old)))
    return colon, end, f" {value}{text[colon:block]}"


def _spans(node: yaml.Node) -> list[tuple[int, int]]:
    """Where the items of a list, or the keys of a mapping with their values, begin and end."""
    if isinstance(node, yaml.MappingNode):
        return [(key.start_mark.index, _end_of(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(item.start_mark.index, _end_of(item)) for item in node.value]
    return []


def _position(node: yaml.Node | None, step: str | int, keywords: Keywords) -> int | None:
    """The number of an item or key among those of its list or mapping."""
    if isinstance(node, yaml.MappingNode) and isinstance(step, str):
        names = {fold(step), *keywords.spellings([step])}  # a word of people's own is no keyword
        numbers = [number for number, (key, _) in enumerate(node.value) if fold(key.value) in names]
        return next((number for number in numbers if node.value[number][0].value == step), next(iter(numbers), None))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return step
    return None


def _spelling(root: yaml.Node | None, key: str, keywords: Keywords) -> str:
    """An English key in the language of a file."""
    vietnamese = root is not None and keywords.are_vietnamese(keys_of(root))
    return keywords.twins.get(key, key) if vietnamese else key


def _end_of(node: yaml.Node) -> int:
    """Where a value ends: a block's own end lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and node.flow_style:
        return int(node.end_mark.index)
    return _last_index(node)


def _whole_lines(text: str, begin: int, end: int) -> tuple[int, int]:
    """From the begin of a line to the begin of the next one; at the end of a text, from the line end before."""
    following = text.find("\n", end) + 1
    if following:
        return begin, following
    return (begin - 1 - (text[begin - 2 : begin - 1] == "\r") if begin else 0), len(text)


def _splice(path: str, data: bytes, text: str, begins: int, ends: int, value: str) -> Splice:
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
    line_break = text.find("\n", len(text[:index].rstrip()))  # what is written over several lines ends on the next one
    at = len(text) if line_break < 0 else line_break
    return at - (at > 0 and text[at - 1] == "\r")


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
