"""Track: one sequence on its way to a channel: when it begins, how it fades, how much has left the card.

`render` is called by the card's thread and `stop` by the player's own, which also reads the rest. Times are monotonic
seconds and come from the caller.
"""

from __future__ import annotations

from ...interfaces import State
from .dac_clock import DacClock
from .prebuffer import Prebuffer


class Track:
    """A prebuffer that is to start at `due`, but not before the track `after` has ended."""

    def __init__(self, airing: str, channel: int, prebuffer: Prebuffer, due: float, after: Track | None = None) -> None:
        self.airing = airing
        self.channel = channel  # from 0
        self.prebuffer = prebuffer
        self.due = due
        self.frames = 0  # given to the card
        self.started_at: float | None = None  # when the first sample leaves
        self.ended_at: float | None = None  # … and when the last has left
        self.stopped = False
        self.end: int | None = None  # first frame of the stream that it does not reach; set last: it is over
        self._begin: int | None = None
        self._after = after
        self._fade: int | None = None  # frames of the fade-out that was requested
        self._faded = 0

    @property
    def is_stopping(self) -> bool:
        """A stop was requested and the track has not ended yet."""
        return self._fade is not None and self.end is None

    def stop(self, fade: int) -> None:
        """Fade out over `fade` frames from the next block on. A fade that has begun is not begun anew."""
        if self._fade is None:
            self._fade = fade

    def move(self) -> None:
        """Begin on another stream, whose frames are counted anew; what it waited for has ended."""
        self._after = None

    def render(self, block: memoryview, position: int, dac_clock: DacClock) -> None:
        """Put what belongs there into `block` (format "h"), whose first sample is frame `position` of the stream."""
        fade = self._fade  # read once a block: the player's own thread sets it at any moment
        if self.end is not None or (self._begin is None and not self._schedule(position, len(block), dac_clock, fade)):
            return
        skip = max((self._begin or 0) - position, 0)
        self._play(block[skip:], position + skip, dac_clock, fade)

    def state(self, now: float) -> State:
        """Where it stands at `now`: a stopped one is over at once, any other when its last sample has left."""
        if self.end is not None and self.stopped:
            return State.STOPPED
        if self.is_over(now):
            return State.DONE
        started = self.started_at  # read once: the card's thread sets it
        return State.ARMED if started is None or now < started else State.PLAYING

    def is_over(self, now: float) -> bool:
        """Its last sample has left by `now`."""
        ended = self.ended_at  # read once: the card's thread sets it
        return ended is not None and ended <= now

    def progress(self, now: float, rate: int) -> int:
        """Frames that have left the card by `now`."""
        started = self.started_at
        if started is None:
            return 0
        return self.frames if self.stopped else min(self.frames, max(0, int((now - started) * rate)))

    def _schedule(self, position: int, length: int, dac_clock: DacClock, fade: int | None) -> bool:
        """Settle the frame at which it begins once that lies in this block; late ones begin with the block."""
        if fade is not None:
            self._finish(position, dac_clock, stopped=True)
            return False
        after = self._after
        before = after.end if after else position
        if before is None:
            return False
        earliest = max(position, before)
        begin = max(dac_clock.frame_at(self.due), earliest)
        if begin >= position + length:
            return False
        self._begin, self._after = begin, None
        self.started_at = dac_clock.time_of(begin)
        return True

    def _play(self, into: memoryview, position: int, dac_clock: DacClock, fade: int | None) -> None:
        if fade is not None:
            into = into[: fade - self._faded]
        count = self.prebuffer.take(into)
        self.frames += count
        if fade is not None:
            self._fade_out(into, fade)
        if self.prebuffer.ended:
            self._finish(position + count, dac_clock)
        elif fade is not None and self._faded >= fade:
            self._finish(position + len(into), dac_clock, stopped=True)

    def _fade_out(self, samples: memoryview, fade: int) -> None:
        for index in range(len(samples)):
            self._faded += 1
            samples[index] = samples[index] * (fade - self._faded) // fade

    def _finish(self, position: int, dac_clock: DacClock, stopped: bool = False) -> None:
        self.ended_at = dac_clock.time_of(position)
        self.stopped = stopped
        self.end = position
