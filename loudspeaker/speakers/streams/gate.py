"""The only way from ffmpeg to the network: a proxy on this machine that goes to named hosts and to no other.

A redirect, a playlist, a segment or a key may name any host. Each is a connection of its own, and each is asked here:
what is not on the list is refused before a byte leaves. What the sound is, is not known in here.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import SplitResult, urlsplit

PATIENCE = 8.0  # seconds to reach a host
PIECE = 1 << 16  # bytes
OWN = {"connection", "proxy-connection", "proxy-authorization"}  # headers between ffmpeg and us


class Gate(ThreadingHTTPServer):
    """Open as soon as it is made, at `address`; `turned_away` and `unreached` name the hosts that were asked last."""

    daemon_threads = True

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(("127.0.0.1", 0), Errand)
        self.hosts = {host.casefold() for host in hosts}
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.turned_away = self.unreached = ""
        Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Either side may leave at any time."""


class Errand(BaseHTTPRequestHandler):
    """One connection of ffmpeg's, which leads to one host."""

    server: Gate

    def do_GET(self) -> None:
        """Plain HTTP: the request goes on as its host wants it, and the answer is all there is."""
        place = urlsplit(self.path)
        if server := self._reach(place, 80):
            with server:
                server.sendall(self._request(place))
                pass_on(server, self.connection)

    def do_CONNECT(self) -> None:
        """TLS: bytes, both ways."""
        if server := self._reach(urlsplit(f"//{self.path}"), 443):
            with server:
                self.send_response(200)
                self.end_headers()
                Thread(target=pass_on, args=(self.connection, server), daemon=True).start()
                pass_on(server, self.connection)

    def log_message(self, *_: object) -> None: ...

    def _reach(self, place: SplitResult, port: int) -> socket.socket | None:
        """The named host, or None once ffmpeg knows that it cannot have it."""
        self.close_connection = True
        host = place.hostname or ""
        if host not in self.server.hosts:
            self.server.turned_away = host
            self.send_error(403)
            return None
        try:
            return socket.create_connection((host, place.port or port), PATIENCE)
        except OSError:
            self.server.unreached = host
            self.send_error(502)
            return None

    def _request(self, place: SplitResult) -> bytes:
        kept = [f"{name}: {value}" for name, value in self.headers.items() if name.casefold() not in OWN]
        path = place._replace(scheme="", netloc="").geturl() or "/"
        return "\r\n".join([f"GET {path} HTTP/1.1", *kept, "Connection: close", "", ""]).encode("latin-1")


def pass_on(source: socket.socket, to: socket.socket) -> None:
    """Everything that comes, until it ends on either side; then neither has more to say."""
    source.settimeout(None)
    with suppress(OSError):
        while piece := source.recv(PIECE):
            to.sendall(piece)
    with suppress(OSError):
        to.shutdown(socket.SHUT_RDWR)
