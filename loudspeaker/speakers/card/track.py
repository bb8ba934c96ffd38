"""One sequence on its way to a channel: when it begins, how it fades, how much was heard. Reads no clock, no file.

`render` is called by the card's thread and `stop` by the player's own, which also reads the rest.
"""

from __future__ import annotations

from ...interfaces import State
from .dac_clock import Anchor
from .prebuffer import Tape


class Track:
    """A tape that is to start at `due`, in monotonic seconds, but not before the track `after` has ended."""

    def __init__(self, airing: str, channel: int, tape: Tape, due: float, after: Track | None = None) -> None:
        self.airing = airing
        self.channel = channel  # from 0
        self.tape = tape
        self.due = due
        self.frames = 0  # given to the card
        self.started_at: float | None = None  # when the first sample leaves, monotonic
        self.ended_at: float | None = None  # … and when the last has left
        self.stopped = False
        self.end: int | None = None  # frame of the stream that it no longer reaches; set last: it is over
        self._begin: int | None = None
        self._after = after
        self._fade: int | None = None  # frames of the fade-out asked for
        self._faded = 0

    @property
    def stopping(self) -> bool:
        """It was asked to stop and has not ended yet."""
        return self._fade is not None and self.end is None

    def stop(self, fade: int) -> None:
        """Fade out over `fade` frames from the next block on. A fade that has begun is not begun anew."""
        if self._fade is None:
            self._fade = fade

    def move(self) -> None:
        """It will begin on another stream, whose frames are counted anew; what it waited for has ended."""
        self._after = None

    def render(self, block: memoryview, position: int, anchor: Anchor) -> None:
        """Put what belongs there into `block` (format "h"), whose first sample is frame `position` of the stream."""
        fade = self._fade  # read once a block: the player's own thread sets it at any moment
        if self.end is not None or (self._begin is None and not self._place(position, len(block), anchor, fade)):
            return
        skip = max((self._begin or 0) - position, 0)
        self._play(block[skip:], position + skip, anchor, fade)

    def state(self, now: float) -> State:
        """A stopped one is over at once, any other when its last sample has left."""
        if self.end is not None and self.stopped:
            return State.STOPPED
        if self.over(now):
            return State.DONE
        started = self.started_at  # read once: the card's thread sets it
        return State.ARMED if started is None or now < started else State.PLAYING

    def over(self, now: float) -> bool:
        """Its last sample has left by `now`."""
        ended = self.ended_at  # read once: the card's thread sets it
        return ended is not None and ended <= now

    def heard(self, now: float, rate: int) -> int:
        """Frames that have left the card by `now`."""
        started = self.started_at
        if started is None:
            return 0
        return self.frames if self.stopped else min(self.frames, max(0, int((now - started) * rate)))

    def _place(self, position: int, length: int, anchor: Anchor, fade: int | None) -> bool:
        """Settle the frame at which it begins once that lies in this block; late ones begin with the block."""
        if fade is not None:
            self._finish(position, anchor, stopped=True)
            return False
        after = self._after
        before = after.end if after else position
        if before is None:
            return False
        earliest = max(position, before)
        begin = max(anchor.frame(self.due), earliest)
        if begin >= position + length:
            return False
        self._begin, self._after = begin, None
        self.started_at = anchor.moment(begin)
        return True

    def _play(self, into: memoryview, position: int, anchor: Anchor, fade: int | None) -> None:
        if fade is not None:
            into = into[: fade - self._faded]
        count = self.tape.take(into)
        self.frames += count
        if fade is not None:
            self._dim(into, fade)
        if self.tape.ended:
            self._finish(position + count, anchor)
        elif fade is not None and self._faded >= fade:
            self._finish(position + len(into), anchor, stopped=True)

    def _dim(self, samples: memoryview, fade: int) -> None:
        for index in range(len(samples)):
            self._faded += 1
            samples[index] = samples[index] * (fade - self._faded) // fade

    def _finish(self, position: int, anchor: Anchor, stopped: bool = False) -> None:
        self.ended_at = anchor.moment(position)
        self.stopped = stopped
        self.end = position
