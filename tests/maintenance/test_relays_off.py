"""After a crash no amplifier hums on, whatever state its box.yaml is in. gpiozero's pins are mocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from loudspeaker.config.box_file import relays
from loudspeaker.maintenance import relays_off
from loudspeaker.model.box import Relay

BOX = """
outputs:
  hall: {device: auto, relay: {pin: 17, active: low}}
  porch: {device: auto}
  yard: {thiết bị: auto, rơ-le: {chân: 27}}
"""


def test_the_relays_of_a_box_are_found_in_either_language() -> None:
    assert list(relays(BOX.encode())) == [Relay(17, active_high=False), Relay(27)]


@pytest.mark.parametrize("box", [b"", b"outputs: [1", b"outputs: 3", b"outputs: {a: {relay: {pin: x}}}"])
def test_a_broken_box_file_stops_nothing(box: bytes) -> None:
    assert list(relays(box)) == []


def test_after_a_crash_the_relays_are_turned_off(pins: object, tmp_path: Path) -> None:
    from gpiozero import Device

    (tmp_path / "box.yaml").write_text(BOX, encoding="utf-8")
    relays_off.main([str(tmp_path / "box.yaml")])

    assert Device.pin_factory.pin(17).state == 1, "off is high for a relay that is on when low"
    assert Device.pin_factory.pin(27).state == 0
