"""An agent in a thread of the test, on a clock whose time can jump."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from loudspeaker.clock import SystemClock
from loudspeaker.fleet.agent import Agent
from loudspeaker.fleet.hub_settings import read_hub_settings
from loudspeaker.station.paths import StationPaths


class JumpingClock(SystemClock):
    """Time that passes when the test says so, besides that which passes."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@contextmanager
def agent_thread(
    paths: StationPaths, clock: JumpingClock, enter: Callable[[], None] = lambda: None
) -> Iterator[JumpingClock]:
    """It leaves at the end of the block. `enter` puts its thread into the network by which it talks."""
    agent = Agent(paths, read_hub_settings(paths), clock, str)

    def run() -> None:
        enter()
        agent.run()

    carrying = Thread(target=run)
    carrying.start()
    try:
        yield clock
    finally:
        agent.end()
        carrying.join()
