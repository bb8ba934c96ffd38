"""What a real sound server hears: the programme, sample for sample, at its second; and what happens when it dies.

A private PulseAudio plays into null sinks; `parec` listens to their monitors.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import pulse_server
from harness.noise import Noise, soon, wait_until_over
from harness.pulse_server import RATE, Recorder, Server, wait_for

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.service import Service
from loudspeaker.errors import SpeakerError
from loudspeaker.interfaces import Speaker, State
from loudspeaker.model.box import Output
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.factory import SpeakerContext, open_speakers
from loudspeaker.station import Station

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not pulse_server.FOUND, reason="PulseAudio's programs are not installed"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pulse_server.private(tmp_path_factory.mktemp("pulse"), "hall", "yard") as server:
        yield server


@pytest.fixture(scope="module")
def noises(tmp_path_factory: pytest.TempPathFactory) -> list[Noise]:
    folder = tmp_path_factory.mktemp("noises")
    return [Noise.make(folder, seed, seconds) for seed, seconds in ((1, 0.5), (2, 0.3), (3, 0.4))]


@pytest.fixture
def speakers(server: Server, tmp_path: Path) -> Iterator[dict[str, Speaker]]:
    outlets = [Output("hall", "hall", 1), Output("porch", "hall", 2), Output("yard", "yard", 1)]
    speakers = open_speakers(outlets, SpeakerContext(SystemClock(), tmp_path))
    yield speakers
    for speaker in speakers.values():
        speaker.close()


def heard(recorder: Recorder, channel: int) -> tuple[int, array[int]]:
    """The first frame that is not silence, and all samples from there to the last one."""
    samples = recorder.channel(channel)
    first = next(index for index, sample in enumerate(samples) if sample)
    last = next(index for index in range(len(samples) - 1, 0, -1) if samples[index])
    return first, samples[first : last + 1]


def test_the_programme_is_heard_sample_for_sample_at_its_second(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    with server.recorder("hall") as recorder:
        at, instant = soon()
        speakers["hall"].arm("x", [noise.programme for noise in noises], at)
        wait_until_over(speakers["hall"])
        wait_for(lambda: any(recorder.channel(1)[-RATE // 2 :]) and not any(recorder.channel(1)[-100:]))
    first, samples = heard(recorder, 1)
    playback = speakers["hall"].poll()

    assert samples == sum((noise.samples for noise in noises), array("h"))
    assert abs(recorder.moment(first) - instant) < 0.005
    assert not any(recorder.channel(2))
    assert (playback.state, playback.frames, playback.via) == (State.DONE, len(samples), "hall")
    assert playback.started_at
    assert abs((playback.started_at - at).total_seconds()) < 0.005


def test_two_outputs_of_a_card_and_another_card_play_at_once(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    with server.recorder("hall") as hall, server.recorder("yard") as yard:
        at, instant = soon()
        for name, noise in zip(speakers, noises, strict=True):
            speakers[name].arm(name, [noise.programme], at)
        wait_until_over(*speakers.values())
        wait_for(lambda: any(yard.channel(1)))
    starts = [(hall, *heard(hall, 1)), (hall, *heard(hall, 2)), (yard, *heard(yard, 1))]

    assert [samples for _, _, samples in starts] == [noise.samples for noise in noises]
    assert all(abs(recorder.moment(first) - instant) < 0.005 for recorder, first, _ in starts)


def test_what_breaks_in_is_heard_within_a_moment(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    long, alarm = noises[0], noises[1]
    with server.recorder("hall") as recorder:
        speakers["hall"].arm("x", [long.programme] * 9, SystemClock().now())
        wait_for(lambda: any(recorder.channel(1)))
        began = time.monotonic()
        speakers["hall"].stop()
        assert speakers["hall"].poll().state is State.STOPPED
        assert 0 < speakers["hall"].poll().frames < 9 * len(long.samples)
        speakers["hall"].arm("alarm", [alarm.programme], SystemClock().now())
        wait_until_over(speakers["hall"])
        wait_for(lambda: not any(recorder.channel(1)[-100:]))
    first, samples = heard(recorder, 1)

    assert samples[-len(alarm.samples) :] == alarm.samples
    assert recorder.moment(first + len(samples) - len(alarm.samples)) - began < 0.2


def test_a_stream_is_heard_as_it_comes(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise], tmp_path: Path
) -> None:
    pipe = tmp_path / "sound"
    os.mkfifo(pipe)
    stream = Programme("stream", pipe, RATE, 60 * RATE, sha256="")
    with server.recorder("hall") as recorder:
        at, instant = soon()
        speakers["hall"].arm("x", [stream], at)
        with pipe.open("wb") as station:
            station.write(noises[0].samples.tobytes())
        wait_until_over(speakers["hall"])
        wait_for(lambda: not any(recorder.channel(1)[-100:]))
    first, samples = heard(recorder, 1)

    assert samples == noises[0].samples
    assert abs(recorder.moment(first) - instant) < 0.005
    assert speakers["hall"].poll().frames == len(samples)


def refusal(speaker: Speaker, noise: Noise) -> str:
    """Why it is not played: raised at once, or told a moment later where the player is slow."""
    try:
        speaker.arm("x", [noise.programme], SystemClock().now())
    except SpeakerError as error:
        return str(error)
    wait_until_over(speaker)
    return str(speaker.poll().error)


def test_a_card_that_is_not_there_is_never_replaced_by_another(
    server: Server, noises: list[Noise], tmp_path: Path
) -> None:
    speaker = open_speakers([Output("gate", "gate")], SpeakerContext(SystemClock(), tmp_path))["gate"]
    with server.recorder("hall") as recorder:
        assert "not there" in refusal(speaker, noises[0])
    speaker.close()

    assert not any(recorder.channel(1))


@pytest.mark.parametrize(("device", "channel", "why"), [("a", 1, "hall"), ("hall", 99, "32")])
def test_an_unclear_name_and_a_missing_channel_are_refused(
    server: Server, noises: list[Noise], tmp_path: Path, device: str, channel: int, why: str
) -> None:
    speaker = open_speakers([Output("x", device, channel)], SpeakerContext(SystemClock(), tmp_path))["x"]

    assert why in refusal(speaker, noises[0])
    speaker.close()


def test_a_killed_player_is_told_and_the_next_airing_gets_another(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    speakers["hall"].arm("x", [noises[0].programme] * 20, SystemClock().now())
    speakers["yard"].arm("y", [noises[0].programme] * 4, SystemClock().now())
    wait_for(lambda: speakers["hall"].poll().state is State.PLAYING)
    os.kill(child(speakers["hall"]).pid, signal.SIGKILL)
    wait_until_over(speakers["hall"])
    failed = speakers["hall"].poll()
    speakers["hall"].arm("again", [noises[1].programme], SystemClock().now())
    wait_until_over(*speakers.values())

    assert (failed.state, failed.airing) == (State.FAILED, "x")
    assert failed.error
    assert speakers["hall"].poll().state is State.DONE
    assert speakers["yard"].poll().state is State.DONE, "another card plays on"


def child(speaker: Speaker) -> subprocess.Popen[bytes]:
    return speaker.player._child  # type: ignore[attr-defined, no-any-return]


def test_a_frozen_player_is_ended_within_two_seconds(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    speakers["hall"].arm("x", [noises[0].programme] * 20, SystemClock().now())
    wait_for(lambda: speakers["hall"].poll().state is State.PLAYING)
    os.kill(child(speakers["hall"]).pid, signal.SIGSTOP)
    froze = time.monotonic()
    wait_until_over(speakers["hall"])

    assert speakers["hall"].poll().state is State.FAILED
    assert time.monotonic() - froze < 2


def test_a_frozen_players_heart_is_missed_until_it_is_replaced(
    server: Server, noises: list[Noise], station: Station, tmp_path: Path
) -> None:
    outlets = [Output("hall", "hall", proof="ear-of-hall"), Output("file", "file")]
    speakers = open_speakers(outlets, SpeakerContext(SystemClock(), tmp_path))
    service = Service(station, speakers)
    hall = speakers["hall"]
    try:
        hall.arm("x", [noises[0].programme] * 20, SystemClock().now())
        wait_for(lambda: hall.poll().state is State.PLAYING)
        assert service.healthy()
        os.kill(hall.speaker.player._child.pid, signal.SIGSTOP)  # type: ignore[attr-defined]
        wait_for(lambda: not service.healthy(), 2)
        wait_until_over(hall)
        hall.arm("again", [noises[1].programme], SystemClock().now())
        wait_until_over(hall)

        assert hall.poll().state is State.DONE
        assert service.healthy()
    finally:
        hall.close()


def test_at_rest_the_card_is_let_go(server: Server, speakers: dict[str, Speaker], noises: list[Noise]) -> None:
    speakers["hall"].arm("x", [noises[1].programme], SystemClock().now())
    wait_until_over(speakers["hall"])
    wait_for(lambda: not server.control("list", "short", "sink-inputs").stdout)

    assert speakers["hall"].player.responsive  # type: ignore[attr-defined]


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Server]:
    """A server of one's own, to be broken."""
    with pulse_server.private(tmp_path / "pulse", "barn") as server:
        yield server


