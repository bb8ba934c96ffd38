"""The hub's session with its broker (MQTT 5): bells, live alerts, manifests and short files out, what boxes say in.

Nothing that the broker keeps is relied on: at each connection all bells and live alerts are published again, retained.
Manifests, which are long, and which a box that lacks one fetches, only where the broker has forgotten this session.
What boxes say is acknowledged when it is on the disk, many at a time; after a power cut the broker sends it again.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ..fleet.hub_settings import make_tls_context
from ..fleet.joining import Address
from ..fleet.topics import ALL_BOXES, MOST_SAID_BYTES, QOS, HubBirth, Topic, TopicKind, format_message
from ..interfaces import Clock
from ..store.atomic import WriteError
from .bells import RungBell
from .boxes.broker_accounts import HUB_USER
from .boxes.said_messages import SaidMessage, keep_messages
from .hub import BrokerContact
from .hub_database import HubDatabase
from .published_files import PublishedScope

KEEP_ALIVE, WEEK = 60, 7 * 86_400  # s
RECONNECT = 1, 60  # s, the first pause and the longest
MOST_AT_ONCE = 500  # messages in one transaction
GATHER = 0.05  # s behind one that came: a transaction for each costs four times as much of a processor
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """What the hub tells boxes. `expires`: seconds after which the broker forgets it; `retain`: for later boxes too."""

    topic: str
    payload: bytes
    expires: int | None = None
    retain: bool = True


def publications(bells: Sequence[RungBell], now: datetime) -> list[Publication]:
    """What boxes are told of these scopes: alerts that have not ended, then files, then manifests, then all bells."""
    alerts = [alert for bell in bells for alert in _alert_publications(bell.published, now)]
    files = [_publication(TopicKind.FILE, bell.published, file) for bell in bells for file in bell.files]
    manifests = [_manifest_publication(bell.published) for bell in bells]
    rung = [_publication(TopicKind.BELL, bell.published, bell.raw) for bell in bells]
    return [*alerts, *files, *manifests, *rung]


def _publication(kind: TopicKind, of: PublishedScope, payload: bytes) -> Publication:
    return Publication(str(Topic(kind, of.scope)), payload, retain=kind is not TopicKind.FILE)


def _manifest_publication(of: PublishedScope) -> Publication:
    """One that is too long is fetched; then nothing is retained, not the one before either."""
    return _publication(TopicKind.MANIFEST, of, of.raw if len(of.raw) <= MOST_SAID_BYTES else b"")


def _alert_publications(of: PublishedScope, now: datetime) -> Iterator[Publication]:
    for alert in of.alerts:
        document = alert.opened.document
        left = int((document.until - now).total_seconds())
        if left > 0:
            yield Publication(str(Topic(TopicKind.ALERT, of.scope, document.seq)), alert.raw, left)


class HubSession:
    """Connects to the broker again and again until it is closed. `rung` gives all bells with their alerts."""

    def __init__(
        self,
        database: HubDatabase,
        clock: Clock,
        address: Address,
        password: str,
        ca: str,
        rung: Callable[[], list[RungBell]],
        contact: BrokerContact | None = None,
    ) -> None:
        self._contact = contact or BrokerContact()
        self._database = database
        self._clock = clock
        self._rung = rung
        self._born = HubBirth(clock.now())
        self._published: dict[str, bytes] = {}  # what was published last under each topic, on this connection
        self._arrived: SimpleQueue[MQTTMessage | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._keep_arriving, name="what boxes say")
        self._client = self._make_client(password, make_tls_context(ca))
        self._address = address

    def open(self) -> None:
        """Begin to connect; nothing waits for it."""
        settings = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        settings.SessionExpiryInterval = WEEK
        self._contact.lost = self._clock.now()
        self._writer.start()
        self._client.connect_async(
            self._address.host, self._address.port, KEEP_ALIVE, clean_start=False, properties=settings
        )
        self._client.loop_start()

    def close(self) -> None:
        """Leave; what has arrived is kept first."""
        self._arrived.put(None)
        self._writer.join()
        self._client.disconnect()
        self._client.loop_stop()

    def tell(self, bells: Sequence[RungBell]) -> None:
        """Publish what has changed, and nothing twice; without a connection it is published with the next one."""
        if self._client.is_connected():
            self._publish_new(bells)

    def _make_client(self, password: str, tls: ssl.SSLContext) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, HUB_USER, protocol=MQTTv5, manual_ack=True)
        client.username_pw_set(HUB_USER, password)
        client.tls_set_context(tls)
        client.reconnect_delay_set(*RECONNECT)
        client.on_connect = self._greet
        client.on_disconnect = self._note_loss
        client.on_message = lambda client, data, message: self._arrived.put(message)
        return client

    def _greet(
        self, client: Client, data: object, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        """Connected: tell everything anew, and hear all boxes."""
        if reason.is_failure:
            logger.warning("the broker refuses the hub: %s", reason)
            return
        rung = self._rung()
        self._published = self._manifests_there(rung) if flags.session_present else {}
        self._contact.lost = None
        client.subscribe(ALL_BOXES, QOS)
        self._publish_new(rung)
        self._publish(Publication(str(Topic(TopicKind.BIRTH)), format_message(self._born)))

    def _manifests_there(self, rung: Sequence[RungBell]) -> dict[str, bytes]:
        """The manifests that a broker has which still knows this session: by this process, or by one before it."""
        manifests = [(_manifest_publication(bell.published), bell.is_known) for bell in rung]
        return {
            publication.topic: publication.payload
            for publication, is_known in manifests
            if is_known or self._published.get(publication.topic) == publication.payload
        }

    def _note_loss(
        self, client: Client, data: object, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._contact.lost = self._contact.lost or self._clock.now()
        if reason.is_failure:
            logger.warning("the broker is lost: %s", reason)

    def _publish_new(self, bells: Sequence[RungBell]) -> None:
        for publication in publications(bells, self._clock.now()):
            if self._published.get(publication.topic) != publication.payload:
                self._publish(publication)

    def _publish(self, publication: Publication) -> None:
        settings = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if publication.expires:
            settings.MessageExpiryInterval = publication.expires
        if publication.retain:
            self._published[publication.topic] = publication.payload
        self._client.publish(publication.topic, publication.payload, QOS, publication.retain, settings)

    def _keep_arriving(self) -> None:
        """Keep what boxes say and acknowledge it; a full disk keeps nothing, and the broker sends it again."""
        while batch := self._next_batch():
            messages = [message for message in batch if message is not None]
            arrived = [SaidMessage(message.topic, bytes(message.payload), message.retain) for message in messages]
            try:
                keep_messages(self._database, arrived, self._clock.now())
            except WriteError as error:
                logger.error("%s", error)
            else:
                for message in messages:
                    self._client.ack(message.mid, message.qos)
            if None in batch:
                return

    def _next_batch(self) -> list[MQTTMessage | None]:
        """Wait for a message, and take those that came with it."""
        batch = [self._arrived.get()]
        time.sleep(GATHER)
        while len(batch) < MOST_AT_ONCE and batch[-1] is not None:
            try:
                batch.append(self._arrived.get_nowait())
            except Empty:
                break
        return batch
