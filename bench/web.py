"""What does the officers' console cost? Its start, its memory, its pages, beside a bare Starlette page in the same run.

    python bench/web.py [--requests 100]

A commune of 15 villages with 20 rules each and 60 bulletins, a daemon whose outputs are files. Pages are asked for one
after the other over one connection; PSS is the kernel's. The baseline is one letter from Starlette in a uvicorn of its
own: what HTTP costs here without a console.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from harness.daemon_process import running_daemon
from harness.waiting import wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.web.accounts import AccountStore, Role
from loudspeaker.web.console import console_paths

VILLAGES, RULES, BULLETINS = 15, 20, 60
PAGES = ("/", "/lich", "/ban-tin", "/nhat-ky", "/them", "/thiet-bi")
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("."))])
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, ws="none", lifespan="off")
"""


def write_commune(home: Path) -> None:
    """Every rule at a minute of its own, all day long, so that a week is as full as policy lets it be."""
    names = [f"thon-{number:02d}" for number in range(VILLAGES)]
    files = {
        "commune.yaml": f"commune: Xã Đo\nid: xa-do\nvoices: [tone:low]\nvillages: [{', '.join(names)}]\n"
        "policy: {hours: [05:00-21:00], sessions_per_day: 99, minutes_per_session: 900}\n",
        "box.yaml": f"plays: {{{', '.join(f'{name}: {name}' for name in names)}}}\n"
        f"outputs: {{{', '.join(f'{name}: {{device: file}}' for name in names)}}}\nclock: trusted\n",
    }
    for number in range(BULLETINS):
        files[f"bulletins/tin-{number:02d}.md"] = f"---\ntitle: Tin {number}\n---\nMời bà con họp thôn số {number}.\n"
    for at, name in enumerate(names):
        rules = [(5 + rule * 16 // RULES, (at * 4 + rule * 7) % 60, (at + rule) % BULLETINS) for rule in range(RULES)]
        rows = "".join(
            f"  - {{bulletin: tin-{one:02d}, at: '{hour:02d}:{minute:02d}'}}\n" for hour, minute, one in rules
        )
        files[f"schedules/{name}.yaml"] = f"village: Thôn {at}\nbroadcasts:\n{rows}"
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
            line.request("GET", "/")
            return line.getresponse().status < 500
    except OSError:
        return False


def memory(pid: int) -> float:
    """Proportional memory, MB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(r"^Pss:\s+(\d+)", rollup, re.M)[0]) / 1024


def processor_time(pid: int) -> float:
    """What the process has used so far, in ms; another process on a busy machine does not count."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


def measure(pid: int, port: int, path: str, times: int, headers: dict[str, str]) -> str:
    """Of one page: median and 99th percentile, requests a second, processor time of one, bytes of one (packed)."""
    took, size, used = [], 0, processor_time(pid)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        for _ in range(times):
            began = time.perf_counter()
            line.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
            answer = line.getresponse()
            size = len(answer.read())
            took.append(time.perf_counter() - began)
            assert answer.status == 200, (path, answer.status)
            time.sleep(0.11 if headers else 0)  # the console lets each person ask ten times a second
    took.sort()
    used = (processor_time(pid) - used) / times
    middle, worst = took[len(took) // 2] * 1e3, took[int(len(took) * 0.99)] * 1e3
    return f"{middle:6.1f} ms {worst:6.1f} ms {len(took) / sum(took):9.0f} {used:6.1f} ms {size:7d} B"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=100, help="of each page")
    times = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "dai"
        write_commune(home)
        paths = console_paths(home, home / ".state")
        with closing(AccountStore.open(paths.database, SystemClock())) as accounts:
            accounts.use_link(accounts.add("lan", "Lan", Role), "mưa rơi trên ngói đỏ", "bench")
            token = accounts.log_in("lan", "mưa rơi trên ngói đỏ", "127.0.0.1", "bench").token
        with running_daemon(home, Path(folder) / "daemon.log"):
            began = time.perf_counter()
            with running("-m", "loudspeaker", "--home", str(home), "web", "--port", "0") as console:
                assert console.stderr
                port = int(re.findall(r":(\d+)/", console.stderr.readline())[0])
                wait_for(lambda: answers(port), 30)
                took, used = time.perf_counter() - began, processor_time(console.pid) / 1000
                print(f"start to the first byte {took:.2f} s ({used:.2f} s CPU), PSS {memory(console.pid):.1f} MB")
                print(f"{'page':12s} {'median':>9s} {'99 %':>9s} {'a second':>9s} {'CPU':>9s} {'packed':>9s}")
                for path in PAGES:
                    print(f"{path:12s} {measure(console.pid, port, path, times, {'Cookie': f's={token}'})}")
                print(f"PSS after {times * len(PAGES)} pages {memory(console.pid):5.1f} MB")
        with running("-c", BARE, str(port)) as bare:
            wait_for(lambda: answers(port), 30)
            print(f"{'bare page':12s} {measure(bare.pid, port, '/', times * 5, {})}")


if __name__ == "__main__":
    main()
