"""What comes of a file that is imported, draft or not: values, which need nothing of what reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from ..errors import Message
from ..yamlfile import Splice, quote


class LeftOut(StrEnum):
    """Parts of a letter that are not to be heard."""

    LETTERHEAD = "letterhead"
    ADDRESSEES = "addressees"
    DISTRIBUTION = "distribution"
    SIGNATURE = "signature"


class LeftPart(NamedTuple):
    """A part of a letter that is not to be heard, with its lines."""

    what: LeftOut
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulletinDraft:
    """A bulletin to be looked through by an officer before anybody hears it."""

    title: str
    source: str
    text: str
    notes: tuple[Message, ...]  # what was left out, and what was guessed or is missing
    left: tuple[LeftPart, ...] = ()
    valid_from: date | None = None  # proposed by the days that stand in it, for an officer to confirm
    valid_until: date | None = None

    def markdown(self) -> str:
        """The bulletin as a file: its head, then its text."""
        head = {"title": self.title, "source": self.source}
        lines = [f"{key}: {quote(value)}" for key, value in head.items() if value]
        return "\n".join(["---", *lines, "---", self.text, ""])


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Sentences for whoever sent a file, and the station's files as they are to be, none of them written yet.

    `draft`: what was made of a document.
    """

    messages: Sequence[Message]
    splices: Sequence[Splice] = field(default=())
    draft: BulletinDraft | None = None
