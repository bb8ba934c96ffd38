"""An error in any call of the daemon's loop: it lives, says what happened, and the next airing is on time.

Time runs twenty times as fast as on the wall, and the error is thrown once, in one call after the other.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from harness.playout_harness import FakeStation, airing, changed

from loudspeaker.daemon import loop as daemon_loop
from loudspeaker.daemon.loop import Loop
from loudspeaker.daemon.protocol import ask
from loudspeaker.playout.controller import Controller
from loudspeaker.playout.item import RunningOrder
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.memory import MemorySpeaker

pytestmark = pytest.mark.waits

FAST = 20.0
TICK = 0.02  # s on the wall


class FastClock:
    """From now on, faster."""

    def __init__(self) -> None:
        self.began, self.zero = datetime.now(UTC), monotonic()

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return FAST * (monotonic() - self.zero)


class Speaker(MemorySpeaker):
    lead = 20.0  # a second on the wall: a busy machine may be late by half of it


class Station:
    """A controller with one airing after another, every 25 seconds, and nothing to read or to prepare."""

    def __init__(self, clock: FastClock) -> None:
        self.clock, self.log = clock, MemoryLog()
        self.speaker = Speaker(clock)
        self.controller = Controller(self.log, {"horn": self.speaker}, FakeStation())
        begins = clock.now()
        self.due = [begins + timedelta(seconds=seconds) for seconds in (25, 50)]
        airings = [
            changed(airing("17:00", 2.0), id=f"na-hoa/x/{at.isoformat()}", scheduled_at=at, starts_at=at, ends_at=at)
            for at in self.due
        ]
        self.order = RunningOrder(begins, begins + timedelta(days=1), tuple(airings))
        self.readied = self.swept = 0

    def open(self, wake: Callable[[], None]) -> Station:
        return self

    def step(self) -> datetime:
        if len(self.log.records) == len(self.due) or self.clock.monotonic() > 600:
            os.kill(os.getpid(), signal.SIGTERM)
        return self.controller.step(self.clock.now(), self.order)

    def look(self) -> bool:
        return False

    def prepare_ahead(self) -> None: ...
    def readiness(self) -> None: ...
    def sweep(self) -> None: ...

    def carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        return "done"

    def healthy(self) -> bool:
        return True

    def leave(self) -> bool:
        return True

    def close(self) -> None: ...


def throwing(thing: object, name: str, after: bool = False) -> Callable[[], bool]:
    """Make the next call of `thing.name` fail, before or `after` it has done its work; has it been called?"""
    sound = getattr(thing, name)
    thrown: list[str] = []

    def call(*args: Any, **settings: Any) -> Any:
        if not thrown:
            thrown.append(name)
            if after:
                sound(*args, **settings)
            raise ZeroDivisionError(f"thrown in {name}")
        return sound(*args, **settings)

    setattr(thing, name, call)
    return lambda: bool(thrown)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


CALLS = {
    "step": lambda loop: throwing(loop._station, "step"),
    "look": lambda loop: throwing(loop._station, "look"),
    "prepare": lambda loop: throwing(loop._station, "prepare_ahead"),
    "healthy": lambda loop: throwing(loop._station, "healthy"),
    "leave": lambda loop: throwing(loop._station, "leave"),
    "close of the station": lambda loop: throwing(loop._station, "close"),
    "close of the control socket": lambda loop: throwing(loop._control_socket, "close", after=True),
    "wait": lambda loop: throwing(loop._selector, "select"),
    "hear": lambda loop: throwing(loop._selector, "modify"),
    "look at the control socket": lambda loop: throwing(loop._control_socket, "tend"),
    "take leave": lambda loop: throwing(loop._selector, "unregister"),
    "wall clock": lambda loop: throwing(loop._clock, "now"),
    "monotonic clock": lambda loop: throwing(loop._clock, "monotonic"),
    "step watch": lambda loop: throwing(loop._watch, "detect_step"),
    "wake-up": lambda loop: throwing(loop._scheduler, "add_job"),
    "end of the wake-ups": lambda loop: throwing(loop._scheduler, "shutdown", after=True),
    "hear a speaker": lambda loop: throwing(loop._station.controller._verdicts, "follow"),
    "serve an output": lambda loop: throwing(loop._station.controller._arming, "serve"),
    "permits": lambda loop: throwing(loop._station.controller._arming._station, "permits"),
    "systemd": lambda loop: throwing(daemon_loop, "notify"),
}


@pytest.mark.parametrize("call", CALLS)
def test_an_error_in_any_call_costs_only_that_call(
    call: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_loop, "notify", daemon_loop.notify)  # put back, whoever throws in its place
    station = Station(FastClock())
    loop = Loop(station.clock, TICK)
    loop.open(station.open, tmp_path / "control.sock")
    thrown = CALLS[call](loop)
    caller = Caller(tmp_path / "control.sock", loop)

    loop.run()
    loop.close()

    assert thrown()
    assert "thrown in" in caplog.text
    assert caller.heard or call == "hear"
    assert [record.verdict for record in station.log.records.values()] == ["aired", "aired"], station.log.records
    late = [
        abs((record.started_at or record.scheduled_at) - record.scheduled_at) for record in station.log.records.values()
    ]
    assert max(late) < timedelta(seconds=0.1)


class Caller:
    """Somebody who asks for something at the control socket while the loop runs: once, from the loop's own thread."""

    def __init__(self, path: Path, loop: Loop) -> None:
        from threading import Thread

        self.heard = False
        self.thread = Thread(target=partial(self._ask, path))
        self.thread.start()

    def _ask(self, path: Path) -> None:
        from loudspeaker.errors import LoudspeakerError

        for _ in range(3):
            try:
                self.heard = ask(path, "x") == "done"
            except LoudspeakerError:
                continue
            return
