"""Somebody who keeps the daemon's door and remembers what was asked, and somebody who asks. No tests here."""

from __future__ import annotations

import selectors
import socket
from pathlib import Path
from threading import Thread
from typing import Any

from loudspeaker.daemon.client import Client
from loudspeaker.daemon.control_socket import ControlSocket
from loudspeaker.errors import LoudspeakerError
from loudspeaker.station import Station


class FakeDaemon:
    """Somebody who polls a door, and what was asked of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asked: list[tuple[str, dict[str, Any], int]] = []
        self.answers: dict[str, object] = {"pins": {}}
        self.error: LoudspeakerError | None = None
        self.bug: Exception | None = None
        self._selector = selectors.DefaultSelector()
        self.door = ControlSocket(path, self._selector, self._carry_out)
        self._open = True
        self._bell = socket.socketpair()  # wakes whoever polls, to end
        self._selector.register(self._bell[0], selectors.EVENT_READ, lambda events: None)
        self._thread = Thread(target=self._poll)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        self._bell[1].send(b"!")
        self._thread.join()
        for end in self._bell:
            end.close()
        self.door.close()
        self._selector.close()

    def _poll(self) -> None:
        while self._open:
            for key, events in self._selector.select(0.01):
                key.data(events)
            self.door.tend()

    def _carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        self.asked.append((do, args, uid))
        if error := self.error or self.bug:
            raise error
        return self.answers.get(do, args.get("answer"))


def client_of(station: Station) -> Client:
    """A terminal of this station, where somebody gives commands."""
    return Client(station.paths.home, station.paths.state, lambda: station, clock=station.clock)
