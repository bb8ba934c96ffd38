"""What playout writes into the as-run log, and finds there after a restart.

Events of an airing: started → on-air → quarter → (played)* → broke or disarmed → the verdict. Of the station:
asked, stop, end, began, left, restart, alarm, edit. Outside the hash chain: the heartbeat, and the running order that
was last accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from ..codec import UNREADABLE, encode
from ..errors import LoudspeakerError, Message
from ..interfaces import Playback
from ..model.airing import Airing, Facts, airing_facts, airing_from_facts
from ..model.asrun_record import AsRunRecord, Event
from ..model.enums import Expected, Verdict
from .item import (
    ManualRequest,
    PlayoutItem,
    RunningOrder,
    is_said_again,
    request_facts,
    request_from_facts,
)
from .ports import Log
from .states import AiringState, HeardAttempt, moment, restore_state

# A request is over after a day, and a programme is shorter than an hour.
MEMORY = timedelta(hours=25)
LEFT = "left"  # in the log's memory
T = TypeVar("T")
Read = TypeVar("Read")


class PlayoutJournal:
    """What playout writes into the log, and reads there. Each call is on the disk when it returns."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._fault: LoudspeakerError | None = None
        self._kept: dict[str, tuple[object, Facts]] = {}  # by airing id: what must be known of it, as it was written
        self._beat = next(iter(self._readable("heartbeat", moment, [log.recall("heartbeat")])), None)

    def take_fault(self) -> LoudspeakerError | None:
        """What of the log could not be understood since this was last asked."""
        fault, self._fault = self._fault, None
        return fault

    def _readable(self, what: str, read: Callable[[T], Read], stored: Iterable[T]) -> Iterator[Read]:
        """Each of `stored` as `read` gives it; one that it cannot read must not cost the others."""
        for entry in stored:
            try:
                yield read(entry)
            except UNREADABLE as error:
                message = Message(
                    "the log holds “{what}” that cannot be understood and is left out: {error}",
                    what=what,
                    error=repr(error),
                )
                self._fault = LoudspeakerError(message)

    def note(self, kind: str, airing: str, at: datetime, **facts: object) -> None:
        """Log an event that needs nothing but its facts."""
        self._log.event(kind, airing, at, **facts)

    def record_start(self, item: PlayoutItem, at: datetime, instant: datetime, facts: Mapping[str, object]) -> None:
        """Before the first sample: the airing is given to a speaker at `at`, to start at `instant`."""
        kept = {"for": instant.isoformat(), **facts}
        self._log.event("started", item.airing.id, at, **kept)
        item.state.begin_attempt(kept)

    def record_on_air(self, item: PlayoutItem, at: datetime, playback: Playback) -> None:
        """The first sample has left, when the speaker says or else at `at`."""
        began = playback.started_at or at
        item.state.mark_on_air(began)
        self._log.event("on-air", item.airing.id, at, started_at=began.isoformat(), via=playback.via)

    def record_attempt(
        self, kind: str, item: PlayoutItem, at: datetime, attempt: HeardAttempt, **facts: object
    ) -> None:
        """An attempt has ended; its `kind` is "broke", or "played" where it was one of several whole plays."""
        known = encode(replace(attempt, heard=round(attempt.heard, 3)))
        if not attempt.to_file:
            del known["to_file"]
        self._log.event(kind, item.airing.id, at, **known, **facts)

    def record_verdict(self, item: PlayoutItem, verdict: Verdict, why: str, refusal: str = "") -> None:
        """The end of an item. Raises `ValueError` where its state does not allow it, or where it has one already."""
        item.state.check_verdict(verdict)
        best, started = item.state.best, item.state.started
        self._log.verdict(
            AsRunRecord(
                item.airing.occurrence,
                verdict,
                why,
                best.started_at,
                best.ended_at,
                best.frames,
                revision=str(started.get("revision", "")),
                programme=str(started.get("programme", "")),
                via=best.via,
                voice=str(started.get("voice", "")),
                by=item.request.by if item.request else "",
                refusal=refusal,
            )
        )

    def ids_with_verdict(self, running_order: RunningOrder) -> set[str]:
        """Ids of airings of `running_order` that have their verdict."""
        return {record.id for record in self._log.rows(running_order.begins, running_order.ends)}

    def has_verdict(self, airing: str) -> bool:
        """Has this airing (id) its verdict?"""
        try:
            return self._log.verdict_of(airing) is not None
        except UNREADABLE:
            return True  # there is one, though nobody can read it

    def record_run(self, at: datetime, since: datetime | None) -> None:
        """A run has begun and knows the time; `since`: the last heartbeat of the run before."""
        self._log.event("began", "", at, since=since and since.isoformat())

    # The heartbeat: the last instant at which the station is known to have run on a good clock.

    def beat(self, now: datetime) -> None:
        """Remember that the station runs at `now`, on a good clock."""
        self._log.remember("heartbeat", now.isoformat())
        self._beat = now

    def heartbeat(self) -> datetime | None:
        """The last beat, of this run or of the run before."""
        return self._beat

    def leave(self, now: datetime) -> None:
        """This run was told to end; remembered until the next one has begun."""
        self.note("left", "", now)
        self._log.remember(LEFT, True)

    def was_told_to_end(self) -> bool:
        """Was the run before told to end? True once only, for the run after it."""
        left = self._log.recall(LEFT) is True
        if left:
            self._log.remember(LEFT, False)
        return left

    # The airings last accepted, and until when they are all there are.

    def keep_plan(self, airings: Sequence[Airing], ends: datetime) -> None:
        """Remember the airings of an accepted plan that reaches to `ends`.

        One is encoded anew only where something has changed that must be known of it (`facts_to_keep`).
        """
        entries = {}
        for airing in airings:
            known, before = facts_to_keep(airing), self._kept.get(airing.id)
            entries[airing.id] = before if before and before[0] == known else (known, airing_facts(airing))
        self._kept = entries
        self._log.remember("accepted", {"ends": ends.isoformat(), "airings": [facts for _, facts in entries.values()]})

    def kept_plan(self) -> tuple[list[Airing], datetime] | None:
        """The airings last kept and until when they are all there are; None where none were."""
        stored = self._log.recall("accepted")
        if not isinstance(stored, dict):
            return None
        for ends in self._readable("accepted", moment, [stored.get("ends")]):
            airings = stored.get("airings")
            known = airings if isinstance(airings, list) else []
            return (list(self._readable("accepted", airing_from_facts, known)), ends) if ends else None
        return None

    # People's requests.

    def record_request(self, request: ManualRequest, now: datetime) -> None:
        """Log that a person asked for it."""
        self._log.event("asked", request.airing.id, now, **request_facts(request))

    def is_said_again(self, airing: str, now: datetime) -> bool:
        """Is it to be asked for once more, under another id, as far as nobody has ended it?"""
        asked = self._log.events("asked", airing)
        requests = self._readable("asked", lambda event: (request_from_facts(event.facts), event.at), asked)
        again = any(is_said_again(request, at, now) for request, at in requests)
        return again and not self._log.events("end", airing)

    def open_requests(self) -> list[tuple[ManualRequest, datetime]]:
        """Requests that have no verdict yet, each with the instant at which it was given."""
        asked = (event for event in self._recent("asked") if not self.has_verdict(event.airing))
        return list(self._readable("asked", lambda event: (request_from_facts(event.facts), event.at), asked))

    def open_states(self) -> dict[str, AiringState]:
        """By airing id: the state of all that have had events lately and have no verdict."""
        events = defaultdict(list)
        for event in self._recent(None):
            if event.airing:
                events[event.airing].append(event)
        return {airing: restore_state(known) for airing, known in events.items() if not self.has_verdict(airing)}

    def stops(self) -> list[Event]:
        """What people stopped or ended lately."""
        return [*self._recent("stop"), *self._recent("end")]

    def restarts(self, since: datetime) -> int:
        """How often the station restarted in the middle of an emergency."""
        return len(self._log.events("restart", since=since))

    def _recent(self, kind: str | None) -> Iterable[Event]:
        beat = self.heartbeat()
        return self._log.events(kind, since=beat - MEMORY if beat else None)


def facts_to_keep(airing: Airing) -> object:
    """What the next run must know of a planned airing: that it was planned, and why it would not be aired.

    Its duration and its start are not kept: the next run plans them again before it judges.
    """
    refused = None if airing.expected in (Expected.AIR, Expected.NOT_READY) else (airing.expected, airing.why)
    return airing.occurrence, refused
