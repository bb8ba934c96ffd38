"""One output's time on one day, allocated demand by demand. Knows hours and clashes; knows no files and no commune.

Demands come in the order of the level law, so whoever asks later finds only what is left. Times are seconds since
local midnight.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil

from ..errors import Message
from ..model.enums import Expected, Level
from ..model.refusal import Reason, Refusal
from .occurrences import Demand
from .open_hours import FOREVER, Stretches, lies_in

SESSION_GAP = 5 * 60  # airings further apart are two sessions
BEFORE_NEXT = 5  # a stream ends this much before the next item
SHORTEST_STREAM = 10  # less than this is not worth joining


@dataclass(slots=True)
class Allocation:
    """The time that a demand got."""

    demand: Demand
    begins: float
    ends: float
    opens: bool = False
    closes: bool = False
    why: Message | None = None  # it had to wait


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a demand got none."""

    expected: Expected
    why: Message


Outcome = Allocation | Rejection
Place = tuple[bool, bool]  # opens, closes


@dataclass(frozen=True, slots=True)
class SessionFrame:
    """Lengths in seconds of what opens and what closes a session."""

    opening: float = 0.0
    closing: float = 0.0

    def around(self, opens: bool, closes: bool) -> float:
        """Seconds of words around a sound that opens or closes a session."""
        return opens * self.opening + closes * self.closing


@dataclass(slots=True)
class Timeline:
    """Allocations in the order of time; `before` is what runs over midnight from the evening before."""

    open: Stretches
    most_sessions: int
    longest_session: float
    before: Allocation | None = None
    quota: Callable[[str], float] = lambda origin: FOREVER  # seconds of what this office above the commune asks for
    allocations: list[Allocation] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # of the allocations, to look them up by
    sessions: list[tuple[float, float]] = field(default_factory=list)  # from when to when each lasts, in order
    received: dict[str, float] = field(default_factory=dict)  # seconds that offices above the commune have got

    def allocate(self, demand: Demand, extra: float = 0.0) -> Outcome:
        """Find time for a demand whose sound is longer by `extra` (words of its session)."""
        if demand.origin and self.received.get(demand.origin, 0.0) + demand.length > self.quota(demand.origin):
            why = over_quota(demand.origin, self.quota(demand.origin))
            return Rejection(Expected.REFUSED, Reason(Refusal.POLICY, why))
        outcome = self._find_stretch(demand) if demand.stream else self._find_gap(demand, demand.length + extra)
        return outcome if isinstance(outcome, Rejection) else self._insert(outcome)

    def _find_gap(self, demand: Demand, length: float) -> Outcome:
        """The first free time that a bulletin fits in, from its own time on, as long as it may wait."""
        begins, blocker = self._find_free(demand.at, length)
        ends = begins + length
        if blocker is None:
            return Allocation(demand, begins, ends) if self.is_open(begins, ends) else _too_long(length - demand.length)
        if begins > demand.at + demand.wait or not self.is_open(begins, ends):
            return Rejection(Expected.DISPLACED, _explain_clash(demand, begins, blocker))
        return Allocation(demand, begins, ends, why=_explain_wait(demand, begins, blocker.demand))

    def _find_free(self, begins: int, length: float) -> tuple[int, Allocation | None]:
        """The first time from `begins` on at which nothing else sounds for `length`, and what was in the way last."""
        blocker = None
        if self.before and self.before.ends > begins:
            begins, blocker = ceil(self.before.ends), self.before
        for allocation in self.allocations[max(bisect_left(self.starts, begins) - 1, 0) :]:
            if allocation.begins >= begins + length:
                break
            if allocation.ends > begins:
                begins, blocker = ceil(allocation.ends), allocation  # people and logs like whole seconds
        return begins, blocker

    def _find_stretch(self, demand: Demand) -> Outcome:
        """The longest free stretch of a stream's time: it is joined in progress and never moved."""
        end = demand.at + demand.length
        stretches: list[tuple[float, float]] = []
        begins = demand.at
        everything = [self.before, *self.allocations] if self.before else self.allocations
        for allocation in everything:
            if allocation.ends <= demand.at or allocation.begins >= end + BEFORE_NEXT:
                continue
            stretches.append((begins, min(end, allocation.begins - BEFORE_NEXT)))
            begins = max(begins, ceil(allocation.ends))
        stretches.append((begins, end))
        joined, ends = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
        if ends - joined < min(SHORTEST_STREAM, demand.length):
            return Rejection(Expected.DISPLACED, Message("all of its time is taken by other broadcasts"))
        late = Message("it is joined in progress at {time}", time=format_time(joined)) if joined > demand.at else None
        return Allocation(demand, joined, ends, why=late)

    def is_open(self, begins: float, ends: float) -> bool:
        """Does all of it lie inside the hours of policy?"""
        return lies_in(self.open, begins, ends)

    def _insert(self, allocation: Allocation) -> Outcome:
        """Take an allocation in, unless its session would be one too many or too long."""
        begins, ends, known = allocation.begins, allocation.ends, self.sessions
        place = bisect_left(known, (begins, begins))
        first = place - 1 if place and begins - known[place - 1][1] <= SESSION_GAP else place
        behind = place + 1 if place < len(known) and known[place][0] - ends <= SESSION_GAP else place
        if len(known) - (behind - first) >= self.most_sessions:
            why = Message("policy allows {count} sessions a day", count=self.most_sessions)
            return Rejection(Expected.REFUSED, Reason(Refusal.POLICY, why))
        for session in known[first:behind]:  # which become one with it
            begins, ends = min(begins, session[0]), max(ends, session[1])
        if ends - begins > self.longest_session:
            minutes = f"{self.longest_session / 60:g}"
            why = Message("the session would be longer than {minutes} minutes", minutes=minutes)
            return Rejection(Expected.REFUSED, Reason(Refusal.POLICY, why))
        known[first:behind] = [(begins, ends)]
        if origin := allocation.demand.origin:
            self.received[origin] = self.received.get(origin, 0.0) + allocation.demand.length
        place = bisect_left(self.starts, allocation.begins)
        self.allocations.insert(place, allocation)
        self.starts.insert(place, allocation.begins)
        return allocation

    def settle(self) -> None:
        """All is given out: end streams before what follows, and mark where sessions open and close."""
        last: Allocation | None = None
        for allocation in self.allocations:
            if last and last.demand.stream:
                last.ends = max(last.begins, min(last.ends, allocation.begins - BEFORE_NEXT))
            allocation.opens = last is None or allocation.begins - last.ends > SESSION_GAP
            if last:
                last.closes = allocation.opens
            last = allocation
        if last:
            last.closes = True

    def add_words(self, frame: SessionFrame) -> bool:
        """Add the words that open and close sessions; False where there is no room for them."""
        session = 0.0
        for number, allocation in enumerate(self.allocations, 1):
            session = allocation.begins if allocation.opens else session
            if not allocation.demand.stream:
                words = frame.around(allocation.opens, allocation.closes)
                allocation.ends = allocation.begins + (allocation.demand.length + words)
            room = self.starts[number] - allocation.ends if number < len(self.allocations) else FOREVER
            if (
                room < 0
                or (allocation.closes and room <= SESSION_GAP)
                or allocation.ends - session > self.longest_session
                or not self.is_open(allocation.begins, allocation.ends)
            ):
                return False
        return True


