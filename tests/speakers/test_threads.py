"""What two threads share: whenever the other one changes it, the answer is that of before or of after, and no error.

The change is not left to luck: each attribute changes after its first read, its second read, and so on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from harness.racing_attribute import outcomes

from loudspeaker.clock import FakeClock, SystemClock
from loudspeaker.daemon.loop import Loop
from loudspeaker.errors import DeviceGone, SpeakerError
from loudspeaker.interfaces import Playback, State
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.amplifier import Amplifier, AmplifierSpeaker
from loudspeaker.speakers.card import speaker
from loudspeaker.speakers.card.dac_clock import DacClock
from loudspeaker.speakers.card.messages import ArmCommand, Leaving, OutputReport, encode
from loudspeaker.speakers.card.prebuffer import LivePrebuffer, Prebuffer
from loudspeaker.speakers.card.render import Renderer
from loudspeaker.speakers.card.speaker import CardSpeaker, PlayerProcess
from loudspeaker.speakers.card.track import Track
from loudspeaker.speakers.factory import AutoSpeaker
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.speakers.pins import RelaySwitch
from loudspeaker.speakers.proof import LevelMeter, ProofSpeaker

RATE = 1000
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = Programme("second", Path("none.wav"), RATE, RATE, "")


def either(answers: Iterator[Any]) -> None:
    """The first two are those of one who never sees a change and of one who only sees what comes after."""
    before, after, *meanwhile = answers
    assert all(answer in (before, after) for answer in meanwhile), (before, after, meanwhile)


# The daemon's side of a player.


def card() -> PlayerProcess:
    return PlayerProcess("hall", 1, SystemClock())


def test_a_word_that_comes_while_the_heart_is_felt_does_not_stop_it() -> None:
    either(outcomes(card, "_due", 0.0, None, lambda one: one.responsive))
    either(outcomes(card, "_due", monotonic() + 1000, None, lambda one: one.responsive))


def test_a_word_that_comes_while_a_player_is_thought_frozen_saves_it() -> None:
    either(outcomes(card, "_due", 0.0, None, lambda one: one.frozen))


def reports(state: State, frames: int = 10, fault: str = "", ended: float | None = None) -> dict[str, OutputReport]:
    return {"horn": OutputReport("horn", "a", state, frames, 0.0, ended, fault=fault)}


def test_reports_that_come_while_a_speaker_is_asked_are_taken_whole() -> None:
    def ask(one: PlayerProcess) -> tuple[State, int, bool]:
        speaker = CardSpeaker(one, "horn")
        speaker._last = Playback(State.PLAYING, "a", started_at=NOON)
        playback = speaker.poll()
        return playback.state, playback.frames, playback.error is None

    failed = reports(State.FAILED, fault="gone", frames=20, ended=1.0)
    either(outcomes(card, "reports", reports(State.PLAYING), failed, ask))


class Deaf(PlayerProcess):
    """A card whose player is a list of words; nothing is started."""

    def arm(self, command: ArmCommand) -> None: ...


def test_what_is_told_of_the_next_attempt_does_not_hide_why_this_one_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker.integrity, "check", lambda sequence: None)

    def arm(one: PlayerProcess) -> type[Exception] | None:
        try:
            CardSpeaker(one, "horn").arm("a", [SECOND], datetime.now(UTC))
        except SpeakerError as error:
            return type(error)
        return None

    answers = list(
        outcomes(
            lambda: Deaf("hall", 1, SystemClock()),
            "reports",
            reports(State.FAILED, fault="gone"),
            reports(State.PLAYING),
            arm,
        )
    )

    assert set(answers) == {DeviceGone, None}


def hear(code: str, woken: threading.Event) -> PlayerProcess:
    """The daemon's side of a player that runs `code` while something plays."""
    one = PlayerProcess("hall", 1, SystemClock(), woken.set)
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    one.reports |= reports(State.PLAYING)
    one._child, one._due = child, monotonic() + 1000
    one._listen(child)
    return one


def test_a_player_that_talks_nonsense_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    woken = threading.Event()
    one = hear("import sys; print('no JSON', flush=True); sys.stdin.read()", woken)

    assert woken.is_set()
    assert one.responsive
    assert one.reports["horn"].state is State.FAILED
    assert "hall" in caplog.text


def test_what_a_player_leaves_without_a_word_of_it_has_failed() -> None:
    woken = threading.Event()
    one = hear(f"print({encode(Leaving()).decode().strip()!r}, flush=True)", woken)

    assert woken.is_set()
    assert (one.reports["horn"].state, one.reports["horn"].fault) == (State.FAILED, "gone")


