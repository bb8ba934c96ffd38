"""Puts turns on the lines, hears what became of them, and writes the verdicts: one line and one instant at a time.

The order of writing is the promise: "started" is on the disk before a speaker is armed, the verdict after the last
sample has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import DeviceGone, Message, SpeakerError
from ..interfaces import Playback, State
from ..vocabulary import Verdict
from . import rules
from .book import Book
from .desk import Desk
from .journal import Journal
from .life import Cut, Phase, seconds
from .line import ENDED, Line
from .rules import Sentence
from .trust import Trust
from .turn import AHEAD, Turn

if TYPE_CHECKING:
    from ..sound.programme import Programme


class Air:
    """What happens on the lines."""

    def __init__(self, journal: Journal, book: Book, desk: Desk) -> None:
        self._journal = journal
        self._book = book
        self._desk = desk

    # Hearing.

    def hear(self, line: Line, now: datetime) -> None:
        """Take note of what the speaker says about what is on the line."""
        if not line.busy:
            return
        playback = line.speaker.poll()
        if playback.started_at and line.armed:
            self._began(line, playback, now)
        if playback.state is State.PLAYING:
            self._quarter(line, playback, now)
        if playback.state in ENDED:
            for turn in line.free():
                self._ended(line, turn, playback, now)

    def _began(self, line: Line, playback: Playback, now: datetime) -> None:
        for turn in line.turns:
            turn.life.to(Phase.ON_AIR)
            self._journal.on_air(turn, now, playback)

    def _quarter(self, line: Line, playback: Playback, now: datetime) -> None:
        """From here on it will not be started again: known to the log before it matters."""
        if line.attempt(playback).heard < rules.QUARTER * line.duration:
            return
        for turn in line.turns:
            if not turn.life.quarter:
                turn.life.quarter = True
                self._journal.note("quarter", turn.airing.id, now)

    def _ended(self, line: Line, turn: Turn, playback: Playback, now: datetime) -> None:
        if playback.state is State.DONE or line.cut is Cut.TIME:
            self._whole(line, turn, playback, now)
        elif turn.life.phase is Phase.ARMED:
            self._silent(turn, playback, now)
        else:
            self._broke(line, turn, playback, now)

    def _whole(self, line: Line, turn: Turn, playback: Playback, now: datetime) -> None:
        attempt = line.attempt(playback)
        if turn.order and turn.order.plays > 1:
            self._journal.attempt("played", turn, now, attempt)
            turn.life.played(attempt)
            turn.next_at = now + seconds(turn.order.gap)
            if turn.left and not turn.ending:
                return
        else:
            turn.life.best = attempt
        self.close(turn, rules.whole(turn, playback))

    def _silent(self, turn: Turn, playback: Playback, now: datetime) -> None:
        """The attempt ended before its first sample: called off, or the card failed and is tried again."""
        if playback.state is State.FAILED:
            error = playback.error or Message("the sound card failed")
            self._hinder(turn, (Verdict.FAILED_DEVICE, error), now)
            turn.life.rest()
        else:
            self._journal.note("disarmed", turn.airing.id, now)
            turn.life.disarm()

    def _broke(self, line: Line, turn: Turn, playback: Playback, now: datetime) -> None:
        attempt, cut = line.attempt(playback), line.cut or Cut.DEVICE
        turn.life.quarter = turn.life.quarter or attempt.heard >= rules.QUARTER * line.duration
        if turn.life.quarter:
            self._journal.note("quarter", turn.airing.id, now)
        self._journal.attempt("broke", turn, now, attempt, cut=cut)
        turn.life.broke(cut, attempt)
        if cut is Cut.DEVICE and playback.error:
            turn.life.hindrance = Verdict.FAILED_DEVICE, playback.error

    # Judging.

    def judge(self, output: str, now: datetime, trust: Trust) -> None:
        """Write the verdicts of waiting turns that nothing more can come of."""
        for turn in self._book.on(output):
            self._judge(turn, now, trust)

    def _judge(self, turn: Turn, now: datetime, trust: Trust) -> None:
        if not turn.waiting or (turn.order is None and trust.doubt and trust.doubt.covers(turn.airing.scheduled_at)):
            return
        if turn.ending:
            self.close(turn, rules.over(turn, turn.ending))
        elif sentence := rules.sentence(turn, now, trust.believed):
            self.close(turn, sentence)
        elif turn.gone:
            self._withdraw(turn, now)

    def _withdraw(self, turn: Turn, now: datetime) -> None:
        if turn.airing.scheduled_at <= now:
            reason = Verdict.WITHDRAWN, Message("it was taken out of the schedule before it could be heard")
            self.close(turn, rules.over(turn, reason))
        else:
            self._journal.note("edit", turn.airing.id, now, gone=True)
            self._book.drop(turn)

    def close(self, turn: Turn, sentence: Sentence) -> None:
        verdict, why = sentence
        self._journal.verdict(turn, verdict, self._desk.say(why))
        self._book.close(turn)

    # Serving.

    def serve(self, line: Line, now: datetime, trust: Trust) -> None:
        """Give a free line to whose turn it is; break into a busy one where the level law or an edit says so."""
        if line.busy and self._interrupt(line, now, trust):
            self.hear(line, now)
            self.judge(line.name, now, trust)
        turns = self._book.on(line.name)
        due = [turn for turn in turns if self._due(turn, now, trust)]
        urgent = next((turn for turn in turns if turn.urgent and turn.left), None)
        first = line.turns[0] if line.busy else urgent  # an emergency keeps its output between its plays
        for turn in due:
            if line.busy or (urgent and not turn.urgent):
                self._displace(turn, first, now)
            elif self._try(line, turn, due, now):
                first = turn

    def _due(self, turn: Turn, now: datetime, trust: Trust) -> bool:
        return (
            turn.waiting
            and rules.wanted(turn, trust)
            and turn.target - AHEAD <= now
            and (turn.retry_at is None or turn.retry_at <= now)
        )

    def _interrupt(self, line: Line, now: datetime, trust: Trust) -> bool:
        cut = self._cut(line, now, trust)
        if cut and line.cut is None:
            line.stop(cut)
        return cut is not None

    def _cut(self, line: Line, now: datetime, trust: Trust) -> Cut | None:
        """Why what is on the line must end now, if it must."""
        if any(turn.ending for turn in line.turns):
            return Cut.STOP
        if not line.urgent and any(turn.urgent and self._due(turn, now, trust) for turn in self._book.on(line.name)):
            return Cut.EMERGENCY
        if line.armed and any(self._stale(turn, line, trust) for turn in line.turns):
            return Cut.OFF
        ends = line.turns[0].airing.ends_at if line.turns[0].airing.stream else None
        return Cut.TIME if ends and now >= ends else None

    def _stale(self, turn: Turn, line: Line, trust: Trust) -> bool:
        """Is something armed that would not be armed now? A valid edit never airs the old text."""
        if turn.gone or not rules.wanted(turn, trust):
            return True
        revised, turn.revised = turn.revised, False
        if not revised:
            return False
        sequence = self._sequence(turn)
        moved = line.at is not None and turn.target > line.at
        return moved or isinstance(sequence, Message) or tuple(sequence) != line.sequence

    def _displace(self, turn: Turn, first: Turn | None, now: datetime) -> None:
        if first and turn.waiting and turn.target <= now:
            title = first.airing.title
            turn.life.hindrance = Verdict.DISPLACED, Message("the loudspeaker was busy with “{title}”", title=title)

    def _try(self, line: Line, turn: Turn, due: Sequence[Turn], now: datetime) -> bool:
        """Arm it, with all who are to hear the same at the same instant; False where it cannot be (yet)."""
        sequence = self._prepare(turn, now)
        at = max(turn.target, now)
        if not sequence or not self._allowed(turn, sequence, at):
            return False
        if blocking := self._blocking(line, turn, sequence, at):
            title = blocking.airing.title
            self._hinder(turn, (Verdict.DISPLACED, Message("its time was needed for “{title}”", title=title)), now)
            return False
        return self._arm(line, [turn, *self._partners(turn, sequence, due, at, now)], sequence, at, now)

    def _prepare(self, turn: Turn, now: datetime) -> tuple[Programme, ...]:
        sequence = self._sequence(turn)
        if isinstance(sequence, Message):
            self._hinder(turn, (Verdict.FAILED_SOUND, sequence), now)
            return ()
        if turn.life.phase is not Phase.PREPARED:
            turn.life.to(Phase.PREPARED)
        return tuple(sequence)

    def _sequence(self, turn: Turn) -> Sequence[Programme] | Message:
        programmes = turn.order.programmes if turn.order else ()
        return programmes or self._desk.ready(turn.airing)

    def _allowed(self, turn: Turn, sequence: Sequence[Programme], at: datetime) -> bool:
        """Policy, once more at air; a turn that it forbids gets its verdict."""
        if turn.urgent or (turn.order and turn.order.override):
            return True
        refusal = self._desk.permits(turn.airing, at, rules.ends(turn, sequence, at))
        if refusal:
            turn.life.rest()
            self.close(turn, rules.over(turn, (Verdict.REFUSED, refusal)))
        return refusal is None

    def _blocking(self, line: Line, turn: Turn, sequence: Sequence[Programme], at: datetime) -> Turn | None:
        """A turn of a higher level whose planned time this one would run into, having started late."""
        ends = rules.ends(turn, sequence, at)
        if at <= turn.start + rules.LATE:
            return None  # as planned, and the plan knows
        for other in self._book:
            clash = other.airing.output == line.name and at <= other.target < ends and other.waiting
            if clash and other.airing.level.rank > turn.airing.level.rank and rules.planned(other):
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
        return [other for other in twins if self._allowed(other, sequence, at)]

    def _arm(
        self, line: Line, turns: Sequence[Turn], sequence: Sequence[Programme], at: datetime, now: datetime
    ) -> bool:
        for turn in turns:
            turn.revised = False
            if not turn.life.trying:
                self._journal.started(turn, now, at, _facts(sequence, self._desk.revision(turn.airing)))
            turn.life.to(Phase.ARMED)
        try:
            line.arm(turns, sequence, at)
        except SpeakerError as error:
            for turn in turns:
                verdict = Verdict.FAILED_DEVICE if isinstance(error, DeviceGone) else Verdict.FAILED_SOUND
                self._hinder(turn, (verdict, error.message), now)
                turn.life.rest()
            return False
        return True

    def _hinder(self, turn: Turn, hindrance: Sentence, now: datetime) -> None:
        turn.life.hindrance = hindrance
        turn.retry_at = now + rules.RETRY


def _facts(sequence: Sequence[Programme], revision: str) -> dict[str, object]:
    """What of a sequence must be known to whoever finds its "started" in the log."""
    return {
        "duration": sum(programme.duration for programme in sequence),
        "rate": sequence[0].rate,
        "programme": "+".join(programme.key for programme in sequence),
        "voice": "+".join(dict.fromkeys(programme.voice for programme in sequence if programme.voice)),
        "revision": revision,
    }
