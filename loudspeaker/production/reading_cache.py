"""Readings of texts and hashes of recordings, from the store or made now.

Reading a long text and hashing a recording take seconds, so the daemon only looks up what a child process has stored;
it reads nothing itself but the text of an alarm.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from .. import text as reading_rules
from ..model.spoken_text import ReadingSettings
from ..store.atomic import sha256_of
from ..store.readings import Outline, Passage, ReadingStore, reading_key
from .specification import RecordingSpec, SpeechSpec

MOST_KEYS = 4096  # texts whose keys are remembered


@dataclass(slots=True)
class ReadingCache:
    """Texts and recordings of one commune. `settings` are its own words, `rules_revision` is theirs.

    With `reads`, a text that is not in the store is read in this process; without, it stays unread.
    """

    home: Path
    store: ReadingStore
    settings: ReadingSettings
    rules_revision: str
    reads: bool = True
    _keys: dict[str, str] = field(default_factory=dict)  # of texts
    _outlines: dict[str, Outline] = field(default_factory=dict)
    _passages: dict[str, Passage] = field(default_factory=dict)  # read in this process
    _digests: dict[str, str] = field(default_factory=dict)  # of recordings

    def speech(self, text: str, voices: tuple[str, ...], line: int = 1) -> SpeechSpec:
        """`text`, which begins on `line` of its file, to be spoken by the first of `voices` that can."""
        outline = self.outline(text)
        if outline is None and self.reads:
            outline = Outline.of(self.read_and_keep(text))
        return SpeechSpec(outline, voices, partial(self._passage, text), line)

    def outline(self, text: str) -> Outline | None:
        """The outline of a text; None where it has not been read."""
        key = self.key(text)
        outline = self._outlines.get(key) or self.store.outline(key)
        if outline:
            self._outlines[key] = outline
        return outline

    def read_and_keep(self, text: str) -> Passage:
        """Read `text` in this process and store the result for others, if the disk allows."""
        key, passage = self.key(text), self.read(text)
        self._passages[key], self._outlines[key] = passage, Outline.of(passage)
        with suppress(OSError):  # full, or not our folder: it is read again next time
            self.store.put(key, passage)
        return passage

    def read_now(self, text: str, voices: tuple[str, ...]) -> SpeechSpec:
        """A text of the moment: read in this process, whatever `reads` says, and not stored."""
        passage = self.read(text)
        return SpeechSpec(Outline.of(passage), voices, lambda: passage)

    def recording(self, path: str, state: object) -> RecordingSpec:
        """The sound file at `path` below the station's folder; `state` changes with it, None where it is missing."""
        if state is None:
            return RecordingSpec(path, "")
        key = reading_key("recording", path, repr(state))
        digest = self._digests.get(key) or self.store.recording(key)
        if digest is None and self.reads:
            digest = sha256_of(self.home / path)
            with suppress(OSError):
                self.store.put_recording(key, digest)
        if digest:
            self._digests[key] = digest
        return RecordingSpec(path, digest)

    def known_recording_keys(self) -> frozenset[str]:
        """The keys in the store of the recordings that were looked up."""
        return frozenset(self._digests)

    def key(self, text: str) -> str:
        """The key in the store of the reading of `text` by these words and this version of the rules."""
        if text not in self._keys:
            if len(self._keys) >= MOST_KEYS:
                self._keys.clear()
            self._keys[text] = reading_key("text", self.rules_revision, text)
        return self._keys[text]

    def read(self, text: str) -> Passage:
        from ..text import reading, sentences  # the rules take memory, which the daemon has no use for

        result = reading.read(text, self.settings)
        return Passage(sentences.utterances(result.spoken), result.doubts)

    def _passage(self, text: str) -> Passage:
        key = self.key(text)
        return self._passages.get(key) or self.store.passage(key) or self.read_and_keep(text)


def rules_revision(region: str, *words: Mapping[str, str]) -> str:
    """The hash of all that determines a reading but the text: the commune's words and the program's rules."""
    own = json.dumps([region, [list(mapping.items()) for mapping in words]])
    return reading_key(_program_revision(), own)


@cache
def _program_revision() -> str:
    """The hash of name, size and time of all files of the text rules: a text is read again by changed rules."""
    folder = Path(reading_rules.__file__).parent
    files = [(str(path.relative_to(folder)), path.stat()) for path in sorted(_sources(folder))]
    states = [[name, state.st_size, state.st_mtime_ns] for name, state in files]
    return hashlib.sha256(json.dumps(states).encode()).hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _sources(Path(entry.path)) if entry.name != "__pycache__" else ()
        else:
            yield Path(entry.path)
