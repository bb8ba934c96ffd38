"""The station on the air: conductor, speakers, plan. What the daemon steps, a rehearsal runs, `play` waits for.

It decides nothing (`playout` does) and makes no sound (`studio` does, in a process that ends); it only answers what
the conductor asks and passes on what people ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from ..clock import FakeClock, vouchers
from ..errors import LoudspeakerError, Message, NotFound
from ..interfaces import Clock, Speaker
from ..language import LANGUAGES, translator
from ..playout import rules
from ..playout.conductor import Conductor
from ..playout.memory import MemoryLog
from ..playout.record import Log, Record
from ..playout.stored import stored_order
from ..playout.trust import ClockWatch, Trust
from ..playout.turn import Order as Request
from ..playout.turn import RunningOrder
from ..schedule.airing import Airing
from ..schedule.permit import permit
from ..script.bulletin import Bulletin
from ..sound.programme import Programme
from ..speakers.memory import MemorySpeaker
from ..speakers.outlets import Setting, open_speakers
from ..speakers.stream import Dial, Receiver
from ..studio.order import ALL_CLEAR, RATE, Order
from ..vocabulary import Expected, Level
from . import planner
from .folder import stamp_of
from .planning import Planning

Vouch = Callable[[datetime, bool], frozenset[str]]
MARKS = ("skip", "pause", "resume", "approve")


class Live:
    """One station with its speakers open. Everything is called from one thread."""

    def __init__(
        self,
        station: Planning,
        speakers: Mapping[str, Speaker],
        clock: Clock,
        log: Log,
        vouch: Vouch = vouchers,
        *,
        alone: bool = False,
        rehearsal: bool = False,
    ) -> None:
        self.station = station
        self.speakers = speakers
        self.clock = clock
        self.log = log
        self.rehearsal = rehearsal
        self.conductor = Conductor(log, speakers, self, alone)
        self.watch = ClockWatch(log)
        self.dial = Dial(lambda url, lasts: Receiver(url, station.commune.streams, lasts, RATE))
        self._vouch = vouch
        self._write = translator(LANGUAGES[0])
        self._order = RunningOrder(datetime.max, datetime.min)
        self._seen: object = None

    # The clockwork.

    def step(self) -> datetime:
        """Do what is due; when to be called again."""
        now = self.now()
        order = self._running_order(now)
        if not self.rehearsal:
            self.dial.look(now, order.airings)
        return self.conductor.step(now, order, self.trust(now))

    def now(self) -> datetime:
        return self.clock.now().astimezone(self.station.commune.zone)

    def trust(self, now: datetime) -> Trust:
        return self.watch.look(now, self.clock.monotonic(), self._vouch(now, self.station.box.clock_trusted))

    def look(self) -> bool:
        """Take up what people have changed: files, skips, pauses, approvals, prepared programmes. True if any did."""
        seen = self._sight()
        if seen == self._seen:
            return False
        self.station.reload()
        self._seen, self._order = seen, RunningOrder(datetime.max, datetime.min)
        return True

    def close(self) -> None:
        self.dial.close()
        for speaker in self.speakers.values():
            speaker.close()

    def _sight(self) -> object:
        since = self.now() - planner.MEMORY
        marks = [(event.kind, event.airing, event.at) for kind in MARKS for event in self.log.events(kind, since=since)]
        return self.station.folder.state(), stamp_of(self.station.programmes.folder), marks

    def _running_order(self, now: datetime) -> RunningOrder:
        begins, ends = self.conductor.window(now)
        if (self._order.begins, self._order.ends) != (begins, ends):
            airings = self.station.planner.plan(begins, ends, self.log)
            self._order = RunningOrder(begins, ends, tuple(airings))
        return self._order

    # What the conductor asks (playout.desk.Desk).

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        if self.rehearsal:
            return [_imagined(airing)]
        if airing.stream:
            return self._received(airing)
        orders = self.station.planner.sequence(airing)
        found = [self.station.planner.find(order) for order in orders]
        if all(found):
            return [programme for programme in found if programme]
        own = self.station.planner.find(self.station.planner.order_of(airing))
        # Without its opening words a bulletin is still worth hearing.
        return [own] if own else planner.unready(self.station.planner, airing) or Message("no sound is ready")

    def _received(self, airing: Airing) -> Sequence[Programme] | Message:
        """A stream while it comes, else what stands in for it."""
        found = self.dial.programme(airing)
        if isinstance(found, Programme):
            return [found]
        fallback = self.station.planner.fallback(airing)
        instead = self.station.planner.find(fallback) if fallback else None
        return [instead] if instead else found

    def permits(self, airing: Airing, begins: datetime, ends: datetime) -> Message | None:
        contents = self.station.contents
        facts = self.station.planner.facts(self.log, [airing.bulletin] if airing.bulletin else [])
        marks = planner.marks(self.log, begins - planner.MEMORY)
        return permit(contents.commune, contents.box, facts, marks, airing, begins, ends)

    def revision(self, airing: Airing) -> str:
        bulletin = self.station.contents.bulletins.get(airing.bulletin or "")
        return self.station.planner.revision(bulletin) if bulletin else ""

    def say(self, message: Message) -> str:
        """The log is written in one language, whatever that of the command is."""
        return message.say(self._write)

    # What people ask for.

    def play(self, bulletin: str, villages: Collection[str], by: str, override: str = "") -> list[str]:
        """A replay now. Its sound must have been made; the ids of its airings."""
        found = self.station.bulletin(bulletin)
        now = self._free("play", villages)
        airings = [self._manual("play", now, village, found.title, found.level, found) for village in villages]
        return self._ask(Request(tuple(airings), by, plays=1, override=override))

    def urgent(
        self,
        text: str | None,
        bulletin: str | None,
        villages: Collection[str],
        repeat: int,
        gap: float,
        until: str | None,
        drill: bool,
        by: str,
        recipe: str = "",
    ) -> list[str]:
        """An emergency now; `until` is ISO text. Its sound must have been made; its maker may name the `recipe`."""
        title = self.station.bulletin(bulletin).title if bulletin else text or ""
        airings, now = [], self._free("urgent", villages)
        for village in villages:
            airing = self._manual("urgent", now, village, title, Level.EMERGENCY, None)
            airings.append(replace(airing, bulletin=bulletin, fallback=self._all_clear(bulletin)))
        end = datetime.fromisoformat(until) if until else None
        said = self.station.programmes.find(recipe) if recipe else None
        said = said or self._made(self.station.call(text, bulletin, airings[0].output, drill))
        return self._ask(Request(tuple(airings), by, (said,), repeat, gap, end))

    def end_urgent(self, by: str) -> list[str]:
        """End every emergency and air the all-clear where it was heard, today and without one since."""
        now = self.now()
        urgent = self._alarmed(now)
        self.conductor.end(now, by)
        airings, now = [], self._free("all-clear", urgent)
        for village, airing in urgent.items():
            clear = self._manual("all-clear", now, village, airing.title, Level.EMERGENCY, None)
            airings.append(replace(clear, bulletin=airing.fallback))
        if not airings:
            return []
        said = self._made(self.station.call(ALL_CLEAR, airings[0].bulletin, airings[0].output, False))
        return self._ask(Request(tuple(airings), by, (said,)))

    def test(self, output: str, tone: bool, by: str) -> list[str]:
        """Sound one output, by day, whatever the hours of policy; logged as a test."""
        village = next((village for village, where in self.station.box.plays.items() if where == output), output)
        now = self._free("test", [village])
        airing = self._manual("test", now, village, output, Level.ROUTINE, None)
        said = self._made(self.station.trial(output, tone))
        return self._ask(Request((airing,), by, (said,), override="test"))

    def confirm_clock(self, by: str) -> None:
        """A person's word that the time is good; does not outlive this start of the machine."""
        self.watch.confirm(self.now(), by)

    def status(self) -> list[dict[str, object]]:
        """What is on and what comes, in this process' hands."""
        return [
            {"id": turn.airing.id, "at": turn.target.isoformat(), "phase": turn.life.phase, "title": turn.airing.title}
            for turn in self.conductor.open()
        ]

    def _alarmed(self, now: datetime) -> dict[str, Airing]:
        """Village -> the emergency that it still has in its ears."""
        alarmed: dict[str, Airing] = {}
        for event in self.log.events("asked", since=now - rules.CEILING):
            airing = stored_order(event.facts).airings[0]
            if airing.broadcast == "urgent":
                alarmed[airing.village] = airing
            elif airing.broadcast == "all-clear":
                alarmed.pop(airing.village, None)
        return alarmed

    def stop(self, villages: Collection[str], why: str, by: str) -> list[str]:
        """Silence what sounds on these villages' outputs, or on all."""
        outputs = {self.station.box.plays[village] for village in villages} or None
        return self.conductor.stop(self.now(), by, why, outputs)

    def _ask(self, request: Request) -> list[str]:
        self.conductor.order(request, self.now())
        return [airing.id for airing in request.airings]

    def _all_clear(self, bulletin: str | None) -> str | None:
        return self.station.bulletin(bulletin).all_clear if bulletin else None

    def _made(self, order: Order) -> Programme:
        found = self.station.planner.find(order)
        if found is None:
            raise LoudspeakerError(Message("its sound has not been made"))
        return found

    def _manual(
        self, kind: str, now: datetime, village: str, title: str, level: Level, bulletin: Bulletin | None
    ) -> Airing:
        """An airing that a person asked for, now."""
        output = self.station.box.plays.get(village, "")
        if output not in self.speakers:
            raise NotFound(Message("this box plays nothing for “{village}”; see `plays:` in box.yaml", village=village))
        plans = self.station.planner
        length = plans.duration(plans.order(bulletin, output))[0] if bulletin else 0.0
        return Airing(
            id=_name(kind, village, now),
            village=village,
            output=output,
            broadcast=kind,
            bulletin=bulletin.id if bulletin else None,
            title=title,
            level=level,
            scheduled_at=now,
            starts_at=now,
            ends_at=now + timedelta(seconds=length),
            duration=length,
            duration_source="prepared",
            expected=Expected.AIR,
            why=None,
        )

    def _free(self, kind: str, villages: Iterable[str]) -> datetime:
        """Now, or the next second in which nothing of this name was asked for."""
        now = self.now()
        while any(self.log.events(airing=_name(kind, village, now)) for village in villages):
            now += timedelta(seconds=1)
        return now


