"""Speakers without a sound card: what is put into which block, when a sequence begins and ends, what is remembered."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import sys
import wave
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from harness.stub_relay import StubRelay
from hypothesis import given
from hypothesis import strategies as st

from loudspeaker.errors import DeviceGone, Message, SpeakerError
from loudspeaker.interfaces import Playback, State
from loudspeaker.model.box import Output
from loudspeaker.model.programme import Programme
from loudspeaker.sound.flac import write_flac
from loudspeaker.speakers import day_file, integrity, stream_guard
from loudspeaker.speakers.amplifier import Amplifier, AmplifierSpeaker
from loudspeaker.speakers.card.messages import (
    ArmCommand,
    Command,
    Idle,
    KeepAlive,
    LatencyReport,
    Leaving,
    OutputReport,
    PlayerReport,
    StopCommand,
    decode_command,
    decode_report,
    encode,
)
from loudspeaker.speakers.card.prebuffer import Prebuffer, gain_function
from loudspeaker.speakers.card.render import Renderer
from loudspeaker.speakers.card.track import Track
from loudspeaker.speakers.factory import AutoSpeaker, SpeakerContext, open_speakers
from loudspeaker.speakers.file import FileSpeaker
from loudspeaker.speakers.level_worker import level
from loudspeaker.speakers.memory import MemorySpeaker
from loudspeaker.speakers.proof import LevelMeter, ProofSpeaker, is_louder

pytestmark = pytest.mark.waits

RATE = 1000  # few enough frames to count
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class HandClock:
    """Time that moves when it is told to."""

    passed: float = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed


@dataclass
class Shelf:
    """A folder of programmes."""

    folder: Path
    made: int = field(default=0)

    def programme(self, samples: Sequence[int], rate: int = RATE) -> Programme:
        self.made += 1
        path = self.folder / f"{self.made}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(array("h", samples).tobytes())
        return Programme(path.stem, path, rate, len(samples), hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def prebuffer(shelf: Shelf, *parts: Sequence[int], gain: float = 0.0) -> Prebuffer:
    made = Prebuffer([str(shelf.programme(part).path) for part in parts], RATE, gain)
    made.fill()
    return made


def turn(renderer: Renderer, blocks: Sequence[int], begins: float = 0.0) -> list[int]:
    """The samples that a card hears which asks for `blocks` frames at a time and plays frame 0 at `begins`."""
    heard = array("h")
    for frames in blocks:
        out = memoryview(bytearray(2 * renderer.channels * frames))
        renderer.render(out, begins + renderer.position / renderer.rate, 0.0)
        heard.extend(out.cast("h"))
        for track in renderer.tracks:
            track.prebuffer.fill()
    return heard.tolist()


# The prebuffer


def test_a_tape_joins_its_files_without_a_gap(shelf: Shelf) -> None:
    joined = prebuffer(shelf, [1, 2, 3], [4, 5])
    heard = array("h", bytes(16))

    assert joined.take(memoryview(heard)) == 5
    assert heard.tolist() == [1, 2, 3, 4, 5, 0, 0, 0]
    assert joined.ended


def test_a_tape_of_another_rate_is_refused(shelf: Shelf) -> None:
    wrong = shelf.programme([1, 2], rate=44_100)

    with pytest.raises(ValueError, match=r"1\.wav"):
        Prebuffer([str(wrong.path)], RATE).fill()


@given(st.lists(st.integers(-32768, 32767)), st.floats(-30, 12))
def test_gain_multiplies_and_never_wraps_around(samples: list[int], gain: float) -> None:
    expected = [max(-32768, min(32767, round(sample * 10 ** (gain / 20)))) for sample in samples]

    assert gain_function(gain)(array("h", samples)).tolist() == expected


# The renderer


@given(st.lists(st.integers(1, 40), min_size=20, max_size=40), st.integers(0, 300))
def test_every_sample_leaves_at_its_instant_whatever_the_blocks(blocks: list[int], due: int) -> None:
    renderer = Renderer(RATE, 1)
    renderer.tracks.append(Track("a", 0, Ramp(50), due / RATE))
    heard = turn(renderer, [*blocks, 400])

    assert heard[due : due + 50] == list(range(1, 51))
    assert not any(heard[:due] + heard[due + 50 :])


class Ramp(Prebuffer):
    """1, 2, 3 … `length`, from no file."""

    def __init__(self, length: int) -> None:
        super().__init__([], RATE)
        self._chunks.append(memoryview(array("h", range(1, length + 1))))
        self._read_out = True


def test_two_outputs_of_one_card_do_not_meet() -> None:
    renderer = Renderer(RATE, 2)
    renderer.tracks += [Track("left", 0, Ramp(3), 0.002), Track("right", 1, Ramp(3), 0.004)]

    assert turn(renderer, [8]) == [0, 0, 0, 0, 1, 0, 2, 0, 3, 1, 0, 2, 0, 3, 0, 0]


def test_outputs_that_share_a_channel_are_heard_together_and_do_not_wrap() -> None:
    renderer = Renderer(RATE, 1)
    loud = Ramp(2)
    loud._chunks[0] = memoryview(array("h", [32767, 5]))
    renderer.tracks += [Track("a", 0, Ramp(2), 0.0), Track("b", 0, loud, 0.0)]

    assert turn(renderer, [3]) == [32767, 7, 0]


def test_a_late_track_begins_at_once_and_says_when() -> None:
    renderer = Renderer(RATE, 1)
    turn(renderer, [10] * 20)
    renderer.tracks.append(late := Track("a", 0, Ramp(5), 0.05))
    turn(renderer, [10])

    assert late.started_at == pytest.approx(0.2)


def test_what_is_due_at_once_begins_behind_the_silence_of_a_new_stream() -> None:
    renderer = Renderer(RATE, 1, pre_roll=25)
    renderer.tracks.append(Track("a", 0, Ramp(3), 0.0))

    assert turn(renderer, [10] * 4) == [0] * 30 + [1, 2, 3] + [0] * 7


def test_a_stopped_track_fades_out_and_tells_what_was_heard() -> None:
    renderer = Renderer(RATE, 1)
    renderer.tracks.append(track := Track("a", 0, Ramp(1000), 0.0))
    turn(renderer, [100])
    track.stop(fade=10)
    faded = turn(renderer, [8, 8])

    assert faded[0] == 101 * 9 // 10
    assert sorted(faded[:10], reverse=True) == faded[:10]
    assert faded[9:] == [0] * 7
    assert (track.state(0.0), track.progress(9.9, RATE)) == (State.STOPPED, 110)


def test_an_armed_track_that_is_stopped_was_not_heard() -> None:
    renderer = Renderer(RATE, 1)
    renderer.tracks.append(track := Track("a", 0, Ramp(9), 5.0))
    turn(renderer, [10])
    track.stop(fade=10)

    assert not any(turn(renderer, [10]))
    assert (track.state(0.0), track.progress(9.9, RATE), track.started_at) == (State.STOPPED, 0, None)


def test_what_breaks_in_begins_right_after_the_fade() -> None:
    renderer = Renderer(RATE, 1)
    first = Track("a", 0, Ramp(1000), 0.0)
    renderer.tracks += [first, Track("b", 0, Ramp(3), 0.0, after=first)]
    turn(renderer, [100])
    first.stop(fade=10)

    assert turn(renderer, [10, 5])[10:] == [1, 2, 3, 0, 0]


def test_a_track_is_done_when_its_last_sample_has_left() -> None:
    renderer = Renderer(RATE, 1)
    renderer.tracks.append(track := Track("a", 0, Ramp(50), 0.1))
    turn(renderer, [200])

    assert [track.state(now) for now in (0.09, 0.11, 0.149, 0.16)] == [
        State.ARMED,
        State.PLAYING,
        State.PLAYING,
        State.DONE,
    ]
    assert [track.progress(now, RATE) for now in (0.09, 0.1105, 0.16)] == [0, 10, 50]


def test_the_deck_lets_go_of_what_is_over() -> None:
    renderer = Renderer(RATE, 1)
    renderer.tracks += [Track("a", 0, Ramp(5), 0.0), Track("b", 0, Ramp(5), 9.0)]
    turn(renderer, [10])
    renderer.drop_finished(now=1.0)

    assert [track.airing for track in renderer.tracks] == ["b"]


def test_what_waits_moves_to_a_new_stream_while_nothing_sounds() -> None:
    old, new = Renderer(RATE, 1), Renderer(RATE, 1)
    old.tracks.append(first := Track("a", 0, Ramp(100), 0.0))
    old.tracks.append(Track("b", 0, Ramp(3), 1.0, after=first))
    turn(old, [50])
    assert not old.is_idle(until=0.5)
    turn(old, [500])
    old.drop_finished(now=0.5)
    assert old.is_idle(until=0.9)
    assert not old.is_idle(until=1.0)
    new.take_over(old)

    assert turn(new, [10], begins=0.998) == [0, 0, 1, 2, 3, 0, 0, 0, 0, 0]


# What the daemon and a player write to each other


@pytest.mark.parametrize(
    ("message", "decode"),
    [
        (ArmCommand("hall", "x", 1, 5.5, -3.0, RATE, 0, ["a.wav", "b.wav"]), decode_command),
        (StopCommand("hall", 0.03), decode_command),
        (LatencyReport("hall, 48000 Hz, 50.0 ms", [0.05, 0.06]), decode_report),
        (OutputReport("hall", "x", State.FAILED, 7, 5.5, 6.0, "hw:0", "file", "a.wav"), decode_report),
        (KeepAlive({"hall": 7}), decode_report),
        (Idle(3), decode_report),
        (Leaving(), decode_report),
    ],
)
def test_a_message_arrives_as_it_was(message: Command | PlayerReport, decode: Callable[[bytes], object]) -> None:
    line = encode(message)

    assert decode(line) == message
    assert line.count(b"\n") == 1


def test_a_player_takes_no_report_for_a_command() -> None:
    with pytest.raises(ValueError, match="Idle"):
        decode_command(encode(Idle(3)))


# The stand-in


def test_a_memory_speaker_keeps_its_clocks_time(clock: HandClock) -> None:
    speaker = MemorySpeaker(clock)
    speaker.arm("x", [SECOND, SECOND], NOON + timedelta(seconds=2))
    seen = []
    for clock.passed in (0.0, 2.5, 4.0):
        seen.append((speaker.poll().state, speaker.poll().frames))

    assert seen == [(State.ARMED, 0), (State.PLAYING, 500), (State.DONE, 2000)]
    assert speaker.poll().started_at == NOON + timedelta(seconds=2)
    assert speaker.poll().ended_at == NOON + timedelta(seconds=4)


SECOND = Programme("second", Path("none.wav"), RATE, 1000, "")


def test_a_memory_speaker_remembers_what_it_played(clock: HandClock) -> None:
    speaker = MemorySpeaker(clock)
    speaker.arm("x", [SECOND], NOON)
    clock.passed = 0.25
    speaker.stop()
    (take, playback) = speaker.played[0]

    assert (take.airing, playback.state, playback.frames) == ("x", State.STOPPED, 250)


def test_a_memory_speaker_breaks_when_it_is_told_to(clock: HandClock) -> None:
    speaker = MemorySpeaker(clock, via="hall")
    speaker.arm("x", [SECOND], NOON)
    clock.passed = 0.5
    speaker.fail()
    speaker.gone = True

    assert (speaker.poll().state, speaker.poll().frames) == (State.FAILED, 500)
    with pytest.raises(DeviceGone):
        speaker.arm("x", [SECOND], NOON)


def test_a_second_sequence_waits_for_the_end_of_the_first(clock: HandClock) -> None:
    speaker = MemorySpeaker(clock)
    speaker.arm("x", [SECOND], NOON)

    with pytest.raises(SpeakerError):
        speaker.arm("y", [SECOND], NOON)


# Files


def test_a_damaged_programme_is_not_armed(shelf: Shelf) -> None:
    programme = shelf.programme([1, 2, 3])
    programme.path.write_bytes(programme.path.read_bytes()[:-1] + b"?")

    with pytest.raises(SpeakerError, match="damaged"):
        integrity.check([programme])


def test_an_empty_sequence_or_one_of_two_rates_is_not_armed(shelf: Shelf) -> None:
    for sequence in ([], [shelf.programme([1]), shelf.programme([1], rate=2000)]):
        with pytest.raises(SpeakerError):
            integrity.check(sequence)


def test_a_missing_programme_is_not_armed(shelf: Shelf) -> None:
    with pytest.raises(SpeakerError, match="cannot be read"):
        integrity.check([replace(shelf.programme([1]), path=shelf.folder / "gone.wav")])


def test_a_day_of_flac_holds_what_was_heard_in_order(shelf: Shelf) -> None:
    first, second = shelf.programme([100, 200, 300], rate=8000), shelf.programme([400, 500], rate=8000)
    flac = shelf.folder / "air" / "day.flac"
    day_file.append(flac, [first.path, second.path], 4)
    day_file.append(flac, [second.path], 2, gain=-6.0206)
    samples, rate = soundfile.read(flac, dtype="int16")

    assert rate == 8000
    assert samples[samples != 0].tolist() == [100, 200, 300, 400, 200, 250]
    assert len(samples) == 4 + 8000 + 2
    assert [path.suffix for path in flac.parent.iterdir() if not path.name.startswith(".")] == [".flac"]


def test_a_day_that_the_disk_does_not_take_stays_as_it_was_and_that_is_one_line(shelf: Shelf) -> None:
    first = shelf.programme(range(-3000, 3000), rate=8000)
    flac, once = shelf.folder / "air" / "day.flac", shelf.folder / "stream.reel"
    day_file.append(flac, [first.path], 4)
    before = flac.read_bytes()
    once.write_bytes(first.path.read_bytes())
    command = [sys.executable, "-m", "loudspeaker.speakers.day_file", str(flac), "6000", "0", "--once", str(once)]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 4 && exec "$@"', "sh", *command], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [f"{flac}: File too large"]
    assert flac.read_bytes() == before
    assert not once.exists()
    assert {path.name for path in flac.parent.iterdir()} == {"day.flac", ".day.flac.lock"}


def test_a_source_that_is_no_sound_leaves_no_draft_of_the_day(shelf: Shelf) -> None:
    good, bad = shelf.programme([1, 2, 3], rate=8000), shelf.folder / "bad.wav"
    bad.write_bytes(b"no sound")
    with pytest.raises(soundfile.SoundFileError):
        day_file.append(shelf.folder / "air" / "day.flac", [good.path, bad], 6)

    assert {path.name for path in (shelf.folder / "air").iterdir()} == {".day.flac.lock"}


def no_sound(path: Path) -> None:
    path.write_bytes(b"no sound")


def blank(path: Path) -> None:
    sound = path.read_bytes()
    path.write_bytes(sound[:200] + bytes(len(sound) - 200))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [no_sound, blank, pipe])
def test_a_damaged_day_is_put_aside_and_what_is_aired_next_begins_a_new_one(
    shelf: Shelf, damage: Callable[[Path], None]
) -> None:
    first = shelf.programme(range(1, 9001), rate=8000)
    flac = shelf.folder / "air" / "day.flac"
    day_file.append(flac, [first.path], 9000)
    damage(flac)
    day_file.append(flac, [first.path], 4)
    day_file.append(flac, [first.path], 4)
    samples, _ = soundfile.read(flac, dtype="int16")

    assert samples[samples != 0].tolist() == [1, 2, 3, 4] * 2
    assert {path.name for path in flac.parent.iterdir()} == {"day.flac", "day.damaged.flac", ".day.flac.lock"}


class FullDisk(io.BytesIO):
    """A file on a disk with room for so many bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("room", [0, 100, 9000, 60_000])
