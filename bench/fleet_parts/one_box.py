"""One box with its hub: an alarm and a manifest, from `publish` to the first sample, hop by hop.

Hub, Mosquitto, agent and daemon are processes; the speaker is `memory`. The baseline is the same envelope from one bare
client to another, through a stock Mosquitto.
"""

from __future__ import annotations

import html
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from statistics import median

from harness.alert_box import BOX, flood, sealed
from harness.broker import MosquittoBroker, free_port
from harness.counting_relay import CountingRelay
from harness.daemon_process import running_agent, running_daemon
from harness.hub_boxes import JoinedBox, enrol, open_pages
from harness.office import NOW, SCOPE, Office, open_office
from harness.officers import Officer
from harness.real_hub import RealHub
from harness.signing import PEOPLE, PHONE, assertion_fields
from harness.small_commune import write_small_commune
from harness.waiting import PATIENCE, wait_for
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from loudspeaker.daemon.protocol import ask
from loudspeaker.fleet.hub_settings import make_tls_context, read_hub_settings, write_hub_settings
from loudspeaker.hub.hub import Hub
from loudspeaker.model.asrun_record import Event
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.packing import write_trust
from loudspeaker.station.station import Station
from loudspeaker.trust.dsse import parse_envelope
from loudspeaker.trust.public_keys import machine_key
from loudspeaker.web.access.accounts import Role

from .crowd import STOCK
from .table import Plan, memory_of, row, spread_of

VILLAGES = ("na-hoa", "suoi-trat")
SETTLE = 1.0  # s between two alarms
ALARM, WORST_ALARM, SILENCE, MANIFEST = 100, 300, 1_000, 2_000  # ms
AGENT, HUB = 30, 250  # MiB


def is_making(daemon: int) -> bool:
    """Does a child of the daemon make sound?"""
    for child in Path(f"/proc/{daemon}/task/{daemon}/children").read_text().split():
        with suppress(OSError):
            if b"loudspeaker.station.rendering" in Path(f"/proc/{child}/cmdline").read_bytes():
                return True
    return False


