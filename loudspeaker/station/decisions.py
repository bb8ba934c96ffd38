"""What people decide about what is to be heard, kept in the log: skips, pauses, approvals, commissioning.

Written by the daemon for whoever may talk to it, or by a command that may write the log itself.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import BadUsage, BeingRead, Message, NotFound, Refused
from ..model.airing import Pause
from ..playout import deadlines
from ..playout.ports import Log
from ..production.specification import NOT_READ_YET
from . import approvals, planner
from .commissioning import COMMISSION
from .commune_clock import parse_instant

if TYPE_CHECKING:
    from .station import Station

DECISIONS = frozenset({"skip", "pause", "resume", "approve", "commission"})


@dataclass(frozen=True, slots=True)
class Decisions:
    """Writes them down. Arguments are plain values, as they come through the door."""

    station: Station

    def skip(self, airing: str, why: str, by: str, undo: bool = False) -> None:
        """Leave one airing out, or take that back. Raises `NotFound`, `Refused` where it is over or under way."""
        found, log = self.station.airings.find(airing), self.station.log
        if log.verdict_of(found.id):
            raise Refused(Message("{airing} is over already", airing=found.id))
        gone = self.station.clock.now() - (found.starts_at or found.scheduled_at)
        if not undo and gone > deadlines.GRACE[found.level] and not log.events("started", found.id):
            raise Refused(Message("{airing} is past: it can be left out no more", airing=found.id))
        if undo and found.id not in planner.skips(log, self.station.clock.now() - planner.MEMORY):
            raise Refused(Message("{airing} was not skipped", airing=found.id))
        if log.events("on-air", found.id):
            raise Refused(Message("{airing} is on the air: use “loudspeaker stop”", airing=found.id))
        self._note("skip", found.id, by=by, why=why, undo=undo)

    def pause(self, village: str, until: str, why: str, by: str) -> None:
        """Keep a village quiet until then, an ISO time. Raises `NotFound`, `BadUsage` where it is past."""
        ends = parse_instant(until, self.station.files.commune.zone)
        if ends <= self.station.clock.now():
            raise BadUsage(Message("{until} is past", until=f"{ends:%H:%M %d/%m/%Y}"))
        self._note("pause", "", village=self.station.files.village_id(village), until=ends.isoformat(), why=why, by=by)

    def resume(self, village: str, by: str) -> None:
        """End a pause. Raises `NotFound`, `Refused` where there is none."""
        village = self.station.files.village_id(village)
        standing = [
            pause for pause in standing_pauses(self.station.log, self.station.clock.now()) if pause.village == village
        ]
        if not standing:
            raise Refused(Message("{village} is not paused", village=village))
        self._note("resume", "", village=village, pauses=[pause.begins.isoformat() for pause in standing], by=by)

    def approve(self, bulletin: str, digest: str, by: str, undo: bool = False) -> None:
        """The bulletin as it is now, and as `digest` says that it was shown, may be aired; or take that back.

        Raises `NotFound`, `BeingRead`, `Refused` where it is another by now, or where there is nothing to take back.
        """
        if undo:
            with suppress(NotFound):  # its file may be gone
                bulletin = self.station.files.bulletin_id(bulletin)
            if bulletin not in approvals.standing(self.station.log):
                self.station.files.bulletin_id(bulletin)
                raise Refused(Message("“{bulletin}” is not approved", bulletin=bulletin))
            return self._note("approve", "", bulletin=bulletin, digest=digest, by=by, undo=True)
        found = self.station.files.bulletin(bulletin)
        order = self.station.planner.bulletin_spec(found)
        if order.unread:
            raise BeingRead(NOT_READ_YET)
        if digest != approvals.digest(found, order):
            raise Refused(Message("“{bulletin}” is not what was shown any more; look at it again", bulletin=bulletin))
        return self._note("approve", "", bulletin=found.id, digest=digest, by=by)

    def commission(self, output: str, by: str) -> None:
        """A person heard this output: from now on it airs what is planned. Raises `NotFound`."""
        if output not in self.station.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=output))
        self._note(COMMISSION, "", output=output, by=by)

    def _note(self, kind: str, airing: str, **facts: object) -> None:
        self.station.log.event(kind, airing, self.station.clock.now(), **facts)


def standing_pauses(log: Log, now: datetime) -> list[Pause]:
    """The pauses that keep a village quiet now."""
    return [pause for pause in planner.pauses(log, now - planner.MEMORY) if pause.begins <= now < pause.until]


def paused(log: Log, now: datetime) -> set[str]:
    """The villages that are kept quiet now."""
    return {pause.village for pause in standing_pauses(log, now)}
