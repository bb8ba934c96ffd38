"""Cache of clips as FLAC, each named by its cache key. Deleting any of them costs only the time to synthesize it again.

Imports numpy and soundfile, so the daemon does not import it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..sound.clip import Clip
from .atomic import FileSystem, mark_used, remove, stale_drafts, write_atomic
from .disk_space import select_evictions

FORMAT = 1  # of the clips: raise it when their contents change for the same sound
FULL_SCALE = 32_768  # 16-bit, as engines make them: such samples come back unchanged
HASH_BYTES = 32  # a SHA-256 after the FLAC; players ignore it


def clip_key(engine: str, fingerprint: str, voice: str, text: str) -> str:
    """The cache key of a clip: SHA-256 as 64 hex digits; it changes exactly when the sound would.

    `engine` is the name of the engine that makes the clip, `fingerprint` its fingerprint of `voice`. Texts that differ
    only in NFC and NFD have one key, because engines are given NFC.
    """
    recipe = [FORMAT, engine, fingerprint, voice, unicodedata.normalize("NFC", text)]
    canonical = json.dumps(recipe, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ClipStore:
    """The clips under `folder`."""

    folder: Path
    system: FileSystem = os

    def get(self, key: str) -> Clip | None:
        """The clip of that key; None where it is absent or damaged."""
        path = self._path(key)
        if not path.exists():
            return None
        clip = _decode(path.read_bytes())
        mark_used(path)
        return clip

    def put(self, key: str, clip: Clip) -> None:
        """Keep a clip, with 16 bits a sample. Raises `WriteError`."""
        write_atomic(self._path(key), _encode(clip), self.system)

    def has(self, key: str) -> bool:
        """Is there a file for `key`, damaged or not?"""
        return self._path(key).exists()

    def total_bytes(self) -> int:
        """The bytes of all clips on the disk."""
        return sum(path.stat().st_size for path in self.folder.glob("*/*.flac"))

    def damaged_keys(self) -> list[str]:
        """The keys of damaged clips, sorted."""
        return sorted(path.stem for path in self.folder.glob("*/*.flac") if self.get(path.stem) is None)

    def discard(self, key: str) -> None:
        """Delete a clip, so that it is synthesized again."""
        remove(self._path(key), self.system)

    def sweep(self, budget: int, protected: Collection[str], now: float) -> int:
        """Delete the least recently used clips until `budget` bytes are left; never a key in `protected`.

        `now` is in seconds since 1970. Returns the bytes freed.
        """
        keep = {self._path(key) for key in protected}
        gone = [*select_evictions(self.folder.glob("*/*.flac"), budget, keep), *stale_drafts(self.folder, now)]
        freed = sum(path.stat().st_size for path in gone)
        for path in gone:
            remove(path, self.system)
        return freed

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.flac"


def _encode(clip: Clip) -> bytes:
    samples = np.clip(np.rint(clip.samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, samples, clip.rate, format="FLAC", subtype="PCM_16")
    flac = file.getvalue()
    return flac + hashlib.sha256(flac).digest()


def _decode(data: bytes) -> Clip | None:
    flac, digest = data[:-HASH_BYTES], data[-HASH_BYTES:]
    # libsndfile decodes a damaged frame as silence, and a damaged header as another rate.
    if hashlib.sha256(flac).digest() != digest:
        return None
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="int16")
    return Clip(rate, samples.astype(np.float32) / FULL_SCALE)
