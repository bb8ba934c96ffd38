"""Word documents (.docx) to paragraphs and tables, with the numbers that Word only shows and does not store.

The numbers are written into the text first; then mammoth reads it, which knows the odd corners of the format (text
boxes, deleted and moved text, fields).
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from mammoth import documents, docx

from . import package
from .document_blocks import Block, Table, cell_text, clean_table
from .list_numbering import DASH, Counters, NumberingLevel

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
TYPES, RELATIONS = "[Content_Types].xml", "_rels/.rels"
BODY, NUMBERING, STYLES = "word/document.xml", "word/numbering.xml", "word/styles.xml"
DEEPEST = 9
STYLE_OF = {
    "bullet": DASH, "none": "", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I",
}  # fmt: skip


def paragraphs(data: bytes) -> Iterator[Block]:
    """Paragraphs and tables in reading order; a line break inside a paragraph is a newline.

    Raises `TooBig`, and whatever zipfile, ElementTree and mammoth raise on a damaged file.
    """
    return _blocks(docx.read(io.BytesIO(_add_numbers(data))).value)


def _blocks(element: documents.Element) -> Iterator[Block]:
    if isinstance(element, documents.Paragraph):
        yield "".join(_words(element))
    elif isinstance(element, documents.Table):
        yield from clean_table(_table(element))
    else:
        for child in getattr(element, "children", ()):
            yield from _blocks(child)


def _table(table: documents.Table) -> Table:
    """mammoth leaves out the lower cells of those that were merged downwards."""
    return [[cell_text(_blocks(cell)) for cell in row.children] for row in table.children]


def _words(element: documents.Element) -> Iterator[str]:
    if isinstance(element, documents.Text):
        yield element.value
    elif isinstance(element, documents.Tab):
        yield "\t"
    elif isinstance(element, documents.Break):
        yield "\n"
    else:
        for child in getattr(element, "children", ()):
            yield from _words(child)


def _add_numbers(data: bytes) -> bytes:
    """The text and its styles, packed again, with automatic numbers written as text at the head of their paragraphs."""
    parts = package.read_parts(data, _is_needed)
    body = _body(parts)
    if NUMBERING in parts:
        root = ElementTree.fromstring(parts[body])
        _write_numbers(root, _Numbering(ElementTree.fromstring(parts[NUMBERING]), _root(parts, STYLES)))
        parts[body] = ElementTree.tostring(root)
    return package.pack(parts.items())


def _is_needed(name: str) -> bool:
    """The text (`word/document.xml`, or `document2.xml`), its styles, and what says where they are; no pictures."""
    folder, file = posixpath.split(name)
    if file.endswith(".rels"):
        return file == ".rels" or file.startswith("document")
    return name in (TYPES, NUMBERING, STYLES) or (folder == "word" and file.startswith("document"))


def _body(parts: dict[str, bytes]) -> str:
    """The name of the part with the text."""
    for relation in _root(parts, RELATIONS):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    return BODY


def _root(parts: dict[str, bytes], name: str) -> Element:
    return ElementTree.fromstring(parts[name]) if name in parts else Element("none")


def _write_numbers(body: Element, numbering: _Numbering) -> None:
    for paragraph in body.iter(f"{W}p"):
        properties = paragraph.find(f"{W}pPr")
        label = numbering.label(properties) if properties is not None else ""
        if label:
            run = Element(f"{W}r")
            SubElement(run, f"{W}t").text = f"{label} "
            paragraph.insert(1, run)  # the properties come first


class _Numbering:
    """The lists of one document while its paragraphs go by."""

    def __init__(self, numbering: Element, styles: Element) -> None:
        self._styles = {_attribute(style, "styleId"): style for style in styles.iter(f"{W}style")}
        levels = {_attribute(kind, "abstractNumId"): _levels(kind) for kind in numbering.iter(f"{W}abstractNum")}
        counters = {number: Counters(formats) for number, formats in levels.items()}
        self._counters: dict[str, Counters] = {}
        for num in numbering.iter(f"{W}num"):
            kind = _value(num.find(f"{W}abstractNumId"))
            # Lists made from one definition go on counting together, unless a list says that it starts anew.
            again = num.find(f"{W}lvlOverride/{W}startOverride") is not None
            shared = Counters(levels.get(kind, ())) if again else counters.get(kind, Counters(()))
            self._counters[_attribute(num, "numId")] = shared

    def label(self, properties: Element) -> str:
        """What stands before a paragraph with these properties."""
        number, depth = self._place(properties)
        return self._counters[number].next(depth) if number in self._counters else ""

    def _place(self, properties: Element) -> tuple[str, int]:
        """List and level of the paragraph itself, else of its style or one of those it is based on."""
        own = properties.find(f"{W}numPr")
        style = _value(properties.find(f"{W}pStyle"))
        for _ in range(DEEPEST):
            if own is not None or style not in self._styles:
                break
            own = self._styles[style].find(f"{W}pPr/{W}numPr")
            style = _value(self._styles[style].find(f"{W}basedOn"))
        if own is None:
            return "", 0
        depth = _value(own.find(f"{W}ilvl"))
        return _value(own.find(f"{W}numId")), min(int(depth or 0), DEEPEST - 1)


def _levels(definition: Element) -> list[NumberingLevel]:
    levels = {int(_attribute(level, "ilvl") or 0): _level(level) for level in definition.iter(f"{W}lvl")}
    return [levels.get(depth, NumberingLevel()) for depth in range(DEEPEST)]


def _level(level: Element) -> NumberingLevel:
    style = _value(level.find(f"{W}numFmt"))
    pattern, start = _value(level.find(f"{W}lvlText")), _value(level.find(f"{W}start"))
    return NumberingLevel(STYLE_OF.get(style, "1"), pattern, int(start or 1))


def _value(element: Element | None) -> str:
    return "" if element is None else element.get(VAL, "")


def _attribute(element: Element, name: str) -> str:
    return element.get(f"{W}{name}", "")
