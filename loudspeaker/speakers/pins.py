"""The pins of a box (GPIO): relays, the stop button, and what is wrong with them.

A pin that does not work costs only itself: it is logged, and told. One process only can have a pin: who has it, tells
the others.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType

from ..errors import Message

DEBOUNCE = 0.05  # seconds: contacts bounce, and a long cable catches what lightning sends
PRESSED = "pressed"  # of a button that is down; any other fault is in the words of the pins' library

logger = logging.getLogger(__name__)


def _load_gpiozero() -> ModuleType:
    import gpiozero  # type: ignore[import-untyped]  # slow to load, and few boxes need it

    module: ModuleType = gpiozero
    return module


def _reason(error: Exception) -> str:
    """What a pin's library says, to stand within a sentence; the kind of error where it says nothing."""
    return str(error).rstrip(".! ") or type(error).__name__


class RelaySwitch:
    """The relay on GPIO `pin` (BCM number), off at first. One that is not there does nothing; `fault` tells why."""

    def __init__(self, pin: int, active_high: bool = True) -> None:
        self.pin, self.fault = pin, ""
        self._device = None
        try:
            self._device = _load_gpiozero().DigitalOutputDevice(pin, active_high=active_high, initial_value=False)
        except Exception as error:  # gpiozero's pin libraries raise all sorts of things
            self.fault = _reason(error)
            reason = Message("The relay on pin {pin} cannot be switched: {reason}.", pin=pin, reason=self.fault)
            logger.warning("%s", reason)

    def on(self) -> None:
        if self._device:
            self._device.on()

    def off(self) -> None:
        if self._device:
            self._device.off()

    def close(self) -> None:
        if self._device:
            self._device.close()


class StopButton:
    """The button between GPIO `pin` (BCM number) and ground. `wake` is called from any thread when it is pressed.

    One that cannot be read is logged, and never pressed; `fault` tells why.
    """

    def __init__(self, pin: int, wake: Callable[[], None] = lambda: None) -> None:
        self._pressed = threading.Event()
        self._wake = wake
        self.pin, self.fault = pin, ""
        try:
            self._button = _load_gpiozero().Button(pin, pull_up=True, bounce_time=DEBOUNCE)
            self._button.when_pressed = self._press
        except Exception as error:  # gpiozero's pin libraries raise all sorts of things
            self._button, self.fault = None, _reason(error)
            reason = Message("The stop button on pin {pin} cannot be read: {reason}.", pin=pin, reason=self.fault)
            logger.warning("%s", reason)

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


def pin_faults(relays: Iterable[RelaySwitch], button: StopButton | None) -> dict[str, str]:
    """What is wrong with the pins that this process has: pin -> reason."""
    faults = {str(relay.pin): relay.fault for relay in relays if relay.fault}
    if button and (button.fault or button.is_down()):
        faults[str(button.pin)] = button.fault or PRESSED
    return faults


def probe_pins(relays: Mapping[int, bool], button: int | None) -> dict[str, str]:
    """The same of pins that no process has: relays (pin -> is high on?), which stay off, and the stop button's pin."""
    switches = [RelaySwitch(pin, active_high) for pin, active_high in relays.items()]
    stop = None if button is None else StopButton(button)
    try:
        return pin_faults(switches, stop)
    finally:
        for switch in switches:
            switch.close()
        if stop:
            stop.close()
