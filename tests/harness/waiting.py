"""How the tests wait for other processes: for what they want to see, and never for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds: only a test that fails waits so long; what makes way for all else may need a minute


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE, pause: float = 0.005) -> None:
    """Look again and again, with a `pause`, until `condition()` holds. Raises `TimeoutError` where it does not."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(pause)
