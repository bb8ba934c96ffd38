"""When does a frame leave the card? Learnt from when the card asks and from what it says. No clock is read here.

Two witnesses: how much sound the card says it holds when it asks for a block, and the fact that it asks when its
buffer has just room for one. The first is right within a few hundredths of a millisecond on a quiet machine, but a
busy sound server takes its word late and errs by milliseconds, for seconds on end. The second depends on nothing but
the card's own pace: many blocks are asked for late, but some are on time. So where the card says that it holds about
what its buffer holds, the second is believed; where it says that it holds more, something lies behind the buffer (a
server's own, the queue of a USB card), and only the first knows of it.
"""

from __future__ import annotations

from collections import deque
from statistics import median

MEMORY = 200  # blocks
FILLING = 12  # blocks at the start that a card takes in a burst, before it plays: they say nothing
LATE = 0.010  # seconds less than the buffer that may be due to asking late
BEHIND = 0.003  # … and more than it that may be due to a wrong word


class Anchor:
    """The moment, in monotonic seconds, at which frame 0 of a running stream left (or would have left) the card.

    `buffer` is what the card holds, in seconds, when it has room for exactly one more block. Card and computer
    drift apart, so only the last blocks count.
    """

    def __init__(self, rate: int, buffer: float = 0.0) -> None:
        self.rate = rate
        self.buffer = buffer
        self._noted = 0
        self._asked: deque[float] = deque(maxlen=MEMORY)  # moments, as if each block were the first
        self._held: deque[float] = deque(maxlen=MEMORY)  # seconds

    def note(self, asked: float, held: float, frame: int) -> None:
        """At `asked` the card wanted `frame` and the ones after it, and said that it held `held` seconds of sound."""
        if self._noted == FILLING:
            self.forget()
        self._noted += 1
        self._asked.append(asked - frame / self.rate)
        self._held.append(held)

    def forget(self) -> None:
        """The card ran dry: what was learnt is void."""
        self._asked.clear()
        self._held.clear()

    def moment(self, frame: int) -> float:
        """When `frame` leaves. Raises `StatisticsError` before the first note."""
        return self._origin() + frame / self.rate

    def frame(self, moment: float) -> int:
        """The frame that leaves nearest to `moment`."""
        return round((moment - self._origin()) * self.rate)

    def _origin(self) -> float:
        if -LATE < median(self._held) - self.buffer < BEHIND:
            return sorted(self._asked)[len(self._asked) // 10] + self.buffer
        return median(asked + held for asked, held in zip(self._asked, self._held, strict=True))
