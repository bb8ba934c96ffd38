"""What an engine is given to say: one line of NFC text with something in it. Pure text; no engine may come in."""

from __future__ import annotations

import re
import unicodedata

from ..errors import BadRequest, Message


def sayable(text: str) -> str:
    """`text` in NFC on one line, without control characters.

    Vietnamese in NFD is misread by every engine that was tried. Raises `BadRequest` where nothing is left to say.
    """
    line = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", unicodedata.normalize("NFC", text)).strip()
    if not any(character.isalnum() for character in line):
        raise BadRequest(Message("there is nothing to say in “{text}”", text=line))
    return line
