"""A small commune on a clock that tests move, with a voice that hums. No file outside tmp_path is touched."""

from __future__ import annotations

import gc
import json
import math
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from harness.small_commune import at, write_small_commune
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from loudspeaker.clock import FakeClock
from loudspeaker.i18n import set_language
from loudspeaker.station import Station

RUNS = {"few": 8, "full": 100}  # examples of a property, or a multiple of them where a test says so
for name, count in RUNS.items():  # nothing is timed here: a machine may be busy; few are the same few each time
    settings.register_profile(
        name,
        max_examples=count,
        deadline=None,
        derandomize=name == "few",
        suppress_health_check=[HealthCheck.too_slow],
    )

MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # bytes
PARTS = ("pure", "waiting")
WAITING = ("sound", "faketime", "browser", "broker", "waits")  # markers
FAULTS = Path(__file__).parent / "fault"
SECONDS = "loudspeaker/seconds"  # in pytest's cache: how long each file took when it was last played
OWN_FOLDER = "ls-test-"  # and the process


def use_memory_for_temporary_files() -> Path | None:
    """Nothing that is tested outlives its run, and half of the time of a run would be spent on syncing to a disk.

    All temporary files of a run, its workers and children lie in one folder, which goes with it; those of runs that
    were killed go now. What a power cut leaves is played by harness/power_cut.py. The folder, where there is room.
    """
    found = os.statvfs(MEMORY) if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    if "TMPDIR" in os.environ or not found or found.f_flag & os.ST_NOEXEC:
        return None
    for left in MEMORY.glob(f"{OWN_FOLDER}*"):
        if not Path("/proc", left.name.removeprefix(OWN_FOLDER)).exists():
            shutil.rmtree(left, ignore_errors=True)
    if found.f_bavail * found.f_frsize <= ROOM:
        return None
    folder = MEMORY / f"{OWN_FOLDER}{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # what it is asked next
    return folder


os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line sets it for what it starts
OF_THIS_RUN = use_memory_for_temporary_files()  # None in a worker, too: it uses that of its run


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """How many examples there are; a short name for the tests' own folders: a socket's path may have 107 bytes.

    What is imported and collected is no garbage: none is looked for until `pytest_collection_finish`.
    """
    gc.disable()
    settings.load_profile(config.getoption("runs"))
    if OF_THIS_RUN and not config.option.basetemp:
        config.option.basetemp = str(OF_THIS_RUN / "t")


def pytest_addoption(parser: pytest.Parser) -> None:
    told = (
        "how often each fault and each property is tried: a few times, or as often as the promises say (`make fault`)"
    )
    parser.addoption("--runs", choices=RUNS, default="few", help=told)
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
    if config.getoption("runs") == "few":
        leave_out_constants_of_modules()
    known = seconds_of_files(config)
    items.sort(key=lambda item: -known.get(file_of(item.nodeid), math.inf))


def leave_out_constants_of_modules() -> None:
    """Hypothesis tries the constants of the modules that are tested, too, and parses all 500 of them to find some.

    Few examples hardly meet one, would be others after each change of a module, and cost each worker a second more.
    """
    providers._get_local_constants = lambda: providers._local_constants  # those of no module


def pytest_collection_finish() -> None:
    """Modules and collected tests stay to the end: the garbage collector need not walk through them again and again.

    It looks for garbage less often, too: a test that makes a hundred thousand values ends before they matter.
    """
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 50)


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def seconds_of_files(config: pytest.Config) -> dict[str, float]:
    """How long they took. What took longest is begun first, so that all workers end together; new ones before it."""
    if given := getattr(config, "workerinput", {}).get(SECONDS):
        return dict(given)
    cache = getattr(config, "cache", None)
    return dict(cache.get(SECONDS, {})) if cache else {}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All workers go by the same figures, whatever another run keeps meanwhile."""
    node.workerinput[SECONDS] = seconds_of_files(node.config)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Whatever language a test has spoken, the next one begins with English; with 7,000 tests a fixture costs."""
    if os.environ.get("LANGUAGE") != "en":
        set_language("en")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(report: pytest.TestReport) -> Generator[None, Any, Any]:
    """What a worker sends of a test that went well, in one piece, which its run takes up twice as fast."""
    sent = yield
    return {"packed": json.dumps(sent)} if sent and report.passed else sent


@pytest.hookimpl(tryfirst=True)
def pytest_report_from_serializable(data: dict[str, Any]) -> None:
    """Unpack it for pytest's own, which comes after it."""
    data |= json.loads(data.pop("packed", "{}"))


played: Counter[str] = Counter()  # seconds, by file


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    played[file_of(report.nodeid)] += report.duration


def pytest_unconfigure(config: pytest.Config) -> None:
    """Keep how long the files of a whole part took, and remove the temporary files of this run."""
    cache = getattr(config, "cache", None)
    if played and cache and config.getoption("part") and not hasattr(config, "workerinput"):
        cache.set(SECONDS, seconds_of_files(config) | played)
    if OF_THIS_RUN:
        shutil.rmtree(OF_THIS_RUN, ignore_errors=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A station folder."""
    write_small_commune(tmp_path / "dai")
    return tmp_path / "dai"


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


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Is all of it to be tried, as often as the promises say (`make fault`)?"""
    return bool(request.config.getoption("runs") == "full")
