"""Sound that may come behind its manifest: when it is fetched, and when the daemon is to take it. Pure.

Nothing waits for it, so that it comes behind everything else, the next airing's first, and no more than so many bytes
of it a day. What has come of a file stays; a line that breaks costs no more than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .courier_steps import Action, CourierEvent, Fetch, Fetched, Holds, NotFetched, SoundsTaken, TakeSounds, TimePassed
from .topics import blob_path

MOST_BYTES = 5_000_000  # a day
DAY = 86_400.0  # s
AGAIN = 3600.0  # s, until what came to nothing is tried again: the hub has no such file yet, or the disk is full


@dataclass(frozen=True, slots=True)
class SoundCarrier:
    """What is `wanted` still: SHA-256 -> bytes, what is needed first at the front; not (again) what was `tried`.

    `begun`: bytes of what was begun since `day`, `under_way` the last of it; what is larger than a day's share has a
    day to itself. `taking`: the daemon was asked to take what has come.
    """

    wanted: Mapping[str, int] = field(default_factory=dict)
    tried: frozenset[str] = frozenset()
    again_at: float | None = None
    has_come: bool = False
    taking: bool = False
    day: float = 0.0
    begun: int = 0
    under_way: str = ""

    @property
    def next_fetch(self) -> Fetch | None:
        """What comes next, when it may."""
        left = (sha256 for sha256 in self.wanted if sha256 not in self.tried)
        sha256 = next(left, None)
        return Fetch(blob_path(sha256), self.wanted[sha256], sha256) if sha256 else None

    @property
    def fetches_at(self) -> float | None:
        """From then on; None where nothing is left."""
        fetch = self.next_fetch
        if fetch is None:
            return None
        fits = fetch.sha256 == self.under_way or not self.begun or self.begun + (fetch.bytes or 0) <= MOST_BYTES
        return 0.0 if fits else self.day + DAY

    def begin(self, fetch: Fetch, now: float) -> SoundCarrier:
        """The next is being fetched: it counts once, in however many pieces it comes."""
        if fetch.sha256 == self.under_way:
            return self
        day, begun = (now, 0) if not self.begun or self.day + DAY <= now else (self.day, self.begun)
        return replace(self, day=day, begun=begun + (fetch.bytes or 0), under_way=fetch.sha256)

    def step(self, event: CourierEvent, now: float) -> tuple[SoundCarrier, Sequence[Action]]:
        after = self._take(event, now)
        if after.has_come and not after.taking:
            return replace(after, has_come=False, taking=True), [TakeSounds()]
        return after, []

    def _take(self, event: CourierEvent, now: float) -> SoundCarrier:
        match event:
            case Holds(sounds=wanted):
                return replace(self, wanted=wanted, tried=self.tried & wanted.keys())
            case Fetched(path, False) if sha256 := self._find(path):
                return replace(self._try(sha256, now), has_come=True)
            case NotFetched(path, True) if sha256 := self._find(path):
                return self._try(sha256, now)
            case SoundsTaken():
                return replace(self, taking=False)
            case TimePassed() if self.again_at is not None and self.again_at <= now:
                return replace(self, tried=frozenset(), again_at=None)
        return self

    def _find(self, path: str) -> str | None:
        return next((sha256 for sha256 in self.wanted if blob_path(sha256) == path), None)

    def _try(self, sha256: str, now: float) -> SoundCarrier:
        again_at = now + AGAIN if self.again_at is None else self.again_at
        return replace(self, tried=self.tried | {sha256}, again_at=again_at)
