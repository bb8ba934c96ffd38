"""A file of no use but its size: given back when the disk is full, so that the log can still be written.

On a full disk even deleting a row needs room. Nothing but `files` may come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .atomic import NotWritten, remove, write_whole

SIZE = 4 << 20  # bytes: room for some thousand verdicts


@dataclass(frozen=True, slots=True)
class Ballast:
    """The file at `path`, of `size` bytes."""

    path: Path
    size: int = SIZE

    @property
    def aboard(self) -> bool:
        """Whether it is still there to be given back."""
        return self.path.exists()

    def take(self) -> bool:
        """Lay it down, unless the disk has no room for it."""
        if not self.aboard:
            try:
                write_whole(self.path, bytes(self.size))
            except NotWritten:
                return False
        return True

    def give_back(self) -> bool:
        """Free its room; False where that has been done before."""
        given = self.aboard
        remove(self.path)
        return given
