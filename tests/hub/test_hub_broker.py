"""A hub and a real Mosquitto: who is let in, what boxes hear, what they say, and what a broker loses."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest
from harness.broker import PROGRAM, MosquittoBroker, free_port
from harness.certificates import FOUND
from harness.hub_boxes import JoinedBox, enrol
from harness.office import NOW, SCOPE, Office, open_office
from harness.signing import make_alert, signed
from harness.waiting import wait_for
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from loudspeaker.clock import FakeClock
from loudspeaker.fleet.hub_settings import make_tls_context
from loudspeaker.fleet.joining import Address
from loudspeaker.fleet.topics import (
    FORMS,
    MOST_SAID_BYTES,
    MOST_SAID_FILES,
    Presence,
    Receipt,
    Topic,
    TopicKind,
    box_subscriptions,
    format_message,
)
from loudspeaker.hub.bells import BellRinger
from loudspeaker.hub.boxes.broker_accounts import HUB_USER
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_paths import need_certificate
from loudspeaker.hub.hub_process import prepare_broker
from loudspeaker.hub.hub_session import HubSession, publications
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.opening import seal

pytestmark = [
    pytest.mark.broker,
    pytest.mark.waits,
    pytest.mark.skipif(PROGRAM is None or not FOUND, reason="needs mosquitto and openssl"),
]
ALERT = make_alert(1, scope=SCOPE, issued=NOW, until=NOW.replace(hour=9))


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


@pytest.fixture
def hub(office: Office, tmp_path: Path) -> Iterator[Hub]:
    """A hub with a certificate of its own, which serves one version and one alert."""
    opened = Hub.open(tmp_path / "hub", FakeClock(NOW), tmp_path / "mosquitto.pid")
    need_certificate(opened.paths, ("localhost",))
    prepare_broker(opened)
    path = office.own / "alert" / "1.json"
    path.parent.mkdir()
    path.write_bytes(format_envelope(signed(seal(ALERT), "hoa", "pao")))
    opened.publish(office.stick, SCOPE)
    opened.bells.look()
    yield opened
    opened.close()


@pytest.fixture
def broker(hub: Hub, tmp_path: Path) -> Iterator[MosquittoBroker]:
    """Mosquitto with the hub's own part of its configuration, and data that can be wiped."""
    port, data = free_port(), tmp_path / "mosquitto"
    user = pwd.getpwuid(os.getuid()).pw_name
    own = f"user {user}\npid_file {tmp_path / 'mosquitto.pid'}\npersistence true\npersistence_location {data}/\n"
    running = MosquittoBroker(data, port, hub.broker.listener(port) + own)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def session(hub: Hub, broker: MosquittoBroker) -> Iterator[HubSession]:
    with open_session(hub, broker, hub.bells) as opened:
        yield opened


@contextmanager
def open_session(hub: Hub, broker: MosquittoBroker, bells: BellRinger) -> Iterator[HubSession]:
    authority, address = hub.broker.authority.read_text(), Address("localhost", broker.port)
    opened = HubSession(hub.database, hub.clock, address, hub.broker.password(), authority, bells.rung, hub.contact)
    with closing(opened):
        opened.open()
        yield opened


class Listener:
    """A box's connection: what it hears, and whether it is let in."""

    def __init__(self, hub: Hub, port: int, name: str, password: str) -> None:
        self.heard: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
        self.answers: SimpleQueue[str] = SimpleQueue()
        self.client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5, reconnect_on_failure=False)
        self.client.username_pw_set(name, password)
        self.client.tls_set_context(make_tls_context(hub.broker.authority.read_text()))
        self.client.on_message = lambda client, data, message: self.heard.put((message.topic, message.payload))
        self.client.on_connect = lambda client, data, flags, reason, properties: self.answers.put(str(reason))
        self.client.on_disconnect = lambda client, data, flags, reason, properties: self.answers.put("gone")
        self.client.on_publish = lambda client, data, mid, reason, properties: self.answers.put(str(reason))
        self.client.connect("localhost", port)
        self.client.loop_start()

    def say(self, topic: Topic, payload: bytes, retain: bool = False) -> str:
        """What the broker answers."""
        self.client.publish(str(topic), payload, 1, retain)
        return self.answers.get(timeout=20)


@contextmanager
def listening(hub: Hub, broker: MosquittoBroker, box: JoinedBox, password: str | None = None) -> Iterator[Listener]:
    listener = Listener(hub, broker.port, box.id, password or box.password)
    try:
        yield listener
    finally:
        listener.client.disconnect()
        listener.client.loop_stop()


