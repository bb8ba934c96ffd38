"""A clock that runs as this machine's, from another hour of another day."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from harness.small_commune import at

DUE = at("2026-11-24T06:05:00")


class ShiftedClock:
    """A clock that runs as this machine's, from another hour of another day; it stands until it is started."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._since: float | None = None

    def start(self) -> None:
        """Once all is ready, however long that took on a busy machine."""
        self._since = time.monotonic()

    def now(self) -> datetime:
        return self._begins + timedelta(seconds=time.monotonic() - self._since if self._since else 0.0)

    def monotonic(self) -> float:
        return time.monotonic()
