"""The speaker of a box without a sound card: what would have been heard, in real time, one FLAC a day.

The writing is done by a child process (day.py), because it needs libraries that the daemon does not load.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..errors import Message, reason
from ..interfaces import Clock, Playback, State
from ..sound.programme import Programme
from . import integrity
from .stream_recorder import Reel
from .timed import Paced, Take

PATIENCE = 60.0  # s for what is still being written at the end


class FileSpeaker(Paced):
    """Airs into `FOLDER/2026-11-24-OUTPUT.flac`; every playback says `to_file` and its `via` is that file."""

    to_file = True

    def __init__(self, clock: Clock, folder: Path, output: str, gain: float = 0.0) -> None:
        super().__init__(clock, str(folder))
        self.folder = folder
        self.output = output
        self.gain = gain
        self._writers: list[subprocess.Popen[bytes]] = []
        self._reel: Reel | None = None
        self._reels = 0
        for left in folder.glob(f".{output}-*.reel"):  # of a run that was killed
            left.unlink(missing_ok=True)

    def _accept(self, sequence: Sequence[Programme]) -> None:
        integrity.check(sequence)
        self.via = str(self.folder / f"{self.clock.now():%Y-%m-%d}-{self.output}.flac")

    def _play(self, now: float) -> None:
        """A stream comes as it can, and ends where it does."""
        if not self._take.sequence[0].live:
            return super()._play(now)
        try:
            self._reel = self._reel or self._new_reel(self._take.sequence[0])
            self._reel.wind(self._take.heard(now))
        except OSError as error:
            why = Message("{folder} cannot be written: {error}", folder=self.folder, error=reason(error))
            return self._finish(State.FAILED, why)
        self._last = replace(self._last, frames=self._reel.frames)
        if self._reel.ended or now >= self._take.begins + self._take.duration:
            self._finish(State.DONE)

    def _new_reel(self, stream: Programme) -> Reel:
        self._reels += 1
        return Reel(stream, self.folder / f".{self.output}-{self._reels}.reel")

    def _over(self, take: Take, playback: Playback) -> None:
        self._writers = [writer for writer in self._writers if writer.poll() is None]
        if self._reel:
            self._reel.close()
            self._write(take, playback, ["--once", str(self._reel.path)])
            self._reel = None
        elif playback.frames and not take.sequence[0].live:
            self._write(take, playback, [str(programme.path) for programme in take.sequence])

    def _write(self, take: Take, playback: Playback, sources: Sequence[str]) -> None:
        facts = [playback.via, str(playback.frames), str(take.gain + self.gain)]
        command = [sys.executable, "-m", "loudspeaker.speakers.day_file", *facts, *sources]
        self._writers.append(subprocess.Popen(command))

    def close(self) -> None:
        super().close()
        latest = time.monotonic() + PATIENCE
        for writer in self._writers:
            with suppress(subprocess.TimeoutExpired):  # it goes on by itself
                writer.wait(timeout=max(0.0, latest - time.monotonic()))
