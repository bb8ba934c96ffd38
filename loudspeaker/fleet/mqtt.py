"""The broker: one MQTT 5 session that lasts seven days without a connection. What comes in is reported from any thread.

A message is acknowledged by whoever it was reported to; until then the broker sends it again on each new connection,
under a number of that connection. When to connect (again) is decided elsewhere.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ..errors import Message
from .alert_carrier import alert_event
from .courier_steps import CourierEvent, HubBorn, LinkDown, LinkUp
from .hub_settings import HubSettings, make_tls_context
from .topics import (
    MOST_MESSAGE_BYTES,
    QOS,
    BoxHealth,
    Presence,
    Receipt,
    Topic,
    TopicKind,
    format_message,
    parse_topic,
    retain_handling,
)

KEEPALIVE = 240  # s
EXPIRY = 7 * 24 * 3600  # s, of the session
RECEIVE_MAXIMUM = 20  # messages that are not acknowledged
CONNECT = 20.0  # s, for TCP and for TLS
MID_BITS = 16  # of a message's number

logger = logging.getLogger(__name__)


class LoopClient(Client):
    """paho's client, whose network loop several threads may begin and end.

    Its own `loop_stop` fails while another thread is between making the loop's thread and starting it: whoever connects
    again at that moment would end without a connection, and without a word.
    """

    def __init__(self, user: str) -> None:
        version = CallbackAPIVersion.VERSION2
        super().__init__(version, user, protocol=MQTTv5, reconnect_on_failure=False, manual_ack=True)
        self._loop_change = Lock()

    def loop_start(self) -> MQTTErrorCode:
        with self._loop_change:
            return super().loop_start()

    def loop_stop(self) -> MQTTErrorCode:
        with self._loop_change:
            return super().loop_stop()


class Broker:
    """The connection of one box. `report` is told what comes in; a bell, a manifest or a file goes to `hear`."""

    def __init__(
        self,
        settings: HubSettings,
        report: Callable[[CourierEvent], None],
        hear: Callable[[Topic, bytes], None],
    ) -> None:
        self._settings = settings
        self._report = report
        self._hear = hear
        self._connection = 0  # the number of the one that is there, or was last
        self._hub = ""
        self._has_session = False  # of an earlier connection
        self._own_sessions: set[str] = set()  # hubs to which this process has said what it wants
        self._birth: bytes | None = None
        self._client = client = LoopClient(settings.user)
        client.username_pw_set(settings.user, settings.password)
        client.tls_set_context(make_tls_context(settings.ca))
        client.connect_timeout = CONNECT
        client.will_set(str(self._own(TopicKind.PRESENCE)), format_message(Presence(on=False)), QOS, retain=True)
        client.on_connect, client.on_disconnect, client.on_message = self._note_connection, self._note_loss, self._take

    def connect(self, hub: str, settings: HubSettings) -> None:
        """Begin to, with the broker of the hub that is called so; `LinkUp` or `LinkDown` is reported."""
        self._hub = hub
        Thread(target=self._connect, args=(settings,), name="broker", daemon=True).start()

    def hang_up(self) -> None:
        """Give up the connection; the hub hears that this box has gone, as from its will."""
        if self._client.is_connected():
            self._publish(TopicKind.PRESENCE, format_message(Presence(on=False)), retain=True)
        self._client.disconnect()

    def close(self) -> None:
        """Leave."""
        self.hang_up()
        self._client.loop_stop()

    def subscribe(self, filters: tuple[str, ...], before: tuple[str, ...] = ()) -> None:
        """To `filters`, and no more to those of `before`, which a process before this one may have left."""
        options = {name: SubscribeOptions(QOS, retainHandling=retain_handling(name)) for name in filters}
        self._client.subscribe(list(options.items()))
        if before and self._has_session and self._hub not in self._own_sessions:
            self._client.unsubscribe(list(before))
        self._own_sessions.add(self._hub)

    def say_presence(self, presence: Presence) -> None:
        self._publish(TopicKind.PRESENCE, format_message(presence), retain=True)

    def say_health(self, health: BoxHealth) -> None:
        self._publish(TopicKind.HEALTH, format_message(health), retain=True)

    def say_receipt(self, receipt: Receipt) -> None:
        """It waits for the next connection where there is none."""
        self._publish(TopicKind.RECEIPT, format_message(receipt), retain=False)

    def acknowledge(self, message: int) -> None:
        """One that came by another connection comes again anyway."""
        connection, number = divmod(message, 1 << MID_BITS)
        if connection == self._connection:
            self._client.ack(number, QOS)

    def _connect(self, settings: HubSettings) -> None:
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = EXPIRY
        session.ReceiveMaximum = RECEIVE_MAXIMUM
        try:
            self._client.loop_stop()  # of the connection before
            self._client.connect(settings.address, settings.mqtt_port, KEEPALIVE, clean_start=False, properties=session)
            self._client.loop_start()
        except (OSError, ValueError) as error:
            logger.warning("%s", Message("the broker cannot be reached: {error}", error=str(error)))
            self._report(LinkDown())

    def _publish(self, kind: TopicKind, payload: bytes, retain: bool) -> None:
        self._client.publish(str(self._own(kind)), payload, QOS, retain)

    def _own(self, kind: TopicKind) -> Topic:
        return Topic(kind, self._settings.user)

    # What paho calls, in its own thread.

    def _note_connection(
        self, _client: Client, _data: object, flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            logger.warning("%s", Message("the broker does not let this box in: {why}", why=str(code)))
            return  # and closes the connection
        self._connection += 1
        self._has_session = flags.session_present
        self._report(LinkUp(self._hub))

    def _note_loss(
        self, _client: Client, _data: object, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        logger.warning("%s", Message("the broker is gone: {why}", why=str(code)))
        self._report(LinkDown())

    def _take(self, client: Client, _data: object, message: MQTTMessage) -> None:
        """Only an alert waits for its acknowledgement: all else comes again by itself, or is not for us."""
        topic, payload = parse_topic(message.topic), bytes(message.payload)
        if topic and topic.kind is TopicKind.ALERT and 0 < len(payload) <= MOST_MESSAGE_BYTES:
            number = (self._connection << MID_BITS) | message.mid
            return self._report(alert_event(topic.of, topic.seq, payload, number if message.qos else None))
        if topic and topic.kind in (TopicKind.BELL, TopicKind.MANIFEST, TopicKind.FILE):
            self._hear(topic, payload)
        elif topic and topic.kind is TopicKind.BIRTH:
            before, self._birth = self._birth, payload
            if before not in (None, payload):
                self._report(HubBorn())
        with suppress(ValueError):
            client.ack(message.mid, message.qos)
        return None


def probe_broker(settings: HubSettings) -> bool:
    """Does anything listen where the broker of this hub is?"""
    with suppress(OSError), socket.create_connection((settings.address, settings.mqtt_port), CONNECT):
        return True
    return False
