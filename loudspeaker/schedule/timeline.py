"""One output's time on one day, given out slot by slot. Knows hours and clashes; knows no files and no commune.

Slots come in the order of the level law, so whoever asks later finds only what is left. Times are seconds since
local midnight.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from math import ceil

from ..errors import Message
from ..model.enums import Expected, Level, Refusal
from ..model.refusal import Reason
from .occurrences import Slot
from .open_hours import FOREVER, Stretches, lies_in

SESSION_GAP = 5 * 60  # airings further apart are two sessions
BEFORE_NEXT = 5  # a stream ends this much before the next item
SHORTEST_STREAM = 10  # less than this is not worth joining


@dataclass(slots=True)
class Share:
    """The time that a slot got."""

    slot: Slot
    begins: float
    ends: float
    opens: bool = False
    closes: bool = False
    why: Message | None = None  # it had to wait


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a slot got none."""

    expected: Expected
    why: Message


@dataclass(frozen=True, slots=True)
class Frame:
    """Lengths in seconds of what opens and what closes a session."""

    opening: float = 0.0
    closing: float = 0.0

    def around(self, opens: bool, closes: bool) -> float:
        return opens * self.opening + closes * self.closing


@dataclass(slots=True)
class Timeline:
    """Shares in the order of time; `before` is what runs over midnight from the evening before."""

    open: Stretches
    most_sessions: int
    longest_session: float
    before: Share | None = None
    shares: list[Share] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  # of the shares, to look them up by
    sessions: int = 0

    def give(self, slot: Slot, extra: float = 0.0) -> Share | Denial:
        """Find time for a slot whose sound is longer by `extra` (words of its session)."""
        found = self._stretch(slot) if slot.stream else self._gap(slot, slot.length + extra)
        return found if isinstance(found, Denial) else self._enter(found)

    def _gap(self, slot: Slot, length: float) -> Share | Denial:
        """The first free time that a bulletin fits in, from its own time on, as long as it may wait."""
        begins, blocker = self._free(slot.at, length)
        ends = begins + length
        if blocker is None:
            return Share(slot, begins, ends) if self.is_open(begins, ends) else _too_long(length - slot.length)
        if begins > slot.at + slot.wait or not self.is_open(begins, ends):
            return Denial(Expected.DISPLACED, _displaced(slot, begins, blocker))
        facts = {"time": to_the_second(begins), "other": blocker.slot.title}
        why = Message("it waits until {time}: “{other}” is on the air", **facts)
        return Share(slot, begins, ends, why=why)

    def _free(self, begins: int, length: float) -> tuple[int, Share | None]:
        """The first time from `begins` on at which nothing else sounds for `length`, and what was in the way last."""
        blocker = None
        if self.before and self.before.ends > begins:
            begins, blocker = ceil(self.before.ends), self.before
        for share in self.shares[max(bisect_left(self.starts, begins) - 1, 0) :]:
            if share.begins >= begins + length:
                break
            if share.ends > begins:
                begins, blocker = ceil(share.ends), share  # people and logs like whole seconds
        return begins, blocker

    def _stretch(self, slot: Slot) -> Share | Denial:
        """The longest free stretch of a stream's time: it is joined in progress and never moved."""
        end = slot.at + slot.length
        stretches: list[tuple[float, float]] = []
        begins = slot.at
        everything = [self.before, *self.shares] if self.before else self.shares
        for share in [share for share in everything if share.ends > slot.at and share.begins < end + BEFORE_NEXT]:
            stretches.append((begins, min(end, share.begins - BEFORE_NEXT)))
            begins = max(begins, ceil(share.ends))
        stretches.append((begins, end))
        joined, ends = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
        if ends - joined < min(SHORTEST_STREAM, slot.length):
            return Denial(Expected.DISPLACED, Message("all of its time is taken by other broadcasts"))
        late = Message("it is joined in progress at {time}", time=clock(joined)) if joined > slot.at else None
        return Share(slot, joined, ends, why=late)

    def is_open(self, begins: float, ends: float) -> bool:
        """Does all of it lie inside the hours of policy?"""
        return lies_in(self.open, begins, ends)

    def _enter(self, share: Share) -> Share | Denial:
        """Take a share in, unless its session would be one too many or too long."""
        place = bisect_left(self.starts, share.begins)
        left, right = place, place
        begins, ends = share.begins, share.ends
        while left > 0 and begins - self.shares[left - 1].ends <= SESSION_GAP:
            left -= 1
            begins = self.shares[left].begins
        while right < len(self.shares) and self.shares[right].begins - ends <= SESSION_GAP:
            ends = self.shares[right].ends
            right += 1
        more = 1 - (left < place) - (right > place)
        if self.sessions + more > self.most_sessions:
            why = Message("policy allows {count} sessions a day", count=self.most_sessions)
            return Denial(Expected.REFUSED, Reason(Refusal.POLICY, why))
        if ends - begins > self.longest_session:
            minutes = f"{self.longest_session / 60:g}"
            why = Message("the session would be longer than {minutes} minutes", minutes=minutes)
            return Denial(Expected.REFUSED, Reason(Refusal.POLICY, why))
        self.sessions += more
        self.shares.insert(place, share)
        self.starts.insert(place, share.begins)
        return share

    def settle(self) -> None:
        """All is given out: end streams before what follows, and mark where sessions open and close."""
        last: Share | None = None
        for share in self.shares:
            if last and last.slot.stream:
                last.ends = max(last.begins, min(last.ends, share.begins - BEFORE_NEXT))
            share.opens = last is None or share.begins - last.ends > SESSION_GAP
            if last:
                last.closes = share.opens
            last = share
        if last:
            last.closes = True

    def dress(self, frame: Frame) -> bool:
        """Add the words that open and close sessions; False where there is no room for them."""
        session = 0.0
        for number, share in enumerate(self.shares, 1):
            session = share.begins if share.opens else session
            if not share.slot.stream:
                share.ends = share.begins + (share.slot.length + frame.around(share.opens, share.closes))
            room = self.starts[number] - share.ends if number < len(self.shares) else FOREVER
            if (
                room < 0
                or (share.closes and room <= SESSION_GAP)
                or share.ends - session > self.longest_session
                or not self.is_open(share.begins, share.ends)
            ):
                return False
        return True


def clock(seconds: float) -> str:
    """A time of day as people write it; a next day's too.

    >>> clock(63000), clock(86700.5)
    ('17:30', '00:05')
    """
    minutes = int(seconds) // 60 % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def to_the_second(seconds: float) -> str:
    """As `clock`, with the seconds where there are any.

    >>> to_the_second(63000), to_the_second(63024)
    ('17:30', '17:30:24')
    """
    seconds = ceil(seconds)  # what is not over at 17:30:00.4 is told as over at 17:30:01
    rest = seconds % 60
    return f"{clock(seconds)}:{rest:02}" if rest else clock(seconds)


def _too_long(words: float) -> Denial:
    why = Message(
        "with the words of its session ({seconds} s) it would leave the hours of policy", seconds=round(words)
    )
    return Denial(Expected.REFUSED, Reason(Refusal.POLICY, why))


def _displaced(slot: Slot, free: float, blocker: Share) -> Message:
    """What is in the way, and the choices that a person has: follow on, override, shorten."""
    minutes = ceil((free - slot.at) / 60)
    facts = {
        **{"other": blocker.slot.title, "time": to_the_second(free), "seconds": round(free - slot.at)},
        **{"at": clock(ceil(free / 60) * 60), "minutes": minutes},
    }
    if slot.level is Level.ROUTINE and blocker.slot.level is Level.ROUTINE:
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
