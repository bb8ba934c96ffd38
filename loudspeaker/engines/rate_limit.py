"""Rate limiter for online voices."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimiter:
    """At most one request per `spacing` seconds, over all threads. `pause` is called with the seconds to wait."""

    def __init__(self, spacing: float, pause: Callable[[float], None]) -> None:
        self._spacing = spacing
        self._pause = pause
        self._next = 0.0
        self._lock = threading.Lock()

    def acquire(self) -> None:
        """Wait until the next request may be sent."""
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._next)
            self._next = slot + self._spacing
        if slot > now:
            self._pause(slot - now)
