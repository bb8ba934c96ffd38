"""A hub's folder over HTTPS, as a web server with ETag and Range serves it; and one that cuts, lies or floods."""

from __future__ import annotations

import base64
import hashlib
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from harness.certificates import Certificate, Server
from loudspeaker.fleet.hub_settings import HubSettings

USER, PASSWORD = "b-0a1b2c3d", "bí mật"
LOGIN = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@dataclass
class StaticHub:
    """What it serves, and how badly. `asked`: path and Range of each request; `sent`: bytes of files."""

    folder: Path
    port: int = 0
    cut_after: int | None = None  # bytes of an answer; then the connection is gone
    knows_ranges: bool = True
    status: int | None = None
    lies: bytes | None = None  # in place of every file
    endless: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    connections: int = 0

    def settings(self, ca: Path, mqtt_port: int = 1) -> HubSettings:
        return HubSettings("localhost", USER, PASSWORD, ca.read_text(), mqtt_port, self.port)


@contextmanager
def static_hub(folder: Path, certificate: Certificate, port: int = 0) -> Iterator[StaticHub]:
    """Serves `folder` on a port of this machine, by a thread for each connection."""
    hub = StaticHub(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            hub.connections += 1
            super().setup()

        def do_GET(self) -> None:
            hub.asked.append((self.path.lstrip("/"), self.headers["Range"]))
            path = folder / self.path.lstrip("/")
            if hub.status or self.headers["Authorization"] != LOGIN:
                return self._send(hub.status or 401, b"")
            if not path.is_file():
                return self._send(404, b"no such file")
            content = path.read_bytes() if hub.lies is None else hub.lies
            tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            if self.headers["If-None-Match"] == tag:
                return self._send(304, b"", ETag=tag)
            wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"] or "")
            if wanted and hub.knows_ranges:
                first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
                span = f"bytes {first}-{last}/{len(content)}"
                return self._send(206, content[first : last + 1], **{"Content-Range": span})
            return self._send(200, content, ETag=tag)

        def _send(self, status: int, content: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if hub.endless and status in (200, 206):
                self.end_headers()
                self.close_connection = True
                with suppress(OSError):
                    while True:
                        self.wfile.write(bytes(65536))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if hub.cut_after is not None and len(content) > hub.cut_after:
                self.wfile.write(content[: hub.cut_after])
                self.wfile.flush()
                self.close_connection = True
                return self.connection.close()
            return self.wfile.write(content) and None

        def log_message(self, *_words: object) -> None: ...

    server = Server(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    hub.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
