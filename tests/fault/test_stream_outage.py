"""A station that goes off while it is carried, and comes back: its fallback once, then the rest of it, one verdict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import soundfile
from harness import stream_servers
from harness.shifted_clock import DUE, ShiftedClock
from harness.stream_servers import Icecast

from loudspeaker.daemon.service import Service, open_service
from loudspeaker.speakers.streams.sources import STALL
from loudspeaker.speakers.streams.worker import PATIENCE, RETRY_LATER
from loudspeaker.station import Station

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not stream_servers.FOUND, reason="icecast2 or ffmpeg is not installed"),
]
VOV = "na-hoa/vov/2026-11-24T06:05"
LASTS, HEARD = 150, 10  # seconds: of the stream, and before its source is killed
SLACK = 10.0  # seconds: what is in the pipes, and a busy machine


@pytest.fixture
def icecast(full: bool) -> Iterator[Icecast]:
    if not full:
        pytest.skip("it takes three minutes")
    with stream_servers.opened(Icecast) as server:
        assert isinstance(server, Icecast)
        yield server


@pytest.fixture
def station(home: Path, icecast: Icecast) -> Iterator[Station]:
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text() + "streams: [127.0.0.1]\n")
    entry = f"{{name: vov, stream: '{icecast.address}', at: 06:05, for: {LASTS}s, fallback: nhac}}"
    (home / "schedules" / "na-hoa.yaml").write_text(f"broadcasts: [{entry}]\n")
    (home / "schedules" / "suoi-trat.yaml").unlink()
    clock = ShiftedClock(DUE - timedelta(seconds=8))
    station = Station.open(home, clock=clock)
    station.preparation.make(
        station.preparation.specs_of(station.airings.between(*station.clock.window(None, 1))), lambda *_: None
    )
    clock.start()
    yield station
    station.close()


def run(service: Service, until: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not until() and time.monotonic() < ends:
        wait = service.step() - service.on_air.now()
        time.sleep(min(max(wait.total_seconds(), 0.0), 0.05))
    assert until()


def test_a_killed_source_is_replaced_and_joined_again_when_it_is_back(station: Station, icecast: Icecast) -> None:
    def attempts() -> list[bool]:
        return [bool(event.facts.get("instead")) for event in station.log.events("started", VOV)]

    service = open_service(station, lambda: None)
    run(service, lambda: service.on_air.now() >= DUE + timedelta(seconds=HEARD), 30)
    icecast.source.end()
    killed = time.monotonic()
    run(service, lambda: len(attempts()) > 1, 90)
    silent = time.monotonic() - killed
    icecast.source.begin()
    run(service, lambda: bool(station.airings.records()), LASTS + SLACK)
    service.close()
    [row] = station.airings.records()
    samples, rate = soundfile.read(row.via)

    assert attempts() == [False, True, False], "the stream, its fallback, the stream"
    assert PATIENCE - SLACK < silent < PATIENCE + STALL + RETRY_LATER + SLACK
    assert row.verdict == "to-file"
    assert "rồi phát bản tin dự phòng “nhac”" in row.why
    assert len(samples) / rate > LASTS - silent - RETRY_LATER - STALL - SLACK
