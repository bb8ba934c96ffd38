"""The wall clock of a real process is stepped: nothing silently lost, nothing twice, nothing at a wrong local time."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from harness.faulty_box import FaultyBox, each

YEARS = 86_400 * 365
STEPS = (15, -15, 3600, -3600, 7200, 10 * YEARS, -1_790_000_000)  # the last two: to 2036, to 1970
PHASES = {"waiting": (0, -3.4, -2.6), "armed": (1, -2.4, -0.1), "on air": (1, 0.1, 1.9)}  # airing, seconds from it
CASES = [(STEPS[n % len(STEPS)], [*PHASES][n % len(PHASES)]) for n in range(len(STEPS) * len(PHASES))]
BOOTS = -1_790_000_000  # a box without a battery clock
STEP_RUNS, BOOT_RUNS, AT_ONCE = 180, 20, 8  # 200 in all
FEW = (1, 2, 3, 5)  # of the cases: each phase, back and ahead, a little, an hour and ten years
NOTICED = 1.5  # s: the clocks are compared once a second
EARLY = 0.1  # s
PATIENCE = timedelta(minutes=5)  # of a routine airing
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
pytestmark = [pytest.mark.faketime, pytest.mark.skipif(LIBRARY is None, reason="apt install libfaketime")]


@dataclass
class SteppedBox(FaultyBox):
    """Remembers when its clock was set."""

    faked: bool = True
    steps: list[float] = field(default_factory=list)  # CLOCK_BOOTTIME

    def step_clock(self, seconds: float) -> None:
        super().step_clock(seconds)
        self.steps.append(time.clock_gettime(time.CLOCK_BOOTTIME))

    def check_times(self) -> None:
        """What began, began when the plan has it or up to its grace later.

        By the clock as the box could know it, or by the right time, whatever its clock said just then.
        """
        due = dict(zip(self.ids, self.due, strict=True))
        right = self.due[0] - timedelta(seconds=self.first - time.monotonic() + time.clock_gettime(time.CLOCK_BOOTTIME))
        for sound in self.sounds():
            if not any(0 <= sound.boot - step < NOTICED for step in self.steps):
                late = [began - due[sound.airing] for began in (sound.wall, right + timedelta(seconds=sound.boot))]
                assert any(timedelta(seconds=-EARLY) <= one <= PATIENCE for one in late), self.told

    def barely(self) -> set[str]:
        """Airings that were called off in the instant in which they began, inside the silence that leads them in."""
        return {sound.airing for sound in self.sounds() if not sound.most and self.attempts(sound.airing) == 0}


def test_steps_while_waiting_armed_and_on_air_and_from_1970(tmp_path: Path, full: bool) -> None:
    """A box that wakes in 1970 and four of the cases, without `--runs=full`."""
    learnt = range(BOOT_RUNS if full else 1)
    runs = [(learn, number) for number in learnt]
    runs += [(step, number) for number in (range(BOOT_RUNS, BOOT_RUNS + STEP_RUNS) if full else FEW)]

    def once(run: int) -> None:
        mistreat, number = runs[run]
        mistreat(tmp_path / str(run), number)

    each(once, len(runs), AT_ONCE)


def step(folder: Path, number: int) -> None:
    seconds, phase = CASES[number % len(CASES)]
    chance = random.Random(number)
    airing, first, last = PHASES[phase]
    with SteppedBox(folder, airings=3, apart=5.0, duration=2.0, lead=10.0) as box:
        box.wait_for(airing, chance.uniform(first, last))
        box.step_clock(seconds)
        stays = abs(seconds) == 15 and chance.random() < 0.5
        if not stays:
            time.sleep(chance.uniform(0.5, 3.0))
            box.step_clock(0)
        box.finish()
        box.check()
        box.check_times()
        # An hour forward is believed at once, and what it jumped over is told to be missed; all else is caught up.
        missed = {record.id for record in box.records() if record.verdict == "missed-clock"}
        assert box.lost() <= missed <= box.lost() | box.barely(), box.told
        assert not missed or seconds == 3600, box.told


def learn(folder: Path, number: int) -> None:
    """A box wakes in 1970, is given its plan, and learns the time before or after something was due."""
    with SteppedBox(folder, airings=3, apart=5.0, duration=2.0, lead=10.0, boots=BOOTS) as box:
        box.wait_for(0, random.Random(number).uniform(-3.0, 9.0))
        assert not box.sounds(), box.told
        box.step_clock(0)
        box.finish()
        box.check()
        box.check_times()
        assert not box.lost(), box.told
