"""The last good version of each file that people edit; it replaces a broken one for 48 hours. Bytes in, bytes out."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from ..interfaces import EARLIEST
from .atomic import FileSystem, WriteError, read_regular_file, remove, write_atomic

RETENTION = timedelta(hours=48)  # from when the file was first found broken
MOST_BYTES = 1 << 24  # of a file
MOST_NAME_BYTES = 200  # of a file's name; file systems take 255


@dataclass(frozen=True, slots=True)
class LastGoodVersions:
    """Good versions under `folder`; paths of people's files are relative to the station's folder."""

    folder: Path
    system: FileSystem = os

    def remember(self, path: str, data: bytes) -> None:
        """Keep `data` as the good version of `path`. Cheap where nothing has changed.

        Where it cannot be written, the older version is forgotten, because an outdated text must not be aired.
        """
        if os.path.islink(self.folder):
            return
        good = self._good(path)
        try:
            if read_regular_file(good, MOST_BYTES) != data:
                write_atomic(good, data, self.system)
            remove(self._broken_mark(path), self.system)
        except OSError:
            with suppress(OSError):
                self.forget(path)

    def last_good(self, path: str, now: datetime) -> bytes | None:
        """The bytes to use for a file that is broken `now`; None after 48 h, or where there is no good version."""
        data = _read(self._good(path))
        if data is None:
            return None
        since = self._broken_since(path, now)
        return data if now - since <= RETENTION else None

    def until(self, path: str, now: datetime) -> datetime | None:
        """When the version that stands in for a file, broken `now`, is used no more; None where none is used."""
        return None if self.last_good(path, now) is None else self._broken_since(path, now) + RETENTION

    def forget(self, path: str) -> None:
        """Delete the version of a file that people have deleted."""
        if os.path.islink(self.folder):
            return
        for kept in (self._good(path), self._broken_mark(path)):
            with suppress(IsADirectoryError):  # a folder that somebody made; no version is read from it
                remove(kept, self.system)

    def _broken_since(self, path: str, now: datetime) -> datetime:
        """When the file was first found broken; `now` where that was written by a clock that was wrong."""
        data = _read(self._broken_mark(path)) or b""
        with suppress(ValueError, TypeError):  # damaged: no text, no time, or a time without its offset
            if EARLIEST < (since := datetime.fromisoformat(data.decode())) <= now:
                return since
        with suppress(WriteError):  # then the 48 hours begin anew each time, which is better than silence
            write_atomic(self._broken_mark(path), now.isoformat().encode(), self.system)
        return now

    def _good(self, path: str) -> Path:
        return self.folder / _file_name(path)

    def _broken_mark(self, path: str) -> Path:
        return self.folder / f"{_file_name(path)}.broken-since"


@lru_cache(256)  # each name is asked for at each reading
def _file_name(path: str) -> str:
    """A file name for a path of any bytes."""
    raw = os.fsencode(path)
    name = quote(raw, safe=" ")
    return name if len(name) <= MOST_NAME_BYTES else hashlib.sha256(raw).hexdigest()


def _read(path: Path) -> bytes | None:
    return None if os.path.islink(path.parent) else read_regular_file(path, MOST_BYTES)
