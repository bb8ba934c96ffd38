"""What goes into each block of a running stream: all tracks, each into its channel. Called by the card's thread.

No PortAudio in here: a test is the card.
"""

from __future__ import annotations

from array import array

from .dac_clock import Anchor, Habit, habit
from .track import Track


class Deck:
    """The tracks of one card. Everything that a block needs is in memory before; nothing here waits."""

    def __init__(self, rate: int, channels: int, known: Habit | None = None) -> None:
        self.rate = rate
        self.channels = channels
        self.anchor = Anchor(rate, habit() if known is None else known)
        self.position = 0  # frames given to the card
        self.blocks = 0  # the heartbeat
        self.tracks: list[Track] = []

    def render(self, out: memoryview, now: float, held: float) -> None:
        """Fill `out` (bytes, 16-bit, channels interleaved), at `now`, while the card holds `held` seconds of sound."""
        self.anchor.note(now, held, self.position)
        out[:] = bytes(len(out))
        samples = out.cast("h")
        taken: set[int] = set()
        for track in self.tracks:
            before = track.frames
            self._lay(track, samples[track.channel :: self.channels], track.channel in taken)
            if track.frames > before:
                taken.add(track.channel)
        self.position += len(samples) // self.channels
        self.blocks += 1

    def sweep(self, now: float) -> None:
        """Let go of the tracks that are over at `now`, and of their files."""
        over = [track for track in self.tracks if track.over(now)]  # asked once: the card's thread goes on meanwhile
        for track in over:
            track.tape.close()
        self.tracks = [track for track in self.tracks if track not in over]

    def waiting(self, until: float) -> bool:
        """Nothing sounds, and nothing is to begin before `until`, monotonic."""
        return all(track.started_at is None and track.due > until for track in self.tracks)

    def take_over(self, other: Deck) -> None:
        """Play here what waits there."""
        for track in other.tracks:
            track.move()
        self.tracks += other.tracks

    def _lay(self, track: Track, lane: memoryview, taken: bool) -> None:
        if not taken:
            return track.render(lane, self.position, self.anchor)
        # Two outputs that share a channel: rare (a demonstration on one card), so a slow sum will do.
        own = memoryview(array("h", bytes(2 * len(lane))))
        track.render(own, self.position, self.anchor)
        for index, sample in enumerate(own):
            lane[index] = max(-32768, min(32767, lane[index] + sample))
