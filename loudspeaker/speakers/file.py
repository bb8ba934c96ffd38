"""The speaker of a box without a sound card: what would have been heard, in real time, one FLAC a day.

The writing is done by a child process (day.py), because it needs libraries that the daemon does not load.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..interfaces import Clock, Playback
from ..sound.programme import Programme
from . import intact
from .paced import Paced, Take


class FileSpeaker(Paced):
    """Airs into `FOLDER/2026-11-24-OUTPUT.flac`; every playback says `to_file` and its `via` is that file."""

    to_file = True

    def __init__(self, clock: Clock, folder: Path, output: str, gain: float = 0.0) -> None:
        super().__init__(clock, str(folder))
        self.folder = folder
        self.output = output
        self.gain = gain
        self._writers: list[subprocess.Popen[bytes]] = []

    def _accept(self, sequence: Sequence[Programme]) -> None:
        intact.check(sequence)
        self.via = str(self.folder / f"{self.clock.now():%Y-%m-%d}-{self.output}.flac")

    def _over(self, take: Take, playback: Playback) -> None:
        self._writers = [writer for writer in self._writers if writer.poll() is None]
        if playback.frames and take.sequence[0].sha256:  # a stream is not kept
            self._writers.append(self._write(take, playback))

    def _write(self, take: Take, playback: Playback) -> subprocess.Popen[bytes]:
        facts = [playback.via, str(playback.frames), str(take.gain + self.gain)]
        paths = [str(programme.path) for programme in take.sequence if programme.sha256]
        return subprocess.Popen([sys.executable, "-m", "loudspeaker.speakers.day", *facts, *paths])

    def close(self) -> None:
        super().close()
        for writer in self._writers:
            writer.wait(timeout=60)
