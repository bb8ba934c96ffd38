"""On the air without a daemon: a command opens the outputs itself until all that it was asked for is over.

Meanwhile it keeps the daemon's door, so that `stop` and `urgent --end` reach it and nobody else opens the same card.
"""

from __future__ import annotations

import os
import selectors
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

from ..control import Door
from ..store.asrun import LogUnusable
from .asked import INTERRUPTED, Asked
from .interruptions import interruptions
from .live import speakers, stop_button
from .planning import Row
from .record import Recording

BLINK = 0.02  # s
RETRY = timedelta(seconds=1)  # after a log that takes nothing; the conductor keeps what it has to write


def by_hand(station: Recording, verb: str, facts: dict[str, Any]) -> list[Row]:
    """Do it, and tell what became of it once everything is over; an interruption stops the sound and says so.

    Raises `Refused` where somebody else is on the air by now.
    """
    assert station.log  # makes the folder, where there is none
    with selectors.DefaultSelector() as selector, _opened(station, selector) as live, interruptions() as interrupted:
        ids = live.carry_out(verb, facts, os.getuid())
        assert isinstance(ids, list)
        while live.conductor.open():
            if interrupted and interrupted.pop():
                live.stop((), live.say(INTERRUPTED), facts["by"])
            wait = (_step(live) - live.now()).total_seconds()
            for key, events in selector.select(min(max(wait, 0.0), BLINK)):
                key.data(events)
        return live.outcome(ids)


@contextmanager
def _opened(station: Recording, selector: selectors.BaseSelector) -> Iterator[Asked]:
    """The outputs, behind the door that keeps others out."""
    lives: list[Asked] = []
    door = Door(station.socket, selector, lambda do, args, uid: lives[0].carry_out(do, args, uid))
    with closing(door):
        outputs, button = speakers(station), stop_button(station)
        live = Asked(station, outputs, station.clock, station.log, alone=True, button=button)
        with closing(live):
            lives.append(live)
            yield live


def _step(live: Asked) -> datetime:
    try:
        return live.step()
    except LogUnusable:  # a full disk must not cut off what is on the air
        return live.now() + RETRY
