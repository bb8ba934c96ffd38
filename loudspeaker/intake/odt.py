"""OpenDocument texts (.odt) to paragraphs, with the numbers of their lists. What they mean is not known here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from odf import teletype
from odf.namespaces import OFFICENS, STYLENS, TEXTNS
from odf.opendocument import load

from .labels import Counters, Level

PARAGRAPHS = {(TEXTNS, "p"), (TEXTNS, "h")}
LIST, ITEM, LIST_STYLE = (TEXTNS, "list"), (TEXTNS, "list-item"), (TEXTNS, "list-style")
NUMBERED = (TEXTNS, "list-level-style-number")
UNREAD = {(TEXTNS, "tracked-changes"), (OFFICENS, "annotation"), (TEXTNS, "note"), (OFFICENS, "forms")}
DEEPEST = 10


def paragraphs(data: bytes) -> list[str]:
    """Every paragraph in reading order, those of tables included; a line break inside one is a newline."""
    document = load(io.BytesIO(data))
    return list(_Reader(document).texts(document.text))


class _Reader:
    """The lists of one document while its paragraphs go by."""

    def __init__(self, document: Any) -> None:
        found = [
            style
            for place in (document.automaticstyles, document.styles)
            for style in place.childNodes
            if style.qname == LIST_STYLE
        ]
        self._styles = {style.attributes.get((STYLENS, "name")): _levels(style) for style in found}
        self._counters: dict[str, Counters] = {}

    def texts(self, element: Any) -> Iterator[str]:
        if element.qname in PARAGRAPHS:
            yield _text(element)
        elif element.qname == LIST:
            yield from self._list(element, "", 0)
        elif element.qname not in UNREAD:
            for child in _elements(element):
                yield from self.texts(child)

    def _list(self, element: Any, style: str, depth: int) -> Iterator[str]:
        style = element.attributes.get((TEXTNS, "style-name")) or style
        goes_on = (TEXTNS, "continue-list") in element.attributes or (
            element.attributes.get((TEXTNS, "continue-numbering")) == "true"
        )
        if style not in self._counters or not (depth or goes_on):
            self._counters[style] = Counters(self._styles.get(style, ()))
        for item in _elements(element):
            yield from self._item(item, style, depth)

    def _item(self, item: Any, style: str, depth: int) -> Iterator[str]:
        """The item's first paragraph has the label; further ones and a list header have none."""
        fresh = item.qname == ITEM
        for child in _elements(item):
            if child.qname == LIST:
                yield from self._list(child, style, depth + 1)
                continue
            for text in self.texts(child):
                yield f"{self._counters[style].next(depth)} {text}".lstrip() if fresh else text
                fresh = False


def _levels(style: Any) -> list[Level]:
    found = {int(level.attributes.get((TEXTNS, "level"), 1)) - 1: _level(level) for level in _elements(style)}
    return [found.get(depth, Level()) for depth in range(DEEPEST)]


def _level(level: Any) -> Level:
    if level.qname != NUMBERED:
        return Level()
    told = {name: value for (_, name), value in level.attributes.items()}
    depth, shown = int(told.get("level", 1)), int(told.get("display-levels", 1))
    counters = ".".join(f"%{at}" for at in range(depth - shown + 1, depth + 1))
    pattern = f"{told.get('num-prefix', '')}{counters}{told.get('num-suffix', '')}"
    style = told.get("num-format", "")
    return Level(style, pattern if style else "", int(told.get("start-value", 1)))


def _text(element: Any) -> str:
    for unread in [child for child in _elements(element) if child.qname in UNREAD]:
        element.removeChild(unread)
    return str(teletype.extractText(element))


def _elements(element: Any) -> list[Any]:
    return [child for child in element.childNodes if child.nodeType == child.ELEMENT_NODE]
