"""The mixer of a card: set, read back, put back as it was, also after a kill -9. A private PulseAudio is the card."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from harness import pulse_server
from harness.noise import Noise, play, soon, wait_until_over
from harness.pulse_server import Server
from harness.waiting import PATIENCE, wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.protocol import ask
from loudspeaker.errors import DeviceGone, LoudspeakerError, Message, Unreachable
from loudspeaker.interfaces import Speaker, State
from loudspeaker.model.box import Output
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.card import mixer
from loudspeaker.speakers.card.alsa import address, input_address
from loudspeaker.speakers.card.mixer import TIMEOUT, Mixer, OriginalVolumes, parse_controls
from loudspeaker.speakers.factory import SpeakerContext, open_speakers

ODD = [30_001, 40_003]  # of 65536, left and right: nobody would choose them
FORTY = [26_214, 26_214]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    if not pulse_server.FOUND or not shutil.which("amixer"):
        pytest.skip("PulseAudio's programs, or amixer, are not installed")
    monkeypatch.setattr(mixer, "TIMEOUT", PATIENCE)  # a busy machine may need more than a second
    with pulse_server.private(tmp_path / "pulse", "hall", "yard") as server:
        server.control("set-sink-volume", "hall", *map(str, ODD))
        server.control("set-sink-mute", "hall", "1")
        yield server


@pytest.fixture
def notes() -> MemoryLog:
    return MemoryLog()


def stands(server: Server, sink: str = "hall") -> tuple[list[int], bool]:
    """Each channel's volume, and whether it is muted."""
    (found,) = (
        one for one in json.loads(server.control("--format=json", "list", "sinks").stdout) if one["name"] == sink
    )
    return [channel["value"] for channel in found["volume"].values()], found["mute"]


def originals(notes: MemoryLog | FullDisk) -> OriginalVolumes:
    return OriginalVolumes(notes.recall, notes.remember)


@contextmanager
def opened(notes: MemoryLog, folder: Path, *outlets: Output) -> Iterator[dict[str, Speaker]]:
    speakers = open_speakers(outlets, SpeakerContext(SystemClock(), folder, originals=originals(notes)))
    try:
        yield speakers
    finally:
        for speaker in speakers.values():
            speaker.close()


@pytest.mark.sound
def test_it_is_set_at_the_start_and_put_back_at_the_end(server: Server, notes: MemoryLog, tmp_path: Path) -> None:
    with opened(notes, tmp_path, Output("a", "hall", mixer=40), Output("b", "hall", channel=2)):
        wait_for(lambda: stands(server) == (FORTY, False))

    assert stands(server) == (ODD, True)


@pytest.mark.sound
def test_it_is_put_back_once(server: Server, notes: MemoryLog, tmp_path: Path) -> None:
    with opened(notes, tmp_path, Output("a", "hall", mixer=40), Output("b", "hall", channel=2)) as speakers:
        wait_for(lambda: stands(server)[0] == FORTY)
        speakers["a"].close()
        server.control("set-sink-volume", "hall", "12345")

    assert stands(server)[0] == [12_345, 12_345], "somebody set it after us"


@pytest.mark.sound
def test_without_the_key_nothing_is_touched(server: Server, notes: MemoryLog, tmp_path: Path) -> None:
    noise = Noise.make(tmp_path, 1, 0.3)
    with opened(notes, tmp_path, Output("a", "hall"), Output("b", "yard", mixer=40)) as speakers:
        wait_for(lambda: stands(server, "yard")[0] == FORTY)
        wait_for(lambda: play(SystemClock().now(), (speakers["a"], [noise.programme])))
        assert stands(server) == (ODD, True)

    assert stands(server) == (ODD, True)


