"""Ten officers at work and twenty pages that are open: the load of `web.py`, in a process of its own.

    python -m web_parts.load ORDER     (in bench/; JSON: the fields of `Order`; prints the seconds of each kind as JSON)

An officer asks for one thing after the other, by the shares of `MIX`, with a pause in between while latencies are
measured and without one while throughput is. A page that is open listens, and asks for its board anew at each event, as
console.js does. Beside them somebody asks a bare Starlette page once a second.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple
from urllib.parse import urlencode

MIX = {"board": 4, "week": 2, "reading": 2, "try": 1, "list": 1}
LIVE = 20  # pages that are open
PAUSE = 1.0  # s between two requests of an officer, on average
LINE = "Sáng ngày {day}/12, UBND xã họp bàn việc phòng, chống lũ quét tại nhà văn hóa thôn {number}. "
LINES = 12  # of a text that is read again: some 900 letters
FAST = 429  # a person may ask ten times a second


class Person(NamedTuple):
    """Somebody who is logged in: the session's cookie, and the token of their forms."""

    cookie: str
    token: str


@dataclass(frozen=True)
class Order:
    """What is to be asked, for so many seconds and at most so often; an officer pauses `pause` seconds."""

    port: int
    bare: int
    people: list[Person]
    villages: list[str]
    seconds: float
    requests: int = sys.maxsize
    pause: float = PAUSE


class Load:
    """Everybody who asks; what each kind of request took, in seconds."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.took: dict[str, list[float]] = defaultdict(list)
        self.refused: list[str] = []
        self._ends = time.monotonic() + order.seconds
        self._left = order.requests
        self._lock = threading.Lock()

    def run(self) -> None:
        """Until the time or the requests are over."""
        people = self.order.people
        workers = [threading.Thread(target=self._work, args=(person, seed)) for seed, person in enumerate(people)]
        for number in range(LIVE):
            threading.Thread(target=self._live, args=(people[number % len(people)],), daemon=True).start()
        workers.append(threading.Thread(target=self._ask_bare))
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _take(self) -> bool:
        """May one more be asked?"""
        with self._lock:
            self._left -= 1
            return self._left >= 0 and time.monotonic() < self._ends

    def _work(self, person: Person, seed: int) -> None:
        chance = random.Random(seed)
        kinds = [kind for kind, share in MIX.items() for _ in range(share)]
        asks = requests(person, self.order.villages, chance)
        with closing(http.client.HTTPConnection("127.0.0.1", self.order.port, timeout=60)) as line:
            while self._take():
                time.sleep(chance.uniform(0.5, 1.5) * self.order.pause)
                kind = chance.choice(kinds)
                self._ask(line, kind, asks[kind])

    def _ask(
        self, line: http.client.HTTPConnection, kind: str, ask: Callable[[], tuple[str, str, Mapping[str, str]]]
    ) -> None:
        path, body, headers = ask()
        began = time.perf_counter()
        line.request("POST" if body else "GET", path, body or None, {"Accept-Encoding": "gzip", **headers})
        answer = line.getresponse()
        answer.read()
        took = time.perf_counter() - began
        if answer.status == FAST:
            time.sleep(1)
        elif answer.status != 200:
            self.refused.append(f"{answer.status} {path}")
        else:
            self.took[kind].append(took)

    def _live(self, person: Person) -> None:
        """A page that is open: it asks for its board anew whenever it is told that something has changed."""
        cookie = {"Cookie": f"s={person.cookie}"}
        fragment = {**cookie, "HX-Request": "true"}
        with suppress(OSError, http.client.HTTPException):
            stream = http.client.HTTPConnection("127.0.0.1", self.order.port)
            stream.request("GET", "/song", headers=cookie)
            events, line = stream.getresponse(), http.client.HTTPConnection("127.0.0.1", self.order.port, timeout=60)
            while told := events.readline():
                if told.startswith(b"event: now"):
                    self._ask(line, "live", lambda: ("/", "", fragment))

    def _ask_bare(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.order.bare, timeout=60)) as line:
            while self._left > 0 and time.monotonic() < self._ends:
                time.sleep(PAUSE / 4)
                self._ask(line, "bare", lambda: ("/", "", {}))


def requests(
    person: Person, villages: list[str], chance: random.Random
) -> Mapping[str, Callable[[], tuple[str, str, Mapping[str, str]]]]:
    """By kind: what makes the next request of a person: path, form, headers."""
    cookie = {"Cookie": f"s={person.cookie}"}
    form = {**cookie, "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    minutes = count(chance.randrange(100))

    def read() -> tuple[str, str, Mapping[str, str]]:
        lines = [LINE.format(day=chance.randrange(1, 29), number=chance.randrange(100)) for _ in range(LINES)]
        fields = {"form_token": person.token, "text": "".join(lines), "title": "Tin", "revision": "x"}
        return "/ban-tin/tin-07/doc", urlencode(fields), {**form, "HX-Request": "true"}

    def attempt() -> tuple[str, str, Mapping[str, str]]:
        minute = 12 * 60 + next(minutes) * 7 % 100
        until = date.today() + timedelta(days=10)
        fields = [("village", village) for village in villages] + list(
            {
                "form_token": person.token,
                "content": "bulletin",
                "bulletin": "tin-07",
                "at": f"{minute // 60}:{minute % 60:02}",
                "days": "daily",
                "last": f"{until}",
                "repeat": "2",
            }.items()
        )
        return "/lich/thu", urlencode(fields), {**form, "HX-Request": "true"}

    return {
        "board": lambda: ("/", "", cookie),
        "week": lambda: ("/lich", "", cookie),
        "list": lambda: ("/ban-tin", "", cookie),
        "reading": read,
        "try": attempt,
    }


def percentiles(took: Mapping[str, list[float]]) -> Iterator[tuple[str, int, float, float]]:
    """By kind: how many, and median and 99th percentile in ms."""
    for kind, each in took.items():
        ordered = sorted(each)
        yield kind, len(each), ordered[len(each) // 2] * 1e3, ordered[int(len(each) * 0.99)] * 1e3


def main() -> None:
    given = json.loads(sys.argv[1])
    load = Load(Order(**{**given, "people": [Person(*one) for one in given["people"]]}))
    began = time.monotonic()
    load.run()
    seconds = time.monotonic() - began
    print(json.dumps({"took": load.took, "refused": load.refused[:5], "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
