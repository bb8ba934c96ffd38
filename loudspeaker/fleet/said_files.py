"""Files that the broker has brought, while nobody knows yet whether any manifest names them.

A bulletin's text is short, and all boxes of a scope want it at once: it is said to them just before its manifest
(`topics.py`), so that not each of them comes for it. What nobody has signed is never written to the disk, and no more
is held than the files of two versions: a hub that was taken over fills neither the disk nor the memory.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

from ..store.atomic import WriteError, write_atomic
from .topics import MOST_SAID_FILES, blob_path

MOST_HELD = 2 * MOST_SAID_FILES  # bytes

logger = logging.getLogger(__name__)


class SaidFiles:
    """The last of them, by their SHA-256. `folder`: the agent's, as of a stick. Called from one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, bytes] = {}

    def keep(self, content: bytes) -> None:
        """Hold a file; of those before it the oldest are forgotten."""
        self._files[hashlib.sha256(content).hexdigest()] = content
        while sum(map(len, self._files.values())) > MOST_HELD:
            del self._files[next(iter(self._files))]

    def lay_out(self, wanted: Mapping[str, int]) -> Mapping[str, int]:
        """Put those that are wanted (SHA-256 -> bytes) into the folder; what is lacking still."""
        return {sha256: size for sha256, size in wanted.items() if not self._lay_out(sha256)}

    def _lay_out(self, sha256: str) -> bool:
        """Is it there now? Not where the disk has no room for it: it is fetched then, once there is some."""
        if sha256 not in self._files:
            return False
        try:
            write_atomic(self._folder / blob_path(sha256), self._files[sha256])
        except WriteError as error:
            logger.warning("%s", error)
            return False
        del self._files[sha256]
        return True
