"""The child process that receives a stream: a source (sources.py) gives the sound, this watches and tunes in again.

    python -m loudspeaker.speakers.streams.worker URL PIPE RATE HOST…
    python -m loudspeaker.speakers.streams.worker input:NAME PIPE RATE

Until somebody reads the pipe, only the last two seconds are kept, so that what is heard is live. A stream that ends,
stalls or has been silent for half a minute is opened anew, again and again until this process is ended; what then comes
a second time is left out. One JSON line on standard output says when sound has come (`{"sounds": true}`), and when none
has for `PATIENCE` or at the first try (`false`, with the `fault`): then the pipe is ended, and with it the playback,
until there is sound and a reader again.
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
from .sources import BLOCK, Fault, Input, Station

KEPT = 2.0  # seconds of sound while nobody reads
SILENCE = 30.0  # … of sound that is silent
SILENT = 33  # of 32768: −60 dBFS
PATIENCE = 40.0  # … without anything worth hearing: a silence, and the time to find out that a new try does not help
REMEMBERED = 600  # blocks
AGAIN, SELDOM = 2.0, 10.0  # … between two tries, and where patience is at its end


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


class Echo:
    """What begins as the last try did: a stalled playlist's old pieces, a server's burst. Live sound never does."""

    def __init__(self) -> None:
        self._last: list[int] = []
        self._now: list[int] = []
        self._same = True
        self.lasts = False

    def begin(self) -> None:
        """A new try."""
        self._last, self._now = self._now or self._last, []
        self._same, self.lasts = True, False

    def hear(self, block: bytes) -> bool:
        """Take note of a block; was all of this try up to here heard before?"""
        place = len(self._now)
        if place < REMEMBERED:
            self._now.append(hash(block))
        known = place < min(len(self._last), REMEMBERED) and self._last[place] == self._now[place]
        self._same = self.lasts = self._same and known
        return self.lasts


class Pipe:
    """The way to whoever plays: the last `KEPT` seconds wait for a reader, who may leave and come back."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._to: int | None = None
        self._kept: deque[bytes] = deque(maxlen=int(KEPT / BLOCK))

    def put(self, block: bytes) -> None:
        self._kept.append(block)
        self._hand_over()

    def hang_up(self) -> None:
        """Let the reader know that nothing more comes."""
        self._hand_over()
        self._leave()

    def _hand_over(self) -> None:
        if self._to is None:
            with suppress(OSError):  # nobody reads yet
                self._to = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
                os.set_blocking(self._to, True)
        try:
            while self._to is not None and self._kept:
                write(self._to, self._kept.popleft())
        except BrokenPipeError:
            self._leave()

    def _leave(self) -> None:
        if self._to is not None:
            os.close(self._to)
            self._to = None


def write(to: int, data: bytes) -> None:
    while data:
        data = data[os.write(to, data) :]


class Tuner:
    """One station on its way into a pipe. `tune` gives the blocks of one try, `fault` says what was wrong with it."""

    def __init__(
        self,
        tune: Callable[[], Iterator[bytes]],
        pipe: Pipe,
        tell: Callable[[Fault | None], None],
        fault: Callable[[], Fault],
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._tune, self._pipe, self._tell, self._fault, self._now = tune, pipe, tell, fault, now
        self._heard_at: float | None = None
        self._echo = Echo()

    def receive(self) -> float:
        """One try, until it ends or was silent for too long. Returns how long to wait before the next, in seconds."""
        silence = Silence()
        self._echo.begin()
        for block in self._tune():
            known, silent = self._echo.hear(block), silence.hear(block)
            if not known:
                self._take(block, silent)
            if silence.lasted >= SILENCE:
                break
            if self._heard_at is not None and self._lost():
                self._give_up(silence)
        if not self._lost():
            return AGAIN
        self._give_up(silence)
        return SELDOM

    def _take(self, block: bytes, silent: bool) -> None:
        self._pipe.put(block)
        if not silent:
            self._heard_at = self._now()
            self._tell(None)

    def _lost(self) -> bool:
        return self._heard_at is None or self._now() - self._heard_at >= PATIENCE

    def _give_up(self, silence: Silence) -> None:
        self._pipe.hang_up()
        if silence.lasted:
            self._tell({"fault": "silent"})
        else:
            self._tell({"fault": "stale"} if self._echo.lasts else self._fault())


def teller() -> Callable[[Fault | None], None]:
    """Says what is new on standard output."""
    told: dict[str, object] = {}

    def tell(fault: Fault | None) -> None:
        nonlocal told
        news = {"sounds": fault is None, **(fault or {})}
        if news != told:
            told = news
            os.write(1, json.dumps(news).encode() + b"\n")

    return tell


def main() -> None:
    url, path, rate, *hosts = sys.argv[1:]
    die_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    tell = teller()
    word, _, name = url.partition(":")
    source = Input(name, int(rate)) if word == "input" else Station(url, int(rate), hosts)
    tuner = Tuner(source.blocks, Pipe(path), tell, source.fault)
    while True:
        try:
            sleep(tuner.receive())
        except FileNotFoundError:  # the one thing that is started here
            return tell({"fault": "ffmpeg"})


if __name__ == "__main__":
    main()
