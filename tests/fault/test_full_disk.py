"""A disk without room, under the state and under the cache: what is prepared airs, verdicts are kept or it is said."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness.faulty_box import WHOLE, FaultyBox, each
from harness.office import deliveries, join_box, open_office
from harness.small_commune import at
from harness.small_disk import fill, small_disk
from harness.waiting import wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.speakers.file import FileSpeaker
from loudspeaker.station import Station
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.atomic import WriteError
from loudspeaker.store.disk_space import SIZE

RUNS, AT_ONCE = 50, 4  # of each
MB = 1 << 20
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system: run as root")


def test_a_full_state_silences_nobody_and_loses_no_verdict(tmp_path: Path, full: bool) -> None:
    """With the reserve aboard verdicts are kept at once; when that is used up, they wait for room, and it is said."""

    def once(number: int) -> None:
        reserve = number % 2 == 0
        with small_disk(tmp_path / str(number) / "state", SIZE + MB if reserve else 3 * MB // 2) as state:
            mistreat(FaultyBox(state.parent, airings=4), reserve, random.Random(number))

    each(once, RUNS if full else 2, AT_ONCE)


def mistreat(box: FaultyBox, reserve: bool, chance: random.Random) -> None:
    filler = box.folder / "state" / "filler"
    with box:
        assert reserve == (box.folder / "state" / "ballast").exists()
        box.wait_for(0, chance.uniform(-1.5, 1.5))
        fill(filler)
        wait_for(lambda: sum(sound.whole for sound in box.sounds()) == 4, pause=0.2)
        if reserve:
            wait_for(lambda: len(box.records()) == 4, pause=0.2)
        else:
            wait_for(lambda: "disk is full" in box.told)
            filler.unlink()
        box.finish()
        box.check()
        assert {str(record.verdict) for record in box.records()} <= WHOLE, box.told


def test_a_full_cache_airs_what_is_in_it_and_says_what_cannot_be_made(
    station: Station, home: Path, clock: FakeClock, full: bool
) -> None:
    chance = random.Random(1)
    with small_disk(home / "audio_cache", 12 * MB) as cache:
        station.preparation.prepare(None, 1, quiet)
        live = OnAir(
            station,
            {"san-kho": FileSpeaker(clock, station.paths.state / "aired", "san-kho")},
            clock,
            station.log,
            lambda now, trusted: frozenset({"box"}),
        )
        for number in range(RUNS if full else 2):
            morning = at("2026-11-24T06:00:00") + timedelta(days=number)
            clock.advance_to(morning)
            live.look()
            starve(station, live, clock, cache, chance.randrange(MB))
        live.close()


def starve(station: Station, live: OnAir, clock: FakeClock, cache: Path, leave: int) -> None:
    """A day on which the disk is full and a bulletin is edited; in the evening somebody makes room."""
    bulletin = station.paths.home / "bulletins" / "nhac.md"
    before = bulletin.read_text()
    fill(cache / "filler", leave)
    bulletin.write_text(f"{before}Sáng {clock.now():%d/%m} bà con nhớ họp. " + "Mời bà con đến đông đủ. " * 40)
    live.look()

    prepared = station.preparation.prepare(None, 1, quiet)
    found = {one.airing.broadcast: one for one in prepared if one.airing.village == "na-hoa"}
    assert (found["tin-sang"].ready, found["nhac"].ready) == (True, False)
    assert "the disk is full" in str(found["nhac"].why_not), found["nhac"]
    assert all(station.planner.programmes.is_intact(found) for _, found in station.planner.programmes.all())
    assert not list(cache.rglob("*.part"))

    run(live, clock, clock.now().replace(hour=20))
    told = {record.broadcast: record for record in station.log.rows(clock.now() - timedelta(days=1), clock.now())}
    assert str(told["tin-sang"].verdict) == "to-file", told["tin-sang"]
    assert str(told["nhac"].verdict) == "failed-sound", told["nhac"]

    (cache / "filler").unlink()
    bulletin.write_text(before)
    live.look()


def run(live: OnAir, clock: FakeClock, until: datetime) -> None:
    while clock.now() < until:
        clock.advance_to(min(live.step(), until))


def quiet(done: int, total: int, what: str) -> None: ...


def test_a_version_that_finds_no_room_is_taken_once_there_is_some(home: Path, tmp_path: Path, full: bool) -> None:
    office, chance, refused = open_office(home, tmp_path), random.Random(3), 0
    with small_disk(home / ".state", 6 * MB) as state:
        box = join_box(home, office)
        for number in range(RUNS if full else 4):
            office.write("bulletins/tin-sang.md", f"---\ntitle: Tin {number}\n---\n" + "Họp thôn. " * 1_500)
            office.publish("hoa")
            fill(state / "filler", chance.choice((0, chance.randrange(40_000))))
            try:
                deliveries(box).take(office.stick)
            except WriteError:
                refused += 1
                assert version(box) == number + 1
            (state / "filler").unlink()
            deliveries(box).take(office.stick)
            assert version(box) == number + 2
    assert refused


def version(box: StationPaths) -> int:
    membership = read_membership(box)
    assert membership
    return membership.accepted.version
