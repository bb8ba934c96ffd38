"""What was installed at a village and how its trial run went, for the record that people sign."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import UTC, datetime

from .. import VERSION
from ..model.asrun_record import AsRunRecord, Event
from ..model.box import Output
from ..station.restrictions import COMMISSION
from ..station.station import Station
from .devices import HealthCheck, Pins
from .doctor import examine

TEST = "test"  # the broadcast's name of a test of the horns
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class InstalledOutput:
    """An output with the names of the villages that hear it."""

    output: Output
    villages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstallationRecord:
    """One box as it stands at `at`: what is in it, what the doctor says, and what was tried by whom."""

    commune: str
    at: datetime
    machine: str
    version: str
    outputs: tuple[InstalledOutput, ...]
    stop_button: int | None
    voices: tuple[str, ...]
    checks: tuple[HealthCheck, ...]
    tests: tuple[AsRunRecord, ...]
    commissionings: tuple[Event, ...]
    log_head: str


def look_at_installation(station: Station, pins: Pins | None) -> InstallationRecord:
    """`pins` is what a running daemon says of those that it holds, None where none runs."""
    files = station.files
    names = {schedule.id: schedule.name for schedule in files.contents.schedules}
    hearers = files.box.hearers()
    return InstallationRecord(
        commune=files.commune.name,
        at=station.clock.now().astimezone(files.commune.zone),
        machine=f"{platform.node()} ({platform.machine()})",
        version=VERSION,
        outputs=tuple(
            InstalledOutput(output, tuple(names.get(village, village) for village in hearers.get(name, ())))
            for name, output in files.box.outputs.items()
        ),
        stop_button=files.box.stop_button,
        voices=tuple(files.contents.voices),
        checks=tuple(examine(station, pins)),
        tests=tuple(record for record in station.log.records(EARLIEST, LATEST) if record.broadcast == TEST),
        commissionings=tuple(station.log.events(COMMISSION)),
        log_head=station.log.head(),
    )
