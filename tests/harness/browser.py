"""A browser at the console of a station on the air: real daemon (its output is a file), console process, Chromium.

Chromium is Debian's; what it asks for elsewhere, and every error that it tells, is kept for the test to look at.
"""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import settings

from harness.daemon_process import running_daemon
from harness.hands import Hands, Keyboard, Pointer
from harness.officers import FROM_HERE, PASSWORD, QUICK
from harness.waiting import PATIENCE, wait_for
from loudspeaker.clock import SystemClock
from loudspeaker.daemon.client import Client
from loudspeaker.model.requests import AskOutcome, Play
from loudspeaker.station import Station
from loudspeaker.web.access.accounts import AccountStore, Role
from loudspeaker.web.console import console_paths

# Where it is there, the one that draws no window around its pages: it takes half of the processor time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--in-process-gpu",  # what is drawn is drawn by the processor: no process of its own for it
    "--renderer-process-limit=1",  # … and none is begun for a page that may come: a quarter of a page's cost
)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
WIDTHS = {"phone": PHONE, "desk": DESK}
# How an officer does a task: at which width, and with what.
WAYS: Mapping[str, tuple[Mapping[str, int], type[Hands]]] = {
    "phone": (PHONE, Pointer),
    "desk": (DESK, Pointer),
    "keyboard": (DESK, Keyboard),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded", **FROM_HERE}
TOO_OFTEN = 429  # status of what asks more than a hundred times within ten seconds
USUAL = {"locale": "vi-VN", "reduced_motion": "reduce", "ignore_https_errors": True}  # of a context; nothing moves
LINE = re.compile(r"http://127\.0\.0\.1:(\d+)/(?:bat-dau#([\w-]+))?")
FILES = {
    "commune.yaml": """
commune: Xã Bản Mây
id: ban-may
timezone: {zone}
voices: [tone:low]
villages: [na-hoa, suoi-trat, ban-lim]
policy: {{hours: [05:00-21:00], sessions_per_day: 40, minutes_per_session: 300}}
""",
    "box.yaml": """
plays: {{na-hoa: nha-van-hoa, suoi-trat: nha-van-hoa, ban-lim: ban-lim}}
outputs: {{nha-van-hoa: {{device: file}}, ban-lim: {{device: file}}}}
clock: trusted
""",
    "bulletins/tin-sang.md": "---\ntitle: Tin sáng\n---\nKính thưa bà con! Hôm nay trời nắng. Mời bà con ra đồng.\n",
    "bulletins/tin-dai.md": "---\ntitle: Cài đặt ứng dụng Bluezone\nrepeat: 9\n---\n"
    + "Mời bà con cài đặt ứng dụng. " * 12
    + "\n",
    "schedules/na-hoa.yaml": "village: Thôn Nà Hoa\nbroadcasts:\n  - {{bulletin: tin-sang, at: [06:05, '20:30']}}\n",
    "schedules/suoi-trat.yaml": "village: Thôn Suối Trát\nbroadcasts:\n  - {{bulletin: tin-sang, at: '20:40'}}\n",
    "schedules/ban-lim.yaml": "village: Bản Lìm\nbroadcasts:\n  - {{bulletin: tin-sang, at: ['05:45', '20:30']}}\n",
}


def some_widths() -> Mapping[str, Mapping[str, int]]:
    """A telephone's; in `make fault` all of `WIDTHS`, for tests with the marker `sampled`."""
    return WIDTHS if settings.get_current_profile_name() == "full" else {"phone": PHONE}


def some_ways() -> Mapping[str, tuple[Mapping[str, int], type[Hands]]]:
    """By thumb and by keyboard; in `make fault` all of `WAYS`, for tests with the marker `sampled`."""
    return WAYS if settings.get_current_profile_name() == "full" else {way: WAYS[way] for way in ("phone", "keyboard")}


@contextmanager
def new_page(chromium: Any, size: Mapping[str, int], **options: Any) -> Iterator[Any]:
    """A page of this size, of somebody whom no site knows: its context (cookies, storage) is closed behind the block.

    It never is another test's: what a page is asked for behind its test would be told to the next one.
    """
    context = chromium.new_context(viewport=size, **USUAL, **options)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def running_chromium(*arguments: str) -> Iterator[Any]:
    """A browser."""
    sync_api = pytest.importorskip("playwright.sync_api")
    assert CHROMIUM, "Chromium is missing: make testing"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *arguments])
        yield browser
        browser.close()


