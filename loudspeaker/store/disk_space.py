"""Room on the disk: which files of a cache have to go, and a reserve for the as-run log.

The reserve is a file that is deleted when the disk is full: there even deleting a row of a database needs room.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .atomic import WriteError, remove, write_atomic

SIZE = 4 << 20  # bytes: room for some thousand verdicts
NO_LAST_USES: Mapping[Path, float] = {}


@dataclass(frozen=True, slots=True)
class DiskReserve:
    """The reserve at `path`, of `size` bytes."""

    path: Path
    size: int = SIZE

    @property
    def exists(self) -> bool:
        """Is the file there, to be released?"""
        return self.path.exists()

    def allocate(self) -> bool:
        """Have the disk set that much room aside; False where it has not so much. A card need not write it."""
        if not self.exists:
            try:
                write_atomic(self.path, self._set_aside)
            except WriteError:
                return False
        return True

    def _set_aside(self, file: BinaryIO) -> None:
        if self.size:
            os.posix_fallocate(file.fileno(), 0, self.size)

    def release(self) -> bool:
        """Delete the file; False where it was not there."""
        exists = self.exists
        remove(self.path)
        return exists


def select_evictions(
    files: Iterable[Path], budget: int, protected: Collection[Path], uses: Mapping[Path, float] = NO_LAST_USES
) -> Iterator[Path]:
    """The least recently used of `files` that must go until the rest takes `budget` bytes; never a protected one.

    The stores delete them.

    `uses` is when a file was last used, in seconds since 1970; without it, the time of its last change counts.
    """
    states = {path: path.stat() for path in files if path.exists()}
    excess = sum(state.st_size for state in states.values()) - budget
    for path in sorted(states, key=lambda path: uses.get(path, states[path].st_mtime)):
        if excess <= 0:
            return
        if path not in protected:
            excess -= states[path].st_size
            yield path
