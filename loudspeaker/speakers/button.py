"""The stop button of a box: a switch between a GPIO and ground."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ..errors import Message

DEBOUNCE = 0.05  # seconds: contacts bounce, and a long cable catches what lightning sends


class StopButton:
    """The button on GPIO `pin` (BCM number). `wake` is called from any thread when it is pressed.

    One that cannot be read is logged, and never pressed; `fault` tells why.
    """

    def __init__(self, pin: int, wake: Callable[[], None] = lambda: None) -> None:
        self._pressed = threading.Event()
        self._wake = wake
        self.pin, self.fault = pin, ""
        try:
            from gpiozero import Button  # type: ignore[import-untyped]  # slow to load, and few boxes need it

            self._button = Button(pin, pull_up=True, bounce_time=DEBOUNCE)
            self._button.when_pressed = self._press
        except Exception as error:  # gpiozero's pin libraries raise all sorts of things
            self._button, self.fault = None, str(error)
            reason = Message("The stop button on pin {pin} cannot be read: {reason}.", pin=pin, reason=error)
            logging.getLogger(__name__).warning("%s", reason)

    def take_press(self) -> bool:
        """Was it pressed since the last call?"""
        if not self._pressed.is_set():
            return False
        self._pressed.clear()
        return True

    def is_down(self) -> bool:
        """Is it pressed now? For long, that is a stuck contact, or wires that touch."""
        button = self._button
        return bool(button and button.is_pressed)

    def close(self) -> None:
        """Let go of the pin."""
        if self._button:
            self._button.close()

    def _press(self) -> None:
        self._pressed.set()
        self._wake()
