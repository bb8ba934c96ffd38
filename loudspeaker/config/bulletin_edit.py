"""A bulletin's file with another text or head, and all else left to the byte. Bytes in, bytes out; writes no file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from ..errors import BadFile, Message, Problem
from ..model.bulletin import Part
from ..yamlfile import append, put, quote, remove, replace
from .keywords import KEYWORDS

_FENCE = re.compile(r"^---[^\S\r\n]*(?:\r\n|\r|\n|\Z)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")


class _Pieces(NamedTuple):
    """A file taken apart: `head` between the two fences, `text` without the blank lines around it."""

    fence: str
    head: str
    gap: str  # the second fence, and blank lines behind it
    text: str
    tail: str


def text_of(path: str, data: bytes) -> str:
    """The text below the head as it stands in the file. Raises `BadFile` where there is no head."""
    return _LINE_END.sub("\n", _take_apart(path, data).text)


def replace_text(path: str, data: bytes, text: str) -> bytes:
    """The file with `text` below its head; its line ends stay. Raises `BadFile` where there is no head."""
    pieces = _take_apart(path, data)
    lines = _LINE_END.sub(_newline(pieces), text.strip("\r\n"))
    return _join(data, pieces._replace(text=lines, tail=pieces.tail or _newline(pieces)))


def alter_head(path: str, data: bytes, values: Mapping[str, str]) -> bytes:
    """The file with these values in its head, by English key; a key whose value is "" is taken out.

    Raises `BadFile` where there is no head, or where a key cannot be taken out of its line.
    """
    pieces = _take_apart(path, data)
    head = pieces.head.encode()
    for key, value in values.items():
        if value:
            head = put(path, head, [], key, quote(value), KEYWORDS).after
        elif _has(path, head, key):
            head = remove(path, head, [key], KEYWORDS).after
    return _join(data, pieces._replace(head=head.decode()))


def put_recording(path: str, data: bytes, parts: Sequence[Part], recording: str, language: str = "") -> bytes:
    """The file with `recording` (a path) in place of the one in that language, else behind all that is heard.

    `parts` are those that the file has. Raises `BadFile` where there is no head.
    """
    pieces = _take_apart(path, data)
    head, flow = pieces.head.encode(), _audio(recording, language)
    old = next((at for at, part in enumerate(parts) if part.audio and (part.language or "") == language), None)
    if old is not None:
        head = replace(path, head, ["parts", old, "audio"], quote(recording), KEYWORDS).after
    elif _has(path, head, "parts"):
        head = append(path, head, ["parts"], flow, KEYWORDS).after
    else:
        head = put(path, head, [], "parts", f"[text, {flow}]", KEYWORDS).after
    return _join(data, pieces._replace(head=head.decode()))


def _audio(recording: str, language: str) -> str:
    """A recording as a part, on one line of YAML."""
    spoken = f", language: {quote(language)}" if language else ""
    return f"{{audio: {quote(recording)}{spoken}}}"


def new_bulletin(title: str, text: str, source: str = "", recording: str = "", language: str = "") -> bytes:
    """The file of a bulletin that is not there yet; its text is heard before its `recording` (a path)."""
    head = {"title": title, "source": source}
    lines = [f"{key}: {quote(value)}" for key, value in head.items() if value]
    if recording:
        lines.append(f"parts: [{'text, ' if text.strip() else ''}{_audio(recording, language)}]")
    return "\n".join(["---", *lines, "---", text.strip("\n"), ""]).encode()


def find_fences(whole: str) -> tuple[re.Match[str], re.Match[str]] | None:
    """The two lines “---” around the head of a bulletin; None for a text that does not begin with a head."""
    fences = list(islice(_FENCE.finditer(whole), 2))
    return (fences[0], fences[1]) if len(fences) == 2 and not fences[0].start() else None


def _take_apart(path: str, data: bytes) -> _Pieces:
    whole = data.decode("utf-8-sig")
    fences = find_fences(whole)
    if fences is None:
        raise BadFile([Problem(path, 1, Message("a bulletin begins with a line “---”, then “title: …”"))])
    first, second = fences
    body = whole[second.end() :]
    text = body.strip("\r\n").rstrip()
    begin = body.find(text)
    gap = whole[second.start() : second.end()] + body[:begin]
    return _Pieces(first[0], whole[first.end() : second.start()], gap, text, body[begin + len(text) :])


def _join(data: bytes, pieces: _Pieces) -> bytes:
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark + "".join(pieces).encode()


def _newline(pieces: _Pieces) -> str:
    match = _LINE_END.search(pieces.fence)
    return match[0] if match else "\n"


def _has(path: str, head: bytes, key: str) -> bool:
    try:
        remove(path, head, [key], KEYWORDS)
    except BadFile:
        return False
    return True
