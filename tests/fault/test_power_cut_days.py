"""The power goes at every write of a busy day, and at every step between: each airing still ends in one verdict."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

from harness.playout_harness import RATE, PlayoutHarness, airing, at, changed, programme
from harness.power_cut import RecordingDatabase, World, restarted

from loudspeaker.clock import FakeClock
from loudspeaker.interfaces import State
from loudspeaker.model.airing import Airing
from loudspeaker.model.enums import Level
from loudspeaker.playout.deadlines import QUARTER
from loudspeaker.playout.ports import Log
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.store.disk_space import DiskReserve

FEW = 100
COMMUNE = "ban-may"
WHOLE = {"aired", "aired-late"}
AIRINGS = (
    airing("17:00", 12.0, bulletin="a"),
    airing("17:00:20", 12.0, bulletin="b"),
    airing("17:00:30", 12.0, bulletin="c", level=Level.PRIORITY),  # has to wait for b
    airing("17:02", 12.0, bulletin="d"),
    airing("17:02", 12.0, bulletin="e", village="suoi-trat", output="second"),
    airing("17:04", 12.0, bulletin="f"),
)
PLAYS, GAP = 2, 3.0
URGENT = changed(airing("17:02:04", 5.0), id="na-hoa/urgent/1", level=Level.EMERGENCY)
OUTPUTS = ("horn", "second")
OFF = (1.0, 20.0, 200.0)  # s without power: not so long that something would be too stale
ENDS = at("17:20")

Heard = tuple[str, float]  # airing, seconds
Told = tuple[datetime, tuple[Heard, ...], bool]  # at a cut: when, what was heard, whether the alarm was promised


def test_the_power_goes_at_every_write_of_a_day(tmp_path: Path, full: bool) -> None:
    worlds = list(day(tmp_path / "asrun.db"))
    assert len(worlds) > 200
    cases = list(product(worlds, OFF))
    for (world, told), off in cases if full else random.Random(1).sample(cases, FEW):
        (folder,) = restarted([world], tmp_path / "after")
        go_on(folder / "asrun.db", told, off)


def day(path: Path) -> Iterator[tuple[World, Told]]:
    """A day with an alarm in it; every world that a cut could leave once the plan was accepted."""
    stage = PlayoutHarness(*AIRINGS, now="16:59:50", outputs=OUTPUTS)
    promised: list[Airing] = []
    recording = RecordingDatabase(path, lambda: (stage.clock.now(), heard(stage), bool(promised)))
    begins = stage.clock.now()
    database = sqlite3.connect(recording.uri, uri=True, isolation_level=None)
    try:
        take_up(stage, database)
        database.execute("PRAGMA wal_autocheckpoint = 8")
        while stage.clock.now() < at("17:06"):
            wake = stage.step()
            recording.cut()
            if not promised and stage.clock.now() >= URGENT.scheduled_at:
                stage.order_now(URGENT, programmes=(programme("alarm", URGENT.duration),), plays=PLAYS, gap=GAP)
                promised.append(URGENT)
            else:
                stage.clock.advance_to(wake if promised else min(wake, URGENT.scheduled_at))
        assert set(stage.verdicts()) == {one.id for one in (*AIRINGS, URGENT)}
        yield from ((world, told) for world, told in recording.worlds() if told[0] > begins)
    finally:
        database.close()
        recording.close()


def go_on(path: Path, told: Told, off: float) -> None:
    """Switched on again: the rest of the day, and what the log has of all of it."""
    cut_at, before, promised = told
    stage = PlayoutHarness(*AIRINGS, outputs=OUTPUTS)
    stage.clock = FakeClock(cut_at + timedelta(seconds=off))
    take_up(stage, sqlite3.connect(path, isolation_level=None))
    stage.until(ENDS)

    ours: AsRunLog = stage.log  # type: ignore[assignment]
    ours.verify()
    verdicts = stage.verdicts()
    everything = [*before, *heard(stage)]
    whole = Counter(name for name, seconds in everything if seconds >= length(name) - 0.1)
    told_all = (told, off, verdicts, everything)
    assert set(verdicts) - {URGENT.id} == {one.id for one in AIRINGS}, told_all
    assert not promised or URGENT.id in verdicts, told_all
    # An alarm that was over when the power went, and not yet on record, is said once more rather than once too little.
    assert all(count <= (PLAYS + 1 if name == URGENT.id else 1) for name, count in whole.items()), told_all
    assert {name for name, verdict in verdicts.items() if verdict in WHOLE} <= set(whole), told_all
    assert not enough_heard_again(before, heard(stage)), told_all
    assert {one.id for one in AIRINGS} <= {name for name, _ in everything} | cut_short(ours), told_all
    ours.close()


def enough_heard_again(before: Sequence[Heard], after: Sequence[Heard]) -> set[str]:
    """Whoever has heard a quarter hears no more of it, unless an alarm broke in."""
    enough = {name for name, seconds in before if seconds > QUARTER * length(name) + 0.1}
    return (enough & {name for name, _ in after}) - {URGENT.id, AIRINGS[3].id}


def cut_short(log: Log) -> set[str]:
    """Begun by the log, and cut before a sample left."""
    return {event.airing for event in log.events("broke")}


def take_up(stage: PlayoutHarness, database: sqlite3.Connection) -> None:
    """Run on a log on a disk."""
    stage.log = AsRunLog(database, COMMUNE, DiskReserve(Path("/nowhere"), size=0))  # type: ignore[assignment]
    stage.begin()


def heard(stage: PlayoutHarness) -> tuple[Heard, ...]:
    """What has left the horns in this run."""
    over = [(take.airing, playback) for one in stage.speakers.values() for take, playback in one.played]
    now = [(one.poll().airing, one.poll()) for one in stage.speakers.values() if one.poll().state is State.PLAYING]
    return tuple((name, playback.frames / RATE) for name, playback in (*over, *now) if playback.frames)


def length(name: str) -> float:
    return next(one.duration for one in (*AIRINGS, URGENT) if one.id == name)
