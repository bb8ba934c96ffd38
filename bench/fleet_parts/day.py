"""What a box sends and receives in a day without audio: each kind of thing that happens, counted once in a relay."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from harness.counting_relay import CountingRelay
from harness.waiting import wait_for
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from loudspeaker.fleet.hub_settings import make_tls_context, read_hub_settings
from loudspeaker.fleet.mqtt import KEEPALIVE

from .one_box import OneBox, open_one_box
from .table import Plan, row

DAY = 86_400
PINGS = 10  # that are counted, a second apart
TIMES = {"connecting anew": 10 + 24, "a manifest": 4, "a piece of the log": 24, "an alarm of two signatures": 1}
MOST = 1_500_000  # bytes
QUIET = 3.0  # s without a byte: it is over


def measure_day(folder: Path, parts: ExitStack, _plan: Plan) -> None:
    """Its health is said with each connection, and once an hour: each hour counts as one connection more."""
    one = open_one_box(folder, parts, relayed=True)
    relays = one.relays
    one.alarm()  # what comes first brings more with it
    one.manifest()
    counted = {
        "connecting anew": spent(relays, lambda: reconnect(one)),
        "a manifest": spent(relays, one.manifest),
        "an alarm of two signatures": spent(relays, one.alarm),
        "a piece of the log": spent(relays, lambda: send_log(one)),
    }
    pings, ping = DAY // KEEPALIVE, ping_bytes(one)
    total = pings * ping + sum(TIMES[name] * size for name, size in counted.items())
    row("a ping of the broker’s connection", f"{pings} × {ping} bytes")
    for name, size in counted.items():
        row(name, f"{TIMES[name]} × {size} bytes")
    row("a day on 4G without audio", f"{total / 1e6:.2f} MB", f"{MOST / 1e6} MB", total <= MOST)


def spent(relays: list[CountingRelay], do: Callable[[], object]) -> int:
    """Bytes until nothing moves any more."""
    settle(relays)
    before = sum(relay.total() for relay in relays)
    do()
    return settle(relays) - before


def settle(relays: list[CountingRelay]) -> int:
    while True:
        before = sum(relay.total() for relay in relays)
        time.sleep(QUIET)
        if (now := sum(relay.total() for relay in relays)) == before:
            return now


def reconnect(one: OneBox) -> None:
    for relay in one.relays:
        relay.cut()
    wait_for(lambda: not one.is_on(), pause=0.5)
    wait_for(one.is_on, pause=0.5)


def send_log(one: OneBox) -> None:
    subprocess.run(one.paths.command_line("fleet", "send-log"), check=True, capture_output=True)


def ping_bytes(one: OneBox) -> int:
    """One ping and its answer, on a connection that says nothing else."""
    settings, with_relay = read_hub_settings(one.paths), CountingRelay(one.hub.broker_port)
    with closing(with_relay):
        client = Client(CallbackAPIVersion.VERSION2, one.spare.id, protocol=MQTTv5)
        client.username_pw_set(one.spare.id, one.spare.password)
        client.tls_set_context(make_tls_context(settings.ca))
        client.connect("localhost", with_relay.port, keepalive=1)
        answered: list[str] = []
        client.on_log = lambda _client, _data, _level, text: answered.append(text) if "PINGRESP" in text else None
        client.loop_start()
        wait_for(lambda: answered)
        first, before = len(answered), with_relay.total()
        wait_for(lambda: len(answered) >= first + PINGS)
        size = (with_relay.total() - before) // (len(answered) - first)
        client.disconnect()
        client.loop_stop()
        return size
