"""Records a stream's samples as they come through its pipe into a WAV file, until the day's file has them.

Nothing in here waits: whoever plays calls `record` now and then, and what is due is taken. No clock is read.
"""

from __future__ import annotations

import os
import wave
from contextlib import ExitStack, suppress
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path

from ..model.programme import Programme

PIPE_SIZE = 1 << 20  # bytes that may wait in the pipe: ten seconds, for `record` is called about once a second


class StreamRecorder:
    """Raises `OSError` where the pipe cannot be opened or the file not be written."""

    def __init__(self, stream: Programme, path: Path) -> None:
        self.path = path
        self.frames = 0  # that have come
        self.ended = False  # at its source
        self._unread = b""  # half a sample
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with ExitStack() as opened:
            file = opened.enter_context(path.open("xb"))  # anew: a link in its place is not written to
            self._wave = opened.enter_context(wave.open(file, "wb"))
            self._wave.setparams((1, 2, stream.rate, 0, "NONE", ""))
            self._pipe = os.open(stream.path, os.O_RDONLY | os.O_NONBLOCK)
            opened.callback(os.close, self._pipe)
            with suppress(OSError):  # more than this user may have
                fcntl(self._pipe, F_SETPIPE_SZ, PIPE_SIZE)
            self._opened = opened.pop_all()

    def record(self, due: int) -> None:
        """Take what has come, up to `due` frames altogether; the rest comes late. Raises `OSError`."""
        while not self.ended and (missing := 2 * (due - self.frames) - len(self._unread)) > 0:
            try:
                data = os.read(self._pipe, missing)
            except BlockingIOError:
                return
            if not data and not self.frames:
                return  # nobody writes yet
            self.ended = not data
            data = self._unread + data
            whole = len(data) // 2 * 2
            self._wave.writeframesraw(data[:whole])
            self._unread = data[whole:]
            self.frames += whole // 2

    def close(self) -> None:
        """Complete the file. Raises `OSError` where the disk does not take it; nothing stays open then, either."""
        self._opened.close()
