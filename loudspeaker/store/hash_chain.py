"""The hash chain of the log: every entry's hash covers its stored text and the hash before it.

Pure: text in, text out. No storage may come in, so that an exported log is checked by the same lines as a living one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import PurePath

from ..errors import LoudspeakerError, Message


class Broken(LoudspeakerError):
    """The log is not what was written; `number` is the first entry that is wrong, counted from 1."""

    def __init__(self, number: int, message: Message) -> None:
        super().__init__(message)
        self.number = number


def canonical(entry: Mapping[str, object]) -> str:
    """The one way to write an entry down: keys in order, no blanks, letters as they are, times as ISO.

    Raises `TypeError` for what JSON cannot hold, `ValueError` for a number that is not one.
    """
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def beginning(commune: str) -> str:
    """What stands before the first entry: a log cannot be passed off as another commune's."""
    return _digest(f"loudspeaker as-run log of {commune}")


def following(before: str, entry: str) -> str:
    """The hash of an entry, given as its stored text, after the hash `before`."""
    return _digest(f"{before}\n{entry}")


def checked(commune: str, entries: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    """The same entries (number, stored text, hash), from number 1 on, each once it is known to be right.

    Raises `Broken` at the first that is missing or is not what was written.
    """
    at = beginning(commune)
    for expected, (number, entry, told) in enumerate(entries, 1):
        if number != expected:
            raise Broken(expected, Message("the log is broken: entry {number} is missing", number=expected))
        at = following(at, entry)
        if told != at:
            raise Broken(number, Message("the log is broken: entry {number} is not what was written", number=number))
        yield number, entry, told


def head(commune: str, entries: Iterable[tuple[int, str, str]]) -> str:
    """The hash of the last entry, all being right. Raises as `checked` does."""
    at = beginning(commune)
    for _, _, told in checked(commune, entries):
        at = told
    return at


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Message | PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"the log cannot keep {value!r}")
