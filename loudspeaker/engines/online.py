"""Calls of online voices: not too many of them, and none that takes for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future


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


def run_with_deadline(seconds: float, act: Callable[[], bytes]) -> bytes:
    """The result of `act`. Raises `TimeoutError` after `seconds`, and whatever `act` raises.

    Socket time-outs bound neither a name server nor a server that sends byte by byte, so `act` runs in a thread that
    is abandoned; that thread ends at the next socket time-out or with this process.
    """
    future: Future[bytes] = Future()
    threading.Thread(target=_settle_future, args=(future, act), daemon=True).start()
    return future.result(seconds)


def _settle_future(future: Future[bytes], act: Callable[[], bytes]) -> None:
    try:
        future.set_result(act())
    except BaseException as error:  # handed to the thread that waits
        future.set_exception(error)
