"""Hash chain of the as-run log: the hash of each entry covers its stored text and the hash before it.

Pure functions on text, so that an exported log is checked by the same code as the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from pathlib import PurePath

from ..errors import LoudspeakerError, Message


class BrokenChain(LoudspeakerError):
    """The log is not as it was written; `number` is the first wrong entry, counted from 1."""

    def __init__(self, number: int, message: Message) -> None:
        super().__init__(message)
        self.number = number


def canonical_json(entry: Mapping[str, object]) -> str:
    """`entry` as the text that is hashed: keys sorted, no blanks, no escapes of letters, times in ISO 8601.

    Raises `TypeError` for a value that JSON cannot hold, `ValueError` for a float that is not finite.
    """
    return json.dumps(
        entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_json_default
    )


def initial_hash(commune: str) -> str:
    """The hash before the first entry. It covers the commune's id, so a log does not verify as another commune's."""
    return _sha256(f"loudspeaker as-run log of {commune}")


def next_hash(before: str, entry: str) -> str:
    """The hash of an entry, given as its stored text, that follows the hash `before`."""
    return _sha256(f"{before}\n{entry}")


def check_entries(commune: str, entries: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    """The entries (number, stored text, hash) from number 1 on, each after it was checked.

    Raises `BrokenChain` at the first that is missing or has another hash.
    """
    current = initial_hash(commune)
    for expected, (number, entry, stored) in enumerate(entries, 1):
        if number != expected:
            raise BrokenChain(expected, Message("the log is broken: entry {number} is missing", number=expected))
        current = next_hash(current, entry)
        if stored != current:
            raise BrokenChain(
                number, Message("the log is broken: entry {number} is not what was written", number=number)
            )
        yield number, entry, stored


def head_hash(commune: str, entries: Iterable[tuple[int, str, str]]) -> str:
    """The hash of the last entry of a log that is whole. Raises as `check_entries` does."""
    last = initial_hash(commune)
    for _, _, stored in check_entries(commune, entries):
        last = stored
    return last


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _json_default(value: object) -> object:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Message | PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"the log cannot keep {value!r}")
