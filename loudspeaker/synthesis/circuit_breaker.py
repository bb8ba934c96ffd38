"""Which engines are left alone, and until when. `now` is an argument; whoever owns a `Breakers` keeps it over restarts.

A service that counts us (429) rests for an hour or as long as it asks; one that cannot be reached rests for a minute,
then two, four … up to an hour. One good answer forgives everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from ..errors import RateLimited, TryAgain

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)  # what a service may ask for


class Breakers:
    """The rests of all engines, by name. Small, and changed from one thread."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}

    def resting(self, engine: str, now: datetime) -> datetime | None:
        """When `engine` may be asked again; None means now."""
        until = self._until.get(engine)
        # A rest longer than the longest was written while the clock was wrong.
        return until if until is not None and now < until <= now + LONGEST_ASKED else None

    def failed(self, engine: str, error: TryAgain | RateLimited, now: datetime) -> None:
        """Let `engine` rest because of `error`."""
        failures = self._failures[engine] = self._failures.get(engine, 0) + 1
        rest = min(FIRST * 2 ** min(failures - 1, 10), LONGEST)
        if isinstance(error, RateLimited):
            rest = min(max(LONGEST, timedelta(seconds=error.retry_after)), LONGEST_ASKED)
        self._until[engine] = now + rest

    def spoke(self, engine: str) -> None:
        """Forget what `engine` did wrong."""
        self._until.pop(engine, None)
        self._failures.pop(engine, None)

    def facts(self) -> dict[str, dict[str, object]]:
        """All of it as JSON can keep it."""
        return {
            engine: {"until": until.isoformat(), "failures": self._failures.get(engine, 0)}
            for engine, until in self._until.items()
        }

    @classmethod
    def restored(cls, facts: Mapping[str, object]) -> Self:
        """From what `facts` gave; what cannot be understood is forgotten, which costs one more request."""
        breakers = cls()
        for engine, kept in facts.items():
            try:
                until, failures = datetime.fromisoformat(kept["until"]), int(kept["failures"])  # type: ignore[index]
            except (TypeError, ValueError, KeyError):
                continue
            if until.tzinfo is not None:
                breakers._until[engine], breakers._failures[engine] = until, failures
        return breakers
