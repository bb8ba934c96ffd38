"""A small commune on a clock that tests move, with a voice that hums. No file outside tmp_path is touched."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from harness.small_commune import FILES, at
from hypothesis import settings

from loudspeaker.clock import FakeClock
from loudspeaker.i18n import set_language
from loudspeaker.station import Station

settings.register_profile("suite", deadline=None)  # a busy machine is no reason to fail: nothing is timed here
settings.load_profile("suite")

MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # bytes
PARTS = ("pure", "waiting")
WAITING = ("sound", "faketime", "browser", "waits")  # markers
FAULTS = Path(__file__).parent / "fault"
# What takes longest is begun first, so that all workers end together.
LONG = (
    *("test_months", "test_sound_server_faults", "test_sound_server", "test_streams_station", "test_hostile_imports"),
    *("test_kill", "test_damaged_state", "test_full_disk", "test_stream_servers", "test_mixer", "test_power_cut_days"),
    *("test_import_command", "test_hostile_edits", "test_clock_steps", "test_prepare_clock", "test_install"),
    *("test_reading_suites", "test_alarms", "test_station", "test_whole_documents", "test_reading_forms"),
)


def use_memory_for_temporary_files() -> None:
    """Nothing that is tested outlives its run, and half of the time of a run would be spent on syncing to a disk.

    What a power cut leaves is played by harness/power_cut.py. Child processes inherit it.
    """
    found = os.statvfs(MEMORY) if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    if found and found.f_bavail * found.f_frsize > ROOM and not found.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # what it is asked next


use_memory_for_temporary_files()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--part", choices=PARTS, help="only files that compute, or only those that wait for sound, clocks or processes"
    )


@cache
def part_of(path: Path) -> str:
    """In which of `PARTS` a file of tests is played, whole: it waits where one of its tests carries such a marker."""
    waits = path.is_relative_to(FAULTS) or re.search(rf"\bmark\.({'|'.join(WAITING)})\b", path.read_text("utf-8"))
    return "waiting" if waits else "pure"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file of the other part is not even imported: there are eight workers."""
    part, is_file = config.getoption("part"), collection_path.match("test_*.py")
    return True if part and is_file and part_of(collection_path) != part else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the faults, and leave the other part out of files that are named on the command line.

    Raises `UsageError` where a test that waits would be played with those that compute.
    """
    for item in items:
        if item.path.is_relative_to(FAULTS):
            item.add_marker("fault")
        elif part_of(item.path) == "pure" and any(mark.name in WAITING for mark in item.iter_markers()):
            raise pytest.UsageError(f"{item.nodeid} waits, but its file names no marker")
    if part := config.getoption("part"):
        items[:] = [item for item in items if part_of(item.path) == part]
    rank = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(LONG)))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever language a test has spoken, the next one begins with English."""
    yield
    set_language("en")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A station folder."""
    folder = tmp_path / "dai"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at("2026-11-24T05:00:00"))


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    opened = Station.open(home, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def quiet() -> Callable[[int, int, str], None]:
    """Progress that nobody watches."""
    return lambda done, total, what: None


@pytest.fixture
def pins() -> Iterator[Any]:
    """gpiozero's mock pins."""
    pytest.importorskip("gpiozero")
    from gpiozero import Device
    from gpiozero.pins.mock import MockFactory

    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = before
