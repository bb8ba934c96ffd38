"""How often each fault happens: a few times in CI, as often as the promises say with `--runs=full` (`make fault`)."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--runs", choices=("few", "full"), default="few", help="how often each fault is tried")


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--runs", default="few") == "full")
