"""A mobile network between this machine and a box in a network namespace of its own: packets are lost, late and slow.

IP packets go from one TUN device to another through here, so that TCP at both ends is the kernel's, which sends again
what was lost. Needs root, `ip` and /dev/net/tun.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import select
import shutil
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

TUN = Path("/dev/net/tun")
AVAILABLE = os.geteuid() == 0 and shutil.which("ip") is not None and TUN.exists()
MTU = 1400  # bytes of a packet at most, as on 4G
BACKLOG = 3.0  # s: what would wait for longer before a slow line is lost, as in a base station whose buffer is full
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
CLONE_NEWNET = 0x40000000  # linux/sched.h
LOOK = 0.2  # s, between looks whether it is over


@dataclass(frozen=True)
class Weather:
    """What happens to packets, on each of the two ways: a share is lost, the rest comes `delay` s later.

    `rate`: bits a second that go through; None: all.
    """

    loss: float = 0.0
    delay: float = 0.0
    rate: float | None = None


@dataclass
class LossyNetwork:
    """`near`: the address of this machine in it; `count`: packets and bytes that were sent, packets that were lost."""

    namespace: str
    near: str
    weather: Weather
    chance: random.Random
    count: Counter[str] = field(default_factory=Counter)
    over: Event = field(default_factory=Event)

    def enter(self) -> None:
        """From now on the connections of this thread, and of those that it starts, go by this network."""
        _set_namespace(self.namespace)

    def carry(self, source: int, target: int) -> None:
        """Take packets from one device to the other until it is over."""
        waiting: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        Thread(target=_deliver, args=(waiting, target), daemon=True).start()
        free_at = 0.0  # when the line has sent what came before
        while not self.over.is_set():
            if not select.select([source], [], [], LOOK)[0]:
                continue
            packet, now = os.read(source, 1 << 16), time.monotonic()
            self.count["packets"] += 1
            self.count["bytes"] += len(packet)
            begins = max(free_at, now)
            if self.chance.random() < self.weather.loss or begins - now > BACKLOG:
                self.count["lost"] += 1
                continue
            free_at = begins + (8 * len(packet) / self.weather.rate if self.weather.rate else 0.0)
            waiting.put((free_at + self.weather.delay, packet))
        waiting.put((0.0, b""))


def _deliver(waiting: SimpleQueue[tuple[float, bytes]], target: int) -> None:
    while (next_one := waiting.get())[1]:
        at, packet = next_one
        time.sleep(max(at - time.monotonic(), 0.0))
        with suppress(OSError):  # it is being taken down
            os.write(target, packet)


@contextmanager
def lossy_network(weather: Weather, seed: int) -> Iterator[LossyNetwork]:
    """The same packets, counted from its beginning, are lost with the same seed."""
    number = os.getpid() % (1 << 14)
    near, far = (f"198.18.{number >> 6}.{4 * (number & 63) + host}" for host in (1, 2))  # RFC 2544: of no network
    name = f"ls-{os.getpid()}"  # of the namespace and of both devices
    network = LossyNetwork(name, near, weather, random.Random(seed))
    _ip("netns", "add", network.namespace)
    opened: list[int] = []
    carriers: list[Thread] = []
    try:
        opened = [_open_device(name), _run_in(network.namespace, lambda: _open_device(name))]
        for where, own, other in (((), near, far), (("-n", network.namespace), far, near)):
            _ip(*where, "addr", "add", own, "peer", f"{other}/32", "dev", name)
            _ip(*where, "link", "set", name, "mtu", str(MTU), "up")
        _ip("-n", network.namespace, "link", "set", "lo", "up")
        for ends in (opened, opened[::-1]):
            carriers.append(Thread(target=network.carry, args=tuple(ends)))
            carriers[-1].start()
        yield network
    finally:
        network.over.set()
        for carrier in carriers:
            carrier.join()
        for device in opened:
            os.close(device)  # and it is gone
        _ip("netns", "del", network.namespace)


def _open_device(name: str) -> int:
    """A TUN device in the namespace of this thread."""
    device = os.open(TUN, os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def _run_in(namespace: str, do: Callable[[], int]) -> int:
    """What comes of it in a thread there: this one stays where it is."""
    found: list[int] = []

    def run() -> None:
        _set_namespace(namespace)
        found.append(do())

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def _set_namespace(namespace: str) -> None:
    """Of this thread (setns(2))."""
    with Path("/run/netns", namespace).open("rb") as there:
        library = ctypes.CDLL(None, use_errno=True)
        if library.setns(there.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
