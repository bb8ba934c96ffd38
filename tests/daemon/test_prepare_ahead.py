"""When the daemon has the sound of what is coming made: after each change, but not after that which this makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest
from harness.station_harness import noiseless

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.read_ahead import PREPARE
from loudspeaker.daemon.service import Service
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

NEW = "---\ntitle: Mới\n---\nSáng mai UBND xã họp lúc 8h30.\n"


class ToldChildren(Children):
    """The one that prepares runs until a test says that it has ended, well or not; the others do nothing."""

    def __init__(self) -> None:
        super().__init__(lambda *words: list(words))
        self.started: list[str] = []
        self.running: set[str] = set()
        self.well = True

    def start(self, *words: str, name: str = "", quiet: bool = False, output: BinaryIO | None = None) -> None:
        if words[0] not in self.running:
            self.started.append(words[0])
            self.running |= {PREPARE} & {words[0]}

    def is_running(self, name: str) -> bool:
        return name in self.running

    def has_succeeded(self, name: str) -> bool:
        return name in self.started and name not in self.running and self.well


@pytest.fixture
def children() -> ToldChildren:
    return ToldChildren()


@pytest.fixture
def service(home: Path, clock: FakeClock, children: ToldChildren) -> Iterator[Service]:
    """It has looked, and its child is at work."""
    with (
        closing(Station.open(home, clock=clock)) as station,
        closing(Service(station, {"san-kho": MemorySpeaker(clock)}, children=children)) as opened,
    ):
        assert look(opened)
        assert times(children) == 1
        yield opened


def look(service: Service) -> bool:
    """As the loop does."""
    if changed := service.look():
        service.prepare_ahead()
    return changed


def make_all(home: Path, clock: FakeClock) -> None:
    """What the child does."""
    with closing(Station.open(home, clock=clock)) as station:
        station.preparation.prepare(None, 2, noiseless)


def end_well(home: Path, children: ToldChildren) -> None:
    """The child ends; the folder of what it has made has changed since the last look."""
    children.running.clear()
    (home / "audio_cache" / "programmes" / "last").touch()


def times(children: ToldChildren) -> int:
    return children.started.count(PREPARE)


def test_what_it_has_made_itself_starts_it_no_second_time(
    home: Path, clock: FakeClock, children: ToldChildren, service: Service
) -> None:
    make_all(home, clock)
    assert look(service)  # while it runs
    end_well(home, children)

    assert look(service)
    assert times(children) == 1
    service.prepare_ahead()  # each ten minutes
    assert times(children) == 2


@pytest.mark.parametrize("seen_while_it_runs", [True, False])
def test_an_edit_that_came_while_it_ran_starts_it_again(
    home: Path, clock: FakeClock, children: ToldChildren, service: Service, seen_while_it_runs: bool
) -> None:
    make_all(home, clock)
    (home / "bulletins" / "tin-sang.md").write_text(NEW, encoding="utf-8")
    if seen_while_it_runs:
        assert look(service)
    end_well(home, children)

    assert look(service)
    assert times(children) == 2


def test_one_that_failed_half_way_is_started_again(
    home: Path, clock: FakeClock, children: ToldChildren, service: Service
) -> None:
    make_all(home, clock)
    children.running.clear()
    children.well = False

    assert look(service)
    assert times(children) == 2


def test_what_was_lost_later_is_made_again(
    home: Path, clock: FakeClock, children: ToldChildren, service: Service
) -> None:
    make_all(home, clock)
    children.running.clear()
    assert look(service)
    assert not look(service)
    next((home / "audio_cache" / "programmes").glob("*.wav")).unlink()

    assert look(service)
    assert times(children) == 2
