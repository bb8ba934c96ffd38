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
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from harness import pulse_server
from harness.ending_child import end_with
from harness.noise import AT_ITS_SECOND, Noise, play, soon, wait_until_over, without_gaps
from harness.pulse_server import EXACT, RATE, Recorder, Server
from harness.waiting import wait_for
from pulsectl import Pulse

from loudspeaker.clock import SystemClock
from loudspeaker.daemon.service import Service
from loudspeaker.errors import DeviceGone, SpeakerError
from loudspeaker.interfaces import Playback, Speaker, State
from loudspeaker.model.box import Output
from loudspeaker.model.programme import Programme
from loudspeaker.playout.memory_log import MemoryLog
from loudspeaker.speakers.card.latency_history import NOTE, LatencyHistory
from loudspeaker.speakers.factory import SpeakerContext, open_speakers
from loudspeaker.speakers.stream_guard import StreamPlace
from loudspeaker.station import Station

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not pulse_server.FOUND, reason="PulseAudio's programs are not installed"),
]
AGREED = 0.1  # s between what is told and what was heard, which leaves room for the recorder on a busy machine
BREAK_IN = 0.2  # s, the sound that the card and its server hold included
FADED = round(0.03 * RATE)  # frames of a stop
HANG = 2.0  # s: then a player or a server that does not answer is given up


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pulse_server.private(tmp_path_factory.mktemp("pulse"), "hall", "yard") as server:
        yield server


@pytest.fixture(scope="module")
def noises(tmp_path_factory: pytest.TempPathFactory) -> list[Noise]:
    folder = tmp_path_factory.mktemp("noises")
    return [Noise.make(folder, seed, seconds) for seed, seconds in ((1, 0.5), (2, 0.3), (3, 0.4))]


@pytest.fixture(scope="module")
def players(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Speaker]]:
    outlets = [Output("hall", "hall", 1), Output("porch", "hall", 2), Output("yard", "yard", 1)]
    players = open_speakers(outlets, SpeakerContext(SystemClock(), tmp_path_factory.mktemp("speakers")))
    yield players
    for speaker in players.values():
        speaker.close()


@pytest.fixture
def speakers(players: dict[str, Speaker]) -> Iterator[dict[str, Speaker]]:
    """At rest before and after each test, whose next airing starts a player where it has ended one."""
    wait_for(lambda: all(at_rest(speaker) for speaker in players.values()))
    yield players
    for speaker in players.values():
        speaker.stop()


def at_rest(speaker: Speaker) -> bool:
    """Its player has loaded, and plays nothing."""
    return speaker.player._due is None  # type: ignore[attr-defined, no-any-return]


def heard(recorder: Recorder, channel: int) -> tuple[float, array[int]]:
    """When the first sample that is not silence was heard, monotonic, and all samples from there to the last one."""
    samples = recorder.channel(channel)
    first = next(index for index, sample in enumerate(samples) if sample)
    last = next(index for index in range(len(samples) - 1, -1, -1) if samples[index])
    return recorder.moment(first), samples[first : last + 1]


def is_told_truly(playback: Playback, at: datetime, instant: float, moment: float) -> bool:
    """Does a playback that was armed for `at` tell when it was heard, as a recorder did at `moment`?"""
    assert playback.started_at
    return abs((playback.started_at - at).total_seconds() - (moment - instant)) < AGREED


def test_what_a_stream_finds_of_its_card_is_known_to_the_next_daemon(
    server: Server, noises: list[Noise], tmp_path: Path
) -> None:
    log = MemoryLog()

    def known() -> list[list[float]]:
        latencies = log.recall(NOTE)
        return list(latencies.values()) if isinstance(latencies, dict) else []

    for daemon in (1, 2):
        context = SpeakerContext(SystemClock(), tmp_path, latencies=LatencyHistory(log.recall, log.remember))
        speaker = open_speakers([Output("hall", "hall")], context)["hall"]
        for _attempt in range(10):  # a busy machine may come too late for one, and then nothing is found
            play(soon()[0], (speaker, [noises[0].programme]))
            wait_for(lambda speaker=speaker: at_rest(speaker))
            if known() and len(known()[0]) == daemon:
                break
        speaker.close()

    assert [len(found) for found in known()] == [2]
    assert all(0.04 < latency < 0.1 for latency in known()[0])


