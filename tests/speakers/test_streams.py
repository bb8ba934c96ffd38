"""Streams: only from named stations, live, at our level, and tuned in again when they stall, end or fall silent."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import soundfile
from harness.playout_harness import airing as planned
from harness.stream_recordings import RATE, failure_of, needs_ffmpeg, receive

from loudspeaker.interfaces import State
from loudspeaker.model.airing import Airing
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.card.prebuffer import LivePrebuffer
from loudspeaker.speakers.file import FileSpeaker
from loudspeaker.speakers.streams import worker
from loudspeaker.speakers.streams.receiver import Receiver, ReceiverPool
from loudspeaker.speakers.streams.sources import BLOCK, Fault

pytestmark = pytest.mark.waits

LOUD, OTHER = (array("h", [level, -level] * 400).tobytes() for level in (3000, 4000))  # a tenth of a second
SILENT = bytes(1600)


# What plays it


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    path = tmp_path / "sound"
    os.mkfifo(path)
    return str(path)


def test_a_live_prebuffer_takes_what_has_come_and_ends_with_its_writer(pipe: str) -> None:
    prebuffer, heard = LivePrebuffer(pipe, RATE, frames=100), array("h", bytes(20))
    prebuffer.fill()
    assert not prebuffer.ended, "nobody writes yet"
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", [1, 2, 3]).tobytes() + b"\x04")
        prebuffer.fill()
        assert prebuffer.take(memoryview(heard)) == 3
        assert not prebuffer.ended
        writer.write(b"\x00")
        prebuffer.fill()
        assert prebuffer.take(memoryview(heard)) == 1
    prebuffer.fill()
    prebuffer.close()

    assert prebuffer.ended
    assert heard[0] == 4


def test_a_live_prebuffer_lasts_no_longer_than_it_may(pipe: str) -> None:
    prebuffer, heard = LivePrebuffer(pipe, RATE, frames=2), array("h", bytes(20))
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", [1, 2, 3, 4]).tobytes())
        prebuffer.fill()
        assert prebuffer.take(memoryview(heard)) == 2
        assert prebuffer.ended
    prebuffer.close()


# What receives it


def test_silence_is_counted_and_forgotten_at_the_first_sound() -> None:
    silence = worker.SilenceDetector()
    told = [silence.observe(block) for block in (LOUD, SILENT, SILENT)]

    assert told == [False, True, True]
    assert silence.duration == pytest.approx(0.2)
    silence.observe(LOUD)
    assert silence.duration == 0.0


def test_until_somebody_listens_only_the_last_seconds_are_kept(pipe: str) -> None:
    to = worker.SoundPipe(pipe)
    for number in range(100):
        to.put(bytes([number]))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    to.put(b"\xff")

    assert os.read(reader, 1000) == bytes([*range(81, 100), 255])
    os.close(reader)


def test_a_reader_may_leave_and_another_come(pipe: str) -> None:
    to = worker.SoundPipe(pipe)
    first = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    to.put(b"1")
    os.close(first)
    to.put(b"2")
    second = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    to.put(b"3")

    assert os.read(second, 10) == b"3"
    to.end()
    assert os.read(second, 10) == b"", "the end"
    os.close(second)


class MemoryPipe(worker.SoundPipe):
    """A reader that is always there."""

    def __init__(self) -> None:
        self.ended = False
        self.blocks: list[bytes] = []

    def put(self, block: bytes) -> None:
        self.ended = False
        self.blocks.append(block)

    def end(self) -> None:
        self.ended = True


class Air:
    """What a worker hears, one list of blocks an attempt, on a clock that each block moves by a tenth of a second."""

    def __init__(self, *tries: list[bytes]) -> None:
        self.time = 1000.0
        self.pipe = MemoryPipe()
        self.taken: list[int] = []
        self.told: list[tuple[float, str | None]] = []  # when, and what was wrong
        self._tries = iter(tries)
        self.worker = worker.StreamWorker(
            self._decode, self.pipe, self._tell, lambda: {"fault": "answer"}, lambda: self.time
        )

    def receive(self) -> float:
        pause = self.worker.receive()
        self.time += pause
        return pause

    def _decode(self) -> Iterator[bytes]:
        self.taken.append(0)
        for block in next(self._tries):
            self.taken[-1] += 1
            self.time += BLOCK
            yield block

    def _tell(self, fault: Fault | None) -> None:
        said = fault["fault"] if fault else None
        assert self.pipe.ended == (said is not None), "who is told that nothing comes is let go, and nobody else"
        if not self.told or self.told[-1][1] != said:
            self.told.append((self.time - 1000, said))


def test_a_station_that_ends_or_falls_silent_is_tuned_in_again() -> None:
    air = Air([LOUD] * 3, [OTHER] + [SILENT] * 1000, [LOUD])

    assert [air.receive() for _ in range(3)] == [worker.RETRY] * 3
    assert (air.taken, [said for _, said in air.told]) == ([3, 301, 1], [None])


def test_nothing_at_the_first_try_is_told_at_once() -> None:
    air = Air([], [LOUD])

    assert [air.receive(), air.receive()] == [worker.RETRY_LATER, worker.RETRY]
    assert [said for _, said in air.told] == ["answer", None]


def test_a_station_that_stays_silent_is_given_up_in_forty_seconds_and_taken_up_with_its_next_sound() -> None:
    air = Air([LOUD] + [SILENT] * 300, [SILENT] * 200 + [LOUD])
    air.receive()
    air.receive()

    assert [(round(at), said) for at, said in air.told] == [(0, None), (40, "silent"), (52, None)]


def test_what_comes_a_second_time_is_left_out_and_is_no_sign_of_life() -> None:
    old = [LOUD, OTHER] * 20
    air = Air(old, old, [*old, LOUD, LOUD, OTHER], *[[LOUD, LOUD]] * 30)
    for _ in range(3):
        air.receive()
    assert b"".join(air.pipe.blocks) == b"".join([*old, LOUD, LOUD, OTHER])
    while air.told[-1][1] is None:
        air.receive()

    assert air.told[-1][1] == "stale"


def test_a_line_that_stays_dead_is_given_up_with_its_reason() -> None:
    air = Air([LOUD], *[[]] * 30)
    while len(air.told) < 2:
        air.receive()

    assert [(round(at), said) for at, said in air.told] == [(0, None), (42, "answer")]


# Against real servers


class Station(BaseHTTPRequestHandler):
    """Sends one of its `sounds` and hangs, ends, lies, refuses or leads elsewhere, as its path says."""

    sounds = (b"", b"")
    asked: list[str] = []  # noqa: RUF012 - counted over all requests

    def do_GET(self) -> None:
        Station.asked.append(self.path)
        if self.path == "/gone":
            return self.send_error(410)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            return self.end_headers()
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.end_headers()
        live = Station.sounds[len(Station.asked) % 2]  # never the same twice
        self.wfile.write(b"<html>not a stream</html>" if self.path == "/lie" else live)
        if self.path == "/stall":
            time.sleep(5)

    def log_message(self, *_: object) -> None: ...


def served(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def station(recording: Path) -> Iterator[int]:
    Station.sounds = (recording / "tone.mp3").read_bytes(), (recording / "other.mp3").read_bytes()
    Station.asked = []
    yield from served(Station)


@pytest.fixture
def folder(recording: Path) -> Iterator[int]:
    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *words: object, **facts: object) -> None:
            super().__init__(*words, directory=str(recording), **facts)  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None: ...

    yield from served(Quiet)


@needs_ffmpeg
def test_a_stream_is_heard_at_our_own_level(station: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{station}/stall", ["127.0.0.1"], lasts=60, rate=RATE)
    heard = receive(receiver, 2 * RATE)
    receiver.close()
    loudest = max(heard)

    assert len(heard) >= 2 * RATE
    assert 4000 < loudest < 32768 * 0.9
    assert not receiver.programme.path.exists()


@needs_ffmpeg
def test_a_hls_folder_is_heard(folder: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{folder}/tone.m3u8", ["127.0.0.1"], lasts=60, rate=RATE)
    heard = receive(receiver, RATE)
    receiver.close()

    assert max(heard) > 4000


@needs_ffmpeg
def test_a_stream_that_ends_is_tuned_in_again(station: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{station}/ends", ["127.0.0.1"], lasts=60, rate=RATE)
    heard = receive(receiver, 5 * RATE)
    receiver.close()

    assert len(heard) >= 5 * RATE
    assert len(Station.asked) >= 2


@needs_ffmpeg
def test_a_stream_that_lies_gives_no_sound(station: int) -> None:
    url = f"http://127.0.0.1:{station}/lie"

    assert failure_of(Receiver(url, ["127.0.0.1"], lasts=60, rate=RATE)) == f"no sound comes from “{url}”"


@needs_ffmpeg
def test_a_stream_that_is_gone_says_so(station: int) -> None:
    url = f"http://127.0.0.1:{station}/gone"

    assert failure_of(Receiver(url, ["127.0.0.1"], lasts=60, rate=RATE)) == f"“{url}” answers 410"


@needs_ffmpeg
def test_a_station_that_refuses_us_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert failure_of(Receiver(f"http://127.0.0.1:{port}/", ["127.0.0.1"], lasts=60)) == "127.0.0.1 cannot be reached"


# Nothing leaves the list of hosts


@needs_ffmpeg
def test_a_redirect_among_named_hosts_is_followed(station: int, recording: Path) -> None:
    address = f"http://127.0.0.1:{station}/to/http://localhost:{station}/stall"
    receiver = Receiver(address, ["127.0.0.1", "localhost"], lasts=60, rate=RATE)
    heard = receive(receiver, RATE)
    receiver.close()

    assert max(heard) > 4000


@needs_ffmpeg
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_to_another_host_is_not(station: int, scheme: str) -> None:
    address = f"http://127.0.0.1:{station}/to/{scheme}://localhost:{station}/stall"
    why = failure_of(Receiver(address, ["127.0.0.1"], lasts=60, rate=RATE))

    assert why == f"“{address}” leads to localhost, which is not among the “streams” of commune.yaml"
    assert {path[:4] for path in Station.asked} == {"/to/"}, "nobody else was asked"


@needs_ffmpeg
@pytest.mark.parametrize("lie", ["variant", "segment", "key"])
def test_a_playlist_leads_to_no_other_host(station: int, folder: int, recording: Path, lie: str) -> None:
    elsewhere = f"http://localhost:{station}/{lie}.{'m3u8' if lie == 'variant' else 'ts'}"
    piece = f"#EXTINF:1,\n{elsewhere if lie == 'segment' else 'tone0.ts'}\n"
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{elsewhere}"\n' if lie == "key" else ""
    media = f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n{key}{piece}"
    variant = f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\n{elsewhere}\n"
    (recording / "lie.m3u8").write_text(variant if lie == "variant" else media)
    why = failure_of(Receiver(f"http://127.0.0.1:{folder}/lie.m3u8", ["127.0.0.1"], lasts=60, rate=RATE))

    assert "leads to localhost" in why
    assert Station.asked == []


# Where there is no sound card


class HandClock:
    """Time that moves when it is told to."""

    passed = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def speaker(tmp_path: Path, clock: HandClock) -> FileSpeaker:
    return FileSpeaker(clock, tmp_path / "aired", "hall")


def written(speaker: FileSpeaker) -> list[int]:
    speaker.close()
    samples, rate = soundfile.read(speaker.folder / "2026-11-24-hall.flac", dtype="int16")
    assert rate == RATE
    assert [path.name for path in speaker.folder.glob("*.reel")] == []
    return [int(sample) for sample in samples]


def test_a_stream_goes_into_the_days_file_as_it_comes(pipe: str, clock: HandClock, speaker: FileSpeaker) -> None:
    speaker.arm("x", [Programme("stream", Path(pipe), RATE, 60 * RATE, "")], NOON + timedelta(seconds=2))
    with pytest.raises(OSError, match="No such device"):
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)  # nothing is taken before its time
    clock.passed = 2.0
    assert speaker.poll().frames == 0
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", range(1, 2 * RATE + 1)).tobytes())
        clock.passed = 3.0
        assert (speaker.poll().state, speaker.poll().frames) == (State.PLAYING, RATE), "in real time"
        clock.passed = 5.0
        assert (speaker.poll().state, speaker.poll().frames) == (State.PLAYING, 2 * RATE), "what has not come, is not"
    playback = speaker.poll()

    assert (playback.state, playback.frames, playback.to_file) == (State.DONE, 2 * RATE, True)
    assert written(speaker) == list(range(1, 2 * RATE + 1))


def test_a_stream_is_cut_where_it_is_stopped(pipe: str, clock: HandClock, speaker: FileSpeaker) -> None:
    speaker.arm("x", [Programme("stream", Path(pipe), RATE, 60 * RATE, "")], NOON)
    speaker.poll()
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", range(1, RATE + 1)).tobytes())
        clock.passed = 0.5
        speaker.stop()

    assert speaker.poll().state is State.STOPPED
    assert written(speaker) == list(range(1, RATE // 2 + 1))


def test_a_folder_that_cannot_be_written_fails_and_does_not_raise(tmp_path: Path, pipe: str, clock: HandClock) -> None:
    (tmp_path / "aired").write_text("in the way")
    speaker = FileSpeaker(clock, tmp_path / "aired", "hall")
    speaker.arm("x", [Programme("stream", Path(pipe), RATE, 60 * RATE, "")], NOON)
    before = os.listdir("/proc/self/fd")

    assert speaker.poll().state is State.FAILED
    assert "cannot be written" in str(speaker.poll().error)
    assert os.listdir("/proc/self/fd") == before, "each attempt costs no file"


def test_a_stream_is_heard_after_one_for_which_the_disk_had_no_room(
    pipe: str, clock: HandClock, speaker: FileSpeaker
) -> None:
    stream = Programme("stream", Path(pipe), RATE, 60 * RATE, "")
    speaker.arm("x", [stream], NOON)
    speaker.poll()
    with open(pipe, "wb", buffering=0) as writer, files_of_at_most(1000):
        writer.write(bytes(2 * RATE))
        clock.passed = 0.1
        assert speaker.poll().state is State.PLAYING, "it waits in memory"
        clock.passed = 1.0
        assert speaker.poll().state is State.FAILED
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)):
        pass  # what is left of it
    speaker.arm("y", [stream], NOON + timedelta(seconds=1))
    speaker.poll()
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", range(1, RATE + 1)).tobytes())
        clock.passed = 2.0
        assert (speaker.poll().state, speaker.poll().frames) == (State.PLAYING, RATE)
    speaker.close()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process becomes longer than so many bytes: to write more is an error, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# When


def carried(output: str = "horn") -> Airing:
    """Half an hour of a station from noon on."""
    return planned("12:00", starts_at=NOON, ends_at=HALF, output=output, stream="http://stream.vov.vn/vov1.mp3")


class StubReceiver:
    """A receiver that receives nothing."""

    programme = Programme("stream", Path("none"), RATE, 1, "")

    def __init__(self) -> None:
        self.closed = False

    def poll(self) -> Programme:
        return self.programme

    def close(self) -> None:
        self.closed = True


HALF = NOON + timedelta(minutes=30)


@pytest.fixture
def opened() -> list[tuple[StubReceiver, float]]:
    return []


@pytest.fixture
def receivers(opened: list[tuple[StubReceiver, float]]) -> ReceiverPool:
    def opener(url: str, lasts: float) -> Receiver:
        opened.append((StubReceiver(), lasts))
        return opened[-1][0]  # type: ignore[return-value]

    return ReceiverPool(opener)


def test_a_stream_is_opened_a_minute_early_and_closed_after_it(
    receivers: ReceiverPool, opened: list[tuple[StubReceiver, float]]
) -> None:
    airing = carried()
    receivers.update(NOON - timedelta(seconds=61), [airing])
    assert receivers.poll(airing) is None
    receivers.update(NOON - timedelta(seconds=60), [airing])
    receivers.update(NOON, [airing])
    assert receivers.poll(airing) is StubReceiver.programme
    assert [lasts for _, lasts in opened] == [1860]
    receivers.update(HALF + timedelta(minutes=1), [airing])

    assert [tuned.closed for tuned, _ in opened] == [True]


def test_villages_share_the_receiver_of_their_output(
    receivers: ReceiverPool, opened: list[tuple[StubReceiver, float]]
) -> None:
    receivers.update(NOON, [carried(), carried(), carried("hall")])
    receivers.close()

    assert [tuned.closed for tuned, _ in opened] == [True, True]
