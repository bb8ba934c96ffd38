"""Circuit breaker: leaves an engine that failed alone for a while. `now` is an argument; the owner keeps the state.

After an answer with status 429 the circuit is open for an hour or as long as the service asks; after any other failure
for a minute, then two, four … up to an hour. One success closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from ..codec import UNREADABLE, decode, encode
from ..errors import RateLimited, TryAgain

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)  # what a service may ask for


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """Until when an engine is left alone, after so many failures in a row."""

    until: datetime
    failures: int


class CircuitBreakers:
    """One circuit breaker for each engine, by its name. Changed from one thread only."""

    def __init__(self) -> None:
        self._open: dict[str, OpenCircuit] = {}

    def open_until(self, engine: str, now: datetime) -> datetime | None:
        """When `engine` may be asked again; None where its circuit is closed."""
        circuit = self._open.get(engine)
        # A time further ahead than the longest was written while the clock was wrong.
        return circuit.until if circuit and now < circuit.until <= now + LONGEST_ASKED else None

    def record_failure(self, engine: str, error: TryAgain | RateLimited, now: datetime) -> None:
        """Open the circuit of `engine`, for longer after each failure in a row."""
        before = self._open.get(engine)
        failures = before.failures + 1 if before else 1
        wait = min(FIRST * 2 ** min(failures - 1, 10), LONGEST)
        if isinstance(error, RateLimited):
            asked = min(LONGEST_ASKED.total_seconds(), error.retry_after)  # a service may ask for more than fits in one
            wait = max(LONGEST, timedelta(seconds=asked))
        self._open[engine] = OpenCircuit(now + wait, failures)

    def record_success(self, engine: str) -> None:
        """Close the circuit of `engine` and forget its failures."""
        self._open.pop(engine, None)

    def state(self) -> dict[str, object]:
        """All circuits as JSON values, for `from_state`."""
        state: dict[str, object] = encode(self._open)
        return state

    @classmethod
    def from_state(cls, state: Mapping[str, object]) -> Self:
        """The breakers of that state; damaged parts are left out, which costs one request."""
        breakers = cls()
        for engine, circuit in state.items():
            with suppress(*UNREADABLE):
                breakers._open[engine] = decode(OpenCircuit, circuit)
        return breakers
