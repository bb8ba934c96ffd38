"""What texts say and what recordings hold, as it was left by whoever read them first, or read now. No samples.

Reading a text takes its time, and so does hashing a recording: whoever must answer at once (the daemon) looks up what
another process has read, and reads nothing but a few words of the moment.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import text as reading_rules
from ..store.atomic import sha256_of
from ..store.readings import Outline, Passage, ReadingStore, reading_key
from .specification import Recording, Speech

if TYPE_CHECKING:
    from ..text.reading import Readings

MOST_KEYS = 4096  # texts whose keys are remembered


@dataclass(slots=True)
class Texts:
    """Texts and recordings of one commune. `readings` gives the commune's own words, `ruled_by` their revision.

    `reads`: is what nobody has read yet read here, in this process?
    """

    home: Path
    store: ReadingStore
    readings: Callable[[], Readings]
    ruled_by: str
    reads: bool = True
    _keys: dict[str, str] = field(default_factory=dict)  # of texts
    _outlines: dict[str, Outline] = field(default_factory=dict)
    _passages: dict[str, Passage] = field(default_factory=dict)  # what could not be kept, and what was just read
    _digests: dict[str, str] = field(default_factory=dict)  # of recordings

    def speech(self, text: str, voices: tuple[str, ...], line: int = 1) -> Speech:
        """`text`, which begins on that line of its file, by the first of `voices` that can."""
        outline = self.outline(text)
        if outline is None and self.reads:
            outline = Outline.of(self.take_in(text))
        return Speech(outline, voices, partial(self._passage, text), line)

    def outline(self, text: str) -> Outline | None:
        """As it was left by whoever read the text; None where nobody has."""
        key = self.key(text)
        outline = self._outlines.get(key) or self.store.outline(key)
        if outline:
            self._outlines[key] = outline
        return outline

    def take_in(self, text: str) -> Passage:
        """Read it here, and leave it for everybody as far as the disk takes it."""
        key, passage = self.key(text), self.read(text)
        self._passages[key], self._outlines[key] = passage, Outline.of(passage)
        with suppress(OSError):  # full, or a folder that is not ours: it is read again next time
            self.store.put(key, passage)
        return passage

    def at_once(self, text: str, voices: tuple[str, ...]) -> Speech:
        """A few words of the moment: read here, whoever asks, and not kept."""
        passage = self.read(text)
        return Speech(Outline.of(passage), voices, lambda: passage)

    def recording(self, path: str, state: object) -> Recording:
        """The sound file at `path` below the station's folder; `state` changes with it, and is None where it is not."""
        if state is None:
            return Recording(path, "")
        key = reading_key("recording", path, repr(state))
        digest = self._digests.get(key) or self.store.recording(key)
        if digest is None and self.reads:
            digest = sha256_of(self.home / path)
            with suppress(OSError):
                self.store.put_recording(key, digest)
        if digest:
            self._digests[key] = digest
        return Recording(path, digest)

    def kept_recordings(self) -> frozenset[str]:
        """The names under which those are kept that were asked for."""
        return frozenset(self._digests)

    def key(self, text: str) -> str:
        """Names a reading of this text by these words and this program."""
        if text not in self._keys:
            if len(self._keys) >= MOST_KEYS:
                self._keys.clear()
            self._keys[text] = reading_key("text", self.ruled_by, text)
        return self._keys[text]

    def read(self, text: str) -> Passage:
        from ..text.reading import read
        from ..text.sentences import utterances

        reading = read(text, self.readings())
        return Passage(utterances(reading.spoken), reading.doubts)

    def _passage(self, text: str) -> Passage:
        key = self.key(text)
        return self._passages.get(key) or self.store.passage(key) or self.take_in(text)


def ruled_by(region: str, *words: Mapping[str, str]) -> str:
    """The revision of all that rules a reading but the text: the commune's words, and this program's own rules."""
    told = json.dumps([region, [list(mapping.items()) for mapping in words]])
    return reading_key(_rules(), told)


@cache
def _rules() -> str:
    """Of the program: its rules of reading as files. What was read by other rules is read again."""
    folder = Path(reading_rules.__file__).parent
    files = [(str(path.relative_to(folder)), path.stat()) for path in sorted(_sources(folder))]
    told = [[name, state.st_size, state.st_mtime_ns] for name, state in files]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            yield from _sources(Path(entry.path)) if entry.name != "__pycache__" else ()
        else:
            yield Path(entry.path)
