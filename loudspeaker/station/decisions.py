"""What people decide about what is to be heard, kept in the log: skips, pauses, approvals, commissioning.

Written by the daemon for whoever may talk to it, or by a command that may write the log itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import BadUsage, BeingRead, Message, NotFound, Refused
from ..model.airing import StandingPause
from ..model.requests import Approve, Commission, Pause, Request, Resume, Skip
from ..playout import deadlines
from ..playout.ports import Log
from ..production.specification import NOT_READ_YET
from . import approvals, planner
from .commissioning import COMMISSION
from .commune_clock import parse_instant

if TYPE_CHECKING:
    from .station import Station


@dataclass(frozen=True, slots=True)
class Decisions:
    """Writes them down. `by` is who decides."""

    station: Station

    def skip(self, request: Skip, by: str) -> None:
        """Leave one airing out, or take that back. Raises `NotFound`, `Refused` where it is over or under way."""
        found, log, undo = self.station.airings.find(request.airing), self.station.log, request.undo
        if log.verdict_of(found.id):
            raise Refused(Message("{airing} is over already", airing=found.id))
        gone = self.station.clock.now() - (found.starts_at or found.scheduled_at)
        if not undo and gone > deadlines.GRACE[found.level] and not log.events("started", found.id):
            raise Refused(Message("{airing} is past: it can be left out no more", airing=found.id))
        if undo and found.id not in planner.skips(log, self.station.clock.now() - planner.MEMORY):
            raise Refused(Message("{airing} was not skipped", airing=found.id))
        if log.events("on-air", found.id):
            raise Refused(Message("{airing} is on the air: use “loudspeaker stop”", airing=found.id))
        self._note("skip", found.id, by=by, why=request.why, undo=undo)

    def pause(self, request: Pause, by: str) -> None:
        """Keep a village quiet until then. Raises `NotFound`, `BadUsage` where it is past."""
        ends = parse_instant(request.until, self.station.files.commune.zone)
        if ends <= self.station.clock.now():
            raise BadUsage(Message("{until} is past", until=f"{ends:%H:%M %d/%m/%Y}"))
        village = self.station.files.village_id(request.village)
        self._note("pause", "", village=village, until=ends.isoformat(), why=request.why, by=by)

    def resume(self, request: Resume, by: str) -> None:
        """End a pause. Raises `NotFound`, `Refused` where there is none."""
        village = self.station.files.village_id(request.village)
        standing = [
            pause for pause in standing_pauses(self.station.log, self.station.clock.now()) if pause.village == village
        ]
        if not standing:
            raise Refused(Message("{village} is not paused", village=village))
        self._note("resume", "", village=village, pauses=[pause.begins.isoformat() for pause in standing], by=by)

    def approve(self, request: Approve, by: str) -> None:
        """The bulletin as it is now, and as `digest` says that it was shown, may be aired; or take that back.

        Raises `NotFound`, `BeingRead`, `Refused` where it is another by now, or where there is nothing to take back.
        """
        bulletin, digest = request.bulletin, request.digest
        if request.undo:
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

    def commission(self, request: Commission, by: str) -> None:
        """A person heard this output: from now on it airs what is planned. Raises `NotFound`."""
        output = request.output
        if output not in self.station.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=output))
        self._note(COMMISSION, "", output=output, by=by)

    def _note(self, kind: str, airing: str, **facts: object) -> None:
        self.station.log.event(kind, airing, self.station.clock.now(), **facts)


DECISIONS: Mapping[type[Request], Callable[[Decisions, Any, str], None]] = {
    Skip: Decisions.skip,
    Pause: Decisions.pause,
    Resume: Decisions.resume,
    Approve: Decisions.approve,
    Commission: Decisions.commission,
}


def standing_pauses(log: Log, now: datetime) -> list[StandingPause]:
    """The pauses that keep a village quiet now."""
    return [pause for pause in planner.pauses(log, now - planner.MEMORY) if pause.begins <= now < pause.until]


def paused(log: Log, now: datetime) -> set[str]:
    """The villages that are kept quiet now."""
    return {pause.village for pause in standing_pauses(log, now)}
