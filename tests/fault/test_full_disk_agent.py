"""A disk without room under what the agent fetches: alarms are aired, and the rest comes once there is room."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness.broker import PROGRAM
from harness.fleet_village import FleetVillage, alarm
from harness.small_disk import fill, small_disk
from harness.waiting import wait_for

from loudspeaker.fleet.scope_files import NO_ROOM
from loudspeaker.model.alert_answer import AlertState

MB = 1 << 20
ROOM_IS_SEEN = NO_ROOM + 60.0  # s: where a file found no room within seconds, where the mark for the daemon found none
pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto"),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system: run as root"),
]


@pytest.fixture
def parts() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_a_version_comes_once_there_is_room_and_an_alarm_before(
    home: Path, tmp_path: Path, parts: ExitStack, full: bool
) -> None:
    village, chance = FleetVillage(home, tmp_path, parts), random.Random(5)
    settings, held_up = village.paths.hub_settings.read_bytes(), list[bool]()
    disk = parts.enter_context(small_disk(village.paths.fleet, MB))
    village.paths.hub_settings.write_bytes(settings)
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        for number in range(1, 1 + (25 if full else 2)):
            text = "Họp thôn. " * 3_000
            village.office.write("bulletins/tin-sang.md", f"---\ntitle: Tin {number}\n---\n{text}\n")
            village.office.publish("hoa")
            fill(disk / "filler", chance.choice((0, chance.randrange(len(text)))))  # less than the file's bytes
            village.ring(manifest=1 + number, alert=number - 1)
            asked = len(village.files.asked)
            wait_for(lambda asked=asked: len(village.files.asked) > asked + 1)
            alert, envelope = alarm(number)
            village.lay_alert(number, envelope)
            village.say_alert(number, envelope)
            village.hub.receipt(alert.id, AlertState.AIRED)
            held_up.append(village.version == number)

            (disk / "filler").unlink()
            wait_for(lambda number=number: village.version == number + 1, ROOM_IS_SEEN, pause=0.2)

    assert any(held_up)  # not always: what the agent needs no longer makes room for what is new
    assert set(village.asked().values()) == {1}
