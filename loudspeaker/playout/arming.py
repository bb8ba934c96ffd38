"""Puts turns on the lines: whose turn it is, who must make way, and that it is on record before a speaker knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import DeviceGone, Message, SpeakerError
from ..model.enums import Verdict
from . import deadlines
from .clock_trust import Trust
from .deadlines import Sentence
from .item import Turn
from .journal import Journal
from .output import Line
from .ports import Desk
from .queue import Book
from .states import Cut, Phase
from .verdicts import Judge

if TYPE_CHECKING:
    from ..sound.programme import Programme


class Air:
    """Who is on the lines."""

    def __init__(self, journal: Journal, book: Book, desk: Desk, judge: Judge) -> None:
        self._journal = journal
        self._book = book
        self._desk = desk
        self._judge = judge

    def serve(self, line: Line, now: datetime, trust: Trust) -> None:
        """Give a free line to whose turn it is; break into a busy one where the level law or an edit says so."""
        if line.busy and self._interrupt(line, now, trust):
            self._judge.hear(line, now)
            self._judge.judge(line.name, now, trust)
        turns = self._book.on(line.name)
        due = [turn for turn in turns if self._due(turn, now, trust)]
        urgent = next((turn for turn in turns if turn.urgent and turn.left), None)
        first = line.turns[0] if line.busy else urgent  # an emergency keeps its output between its plays
        line.gone = None
        for turn in due:
            if line.busy or (urgent and not turn.urgent):
                self._displace(turn, first, now)
            elif line.gone:  # asking a dead card takes time: once a look is enough, however many wait for it
                turn.hinder((Verdict.FAILED_DEVICE, line.gone), now + deadlines.RETRY)
            elif self._try(line, turn, due, now):
                first = turn

    def _due(self, turn: Turn, now: datetime, trust: Trust) -> bool:
        return (
            turn.waiting
            and deadlines.wanted(turn, trust)
            and turn.arms <= now
            and (turn.retry_at is None or turn.retry_at <= now)
        )

    def _interrupt(self, line: Line, now: datetime, trust: Trust) -> bool:
        cut = self._cut(line, now, trust)
        if cut and line.cut is None:
            line.stop(cut)
        return cut is not None

    def _cut(self, line: Line, now: datetime, trust: Trust) -> Cut | None:
        """Why what is on the line must end now, if it must."""
        if any(turn.ending and not turn.finishing for turn in line.turns):
            return Cut.STOP
        if not line.urgent and any(turn.urgent and self._due(turn, now, trust) for turn in self._book.on(line.name)):
            return Cut.EMERGENCY
        if line.armed and any(self._stale(turn, line, trust) for turn in line.turns):
            return Cut.OFF
        ends = line.turns[0].airing.ends_at if line.turns[0].airing.stream else None
        return Cut.TIME if ends and now >= ends else None

    def _stale(self, turn: Turn, line: Line, trust: Trust) -> bool:
        """Is something armed that would not be armed now? A valid edit never airs the old text."""
        if turn.gone or not deadlines.wanted(turn, trust):
            return True
        revised, turn.revised = turn.revised, False
        if not revised:
            return False
        sequence = self._sequence(turn)
        if isinstance(sequence, Message) or tuple(sequence) != line.sequence or line.at is None:
            return True
        return turn.target > line.at or self._refusal(turn, sequence, line.at) is not None

    def _displace(self, turn: Turn, first: Turn | None, now: datetime) -> None:
        if first and turn.waiting and turn.target <= now:
            title = first.airing.title
            turn.life.hindrance = Verdict.DISPLACED, Message("the loudspeaker was busy with “{title}”", title=title)

    def _try(self, line: Line, turn: Turn, due: Sequence[Turn], now: datetime) -> bool:
        """Arm it, with all who are to hear the same at the same instant; False where it cannot be (yet)."""
        sequence = self._prepare(turn, now)
        at = max(turn.target, now)
        if not sequence or not self._allowed(turn, sequence, at, now):
            return False
        if blocking := self._blocking(line, turn, sequence, at):
            title = blocking.airing.title
            turn.hinder(
                (Verdict.DISPLACED, Message("its time was needed for “{title}”", title=title)), now + deadlines.RETRY
            )
            return False
        return self._arm(line, [turn, *self._partners(turn, sequence, due, at, now)], sequence, at, now)

    def _prepare(self, turn: Turn, now: datetime) -> tuple[Programme, ...]:
        sequence = self._sequence(turn)
        if isinstance(sequence, Message):
            turn.hinder((Verdict.FAILED_SOUND, sequence), now + deadlines.RETRY)
            return ()
        if turn.life.phase is not Phase.PREPARED:
            turn.life.to(Phase.PREPARED)
        return tuple(sequence)

    def _sequence(self, turn: Turn) -> Sequence[Programme] | Message:
        if turn.order and turn.order.programmes:
            return turn.order.programmes
        try:
            found = self._desk.ready(turn.airing)
            if isinstance(found, Message) and turn.airing.fallback and not turn.life.instead:
                return self._instead(turn, found)
            return found
        except Exception as error:  # whatever is wrong with one bulletin must not silence the others
            return Message("it cannot be made ready: {error}", error=repr(error))

    def _instead(self, turn: Turn, why: Message) -> Sequence[Programme] | Message:
        """What stands in for a stream that does not come; why it does not, belongs to the story."""
        found = self._desk.instead(turn.airing)
        if found is None:
            return why
        turn.life.hindrance = Verdict.FAILED_SOUND, why
        return [found]

    def _allowed(self, turn: Turn, sequence: Sequence[Programme], at: datetime, now: datetime) -> bool:
        """Policy, once more at air; a turn that it forbids gets its verdict, but not before it is due."""
        refusal = self._refusal(turn, sequence, at)
        if refusal is None:
            return True
        turn.life.rest()
        turn.hinder((Verdict.REFUSED, refusal), max(turn.airing.scheduled_at, now))
        if turn.airing.scheduled_at <= now:
            self._judge.close(turn, deadlines.over(turn, turn.life.hindrance))
        return False

    def _refusal(self, turn: Turn, sequence: Sequence[Programme], at: datetime) -> Message | None:
        if turn.urgent or (turn.order and turn.order.override):
            return None
        return self._desk.permits(turn.airing, at, deadlines.ends(turn, sequence, at))

    def _blocking(self, line: Line, turn: Turn, sequence: Sequence[Programme], at: datetime) -> Turn | None:
        """A turn of a higher level whose planned time this one would run into, having started late."""
        ends = deadlines.ends(turn, sequence, at)
        if at <= turn.start + deadlines.LATE:
            return None  # as planned, and the plan knows
        for other in self._book:
            clash = other.airing.output == line.name and at <= other.target < ends and other.waiting
            if clash and other.airing.level.rank > turn.airing.level.rank and deadlines.planned(other):
                return other
        return None

    def _partners(
        self, turn: Turn, sequence: Sequence[Programme], due: Sequence[Turn], at: datetime, now: datetime
    ) -> list[Turn]:
        """Others whose village hears the same at the same instant from the same horns: one playback, a verdict each."""
        twins = [
            other
            for other in due
            if other is not turn
            and other.airing.scheduled_at == turn.airing.scheduled_at
            and (other.airing.gain, other.left) == (turn.airing.gain, turn.left)
            and self._prepare(other, now) == sequence
        ]
        return [other for other in twins if self._allowed(other, sequence, at, now)]

    def _arm(
        self, line: Line, turns: Sequence[Turn], sequence: Sequence[Programme], at: datetime, now: datetime
    ) -> bool:
        for turn in turns:
            self._start(turn, sequence, at, now)
        try:
            line.arm(turns, sequence, at)
        except Exception as error:  # a plug-in's bug costs one attempt, not the station
            for turn in turns:
                turn.hinder(_failure(error), now + deadlines.RETRY)
                turn.life.rest()
            return False
        return True

    def _start(self, turn: Turn, sequence: Sequence[Programme], at: datetime, now: datetime) -> None:
        """On record before the speaker knows. A card that is tried again every second is one attempt, recorded once."""
        facts = _facts(turn, sequence, self._desk.revision(turn.airing))
        turn.revised = False
        if turn.life.trying and not facts.items() <= turn.life.started.items():
            self._journal.note("disarmed", turn.airing.id, now)  # it would be another sound now
            turn.life.disarm()
            turn.life.to(Phase.PREPARED)
        if not turn.life.trying:
            self._journal.started(turn, now, at, facts)
        turn.life.to(Phase.ARMED)


def _failure(error: Exception) -> Sentence:
    if not isinstance(error, SpeakerError):
        return Verdict.FAILED_DEVICE, Message("the sound card failed: {error}", error=repr(error))
    return Verdict.FAILED_DEVICE if isinstance(error, DeviceGone) else Verdict.FAILED_SOUND, error.message


def _facts(turn: Turn, sequence: Sequence[Programme], revision: str) -> dict[str, object]:
    """What of a sequence must be known to whoever finds its "started" in the log."""
    instead = {"instead": True} if turn.airing.stream and not sequence[0].live else {}
    return instead | {
        "duration": sum(programme.duration for programme in sequence),
        "rate": sequence[0].rate,
        "programme": "+".join(programme.key for programme in sequence),
        "voice": "+".join(dict.fromkeys(programme.voice for programme in sequence if programme.voice)),
        "revision": revision,
    }
