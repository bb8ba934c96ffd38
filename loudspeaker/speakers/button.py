"""The stop button of a box: a switch between a GPIO and ground. Tells that it was pressed. gpiozero is loaded late."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ..errors import Message

STEADY = 0.05  # seconds: contacts bounce, and a long cable catches what lightning sends


class StopButton:
    """The button on GPIO `pin` (BCM number). `wake` is called from any thread when it is pressed.

    One that cannot be read is told, and never pressed; `trouble` is why.
    """

    def __init__(self, pin: int, wake: Callable[[], None] = lambda: None) -> None:
        self._pressed = threading.Event()
        self._wake = wake
        self.pin, self.trouble = pin, ""
        try:
            from gpiozero import Button  # type: ignore[import-untyped]

            self._button = Button(pin, pull_up=True, bounce_time=STEADY)
            self._button.when_pressed = self._press
        except Exception as error:  # gpiozero's pin libraries raise all sorts of things
            self._button, self.trouble = None, str(error)
            reason = Message("The stop button on pin {pin} cannot be read: {reason}.", pin=pin, reason=error)
            logging.getLogger(__name__).warning("%s", reason)

    def pressed(self) -> bool:
        """Was it pressed since this was asked last?"""
        if not self._pressed.is_set():
            return False
        self._pressed.clear()
        return True

    def held(self) -> bool:
        """Is it down now? For long, that is a stuck contact, or wires that touch."""
        button = self._button
        return bool(button and button.is_pressed)

    def close(self) -> None:
        if self._button:
            self._button.close()

    def _press(self) -> None:
        self._pressed.set()
        self._wake()
