"""The child process that receives a stream: a source (sources.py) gives the sound, this retries and watches over it.

    python -m loudspeaker.speakers.streams.worker URL PIPE RATE HOST…
    python -m loudspeaker.speakers.streams.worker input:NAME PIPE RATE

Until somebody reads the pipe, only the last two seconds are kept, so that what is heard is live. A stream that ends,
stalls or has been silent for half a minute is opened anew, again and again until this process is ended; what then comes
a second time is left out. One JSON line on standard output reports that sound has come (`{"sounds": true}`), or that
none has for `PATIENCE` or at the first attempt (`false`, with the `fault`): then the pipe is ended, and with it the
playback, until there is sound and a reader again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, sleep

from ...process import die_with_parent
from .sources import BLOCK, Fault, LineInput, NetworkStream

BACKLOG = 2.0  # seconds of sound kept while nobody reads
SILENCE_LIMIT = 30.0  # … of silent sound, then the stream is opened anew
SILENT_SAMPLE = 33  # of 32768: −60 dBFS
PATIENCE = 40.0  # … without anything worth hearing: a silence, and the time to find out that a retry does not help
REMEMBERED = 600  # blocks
RETRY, RETRY_LATER = 2.0, 10.0  # … between two attempts, and where patience is at its end


class SilenceDetector:
    """How long has the sound been silent? By the loudest sample of each block."""

    def __init__(self) -> None:
        self.duration = 0.0  # seconds

    def observe(self, block: bytes) -> bool:
        """Take in a block of 16-bit samples; is it silent?"""
        samples = array("h", block)
        silent = max(max(samples), -min(samples)) < SILENT_SAMPLE
        self.duration = self.duration + BLOCK if silent else 0.0
        return silent


class RepeatDetector:
    """Does an attempt begin as the last one did? A stalled playlist does, or a server's burst; live sound never."""

    def __init__(self) -> None:
        self._last: list[int] = []  # hashes of blocks
        self._current: list[int] = []
        self.repeating = False
        self._same = True

    def start_attempt(self) -> None:
        """The next block is the first of a new attempt."""
        self._last, self._current = self._current or self._last, []
        self._same, self.repeating = True, False

    def observe(self, block: bytes) -> bool:
        """Take in a block; was all of this attempt up to here heard before?"""
        place = len(self._current)
        if place < REMEMBERED:
            self._current.append(hash(block))
        known = place < min(len(self._last), REMEMBERED) and self._last[place] == self._current[place]
        self._same = self.repeating = self._same and known
        return self.repeating


class SoundPipe:
    """The pipe to the player: the last `BACKLOG` seconds wait for a reader, which may leave and come back."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._backlog: deque[bytes] = deque(maxlen=int(BACKLOG / BLOCK))

    def put(self, block: bytes) -> None:
        """Write a block, or keep it until somebody reads."""
        self._backlog.append(block)
        self._flush()

    def end(self) -> None:
        """Let the reader know that nothing more comes."""
        self._flush()
        self._close()

    def _flush(self) -> None:
        if self._descriptor is None:
            with suppress(OSError):  # nobody reads yet
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(self._descriptor, True)
        try:
            while self._descriptor is not None and self._backlog:
                write_all(self._descriptor, self._backlog.popleft())
        except BrokenPipeError:
            self._close()

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`. Raises `BrokenPipeError` where the reader has left."""
    while data:
        data = data[os.write(descriptor, data) :]


class StreamWorker:
    """One stream on its way into a pipe.

    `decode` gives the blocks of one attempt, `fault` why it gave none; `report` is told None for sound, else the fault.
    """

    def __init__(
        self,
        decode: Callable[[], Iterator[bytes]],
        pipe: SoundPipe,
        report: Callable[[Fault | None], None],
        fault: Callable[[], Fault],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._decode, self._pipe, self._report, self._fault, self._now = decode, pipe, report, fault, now
        self._sound_at: float | None = None
        self._repeats = RepeatDetector()

    def receive(self) -> float:
        """One attempt, until it ends or was silent for too long. Returns the seconds to wait before the next."""
        silence = SilenceDetector()
        self._repeats.start_attempt()
        for block in self._decode():
            repeated, silent = self._repeats.observe(block), silence.observe(block)
            if not repeated:
                self._forward(block, silent)
            if silence.duration >= SILENCE_LIMIT:
                break
            if self._sound_at is not None and self._is_lost():
                self._give_up(silence)
        if not self._is_lost():
            return RETRY
        self._give_up(silence)
        return RETRY_LATER

    def _forward(self, block: bytes, silent: bool) -> None:
        self._pipe.put(block)
        if not silent:
            self._sound_at = self._now()
            self._report(None)

    def _is_lost(self) -> bool:
        return self._sound_at is None or self._now() - self._sound_at >= PATIENCE

    def _give_up(self, silence: SilenceDetector) -> None:
        self._pipe.end()
        if silence.duration:
            self._report({"fault": "silent"})
        else:
            self._report({"fault": "stale"} if self._repeats.repeating else self._fault())


def reporter() -> Callable[[Fault | None], None]:
    """A function that writes to standard output what differs from its last line."""
    last: dict[str, object] = {}

    def report(fault: Fault | None) -> None:
        nonlocal last
        line = {"sounds": fault is None, **(fault or {})}
        if line != last:
            last = line
            os.write(1, json.dumps(line).encode() + b"\n")

    return report


def main() -> None:
    url, path, rate, *hosts = sys.argv[1:]
    die_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    report = reporter()
    scheme, _, name = url.partition(":")
    source = LineInput(name, int(rate)) if scheme == "input" else NetworkStream(url, int(rate), hosts)
    worker = StreamWorker(source.blocks, SoundPipe(path), report, source.fault)
    while True:
        try:
            sleep(worker.receive())
        except FileNotFoundError:  # the one program that is started here
            return report({"fault": "ffmpeg"})


if __name__ == "__main__":
    main()
