"""The process to be mistreated: the real loop, controller and as-run log over a plan of short airings in a file.

    python service.py FOLDER [SINK]

Its sound is a child process: a stand-in that writes down what is heard, or with SINK the real player of a sound card.
"""

from __future__ import annotations

import hashlib
import json
import sys
import wave
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.playout_harness import FakeStation, airing
from harness.process_speaker import ChildSpeaker
from loudspeaker.clock import SystemClock
from loudspeaker.daemon.loop import run
from loudspeaker.errors import Message
from loudspeaker.interfaces import Speaker
from loudspeaker.model.airing import Airing
from loudspeaker.model.programme import Programme
from loudspeaker.playout.clock_trust import ClockWatch
from loudspeaker.playout.controller import Controller
from loudspeaker.playout.item import RunningOrder
from loudspeaker.speakers.card.speaker import CardSpeaker, PlayerProcess
from loudspeaker.store.asrun import AsRunLog

COMMUNE = "xa-thu"


class Service:
    """`daemon.Station` over `plan.json`."""

    def __init__(self, folder: Path, speakers: Mapping[str, Speaker], desk: FakeStation, clock: SystemClock) -> None:
        self.order: RunningOrder | None = None
        self.clock = clock
        self.log = AsRunLog.open(folder / "state" / "asrun.db", COMMUNE)
        self.file = folder / "plan.json"
        self.airings: list[Airing] = []
        self.look()
        self.controller = Controller(self.log, speakers, desk)
        self.watch = ClockWatch(self.log)
        self.speakers = speakers

    def step(self) -> datetime:
        now = self.clock.now()
        trust = self.watch.look(now, self.clock.monotonic(), frozenset({"box"}))
        begins, ends = self.controller.window(now)
        if self.order is None or (self.order.begins, self.order.ends) != (begins, ends):
            inside = tuple(airing for airing in self.airings if begins <= airing.scheduled_at < ends)
            self.order = RunningOrder(begins, ends, inside)
        again = self.controller.step(now, self.order, trust)
        if self.airings:
            (self.file.parent / "taken").touch()  # for whoever mistreats it: it has the plan in hand
        return again

    def look(self) -> bool:
        before, self.airings = self.airings, planned(json.loads(self.file.read_text()))
        if before != self.airings:
            self.order = None
        return before != self.airings

    def prepare_ahead(self) -> None: ...

    def readiness(self) -> None: ...

    def sweep(self) -> None: ...

    def carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        return None

    def healthy(self) -> bool:
        return True

    def leave(self) -> bool:
        self.controller.leave(self.clock.now())
        self.step()
        return self.controller.quiet

    def close(self) -> None:
        for speaker in self.speakers.values():
            speaker.close()
        self.log.close()


class AudibleStation(FakeStation):
    """Programmes that can be heard: a WAV for each bulletin."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def ready(self, airing: Airing) -> Sequence[Programme] | Message:
        path = self.folder / f"{airing.bulletin}.wav"
        with wave.open(str(path), "rb") as file:
            rate, frames = file.getframerate(), file.getnframes()
        return [Programme(str(airing.bulletin), path, rate, frames, hashlib.sha256(path.read_bytes()).hexdigest())]


def planned(rows: Sequence[dict[str, Any]]) -> list[Airing]:
    return [airing(row["at"], row["duration"], bulletin=row["bulletin"]) for row in rows]


def service(folder: Path, sink: str | None, wake: Callable[[], None]) -> Service:
    clock = SystemClock(UTC)
    if sink:
        return Service(
            folder, {"horn": CardSpeaker(PlayerProcess(sink, 1, clock, wake), "horn")}, AudibleStation(folder), clock
        )
    return Service(folder, {"horn": ChildSpeaker(clock, folder / "ear", wake)}, FakeStation(), clock)


if __name__ == "__main__":
    folder, sink = Path(sys.argv[1]), next(iter(sys.argv[2:]), None)
    run(lambda wake: service(folder, sink, wake), folder / "state" / "control.sock", SystemClock(UTC))
