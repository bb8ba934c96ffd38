"""Plain text, and text of any origin in the encodings of the last century: TCVN3 (ABC) and VNI, made Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import viparse

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LEGACY = ("tcvn3", "vni")  # viparse would guess others too, of which no office here writes any


def paragraphs(data: bytes) -> list[str]:
    """The lines of a text file; those between blank lines belong together and are one, with its newlines."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    return [block.strip("\n") for block in text.split("\n\n") if block.strip()]


def readable(texts: Sequence[str]) -> list[str]:
    """Texts as Unicode in NFC. The encoding is guessed from all of them together, because short ones tell nothing."""
    encoding = viparse.detect_text_encoding("\n".join(texts))
    if encoding not in LEGACY:
        return [unicodedata.normalize("NFC", text) for text in texts]
    return ["\n".join(viparse.fix(line, encoding=encoding) for line in text.split("\n")) for text in texts]


def _decoded(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # each byte a letter: what `readable` makes Unicode of