# A busy machine may spoil an attempt, by a gap or a late start. A player that is wrong spoils every one, and none may
# lose a sample or be told otherwise than it was heard.


def test_the_programme_is_heard_sample_for_sample_at_its_second(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    whole = sum((noise.samples for noise in noises), array("h"))

    def spotless() -> bool:
        with server.recorder("hall", EXACT) as recorder:
            at, instant = soon()
            if not play(at, (speakers["hall"], [noise.programme for noise in noises])):
                return False
            recorder.wait_for_end(1)
        playback, (moment, samples) = speakers["hall"].poll(), heard(recorder, 1)

        assert without_gaps(samples) == whole
        assert not any(recorder.channel(2))
        assert (playback.state, playback.frames, playback.via) == (State.DONE, len(whole), "hall")
        assert is_told_truly(playback, at, instant, moment)
        return samples == whole and abs(moment - instant) < AT_ITS_SECOND

    wait_for(spotless)


def test_two_outputs_of_a_card_and_another_card_play_at_once(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    def spotless() -> bool:
        with server.recorder("hall", EXACT) as hall, server.recorder("yard", EXACT) as yard:
            at, instant = soon()
            if not play(at, *zip(speakers.values(), [[noise.programme] for noise in noises], strict=True)):
                return False
            hall.wait_for_end(1, 2)
            yard.wait_for_end(1)
        starts = [heard(hall, 1), heard(hall, 2), heard(yard, 1)]

        assert [without_gaps(samples) for _, samples in starts] == [noise.samples for noise in noises]
        for speaker, (moment, _) in zip(speakers.values(), starts, strict=True):
            assert is_told_truly(speaker.poll(), at, instant, moment)
        return all(abs(moment - instant) < AT_ITS_SECOND for moment, _ in starts)

    wait_for(spotless)


def test_what_breaks_in_is_heard_within_a_moment(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    hall, long, alarm = speakers["hall"], noises[0], noises[1]

    def at_once() -> bool:
        with server.recorder("hall", EXACT) as recorder:
            begin(hall, long, 9)
            wait_for(lambda: any(recorder.channel(1)))
            asked = time.monotonic()
            hall.stop()
            wait_until_over(hall)
            stopped = hall.poll()
            if stopped.state is State.FAILED or not play(SystemClock().now(), (hall, [alarm.programme])):
                return False
            recorder.wait_for_end(1)
        moment, samples = heard(recorder, 1)
        cut = without_gaps(samples)[: -len(alarm.samples)]

        assert without_gaps(samples)[-len(alarm.samples) :] == alarm.samples
        assert stopped.state is State.STOPPED
        assert 0 <= stopped.frames - len(cut) < FADED, "it tells what was heard; where it has faded out it is silent"
        assert cut[:-FADED] == (9 * long.samples)[: len(cut) - FADED]
        return moment + (len(samples) - len(alarm.samples)) / RATE - asked < BREAK_IN

    wait_for(at_once)


def is_taken(pipe: Path, samples: array[int]) -> bool:
    """Give them to whoever reads the pipe, if anybody does."""
    try:
        station = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return False
    with open(station, "wb") as file:
        file.write(samples.tobytes())
    return True


def test_a_stream_is_heard_as_it_comes(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise], tmp_path: Path
) -> None:
    pipe = tmp_path / "sound"
    os.mkfifo(pipe)
    stream = Programme("stream", pipe, RATE, 60 * RATE, sha256="")
    hall = speakers["hall"]

    def spotless() -> bool:
        with server.recorder("hall", EXACT) as recorder:
            at, instant = soon()
            with suppress(DeviceGone):  # as in `play`
                hall.arm("x", [stream], at)
            wait_for(lambda: hall.poll().state is State.FAILED or is_taken(pipe, noises[0].samples))
            wait_until_over(hall)
            if hall.poll().state is State.FAILED:
                return False
            recorder.wait_for_end(1)
        playback, (moment, samples) = hall.poll(), heard(recorder, 1)

        assert without_gaps(samples) == noises[0].samples
        assert (playback.state, playback.frames) == (State.DONE, len(noises[0].samples))
        assert is_told_truly(playback, at, instant, moment)
        return samples == noises[0].samples and abs(moment - instant) < AT_ITS_SECOND

    wait_for(spotless)


def begin(speaker: Speaker, noise: Noise, times: int = 20) -> None:
    """Have it on the air; again, as the station does, where a busy machine had its player taken for frozen before."""
    wait_for(lambda: attempt(speaker, noise, times) is State.PLAYING)


def air(speaker: Speaker, noise: Noise) -> None:
    """Have it heard to its end, at the first attempt or, likewise, at a later one."""

    def aired() -> bool:
        attempt(speaker, noise)
        wait_until_over(speaker)
        return speaker.poll().state is State.DONE

    wait_for(aired)


def attempt(speaker: Speaker, noise: Noise, times: int = 1) -> State:
    """Arm it now, and wait until it is armed no more."""
    with suppress(SpeakerError):
        speaker.arm("x", [noise.programme] * times, SystemClock().now())
    wait_for(lambda: speaker.poll().state is not State.ARMED)
    return speaker.poll().state


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
        wait_for(lambda: "not there" in refusal(speaker, noises[0]))
    speaker.close()

    assert not any(recorder.channel(1))


@pytest.mark.parametrize(("device", "channel", "why"), [("a", 1, "hall"), ("hall", 99, "32")])
def test_an_unclear_name_and_a_missing_channel_are_refused(
    server: Server, noises: list[Noise], tmp_path: Path, device: str, channel: int, why: str
) -> None:
    speaker = open_speakers([Output("x", device, channel)], SpeakerContext(SystemClock(), tmp_path))["x"]

    wait_for(lambda: why in refusal(speaker, noises[0]))
    speaker.close()


def test_a_killed_player_is_told_and_the_next_airing_gets_another(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    begin(speakers["hall"], noises[0])
    begin(speakers["yard"], noises[0], 4)
    signal_player(speakers["hall"], signal.SIGKILL)
    wait_until_over(speakers["hall"])
    failed = speakers["hall"].poll()
    air(speakers["hall"], noises[1])
    wait_until_over(speakers["yard"])

    assert (failed.state, failed.airing) == (State.FAILED, "x")
    assert failed.error
    assert speakers["yard"].poll().state is State.DONE, "another card plays on"


def seconds_until_failed(speaker: Speaker) -> float:
    """From now on."""
    now = SystemClock().now()
    wait_until_over(speaker)
    playback = speaker.poll()
    assert playback.state is State.FAILED
    assert playback.ended_at
    return (playback.ended_at - now).total_seconds()


def signal_player(speaker: Speaker, number: signal.Signals) -> None:
    """Unless a busy machine has just had it taken for frozen, and what it played has failed already."""
    if child := speaker.player._child:  # type: ignore[attr-defined]
        child.send_signal(number)


def test_a_frozen_player_is_ended_within_two_seconds(
    server: Server, speakers: dict[str, Speaker], noises: list[Noise]
) -> None:
    def in_time() -> bool:
        begin(speakers["hall"], noises[0])
        signal_player(speakers["hall"], signal.SIGSTOP)
        return seconds_until_failed(speakers["hall"]) < HANG

    wait_for(in_time)


def test_a_frozen_players_heart_is_missed_until_it_is_replaced(
    server: Server, noises: list[Noise], station: Station, tmp_path: Path
) -> None:
    outlets = [Output("hall", "hall", proof="ear-of-hall"), Output("file", "file")]
    speakers = open_speakers(outlets, SpeakerContext(SystemClock(), tmp_path))
    service = Service(station, speakers)
    hall = speakers["hall"]

    def is_missed() -> bool:
        begin(hall, noises[0])
        seen = [service.healthy()]
        signal_player(hall.speaker, signal.SIGSTOP)  # type: ignore[attr-defined]
        wait_for(lambda: seen.append(service.healthy()) or hall.poll().state is State.FAILED)
        return seen[0] and not all(seen)  # a busy machine may have had another player taken for frozen before

    try:
        wait_for(is_missed)
        air(hall, noises[1])

        assert service.healthy()
    finally:
        hall.close()


def test_at_rest_the_card_is_let_go(server: Server, speakers: dict[str, Speaker], noises: list[Noise]) -> None:
    air(speakers["hall"], noises[1])
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
    def in_time() -> bool:
        begin(barn, noises[0])
        wait_for(lambda: barn.poll().frames > RATE // 2)
        fragile.process.send_signal(signal.SIGSTOP)
        seconds = seconds_until_failed(barn)
        fragile.process.send_signal(signal.SIGCONT)
        air(barn, noises[1])
        return seconds < HANG

    wait_for(in_time)


def test_a_dead_server_fails_the_airing_and_a_new_one_is_found(
    fragile: Server, barn: Speaker, noises: list[Noise]
) -> None:
    begin(barn, noises[0])
    fragile.stop()
    wait_until_over(barn)
    failed = barn.poll()
    assert refusal(barn, noises[1])
    fragile.start()
    air(barn, noises[1])

    assert failed.state is State.FAILED


def test_what_a_server_moves_to_another_card_is_given_up_at_once(tmp_path: Path, noises: list[Noise]) -> None:
    with pulse_server.private(tmp_path / "pulse", "barn", "shed") as server, server.recorder("shed") as recorder:
        barn = open_speakers([Output("barn", "barn")], SpeakerContext(SystemClock(), tmp_path))["barn"]

        def at_once() -> bool:
            before = len(without_gaps(recorder.channel(1)))
            begin(barn, noises[0])
            wait_for(lambda: barn.poll().frames > RATE)
            server.unplug("barn")
            wait_until_over(barn)
            failed = barn.poll()
            assert refusal(barn, noises[1])
            server.plug("barn")
            air(barn, noises[1])

            assert (failed.state, str(failed.error)) == (State.FAILED, "The sound card “barn” is not there.")
            assert failed.started_at
            assert failed.ended_at
            assert failed.frames / RATE < (failed.ended_at - failed.started_at).total_seconds() + AGREED
            return len(without_gaps(recorder.channel(1))) - before < 0.3 * RATE

        wait_for(at_once)
        barn.close()


def test_a_stream_whose_card_went_before_it_was_first_seen_has_moved(tmp_path: Path) -> None:
    """As on a busy machine, whose player looks late: it must not take the other card for its own."""
    with pulse_server.private(tmp_path / "pulse", "barn", "shed") as server, Pulse("test") as pulse:
        with silence(server, "barn") as stream:
            place = StreamPlace(pulse)
            server.unplug("barn")
            assert place.has_moved(stream.pid)
        server.plug("barn")
        with silence(server, "barn") as stream:
            place = StreamPlace(pulse)
            assert not place.has_moved(stream.pid)
            server.plug("gate")
            assert not place.has_moved(stream.pid), "another card came"
            server.unplug("barn")
            assert place.has_moved(stream.pid)


@contextmanager
def silence(server: Server, sink: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose stream plays into `sink`."""
    command = ["pacat", "--playback", f"--device={sink}", "/dev/zero"]
    with subprocess.Popen(command, env=server.whole, preexec_fn=end_with(os.getpid())) as process:
        wait_for(lambda: server.control("list", "short", "sink-inputs").stdout)
        yield process
        process.kill()


def test_auto_without_a_card_airs_into_the_days_file(fragile: Server, noises: list[Noise], tmp_path: Path) -> None:
    fragile.stop()
    speaker = open_speakers([Output("hall", "auto")], SpeakerContext(SystemClock(), tmp_path / "air"))["hall"]
    wait_for(lambda: speaker.card.player._due is None)  # type: ignore[attr-defined]
    air(speaker, noises[1])
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


def test_an_input_proves_the_sound(server: Server, noises: list[Noise], tmp_path: Path) -> None:
    outlets = [Output("hall", "hall", 1, proof="ear-of-hall"), Output("porch", "hall", 2, proof="ear-of-yard")]
    speakers = open_speakers(outlets, SpeakerContext(SystemClock(), tmp_path))
    hall, porch = speakers.values()

    def told() -> bool:
        at, _ = soon(hall.lead)
        aired = play(at, *((speaker, [noises[0].programme] * 6) for speaker in (hall, porch)))
        # a busy machine may have measured too seldom to tell
        return aired and all(speaker.poll().heard is not None for speaker in (hall, porch))

    wait_for(told)
    for speaker in (hall, porch):
        speaker.close()

    assert [(speaker.poll().state, speaker.poll().heard) for speaker in (hall, porch)] == [
        (State.DONE, True),
        (State.DONE, False),
    ]
