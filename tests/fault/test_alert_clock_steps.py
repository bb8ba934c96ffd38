"""A clock that is set while a signed alarm speaks, or between two times that it is said: each reading is heard once."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness.alert_box import AlertBox, flood, open_alert_office
from harness.office import NOW, SCOPE

from loudspeaker.trust.signed_documents import Cadence

TWO = ("hoa", "pao")
YEAR_1970 = datetime(1970, 1, 1, tzinfo=NOW.tzinfo)
YEAR_2036 = datetime(2036, 2, 7, tzinfo=NOW.tzinfo)
REPEAT, TIMES = 4, 4
HOUR = 3600.0
FEW = (0, 5)  # seeds: the clock is set twice and three times, in each way at least once


@pytest.fixture
def joined(home: Path, tmp_path: Path) -> Path:
    open_alert_office(home, tmp_path)
    return home


def step(box: AlertBox, chance: random.Random) -> None:
    """Somebody sets it, or its battery is empty; nobody vouches for it then."""
    there = chance.choice(
        [YEAR_1970, YEAR_2036, box.clock.now() - timedelta(days=1), box.clock.now() + timedelta(days=2)]
    )
    box.vouchers = frozenset()
    box.clock.step((there - box.clock.now()).total_seconds())


def test_a_clock_that_is_set_while_an_alarm_speaks_costs_none_of_its_readings(
    joined: Path, tmp_path: Path, full: bool
) -> None:
    for seed in range(60) if full else FEW:
        chance, home = random.Random(seed), tmp_path / f"box-{seed}"
        shutil.copytree(joined, home)
        with closing(AlertBox(home)) as box:
            box.deliver(flood(repeat=REPEAT, gap=20.0), *TWO)
            for _ in range(chance.randrange(1, 4)):
                box.run(chance.uniform(0, 40))
                step(box, chance)
            box.run(600)

            assert box.heard() == [f"urgent@{SCOPE}"] * REPEAT == box.heard("suoi-trat"), seed


def test_a_clock_that_is_set_between_two_times_costs_none_of_them(joined: Path, tmp_path: Path, full: bool) -> None:
    for seed in range(60) if full else FEW:
        chance, home = random.Random(seed), tmp_path / f"box-{seed}"
        shutil.copytree(joined, home)
        with closing(AlertBox(home)) as box:
            again = Cadence(HOUR, NOW + (TIMES - 1) * timedelta(hours=1))
            box.deliver(flood(again=again, until=NOW + timedelta(hours=20)), *TWO)
            for _ in range(chance.randrange(1, 4)):
                box.run(chance.uniform(60, HOUR))
                step(box, chance)
            box.run((TIMES + 1) * HOUR)

            assert box.heard() == [f"urgent@{SCOPE}"] * TIMES == box.heard("suoi-trat"), seed


@pytest.mark.parametrize("after", [3.0, 15.0, 40.0])
def test_a_clock_of_1970_that_is_put_right_while_an_alarm_speaks_costs_none_of_its_readings(
    joined: Path, after: float
) -> None:
    with closing(AlertBox(joined, YEAR_1970)) as box:
        box.vouchers = frozenset()
        box.restart()
        box.deliver(flood(repeat=REPEAT, gap=20.0, again=Cadence(HOUR, NOW + timedelta(hours=1))), *TWO)
        box.run(after)
        box.vouchers = frozenset({"box"})
        box.clock.step((NOW + timedelta(seconds=after) - box.clock.now()).total_seconds())
        box.run(2 * HOUR)

        assert box.heard() == [f"urgent@{SCOPE}"] * REPEAT * 2 == box.heard("suoi-trat")
