"""A stream's samples as they come through its pipe, kept in a WAV until the day's file has them.

Nothing in here waits: whoever plays asks now and then, and takes what is due. No clock is read.
"""

from __future__ import annotations

import os
import wave
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path

from ..sound.programme import Programme

ROOM = 1 << 20  # bytes that may wait in the pipe: ten seconds, for it is asked about once a second


class Reel:
    """Raises `OSError` where the pipe cannot be opened or the WAV not be written."""

    def __init__(self, stream: Programme, path: Path) -> None:
        self.path = path
        self.frames = 0  # that have come
        self.ended = False  # at its source
        self._from = os.open(stream.path, os.O_RDONLY | os.O_NONBLOCK)
        with suppress(OSError):  # more than this user may have
            fcntl(self._from, F_SETPIPE_SZ, ROOM)
        self._half = b""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._kept = path.open("xb")  # anew: a link in its place is not written to
        self._file = wave.open(self._kept, "wb")  # noqa: SIM115 - closed with the reel
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(stream.rate)

    def wind(self, due: int) -> None:
        """Take what has come, up to `due` frames altogether. What comes late is taken late."""
        while not self.ended and (missing := 2 * (due - self.frames) - len(self._half)) > 0:
            try:
                read = os.read(self._from, missing)
            except BlockingIOError:
                return
            if not read and not self.frames:
                return  # nobody writes yet
            self.ended = not read
            read = self._half + read
            whole = len(read) // 2 * 2
            self._file.writeframesraw(read[:whole])
            self._half = read[whole:]
            self.frames += whole // 2

    def close(self) -> None:
        os.close(self._from)
        self._file.close()
        self._kept.close()
