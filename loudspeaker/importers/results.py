"""What came of importing a file, as JSON that one process can hand to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..codec import decode, decode_error, encode
from ..errors import LoudspeakerError, Message
from ..yamlfile import Splice
from .draft import BulletinDraft

ENCODING = "utf-8", "surrogateescape"  # of people's files, whatever is in them


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Sentences for whoever sent the file, and the station's files as they are to be, none of them written yet.

    `draft`: what was made of a document.
    """

    messages: Sequence[Message]
    splices: Sequence[Splice] = field(default=())
    draft: BulletinDraft | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """The same as JSON can keep it: path, text before and text after of each splice."""

    messages: tuple[Message, ...]
    splices: tuple[tuple[str, str, str], ...]
    draft: BulletinDraft | None = None


Outcome = ImportResult | LoudspeakerError


def encode_outcome(outcome: Outcome) -> object:
    """A result or an error as JSON values."""
    if isinstance(outcome, LoudspeakerError):
        return {"error": encode(outcome)}
    texts = [
        (splice.path, splice.before.decode(*ENCODING), splice.after.decode(*ENCODING)) for splice in outcome.splices
    ]
    return encode(_Answer(tuple(outcome.messages), tuple(texts), outcome.draft))


def decode_outcome(stored: dict[str, dict[str, object]]) -> Outcome:
    """The result or error that gave this. Raises one of `codec.UNREADABLE` where none did."""
    if "error" in stored:
        return decode_error(stored["error"])
    answer = decode(_Answer, stored)
    splices = [
        Splice(path, before.encode(*ENCODING), after.encode(*ENCODING)) for path, before, after in answer.splices
    ]
    return ImportResult(answer.messages, splices, answer.draft)
