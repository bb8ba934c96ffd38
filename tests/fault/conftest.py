"""How often each fault happens: a few times in CI, as often as the promises say with `--runs=full` (`make fault`)."""

from __future__ import annotations

import pytest


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("runs") == "full")
