"""The hand that mistreats a box: starts its process (`service.py`), kills it, sets its clock, asks what was heard."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from harness.paths import ROOT, TESTS
from harness.playout_harness import ZONE
from harness.service import COMMUNE, planned
from harness.waiting import PATIENCE, wait_for
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.store.asrun import AsRunLog

WHOLE = {"aired", "aired-late"}


@dataclass
class HeardSound:
    """One attempt, as an ear outside heard it."""

    airing: str
    wall: datetime  # when it began, by the clock of the box
    boot: float = 0.0  # the same, by the clock that nobody sets
    most: bool = False  # more was heard than may be heard again
    whole: bool = False
    share: float = 0.0  # that was heard of it, where that is known


@dataclass
class FaultyBox:
    """One mistreated box, with airings of `duration` every `apart` seconds, the first one `lead` seconds from now."""

    folder: Path
    airings: int
    apart: float = 1.5
    duration: float = 1.0
    lead: float = 8.0
    faked: bool = False
    boots: float = 0.0  # seconds by which its clock is off when it is switched on
    environment: Mapping[str, str] = field(default_factory=dict)  # beside this process' own
    process: subprocess.Popen[bytes] | None = None
    ids: list[str] = field(default_factory=list)
    due: list[datetime] = field(default_factory=list)
    first: float = 0.0  # monotonic: when the first is due

    def __enter__(self) -> Self:
        """Start it, and give it its airings."""
        (self.folder / "state").mkdir(parents=True, exist_ok=True)
        (self.folder / "plan.json").write_text("[]")
        self.step_clock(self.boots)
        self.start()
        wait_for((self.folder / "state" / "control.sock").exists)
        self._plan()
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process and self.process.poll() is None:
            self.kill()

    def _plan(self) -> None:
        first = datetime.now(ZONE) + timedelta(seconds=self.lead)
        self.first = time.monotonic() + self.lead
        self.due = [first + timedelta(seconds=n * self.apart) for n in range(self.airings)]
        rows = [
            {"at": f"{due:%Y-%m-%dT%H:%M:%S.%f}", "duration": self.duration, "bulletin": f"b{n}"}
            for n, due in enumerate(self.due)
        ]
        self.ids = [airing.id for airing in planned(rows)]
        draft = self.folder / "plan.part"
        draft.write_text(json.dumps(rows))
        draft.replace(self.folder / "plan.json")
        wait_for((self.folder / "taken").exists)  # it looks every two seconds

    def start(self) -> None:
        env = {**os.environ, **self.environment, "PYTHONPATH": f"{TESTS}:{ROOT}"}
        if self.faked:
            env |= {
                "LD_PRELOAD": str(next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))),
                "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DISABLE_SHM": "1",  # of which a killed process leaves a piece in /dev/shm
            }
        command = [sys.executable, str(TESTS / "harness" / "service.py"), str(self.folder), *self.outlet()]
        with (self.folder / "errors").open("ab") as errors:
            self.process = subprocess.Popen(command, stderr=errors, env=env)

    def outlet(self) -> Sequence[str]:
        """Where its sound goes, for the command line."""
        return ()

    def kill(self) -> None:
        """kill -9."""
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
        """SIGTERM, as systemd does."""
        assert self.process
        self.process.terminate()
        self.process.wait(PATIENCE)

    def step_clock(self, seconds: float) -> None:
        """Set the wall clock of the process, at once: so far from the right time."""
        draft = self.folder / "clock.part"
        draft.write_text(f"{seconds:+.0f}\n")
        draft.replace(self.folder / "clock")

    def wait_for(self, airing: int, offset: float) -> None:
        """Until `offset` seconds after (before, if negative) the right time of an airing, counted from 0."""
        time.sleep(max(0.0, self.first + airing * self.apart + offset - time.monotonic()))

    def finish(self) -> None:
        """Let it run until everything has its verdict."""
        with suppress(TimeoutError):  # what is missing then, `check` tells
            wait_for(lambda: len(self.records()) == self.airings, 2 * PATIENCE, pause=0.2)
        self.end()

    def records(self) -> list[AsRunRecord]:
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

    def sounds(self) -> list[HeardSound]:
        """Every attempt that was heard, in order."""
        sounds: list[HeardSound] = []
        file = self.folder / "ear"
        for line in file.read_text().splitlines() if file.exists() else []:
            what, wall, boot, airing = line.split(" ")
            if what == "begin":
                sounds.append(HeardSound(airing, datetime.fromtimestamp(float(wall), ZONE), float(boot)))
            else:
                setattr(next(sound for sound in reversed(sounds) if sound.airing == airing), what, True)
        return sounds

    @property
    def told(self) -> str:
        """All that there is to know, for whoever has to find out what went wrong."""
        verdicts = [f"{record.id} {record.verdict} {record.why}" for record in self.records()]
        sounds = [str(sound) for sound in self.sounds()]
        return "\n".join([str(self.folder), *verdicts, *sounds, (self.folder / "errors").read_text()])

    def check(self) -> None:
        """Exactly one verdict an airing, nothing heard twice, the log tells the truth, the chain is whole."""
        records, sounds = self.records(), self.sounds()
        whole = Counter(sound.airing for sound in sounds if sound.whole)
        assert sorted(record.id for record in records) == sorted(self.ids), self.told
        assert max(whole.values(), default=0) <= 1, self.told
        assert max(Counter(sound.airing for sound in sounds).values(), default=0) <= 2, self.told
        assert {record.id for record in records if record.verdict in WHOLE} <= set(whole), self.told
        for number, sound in enumerate(sounds):
            if sound.most:
                assert sound.airing not in {later.airing for later in sounds[number + 1 :]}, self.told
        self.verify()

    def lost(self) -> set[str]:
        """Airings of which nothing was heard."""
        return set(self.ids) - {sound.airing for sound in self.sounds()}

    def attempts(self, airing: str) -> int:
        """How often, by the log, it was or may have been begun."""
        log = AsRunLog.open(self.folder / "state" / "asrun.db", COMMUNE)
        kinds = Counter(event.kind for event in log.events(airing=airing))
        log.close()
        return kinds["started"] - kinds["disarmed"]


def each(do: Callable[[int], None], runs: int, at_once: int) -> None:
    """Do it for every number from 0 on, several at once; all that went wrong is told at the end, with its number."""
    with ThreadPoolExecutor(at_once) as pool:
        outcomes = [pool.submit(do, number) for number in range(runs)]
    wrong = [f"run {number}: {outcome.exception()!r}" for number, outcome in enumerate(outcomes) if outcome.exception()]
    assert not wrong, "\n".join([f"{len(wrong)} of {runs}", *wrong])
