"""The console's process: its pages, the certificate that it renews, and plain http beside them."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Thread
from typing import Any

from uvicorn.server import Server

from ..errors import BadUsage
from .app import create_app, create_authority_app
from .certificate import CertificateFiles, renew_if_due
from .console import Console
from .http_server import LeavingServer, LimitedProtocol, server_config, tls_context, tune_threads

logger = logging.getLogger(__name__)
DAY = 86_400.0  # s between two looks whether the certificate ends soon
IDLE = 900.0  # s without a request, after which a service leaves until its socket is asked again


def serve(
    console: Console,
    listening: socket.socket,
    certificate: tuple[Path, Path] | None = None,
    idle: float | None = None,
    ready: Callable[[], object] = lambda: None,
    protocol: type[LimitedProtocol] = LimitedProtocol,
    plain: socket.socket | None = None,
    renews: float = DAY,
) -> None:
    """Answer at `listening` until a signal ends it. `certificate`: chain and key, where it is https.

    At `plain`, over http, phones take the authority's certificate, and nothing else. A page that is always open keeps
    the process alive for months: every `renews` seconds the certificate is renewed, where it ends soon.
    """
    context = tls_context(*certificate) if certificate else None
    settings: dict[str, Any] = {"ssl_context_factory": lambda config, default: context} if context else {}

    def renew() -> None:
        if context and certificate:
            try:
                renew_if_due(CertificateFiles(certificate[0].parent))
                context.load_cert_chain(*certificate)
            except (BadUsage, OSError) as error:  # the old one is good for some weeks yet
                logger.warning("the certificate cannot be renewed: %s", error)

    config = server_config(create_app(console), protocol, **settings)
    server = LeavingServer(config, idle, console.live.close, renew, renews)
    tune_threads()
    with _serve_beside(console, plain, protocol) if plain else nullcontext():
        ready()
        server.run([listening])


@contextmanager
def _serve_beside(console: Console, plain: socket.socket, protocol: type[LimitedProtocol]) -> Iterator[None]:
    """What is served over plain http, in a thread of its own."""
    server = Server(server_config(create_authority_app(console), protocol))
    thread = Thread(target=server.run, args=([plain],), name="plain http")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
