"""Proof of sound: was it louder at the horns while we played than just before? Levels only; no sound is kept.

An input of the box (a loopback, a microphone) is measured from when a sequence is armed until it has ended.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from select import select
from statistics import median
from time import monotonic  # the levels are stamped in this process, as they come

from ..interfaces import Playback, Speaker, State
from ..model.programme import Programme

THRESHOLD = 6.0  # dB: a horn that speaks is far above the yard it stands in
ENOUGH = 2  # levels on either side, a quarter of a second each
STARTING = 2.0  # seconds until an input gives its first levels
DELAY = 0.5  # seconds by which an input's levels come late
FINAL = (State.DONE, State.STOPPED, State.FAILED)


@dataclass
class LevelMeter:
    """Measures an input of this box by a child process (level_worker.py). One that cannot be opened gives no levels.

    `levels` holds moment (monotonic seconds) and level (dBFS) since `open`.
    """

    name: str
    levels: list[tuple[float, float]] = field(default_factory=list)
    _child: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Begin anew. Raises `OSError` where the system has no process left, `RuntimeError` where it has no thread."""
        self.close()
        self.levels = []
        self._child = subprocess.Popen(_command(self.name), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, args=[self._child, self.levels], daemon=True).start()

    def close(self) -> None:
        """Let go of the input; `levels` stay."""
        child, self._child = self._child, None
        if child:
            child.kill()

    def _listen(self, child: subprocess.Popen[bytes], levels: list[tuple[float, float]]) -> None:
        assert child.stdout
        with child, suppress(OSError, LookupError, TypeError, ValueError):  # a line that holds no level ends it
            for line in child.stdout:
                levels.append((monotonic(), json.loads(line)["level"]))


def probe_input(name: str, timeout: float = 5.0) -> str:
    """Why the input `name` gives no level within `timeout` seconds; empty where it does."""
    pipe = subprocess.PIPE
    with subprocess.Popen(_command(name), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe) as child:
        assert child.stdout
        assert child.stderr
        works = select([child.stdout], [], [], timeout)[0] and child.stdout.readline()
        child.kill()
        errors = child.stderr.read().decode(errors="replace").strip().splitlines()
    return "" if works else errors[-1] if errors else "–"


def is_louder(levels: Sequence[tuple[float, float]], began: float, ended: float) -> bool | None:
    """Was it louder from `began` to `ended` than before? None where there are too few levels to tell.

    Half the levels during it may be those of pauses, so the upper quarter is compared.
    """
    before = [level for at, level in levels if at < began]
    during = sorted(level for at, level in levels if began + DELAY < at <= ended + DELAY)
    if len(before) < ENOUGH or len(during) < ENOUGH:
        return None
    return during[len(during) * 3 // 4] - median(before) >= THRESHOLD


class ProofSpeaker:
    """A speaker with a level meter at its horns: a playback that has ended says whether it was `heard`."""

    def __init__(self, speaker: Speaker, meter: LevelMeter) -> None:
        self.speaker = speaker
        self.meter = meter
        self.lead = speaker.lead + STARTING
        self._began: float | None = None
        self._heard: bool | None = None
        self._measuring = False

    @property
    def responsive(self) -> bool:
        return self.speaker.responsive

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        self.speaker.arm(airing, sequence, at, gain)
        self._began, self._heard, self._measuring = None, None, True
        try:
            self.meter.open()
        except (OSError, RuntimeError) as error:  # the sound is under way: what cannot be proved is heard all the same
            self._measuring = False
            self.meter.close()
            logging.getLogger(__name__).warning("%s", error)

    def stop(self, fade: float = 0.03) -> None:
        self.speaker.stop(fade)

    def poll(self) -> Playback:
        playback = self.speaker.poll()
        if self._measuring and playback.state is State.PLAYING and self._began is None:
            self._began = monotonic()
        if self._measuring and playback.state in FINAL:
            self._measuring = False
            self.meter.close()
            if self._began is not None and not playback.to_file:
                self._heard = is_louder(tuple(self.meter.levels), self._began, monotonic())
        return replace(playback, heard=self._heard) if playback.state in FINAL else playback

    def close(self) -> None:
        self.meter.close()
        self.speaker.close()


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "loudspeaker.speakers.level_worker", name]
