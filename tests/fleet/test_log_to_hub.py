"""A real agent takes a box's log to a real hub, over a line that breaks; the daemon signs, the agent cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from harness.alert_box import BOX
from harness.broker import PROGRAM
from harness.daemon_process import running_daemon
from harness.fleet_village import alarm
from harness.line_relay import HEADER, Line, line_to
from harness.office import NOW, SCOPE, open_office
from harness.real_hub import RealHub
from harness.waiting import wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.fleet.agent import Agent
from loudspeaker.fleet.hub_settings import read_hub_settings, write_hub_settings
from loudspeaker.fleet.log_carrier import DAY, SETTLE, SETTLE_SPREAD
from loudspeaker.fleet.mqtt import KEEPALIVE
from loudspeaker.station.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.public_keys import machine_key

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]

SOON = SETTLE + SETTLE_SPREAD + 120.0
VILLAGES = 2
QUESTION = 2_000  # bytes: a longer one brings a piece of the log


class JumpingClock(SystemClock):
    """Time that passes when the test says so, besides that which passes."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class LoggingBox:
    """A box that has joined a hub by a line of its own, and its daemon."""

    def __init__(self, home: Path, folder: Path, parts: ExitStack) -> None:
        (home / "box.yaml").write_text(BOX, encoding="utf-8")
        self.hub, self.paths = RealHub(folder / "hub", parts), StationPaths(home, home / ".state")
        self.office = open_office(home, folder)
        self.office.trust("hoa", "pao", hub=machine_key(self.hub.run("key").strip(), "hub"))
        self.hub.run("publish", str(self.office.stick))
        self.hub.start()
        self.line: Line = parts.enter_context(line_to(self.hub.port))
        self.hub.join(self.paths, SCOPE)
        self.broker_line: Line = parts.enter_context(line_to(self.hub.broker_port))
        ports = {"https_port": self.line.port, "mqtt_port": self.broker_line.port}
        write_hub_settings(self.paths, replace(read_hub_settings(self.paths), **ports))
        parts.enter_context(running_daemon(home, folder / "daemon"))
        self.clock = JumpingClock()

    @contextmanager
    def agent(self) -> Iterator[None]:
        agent = Agent(self.paths, read_hub_settings(self.paths), self.clock, str)
        carrying = Thread(target=agent.run)
        carrying.start()
        try:
            yield
        finally:
            agent.end()
            carrying.join()

    def write(self, count: int) -> None:
        """So many entries more, beside those of the daemon."""
        with closing(AsRunLog.open(self.paths.log, SCOPE)) as log:
            for number in range(count):
                log.event("pause", "", NOW + timedelta(seconds=number), village="na-hoa", why=str(number))

    @property
    def on_air(self) -> int:
        """Bytes on the mobile network."""
        return self.line.on_air + self.broker_line.on_air

    def publish(self, text: str) -> None:
        """Another bulletin, as the officer signs it at the office; until the box has it."""
        self.office.write("bulletins/tin-sang.md", f"---\ntitle: Tin sáng\n---\n{text}\n")
        self.office.publish("hoa")
        before = self.version
        self.hub.run("publish", str(self.office.stick))
        wait_for(lambda: self.version > before, pause=0.5)

    @property
    def version(self) -> int:
        membership = read_membership(self.paths)
        return membership.accepted.version if membership else 0

    def alarm(self, seq: int) -> None:
        """Published at the hub."""
        path = self.office.own / "alert" / f"{seq}.json"
        path.parent.mkdir()
        path.write_text(alarm(seq)[1])
        self.hub.run("publish", str(self.office.stick))

    def heard(self) -> list[str]:
        with closing(AsRunLog.open_read_only(self.paths.log, SCOPE)) as log:
            return [event.airing for event in log.events("on-air")]

    def all_is_there(self) -> bool:
        """Does the hub have all of the log, each entry once?"""
        with closing(AsRunLog.open_read_only(self.paths.log, SCOPE)) as log:
            life, last = log.life(), log.last_number()
        if self.hub.logs() != {life: last}:
            return False
        pieces = [piece[-2:] for piece in self.hub.pieces()]
        assert [first for first, _ in pieces] == [1, *(end + 1 for _, end in pieces[:-1])]
        return True

    def wait_until(self, is_so: Callable[[], object], lasts: float = SOON) -> None:
        """Let time pass until it is so, `lasts` seconds at a time."""

        def look() -> object:
            self.clock.ahead += lasts
            return is_so()

        wait_for(look, pause=1.0)


@pytest.fixture
def box(home: Path, tmp_path: Path) -> Iterator[LoggingBox]:
    with ExitStack() as parts:
        yield LoggingBox(home, tmp_path, parts)


def test_what_a_hub_has_taken_without_being_heard_is_not_sent_again_by_the_next_agent(box: LoggingBox) -> None:
    box.write(300)
    box.line.deaf = QUESTION
    with box.agent():
        box.wait_until(box.hub.logs)
    box.line.deaf = None
    box.write(5)
    with box.agent():
        box.wait_until(box.all_is_there)

    assert len(box.hub.pieces()) >= 2


def test_a_hub_that_was_away_for_a_day_gets_all_of_it(box: LoggingBox) -> None:
    with box.agent():
        box.wait_until(box.all_is_there)
        box.hub.process.kill()
        box.hub.process.wait()
        box.write(50)
        ends, calls = box.clock.monotonic() + DAY, box.line.calls
        box.wait_until(lambda: box.clock.monotonic() > ends and box.line.calls > calls, DAY / 10)
        box.write(50)
        box.hub.begin()
        box.wait_until(box.all_is_there, DAY / 10)


PINGS, PING = int(DAY / KEEPALIVE), 2 * (24 + 2 * HEADER)  # a day; bytes of one and its answer, in TLS
ENTRIES = 10 * 8  # a day: ten airings, of which each leaves up to eight in the log


@pytest.mark.sampled
def test_a_day_on_a_mobile_network_costs_less_than_a_megabyte_and_a_half(box: LoggingBox, full: bool) -> None:
    """With a text of two pages changed four times and ten lost connections; what is bound to real time is added.

    A quarter of it outside `make fault`, which counts four times.
    """
    quarters = 4 if full else 1
    with box.agent():
        box.wait_until(box.all_is_there)
        before, connections = box.on_air, box.broker_line.calls
        for hour in range(6 * quarters):
            box.write(ENTRIES // 24 + 1)
            if hour % 6 == 3:
                box.publish(f"Bản tin giờ thứ {hour}. " + "Mời bà con ra nhà văn hóa họp thôn. " * 100)
            if hour % 2 and hour < 20:
                box.broker_line.cut()
            said = box.broker_line.packets
            box.wait_until(lambda said=said: box.broker_line.packets > said, 3600.0)
        box.wait_until(box.all_is_there)
        bells = 20 * (len(box.hub.bell(SCOPE)) + 200 + 2 * HEADER)
        day = (box.on_air - before) * 4 // quarters + PINGS * PING + bells

    print(f"{day} bytes: broker {box.broker_line.on_air}, files and log {box.line.on_air}")
    assert box.version == 1 + quarters
    assert box.broker_line.calls - connections >= 2 * quarters
    assert 100_000 < day < 1_500_000


def test_an_alarm_is_heard_while_the_log_is_stuck_on_the_line(box: LoggingBox) -> None:
    box.line.stuck = True
    with box.agent():
        box.wait_until(lambda: box.line.calls)
        box.alarm(1)
        wait_for(lambda: len(box.heard()) == VILLAGES, pause=1.0)

    assert len(set(box.heard())) == VILLAGES
