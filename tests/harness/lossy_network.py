"""A mobile network between a hub and a box, each in a network namespace of its own: packets are lost, late and slow.

IP packets go from one TUN device to another through here, so that TCP at both ends is the kernel's, which sends again
what was lost. The machine's own network stays as it is: browsers give up what they load when a device comes or goes.
Needs root, `ip` and /dev/net/tun.
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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import BinaryIO

TUN = Path("/dev/net/tun")
AVAILABLE = os.geteuid() == 0 and shutil.which("ip") is not None and TUN.exists()
MTU = 1400  # bytes of a packet at most, as on 4G
BACKLOG = 3.0  # s: what would wait for longer before a slow line is lost, as in a base station whose buffer is full
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
CLONE_NEWNET = 0x40000000  # linux/sched.h
DEVICE = "mobile"
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
    """`far`: the box's namespace; `address`: the hub's; `count`: packets and bytes sent, packets that were lost."""

    far: str
    address: str
    weather: Weather
    chance: random.Random
    count: Counter[str] = field(default_factory=Counter)
    over: Event = field(default_factory=Event)

    def enter(self) -> None:
        """From now on this thread, and those that it starts, are where the box is."""
        with _open_namespace(self.far) as far:
            _set_namespace(far)

    def carry(self, source: int, target: int) -> None:
        """Take packets from one device to the other until it is over; nothing is written behind that."""
        waiting: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        deliverer = Thread(target=self._deliver, args=(waiting, target))
        deliverer.start()
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
        deliverer.join()

    def _deliver(self, waiting: SimpleQueue[tuple[float, bytes]], target: int) -> None:
        """Write each packet at its time; what still waits when it is over is dropped."""
        while (next_one := waiting.get())[1]:
            at, packet = next_one
            if not self.over.wait(max(at - time.monotonic(), 0.0)):
                os.write(target, packet)


@contextmanager
def lossy_network(weather: Weather, seed: int) -> Iterator[LossyNetwork]:
    """This thread, and what it starts, is where the hub is; the same packets are lost with the same seed."""
    number = os.getpid() % (1 << 14)
    address, other = (f"198.18.{number >> 6}.{4 * (number & 63) + host}" for host in (1, 2))  # RFC 2544: of no network
    near, far = (f"ls-{os.getpid()}-{end}" for end in ("hub", "box"))
    network = LossyNetwork(far, address, weather, random.Random(seed))
    ends = {near: (address, other), far: (other, address)}
    carriers: list[Thread] = []
    with ExitStack() as opened:
        opened.enter_context(_namespace(near))
        opened.enter_context(_namespace(far))
        devices = [opened.enter_context(_device(namespace, *ends[namespace])) for namespace in ends]
        opened.enter_context(_inside(near))
        for pair in (devices, devices[::-1]):
            carriers.append(Thread(target=network.carry, args=tuple(pair)))
            carriers[-1].start()
        try:
            yield network
        finally:
            network.over.set()
            for carrier in carriers:
                carrier.join()


@contextmanager
def _namespace(name: str) -> Iterator[None]:
    _ip("netns", "add", name)
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        _ip("netns", "del", name)


@contextmanager
def _inside(name: str) -> Iterator[None]:
    """This thread is in that namespace, and afterwards where it was."""
    with Path("/proc/thread-self/ns/net").open("rb") as before, _open_namespace(name) as there:
        _set_namespace(there)
        try:
            yield
        finally:
            _set_namespace(before)


@contextmanager
def _device(namespace: str, own: str, other: str) -> Iterator[int]:
    """The open TUN device of a namespace; it goes when it is closed."""
    with _inside(namespace):
        device = os.open(TUN, os.O_RDWR)
        try:
            fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
            _ip("addr", "add", own, "peer", f"{other}/32", "dev", DEVICE)
            _ip("link", "set", DEVICE, "mtu", str(MTU), "up")
        except BaseException:
            os.close(device)
            raise
    try:
        yield device
    finally:
        os.close(device)


def _open_namespace(name: str) -> BinaryIO:
    return Path("/run/netns", name).open("rb")


def _set_namespace(there: BinaryIO) -> None:
    """Of this thread (setns(2))."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(there.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
