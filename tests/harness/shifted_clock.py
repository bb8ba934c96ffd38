"""A clock that runs as this machine's, from another hour of another day."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from harness.small_commune import at

DUE = at("2026-11-24T06:05:00")


class ShiftedClock:
    """A clock that runs as this machine's, from another hour of another day."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._since = time.monotonic()

    def now(self) -> datetime:
        return self._begins + timedelta(seconds=time.monotonic() - self._since)

    def monotonic(self) -> float:
        return time.monotonic()
