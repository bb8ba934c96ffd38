"""The loop: wakes for what is due, for files, requests and signals; and one broken thing does not stop it."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import Any

import pytest

from loudspeaker.clock import FakeClock, SystemClock
from loudspeaker.daemon.loop import GARBAGE, OVERDUE, Loop, run
from loudspeaker.daemon.protocol import VERSION, ask, pack
from loudspeaker.errors import Message, Refused

CLOCK = SystemClock()


class Station:
    """Does nothing and remembers what it was told; ends the daemon with a signal when `enough` says so."""

    def __init__(self, enough: Callable[[Station], bool]) -> None:
        self.enough = enough
        self.did: list[str] = []
        self.steps: list[datetime] = []
        self.nap = timedelta(seconds=30)
        self.changed = False
        self.beating = True
        self.fail: Exception | None = None
        self.threads: set[Thread] = set()
        self.wake: Callable[[], None] = lambda: None

    def open(self, wake: Callable[[], None]) -> Station:
        self.wake = wake
        return self

    def step(self) -> datetime:
        self.steps.append(CLOCK.now())
        self._note("step")
        if self.fail:
            raise self.fail
        return CLOCK.now() + self.nap

    def look(self) -> bool:
        self._note("look")
        changed, self.changed = self.changed, False
        return changed

    def prepare_ahead(self) -> None:
        self._note("ahead")

    def readiness(self) -> None:
        self._note("readiness")

    def sweep(self) -> None:
        self._note("sweep")

    def carry_out(self, do: str, args: dict[str, Any], uid: int) -> object:
        self._note(do)
        if do == "forbidden":
            raise Refused(Message("no"))
        return [do, args, uid]

    def healthy(self) -> bool:
        self._note("healthy")
        return self.beating

    def leave(self) -> bool:
        self._note("leave")
        return self.did.count("leave") > 2

    def close(self) -> None:
        self._note("close")

    def _note(self, what: str) -> None:
        self.did.append(what)
        self.threads.add(current_thread())
        if what not in {"leave", "close"} and self.enough(self):
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


@pytest.fixture(autouse=True)
def _signals():
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def test_it_looks_steps_and_prepares_at_once_then_leaves_when_told(socket_path: Path) -> None:
    station = Station(lambda station: "ahead" in station.did)

    run(station.open, socket_path, CLOCK)

    assert station.did == ["look", "step", "ahead", "leave", "leave", "leave", "close"]
    assert not socket_path.exists()


def test_it_steps_when_the_station_wants_to_be_woken(socket_path: Path) -> None:
    station = Station(lambda station: len(station.steps) >= 4)
    station.nap = timedelta(seconds=0.05)

    run(station.open, socket_path, CLOCK)

    naps = [after - before for before, after in zip(station.steps, station.steps[1:], strict=False)]
    assert max(naps) < timedelta(seconds=1)
    assert min(naps) >= timedelta(seconds=0.045)


def test_news_from_another_thread_wakes_it_and_is_dealt_with_on_its_own(socket_path: Path) -> None:
    station = Station(lambda station: len(station.steps) >= 2)
    station.open = lambda wake: (Thread(target=wake).start(), station)[1]  # type: ignore[method-assign]

    run(station.open, socket_path, CLOCK)

    assert station.threads == {main_thread()}


def test_news_of_many_kinds_from_many_threads_does_not_trip_it(socket_path: Path) -> None:
    station = Station(lambda station: station.did.count("news") == 3 * 2000)
    loop = Loop(CLOCK, tick=0.01)

    def ask_often() -> None:
        for _ in range(2000):
            loop._ask(partial(station._note, "news"))

    loop.open(station.open, socket_path)
    threads = [Thread(target=ask_often) for _ in range(3)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        loop.run()
    finally:
        sys.setswitchinterval(before)
        for thread in threads:
            thread.join()
        loop.close()

    assert station.did.count("news") == 3 * 2000


def test_a_request_is_carried_out_on_the_loop_and_followed_by_a_step(socket_path: Path) -> None:
    answers: list[object] = []
    station = Station(lambda station: "stop" in station.did and station.did[-1] == "step")

    def caller() -> None:
        answers.append(ask(socket_path, "stop", why="đám tang"))

    station.enough, enough = lambda station: start() or enough(station), station.enough
    thread = Thread(target=caller)

    def start() -> None:
        if station.did == ["look", "step"]:
            thread.start()

    run(station.open, socket_path, CLOCK)
    thread.join()

    assert answers == [["stop", {"why": "đám tang"}, os.getuid()]]
    assert station.threads == {main_thread()}


def test_a_broken_step_is_tried_again_and_the_rest_goes_on(socket_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    station = Station(lambda station: len(station.steps) >= 3)
    station.fail = ZeroDivisionError("a bug")
    loop = Loop(CLOCK, tick=0.05)

    loop.open(station.open, socket_path)
    loop.run()
    loop.close()

    assert "a bug" in caplog.text
    assert "ahead" in station.did


def test_an_edit_is_followed_by_a_step_and_by_preparing(socket_path: Path) -> None:
    station = Station(lambda station: station.did.count("ahead") == 2)
    station.changed = True

    run(station.open, socket_path, CLOCK)

    did = [what for what in station.did if what != "healthy"]
    assert did[:5] == ["look", "step", "ahead", "step", "ahead"]


def test_who_asks_while_it_is_busy_is_heard_before_the_next_task(socket_path: Path) -> None:
    station = Station(lambda station: station.did.count("ahead") == 2)
    station.changed = True  # after the first look: a step, and preparing
    caller = socket.socket(socket.AF_UNIX)

    def ask_during_the_second_step(station: Station) -> bool:
        if station.did[-1] == "step" and station.did.count("step") == 2:
            caller.connect(str(socket_path))
            caller.sendall(pack({"v": VERSION, "do": "stop", "args": {}}))
        return enough(station)

    station.enough, enough = ask_during_the_second_step, station.enough
    with caller:
        run(station.open, socket_path, CLOCK)

    did = [what for what in station.did if what != "healthy"]
    assert did[3:6] == ["step", "stop", "ahead"]


def test_a_second_daemon_is_refused_and_the_first_undisturbed(socket_path: Path) -> None:
    refused: list[Exception] = []
    station = Station(lambda station: second() or "ahead" in station.did)

    def second() -> None:
        if station.did == ["look"]:
            loop = Loop(CLOCK)
            with pytest.raises(Refused) as caught:
                loop.open(Station(lambda station: False).open, socket_path)
            refused.append(caught.value)
            loop.close()

    run(station.open, socket_path, CLOCK)

    assert len(refused) == 1
    assert station.did[-1] == "close"


def test_systemd_is_told_where_it_wants_to_be(
    tmp_path: Path, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        run(Station(lambda station: "ahead" in station.did).open, socket_path, CLOCK)

        systemd.setblocking(False)
        told = [systemd.recv(100) for _ in range(2)]
    assert told == [b"READY=1", b"STOPPING=1"]


@pytest.mark.parametrize(("beating", "notes"), [(True, 3), (False, 0)])
def test_the_watchdog_is_notified_at_rest_while_every_heart_beats(
    tmp_path: Path, socket_path: Path, monkeypatch: pytest.MonkeyPatch, beating: bool, notes: int
) -> None:
    station = Station(lambda station: station.did.count("healthy") == 3)
    station.beating = beating
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        loop = Loop(CLOCK, tick=0.05)
        loop.open(station.open, socket_path)
        loop.run()
        loop.close()
        told = [systemd.recv(100) for _ in range(notes + 2)]

    assert told.count(b"WATCHDOG=1") == notes
    assert len(station.steps) == 1, "it was at rest"


@pytest.fixture
def collections() -> Iterator[list[int]]:
    """The generations that the garbage collector has looked through, as often as it does in a daemon."""
    looks: list[int] = []

    def note(phase: str, found: dict[str, int]) -> None:
        if phase == "start":
            looks.append(found["generation"])

    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    gc.callbacks.append(note)
    yield looks
    gc.callbacks.remove(note)
    gc.set_threshold(*thresholds)


def test_nobody_waits_for_a_look_through_all_values_however_many_are_made(
    socket_path: Path, collections: list[int]
) -> None:
    made: list[list[int]] = []
    station = Station(lambda station: bool(made) and "ahead" in station.did)
    station.prepare_ahead = lambda: (made.extend([n] for n in range(200_000)), station._note("ahead"))  # type: ignore

    run(station.open, socket_path, CLOCK)

    assert 1 in collections
    assert 2 not in collections


def test_now_and_then_garbage_is_looked_for_among_all_values(socket_path: Path, collections: list[int]) -> None:
    clock = FakeClock(CLOCK.now())
    station = Station(lambda station: 2 in collections)
    station.prepare_ahead = lambda: clock.advance(GARBAGE + OVERDUE)  # type: ignore[method-assign]

    run(station.open, socket_path, clock)

    assert 2 in collections