@pytest.mark.sound
def test_a_card_that_comes_back_at_another_volume_is_set_before_the_next_airing(
    server: Server, notes: MemoryLog, tmp_path: Path
) -> None:
    noise = Noise.make(tmp_path, 1, 0.3)
    with opened(notes, tmp_path, Output("a", "hall", mixer=40)) as speakers:
        wait_for(lambda: stands(server)[0] == FORTY)

        def is_set_ahead() -> bool:
            server.control("set-sink-volume", "hall", "100%")
            with suppress(DeviceGone):  # a busy machine has its player taken for frozen; then another one is armed
                speakers["a"].arm("x", [noise.programme], soon(5.0)[0])
            wait_for(lambda: stands(server)[0] == FORTY)
            ahead = speakers["a"].poll().state is State.ARMED
            wait_until_over(speakers["a"])
            return ahead

        wait_for(is_set_ahead)

    assert stands(server) == (ODD, True)


@pytest.mark.sound
def test_what_was_left_changed_is_put_back_though_nobody_wants_it_any_more(
    server: Server, notes: MemoryLog, tmp_path: Path
) -> None:
    left = Mixer("hall", 40, originals(notes))
    left.apply()
    wait_for(lambda: stands(server) == (FORTY, False))

    with opened(notes, tmp_path, Output("a", "file")):
        wait_for(lambda: stands(server) == (ODD, True))


