"""What was read of texts and recordings, kept so that no other process has to read them again.

One file each, named by its key: the hash of the text and of all the words that rule its reading, or of a recording's
path and file state. A text's file has two lines: its outline, which is all that planning needs, and what is said.
What is damaged, foreign or of another format is the same as absent: it is read again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from ..errors import Message
from ..model.spoken_text import Doubt, Utterance
from .atomic import FileSystem, read_regular_file, remove, stale_drafts, write_atomic

FORMAT = 2  # of these files
HEADER_BYTES = 1024  # bytes; an outline is shorter
MOST_BYTES = 16_000_000  # bytes of a file; the longest text that a bulletin may have gives a tenth
RETENTION = 86_400.0  # seconds that a file which nobody wants is kept: an edit may be taken back


class Passage(NamedTuple):
    """A text as it will be said, and every guess in it; lines count from the beginning of the text."""

    utterances: tuple[Utterance, ...]
    doubts: tuple[Doubt, ...] = ()


class Outline(NamedTuple):
    """What must be known of a passage to plan it and to find its sound: no words."""

    digest: str  # SHA-256 of its utterances
    words: str  # the same without pauses: what is approved
    letters: int
    pauses: float  # seconds
    sentences: int
    doubts: int

    @classmethod
    def of(cls, passage: Passage) -> Self:
        said = [[text, pause] for text, pause in passage.utterances]
        return cls(
            _hash(said),
            _hash([[text for text, _ in passage.utterances]]),
            sum(len(text) for text, _ in passage.utterances),
            round(sum(pause for _, pause in passage.utterances), 6),
            len(passage.utterances),
            len(passage.doubts),
        )


@dataclass(frozen=True, slots=True)
class ReadingStore:
    """The readings under `folder`, which may be deleted at any moment."""

    folder: Path
    system: FileSystem = os

    def outline(self, key: str) -> Outline | None:
        """Reads one short line, however long the text is."""
        facts = self._head(key, read_regular_file(self._path(key), HEADER_BYTES) or b"")
        try:
            digest, words, letters, pauses, sentences, doubts = facts
            return Outline(str(digest), str(words), int(letters), float(pauses), int(sentences), int(doubts))
        except (TypeError, ValueError):
            return None

    def passage(self, key: str) -> Passage | None:
        """The whole text, if it is the one that its outline tells of."""
        data = read_regular_file(self._path(key), MOST_BYTES) or b""
        outline = self.outline(key)
        try:
            passage = _restored(json.loads(data.split(b"\n", 1)[1]))
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            return None
        return passage if Outline.of(passage) == outline else None

    def put(self, key: str, passage: Passage) -> Outline:
        """Keep a passage; its outline. Raises `WriteError`."""
        outline = Outline.of(passage)
        told = json.dumps(_told(passage), ensure_ascii=False)
        write_atomic(
            self._path(key), self._line(key, list(outline)) + told.encode("utf-8", "surrogatepass"), self.system
        )
        return outline

    def recording(self, key: str) -> str | None:
        """The SHA-256 that was kept of a recording."""
        facts = self._head(key, read_regular_file(self._path(key), HEADER_BYTES) or b"")
        return facts[0] if len(facts) == 1 and isinstance(facts[0], str) else None

    def put_recording(self, key: str, digest: str) -> None:
        """Raises `WriteError`."""
        write_atomic(self._path(key), self._line(key, [digest]), self.system)

    def sweep(self, wanted: Collection[str], now: float) -> None:
        """Take away what is not `wanted` and older than a day; `now` is in seconds since 1970."""
        for path in [*self.folder.glob("*.json"), *stale_drafts(self.folder, now)]:
            with suppress(OSError):  # somebody else took it away, or it is not ours to take
                if path.stem not in wanted and abs(now - path.lstat().st_mtime) > RETENTION:
                    remove(path, self.system)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    @staticmethod
    def _line(key: str, facts: Sequence[object]) -> bytes:
        return json.dumps([FORMAT, facts, _hash([FORMAT, key, facts])]).encode() + b"\n"

    @staticmethod
    def _head(key: str, data: bytes) -> list[Any]:
        """The facts of the first line; none where it is not one of ours, whole and for this key."""
        try:
            version, facts, check = json.loads(data.partition(b"\n")[0])
            sound = version == FORMAT and check == _hash([FORMAT, key, facts])
        except (ValueError, TypeError, RecursionError):
            return []
        return facts if sound and isinstance(facts, list) else []


def reading_key(*parts: str) -> str:
    """The name under which something is kept."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _hash(value: object) -> str:
    told = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()


def _told(passage: Passage) -> dict[str, Any]:
    return {
        "said": passage.utterances,
        "doubts": [[written, spoken, _plain(why), *place] for written, spoken, why, *place in passage.doubts],
    }


def _plain(value: object) -> Any:
    """A message, and those among its facts, as JSON can keep it."""
    if isinstance(value, Message):
        return {"template": value.template, "facts": {name: _plain(fact) for name, fact in value.facts.items()}}
    return value if isinstance(value, int | float) else str(value)


def _restored(told: Any) -> Passage:
    said = tuple(Utterance(str(text), float(pause)) for text, pause in told["said"])
    doubts = (Doubt(written, spoken, _message(why), *place) for written, spoken, why, *place in told["doubts"])
    return Passage(said, tuple(doubts))


def _message(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    return Message(told["template"], **{name: _message(fact) for name, fact in told["facts"].items()})
