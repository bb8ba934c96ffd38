"""The amplifier is warm when the sound comes, stays on between items, off afterwards. gpiozero's pins are mocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from loudspeaker.clock import FakeClock
from loudspeaker.errors import DeviceGone
from loudspeaker.interfaces import State
from loudspeaker.model import box
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.amplifier import Amplifier, AmplifierSpeaker
from loudspeaker.speakers.factory import SpeakerContext, open_speakers
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.speakers.pins import RelaySwitch, StopButton, pin_faults

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEN_SECONDS = Programme("ten", Path("none.wav"), 1000, 10_000, "")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Alarms:
    """Alarms that ring when the hand-moved clock passes them."""

    clock: FakeClock
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def later(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        self.due = [(self.clock.monotonic() + seconds, action)]
        return self.cancel

    def cancel(self) -> None:
        self.due = []

    def advance_to(self, moment: float) -> None:
        """Seconds after noon, in small steps."""
        while self.clock.now() < after(moment):
            self.clock.advance(0.25)
            for at, action in list(self.due):
                if self.clock.monotonic() >= at:
                    action()


@dataclass
class Rig:
    clock: FakeClock
    alarms: Alarms
    relay: Relay
    amplifier: Amplifier
    inner: MemorySpeaker
    speaker: AmplifierSpeaker


class Relay(RelaySwitch):
    """What gpiozero's device does, with a note of when."""

    def __init__(self, clock: FakeClock) -> None:
        gpiozero = pytest.importorskip("gpiozero")
        self.clock = clock
        self.device = gpiozero.DigitalOutputDevice(17, active_high=False, initial_value=False)
        self.changes: list[tuple[bool, float]] = []

    def on(self) -> None:
        self.device.on()
        self._note()

    def off(self) -> None:
        self.device.off()
        self._note()

    def close(self) -> None:
        self.device.close()

    def _note(self) -> None:
        on, past = bool(self.device.value), (self.clock.now() - NOON).total_seconds()
        if on != (self.changes[-1][0] if self.changes else False):
            self.changes.append((on, past))


@pytest.fixture
def rig(pins: object) -> Rig:
    clock = FakeClock(NOON)
    alarms, relay = Alarms(clock), Relay(clock)
    amp = Amplifier(relay, clock, warm_up=3.0, hold=60.0, timer=alarms.later)
    inner = MemorySpeaker(clock)
    return Rig(clock, alarms, relay, amp, inner, AmplifierSpeaker(inner, amp, "hall"))


def test_the_relay_is_on_its_warm_up_before_the_sound_and_off_its_hold_after(rig: Rig) -> None:
    rig.alarms.advance_to(100 - rig.speaker.lead)
    rig.speaker.arm("x", [TEN_SECONDS], after(100))
    rig.alarms.advance_to(300)
    (on, at), (off, ended) = rig.relay.changes

    assert (on, off) == (True, False)
    assert 3.0 <= 100 - at <= 3.5
    assert ended == pytest.approx(110 + 60, abs=0.5)
    assert rig.speaker.poll().started_at == after(100)


def test_it_is_held_between_the_items_of_a_session(rig: Rig) -> None:
    for begins in (10, 60, 115):
        rig.alarms.advance_to(begins - rig.speaker.lead)
        rig.speaker.arm("x", [TEN_SECONDS], after(begins))
        rig.alarms.advance_to(begins + 11)
        assert rig.speaker.poll().state is State.DONE
    rig.alarms.advance_to(400)

    assert [on for on, _ in rig.relay.changes] == [True, False]


def test_a_cold_amplifier_swallows_no_first_word(rig: Rig) -> None:
    rig.speaker.arm("urgent", [TEN_SECONDS], NOON)
    rig.alarms.advance_to(4)

    assert rig.speaker.poll().started_at == after(3)


def test_a_warm_amplifier_delays_nothing(rig: Rig) -> None:
    rig.speaker.arm("x", [TEN_SECONDS], NOON)
    rig.alarms.advance_to(20)
    rig.speaker.poll()
    rig.speaker.arm("urgent", [TEN_SECONDS], after(20))
    rig.alarms.advance_to(21)

    assert rig.speaker.poll().started_at == after(20)


def test_after_a_stop_it_is_only_held(rig: Rig) -> None:
    rig.speaker.arm("x", [TEN_SECONDS], after(3))
    rig.alarms.advance_to(5)
    rig.speaker.stop()
    rig.alarms.advance_to(100)

    assert rig.relay.changes[-1] == (False, pytest.approx(65, abs=0.5))


def test_a_card_that_is_gone_does_not_keep_the_amplifier_on(rig: Rig) -> None:
    rig.inner.gone = True
    with pytest.raises(DeviceGone):
        rig.speaker.arm("x", [TEN_SECONDS], after(3))
    rig.alarms.advance_to(100)

    assert rig.relay.changes[-1][0] is False


def test_two_outputs_keep_their_common_amplifier_on(rig: Rig) -> None:
    other = AmplifierSpeaker(MemorySpeaker(rig.clock), rig.amplifier, "porch")
    rig.speaker.arm("x", [TEN_SECONDS], after(3))
    other.arm("y", [TEN_SECONDS] * 10, after(3))
    rig.alarms.advance_to(20)
    rig.speaker.poll()
    rig.alarms.advance_to(150)
    assert rig.relay.changes[-1][0] is True
    rig.alarms.advance_to(200)

    assert rig.relay.changes[-1] == (False, pytest.approx(103 + 60, abs=0.5))


def test_closing_turns_it_off(rig: Rig) -> None:
    rig.speaker.arm("x", [TEN_SECONDS], NOON)
    rig.speaker.close()

    assert [on for on, _ in rig.relay.changes] == [True, False]


def test_a_relay_that_cannot_be_switched_costs_only_itself(pins: object, caplog: pytest.LogCaptureFixture) -> None:
    first, second = RelaySwitch(17), RelaySwitch(17)
    second.on()
    first.close()

    assert "pin 17" in caplog.text


class Speechless:
    """A library of pins whose errors have no words."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError


def test_a_pin_that_fails_without_a_word_is_wrong_all_the_same(pins: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpiozero.Device.pin_factory", Speechless())
    faults = pin_faults([RelaySwitch(17)], StopButton(27))

    assert faults == {"17": "RuntimeError", "27": "RuntimeError"}


def test_outputs_with_a_relay_get_their_amplifier(pins: object, tmp_path: Path) -> None:
    relays = {"hall": box.Relay(17), "porch": box.Relay(17), "yard": None}
    outlets = [box.Output(name, "memory", relay=relay) for name, relay in relays.items()]
    speakers = open_speakers(outlets, SpeakerContext(FakeClock(NOON), tmp_path))
    hall, porch, yard = speakers.values()
    for speaker in (hall, porch):
        speaker.close()

    assert isinstance(hall, AmplifierSpeaker)
    assert isinstance(porch, AmplifierSpeaker)
    assert hall.amplifier is porch.amplifier
    assert isinstance(yard, MemorySpeaker)
