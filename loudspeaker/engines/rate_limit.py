"""Good manners towards a service where we are a guest: one request at a time, and some time between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Turn:
    """At most one request each `spacing` seconds, whoever asks."""

    def __init__(self, spacing: float, pause: Callable[[float], None]) -> None:
        self._spacing = spacing
        self._pause = pause
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + self._spacing
        if mine > now:
            self._pause(mine - now)
