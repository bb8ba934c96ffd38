"""A station on the air in a thread of the test, behind its control socket; two outputs, `a` and `b`, of memory."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path
from selectors import DefaultSelector
from threading import Event, Thread

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.control_socket import ControlSocket
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.render_jobs import RenderJobs
from loudspeaker.daemon.requests import Requests
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station


class HurryingClock(FakeClock):
    """Each question for the time advances it by 0.12 s."""

    def now(self) -> datetime:
        self.advance(0.12)
        return super().now()


class DaemonThread(Thread):
    """Takes requests from its opening, which begins at `now`, to the end of the `with` block."""

    def __init__(self, home: Path, now: datetime) -> None:
        super().__init__()
        self.home, self.clock, self.opened, self.over = home, HurryingClock(now), Event(), Event()

    def __enter__(self) -> DaemonThread:
        self.start()
        self.opened.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()

    def run(self) -> None:
        speakers = {"a": MemorySpeaker(self.clock), "b": MemorySpeaker(self.clock)}
        with closing(Station.open(self.home, clock=self.clock)) as station, DefaultSelector() as selector:
            live = OnAir(station, speakers, self.clock, station.log, lambda now, trusted: frozenset({"box"}))
            jobs = RenderJobs(station.paths)
            requests = Requests(live, jobs=jobs)
            with closing(live), closing(ControlSocket(station.paths.socket, selector, requests.carry_out)):
                while not self.over.is_set():
                    live.step()
                    self.opened.set()
                    for key, events in selector.select(0.01):
                        key.data(events)
            jobs.terminate()
            jobs.wait()
