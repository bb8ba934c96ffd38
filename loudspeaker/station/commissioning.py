"""Which outputs may air what is planned: a station made empty keeps silent until a person has tried each of them.

Kept as events of the log. A station whose log does not say that it was made empty was there before, and is
commissioned.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..playout.ports import Log

EMPTY = "made-empty"  # the event with which `init --empty` begins a log
COMMISSION = "commission"  # a person's word that an output was heard: facts `output`, `by`


def mark_empty(log: Log, now: datetime) -> None:
    """Begin the log of a station that is to keep silent until it is commissioned."""
    log.event(EMPTY, "", now)


def uncommissioned(log: Log, outputs: Iterable[str]) -> frozenset[str]:
    """Those of `outputs` that may not air what is planned yet."""
    if not log.events(EMPTY):
        return frozenset()
    return frozenset(outputs) - {str(event.facts["output"]) for event in log.events(COMMISSION)}
