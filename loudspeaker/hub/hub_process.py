"""A hub's process: its addresses over HTTPS, its session with the broker, and a look at the folder.

It looks whenever somebody has published, and every second anyway.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import closing, nullcontext
from threading import Event, Thread

from uvicorn.server import Server

from ..errors import LoudspeakerError
from ..fleet.joining import Address
from ..web.certificate import renew_if_due
from ..web.http_server import LimitedProtocol, server_config, tls_context, tune_threads
from .bells import RungBell
from .drafts.alert_numbers import notice_absence
from .hub import Hub
from .hub_app import create_hub_app
from .hub_session import HubSession
from .hub_site import HubSite
from .publish_socket import PublishSocket, notify_published
from .watch.incident_watch import watching
from .watch.upkeep import upkeep

LOOKS = 1.0  # s between two looks at the folder
logger = logging.getLogger(__name__)


class BoxProtocol(LimitedProtocol):
    """All boxes of a province come at one bell, and each connection takes a third of a megabyte: some come later."""

    most = 64


class FolderWatch(Thread):
    """Looks at the folder of a hub until it is closed, and has `session` tell boxes what has changed."""

    def __init__(self, hub: Hub, session: HubSession | None, looks: float = LOOKS) -> None:
        """Raises `OSError`."""
        super().__init__(name="published files")
        self._hub, self._session, self._looks = hub, session, looks
        self._published = PublishSocket(hub.paths.root)
        self._closed = Event()

    def run(self) -> None:
        while not self._closed.is_set():
            scopes = self._published.wait(self._looks)
            try:
                self._hub.bells.look(scopes or None, self._tell)
            except (LoudspeakerError, OSError) as error:  # a full disk: the next look may have more luck
                logger.error("%s", error)

    def _tell(self, bell: RungBell) -> None:
        if self._session:
            self._session.tell([bell])

    def close(self) -> None:
        self._closed.set()
        notify_published(self._hub.paths.root, "")
        self.join()
        self._published.close()


def serve_hub(
    hub: Hub,
    listening: socket.socket,
    broker: Address | None,
    pages: HubSite,
    ready: Callable[[], object] = lambda: None,
) -> None:
    """Answer at `listening` until a signal ends it; without a `broker` boxes have to ask again and again.

    The certificate is there already. Raises `BadUsage` where it cannot be used, `WriteError`.
    """
    prepare_broker(hub)
    tune_threads()
    files = hub.paths.tls
    context = tls_context(files.certificate, files.key)
    notice_absence(hub.paths.root, hub.database, hub.clock.now())
    hub.bells.look()
    with (
        closing(_open_session(hub, broker)) if broker else nullcontext() as session,
        closing(FolderWatch(hub, session)) as watch,
        watching(hub, pages.site.translate),
        upkeep(hub),
    ):
        watch.start()
        app = create_hub_app(hub, pages.create_app())
        config = server_config(app, BoxProtocol, ssl_context_factory=lambda config, default: context)
        ready()
        Server(config).run([listening])


def prepare_broker(hub: Hub) -> None:
    """Write all that Mosquitto reads of this hub; a certificate that ends soon is renewed. Raises `WriteError`."""
    renew_if_due(hub.paths.tls)
    hub.broker.write_certificate(hub.paths.tls)
    hub.tell_broker()


def _open_session(hub: Hub, broker: Address) -> HubSession:
    authority = hub.broker.authority.read_text(encoding="ascii")
    session = HubSession(hub.database, hub.clock, broker, hub.broker.password(), authority, hub.bells.rung, hub.contact)
    session.open()
    return session
