"""One knob for each output, downwards only: the next airing is softer, an alarm and a trial are as they were set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness.made_sound import save_rendering
from harness.small_commune import at

from loudspeaker.clock import FakeClock
from loudspeaker.daemon.on_air import OnAir
from loudspeaker.daemon.requests import Requests
from loudspeaker.errors import BadUsage, NotFound
from loudspeaker.model.programme import Programme
from loudspeaker.model.request_checks import SOFTER
from loudspeaker.reports.audit_trail import audit_trail
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.station import Station
from loudspeaker.web.setting_pages.equipment import VOLUMES

OUTPUT = "san-kho"


class HeardGains(MemorySpeaker):
    """A speaker that writes down with which gain (dB) it was armed."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.gains: list[tuple[str, float]] = []

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        self.gains.append((airing.split("/")[1], gain))
        super().arm(airing, sequence, at, gain)


class Box:
    """The small commune on the air, with sound for its morning and for an alarm."""

    def __init__(self, station: Station, clock: FakeClock) -> None:
        self.station, self.clock, self.speaker = station, clock, HeardGains(clock)
        save_rendering(station)
        station.preparation.prepare(None, 1, lambda done, total, what: None)
        alarm = station.alerts.alert_spec("Lũ!", None, OUTPUT, False)
        trial = station.preparation.test_spec(OUTPUT, True)
        assert not station.preparation.make([alarm, trial], lambda done, total, what: None)
        speakers = {OUTPUT: self.speaker}
        on_air = OnAir(station, speakers, clock, station.log, vouch=lambda now, trusted: frozenset({"box"}))
        self.on_air, self.requests = on_air, Requests(on_air)

    def ask(self, verb: str, **arguments: object) -> object:
        return self.requests.carry_out(verb, {**arguments, "by": "Lan"}, 0)

    def run_until(self, when: datetime) -> None:
        while self.clock.now() < when:
            self.clock.advance_to(min(max(self.on_air.step(), self.clock.now() + timedelta(seconds=0.1)), when))


@pytest.fixture
def box(home: Path, clock: FakeClock) -> Iterator[Box]:
    clock.advance_to(at("2026-11-24T06:00:00"))
    with closing(Station.open(home, clock=clock)) as station:
        yield Box(station, clock)


def test_the_next_airing_is_softer_and_an_alarm_is_not(box: Box) -> None:
    box.ask("soften", output=OUTPUT, decibels=8)
    box.run_until(at("2026-11-24T06:06:00"))
    alarm = {"text": "Lũ!", "bulletin": None, "villages": ["na-hoa"], "repeat": 1, "gap": 0.0}
    box.ask("urgent", **alarm, until=None, drill=False)
    box.run_until(at("2026-11-24T06:08:00"))
    box.ask("test", output=OUTPUT, tone=True)
    box.run_until(at("2026-11-24T06:09:00"))

    assert box.speaker.gains[0] == ("tin-sang", -8.0)
    assert {gain for _name, gain in box.speaker.gains[1:]} == {0.0}
    assert len(box.speaker.gains) >= 3


def test_it_is_as_loud_as_before_again_and_the_log_tells_who_did_what(box: Box) -> None:
    box.ask("soften", output=OUTPUT, decibels=4)
    box.ask("soften", output=OUTPUT, decibels=0)
    box.run_until(at("2026-11-24T06:06:00"))

    assert box.speaker.gains[0] == ("tin-sang", 0.0)
    told = audit_trail(box.station.log, at("2026-11-24T00:00:00"), at("2026-11-25T00:00:00"))
    assert [(entry.by, entry.what.say()) for entry in told] == [
        ("Lan", "makes output san-kho softer by 4 dB"),
        ("Lan", "has output san-kho as loud as the technician set it"),
    ]


@pytest.mark.parametrize("decibels", [-4, 3, 40])
def test_nothing_makes_it_louder(box: Box, decibels: int) -> None:
    with pytest.raises(BadUsage):
        box.ask("soften", output=OUTPUT, decibels=decibels)


def test_an_output_that_is_none_is_told(box: Box) -> None:
    with pytest.raises(NotFound):
        box.ask("soften", output="x", decibels=4)


def test_the_page_has_a_word_for_each_step() -> None:
    assert tuple(VOLUMES) == SOFTER
