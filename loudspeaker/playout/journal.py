"""Everything that playout writes into the as-run log and finds there again after a restart. The only user of `Log`.

Events of an airing: started → on-air → quarter → (played)* → broke or disarmed → the verdict. Of the station:
asked, stop, end, began, left, restart, alarm, edit. Outside the chain: the heartbeat and the running order last
accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ..errors import LoudspeakerError, Message
from ..interfaces import Playback
from ..model.enums import Verdict
from ..schedule.airing import Airing
from .item import ManualRequest, PlayoutItem, RunningOrder
from .record import AsRunRecord, Event, Log
from .states import UNREADABLE, AiringState, Attempt, moment, restore_state
from .stored import airing_facts, airing_from_facts, request_facts, request_from_facts

# A request is over after a day, and a programme is shorter than an hour.
MEMORY = timedelta(hours=25)
LEFT = "left"  # in the log's memory
T = TypeVar("T")
Read = TypeVar("Read")


class PlayoutJournal:
    """The log in playout's words. Each call is on the disk when it returns."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._fault: LoudspeakerError | None = None
        self._beat = next(iter(self._readable("heartbeat", moment, [log.recall("heartbeat")])), None)

    def fault(self) -> LoudspeakerError | None:
        """What of the log could not be understood, since it was last asked."""
        fault, self._fault = self._fault, None
        return fault

    def _readable(self, what: str, read: Callable[[T], Read], stored: Iterable[T]) -> Iterator[Read]:
        """Each as it is read; one that is not as this program writes it must not cost the others."""
        for one in stored:
            try:
                yield read(one)
            except UNREADABLE as error:
                told = Message(
                    "the log holds “{what}” that cannot be understood and is left out: {error}",
                    what=what,
                    error=repr(error),
                )
                self._fault = LoudspeakerError(told)

    def note(self, kind: str, airing: str, at: datetime, **facts: object) -> None:
        self._log.event(kind, airing, at, **facts)

    def started(self, item: PlayoutItem, at: datetime, instant: datetime, facts: Mapping[str, object]) -> None:
        """Before the first sample: the airing is given to a speaker at `at`, to start at `instant`."""
        kept = {"for": instant.isoformat(), **facts}
        self._log.event("started", item.airing.id, at, **kept)
        item.state.start(kept)

    def on_air(self, item: PlayoutItem, at: datetime, playback: Playback) -> None:
        began = playback.started_at or at
        item.state.sound(began)
        self._log.event("on-air", item.airing.id, at, started_at=began.isoformat(), via=playback.via)

    def attempt(self, kind: str, item: PlayoutItem, at: datetime, attempt: Attempt, **facts: object) -> None:
        """An attempt has ended: it `broke` or was `played` whole, one of several times."""
        self._log.event(
            kind,
            item.airing.id,
            at,
            started_at=attempt.started_at and attempt.started_at.isoformat(),
            ended_at=attempt.ended_at and attempt.ended_at.isoformat(),
            heard=round(attempt.heard, 3),
            frames=attempt.frames,
            via=attempt.via,
            **({"to_file": True} if attempt.to_file else {}),
            **facts,
        )

    def verdict(self, item: PlayoutItem, verdict: Verdict, why: str, refusal: str = "") -> None:
        """The end of an item. Raises `ValueError` where state does not allow it, or where there is one already."""
        item.state.check(verdict)
        airing, state = item.airing, item.state
        started = state.started
        self._log.verdict(
            AsRunRecord(
                *(airing.id, airing.village, airing.output, airing.broadcast, airing.bulletin, airing.level),
                *(airing.scheduled_at, verdict, why),
                *(state.best.started_at, state.best.ended_at, state.best.frames),
                revision=str(started.get("revision", "")),
                programme=str(started.get("programme", "")),
                via=state.best.via,
                voice=str(started.get("voice", "")),
                by=item.request.by if item.request else "",
                title=airing.title,
                drill=airing.drill,
                refusal=refusal,
            )
        )

    def judged(self, running_order: RunningOrder) -> set[str]:
        """Ids of airings of `running_order` that have their verdict."""
        return {record.id for record in self._log.rows(running_order.begins, running_order.ends)}

    def has_verdict(self, airing: str) -> bool:
        try:
            return self._log.verdict_of(airing) is not None
        except UNREADABLE:
            return True  # there is one, though nobody can read it

    def began(self, at: datetime, since: datetime | None) -> None:
        """A run has begun and knows the time; `since`: the last heartbeat of the run before."""
        self._log.event("began", "", at, since=since and since.isoformat())

    # The heartbeat: the last instant at which the station is known to have run on a good clock.

    def beat(self, now: datetime) -> None:
        self._log.remember("heartbeat", now.isoformat())
        self._beat = now

    def heartbeat(self) -> datetime | None:
        return self._beat

    def leave(self, now: datetime) -> None:
        """This run was told to end; remembered until the next one has begun."""
        self.note("left", "", now)
        self._log.remember(LEFT, True)

    def left(self) -> bool:
        """Was the run before told to end? Asked once, by the run after it."""
        told = self._log.recall(LEFT) is True
        if told:
            self._log.remember(LEFT, False)
        return told

    # The airings last accepted, and until when they are all there are.

    def keep(self, airings: Sequence[Airing], ends: datetime) -> None:
        self._log.remember("accepted", {"ends": ends.isoformat(), "airings": [airing_facts(one) for one in airings]})

    def kept(self) -> tuple[list[Airing], datetime] | None:
        stored: Any = self._log.recall("accepted")
        if not isinstance(stored, dict):
            return None
        for ends in self._readable("accepted", moment, [stored.get("ends")]):
            airings = stored.get("airings")
            known = airings if isinstance(airings, list) else []
            return (list(self._readable("accepted", airing_from_facts, known)), ends) if ends else None
        return None

    # People's requests.

    def asked(self, request: ManualRequest, now: datetime) -> None:
        for airing in request.airings:
            self._log.event("asked", airing.id, now, **request_facts(request, airing))

    def requests(self) -> list[tuple[ManualRequest, datetime]]:
        """Requests that have no verdict, with the instant at which each was given."""
        asked = (event for event in self._recent("asked") if not self.has_verdict(event.airing))
        return list(self._readable("asked", lambda event: (request_from_facts(event.facts), event.at), asked))

    def states(self) -> dict[str, AiringState]:
        """The states so far of all airings that something happened to lately and that have no verdict."""
        events = defaultdict(list)
        for event in self._recent(None):
            if event.airing:
                events[event.airing].append(event)
        return {airing: restore_state(told) for airing, told in events.items() if not self.has_verdict(airing)}

    def stops(self) -> list[Event]:
        return [*self._recent("stop"), *self._recent("end")]

    def restarts(self, since: datetime) -> int:
        return len(self._log.events("restart", since=since))

    def _recent(self, kind: str | None) -> Iterable[Event]:
        beat = self.heartbeat()
        return self._log.events(kind, since=beat - MEMORY if beat else None)
