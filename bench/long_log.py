"""What the station costs after years: time and memory of whatever reads the as-run log, at a million entries.

    python bench/long_log.py [ENTRIES] [FOLDER]

`lived.py` makes the log. FOLDER is kept, and used again where it holds a station already; without one a temporary
folder is used. Each figure is of a process of its own: seconds, seconds of processor, MB at its largest.

Budgets: `why`, `log --date`, `plan`, a month's report: 5 s and 150 MB; restart to armed: 2 s; `log --verify` and
`log --export`, which touch every entry: 150 MB and twice the processor's time of the baseline, a bare loop of SQLite
and SHA-256.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent  # nothing of it is imported here: what we take, our children would seem to take
ENTRIES = 1_000_000
COMMUNE = "xa-thu"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)
BARE_LOOP = """
import hashlib, sqlite3, sys
before = hashlib.sha256(f"loudspeaker as-run log of {sys.argv[2]}".encode()).hexdigest()
for _, entry, told in sqlite3.connect(sys.argv[1]).execute("SELECT number, entry, hash FROM entries ORDER BY number"):
    before = hashlib.sha256(f"{before}\\n{entry}".encode()).hexdigest()
    assert before == told
"""
BARE_PROCESS = "import apscheduler.schedulers.background, sqlite3, sys; sqlite3.connect(sys.argv[1])"


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds, seconds of processor, and MB at its largest."""

    seconds: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.processor:6.2f} s {self.memory:5.0f} MB"


def main(entries: int = ENTRIES, folder: str = "") -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(folder or scratch)
        if not (home / "commune.yaml").exists():
            subprocess.run(
                [sys.executable, str(Path(__file__).with_name("lived.py")), str(home), str(entries)], check=True
            )
        path = home / ".state" / "asrun.db"
        questions(home, path)
        whole(home, path)
        restart(home, path)


def questions(home: Path, path: Path) -> None:
    database = sqlite3.connect(path)
    (entries,) = database.execute("SELECT max(number) FROM entries").fetchone()
    airing, day = database.execute(
        "SELECT airing, date(at, '+7 hours') FROM entries WHERE kind = 'verdict' ORDER BY number LIMIT 1 OFFSET ?",
        (entries // 20,),
    ).fetchone()
    database.close()
    month = f"{datetime.now(ZONE).replace(day=1) - timedelta(days=1):%Y-%m}"
    print(f"{entries} entries, {path.stat().st_size / 1e6:.0f} MB")
    print(f"{command(home, '--help')}  baseline: --help")
    for asked in (
        ["why", airing],
        ["log", "--date", day],
        ["plan"],
        ["report", "--month", month, "-o", str(home / "thang.xlsx")],
        ["report", "--month", day[:7], "-o", str(home / "thang.csv")],
    ):
        print(f"{command(home, *asked)}  {' '.join(asked[:3])} (budget 5 s, 150 MB)")


def whole(home: Path, path: Path) -> None:
    bare = spent([sys.executable, "-c", BARE_LOOP, str(path), COMMUNE])
    print(f"{bare}  baseline: SQLite and SHA-256, each entry once")
    for asked in (["log", "--verify"], ["log", "--export", str(home / "asrun.jsonl")]):
        cost = command(home, *asked)
        ratio = cost.processor / bare.processor
        print(f"{cost}  {' '.join(asked[:2])}: ratio {ratio:.2f} (budget 2, 150 MB)")


def restart(home: Path, path: Path) -> None:
    """Killed with an airing to come, and started again a few seconds after it was due: until the log has it started."""
    due = (datetime.now(ZONE) + 1.5 * MINUTE).replace(second=0, microsecond=0)
    rule = f"{{name: bat-lai, bulletin: nhac, at: '{due:%H:%M}', on: [{due:%Y-%m-%d}]}}"
    (home / "schedules" / "na-hoa.yaml").write_text(
        f"village: Thôn Nà Hoa\nbroadcasts:\n  - {rule}\n", encoding="utf-8"
    )
    command(home, "prepare")
    database = sqlite3.connect(path, timeout=10)
    first = daemon(home)
    accepted = "SELECT value FROM memory WHERE key = 'accepted'"
    while f"na-hoa/bat-lai/{due:%Y-%m-%dT%H:%M}" not in str(database.execute(accepted).fetchone()):
        if datetime.now(ZONE) > due - timedelta(seconds=5):
            raise RuntimeError("the plan was not accepted in time")
        time.sleep(0.1)
    first.kill()
    first.wait()
    time.sleep(max(0.0, (due - datetime.now(ZONE)).total_seconds() + 1))
    bare = spent([sys.executable, "-c", BARE_PROCESS, str(path)])
    began = time.perf_counter()
    second = daemon(home)
    started = (
        "SELECT count(*) FROM entries WHERE kind = 'started' AND airing LIKE 'na-hoa/bat-lai/%' AND at >= julianday(?)"
    )
    while not database.execute(started, (due.isoformat(),)).fetchone()[0] and time.perf_counter() - began < 30:
        time.sleep(0.005)
    took = time.perf_counter() - began
    second.kill()
    _, _, usage = os.wait4(second.pid, 0)
    second.returncode = -9
    cost = Cost(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
    print(f"{bare}  baseline: a process that imports APScheduler and opens the database")
    print(f"{cost}  restart to armed: ratio {took / bare.seconds:.1f} (budget 2 s)")


def daemon(home: Path) -> subprocess.Popen[bytes]:
    asked = [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"]
    return subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)


def command(home: Path, *asked: str) -> Cost:
    return spent([sys.executable, "-m", "loudspeaker", "--home", str(home), *asked])


def spent(asked: Sequence[str]) -> Cost:
    """Run a process to its end. Raises `RuntimeError` where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)
    assert process.stderr
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{asked[3:]} ended with {process.returncode}: {told.decode()}")
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main(*(int(value) if value.isdecimal() else value for value in sys.argv[1:]))  # type: ignore[arg-type]
