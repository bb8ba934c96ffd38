"""The last good version of each file that people edit, so that a broken edit costs nothing for two days.

What a file means is not known here: bytes in, bytes out.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from ..playout.clock_trust import EARLIEST
from .atomic import NotWritten, System, read_plain, remove, write_whole

KEPT = timedelta(hours=48)  # from when the file was first found broken
LONGEST = 1 << 24  # bytes; people's files are shorter
LONGEST_NAME = 200  # bytes; file systems take 255


@dataclass(frozen=True, slots=True)
class Accepted:
    """Good versions under `folder`; paths of people's files are relative to the station's home."""

    folder: Path
    system: System = os

    def remember(self, path: str, data: bytes) -> None:
        """These bytes are good: the version to fall back on from now on. Cheap where nothing has changed.

        Where the disk does not take them there is no version to fall back on, rather than an older text.
        """
        if self.folder.is_symlink():
            return
        try:
            if _read(self._good(path)) != data:
                write_whole(self._good(path), data, self.system)
            remove(self._broken(path), self.system)
        except OSError:
            with suppress(OSError):
                self.forget(path)

    def last_good(self, path: str, now: datetime) -> bytes | None:
        """What to use instead of a file that is broken `now`; None after 48 h, or if it never was good."""
        data = _read(self._good(path))
        if data is None:
            return None
        since = self._broken_since(path, now)
        return data if now - since <= KEPT else None

    def forget(self, path: str) -> None:
        """The file was deleted: nobody wants its text any more."""
        if self.folder.is_symlink():
            return
        for kept in (self._good(path), self._broken(path)):
            with suppress(IsADirectoryError):  # somebody has put a folder there; no version is read from it
                remove(kept, self.system)

    def _broken_since(self, path: str, now: datetime) -> datetime:
        """Anew where a wrong clock told: one that was not set yet, or one that is ahead of this."""
        told = _read(self._broken(path)) or b""
        with suppress(ValueError, TypeError):  # it is damaged: no text, no time, or one without its offset
            if EARLIEST < (since := datetime.fromisoformat(told.decode())) <= now:
                return since
        with suppress(NotWritten):  # then its two days begin anew each time, which is better than silence
            write_whole(self._broken(path), now.isoformat().encode(), self.system)
        return now

    def _good(self, path: str) -> Path:
        return self.folder / _name(path)

    def _broken(self, path: str) -> Path:
        return self.folder / f"{_name(path)}.broken-since"


def _name(path: str) -> str:
    """One file name for a path, whatever bytes are in it."""
    raw = os.fsencode(path)
    name = quote(raw, safe=" ")
    return name if len(name) <= LONGEST_NAME else hashlib.sha256(raw).hexdigest()


def _read(path: Path) -> bytes | None:
    return None if path.parent.is_symlink() else read_plain(path, LONGEST)
