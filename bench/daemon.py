"""What the daemon costs: memory (PSS) of all its processes at rest, processor time, and what a day writes to the card.

Budgets: 65 MB, 0.5 % of a core. Beside it, in the same run, the usual way: APScheduler, pydub and sounddevice imported
into one process that waits. The day is the sample commune's at full speed, on a file system of its own whose device
counts what arrives, journal included (needs root): first its sound is made, then it is aired, with log and heartbeat.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station

SETTLE, WATCH = 25.0, 30.0  # seconds
USUAL = (
    "import warnings; warnings.simplefilter('ignore')\n"
    "import apscheduler.schedulers.background as b, pydub, sounddevice, yaml, time\n"
    "s = b.BackgroundScheduler(); s.start(); s.add_job(print, 'interval', hours=9); time.sleep(600)\n"
)
BOX = "plays: {na-hoa: loa}\noutputs: {loa: {device: auto}}\nclock: trusted\n"


def family(pid: int) -> list[int]:
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [pid, *(grand for child in map(int, children.stdout.split()) for grand in family(child))]


def pss(pid: int) -> float:
    """MB, of the whole family."""
    total = 0
    for member in family(pid):
        try:
            told = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", told, re.M)[1])  # type: ignore[index]
    return total / 1024


def cpu(pid: int) -> float:
    """Seconds, of the whole family."""
    ticks = 0
    for member in family(pid):
        try:
            told = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(command: list[str]) -> tuple[float, float]:
    """MB and percent of a core, at rest."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(SETTLE)
        before, begin = cpu(process.pid), time.monotonic()
        time.sleep(WATCH)
        return pss(process.pid), 100 * (cpu(process.pid) - before) / (time.monotonic() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def counted(size: int = 256) -> Iterator[tuple[Path, Path]]:
    """A new ext4 of `size` MB, and the statistics of its device."""
    with tempfile.TemporaryDirectory() as folder:
        image, top = Path(folder) / "image", Path(folder) / "top"
        top.mkdir()
        with image.open("wb") as file:
            file.truncate(size << 20)
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop,noatime", str(image), str(top)], check=True)
        try:
            device = os.stat(top).st_dev
            yield top, Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat")
        finally:
            subprocess.run(["umount", str(top)], check=True)


def written(statistics: Path) -> float:
    """MB that have reached the device."""
    os.sync()
    return int(statistics.read_text().split()[6]) * 512 / 1e6


def air(home: Path) -> tuple[int, int]:
    """A whole day of the station's, at full speed; returns its airings and its steps."""
    first = Station.open(home)
    midnight = first.clock.midnight(first.clock.day("tomorrow"))
    first.close()
    clock, steps = FakeClock(midnight), 0
    station = Station.open(home, clock=clock)
    speakers = {output: MemorySpeaker(clock) for output in station.files.outputs()}
    live = OnAir(station, speakers, clock, station.log, vouch=lambda now, trusted: frozenset({"box"}))
    while clock.now() < midnight + timedelta(days=1):
        clock.advance_to(min(live.step(), midnight + timedelta(days=1)))
        steps += 1
    airings = len(live.log.rows(midnight, midnight + timedelta(days=1)))
    live.close()
    station.close()
    return airings, steps


def day() -> None:
    own = [sys.executable, "-m", "loudspeaker"]
    with counted() as (top, statistics):
        home = top / "xa"
        subprocess.run([*own, "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        begin = written(statistics)
        subprocess.run(
            [*own, "--home", str(home), "prepare", "--date", "tomorrow"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        made = written(statistics)
        airings, steps = air(home)
        aired = written(statistics)
    print(f"written for a day's sound    {made - begin:6.1f} MB, the first time; nothing where it is there already")
    print(f"written in a day             {aired - made:6.1f} MB: log and heartbeat, {airings} airings, {steps} steps")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "xa"
        own = [sys.executable, "-m", "loudspeaker"]
        subprocess.run([*own, "init", str(home)], stderr=subprocess.DEVNULL, check=True)
        (home / "box.yaml").write_text(BOX, encoding="utf-8")
        subprocess.run([*own, "--home", str(home), "prepare", "--days", "2"], stderr=subprocess.DEVNULL, check=False)
        memory, busy = measured([*own, "--home", str(home), "run"])
    usual, usual_busy = measured([sys.executable, "-c", USUAL])
    print(f"daemon and player at rest    {memory:6.1f} MB PSS   {busy:5.2f} % of a core")
    print(f"APScheduler+pydub+sounddevice {usual:5.1f} MB PSS   {usual_busy:5.2f} % of a core")
    print(f"ratio                        {memory / usual:6.2f}")
    if os.geteuid() == 0:
        day()


if __name__ == "__main__":
    main()
