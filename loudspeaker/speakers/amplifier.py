"""The relay before an amplifier: on ahead of the sound, held between items, off after them. gpiozero is loaded late.

A relay that cannot be switched costs only itself: it is told, and the sound goes out all the same.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ..errors import Message
from ..interfaces import Clock, Playback, Speaker, State
from ..sound.programme import Programme

OVER = (State.DONE, State.STOPPED, State.FAILED)


class Switch(Protocol):
    """What turns an amplifier on and off: a gpiozero `DigitalOutputDevice`, or a stand-in."""

    def on(self) -> None: ...
    def off(self) -> None: ...
    def close(self) -> None: ...


class Alarm(Protocol):
    """An action to come, which can be called off."""

    def cancel(self) -> None: ...


def alarm(seconds: float, action: Callable[[], None]) -> Alarm:
    """Do `action` after `seconds`, in a thread of its own."""
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
    return timer


class Amplifier:
    """One amplifier with its relay; several outputs may need it. Seconds throughout, monotonic where a moment is meant.

    `later` sets an alarm; tests pass their own.
    """

    def __init__(
        self,
        switch: Switch,
        clock: Clock,
        warm_up: float = 3.0,
        hold: float = 60.0,
        later: Callable[[float, Callable[[], None]], Alarm] = alarm,
    ) -> None:
        self.switch = switch
        self.clock = clock
        self.warm_up = warm_up
        self.hold = hold
        self._later = later
        self._lock = threading.RLock()
        self._on_since: float | None = None
        self._needed: dict[str, float] = {}  # by output: until when
        self._alarm: Alarm | None = None
        self._closed = False
        switch.off()

    def need(self, output: str, begins: float, lasts: float) -> float:
        """Turn it on for sound from `begins` on; returns when it may begin, which is later where the relay was cold."""
        with self._lock:
            if self._on_since is None:
                self._switch(self.switch.on)
                self._on_since = self.clock.monotonic()
            begins = max(begins, self._on_since + self.warm_up)
            self._needed[output] = begins + lasts
            self._look_again()
            return begins

    def leave(self, output: str) -> None:
        """The sound has ended: from now on it is only held."""
        with self._lock:
            if self._needed.get(output, 0.0) <= self.clock.monotonic():
                return  # known already
            self._needed[output] = self.clock.monotonic()
            self._look_again()

    def close(self) -> None:
        """Off for good. May be called by each output that needs it."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._turn_off()
                self._switch(self.switch.close)

    def _look_again(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        left = max(self._needed.values()) + self.hold - self.clock.monotonic()
        self._alarm = self._later(max(0.0, left), self._look)

    def _look(self) -> None:
        with self._lock:
            if self._closed:
                return  # an alarm that rang while it was closed
            if self.clock.monotonic() < max(self._needed.values()) + self.hold:
                self._look_again()  # the alarm was a hair early, or something else came
            else:
                self._turn_off()

    def _turn_off(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm, self._on_since = None, None
        self._switch(self.switch.off)

    def _switch(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # gpiozero's pin libraries raise all sorts of things, and the sound goes out
            logging.getLogger(__name__).warning("%s", Message("A relay cannot be switched: {reason}.", reason=error))


class Amplified:
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
        warm = self.amplifier.need(self.output, begins, sum(programme.duration for programme in sequence))
        try:
            self.speaker.arm(airing, sequence, max(at, at + timedelta(seconds=warm - begins)), gain)
        except BaseException:
            self.amplifier.leave(self.output)
            raise

    def stop(self, fade: float = 0.03) -> None:
        self.speaker.stop(fade)
        self.amplifier.leave(self.output)

    def poll(self) -> Playback:
        playback = self.speaker.poll()
        if playback.state in OVER:
            self.amplifier.leave(self.output)
        return playback

    def close(self) -> None:
        self.speaker.close()
        self.amplifier.close()


class Dead:
    """A relay that is not there; `trouble` is why."""

    def __init__(self, pin: int = 0, trouble: str = "") -> None:
        self.pin, self.trouble = pin, trouble

    def on(self) -> None: ...
    def off(self) -> None: ...
    def close(self) -> None: ...


def switch(pin: int, active_high: bool = True) -> Switch:
    """The relay on GPIO `pin` (BCM number), off."""
    try:
        from gpiozero import DigitalOutputDevice  # type: ignore[import-untyped]

        device: Switch = DigitalOutputDevice(pin, active_high=active_high, initial_value=False)
    except Exception as error:  # gpiozero's pin libraries raise all sorts of things
        reason = Message("The relay on pin {pin} cannot be switched: {reason}.", pin=pin, reason=error)
        logging.getLogger(__name__).warning("%s", reason)
        return Dead(pin, str(error))
    return device
