"""Somebody presses the stop button on the box: all is silent, for good, and the log says why. The pins are mocks."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from harness.small_commune import at
from harness.waiting import wait_for

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.loop import TICK, run
from loudspeaker.daemon.protocol import ask
from loudspeaker.daemon.service import open_service
from loudspeaker.model.requests import Urgent
from loudspeaker.speakers.pins import StopButton
from loudspeaker.station import Station

pytestmark = pytest.mark.waits

Progress = Callable[[int, int, str], None]
BOX = """
plays: {na-hoa: san-kho, suoi-trat: nha-hop}
outputs: {san-kho: {device: memory}, nha-hop: {device: memory}}
clock: trusted
stop_button: {pin: 27}
"""


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    opened = Station.open(home, clock=clock)
    yield opened
    opened.close()


def press(pins: Any) -> None:
    pins.pin(27).drive_low()
    pins.pin(27).drive_high()


def test_it_stops_everything_on_every_output_an_emergency_too(
    station: Station, clock: FakeClock, pins: Any, quiet: Progress
) -> None:
    station.preparation.make([station.alerts.alert_spec(None, "lu-quet", "nha-hop", False)], quiet)
    station.preparation.prepare(None, 1, quiet)
    live = open_service(station, lambda: None)
    while clock.now() < at("2026-11-24T06:05:01"):
        clock.advance_to(min(live.step(), at("2026-11-24T06:05:01")))
    live.step()
    (alarm,) = live.requests.urgent(Urgent(None, "lu-quet", ("suoi-trat",), 3, 30.0, None, False), "chị Hoa")
    for _ in range(2):
        live.step()
        clock.advance(1.0)
    live.step()
    press(pins)
    live.step()
    live.step()
    records = {record.id: record for record in station.log.rows(at("2026-11-24T00:00"), at("2026-11-25T00:00"))}
    live.close()

    assert set(records) == {"na-hoa/tin-sang/2026-11-24T06:05", alarm}
    assert {record.verdict for record in records.values()} == {"stopped"}
    assert all(
        record.why.endswith("nút dừng đã cho dừng: có người bấm ngay tại thiết bị") for record in records.values()
    )
    assert [event.facts["by"] for event in station.log.events("stop")] == ["nút dừng", "nút dừng"]


def test_what_comes_later_is_aired_again(station: Station, clock: FakeClock, pins: Any, quiet: Progress) -> None:
    station.preparation.prepare(None, 1, quiet)
    live = open_service(station, lambda: None)
    press(pins)
    while clock.now() < at("2026-11-24T12:00:00"):
        live.look()
        clock.advance_to(min(live.step(), at("2026-11-24T12:00:00")))
    records = station.log.rows(at("2026-11-24T00:00"), at("2026-11-25T00:00"))
    live.close()

    assert [record.verdict for record in records] == ["aired", "aired"]


def test_the_daemon_hears_it_at_once(home: Path, pins: Any, quiet: Progress) -> None:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    station = Station.open(home)
    station.preparation.make([station.alerts.alert_spec(None, "lu-quet", "san-kho", False)], quiet)
    door = home / ".state" / "control.sock"
    stopped: list[Any] = []

    def somebody() -> None:
        try:
            wait_for(door.exists)
            (alarm,) = ask(door, "urgent", **ALARM)
            wait_for(lambda: station.log.events("on-air", alarm))
            press(pins)
            wait_for(lambda: station.log.verdict_of(alarm))
            stopped.append(station.airings.record(alarm))
        finally:
            wait_for(lambda: signal.getsignal(signal.SIGTERM) != before[signal.SIGTERM])  # the loop's, and not pytest's
            os.kill(os.getpid(), signal.SIGTERM)

    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    thread = Thread(target=somebody)
    thread.start()
    run(lambda wake: open_service(station, wake), door, station.clock)
    thread.join()
    for name, handler in before.items():
        signal.signal(name, handler)
    (pressed,) = station.log.events("stop")
    station.close()

    assert [record.verdict for record in stopped] == ["stopped"]
    assert (stopped[0].ended_at - pressed.at).total_seconds() < TICK, "sooner than the loop would look by itself"


ALARM = {
    "text": None,
    "bulletin": "lu-quet",
    "villages": ["na-hoa"],
    "repeat": 3,
    "gap": 1.0,
    "until": None,
    "drill": False,
    "by": "chị Hoa",
}


def test_it_wakes_whoever_waits_and_tells_each_press_once(pins: Any) -> None:
    woken: list[bool] = []
    button = StopButton(27, lambda: woken.append(True))
    told = [button.take_press()]
    press(pins)
    told += [button.take_press(), button.take_press()]
    button.close()

    assert (told, woken) == ([False, True, False], [True])


def test_a_bounce_is_no_press(pins: Any) -> None:
    button = StopButton(27)

    assert pins.pin(27).bounce == pytest.approx(0.05)
    assert pins.pin(27).pull == "up"
    button.close()


def test_a_button_that_cannot_be_read_costs_only_itself(pins: Any, caplog: pytest.LogCaptureFixture) -> None:
    first, second = StopButton(27), StopButton(27)
    told = second.take_press()
    second.close()
    first.close()

    assert not told
    assert "pin 27" in caplog.text
