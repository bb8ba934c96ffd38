"""A log can be followed while another process writes it, by somebody who may not write it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness.read_only import PLACE

from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord, Event
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.store.log_follower import LogFollower

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
FOLLOW = """
import sys
from pathlib import Path
from loudspeaker.store.log_follower import LogFollower
follower = LogFollower(Path(sys.argv[1]), "xa-thu")
for logged in follower.follow(lambda: bool(sys.stdin.readline())):
    print(logged.number, getattr(logged.entry, "kind", None) or logged.entry.verdict, logged.hash, flush=True)
"""


@pytest.fixture
def path() -> Iterator[Path]:
    """A log where others may look, too; pytest's own folders are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "asrun.db"


def record(number: int) -> AsRunRecord:
    at = NOW + timedelta(minutes=number)
    occurrence = Occurrence(f"na-hoa/tin/{at:%Y-%m-%dT%H:%M}", "na-hoa", "a", "tin", "tin", Level.ROUTINE, at)
    return AsRunRecord(occurrence, Verdict.AIRED, "")


def sight(path: Path) -> list[tuple[str, int]]:
    return sorted((file.name, file.stat().st_mtime_ns) for file in path.parent.iterdir() if file.suffix != ".db-shm")


def test_another_process_and_user_sees_each_entry_once_as_it_is_written(path: Path) -> None:
    log = AsRunLog.open(path, "xa-thu")
    log.event("clock", "", NOW, by="Lan")
    follower = subprocess.Popen(
        [*(PLACE if os.getuid() == 0 else ()), sys.executable, "-c", FOLLOW, str(path)],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True},
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert follower.stdin
    assert follower.stdout
    try:
        lines = [follower.stdout.readline().split()]
        for number in range(300):  # more than one checkpoint of the write-ahead log
            log.verdict(record(number))
            if number % 100 == 0:
                follower.stdin.write("\n")
                follower.stdin.flush()
                lines.append(follower.stdout.readline().split())
        follower.stdin.write("\n")
        follower.stdin.close()
        lines += [line.split() for line in follower.stdout]
    finally:
        follower.wait()
        follower.stdout.close()

    assert [int(number) for number, _, _ in lines] == list(range(1, 302))
    assert [kind for _, kind, _ in lines] == ["clock", *["aired"] * 300]
    assert [digest for _, _, digest in lines] == [digest for _, _, digest in log.entries()]
    log.close()


def test_a_log_that_begins_later_and_one_that_was_replaced_are_followed_from_their_first_entry(path: Path) -> None:
    follower = LogFollower(path, "xa-thu")
    assert list(follower.new_entries()) == []

    log = AsRunLog.open(path, "xa-thu")
    log.event("began", "", NOW)
    log.event("left", "", NOW)
    assert [logged.number for logged in follower.new_entries()] == [1, 2]
    log.replace_damaged(path, NOW)
    log.event("log-damaged", "", NOW, aside="asrun.damaged.db")

    (logged,) = follower.new_entries()
    assert (logged.number, logged.entry) == (1, Event("log-damaged", "", NOW, {"aside": "asrun.damaged.db"}))
    log.close()


def test_it_begins_behind_the_number_that_is_known_and_writes_nothing(path: Path) -> None:
    log = AsRunLog.open(path, "xa-thu")
    for number in range(3):
        log.verdict(record(number))
    before = sight(path)

    assert [logged.entry for logged in LogFollower(path, "xa-thu", after=2).new_entries()] == [record(2)]
    assert sight(path) == before
    log.close()