def test_a_full_disk_is_an_error_and_no_traceback_of_a_library(room: int, capfd: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(1).integers(-9000, 9000, 48_000).astype(np.int16)

    with pytest.raises(OSError, match="No space left"):
        write_flac(FullDisk(room), 48_000, [noise, noise])

    assert capfd.readouterr() == ("", "")


def test_a_box_without_a_card_airs_into_the_days_file(shelf: Shelf, clock: HandClock) -> None:
    speaker = FileSpeaker(clock, shelf.folder / "air", "hall")
    speaker.arm("x", [shelf.programme(range(1, 101), rate=8000)], NOON)
    clock.passed = 1.0
    playback = speaker.poll()
    speaker.close()
    samples, _ = soundfile.read(shelf.folder / "air" / "2026-11-24-hall.flac", dtype="int16")

    assert (playback.state, playback.to_file, playback.frames) == (State.DONE, True, 100)
    assert playback.via.endswith("2026-11-24-hall.flac")
    assert samples.tolist() == list(range(1, 101))


# Which speaker for which output


class Absent(MemorySpeaker):
    """A card that is not there."""

    def arm(self, airing: str, sequence: Sequence[Programme], at: datetime, gain: float = 0.0) -> None:
        raise DeviceGone(Message("The sound card “{device}” is not there.", device="auto"))


def test_auto_airs_into_a_file_only_where_there_is_no_card(clock: HandClock) -> None:
    card, file = MemorySpeaker(clock, via="card"), MemorySpeaker(clock, via="file")
    there, absent = AutoSpeaker(card, file), AutoSpeaker(Absent(clock), file)
    there.arm("x", [SECOND], NOON)
    absent.arm("x", [SECOND], NOON)

    assert (there.poll().via, absent.poll().via) == ("card", "file")


def test_the_heart_of_a_speaker_is_felt_through_all_that_is_put_before_it(clock: HandClock) -> None:
    card = MemorySpeaker(clock)
    auto = AutoSpeaker(card, MemorySpeaker(clock))
    outer = AmplifierSpeaker(ProofSpeaker(auto, LevelMeter("none")), Amplifier(StubRelay(), clock), "hall")
    before, card.responsive = outer.responsive, False

    assert (before, outer.responsive) == (True, False)


def test_outputs_get_the_speakers_that_their_devices_name(tmp_path: Path, clock: HandClock) -> None:
    speakers = open_speakers([Output("a", "memory"), Output("b", "file")], SpeakerContext(clock, tmp_path))

    assert {name: type(speaker) for name, speaker in speakers.items()} == {"a": MemorySpeaker, "b": FileSpeaker}
    assert speakers["a"].poll() == Playback()


def test_the_daemons_side_loads_neither_numpy_nor_portaudio() -> None:
    code = (
        "import sys, loudspeaker.speakers.factory as _; print({'numpy', 'soundfile', 'sounddevice'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


# Proof of sound


@pytest.mark.parametrize(
    ("before", "during", "heard"),
    [
        ([-50, -52, -49], [-20, -60, -21, -22], True),
        ([-50, -52, -49], [-48, -50, -51], False),
        ([-50, -52, -49], [-60, -60, -59, -20, -21, -60, -20], True),  # pauses between the sentences
        ([-50], [-20, -20, -20], None),
        ([-50, -50], [], None),
    ],
)
def test_the_horns_have_spoken_where_it_was_louder_than_before(
    before: list[float], during: list[float], heard: bool | None
) -> None:
    levels = [(10 - 0.5 * (len(before) - number), level) for number, level in enumerate(before)]
    levels += [(10.6 + 0.5 * number, level) for number, level in enumerate(during)]

    assert is_louder(levels, 10.0, 15.0) is heard


def test_a_level_is_that_of_its_samples() -> None:
    assert level(array("h", [16384, -16384] * 50).tobytes()) == pytest.approx(-6.02, abs=0.01)
    assert level(bytes(100)) == -96.0


# Which server a stream may be moved by


@pytest.mark.parametrize(
    ("world", "there"),
    [({}, False), ({"PULSE_SERVER": "tcp:x"}, True), ({"XDG_RUNTIME_DIR": "{run}"}, True), ({"HOME": "{run}"}, False)],
)
def test_a_server_that_is_not_there_is_not_asked(tmp_path: Path, world: dict[str, str], there: bool) -> None:
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse" / "native").touch()
    found = {name: value.format(run=tmp_path) for name, value in world.items()}

    assert stream_guard.has_server(found, tmp_path / "none") is there
