"""Disk reserve: a file that is deleted when the disk is full, so that the as-run log can still be written.

On a full disk even deleting a row of a database needs room.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .atomic import WriteError, remove, write_atomic

SIZE = 4 << 20  # bytes: room for some thousand verdicts


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
        """Write the file; False where the disk has no room for it."""
        if not self.exists:
            try:
                write_atomic(self.path, bytes(self.size))
            except WriteError:
                return False
        return True

    def release(self) -> bool:
        """Delete the file; False where it was not there."""
        exists = self.exists
        remove(self.path)
        return exists
