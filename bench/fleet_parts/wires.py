"""The connections of thousands of boxes, for `fleet.py`: MQTT 5 and the agent's core are real, nothing sounds.

    python -m fleet_parts.wires      (in bench/; the first line on stdin: the fields of `Order`, as JSON)

Each further line on stdin is answered by one of JSON: what has happened since the line before. What comes in is read,
and its time kept, before anything else is done, so that the work of the simulated boxes does not look like the
broker's. Each envelope is verified once a process. Bare boxes subscribe to one topic, and acknowledge.
"""

from __future__ import annotations

import heapq
import json
import os
import select
import socket
import ssl
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue

from loudspeaker.fleet.courier_steps import (
    CourierEvent,
)
from loudspeaker.fleet.hub_settings import make_tls_context
from loudspeaker.fleet.topics import (
    Presence,
    Topic,
    TopicKind,
    format_message,
)

from .boxes import BareBox, CourierBox, Files, Order, Scopes, Tally
from .packets import connect_packet, packets_in, publication

PING = 100.0  # s
BEGIN = 150  # boxes that are switched on in a second
READ = 1 << 16


class Wire:
    """One connection. Its owner is told when it is up or down, and what comes."""

    __slots__ = ("box", "buffer", "is_ready", "is_up", "last", "loop", "name", "out", "password", "sock")

    def __init__(self, loop: Loop, name: str, password: str) -> None:
        self.loop, self.name, self.password = loop, name, password
        self.box: BareBox | CourierBox
        self.sock: socket.socket | None = None
        self.buffer, self.out, self.is_up, self.is_ready, self.last = bytearray(), bytearray(), False, False, 0.0

    def connect(self) -> None:
        self.close()
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BlockingIOError):
            sock.connect(("127.0.0.1", self.loop.order.port))
        self.sock, self.is_ready = sock, False
        self.buffer.clear()
        will = None
        if not self.loop.is_bare:
            will = (str(Topic(TopicKind.PRESENCE, self.name)), format_message(Presence(on=False)))
        self.out = bytearray(connect_packet(self.name, self.password, will))
        self.loop.watch(self, select.EPOLLIN | select.EPOLLOUT)

    def close(self) -> None:
        if self.sock:
            self.loop.forget(self)
            self.sock.close()
            self.sock = None
        self.is_up = False

    def send(self, raw: bytes) -> None:
        if not self.sock:
            return
        waits = bool(self.out)
        self.out += raw
        if not waits:
            self.flush()

    def flush(self) -> None:
        """Raises nothing: what is lost is found when it is read."""
        assert self.sock
        try:
            while self.out:
                del self.out[: self.sock.send(self.out)]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            self.loop.watch(self, select.EPOLLIN | select.EPOLLOUT)
        except OSError:
            self.out.clear()
        self.last = time.monotonic()

    def wake(self, events: int) -> bool:
        """Read what is there; False where the connection is gone."""
        try:
            if not self.is_ready:
                self._shake_hands()
            if events & select.EPOLLOUT:
                self.loop.watch(self, select.EPOLLIN)
            self.flush()
            while raw := self.sock.recv(READ):
                self.buffer += raw
            return False
        except ssl.SSLWantWriteError:
            self.loop.watch(self, select.EPOLLIN | select.EPOLLOUT)
        except ssl.SSLWantReadError:
            self.loop.watch(self, select.EPOLLIN)
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True

    def _shake_hands(self) -> None:
        if self.loop.tls and not isinstance(self.sock, ssl.SSLSocket):
            self.sock = self.loop.tls.wrap_socket(self.sock, server_hostname="localhost", do_handshake_on_connect=False)
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()
        self.is_ready = True


