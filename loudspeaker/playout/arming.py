"""Arms outputs: which item is next, which one must make way, and that an attempt is on record before a speaker knows.

It holds promises 2 (an attempt is logged as "started" before its speaker is armed), 6 and 7 of docs/promises.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import DeviceGone, Message, SpeakerError
from ..model.enums import Verdict
from . import deadlines
from .clock_trust import Trust
from .item import PlannedAttempt, PlayoutItem
from .journal import PlayoutJournal
from .output import PlayoutOutput
from .ports import StationPort
from .queue import PlayoutQueue
from .states import Cut, Phase, Ruling
from .verdicts import Verdicts

if TYPE_CHECKING:
    from ..model.programme import Programme


class Arming:
    """Decides what each output sounds next, and arms it."""

    def __init__(self, journal: PlayoutJournal, queue: PlayoutQueue, station: StationPort, verdicts: Verdicts) -> None:
        self._journal = journal
        self._queue = queue
        self._station = station
        self._verdicts = verdicts

    def serve(self, output: PlayoutOutput, now: datetime, trust: Trust) -> None:
        """Arm the next item on a free output; stop a busy one where the level law or an edit says so."""
        if output.busy and self._interrupt(output, now, trust):
            self._verdicts.follow(output, now)
            self._verdicts.judge(output.name, now, trust)
        items = self._queue.on(output.name)
        due = [item for item in items if self._is_due(item, now, trust)]
        urgent = next((item for item in items if item.urgent and item.left), None)
        first = output.items[0] if output.busy else urgent  # an emergency keeps its output between its plays
        output.gone = None
        for item in due:
            if output.busy or (urgent and not item.urgent):
                self._displace(item, first, now)
            elif output.gone:  # asking a dead card takes time: one look is enough, however many items wait for it
                item.hinder((Verdict.FAILED_DEVICE, output.gone), now + deadlines.RETRY)
            elif self._try(output, item, due, now):
                first = item

    def _is_due(self, item: PlayoutItem, now: datetime, trust: Trust) -> bool:
        return (
            item.waiting
            and deadlines.is_wanted(item, trust)
            and item.arms <= now
            and (item.retry_at is None or item.retry_at <= now)
        )

    # What must make way.

    def _interrupt(self, output: PlayoutOutput, now: datetime, trust: Trust) -> bool:
        cut = self._cut(output, now, trust)
        if cut and output.cut is None:
            output.stop(cut)
        return cut is not None

    def _cut(self, output: PlayoutOutput, now: datetime, trust: Trust) -> Cut | None:
        """Why what is on the output must end now, if it must."""
        if any(item.ending and not item.finishing for item in output.items):
            return Cut.STOP
        waiting = self._queue.on(output.name)
        if not output.urgent and any(item.urgent and self._is_due(item, now, trust) for item in waiting):
            return Cut.EMERGENCY
        if output.armed and any(self._is_stale(item, output, trust) for item in output.items):
            return Cut.OFF
        ends = output.items[0].airing.ends_at if output.items[0].airing.stream else None
        return Cut.TIME if ends and now >= ends else None

    def _is_stale(self, item: PlayoutItem, output: PlayoutOutput, trust: Trust) -> bool:
        """Is something armed that would not be armed now? A valid edit never airs the old text."""
        if item.gone or not deadlines.is_wanted(item, trust):
            return True
        revised, item.revised = item.revised, False
        if not revised:
            return False
        sequence = self._sequence(item)
        if isinstance(sequence, Message) or tuple(sequence) != output.sequence or output.at is None:
            return True
        return item.target > output.at or self._refusal(PlannedAttempt(item, output.sequence, output.at)) is not None

    def _displace(self, item: PlayoutItem, first: PlayoutItem | None, now: datetime) -> None:
        if first and item.waiting and item.target <= now:
            title = first.airing.title
            item.state.hindrance = Verdict.DISPLACED, Message("the loudspeaker was busy with “{title}”", title=title)

    # What is armed.

    def _try(self, output: PlayoutOutput, item: PlayoutItem, due: Sequence[PlayoutItem], now: datetime) -> bool:
        """Arm it, with all who are to hear the same at the same instant; False where it cannot be (yet)."""
        attempt = PlannedAttempt(item, self._prepare(item, now), max(item.target, now))
        if not attempt.sequence or not self._admit(attempt, now):
            return False
        if blocking := self._blocking(attempt):
            why = Message("its time was needed for “{title}”", title=blocking.airing.title)
            item.hinder((Verdict.DISPLACED, why), now + deadlines.RETRY)
            return False
        return self._arm(output, [attempt, *self._partners(attempt, due, now)], now)

    def _prepare(self, item: PlayoutItem, now: datetime) -> tuple[Programme, ...]:
        """Its sound; empty where there is none (yet), and the item then knows why."""
        sequence = self._sequence(item)
        if isinstance(sequence, Message):
            item.hinder((Verdict.FAILED_SOUND, sequence), now + deadlines.RETRY)
            return ()
        if item.state.phase is not Phase.PREPARED:
            item.state.move_to(Phase.PREPARED)
        return tuple(sequence)

    def _sequence(self, item: PlayoutItem) -> Sequence[Programme] | Message:
        if item.request and item.request.programmes:
            return item.request.programmes
        try:
            ready = self._station.ready(item.airing)
            if isinstance(ready, Message) and item.airing.fallback and not item.state.instead:
                return self._fallback(item, ready)
            return ready
        except Exception as error:  # whatever is wrong with one bulletin must not silence the others
            return Message("it cannot be made ready: {error}", error=repr(error))

    def _fallback(self, item: PlayoutItem, why: Message) -> Sequence[Programme] | Message:
        """What stands in for a stream that does not come; why it does not, belongs to the story."""
        fallback = self._station.instead(item.airing)
        if fallback is None:
            return why
        item.state.hindrance = Verdict.FAILED_SOUND, why
        return [fallback]

    def _admit(self, attempt: PlannedAttempt, now: datetime) -> bool:
        """Ask the policy once more; an item that it forbids gets its verdict, but not before it is due."""
        refusal = self._refusal(attempt)
        if refusal is None:
            return True
        item = attempt.item
        item.state.return_to_waiting()
        item.hinder((Verdict.REFUSED, refusal), max(item.airing.scheduled_at, now))
        if item.airing.scheduled_at <= now:
            self._verdicts.close(item, deadlines.conclude(item, item.state.hindrance))
        return False

    def _refusal(self, attempt: PlannedAttempt) -> Message | None:
        item = attempt.item
        if item.urgent or (item.request and item.request.override):
            return None
        return self._station.permits(item.airing, attempt.at, attempt.ends)

    def _blocking(self, attempt: PlannedAttempt) -> PlayoutItem | None:
        """An item of a higher level whose planned time this one would run into, having started late."""
        airing, ends = attempt.item.airing, attempt.ends
        if attempt.at <= attempt.item.start + deadlines.LATE:
            return None  # as planned, and the plan knows
        for other in self._queue:
            clash = other.airing.output == airing.output and attempt.at <= other.target < ends and other.waiting
            if clash and other.airing.level.rank > airing.level.rank and deadlines.is_planned(other):
                return other
        return None

    def _partners(self, attempt: PlannedAttempt, due: Sequence[PlayoutItem], now: datetime) -> list[PlannedAttempt]:
        """Others whose village hears the same at the same instant from the same horns: one playback, a verdict each."""
        item = attempt.item
        twins = [
            other
            for other in due
            if other is not item
            and other.airing.scheduled_at == item.airing.scheduled_at
            and (other.airing.gain, other.left) == (item.airing.gain, item.left)
            and self._prepare(other, now) == attempt.sequence
        ]
        attempts = [replace(attempt, item=twin) for twin in twins]
        return [partner for partner in attempts if self._admit(partner, now)]

    def _arm(self, output: PlayoutOutput, attempts: Sequence[PlannedAttempt], now: datetime) -> bool:
        for attempt in attempts:
            self._start(attempt, now)
        try:
            output.arm(attempts, self._station.softer(attempts[0].item.airing))
        except Exception as error:  # a plug-in's bug costs one attempt, not the station
            for attempt in attempts:
                attempt.item.hinder(_failure(error), now + deadlines.RETRY)
                attempt.item.state.return_to_waiting()
            return False
        return True

    def _start(self, attempt: PlannedAttempt, now: datetime) -> None:
        """On record before the speaker knows. A card that is tried again every second is one attempt, recorded once."""
        item = attempt.item
        facts = attempt.facts(self._station.revision(item.airing))
        item.revised = False
        if item.state.trying and not facts.items() <= item.state.started.items():
            self._journal.note("disarmed", item.airing.id, now)  # it would be another sound now
            item.state.disarm()
            item.state.move_to(Phase.PREPARED)
        if not item.state.trying:
            self._journal.record_start(item, now, attempt.at, facts)
        item.state.move_to(Phase.ARMED)


def _failure(error: Exception) -> Ruling:
    if not isinstance(error, SpeakerError):
        return Verdict.FAILED_DEVICE, Message("the sound card failed: {error}", error=repr(error))
    return Verdict.FAILED_DEVICE if isinstance(error, DeviceGone) else Verdict.FAILED_SOUND, error.message
