"""The connections of thousands of boxes, for `fleet.py`: MQTT 5 and the agent's core are real, nothing sounds.

    python -m fleet_parts.box_loop      (in bench/; the first line on stdin: the fields of `Order`, as JSON)

Each further line on stdin is answered by one of JSON: what has happened since the line before. What comes in is read,
and its time kept, before anything else is done, so that the work of the simulated boxes does not look like the
broker's. Each envelope is verified once a process. Bare boxes subscribe to one topic, and acknowledge.
"""

from __future__ import annotations

import heapq
import json
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

from loudspeaker.fleet.courier_steps import CourierEvent
from loudspeaker.fleet.hub_settings import make_tls_context

from .boxes import BareBox, CourierBox, Files, Order, Scopes, Tally
from .packets import packets_in, publication
from .wire import READ, Broker, Wire

PING = 100.0  # s
BEGIN = 150  # boxes that are switched on in a second


class Loop:
    """All connections of this process."""

    def __init__(self, order: Order) -> None:
        is_bare = order.trusts is None
        broker = Broker(order.port, make_tls_context(order.ca) if order.ca else None, not is_bare)
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
        self._all = [Wire(broker, self, name, password) for name, password in order.boxes]
        self._boxes: dict[Wire, BareBox | CourierBox] = {
            wire: BareBox(wire, self.tally, self.schedule)
            if is_bare
            else CourierBox(wire, self.tally, scopes, files, self.schedule)
            for wire in self._all
        }
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
            self._boxes[self._all[self._begun]].begin()
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
                self._work.append(partial(self._boxes[wire].hear, *publication(kind, body), at))
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
            self._work.append(partial(self._boxes[wire].hear_link, False))

    def _tell_up(self, wire: Wire) -> None:
        """Unless it was given up meanwhile."""
        if wire.is_up:
            self._boxes[wire].hear_link(True)

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
