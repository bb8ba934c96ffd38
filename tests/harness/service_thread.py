"""The daemon's service in a thread of the test, on the clock of the machine, behind its control socket.

Everything is the daemon's own but its loop and its process, for tests in which something else is tried beside a daemon.
Of its children it has those that do what the agent asks for, and those that make the sound of an alarm.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

from harness.waiting import PATIENCE
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.control_socket import ControlSocket
from loudspeaker.daemon.on_air import speakers
from loudspeaker.daemon.service import Service
from loudspeaker.station import Station

LOOK = 0.5  # s
T = TypeVar("T")
logger = logging.getLogger(__name__)


class ChildrenOfAgent(Children):
    """What the agent asks for is done; nothing is made or read ahead, and no doctor looks."""

    def start(self, *words: str, **facts: object) -> None:
        if words[0] == "fleet":
            super().start(*words, **facts)  # type: ignore[arg-type]


def go_on(do: Callable[[], T]) -> T | None:
    """As the daemon's loop: whatever goes wrong in one call (a log that is locked) is told, and it is called again."""
    try:
        return do()
    except Exception as error:
        logger.warning("%r", error)
        return None


class ServiceThread(Thread):
    """Takes requests from its opening to the end of the `with` block."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home, self._opened = home, Event()
        self._over, self._told = socket.socketpair()  # the first is closed, and the second tells so

    def __enter__(self) -> ServiceThread:
        self.start()
        assert self._opened.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.close()
        self.join()
        self._told.close()

    def run(self) -> None:
        """A step when the service wants one, and after whatever comes in; a look each half second."""
        with closing(Station.open(self.home)) as station, DefaultSelector() as selector:
            children = ChildrenOfAgent(station.paths.command_line)
            service = Service(station, speakers(station), children=children)
            with closing(service), closing(ControlSocket(station.paths.socket, selector, service.carry_out)):
                selector.register(self._told, EVENT_READ)
                looks_at, is_over = 0.0, False
                while not is_over:
                    if monotonic() >= looks_at:
                        go_on(service.look)
                        looks_at = monotonic() + LOOK
                    wake = go_on(service.step)
                    self._opened.set()
                    ahead = (wake - station.clock.now()).total_seconds() if wake else LOOK
                    for key, events in selector.select(max(min(ahead, looks_at - monotonic()), 0.0)):
                        if key.fileobj is self._told:
                            is_over = True
                        else:
                            key.data(events)
