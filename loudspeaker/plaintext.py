"""Which characters may not stand in people's words, and how they are shown where they turn up all the same.

Control characters can drive a terminal, forge lines of a log and make a workbook unreadable; characters that turn the
direction of writing make a line look like another; lone surrogates (Python's stand-in for bytes that are not UTF-8)
cannot be written at all. They are refused where words come in (`errors.bad_character`) and escaped where words go out.
Pure: text in, text out. Nothing may come in.
"""

from __future__ import annotations

import re

# C0, DEL and C1; line and paragraph separator; embeddings, overrides and isolates; surrogates; what is no character.
_BAD = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff\\ufffe\\uffff"
# Patterns as text: `re` compiles and keeps one when it is first needed, and most processes need none.
_BAD_IN_LINE = f"[{_BAD}]"
# Running text has lines and tabs, and phones put invisible embeddings around numbers; reading takes those out.
_BAD_IN_TEXT = "(?![\\t\\n\\x0b\\x0c\\r\\x85\\u2028\\u2029\\u202a-\\u202c\\u2066-\\u2069])" + f"[{_BAD}]"
_BAD_IN_JSON = f"(?!\\n)[{_BAD}]"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_IN_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def find_bad_character(text: str, *, lines: bool = False) -> str | None:
    """The first character that may not stand in `text`; where `lines`, line breaks and tabs may."""
    if text.isprintable():
        return None
    match = re.search(_BAD_IN_TEXT if lines else _BAD_IN_LINE, text)
    return match[0] if match else None


def escape(text: str) -> str:
    r"""One line that can be shown anywhere: bad characters as `\n`, `\x1b`, `\u202e`; undecodable bytes as `\xf4`.

    What is escaped once stays as it is when it is escaped again.

    >>> escape("a\x1b[2J\nb")
    'a\\x1b[2J\\nb'
    """
    return text if text.isprintable() else re.sub(_BAD_IN_LINE, _escape, text)


def escape_json(document: str) -> str:
    """A JSON document without raw bad characters in its strings, and with no lone surrogate."""
    return document if document.isprintable() else re.sub(_BAD_IN_JSON, _escape_in_json, document)


def escape_xml(text: str) -> str:
    """Text between two tags of an XML document, such as a picture (SVG)."""
    return escape(text).translate(_IN_XML)


def guard_formula(text: str) -> str:
    """A cell of a CSV file, escaped; what a spreadsheet would take for a formula gets an apostrophe in front of it.

    >>> guard_formula("=1+1"), guard_formula("Thôn 1")
    ("'=1+1", 'Thôn 1')
    """
    return ("'" if looks_like_formula(text) else "") + escape(text)


def looks_like_formula(text: str) -> bool:
    """Would a spreadsheet calculate what a cell with this text holds? Blanks before the sign do not help."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    code = ord(letter)
    if letter in _SHORT:
        return _SHORT[letter]
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _escape_in_json(match: re.Match[str]) -> str:
    if "\ud800" <= match[0] <= "\udfff":  # half of a character: many readers of JSON refuse it
        return "\\" + _escape(match)
    return f"\\u{ord(match[0]):04x}"