@pytest.mark.sound
def test_a_frozen_server_neither_delays_the_airing_nor_loses_what_was_found(
    server: Server, notes: MemoryLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = Mixer("hall", 40, originals(notes))
    hall.apply()
    wait_for(lambda: stands(server)[0] == FORTY)
    monkeypatch.setattr(mixer, "TIMEOUT", TIMEOUT)
    server.process.send_signal(signal.SIGSTOP)
    asked = time.monotonic()
    hall.apply()
    looked = time.monotonic()
    hall.close()
    closed = time.monotonic()
    monkeypatch.setattr(mixer, "TIMEOUT", PATIENCE)
    server.process.send_signal(signal.SIGCONT)

    assert looked - asked < TIMEOUT, "it waits for no answer"
    assert closed - asked < 10 * TIMEOUT
    with opened(notes, tmp_path):
        wait_for(lambda: stands(server) == (ODD, True))


@pytest.mark.sound
def test_what_cannot_be_written_down_is_not_changed(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    hall = Mixer("hall", 40, originals(FullDisk()))
    hall.apply()
    hall.close()

    assert stands(server) == (ODD, True)
    assert "the disk is full" in caplog.text


@pytest.mark.sound
def test_after_a_kill_9_what_was_found_is_put_back_and_not_ours(server: Server, home: Path, full: bool) -> None:
    (home / "box.yaml").write_text(
        "plays: {na-hoa: san-kho}\noutputs: {san-kho: {device: hall, mixer: 40%}}\n", encoding="utf-8"
    )

    for schedule in (home / "schedules").iterdir():
        schedule.write_text("broadcasts: []\n")  # nothing is to be made

    def end(ending: signal.Signals) -> tuple[list[int], bool]:
        with running(home) as daemon:
            wait_for(lambda: answers(home / ".state" / "control.sock"))
            wait_for(lambda: stands(server) == (FORTY, False))
            daemon.send_signal(ending)
            daemon.wait(PATIENCE)
        return stands(server)

    for _ in range(2 if full else 1):
        assert end(signal.SIGKILL) == (FORTY, False)

    wait_for(lambda: end(signal.SIGTERM) == (ODD, True))  # what a busy mixer does not take is kept for the next end


class FullDisk:
    """Notes that cannot be taken."""

    def recall(self, key: str) -> object:
        return None

    def remember(self, key: str, value: object) -> None:
        raise LoudspeakerError(Message("the disk is full and the as-run log cannot be written"))


def answers(door: Path) -> bool:
    try:
        ask(door, "nothing that it knows")
    except LoudspeakerError as error:
        return not isinstance(error, Unreachable)
    return True


@contextmanager
def running(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "loudspeaker", "--home", str(home), "run"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as daemon:
        try:
            yield daemon
        finally:
            daemon.kill()


# Without a card


USB = """Simple mixer control 'Speaker',0
  Capabilities: pvolume pswitch pswitch-joined
  Playback channels: Front Left - Front Right
  Limits: Playback 0 - 151
  Mono:
  Front Left: Playback 44 [29%] [-20.13dB] [on]
  Front Right: Playback 46 [31%] [-19.50dB] [on]
Simple mixer control 'Mic',0
  Capabilities: pvolume pvolume-joined cvolume cvolume-joined pswitch pswitch-joined cswitch cswitch-joined
  Playback channels: Mono
  Capture channels: Mono
  Limits: Playback 0 - 32 Capture 0 - 16
  Mono: Playback 23 [72%] [34.36dB] [off] Capture 0 [0%] [0.00dB] [on]
Simple mixer control 'Auto Gain Control',0
  Capabilities: pswitch pswitch-joined
  Playback channels: Mono
  Mono: Playback [on]
"""
PI = """Simple mixer control 'PCM',0
  Capabilities: pvolume pvolume-joined pswitch pswitch-joined
  Playback channels: Mono
  Limits: Playback -10239 - 400
  Mono: Playback -2000 [77%] [-20.00dB] [on]
"""


def test_a_volume_that_does_not_take_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, notes: MemoryLog
) -> None:
    program = tmp_path / "amixer"  # its volume stays where it is
    calls = tmp_path / "calls"
    program.write_text(f"#!/bin/sh\necho $5 >> {calls}\ncat <<'.'\n{USB}.\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    usb = Mixer("usb", 80, originals(notes))
    for times in (1, 2):
        usb.apply()
        wait_for(lambda times=times: calls.exists() and calls.read_text().count("sset") == times)
    found = notes.recall("mixers")
    usb.close()

    assert [record.getMessage() for record in caplog.records] == [
        "The mixer of “usb” was set to 80 %, but stands at 30 %."
    ]
    assert found == {"usb": {"control": "'Speaker',0", "levels": [44, 46], "on": True}}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (USB, [("'Speaker',0", (44, 46), 30.0, True), ("'Mic',0", (23,), 72.0, False)]),
        (PI, [("'PCM',0", (-2000,), 77.0, True)]),
        ("Simple mixer control 'PCM',0\n  Mono: Playback 3 [50%]\n", [("'PCM',0", (3,), 50.0, None)]),
        ("", []),
    ],
)
def test_what_amixer_says_is_understood(
    told: str, found: list[tuple[str, tuple[int, ...], float, bool | None]]
) -> None:
    assert [(one.control, one.levels, one.percent, one.on) for one in parse_controls(told)] == found


CARDS = """ 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 1 [Device         ]: USB-Audio - USB Audio Device
                      C-Media Electronics Inc. USB Audio Device at usb-1, full speed
 2 [Device_1       ]: USB-Audio - USB Advanced Audio Device
"""


@pytest.mark.parametrize(
    ("device", "card"),
    [
        ("bcm2835", "hw:CARD=Headphones"),
        ("USB Audio", "hw:CARD=Device"),
        ("USB Audio Device: - (hw:1,0)", "hw:CARD=Device"),
        ("USB Audio Device: USB Audio", "hw:CARD=Device"),
        ("Advanced", "hw:CARD=Device_1"),
        ("Audio Device", "Audio Device"),  # two of them: the player refuses it, too
        ("auto", "default"),
        ("hall", "hall"),
    ],
)
def test_a_card_is_found_by_what_box_yaml_calls_it(device: str, card: str) -> None:
    assert address(device, CARDS) == card


def test_an_input_is_asked_for_sound_as_we_want_it() -> None:
    assert input_address("Headphones", CARDS) == "plughw:CARD=Headphones"
    assert input_address("auto", CARDS) == "default"
