"""The console of the small commune, in Vietnamese, and a daemon that writes down what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.fake_daemon import FakeDaemon
from harness.officers import Officers, board_of, officers_of

from loudspeaker.clock import FakeClock


@pytest.fixture
def officers(home: Path, clock: FakeClock) -> Iterator[Officers]:
    with officers_of(home, clock) as found:
        yield found


@pytest.fixture
def daemon(home: Path, clock: FakeClock) -> Iterator[FakeDaemon]:
    """Answers that nothing is on the air; a test changes `answers`."""
    state = home / ".state"
    state.mkdir(exist_ok=True)
    found = FakeDaemon(state / "control.sock")
    found.answers = {"board": board_of(clock.now()), "health": {"rows": [], "looked_at": None}}
    yield found
    found.close()
