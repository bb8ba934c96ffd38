"""Thiết bị: what the doctor found, the outputs and their sound cards, the clock, the disk; each with what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ..errors import Message
from ..model.board import Board
from ..station.restrictions import uncommissioned
from ..station.station import Station
from .pages import PageRequest, Routes

LITTLE_ROOM = 500  # MB of the disk


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing about the box: fine, or what is wrong with it."""

    what: Message | str
    wrong: Message | str | None = None


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One output: who hears it, and what is wrong with it."""

    name: str
    villages: tuple[str, ...]  # as they are called
    wrong: Message | None = None


def show_equipment(page: PageRequest) -> Response:
    air, health = page.air.board, page.console.desk.health()
    names = page.console.desk.village_names()
    with page.console.desk.station() as station:
        outputs = tuple(output_lines(station, air, names))
        now, looked_at = station.clock.now(), _local(health.looked_at, station)
        disk = disk_line(station)
    return page.page(
        "equipment.html",
        outputs=outputs,
        rows=[HealthLine(row.what, row.wrong) for row in health.rows],
        looked_at=looked_at,
        disk=disk,
        now=now,
        doubt=air.clock if air and not air.trusted else None,
    )


def output_lines(station: Station, air: Board | None, names: Mapping[str, str]) -> Iterator[OutputLine]:
    """Every output of this box. A card that is gone is known only where a daemon has asked for it."""
    hearers = station.files.box.hearers()
    silent = uncommissioned(station.log, station.files.box.outputs)
    for output in station.files.box.outputs:
        wrong = air.gone.get(output) if air else None
        if wrong is None and output in silent:
            wrong = Message("it airs nothing yet: “loudspeaker test {output}” at the machine tries it", output=output)
        yield OutputLine(output, tuple(names.get(one, one) for one in hearers.get(output, ())), wrong)


def disk_line(station: Station) -> HealthLine:
    """How much room there is for sound."""
    free = shutil.disk_usage(station.paths.home).free // 1_000_000
    wrong = Message("little room: call the technician") if free < LITTLE_ROOM else None
    return HealthLine(Message("{free} MB of the disk are free", free=free), wrong)


def _local(at: datetime | None, station: Station) -> datetime | None:
    return at and at.astimezone(station.files.commune.zone)


ROUTES: Routes = {"GET /thiet-bi": show_equipment}
