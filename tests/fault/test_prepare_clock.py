"""The clock is set while the child prepares or sweeps: nothing lost, nothing needed swept, no false readiness."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from harness.small_commune import at

from loudspeaker.clock import FakeClock, SystemClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.maintenance.cache import sweep_cache
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

YEARS = 86_400 * 365.0
BOOTS = -1_790_000_000.0  # a box without a battery clock wakes in 1970
STEPS = ((BOOTS, 0), (0, BOOTS), (0, 10 * YEARS), (10 * YEARS, 0), (0, 86_400), (86_400, 0), (0, -7200), (0, 3600))
FEW, RUNS = 2, 48
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
NOW = at("2026-11-24T05:00")
faked = pytest.mark.skipif(LIBRARY is None, reason="apt install libfaketime")


@pytest.mark.faketime
@faked
def test_a_child_whose_clock_is_set_tells_the_truth_and_the_next_round_makes_the_rest(
    home: Path, tmp_path: Path, full: bool
) -> None:
    for number in range(RUNS if full else FEW):
        before, after = STEPS[number % len(STEPS)]
        chance = random.Random(number)
        subprocess.run(["rm", "-rf", home / "audio_cache"], check=True)
        child = Child(home, tmp_path / "clock", before)
        if chance.random() < 0.5:
            child.wait_for_a_programme()
        else:
            time.sleep(chance.uniform(0.0, 1.0))
        child.set_clock(after)
        rows = child.rows()
        station = Station.open(home)
        assert rows, (before, after)
        assert all(row["ready"] == ready(station, row["id"]) for row in rows), (before, after, rows)
        station.close()

        again = Child(home, tmp_path / "clock", 0).rows()

        assert all(row["ready"] for row in again), (before, after, again)
        assert {str(row["id"]).rsplit("/", 1)[1][:10] for row in again} == {str(day) for day in days()}


def ready(station: Station, airing: str) -> bool:
    return station.planner.why_unready(station.airings.find(airing)) is None


def days() -> Sequence[object]:
    today = SystemClock(NOW.tzinfo or at("2026-11-24").tzinfo).now().date()  # type: ignore[arg-type]
    return [today, today + timedelta(days=1)]


class Child:
    """The child that prepares two days, on a clock of its own; `off` is in seconds from the right time."""

    def __init__(self, home: Path, clock: Path, off: float) -> None:
        self.home, self.clock = home, clock
        self.set_clock(off)
        command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "prepare", "--days", "2", "--json"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=faketime(clock), text=True
        )

    def set_clock(self, off: float) -> None:
        draft = self.clock.with_suffix(".part")
        draft.write_text(f"{off:+.0f}\n")
        draft.replace(self.clock)

    def wait_for_a_programme(self) -> None:
        while self.process.poll() is None and not list(self.home.glob("audio_cache/programmes/*.json")):
            time.sleep(0.002)

    def rows(self) -> list[dict[str, object]]:
        told, errors = self.process.communicate(timeout=120)
        assert self.process.returncode in (0, 1), errors
        rows: list[dict[str, object]] = json.loads(told)
        return rows


def faketime(clock: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DISABLE_SHM": "1",  # of which a killed process leaves a piece in /dev/shm
    }


@pytest.mark.parametrize("day", ["1970-01-01", "2020-01-01", "2026-11-23", "2026-11-25", "2036-11-24"])
def test_midnight_or_a_step_while_sound_is_made_does_not_change_which_day_is_meant(home: Path, day: str) -> None:
    clock = FakeClock(NOW)
    station = Station.open(home, clock=clock)

    def progress(_done: int, _of: int, _what: str) -> None:
        clock.step((at(f"{day}T05:00") - clock.now()).total_seconds())

    rows = station.preparation.prepare("tomorrow", 1, progress)

    assert [row.airing.id for row in rows if row.ready] == [
        "na-hoa/tin-sang/2026-11-25T06:05",
        "na-hoa/nhac/2026-11-25T11:00",
        "na-hoa/tin-sang/2026-11-25T17:30",
        "suoi-trat/tin-sang/2026-11-25T17:30",
    ]
    station.close()


@pytest.mark.parametrize("day", ["1970-01-01", "2026-12-24", "2036-11-24"])
def test_a_sweep_on_a_wrong_clock_leaves_what_the_accepted_plan_needs(home: Path, day: str) -> None:
    schedule = home / "schedules" / "na-hoa.yaml"  # nothing of it is due by the wrong clock
    schedule.write_text(schedule.read_text().replace("17:30]", "17:30], from: 2026-11-24, until: 2026-11-26"))
    (home / "schedules" / "suoi-trat.yaml").unlink()
    clock = FakeClock(NOW)
    station = Station.open(home, clock=clock)
    station.preparation.prepare(None, 2, lambda done, of, what: None)
    live = OnAir(
        station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda now, trusted: frozenset({"rtc"})
    )
    live.step()
    needed = [one for one in station.airings.between(*station.clock.window(None, 2)) if one.bulletin == "tin-sang"]
    clock.step((at(f"{day}T02:30") - clock.now()).total_seconds())

    sweep_cache(station, budget=0)

    assert len(needed) == 4
    assert [station.planner.why_unready(one) for one in needed] == [None] * 4
    station.close()


def test_a_broken_file_that_a_clock_of_1970_found_has_its_last_good_version_for_two_days(home: Path) -> None:
    clock = FakeClock(NOW)
    Station.open(home, clock=clock).close()
    (home / "schedules" / "na-hoa.yaml").write_text("broadcasts: [")
    clock.step((at("1970-01-01T07:00") - clock.now()).total_seconds())
    Station.open(home, clock=clock).close()

    clock.step((NOW - clock.now()).total_seconds())

    found = []
    for hours in (0, 47, 2):
        clock.advance(hours * 3600)
        station = Station.open(home, clock=clock)
        found.append([one.id for one in station.files.contents.schedules])
        station.close()
    assert found == [["na-hoa", "suoi-trat"], ["na-hoa", "suoi-trat"], ["suoi-trat"]]
