"""Plain text, and text of any origin in the encodings of the last century: TCVN3 (ABC) and VNI, made Unicode."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import viparse

from .document_blocks import BREAKS, Block, clean, map_texts, texts

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LEGACY = {"tcvn3": "TCVN3", "vni": "VNI"}  # viparse would guess others too, of which no office here writes any


def paragraphs(data: bytes) -> Iterator[Block]:
    """The lines of a text file; those between blank lines belong together and are one, with its newlines."""
    for block in re.split(r"\n[ \t]*\n", BREAKS.sub("\n", _decode(data))):
        if block.strip():
            yield block.strip("\n")


def to_unicode(blocks: Sequence[Block]) -> tuple[list[Block], str]:
    """Blocks as Unicode in NFC, and the name of the old encoding in which they were, if they were.

    It is guessed from all of them together, because short ones tell nothing.
    """
    encoding = viparse.detect_text_encoding("\n".join(text for block in blocks for text in texts(block)))
    legacy = encoding if encoding in LEGACY else None

    def unicode(text: str) -> str:
        return "\n".join(viparse.fix(line, encoding=legacy) for line in text.split("\n")) if legacy else text

    return [map_texts(block, lambda text: clean(unicode(text))) for block in blocks], LEGACY.get(legacy or "", "")


def _decode(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # each byte a letter: what `to_unicode` makes Unicode of
