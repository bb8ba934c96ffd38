"""When does a frame leave the card? Learnt from the card's own word at each block. No clock is read here."""

from __future__ import annotations

from collections import deque
from statistics import median


class Anchor:
    """The moment, in monotonic seconds, at which frame 0 of a running stream left (or would have left) the card.

    Single reports jitter by a few hundredths of a millisecond and lie by seconds while the card's buffer is first
    filled, so the median of the last `memory` is believed. Card and computer drift apart: what is older is forgotten.
    """

    def __init__(self, rate: int, memory: int = 63) -> None:
        self.rate = rate
        self._reports: deque[float] = deque(maxlen=memory)

    def note(self, moment: float, frame: int) -> None:
        """The card says that `frame` will leave at `moment`."""
        self._reports.append(moment - frame / self.rate)

    def forget(self) -> None:
        """The card ran dry: what was learnt is void."""
        self._reports.clear()

    def moment(self, frame: int) -> float:
        """When `frame` leaves. Raises `StatisticsError` before the first report."""
        return median(self._reports) + frame / self.rate

    def frame(self, moment: float) -> int:
        """The frame that leaves nearest to `moment`."""
        return round((moment - self.moment(0)) * self.rate)
