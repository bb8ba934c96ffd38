"""Streams: only from named stations, live, at our level, and tuned in again when they stall, end or fall silent."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from loudspeaker.errors import Message, Refused
from loudspeaker.sound.programme import Programme
from loudspeaker.speakers import tuner
from loudspeaker.speakers.stream import Dial, Receiver, check
from loudspeaker.speakers.tape import Live

RATE = 8000
LOUD = array("h", [3000, -3000] * 400).tobytes()  # a tenth of a second
SILENT = bytes(1600)


@pytest.mark.parametrize("url", ["https://stream.vov.vn/vov1.m3u8", "http://STREAM.vov.vn:8000/a.mp3"])
def test_named_stations_may_be_carried(url: str) -> None:
    check(url, ["stream.vov.vn"])


@pytest.mark.parametrize(
    "url",
    [
        *("https://elsewhere.vn/x.mp3", "file:///etc/passwd", "stream.vov.vn/x", "http://stream.vov.vn.evil.com/"),
        *("http://stream.vov.vn@evil.com/", "concat:http://stream.vov.vn/a", "http://"),
    ],
)
def test_others_may_not(url: str) -> None:
    with pytest.raises(Refused):
        check(url, ["stream.vov.vn"])


# What plays it


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    path = tmp_path / "sound"
    os.mkfifo(path)
    return str(path)


def test_a_live_tape_takes_what_has_come_and_ends_with_its_writer(pipe: str) -> None:
    tape, heard = Live(pipe, RATE, frames=100), array("h", bytes(20))
    tape.fill()
    assert not tape.ended, "nobody writes yet"
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", [1, 2, 3]).tobytes() + b"\x04")
        tape.fill()
        assert tape.take(memoryview(heard)) == 3
        assert not tape.ended
        writer.write(b"\x00")
        tape.fill()
        assert tape.take(memoryview(heard)) == 1
    tape.fill()
    tape.close()

    assert tape.ended
    assert heard[0] == 4


def test_a_live_tape_lasts_no_longer_than_it_may(pipe: str) -> None:
    tape, heard = Live(pipe, RATE, frames=2), array("h", bytes(20))
    with open(pipe, "wb", buffering=0) as writer:
        writer.write(array("h", [1, 2, 3, 4]).tobytes())
        tape.fill()
        assert tape.take(memoryview(heard)) == 2
        assert tape.ended
    tape.close()


# What receives it


def test_silence_is_counted_and_forgotten_at_the_first_sound() -> None:
    silence = tuner.Silence()
    told = [silence.hear(block) for block in (LOUD, SILENT, SILENT)]

    assert told == [False, True, True]
    assert silence.lasted == pytest.approx(0.2)
    silence.hear(LOUD)
    assert silence.lasted == 0.0


def test_until_somebody_listens_only_the_last_seconds_are_kept(pipe: str) -> None:
    to = tuner.Pipe(pipe)
    for number in range(100):
        to.put(bytes([number]))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    to.put(b"\xff")

    assert os.read(reader, 1000) == bytes([*range(81, 100), 255])
    os.close(reader)


def test_a_station_that_ends_or_falls_silent_is_tuned_in_again(pipe: str) -> None:
    tries = iter([[LOUD] * 3, [LOUD] + [SILENT] * 1000, [LOUD]])
    taken: list[int] = []
    pauses: list[float] = []

    def tune() -> Iterator[bytes]:
        taken.append(0)
        for block in next(tries):
            taken[-1] += 1
            yield block

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tuner.receive(tune, tuner.Pipe(pipe), pause)

    assert taken == [3, 301, 1]


# Against real servers


needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


class Station(BaseHTTPRequestHandler):
    """Sends `sound` and hangs, ends or lies, as its path says."""

    sound = b""
    asked: list[str] = []  # noqa: RUF012 - counted over all requests

    def do_GET(self) -> None:
        Station.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.end_headers()
        self.wfile.write(b"<html>not a stream</html>" if self.path == "/lie" else Station.sound)
        if self.path == "/stall":
            time.sleep(5)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three quiet seconds of a tone as MP3, and as a HLS folder."""
    folder = tmp_path_factory.mktemp("recording")
    tone = ["-f", "lavfi", "-i", "sine=f=600:d=3", "-af", "volume=-12dB"]
    quiet = ["ffmpeg", "-nostdin", "-loglevel", "error"]
    subprocess.run([*quiet, *tone, str(folder / "tone.mp3")], check=True)
    hls = ["-c:a", "aac", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0"]
    subprocess.run([*quiet, *tone, *hls, str(folder / "tone.m3u8")], check=True)
    return folder


def served(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def station(recording: Path) -> Iterator[int]:
    Station.sound, Station.asked = (recording / "tone.mp3").read_bytes(), []
    yield from served(Station)


@pytest.fixture
def folder(recording: Path) -> Iterator[int]:
    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *words: object, **facts: object) -> None:
            super().__init__(*words, directory=str(recording), **facts)  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None: ...

    yield from served(Quiet)


def received(receiver: Receiver, frames: int) -> array[int]:
    """What a speaker would hear: `frames` samples, with no gap where nothing has come yet."""
    tape = Live(str(receiver.programme.path), receiver.programme.rate, receiver.programme.frames)
    heard, ends = array("h"), time.monotonic() + 15
    while len(heard) < frames and time.monotonic() < ends and not tape.ended:
        tape.fill()
        piece = memoryview(array("h", bytes(2 * RATE)))
        heard.extend(piece[: tape.take(piece)])
        time.sleep(0.01)
    tape.close()
    return heard


@needs_ffmpeg
def test_a_stream_is_heard_at_our_own_level(station: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{station}/stall", ["127.0.0.1"], lasts=60, rate=RATE)
    heard = received(receiver, 2 * RATE)
    receiver.close()
    loudest = max(heard)

    assert len(heard) >= 2 * RATE
    assert 4000 < loudest < 32768 * 0.9
    assert not receiver.programme.path.exists()


@needs_ffmpeg
def test_a_hls_folder_is_heard(folder: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{folder}/tone.m3u8", ["127.0.0.1"], lasts=60, rate=RATE)
    heard = received(receiver, RATE)
    receiver.close()

    assert max(heard) > 4000


@needs_ffmpeg
def test_a_stream_that_ends_is_tuned_in_again(station: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{station}/ends", ["127.0.0.1"], lasts=60, rate=RATE)
    heard = received(receiver, 5 * RATE)
    receiver.close()

    assert len(heard) >= 5 * RATE
    assert len(Station.asked) >= 2


@needs_ffmpeg
def test_a_stream_that_lies_gives_no_sound_and_is_tried_again(station: int) -> None:
    receiver = Receiver(f"http://127.0.0.1:{station}/lie", ["127.0.0.1"], lasts=60, rate=RATE)
    ends = time.monotonic() + 15
    while len(Station.asked) < 2 and time.monotonic() < ends:
        time.sleep(0.01)
    heard = received(receiver, 0)
    receiver.close()

    assert (len(Station.asked) >= 2, len(heard)) == (True, 0)


# When


@dataclass
class Carried:
    id: str
    starts_at: datetime | None
    ends_at: datetime | None
    stream: str | None = "http://stream.vov.vn/vov1.mp3"


class Tuned:
    """A receiver that receives nothing."""

    programme = Programme("stream", Path("none"), RATE, 1, "")

    def __init__(self) -> None:
        self.alive, self.closed = True, False

    def close(self) -> None:
        self.closed = True


def test_a_stream_is_opened_a_minute_early_and_closed_after_it() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    airing = Carried("x", noon, noon + timedelta(minutes=30))
    opened: list[tuple[Tuned, float]] = []

    def opener(url: str, lasts: float) -> Receiver:
        opened.append((Tuned(), lasts))
        return opened[-1][0]  # type: ignore[return-value]

    dial = Dial(opener)
    dial.look(noon - timedelta(seconds=61), [airing])
    assert isinstance(dial.programme(airing), Message)
    dial.look(noon - timedelta(seconds=60), [airing])
    dial.look(noon, [airing])
    assert dial.programme(airing) is Tuned.programme
    assert [lasts for _, lasts in opened] == [1860]
    opened[0][0].alive = False
    assert isinstance(dial.programme(airing), Message)
    dial.look(noon + timedelta(minutes=31), [airing])

    assert [tuned.closed for tuned, _ in opened] == [True]


def test_a_stream_that_is_refused_says_why() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    airing = Carried("x", noon, noon + timedelta(minutes=30))
    dial = Dial(lambda url, lasts: Receiver(url, ["elsewhere.vn"], lasts))
    dial.look(noon, [airing])

    assert "stream.vov.vn" in str(dial.programme(airing))
