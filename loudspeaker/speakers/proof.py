"""Proof of sound: was it louder at the horns while we played than just before? Levels only; no sound is kept.

An input of the box (a loopback, a microphone) is listened to from when a sequence is armed until it has ended.
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
from typing import Protocol

from ..interfaces import Playback, Speaker, State
from ..sound.programme import Programme

LOUDER = 6.0  # dB: a horn that speaks is far above the yard it stands in
ENOUGH = 2  # levels on either side, a quarter of a second each
STARTING = 2.0  # seconds: an input does not hear at once
DELAY = 0.5  # seconds: what an input hears is told a little later
ENDED = (State.DONE, State.STOPPED, State.FAILED)


class Ear(Protocol):
    """What listens: `levels` holds moment (monotonic) and level (dBFS) since `open`."""

    levels: list[tuple[float, float]]

    def open(self) -> None: ...
    def close(self) -> None: ...


@dataclass
class InputEar:
    """An input of this box, listened to by a child process (ear.py). One that cannot be opened hears nothing."""

    name: str
    levels: list[tuple[float, float]] = field(default_factory=list)
    _child: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        self.close()
        self.levels = []
        command = [sys.executable, "-m", "loudspeaker.speakers.level_worker", self.name]
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, args=[self._child, self.levels], daemon=True).start()

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.kill()

    def _listen(self, child: subprocess.Popen[bytes], levels: list[tuple[float, float]]) -> None:
        assert child.stdout
        with child, suppress(OSError, LookupError, TypeError, ValueError):  # what is no level is none
            for line in child.stdout:
                levels.append((monotonic(), json.loads(line)["level"]))


def deaf(name: str, patience: float = 5.0) -> str:
    """Why the input `name` hears nothing within some seconds; empty where it does."""
    command = [sys.executable, "-m", "loudspeaker.speakers.level_worker", name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe) as child:
        assert child.stdout
        assert child.stderr
        hears = select([child.stdout], [], [], patience)[0] and child.stdout.readline()
        child.kill()
        told = child.stderr.read().decode(errors="replace").strip().splitlines()
    return "" if hears else told[-1] if told else "–"


def louder(levels: Sequence[tuple[float, float]], began: float, ended: float) -> bool | None:
    """Was it louder from `began` to `ended` than before? None where too little was heard to tell.

    Half the levels during it may be those of pauses, so the upper quarter speaks for it.
    """
    before = [level for at, level in levels if at < began]
    during = sorted(level for at, level in levels if began + DELAY < at <= ended + DELAY)
    if len(before) < ENOUGH or len(during) < ENOUGH:
        return None
    return during[len(during) * 3 // 4] - median(before) >= LOUDER


class Proved:
    """A speaker with an ear: a playback that is done says whether it was `heard`."""

    def __init__(self, speaker: Speaker, ear: Ear) -> None:
        self.speaker = speaker
        self.ear = ear
        self.lead = speaker.lead + STARTING
        self._began: float | None = None
        self._verdict: bool | None = None
        self._listening = False

    @property
    def responsive(self) -> bool:
        return self.speaker.responsive

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        self.speaker.arm(airing, sequence, at, gain)
        self._began, self._verdict, self._listening = None, None, True
        try:
            self.ear.open()
        except OSError as error:  # the sound is under way: what cannot be proved is heard all the same
            self._listening = False
            logging.getLogger(__name__).warning("%s", error)

    def stop(self, fade: float = 0.03) -> None:
        self.speaker.stop(fade)

    def poll(self) -> Playback:
        playback = self.speaker.poll()
        if self._listening and playback.state is State.PLAYING and self._began is None:
            self._began = monotonic()
        if self._listening and playback.state in ENDED:
            self._listening = False
            self.ear.close()
            if self._began is not None and not playback.to_file:
                self._verdict = louder(tuple(self.ear.levels), self._began, monotonic())
        return replace(playback, heard=self._verdict) if playback.state in ENDED else playback

    def close(self) -> None:
        self.ear.close()
        self.speaker.close()