class Loop:
    """All connections of this process."""

    def __init__(self, order: Order) -> None:
        self.order, self.is_bare = order, order.trusts is None
        self.tls = make_tls_context(order.ca) if order.ca else None
        self.tally = Tally()
        self._epoll = select.epoll()
        self._wires: dict[int, Wire] = {}
        self._work: deque[Callable[[], object]] = deque()
        self._due: list[tuple[float, int, BareBox | CourierBox]] = []
        self._wakes: dict[BareBox | CourierBox, int] = {}  # which of its entries there counts
        self._asked = 0
        scopes = Scopes(order.trusts or {}, order.manifests or {})
        self._poked, self._poke = os.pipe()
        self._outside: SimpleQueue[tuple[CourierBox, CourierEvent]] = SimpleQueue()
        files = Files(order, scopes, self._report) if order.https_port else None
        self._all = [Wire(self, name, password) for name, password in order.boxes]
        for wire in self._all:
            if self.is_bare:
                wire.box = BareBox(wire, self.tally, self.schedule)
            else:
                wire.box = CourierBox(wire, self.tally, scopes, files, self.schedule)
        self._begun = 0

    def watch(self, wire: Wire, events: int) -> None:
        fd = wire.sock.fileno()
        if fd in self._wires:
            self._epoll.modify(fd, events)
        else:
            self._wires[fd] = wire
            self._epoll.register(fd, events)

    def forget(self, wire: Wire) -> None:
        fd = wire.sock.fileno()
        if self._wires.pop(fd, None):
            self._epoll.unregister(fd)

    def schedule(self, at: float, box: BareBox | CourierBox) -> None:
        """Wake a box then, and not when it has said before: an agent waits for one moment."""
        self._asked += 1
        self._wakes[box] = self._asked
        heapq.heappush(self._due, (at, self._asked, box))

    def run(self) -> None:
        """Until stdin ends."""
        for fd in (sys.stdin.fileno(), self._poked):
            os.set_blocking(fd, False)
            self._epoll.register(fd, select.EPOLLIN)
        began = pinged = time.monotonic()
        while True:
            events = self._epoll.poll(0 if self._work else 0.02, 1000)
            for fd, mask in events:
                if fd == sys.stdin.fileno():
                    if not self._answer():
                        return
                elif fd == self._poked:
                    os.read(self._poked, READ)
                elif wire := self._wires.get(fd):
                    self._read(wire, mask)
            now = time.monotonic()
            for _ in range(0 if events else 50):  # what came is read first
                if self._work:
                    self._work.popleft()()
            self._begin(min(len(self._all), int((now - began) * BEGIN)))
            self._pass_time(now)
            if now - pinged > PING / 10:
                pinged = now
                self._ping(now)

    def _begin(self, count: int) -> None:
        while self._begun < count:
            self._all[self._begun].box.begin()
            self._begun += 1

    def _pass_time(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            _, asked, box = heapq.heappop(self._due)
            if self._wakes[box] == asked:
                self._work.append(box.pass_time)
        while not self._outside.empty():
            box, event = self._outside.get()
            self._work.append(partial(box.step, event))

    def _ping(self, now: float) -> None:
        for wire in self._all:
            if wire.is_up and now - wire.last > PING:
                wire.send(b"\xc0\x00")

    def _report(self, box: CourierBox, event: CourierEvent) -> None:
        """From any thread."""
        self._outside.put((box, event))
        os.write(self._poke, b".")

    def _read(self, wire: Wire, mask: int) -> None:
        there, at = wire.wake(mask), time.monotonic()
        for kind, body in packets_in(wire.buffer):
            if kind >> 4 == 3:
                self._work.append(partial(wire.box.hear, *publication(kind, body), at))
            elif kind == 0x20 and body[1] == 0:
                wire.is_up = True
                self._work.append(partial(self._tell_up, wire))
            elif kind == 0x90:
                self.tally.connected.append(at)
            elif kind in (0x20, 0xE0):
                self.tally.counts[f"refused {kind:#x} {body.hex()}"] += 1
                there = False
        if not there:
            self.tally.counts["lost"] += wire.is_up
            self.tally.counts["not connected"] += not wire.is_up
            wire.close()
            self._work.append(partial(wire.box.hear_link, False))

    def _tell_up(self, wire: Wire) -> None:
        """Unless it was given up meanwhile."""
        if wire.is_up:
            wire.box.hear_link(True)

    def _answer(self) -> bool:
        if not os.read(sys.stdin.fileno(), READ):
            return False
        tally, self.tally.__dict__ = dict(self.tally.__dict__), Tally().__dict__
        up = sum(wire.is_up for wire in self._all)
        print(json.dumps({"up": up, **tally}), flush=True)
        return True


def main() -> None:
    Loop(Order(**json.loads(sys.stdin.buffer.raw.readline()))).run()


if __name__ == "__main__":
    main()
