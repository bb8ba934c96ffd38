"""Time given out to all who ask on one output on one day, with room for what stands around a session.

Who opens and closes a session is known only when all is placed, and its words (signature tune, opening, closing)
take time, which may move what follows. So time is given out again with those words reserved, until nobody needs
more. What was reserved stays reserved, so this ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .timeline import Denial, Share, Timeline
from .wishes import Slot


@dataclass(frozen=True, slots=True)
class Frame:
    """Lengths in seconds of what opens and what closes a session."""

    opening: float = 0.0
    closing: float = 0.0

    def around(self, opens: bool, closes: bool) -> float:
        return opens * self.opening + closes * self.closing


Places = list[tuple[bool, bool]]  # who opens, who closes


def allot(asked: Sequence[Slot], fresh: Callable[[], Timeline], frame: Frame) -> list[Share | Denial]:
    """What each of `asked`, in the order of the level law, gets from a `fresh` timeline."""
    reserved: Places = [(False, False)] * len(asked)
    while True:
        timeline = fresh()
        fates = [timeline.give(slot, frame.around(*place)) for slot, place in zip(asked, reserved, strict=True)]
        timeline.settle()
        needed = [_place(fate) for fate in fates]
        wider = [(had[0] or need[0], had[1] or need[1]) for had, need in zip(reserved, needed, strict=True)]
        if wider == reserved or frame == Frame():
            break
        reserved = wider
    for fate in fates:
        if isinstance(fate, Share) and not fate.slot.first.broadcast.stream:
            fate.ends = fate.begins + fate.slot.first.duration + frame.around(fate.opens, fate.closes)
    return fates


def _place(fate: Share | Denial) -> tuple[bool, bool]:
    return (fate.opens, fate.closes) if isinstance(fate, Share) else (False, False)
