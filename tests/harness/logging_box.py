"""A box that has joined a real hub by lines that a test can cut, its service, and an agent whose time can jump."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from harness.agent_thread import JumpingClock, agent_thread
from harness.alert_box import BOX
from harness.fleet_village import alarm, alarms_heard
from harness.line_relay import Line, line_to
from harness.office import NOW, SCOPE, open_office
from harness.real_hub import RealHub
from harness.service_thread import ServiceThread
from harness.waiting import PATIENCE, wait_for
from loudspeaker.fleet.hub_settings import read_hub_settings, write_hub_settings
from loudspeaker.fleet.log_carrier import SETTLE, SETTLE_SPREAD
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.public_keys import machine_key

SOON = SETTLE + SETTLE_SPREAD + 120.0


class LoggingBox:
    """A box that has joined a hub by a line of its own, and its daemon's service."""

    def __init__(self, home: Path, folder: Path, parts: ExitStack, host: str = "localhost") -> None:
        """`host`: a name or an address of this machine, by which the box knows its hub."""
        (home / "box.yaml").write_text(BOX, encoding="utf-8")
        self.hub, self.paths = RealHub(folder / "hub", parts, host=host), StationPaths(home, home / ".state")
        self.office = open_office(home, folder)
        self.office.trust("hoa", "pao", hub=machine_key(self.hub.run("key").strip(), "hub"))
        self.hub.run("publish", str(self.office.stick))
        self.hub.start()
        self.line: Line = parts.enter_context(line_to(self.hub.port, host))
        self.hub.join(self.paths, SCOPE)
        self.broker_line: Line = parts.enter_context(line_to(self.hub.broker_port, host))
        ports = {"https_port": self.line.port, "mqtt_port": self.broker_line.port}
        write_hub_settings(self.paths, replace(read_hub_settings(self.paths), **ports))
        parts.enter_context(ServiceThread(home))
        self.clock = JumpingClock()

    def agent(self, enter: Callable[[], None] = lambda: None) -> AbstractContextManager[object]:
        """`enter` puts its thread into the network by which it talks."""
        return agent_thread(self.paths, self.clock, enter)

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
        path.parent.mkdir(exist_ok=True)
        path.write_text(alarm(seq)[1])
        self.hub.run("publish", str(self.office.stick))

    def heard(self) -> list[str]:
        with closing(AsRunLog.open_read_only(self.paths.log, SCOPE)) as log:
            return alarms_heard(log)

    def all_is_there(self) -> bool:
        """Does the hub have all of the log, each entry once?"""
        with closing(AsRunLog.open_read_only(self.paths.log, SCOPE)) as log:
            life, last = log.life(), log.last_number()
        if self.hub.logs() != {life: last}:
            return False
        pieces = [piece[-2:] for piece in self.hub.pieces()]
        assert [first for first, _ in pieces] == [1, *(end + 1 for _, end in pieces[:-1])]
        return True

    def wait_until(self, is_so: Callable[[], object], lasts: float = SOON, seconds: float = PATIENCE) -> None:
        """Let time pass until it is so, `lasts` seconds at a time, which takes `seconds` at most."""

        def look() -> object:
            self.clock.ahead += lasts
            return is_so()

        wait_for(look, seconds, pause=1.0)
