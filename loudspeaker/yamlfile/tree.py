"""From bytes to the outermost section of a file, or a sentence that says why not. Reads no single value.

What no person wrote is refused before it can cost time or memory: too big, binary, too deep, too many values.
YAML that people do not expect (anchors, tags, several documents) is refused too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ..errors import BadFile, Message, Problem
from .keys import Keywords
from .section import FileProblems, Section

# A day's work of an officer is a thousandth of these; what is beyond them is an attack or an accident.
MOST_BYTES = 1_000_000
MOST_VALUES = 20_000
DEEPEST = 12

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def decode_text(path: str, data: bytes) -> str:
    """The text of a file, or `BadFile` for one that no person wrote."""
    if len(data) > MOST_BYTES:
        raise _whole(path, Message("the file is larger than 1 MB; it can hardly be meant"))
    if b"\0" in data:
        raise _whole(path, Message("this is not a text file; save it as plain text (UTF-8)"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile([Problem(path, line, Message("this is not UTF-8; save the file with UTF-8 encoding"))]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def document(
    path: str,
    text: str,
    keywords: Keywords,
    keys: Sequence[str],
    first_line: int = 1,
    twins: Mapping[str, str] | None = None,
) -> Section:
    """The outermost section of a YAML text whose first line is line `first_line` of the file at `path`.

    `keys` are all that may stand there, in English; `keywords` knows how else they may be written, and `twins` are
    Vietnamese keys that suit the place better than its first ones. Raises `BadFile` where the text is not YAML of the
    plain kind: no anchors, no tags, one document, not too deep.
    """
    try:
        _inspect(path, text, first_line)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        at, message = _wrong(text.split("\n"), error)
        raise BadFile([Problem(path, first_line + at, message)]) from None
    except yaml.YAMLError:  # a control character
        raise _whole(path, Message("this is not a text file; save it as plain text (UTF-8)")) from None
    if not isinstance(node, yaml.MappingNode):
        raise _whole(path, Message("the file should hold lines such as “key: value”"))
    return Section(node, keys, FileProblems(path, first_line, node, keywords), twins)


def _whole(path: str, message: Message) -> BadFile:
    return BadFile([Problem(path, 0, message)])


def _inspect(path: str, text: str, first_line: int) -> None:
    """Walk the events, which costs no depth and little memory, before a tree is built."""
    depth = documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        if isinstance(event, yaml.ScalarEvent) and event.anchor is event.tag is None and count <= MOST_VALUES:
            continue  # most are nothing else
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if message := _forbidden(event, depth, documents, count):
            raise BadFile([Problem(path, first_line + _line(event), message)])


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _forbidden(event: yaml.Event, depth: int, documents: int, count: int) -> Message | None:
    if count > MOST_VALUES:
        return Message("the file has too many entries")
    if depth > DEEPEST:
        return _DEEP
    if documents > 1:
        return Message("a second document begins here; remove the line “---”")
    if getattr(event, "anchor", None):
        return _ANCHOR
    if getattr(event, "tag", None):
        return _TAG
    return None


def _wrong(lines: Sequence[str], error: yaml.MarkedYAMLError) -> tuple[int, Message]:
    """The line, from 0, that has to be mended, and why: what is left open is told where it was opened."""
    mark = error.problem_mark or error.context_mark
    at = min(mark.line, len(lines) - 1) if mark else 0
    if unbalanced := _find_unbalanced(lines, at):
        return unbalanced
    opened = error.context_mark if "flow" in (error.context or "") else None
    return (opened.line if opened else at), _syntax(error)


def _find_unbalanced(lines: Sequence[str], last: int) -> tuple[int, Message] | None:
    """The first quote, bracket or brace up to line `last` that is not closed before the next entry, or not opened."""
    opened: list[tuple[int, str]] = []
    for number, line in enumerate(lines[: last + 1]):
        if opened and re.match(r"\s*- ", line):
            return opened[-1][0], _UNCLOSED[opened[-1][1]]
        bare = _QUOTED.sub("", line)
        if _leaves_quote_open(bare, lines[number + 1 : last + 1]):
            return number, _UNCLOSED['"']
        bare = _COMMENT.sub("", bare) if "#" in bare else bare
        for sign in bare if _BRACKET.search(bare) else "":
            if sign in "[{":
                opened.append((number, sign))
            elif sign in "]}":
                if not opened:
                    return number, Message("a “{sign}” stands here that was never opened", sign=sign)
                if opened[-1][1] + sign not in ("[]", "{}"):
                    return opened[-1][0], _UNCLOSED[opened[-1][1]]
                opened.pop()
    if opened and last == len(lines) - 1:  # the file ends before it is closed
        return opened[-1][0], _UNCLOSED[opened[-1][1]]
    return None


def _leaves_quote_open(bare: str, below: Sequence[str]) -> bool:
    """Does a line, without what is quoted in it, open a quote that the lines below do not close before an entry?"""
    opening = re.search(_OPENING, bare) if '"' in bare else None
    if opening is None:
        return False
    closed_below = any('"' in _QUOTED.sub("", line) for line in below) and not any(re.match(_ENTRY, x) for x in below)
    return not closed_below or re.search(r":\s", bare[opening.end() :]) is not None


def _syntax(error: yaml.MarkedYAMLError) -> Message:
    """What libyaml says, in words for people who have never heard of YAML."""
    complaint = f"{error.context} {error.problem}"
    for telling, message in _SYNTAX.items():
        if telling in complaint:
            return message
    return Message("this line cannot be read; compare it with the lines around it")


_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_COMMENT = re.compile(r"(?:^|\s)#.*")
_BRACKET = re.compile(r"[\[\]{}]")
_OPENING = r'(?:^|[:,\[{-])\s*"'
_ENTRY = r"\s*(?:- )?[^\s:\"]+(?: [^\s:\"]+){0,3}: "
_UNCLOSED = {
    '"': Message("a quotation mark is opened and not closed"),
    "[": Message("a list opened with “[” is not closed, or a comma is missing"),
    "{": Message("an entry opened with “{{” is not closed, or a comma is missing"),
}
_DEEP = Message("too many brackets or indents inside one another")
_ANCHOR = Message("anchors and aliases (& and *) are not used here; write the value out, or put it between quotes")
_TAG = Message("tags (!) are not used here; put the value between quotes")
_TAB = Message("a tab stands here; indent with blanks")
_INDENT = Message("the indent of this line does not fit the lines above")
_SYNTAX = {
    "nesting depth": _DEEP,
    "\\t": _TAB,
    "tab character": _TAB,
    "mapping values are not allowed": Message("a “:” stands inside words; put the words between quotes"),
    "quoted scalar": _UNCLOSED['"'],
    "flow sequence": _UNCLOSED["["],
    "flow mapping": _UNCLOSED["{"],
    "alias": _ANCHOR,
    "anchor": _ANCHOR,
    "tag": _TAG,
    "cannot start any token": Message("a value cannot begin with this sign; put it between quotes"),
    "simple key": Message("a “:” is missing after the key"),
    "block mapping": _INDENT,
    "block collection": _INDENT,
}
