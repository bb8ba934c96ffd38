"""The station at one glance: what is on the air, what comes next, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..station.airings import PlannedAiring
from ..station.station import Station
from .devices import HealthCheck, Pins
from .doctor import examine

OnAirFacts = Mapping[str, object]  # of one airing: id, village, output, title, level, drill, started_at, ends_at


@dataclass(frozen=True, slots=True)
class Status:
    """`running`: does the daemon answer? `on` is what it has on the air, as it says it."""

    running: bool
    on: tuple[OnAirFacts, ...]
    next: tuple[PlannedAiring, ...]
    wrong: tuple[HealthCheck, ...]


def look_at_station(station: Station, on: Sequence[OnAirFacts] | None, pins: Pins | None) -> Status:
    """With no daemon, as far as files and log tell.

    `on` and `pins` are what a running daemon says of the air and of the pins that it holds, None where none runs.
    """
    wrong = tuple(check for check in examine(station, pins) if check.wrong)
    ids = [str(facts["id"]) for facts in on or ()]
    return Status(on is not None, tuple(on or ()), station.airings.coming(ids), wrong)
