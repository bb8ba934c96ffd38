"""What a wrong value was probably meant to be. Each proposal is tried: only what can be read is ever told to people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ..errors import Message

T = TypeVar("T")


class Mistake(Exception):
    """A value that cannot be used; the caller, which reads the section, adds its line.

    `instead` are the values that were probably meant, where it stands for more than one (“2-6”).
    """

    def __init__(self, message: Message, instead: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.instead = instead


WORD_QUOTES = "“”„‟‘’‚«»"
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BEFORE = r"(?:ngày|ngay|số|chân|kênh|gpio|pin)"
_UNITS = r"(?:lần|lượt|buổi|phút|tuần|ngày|lan|luot|buoi|phut|tuan|ngay|x|times|minutes|weeks)"


def first_readable(proposals: Iterable[str], read: Callable[[str], object]) -> str | None:
    """The first of `proposals` that `read` takes."""
    return next((text for text in proposals if text and _is_readable(text, read)), None)


def plain_forms(text: str) -> Iterator[str]:
    """The same value in plain signs: no quotation marks of Word, no full-width digits, nothing trailing."""
    stripped = unicodedata.normalize("NFC", text).strip()
    bare = stripped.strip(WORD_QUOTES + "\"'`´ ")
    plain = unicodedata.normalize("NFKC", bare.translate(_UNSEEN)).strip(" .,;")
    number = re.sub(rf"^{_BEFORE}\s*|\s*{_UNITS}$", "", plain, flags=re.IGNORECASE)
    for proposal in (bare, plain, plain.replace(" ", ""), number):
        if proposal != stripped:
            yield proposal


def range_forms(values: Sequence[str]) -> Iterator[str]:
    """Two ends of a range that were written as a list."""
    if len(values) in (1, 2):
        yield "-".join(values)
        yield "..".join(values)


def split_values(text: str, mistake: Mistake, read: Callable[[str], object]) -> Sequence[str]:
    """The values that one text holds: “2, 4 và 6”, “6h05 17h30”. None where not all of them can be read."""
    if mistake.instead:
        return mistake.instead
    for sign in (r"\s*[,;]\s*|\s+và\s+|\s+va\s+", r"\s*/\s*", r"\s+"):
        parts = [part for part in re.split(sign, text.strip("[](){} ")) if part]
        if len(parts) > 1 and (values := _split_readable(parts, read)):
            return values
    return ()


def _split_readable(parts: Sequence[str], read: Callable[[str], object]) -> list[str]:
    values: list[str] = []
    for part in parts:
        try:
            read(part)
            values.append(part)
        except Mistake as mistake:
            if not mistake.instead:
                return []
            values += mistake.instead
    return values


def _is_readable(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except Mistake:
        return False
    return True