class Listener:
    """A client that hears alarms and keeps when each came (Unix time), by its envelope."""

    def __init__(self, port: int, topic: str, hub: Hub | None = None, box: JoinedBox | None = None) -> None:
        self.heard: SimpleQueue[tuple[bytes, float]] = SimpleQueue()
        self.client = client = Client(CallbackAPIVersion.VERSION2, box.id if box else "", protocol=MQTTv5)
        if hub and box:
            client.username_pw_set(box.id, box.password)
            client.tls_set_context(make_tls_context(hub.broker.authority.read_text()))
        client.on_message = lambda _client, _data, message: self.heard.put((message.payload, time.time()))
        subscribed: SimpleQueue[None] = SimpleQueue()
        client.on_subscribe = lambda *_: subscribed.put(None)
        client.on_connect = lambda *_: client.subscribe(topic, 1)
        client.connect("localhost", port)
        client.loop_start()
        subscribed.get(timeout=PATIENCE)

    def when(self, envelope: str) -> float:
        while True:
            payload, at = self.heard.get(timeout=PATIENCE)
            if payload.decode().strip() == envelope:
                return at

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@dataclass
class OneBox:
    """A commune's office, its hub, and one box."""

    office: Office
    hub: RealHub
    own: Hub
    home: Path
    daemon: int
    agent: int
    listener: Listener
    spare: JoinedBox  # an account for one more client
    relays: list[CountingRelay]
    seq: int = 0
    version: int = 1

    def alarm(self) -> Mapping[str, float]:
        """Milliseconds from `publish` to each step of an alarm that one person had signed before."""
        self.seq += 1
        issued = datetime.now(UTC).replace(microsecond=0)
        words = f"Nước suối lên nhanh, lần {self.seq}."
        alert = flood(self.seq, issued=issued, until=issued + timedelta(hours=2), text=words, spoken=words)
        self._lay(sealed(alert, "hoa"))
        self.own.publish(self.office.stick, SCOPE)
        wait_for(lambda: list(self._steps(alert.id, "prepared")), pause=0.05)
        wait_for(lambda: not is_making(self.daemon), pause=0.05)
        time.sleep(SETTLE)
        self._lay(envelope := sealed(alert, "hoa", "pao"))
        began = time.time()
        self.own.publish(self.office.stick, SCOPE)
        published = time.time()
        wait_for(lambda: list(self._steps(alert.id, "given")), pause=0.05)
        [given] = self._steps(alert.id, "given")
        airings = list(given.facts["airings"])
        wait_for(lambda: all(self.log.events("on-air", one) for one in airings), pause=0.05)
        aired = [datetime.fromisoformat(self.log.events("on-air", one)[0].facts["started_at"]) for one in airings]
        self._silence()
        steps = {
            "published": published,
            "at the broker": self.listener.when(envelope),
            "verified": given.at.timestamp(),
            "first sample": min(aired).timestamp(),
        }
        return {name: (at - began) * 1000 for name, at in steps.items()}

    def silence(self, officer: Officer) -> float:
        """Milliseconds from the press of “■ Silence” at the hub's page to the last sample of an alarm."""
        self.seq += 1
        issued = datetime.now(UTC).replace(microsecond=0)
        alert = flood(self.seq, issued=issued, until=issued + timedelta(hours=2), repeat=20)
        self._lay(sealed(alert, "hoa", "pao"))
        self.own.publish(self.office.stick, SCOPE)
        wait_for(lambda: list(self._steps(alert.id, "given")), pause=0.05)
        airings = list(next(self._steps(alert.id, "given")).facts["airings"])
        wait_for(lambda: all(self.log.events("on-air", one) for one in airings), pause=0.05)
        self.own.bells.look()  # as the hub that serves does
        page = officer.get(f"/lenh/dung?cap={SCOPE}").text
        stop = html.unescape(page.partition('name="envelope" value="')[2].partition('"')[0])
        signature = assertion_fields(parse_envelope(stop.encode()), PHONE)
        self.seq += 1
        began = time.time()
        assert officer.post("/lenh/ky", envelope=stop, **signature).status_code == 303
        wait_for(lambda: all(self.log.verdict_of(one) for one in airings), pause=0.05)
        day = datetime.now(UTC).replace(hour=0, minute=0) - timedelta(days=1)
        ends = [row.ended_at for row in self.log.rows(day, day + timedelta(days=3)) if row.id in airings]
        broke = [
            datetime.fromisoformat(str(event.facts["ended_at"]))
            for one in airings
            for event in self.log.events("broke", one)
        ]
        last = max([*broke, *filter(None, ends)])
        return (last.timestamp() - began) * 1000

    def manifest(self) -> float:
        """Milliseconds from `publish` to the moment at which the box reads the new files."""
        self.version += 1
        self.office.write("bulletins/moi.md", f"---\ntitle: Mới\n---\nHọp lần {self.version}.\n")
        self.office.publish("hoa")
        began = time.time()
        self.own.publish(self.office.stick, SCOPE)
        wait_for(lambda: (known := read_membership(self.paths)) and known.accepted.version == self.version)
        return (time.time() - began) * 1000

    def is_on(self) -> bool:
        """Does the hub hear it?"""
        return any(box["on"] and box["villages"] == list(VILLAGES) for box in self.hub.boxes())

    def _lay(self, envelope: str) -> None:
        path = self.office.own / "alert" / f"{self.seq}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(envelope)

    def _steps(self, alert: str, state: str) -> Iterator[Event]:
        events = self.log.events("alert")
        return (event for event in events if (event.facts["alert"], event.facts["state"]) == (alert, state))

    def _silence(self) -> None:
        ask(self.paths.socket, "stop", villages=[], why="bench", by="bench")
        wait_for(lambda: not any(turn["phase"] == "on air" for turn in ask(self.paths.socket, "status")))  # type: ignore[attr-defined]

    def __post_init__(self) -> None:
        self.station = Station.open(self.home)
        self.log, self.paths = self.station.log, self.station.paths


