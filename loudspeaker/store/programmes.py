"""Finished programmes on the disk: a WAV named by the hash of its bytes, and a small manifest for each recipe.

A recipe says what *should* go in, so that a programme is found without making it; its manifest says what *did* go in
and which WAV that is. WAVs are never changed, manifests point to another when a better voice has spoken. The folder may
be deleted at any moment. No samples are looked at, and no numpy may come in: the daemon reads this.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ..sound.programme import Programme
from .atomic import Content, System, draft, publish, read_plain, remove, sha256_of, stale_drafts, touch, write_whole
from .eviction import over_budget

LONGEST = 1 << 16  # bytes of a manifest
DIGEST = re.compile("[0-9a-f]{64}")  # it becomes the name of a file


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a programme once it is made; the meanings are those of `Programme`."""

    key: str
    rate: int
    frames: int
    voice: str = ""
    doubts: int = 0
    loudness: float = -16.0


@dataclass(frozen=True, slots=True)
class ProgrammeStore:
    """The programmes under `folder`."""

    folder: Path
    system: System = os

    def find(self, recipe: str) -> Programme | None:
        """The programme made by this recipe, if it is whole as far as a look at its size can tell."""
        manifest = self._manifest(recipe)
        found = self._read(manifest)
        if found:
            touch(manifest)
        return found

    def put(self, recipe: str, wav: Content, facts: Facts) -> Programme:
        """Keep a mono 16-bit WAV, given as bytes or as a writer into an open file. Raises `NotWritten`."""
        part = draft(self._wav(recipe), wav, self.system)
        sha256, size = sha256_of(part), part.stat().st_size
        publish(part, self._wav(sha256), self.system)
        manifest = json.dumps({**asdict(facts), "sha256": sha256, "bytes": size}, ensure_ascii=False)
        # The manifest comes last: what it points to is on the disk.
        write_whole(self._manifest(recipe), manifest.encode(), self.system)
        return self._programme(facts, sha256)

    def check(self, programme: Programme) -> bool:
        """Whether every byte is still what was made."""
        try:
            return sha256_of(programme.path) == programme.sha256
        except OSError:
            return False

    def discard(self, recipe: str) -> None:
        """Forget a programme that turned out damaged, so that it is made again."""
        found = self._read(self._manifest(recipe))
        remove(self._manifest(recipe), self.system)
        if found and not self.check(found):
            remove(found.path, self.system)

    def sweep(self, budget: int, protected: Collection[str], now: float) -> int:
        """Take away the least recently used until `budget` bytes are left; never what the recipes `protected` need.

        `now` is in seconds since 1970. Returns how many bytes were freed.
        """
        pointed = {path: self._read(path) for path in self.folder.glob("*.json")}
        keep = {found.path for path, found in pointed.items() if found and path.stem in protected}
        uses = {found.path: path.stat().st_mtime for path, found in pointed.items() if found}
        gone = [*over_budget(self.folder.glob("*.wav"), budget, keep, uses), *stale_drafts(self.folder, now)]
        freed = sum(path.stat().st_size for path in gone)
        for path in [*(manifest for manifest, found in pointed.items() if not found or found.path in gone), *gone]:
            remove(path, self.system)
        return freed

    def all(self) -> Iterator[tuple[str, Programme]]:
        """Every recipe with its programme."""
        for path in sorted(self.folder.glob("*.json")):
            if found := self._read(path):
                yield path.stem, found

    def _read(self, manifest: Path) -> Programme | None:
        try:
            told = json.loads(read_plain(manifest, LONGEST) or b"")
            size, sha256 = told.pop("bytes"), told.pop("sha256")
            facts = Facts(**told)
            sound = _is_sound(facts) and DIGEST.fullmatch(sha256)
            found = self._programme(facts, sha256) if sound else None
            return found if found and found.path.stat().st_size == size else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None  # damaged is the same as absent: it is made again

    def _programme(self, facts: Facts, sha256: str) -> Programme:
        return Programme(path=self._wav(sha256), sha256=sha256, **asdict(facts))

    def _wav(self, name: str) -> Path:
        return self.folder / f"{name}.wav"

    def _manifest(self, recipe: str) -> Path:
        return self.folder / f"{recipe}.json"


def _is_sound(facts: Facts) -> bool:
    """Of the kinds that whoever plans and plays counts with."""
    texts, whole = (facts.key, facts.voice), (facts.rate, facts.frames, facts.doubts)
    counts = all(type(number) is int for number in whole) and facts.rate > 0 and facts.frames > 0
    return counts and all(isinstance(text, str) for text in texts) and isinstance(facts.loudness, int | float)
