"""A few random months of a station keep the promises (docs/promises.md 1, 2, 5–8); `make fault` runs many."""

from __future__ import annotations

from harness.station_machine import MonthMachine, WildClockMachine
from hypothesis import HealthCheck, Phase, settings

FEW = settings(
    max_examples=2,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,  # the same few each time; `make fault` looks for new ones
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

TestMonth = MonthMachine.TestCase
TestMonth.settings = FEW
TestWildClock = WildClockMachine.TestCase
TestWildClock.settings = FEW