def allocate(demands: Sequence[Demand], fresh: Callable[[], Timeline], frame: SessionFrame) -> list[Outcome]:
    """What each of `demands`, in the order of the level law, gets from a `fresh` timeline.

    Who opens and closes a session is known only when all is placed, and its words (signature tune, opening, closing)
    take time, which may move what follows. So where they do not fit in, time is allocated again with them reserved.
    What was reserved stays reserved, so this ends.
    """
    reserved: list[Place] = [(False, False)] * len(demands)
    while True:
        timeline = fresh()
        asked = zip(demands, reserved, strict=True)
        outcomes = [timeline.allocate(demand, frame.around(*place)) for demand, place in asked]
        timeline.settle()
        wider = [_wider(place, outcome) for place, outcome in zip(reserved, outcomes, strict=True)]
        if timeline.add_words(frame) or wider == reserved:
            return outcomes
        reserved = wider


def _wider(place: Place, outcome: Outcome) -> Place:
    if isinstance(outcome, Rejection):
        return place
    return place[0] or outcome.opens, place[1] or outcome.closes


def format_time(seconds: float) -> str:
    """A time of day as people write it; a next day's too.

    >>> format_time(63000), format_time(86700.5)
    ('17:30', '00:05')
    """
    minutes = int(seconds) // 60 % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def format_seconds(seconds: float) -> str:
    """As `format_time`, with the seconds where there are any.

    >>> format_seconds(63000), format_seconds(63024)
    ('17:30', '17:30:24')
    """
    seconds = ceil(seconds)  # what is not over at 17:30:00.4 is told as over at 17:30:01
    rest = seconds % 60
    return f"{format_time(seconds)}:{rest:02}" if rest else format_time(seconds)


def _too_long(words: float) -> Rejection:
    why = Message(
        "with the words of its session ({seconds} s) it would leave the hours of policy", seconds=round(words)
    )
    return Rejection(Expected.REFUSED, Reason(Refusal.POLICY, why))


def over_quota(origin: str, most: float) -> Message:
    """Why an office above the commune is heard no more on a day; `most` seconds are what it may have."""
    return Message("{origin} has its {minutes} minutes of this day already", origin=origin, minutes=f"{most / 60:g}")


def _explain_wait(demand: Demand, begins: float, other: Demand) -> Message:
    """What it waits for, and by which rule where that is an office above the commune, or waits itself."""
    facts = {"time": format_seconds(begins), "other": other.title}
    if demand.level is other.level and demand.origin and not other.origin:
        return Message("it waits until {time}: of this level the commune’s own “{other}” goes first", **facts)
    if demand.level is other.level and other.origin and not demand.origin:
        return Message("it waits until {time}: “{other}” of {origin} goes first", **facts, origin=other.origin)
    return Message("it waits until {time}: “{other}” is on the air", **facts)


def _explain_clash(demand: Demand, free: float, blocker: Allocation) -> Message:
    """What is in the way, and the choices that a person has: follow on, override, shorten."""
    minutes = ceil((free - demand.at) / 60)
    facts = {
        **{"other": blocker.demand.title, "time": format_seconds(free), "seconds": round(free - demand.at)},
        **{"at": format_time(ceil(free / 60) * 60), "minutes": minutes},
    }
    if demand.origin:
        return Message(
            "“{other}” is on the air until {time}, longer than what {origin} sends may wait; "
            "give it a time in the commune’s own schedule (bulletin: {bulletin}, at: {at})",
            **facts,
            origin=demand.origin,
            bulletin=demand.entries[0].candidate.occurrence.bulletin,
        )
    if demand.level is Level.ROUTINE and blocker.demand.level is Level.ROUTINE:
        return Message(
            "“{other}” is on the air until {time}, an overlap of {seconds} s; choose: "
            "follow on (at: {at}, or wait: {minutes}m), override (level: priority), or shorten one of the two",
            **facts,
        )
    return Message(
        "“{other}” is on the air until {time}, an overlap of {seconds} s; choose: "
        "follow on (at: {at}, or wait: {minutes}m), or shorten one of the two",
        **facts,
    )
