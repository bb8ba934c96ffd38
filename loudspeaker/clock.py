"""The time of this machine, and whether anybody vouches for it. The only module that asks the system for the time.

`FakeClock` ships beside the real one: rehearsals and tests run on it. No decision is taken here (`playout.trust`).
"""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .interfaces import Clock

TIMESYNCD = Path("/run/systemd/timesync/synchronized")
BOOT = Path("/proc/sys/kernel/random/boot_id")
RTC = Path("/sys/class/rtc/rtc0/since_epoch")
AGREES = 5.0  # seconds: who says another time than ours does not vouch for ours
STEP = 0.5  # seconds
STA_UNSYNC = 0x0040
TIME_ERROR = 5


class SystemClock:
    """Wall time in `zone`, and a monotonic time that counts while the machine sleeps."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    def now(self) -> datetime:
        return datetime.now(self._zone)

    def monotonic(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def advance_to(self, moment: datetime) -> None:
        self.advance(max(0.0, (moment - self._now).total_seconds()))

    def step(self, seconds: float) -> None:
        """Somebody sets the wall clock; no time passes."""
        self._now += timedelta(seconds=seconds)


class StepWatch:
    """Notices that somebody has set the wall clock; a slew, a little at a time, is no step."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._apart = self._distance()

    def stepped(self) -> bool:
        """Since the last call?"""
        before, self._apart = self._apart, self._distance()
        return abs(self._apart - before) > STEP

    def _distance(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()


def boot() -> str:
    """A name for this start of the machine; none where the kernel gives none."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


def vouchers(now: datetime, trusted: bool = False, rtc: Path = RTC) -> frozenset[str]:
    """Who says that `now` is good: `network` (NTP keeps the kernel's clock), `rtc` (a battery clock), `box` (box.yaml).

    Each is asked for its own time and vouches for nobody else's.
    """
    asked = {"network": _network(now), "rtc": _battery(now, rtc), "box": trusted}
    return frozenset(name for name, vouches in asked.items() if vouches)


def _network(now: datetime) -> bool:
    kernel = _kernel()
    return kernel is not None and (kernel.synchronized or TIMESYNCD.exists()) and _near(now, kernel.seconds)


def _battery(now: datetime, rtc: Path) -> bool:
    try:
        return _near(now, float(rtc.read_text()))
    except (OSError, ValueError):
        return False


def _near(now: datetime, other: float) -> bool:
    return abs(now.timestamp() - other) < AGREES


class _Kernel(NamedTuple):
    """The kernel's own time, and whether NTP or chrony keeps it."""

    seconds: float
    synchronized: bool


class _Timex(ctypes.Structure):
    """struct timex of <sys/timex.h>; what follows the time is not ours to read."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("seconds", ctypes.c_long),
        ("fraction", ctypes.c_long),
        ("rest", ctypes.c_byte * 256),
    )


def _kernel() -> _Kernel | None:
    """Read it with adjtimex(2); reading needs no rights."""
    timex = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    if state == -1:
        return None
    return _Kernel(float(timex.seconds), state != TIME_ERROR and not timex.status & STA_UNSYNC)
