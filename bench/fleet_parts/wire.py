"""One connection of a simulated box to the broker; it knows neither its box nor the other connections."""

from __future__ import annotations

import select
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from loudspeaker.fleet.topics import Presence, Topic, TopicKind, format_message

from .packets import connect_packet

READ = 1 << 16


@dataclass(frozen=True)
class Broker:
    """Where to connect to, and whether the broker shall say it when the connection is lost."""

    port: int  # on this machine
    tls: ssl.SSLContext | None
    has_will: bool


class Watcher(Protocol):
    """Who waits for all connections of the process."""

    def watch(self, wire: Wire, events: int) -> None: ...
    def forget(self, wire: Wire) -> None: ...


class Wire:
    """One connection. `buffer` is what came and was not yet read by its owner, `last` when something was sent."""

    __slots__ = ("broker", "buffer", "is_ready", "is_up", "last", "name", "out", "password", "sock", "watcher")

    def __init__(self, broker: Broker, watcher: Watcher, name: str, password: str) -> None:
        self.broker, self.watcher, self.name, self.password = broker, watcher, name, password
        self.sock: socket.socket | None = None
        self.buffer, self.out, self.is_up, self.is_ready, self.last = bytearray(), bytearray(), False, False, 0.0

    def connect(self) -> None:
        self.close()
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BlockingIOError):
            sock.connect(("127.0.0.1", self.broker.port))
        self.sock, self.is_ready = sock, False
        self.buffer.clear()
        will = None
        if self.broker.has_will:
            will = (str(Topic(TopicKind.PRESENCE, self.name)), format_message(Presence(on=False)))
        self.out = bytearray(connect_packet(self.name, self.password, will))
        self.watcher.watch(self, select.EPOLLIN | select.EPOLLOUT)

    def close(self) -> None:
        if self.sock:
            self.watcher.forget(self)
            self.sock.close()
            self.sock = None
        self.is_up = False

    def send(self, raw: bytes) -> None:
        if not self.sock:
            return
        waits = bool(self.out)
        self.out += raw
        if not waits:
            self.flush()

    def flush(self) -> None:
        """Raises nothing: what is lost is found when it is read."""
        assert self.sock
        try:
            while self.out:
                del self.out[: self.sock.send(self.out)]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            self.watcher.watch(self, select.EPOLLIN | select.EPOLLOUT)
        except OSError:
            self.out.clear()
        self.last = time.monotonic()

    def wake(self, events: int) -> bool:
        """Read what is there; False where the connection is gone."""
        try:
            if not self.is_ready:
                self._shake_hands()
            if events & select.EPOLLOUT:
                self.watcher.watch(self, select.EPOLLIN)
            self.flush()
            while raw := self.sock.recv(READ):
                self.buffer += raw
            return False
        except ssl.SSLWantWriteError:
            self.watcher.watch(self, select.EPOLLIN | select.EPOLLOUT)
        except ssl.SSLWantReadError:
            self.watcher.watch(self, select.EPOLLIN)
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True

    def _shake_hands(self) -> None:
        if self.broker.tls and not isinstance(self.sock, ssl.SSLSocket):
            self.sock = self.broker.tls.wrap_socket(
                self.sock, server_hostname="localhost", do_handshake_on_connect=False
            )
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()
        self.is_ready = True
