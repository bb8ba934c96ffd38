"""Streams from a real icecast2 and a real live HLS folder: carried, and again after they stall, drop and lie."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Iterator

import pytest
from harness import stream_servers
from harness.stream_servers import PIECE, FolderServer, Icecast
from harness.waiting import wait_for

from loudspeaker.errors import Message
from loudspeaker.model.programme import Programme
from loudspeaker.speakers.card.prebuffer import LivePrebuffer
from loudspeaker.speakers.streams.receiver import Receiver

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(not stream_servers.FOUND, reason="icecast2 or ffmpeg is not installed"),
]
RATE = 8000


class Listener:
    """Somebody who plays what is received, and knows when it was last heard."""

    def __init__(self, url: str) -> None:
        self.receiver = Receiver(url, ["127.0.0.1"], lasts=600, rate=RATE)
        self.heard = array("h")
        self.ended = self._leaving = False
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def begin(self) -> None:
        wait_for(lambda: isinstance(self.receiver.poll(), Programme))
        self._thread.start()

    def hears(self, seconds: float = 1.0) -> None:
        """Wait for so much more sound than there is now."""
        wanted = len(self.heard) + seconds * RATE
        wait_for(lambda: len(self.heard) >= wanted)
        assert max(self.heard[-RATE // 2 :]) > 2000

    def waits(self, seconds: float = 3.0) -> None:
        """Wait until nothing has come for so long."""
        last = [len(self.heard), time.monotonic()]

        def quiet() -> bool:
            if len(self.heard) != last[0]:
                last[:] = len(self.heard), time.monotonic()
            return time.monotonic() - last[1] > seconds

        wait_for(quiet)

    def close(self) -> None:
        self._leaving = True
        if self._thread.ident:
            self._thread.join()
        self.receiver.close()

    def _listen(self) -> None:
        programme = self.receiver.programme
        prebuffer = LivePrebuffer(str(programme.path), RATE, programme.frames)
        piece = memoryview(array("h", bytes(RATE // 5)))
        while not prebuffer.ended and not self._leaving:
            prebuffer.fill()
            if count := prebuffer.take(piece):
                self.heard.extend(piece[:count])
            else:
                time.sleep(0.02)
        self.ended = prebuffer.ended
        prebuffer.close()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Icecast | FolderServer]:
    with stream_servers.opened(request.param) as server:
        yield server


@pytest.fixture
def listener(server: Icecast | FolderServer) -> Iterator[Listener]:
    listener = Listener(server.address)
    yield listener
    listener.close()


@pytest.mark.parametrize("server", [Icecast], indirect=True)
def test_a_live_station_is_heard_and_taken_up_again_after_it_stalled(server: Icecast, listener: Listener) -> None:
    listener.begin()
    listener.hears(3)
    server.source.stall()
    listener.waits()
    server.source.go_on()
    listener.hears(2)

    assert not listener.ended


@pytest.mark.parametrize("server", [Icecast], indirect=True)
def test_a_source_that_was_killed_is_heard_again_when_it_is_back(server: Icecast, listener: Listener) -> None:
    listener.begin()
    listener.hears()
    server.source.end()
    listener.waits(1.5)
    server.source.begin()
    listener.hears(2)

    assert not listener.ended


@pytest.mark.parametrize("server", [FolderServer], indirect=True)
def test_a_server_that_drops_its_listeners_is_asked_again(server: FolderServer, listener: Listener) -> None:
    listener.begin()
    listener.hears()
    server.dropping = True
    listener.waits()
    server.dropping = False
    listener.hears(2)

    assert not listener.ended


@pytest.mark.parametrize("server", [FolderServer], indirect=True)
def test_a_stalled_playlist_is_not_heard_over_and_over(server: FolderServer, listener: Listener) -> None:
    listener.begin()
    server.source.stall()
    listener.waits(9)

    assert len(listener.heard) < (server.pieces + 1) * PIECE * RATE, (
        "its last pieces were asked for again, and left out"
    )
    server.source.go_on()
    listener.hears(2)


@pytest.mark.parametrize("server", [Icecast], indirect=True)
def test_a_mount_without_a_source_answers_that_it_is_not_there(server: Icecast) -> None:
    receiver = Receiver(server.address.replace("vov", "vtv"), ["127.0.0.1"], lasts=60)
    wait_for(lambda: isinstance(receiver.poll(), Message) and str(receiver.poll()).endswith("answers 404"))
    receiver.close()


@pytest.mark.parametrize("server", [FolderServer], indirect=True)
@pytest.mark.parametrize("lie", ["<html>log in here</html>", "#EXTM3U\n#EXTINF:1,\nnothing.ts\n"])
def test_a_playlist_that_lies_gives_no_sound(server: FolderServer, lie: str) -> None:
    (server.path / "lie.m3u8").write_text(lie)
    receiver = Receiver(server.address.replace("vov", "lie"), ["127.0.0.1"], lasts=60)
    wait_for(lambda: receiver.poll() is not None)
    found = receiver.poll()
    receiver.close()

    assert isinstance(found, Message)
