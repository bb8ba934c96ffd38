"""Airs what is planned and what people ask for, each airing exactly once. Takes `now`; asks no clock, opens no file.

One `step`: follow the playbacks, take over the plan, judge what can no longer air, arm what is next. What has happened
is known from the log alone, so a new controller on the same log goes on where a killed one was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ..errors import Message, Refused
from ..interfaces import Speaker, State
from ..model.airing import Airing
from ..model.enums import Ending
from . import deadlines
from .arming import Arming
from .buffered_log import BufferedLog
from .clock_trust import TRUSTED, Trust
from .item import ManualRequest, PlayoutItem, RunningOrder
from .journal import PlayoutJournal
from .output import POLL, PlayoutOutput
from .ports import Log, StationPort
from .queue import PlayoutQueue
from .states import Cut, Phase, Ruling, seconds
from .verdicts import Verdicts

NAP = seconds(30)  # the longest time between two steps
WATCHFUL = seconds(5)  # the longest time between two steps while the clock is not believed
SOONEST = seconds(0.02)  # the shortest one
_EVER = datetime.min.replace(tzinfo=UTC)
BEAT = seconds(60)  # between heartbeats at rest: each is a write to the card
BEAT_ON_AIR = seconds(5)


class Controller:
    """All airings of one box. Its methods are called from one thread.

    `alone`: it carries out people's requests only, where a command plays something without a daemon; the plan, what an
    earlier run left open, and the heartbeat are none of its business. `nap`: the longest time between two steps where
    nothing happens.
    """

    def __init__(
        self, log: Log, speakers: Mapping[str, Speaker], station: StationPort, alone: bool = False, nap: timedelta = NAP
    ) -> None:
        self._log = BufferedLog(log)
        self._journal = PlayoutJournal(self._log)
        self._queue = PlayoutQueue(self._journal, {output: speaker.lead for output, speaker in speakers.items()})
        self._outputs = [PlayoutOutput(output, speaker, max(POLL, nap / 30)) for output, speaker in speakers.items()]
        self._verdicts = Verdicts(self._journal, self._queue, station)
        self._arming = Arming(self._journal, self._queue, station, self._verdicts)
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
    def log(self) -> BufferedLog:
        """The log, buffered: writing to it does not fail when the disk is full."""
        return self._log

    # Steps.

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """From when until when the running order given to `step` must be planned."""
        return self._queue.window(now)

    def step(self, now: datetime, running_order: RunningOrder, trust: Trust = TRUSTED) -> datetime:
        """Do what is due; return when to call again: sooner if a speaker has news, or a file or the clock changed.

        Raises what keeps the log from the disk, or what went wrong with an output, once all is done: nothing is lost
        meanwhile as long as we run, so call again in a second.
        """
        self._begin(now)
        if trust.stepped:
            self._shift(trust.stepped)
        self._each(lambda output: self._verdicts.follow(output, now))
        if trust.believed and not self._leaving and not self._alone:
            self._take(now, running_order, trust)
        self._queue.ripen(now)
        self._each(lambda output: self._serve(output, now, trust))
        self._believed = trust.believed
        self._beat(now, trust)
        self._log.flush()
        fault, self._fault = self._fault or self._journal.take_fault(), None
        if error := self._log.trouble or fault:
            raise error
        return self._next(now, trust)

    @property
    def quiet(self) -> bool:
        """Is nothing on the air or about to be?"""
        return not any(output.busy for output in self._outputs)

    def leave(self, now: datetime) -> None:
        """Fade out and start nothing more; the next run goes on from the log. Step until `quiet`."""
        self._leaving, self._beaten = True, None
        self._journal.leave(now)
        self._each(lambda output: output.stop(Cut.LEFT))

    def _serve(self, output: PlayoutOutput, now: datetime, trust: Trust) -> None:
        self._verdicts.judge(output.name, now, trust)
        if not self._leaving:
            self._arming.serve(output, now, trust)

    def _each(self, do: Callable[[PlayoutOutput], None]) -> None:
        """Do it for every output; what goes wrong with one must not silence the others, and is raised by `step`."""
        for output in self._outputs:
            try:
                do(output)
            except Exception as error:
                self._fault = self._fault or error

    # People's requests.

    def submit(self, request: ManualRequest, now: datetime) -> None:
        """A replay or an emergency: on the disk when this returns, on the air with the next step.

        On an output that this box has not, nothing comes of it. Raises `Refused` where its airing exists already: an
        id is for ever.
        """
        self._begin(now)
        airing = request.airing
        if not any(output.name == airing.output for output in self._outputs):
            return
        if airing.id in self._queue or self._journal.has_verdict(airing.id):
            raise Refused(Message("{airing} was asked for already", airing=airing.id))
        self._journal.record_request(request, now)
        self._queue.take(request, now, now)

    def stop(
        self, now: datetime, by: str, why: str, outputs: Collection[str] | None = None, spared: Collection[str] = ()
    ) -> list[str]:
        """Silence what sounds, waits or is about to start, on `outputs` or all; returns the airings' ids.

        Those whose ids are `spared` go on.
        """
        due = [item for item in self._queue if item.urgent or not item.waiting or item.target <= now]
        meant = [item for item in due if item.airing.id not in spared]
        concerned = [item for item in meant if outputs is None or item.airing.output in outputs]
        return self._stop(concerned, now, by=by, why=why)

    def call_off(self, now: datetime, by: str, why: str, airings: Collection[str]) -> list[str]:
        """The same for these alone, whatever else their outputs have."""
        concerned = [item for item in self._queue if item.airing.id in airings and (not item.ending or item.finishing)]
        return self._stop(concerned, now, by=by, why=why)

    def end(self, now: datetime, by: str, form: Ending, alarms: Collection[Airing]) -> None:
        """End these alarms; what is said at their end is a request of its own.

        One that is only to stop is heard to the end of what it is saying. Of one that nobody has in hand, such as after
        a crash, the log knows for whoever takes it up again.
        """
        self._begin(now)
        for alarm in alarms:
            if not self._journal.has_verdict(alarm.id) or self._journal.is_said_again(alarm.id, now):
                facts = {"by": by, "form": form, "drill": alarm.drill}
                self._journal.note("end", alarm.id, now, **facts)  # before the fade: a restart must not bring it back
        for item in self._queue:
            if any(item.airing.id == alarm.id for alarm in alarms):
                item.ending = deadlines.ruling_of_person("end", {"by": by, "form": form, "drill": item.airing.drill})
                item.finishing = form is Ending.STOP and item.state.phase is Phase.ON_AIR

    def open_items(self) -> list[PlayoutItem]:
        """Everything that has no verdict yet, in the order of time: what is on the air and what is to come."""
        return sorted(self._queue, key=lambda item: item.target)

    def gone_outputs(self) -> Mapping[str, Message]:
        """Outputs whose card was not there when it was last asked, and what it said."""
        return {output.name: output.gone for output in self._outputs if output.gone}

    def _stop(self, items: Sequence[PlayoutItem], now: datetime, **facts: object) -> list[str]:
        for item in items:  # on the disk before the fade: a restart must not bring it back
            self._journal.note("stop", item.airing.id, now, **facts)
            item.ending, item.finishing = deadlines.ruling_of_person("stop", facts), False
        return [item.airing.id for item in items]

    # Time.

    def _begin(self, now: datetime) -> None:
        """Once, before anything else: go on from what the log says was under way.

        Where it cannot be read just now, that is tried again with the next step: without it an alarm would fall silent.
        """
        if self._began is None:
            self._began, self._absent = now, self._journal.heartbeat()
        if self._alone or self._recovered:
            return
        self._left = self._left or self._journal.was_told_to_end()
        self._queue.recover(now)
        self._recovered = True
        speaking = [item for item in self._queue if item.urgent and item.state.attempts]
        if not speaking:
            return
        self._journal.note("restart", "", now, airings=[item.airing.id for item in speaking])
        if self._journal.restarts(now - deadlines.WITHIN) >= deadlines.RESTARTS:
            self._journal.note("alarm", "", now, airings=[item.airing.id for item in speaking])
            for item in speaking:
                item.ending = deadlines.SILENCED

    def _shift(self, step: timedelta) -> None:
        """The wall clock was set: what we count from moves along; what was armed for an old instant is called off."""
        self._began = self._began and self._began + step
        self._beaten = None
        for item in self._queue:
            item.shift(step)
        self._queue.sort()
        for output in self._outputs:
            if output.armed and output.poll_speaker().state is State.ARMED:  # it may have begun before we could notice
                output.stop(Cut.OFF)

    def _take(self, now: datetime, running_order: RunningOrder, trust: Trust) -> None:
        """Take over the plan; what was due while there was no good time, or no station, knows why it did not start."""
        seen, began = self._seen, self._began or now
        if seen is None:
            self._queue.resume(now, began)
            self._journal.record_run(began, self._absent)
        self._seen = now
        self._queue.accept(running_order, now)
        if seen is None:
            self._blame(_EVER, began, deadlines.absence(self._absent, began, self._left))
            self._blame(began, now, deadlines.CLOCK)
        elif trust.stepped or not self._believed:
            self._blame(_EVER, now, deadlines.CLOCK)

    def _blame(self, begins: datetime, ends: datetime, hindrance: Ruling) -> None:
        for item in self._queue:
            due = item.request is None and begins < item.airing.scheduled_at <= ends
            if due and item.waiting and not item.state.hindrance:
                item.state.hindrance = hindrance

    def _beat(self, now: datetime, trust: Trust) -> None:
        every = BEAT if self.quiet else BEAT_ON_AIR
        fresh = self._beaten is not None and timedelta(0) <= now - self._beaten < every
        if trust.believed and not trust.doubt and not fresh and not self._alone:
            self._journal.beat(now)
            self._beaten = now

    def _next(self, now: datetime, trust: Trust) -> datetime:
        """When something may have to be done, unless a speaker has news before."""
        nap = self._nap if trust.believed and not trust.doubt else WATCHFUL
        coming = self._queue.ripen(now)
        wakes = [now + nap, coming or now + nap, *(output.next_poll(now) for output in self._outputs if output.busy)]
        for item in self._queue.near:
            if item.waiting:
                wakes += _wakes(item, now, trust)
                if item.gone:
                    wakes.append(now + SOONEST)
        return max(min(wakes), now + SOONEST)


def _wakes(item: PlayoutItem, now: datetime, trust: Trust) -> Iterator[datetime]:
    if item.airing.scheduled_at > now:
        yield item.airing.scheduled_at  # what the plan refused is judged then
    if deadlines.is_wanted(item, trust):
        yield item.arms if item.arms > now else now + deadlines.RETRY
