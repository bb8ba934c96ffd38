"""What does the officers' console cost? The whole table of its demands, beside a bare Starlette page in the same run.

    python bench/web.py [--quick]         (11 minutes on an idle machine with two cores; --quick takes 3)

A commune of 15 villages with 20 rules each and 60 bulletins, and a real daemon: five villages each hear one of three
cards (null sinks), on which an airing begins at each minute; what is heard is compared sample for sample. Start and
pages by themselves; the first page and its paint in Chromium, slowed down; then the load of `web_parts`: ten officers
and twenty live pages, with pauses (latencies) and without (requests a second, memory behind 10,000). The last tap of an
alarm is that of `urgent.py`. The baseline is one letter from Starlette in a uvicorn of its own, asked in the same
seconds. Faults (two officers at once, kill -9 of the console, power cuts) are `make fault`'s.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fresh_daemons import REACH, loud
from harness.browser import CHROMIUM, noon_zone
from harness.daemon_process import running_daemon
from harness.pulse_server import Recorder, Server
from harness.waiting import wait_for
from playout import Heard, heard, samples_of
from playwright.sync_api import Browser, sync_playwright
from urgent import SINK, SecondPage, waits
from urgent import Station as AlarmStation
from web_parts.load import Person, percentiles

from loudspeaker.clock import SystemClock
from loudspeaker.station import Station
from loudspeaker.web.access.accounts import AccountStore, Role
from loudspeaker.web.console import console_paths

VILLAGES, RULES, BULLETINS = 15, 20, 60
CARDS = ("horn-a", "horn-b", "horn-c")
OFFICERS = 10
PASSWORD = "mưa rơi trên ngói đỏ"
PAGES = {
    "/": "board",
    "/lich": "week",
    "/ban-tin": "list",
    "/ban-tin/tin-07": "",
    "/nhat-ky": "",
    "/them": "",
    "/thiet-bi": "",
}
P99 = {"board": 60, "week": 150, "reading": 120, "try": 400}  # ms
FIRST_PAGE, LATER_PAGE = 45_000, 12_000  # bytes, packed
PAINT = 600  # ms
THROTTLE, SPEED = 4, 200_000  # times slower; bytes a second, which is 1.6 Mbit/s
MOST_MEMORY = 60  # MB
APART = 6.0  # s until what began last is over
LEAST_RATE = 40  # requests for each second of a core
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("."))])
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, ws="none", lifespan="off")
"""


class Plan(NamedTuple):
    """How long everything is done."""

    starts: int = 5
    times: int = 30  # of each page
    paints: int = 5
    seconds: float = 150.0  # of latencies
    requests: int = 10_000  # in all, as far as they are answered within `longest`
    longest: float = 270.0  # s
    alarms: int = 5


QUICK = Plan(starts=2, times=10, paints=2, seconds=30.0, requests=600, longest=30.0, alarms=2)


def row(what: str, measured: str, must: str = "", kept: bool | None = None, bare: float | None = None) -> None:
    """Print a line of the table; `bare` is how many times the bare page's it is."""
    beside = "" if bare is None else f"{bare:7.1f} ×"
    verdict = "" if kept is None else "ok" if kept else "NOT MET"
    print(f"{what:44} {measured:>34} {must:>16} {beside:>10} {verdict}", flush=True)