def noon_zone(now: datetime) -> str:
    """A zone in which it is between noon and 13:00 now: whatever is scheduled for the evening is still to come."""
    ahead = (12 - now.astimezone(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def write_station(home: Path, files: dict[str, str] | None = None) -> None:
    """A station of three villages in whose zone it is noon."""
    zone = noon_zone(datetime.now(UTC))
    for name, text in (FILES if files is None else files).items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n").format(zone=zone), encoding="utf-8")


@dataclass
class Stage:
    """A station with its console on the air."""

    home: Path
    port: int = 0
    first_code: str | None = None
    console: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_console(self) -> None:
        """The console's process, at the port that it had before."""
        command = [sys.executable, "-m", "loudspeaker", "--home", str(self.home), "web", "--port", str(self.port)]
        self.console = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.console.stderr
        line = LINE.search(self.console.stderr.readline())
        assert line, self.console.stderr.read()
        self.port, self.first_code = int(line[1]), line[2]

    def stop_console(self) -> None:
        if self.console:
            self.console.terminate()
            self.console.communicate()
            self.console = None

    @cached_property
    def accounts(self) -> AccountStore:
        return AccountStore.open(console_paths(self.home, self.home / ".state").database, SystemClock(), hashes=QUICK)

    def add(self, login: str, *roles: Role) -> None:
        """A person with the password of the tests."""
        code = self.accounts.add(login, f"Chị {login.title()}", roles)
        self.accounts.use_link(code, PASSWORD, "test")

    def play(self, bulletin: str, *villages: str) -> list[str]:
        """Have a bulletin on the air, by another person; its airings, once they are heard."""
        station = Station.open(self.home)
        client = Client(self.home, self.home / ".state", lambda: station)
        station.preparation.prepare_replay(bulletin, villages, lambda done, total, what: None)
        airings: list[str] = client.ask(Play(bulletin, villages), "anh Páo")
        outcome = AskOutcome(tuple(airings))
        wait_for(lambda: all(row["verdict"] for row in client.ask(outcome)), pause=0.05)  # type: ignore[attr-defined]
        station.close()
        return airings

    def verdict_of(self, airing: str) -> str | None:
        """What became of an airing, once it is over."""
        with closing(Station.open(self.home, writes=False)) as station:
            wait_for(lambda: station.log.verdict_of(airing), pause=0.05)
            return station.log.verdict_of(airing)

    def reasons(self, airing: str) -> list[object]:
        """Why it was stopped, as people told afterwards."""
        with closing(Station.open(self.home, writes=False)) as station:
            return [event.facts.get("why") for event in station.log.events(airing=airing)]


def session_cookie(address: str, login: str) -> dict[str, Any] | None:
    """The cookie of somebody who logs in at a site, as a browser's context takes it; None where it asks too often.

    What was written into the files of the station before is seen by whoever comes with it.
    """
    url = urlsplit(address)
    host, port = url.hostname or "", url.port
    if url.scheme == "https":  # any certificate will do, as for the browser
        made: HTTPConnection = HTTPSConnection(host, port, context=ssl._create_unverified_context())
    else:
        made = HTTPConnection(host, port)
    with closing(made) as connection:
        connection.request("POST", "/vao", urlencode({"login": login, "password": PASSWORD}), FORM)
        answer = connection.getresponse()
        answer.read()
    if answer.status == TOO_OFTEN:
        return None
    name, _, value = answer.headers["Set-Cookie"].partition(";")[0].partition("=")
    return {"name": name, "value": value, "url": address, "httpOnly": True, "sameSite": "Strict"}


@contextmanager
def running_stage(home: Path, with_daemon: bool = True) -> Iterator[Stage]:
    """The station of `write_station` on the air, and its console."""
    stage = Stage(home)
    with running_daemon(home, home / "daemon.log") if with_daemon else nullcontext():
        try:
            stage.start_console()
            yield stage
        finally:
            stage.stop_console()


@dataclass
class Seen:
    """What went wrong at a browser: requests to elsewhere, errors on the console, exceptions of scripts."""

    origin: str
    wrong: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        page.on("request", lambda request: self._look(request.url))
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", lambda told: self.wrong.append(told.text) if told.type in ("error", "warning") else None)

    def _look(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:", "about:")):
            self.wrong.append(f"asks for {url}")


class Visitor:
    """One person at a browser of one width; counts what they tap."""

    def __init__(self, page: Any, stage: Stage, hands: type[Hands] = Pointer) -> None:
        page.set_default_timeout(1000 * PATIENCE)
        self.page = page
        self.hands = hands(page)
        self.stage = stage
        self.seen = Seen(stage.address)
        self.seen.watch(page)
        self.taps = 0

    def open(self, path: str) -> None:
        """Open a page; where the console says that somebody asks too often, a little later."""
        wait_for(lambda: self._is_let_in(path), pause=0.5)

    def _is_let_in(self, path: str) -> bool:
        response = self.page.goto(self.stage.address + path)
        if response is None or response.status != TOO_OFTEN:
            return True
        self.seen.wrong = [told for told in self.seen.wrong if str(TOO_OFTEN) not in told]  # the browser tells it, too
        return False

    def log_in(self, login: str) -> None:
        self.open("/vao")
        self.hands.write(self.page.locator("#login"), login)
        self.hands.write(self.page.locator("#password"), PASSWORD)
        self.hands.press(self.page.locator("button.main"))
        self.page.wait_for_url(lambda url: not url.endswith("/vao"))
        self.taps = 0

    def sign_in(self, login: str) -> None:
        """Be somebody who has logged in, without the page for it; no page is open."""
        wait_for(lambda: self._is_signed_in(login), pause=0.5)

    def _is_signed_in(self, login: str) -> bool:
        cookie = session_cookie(self.stage.address, login)
        if cookie:
            self.page.context.add_cookies([cookie])
        return bool(cookie)

    def tap(self, name: str, role: str = "button") -> None:
        """Press what is called so, and count it."""
        self.press(self.page.get_by_role(role, name=name).first)

    def press(self, control: Any) -> None:
        """Press a control, and count it."""
        self.hands.press(control)
        self.taps += 1


@contextmanager
def visiting(chromium: Any, stage: Stage, login: str, way: str, **options: Any) -> Iterator[Visitor]:
    """Somebody who has logged in, at a browser in one of `WAYS`; whatever goes wrong there fails the test."""
    width, hands = WAYS[way]
    with new_page(chromium, width, **options) as page:
        visitor = Visitor(page, stage, hands)
        visitor.sign_in(login)
        yield visitor
    assert visitor.seen.wrong == [], visitor.seen.wrong


@cache
def axe_script() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def axe_violations(page: Any) -> list[str]:
    """What axe finds on the page that is open: WCAG 2.2 AA and its best practices."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_script() + "; undefined")
    options = {"resultTypes": ["violations"], "selectors": False, "elementRef": False}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def small_targets(page: Any) -> list[str]:
    """Buttons and links that a thumb would miss: less than 44 px high, but for links within a sentence."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => Array.from(document.querySelectorAll("a, button, summary, label.choice, input:not([type=hidden])"))
        .filter(one => one.offsetParent && !one.closest("p.small, label.choice") && !one.classList.contains("skip"))
        .filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 120))"""
    )
