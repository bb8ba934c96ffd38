"""The verbs of the air: play, skip, pause, approve, rehearse, run. `errands` gets them done, and has the rest."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import BadUsage, LoudspeakerError, Message, Refused, Unreachable
from ..model.enums import Level
from ..production.specification import ProgrammeSpec
from ..store.asrun import LogDamaged
from . import planner
from .approvals import Preview, preview
from .asrun import Recording, row
from .decisions import paused
from .errands import Errands
from .preparation import Progress, Row
from .status import to_come

if TYPE_CHECKING:  # what is on the air is loaded only by who goes on the air
    from .service import Service


class OnAir(Recording):
    """What is on the air, now. `waits` is told of what was asked for and cannot start yet, and why."""

    waits: Callable[[str, str], object] = staticmethod(lambda airing, why: None)

    @cached_property
    def errands(self) -> Errands:
        return Errands(self.paths.home, self.paths.state, lambda: self, self.waits)

    def on_the_air(self) -> list[Row] | None:
        """What the daemon has on the air; None where none answers."""
        try:
            turns = self.errands.ask("status")
        except Unreachable:
            return None
        keys = ("id", "village", "output", "title", "level", "drill", "started_at", "ends_at")
        return [{key: turn.get(key) for key in keys} for turn in turns if turn.get("on")]

    def coming(self, on: Sequence[Row] = ()) -> tuple[Row, ...]:
        """What this box airs next, today or tomorrow; rows as of `plan`, without those in `on`."""
        return to_come(self.plan(None, 2), self.now(), on)

    def play(
        self, bulletin: str, villages: Sequence[str], by: str, override: str | None, progress: Progress
    ) -> list[Row]:
        """A manual replay; returns its rows once it is over. `override` is the reason for breaking policy."""
        found = self.bulletin(bulletin)
        if found.level is Level.EMERGENCY:
            raise Refused(Message("an emergency is aired with “urgent”, not with “play”"))
        outputs, now = [self.box.plays[village] for village in villages], self.now()
        orders = [self.planner.heard(self.planner.order(found, output), output, now) for output in outputs]
        self._must(self.make(orders, progress))
        return self.errands.aired("play", bulletin=found.id, villages=list(villages), by=by, override=override or "")

    def skip(self, airing: str | None, why: str | None, by: str, undo: bool = False) -> str:
        """Leave one airing out, or take that back (None: the last skip); its id. Raises `Refused` where it is over."""
        found = self.find(airing or self._skipped_last()).id
        self.errands.decided("skip", airing=found, why=why or "", by=by, undo=undo)
        return found

    def _skipped_last(self) -> str:
        skipped = list(planner.marks(self.log, self.now() - planner.MEMORY).skips)
        if not skipped:
            raise Refused(Message("nothing was skipped"))
        return skipped[-1]

    def pause(self, village: str, until: datetime, why: str, by: str) -> None:
        """Keep a village quiet until then. Raises `BadUsage` where it is past, `NotFound`."""
        self.errands.decided("pause", village=village, until=until.isoformat(), why=why, by=by)

    def resume(self, village: str | None, by: str) -> Sequence[str]:
        """End the pause of one village, or of all; whose it was. Raises `Refused` where none is paused, `NotFound`."""
        villages = [village] if village else sorted(paused(self.log, self.now()))
        if not villages:
            raise Refused(Message("no village is paused"))
        for one in villages:
            self.errands.decided("resume", village=one, by=by)
        return villages

    def preview(self, bulletin: str) -> Preview:
        """What `approve` would bind, to be looked at first. Raises `NotFound`, `BadFile`."""
        found = self.bulletin(bulletin)
        order = self.planner.order(found)
        if message := order.missing():
            raise Refused(message)
        return preview(found, order)

    def approve(self, bulletin: str, by: str, shown: Preview | None = None) -> str:
        """Bind a bulletin as it was shown, or as it is; the digest that was approved."""
        shown = shown or self.preview(bulletin)
        self.errands.decided("approve", bulletin=shown.bulletin, digest=shown.digest, by=by)
        return shown.digest

    def disapprove(self, bulletin: str, by: str) -> None:
        """Take an approval back. Raises `Refused` where there is none."""
        self.errands.decided("approve", bulletin=bulletin, digest="", by=by, undo=True)

    def rehearse(self, begins: date, ends: date) -> list[Row]:
        """Days at full speed through the same code; the rows that the log would have."""
        first, last = self.midnight(self.day(begins)), self.midnight(self.day(ends) + timedelta(days=1))
        if last <= first:
            raise BadUsage(Message("the last day lies before the first"))
        from .on_air import rehearsed

        return [{**row(record, self.local), "hash": None} for record in rehearsed(self, first, last)]

    # The daemon.

    def may_run(self) -> None:
        """Raises `Refused` where a daemon runs already, `LogUnusable` for whoever could not keep its log."""
        self.must_write()
        with suppress(Unreachable):
            self.errands.ask("status")
            raise Refused(Message("a daemon is running already on {folder}", folder=self.paths.state))
        try:
            self.log.recall("heartbeat")
        except LogDamaged:
            self.renew_log()

    def welcome(self, bulletin: str) -> None:
        """Get the day and a greeting ready, and show the day. In processes that end: the daemon stays light."""
        self.bulletin(bulletin)
        subprocess.run(self.paths.command_line("prepare", "--also", bulletin), check=False)
        subprocess.run(self.paths.command_line("plan"), check=False)

    def service(self, wake: Callable[[], None], welcome: str | None) -> Service:
        """What the daemon runs; `wake` is called from any thread when a speaker or the stop button has news."""
        from .on_air import speakers, stop_button
        from .service import Service

        return Service(self, speakers(self, wake), welcome and self.bulletin(welcome).id, stop_button(self, wake))

    @staticmethod
    def _must(failed: dict[ProgrammeSpec, Message]) -> None:
        for message in failed.values():
            raise LoudspeakerError(message)
