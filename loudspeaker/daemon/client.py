"""How a command gets something done on the air: through the daemon, or where none runs, by its own hand.

The daemon has the files read and everything loaded: whoever only asks it opens no station, and an alarm is heard at
once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..clock import SystemClock
from ..codec import decode
from ..errors import (
    BadUsage,
    BeingMade,
    BeingRead,
    LoudspeakerError,
    Message,
    Occupied,
    Refused,
    Unanswered,
    Unreachable,
)
from ..model.alert_preview import AlertPreview, EndPreview, Wanted
from ..model.envelope import Envelope
from ..model.requests import (
    Approve,
    AskOutcome,
    Commission,
    ConfirmClock,
    EndUrgent,
    Interrupt,
    Outcome,
    Pause,
    Play,
    PreviewEnd,
    PreviewUrgent,
    Request,
    Resume,
    Skip,
    Stop,
    TestOutput,
    Urgent,
)
from ..station.paths import StationPaths
from . import protocol
from .signals import interruptions

if TYPE_CHECKING:
    from ..interfaces import Clock
    from ..station.approvals import Preview
    from ..station.station import Station

Ids = tuple[str, ...]  # of airings
LONGEST = 62 * 60.0  # s; a manual replay never takes longer
PATIENCE = 2.0  # s, for a text that is being read
LOOK = 0.1  # s, between questions what has become of it
STARTING = 30.0  # s: a daemon that has just been started has read everything by then
TURN = 90.0  # s: another command that has the outputs is heard or has let go of them by then
READING = 10.0  # s: a bulletin has been read by then
UNFINISHED = (None, "on-air")


class Client:
    """Asks for one station. `open_station` opens it, for what the daemon cannot do.

    `waits` is told once of each airing, by id, that cannot start yet, and why.
    """

    def __init__(
        self,
        home: Path,
        state: Path,
        open_station: Callable[[], Station],
        waits: Callable[[str, str], object] = lambda airing, why: None,
        clock: Clock | None = None,
    ) -> None:
        self.paths = StationPaths(home, state)
        self._open_station = open_station
        self._waits = cache(waits)  # each wait is told once
        self._clock = clock or SystemClock()

    def ask(self, request: Request, by: str | None = None, patience: float = protocol.PATIENCE) -> object:
        """What the daemon answers. Raises `Unreachable`."""
        return self._send(Envelope(request, by), patience)

    def _send(self, envelope: Envelope, patience: float) -> object:
        """An alarm is sent with the instant that will name it, should it have to be sent again.

        Its sound is left to the daemon. One that was started before an update knows of neither, nor of what is told
        beside an approval. It must do it all the same; what is wrong otherwise is refused again.
        """
        whole = plain = envelope.request
        if isinstance(whole, Urgent):
            whole = replace(whole, issued=whole.issued or self._clock.now().isoformat())
        elif isinstance(whole, PreviewUrgent | PreviewEnd):
            whole = replace(whole, make=True)
        elif isinstance(plain, Approve):
            plain = replace(plain, heard=None, in_place_of=None)
        if whole != plain:
            with suppress(BadUsage):
                return self._send_as_it_is(replace(envelope, request=whole), patience)
        return self._send_as_it_is(replace(envelope, request=plain), patience)

    def _send_as_it_is(self, envelope: Envelope, patience: float) -> object:
        return protocol.ask(self.paths.socket, envelope.request.verb, patience=patience, **envelope.arguments())

    def send(self, envelope: Envelope, patience: float = protocol.PATIENCE) -> object:
        """What the daemon answers; it is given a moment for what has just been edited.

        Raises `Unreachable`, and `BeingRead` where that moment is not enough.
        """
        latest = time.monotonic() + PATIENCE
        while True:
            try:
                return self._send(envelope, patience)
            except BeingRead:
                if time.monotonic() > latest:
                    raise
            time.sleep(LOOK)

    def confirm_clock(self, by: str) -> None:
        """A person's word that the time is good; holds until the next step, or restart of the machine."""
        self.ask(ConfirmClock(), by)

    # Decisions: through the daemon, or into the log by our own hand.

    def skip(self, airing: str | None, why: str | None, by: str, undo: bool = False) -> str:
        """Leave one airing out, or take that back (None: the last skip); its id. Raises `Refused` where it is over."""
        station = self._open_station()
        ident = station.airings.find(airing or station.airings.last_skip()).id
        self.decide(Skip(ident, why or "", undo), by)
        return ident

    def pause(self, village: str, until: datetime, why: str, by: str) -> None:
        """Keep a village quiet until then. Raises `BadUsage` where it is past, `NotFound`."""
        self.decide(Pause(village, until.isoformat(), why), by)

    def resume(self, village: str | None, by: str) -> Sequence[str]:
        """End the pause of one village, or of all; whose it was. Raises `Refused` where none is paused, `NotFound`."""
        villages = [village] if village else self._open_station().airings.paused_villages()
        if not villages:
            raise Refused(Message("no village is paused"))
        for name in villages:
            self.decide(Resume(name), by)
        return villages

    def approve(
        self,
        bulletin: str,
        by: str,
        shown: Preview | None = None,
        *,
        paper: str | None = None,
        signer: str | None = None,
        photo: str | None = None,
    ) -> str:
        """Bind a bulletin as it was shown, or as it is; the digest. Where `signer` is named they have signed it on the
        `paper` of that number, or that `photo` (SHA-256) shows, and `by` enters it.
        """
        shown = shown or self._open_station().preparation.preview(bulletin)
        self.decide(Approve(shown.bulletin, shown.digest, False, paper, signer, photo=photo), by)
        return shown.digest

    def disapprove(self, bulletin: str, by: str) -> None:
        """Take an approval back. Raises `Refused` where there is none."""
        self.decide(Approve(bulletin, "", undo=True), by)

    def commission(self, output: str, by: str) -> None:
        """From now on this output airs what is planned. Raises `Unreachable`."""
        self.decide(Commission(output), by)

    def decide(self, request: Request, by: str) -> None:
        """A decision goes into the log. Raises `Unreachable` where neither the daemon nor we can write it."""
        try:
            self.send(Envelope(request, by))
        except Unreachable as error:
            station = self._writable_station(error)
            from ..station.decisions import DECISIONS, Decisions  # heavy; the daemon does without this process' own

            DECISIONS[type(request)](Decisions(station), request, Envelope(request, by))

    # What is heard.

    def play(
        self, request: Play, by: str, progress: Callable[[int, int, str], None] = lambda done, total, what: None
    ) -> Sequence[Outcome]:
        """A manual replay; what became of it once it is over."""
        bulletin = self._open_station().preparation.prepare_replay(request.bulletin, request.villages, progress)
        return self.air(replace(request, bulletin=bulletin), by)

    def test(self, request: TestOutput, by: str) -> Sequence[Outcome]:
        """At most 5 s on one output, by day only; what became of it once it is over."""
        self._open_station().preparation.prepare_test(request.output, request.tone, request.sign)
        return self.air(request, by)

    def air(self, request: Request, by: str) -> Sequence[Outcome]:
        """Something is heard, and is over: what became of each airing. An interruption stops it and waits for that."""
        return self._until_over(Envelope(request, by), UNFINISHED, lambda: None)

    def preview_urgent(self, request: PreviewUrgent) -> AlertPreview:
        """An alarm, read and not yet made. Raises `BadUsage`, `NotFound`."""
        try:
            return decode(AlertPreview, self.ask(request))
        except (Unreachable, BeingRead):  # an alarm waits for nobody: here it is read at once
            return self._open_station().alerts.preview(request)

    def make(self, wanted: Wanted) -> None:
        """Make sound in local voices, in this process, which ends: no daemon does it. Raises `LoudspeakerError`."""
        if wanted:
            from ..station.rendering import render_wanted  # numpy: whoever has a daemon does without

            for failure in render_wanted(self.paths, wanted):
                raise failure

    def make_ahead(self, wanted: Wanted) -> None:
        """Make sound that will be needed soon, as far as this person may; what fails is tried again then."""
        with suppress(LoudspeakerError):
            self.make(wanted)

    def urgent(
        self, alert: AlertPreview, repeat: int, gap: float, by: str, second: str | None = None
    ) -> Sequence[Outcome]:
        """An alarm now, or as soon as its sound has been made: what became of it once it is on the air.

        Back then: whoever gave the alarm needs the terminal to end it.
        """
        words = (alert.text, alert.bulletin, tuple(alert.villages))
        request = Urgent(*words, repeat, gap, alert.until, alert.drill, alert.recipes, second=second)
        return self._until_over(Envelope(request, by), (None,), lambda: self.make_ahead(alert.clears))

    def preview_end(self, request: PreviewEnd) -> EndPreview:
        """How alarms would be ended. Raises `Refused` where none stands, `BadUsage`, `NotFound`."""
        try:
            return decode(EndPreview, self.ask(request))
        except (Unreachable, BeingRead):
            return self._open_station().alerts.preview_end(request)

    def end_urgent(self, end: EndPreview, by: str) -> Sequence[Outcome]:
        """End these alarms, whose last words have been made: what became of those, once they are over.

        Raises `Refused` where all of them were ended meanwhile.
        """
        request = EndUrgent(end.form, tuple(alarm for closing in end.closings for alarm in closing.alarms))
        latest = time.monotonic() + READING
        while True:
            try:
                outcomes = self.air(request, by)
                break
            except BeingRead:  # an all-clear was edited a moment ago
                if time.monotonic() > latest:
                    raise
                time.sleep(LOOK)
        if not outcomes and any(closing.spoken for closing in end.closings):
            raise Refused(Message("it was ended meanwhile by somebody else"))
        return outcomes

    def stop(self, request: Stop, by: str) -> Sequence[Outcome]:
        """Fade out what is on the air. Raises `Unreachable`."""
        return self._follow(decode(Ids, self.ask(request, by)), UNFINISHED, [], by)

    def give(
        self, envelope: Envelope, patience: float = LONGEST, progress: Callable[[Message], object] = lambda making: None
    ) -> Sequence[str]:
        """Have something heard as soon as its sound has been made, and follow it no further: the ids of its airings.

        For a page, which follows by itself: no signal is handled. `progress` is told how far the making is.
        Raises `BeingMade` or `BeingRead` after `patience` seconds.
        """
        ask = partial(self.send, envelope, STARTING)
        return decode(Ids, protocol.ask_until_made(ask, patience, (BeingMade, BeingRead), progress))

    def _until_over(
        self, envelope: Envelope, pending: Collection[object], meanwhile: Callable[[], object]
    ) -> Sequence[Outcome]:
        """Have it heard, once its sound has been made, and follow it."""
        return protocol.ask_until_made(partial(self._have_heard, envelope, pending, meanwhile), LONGEST)

    def _have_heard(
        self, envelope: Envelope, pending: Collection[object], meanwhile: Callable[[], object]
    ) -> Sequence[Outcome]:
        """Raises `BeingMade`."""
        latest = time.monotonic() + TURN
        while True:
            with interruptions() as interrupted:
                try:
                    ids = decode(Ids, self.send(envelope, STARTING))
                except Unanswered:
                    raise  # it may still be done: once is enough
                except Unreachable as error:
                    station = self._writable_station(error)
                except BeingMade:
                    if interrupted:  # nothing is on the air yet
                        raise KeyboardInterrupt from None
                    raise
                else:
                    meanwhile()
                    return self._follow(ids, pending, interrupted, envelope.by)
            meanwhile()
            from .foreground import run_in_foreground  # opens the outputs: whoever has a daemon does without

            try:
                return run_in_foreground(station, envelope, self._waits)
            except Occupied:  # another command is opening the outputs, or closing them: by it, or after it
                if time.monotonic() > latest:
                    raise
                time.sleep(LOOK)

    def _follow(
        self, ids: Sequence[str], pending: Collection[object], interrupted: list[bool], by: str | None
    ) -> Sequence[Outcome]:
        """Ask the daemon what becomes of these until none is `pending`; once interrupted, have it stop them."""
        latest = time.monotonic() + LONGEST
        outcomes = self._outcome(ids)
        while (interrupted or any(outcome.verdict in pending for outcome in outcomes)) and time.monotonic() < latest:
            for outcome in outcomes:
                if outcome.verdict is None and outcome.why:
                    self._waits(outcome.id, outcome.why)
            if interrupted:
                interrupted.clear()
                self.ask(Interrupt(tuple(ids)), by)
                pending = UNFINISHED
            time.sleep(LOOK)
            outcomes = self._outcome(ids)
        return outcomes

    def _outcome(self, ids: Sequence[str]) -> Sequence[Outcome]:
        try:
            return decode(tuple[Outcome, ...], self.ask(AskOutcome(tuple(ids))))
        except Unreachable as error:
            records = [record for record in map(self._open_station().airings.record, ids) if record]
            if len(records) < len(ids):
                went = Message("the daemon went away; what was asked for is taken up again when it comes back")
                raise Unreachable(went) from error
            return [Outcome(record.id, record.verdict, record.why) for record in records]

    def _writable_station(self, unreachable: Unreachable) -> Station:
        """The station, opened by somebody who may write its log: nobody else can do anything by hand."""
        station = self._open_station()
        if why := station.paths.unwritable:
            neither = Message("{unreachable}; {unwritable}", unreachable=unreachable.message, unwritable=why)
            raise Unreachable(neither) from unreachable
        return station
