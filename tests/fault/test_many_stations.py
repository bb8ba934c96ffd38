"""Ten thousand stations of two hundred communes on one day, each whole but for its process, sound card and line.

`make fault` plays all of them, a commune after the other, and a station after the other: files of one are gone before
the next begins. `-s` shows how far it is.
"""

from __future__ import annotations

import resource
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness.alert_box import BOX
from harness.fleet_day import HubDay
from harness.office import SCOPE, deliveries
from harness.station_day import VILLAGES, StationDay

from loudspeaker.station.paths import StationPaths

COMMUNES, BOXES, FEW = 200, 50, 4


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each commune is a test of its own, so that workers share them."""
    communes = COMMUNES if metafunc.config.getoption("runs") == "full" else 1
    metafunc.parametrize("commune", range(communes))


@pytest.fixture
def day(home: Path, tmp_path: Path) -> Iterator[HubDay]:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    rules = home / "commune.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "policy: {hours: [05:00-21:00]}\n", encoding="utf-8")
    with closing(HubDay.open(home, tmp_path / "day")) as opened:
        yield opened


def test_on_one_day_each_station_airs_what_is_signed_once_and_the_hub_has_its_log(
    day: HubDay, home: Path, tmp_path: Path, full: bool, commune: int
) -> None:
    join_first(home, day)
    begun, counted = time.process_time(), Counter[str]()
    faults: list[str] = []
    for number in range(BOXES if full else FEW):
        one = shutil.copytree(home, tmp_path / str(number))
        with closing(StationDay(one, day, commune * BOXES + number)) as station:
            station.live()
            faults += station.faults()
            counted.update(station.counts())
        shutil.rmtree(one)
    faults += faults_of_report(day)
    shutil.rmtree(tmp_path / "day")

    seconds, memory = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = ", ".join(f"{count} {what}" for what, count in sorted(counted.items()))
    print(f"\ncommune {commune}: {figures}; {seconds:.1f} s of the processor, {memory:.0f} MiB, {len(faults)} faults")
    assert not faults, "\n".join(faults)


def join_first(home: Path, day: HubDay) -> None:
    """What is copied has joined by the first files of the day."""
    taker, first = deliveries(StationPaths(home, home / ".state")), day.publications[0].folder
    taker.join(first, taker.first_trust(first, SCOPE), "Lý")


def faults_of_report(day: HubDay) -> Iterator[str]:
    """What the hub tells of the villages: heard where any of its boxes aired it, and counted once."""
    for bulletin, wanted in {"tin-sang": (2, 1), "tin-moi": (1, 1), "nhac": (0, 0)}.items():
        told = {count.village: count.aired for count in day.hub.board().report(SCOPE, bulletin)}
        if told != dict(zip(VILLAGES, wanted, strict=True)):
            yield f"the hub tells of {bulletin}: {told}"
