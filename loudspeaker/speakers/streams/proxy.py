"""The only way from ffmpeg to the network: a proxy on this machine that connects to named hosts and to no other.

A redirect, a playlist, a segment or a key may name any host. Each is a connection of its own, and each comes through
here: what is not on the list is refused before a byte leaves. The proxy knows nothing of sound.

TLS ends here, on both sides: ffmpeg verifies no certificate of what a playlist names, whatever it is told to verify.
So each host's certificate is verified here, by the CAs of the system, and ffmpeg is shown one that is worth nothing.
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
CONNECT_TIMEOUT = 8.0  # seconds
CHUNK = 1 << 16  # bytes
CERTIFICATE_FAULTS = {9: "early", 10: "expired", 62: "misnamed", 64: "misnamed"}  # by OpenSSL's X509_V_ERR_…
HOP_HEADERS = {"connection", "proxy-connection", "proxy-authorization"}  # between ffmpeg and the proxy only


class HostUnreachable(Exception):
    """There is no connection to a host; `fault` is a word that the daemon has a sentence for."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class HostProxy(ThreadingHTTPServer):
    """An HTTP proxy at `address`, which serves from a thread as soon as it is made.

    `fault` tells why a host could not be reached, and which, the last time that happened.
    """

    daemon_threads = True

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.hosts = {host.casefold() for host in hosts}
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.fault: Mapping[str, str] | None = None
        Thread(target=self.serve_forever, daemon=True).start()

    @cached_property
    def upstream_tls(self) -> ssl.SSLContext:
        """For connections to hosts."""
        return system_tls()

    @cached_property
    def local_tls(self) -> ssl.SSLContext:
        """For ffmpeg: a certificate made for this process. Raises `OSError` where there is no openssl."""
        with TemporaryDirectory() as folder:
            paths = {"-out": f"{folder}/certificate", "-keyout": f"{folder}/key"}
            options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=proxy"]
            files = [word for pair in paths.items() for word in pair]
            subprocess.run(["openssl", "req", "-x509", *options, *files], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*paths.values())
        return context

    def handle_error(self, request: object, client_address: object) -> None:
        """Either side may close its connection at any time."""


class ProxyHandler(BaseHTTPRequestHandler):
    """One connection of ffmpeg's, which leads to one host."""

    server: HostProxy
    _upstream: socket.socket | None = None

    def do_GET(self) -> None:
        """Pass on one request as its host wants it, and the answer."""
        url = urlsplit(self.path)
        if upstream := self._upstream or self._connect(url, PORTS["http"]):
            with upstream:
                upstream.sendall(self._request(url))
                copy_stream(upstream, self.connection)

    def do_CONNECT(self) -> None:
        """TLS with the host, then with ffmpeg; the request that follows is like any other."""
        if upstream := self._connect(urlsplit(f"//{self.path}"), PORTS["https"], self.server.upstream_tls):
            with upstream:
                self.send_response(200)
                self.end_headers()
                with self.server.local_tls.wrap_socket(self.connection, server_side=True) as self.request:
                    self._upstream = upstream
                    self.setup()
                    self.handle_one_request()

    def log_message(self, *_: object) -> None: ...

    def _connect(self, url: SplitResult, port: int, tls: ssl.SSLContext | None = None) -> socket.socket | None:
        """A connection to the named host, by TLS where `tls` is given; None once ffmpeg was told that there is none."""
        self.close_connection = True
        host = url.hostname or ""
        try:
            if host not in self.server.hosts:
                raise HostUnreachable("foreign")
            return connect(host, url.port or port, tls)
        except HostUnreachable as error:
            self.server.fault = {"fault": error.fault, "detail": host}
            self.send_error(403 if error.fault == "foreign" else 502)
            return None

    def _request(self, url: SplitResult) -> bytes:
        headers = [f"{name}: {value}" for name, value in self.headers.items() if name.casefold() not in HOP_HEADERS]
        path = url._replace(scheme="", netloc="").geturl() or "/"
        return "\r\n".join([f"GET {path} HTTP/1.1", *headers, "Connection: close", "", ""]).encode("latin-1")


def connect(host: str, port: int, tls: ssl.SSLContext | None) -> socket.socket:
    """A connection to `host`, by TLS where `tls` is given. Raises `HostUnreachable`."""
    try:
        connection = socket.create_connection((host, port), CONNECT_TIMEOUT)
        return tls.wrap_socket(connection, server_hostname=host) if tls else connection
    except ssl.SSLCertVerificationError as error:
        raise HostUnreachable(CERTIFICATE_FAULTS.get(error.verify_code, "untrusted")) from error
    except ssl.SSLError as error:
        raise HostUnreachable("insecure") from error
    except OSError as error:
        raise HostUnreachable("unreached") from error


def system_tls() -> ssl.SSLContext:
    """Verifies certificates by the CAs that the system trusts."""
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # an office's own CA is seldom by the book
    return context


def copy_stream(source: socket.socket, target: socket.socket) -> None:
    """Copy what comes until either side ends, then end `target`."""
    source.settimeout(None)
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
