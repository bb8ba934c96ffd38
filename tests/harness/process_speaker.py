"""Speakers whose sound is a process of its own, which writes into a file what is heard and ends with its daemon.

Stands for a sound card where there is none: it can be killed like one, and an ear outside can tell what was heard. No
more is counted than the process has reported, as of a real player: on a busy machine it is late, and may be killed
before an end that has passed by the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

from harness.ending_child import end_with
from harness.paths import ROOT, TESTS
from loudspeaker.errors import Message
from loudspeaker.interfaces import Clock, Playback, State
from loudspeaker.model.programme import Programme

BLOCK = 0.05  # seconds of sound between two reports
RUNNING = {State.ARMED, State.PLAYING}


class ChildSpeaker:
    """Implements `interfaces.Speaker`: one child process a sequence."""

    lead = 2.5
    responsive = True

    def __init__(self, clock: Clock, ear: Path, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._ear = ear
        self._wake = wake
        self._player: ChildPlayer | None = None
        self._last = Playback()
        self._duration = 0.0
        self._rate = 1

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        begins = self._clock.monotonic() + (at - self._clock.now()).total_seconds()
        self._duration = sum(programme.duration for programme in sequence)
        self._rate = sequence[0].rate
        words = [airing, str(begins), str(self._duration), str(self._ear)]
        self._player = ChildPlayer(words, self._clock.monotonic, self._wake)
        self._last = Playback(State.ARMED, airing, via="child")

    def stop(self, fade: float = 0.03) -> None:
        if self._player and self.poll().state in RUNNING:
            self._player.kill()
            self._follow(self._player)
            self._end(State.STOPPED)

    def poll(self) -> Playback:
        player = self._player
        if player and self._last.state in RUNNING:
            over = player.over.is_set()  # asked first: what it has reported is complete then
            self._follow(player)
            if over:
                self._end(State.FAILED if player.process.returncode else State.DONE)
        return self._last

    def close(self) -> None:
        self.stop()

    def _follow(self, player: ChildPlayer) -> None:
        if self._last.state is State.ARMED and player.began is not None:
            started = self._clock.now() - timedelta(seconds=self._clock.monotonic() - player.began)
            self._last = replace(self._last, state=State.PLAYING, started_at=started)
        heard = min(player.blocks * BLOCK, self._duration)
        self._last = replace(self._last, frames=round(heard * self._rate))

    def _end(self, state: State) -> None:
        error = Message("the sound card failed") if state is State.FAILED else None
        self._last = replace(self._last, state=state, error=error, ended_at=self._clock.now())


class ChildPlayer:
    """One child process and what it has reported: a byte as its sound begins, and one behind each block."""

    def __init__(self, words: Sequence[str], monotonic: Callable[[], float], wake: Callable[[], None]) -> None:
        self.began: float | None = None  # monotonic, as it was told
        self.blocks = 0  # that were heard
        self.over = threading.Event()
        self._monotonic = monotonic
        self._wake = wake
        command = [sys.executable, "-S", __file__, *words]
        found = {**os.environ, "PYTHONPATH": f"{TESTS}:{ROOT}"}
        before = end_with(os.getpid())
        self.process = subprocess.Popen(command, env=found, stdout=subprocess.PIPE, preexec_fn=before)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def kill(self) -> None:
        self.process.kill()
        self._listener.join()

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as reports:
            if reports.read(1):
                self.began = self._monotonic()
                self._wake()
            while reports.read(1):
                self.blocks += 1
        self.process.wait()
        self.over.set()
        self._wake()


def sound(airing: str, begins: float, duration: float, ear: str) -> None:
    """Make the silence heard: a line when it begins, one when most of it, one when all of it was heard.

    The ear is written before the report.
    """
    file = os.open(ear, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begins = max(begins, time.clock_gettime(time.CLOCK_BOOTTIME))
    lines = [("begin", 0.0), ("most", 0.75 * duration), ("whole", duration)]
    for block in range(ceil(duration / BLOCK) + 1):
        heard = min(block * BLOCK, duration)
        time.sleep(max(0.0, begins + heard - time.clock_gettime(time.CLOCK_BOOTTIME)))
        while lines and lines[0][1] <= heard:
            write_line(file, lines.pop(0)[0], airing)
        os.write(sys.stdout.fileno(), b".")


def write_line(file: int, what: str, airing: str) -> None:
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    os.write(file, f"{what} {time.time()} {now} {airing}\n".encode())


if __name__ == "__main__":
    sound(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
