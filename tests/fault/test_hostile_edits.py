"""Files overwritten with rubbish, or saved by half, while the station runs: the last good version airs, and says so."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from hostile import HOSTILE
from xa_thu import at

from loudspeaker.clock import FakeClock
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.station.live import Live

RUNS, FEW = 500, 12
FILES = ("schedules/na-hoa.yaml", "bulletins/tin-sang.md", "commune.yaml", "box.yaml")
RUBBISH = tuple(data for data in HOSTILE.values() if 0 < len(data) < 20_000)  # big ones have a test of their own


def test_the_last_good_version_airs(station: Station, home: Path, clock: FakeClock, full: bool) -> None:
    station.prepare(None, 1, lambda done, total, what: None)
    live = Live(station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda now, trusted: frozenset({"box"}))
    for number in range(RUNS if full else FEW):
        day = at("2026-11-24T05:50:00") + timedelta(days=number)
        clock.advance_to(day)
        spoil(live, home, clock, random.Random(number))


def spoil(live: Live, home: Path, clock: FakeClock, chance: random.Random) -> None:
    morning = clock.now()
    pause(live, clock, chance.uniform(1, 1000))
    name = chance.choice(FILES)
    good = (home / name).read_bytes()
    bad = chance.choice([*RUBBISH, good[: chance.randrange(len(good))]])
    (home / name).write_bytes(bad)
    pause(live, clock, 20 * 60 - (clock.now() - morning).total_seconds())

    told = [problem for problem in live.station.problems if problem.path == name]
    row = next(
        (row for row in live.station.rows() if row["id"].startswith(f"na-hoa/tin-sang/{morning:%Y-%m-%d}T06")), None
    )
    if told:
        assert row, (name, bad)
        assert row["verdict"] == "aired", (row, name, bad)
    (home / name).write_bytes(good)
    live.look()


def pause(live: Live, clock: FakeClock, seconds: float) -> None:
    end = clock.now() + timedelta(seconds=seconds)
    while clock.now() < end:
        live.look()
        clock.advance_to(min(live.step(), end))
    live.step()
