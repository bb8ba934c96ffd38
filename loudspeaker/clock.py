"""The time of this machine, and who vouches for it. Whether it is trusted is decided in `playout.clock_trust`.

No other module asks the system what time it is, but those that tests/test_architecture.py names. `FakeClock` ships
beside the real one: rehearsals and tests run on it.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .interfaces import Clock

TIMESYNCD = Path("/run/systemd/timesync/synchronized")
BOOT = Path("/proc/sys/kernel/random/boot_id")
RTC = Path("/sys/class/rtc/rtc0/since_epoch")
TOLERANCE = 5.0  # seconds: a source that says another time does not vouch for ours
STEP = 0.5  # seconds: a smaller change of the wall clock is a slew
STA_UNSYNC = 0x0040
TIME_ERROR = 5
TIMEX = struct.Struct("@I4li4l")  # struct timex of <sys/timex.h>, from its modes to its seconds
MOST_TIMEX = 512  # bytes; the whole is shorter


class SystemClock:
    """Wall time in `zone`, and a monotonic time that goes on while the machine sleeps (CLOCK_BOOTTIME)."""

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
        """Let `seconds` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def advance_to(self, moment: datetime) -> None:
        """Let time pass until `moment`; nothing happens where that is past."""
        self.advance(max(0.0, (moment - self._now).total_seconds()))

    def step(self, seconds: float) -> None:
        """Set the wall clock forward by `seconds` (back where negative); no time passes."""
        self._now += timedelta(seconds=seconds)


class StepDetector:
    """Detects that somebody has set the wall clock; a slew, a little at a time, is no step."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._measure()

    def detect_step(self) -> bool:
        """Was it set by more than `STEP` since the last call?"""
        before, self._offset = self._offset, self._measure()
        return abs(self._offset - before) > STEP

    def _measure(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()


def boot_id() -> str:
    """The kernel's name for this start of the machine; "" where it gives none."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class VouchedTime:
    """What the hub has said of the time: at `monotonic` of the start `boot` it was `instant`, give or take `error` s.

    `nonce`: of the question that it has answered.
    """

    instant: datetime
    error: float
    monotonic: float
    boot: str
    nonce: str = ""

    def agrees(self, now: datetime, monotonic: float, boot: str) -> bool:
        """Is `now` what it is by that word, whatever its error is? Of another start of the machine it says nothing."""
        by_word = self.instant.timestamp() + (monotonic - self.monotonic)
        return bool(boot) and boot == self.boot and abs(now.timestamp() - by_word) + self.error < TOLERANCE


def vouchers(now: datetime, trusted: bool = False, rtc: Path = RTC, hub: VouchedTime | None = None) -> frozenset[str]:
    """Who vouches for `now`: `network` (NTP keeps the kernel's clock), `rtc` (a battery), `hub`, `box` (box.yaml).

    All but the last are asked for their own time, which must agree with `now`; `hub` is what the hub has said last.
    """
    sources = {
        "network": _network_agrees(now),
        "rtc": _rtc_agrees(now, rtc),
        "hub": hub is not None and hub.agrees(now, SystemClock().monotonic(), boot_id()),
        "box": trusted,
    }
    return frozenset(name for name, vouches in sources.items() if vouches)


def _network_agrees(now: datetime) -> bool:
    kernel = _read_kernel()
    return kernel is not None and (kernel.synchronized or TIMESYNCD.exists()) and _agrees(now, kernel.seconds)


def _rtc_agrees(now: datetime, rtc: Path) -> bool:
    try:
        return _agrees(now, float(rtc.read_text()))
    except (OSError, ValueError):
        return False


def _agrees(now: datetime, other: float) -> bool:
    return abs(now.timestamp() - other) < TOLERANCE


class _Kernel(NamedTuple):
    """The kernel's own time, and whether NTP or chrony keeps it."""

    seconds: float
    synchronized: bool


def _read_kernel() -> _Kernel | None:
    """The kernel's clock by adjtimex(2), which needs no rights to read; None where there is none."""
    import ctypes  # as long to load as much else: a command that only asks the daemon does without

    timex = ctypes.create_string_buffer(MOST_TIMEX)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    except (OSError, AttributeError):
        return None
    if state == -1:
        return None
    *_, status, _constant, _precision, _tolerance, seconds = TIMEX.unpack_from(timex)
    return _Kernel(float(seconds), state != TIME_ERROR and not status & STA_UNSYNC)
