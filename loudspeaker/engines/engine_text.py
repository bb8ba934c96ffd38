"""Text as an engine can say it: one line in NFC, and foreign names respelled (YouTube as “iu túp”).

A table of respellings belongs to a voice, not to a text. Its line is `written TAB respelled`; a phrase may have blanks.
Whole words are replaced, whatever their case, the longest phrase first. Whoever needs no table (a neural voice that
knows foreign names) uses none.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from ..errors import BadRequest, Message


def sanitize_text(text: str) -> str:
    """`text` in NFC on one line, without control characters.

    Every engine that was tried misreads Vietnamese in NFD. Raises `BadRequest` where no letter or digit is left.
    """
    line = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", unicodedata.normalize("NFC", text)).strip()
    if not any(character.isalnum() for character in line):
        raise BadRequest(Message("there is nothing to say in “{text}”", text=line))
    return line


class Respellings:
    """One voice's table, read when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def table(self) -> Mapping[str, str]:
        """Written in small letters -> respelled."""
        lines = self._path.read_text(encoding="utf-8").splitlines()
        pairs = (line.split("\t") for line in lines if line and line[0] != "#")
        return {written.lower(): respelled for written, respelled in pairs}

    @cached_property
    def digest(self) -> str:
        """What changes with the table: the same text sounds different then."""
        return hashlib.sha256("\n".join(map("\t".join, sorted(self.table.items()))).encode()).hexdigest()[:12]

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self.table, key=len, reverse=True)
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])", re.I)

    def respell(self, text: str) -> str:
        """`text` with every name of the table as the voice can say it."""
        return self._names.sub(lambda match: self.table[match[0].lower()], text)
