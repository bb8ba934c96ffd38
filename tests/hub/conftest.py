"""A hub, an office that publishes at it, and a clock that both go by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.hub_boxes import open_hub
from harness.office import NOW, SCOPE, Office, open_office
from harness.signing import PAO_PHONE, PEOPLE, PHONE

from loudspeaker.clock import FakeClock
from loudspeaker.hub.hub import Hub
from loudspeaker.station.signing.packing import write_trust


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def hub(tmp_path: Path, clock: FakeClock) -> Iterator[Hub]:
    opened = open_hub(tmp_path / "hub", clock)
    yield opened
    opened.close()


@pytest.fixture
def office(home: Path, tmp_path: Path, hub: Hub) -> Office:
    """A commune's office; its second trust document names the hub's key."""
    office = open_office(home, tmp_path)
    office.trust("hoa", "pao", hub=hub.key.public)
    return office


@pytest.fixture
def published(hub: Hub, office: Office) -> Hub:
    """The hub, which serves what the office has signed."""
    hub.publish(office.stick, office.scope)
    return hub


@pytest.fixture
def named(published: Hub, office: Office) -> Hub:
    """A hub whose commune names the passkeys of Hoa and Páo, beside three key files."""
    keys = [*(PEOPLE[name].public for name in ("hoa", "pao", "ly")), PHONE.public, PAO_PHONE.public]
    _, path = write_trust(office.stick, SCOPE, keys, NOW)
    office.sign(path, "hoa", "pao")
    published.publish(office.stick, SCOPE)
    published.bells.look()
    return published
