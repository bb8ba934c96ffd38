"""How pages and files are served over HTTP: sockets, TLS, how long a client may take, and when the server leaves.

uvicorn waits for ever for the rest of a request: here a connection is closed that has not said its head within `HEAD`
seconds, or sends its body more slowly than `SLOWEST`. Where there are too many, whoever has dawdled longest gives way
to whoever comes: no crowd of slow clients keeps the others out.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11
from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import Server

from ..errors import BadUsage, Message, reason

HEAD = 10.0  # s for the head of a request, and for a body to begin to flow
SLOWEST = 8_000  # bytes a second of a body
MOST_CONNECTIONS = 128  # from then on whoever dawdles gives way; at four times as many nobody is let in
CLOSING = 5  # s that what is being answered may take when we leave
TURN = 0.001  # s that one thread computes while another one waits: pages let go of the interpreter dozens of times
M_ARENA_MAX, ARENAS = -8, 2  # mallopt(3); eight for each processor otherwise
FIRST_FD = 3  # of a socket that systemd hands over (sd_listen_fds(3))


class LimitedProtocol(H11Protocol):
    """uvicorn's protocol for one connection, with a time-out for a request that does not come to its end."""

    head, slowest, most = HEAD, SLOWEST, MOST_CONNECTIONS
    _deadline: asyncio.TimerHandle | None = None
    _began = 0.0  # loop time at which the body began
    _bytes = 0  # of the body so far
    _since = 0.0  # loop time at which it was opened

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= self.most:
            self._make_room()
        super().connection_made(transport)
        self._since = self.loop.time()
        self._wait(self.head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was = self.conn.their_state
        super().data_received(data)
        now = self.conn.their_state
        if now is h11.SEND_BODY:
            self._began, self._bytes = (self._began, self._bytes) if was is h11.SEND_BODY else (self.loop.time(), 0)
            self._bytes += len(data)
            self._wait(self._began + self.head + self._bytes / self.slowest - self.loop.time())
        elif now is not h11.IDLE:
            self._forget()
        elif was is not h11.IDLE or self._deadline is None:  # the first bytes of a head
            self._wait(self.head)

    def _make_room(self) -> None:
        """Close the oldest connection whose request has not come to its end."""
        ours = [connection for connection in self.connections if isinstance(connection, LimitedProtocol)]
        if unfinished := [connection for connection in ours if connection._deadline]:
            oldest = min(unfinished, key=lambda connection: connection._since)
            oldest._forget()
            oldest._give_up()

    def _wait(self, seconds: float) -> None:
        self._forget()
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _forget(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()


class LeavingServer(Server):
    """uvicorn's server, which leaves after `idle` seconds in which nobody asked for anything; None: never.

    `leaving` is called when it leaves, for answers that would never end by themselves; `renew` every `renews` seconds,
    in a thread.
    """

    def __init__(
        self,
        config: Config,
        idle: float | None,
        leaving: Callable[[], object],
        renew: Callable[[], object],
        renews: float,
    ) -> None:
        super().__init__(config)
        self._idle = idle
        self._leaving = leaving
        self._renew = renew
        self._renews = renews
        self._renewed: float | None = None
        self._seen = -1
        self._until = 0.0

    async def on_tick(self, counter: int) -> bool:
        now = asyncio.get_running_loop().time()
        self._renewed = now if self._renewed is None else self._renewed
        if now - self._renewed >= self._renews:
            self._renewed = now
            await asyncio.to_thread(self._renew)
        if self._idle is not None:
            seen = self.server_state.total_requests
            if seen != self._seen or self.server_state.tasks:
                self._seen, self._until = seen, now + self._idle
            elif now >= self._until:
                self.should_exit = True
        if leaves := await super().on_tick(counter):
            self._leaving()
        return leaves


def server_config(app: ASGIApp, protocol: type[LimitedProtocol] = LimitedProtocol, **settings: Any) -> Config:
    """How uvicorn serves an application at a socket of ours."""
    return Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=4 * protocol.most,
        timeout_graceful_shutdown=CLOSING,
        h11_max_incomplete_event_size=32_768,
        **settings,
    )


def tls_context(chain: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or later, with this certificate. Raises `BadUsage` where it cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(chain, key)
    except OSError as error:
        raise BadUsage(
            Message("the certificate {file} cannot be used: {error}", file=chain, error=str(error))
        ) from error
    return context


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; "" is every address of this machine. Raises `BadUsage` where the address is taken."""
    everywhere = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if everywhere or ":" in host else socket.AF_INET
    try:
        return _answer_without_delay(socket.create_server((host, port), family=family, dualstack_ipv6=everywhere))
    except OSError as error:
        where = f"{host or '*'}:{port}"
        raise BadUsage(Message("no page can be shown at {where}: {error}", where=where, error=reason(error))) from error


def inherited_socket() -> socket.socket | None:
    """The socket that systemd holds for us and hands over with the first request; None where it does not."""
    with suppress(ValueError):
        if int(os.environ.get("LISTEN_PID", "")) == os.getpid() and int(os.environ.get("LISTEN_FDS", "")) == 1:
            return _answer_without_delay(socket.socket(fileno=FIRST_FD))
    return None


def _answer_without_delay(listening: socket.socket) -> socket.socket:
    """What is accepted inherits it. Else the kernel holds the body of an answer back for 40 ms, behind its head.

    asyncio would see to that, but not for sockets of which it was not told at their making that they are TCP's.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def tune_threads() -> None:
    """Have the threads of this process take short turns, and share two heaps.

    A page, or an alarm, would wait 5 ms each time behind whoever computes; and each thread would keep a heap, with all
    that its largest page once took.
    """
    sys.setswitchinterval(TURN)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc
    if mallopt:
        mallopt(M_ARENA_MAX, ARENAS)
