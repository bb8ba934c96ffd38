"""Files that come behind their manifest: when they are fetched, and when the daemon is to take them. Pure.

Nothing waits for them, so that they come behind everything else, what is needed first at the front. Sound is fetched
by night, by each box at a minute of its own: a province publishes for thousands of boxes at once, and by day their
network is also their people's. What is heard before comes in time; no more than so many bytes come in a day.

What was damaged on this box's disk and the sound of an alarm wait for none of this; a daemon that looks each hour tells
what is damaged. What came to nothing is tried again later and later: a hub that sends other bytes than were signed
costs no more than a few attempts a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .broker_link import spread
from .courier_steps import (
    Action,
    CourierEvent,
    Fetch,
    Fetched,
    Holds,
    LateFilesTaken,
    NotFetched,
    TakeLateFiles,
    WantedFile,
)
from .topics import blob_path

HOUR = 3600.0  # s
DAY = 24 * HOUR
MOST_BYTES = 5_000_000  # of sound, a day
EVENING, MORNING = 19 * HOUR, 5 * HOUR  # s after midnight: the night, which ends on the next day
LAST_HOUR = HOUR  # s of the night that each box has at least, whatever its minute is
IN_TIME = 2 * HOUR  # s before it is heard, a sound is fetched whatever the hour; by some boxes up to `EARLIER` before
EARLIER = HOUR  # s
AGAIN = HOUR  # s, until what came to nothing is tried again: the hub has no such file yet, or the disk is full
LOOK, SOON = HOUR, 300.0  # s, between looks; after the start, and where the daemon was away


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that is wanted `since`, and is fetched when its time has come (`at`).

    `failures`: how often it came to nothing; then it is `not_before` an instant.
    """

    file: WantedFile
    since: float
    at: float = 0.0
    not_before: float = 0.0
    failures: int = 0

    def postpone(self, now: float) -> WaitingFile:
        wait = min(AGAIN * 2.0**self.failures, DAY)
        return replace(self, not_before=now + wait, failures=self.failures + 1)


@dataclass(frozen=True, slots=True)
class LateCarrier:
    """What the box `name` wants still, by its SHA-256, what is needed first at the front.

    `begun`: bytes of sound that was begun since `day`, `under_way` the last of it; what is larger than a day's share
    has a day to itself. `taking`: the daemon was asked to take what has come, or to look; it is asked again at
    `look_at`.
    """

    name: str
    wanted: Mapping[str, WaitingFile] = field(default_factory=dict)
    look_at: float | None = None
    has_come: bool = False
    taking: bool = False
    day: float = 0.0
    begun: int = 0
    under_way: str = ""

    @property
    def wakes_at(self) -> float | None:
        return None if self.taking else self.look_at

    @property
    def next_fetch(self) -> Fetch | None:
        """What comes next, when it may."""
        sha256 = min(self.wanted, key=self._begins_at, default=None)
        return Fetch(blob_path(sha256), self.wanted[sha256].file.bytes, sha256) if sha256 else None

    @property
    def fetches_at(self) -> float | None:
        """From then on; None where nothing is left."""
        return min(map(self._begins_at, self.wanted), default=None)

    def _begins_at(self, sha256: str) -> float:
        waiting = self.wanted[sha256]
        at = max(waiting.at, waiting.not_before)
        fits = not self.begun or self.begun + waiting.file.bytes <= MOST_BYTES
        return at if fits or waiting.file.urgent or sha256 == self.under_way else max(at, self.day + DAY)

    def begin(self, fetch: Fetch, now: float) -> LateCarrier:
        """The next is being fetched: it counts once, in however many pieces it comes."""
        if fetch.sha256 == self.under_way or self.wanted[fetch.sha256].file.urgent:
            return self
        day, begun = (now, 0) if not self.begun or self.day + DAY <= now else (self.day, self.begun)
        return replace(self, day=day, begun=begun + (fetch.bytes or 0), under_way=fetch.sha256)

    def step(self, event: CourierEvent, now: float) -> tuple[LateCarrier, Sequence[Action]]:
        after = self._take(event, now)
        looks = after.look_at is not None and after.look_at <= now
        if (after.has_come or looks) and not after.taking:
            return replace(after, has_come=False, taking=True), [TakeLateFiles()]
        return after, []

    def _take(self, event: CourierEvent, now: float) -> LateCarrier:
        match event:
            case Holds(held, late=late, midnight=midnight):
                look_at = (now + SOON if self.look_at is None else self.look_at) if held else None
                files = {sha256: self._want(sha256, file, midnight, now) for sha256, file in late.items()}
                return replace(self, wanted=files, look_at=look_at)
            case Fetched(path, False) if sha256 := self._find(path):
                return replace(self._end(sha256, now), has_come=True)
            case NotFetched(path, True) if sha256 := self._find(path):
                return self._end(sha256, now)
            case LateFilesTaken(answered):
                return replace(self, taking=False, look_at=now + (LOOK if answered else SOON))
        return self

    def _want(self, sha256: str, file: WantedFile, midnight: float | None, now: float) -> WaitingFile:
        """Its time is found anew whenever something is told: the plan, or the night, may be another."""
        waiting = replace(self.wanted.get(sha256, WaitingFile(file, since=now)), file=file)
        if file.urgent or sha256 == self.under_way:
            return waiting
        return replace(waiting, at=prefetch_at(self.name, waiting.since, now, file.due, midnight))

    def _find(self, path: str) -> str | None:
        return next((sha256 for sha256 in self.wanted if blob_path(sha256) == path), None)

    def _end(self, sha256: str, now: float) -> LateCarrier:
        """It has come, or it has not: unless the daemon takes it, it is fetched again later."""
        under_way = "" if self.under_way == sha256 else self.under_way
        return replace(self, wanted={**self.wanted, sha256: self.wanted[sha256].postpone(now)}, under_way=under_way)


def prefetch_at(box: str, since: float, now: float, due: float | None, midnight: float | None) -> float:
    """The instant from which a sound is fetched that has been lacking `since`; past where that is now.

    Instants are the agent's monotonic clock, in seconds. A box that does not know what time it is knows no night:
    then the sounds of all boxes are spread over as many hours.
    """
    late, night = spread(f"{box} night", 0), DAY - EVENING + MORNING - LAST_HOUR
    if midnight is None:
        begins = since + late * night
    else:
        today = midnight + DAY * ((now - midnight) // DAY)  # what was told may be of yesterday
        begins = today + EVENING + late * night
        if now < today + MORNING:  # last night is not over
            begins -= DAY
    return begins if due is None else min(begins, due - IN_TIME - late * EARLIER)
