"""Files overwritten with rubbish, or saved by half, while the station runs: the last good version airs, and says so."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from harness.hostile_files import HOSTILE, PARSERS
from harness.small_commune import at
from harness.waiting import PATIENCE, wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.errors import BadFile
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

RUNS, FEW = 500, 24
FILES = ("schedules/na-hoa.yaml", "bulletins/tin-sang.md", "commune.yaml", "box.yaml")
PARSE = {name: parse for path, parse in PARSERS.items() for name in FILES if Path(path).parent == Path(name).parent}
PARSE |= {name: PARSERS[name] for name in ("commune.yaml", "box.yaml")}
RUBBISH = tuple(data for data in HOSTILE.values() if 0 < len(data) < 20_000)  # big ones have a test of their own
STANDS_IN = "until it is mended, the last good version of this file is used"


def test_the_last_good_version_airs(station: Station, home: Path, clock: FakeClock, full: bool) -> None:
    station.preparation.prepare(None, 1, lambda done, total, what: None)
    live = OnAir(
        station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda now, trusted: frozenset({"box"})
    )
    refused = 0
    for number in range(RUNS if full else FEW):
        clock.advance_to(at("2026-11-24T05:50:00") + timedelta(days=number))
        refused += spoil(live, home, clock, random.Random(number))
    assert refused > (RUNS if full else FEW) / 3


def spoil(live: OnAir, home: Path, clock: FakeClock, chance: random.Random) -> bool:
    """A morning on which a file is broken before or while its bulletin is on the air; whether it was refused."""
    end = clock.now() + timedelta(minutes=20)
    pause(live, clock, clock.now() + timedelta(seconds=chance.uniform(1, 925)))
    name = chance.choice(FILES)
    good = (home / name).read_bytes()
    bad = chance.choice([*RUBBISH, *[good[: chance.randrange(len(good))] for _ in RUBBISH]])
    (home / name).write_bytes(bad)
    pause(live, clock, end)

    broken = not sound(name, bad)
    told = [str(problem) for problem in live.station.files.problems if problem.path == name]
    rows = [row for row in live.station.airings.records() if row.id == f"na-hoa/tin-sang/{end:%Y-%m-%d}T06:05"]
    if broken:
        assert told.count(f"{name}: {STANDS_IN}") == 1, (told, name, bad)
        assert len(told) == len(set(told)) >= 2, (told, name, bad)
        assert [row.verdict for row in rows] == ["aired"], (rows, name, bad)
    else:
        assert not told, (told, name, bad)
        assert len(rows) <= 1, (rows, name, bad)
    (home / name).write_bytes(good)
    live.look()
    return broken


def sound(name: str, data: bytes) -> bool:
    """Half a file may be a whole one: then it is what somebody wants."""
    try:
        PARSE[name](name, data)
    except BadFile:
        return False
    return True


def pause(live: OnAir, clock: FakeClock, until: datetime) -> None:
    while clock.now() < until:
        live.look()
        clock.advance_to(min(live.step(), until))
    live.step()


def test_the_daemon_says_it_once_in_its_journal_and_goes_on(home: Path, full: bool) -> None:
    environment = {**os.environ, "LOUDSPEAKER_LANG": "en"}
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"]
    with (home / "journal").open("wb") as journal:
        daemon = subprocess.Popen(command, stderr=journal, stdout=journal, env=environment)
    try:
        wait_for(lambda: (home / ".state" / "control.sock").exists())
        for number in range(20 if full else 2):
            name = FILES[number % len(FILES)]
            good = (home / name).read_bytes()
            before = len((home / "journal").read_text())
            (home / name).write_bytes(random.Random(number).choice(RUBBISH))
            wait_for(lambda name=name, before=before: STANDS_IN in (home / "journal").read_text()[before:])
            time.sleep(5.0)
            assert (home / "journal").read_text()[before:].count(f"{name}: {STANDS_IN}") == 1
            (home / name).write_bytes(good)
            time.sleep(2.5)
        assert daemon.poll() is None
    finally:
        with suppress(ProcessLookupError):
            daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(PATIENCE) == 0
