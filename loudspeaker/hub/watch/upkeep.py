"""What a hub does for itself beside its work, in a thread of its own: it learns names at its start, and looks over its
files each day.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from ...errors import LoudspeakerError
from ..hub import Hub

FIRST, DAILY = 600.0, 86_400.0  # s after its start, and between two looks
PATIENCE = 5.0  # s that the end of the hub waits for it: what it writes is whole or not there
logger = logging.getLogger(__name__)


def keep_up(hub: Hub, ended: Event, first: float = FIRST) -> None:
    """Until `ended`; whatever fails is tried again the next day."""
    _try(hub.learn_names)
    pause = first
    while not ended.wait(pause):
        _try(hub.scrub)
        pause = DAILY


def _try(work: Callable[[], object]) -> None:
    try:
        work()
    except (LoudspeakerError, OSError) as error:
        logger.error("%s", error)
    except Exception:  # a mistake of the program ends no upkeep
        logger.exception("the hub’s upkeep")


@contextmanager
def upkeep(hub: Hub) -> Iterator[None]:
    """It goes on until the block ends."""
    ended = Event()
    thread = Thread(target=keep_up, args=[hub, ended], name="upkeep", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(PATIENCE)
