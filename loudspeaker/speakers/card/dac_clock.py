"""DAC clock: at which monotonic time does a given frame leave the sound card? Estimated from the card's requests.

Two sources are combined. (1) With each request for a block the card reports how much sound it has buffered. A busy
sound server updates that late: its reports drift by up to 9 ms within the two seconds before an airing, the early ones
off to one side and the late ones to the other, and of one stream in a hundred all are off by more than 1 ms. (2) The
requests themselves come at the card's own pace: many are late, none is early, so the earliest ones (the early edge)
are as steady as the card. The early edge gives the pace. The latency between it and the DAC is the same in all streams
of a card: 0.2 ms apart in all but one of 120 that were recorded. Each stream finds it as the median of its first two
seconds, in which a drift is centred, and the median of this stream and the last few is used. So a stream whose reports
are wrong is outvoted, and a card that has changed a little is known by its third stream. Where nothing that a stream
reports comes near the earlier ones, the card has changed much, and the stream is believed.

After a buffer underrun all that follows is heard later. Not every sound server reports one, and for many seconds after
it what the server reports of its buffer is wrong by some 10 ms. An underrun is therefore also recognised from the
requests: after a mere delay a card catches up with its early edge, after an underrun it never does.

All times are monotonic seconds and come from the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

WINDOW = 200  # blocks looked back: card and computer drift apart
START_UP = 12  # blocks that a card requests in a burst before it plays: they are no measure of its pace
EARLY_SHARE = 10  # one request in so many is on time
LEARNING = 2.0  # seconds of a stream, less than a speaker's `lead`: then it has found its latency
EARLIER = 4  # streams that are remembered: with this one's they are five, of which two may be wrong
CHANGE = 0.002  # seconds between a stream's reports and the earlier ones: 1.3 ms was seen where nothing had changed
REPORT_ERROR = 0.025  # seconds by which a stream that has not found its latency yet may be wrong
GAP = 0.005  # seconds behind the early edge …
GAP_BLOCKS = 8  # … for so many blocks in a row: an underrun (gaps of 33 to 55 ms were seen)


class DacClock:
    """Converts frames of one running stream into the monotonic seconds at which they leave the card, and back.

    `earlier` are the latencies that the last streams on the same card have found, in seconds, the newest at the end.
    """

    def __init__(self, rate: int, earlier: Sequence[float] = ()) -> None:
        self.rate = rate  # frames a second
        self.latency: float | None = None  # seconds from an on-time request to the DAC, found by this stream alone
        self._tolerance = REPORT_ERROR  # seconds: earlier streams that are further off are not believed
        self.underrun = False  # the card ran out of sound: its reports are wrong for ten seconds and more
        self._earlier = list(earlier[-EARLIER:])
        self._observations = 0
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
        if self.latency is None and frame >= LEARNING * self.rate and not self.underrun:
            self._learn_latency()

    def report_underrun(self) -> None:
        """The card ran out of sound, so all that follows leaves later than was observed before."""
        self.underrun = True
        self._reset()

    def time_of(self, frame: int) -> float:
        """When `frame` leaves the card, in monotonic seconds. Raises `IndexError` before the first request."""
        return self._origin() + frame / self.rate

    def frame_at(self, moment: float) -> int:
        """The frame that leaves nearest to `moment`. Raises `IndexError` before the first request."""
        return round((moment - self._origin()) * self.rate)

    def _learn_latency(self) -> None:
        reported = self._reported_latencies()
        few = len(reported) // 20
        self.latency = median(reported)
        self._tolerance = CHANGE + (reported[-1 - few] - reported[few]) / 2

    def _origin(self) -> float:
        """When frame 0 left the card, or would have left it."""
        return self._early_edge() + self._expected_latency()

    def _expected_latency(self) -> float:
        """The usual latency; but where nothing that this stream reported comes near it, what it reported."""
        own = median(self._reported_latencies()) if self.latency is None else self.latency
        votes = self._earlier if self.latency is None else [*self._earlier, self.latency]
        usual = median(votes) if votes else own
        return usual if self.underrun or abs(usual - own) < self._tolerance else own

    def _reported_latencies(self) -> list[float]:
        edge = self._early_edge()
        origins = zip(self._origins, self._buffered, strict=True)
        return sorted(origin + buffered - edge for origin, buffered in origins)

    def _early_edge(self) -> float:
        return sorted(self._origins)[len(self._origins) // EARLY_SHARE]

    def _reset(self) -> None:
        self._late_blocks = 0
        self._origins.clear()
        self._buffered.clear()
