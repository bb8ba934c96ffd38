"""A box to be mistreated: the real loop, conductor and as-run log, a plan of short airings, sound in child processes.

Run as `python box.py FOLDER`; the folder holds `plan.json`, the state, and what the ear heard. The class beside it is
the hand that starts, kills and asks.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from player import ChildSpeaker
from stage import ZONE, Desk, airing

from loudspeaker.clock import SystemClock
from loudspeaker.daemon import run
from loudspeaker.playout.conductor import Conductor
from loudspeaker.playout.record import Record
from loudspeaker.playout.trust import ClockWatch
from loudspeaker.playout.turn import RunningOrder
from loudspeaker.schedule.airing import Airing
from loudspeaker.store.asrun import AsRunLog

COMMUNE = "xa-thu"
WHOLE = {"aired", "aired-late"}
TESTS = Path(__file__).parent.parent


class Service:
    """`daemon.Station` over the plan in a file."""

    def __init__(self, folder: Path, wake: Callable[[], None]) -> None:
        self.order: RunningOrder | None = None
        self.clock = SystemClock(UTC)
        self.log = AsRunLog.open(folder / "state" / "asrun.db", COMMUNE)
        self.file = folder / "plan.json"
        self.airings: list[Airing] = []
        self.look()
        speakers = {"horn": ChildSpeaker(self.clock, folder / "ear", wake)}
        self.conductor = Conductor(self.log, speakers, Desk())
        self.watch = ClockWatch(self.log)
        self.speakers = speakers

    def step(self) -> datetime:
        now = self.clock.now()
        begins, ends = self.conductor.window(now)
        if self.order is None or (self.order.begins, self.order.ends) != (begins, ends):
            inside = tuple(airing for airing in self.airings if begins <= airing.scheduled_at < ends)
            self.order = RunningOrder(begins, ends, inside)
        trust = self.watch.look(now, self.clock.monotonic(), frozenset({"box"}))
        return self.conductor.step(now, self.order, trust)

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
        self.conductor.leave(self.clock.now())
        self.step()
        return self.conductor.quiet

    def close(self) -> None:
        self.speakers["horn"].close()
        self.log.close()


def planned(rows: Sequence[dict[str, Any]]) -> list[Airing]:
    return [airing(row["at"], row["duration"], bulletin=row["bulletin"]) for row in rows]


@dataclass
class Box:
    """One mistreated box."""

    folder: Path
    airings: int
    apart: float = 1.5  # seconds
    duration: float = 1.0
    lead: float = 4.0
    faked: bool = False
    process: subprocess.Popen[bytes] | None = None
    state: Path | None = None
    ids: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Start it, and give it airings from a few seconds after now on."""
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "plan.json").write_text("[]")
        self.step_clock(0)
        self.start()
        while not (self.folder / "state" / "control.sock").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        self._plan()

    def _plan(self) -> None:
        first = datetime.now(ZONE) + timedelta(seconds=self.lead)
        times = [first + timedelta(seconds=n * self.apart) for n in range(self.airings)]
        rows = [
            {"at": f"{time:%Y-%m-%dT%H:%M:%S.%f}", "duration": self.duration, "bulletin": f"b{n}"}
            for n, time in enumerate(times)
        ]
        self.ids = [airing.id for airing in planned(rows)]
        draft = self.folder / "plan.part"
        draft.write_text(json.dumps(rows))
        draft.replace(self.folder / "plan.json")
        time.sleep(self.lead - 1.0)

    def __enter__(self) -> Box:
        self.run()
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process and self.process.poll() is None:
            self.kill()

    def start(self) -> None:
        env = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
        if self.faked:
            env |= {
                "LD_PRELOAD": str(next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))),
                "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "FAKETIME_NO_CACHE": "1",
            }
        with (self.folder / "errors").open("ab") as errors:
            self.process = subprocess.Popen([sys.executable, __file__, str(self.folder)], stderr=errors, env=env)

    def kill(self) -> None:
        """kill -9, and be sure that its player is gone with it."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def kill_player(self) -> None:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in children.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def end(self) -> None:
        """SIGTERM, as systemd does; it must be gone within two seconds."""
        assert self.process
        self.process.terminate()
        self.process.wait(5)

    def step_clock(self, seconds: float) -> None:
        """Set the wall clock of the process, at once."""
        draft = self.folder / "clock.part"
        draft.write_text(f"{seconds:+.0f}\n")
        draft.replace(self.folder / "clock")

    def finish(self, patience: float) -> None:
        """Let it run until everything has its verdict."""
        until = time.monotonic() + patience
        while time.monotonic() < until and len(self.records()) < self.airings:
            time.sleep(0.2)
        self.end()

    def records(self) -> list[Record]:
        log = AsRunLog.open(self.folder / "state" / "asrun.db", COMMUNE)
        try:
            return list(log.rows(datetime(1970, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)))
        finally:
            log.close()

    def verify(self) -> None:
        """Raises where the chain is broken."""
        log = AsRunLog.open(self.folder / "state" / "asrun.db", COMMUNE)
        try:
            log.verify()
        finally:
            log.close()

    def whole(self) -> Counter[str]:
        """How often each airing was heard to its end."""
        lines = (self.folder / "ear").read_text().splitlines() if (self.folder / "ear").exists() else []
        return Counter(line.partition(" ")[2] for line in lines if line.startswith("end "))

    def check(self) -> None:
        """Exactly one verdict an airing, none aired twice, none lost, the log tells the truth, the chain is whole."""
        verdicts = {record.id: str(record.verdict) for record in self.records()}
        whole = self.whole()
        told = f"{verdicts}\n{whole}\n{(self.folder / 'errors').read_text()}"
        assert sorted(verdicts) == sorted(self.ids), told
        assert not whole or max(whole.values()) == 1, told
        assert {name for name, verdict in verdicts.items() if verdict in WHOLE} <= set(whole), told
        self.verify()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    run(lambda wake: Service(folder, wake), folder / "state" / "control.sock", SystemClock(UTC))