def test_each_player_that_reports_nothing_gives_the_next_one_more_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mute = tmp_path / "mute"
    mute.write_text("#!/bin/sh\nread nothing\n")
    mute.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(mute))
    one, given = card(), []
    for _ in range(4):
        asked = monotonic()
        one.start()
        child, listener, due = one._child, one._listener, one._due
        assert child
        assert listener
        assert due
        given.append((due - asked) // speaker.START_TIMEOUT)
        child.kill()
        listener.join()

    assert given == [1, 2, 4, 4]


def test_a_player_that_cannot_be_started_costs_one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    one = card()

    one.start()
    one.stop("horn", 0.03)
    with pytest.raises(DeviceGone, match="Too many open files"):
        one.arm(ArmCommand("horn", "a", 1, 0.0, 0.0, RATE, 0, ["none.wav"]))
    assert one.responsive


# The player's own two threads.


class Ramp(Prebuffer):
    """1000 times the same sample, from no file."""

    def __init__(self) -> None:
        super().__init__([], RATE)
        self._chunks.append(memoryview(array("h", [10_000] * 1000)))
        self._read_out = True


def track() -> Track:
    return Track("a", 0, Ramp(), 0.0)


def dac_clock() -> DacClock:
    made = DacClock(RATE)
    made.observe(0.0, 0.0, 0)
    return made


def rendered(one: Track) -> list[int]:
    block = array("h", bytes(200))
    one.render(memoryview(block), 0, dac_clock())
    return block.tolist()


@pytest.mark.parametrize("fade", [10, 1])
def test_a_stop_in_the_middle_of_a_block_counts_for_it_or_for_the_next(fade: int) -> None:
    def second_block(one: Track) -> list[int]:
        one._begin, one.started_at = 0, 0.0
        return rendered(one)

    either(outcomes(track, "_fade", None, fade, second_block))
    either(outcomes(track, "_fade", None, fade, rendered))


def test_a_second_stop_does_not_make_a_fading_track_loud_again() -> None:
    one = track()
    rendered(one)
    one.stop(200)
    first = rendered(one)
    one.stop(50)
    then = rendered(one)

    assert sorted(first + then, reverse=True) == first + then
    assert min(then) >= 0


@pytest.mark.parametrize(
    ("name", "after"), [("started_at", 0.5), ("ended_at", 1.0), ("_after", None), ("end", 7)], ids=str
)
def test_a_track_that_moves_on_while_it_is_asked_answers_as_before_or_after(name: str, after: object) -> None:
    before = Track("b", 0, Ramp(), 0.0) if name == "_after" else None
    for act in (lambda one: one.state(2.0), lambda one: one.progress(2.0, RATE), rendered):
        either(outcomes(track, name, before, after, act))


def test_a_track_that_ends_while_finished_ones_are_dropped_keeps_its_file_open_or_goes() -> None:
    def drop(one: Track) -> tuple[bool, bool]:
        renderer = Renderer(RATE, 1)
        renderer.tracks.append(one)
        closed: list[bool] = []
        one.prebuffer.close = lambda: closed.append(True)  # type: ignore[method-assign]
        renderer.drop_finished(2.0)
        return bool(closed), not renderer.tracks

    answers = list(outcomes(track, "ended_at", None, 1.0, drop))

    assert set(answers) == {(False, False), (True, True)}


class Watched(deque[memoryview]):
    """Notes whether its prebuffer has ended before a piece is in it."""

    def __init__(self, prebuffer: Prebuffer) -> None:
        super().__init__()
        self.prebuffer, self.early = prebuffer, False

    def append(self, piece: memoryview) -> None:
        self.early = self.early or self.prebuffer.ended
        super().append(piece)


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    os.mkfifo(tmp_path / "sound")
    return str(tmp_path / "sound")


def test_a_live_tape_has_not_ended_while_its_last_piece_is_on_the_way(pipe: str) -> None:
    prebuffer = LivePrebuffer(pipe, RATE, frames=4)
    prebuffer._chunks = pieces = Watched(prebuffer)
    with open(os.open(pipe, os.O_WRONLY), "wb") as writer:
        writer.write(array("h", [1, 2, 3, 4]).tobytes())
        writer.flush()
        prebuffer.fill()

    assert (pieces.early, len(pieces), prebuffer.ended) == (False, 1, False)
    prebuffer.close()


def test_a_closed_live_tape_takes_nothing_from_whoever_has_its_number_now(pipe: str, tmp_path: Path) -> None:
    prebuffer = LivePrebuffer(pipe, RATE, frames=1000)
    number = prebuffer._descriptor
    prebuffer.close()
    (tmp_path / "other").write_bytes(b"not for the prebuffer")
    other = os.open(tmp_path / "other", os.O_RDONLY)
    assert other == number

    prebuffer.fill()

    assert os.read(other, 100) == b"not for the prebuffer"
    os.close(other)


# Relay, proof input, wake-up.


@dataclass
class Relay(RelaySwitch):
    """One that cannot be switched any more once it is closed, as gpiozero's."""

    did: list[str] = field(default_factory=list)
    broken: bool = False

    def on(self) -> None:
        self._note("on")

    def off(self) -> None:
        self._note("off")

    def close(self) -> None:
        self._note("close")
        self.broken = True

    def _note(self, what: str) -> None:
        if self.broken:
            raise RuntimeError("GPIODevice is closed")
        self.did.append(what)


class Later:
    """An alarm that rings when the test says so, though it was called off: the timer's thread was under way."""

    ring: Callable[[], None]

    def __call__(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        self.ring = action
        return lambda: None


def test_an_alarm_that_rings_while_the_amplifier_is_closed_switches_nothing() -> None:
    relay, later, clock = Relay(), Later(), FakeClock(NOON)
    amplifier = Amplifier(relay, clock, timer=later)
    amplifier.request("hall", clock.monotonic(), 1.0)

    amplifier.close()
    clock.advance(1000)
    later.ring()

    assert relay.did == ["off", "on", "off", "close"]


def test_a_relay_that_fails_while_it_is_switched_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    relay, clock = Relay(), FakeClock(NOON)
    speaker = MemorySpeaker(clock)
    amplified = AmplifierSpeaker(speaker, Amplifier(relay, clock, timer=Later()), "hall")
    relay.broken = True

    amplified.arm("a", [SECOND], NOON + timedelta(seconds=5))
    clock.advance(10)

    assert amplified.poll().state is State.DONE
    assert "GPIODevice is closed" in caplog.text


def test_a_system_without_threads_keeps_no_amplifier_from_being_turned_on(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_seconds: float, _action: Callable[[], None]) -> Callable[[], None]:
        raise RuntimeError("can't start new thread")

    relay, clock = Relay(), FakeClock(NOON)
    amplified = AmplifierSpeaker(MemorySpeaker(clock), Amplifier(relay, clock, timer=refuse), "hall")
    amplified.arm("a", [SECOND], NOON)
    clock.advance(10)

    assert amplified.poll().state is State.DONE
    assert relay.did == ["off", "on"]
    assert "can't start new thread" in caplog.text


class StuckSpeaker(MemorySpeaker):
    def close(self) -> None:
        raise OSError(24, "Too many open files")


def test_a_speaker_that_cannot_be_closed_leaves_no_relay_on_and_no_card_open() -> None:
    relay, clock, closed = Relay(), FakeClock(NOON), list[str]()
    card = MemorySpeaker(clock)
    card.close = lambda: closed.append("card")  # type: ignore[method-assign]
    auto = AutoSpeaker(card, StuckSpeaker(clock))
    with pytest.raises(OSError, match="Too many open files"):
        AmplifierSpeaker(auto, Amplifier(relay, clock, timer=Later()), "hall").close()

    assert closed == ["card"]
    assert relay.did[-1] == "close"


@dataclass
class BrokenEar(LevelMeter):
    error: Exception = field(default_factory=OSError)

    def open(self) -> None:
        raise self.error


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), RuntimeError("can't start new thread")], ids=str)
def test_an_ear_that_cannot_be_opened_does_not_make_an_armed_speaker_a_failed_one(error: Exception) -> None:
    clock = FakeClock(NOON)
    proved = ProofSpeaker(MemorySpeaker(clock), BrokenEar("hall", error=error))

    proved.arm("a", [SECOND], NOON)
    clock.advance(2)

    assert (proved.poll().state, proved.poll().heard) == (State.DONE, None)


def test_an_ear_that_says_what_is_no_level_goes_on_without_it(caplog: pytest.LogCaptureFixture) -> None:
    meter = LevelMeter("hall")
    lines = [json.dumps({"level": -20.0}), "[]", json.dumps({"level": -10.0})]
    child = subprocess.Popen(["printf", "%s\\n", *lines], stdout=subprocess.PIPE)
    levels: list[tuple[float, float]] = []

    meter._listen(child, levels)

    assert [level for _, level in levels] == [-20.0]


def test_a_wake_up_that_comes_after_the_end_writes_into_nobodys_file(tmp_path: Path) -> None:
    loop = Loop(SystemClock())
    numbers = loop._poked, loop._poke
    loop.close()
    others = [os.open(tmp_path / str(number), os.O_RDWR | os.O_CREAT) for number in range(8)]
    assert set(numbers) <= set(others)

    loop.wake()

    assert not any(os.fstat(other).st_size for other in others)
    for other in others:
        os.close(other)
