"""The turns in hand: which airings exist, by the accepted plan, by people's orders, and after a restart by the log.

An airing exists once it is due: what is edited away before leaves a note and no verdict, and what was past already
when its file was accepted was never due. Nothing is armed and nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ..schedule.airing import Airing
from . import deadlines
from .item import Order, RunningOrder, Turn
from .journal import Journal
from .record import Event
from .states import UNREADABLE, Attempt, Cut, Life, Phase, moment, seconds

DAYS = timedelta(days=4)  # so far ahead the accepted plan is remembered
LONGEST = timedelta(days=400)  # so far back a station that was off is judged


class Book:
    """All open turns by airing id. `leads`: the outputs, each with the seconds that its speaker wants ahead."""

    def __init__(self, journal: Journal, leads: Mapping[str, float]) -> None:
        self._journal = journal
        self._leads = {output: seconds(lead) for output, lead in leads.items()}
        self._turns: dict[str, Turn] = {}
        self._near: dict[str, Turn] = {}  # those of them that something may have to be done about now
        self._coming: list[Turn] = []  # the others, the next one last
        self._lives: dict[str, Life] = {}  # of airings that were under way when the last run ended
        self._order: RunningOrder | None = None
        self._known: datetime | None = None  # until then the accepted plan holds all there is
        self._judged: set[str] = set()
        self._kept: tuple[tuple[Airing, ...], datetime | None] = (), None

    def __iter__(self) -> Iterator[Turn]:
        return iter(tuple(self._turns.values()))

    def __contains__(self, airing: str) -> bool:
        return airing in self._turns

    def on(self, output: str) -> list[Turn]:
        """The turns of one output that are due or about to be, who goes first first."""
        return sorted((turn for turn in self.near if turn.airing.output == output), key=lambda turn: turn.precedence)

    @property
    def near(self) -> tuple[Turn, ...]:
        """What is due, about to be, or under way. `ripen` lets it grow."""
        return tuple(self._near.values())

    def ripen(self, now: datetime) -> datetime | None:
        """Take in what time has brought near; when the next one will be."""
        while self._coming and (self._coming[-1].ripe <= now or self._coming[-1].airing.id not in self._turns):
            turn = self._coming.pop()
            if turn.airing.id in self._turns:
                self._near[turn.airing.id] = turn
        return self._coming[-1].ripe if self._coming else None

    def sort(self) -> None:
        """After the plan or the clock has changed: look at every turn anew, at once at what is gone from the plan."""
        self._near = {name: turn for name, turn in self._turns.items() if turn.gone or not turn.waiting}
        self._coming = sorted((turn for turn in self if turn.waiting), key=lambda turn: turn.ripe, reverse=True)

    def close(self, turn: Turn) -> None:
        """It has its verdict, or never came to be."""
        self.drop(turn)
        self._judged.add(turn.airing.id)

    def drop(self, turn: Turn) -> None:
        """It was edited away before it was due."""
        self._turns.pop(turn.airing.id, None)
        self._near.pop(turn.airing.id, None)

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """From when until when the running order must be planned; changes once a day, or after a step."""
        begins = min([now, self._journal.heartbeat() or now, *(turn.airing.scheduled_at for turn in self.near)])
        return _midnight(max(begins, now - LONGEST).astimezone(now.tzinfo)), _midnight(now) + DAYS

    # After a restart.

    def recover(self, now: datetime) -> None:
        """Take up people's orders where they stood; needs no good clock.

        What was asked for in the future was so by a wrong clock, or is by this one: an emergency goes on at once,
        nothing else does, for nobody knows how stale it is.
        """
        self._lives, orders, stops = self._journal.lives(), self._journal.orders(), self._journal.stops()
        for order, asked in orders:  # all has been read: where that fails, it is tried again from the beginning
            self.take(order, min(asked, now), now)
            for turn in map(self._turns.__getitem__, (airing.id for airing in order.airings)):
                turn.ending = deadlines.CLOCK if asked > now and not turn.urgent else None
        self._ended(stops)

    def take(self, order: Order, asked: datetime, now: datetime) -> None:
        """A person's order becomes turns."""
        for airing in order.airings:
            turn = self._admit(airing, now, replace(order, airings=(airing,)))
            turn.asked_at = asked
            turn.next_at = max(asked, now)
        self.sort()

    def resume(self, now: datetime, began: datetime) -> None:
        """Once the time is known: take up the plan that was accepted before; a new station's begins with its run."""
        kept, stops = self._journal.kept(), self._journal.stops()
        airings, self._known = kept or ([], began)
        for airing in airings:
            if airing.output in self._leads and not self._journal.has_verdict(airing.id):
                self._admit(airing, now)
        self._ended(stops)

    def _ended(self, stops: Iterable[Event]) -> None:
        for event in stops:
            if turn := self._turns.get(event.airing):
                turn.ending = deadlines.ending(event.kind, event.facts)

    def _admit(self, airing: Airing, now: datetime, order: Order | None = None) -> Turn:
        lead = self._leads.get(airing.output, timedelta(0))
        turn = Turn(airing, self._lives.pop(airing.id, Life()), order, lead=lead, place=len(self._turns))
        self._turns[airing.id] = turn
        if turn.life.trying:
            self._cut(turn, now)
        return turn

    def _cut(self, turn: Turn, now: datetime) -> None:
        """An attempt was under way when the last run ended: say in the log what is known of it."""
        try:
            instant, attempt = moment(turn.life.started["for"]), remains(turn.life, self._journal.heartbeat())
            most = attempt.heard >= deadlines.QUARTER * float(str(turn.life.started["duration"]))
        except UNREADABLE:
            turn.life.unknown()
            turn.life.broke(Cut.OFF, Attempt())
            return
        if instant and now < instant and not turn.life.on_air:
            self._journal.note("disarmed", turn.airing.id, now)
            turn.life.disarm()
            return
        turn.life.quarter = turn.life.quarter or (most and attempt.heard > 0)
        self._journal.attempt("broke", turn, now, attempt, cut=Cut.OFF)
        turn.life.broke(Cut.OFF, attempt)

    # While running.

    def accept(self, order: RunningOrder, now: datetime) -> None:
        """Take over a running order; a no-op where it is the one already taken."""
        if order is self._order:
            return
        self._judged = self._journal.judged(order)
        self._order = order
        given = {airing.id: airing for airing in order.airings if airing.output in self._leads}
        for turn in self:
            if turn.order is None and order.begins <= turn.airing.scheduled_at < order.ends:
                self._revise(turn, given.get(turn.airing.id))
        for place, airing in enumerate(given.values()):
            self._meet(airing, place, now)
        self.sort()
        self._known = max(self._known or now, order.ends)
        if order.complete:
            self._keep(order.ends, now)

    def _revise(self, turn: Turn, airing: Airing | None) -> None:
        turn.gone = airing is None
        turn.revised = True
        if airing and turn.life.phase is not Phase.ON_AIR:
            turn.airing = airing

    def _meet(self, airing: Airing, place: int, now: datetime) -> None:
        turn = self._turns.get(airing.id)
        coming = airing.scheduled_at > min(now, self._known or now)
        if turn is None and coming and airing.id not in self._judged:
            turn = self._admit(airing, now)
        if turn:
            turn.place = place

    def _keep(self, ends: datetime, now: datetime) -> None:
        """Written only where what is to come has changed, not each time that some of it is past."""
        kept = tuple(airing for airing in self._kept[0] if airing.scheduled_at > now), self._kept[1]
        planned = [turn for turn in self if turn.order is None]
        coming = tuple(turn.airing for turn in planned if turn.airing.scheduled_at > now and not turn.gone)
        if (coming, ends) != kept:
            due = [turn.airing for turn in planned if turn.airing.scheduled_at <= now]
            self._journal.keep([*due, *coming], ends)
        self._kept = coming, ends


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def remains(life: Life, heartbeat: datetime | None) -> Attempt:
    """What is known to have been heard of an attempt whose end nobody saw: until the last heartbeat, or a sample."""
    facts = life.started
    duration, rate = float(str(facts["duration"])), int(str(facts["rate"]))
    began = life.on_air or moment(facts["for"])
    heard = (heartbeat - began).total_seconds() if life.on_air and heartbeat and began else 0.0
    least = duration * deadlines.QUARTER if life.quarter else 1 / rate if life.on_air else 0.0
    heard = min(max(heard, least), duration)
    ended = began + seconds(heard) if began else None
    return Attempt(began, ended, heard, round(heard * rate), str(facts.get("via", "")))