def hear(listener: Listener, *topics: str) -> dict[str, bytes]:
    """What comes until each of these topics was heard."""
    heard: dict[str, bytes] = {}
    while not set(topics) <= heard.keys():
        topic, payload = listener.heard.get(timeout=20)
        heard[topic] = payload
    return heard


BELL, ALARM, BIRTH = f"ls/1/scope/{SCOPE}/bell", f"ls/1/scope/{SCOPE}/alert/1", "ls/1/hub/birth"
MANIFEST, FILE = f"ls/1/scope/{SCOPE}/manifest", f"ls/1/scope/{SCOPE}/file"


def subscribe(listener: Listener) -> None:
    assert listener.answers.get(timeout=20) == "Success"
    listener.client.subscribe([("ls/1/scope/#", 1), (BIRTH, 1), ("ls/1/box/#", 1)])


def test_a_box_that_joins_while_the_broker_runs_hears_bells_and_live_alerts(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path, office: Office
) -> None:
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        heard = hear(listener, BELL, ALARM, MANIFEST, BIRTH)

        assert heard[ALARM] == (office.own / "alert" / "1.json").read_bytes()
        assert heard[MANIFEST] == (office.own / "manifest.json").read_bytes()
        assert heard[BELL] == (hub.paths.root / "v1" / SCOPE / "bell.json").read_bytes()
        office.write("bulletins/moi.md", "---\ntitle: Mới\n---\nHọp.\n")
        office.publish("hoa")
        hub.publish(office.stick, SCOPE)
        session.tell(hub.bells.look())
        assert list(news := hear(listener, BELL, MANIFEST)) == [FILE, MANIFEST, BELL]
        assert news[BELL] != heard[BELL]
        assert news[FILE] == (office.home / "bulletins/moi.md").read_bytes()
        assert news[MANIFEST] == (office.own / "manifest.json").read_bytes()


def test_alarm_and_manifest_come_before_the_bell_that_tells_of_them_so_that_nobody_fetches_them(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path
) -> None:
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box) as first:
        subscribe(first)
        hear(first, BELL, ALARM, MANIFEST, BIRTH)  # the broker has them all
    for form in range(FORMS):
        with listening(hub, broker, box) as listener:
            assert listener.answers.get(timeout=20) == "Success"
            listener.client.subscribe([(name, 1) for name in box_subscriptions((SCOPE,), form)])
            assert list(hear(listener, BELL, ALARM, MANIFEST, BIRTH))[:3] == [ALARM, MANIFEST, BELL]


def test_a_manifest_that_is_too_long_is_not_said_and_the_one_before_is_retained_no_more(hub: Hub) -> None:
    [bell] = hub.bells.rung()
    for length, said in {MOST_SAID_BYTES: bytes(MOST_SAID_BYTES), MOST_SAID_BYTES + 1: b""}.items():
        other = replace(bell, published=replace(bell.published, raw=bytes(length)))

        assert {one.topic: one.payload for one in publications([other], NOW)}[MANIFEST] == said