def write_commune(home: Path) -> None:
    """It is noon; on each card something begins at each minute of the next hour and a half."""
    names = [f"thon-{number:02d}" for number in range(VILLAGES)]
    cards = {name: CARDS[number % len(CARDS)] for number, name in enumerate(names)}
    files = {
        "commune.yaml": f"commune: Xã Đo\nid: xa-do\ntimezone: {noon_zone(datetime.now(UTC))}\nvoices: [tone:low]\n"
        f"villages: [{', '.join(names)}]\n"
        "policy: {hours: [05:00-21:00], sessions_per_day: 99, minutes_per_session: 900}\n",
        "box.yaml": f"plays: {{{', '.join(f'{name}: {card}' for name, card in cards.items())}}}\n"
        f"outputs: {{{', '.join(f'{card}: {{device: {card}}}' for card in CARDS)}}}\nclock: trusted\n",
    }
    for number in range(BULLETINS):
        files[f"bulletins/tin-{number:02d}.md"] = f"---\ntitle: Tin {number}\n---\nMời bà con họp thôn số {number}.\n"
    for at, name in enumerate(names):
        minutes = [12 * 60 + rule * (VILLAGES // len(CARDS)) + at // len(CARDS) for rule in range(RULES)]
        rows = "".join(
            f"  - {{bulletin: tin-{(at + rule) % BULLETINS:02d}, at: '{minute // 60}:{minute % 60:02d}'}}\n"
            for rule, minute in enumerate(minutes)
        )
        files[f"schedules/{name}.yaml"] = f"village: Thôn {at}\nbroadcasts:\n{rows}"
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")


def let_people_in(home: Path) -> list[Person]:
    """Ten officers who may do everything, each logged in."""
    with closing(AccountStore.open(console_paths(home, home / ".state").database, SystemClock())) as accounts:
        people = []
        for number in range(OFFICERS):
            accounts.use_link(accounts.add(f"lan{number}", f"Lan {number}", Role), PASSWORD, "bench")
            session = accounts.log_in(f"lan{number}", PASSWORD, f"10.0.0.{number}", "bench")
            people.append(Person(session.token, session.form_token))
        return people


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def running_bare() -> Iterator[tuple[int, int]]:
    """Process id and port of the baseline."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with running("-c", BARE, str(port)) as bare:
        wait_for(lambda: answers(port))
        yield bare.pid, port


@contextmanager
def running_console(home: Path) -> Iterator[tuple[int, int]]:
    """Process id and port of a console, once its first byte has come."""
    with running("-m", "loudspeaker", "--home", str(home), "web", "--port", "0") as console:
        assert console.stderr
        port = int(re.findall(r":(\d+)/", console.stderr.readline())[0])
        wait_for(lambda: answers(port), pause=0.002)
        yield console.pid, port


def answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
            line.request("GET", "/vao")
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


def measure_start(home: Path, times: int) -> None:
    took, used, sizes = [], [], []
    for _ in range(times):
        began = time.perf_counter()
        with running_console(home) as (pid, _port):
            took.append(time.perf_counter() - began)
            used.append(processor_time(pid) / 1000)
            sizes.append(memory(pid))
    told = f"{median(took):.2f} s ({median(used):.2f} s CPU)"
    row("start to the first byte", told, "1.0 s", median(took) <= 1)
    row("memory (PSS) at the start", f"{median(sizes):.1f} MB")


def measure_pages(pid: int, port: int, bare: tuple[int, int], times: int, cookie: str) -> None:
    """Each page by itself, asked for one after the other over one connection."""
    plain, used, _ = measure_page(*bare, "/", times * 5, {})
    row("a bare page: median, CPU", f"{plain:.1f} ms, {used:.1f} ms")
    for path in PAGES:
        first = measure_page(pid, port, path, 1, {"Cookie": cookie})
        middle, used, size = measure_page(pid, port, path, times, {"Cookie": cookie})
        told = f"{middle:.1f} ms, {used:.1f} ms CPU, {size / 1000:.1f} kB"
        row(f"{path} (first {first[0]:.0f} ms)", told, f"{LATER_PAGE // 1000} kB", size <= LATER_PAGE, middle / plain)


def measure_page(pid: int, port: int, path: str, times: int, headers: Mapping[str, str]) -> tuple[float, float, int]:
    """Of one page: median in ms, processor time of one in ms, bytes of one (packed)."""
    took, size, used = [], 0, processor_time(pid)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        for _ in range(times):
            began = time.perf_counter()
            line.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
            answer = line.getresponse()
            content = answer.read()
            took.append(time.perf_counter() - began)
            assert answer.status == 200, (path, answer.status)
            size = len(content if answer.headers.get("Content-Encoding") else gzip.compress(content, 6))
            time.sleep(0.11 if headers else 0)  # the console lets each person ask ten times a second
    return median(took) * 1e3, (processor_time(pid) - used) / times, size


def measure_browser(port: int, person: Person, times: int) -> None:
    """The first page of a browser that has nothing yet: bytes, requests to elsewhere, first contentful paint."""
    with sync_playwright() as tool, tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        for path in ("/vao", "/"):
            visits = [visit(browser, f"http://127.0.0.1:{port}", path, person) for _ in range(times)]
            size, paint = median(one.bytes for one in visits), median(one.paint for one in visits)
            elsewhere = sum(one.elsewhere for one in visits)
            row(
                f"first page, all in all: {path}",
                f"{size / 1000:.1f} kB",
                f"{FIRST_PAGE // 1000} kB",
                size <= FIRST_PAGE,
            )
            row("  its first paint, slowed down", f"{paint:.0f} ms", f"{PAINT} ms", paint <= PAINT)
            row("  requests to elsewhere", f"{elsewhere}", "0", not elsewhere)


class Visit(NamedTuple):
    """A page as a browser that has nothing yet sees it."""

    bytes: float  # packed, heads of the answers included
    paint: float  # ms until something is seen
    elsewhere: int  # requests to other addresses


def visit(browser: Browser, address: str, path: str, person: Person) -> Visit:
    """Open a page at a slow processor and a slow line; at "/" somebody is logged in."""
    got, asked = [], []
    with browser.new_context() as context:
        if path == "/":
            context.add_cookies([{"name": "s", "value": person.cookie, "url": address}])
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        wire = context.new_cdp_session(page)
        wire.on("Network.loadingFinished", lambda event: got.append(event["encodedDataLength"]))
        wire.send("Network.enable")
        slow = {"offline": False, "latency": 0, "downloadThroughput": SPEED, "uploadThroughput": SPEED}
        wire.send("Network.emulateNetworkConditions", slow)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        page.goto(address + path)
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        paint = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return Visit(sum(got), paint, sum(not url.startswith((address, "data:")) for url in asked))


def put_load(pid: int, port: int, bare: int, people: Sequence[Person], plan: Plan, asked: int) -> None:
    """Latencies, then throughput, then memory; `asked` are the requests before it."""
    found = load(port, bare, people, plan.seconds)
    told = {kind: rest for kind, *rest in percentiles(found["took"])}
    for kind, (number, middle, worst) in told.items():
        must = P99.get(kind)
        row(
            f"{kind}, {number} times: median, 99 %",
            f"{middle:.0f} ms, {worst:.0f} ms",
            f"{must} ms" if must else "",
            worst <= must if must else None,
            worst / told["bare"][2],
        )
        asked += number
    used = processor_time(pid)
    found = load(port, bare, people, plan.longest, max(plan.requests - asked, 100), pause=0.0)
    number = sum(len(each) for kind, each in found["took"].items() if kind != "bare")
    each = (processor_time(pid) - used) / number
    row(f"no pauses, {number} requests", f"{number / found['seconds']:.0f} a second, {each:.1f} ms CPU each")
    row("requests for each second of a core", f"{1000 / each:.0f}", f"{LEAST_RATE}", 1000 / each >= LEAST_RATE)
    size = memory(pid)
    row(f"memory (PSS) behind {asked + number} requests", f"{size:.1f} MB", f"{MOST_MEMORY} MB", size <= MOST_MEMORY)


def load(port: int, bare: int, people: Sequence[Person], seconds: float, most: int = sys.maxsize, **more: float) -> Any:
    """What `web_parts.load` has measured."""
    villages = [f"thon-{number:02d}" for number in range(VILLAGES)]
    order = {"port": port, "bare": bare, "people": people, "villages": villages}
    told = json.dumps({**order, "seconds": seconds, "requests": most, **more})
    command = [sys.executable, "-m", "web_parts.load", told]
    found = json.loads(subprocess.run(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, check=True).stdout)
    if found["refused"]:
        row("  refused, among others", ", ".join(found["refused"]), kept=False)
    return found


def hear_airings(home: Path, recorders: Mapping[str, Recorder], begins: datetime, ends: datetime) -> None:
    """What each card's monitor heard of what was planned between these instants, beside the programmes."""
    apart = time.time() - time.monotonic()
    results: list[Heard] = []
    with closing(Station.open(home, writes=False)) as station:
        for one in station.airings.between(begins, ends):
            (spec,) = station.planner.sequence_specs(one)
            programme = station.planner.find_programme(spec)
            if programme and one.starts_at:
                samples, silence = loud(samples_of(programme.path))
                instant = one.starts_at.timestamp() - apart + silence
                results.append(heard(recorders[one.output], samples, [instant], REACH))
    whole = Heard.of(results)
    row(
        f"start error of {len(results)} airings meanwhile: 99 %, worst",
        f"{whole.late:.3f} ms, {whole.worst:.3f} ms",
        "1 ms",
        whole.late <= 1 and not whole.cut,
    )
    row("  not sample-exact; not measured", f"{whole.cut}; {whole.unmeasured}")


def measure_alarm(folder: Path, times: int) -> None:
    server = Server(folder / "pulse-of-alarms", [SINK])
    try:
        station = AlarmStation(folder / "alarms", server)
        console = SecondPage(station.home)
        try:
            waits(server, 1, console.confirmed, station.silence, new=True)
            took = waits(server, times, console.confirmed, station.silence, new=True)
        finally:
            console.end()
            station.end()
    finally:
        server.stop()
    row(
        "an alarm, last tap to its sound",
        f"{median(took):.0f} ms, worst {max(took):.0f} ms",
        "300 ms",
        median(took) <= 300,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a shorter run, whose 99 % say little")
    plan = QUICK if parser.parse_args().quick else Plan()
    began = time.monotonic()
    row("", "measured", "must")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder) / "dai"
        write_commune(home)
        people = let_people_in(home)
        prepare = [sys.executable, "-m", "loudspeaker", "--home", str(home), "prepare", "--days", "1"]
        subprocess.run(prepare, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        measure_start(home, plan.starts)
        server = Server(Path(folder) / "pulse", CARDS)
        stack.callback(server.stop)
        os.environ |= server.environment
        recorders = {card: stack.enter_context(server.recorder(card)) for card in CARDS}
        stack.enter_context(running_daemon(home, Path(folder) / "daemon.log"))
        pid, port = stack.enter_context(running_console(home))
        bare, bare_port = stack.enter_context(running_bare())
        measure_pages(pid, port, (bare, bare_port), plan.times, f"s={people[0].cookie}")
        if CHROMIUM:
            measure_browser(port, people[0], plan.paints)
        began_at = datetime.now(UTC)
        put_load(pid, port, bare_port, people, plan, len(PAGES) * (plan.times + 1))
        ended_at = datetime.now(UTC)
        time.sleep(APART)
        for recorder in recorders.values():
            recorder.stop()
        hear_airings(home, recorders, began_at, ended_at)
        stack.pop_all().close()
        measure_alarm(Path(folder), plan.alarms)
    print(f"{(time.monotonic() - began) / 60:.1f} minutes, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
