"""A real hub, its broker, an agent and a daemon: from the code by which a box joins to the alarm that it airs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from harness.alert_box import BOX
from harness.broker import PROGRAM
from harness.daemon_process import running_daemon
from harness.fleet_village import alarm, alarms_heard
from harness.office import SCOPE, Office, open_office
from harness.real_hub import RealHub
from harness.waiting import wait_for

from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.station import Station
from loudspeaker.trust.public_keys import machine_key

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]


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
    paths = StationPaths(home, home / ".state")
    hub.join(paths, SCOPE)

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
        return alarms_heard(station.log)
