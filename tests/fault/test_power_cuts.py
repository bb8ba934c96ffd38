"""The power goes at every instant of every write: no half file under a valid name, no promise lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from harness.playout_harness import changed
from harness.power_cut import RecordingDatabase, RecordingDisk, World, restarted

from loudspeaker.model.airing import Occurrence
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.sound.clip import Clip
from loudspeaker.store.asrun import AsRunLog, LogDamaged
from loudspeaker.store.atomic import remove, write_atomic
from loudspeaker.store.clips import ClipStore
from loudspeaker.store.disk_space import DiskReserve
from loudspeaker.store.last_good import LastGoodVersions
from loudspeaker.store.programmes import ProgrammeFacts, ProgrammeStore

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
OLD, NEW = b"old" * 1_000, b"new" * 2_000
AIRED = AsRunRecord(Occurrence("", "na-hoa", "o", "b", "b", Level.ROUTINE, NOW), Verdict.AIRED, "đã phát")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[RecordingDisk]:
    (tmp_path / "disk").mkdir()
    disk = RecordingDisk(tmp_path / "disk")
    yield disk
    disk.close()


def test_a_file_is_the_old_or_the_new_one_and_the_new_one_once_promised(disk: RecordingDisk, tmp_path: Path) -> None:
    path = disk.root / "a" / "b" / "lich.yaml"
    write_atomic(path, OLD, disk)
    assert disk.now()[0] == {Path("a/b/lich.yaml"): OLD}

    disk.worlds.clear()
    write_atomic(path, NEW, disk)
    assert {world[Path("a/b/lich.yaml")] for world in disk.worlds} == {OLD, NEW}
    assert disk.now() == [{Path("a/b/lich.yaml"): NEW}] * 2


def test_a_removed_file_does_not_come_back(disk: RecordingDisk) -> None:
    write_atomic(disk.root / "x", OLD, disk)
    remove(disk.root / "x", disk)

    assert disk.now() == [{}, {}]


def test_a_clip_is_absent_or_whole(disk: RecordingDisk, tmp_path: Path) -> None:
    old, new = (Clip(16_000, np.full(500, level, np.float32)) for level in (0.25, 0.5))
    store = ClipStore(disk.root / "clips", disk)
    for clip in (old, new):
        store.put("aa", clip)

    for folder in restarted(disk.worlds, tmp_path / "after"):
        found = ClipStore(folder / "clips").get("aa")
        assert found is None or found.samples[0] in (0.25, 0.5)
    for folder in restarted(disk.now(), tmp_path / "after"):
        found = ClipStore(folder / "clips").get("aa")
        assert found is not None
        assert found.samples[0] == 0.5


def test_a_programme_is_absent_or_whole_through_putting_discarding_and_sweeping(
    disk: RecordingDisk, tmp_path: Path
) -> None:
    store = ProgrammeStore(disk.root / "programmes", disk)
    store.put("r1", OLD, ProgrammeFacts("k1", 48_000, 1))
    store.put("r1", NEW, ProgrammeFacts("k2", 48_000, 2))
    store.put("r2", OLD, ProgrammeFacts("k1", 48_000, 1))
    for folder in restarted(disk.now(), tmp_path / "after"):
        assert {recipe: found.frames for recipe, found in ProgrammeStore(folder / "programmes").all()} == {
            "r1": 2,
            "r2": 1,
        }
    store.discard("r1")
    store.sweep(0, (), NOW.timestamp())

    assert len(disk.worlds) > 50
    for folder in restarted(disk.worlds, tmp_path / "after"):
        after = ProgrammeStore(folder / "programmes")
        assert all(after.is_intact(found) for _, found in after.all())


def test_the_last_good_version_is_one_that_was_good(disk: RecordingDisk, tmp_path: Path) -> None:
    accepted = LastGoodVersions(disk.root / "accepted", disk)
    accepted.remember("a.yaml", OLD)
    disk.worlds.clear()
    accepted.last_good("a.yaml", NOW)
    accepted.remember("a.yaml", NEW)
    for folder in restarted(disk.worlds, tmp_path / "after"):
        assert LastGoodVersions(folder / "accepted").last_good("a.yaml", NOW) in (OLD, NEW)

    accepted.forget("a.yaml")
    for folder in restarted(disk.now(), tmp_path / "after"):
        assert LastGoodVersions(folder / "accepted").last_good("a.yaml", NOW) is None


def opened(uri: str, reserve: Path) -> tuple[sqlite3.Connection, AsRunLog]:
    database = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        return database, AsRunLog(database, "ban-may", DiskReserve(reserve, size=1))
    except LogDamaged:
        database.close()
        raise


def lost(tmp_path: Path, synchronous: str) -> int:
    """How many promised verdicts some power cut takes, out of 12 with checkpoints between them."""
    promised: list[str] = []
    recording = RecordingDatabase(tmp_path / "asrun.db", lambda: len(promised))
    database, log = opened(recording.uri, tmp_path / "ballast")
    for pragma in (f"synchronous = {synchronous}", "wal_autocheckpoint = 8"):
        database.execute(f"PRAGMA {pragma}")
    for number in range(12):
        log.verdict(changed(AIRED, id=str(number)))
        promised.append(str(number))
        recording.cut()
    log.close()
    recording.close()
    return max(gone(world, promises, tmp_path / "after") for world, promises in recording.worlds())


def gone(world: World, promises: int, folder: Path) -> int:
    (place,) = restarted([world], folder)
    try:
        _, log = opened(f"file:{place / 'asrun.db'}", place / "ballast")
    except LogDamaged:  # a station sets it aside and begins anew
        assert promises == 0
        return 0
    log.verify()
    kept = len(log.rows(NOW, NOW.replace(year=2027)))
    log.close()
    return max(0, promises - kept)


def test_no_promised_verdict_is_lost_and_the_chain_stays_whole(tmp_path: Path) -> None:
    assert lost(tmp_path, "FULL") == 0


def test_the_popular_setting_would_lose_some(tmp_path: Path) -> None:
    assert lost(tmp_path, "NORMAL") > 0
