"""Follows what outputs play, and writes the verdicts: after the last sample, once for each airing (promise 1)."""

from __future__ import annotations

from datetime import datetime

from ..errors import Message
from ..interfaces import State
from ..model.enums import Verdict
from ..model.refusal import kind_of
from . import deadlines
from .clock_trust import Trust
from .item import PlayoutItem
from .journal import PlayoutJournal
from .output import ENDED, PlayoutOutput
from .ports import StationPort
from .queue import PlayoutQueue
from .states import Cut, Phase, Ruling, seconds

MOST_DROPPED = 5  # airings edited away that are noted in one step: each is a write to the disk


class Verdicts:
    """Notes what each playback does, and decides what became of each airing."""

    def __init__(self, journal: PlayoutJournal, queue: PlayoutQueue, station: StationPort) -> None:
        self._journal = journal
        self._queue = queue
        self._station = station

    # Following a playback.

    def follow(self, output: PlayoutOutput, now: datetime) -> None:
        """Write down what the speaker says has happened since it was last asked."""
        if not output.busy:
            return
        playback = output.poll_speaker()
        if playback.started_at and output.armed:
            self._note_start(output, now)
        if playback.state is State.PLAYING:
            self._note_quarter(output, now)
        if playback.state in ENDED:
            for item in output.release():
                self._end(output, item, now)

    def _note_start(self, output: PlayoutOutput, now: datetime) -> None:
        for item in output.items:
            item.state.move_to(Phase.ON_AIR)
            self._journal.record_on_air(item, now, output.playback)

    def _note_quarter(self, output: PlayoutOutput, now: datetime) -> None:
        """From here on it will not be started again: known to the log before it matters."""
        heard, began = output.heard.heard, output.playback.started_at
        if began and not output.live:
            heard = max(heard, (now - began).total_seconds())  # a card tells what was heard a little late
        if heard >= deadlines.QUARTER * output.duration:
            for item in output.items:
                self._record_quarter(item, now)

    def _record_quarter(self, item: PlayoutItem, now: datetime) -> None:
        if not item.state.quarter:
            item.state.quarter = True
            self._journal.note("quarter", item.airing.id, now)

    def _end(self, output: PlayoutOutput, item: PlayoutItem, now: datetime) -> None:
        """The playback has ended: it is over, or may be tried again."""
        if item.airing.stream and item.state.phase is Phase.ON_AIR and self._is_incomplete(output, item):
            self._break_off(output, item, now)
        elif output.playback.state is State.DONE or output.cut is Cut.TIME or output.complete:
            self._complete(output, item, now)
        elif item.state.phase is Phase.ARMED:
            self._end_unheard(output, item, now)
        else:
            self._break_off(output, item, now)

    def _is_incomplete(self, output: PlayoutOutput, item: PlayoutItem) -> bool:
        """Of a stream: is a part of it missing, at its end or since it was to begin? Notes why it ended."""
        heard, length = output.heard.heard, item.airing.length or output.duration
        done = output.playback.state is State.DONE
        if item.state.is_fallback:
            output.cut = output.cut or (Cut.INSTEAD if done else None)
            return True
        if not heard:
            why = Message("nothing came from “{url}”", url=item.airing.stream)
            item.state.hindrance = Verdict.FAILED_SOUND, why
        if done and heard < output.duration - deadlines.SHORT:
            output.cut = Cut.STREAM
        elif done and output.cut is None:
            output.cut = Cut.TIME
        return item.state.total + heard < length - deadlines.SHORT

    def _complete(self, output: PlayoutOutput, item: PlayoutItem, now: datetime) -> None:
        attempt = output.heard
        if item.request and item.request.plays > 1:
            self._journal.record_attempt("played", item, now, attempt)
            item.state.count_play(attempt)
            item.next_at = now + seconds(item.request.gap)
            if item.left and not item.ending:
                return
        else:
            item.state.best = item.state.including_earlier(attempt) if item.airing.stream else attempt
        self.close(item, deadlines.judge_complete(item, output.playback))

    def _end_unheard(self, output: PlayoutOutput, item: PlayoutItem, now: datetime) -> None:
        """The attempt ended before its first sample: called off, or the card failed and is tried again."""
        if output.playback.state is State.FAILED:
            error = output.playback.error or Message("the sound card failed")
            item.hinder((Verdict.FAILED_DEVICE, error), now + deadlines.RETRY)
            item.state.return_to_waiting()
        else:
            self._journal.note("disarmed", item.airing.id, now)
            item.state.disarm()

    def _break_off(self, output: PlayoutOutput, item: PlayoutItem, now: datetime) -> None:
        attempt, cut = output.heard, output.cut or Cut.DEVICE
        if attempt.heard >= deadlines.QUARTER * output.duration:
            self._record_quarter(item, now)
        self._journal.record_attempt("broke", item, now, attempt, cut=cut)
        item.state.break_off(cut, attempt)
        if cut is Cut.DEVICE and output.playback.error and not item.state.is_fallback:  # why the stream did not come
            item.state.hindrance = Verdict.FAILED_DEVICE, output.playback.error

    # Judging.

    def judge(self, output: str, now: datetime, trust: Trust) -> None:
        """Write the verdicts of waiting items that nothing more can come of."""
        dropped = 0
        for item in self._queue.on(output):
            if item.gone and item.airing.scheduled_at > now:
                dropped += 1
                if dropped > MOST_DROPPED:
                    continue
            self._judge(item, now, trust)

    def _judge(self, item: PlayoutItem, now: datetime, trust: Trust) -> None:
        if not item.waiting or (item.request is None and trust.doubt and trust.doubt.covers(item.airing.scheduled_at)):
            return
        item.state.return_to_waiting()
        if item.ending:
            self.close(item, deadlines.conclude(item, item.ending))
        elif ruling := deadlines.judge(item, now, trust.believed):
            self.close(item, ruling)
        elif item.gone:
            self._withdraw(item, now)

    def _withdraw(self, item: PlayoutItem, now: datetime) -> None:
        if item.airing.scheduled_at <= now:
            reason = Verdict.WITHDRAWN, Message("it was taken out of the schedule before it could be heard")
            self.close(item, deadlines.conclude(item, reason))
        else:
            self._journal.note("edit", item.airing.id, now, gone=True)
            self._queue.drop(item)

    def close(self, item: PlayoutItem, ruling: Ruling) -> None:
        """Log the verdict of an item, which is open no more."""
        verdict, why = ruling
        refusal = kind_of(why) if verdict is Verdict.REFUSED else None
        self._journal.record_verdict(item, verdict, self._station.say(why), refusal or "")
        self._queue.close(item)
