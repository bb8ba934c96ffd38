"""An agent's connection, with a real broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from types import SimpleNamespace

import paho.mqtt.client
import pytest
from harness.broker import PROGRAM, MosquittoBroker, mosquitto
from harness.certificates import Authority
from harness.fleet_village import HubClient
from harness.static_hub import PASSWORD, USER

from loudspeaker.fleet.courier_steps import CourierEvent, LinkUp
from loudspeaker.fleet.hub_settings import HubSettings
from loudspeaker.fleet.mqtt import Broker, LoopClient
from loudspeaker.fleet.topics import Topic, TopicKind, box_subscriptions

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]

SCOPE = "ban-may"
PLAIN, OTHER = box_subscriptions((SCOPE,)), box_subscriptions((SCOPE,), form=5)
BELL = Topic(TopicKind.BELL, SCOPE)
Run = Callable[[tuple[str, ...], tuple[str, ...]], int]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@pytest.fixture
def broker(authority: Authority, tmp_path: Path) -> Iterator[MosquittoBroker]:
    with mosquitto(tmp_path / "broker", authority.certificate("localhost")) as running:
        yield running


@pytest.fixture
def run_agent(broker: MosquittoBroker, authority: Authority) -> Iterator[Run]:
    """Connect as an agent that has just begun, and subscribe; how often does what is said then come?"""
    settings = HubSettings("localhost", USER, PASSWORD, authority.own.read_text(), broker.port)

    def run(filters: tuple[str, ...], before: tuple[str, ...]) -> int:
        events, heard = SimpleQueue[CourierEvent](), SimpleQueue[bytes]()
        with closing(Broker(settings, events.put, lambda _topic, payload: heard.put(payload))) as agent:
            agent.connect("", settings)
            assert events.get(timeout=20) == LinkUp("")
            agent.subscribe(filters, before)
            assert heard.get(timeout=20) == b"kept"
            for payload in (b"said", b"last"):
                hub.say(BELL, payload, retain=False)
            return list(iter(lambda: heard.get(timeout=20), b"last")).count(b"said")

    with closing(HubClient(broker, authority.own)) as hub:
        hub.say(BELL, b"kept")
        yield run


def test_a_session_that_an_older_agent_has_left_brings_nothing_twice(run_agent: Run) -> None:
    run_agent(PLAIN, ())
    run_agent(OTHER, PLAIN)

    assert run_agent(OTHER, PLAIN) == 1


def test_without_being_rid_of_the_older_form_it_would(run_agent: Run) -> None:
    run_agent(PLAIN, ())

    assert run_agent(OTHER, ()) == 2


def test_the_loop_of_a_connection_may_be_ended_while_another_thread_begins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    is_made, may_start, ended = Event(), Event(), SimpleQueue[str]()

    class SlowThread(Thread):
        def start(self) -> None:
            is_made.set()
            may_start.wait(20)
            super().start()
            ended.put("started")

    def stop() -> None:
        client.loop_stop()
        ended.put("stopped")

    threading = SimpleNamespace(**vars(paho.mqtt.client.threading) | {"Thread": SlowThread})
    client = LoopClient(USER)
    monkeypatch.setattr("paho.mqtt.client.threading", threading)
    others = [Thread(target=client.loop_start), Thread(target=stop)]
    others[0].start()
    assert is_made.wait(20)
    others[1].start()
    others[1].join(0.1)  # it waits: without the lock it has failed by now
    may_start.set()
    for other in others:
        other.join(20)

    assert [ended.get(timeout=20), ended.get(timeout=20)] == ["started", "stopped"]