def _name(kind: str, village: str, moment: datetime) -> str:
    return f"{village}/{kind}/{moment:%Y-%m-%dT%H:%M:%S}"


def _imagined(airing: Airing) -> Programme:
    """Stands for sound that a rehearsal need not make."""
    from pathlib import Path

    return Programme("rehearsal", Path(), RATE, round(airing.duration * RATE), "")


def speakers(station: Planning, wake: Callable[[], None] = lambda: None) -> Mapping[str, Speaker]:
    """The outputs of box.yaml; `wake` is called from any thread when one has news."""
    setting = Setting(station.clock, station.state / "aired", wake, station.log)
    return open_speakers(list(station.box.outputs.values()), setting)


@contextmanager
def by_hand(station: Planning) -> Iterator[Live]:
    """The outputs opened by a command, because no daemon has them: people's orders only."""
    live = Live(station, speakers(station), station.clock, station.log, alone=True)
    try:
        yield live
    finally:
        live.close()


def rehearsed(station: Planning, first: datetime, last: datetime) -> Sequence[Record]:
    """What the log would have of [first, last): the same code on a clock that runs as fast as it can."""
    clock, log = FakeClock(first), MemoryLog()
    outputs = {output: MemorySpeaker(clock) for output in station.outputs()}
    live = Live(station, outputs, clock, log, vouch=lambda now, trusted: frozenset({"box"}), rehearsal=True)
    while clock.now() < last:
        clock.advance_to(min(live.step(), last))
    return log.rows(first, last)
