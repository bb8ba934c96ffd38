"""Rendering: fills each block that the card requests with all tracks, each in its channel. No PortAudio in here."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from .dac_clock import DacClock
from .track import Track


class Renderer:
    """The tracks of one running stream. `render` never waits: what a block needs has been read before."""

    def __init__(self, rate: int, channels: int, earlier: Sequence[float] = (), pre_roll: int = 0) -> None:
        self.rate = rate  # frames a second
        self.channels = channels
        self.pre_roll = pre_roll  # frames at the stream's beginning in which no track begins
        self.dac_clock = DacClock(rate, earlier)
        self.position = 0  # frames given to the card
        self.blocks = 0  # given to the card: shows that it still requests some
        self.tracks: list[Track] = []

    def render(self, out: memoryview, now: float, buffered: float) -> None:
        """Fill `out` (bytes of 16-bit samples, channels interleaved). Called by the card's thread.

        `now` is the monotonic time of the request, `buffered` the seconds of sound that the card holds.
        """
        self.dac_clock.observe(now, buffered, self.position)
        out[:] = bytes(len(out))
        samples = out.cast("h")
        occupied: set[int] = set()
        for track in self.tracks if self.position >= self.pre_roll else ():
            before = track.frames
            self._mix(track, samples[track.channel :: self.channels], track.channel in occupied)
            if track.frames > before:
                occupied.add(track.channel)
        self.position += len(samples) // self.channels
        self.blocks += 1

    def drop_finished(self, now: float) -> None:
        """Forget the tracks that have ended by `now`, in monotonic seconds, and close their files."""
        finished = [track for track in self.tracks if track.is_over(now)]  # once: the card's thread goes on meanwhile
        for track in finished:
            track.prebuffer.close()
        self.tracks = [track for track in self.tracks if track not in finished]

    def is_idle(self, until: float) -> bool:
        """Nothing sounds, and nothing is to begin before `until`, in monotonic seconds."""
        return all(track.started_at is None and track.due > until for track in self.tracks)

    def take_over(self, other: Renderer) -> None:
        """Play on this stream what waits on the other one."""
        for track in other.tracks:
            track.move()
        self.tracks += other.tracks

    def _mix(self, track: Track, lane: memoryview, occupied: bool) -> None:
        if not occupied:
            return track.render(lane, self.position, self.dac_clock)
        # Two outputs that share a channel: rare (a demonstration on one card), so a slow sum will do.
        own = memoryview(array("h", bytes(2 * len(lane))))
        track.render(own, self.position, self.dac_clock)
        for index, sample in enumerate(own):
            lane[index] = max(-32768, min(32767, lane[index] + sample))
