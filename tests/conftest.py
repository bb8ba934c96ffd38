"""A small commune on a clock that tests move, with a voice that hums. No file outside tmp_path is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.small_commune import FILES, at
from hypothesis import settings

from loudspeaker.clock import FakeClock
from loudspeaker.i18n import set_language
from loudspeaker.station import Station

settings.register_profile("suite", deadline=None)  # a busy machine is no reason to fail: nothing is timed here
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever language a test has spoken, the next one begins with English."""
    yield
    set_language("en")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A station folder."""
    folder = tmp_path / "dai"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at("2026-11-24T05:00:00"))


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    opened = Station.open(home, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def quiet() -> Callable[[int, int, str], None]:
    """Progress that nobody watches."""
    return lambda done, total, what: None


@pytest.fixture
def pins() -> Iterator[Any]:
    """gpiozero's mock pins."""
    pytest.importorskip("gpiozero")
    from gpiozero import Device
    from gpiozero.pins.mock import MockFactory

    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = before
