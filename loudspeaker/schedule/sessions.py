"""Allocates time to all who ask for it on one output on one day, with room for what stands around a session.

Who opens and closes a session is known only when all is placed, and its words (signature tune, opening, closing)
take time, which may move what follows. So where they do not fit in, time is allocated again with them reserved.
What was reserved stays reserved, so this ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .occurrences import Demand
from .timeline import Allocation, Rejection, SessionFrame, Timeline

Outcome = Allocation | Rejection
Place = tuple[bool, bool]  # opens, closes


def allocate(demands: Sequence[Demand], fresh: Callable[[], Timeline], frame: SessionFrame) -> list[Outcome]:
    """What each of `demands`, in the order of the level law, gets from a `fresh` timeline."""
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
