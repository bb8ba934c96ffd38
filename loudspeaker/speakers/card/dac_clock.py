"""DAC clock: at which monotonic time does a given frame leave the sound card? Estimated from the card's requests.

Two sources are combined. (1) With each request for a block the card reports how much sound it has buffered. That is
right on average, but a busy sound server updates it late, so it can be wrong by milliseconds for seconds. (2) The
requests themselves come at the card's own pace: many are late, none is early, so the earliest ones (the early edge)
are as steady as the card. The early edge gives the pace; the latency between it and the DAC is learnt over many
seconds and many airings and kept in a `LatencyHistory`. A busy server's reports drift, by up to 9 ms within the two
seconds before a first airing: the early ones are off to one side and the late ones to the other. So each entry of the
history is one report, and all count alike.

After a buffer underrun all that follows is heard later. Not every sound server reports one, and for many seconds after
it what the server reports of its buffer is wrong by some 10 ms. An underrun is therefore also recognised from the
requests: after a mere delay a card catches up with its early edge, after an underrun it never does.

All times are monotonic seconds and come from the caller.
"""

from __future__ import annotations

from collections import deque
from statistics import median

WINDOW = 200  # blocks looked back: card and computer drift apart
START_UP = 12  # blocks that a card requests in a burst before it plays: they are no measure of its pace
EARLY_SHARE = 10  # one request in so many is on time
SAMPLING_INTERVAL = 10  # blocks between two entries of the latency history
REPORT_ERROR = 0.025  # seconds by which a busy server's report was seen to be wrong
GAP = 0.005  # seconds behind the early edge …
GAP_BLOCKS = 8  # … for so many blocks in a row: an underrun (gaps of 33 to 55 ms were seen)

LatencyHistory = deque[float]


def latency_history() -> LatencyHistory:
    """The last latencies of a card between an on-time request and the DAC, in seconds; kept from stream to stream."""
    return deque(maxlen=600)


class DacClock:
    """Converts frames of one running stream into the monotonic seconds at which they leave the card, and back."""

    def __init__(self, rate: int, history: LatencyHistory) -> None:
        self.rate = rate  # frames a second
        self.underrun = False  # the card ran out of sound: its reports are wrong for ten seconds and more
        self._latencies = history
        self._observations = 0
        self._sampled = 0  # entries that this stream added to the history
        self._late_blocks = 0  # in a row, behind the early edge
        self._origins: deque[float] = deque(maxlen=WINDOW)  # request times, as if each request were for frame 0
        self._buffered: deque[float] = deque(maxlen=WINDOW)  # seconds

    def observe(self, requested_at: float, buffered: float, frame: int) -> None:
        """Take in one request: at `requested_at` the card wanted `frame` and held `buffered` seconds of sound."""
        if self._observations == START_UP:
            self._reset()
        self._observations += 1
        origin = requested_at - frame / self.rate
        self._late_blocks = self._late_blocks + 1 if self._origins and origin > min(self._origins) + GAP else 0
        if self._late_blocks == GAP_BLOCKS and self._observations > START_UP + GAP_BLOCKS:
            self.report_underrun()
        self._origins.append(origin)
        self._buffered.append(buffered)
        if self._observations > START_UP and self._observations % SAMPLING_INTERVAL == 0 and not self.underrun:
            self._latencies.append(origin + buffered - self._early_edge())
            self._sampled += 1

    def report_underrun(self) -> None:
        """The card ran out of sound, so all that follows leaves later than was observed before."""
        self.underrun = True
        if self._observations < WINDOW:  # its pace was not known yet: what this stream taught is wrong
            for _ in range(self._sampled):
                self._latencies.pop()
        self._sampled = 0
        self._reset()

    def time_of(self, frame: int) -> float:
        """When `frame` leaves the card, in monotonic seconds. Raises `StatisticsError` before the first request."""
        return self._origin() + frame / self.rate

    def frame_at(self, moment: float) -> int:
        """The frame that leaves nearest to `moment`. Raises `StatisticsError` before the first request."""
        return round((moment - self._origin()) * self.rate)

    def _origin(self) -> float:
        """When frame 0 left the card, or would have left it."""
        reported = self._reported_origin()
        learnt = self._early_edge() + median(self._latencies) if self._latencies else reported
        return learnt if self.underrun or abs(learnt - reported) < REPORT_ERROR else reported

    def _reported_origin(self) -> float:
        return median(origin + buffered for origin, buffered in zip(self._origins, self._buffered, strict=True))

    def _early_edge(self) -> float:
        return sorted(self._origins)[len(self._origins) // EARLY_SHARE]

    def _reset(self) -> None:
        self._late_blocks = 0
        self._origins.clear()
        self._buffered.clear()
