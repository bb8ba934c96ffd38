"""A while without the daemon, for what it must not have open meanwhile: a log that is closed for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import Message, Refused
from . import rooms
from .command_context import current_station_context

BY = "loudspeaker"


@contextmanager
def without_daemon(needed: bool) -> Iterator[None]:
    """Stop the service for the block, where that is needed, and give the service what root has written.

    Raises `Refused` where a daemon goes on that somebody has started by hand.
    """
    if not needed:
        yield
        return
    context, trials = current_station_context(), rooms.trials.Trials()
    stopped = trials.active(context.home)
    if stopped:
        trials.service("stop")
    try:
        if rooms.protocol.on_air(context.paths.socket) is not None:
            raise Refused(
                Message("a daemon of this station goes on: end it first, where somebody has started it by hand")
            )
        yield
    finally:
        rooms.box_setup.BoxSetup(context.home, BY).hand_over()
        if stopped:
            trials.service("start")