def open_one_box(folder: Path, parts: ExitStack, relayed: bool = False) -> OneBox:
    """All of them, running; `relayed`: what box and hub say to each other is counted."""
    home = folder / "dai"
    write_small_commune(home)
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    hub, office = RealHub(folder / "hub", parts), open_office(home, folder)
    keys = [*(PEOPLE[name].public for name in ("hoa", "pao", "ly")), PHONE.public]  # a telephone signs at the pages
    _, path = write_trust(office.stick, SCOPE, keys, NOW, hub=machine_key(hub.run("key").strip(), "hub"))
    office.sign(path, "hoa", "pao")
    hub.run("publish", str(office.stick))
    hub.start()
    hub.join(StationPaths(home, home / ".state"), SCOPE)
    own = Hub.open(hub.folder, pid_file=Path(f"{hub.folder}.pid"))
    parts.callback(own.close)
    listener = Listener(hub.broker_port, f"ls/1/scope/{SCOPE}/alert/+", own, enrol(own, folder))
    parts.callback(listener.close)
    relays = relay(StationPaths(home, home / ".state"), parts) if relayed else []
    daemon, _door = parts.enter_context(running_daemon(home, folder / "daemon"))
    agent = parts.enter_context(running_agent(home, folder / "agent"))
    one = OneBox(office, hub, own, home, daemon.pid, agent.pid, listener, enrol(own, folder, "spare"), relays)
    parts.callback(one.station.close)
    wait_for(one.is_on, pause=1.0)
    return one


def relay(paths: StationPaths, parts: ExitStack) -> list[CountingRelay]:
    """Put relays between a box and its hub; it has to be started anew."""
    settings = read_hub_settings(paths)
    relays = [CountingRelay(port) for port in (settings.mqtt_port, settings.https_port)]
    for one in relays:
        parts.callback(one.close)
    write_hub_settings(paths, replace(settings, mqtt_port=relays[0].port, https_port=relays[1].port))
    return relays


def bare_deliveries(folder: Path, times: int) -> list[float]:
    """Milliseconds of an envelope from one bare client to another, through a stock Mosquitto."""
    port = free_port()
    broker = MosquittoBroker(folder / "stock", port, STOCK.format(port=port))
    broker.start()
    try:
        with closing(Listener(port, "alert")) as listener, closing(Listener(port, "nothing")) as speaker:
            found = []
            for number in range(times):
                envelope = sealed(flood(number + 1), "hoa", "pao")
                began = time.time()
                speaker.client.publish("alert", envelope.encode(), 1)
                found.append((listener.when(envelope) - began) * 1000)
                time.sleep(0.1)
            return found
    finally:
        broker.kill()


def measure_box(folder: Path, parts: ExitStack, plan: Plan) -> None:
    """An alarm and a manifest on one box."""
    one = open_one_box(folder, parts)
    one.alarm()  # the first one loads what is loaded once
    hops = [one.alarm() for _ in range(plan.alarms)]
    bare = bare_deliveries(folder, plan.alarms)
    row("bare Mosquitto, one client to another", spread_of(bare))
    whole = [each["first sample"] for each in hops]
    kept = median(whole) <= ALARM and max(whole) <= WORST_ALARM
    row(
        "alarm, publish to first sample, one box",
        spread_of(whole),
        f"{ALARM}, {WORST_ALARM} ms",
        kept,
        median(whole) / median(bare),
    )
    for name in ("published", "at the broker", "verified"):
        row(f"    … {name}", spread_of([each[name] for each in hops]))
    with open_pages(one.own) as people:
        officer = people.officer(Role.DUTY)
        silences = [one.silence(officer) for _ in range(plan.alarms)]
    row(
        "silence, press at the page to last sample, one box",
        spread_of(silences),
        f"{SILENCE} ms",
        max(silences) <= SILENCE,
    )
    took = [one.manifest() for _ in range(plan.manifests)]
    row("manifest, publish to accepted, one box", spread_of(took), f"{MANIFEST} ms", max(took) <= MANIFEST)
    for name, process, most in (("agent", one.agent, AGENT), ("hub", one.hub.process.pid, HUB)):
        found = memory_of(process)
        row(f"{name}, memory (PSS), one box", f"{found:.1f} MiB", f"{most} MiB", found <= most)
