"""The relay before an amplifier: on ahead of the sound, held between items, off after them.

A relay that cannot be switched costs only itself: it is logged, and the sound goes out all the same.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ..errors import Message
from ..interfaces import Clock, Playback, Speaker, State
from ..model.programme import Programme
from .pins import RelaySwitch

FINAL = (State.DONE, State.STOPPED, State.FAILED)

Cancel = Callable[[], None]
logger = logging.getLogger(__name__)


def start_timer(seconds: float, action: Callable[[], None]) -> Cancel:
    """Do `action` after `seconds`, in a thread of its own. Returns a function that cancels it."""
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
    return timer.cancel


class Amplifier:
    """One amplifier with its relay; several outputs may need it. Durations in seconds, moments in monotonic seconds."""

    def __init__(
        self,
        relay: RelaySwitch,
        clock: Clock,
        warm_up: float = 3.0,
        hold: float = 60.0,
        timer: Callable[[float, Callable[[], None]], Cancel] = start_timer,
    ) -> None:
        self.relay = relay
        self.clock = clock
        self.warm_up = warm_up
        self.hold = hold
        self._start_timer = timer
        self._lock = threading.RLock()
        self._on_since: float | None = None
        self._needed: dict[str, float] = {}  # by output: until when
        self._cancel: Cancel | None = None
        self._closed = False
        relay.off()

    def request(self, output: str, begins: float, lasts: float) -> float:
        """Turn it on for sound from `begins` on; returns when it may begin, which is later where the relay was cold."""
        with self._lock:
            if self._on_since is None:
                self._switch(self.relay.on)
                self._on_since = self.clock.monotonic()
            begins = max(begins, self._on_since + self.warm_up)
            self._needed[output] = begins + lasts
            self._wait()
            return begins

    def release(self, output: str) -> None:
        """The sound has ended: from now on it is only held."""
        with self._lock:
            if self._needed.get(output, 0.0) <= self.clock.monotonic():
                return  # known already
            self._needed[output] = self.clock.monotonic()
            self._wait()

    def close(self) -> None:
        """Turn it off for good. May be called by each output that needs it."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._turn_off()
                self._switch(self.relay.close)

    def _wait(self) -> None:
        if self._cancel:
            self._cancel()
        left = max(self._needed.values()) + self.hold - self.clock.monotonic()
        try:
            self._cancel = self._start_timer(max(0.0, left), self._turn_off_if_due)
        except RuntimeError as error:  # the system has no thread left: it stays on until the next sound
            self._cancel = None
            logger.warning("%s", error)

    def _turn_off_if_due(self) -> None:
        with self._lock:
            if self._closed:
                return  # a timer that ran out while it was closed
            if self.clock.monotonic() < max(self._needed.values()) + self.hold:
                self._wait()  # the timer was a hair early, or something else came
            else:
                self._turn_off()

    def _turn_off(self) -> None:
        if self._cancel:
            self._cancel()
        self._cancel, self._on_since = None, None
        self._switch(self.relay.off)

    def _switch(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # gpiozero's pin libraries raise all sorts of things, and the sound goes out
            logger.warning("%s", Message("A relay cannot be switched: {reason}.", reason=error))


class AmplifierSpeaker:
    """A speaker behind an amplifier: no sound before it is warm."""

    def __init__(self, speaker: Speaker, amplifier: Amplifier, output: str) -> None:
        self.speaker = speaker
        self.amplifier = amplifier
        self.output = output
        self.lead = max(speaker.lead, amplifier.warm_up + 0.5)

    @property
    def responsive(self) -> bool:
        return self.speaker.responsive

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        clock = self.amplifier.clock
        now = clock.monotonic()
        begins = now + max(0.0, (at - clock.now()).total_seconds())
        warm = self.amplifier.request(self.output, begins, sum(programme.duration for programme in sequence))
        try:
            self.speaker.arm(airing, sequence, max(at, at + timedelta(seconds=warm - begins)), gain)
        except BaseException:
            self.amplifier.release(self.output)
            raise

    def stop(self, fade: float = 0.03) -> None:
        self.speaker.stop(fade)
        self.amplifier.release(self.output)

    def poll(self) -> Playback:
        playback = self.speaker.poll()
        if playback.state in FINAL:
            self.amplifier.release(self.output)
        return playback

    def close(self) -> None:
        try:
            self.speaker.close()
        finally:
            self.amplifier.close()
