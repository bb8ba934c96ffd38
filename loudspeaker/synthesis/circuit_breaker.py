"""Circuit breaker: leaves an engine that failed alone for a while. `now` is an argument; the owner keeps the state.

After an answer with status 429 the circuit is open for an hour or as long as the service asks; after any other failure
for a minute, then two, four … up to an hour. One success closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from ..errors import RateLimited, TryAgain

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)  # what a service may ask for


class CircuitBreakers:
    """One circuit breaker for each engine, by its name. Changed from one thread only."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}

    def open_until(self, engine: str, now: datetime) -> datetime | None:
        """When `engine` may be asked again; None where its circuit is closed."""
        until = self._until.get(engine)
        # A time further ahead than the longest was written while the clock was wrong.
        return until if until is not None and now < until <= now + LONGEST_ASKED else None

    def record_failure(self, engine: str, error: TryAgain | RateLimited, now: datetime) -> None:
        """Open the circuit of `engine`, for longer after each failure in a row."""
        failures = self._failures[engine] = self._failures.get(engine, 0) + 1
        wait = min(FIRST * 2 ** min(failures - 1, 10), LONGEST)
        if isinstance(error, RateLimited):
            wait = min(max(LONGEST, timedelta(seconds=error.retry_after)), LONGEST_ASKED)
        self._until[engine] = now + wait

    def record_success(self, engine: str) -> None:
        """Close the circuit of `engine` and forget its failures."""
        self._until.pop(engine, None)
        self._failures.pop(engine, None)

    def state(self) -> dict[str, dict[str, object]]:
        """All circuits as JSON values, for `from_state`."""
        return {
            engine: {"until": until.isoformat(), "failures": self._failures.get(engine, 0)}
            for engine, until in self._until.items()
        }

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> Self:
        """The breakers of that state; damaged parts are left out, which costs one request."""
        breakers = cls()
        for engine, circuit in state.items():
            try:
                until, failures = datetime.fromisoformat(circuit["until"]), int(circuit["failures"])  # type: ignore[index]
            except (TypeError, ValueError, KeyError):
                continue
            if until.tzinfo is not None:
                breakers._until[engine], breakers._failures[engine] = until, failures
        return breakers