def test_files_that_are_new_are_said_once_where_all_of_them_are_short(hub: Hub, office: Office) -> None:
    def publish(*lengths: int) -> tuple[bytes, ...]:
        for number, length in enumerate(lengths):
            office.write(f"bulletins/tin-{number}.md", f"---\ntitle: Tin\n---\n{'Họp. ' * (length // 6)}{number}\n")
        office.publish("hoa")
        hub.publish(office.stick, SCOPE)
        [bell] = hub.bells.look()
        return bell.files

    assert len(publish(100, 2000)) == 2
    assert len(publish(100, 2100)) == 1  # the other is not new any more
    assert not publish(MOST_SAID_FILES // 2, MOST_SAID_FILES // 2 + 1000)
    assert not hub.bells.rung()[0].files  # whoever connects later fetches what it lacks


def test_a_hub_that_was_away_for_a_moment_does_not_say_its_manifests_to_all_boxes_again(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path
) -> None:
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        hear(listener, BELL, ALARM, MANIFEST, BIRTH)
        cut_off(hub, broker)

        assert set(hear(listener, BELL, BIRTH)) == {ALARM, BELL, BIRTH}


def test_nor_does_one_that_was_started_anew(hub: Hub, broker: MosquittoBroker, tmp_path: Path) -> None:
    bells = BellRinger(hub.paths.root, hub.database, hub.key, hub.clock)
    bells.look()
    bells.look()
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        with open_session(hub, broker, hub.bells):
            hear(listener, BELL, ALARM, MANIFEST, BIRTH)
        with open_session(hub, broker, bells):
            assert set(hear(listener, BELL, BIRTH)) == {ALARM, BELL, BIRTH}


def cut_off(hub: Hub, broker: MosquittoBroker) -> None:
    """Somebody else logs in as the hub, whose session he takes over: it has to connect anew, and gets that back."""
    other = Client(CallbackAPIVersion.VERSION2, HUB_USER, protocol=MQTTv5, reconnect_on_failure=False)
    other.username_pw_set(HUB_USER, hub.broker.password())
    other.tls_set_context(make_tls_context(hub.broker.authority.read_text()))
    lasting = Properties(PacketTypes.CONNECT)
    lasting.SessionExpiryInterval = 60
    other.connect("localhost", broker.port, clean_start=False, properties=lasting)
    other.loop_start()
    wait_for(other.is_connected)
    other.disconnect()
    other.loop_stop()


def test_an_alarm_is_not_said_again_when_something_else_is_published(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path, office: Office
) -> None:
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        hear(listener, BELL, ALARM, BIRTH)
        path = office.own / "alert" / "2.json"
        path.write_bytes(format_envelope(signed(seal(replace(ALERT, id=f"{SCOPE}/2", seq=2)), "hoa")))
        hub.publish(office.stick, SCOPE)
        session.tell(hub.bells.look())

        assert set(hear(listener, BELL)) == {f"ls/1/scope/{SCOPE}/alert/2", BELL}


def test_what_a_box_says_is_kept_and_what_is_another_boxs_it_may_not_say(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path
) -> None:
    box, other = enrol(hub, tmp_path), enrol(hub, tmp_path, "other")
    presence = format_message(Presence(True, "0.1"))
    receipts = [format_message(Receipt(ALERT.id, state, NOW)) for state in (AlertState.PREPARED, AlertState.AIRED)]
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        hear(listener, BIRTH)
        said = [listener.say(Topic(TopicKind.PRESENCE, box.id), presence, retain=True)]
        said += [listener.say(Topic(TopicKind.RECEIPT, box.id), receipt) for receipt in receipts * 2]
        forbidden = [
            listener.say(Topic(TopicKind.PRESENCE, other.id), presence),
            listener.say(Topic(TopicKind.ALERT, SCOPE, 2), b"{}"),
            listener.say(Topic(TopicKind.BIRTH), b"{}"),
        ]
        wait_for(lambda: len(hub.database.rows("SELECT * FROM receipt")) == 2)

    assert set(said) == {"Success"}
    assert set(forbidden) == {"Not authorized"}
    wait_for(lambda: hub.database.rows("SELECT * FROM said"))
    rows = hub.database.rows("SELECT box, body FROM said")
    assert [(row["box"], row["body"].encode()) for row in rows] == [(box.id, presence)]
    while not listener.heard.empty():  # nothing of other boxes was heard
        assert not listener.heard.get()[0].startswith("ls/1/box/")


def test_a_wrong_password_is_refused_and_a_revoked_box_is_cut_off(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path
) -> None:
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box, "wrong") as stranger:
        assert stranger.answers.get(timeout=20) in ("Not authorized", "Bad user name or password")
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        hear(listener, BIRTH)

        hub.revoke(box.id)

        assert listener.answers.get(timeout=20) == "gone"
    with listening(hub, broker, box) as again:
        assert again.answers.get(timeout=20) in ("Not authorized", "Bad user name or password")


def test_a_broker_that_was_wiped_is_told_everything_anew(
    hub: Hub, broker: MosquittoBroker, session: HubSession, tmp_path: Path
) -> None:
    box = enrol(hub, tmp_path)
    with listening(hub, broker, box) as listener:
        subscribe(listener)
        hear(listener, BELL, ALARM, BIRTH)
    broker.kill(wipe=True)
    broker.start()

    with listening(hub, broker, box) as listener:
        subscribe(listener)
        hear(listener, BELL, ALARM, MANIFEST, BIRTH)


def test_the_hub_knows_since_when_its_broker_is_gone_and_that_it_is_back(
    hub: Hub, broker: MosquittoBroker, session: HubSession
) -> None:
    wait_for(lambda: hub.contact.lost is None)
    hub.clock.advance(60)  # type: ignore[attr-defined]
    broker.kill()
    wait_for(lambda: hub.contact.lost is not None)
    assert hub.contact.lost == NOW + timedelta(minutes=1)

    broker.start()
    wait_for(lambda: hub.contact.lost is None)
