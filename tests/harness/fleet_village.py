"""A hub's two sides (a folder over HTTPS, Mosquitto) and one box, with its daemon and agent in threads or processes."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from harness.agent_thread import JumpingClock, agent_thread
from harness.alert_box import BOX, flood, sealed
from harness.broker import HUB, HUB_PASSWORD, MosquittoBroker, mosquitto
from harness.certificates import Authority
from harness.daemon_process import running_agent, running_daemon
from harness.office import SCOPE, Office, join, open_office
from harness.service_thread import ServiceThread
from harness.signing import PEOPLE
from harness.static_hub import USER, StaticHub, static_hub
from harness.waiting import PATIENCE, wait_for
from loudspeaker.fleet.hub_settings import make_tls_context, write_hub_settings
from loudspeaker.fleet.topics import (
    ALL_BOXES,
    HubBirth,
    Presence,
    Receipt,
    Topic,
    TopicKind,
    format_message,
    parse_message,
    parse_topic,
)
from loudspeaker.model.asrun_record import Event
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal
from loudspeaker.trust.signed_documents import Alert, Bell, Heads


class HubClient:
    """What a hub says by its broker, and what it hears of its boxes."""

    def __init__(self, broker: MosquittoBroker, ca: Path) -> None:
        self.heard: SimpleQueue[tuple[TopicKind, bytes]] = SimpleQueue()
        self._client = client = Client(CallbackAPIVersion.VERSION2, client_id=HUB, protocol=MQTTv5)
        client.username_pw_set(HUB, HUB_PASSWORD)
        client.tls_set_context(make_tls_context(ca.read_text()))
        client.reconnect_delay_set(1, 1)
        client.on_connect = lambda *_: client.subscribe(ALL_BOXES, 1)
        client.on_message = lambda _client, _data, message: self._hear(message.topic, message.payload)
        client.connect("localhost", broker.port)
        client.loop_start()
        wait_for(client.is_connected)

    def say(self, topic: Topic, payload: bytes, retain: bool = True, expiry: int | None = None) -> None:
        wait_for(self._client.is_connected)
        properties = Properties(PacketTypes.PUBLISH)
        if expiry:
            properties.MessageExpiryInterval = expiry
        self._client.publish(str(topic), payload, 1, retain, properties).wait_for_publish(PATIENCE)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, name: str, payload: bytes) -> None:
        topic = parse_topic(name)
        if topic and topic.of == USER and payload:
            self.heard.put((topic.kind, payload))

    def presence(self, **wanted: object) -> Presence:
        """The next one that is so."""
        while True:
            presence = parse_message(Presence, self._next(TopicKind.PRESENCE))
            if all(getattr(presence, name) == value for name, value in wanted.items()):
                return presence

    def receipt(self, alert: str, *states: str) -> Receipt:
        """The next of this alert, in one of these states."""
        while True:
            receipt = parse_message(Receipt, self._next(TopicKind.RECEIPT))
            if receipt.alert == alert and receipt.state in states:
                return receipt

    def _next(self, kind: TopicKind) -> bytes:
        while True:
            try:
                found, payload = self.heard.get(timeout=PATIENCE)
            except Empty:
                raise TimeoutError(kind) from None
            if found is kind:
                return payload


class FleetVillage:
    """The commune's office, its hub and one box that has joined."""

    def __init__(self, home: Path, folder: Path, parts: ExitStack) -> None:
        (home / "box.yaml").write_text(BOX, encoding="utf-8")
        self.home, self.folder, self._parts = home, folder, parts
        self.office: Office = open_office(home, folder)
        self.paths = StationPaths(home, home / ".state")
        join(self.paths, self.office)
        self.authority = Authority(folder / "ca")
        certificate = self.authority.certificate("localhost")
        self.files: StaticHub = parts.enter_context(static_hub(self.office.stick, certificate))
        self.broker = parts.enter_context(mosquitto(folder / "broker", certificate))
        write_hub_settings(self.paths, self.files.settings(self.authority.own, self.broker.port))
        self.hub = HubClient(self.broker, self.authority.own)
        parts.callback(self.hub.close)

    def agent_process(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """An agent that can be killed, and is so at the end of the block."""
        return running_agent(self.home, self.folder / "agent")

    def agent(self) -> AbstractContextManager[JumpingClock]:
        return agent_thread(self.paths, JumpingClock())

    def daemon(self) -> AbstractContextManager[object]:
        return ServiceThread(self.home)

    @contextmanager
    def daemon_process(self) -> Iterator[None]:
        """One as its command makes it, killed at the end of the block."""
        with running_daemon(self.home, self.folder / "daemon"):
            yield

    @property
    def version(self) -> int:
        membership = read_membership(self.paths)
        return membership.accepted.version if membership else 0

    def bell(self, manifest: int, alert: int = 0) -> bytes:
        """What tells that."""
        bell = seal(Bell(SCOPE, datetime.now(UTC), {SCOPE: Heads(1, manifest, alert)}))
        return format_envelope(PEOPLE["hub"].sign(bell))

    def ring(self, manifest: int, alert: int = 0, to_broker: bool = True) -> None:
        """The hub tells what is newest."""
        raw = self.bell(manifest, alert)
        (self.office.own / "bell.json").write_bytes(raw)
        if to_broker:
            self.hub.say(Topic(TopicKind.BELL, SCOPE), raw)

    def say_manifest(self, raw: bytes = b"") -> None:
        """The hub says the manifest that lies in its folder, or what else is `raw`."""
        self.hub.say(Topic(TopicKind.MANIFEST, SCOPE), raw or (self.office.own / "manifest.json").read_bytes())

    def born(self) -> None:
        self.hub.say(Topic(TopicKind.BIRTH), format_message(HubBirth(datetime.now(UTC))))

    def say_alert(self, seq: int, envelope: str, retain: bool = True) -> None:
        self.hub.say(Topic(TopicKind.ALERT, SCOPE, seq), envelope.encode(), retain, 7200 if retain else None)

    def lay_alert(self, seq: int, envelope: str) -> None:
        """In the folder, and on each stick."""
        path = self.office.own / "alert" / f"{seq}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(envelope)

    def events(self, kind: str) -> Sequence[Event]:
        """Those of a kind, by the log."""
        with closing(Station.open(self.home)) as station:
            return station.log.events(kind)

    def asked(self) -> Counter[str]:
        """How often each airing was asked for, by the log."""
        with closing(Station.open(self.home)) as station:
            return Counter(event.airing for event in station.log.events("asked"))

    def begun(self) -> Counter[str]:
        """How often each airing of an alarm began to be heard."""
        with closing(Station.open(self.home)) as station:
            return Counter(alarms_heard(station.log))


def alarms_heard(log: AsRunLog) -> list[str]:
    """The airings of alarms that began, in order; what the schedule brings at the hour of the test is none."""
    return [event.airing for event in log.events("on-air") if "/urgent@" in event.airing]


def alarm(seq: int, *names: str) -> tuple[Alert, str]:
    """An alarm of this moment, with its envelope."""
    issued = datetime.now(UTC).replace(microsecond=0)
    words = f"Lũ số {seq}."
    alert = flood(seq, issued=issued, until=issued + timedelta(hours=2), text=words, spoken=words)
    return alert, sealed(alert, *(names or ("hoa", "pao")))
