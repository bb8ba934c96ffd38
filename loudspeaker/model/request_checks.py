"""What must hold of the values in a request: instants, the length of a text, hashes that become names of files."""

from __future__ import annotations

import re
from datetime import datetime

from ..errors import BadUsage, Message

MOST_LETTERS = 4_000  # of a text of the moment: it is read at once, while everything else waits
YEARS = 1970, 2200  # beyond them arithmetic with zones may end in an overflow
WRITTEN_YEARS = range(1900, 2200)  # of a day that somebody writes; another year is a slip of the finger
SOFTER = (0, 4, 8)  # dB by which people may make an output softer
SHA256 = re.compile("[0-9a-f]{64}")


def check_instant(text: str) -> datetime:
    """An ISO time; it may name no zone. Raises `BadUsage`."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_time(text) from error
    if not YEARS[0] <= instant.year <= YEARS[1]:
        raise _no_time(text)
    return instant


def _no_time(text: str) -> BadUsage:
    return BadUsage(Message("“{time}” is not a time; write 2026-11-24T18:30:00", time=text))


def check_length(text: str | None) -> None:
    """Raises `BadUsage` where a text of the moment is too long."""
    if len(text or "") > MOST_LETTERS:
        raise BadUsage(
            Message(
                "the text has {letters} letters, more than {most}: make it a bulletin, or cut it",
                letters=len(text or ""),
                most=MOST_LETTERS,
            )
        )


def check_softer(decibels: int) -> None:
    """Raises `BadUsage` for what would make an output louder, or softer than it is still heard."""
    if decibels not in SOFTER:
        raise BadUsage(Message("an output is made softer only, by 4 or 8 dB"))
