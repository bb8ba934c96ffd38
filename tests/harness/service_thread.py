"""The daemon's service in a thread of the test, on the clock of the machine, behind its control socket.

Everything is the daemon's own but its loop and its process, for tests in which something else is tried beside a daemon.
Of its children it has those that do what the agent asks for, and those that make the sound of an alarm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from selectors import DefaultSelector
from threading import Event, Thread
from time import monotonic

from harness.waiting import PATIENCE
from loudspeaker.daemon.children import Children
from loudspeaker.daemon.control_socket import ControlSocket
from loudspeaker.daemon.on_air import speakers
from loudspeaker.daemon.service import Service
from loudspeaker.station import Station

BLINK, LOOK = 0.05, 0.5  # s
logger = logging.getLogger(__name__)


class ChildrenOfAgent(Children):
    """What the agent asks for is done; nothing is made or read ahead, and no doctor looks."""

    def start(self, *words: str, **facts: object) -> None:
        if words[0] == "fleet":
            super().start(*words, **facts)  # type: ignore[arg-type]


def go_on(do: Callable[[], object]) -> None:
    """As the daemon's loop: whatever goes wrong in one call (a log that is locked) is told, and it is called again."""
    try:
        do()
    except Exception as error:
        logger.warning("%r", error)


class ServiceThread(Thread):
    """Takes requests from its opening to the end of the `with` block."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home, self._opened, self._over = home, Event(), Event()

    def __enter__(self) -> ServiceThread:
        self.start()
        assert self._opened.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        with closing(Station.open(self.home)) as station, DefaultSelector() as selector:
            children = ChildrenOfAgent(station.paths.command_line)
            service = Service(station, speakers(station), children=children)
            with closing(service), closing(ControlSocket(station.paths.socket, selector, service.carry_out)):
                looked = 0.0
                while not self._over.is_set():
                    if monotonic() - looked > LOOK:
                        go_on(service.look)
                        looked = monotonic()
                    go_on(service.step)
                    self._opened.set()
                    for key, events in selector.select(BLINK):
                        key.data(events)
