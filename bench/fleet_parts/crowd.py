"""Thousands of boxes at one broker: how soon an alarm and a manifest come to all, and when all are back.

The boxes are those of `box_loop.py`; hub and broker are real. The baseline is a stock Mosquitto with as many bare
clients.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.alert_box import flood, sealed
from harness.broker import MosquittoBroker, free_port
from harness.certificates import Authority
from harness.office import SCOPE, Office, open_office
from harness.real_hub import RealHub
from harness.small_commune import write_small_commune
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from loudspeaker.fleet.alert_carrier import TELL_AGAIN
from loudspeaker.fleet.hub_settings import make_tls_context
from loudspeaker.fleet.topics import MOST_SAID_FILES
from loudspeaker.hub.boxes.broker_accounts import hash_password, make_password
from loudspeaker.hub.hub import Hub
from loudspeaker.hub.hub_database import text_of
from loudspeaker.trust.public_keys import machine_key

from .boxes import ALERTS, Order
from .table import Plan, memory_of, percentile, row, seconds_of

PROCESSES = 2
STOCK = f"user {pwd.getpwuid(os.getuid()).pw_name}\nlistener {{port}} 127.0.0.1\nallow_anonymous true\n"
STOCK_TLS = STOCK + "certfile {certificate}\nkeyfile {key}\n"
PAUSE = 0.2  # s between two questions what has happened
APART = 3.0  # s between two alarms
PATIENCE = 600.0  # s
DELIVERED, BACK, ACCEPTED = 1000.0, 30.0, 10.0  # ms, s, s
BROKER, HUB = 400, 250  # MiB


class Crowd:
    """Processes with boxes between them; what has happened to all of them."""

    def __init__(self, order: Order, parts: ExitStack) -> None:
        self.count, self._workers = len(order.boxes), []
        for number in range(PROCESSES):
            own = asdict(order) | {"boxes": order.boxes[number::PROCESSES]}
            command, folder = [sys.executable, "-m", "fleet_parts.box_loop"], Path(__file__).parent.parent
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            worker = parts.enter_context(subprocess.Popen(command, cwd=folder, **pipes))
            parts.callback(worker.kill)
            self._workers.append(worker)
            worker.stdin.write(json.dumps(own) + "\n")
            worker.stdin.flush()
        self.forget()

    @property
    def processes(self) -> list[int]:
        return [worker.pid for worker in self._workers]

    def forget(self) -> None:
        self.up, self.counts = 0, Counter()
        self.connected: list[float] = []
        self.accepted: list[float] = []
        self.arrived: dict[str, list[float]] = {}

    def ask(self) -> None:
        answers = []
        for worker in self._workers:
            worker.stdin.write("?\n")
            worker.stdin.flush()
        for worker in self._workers:
            answers.append(json.loads(worker.stdout.readline()))
        self.up = sum(answer["up"] for answer in answers)
        for answer in answers:
            self.connected += answer["connected"]
            self.accepted += answer["accepted"]
            self.counts.update(answer["counts"])
            for name, times in answer["arrived"].items():
                self.arrived.setdefault(name, []).extend(times)

    def wait(self, enough: Callable[[], bool]) -> bool:
        """Ask until it is enough; False where it never was."""
        latest = time.monotonic() + PATIENCE
        while time.monotonic() < latest:
            self.ask()
            if enough():
                return True
            time.sleep(PAUSE)
        return False

    def is_whole(self) -> bool:
        """Is every box connected, and has every one subscribed since it was asked to forget?"""
        return self.up >= self.count and len(self.connected) >= self.count

    def delivery(self, envelope: str, publish: Callable[[], object]) -> list[float]:
        """Milliseconds until an alarm has come to each box."""
        self.ask()
        self.forget()
        name, began = envelope.strip()[-60:], time.monotonic()
        publish()
        self.wait(lambda: len(self.arrived.get(name, [])) >= self.count)
        return [(at - began) * 1000 for at in self.arrived.get(name, [])]


def envelope_of(seq: int) -> str:
    issued = datetime.now(UTC).replace(microsecond=0)
    words = f"Nước suối lên nhanh, lần {seq}."
    alert = flood(seq, issued=issued, until=issued + timedelta(hours=2), text=words, spoken=words)
    return sealed(alert, "hoa", "pao")


def deliveries(crowd: Crowd, count: int, publish: Callable[[int, str], object], first: int = 1) -> list[float]:
    """Of so many alarms, all their milliseconds; a box to which one did not come counts as for ever."""
    found: list[float] = []
    for seq in range(first, first + count):
        time.sleep(APART)
        envelope = envelope_of(seq)
        came = crowd.delivery(envelope, lambda seq=seq, envelope=envelope: publish(seq, envelope))
        found += came + [float("inf")] * (crowd.count - len(came))
    return found


def tell(what: str, found: list[float], bare: list[float] | None = None) -> float:
    p99 = percentile(found, 0.99)
    told = f"p50 {percentile(found, 0.5):.0f}, p99 {p99:.0f}, worst {max(found):.0f} ms"
    if bare is None:
        row(what, told)
    else:
        row(what, told, f"p99 {DELIVERED:.0f} ms", p99 <= DELIVERED, p99 / percentile(bare, 0.99))
    return p99


def tell_connected(crowd: Crowd, what: str) -> None:
    began = time.monotonic()
    crowd.wait(crowd.is_whole)
    row(what, f"{len(crowd.connected)} of {crowd.count} in {time.monotonic() - began:.0f} s {dict(crowd.counts) or ''}")


def measure_bare(folder: Path, plan: Plan, certificate: tuple[Path, Path] | None, ca: str) -> list[float]:
    """A stock Mosquitto, and bare clients."""
    port = free_port()
    names = {"port": port, **dict(zip(("certificate", "key"), certificate or (), strict=False))}
    config = (STOCK_TLS if certificate else STOCK).format(**names)
    broker = MosquittoBroker(folder / f"stock-{port}", port, config)
    broker.start()
    kind = "TLS" if certificate else "plain"
    with ExitStack() as parts:
        parts.callback(broker.kill)
        crowd = Crowd(Order(port, ca, [[f"w-{number}", ""] for number in range(plan.boxes)]), parts)
        tell_connected(crowd, f"bare Mosquitto, {kind}: connected")
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        if certificate:
            client.tls_set_context(make_tls_context(ca))
        client.connect("localhost", port)
        client.loop_start()
        parts.callback(client.loop_stop)
        found = deliveries(crowd, plan.crowd_alarms, lambda _seq, text: client.publish(ALERTS, text.encode(), 1))
        tell(f"bare Mosquitto, {kind}: a message to all", found)
        row(f"bare Mosquitto, {kind}: memory (PSS)", f"{memory_of(broker.pid):.0f} MiB")
    return found


def enrol_crowd(hub: Hub, count: int) -> list[list[str]]:
    """So many boxes that have joined, with their passwords: as `BoxRegistry.join` leaves them, without the codes."""
    boxes = [[f"b-{number:08d}", make_password()] for number in range(count)]
    at = text_of(hub.clock.now())
    rows = [
        (
            box,
            SCOPE,
            "",
            box,
            '["na-hoa"]',
            "",
            at,
            hashlib.sha256(password.encode()).hexdigest(),
            hash_password(password),
        )
        for box, password in boxes
    ]
    with hub.database.change() as connection:
        connection.executemany("INSERT INTO box VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '')", rows)
    hub.tell_broker()
    return boxes


class Province:
    """An office, its hub and broker, and boxes that have joined."""

    def __init__(self, folder: Path, plan: Plan, parts: ExitStack) -> None:
        home = folder / "dai"
        write_small_commune(home)
        self.plain_port = free_port()
        self.hub = RealHub(folder / "hub", parts, f"listener {self.plain_port} 127.0.0.1\n")
        self.office: Office = open_office(home, folder)
        self.office.trust("hoa", "pao", hub=machine_key(self.hub.run("key").strip(), "hub"))
        (self.office.own / "alert").mkdir()
        self.hub.run("publish", str(self.office.stick))
        self.own = Hub.open(self.hub.folder, pid_file=Path(f"{self.hub.folder}.pid"))
        parts.callback(self.own.close)
        self.hub.run("broker", "--port", str(self.hub.broker_port), "--name", "localhost")
        self.boxes = enrol_crowd(self.own, plan.boxes)
        self.hub.start()
        newest = max((self.office.own / "trust").glob("*.json"), key=lambda path: int(path.stem))
        self.trusts = {SCOPE: newest.read_text()}
        self.manifests = {SCOPE: (self.office.own / "manifest.json").read_text()}
        self.version = 1

    def order(self, tls: bool) -> Order:
        ca = self.own.broker.authority.read_text() if tls else ""
        port = self.hub.broker_port if tls else self.plain_port
        return Order(port, ca, self.boxes, self.hub.port if tls else 0, self.trusts, self.manifests)

    def publish_alarm(self, seq: int, envelope: str) -> None:
        (self.office.own / "alert" / f"{seq}.json").write_text(envelope)
        self.own.publish(self.office.stick, SCOPE)

    def publish_manifest(self, words: str = "") -> None:
        self.version += 1
        self.office.write("bulletins/moi.md", f"---\ntitle: Mới\n---\nHọp lần {self.version}.\n{words}")
        self.office.publish("hoa")
        self.own.publish(self.office.stick, SCOPE)

    def seconds(self, crowd: Crowd) -> dict[str, float]:
        """Of a processor so far: of the broker that runs now, the hub, and the simulated boxes."""
        processes = {"broker": [self.hub.broker.pid], "hub": [self.hub.process.pid], "boxes": crowd.processes}
        return {name: sum(map(seconds_of, own)) for name, own in processes.items()}


def measure_crowd(folder: Path, parts: ExitStack, plan: Plan) -> None:
    """Bare clients, then boxes, plain and with TLS; then the broker is wiped, and a manifest published."""
    authority = Authority(folder / "ca")
    certificate = authority.certificate("localhost")
    bare = measure_bare(folder, plan, None, "")
    bare_tls = measure_bare(folder, plan, certificate, authority.own.read_text())
    province = Province(folder, plan, parts)
    with ExitStack() as first:
        crowd = Crowd(province.order(tls=False), first)
        tell_connected(crowd, "boxes, plain: connected")
        found = deliveries(crowd, plan.crowd_alarms, province.publish_alarm)
        tell("alarm from publish to all boxes, plain", found, bare)
    province.publish_alarm(plan.crowd_alarms + 1, envelope_of(plan.crowd_alarms + 1))  # while nobody is there
    crowd = Crowd(province.order(tls=True), parts)
    tell_connected(crowd, "boxes, TLS: connected")
    found = deliveries(crowd, plan.crowd_alarms, province.publish_alarm, first=plan.crowd_alarms + 2)
    tell("alarm from publish to all boxes, TLS", found, bare_tls)
    for name, process, most in (("broker", province.hub.broker.pid, BROKER), ("hub", province.hub.process.pid, HUB)):
        held = memory_of(process)
        row(f"{name}, memory (PSS), {plan.boxes} boxes", f"{held:.0f} MiB", f"{most} MiB", held <= most)
    measure_wiped(province, crowd)
    measure_manifest(province, crowd)
    measure_manifest(province, crowd, "Mời bà con đến họp đông đủ, đúng giờ. " * (2 * MOST_SAID_FILES // 50))
    held = memory_of(province.hub.process.pid)
    row("hub, memory (PSS), behind all that", f"{held:.0f} MiB", f"{HUB} MiB", held <= HUB)


def measure_wiped(province: Province, crowd: Crowd) -> None:
    """The broker loses everything: when are all boxes back, and is any alarm given again?"""
    time.sleep(APART)
    crowd.ask()
    crowd.forget()
    province.hub.broker.kill(wipe=True)
    province.hub.broker.start()
    had, began = province.seconds(crowd) | {"broker": 0.0}, time.monotonic()
    crowd.wait(crowd.is_whole)
    took = [at - began for at in crowd.connected]
    last = max(took, default=float("inf")) if len(took) >= crowd.count else float("inf")
    row(f"broker wiped: {len(took)} of {crowd.count} back", f"all within {last:.1f} s", f"{BACK:.0f} s", last <= BACK)
    tell_seconds(province.seconds(crowd), had)
    time.sleep(APART)
    crowd.ask()
    came = sum(len(times) for times in crowd.arrived.values())
    again = crowd.counts["given"]
    row("    … alarms that came again, and were given again", f"{came}, {again}", "0 again", again == 0)
    time.sleep(TELL_AGAIN)  # by then the hub has been told once more of all these alarms


def measure_manifest(province: Province, crowd: Crowd, words: str = "") -> None:
    """One that the broker brings with its new bulletin; or, where that has so many words, each box fetches it."""
    time.sleep(APART)
    crowd.ask()
    crowd.forget()
    had, began = province.seconds(crowd), time.monotonic()
    province.publish_manifest(words)
    crowd.wait(lambda: len(crowd.accepted) >= crowd.count)
    took = province.seconds(crowd)
    last = max(crowd.accepted, default=float("inf")) - began
    told = f"{len(crowd.accepted)} of {crowd.count} within {last:.1f} s"
    what = "manifest, its file too long for the broker" if words else "manifest, publish to accepted by all"
    row(what, told, *(() if words else (f"{ACCEPTED:.0f} s", last <= ACCEPTED)))
    size, said = len((province.office.own / "manifest.json").read_bytes()), crowd.counts["manifests by the broker"]
    row(f"    … of {size} bytes, brought by the broker; fetched", f"{said}; {crowd.counts['fetched']}")
    tell_seconds(took, had)


def tell_seconds(took: Mapping[str, float], had: Mapping[str, float]) -> None:
    told = ", ".join(f"{name} {took[name] - had[name]:.1f}" for name in took)
    row("    … seconds of a processor (boxes are simulated)", told)
