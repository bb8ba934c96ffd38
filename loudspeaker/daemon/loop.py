"""The daemon: a step and a loop. Wakes the station when something is due and decides nothing.

One thread does everything that matters; APScheduler, the sound cards and signals only poke it. APScheduler is clockwork
and nothing more: it sleeps on a monotonic timer and cannot know that the wall clock was set, so once a second both
clocks are compared here, and whatever is due is decided by the station's own plan and log.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic  # of what may not fail: a clock that is given can
from types import FrameType
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from ..clock import StepDetector
from ..errors import BeingMade, LoudspeakerError, Message
from ..interfaces import Clock
from ..process import without_full_collections
from .control_socket import ControlSocket

TICK = 1.0  # s: the clocks are compared
LOOK = 2.0  # s: people's files are looked at
AHEAD = 600.0  # s: what is coming is made
GARBAGE = 600.0  # s: garbage is looked for among everything
FADE = 0.9  # s: then the sound ends, faded or not
EVENING = 19, 30  # what of tomorrow is not ready?
NIGHT = 2, 30  # the cache is swept
BLINK = 0.02  # s
QUIET = 60.0  # s before the same trouble is told again
OVERDUE = 2.0  # s: then a wake-up of APScheduler's is not waited for any longer

logger = logging.getLogger(__name__)
# It warns, in English, of what does no harm here: whatever it forgets to wake us for, `_compare` finds.
logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
Task = Callable[[], object]


class LoopPort(Protocol):
    """What the loop needs of a station on the air. All of it is called from one thread and returns at once."""

    def step(self) -> datetime:
        """Do what is due; when to be called again."""

    def look(self) -> bool:
        """Take up what people have changed. True if there was anything."""

    def prepare_ahead(self) -> None:
        """Have what is coming made, in a process of its own that ends."""

    def readiness(self) -> None:
        """In the evening: say what of tomorrow is not ready, and why."""

    def sweep(self) -> None:
        """At night: throw away what the cache need not keep."""

    def carry_out(self, do: str, args: dict[str, object], uid: int) -> object:
        """What somebody asks for at the control socket. Raises a `LoudspeakerError` for them."""

    def healthy(self) -> bool:
        """Do all players answer?"""

    def leave(self) -> bool:
        """Fade out and start nothing more; called until it is True."""

    def close(self) -> None: ...


def run(open_station: Callable[[Callable[[], None]], LoopPort], socket_path: Path, clock: Clock) -> None:
    """Run until SIGTERM or SIGINT. `open_station` is given what wakes the loop, for its speakers to call.

    Raises `Refused` where a daemon runs already, `BadUsage` where the path of the socket is too long.
    """
    loop = Loop(clock)
    try:
        loop.open(open_station, socket_path)
        with without_full_collections():
            loop.run()
    finally:
        loop.close()


class Loop:
    """Everything the daemon waits for, in one place."""

    def __init__(self, clock: Clock, tick: float = TICK) -> None:
        self._clock = clock
        self._watch = StepDetector(clock)
        self._selector = selectors.DefaultSelector()
        self._poked, self._poke = _pipe()
        self._selector.register(self._poked, selectors.EVENT_READ, self._drain)
        self._scheduler = BackgroundScheduler(
            timezone=clock.now().tzinfo, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._tick = tick
        self._tasks: dict[Task, None] = {}  # in the order asked for, each once
        self._at_tasks = threading.Lock()  # other threads ask, too
        self._closed = False
        self._overdue: dict[Task, float] = {}  # monotonic
        self._station: LoopPort | None = None
        self._control_socket: ControlSocket | None = None
        self._wake = clock.now()
        self._ending = False
        self._last_trouble = "", 0.0

    def wake(self) -> None:
        """From any thread: there is news."""
        self._ask(self._step)

    def open(self, open_station: Callable[[Callable[[], None]], LoopPort], socket_path: Path) -> None:
        # First: it keeps a second daemon out.
        self._control_socket = ControlSocket(socket_path, self._selector, self._carry_out)
        self._station = open_station(self.wake)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._end)
        signal.set_wakeup_fd(self._poke, warn_on_full_buffer=False)
        self._schedule()
        self._scheduler.start()

    def run(self) -> None:
        """Until a signal ends it."""
        assert self._control_socket
        for first in (self._look, self._step, self._ahead, partial(notify, "READY=1")):
            self._try(first)
        while not self._ending:
            self._wait(self._tick)
            self._try(self._control_socket.tend)
            self._try(self._compare)
            if task := self._next():  # one: whoever asks meanwhile is heard before the next
                self._try(task)
            self._try(self._notify_watchdog)
        self._fade()

    def close(self) -> None:
        """Close everything, whatever goes wrong with one part of it."""
        signal.set_wakeup_fd(-1)
        if self._scheduler.running:
            self._try(self._scheduler.shutdown)
        if self._control_socket:
            self._try(self._control_socket.shut)
        if self._station:
            self._try(self._station.close)
        if self._control_socket:
            self._try(self._control_socket.close)  # now somebody else may open the cards
        self._try(self._selector.close)
        with self._at_tasks:  # a speaker that could not be closed may still call `wake`
            self._closed = True
            os.close(self._poked)
            os.close(self._poke)

    # What wakes it.

    def _schedule(self) -> None:
        """Anew after each step of the clock: APScheduler would wait for the old time, or count all that was missed.

        That is also why nothing is an "interval" job: after a jump of ten years it goes through every one of them.
        """
        assert self._station
        self._due("look", self._look, LOOK)
        self._due("ahead", self._ahead, AHEAD)
        self._due("garbage", self._collect_garbage, GARBAGE)
        for name, task, (hour, minute) in (
            ("readiness", self._station.readiness, EVENING),
            ("sweep", self._station.sweep, NIGHT),
        ):
            self._add("cron", name, task, hour=hour, minute=minute)

    def _due(self, name: str, task: Task, seconds: float) -> None:
        self._overdue[task] = self._clock.monotonic() + seconds + OVERDUE
        self._add("date", name, task, run_date=self._clock.now() + timedelta(seconds=seconds))

    def _add(self, trigger: str, name: str, task: Task, **when: object) -> None:
        self._scheduler.add_job(self._ask, trigger, [task], id=name, replace_existing=True, **when)

    def _ask(self, task: Task) -> None:
        with self._at_tasks:
            self._tasks[task] = None
            if not self._closed:
                with suppress(BlockingIOError):  # full: it is awake anyway
                    os.write(self._poke, b".")

    def _next(self) -> Task | None:
        with self._at_tasks:
            for task in self._tasks:
                del self._tasks[task]
                return task
        return None

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._ending = True

    def _drain(self, _events: int) -> None:
        with suppress(BlockingIOError):
            os.read(self._poked, 4096)

    def _wait(self, seconds: float) -> None:
        """Until something comes in, and hear it; one caller's trouble is not the next one's."""
        try:
            events = self._selector.select(0 if self._tasks else seconds)
        except Exception as error:
            self._tell(error, self._wait)
            time.sleep(BLINK)  # or a lasting fault would keep the machine busy
            return
        for key, mask in events:
            self._try(partial(key.data, mask))

    def _compare(self) -> None:
        """What may not wait for APScheduler: a clock that was set, and a wake-up that never came."""
        if self._clock.now() >= self._wake:
            self._ask(self._step)
        for task, at in list(self._overdue.items()):
            if self._clock.monotonic() >= at:
                self._overdue[task] = at + OVERDUE
                self._ask(task)
        if self._watch.detect_step():
            self._ask(self._step)
            self._schedule()

    # What it does. Each is due again before it is done, so that a broken one is tried again.

    def _step(self) -> None:
        assert self._station
        self._wake = self._clock.now() + timedelta(seconds=self._tick)
        wake = self._station.step()
        self._add("date", "step", self._step, run_date=wake)
        self._wake = wake

    def _look(self) -> None:
        assert self._station
        self._due("look", self._look, LOOK)
        if self._station.look():
            self._ask(self._step)
            self._ask(self._ahead)

    def _ahead(self) -> None:
        assert self._station
        self._due("ahead", self._ahead, AHEAD)
        self._station.prepare_ahead()

    def _collect_garbage(self) -> None:
        self._due("garbage", self._collect_garbage, GARBAGE)
        gc.collect()

    def _notify_watchdog(self) -> None:
        """At rest, too: a step may be longer away than the watchdog waits, and a full disk is no reason to be ended."""
        assert self._station
        if self._station.healthy():
            notify("WATCHDOG=1")

    def _carry_out(self, do: str, args: dict[str, object], uid: int) -> object:
        assert self._station
        changed = True
        try:
            return self._station.carry_out(do, args, uid)
        except BeingMade:  # whoever waits for it asks fifty times a second
            changed = False
            raise
        finally:
            if changed:
                self._ask(self._step)

    def _try(self, task: Task) -> None:
        """One broken thing must not silence the rest: it is told, and the loop goes on."""
        try:
            task()
        except Exception as error:
            self._tell(error, task)

    def _tell(self, error: Exception, task: object) -> None:
        """Loudly, but not every second; what is nobody's mistake but ours with all that helps to find it."""
        expected = isinstance(error, LoudspeakerError)
        what = str(error) if expected else repr(error)
        now = monotonic()
        if what == self._last_trouble[0] and now < self._last_trouble[1] + QUIET:
            return
        self._last_trouble = what, now
        if expected:
            logger.error("%s", error)
        else:
            fault = Message("a fault of the program, which goes on: {error} in {task}", error=what, task=_name(task))
            logger.error("%s", fault, exc_info=error)

    def _fade(self) -> None:
        self._try(partial(notify, "STOPPING=1"))
        until = monotonic() + FADE
        while not self._try_leaving() and monotonic() < until:
            self._wait(BLINK)

    def _try_leaving(self) -> bool:
        assert self._station
        try:
            return self._station.leave()
        except Exception as error:  # it may be a full disk: the sound fades all the same
            self._tell(error, self._station.leave)
            return False


def _name(task: object) -> str:
    while isinstance(task, partial):
        task = task.func
    return str(getattr(task, "__qualname__", task))


def notify(state: str) -> None:
    """Tell systemd, where it asked to be told (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)  # a system that does not listen now must not keep the daemon waiting
            line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


def _pipe() -> tuple[int, int]:
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    return reads, writes
