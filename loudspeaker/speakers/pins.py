"""What is wrong with the pins of a box. One process only can have a pin: who has it, says so for the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .amplifier import Dead, Switch, switch
from .button import StopButton

PRESSED = "pressed"  # of a button that is down; else what the pins' library has said


def wrong(switches: Iterable[Switch], button: StopButton | None) -> dict[str, str]:
    """Of the pins in this process' hands: number -> reason."""
    found = {str(one.pin): one.trouble for one in switches if isinstance(one, Dead)}
    if button and (button.trouble or button.held()):
        found[str(button.pin)] = button.trouble or PRESSED
    return found


def tried(relays: Mapping[int, bool], button: int | None) -> dict[str, str]:
    """The same of pins that nobody has: relays (pin -> is high on?), which stay off, and the stop button's."""
    switches = [switch(pin, active_high) for pin, active_high in relays.items()]
    stop = None if button is None else StopButton(button)
    try:
        return wrong(switches, stop)
    finally:
        for one in switches:
            one.close()
        if stop:
            stop.close()
