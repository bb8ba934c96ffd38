"""All open items: which airings exist, by the accepted plan, by people's requests, and after a restart by the log.

An airing exists once it is due: what is edited away before leaves a note and no verdict, and what was past already
when its file was accepted was never due. Nothing is armed and nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from ..codec import UNREADABLE
from ..model.airing import Airing
from ..model.asrun_record import Event
from . import deadlines
from .item import ManualRequest, PlayoutItem, RunningOrder
from .journal import PlayoutJournal, facts_to_keep
from .states import NOTHING_HEARD, AiringState, Cut, HeardAttempt, Phase, moment, seconds

DAYS = timedelta(days=4)  # so far ahead the accepted plan is remembered
LONGEST = timedelta(days=400)  # so far back a station that was off is judged


class PlayoutQueue:
    """All open items by airing id; `leads` has, for each output, how many seconds ahead its speaker is to be armed."""

    def __init__(self, journal: PlayoutJournal, leads: Mapping[str, float]) -> None:
        self._journal = journal
        self._leads = {output: seconds(lead) for output, lead in leads.items()}
        self._items: dict[str, PlayoutItem] = {}
        self._near: dict[str, PlayoutItem] = {}  # those of them that something may have to be done about now
        self._coming: list[PlayoutItem] = []  # the others, the next one last
        self._states: dict[str, AiringState] = {}  # of airings that were under way when the last run ended
        self._running_order: RunningOrder | None = None
        self._known: datetime | None = None  # until then the accepted plan holds all there is
        self._judged: set[str] = set()
        self._kept: tuple[tuple[Airing, ...], datetime | None] = (), None  # as they were when they were written

    def __iter__(self) -> Iterator[PlayoutItem]:
        return iter(tuple(self._items.values()))

    def __contains__(self, airing: str) -> bool:
        return airing in self._items

    def on(self, output: str) -> list[PlayoutItem]:
        """The items of one output that are due or about to be, by the level law."""
        return sorted((item for item in self.near if item.airing.output == output), key=lambda item: item.precedence)

    @property
    def near(self) -> tuple[PlayoutItem, ...]:
        """What is due, about to be, or under way. `ripen` lets it grow."""
        return tuple(self._near.values())

    def ripen(self, now: datetime) -> datetime | None:
        """Move to `near` what time has brought near; when the next one will be, None where there is none."""
        while self._coming and (self._coming[-1].ripe <= now or self._coming[-1].airing.id not in self._items):
            item = self._coming.pop()
            if item.airing.id in self._items:
                self._near[item.airing.id] = item
        return self._coming[-1].ripe if self._coming else None

    def sort(self) -> None:
        """Look at every item anew, after the plan or the clock has changed; at once at what is gone from the plan."""
        self._near = {name: item for name, item in self._items.items() if item.gone or not item.waiting}
        self._coming = sorted((item for item in self if item.waiting), key=lambda item: item.ripe, reverse=True)

    def close(self, item: PlayoutItem) -> None:
        """Remove an item that has its verdict, or will never be aired, for good."""
        self.drop(item)
        self._judged.add(item.airing.id)

    def drop(self, item: PlayoutItem) -> None:
        """Remove an item that an edit took out of the plan before it was due."""
        self._items.pop(item.airing.id, None)
        self._near.pop(item.airing.id, None)

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """From when until when the running order must be planned; changes once a day, or after a step."""
        begins = min([now, self._journal.heartbeat() or now, *(item.airing.scheduled_at for item in self.near)])
        return _midnight(max(begins, now - LONGEST).astimezone(now.tzinfo)), _midnight(now) + DAYS

    # After a restart.

    def recover(self, now: datetime) -> None:
        """Take up people's requests where they stood; needs no good clock.

        What was asked for in the future was so by a wrong clock, or is by this one: an emergency goes on at once,
        nothing else does, for nobody knows how stale it is.
        """
        self._states, requests = self._journal.open_states(), self._journal.open_requests()
        stops = self._journal.stops()
        for request, asked in requests:  # all has been read: where that fails, it is tried again from the beginning
            item = self.take(request, min(asked, now), now)
            item.ending = deadlines.CLOCK if asked > now and not item.urgent else None
        self._apply_stops(stops)

    def take(self, request: ManualRequest, asked: datetime, now: datetime) -> PlayoutItem:
        """Make an item of what a person asked for at `asked`."""
        item = self._admit(request.airing, now, request)
        item.asked_at = asked
        item.next_at = max(asked, now)
        self.sort()
        return item

    def resume(self, now: datetime, began: datetime) -> None:
        """Take up the plan that was accepted before, once the time is known; a new station's begins with its run."""
        kept, stops = self._journal.kept_plan(), self._journal.stops()
        airings, self._known = kept or ([], began)
        for airing in airings:
            if airing.output in self._leads and not self._journal.has_verdict(airing.id):
                self._admit(airing, now)
        self._apply_stops(stops)

    def _apply_stops(self, stops: Iterable[Event]) -> None:
        for event in stops:
            if item := self._items.get(event.airing):
                item.ending = deadlines.ruling_of_person(event.kind, event.facts)

    def _admit(self, airing: Airing, now: datetime, request: ManualRequest | None = None) -> PlayoutItem:
        lead = self._leads.get(airing.output, timedelta(0))
        item = PlayoutItem(
            airing, self._states.pop(airing.id, AiringState()), request, lead=lead, place=len(self._items)
        )
        self._items[airing.id] = item
        if item.state.trying:
            self._end_interrupted(item, now)
        return item

    def _end_interrupted(self, item: PlayoutItem, now: datetime) -> None:
        """End the attempt that was under way when the last run ended: log what is known of it."""
        try:
            instant, attempt = moment(item.state.started["for"]), remains(item.state, self._journal.heartbeat())
            most = attempt.heard >= deadlines.QUARTER * float(str(item.state.started["duration"]))
        except UNREADABLE:
            item.state.mark_unreadable()
            item.state.break_off(Cut.OFF, NOTHING_HEARD)
            return
        if instant and now < instant and not item.state.on_air:
            self._journal.note("disarmed", item.airing.id, now)
            item.state.disarm()
            return
        item.state.quarter = item.state.quarter or (most and attempt.heard > 0)
        self._journal.record_attempt("broke", item, now, attempt, cut=Cut.OFF)
        item.state.break_off(Cut.OFF, attempt)

    # While running.

    def accept(self, running_order: RunningOrder, now: datetime) -> None:
        """Take over a running order; a no-op where it is the one already taken."""
        if running_order is self._running_order:
            return
        self._judged = self._journal.ids_with_verdict(running_order)
        self._running_order = running_order
        given = {airing.id: airing for airing in running_order.airings if airing.output in self._leads}
        for item in self:
            if item.request is None and running_order.begins <= item.airing.scheduled_at < running_order.ends:
                self._revise(item, given.get(item.airing.id))
        for place, airing in enumerate(given.values()):
            self._meet(airing, place, now)
        self.sort()
        self._known = max(self._known or now, running_order.ends)
        if running_order.complete:
            self._keep(running_order.ends, now)

    def _revise(self, item: PlayoutItem, airing: Airing | None) -> None:
        item.gone = airing is None
        item.revised = True
        if airing and item.state.phase is not Phase.ON_AIR:
            item.airing = airing

    def _meet(self, airing: Airing, place: int, now: datetime) -> None:
        item = self._items.get(airing.id)
        coming = airing.scheduled_at > min(now, self._known or now)
        if item is None and coming and airing.id not in self._judged:
            item = self._admit(airing, now)
        if item:
            item.place = place

    def _keep(self, ends: datetime, now: datetime) -> None:
        """Written where what is to come is asked for or refused otherwise, not where it is past, made or longer."""
        kept = [facts_to_keep(airing) for airing in self._kept[0] if airing.scheduled_at > now], self._kept[1]
        planned = [item for item in self if item.request is None]
        coming = tuple(item.airing for item in planned if item.airing.scheduled_at > now and not item.gone)
        if ([facts_to_keep(airing) for airing in coming], ends) != kept:
            due = [item.airing for item in planned if item.airing.scheduled_at <= now]
            self._journal.keep_plan([*due, *coming], ends)
            self._kept = coming, ends


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def remains(state: AiringState, heartbeat: datetime | None) -> HeardAttempt:
    """What is known to have been heard of an attempt whose end nobody saw: until the last heartbeat, or a sample."""
    facts = state.started
    duration, rate = float(str(facts["duration"])), int(str(facts["rate"]))
    began = state.on_air or moment(facts["for"])
    heard = (heartbeat - began).total_seconds() if state.on_air and heartbeat and began else 0.0
    least = duration * deadlines.QUARTER if state.quarter else 1 / rate if state.on_air else 0.0
    heard = min(max(heard, least), duration)
    ended = began + seconds(heard) if began else None
    return HeardAttempt(began, ended, heard, round(heard * rate), str(facts.get("via", "")))
