"""The sounds of sentences already spoken, as FLAC, each named by the hash of all that shaped it.

Anything may be deleted at any moment and costs only time. What shapes a sound is not known here: a key is a key. The
daemon does not import this file (numpy, soundfile).
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..sound.clip import Clip
from .atomic import System, remove, stale_drafts, touch, write_whole
from .eviction import over_budget

FULL_SCALE = 32_768  # 16-bit, as the voices make them: those samples come back exactly as they were
SEAL = 32  # bytes of SHA-256 after the FLAC: players skip them


@dataclass(frozen=True, slots=True)
class ClipStore:
    """The clips under `folder`."""

    folder: Path
    system: System = os

    def get(self, key: str) -> Clip | None:
        """The clip, if it is there and every byte is what was put; a damaged one counts as absent."""
        path = self._path(key)
        if not path.exists():
            return None
        clip = _decoded(path.read_bytes())
        touch(path)
        return clip

    def put(self, key: str, clip: Clip) -> None:
        """Keep a clip with 16 bits a sample. Raises `NotWritten`."""
        write_whole(self._path(key), _encoded(clip), self.system)

    def has(self, key: str) -> bool:
        """Whether there is a file for `key`, without listening to it."""
        return self._path(key).exists()

    def size(self) -> int:
        """Bytes taken."""
        return sum(path.stat().st_size for path in self.folder.glob("*/*.flac"))

    def damaged(self) -> list[str]:
        """The keys of clips that cannot be used any more."""
        return sorted(path.stem for path in self.folder.glob("*/*.flac") if self.get(path.stem) is None)

    def discard(self, key: str) -> None:
        """Delete a clip, so that it is made again."""
        remove(self._path(key), self.system)

    def sweep(self, budget: int, protected: Collection[str], now: float) -> int:
        """Delete the least recently used until `budget` bytes are left; never a key in `protected`.

        `now` is in seconds since 1970. Returns how many bytes were freed.
        """
        keep = {self._path(key) for key in protected}
        gone = [*over_budget(self.folder.glob("*/*.flac"), budget, keep), *stale_drafts(self.folder, now)]
        freed = sum(path.stat().st_size for path in gone)
        for path in gone:
            remove(path, self.system)
        return freed

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.flac"


def _encoded(clip: Clip) -> bytes:
    samples = np.clip(np.rint(clip.samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, samples, clip.rate, format="FLAC", subtype="PCM_16")
    flac = file.getvalue()
    return flac + hashlib.sha256(flac).digest()


def _decoded(data: bytes) -> Clip | None:
    flac, seal = data[:-SEAL], data[-SEAL:]
    # libsndfile would take a damaged frame for silence, and a damaged head for another rate.
    if hashlib.sha256(flac).digest() != seal:
        return None
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    return Clip(rate, samples.astype(np.float32) / FULL_SCALE)
