"""A certificate authority for the tests, and servers with its certificates. No tests here."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOUND = shutil.which("openssl") is not None
Certificate = tuple[Path, Path]  # with its key
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
CONFIG = """
[ca]
default_ca = one
[one]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


class Authority:
    """Whom a box may trust: by the file `own`."""

    def __init__(self, folder: Path, name: str = "Tests") -> None:
        folder.mkdir()
        self.own, self.key, self._folder = folder / "ca.pem", folder / "ca.key", folder
        (folder / "index").touch()
        (folder / "config").write_text(CONFIG.format(folder=folder))
        openssl("req", "-x509", *KEY, "-keyout", self.key, "-out", self.own, *_named(name))

    def certificate(self, name: str, first: int = -1, last: int = 30) -> Certificate:
        """For the host `name`, from the `first` to the `last` day, counted from today."""
        request, certificate, key = (self._folder / f"{name}{first}{kind}" for kind in (".csr", ".pem", ".key"))
        openssl("req", *KEY, "-keyout", key, "-out", request, *_named(name))
        now = datetime.now(UTC)
        begins, ends = (f"{now + timedelta(days=days):%Y%m%d%H%M%SZ}" for days in (first, last))
        signed = ["-cert", self.own, "-keyfile", self.key, "-startdate", begins, "-enddate", ends]
        quiet = ["-batch", "-notext", "-config", self._folder / "config"]
        openssl("ca", *quiet, *signed, "-in", request, "-out", certificate)
        return certificate, key


def openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def _named(host: str) -> list[str]:
    return ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]


class Server(ThreadingHTTPServer):
    """Takes it calmly when whoever does not believe its certificate hangs up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None: ...


@contextmanager
def secured(handler: Callable[..., BaseHTTPRequestHandler], certificate: Certificate | None) -> Iterator[int]:
    """A server that shows this certificate, or speaks no TLS; its port."""
    server = Server(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
