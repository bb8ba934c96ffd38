"""Who is heard when, exactly once, and what became of it. Takes `now`; asks no clock, opens no file, starts no thread.

One `step`: hear what the speakers say, take over the plan, judge what can no longer air, arm what is next. What has
happened is known from the log alone, so a new conductor on the same log goes on where a killed one was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..errors import Message, Refused
from ..interfaces import Speaker, State
from ..model.enums import Ending
from ..schedule.airing import Airing
from . import deadlines
from .arming import Air
from .buffered_log import Backlog
from .clock_trust import TRUSTED, Trust
from .item import Order, RunningOrder, Turn
from .journal import Journal
from .output import POLL, Line
from .ports import Desk
from .queue import Book
from .record import Log
from .states import Cut, Phase, seconds
from .verdicts import Judge

NAP = seconds(30)
WATCHFUL = seconds(5)  # while the time is not known: it may be, any moment
SOONEST = seconds(0.02)
_EVER = datetime.min.replace(tzinfo=UTC)
BEAT = seconds(60)  # between heartbeats at rest: each is a write to the card
BEAT_ON_AIR = seconds(5)


class Conductor:
    """All airings of one box. Its methods are called from one thread.

    `alone`: it carries out people's orders only, where a command plays something without a daemon; the plan, what an
    earlier run left open, and the heartbeat are none of its business. `nap`: nothing is looked at less often; what
    happens wakes it besides.
    """

    def __init__(
        self, log: Log, speakers: Mapping[str, Speaker], desk: Desk, alone: bool = False, nap: timedelta = NAP
    ) -> None:
        self._log = Backlog(log)
        self._journal = Journal(self._log)
        self._book = Book(self._journal, {output: speaker.lead for output, speaker in speakers.items()})
        self._lines = [Line(output, speaker, max(POLL, nap / 30)) for output, speaker in speakers.items()]
        self._judge = Judge(self._journal, self._book, desk)
        self._air = Air(self._journal, self._book, desk, self._judge)
        self._began: datetime | None = None  # by the wall clock as it is set now
        self._recovered = False  # … and what the log says was under way has been taken up
        self._seen: datetime | None = None  # the last step with a believed time
        self._absent: datetime | None = None  # the heartbeat of the run before
        self._left = False  # … which was told to end
        self._beaten: datetime | None = None
        self._believed = self._leaving = False
        self._alone = alone
        self._nap = nap
        self._fault: Exception | None = None  # of an output, since the last step

    @property
    def log(self) -> Backlog:
        """The log for whoever must not fail because the disk is full."""
        return self._log

    # The clockwork.

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """From when until when the running order given to `step` must be planned."""
        return self._book.window(now)

    def step(self, now: datetime, order: RunningOrder, trust: Trust = TRUSTED) -> datetime:
        """Do what is due; return when to call again: sooner if a speaker has news, or a file or the clock changed.

        Raises what keeps the log from the disk, or what went wrong with an output, once all is done: nothing is lost
        meanwhile as long as we run, so call again in a second.
        """
        self._begin(now)
        if trust.stepped:
            self._shift(trust.stepped)
        self._each(lambda line: self._judge.hear(line, now))
        if trust.believed and not self._leaving and not self._alone:
            self._take(now, order, trust)
        self._book.ripen(now)
        self._each(lambda line: self._serve(line, now, trust))
        self._believed = trust.believed
        self._beat(now, trust)
        self._log.flush()
        fault, self._fault = self._fault or self._journal.fault(), None
        if error := self._log.trouble or fault:
            raise error
        return self._next(now, trust)

    @property
    def quiet(self) -> bool:
        """Is nothing on the air or about to be?"""
        return not any(line.busy for line in self._lines)

    def leave(self, now: datetime) -> None:
        """Fade out and start nothing more; the next run goes on from the log. Step until `quiet`."""
        self._leaving, self._beaten = True, None
        self._journal.leave(now)
        self._each(lambda line: line.stop(Cut.LEFT))

    def _serve(self, line: Line, now: datetime, trust: Trust) -> None:
        self._judge.judge(line.name, now, trust)
        if not self._leaving:
            self._air.serve(line, now, trust)

    def _each(self, do: Callable[[Line], None]) -> None:
        """For every output; what goes wrong with one must not silence the others, and is told once all is done."""
        for line in self._lines:
            try:
                do(line)
            except Exception as error:
                self._fault = self._fault or error

    # People's orders.

    def order(self, order: Order, now: datetime) -> None:
        """A replay or an emergency: on the disk when this returns, on the air with the next step.

        Raises `Refused` where one of its airings exists already: an id is for ever.
        """
        self._begin(now)
        ours = [airing for airing in order.airings if any(line.name == airing.output for line in self._lines)]
        order = replace(order, airings=tuple(ours))
        for airing in order.airings:
            if airing.id in self._book or self._journal.has_verdict(airing.id):
                raise Refused(Message("{airing} was asked for already", airing=airing.id))
        self._journal.asked(order, now)
        self._book.take(order, now, now)

    def stop(self, now: datetime, by: str, why: str, outputs: Collection[str] | None = None) -> list[str]:
        """Silence what sounds, waits or is about to start, on `outputs` or all; returns the airings' ids."""
        due = [turn for turn in self._book if turn.urgent or not turn.waiting or turn.target <= now]
        concerned = [turn for turn in due if outputs is None or turn.airing.output in outputs]
        return self._stop(concerned, now, by=by, why=why)

    def call_off(self, now: datetime, by: str, why: str, airings: Collection[str]) -> list[str]:
        """The same for these alone, whatever else their outputs have."""
        concerned = [turn for turn in self._book if turn.airing.id in airings and (not turn.ending or turn.finishing)]
        return self._stop(concerned, now, by=by, why=why)

    def end(self, now: datetime, by: str, form: Ending, alarms: Collection[Airing]) -> None:
        """End these alarms; what is said at their end is an order of its own.

        One that is only to stop is heard to the end of what it is saying. Of one that nobody has in hand, such as after
        a crash, the log knows for whoever takes it up again.
        """
        self._begin(now)
        for alarm in alarms:
            if not self._journal.has_verdict(alarm.id):
                facts = {"by": by, "form": form, "drill": alarm.drill}
                self._journal.note("end", alarm.id, now, **facts)  # before the fade: a restart must not bring it back
        for turn in self._book:
            if any(turn.airing.id == alarm.id for alarm in alarms):
                turn.ending = deadlines.ending("end", {"by": by, "form": form, "drill": turn.airing.drill})
                turn.finishing = form is Ending.STOP and turn.life.phase is Phase.ON_AIR

    def open(self) -> list[Turn]:
        """Everything in hand: for whoever asks what is on and what comes."""
        return sorted(self._book, key=lambda turn: turn.target)

    def _stop(self, turns: Sequence[Turn], now: datetime, **facts: object) -> list[str]:
        for turn in turns:  # on the disk before the fade: a restart must not bring it back
            self._journal.note("stop", turn.airing.id, now, **facts)
            turn.ending, turn.finishing = deadlines.ending("stop", facts), False
        return [turn.airing.id for turn in turns]

    # Time.

    def _begin(self, now: datetime) -> None:
        """Once, before anything else: go on from what the log says was under way.

        Where it cannot be read just now, that is tried again with the next step: without it an alarm would fall silent.
        """
        if self._began is None:
            self._began, self._absent = now, self._journal.heartbeat()
        if self._alone or self._recovered:
            return
        self._left = self._left or self._journal.left()
        self._book.recover(now)
        self._recovered = True
        speaking = [turn for turn in self._book if turn.urgent and turn.life.attempts]
        if not speaking:
            return
        self._journal.note("restart", "", now, airings=[turn.airing.id for turn in speaking])
        if self._journal.restarts(now - deadlines.WITHIN) >= deadlines.RESTARTS:
            self._journal.note("alarm", "", now, airings=[turn.airing.id for turn in speaking])
            for turn in speaking:
                turn.ending = deadlines.SILENCED

    def _shift(self, step: timedelta) -> None:
        """The wall clock was set: what we count from moves along; what was armed for an old instant is called off."""
        self._began = self._began and self._began + step
        self._beaten = None
        for turn in self._book:
            turn.shift(step)
        self._book.sort()
        for line in self._lines:
            if line.armed and line.speaker.poll().state is State.ARMED:  # it may have begun before we could notice
                line.stop(Cut.OFF)

    def _take(self, now: datetime, order: RunningOrder, trust: Trust) -> None:
        """Take over the plan; what was due while there was no good time, or no station, knows why it did not start."""
        seen, began = self._seen, self._began or now
        if seen is None:
            self._book.resume(now, began)
            self._journal.began(began, self._absent)
        self._seen = now
        self._book.accept(order, now)
        if seen is None:
            self._blame(_EVER, began, deadlines.absence(self._absent, began, self._left))
            self._blame(began, now, deadlines.CLOCK)
        elif trust.stepped or not self._believed:
            self._blame(_EVER, now, deadlines.CLOCK)

    def _blame(self, begins: datetime, ends: datetime, hindrance: deadlines.Sentence) -> None:
        for turn in self._book:
            due = turn.order is None and begins < turn.airing.scheduled_at <= ends
            if due and turn.waiting and not turn.life.hindrance:
                turn.life.hindrance = hindrance

    def _beat(self, now: datetime, trust: Trust) -> None:
        every = BEAT if self.quiet else BEAT_ON_AIR
        fresh = self._beaten is not None and timedelta(0) <= now - self._beaten < every
        if trust.believed and not trust.doubt and not fresh and not self._alone:
            self._journal.beat(now)
            self._beaten = now

    def _next(self, now: datetime, trust: Trust) -> datetime:
        """When something may have to be done, if nobody has news before."""
        nap = self._nap if trust.believed and not trust.doubt else WATCHFUL
        coming = self._book.ripen(now)
        wakes = [now + nap, coming or now + nap, *(line.news(now) for line in self._lines if line.busy)]
        for turn in self._book.near:
            if turn.waiting:
                wakes += _wakes(turn, now, trust)
                if turn.gone:
                    wakes.append(now + SOONEST)
        return max(min(wakes), now + SOONEST)


def _wakes(turn: Turn, now: datetime, trust: Trust) -> Iterator[datetime]:
    if turn.airing.scheduled_at > now:
        yield turn.airing.scheduled_at  # what the plan refused is judged then
    if deadlines.wanted(turn, trust):
        yield turn.arms if turn.arms > now else now + deadlines.RETRY
