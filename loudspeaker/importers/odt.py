"""OpenDocument texts (.odt) to paragraphs and tables, with the numbers of their lists.

Only the text and its styles are unpacked, and read as plain XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from . import package
from .document_blocks import Block, Table, cell_text, clean_table
from .list_numbering import Counters, NumberingLevel

OASIS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, STYLE, TEXT, TABLE = OASIS % "office", OASIS % "style", OASIS % "text", OASIS % "table"
CONTENT, STYLES = "content.xml", "styles.xml"
PARAGRAPHS = {f"{TEXT}p", f"{TEXT}h"}
LIST, ITEM, LIST_STYLE = f"{TEXT}list", f"{TEXT}list-item", f"{TEXT}list-style"
NUMBERED = f"{TEXT}list-level-style-number"
UNREAD = {
    f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{TEXT}note", f"{OFFICE}forms", f"{TEXT}ruby-text",
    f"{OASIS % 'svg-compatible'}title", f"{OASIS % 'svg-compatible'}desc",
}  # fmt: skip
CELLS = {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}
DEEPEST = 10
MOST_BLANKS = 100  # of one <text:s/>: a file may ask for two thousand million
MOST_COLUMNS = 50  # of one repeated cell
BLANKS = re.compile(r"[ \t\r\n]+")


def paragraphs(data: bytes) -> Iterator[Block]:
    """Paragraphs and tables in reading order; a line break inside a paragraph is a newline.

    Raises `ValueError` where there is no text, `TooBig`, and whatever zipfile and ElementTree raise on a damaged file.
    """
    parts = package.read_parts(data, {CONTENT, STYLES}.__contains__)
    content = ElementTree.fromstring(parts[CONTENT])
    text = content.find(f"{OFFICE}body/{OFFICE}text")
    if text is None:
        raise ValueError("no text document")
    places = [content.find(f"{OFFICE}automatic-styles")]
    if STYLES in parts:
        places.append(ElementTree.fromstring(parts[STYLES]).find(f"{OFFICE}styles"))
    return _Reader([place for place in places if place is not None]).blocks(text)


class _Reader:
    """The lists of one document while its paragraphs go by."""

    def __init__(self, places: list[Element]) -> None:
        styles = [style for place in places for style in place if style.tag == LIST_STYLE]
        self._styles = {style.get(f"{STYLE}name"): _levels(style) for style in styles}
        self._counters: dict[str, Counters] = {}

    def blocks(self, element: Element) -> Iterator[Block]:
        """The paragraphs and tables in an element, in reading order."""
        if element.tag in PARAGRAPHS:
            yield "".join(_words(element)).strip(" ")
        elif element.tag == LIST:
            yield from self._list(element, "", 0)
        elif element.tag == f"{TABLE}table":
            yield from clean_table(self._table(element))
        elif element.tag not in UNREAD:
            for child in element:
                yield from self.blocks(child)

    def _table(self, element: Element) -> Table:
        """The rows, those of its head and of its groups too."""
        rows: Table = []
        for child in element:
            rows += [self._row(child)] if child.tag == f"{TABLE}table-row" else self._table(child)
        return rows

    def _row(self, row: Element) -> list[str]:
        cells: list[str] = []
        for child in row:
            if child.tag in CELLS:
                text = cell_text(block for inner in child for block in self.blocks(inner))
                repeated = _number(child, f"{TABLE}number-columns-repeated", 1)
                cells += [text] * max(1, min(repeated, MOST_COLUMNS))
        return cells

    def _list(self, element: Element, style: str, depth: int) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name") or style
        goes_on = f"{TEXT}continue-list" in element.attrib or element.get(f"{TEXT}continue-numbering") == "true"
        if style not in self._counters or not (depth or goes_on):
            self._counters[style] = Counters(self._styles.get(style, ()))
        for item in element:
            yield from self._item(item, style, depth)

    def _item(self, item: Element, style: str, depth: int) -> Iterator[Block]:
        """The item's first paragraph has the label; further ones and a list header have none."""
        fresh = item.tag == ITEM
        for child in item:
            if child.tag == LIST:
                yield from self._list(child, style, depth + 1)
                continue
            for block in self.blocks(child):
                if fresh and isinstance(block, str):
                    block = f"{self._counters[style].next(depth)} {block}".lstrip()
                    fresh = False
                yield block


def _levels(style: Element) -> list[NumberingLevel]:
    levels = {_number(level, f"{TEXT}level", 1) - 1: _level(level) for level in style}
    return [levels.get(depth, NumberingLevel()) for depth in range(DEEPEST)]


def _level(level: Element) -> NumberingLevel:
    if level.tag != NUMBERED:
        return NumberingLevel()
    depth = min(_number(level, f"{TEXT}level", 1), DEEPEST)
    shown = min(_number(level, f"{TEXT}display-levels", 1), depth)
    counters = ".".join(f"%{at}" for at in range(depth - shown + 1, depth + 1))
    pattern = f"{level.get(f'{STYLE}num-prefix', '')}{counters}{level.get(f'{STYLE}num-suffix', '')}"
    style = level.get(f"{STYLE}num-format", "")
    return NumberingLevel(style, pattern if style else "", _number(level, f"{TEXT}start-value", 1))


def _words(element: Element) -> Iterator[str]:
    """The text of one paragraph; that of a frame inside it stands on lines of its own."""
    yield BLANKS.sub(" ", element.text or "")
    for child in element:
        if child.tag == f"{TEXT}s":
            yield " " * max(0, min(_number(child, f"{TEXT}c", 1), MOST_BLANKS))
        elif child.tag == f"{TEXT}tab":
            yield "\t"
        elif child.tag == f"{TEXT}line-break":
            yield "\n"
        elif child.tag in PARAGRAPHS:
            yield "\n"
            yield from _words(child)
        elif child.tag not in UNREAD:
            yield from _words(child)
        yield BLANKS.sub(" ", child.tail or "")


def _number(element: Element, name: str, otherwise: int) -> int:
    return int(element.get(name) or otherwise)
