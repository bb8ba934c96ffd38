"""The time of the box, who vouches for it, and setting it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime

from ..clock import boot_id, vouchers
from ..errors import BadUsage, Message, Refused
from ..playout.clock_trust import ClockWatch, Trust
from ..station.box.hub_contact import read_hub_time
from ..station.station import Station


@dataclass(frozen=True, slots=True)
class ClockState:
    """The time, who vouches for it (`network`, `rtc`, `hub`, `box`), and whether it is believed."""

    now: datetime
    vouchers: frozenset[str]
    trust: Trust


def look_at_clock(station: Station) -> ClockState:
    now = station.clock.now()
    by = vouchers(now, station.files.box.clock_trusted, hub=read_hub_time(station.paths))
    return ClockState(now, by, ClockWatch(station.log, boot_id()).look(now, station.clock.monotonic(), by))


def set_clock(station: Station, time: str, by: str) -> None:
    """Set the machine's clock to an ISO time, in the commune's zone where it names none. It takes root.

    Raises `BadUsage`, `Refused`.
    """
    try:
        moment = datetime.fromisoformat(time)
    except ValueError as error:
        raise BadUsage(Message("“{time}” is not a time; write 2026-11-24T18:30:00", time=time)) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=station.files.commune.zone)
    before = station.clock.now()
    ended = subprocess.run(["date", "-s", f"@{moment.timestamp():.0f}"], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Refused(Message("the clock cannot be set ({error}); it takes root: sudo", error=ended.stderr.strip()))
    station.log.event("clock", "", station.clock.now(), set_from=before.isoformat(), by=by)
