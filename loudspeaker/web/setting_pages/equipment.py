"""Thiết bị: what the doctor found and what to do about it, the outputs and a trial of each, the clock, the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from ...errors import Message, NotFound, Refused
from ...model.board import Board, HealthRow, HealthSubject
from ...model.office_requests import ConfirmVillage
from ...model.requests import Commission, SoftenOutput, SweepSound, TestOutput
from ...station.restrictions import awaits_village, softer, uncommissioned_outputs
from ...station.station import Station
from ..pages import PageRequest, Routes

# By how many dB (one of `request_checks.SOFTER`) an output may be made softer, in words.
VOLUMES = {0: Message("as the technician set it"), 4: Message("softer"), 8: Message("much softer")}
LITTLE_ROOM = 500  # MB of the disk
PATIENCE = 10.0  # s that a page waits until the words of a trial are made
CALL = Message("read this line to the technician")

# What somebody without a screwdriver can do about a thing that is wrong; where a page helps, its address.
REMEDIES: Mapping[str, tuple[Message, str]] = {
    HealthSubject.FILES: (Message("see what is wrong, and mend it or call the technician"), "/tep-loi"),
    HealthSubject.DISK: (Message("sweep old sound above; if that does not help, call the technician"), ""),
    HealthSubject.CLOCK: (Message("compare it with a telephone; if it is right, say so above"), ""),
    HealthSubject.DAEMON: (Message("unplug the box, wait 10 seconds, plug it in again and wait 2 minutes"), ""),
    HealthSubject.CARD: (
        Message("pull out the plug of the sound card, put it in again, try the loudspeaker; then call the technician"),
        "",
    ),
    HealthSubject.COMMISSIONING: (Message("try the loudspeaker above, and say that you heard it"), ""),
    HealthSubject.VILLAGE: (Message("try the loudspeaker above; if it is the right village, say so there"), ""),
    HealthSubject.STREAM: (Message("the station may be off, or there is no network; what stands in is aired"), ""),
    HealthSubject.TOMORROW: (Message("it is being made; what is still missing in the evening is told on Today"), "/"),
    HealthSubject.APPROVALS: (Message("have it approved"), "/duyet"),
    HealthSubject.HUB: (Message("look whether there is a network; meanwhile a stick brings what is new"), ""),
}


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing about the box: fine, or what is wrong with it, what to do, and where."""

    what: Message | str
    wrong: Message | str | None = None
    remedy: Message | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One output: who hears it, and what is wrong with it."""

    name: str
    villages: tuple[str, ...]  # as they are called
    wrong: Message | None = None
    softer: float = 0.0  # dB than the technician has set it

    @property
    def heard_by(self) -> str:
        return ", ".join(self.villages) or self.name


def show_equipment(page: PageRequest) -> Response:
    """Also after a trial: was it heard?"""
    air, health = page.air.board, page.console.shared_station.health()
    names = page.console.shared_station.village_names()
    with page.console.shared_station.station() as station:
        outputs = tuple(output_lines(station, air, names))
        now, looked_at = station.clock.now(), _local(health.looked_at, station)
        disk, unconfirmed = disk_line(station), awaits_village(station.log)
    return page.page(
        "equipment.html",
        outputs=outputs,
        volumes=VOLUMES,
        tried=next((output for output in outputs if output.name == page.query.get("thu")), None),
        unconfirmed=unconfirmed,
        told=page.query.get("xong", ""),
        rows=[health_line(row) for row in health.rows],
        looked_at=looked_at,
        disk=disk,
        now=now,
        doubt=air.clock if air and not air.trusted else None,
    )


def health_line(row: HealthRow) -> HealthLine:
    """A row of the doctor's, with what to do about it where something is wrong."""
    remedy, address = REMEDIES.get(row.about, (CALL, "")) if row.wrong else (None, "")
    return HealthLine(row.what, row.wrong, remedy, address)


def try_output(page: PageRequest) -> Response:
    """Have an output say whose it is; then its page asks whether it was heard. Raises as the daemon refuses."""
    account, output = page.person.account, page.text("output")
    page.console.shared_station.give(TestOutput(output, tone=False), account.name, account.login, PATIENCE)
    return page.go(f"/thiet-bi?thu={output}")


def confirm_heard(page: PageRequest) -> Response:
    """Somebody heard it: a new station's output, or a box that has joined by itself, may air its schedule from now on.

    Raises `Refused` where something must be mended before.
    """
    account, output = page.person.account, page.text("output")
    with page.console.shared_station.station() as station:
        if output not in station.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=output))
        is_alone = awaits_village(station.log)
        is_new = not is_alone and output in uncommissioned_outputs(station.log, station.files.box.outputs)
    if is_new:
        serious = [row for row in page.console.shared_station.health().rows if row.serious]
        if serious:
            errors = "; ".join(f"{row.what}: {row.wrong}" for row in serious)
            raise Refused(Message("it airs its schedule only once this is mended: {errors}", errors=errors))
        page.console.shared_station.ask(Commission(output), account.name, account.login)
    if is_alone:
        page.console.shared_station.ask(ConfirmVillage(), account.name, account.login)
    return page.go("/thiet-bi?xong=nghe-ro")


def soften_output(page: PageRequest) -> Response:
    """An output is softer from its next airing on, or again as it was set. Raises as the daemon refuses."""
    account, chosen = page.person.account, page.text("decibels")
    request = SoftenOutput(page.text("output"), int(chosen) if chosen.isdecimal() else -1)
    page.console.shared_station.ask(request, account.name, account.login)
    return page.go("/thiet-bi")


def sweep_sound(page: PageRequest) -> Response:
    account = page.person.account
    page.console.shared_station.ask(SweepSound(), account.name, account.login)
    return page.go("/thiet-bi?xong=don")


def output_lines(station: Station, air: Board | None, names: Mapping[str, str]) -> Iterator[OutputLine]:
    """Every output of this box. A card that is gone is known only where a daemon has asked for it."""
    hearers = station.files.box.hearers()
    silent = uncommissioned_outputs(station.log, station.files.box.outputs)
    for output in station.files.box.outputs:
        wrong = air.gone.get(output) if air else None
        if wrong is None and output in silent:
            wrong = Message("it airs nothing yet: try it first")
        villages = tuple(names.get(village, village) for village in hearers.get(output, ()))
        yield OutputLine(output, villages, wrong, softer(station.log, output))


def disk_line(station: Station) -> HealthLine:
    """How much room there is for sound."""
    free = shutil.disk_usage(station.paths.home).free // 1_000_000
    wrong = Message("little room") if free < LITTLE_ROOM else None
    if free < 10_000:
        return HealthLine(Message("{free} MB of the disk are free", free=free), wrong)
    return HealthLine(Message("{free} GB of the disk are free", free=free // 1000), wrong)


def _local(at: datetime | None, station: Station) -> datetime | None:
    return at and at.astimezone(station.files.commune.zone)


ROUTES: Routes = {
    "GET /thiet-bi": show_equipment,
    "POST /thiet-bi/thu": try_output,
    "POST /thiet-bi/nghe-ro": confirm_heard,
    "POST /thiet-bi/am-luong": soften_output,
    "POST /thiet-bi/don": sweep_sound,
}
