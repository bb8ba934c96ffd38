"""A hub, an office that publishes at it, and a clock that both go by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.hub_boxes import open_hub
from harness.office import NOW, Office, open_office

from loudspeaker.clock import FakeClock
from loudspeaker.hub.hub import Hub


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
