"""The wall clock of a real process is stepped under it: nothing lost silently, nothing twice, no invented verdicts."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from box import Box

STEPS = (15, -15, 3600, -3600, 7200, 86_400 * 365 * 10, -1_790_000_000)
RUNS = 200
AT_ONCE = 4
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
pytestmark = [pytest.mark.faketime, pytest.mark.skipif(LIBRARY is None, reason="apt install libfaketime")]


def test_steps_of_the_clock_while_waiting_and_on_air(tmp_path: Path, full: bool) -> None:
    with ThreadPoolExecutor(AT_ONCE) as together:
        for outcome in [together.submit(mistreat, tmp_path, number) for number in range(RUNS if full else len(STEPS))]:
            outcome.result()


def mistreat(tmp_path: Path, number: int) -> None:
    chance = random.Random(number)
    folder = tmp_path / str(number)
    folder.mkdir()
    with Box(folder, airings=3, apart=2.5, faked=True) as box:
        time.sleep(chance.uniform(0.0, 7.0))
        box.step_clock(STEPS[number % len(STEPS)])
        time.sleep(chance.uniform(0.5, 3.0))
        box.step_clock(0)
        box.finish(patience=45)
        box.check()
