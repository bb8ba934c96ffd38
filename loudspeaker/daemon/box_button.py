"""The button at the box: a press stops everything; held while something waits for whoever stands there, it agrees.

An alarm waits for a second person, or a box that has joined by itself for the word that it is in the right village.

Whoever stands at the box has a key to it, and hears what comes. An alarm waits only after somebody with that right has
read it and typed its word. While one waits, a press counts when the button is let go, and holding it for `HOLD` seconds
agrees; else a press stops at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import BeingMade
from ..interfaces import Clock
from ..speakers.pins import StopButton

HOLD = 3.0  # s that it is held to agree
WAITS = 600.0  # s that an alarm waits for it


@dataclass(frozen=True, slots=True)
class WaitingAlarm:
    """An alarm that may be agreed to until then (monotonic, s); `give` raises `BeingMade` while its sound is made."""

    name: str
    give: Callable[[], object]
    until: float


@dataclass(slots=True)
class BoxButton:
    """What is pressed at the box. Everything is called from one thread."""

    contact: StopButton | None  # None: the box has none
    clock: Clock
    stop: Callable[[], object]
    find_standing: Callable[[], Callable[[], object] | None] = lambda: None  # what else holding it would agree to now
    _waiting: WaitingAlarm | None = None
    _agreed: WaitingAlarm | None = None
    _down_since: float | None = None  # monotonic, s

    def wait_for(self, name: str, give: Callable[[], object]) -> None:
        """From now on holding it agrees to this alarm, and to no other that waited before."""
        self._waiting, self._agreed = WaitingAlarm(name, give, self.clock.monotonic() + WAITS), None

    def forget(self, name: str) -> None:
        """End the wait for an alarm that was given or withdrawn: a press stops at once again."""
        if self._waiting and self._waiting.name == name:
            self._waiting = None

    def hear(self) -> bool:
        """Do what was pressed. True: call again within a moment.

        Raises whatever keeps an alarm from being given that was agreed to; it is not tried again.
        """
        now = self.clock.monotonic()
        if self._waiting and now >= self._waiting.until:
            self._waiting = None
        if self.contact and self.contact.take_press():
            self._down_since, self._agreed = now, None
            if self._waiting is None and (give := self.find_standing()):
                self._waiting = WaitingAlarm("", give, now + 2 * HOLD)
        if self._down_since is not None and self._is_held(now):
            return True
        return self._agree()

    def _is_held(self, now: float) -> bool:
        """Is it still to be seen what this press means?"""
        assert self.contact
        assert self._down_since is not None
        if self._waiting and self.contact.is_down():
            if now - self._down_since < HOLD:
                return True
            self._agreed, self._waiting = self._waiting, None
        else:
            self.forget("")
            self.stop()
        self._down_since = None
        return False

    def _agree(self) -> bool:
        """Is there an alarm whose sound is still being made?"""
        alarm, self._agreed = self._agreed, None
        if alarm:
            try:
                alarm.give()
            except BeingMade:
                self._agreed = alarm
        return self._agreed is not None
