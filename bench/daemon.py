"""What the daemon costs at rest with one output: memory (PSS) of all its processes together, and processor time.

Budgets: 65 MB, 0.5 % of a core. Beside it, in the same run, the usual way: APScheduler, pydub and sounddevice imported
into one process that waits.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


if __name__ == "__main__":
    main()
