"""The speaker of a box without a sound card: what would have been heard, in real time, one FLAC a day.

A child process writes it (day_file.py), because that needs libraries that the daemon does not load.
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
from ..model.programme import Programme
from . import integrity
from .stream_recorder import StreamRecorder
from .timed import ArmedSequence, TimedSpeaker

CLOSE_TIMEOUT = 60.0  # seconds for what is still being written at the end


class FileSpeaker(TimedSpeaker):
    """Airs into `FOLDER/2026-11-24-OUTPUT.flac`; every playback is `to_file` and its `via` is that file.

    `gain` is the output's own, in dB.
    """

    to_file = True

    def __init__(self, clock: Clock, folder: Path, output: str, gain: float = 0.0) -> None:
        super().__init__(clock, str(folder))
        self.folder = folder
        self.output = output
        self.gain = gain
        self._writers: list[subprocess.Popen[bytes]] = []
        self._recorder: StreamRecorder | None = None
        self._recordings = 0
        for left in folder.glob(f".{output}-*.reel"):  # of a run that was killed
            left.unlink(missing_ok=True)

    def _accept(self, sequence: Sequence[Programme]) -> None:
        integrity.check(sequence)
        self.via = str(self.folder / f"{self.clock.now():%Y-%m-%d}-{self.output}.flac")

    def _play(self, now: float) -> None:
        """A stream is recorded as it comes, and ends where it does."""
        if not self._armed.sequence[0].live:
            return super()._play(now)
        try:
            self._recorder = self._recorder or self._new_recorder(self._armed.sequence[0])
            self._recorder.record(self._armed.progress(now))
        except OSError as error:
            why = Message("{folder} cannot be written: {error}", folder=self.folder, error=reason(error))
            return self._finish(State.FAILED, why)
        self._last = replace(self._last, frames=self._recorder.frames)
        if self._recorder.ended or now >= self._armed.begins + self._armed.duration:
            self._finish(State.DONE)

    def _new_recorder(self, stream: Programme) -> StreamRecorder:
        self._recordings += 1
        return StreamRecorder(stream, self.folder / f".{self.output}-{self._recordings}.reel")

    def _end(self, armed: ArmedSequence, playback: Playback) -> None:
        self._writers = [writer for writer in self._writers if writer.poll() is None]
        recorder, self._recorder = self._recorder, None
        if recorder:
            with suppress(OSError):  # a full disk: the day's file gets what is whole of it
                recorder.close()
            self._write(armed, playback, ["--once", str(recorder.path)])
        elif playback.frames and not armed.sequence[0].live:
            self._write(armed, playback, [str(programme.path) for programme in armed.sequence])

    def _write(self, armed: ArmedSequence, playback: Playback, sources: Sequence[str]) -> None:
        facts = [playback.via, str(playback.frames), str(armed.gain + self.gain)]
        command = [sys.executable, "-m", "loudspeaker.speakers.day_file", *facts, *sources]
        self._writers.append(subprocess.Popen(command))

    def close(self) -> None:
        super().close()
        latest = time.monotonic() + CLOSE_TIMEOUT
        for writer in self._writers:
            with suppress(subprocess.TimeoutExpired):  # it goes on by itself
                writer.wait(timeout=max(0.0, latest - time.monotonic()))
