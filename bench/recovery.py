"""What it costs to be trusted: from restart to armed, from an urgent request to its sound, a month's memory, a step.

    python bench/recovery.py

Restart: `loudspeaker run` on a log of a year, killed while airings are due; baseline: a process that only imports
APScheduler and opens the log. Urgent: through the daemon's door, breaking into what is on the air (speakers without a
card: what the card adds is in bench/playout.py). Memory: the whole station through a month, its files edited every day.
Budgets: armed within 1 s, heard within 150 ms, memory without growth.
"""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Thread

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.playout_harness import FakeStation, PlayoutHarness, airing, at, changed, programme
from harness.small_commune import FILES, ZONE

from loudspeaker.clock import FakeClock, SystemClock
from loudspeaker.daemon.loop import run
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.protocol import ask
from loudspeaker.interfaces import State
from loudspeaker.model.asrun_record import AsRunRecord
from loudspeaker.model.enums import Level, Verdict
from loudspeaker.playout.controller import Controller
from loudspeaker.playout.item import ManualRequest, RunningOrder
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.store.asrun import AsRunLog

ROOT = Path(__file__).parent.parent
TIMES = 5
COMMUNE = "xa-thu"
BY_NIGHT = "policy: {hours: [00:00-24:00], minutes_per_session: 999, allow_night: true}\n"
ENTRY = "village: Thôn Nà Hoa\nbroadcasts:\n  - {bulletin: tin-sang, at: [{times}]}\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        restart(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        urgent(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        month(Path(folder))
    steps()


def restart(folder: Path) -> None:
    """Of the whole station: killed, and started again while airings of the last minutes wait to be caught up."""
    station = minutes_ago(folder)
    fill(station.log, 365 * 12)
    station.close()
    took = median(recovered(folder) for _ in range(TIMES))
    usual = median(bare(folder) for _ in range(TIMES))
    print(
        f"restart to armed, log of {365 * 12} verdicts: {took:.2f} s (budget 1 s); bare process {usual:.2f} s", end=""
    )
    print(f"; ratio {took / usual:.2f}")


def minutes_ago(home: Path) -> Station:
    """A station that was off since just before its last four airings."""
    now = datetime.now(ZONE)
    times = [f"{now - timedelta(minutes=ago):%H:%M}" for ago in range(4)]
    put(home, {**FILES, "commune.yaml": FILES["commune.yaml"] + BY_NIGHT})
    put(home, {"schedules/na-hoa.yaml": ENTRY.replace("{times}", ", ".join(times))})
    clock = FakeClock(now - timedelta(minutes=4))
    station = Station.open(home, clock=clock)
    station.preparation.prepare(None, 2, lambda done, total, what: None)
    live = OnAir(
        station, {"san-kho": MemorySpeaker(clock)}, clock, station.log, lambda now, trusted: frozenset({"box"})
    )
    live.look()
    live.step()
    live.close()
    return station


def put(home: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text.lstrip("\n"), encoding="utf-8")


def fill(log: AsRunLog, rows: int) -> None:
    past = datetime.now(UTC) - timedelta(days=400)
    for number in range(rows):
        moment = past + timedelta(hours=2 * number)
        name = f"na-hoa/bluezone/{moment:%Y-%m-%dT%H:%M}"
        occurrence = replace(airing("17:30").occurrence, id=name, scheduled_at=moment)
        log.verdict(AsRunRecord(occurrence, Verdict.AIRED, "heard whole and on time"))


def recovered(home: Path) -> float:
    """Seconds from the start of the process to its next "started" in the log."""
    log = AsRunLog.open(home / ".state" / "asrun.db", COMMUNE)
    since, began = datetime.now(UTC), time.perf_counter()
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"]
    daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT)
    while not log.events("started", since=since) and time.perf_counter() - began < 10:
        time.sleep(0.005)
    took = time.perf_counter() - began
    log.close()
    daemon.kill()
    daemon.wait()
    return took


def bare(folder: Path) -> float:
    code = (
        "import apscheduler.schedulers.background\n"
        "from pathlib import Path\nfrom loudspeaker.store.asrun import AsRunLog\n"
        f"AsRunLog.open(Path({str(folder / '.state' / 'asrun.db')!r}), {COMMUNE!r}).close()"
    )
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return time.perf_counter() - began


