"""Many stations of one commune on one day: each whole but for its process, its sound card and its clock."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from harness.alert_box import AlertBox, flood, open_alert_office, sealed
from harness.office import NOW, Office, deliveries, join_box

from loudspeaker.station.deliveries.membership import read_membership
from loudspeaker.station.paths import StationPaths

RUNS = 200
ALARMS = (17, 18, 19)
OVER = 600.0  # s, in which any of them has been heard


def test_each_of_many_stations_airs_every_alarm_once_and_ends_with_the_newest_version(
    home: Path, tmp_path: Path, full: bool
) -> None:
    office = open_alert_office(home, tmp_path)
    homes = [tmp_path / str(number) for number in range(RUNS if full else 4)]
    for one in homes:
        shutil.copytree(home, one, ignore=shutil.ignore_patterns(".state", "audio_cache"))
        join_box(one, office)
    office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    office.publish("hoa")
    envelopes = [sealed(flood(seq, issued=NOW + timedelta(seconds=seq)), "hoa", "pao") for seq in ALARMS]

    for number, one in enumerate(homes):
        with closing(AlertBox(one, NOW + timedelta(minutes=1))) as box:
            live_through(box, office, envelopes, random.Random(number))
            begun = Counter(event.airing for event in box.disk.events("on-air") if "/urgent@" in event.airing)
            assert len(begun) == len(ALARMS) * 2, begun  # villages
            assert set(begun.values()) == {1}, begun
            assert box.station.files.bulletin("tin-sang").title == "Tin mới"
            membership = read_membership(StationPaths(one, one / ".state"))
            assert membership
            assert membership.accepted.version == 2


def live_through(box: AlertBox, office: Office, envelopes: list[str], chance: random.Random) -> None:
    """Each alarm comes twice, a stick with the new version once, the power goes once: in any order, at any time."""
    steps: list[Callable[[], object]] = [partial(box.hand_over, envelope) for envelope in envelopes * 2]
    steps += [partial(take, box, office), partial(lose_power, box)]
    chance.shuffle(steps)
    for step in steps:
        step()
        box.run(chance.choice((0.0, 0.5, 7.0, 60.0)))
    lose_power(box)


def take(box: AlertBox, office: Office) -> None:
    deliveries(StationPaths(box.home, box.home / ".state"), box.clock.now()).take(office.stick)


def lose_power(box: AlertBox) -> None:
    """Between alarms; what becomes of one that is cut off says harness/alert_machine.py."""
    box.run(OVER)
    box.restart()
