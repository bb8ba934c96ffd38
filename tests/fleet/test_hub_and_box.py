"""A real hub, its broker, an agent and a daemon: from the code by which a box joins to the alarm that it airs."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from harness.alert_box import BOX
from harness.broker import PROGRAM, MosquittoBroker, free_port, listens
from harness.daemon_process import running_daemon
from harness.fleet_village import alarm
from harness.office import SCOPE, Office, open_office
from harness.waiting import wait_for

from loudspeaker.station.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.trust.public_keys import machine_key

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]


class RealHub:
    """A hub as its commands make it, with its broker."""

    def __init__(self, folder: Path, parts: ExitStack) -> None:
        self.folder, self._parts, self._said = folder, parts, folder.with_suffix(".said")
        self.port, self.broker_port = free_port(), free_port()

    def run(self, *words: str) -> str:
        command = [sys.executable, "-m", "loudspeaker", "hub", "--folder", str(self.folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def boxes(self) -> list[dict[str, object]]:
        return list(json.loads(self.run("boxes", "--json")))

    def start(self) -> None:
        listener = self.run("broker", "--port", str(self.broker_port), "--name", "localhost")
        own = f"user {pwd.getpwuid(os.getuid()).pw_name}\npid_file {self.folder}.pid\n"
        broker = MosquittoBroker(self.folder.with_suffix(".broker"), self.broker_port, own + listener)
        self._parts.callback(broker.kill)
        broker.start()
        serve = ("serve", "--port", str(self.port), "--name", "localhost", "--broker", f"localhost:{self.broker_port}")
        program = (sys.executable, "-m", "loudspeaker", "hub", "--folder", str(self.folder))
        self._begin(*program, "--broker-pid", f"{self.folder}.pid", *serve)
        wait_for(lambda: listens(self.port))

    def _begin(self, *command: str) -> None:
        said = self._parts.enter_context(self._said.open("ab"))
        process = self._parts.enter_context(subprocess.Popen(command, stdout=said, stderr=said))
        self._parts.callback(process.kill)


@pytest.fixture
def parts() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def hub(tmp_path: Path, parts: ExitStack) -> RealHub:
    return RealHub(tmp_path / "hub", parts)


@pytest.fixture
def office(home: Path, tmp_path: Path, hub: RealHub) -> Office:
    """With a list of keys that names its hub's."""
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    office = open_office(home, tmp_path)
    office.trust("hoa", "pao", hub=machine_key(hub.run("key").strip(), "hub"))
    return office


def test_a_box_joins_by_its_code_and_takes_files_and_alarms_from_its_hub(
    home: Path, tmp_path: Path, office: Office, hub: RealHub, parts: ExitStack
) -> None:
    hub.run("publish", str(office.stick))
    hub.start()
    code = hub.run("invite", "--scope", SCOPE).strip()
    paths = StationPaths(home, home / ".state")
    join = paths.command_line("fleet", "join", f"localhost:{hub.port}", code, "--by", "Lý")
    joined = subprocess.run(join, capture_output=True, text=True, check=False)
    assert joined.returncode == 0, joined.stderr

    parts.enter_context(running_daemon(home, tmp_path / "daemon"))
    said = parts.enter_context((tmp_path / "agent").open("ab"))
    command = [sys.executable, "-m", "loudspeaker.fleet.agent", "--home", str(home)]
    agent = parts.enter_context(subprocess.Popen(command, stdout=said, stderr=said))
    parts.callback(agent.kill)
    wait_for(lambda: hub.boxes()[0]["on"], pause=1.0)

    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    _, envelope = alarm(1)
    path = office.own / "alert" / "1.json"
    path.parent.mkdir()
    path.write_text(envelope)
    hub.run("publish", str(office.stick))

    wait_for(lambda: (known := read_membership(paths)) and known.accepted.version == 2, pause=0.2)
    wait_for(lambda: len(heard(home)) == 2, pause=1.0)
    assert len(set(heard(home))) == 2
    wait_for(lambda: (hub.boxes()[0]["manifest"], hub.boxes()[0]["newest"]) == (2, 2), pause=1.0)


def heard(home: Path) -> list[str]:
    with closing(Station.open(home)) as station:
        return [event.airing for event in station.log.events("on-air")]
