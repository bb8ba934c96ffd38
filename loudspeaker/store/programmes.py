"""Store of finished programmes: a WAV named by the hash of its bytes, and a manifest (JSON) for each recipe.

The recipe is the hash of what should go into a programme, so that it is found without rendering it; its manifest tells
what did go in and which WAV that is. WAVs are never changed; a manifest is replaced when a better voice has spoken.
The folder may be deleted at any moment. The daemon imports this, so samples are not read and numpy is not imported.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..codec import UNREADABLE, decode, encode
from ..model.programme import Programme, SentenceMark
from .atomic import (
    Content,
    FileSystem,
    commit_draft,
    mark_used,
    read_regular_file,
    remove,
    sha256_of,
    stale_drafts,
    write_atomic,
    write_draft,
)
from .disk_space import select_evictions

MOST_BYTES = 1 << 16  # of a manifest
MOST_MARKS = 2000  # of a programme, so that its manifest stays below that
MOST_KNOWN = 4096  # manifests whose content is remembered
DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What is known of a rendered programme; the fields mean the same as those of `Programme`.

    `marks` are empty in manifests of earlier versions, and where there are more than `MOST_MARKS`.
    """

    key: str
    rate: int
    frames: int
    voice: str = ""
    doubts: int = 0
    loudness: float = -16.0
    marks: tuple[SentenceMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(ProgrammeFacts):
    """What the file of a manifest holds: which WAV it is, and how large."""

    sha256: str
    bytes: int

    def is_valid(self) -> bool:
        """Is the hash one, which becomes the name of a file, and are rate and frames positive?"""
        return bool(DIGEST.fullmatch(self.sha256)) and self.rate > 0 and self.frames > 0


class ReadManifest(NamedTuple):
    """A programme by its manifest, as that was when it was read; `bytes` of its WAV."""

    stamp: tuple[int, int, int]  # of the manifest's file
    programme: Programme
    bytes: int


@dataclass(frozen=True, slots=True)
class ProgrammeStore:
    """The programmes under `folder`."""

    folder: Path
    system: FileSystem = os
    _read_before: dict[Path, ReadManifest] = field(default_factory=dict, repr=False, compare=False)

    def find(self, recipe: str) -> Programme | None:
        """The programme of this recipe, if its WAV is there and has the right size."""
        manifest = self._manifest(recipe)
        programme = self._read(manifest)
        if programme:
            mark_used(manifest)
        return programme

    def put(self, recipe: str, wav: Content, facts: ProgrammeFacts) -> Programme:
        """Keep a mono 16-bit WAV, given as bytes or as a writer into an open file. Raises `WriteError`."""
        part = write_draft(self._wav(recipe), wav, self.system)
        sha256, size = sha256_of(part), part.stat().st_size
        commit_draft(part, self._wav(sha256), self.system)
        marks = facts.marks if len(facts.marks) <= MOST_MARKS else ()
        stored = Manifest(**{**asdict(facts), "marks": marks}, sha256=sha256, bytes=size)
        manifest = json.dumps(encode(stored), ensure_ascii=False)
        # The manifest comes last: what it points to is on the disk.
        write_atomic(self._manifest(recipe), manifest.encode(), self.system)
        return self._programme(facts, sha256)

    def marks(self, recipe: str) -> tuple[SentenceMark, ...]:
        """When each sentence of a programme is heard; none where its manifest does not tell."""
        stored = self._read_manifest(self._manifest(recipe))
        return stored.marks if stored else ()

    def is_intact(self, programme: Programme) -> bool:
        """Does the WAV still have its hash?"""
        try:
            return sha256_of(programme.path) == programme.sha256
        except OSError:
            return False

    def discard(self, recipe: str) -> None:
        """Delete the manifest of a programme that is damaged, and its WAV, so that it is rendered again."""
        programme = self._read(self._manifest(recipe))
        remove(self._manifest(recipe), self.system)
        if programme and not self.is_intact(programme):
            remove(programme.path, self.system)

    def sweep(self, budget: int, protected: Collection[str], now: float) -> int:
        """Delete the least recently used programmes until `budget` bytes are left; never those of recipes `protected`.

        `now` is in seconds since 1970. Returns the bytes freed.
        """
        manifests = {path: self._read(path) for path in self.folder.glob("*.json")}
        keep = {programme.path for path, programme in manifests.items() if programme and path.stem in protected}
        uses = {programme.path: path.stat().st_mtime for path, programme in manifests.items() if programme}
        gone = [*select_evictions(self.folder.glob("*.wav"), budget, keep, uses), *stale_drafts(self.folder, now)]
        freed = sum(path.stat().st_size for path in gone)
        orphans = (path for path, programme in manifests.items() if not programme or programme.path in gone)
        for path in [*orphans, *gone]:
            remove(path, self.system)
        return freed

    def all(self) -> Iterator[tuple[str, Programme]]:
        """Every recipe with its programme."""
        for path in sorted(self.folder.glob("*.json")):
            if programme := self._read(path):
                yield path.stem, programme

    def _read(self, manifest: Path) -> Programme | None:
        """The programme of a manifest; None where one of the two is absent or damaged: it is rendered again."""
        with suppress(OSError):
            known = self._cached_manifest(manifest)
            if known and known.programme.path.stat().st_size == known.bytes:
                return known.programme
        return None

    def _cached_manifest(self, manifest: Path) -> ReadManifest | None:
        """What a manifest holds, read where its file is another than before. Raises `OSError`."""
        state = manifest.stat()
        known, stamp = self._read_before.get(manifest), (state.st_ino, state.st_size, state.st_mtime_ns)
        if known is None or known.stamp != stamp:
            stored = self._read_manifest(manifest)
            if stored is None:
                return None
            if len(self._read_before) >= MOST_KNOWN:
                self._read_before.clear()
            known = ReadManifest(stamp, self._programme(stored, stored.sha256), stored.bytes)
            self._read_before[manifest] = known
        return known

    def _read_manifest(self, manifest: Path) -> Manifest | None:
        """What a manifest holds; None where it is absent or damaged."""
        with suppress(OSError, *UNREADABLE):
            stored = decode(Manifest, json.loads(read_regular_file(manifest, MOST_BYTES) or b""))
            return stored if stored.is_valid() else None
        return None

    def _programme(self, facts: ProgrammeFacts, sha256: str) -> Programme:
        path = self._wav(sha256)
        return Programme(facts.key, path, facts.rate, facts.frames, sha256, facts.voice, facts.doubts, facts.loudness)

    def _wav(self, name: str) -> Path:
        return self.folder / f"{name}.wav"

    def _manifest(self, recipe: str) -> Path:
        return self.folder / f"{recipe}.json"
