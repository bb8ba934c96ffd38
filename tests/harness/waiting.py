"""How the tests wait for other processes: for what they want to see, and never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds: only a test that fails waits so long; what makes way for all else may need minutes
REST = 0.1  # seconds


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE, pause: float = 0.005) -> None:
    """Look again and again, with a `pause`, until `condition()` holds. Raises `TimeoutError` where it does not.

    What took long to look at rests as long, up to `REST`: whoever is waited for needs the processor, too.
    """
    begins = time.monotonic()
    ends = begins + seconds
    while not condition():
        now = time.monotonic()
        if now > ends:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(max(pause, min(now - begins, REST)))
        begins = time.monotonic()
