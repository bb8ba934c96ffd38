"""Prepare text for an engine: one line in NFC with at least one letter or digit."""

from __future__ import annotations

import re
import unicodedata

from ..errors import BadRequest, Message


def sanitize_text(text: str) -> str:
    """`text` in NFC on one line, without control characters.

    Every engine that was tried misreads Vietnamese in NFD. Raises `BadRequest` where no letter or digit is left.
    """
    line = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", unicodedata.normalize("NFC", text)).strip()
    if not any(character.isalnum() for character in line):
        raise BadRequest(Message("there is nothing to say in “{text}”", text=line))
    return line
