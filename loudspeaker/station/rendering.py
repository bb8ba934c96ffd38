"""What renders the programmes of a station. Loads numpy, which takes memory: only for processes that end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..interfaces import Engine
from ..production.renderer import ProgrammeRenderer
from ..store.clips import ClipStore
from ..store.programmes import ProgrammeStore
from ..synthesis.circuit_breaker import CircuitBreakers
from ..synthesis.fallback import FallbackChain
from .paths import StationPaths


def open_renderer(
    paths: StationPaths, now: Callable[[], datetime], load_engine: Callable[[str], Engine], breakers: object = None
) -> ProgrammeRenderer:
    """A renderer for the cache in `paths`; `breakers` is the state of circuit breakers as it was kept in the log."""
    states = CircuitBreakers.from_state(breakers if isinstance(breakers, dict) else {})
    chain = FallbackChain(ClipStore(paths.clips), now, load_engine, states)
    return ProgrammeRenderer(paths.home, chain, ProgrammeStore(paths.programmes))
