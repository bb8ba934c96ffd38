"""The child process that receives a stream: ffmpeg decodes and levels, this watches and tunes in again.

    python -m loudspeaker.speakers.tuner URL PIPE RATE

Until somebody reads the pipe, only the last two seconds are kept, so that what is heard is live. A stream that ends,
stalls or has been silent for half a minute is opened anew; when nothing has come for a minute, this gives up, which
ends the pipe and with it the playback.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, sleep

BLOCK = 0.1  # seconds
KEPT = 2.0  # … of sound while nobody reads
STALL = 8.0  # … without any sound
SILENCE = 30.0  # … of sound that is silent
SILENT = 33  # of 32768: −60 dBFS
AGAIN = 2.0  # … between two tries
PATIENCE = 60.0  # … without anything worth hearing
PR_SET_PDEATHSIG = 1  # linux/prctl.h

# A horn's level, whatever the station sends: as loud as our own programmes, and never above full scale.
LEVEL = "highpass=f=120,loudnorm=I=-16:TP=-1.5:LRA=7,alimiter=limit=0.87:level=disabled"


def ffmpeg(url: str, rate: int) -> subprocess.Popen[bytes]:
    """Decode `url` into mono 16-bit samples on its standard output. It may open nothing but the network."""
    allowed = ["-protocol_whitelist", "http,https,tcp,tls,crypto,hls", "-rw_timeout", str(int(STALL * 1e6))]
    sound = ["-vn", "-af", LEVEL, "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"]
    command = ["ffmpeg", "-nostdin", "-loglevel", "quiet", *allowed, "-i", url, *sound]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0)


def blocks(process: subprocess.Popen[bytes], rate: int) -> Iterator[bytes]:
    """What it decodes, a tenth of a second at a time, until it ends or stalls."""
    assert process.stdout
    size, unread = 2 * int(BLOCK * rate), b""
    while select.select([process.stdout], [], [], STALL)[0]:
        read = os.read(process.stdout.fileno(), size)
        if not read:
            return
        unread += read
        while len(unread) >= size:
            yield unread[:size]
            unread = unread[size:]


class Silence:
    """How long has nothing been heard? Told by the loudest sample of each block."""

    def __init__(self) -> None:
        self.lasted = 0.0  # seconds

    def hear(self, block: bytes) -> bool:
        """Take note of a block; is it silent?"""
        samples = array("h", block)
        silent = max(max(samples), -min(samples)) < SILENT
        self.lasted = self.lasted + BLOCK if silent else 0.0
        return silent


class Pipe:
    """The way to whoever plays: the last `KEPT` seconds wait for a reader. Raises `BrokenPipeError` when it leaves."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._to: int | None = None
        self._kept: deque[bytes] = deque(maxlen=int(KEPT / BLOCK))

    def put(self, block: bytes) -> None:
        self._kept.append(block)
        if self._to is None:
            with suppress(OSError):  # nobody reads yet
                self._to = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(self._to, True)
        while self._to is not None and self._kept:
            write(self._to, self._kept.popleft())


def write(to: int, data: bytes) -> None:
    while data:
        data = data[os.write(to, data) :]


def receive(tune: Callable[[], Iterator[bytes]], pipe: Pipe, pause: Callable[[float], None] = sleep) -> None:
    """Carry what `tune` gives, and tune again when it ends; returns when nothing has been heard for `PATIENCE`."""
    heard_at = monotonic()
    while monotonic() - heard_at < PATIENCE:
        silence = Silence()
        for block in tune():
            if not silence.hear(block):
                heard_at = monotonic()
            pipe.put(block)
            if silence.lasted >= SILENCE:
                break
        pause(AGAIN)


def main() -> None:
    url, path, rate = sys.argv[1], sys.argv[2], int(sys.argv[3])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())

    def tune() -> Iterator[bytes]:
        with ffmpeg(url, rate) as process:
            try:
                yield from blocks(process, rate)
            finally:
                process.kill()

    with suppress(BrokenPipeError):
        receive(tune, Pipe(path))


if __name__ == "__main__":
    main()
