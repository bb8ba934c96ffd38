"""The small light on the board of a box (ACT of a Raspberry Pi): it answers whoever has no screen, at night, too."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LIGHTS = Path("/sys/class/leds")  # as Linux shows them; only root may switch one
NAMES = ("ACT", "led0", "act-led")  # of the board's own, as its makers call it
SECONDS = 0.4  # s that it is on, and off
TAKEN, REFUSED = 2, 5  # how often it blinks


def blink(times: int, lights: Path = LIGHTS, pause: Callable[[float], None] = time.sleep) -> bool:
    """Blink so often, then go on as before; False on a machine without such a light, or for whoever may not."""
    light = next((lights / name for name in NAMES if (lights / name / "trigger").is_file()), None)
    if light is None:
        return False
    with suppress(OSError):
        before = _current_trigger((light / "trigger").read_text())
        try:
            (light / "trigger").write_text("none")
            for _ in range(times):
                for level in ("0", "1"):
                    (light / "brightness").write_text(level)
                    pause(SECONDS)
        finally:
            (light / "trigger").write_text(before)
        return True
    return False


def _current_trigger(triggers: str) -> str:
    """What rules a light.

    >>> _current_trigger("none kbd-scrolllock [mmc0] timer")
    'mmc0'
    """
    return next((word.strip("[]") for word in triggers.split() if word.startswith("[")), "none")
