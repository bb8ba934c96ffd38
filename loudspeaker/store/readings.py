"""Store of readings: what was read of texts and recordings, so that no other process has to read them again.

One file each, named by its key: the hash of the text and of everything that determines its reading, or of the path and
the file state of a recording. The file of a text has two lines: its outline, which is all that planning needs, and its
passage. A file that is damaged or of another format counts as absent: the text is read again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from ..codec import UNREADABLE, decode, encode
from ..model.spoken_text import Doubt, Utterance
from .atomic import FileSystem, read_regular_file, remove, stale_drafts, write_atomic

FORMAT = 3  # of these files
HEADER_BYTES = 1024  # an outline is shorter
MOST_BYTES = 16_000_000  # of a file; that of the longest text that a bulletin may have takes a tenth
RETENTION = 86_400.0  # seconds that a file which is not wanted is kept: an edit may be undone


class Passage(NamedTuple):
    """A text as it will be spoken, and every doubt in it; lines count from the beginning of the text."""

    utterances: tuple[Utterance, ...]
    doubts: tuple[Doubt, ...] = ()


class Outline(NamedTuple):
    """What must be known of a passage to plan it and to find its programme, without its words."""

    digest: str  # SHA-256 of its utterances
    words: str  # the same without pauses: what an approval binds
    letters: int
    pauses: float  # seconds
    sentences: int
    doubts: int

    @classmethod
    def of(cls, passage: Passage) -> Self:
        return cls(
            _hash(passage.utterances),
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
        """The outline of a text; reads one short line, however long the text is."""
        if facts := self._read_facts(key):
            with suppress(*UNREADABLE):
                return decode(Outline, facts)
        return None

    def passage(self, key: str) -> Passage | None:
        """The passage of a text, if it matches its outline."""
        data = read_regular_file(self._path(key), MOST_BYTES) or b""
        with suppress(*UNREADABLE):
            stored = json.loads(data.partition(b"\n")[2])
            utterances = decode(tuple[Utterance, ...], stored["said"])
            passage = Passage(utterances, decode(tuple[Doubt, ...], stored["doubts"]))
            return passage if Outline.of(passage) == self.outline(key) else None
        return None

    def put(self, key: str, passage: Passage) -> Outline:
        """Keep a passage; its outline. Raises `WriteError`."""
        outline = Outline.of(passage)
        stored = {"said": encode(passage.utterances), "doubts": encode(passage.doubts)}
        line = json.dumps(stored, ensure_ascii=False).encode("utf-8", "surrogatepass")
        write_atomic(self._path(key), _fact_line(key, outline) + line, self.system)
        return outline

    def recording(self, key: str) -> str | None:
        """The SHA-256 of a recording."""
        if facts := self._read_facts(key):
            with suppress(*UNREADABLE):
                (digest,) = decode(tuple[str, ...], facts)
                return digest
        return None

    def put_recording(self, key: str, digest: str) -> None:
        """Keep the SHA-256 of a recording. Raises `WriteError`."""
        write_atomic(self._path(key), _fact_line(key, [digest]), self.system)

    def sweep(self, wanted: Collection[str], now: float) -> None:
        """Delete the files that are not `wanted` and older than a day; `now` is in seconds since 1970."""
        for path in [*self.folder.glob("*.json"), *stale_drafts(self.folder, now)]:
            with suppress(OSError):  # another process deleted it, or we may not
                if path.stem not in wanted and abs(now - path.lstat().st_mtime) > RETENTION:
                    remove(path, self.system)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _read_facts(self, key: str) -> list[object]:
        """The facts of the first line; none where it is missing, not whole or not of this key."""
        if data := read_regular_file(self._path(key), HEADER_BYTES):
            with suppress(*UNREADABLE):
                version, facts, check = json.loads(data.partition(b"\n")[0])
                if version == FORMAT and check == _hash([FORMAT, key, facts]):
                    return list(facts)
        return []


def reading_key(*parts: str) -> str:
    """The key of what is kept: the hash of everything that it depends on."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _fact_line(key: str, facts: Sequence[object]) -> bytes:
    return json.dumps([FORMAT, facts, _hash([FORMAT, key, facts])]).encode() + b"\n"


def _hash(value: object) -> str:
    data = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()
