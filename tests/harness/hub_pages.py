"""A hub's addresses and pages over TLS, for browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from uvicorn.server import Server

from harness.waiting import wait_for
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_app import create_hub_app
from loudspeaker.hub.hub_site import HubSite
from loudspeaker.web.http_server import listen, server_config, tls_context


@contextmanager
def serving(hub: Hub, pages: HubSite) -> Iterator[int]:
    """They are answered at this port."""
    listening, files = listen("127.0.0.1", 0), hub.paths.tls
    context = tls_context(files.certificate, files.key)
    app = create_hub_app(hub, pages.create_app())
    server = Server(server_config(app, ssl_context_factory=lambda config, default: context))
    thread = Thread(target=server.run, args=([listening],))
    thread.start()
    wait_for(lambda: server.started)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()
    listening.close()
