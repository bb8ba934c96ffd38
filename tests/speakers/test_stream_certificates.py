"""Streams by TLS: only from hosts whose certificate is theirs, in time, and of somebody whom the system trusts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from harness import certificates
from harness.certificates import Authority, Certificate, secured
from harness.stream_recordings import RATE, failure_of, needs_ffmpeg, receive

from loudspeaker.speakers.streams.receiver import Receiver

pytestmark = [
    pytest.mark.waits,
    needs_ffmpeg,
    pytest.mark.skipif(not certificates.FOUND, reason="openssl is not installed"),
]
Serve = Callable[[Certificate], str]


class Folder(SimpleHTTPRequestHandler):
    """Remembers what it was asked for, and leads from /to/… elsewhere."""

    asked: list[str] = []  # noqa: RUF012 - counted over all servers

    def do_GET(self) -> None:
        Folder.asked.append(self.path)
        if not self.path.startswith("/to/"):
            return super().do_GET()
        self.send_response(302)
        self.send_header("Location", self.path.removeprefix("/to/"))
        return self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "ca")


@pytest.fixture
def serve(recording: Path) -> Iterator[Serve]:
    """A server with a certificate; its address, by the name localhost."""
    Folder.asked.clear()
    with ExitStack() as servers:
        handler = partial(Folder, directory=str(recording))
        yield lambda certificate: f"https://localhost:{servers.enter_context(secured(handler, certificate))}"


@pytest.fixture(autouse=True)
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system trusts the tests' authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.own))


def receiver(address: str) -> Receiver:
    return Receiver(address, ["localhost"], lasts=60, rate=RATE)


@pytest.mark.parametrize("path", ["tone.mp3", "tone.m3u8"])
def test_a_station_whose_certificate_is_good_is_heard(authority: Authority, serve: Serve, path: str) -> None:
    station = receiver(f"{serve(authority.certificate('localhost'))}/{path}")
    heard = receive(station, RATE)
    station.close()

    assert max(heard) > 4000


def test_a_station_with_a_certificate_of_its_own_is_heard_once_the_system_trusts_it(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Authority(tmp_path / "own", name="localhost")
    station = f"{serve((own.own, own.key))}/tone.mp3"
    assert failure_of(receiver(station)) == UNTRUSTED

    monkeypatch.setenv("SSL_CERT_FILE", str(own.own))
    believed = receiver(station)
    heard = receive(believed, RATE)
    believed.close()
    assert max(heard) > 4000


UNTRUSTED = "the certificate of localhost was issued by nobody whom this box trusts"
MISNAMED = "the certificate that localhost shows is another host's"
EXPIRED = "the certificate of localhost has expired, or the clock of this box is wrong"
EARLY = "the certificate of localhost is not valid yet: the clock of this box is wrong"


@pytest.mark.parametrize("why", [UNTRUSTED, MISNAMED, EXPIRED, EARLY])
def test_an_impostor_is_not_heard_and_the_reason_says_what_is_wrong_with_its_certificate(
    authority: Authority, serve: Serve, tmp_path: Path, why: str
) -> None:
    makers: dict[str, Callable[[], Certificate]] = {
        UNTRUSTED: lambda: Authority(tmp_path / "stranger").certificate("localhost"),
        MISNAMED: lambda: authority.certificate("elsewhere"),
        EXPIRED: lambda: authority.certificate("localhost", -9, -1),
        EARLY: lambda: authority.certificate("localhost", 1, 9),
    }

    assert failure_of(receiver(f"{serve(makers[why]())}/tone.mp3")) == why
    assert Folder.asked == []


@pytest.fixture
def pair(authority: Authority, serve: Serve) -> tuple[str, str]:
    """A good station, and somebody who is not who they say."""
    return serve(authority.certificate("localhost")), serve(authority.certificate("elsewhere"))


def test_no_redirect_leads_to_an_impostor(pair: tuple[str, str]) -> None:
    station, impostor = pair

    assert failure_of(receiver(f"{station}/to/{impostor}/tone.mp3")) == MISNAMED
    assert {path[:4] for path in Folder.asked} == {"/to/"}


@pytest.mark.parametrize("lie", ["segment", "key"])
def test_no_playlist_leads_to_an_impostor(pair: tuple[str, str], recording: Path, lie: str) -> None:
    station, impostor = pair
    piece = f"#EXTINF:1,\n{impostor if lie == 'segment' else station}/tone0.ts\n"
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{impostor}/key.ts"\n' if lie == "key" else ""
    (recording / "led.m3u8").write_text(f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n{key}{piece}")

    assert failure_of(receiver(f"{station}/led.m3u8")) == MISNAMED
    assert "/key.ts" not in Folder.asked
    assert lie == "key" or "/tone0.ts" not in Folder.asked


def test_what_speaks_no_tls_is_no_secure_station() -> None:
    with secured(Folder, None) as port:
        why = failure_of(receiver(f"https://localhost:{port}/tone.mp3"))

    assert why == "there is no secure connection to localhost: TLS fails"
