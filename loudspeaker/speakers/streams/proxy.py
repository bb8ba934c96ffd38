"""The only way from ffmpeg to the network: a proxy on this machine that goes to named hosts and to no other.

A redirect, a playlist, a segment or a key may name any host. Each is a connection of its own, and each is asked here:
what is not on the list is refused before a byte leaves. What the sound is, is not known in here.

TLS ends here, on both sides: ffmpeg looks at no certificate of what a playlist names, whatever it is told to verify. So
each host's is verified here, by the CAs of the system, and ffmpeg is shown one that is worth nothing.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}
PATIENCE = 8.0  # seconds to reach a host
PIECE = 1 << 16  # bytes
CERTIFICATE = {9: "early", 10: "expired", 62: "misnamed", 64: "misnamed"}  # OpenSSL's X509_V_ERR_…: our word
OWN = {"connection", "proxy-connection", "proxy-authorization"}  # headers between ffmpeg and us


class Unreached(Exception):
    """A host cannot be had; `fault` is a word that the daemon has a sentence for."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Gate(ThreadingHTTPServer):
    """Open as soon as it is made, at `address`; `fault` tells why a host could not be had, and which."""

    daemon_threads = True

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(("127.0.0.1", 0), Errand)
        self.hosts = {host.casefold() for host in hosts}
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.fault: Mapping[str, str] | None = None
        Thread(target=self.serve_forever, daemon=True).start()

    @cached_property
    def trust(self) -> ssl.SSLContext:
        return system_trust()

    @cached_property
    def disguise(self) -> ssl.SSLContext:
        """What ffmpeg is shown. Raises `OSError` where there is no openssl."""
        with TemporaryDirectory() as folder:
            paths = {"-out": f"{folder}/certificate", "-keyout": f"{folder}/key"}
            words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=gate"]
            files = [word for pair in paths.items() for word in pair]
            subprocess.run(["openssl", "req", "-x509", *words, *files], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*paths.values())
        return context

    def handle_error(self, request: object, client_address: object) -> None:
        """Either side may leave at any time."""


class Errand(BaseHTTPRequestHandler):
    """One connection of ffmpeg's, which leads to one host."""

    server: Gate
    _reached: socket.socket | None = None

    def do_GET(self) -> None:
        """The request goes on as its host wants it, and the answer is all there is."""
        place = urlsplit(self.path)
        if server := self._reached or self._reach(place, PORTS["http"]):
            with server:
                server.sendall(self._request(place))
                pass_on(server, self.connection)

    def do_CONNECT(self) -> None:
        """TLS with the host, then with ffmpeg; the request that follows is like any other."""
        if server := self._reach(urlsplit(f"//{self.path}"), PORTS["https"], self.server.trust):
            with server:
                self.send_response(200)
                self.end_headers()
                with self.server.disguise.wrap_socket(self.connection, server_side=True) as self.request:
                    self._reached = server
                    self.setup()
                    self.handle_one_request()

    def log_message(self, *_: object) -> None: ...

    def _reach(self, place: SplitResult, port: int, trust: ssl.SSLContext | None = None) -> socket.socket | None:
        """The named host, by TLS where there is a `trust`, or None once ffmpeg knows that it cannot have it."""
        self.close_connection = True
        host = place.hostname or ""
        try:
            if host not in self.server.hosts:
                raise Unreached("foreign")
            return reach(host, place.port or port, trust)
        except Unreached as error:
            self.server.fault = {"fault": error.fault, "detail": host}
            self.send_error(403 if error.fault == "foreign" else 502)
            return None

    def _request(self, place: SplitResult) -> bytes:
        kept = [f"{name}: {value}" for name, value in self.headers.items() if name.casefold() not in OWN]
        path = place._replace(scheme="", netloc="").geturl() or "/"
        return "\r\n".join([f"GET {path} HTTP/1.1", *kept, "Connection: close", "", ""]).encode("latin-1")


def reach(host: str, port: int, trust: ssl.SSLContext | None) -> socket.socket:
    """A connection, by TLS where there is a `trust`. Raises `Unreached`."""
    try:
        line = socket.create_connection((host, port), PATIENCE)
        return trust.wrap_socket(line, server_hostname=host) if trust else line
    except ssl.SSLCertVerificationError as error:
        raise Unreached(CERTIFICATE.get(error.verify_code, "untrusted")) from error
    except ssl.SSLError as error:
        raise Unreached("insecure") from error
    except OSError as error:
        raise Unreached("unreached") from error


def system_trust() -> ssl.SSLContext:
    """Whom we believe: those whom the system believes."""
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # an office's own CA is seldom by the book
    return context


def pass_on(source: socket.socket, to: socket.socket) -> None:
    """Everything that comes, until it ends on either side; then neither has more to say."""
    source.settimeout(None)
    with suppress(OSError):
        while piece := source.recv(PIECE):
            to.sendall(piece)
    with suppress(OSError):
        to.shutdown(socket.SHUT_RDWR)