class Service:
    """A station with nothing but an endless broadcast and an emergency to be asked for."""

    def __init__(self, folder: Path, wake: object) -> None:
        self.clock = SystemClock(UTC)
        self.log = AsRunLog.open(folder / "asrun.db", COMMUNE)
        self.speaker = MemorySpeaker(self.clock)
        self.controller = Controller(self.log, {"horn": self.speaker}, FakeStation())
        self.heard: list[float] = []
        self.asked = 0.0
        self.orders = 0

    def step(self) -> datetime:
        now = self.clock.now()
        begins, ends = self.controller.window(now)
        wake = self.controller.step(now, RunningOrder(begins, ends))
        if self.asked and "urgent" in self.speaker.poll().airing:
            self.heard.append(time.perf_counter() - self.asked)
            self.asked = 0.0
        return wake

    def carry_out(self, do: str, args: dict[str, float], uid: int) -> None:
        self.asked = args["asked"]
        now = self.clock.now()
        level = Level.EMERGENCY if do == "urgent" else Level.ROUTINE
        self.orders += 1
        moment = now.astimezone(at("17:30").tzinfo)
        asked = changed(airing("17:30", broadcast=do, level=level), id=f"na-hoa/{do}/{self.orders}")
        asked = changed(asked, scheduled_at=moment, starts_at=moment)
        order = ManualRequest(asked, "bench", (programme(do, 0.1 if do == "urgent" else 60.0),), override="bench")
        self.controller.submit(order, now)

    def look(self) -> bool:
        return False

    def healthy(self) -> bool:
        return self.speaker.poll().state is not State.FAILED

    def leave(self) -> bool:
        return True

    def close(self) -> None:
        self.log.close()

    prepare_ahead = readiness = sweep = lambda self: None


def urgent(folder: Path) -> None:
    services: list[Service] = []

    def caller() -> None:
        while not (folder / "sock").exists():
            time.sleep(0.01)
        for _ in range(20):
            ask(folder / "sock", "play", asked=0.0)
            time.sleep(0.1)
            ask(folder / "sock", "urgent", asked=time.perf_counter())
            time.sleep(0.3)
        os.kill(os.getpid(), 15)

    thread = Thread(target=caller)
    thread.start()
    run(lambda wake: services.append(Service(folder, wake)) or services[0], folder / "sock", SystemClock(UTC))
    thread.join()
    heard = services[0].heard
    print(f"urgent, from request to sound: median {1e3 * median(heard):.1f} ms, worst {1e3 * max(heard):.1f} ms")


def month(home: Path) -> None:
    """The whole station at full speed, its files edited every day."""
    put(home, FILES)
    clock = FakeClock(datetime(2026, 11, 1, tzinfo=ZONE))
    station = Station.open(home, clock=clock)
    speaker = MemorySpeaker(clock)
    live = OnAir(
        *(station, {"san-kho": speaker}, clock, station.log, lambda now, trusted: frozenset({"box"})), rehearsal=True
    )
    sizes = []
    for day in range(2, 31):
        (home / "bulletins" / "tin-sang.md").write_text(f"---\ntitle: Tin sáng\n---\nHôm nay ngày {day}.\n")
        live.look()
        while clock.now() < datetime(2026, 11, day, tzinfo=ZONE):
            clock.advance_to(min(live.step(), datetime(2026, 11, day, tzinfo=ZONE)))
        speaker.played.clear()
        gc.collect()
        sizes.append(resident())
    written = sum(file.stat().st_size for file in (home / ".state").glob("asrun*"))
    verdicts = len(station.log.rows(datetime(2026, 11, 1, tzinfo=ZONE), clock.now()))
    print(f"a month: {sizes[2] / 1024:.1f} MB after three days, {sizes[-1] / 1024:.1f} MB at its end", end="")
    print(f" (ratio {sizes[-1] / sizes[2]:.3f}); log {written / 1024:.0f} KB, {verdicts} verdicts")
    live.close()
    station.close()


def resident() -> int:
    """KB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def steps() -> None:
    for number in (10, 1000):
        first = at("05:00")
        many = [airing(f"{first + timedelta(minutes=4 * n):%Y-%m-%dT%H:%M}") for n in range(number)]
        stage = PlayoutHarness(*many, now="04:00")
        stage.step()
        began = time.perf_counter()
        for _ in range(1000):
            stage.clock.advance(0.5)
            stage.step()
        print(f"a step with {number} airings in the plan: {1e3 * (time.perf_counter() - began):.0f} µs")


if __name__ == "__main__":
    main()
