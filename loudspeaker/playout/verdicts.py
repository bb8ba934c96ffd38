"""Hears what has become of what is on the lines, and writes the verdicts: after the last sample, once, for good."""

from __future__ import annotations

from datetime import datetime

from ..errors import Message
from ..interfaces import Playback, State
from ..model.enums import Verdict
from ..schedule.refusal import kind_of
from . import deadlines
from .clock_trust import Trust
from .deadlines import Sentence
from .item import Turn
from .journal import Journal
from .output import ENDED, Line
from .ports import Desk
from .queue import Book
from .states import Cut, Phase, seconds

MOST_DROPPED = 5  # airings edited away that are noted in one step: each is a write to the disk


class Judge:
    """What became of each airing."""

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
        heard = line.attempt(playback).heard
        if playback.started_at and not any(programme.live for programme in line.sequence):
            heard = max(heard, (now - playback.started_at).total_seconds())  # a card tells what was heard a little late
        if heard < deadlines.QUARTER * line.duration:
            return
        for turn in line.turns:
            if not turn.life.quarter:
                turn.life.quarter = True
                self._journal.note("quarter", turn.airing.id, now)

    def _ended(self, line: Line, turn: Turn, playback: Playback, now: datetime) -> None:
        if turn.airing.stream and turn.life.phase is Phase.ON_AIR and self._lacks(line, turn, playback):
            self._broke(line, turn, playback, now)
        elif playback.state is State.DONE or line.cut is Cut.TIME or line.all_heard(playback):
            self._whole(line, turn, playback, now)
        elif turn.life.phase is Phase.ARMED:
            self._silent(turn, playback, now)
        else:
            self._broke(line, turn, playback, now)

    def _lacks(self, line: Line, turn: Turn, playback: Playback) -> bool:
        """Of a stream: is a part of it missing, at its end or since it was to begin?"""
        heard, length = line.attempt(playback).heard, turn.airing.length or line.duration
        if turn.life.standing_in:
            line.cut = line.cut or (Cut.INSTEAD if playback.state is State.DONE else None)
            return True
        if not heard:
            why = Message("nothing came from “{url}”", url=turn.airing.stream)
            turn.life.hindrance = Verdict.FAILED_SOUND, why
        if playback.state is State.DONE and heard < line.duration - deadlines.SHORT:
            line.cut = Cut.STREAM
        elif line.cut is None and playback.state is State.DONE:
            line.cut = Cut.TIME
        return turn.life.total + heard < length - deadlines.SHORT

    def _whole(self, line: Line, turn: Turn, playback: Playback, now: datetime) -> None:
        attempt = line.attempt(playback)
        if turn.order and turn.order.plays > 1:
            self._journal.attempt("played", turn, now, attempt)
            turn.life.played(attempt)
            turn.next_at = now + seconds(turn.order.gap)
            if turn.left and not turn.ending:
                return
        else:
            turn.life.best = turn.life.joined(attempt) if turn.airing.stream else attempt
        self.close(turn, deadlines.whole(turn, playback))

    def _silent(self, turn: Turn, playback: Playback, now: datetime) -> None:
        """The attempt ended before its first sample: called off, or the card failed and is tried again."""
        if playback.state is State.FAILED:
            error = playback.error or Message("the sound card failed")
            turn.hinder((Verdict.FAILED_DEVICE, error), now + deadlines.RETRY)
            turn.life.rest()
        else:
            self._journal.note("disarmed", turn.airing.id, now)
            turn.life.disarm()

    def _broke(self, line: Line, turn: Turn, playback: Playback, now: datetime) -> None:
        attempt, cut = line.attempt(playback), line.cut or Cut.DEVICE
        if not turn.life.quarter and attempt.heard >= deadlines.QUARTER * line.duration:
            turn.life.quarter = True
            self._journal.note("quarter", turn.airing.id, now)
        self._journal.attempt("broke", turn, now, attempt, cut=cut)
        turn.life.broke(cut, attempt)
        if cut is Cut.DEVICE and playback.error:
            turn.life.hindrance = Verdict.FAILED_DEVICE, playback.error

    # Judging.

    def judge(self, output: str, now: datetime, trust: Trust) -> None:
        """Write the verdicts of waiting turns that nothing more can come of."""
        dropped = 0
        for turn in self._book.on(output):
            if turn.gone and turn.airing.scheduled_at > now:
                dropped += 1
                if dropped > MOST_DROPPED:
                    continue
            self._judge(turn, now, trust)

    def _judge(self, turn: Turn, now: datetime, trust: Trust) -> None:
        if not turn.waiting or (turn.order is None and trust.doubt and trust.doubt.covers(turn.airing.scheduled_at)):
            return
        turn.life.rest()
        if turn.ending:
            self.close(turn, deadlines.over(turn, turn.ending))
        elif sentence := deadlines.sentence(turn, now, trust.believed):
            self.close(turn, sentence)
        elif turn.gone:
            self._withdraw(turn, now)

    def _withdraw(self, turn: Turn, now: datetime) -> None:
        if turn.airing.scheduled_at <= now:
            reason = Verdict.WITHDRAWN, Message("it was taken out of the schedule before it could be heard")
            self.close(turn, deadlines.over(turn, reason))
        else:
            self._journal.note("edit", turn.airing.id, now, gone=True)
            self._book.drop(turn)

    def close(self, turn: Turn, sentence: Sentence) -> None:
        verdict, why = sentence
        refusal = kind_of(why) if verdict is Verdict.REFUSED else None
        self._journal.verdict(turn, verdict, self._desk.say(why), refusal or "")
        self._book.close(turn)
