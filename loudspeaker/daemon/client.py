"""How a command gets something done on the air: through the daemon, or where none runs, by its own hand.

The daemon has the files read and everything loaded: whoever only asks it opens no station, and an alarm is heard at
once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codec import decode
from ..errors import BeingRead, LoudspeakerError, Message, Occupied, Refused, Unanswered, Unreachable
from ..station.call import Call, PlannedEnd, Wanted
from ..station.paths import StationPaths
from . import control_socket
from .signals import interruptions

if TYPE_CHECKING:
    from ..station.approvals import Preview
    from ..station.station import Station

Row = dict[str, Any]
Meanwhile = Callable[[], object]
LONGEST = 62 * 60.0  # s; a manual replay never takes longer
PATIENCE = 2.0  # s, for a text that is being read
LOOK = 0.1  # s, between questions what has become of it
STARTING = 30.0  # s: a daemon that has just been started has read everything by then
TURN = 90.0  # s: another command that has the outputs is heard or has let go of them by then
READING = 10.0  # s: a bulletin has been read by then
UNFINISHED = (None, "on-air")


class Errands:
    """Gets things done on the air of one station; `opened` opens it, for what the daemon cannot do.

    `waits` is told once of each airing, by id, that cannot start yet, and why.
    """

    def __init__(
        self,
        home: Path,
        state: Path,
        opened: Callable[[], Station],
        waits: Callable[[str, str], object] = lambda airing, why: None,
    ) -> None:
        self.paths = StationPaths(home, state)
        self._opened = opened
        self._waits = cache(waits)  # each wait is told once

    def ask(self, verb: str, patience: float = control_socket.PATIENCE, **facts: Any) -> Any:
        """What the daemon answers. Raises `Unreachable`."""
        return control_socket.ask(self.paths.socket, verb, patience=patience, **facts)

    def on_the_air(self) -> list[Row] | None:
        """What the daemon has on the air; None where none answers."""
        try:
            turns = self.ask("status")
        except Unreachable:
            return None
        keys = ("id", "village", "output", "title", "level", "drill", "started_at", "ends_at")
        return [{key: turn.get(key) for key in keys} for turn in turns if turn.get("on")]

    def pins(self) -> dict[str, str] | None:
        """What is wrong with the daemon's pins; None where none answers."""
        with suppress(Unreachable):
            pins: dict[str, str] = self.ask("pins")
            return pins
        return None

    def confirm_clock(self, by: str) -> None:
        """A person's word that the time is good; holds until the next step, or restart of the machine."""
        self.ask("confirm_clock", by=by)

    # Decisions: through the daemon, or into the log by our own hand.

    def skip(self, airing: str | None, why: str | None, by: str, undo: bool = False) -> str:
        """Leave one airing out, or take that back (None: the last skip); its id. Raises `Refused` where it is over."""
        station = self._opened()
        found = station.airings.find(airing or station.airings.last_skip()).id
        self.decided("skip", airing=found, why=why or "", by=by, undo=undo)
        return found

    def pause(self, village: str, until: datetime, why: str, by: str) -> None:
        """Keep a village quiet until then. Raises `BadUsage` where it is past, `NotFound`."""
        self.decided("pause", village=village, until=until.isoformat(), why=why, by=by)

    def resume(self, village: str | None, by: str) -> Sequence[str]:
        """End the pause of one village, or of all; whose it was. Raises `Refused` where none is paused, `NotFound`."""
        villages = [village] if village else self._opened().airings.paused()
        if not villages:
            raise Refused(Message("no village is paused"))
        for name in villages:
            self.decided("resume", village=name, by=by)
        return villages

    def approve(self, bulletin: str, by: str, shown: Preview | None = None) -> str:
        """Bind a bulletin as it was shown, or as it is; the digest that was approved."""
        shown = shown or self._opened().preparation.preview(bulletin)
        self.decided("approve", bulletin=shown.bulletin, digest=shown.digest, by=by)
        return shown.digest

    def disapprove(self, bulletin: str, by: str) -> None:
        """Take an approval back. Raises `Refused` where there is none."""
        self.decided("approve", bulletin=bulletin, digest="", by=by, undo=True)

    def commission(self, output: str, by: str) -> None:
        """From now on this output airs what is planned. Raises `Unreachable`."""
        self.decided("commission", output=output, by=by)

    def decided(self, verb: str, **facts: Any) -> None:
        """A decision goes into the log. Raises `Unreachable` where neither the daemon nor we can write it."""
        try:
            self._ask_patiently(verb, **facts)
        except Unreachable as error:
            station = self._writing(error)
            from ..station.decisions import Decisions

            getattr(Decisions(station), verb)(**facts)

    def _ask_patiently(self, verb: str, **facts: Any) -> Any:
        """Give the daemon a moment for what has just been edited. Raises `BeingRead` where that is not enough."""
        latest = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask(verb, **facts)
            except BeingRead:
                if time.monotonic() > latest:
                    raise
            time.sleep(LOOK)

    # What is heard.

    def play(
        self,
        bulletin: str,
        villages: Sequence[str],
        by: str,
        override: str | None,
        progress: Callable[[int, int, str], None],
    ) -> list[Row]:
        """A manual replay; its rows once it is over. `override` is the reason for breaking policy."""
        found = self._opened().preparation.prepare_replay(bulletin, villages, progress)
        return self.aired("play", bulletin=found, villages=list(villages), by=by, override=override or "")

    def test(self, output: str, tone: bool, by: str) -> list[Row]:
        """At most 5 s on one output: the villages' names, or 1 kHz at −18 dBFS. By day only."""
        self._opened().preparation.prepare_test(output, tone)
        return self.aired("test", output=output, tone=tone, by=by)

    def aired(self, verb: str, **facts: Any) -> list[Row]:
        """Something is heard, and is over: what became of each airing. An interruption stops it and waits for that."""
        return self._done(verb, facts, UNFINISHED, lambda: None)

    def compose(self, **asked: Any) -> Call:
        """An emergency, read and not yet made; arguments and errors as of `Calling.compose`."""
        try:
            return decode(Call, self.ask("compose", **asked))
        except (Unreachable, BeingRead):  # an alarm waits for nobody: here it is read at once
            return self._opened().alerts.compose(**asked)

    def make(self, wanted: Wanted) -> None:
        """Make sound in local voices, in this process, which ends. Raises `LoudspeakerError`."""
        if not wanted:
            return
        from ..clock import SystemClock
        from ..production.render import ProgrammeRenderer
        from ..production.specification import ProgrammeSpec
        from ..store.clips import ClipStore
        from ..store.programmes import ProgrammeStore
        from ..synthesis import registry
        from ..synthesis.fallback import FallbackChain

        engine = partial(registry.load_engine, folder=self.paths.voices)
        chain = FallbackChain(ClipStore(self.paths.clips), SystemClock().now, engine)
        studio = ProgrammeRenderer(self.paths.home, chain, ProgrammeStore(self.paths.programmes))
        for recipe, told in wanted.items():
            studio.render(ProgrammeSpec.restored(told), recipe)

    def make_ahead(self, wanted: Wanted) -> None:
        """Make what will be wanted soon, as far as this person may: whoever wants it then tries again, and is told."""
        with suppress(LoudspeakerError):
            self.make(wanted)

    def urgent(self, call: Call, repeat: int, gap: float, by: str) -> list[Row]:
        """An emergency now, whose sound has been made: its rows once it is on the air.

        Back then: whoever gave the alarm needs the terminal to end it.
        """
        facts = {
            **{"text": call.text, "bulletin": call.bulletin, "villages": list(call.villages), "drill": call.drill},
            **{"repeat": repeat, "gap": gap, "until": call.until, "by": by, "recipes": dict(call.recipes)},
        }
        return self._done("urgent", facts, (None,), lambda: self.make_ahead(call.clears))

    def compose_end(self, **asked: Any) -> PlannedEnd:
        """How alarms would be ended; arguments and errors as of `Calling.compose_end`."""
        try:
            return decode(PlannedEnd, self.ask("compose_end", **asked))
        except (Unreachable, BeingRead):
            return self._opened().alerts.compose_end(**asked)

    def end_urgent(self, end: PlannedEnd, by: str) -> list[Row]:
        """End these alarms, whose last words have been made: what became of those, once they are over.

        Raises `Refused` where all of them were ended meanwhile.
        """
        alarms = [alarm for closing in end.closings for alarm in closing.alarms]
        latest = time.monotonic() + READING
        while True:
            try:
                rows = self.aired("end_urgent", by=by, form=end.form, alarms=alarms)
                break
            except BeingRead:  # an all-clear was edited a moment ago
                if time.monotonic() > latest:
                    raise
                time.sleep(LOOK)
        if not rows and any(closing.spoken for closing in end.closings):
            raise Refused(Message("it was ended meanwhile by somebody else"))
        return rows

    def stop(self, villages: Sequence[str], why: str, by: str) -> list[Row]:
        """Fade out what is on the air. Raises `Unreachable`."""
        return self._followed(self.ask("stop", villages=list(villages), why=why, by=by), UNFINISHED, [], by)

    def _done(self, verb: str, facts: dict[str, Any], pending: Collection[object], meanwhile: Meanwhile) -> list[Row]:
        latest = time.monotonic() + TURN
        while True:
            with interruptions() as interrupted:
                try:
                    ids = self._ask_patiently(verb, patience=STARTING, **facts)
                except Unanswered:
                    raise  # it may still be done: once is enough
                except Unreachable as error:
                    station = self._writing(error)
                else:
                    meanwhile()
                    return self._followed(ids, pending, interrupted, facts["by"])
            meanwhile()
            from .foreground import by_hand

            try:
                return by_hand(station, verb, facts, self._waits)
            except Occupied:  # another command is opening the outputs, or closing them: by it, or after it
                if time.monotonic() > latest:
                    raise
                time.sleep(LOOK)

    def _followed(self, ids: Sequence[str], pending: Collection[object], interrupted: list[bool], by: str) -> list[Row]:
        """Ask the daemon what becomes of these until none is `pending`; once interrupted, have it stop them."""
        latest = time.monotonic() + LONGEST
        rows = self._outcome(ids)
        while (interrupted or any(row["verdict"] in pending for row in rows)) and time.monotonic() < latest:
            for row in rows:
                if row["verdict"] is None and row["why"]:
                    self._waits(row["id"], row["why"])
            if interrupted:
                interrupted.clear()
                self.ask("interrupt", airings=list(ids), by=by)
                pending = UNFINISHED
            time.sleep(LOOK)
            rows = self._outcome(ids)
        return rows

    def _outcome(self, ids: Sequence[str]) -> list[Row]:
        try:
            rows: list[Row] = self.ask("outcome", airings=list(ids))
        except Unreachable as error:
            records = [record for record in map(self._opened().airings.record, ids) if record]
            if len(records) < len(ids):
                went = Message("the daemon went away; what was asked for is taken up again when it comes back")
                raise Unreachable(went) from error
            return [{"id": record.id, "verdict": record.verdict, "why": record.why} for record in records]
        return rows

    def _writing(self, unreachable: Unreachable) -> Station:
        """The station, opened by somebody who may write its log: nobody else can do anything by hand."""
        station = self._opened()
        from ..station.log_file import must_be_writable
        from ..store.asrun import LogUnusable

        try:
            must_be_writable(station.paths)
        except LogUnusable as error:
            neither = Message("{unreachable}; {unwritable}", unreachable=unreachable.message, unwritable=error.message)
            raise Unreachable(neither) from unreachable
        return station
