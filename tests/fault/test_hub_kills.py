"""kill -9 of a hub and of its broker while an alarm or a version is published: the box has it, and hears it once.

One hub with its box serves all tests in which the hub is killed, since both take long to begin.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest
from harness.agent_thread import JumpingClock, agent_thread
from harness.alert_box import BOX
from harness.broker import PROGRAM
from harness.fleet_village import FleetVillage, alarm
from harness.office import SCOPE, Office, open_office
from harness.real_hub import RealHub
from harness.service_thread import ServiceThread
from harness.small_commune import write_small_commune
from harness.waiting import wait_for

from loudspeaker.hub.drafts.alert_numbers import LEFT_OUT
from loudspeaker.hub.hub import Hub
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths
from loudspeaker.station.signing.alert_packing import AlertDraft
from loudspeaker.store.asrun import AsRunLog
from loudspeaker.trust.opening import read_unverified
from loudspeaker.trust.public_keys import machine_key
from loudspeaker.trust.signed_documents import Alert, AlertKind

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]

VILLAGES = 2
LATEST = 0.5  # s after it was published, the hub has been killed


@pytest.fixture
def parts() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@dataclass(frozen=True)
class HubWithBox:
    """A real hub, a process of its own, and one box that has joined it; its service and its agent are threads."""

    hub: RealHub
    office: Office
    paths: StationPaths
    chance: random.Random

    def publish_and_kill(self) -> None:
        """Publish what lies on the office's stick; meanwhile, or a little later, the hub is killed, and begun again."""
        power = Timer(self.chance.uniform(0.0, LATEST), self.hub.process.kill)
        power.start()
        self.hub.run("publish", str(self.office.stick))
        power.join()
        self.hub.process.wait()
        self.hub.begin()

    @property
    def version(self) -> int:
        membership = read_membership(self.paths)
        return membership.accepted.version if membership else 0

    def lay_alarm(self, number: int) -> None:
        """On the office's stick."""
        _, envelope = alarm(number)
        path = self.office.own / "alert" / f"{number}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(envelope)

    def asked(self) -> Counter[str]:
        """How often each airing of an alarm was asked for, by the box's log."""
        with closing(AsRunLog.open_read_only(self.paths.log, SCOPE)) as log:
            return Counter(event.airing for event in log.events("asked"))

    def last_alarm(self) -> int:
        """Its number; the first is 1, and none is left out."""
        return len(self.asked()) // VILLAGES


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubWithBox]:
    folder = tmp_path_factory.mktemp("kills")
    write_small_commune(folder / "dai")
    with ExitStack() as parts:
        yield begin_hub(folder / "dai", folder, parts)


def begin_hub(home: Path, folder: Path, parts: ExitStack) -> HubWithBox:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    hub, office = RealHub(folder / "hub", parts), open_office(home, folder)
    office.trust("hoa", "pao", hub=machine_key(hub.run("key").strip(), "hub"))
    hub.run("publish", str(office.stick))
    hub.start()
    paths = StationPaths(home, home / ".state")
    hub.join(paths, SCOPE)
    parts.enter_context(ServiceThread(home))
    parts.enter_context(agent_thread(paths, JumpingClock()))
    wait_for(lambda: hub.boxes()[0]["on"], pause=1.0)
    return HubWithBox(hub, office, paths, random.Random(7))


def test_kill_9_of_the_hub_while_it_publishes_an_alarm(village: HubWithBox, full: bool) -> None:
    last = village.last_alarm()
    for number in range(last + 1, last + 1 + (25 if full else 2)):
        village.lay_alarm(number)
        village.publish_and_kill()
        wait_for(lambda number=number: len(village.asked()) == number * VILLAGES, pause=0.2)

    assert set(village.asked().values()) == {1}


def test_kill_9_of_the_hub_while_it_distributes_a_version(village: HubWithBox, full: bool) -> None:
    """Right behind its restart the box has it, whether the broker brings its file or it is fetched.

    A long file and a short one, without `--runs=full`.
    """
    for version in range(village.version + 1, village.version + 1 + (25 if full else 2)):
        length = 200 if version % 2 else 30_000
        text = "Họp thôn. " * (length // 10)
        village.office.write("bulletins/tin-sang.md", f"---\ntitle: Tin {version}\n---\n{text}\n")
        village.office.publish("hoa")
        village.publish_and_kill()
        wait_for(lambda version=version: village.version == version, pause=0.2)

    (box,) = village.hub.boxes()
    wait_for(lambda: village.hub.boxes()[0]["manifest"] == version, pause=0.5)
    assert box["newest"] == version


def test_a_hub_from_a_backup_of_before_an_alarm_gives_the_next_one_a_number_that_no_box_knows(
    village: HubWithBox, tmp_path: Path, parts: ExitStack
) -> None:
    """Its broker runs on, and has what boxes have said; no piece of a log has come."""
    office, hub, last = village.office, village.hub, village.last_alarm()

    def publish_alarm(number: int) -> None:
        village.lay_alarm(number)
        hub.run("publish", str(office.stick))
        wait_for(lambda: len(village.asked()) == number * VILLAGES, pause=0.2)

    hub.run("backup", str(tmp_path / "backup"))
    for number in (last + 1, last + 2):
        publish_alarm(number)
    hub.process.kill()
    hub.process.wait()
    shutil.rmtree(hub.folder)
    shutil.rmtree(office.own / "alert")  # nobody has another copy
    hub.run("restore", str(tmp_path / "backup"))
    restored = Hub.open(hub.folder)
    parts.callback(restored.close)
    assert next_number(restored) == last + LEFT_OUT + 1
    hub.begin()  # of what its broker has kept, nothing tells of the two
    wait_for(lambda: next_number(restored) == last + 3, pause=0.5)
    publish_alarm(last + 3)


def next_number(hub: Hub) -> int:
    """The number of an alarm that would be looked over now at a page of this hub."""
    hub.bells.look()
    files = hub.served_files(SCOPE)
    assert files
    document = read_unverified(hub.alerts.write(SCOPE, AlertDraft(AlertKind.ALERT, "Lũ!"), files))
    assert isinstance(document, Alert)
    return document.seq


def test_a_broker_that_comes_back_as_it_was_before_an_alarm(home: Path, tmp_path: Path, parts: ExitStack) -> None:
    village = FleetVillage(home, tmp_path, parts)
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        first, envelope = alarm(1)
        village.say_alert(1, envelope)
        village.hub.receipt(first.id, AlertState.AIRED)
        older = village.broker.folder / "mosquitto.db"
        wait_for(older.exists, pause=0.1)
        shutil.copy(older, tmp_path / "older.db")
        second, later = alarm(2)
        village.say_alert(2, later)
        village.hub.receipt(second.id, AlertState.AIRED)

        village.broker.kill(wipe=True)
        shutil.copy(tmp_path / "older.db", older)
        village.broker.start()
        village.say_alert(2, later)  # as a hub does at each connection
        village.hub.presence(on=True)
        village.ring(manifest=1, alert=2)
        wait_for(lambda: len(village.begun()) == 2 * VILLAGES, pause=0.5)

    assert set(village.asked().values()) == {1}
