"""kill -9 of the officers' console at random instants: the air goes on, files are old or new, nobody has to log in."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import urlencode

from harness.browser import Stage, running_stage, write_station
from harness.officers import PASSWORD
from harness.waiting import wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.client import Client
from loudspeaker.model.enums import Verdict
from loudspeaker.model.requests import Play
from loudspeaker.station import Station
from loudspeaker.store.edits import revision_of
from loudspeaker.web.access.accounts import AccountStore, Role, Session
from loudspeaker.web.console import console_paths

EDITED, AIRED = "bulletins/tin-dai.md", "tin-sang"
LONGEST = 1.5  # s that a console lives


class Answer(NamedTuple):
    status: int
    body: bytes


class Officer:
    """Somebody who looks and saves, one thing after the other, for as long as the console answers."""

    def __init__(self, stage: Stage, session: Session, texts: set[str], seed: int) -> None:
        self._stage = stage
        self._session = session
        self._texts = texts
        self._chance = random.Random(seed)
        self.over = Event()

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> Answer:
        """Raises `OSError` or `HTTPException` where nobody answers (any more)."""
        headers = {"Cookie": f"s={self._session.token}", "Sec-Fetch-Site": "same-origin"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            form = {**form, "form_token": self._session.form_token}
        with closing(http.client.HTTPConnection("127.0.0.1", self._stage.port, timeout=30)) as line:
            line.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.read())

    def work(self) -> None:
        with suppress(OSError, http.client.HTTPException):
            while not self.over.is_set():
                self._chance.choice((self._look, self._save, self._save))()

    def _look(self) -> None:
        assert self.ask(self._chance.choice(("/", "/lich", "/ban-tin"))).status == 200

    def _save(self) -> None:
        text = f"Mời bà con họp lúc {self._chance.randrange(7, 20)} giờ. " * self._chance.randrange(1, 400)
        self._texts.add(text.strip())
        fields = {"revision": revision_of(self._stage.home / EDITED), "title": "Tin dài", "level": "routine"}
        self.ask("/ban-tin/tin-dai/luu", {**fields, "text": text})


def test_the_air_goes_on_and_every_file_is_whole_when_the_console_is_killed(tmp_path: Path, full: bool) -> None:
    home, chance, kills, most = tmp_path / "dai", random.Random(7), 0, 200 if full else 3
    write_station(home)
    texts = {_text(home)}
    session = _log_in(home)
    with running_stage(home) as stage, closing(Station.open(home, writes=False)) as station:
        client = Client(home, home / ".state", lambda: station)
        _prepare(home)
        while kills < most:
            (airing,) = client.ask(Play(AIRED, ("na-hoa",)), "anh Páo")  # type: ignore[misc]
            while kills < most and station.log.verdict_of(airing) is None:
                _kill_at_work(stage, Officer(stage, session, texts, kills), chance.uniform(0, LONGEST))
                kills += 1
                assert _text(home) in texts, kills
                stage.start_console()
            wait_for(lambda airing=airing: station.log.verdict_of(airing) is not None, pause=0.2)
            record = station.airings.record(airing)
            assert record is not None
            assert record.verdict is Verdict.TO_FILE, (kills, record.why)  # all of it, into the file of its output
        wait_for(lambda: Officer(stage, session, texts, 0).ask("/ban-tin/tin-dai").status == 200)
        station.log.verify()
    assert not list(home.glob(".web/*damaged*"))
    assert len(texts) > 1, "nobody has saved anything"


def _log_in(home: Path) -> Session:
    with closing(AccountStore.open(console_paths(home, home / ".state").database, SystemClock())) as accounts:
        accounts.use_link(accounts.add("lan", "Chị Lan", Role), PASSWORD, "test")
        return accounts.log_in("lan", PASSWORD, "127.0.0.1", "test")


def _prepare(home: Path) -> None:
    with closing(Station.open(home)) as station:
        station.preparation.prepare_replay(AIRED, ("na-hoa",), lambda done, total, what: None)


def _kill_at_work(stage: Stage, officer: Officer, seconds: float) -> None:
    """kill -9, after `seconds` of an officer's work."""
    worker = Thread(target=officer.work)
    worker.start()
    time.sleep(seconds)
    assert stage.console
    stage.console.kill()
    stage.console.communicate()
    officer.over.set()
    worker.join()


def _text(home: Path) -> str:
    """The text of the bulletin that is edited, without its head."""
    return (home / EDITED).read_text(encoding="utf-8").split("---\n", 2)[2].strip()
