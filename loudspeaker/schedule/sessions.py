"""Time given out to all who ask on one output on one day, with room for what stands around a session.

Who opens and closes a session is known only when all is placed, and its words (signature tune, opening, closing)
take time, which may move what follows. So where they do not fit in, time is given out again with them reserved.
What was reserved stays reserved, so this ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .occurrences import Slot
from .timeline import Denial, Frame, Share, Timeline

Place = tuple[bool, bool]  # opens, closes


def allot(asked: Sequence[Slot], fresh: Callable[[], Timeline], frame: Frame) -> list[Share | Denial]:
    """What each of `asked`, in the order of the level law, gets from a `fresh` timeline."""
    reserved: list[Place] = [(False, False)] * len(asked)
    while True:
        timeline = fresh()
        fates = [timeline.give(slot, frame.around(*place)) for slot, place in zip(asked, reserved, strict=True)]
        timeline.settle()
        wider = [_wider(place, fate) for place, fate in zip(reserved, fates, strict=True)]
        if timeline.dress(frame) or wider == reserved:
            return fates
        reserved = wider


def _wider(place: Place, fate: Share | Denial) -> Place:
    if isinstance(fate, Denial):
        return place
    return place[0] or fate.opens, place[1] or fate.closes