@pytest.fixture
def barn(fragile: Server, tmp_path: Path) -> Iterator[Speaker]:
    speaker = open_speakers([Output("barn", "barn")], SpeakerContext(SystemClock(), tmp_path))["barn"]
    yield speaker
    speaker.close()


def test_a_frozen_server_fails_the_airing_and_is_used_again_when_it_thaws(
    fragile: Server, barn: Speaker, noises: list[Noise]
) -> None:
    barn.arm("x", [noises[0].programme] * 20, SystemClock().now())
    wait_for(lambda: barn.poll().frames > RATE // 2)
    fragile.process.send_signal(signal.SIGSTOP)
    froze = time.monotonic()
    wait_until_over(barn)
    took, failed = time.monotonic() - froze, barn.poll()
    fragile.process.send_signal(signal.SIGCONT)
    barn.arm("again", [noises[1].programme], SystemClock().now())
    wait_until_over(barn)

    assert (failed.state, took < 2) == (State.FAILED, True)
    assert barn.poll().state is State.DONE


def test_a_dead_server_fails_the_airing_and_a_new_one_is_found(
    fragile: Server, barn: Speaker, noises: list[Noise]
) -> None:
    barn.arm("x", [noises[0].programme] * 20, SystemClock().now())
    wait_for(lambda: barn.poll().state is State.PLAYING)
    fragile.stop()
    wait_until_over(barn)
    failed = barn.poll()
    assert refusal(barn, noises[1])
    fragile.start()
    barn.arm("again", [noises[1].programme], SystemClock().now())
    wait_until_over(barn)

    assert failed.state is State.FAILED
    assert barn.poll().state is State.DONE


def test_what_a_server_moves_to_another_card_is_given_up_at_once(tmp_path: Path, noises: list[Noise]) -> None:
    with pulse_server.private(tmp_path / "pulse", "barn", "shed") as server, server.recorder("shed") as recorder:
        barn = open_speakers([Output("barn", "barn")], SpeakerContext(SystemClock(), tmp_path))["barn"]
        barn.arm("x", [noises[0].programme] * 20, SystemClock().now())
        wait_for(lambda: barn.poll().frames > RATE)
        server.unplug("barn")
        wait_until_over(barn)
        failed = barn.poll()
        gone = refusal(barn, noises[1])
        server.plug("barn")
        barn.arm("again", [noises[1].programme], SystemClock().now())
        wait_until_over(barn)
        barn.close()

    assert (failed.state, str(failed.error)) == (State.FAILED, "The sound card “barn” is not there.")
    assert failed.started_at
    assert failed.ended_at
    assert (failed.ended_at - failed.started_at).total_seconds() == pytest.approx(failed.frames / RATE, abs=0.1)
    assert gone
    assert barn.poll().state is State.DONE
    assert sum(1 for sample in recorder.channel(1) if sample) < 0.3 * RATE


def test_auto_without_a_card_airs_into_the_days_file(fragile: Server, noises: list[Noise], tmp_path: Path) -> None:
    fragile.stop()
    speaker = open_speakers([Output("hall", "auto")], SpeakerContext(SystemClock(), tmp_path / "air"))["hall"]
    wait_for(lambda: speaker.card.player._due is None)  # type: ignore[attr-defined]
    speaker.arm("x", [noises[1].programme], SystemClock().now())
    wait_until_over(speaker)
    speaker.close()

    assert speaker.poll().to_file
    assert list((tmp_path / "air").glob("*-hall.flac"))


def test_a_player_ends_when_its_daemon_is_killed(fragile: Server, tmp_path: Path) -> None:
    code = (
        "import sys, time; from loudspeaker.speakers.card.speaker import PlayerProcess\n"
        "card = PlayerProcess('barn', 1, None); card.start(); print(card._child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout
        player = int(daemon.stdout.readline())
        daemon.kill()
    wait_for(lambda: not Path(f"/proc/{player}/cmdline").exists() or not Path(f"/proc/{player}/cmdline").read_bytes())


@pytest.mark.parametrize(("ear", "heard"), [("ear-of-hall", True), ("ear-of-yard", False)])
def test_an_input_proves_the_sound(server: Server, noises: list[Noise], tmp_path: Path, ear: str, heard: bool) -> None:
    speaker = open_speakers([Output("hall", "hall", proof=ear)], SpeakerContext(SystemClock(), tmp_path))["hall"]
    at, _ = soon(2.5)
    speaker.arm("x", [noises[0].programme] * 4, at)
    wait_until_over(speaker)
    speaker.close()

    assert (speaker.poll().state, speaker.poll().heard) == (State.DONE, heard)
