"""Child processes: what each of them does at its start."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path
from time import process_time

PR_SET_PDEATHSIG = 1  # linux/prctl.h
START = 0.25  # seconds of computing up to here on the machine for which limits are set; a Raspberry Pi takes four times
NICENESS = 5  # whoever is on the air goes first


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


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
