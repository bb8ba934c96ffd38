"""How often a command looks for garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from loudspeaker.cli.app import USUAL_THRESHOLDS, collect_as_usual


class Loop:
    """Garbage, once nobody else knows it: it knows itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    """Those of the tests come back; nothing is collected by itself before a test asks for it."""
    before = gc.get_threshold()
    gc.set_threshold(50_000_000)
    yield
    gc.set_threshold(*before)


def test_a_command_that_lasts_lets_garbage_go_and_looks_for_more_as_usual() -> None:
    garbage = weakref.ref(Loop())
    assert garbage()
    collect_as_usual()

    assert (garbage(), gc.get_threshold()) == (None, USUAL_THRESHOLDS)
