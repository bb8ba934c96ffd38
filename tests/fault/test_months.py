"""Two hundred random months each of a good and of a wild clock keep the promises (docs/promises.md 1, 2, 5–8).

What happens in them: `harness/station_machine.py`. Of the few of each that `make test` plays, nineteen in twenty steps
are naps of half a minute in which nothing comes near: then a station sleeps for ten minutes, never past what is due.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from harness.station_machine import MonthMachine, WildClockMachine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from loudspeaker.playout.controller import NAP

REST = timedelta(minutes=10)
FEW, FULL = 2, 200


def test_months_with_a_good_clock(full: bool) -> None:
    run_state_machine_as_test(partial(MonthMachine, NAP if full else REST), settings=many(full))


def test_months_with_a_wild_clock(full: bool) -> None:
    run_state_machine_as_test(partial(WildClockMachine, NAP if full else REST), settings=many(full))


def many(full: bool) -> settings:
    return settings(
        max_examples=FULL if full else FEW,
        stateful_step_count=40 if full else 15,
        deadline=None,
        report_multiple_bugs=False,  # one bad month is enough to read
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a month takes longer than reading it
        suppress_health_check=list(HealthCheck),
    )
