"""The station at one glance: what is on the air, what comes next, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..station.airings import Row
from ..station.station import Station
from .devices import HealthCheck, Pins
from .doctor import examine


@dataclass(frozen=True, slots=True)
class Status:
    """`running`: does the daemon answer? `next` are rows as of `plan`."""

    running: bool
    on: tuple[Row, ...]
    next: tuple[Row, ...]
    wrong: tuple[HealthCheck, ...]


def look_at_station(station: Station, on: Sequence[Row] | None, pins: Pins | None) -> Status:
    """With no daemon, as far as files and log tell.

    `on` and `pins` are what a running daemon says of the air and of the pins that it holds, None where none runs.
    """
    wrong = tuple(check for check in examine(station, pins) if check.wrong)
    return Status(on is not None, tuple(on or ()), station.airings.coming(on or ()), wrong)
