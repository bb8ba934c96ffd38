"""The button at the box as the second person of an alarm: held it agrees, pressed it stops. The pins are mocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.box_button import HOLD, WAITS, BoxButton
from loudspeaker.daemon.requests import Requests
from loudspeaker.daemon.service import open_service
from loudspeaker.errors import BeingMade, Message, Refused
from loudspeaker.model.envelope import Envelope
from loudspeaker.model.requests import ProposeUrgent, Urgent, WithdrawUrgent
from loudspeaker.speakers.pins import StopButton
from loudspeaker.station import Station
from loudspeaker.station.restrictions import CONFIRM_VILLAGE, JOINED_ALONE, awaits_village

NOW = at("2026-11-24T06:30:00")
BOX = """
plays: {na-hoa: san-kho, suoi-trat: nha-hop}
outputs: {san-kho: {device: memory}, nha-hop: {device: memory}}
clock: trusted
stop_button: {pin: 27}
"""
ALARM = Urgent(None, "lu-quet", ("suoi-trat",), 3, 30.0, None, False, issued=NOW.isoformat())


class Hand:
    """Somebody at the box, and what comes of it."""

    def __init__(self, pins: Any, clock: FakeClock) -> None:
        self.pin, self.clock, self.done = pins.pin(27), clock, list[str]()
        self.error: Exception | None = None
        self.button = BoxButton(StopButton(27), clock, lambda: self.done.append("stop"))

    def give(self) -> None:
        if self.error:
            raise self.error
        self.done.append("alarm")

    def press(self, seconds: float) -> None:
        """Hold it for so long, as the daemon sees it."""
        self.pin.drive_low()
        for _ in range(round(seconds * 10)):
            self.button.hear()
            self.clock.advance(0.1)
        self.button.hear()
        self.pin.drive_high()
        self.button.hear()


@pytest.fixture
def hand(pins: Any) -> Iterator[Hand]:
    found = Hand(pins, FakeClock(NOW))
    yield found
    assert found.button.contact
    found.button.contact.close()


def test_where_nothing_waits_it_stops_at_once_however_long_it_is_held(hand: Hand) -> None:
    hand.pin.drive_low()
    hand.button.hear()
    assert hand.done == ["stop"]
    hand.clock.advance(2 * HOLD)
    hand.button.hear()
    assert hand.done == ["stop"]


def test_held_while_an_alarm_waits_it_agrees_once(hand: Hand) -> None:
    hand.button.wait_for("x", hand.give)
    hand.press(HOLD - 0.3)
    assert hand.done == ["stop"]
    hand.press(HOLD + 0.1)
    hand.press(HOLD + 0.1)

    assert hand.done == ["stop", "alarm", "stop"]


def test_a_contact_that_was_stuck_before_agrees_to_nothing(hand: Hand) -> None:
    hand.pin.drive_low()
    hand.button.hear()
    hand.button.wait_for("x", hand.give)
    hand.clock.advance(10 * HOLD)
    hand.button.hear()

    assert hand.done == ["stop"]


@pytest.mark.parametrize("over", ["withdrawn", "old"])
def test_an_alarm_that_waits_no_more_is_not_agreed_to(hand: Hand, over: str) -> None:
    hand.button.wait_for("x", hand.give)
    hand.button.forget("another")
    hand.button.forget("x") if over == "withdrawn" else hand.clock.advance(WAITS)
    hand.press(HOLD + 0.1)

    assert hand.done == ["stop"]


def test_an_alarm_whose_sound_is_made_is_given_as_soon_as_it_is_there_unless_somebody_presses(hand: Hand) -> None:
    hand.error = BeingMade(Message("its sound is being made"))
    hand.button.wait_for("x", hand.give)
    hand.press(HOLD + 0.1)
    assert hand.button.hear()
    hand.error = None
    assert not hand.button.hear()
    assert hand.done == ["alarm"]

    hand.error = BeingMade(Message("its sound is being made"))
    hand.button.wait_for("y", hand.give)
    hand.press(HOLD + 0.1)
    hand.press(0.2)
    hand.error = None
    hand.button.hear()
    assert hand.done == ["alarm", "stop"]


def test_what_cannot_be_given_is_told_once(hand: Hand) -> None:
    hand.error = Refused(Message("the text has blanks"))
    hand.button.wait_for("x", hand.give)
    with pytest.raises(Refused):
        hand.press(HOLD + 0.1)
    hand.button.hear()

    assert hand.done == []


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def station(home: Path, clock: FakeClock) -> Iterator[Station]:
    (home / "box.yaml").write_text(BOX, encoding="utf-8")
    commune = home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "policy: {emergency: two}\n", encoding="utf-8")
    with closing(Station.open(home, clock=clock)) as opened:
        opened.preparation.make(
            [opened.alerts.alert_spec(None, "lu-quet", "nha-hop", False)], lambda done, total, what: None
        )
        yield opened


def hold(service: Any, clock: FakeClock, pins: Any, seconds: float) -> None:
    pins.pin(27).drive_low()
    for _ in range(round(seconds * 10)):
        service.step()
        clock.advance(0.1)
    service.step()
    pins.pin(27).drive_high()
    service.step()


def test_an_alarm_that_policy_wants_two_for_is_given_by_one_and_the_button(
    station: Station, clock: FakeClock, pins: Any
) -> None:
    with closing(open_service(station, lambda: None)) as service:
        requests: Requests = service.requests
        with pytest.raises(Refused):
            requests.handle(Envelope(ALARM, "chị Lan", "lan", "web"))
        requests.handle(Envelope(ProposeUrgent(ALARM), "chị Lan", "lan", "web"))
        hold(service, clock, pins, HOLD + 0.1)
        (asked,) = station.log.events("asked")
        (given,) = [event for event in station.log.events("request") if event.facts.get("second")]

        assert asked.airing == "suoi-trat/urgent/2026-11-24T06:30:00"
        assert asked.facts["by"] == "chị Lan"
        assert (given.facts["second"], given.facts["account"]) == ("nút bấm ở máy", "lan")
        hold(service, clock, pins, HOLD + 0.1)  # now it stops
        assert station.log.events("stop", asked.airing)


def test_an_alarm_that_was_withdrawn_or_given_otherwise_does_not_wait_for_the_button(
    station: Station, clock: FakeClock, pins: Any
) -> None:
    with closing(open_service(station, lambda: None)) as service:
        requests: Requests = service.requests
        requests.handle(Envelope(ProposeUrgent(ALARM), "chị Lan"))
        requests.handle(Envelope(WithdrawUrgent(str(ALARM.issued)), "chị Lan"))
        hold(service, clock, pins, HOLD + 0.1)
        assert not station.log.events("asked")

        requests.handle(Envelope(ProposeUrgent(ALARM), "chị Lan"))
        requests.handle(Envelope(replace(ALARM, second="anh Páo"), "chị Lan"))
        hold(service, clock, pins, HOLD + 0.1)
        assert len(station.log.events("asked")) == 1
        assert station.log.events("stop")


def test_a_box_without_a_button_lets_nothing_wait_for_it(home: Path, station: Station) -> None:
    (home / "box.yaml").write_text(BOX.replace("stop_button: {pin: 27}\n", ""), encoding="utf-8")
    station.reload()
    with closing(open_service(station, lambda: None)) as service, pytest.raises(Refused):
        service.requests.handle(Envelope(ProposeUrgent(ALARM), "chị Lan"))


def test_held_it_confirms_the_village_of_a_box_that_has_joined_by_itself_while_nothing_sounds(
    station: Station, clock: FakeClock, pins: Any
) -> None:
    station.log.event(JOINED_ALONE, "", NOW, by="USB", commune="Xã Thử")
    with closing(open_service(station, lambda: None)) as service:
        hold(service, clock, pins, 1.0)
        assert awaits_village(station.log)
        service.requests.handle(Envelope(replace(ALARM, second="anh Páo"), "chị Lan"))
        for _ in range(3):
            service.step()
            clock.advance(1.0)
        hold(service, clock, pins, HOLD + 0.1)  # who holds it while an alarm is heard wants silence
        assert station.log.events("stop")
        assert awaits_village(station.log)
        hold(service, clock, pins, HOLD + 0.1)

        (confirmed,) = station.log.events(CONFIRM_VILLAGE)
        assert confirmed.facts["by"] == "nút bấm ở máy"
        assert not awaits_village(station.log)
