"""Speakers whose sound is a process of its own, which writes into a file what is heard and ends with its daemon.

Stands for a sound card where there is none: it can be killed like one, and an ear outside can tell what was heard.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from loudspeaker.errors import Message
from loudspeaker.interfaces import Clock, Playback, State
from loudspeaker.model.programme import Programme


class ChildSpeaker:
    """Implements `interfaces.Speaker`: one child process a sequence."""

    lead = 2.5
    responsive = True

    def __init__(self, clock: Clock, ear: Path, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._ear = ear
        self._wake = wake
        self._child: subprocess.Popen[bytes] | None = None
        self._last = Playback()
        self._began: float | None = None  # monotonic, as the child told it
        self._duration = 0.0
        self._rate = 1

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        begins = self._clock.monotonic() + (at - self._clock.now()).total_seconds()
        self._duration = sum(programme.duration for programme in sequence)
        self._rate = sequence[0].rate
        command = [sys.executable, "-S", __file__, airing, str(begins), str(self._duration), str(self._ear)]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        self._began = None
        threading.Thread(target=self._watch, args=[self._child], daemon=True).start()
        self._last = Playback(State.ARMED, airing, via="child")

    def stop(self, fade: float = 0.03) -> None:
        if self._child and self.poll().state in {State.ARMED, State.PLAYING}:
            self._child.kill()
            self._child.wait()
            self._end(State.STOPPED)

    def poll(self) -> Playback:
        now = self._clock.monotonic()
        if self._last.state is State.ARMED and self._began is not None:
            started = self._clock.now() - timedelta(seconds=now - self._began)
            self._last = replace(self._last, state=State.PLAYING, started_at=started)
        if self._last.state is State.PLAYING:
            self._last = replace(self._last, frames=self._frames(now))
        if self._child and self._child.poll() is not None and self._last.state in {State.ARMED, State.PLAYING}:
            self._end(State.DONE if self._child.returncode == 0 else State.FAILED)
        return self._last

    def close(self) -> None:
        self.stop()

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        assert child.stdout
        with child.stdout as word:
            if word.read(1) and self._child is child:
                self._began = self._clock.monotonic()
                self._wake()
            child.wait()
        self._wake()

    def _end(self, state: State) -> None:
        frames = round(self._duration * self._rate) if state is State.DONE else self._frames(self._clock.monotonic())
        error = Message("the sound card failed") if state is State.FAILED else None
        self._last = replace(self._last, state=state, frames=frames, error=error, ended_at=self._clock.now())

    def _frames(self, now: float) -> int:
        return 0 if self._began is None else round(min(now - self._began, self._duration) * self._rate)


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def sound(airing: str, begins: float, duration: float, ear: str) -> None:
    """Make the silence heard: a line when it begins, one when most of it, one when all of it was heard."""
    file = os.open(ear, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begins = max(begins, time.clock_gettime(time.CLOCK_BOOTTIME))
    for what, share in (("begin", 0.0), ("most", 0.75), ("whole", 1.0)):
        time.sleep(max(0.0, begins + share * duration - time.clock_gettime(time.CLOCK_BOOTTIME)))
        now = time.clock_gettime(time.CLOCK_BOOTTIME)
        os.write(file, f"{what} {time.time()} {now} {airing}\n".encode())
        os.write(sys.stdout.fileno(), b".")


if __name__ == "__main__":
    sound(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
