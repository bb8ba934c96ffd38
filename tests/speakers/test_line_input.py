"""A line input of the box, carried like another station: levelled, live, and told where it is not there."""

from __future__ import annotations

import os
import subprocess
from array import array
from collections.abc import Iterator
from itertools import islice, pairwise
from math import sqrt
from pathlib import Path

import pytest
from harness import pulse_server
from harness.ending_child import end_with
from harness.noise import play, without_gaps
from harness.pulse_server import RATE, Server
from harness.waiting import wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.config import schedule_file
from loudspeaker.errors import BadFile
from loudspeaker.model.box import Output
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.factory import SpeakerContext, open_speakers
from loudspeaker.speakers.proof import LevelMeter
from loudspeaker.speakers.streams.receiver import Receiver
from loudspeaker.speakers.streams.sources import LineInput

PITCH = 700  # Hz
needs_a_server = pytest.mark.skipif(not pulse_server.FOUND, reason="PulseAudio's programs are not installed")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """With a line into which a receiver whispers, 40 dB below full scale."""
    whisper = ["-re", "-f", "lavfi", "-i", f"sine=f={PITCH}:r={RATE}", "-af", "volume=-22dB"]
    command = ["ffmpeg", "-nostdin", "-loglevel", "quiet", *whisper, "-f", "pulse", "-device", "line", "receiver"]
    with (
        pulse_server.private(tmp_path / "pulse", "hall", "line") as server,
        subprocess.Popen(command, preexec_fn=end_with(os.getpid())) as receiver,
    ):
        yield server
        receiver.kill()


def begin_attempt(line: LineInput) -> Iterator[bytes]:
    """One that gives sound: on a busy machine the first may stall and end."""
    while True:
        blocks = line.blocks()
        if next(blocks, None):
            return blocks
        assert line.fault()["fault"] == "soundless"


def level(samples: array[int]) -> float:
    """RMS against full scale."""
    return sqrt(sum(sample * sample for sample in samples) / len(samples)) / 32768


@pytest.mark.sound
@needs_a_server
def test_a_line_is_heard_as_loud_as_our_own_programmes(server: Server, tmp_path: Path) -> None:
    speaker = open_speakers([Output("hall", "hall")], SpeakerContext(SystemClock(), tmp_path))["hall"]
    heard = array("h")

    def is_aired() -> bool:
        receiver = Receiver("input:ear-of-line", (), 3.0)
        wait_for(lambda: isinstance(receiver.poll(), Programme))  # on a busy machine the first attempt may stall
        programme = receiver.poll()
        assert isinstance(programme, Programme)
        with server.recorder("hall") as recorder:
            aired = play(SystemClock().now(), (speaker, [programme]))
            if aired:
                recorder.wait_for_end(1)
        receiver.close()
        heard[:] = without_gaps(recorder.channel(1))
        return aired

    wait_for(is_aired)
    speaker.close()
    crossings = sum(1 for before, after in pairwise(heard) if before < 0 <= after)

    assert speaker.poll().frames == 3 * RATE
    assert crossings * RATE / len(heard) == pytest.approx(PITCH, rel=0.02), (
        "where the receiver stutters there is silence"
    )
    assert level(heard[RATE:]) > 4 * 10 ** (-40 / 20)
    assert max(heard) <= 0.9 * 32768


@pytest.mark.sound
@needs_a_server
def test_an_input_that_is_not_there_says_so(server: Server) -> None:
    receiver = Receiver("input:nowhere", (), 3.0)
    wait_for(receiver.poll)
    found = receiver.poll()
    receiver.close()

    assert str(found) == "“input:nowhere” cannot be opened: No such file or directory"


@pytest.mark.sound
@needs_a_server
def test_an_input_that_goes_is_not_replaced_by_another(server: Server) -> None:
    line = LineInput("ear-of-line", 8000)
    meter = LevelMeter("ear-of-line")
    meter.open()
    wait_for(lambda: meter.levels)
    blocks = begin_attempt(line)
    server.unplug("line")
    after = list(islice(blocks, 200))
    child = meter._child
    assert child

    assert len(after) < 200, "it ends, and does not carry what the hall hears"
    assert list(line.blocks()) == []
    assert line.fault()["fault"] == "input"
    wait_for(lambda: child.poll() is not None)
    meter.close()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("input:USB Audio", "input:USB Audio"), ("'đầu vào: USB Audio'", "input:USB Audio"), ("input:auto", "input:auto")],
)
def test_an_entry_may_carry_an_input(written: str, meant: str) -> None:
    text = f"broadcasts:\n  - {{name: dai-huyen, stream: {written}, at: 05:30, for: 30m}}\n"
    (broadcast,) = schedule_file.parse("schedules/na-hoa.yaml", text.encode()).broadcasts

    assert broadcast.stream == meant


def test_an_input_needs_a_name() -> None:
    text = "broadcasts:\n  - {name: dai-huyen, stream: 'input:', at: 05:30, for: 30m}\n"
    with pytest.raises(BadFile, match="is no stream"):
        schedule_file.parse("schedules/na-hoa.yaml", text.encode())


@pytest.mark.parametrize("place", ["ten:mat-khau@dai.vn", "ten@dai.vn:8000", ":mat-khau@dai.vn", "@dai.vn"])
def test_an_address_with_a_password_is_refused_at_its_line_and_not_repeated(place: str) -> None:
    text = f"broadcasts:\n  - name: vov\n    stream: https://{place}/vov.mp3\n    at: 05:30\n    for: 30m\n"
    with pytest.raises(BadFile, match="password") as refused:
        schedule_file.parse("schedules/na-hoa.yaml", text.encode())

    (problem,) = refused.value.problems
    assert problem.place == "schedules/na-hoa.yaml:3"
    assert "mat-khau" not in problem.say()


def test_an_address_with_an_impossible_port_is_refused() -> None:
    text = "broadcasts:\n  - {name: vov, stream: 'https://dai.vn:99999/x', at: 05:30, for: 30m}\n"
    with pytest.raises(BadFile, match="is no stream"):
        schedule_file.parse("schedules/na-hoa.yaml", text.encode())
