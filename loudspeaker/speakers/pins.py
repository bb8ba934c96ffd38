"""What is wrong with the pins of a box. One process only can have a pin: who has it, tells the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .amplifier import RelaySwitch
from .button import StopButton

PRESSED = "pressed"  # of a button that is down; any other fault is in the words of the pins' library


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
