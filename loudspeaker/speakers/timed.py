"""Speakers without a card: the clock alone tells how far a sequence has come. No file and no device in here.

Their end is known when they are armed, so nobody is woken: the owner asks again when that time has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import Message, SpeakerError
from ..interfaces import Clock, Playback, State
from ..model.programme import Programme

RUNNING = (State.ARMED, State.PLAYING)


@dataclass(frozen=True, slots=True)
class ArmedSequence:
    """One sequence on its way: `begins` is in monotonic seconds, `gain` in dB."""

    airing: str
    sequence: tuple[Programme, ...]
    begins: float
    gain: float

    @property
    def frames(self) -> int:
        return sum(programme.frames for programme in self.sequence)

    @property
    def duration(self) -> float:
        """Seconds."""
        return sum(programme.duration for programme in self.sequence)

    def progress(self, now: float) -> int:
        """Frames that have been heard by `now`, in monotonic seconds."""
        past = now - self.begins
        if past >= self.duration:
            return self.frames
        return max(0, int(past * self.sequence[0].rate)) if self.sequence else 0


class TimedSpeaker:
    """A `Speaker` that keeps time by its clock. A subclass may override `_accept`, `_play` and `_end`."""

    lead = 2.5
    responsive = True
    to_file = False

    def __init__(self, clock: Clock, via: str) -> None:
        self.clock = clock
        self.via = via
        self._armed = ArmedSequence("", (), 0.0, 0.0)
        self._last = Playback()

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        if self.poll().state in RUNNING:
            raise SpeakerError(Message("This output is still playing."))
        self._accept(sequence)
        wait = max(0.0, (at - self.clock.now()).total_seconds())
        self._armed = ArmedSequence(airing, tuple(sequence), self.clock.monotonic() + wait, gain)
        self._last = Playback(State.ARMED, airing, via=self.via, to_file=self.to_file)

    def stop(self, fade: float = 0.03) -> None:
        if self.poll().state in RUNNING:
            self._finish(State.STOPPED)

    def poll(self) -> Playback:
        now = self.clock.monotonic()
        if self._last.state is State.ARMED and now >= self._armed.begins:
            self._last = replace(self._last, state=State.PLAYING, started_at=self._wall_time(self._armed.begins))
        if self._last.state is State.PLAYING:
            self._play(now)
        return self._last

    def close(self) -> None:
        self.stop()

    def _play(self, now: float) -> None:
        """Update `_last` to `now`, in monotonic seconds, and finish where it is over."""
        self._last = replace(self._last, frames=self._armed.progress(now))
        if now >= self._armed.begins + self._armed.duration:
            self._finish(State.DONE)

    def _finish(self, state: State, error: Message | None = None) -> None:
        ends = min(self.clock.monotonic(), self._armed.begins + self._armed.duration)
        self._last = replace(self._last, state=state, ended_at=self._wall_time(ends), error=error)
        self._end(self._armed, self._last)

    def _wall_time(self, moment: float) -> datetime:
        return self.clock.now() - timedelta(seconds=self.clock.monotonic() - moment)

    def _accept(self, sequence: Sequence[Programme]) -> None:
        """Raise here what `Speaker.arm` may raise."""

    def _end(self, armed: ArmedSequence, playback: Playback) -> None:
        """Called once when a sequence has ended, however it did."""
