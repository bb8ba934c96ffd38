"""Processes: what a child does at its start, and what one that lasts does about garbage."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import process_time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
START = 0.25  # seconds of computing up to here on the machine for which limits are set; a Raspberry Pi takes four times
NICENESS = 5  # whoever is on the air goes first
NEVER = 1 << 30  # collections of the second generation before one of all


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def skip_last_collection() -> None:
    """Have this process look for no garbage at its end, among all that it has loaded: it all goes anyway."""
    atexit.register(gc.freeze)


def make_way() -> None:
    """Let everything else on this machine go first."""
    os.nice(10)


def confine(megabytes: int, seconds: int) -> None:
    """Limit this process and those that it starts: memory that it fills, seconds that it computes.

    On a slower machine, as measured by what the start took, more seconds in proportion.
    """
    die_with_parent()
    memory = megabytes << 20
    seconds = max(seconds, round(seconds * process_time() / START))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    with suppress(OSError):  # where memory runs out all the same, this goes and not the station
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


@contextmanager
def without_full_collections() -> Iterator[None]:
    """Keep the garbage collector from looking through all values by itself; of those that are there now at no time.

    With the 150,000 values of a busy station each such look takes 40 to 90 ms, several times as long on a Raspberry Pi,
    and finds next to nothing. Whoever uses this calls `gc.collect` now and then, where nobody waits.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*thresholds[:2], NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
