"""Puts items on the outputs: whose item it is, who must make way, and that it is on record before a speaker knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import DeviceGone, Message, SpeakerError
from ..model.enums import Verdict
from . import deadlines
from .clock_trust import Trust
from .deadlines import Sentence
from .item import PlayoutItem
from .journal import PlayoutJournal
from .output import PlayoutOutput
from .ports import StationPort
from .queue import PlayoutQueue
from .states import Cut, Phase
from .verdicts import Verdicts

if TYPE_CHECKING:
    from ..sound.programme import Programme


class Arming:
    """Who is on the outputs."""

    def __init__(self, journal: PlayoutJournal, queue: PlayoutQueue, station: StationPort, verdicts: Verdicts) -> None:
        self._journal = journal
        self._queue = queue
        self._station = station
        self._verdicts = verdicts

    def serve(self, output: PlayoutOutput, now: datetime, trust: Trust) -> None:
        """Give a free output to whose item it is; break into a busy one where the level law or an edit says so."""
        if output.busy and self._interrupt(output, now, trust):
            self._verdicts.hear(output, now)
            self._verdicts.judge(output.name, now, trust)
        items = self._queue.on(output.name)
        due = [item for item in items if self._due(item, now, trust)]
        urgent = next((item for item in items if item.urgent and item.left), None)
        first = output.items[0] if output.busy else urgent  # an emergency keeps its output between its plays
        output.gone = None
        for item in due:
            if output.busy or (urgent and not item.urgent):
                self._displace(item, first, now)
            elif output.gone:  # asking a dead card takes time: once a look is enough, however many wait for it
                item.hinder((Verdict.FAILED_DEVICE, output.gone), now + deadlines.RETRY)
            elif self._try(output, item, due, now):
                first = item

    def _due(self, item: PlayoutItem, now: datetime, trust: Trust) -> bool:
        return (
            item.waiting
            and deadlines.wanted(item, trust)
            and item.arms <= now
            and (item.retry_at is None or item.retry_at <= now)
        )

    def _interrupt(self, output: PlayoutOutput, now: datetime, trust: Trust) -> bool:
        cut = self._cut(output, now, trust)
        if cut and output.cut is None:
            output.stop(cut)
        return cut is not None

    def _cut(self, output: PlayoutOutput, now: datetime, trust: Trust) -> Cut | None:
        """Why what is on the output must end now, if it must."""
        if any(item.ending and not item.finishing for item in output.items):
            return Cut.STOP
        if not output.urgent and any(
            item.urgent and self._due(item, now, trust) for item in self._queue.on(output.name)
        ):
            return Cut.EMERGENCY
        if output.armed and any(self._stale(item, output, trust) for item in output.items):
            return Cut.OFF
        ends = output.items[0].airing.ends_at if output.items[0].airing.stream else None
        return Cut.TIME if ends and now >= ends else None

    def _stale(self, item: PlayoutItem, output: PlayoutOutput, trust: Trust) -> bool:
        """Is something armed that would not be armed now? A valid edit never airs the old text."""
        if item.gone or not deadlines.wanted(item, trust):
            return True
        revised, item.revised = item.revised, False
        if not revised:
            return False
        sequence = self._sequence(item)
        if isinstance(sequence, Message) or tuple(sequence) != output.sequence or output.at is None:
            return True
        return item.target > output.at or self._refusal(item, sequence, output.at) is not None

    def _displace(self, item: PlayoutItem, first: PlayoutItem | None, now: datetime) -> None:
        if first and item.waiting and item.target <= now:
            title = first.airing.title
            item.state.hindrance = Verdict.DISPLACED, Message("the loudspeaker was busy with “{title}”", title=title)

    def _try(self, output: PlayoutOutput, item: PlayoutItem, due: Sequence[PlayoutItem], now: datetime) -> bool:
        """Arm it, with all who are to hear the same at the same instant; False where it cannot be (yet)."""
        sequence = self._prepare(item, now)
        at = max(item.target, now)
        if not sequence or not self._allowed(item, sequence, at, now):
            return False
        if blocking := self._blocking(output, item, sequence, at):
            title = blocking.airing.title
            item.hinder(
                (Verdict.DISPLACED, Message("its time was needed for “{title}”", title=title)), now + deadlines.RETRY
            )
            return False
        return self._arm(output, [item, *self._partners(item, sequence, due, at, now)], sequence, at, now)

    def _prepare(self, item: PlayoutItem, now: datetime) -> tuple[Programme, ...]:
        sequence = self._sequence(item)
        if isinstance(sequence, Message):
            item.hinder((Verdict.FAILED_SOUND, sequence), now + deadlines.RETRY)
            return ()
        if item.state.phase is not Phase.PREPARED:
            item.state.to(Phase.PREPARED)
        return tuple(sequence)

    def _sequence(self, item: PlayoutItem) -> Sequence[Programme] | Message:
        if item.request and item.request.programmes:
            return item.request.programmes
        try:
            found = self._station.ready(item.airing)
            if isinstance(found, Message) and item.airing.fallback and not item.state.instead:
                return self._instead(item, found)
            return found
        except Exception as error:  # whatever is wrong with one bulletin must not silence the others
            return Message("it cannot be made ready: {error}", error=repr(error))

    def _instead(self, item: PlayoutItem, why: Message) -> Sequence[Programme] | Message:
        """What stands in for a stream that does not come; why it does not, belongs to the story."""
        found = self._station.instead(item.airing)
        if found is None:
            return why
        item.state.hindrance = Verdict.FAILED_SOUND, why
        return [found]

    def _allowed(self, item: PlayoutItem, sequence: Sequence[Programme], at: datetime, now: datetime) -> bool:
        """Policy, once more at air; an item that it forbids gets its verdict, but not before it is due."""
        refusal = self._refusal(item, sequence, at)
        if refusal is None:
            return True
        item.state.rest()
        item.hinder((Verdict.REFUSED, refusal), max(item.airing.scheduled_at, now))
        if item.airing.scheduled_at <= now:
            self._verdicts.close(item, deadlines.over(item, item.state.hindrance))
        return False

    def _refusal(self, item: PlayoutItem, sequence: Sequence[Programme], at: datetime) -> Message | None:
        if item.urgent or (item.request and item.request.override):
            return None
        return self._station.permits(item.airing, at, deadlines.ends(item, sequence, at))

    def _blocking(
        self, output: PlayoutOutput, item: PlayoutItem, sequence: Sequence[Programme], at: datetime
    ) -> PlayoutItem | None:
        """An item of a higher level whose planned time this one would run into, having started late."""
        ends = deadlines.ends(item, sequence, at)
        if at <= item.start + deadlines.LATE:
            return None  # as planned, and the plan knows
        for other in self._queue:
            clash = other.airing.output == output.name and at <= other.target < ends and other.waiting
            if clash and other.airing.level.rank > item.airing.level.rank and deadlines.planned(other):
                return other
        return None

    def _partners(
        self, item: PlayoutItem, sequence: Sequence[Programme], due: Sequence[PlayoutItem], at: datetime, now: datetime
    ) -> list[PlayoutItem]:
        """Others whose village hears the same at the same instant from the same horns: one playback, a verdict each."""
        twins = [
            other
            for other in due
            if other is not item
            and other.airing.scheduled_at == item.airing.scheduled_at
            and (other.airing.gain, other.left) == (item.airing.gain, item.left)
            and self._prepare(other, now) == sequence
        ]
        return [other for other in twins if self._allowed(other, sequence, at, now)]

    def _arm(
        self,
        output: PlayoutOutput,
        items: Sequence[PlayoutItem],
        sequence: Sequence[Programme],
        at: datetime,
        now: datetime,
    ) -> bool:
        for item in items:
            self._start(item, sequence, at, now)
        try:
            output.arm(items, sequence, at)
        except Exception as error:  # a plug-in's bug costs one attempt, not the station
            for item in items:
                item.hinder(_failure(error), now + deadlines.RETRY)
                item.state.rest()
            return False
        return True

    def _start(self, item: PlayoutItem, sequence: Sequence[Programme], at: datetime, now: datetime) -> None:
        """On record before the speaker knows. A card that is tried again every second is one attempt, recorded once."""
        facts = _facts(item, sequence, self._station.revision(item.airing))
        item.revised = False
        if item.state.trying and not facts.items() <= item.state.started.items():
            self._journal.note("disarmed", item.airing.id, now)  # it would be another sound now
            item.state.disarm()
            item.state.to(Phase.PREPARED)
        if not item.state.trying:
            self._journal.started(item, now, at, facts)
        item.state.to(Phase.ARMED)


def _failure(error: Exception) -> Sentence:
    if not isinstance(error, SpeakerError):
        return Verdict.FAILED_DEVICE, Message("the sound card failed: {error}", error=repr(error))
    return Verdict.FAILED_DEVICE if isinstance(error, DeviceGone) else Verdict.FAILED_SOUND, error.message


def _facts(item: PlayoutItem, sequence: Sequence[Programme], revision: str) -> dict[str, object]:
    """What of a sequence must be known to whoever finds its "started" in the log."""
    instead = {"instead": True} if item.airing.stream and not sequence[0].live else {}
    return instead | {
        "duration": sum(programme.duration for programme in sequence),
        "rate": sequence[0].rate,
        "programme": "+".join(programme.key for programme in sequence),
        "voice": "+".join(dict.fromkeys(programme.voice for programme in sequence if programme.voice)),
        "revision": revision,
    }
