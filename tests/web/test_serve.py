"""The console's process: who dawdles is let go, a service leaves when nobody comes, a taken address is told."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest
from harness.officers import Officers

from loudspeaker.errors import BadUsage
from loudspeaker.web.access.accounts import Role
from loudspeaker.web.certificate import CertificateFiles, make_certificate
from loudspeaker.web.http_server import LimitedProtocol, inherited_socket, listen
from loudspeaker.web.serve import serve

pytestmark = pytest.mark.waits  # a service leaves when nobody has come for a while


class HastyProtocol(LimitedProtocol):
    """Gives a head a fifth of a second, and a body that and its bytes."""

    head, slowest = 0.2, 100_000


@contextmanager
def serving(
    officers: Officers,
    idle: float = 1,
    protocol: type[LimitedProtocol] = HastyProtocol,
    plain: socket.socket | None = None,
) -> Iterator[tuple[int, Thread]]:
    """The port of a console that runs in a thread; it leaves after `idle` seconds, at the latest a second after."""
    listening = listen("127.0.0.1", 0)
    settings = {"idle": idle, "protocol": protocol, "plain": plain}
    thread = Thread(target=serve, args=(officers.console, listening), kwargs=settings)
    thread.start()
    yield listening.getsockname()[1], thread
    thread.join()
    listening.close()


def talk(port: int, *said: bytes, pause: float = 0.0) -> bytes:
    """What comes back until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        for part in said:
            line.sendall(part)
            time.sleep(pause)
        heard = b""
        while more := line.recv(65536):
            heard += more
        return heard


def test_whoever_does_not_finish_a_request_is_let_go(officers: Officers) -> None:
    with serving(officers) as (port, _thread):
        began = time.monotonic()
        assert talk(port) == b""
        assert talk(port, b"GET / HTTP/1.1\r\nHost: 127") == b""
        head = b"POST /vao HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 9\r\n"
        assert talk(port, head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlo") == b""
        assert time.monotonic() - began < 5


class CrowdedProtocol(LimitedProtocol):
    """Has room for eight connections."""

    most = 8


def test_a_crowd_of_slow_clients_keeps_nobody_out(officers: Officers) -> None:
    asks = b"GET /bat-dau HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with serving(officers, protocol=CrowdedProtocol) as (port, _thread), ExitStack() as crowd:
        for number in range(200):
            line = crowd.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            with suppress(OSError):  # it had to give way
                line.sendall(b"GET / HTTP/1.1\r\nHost: 127" if number % 2 else b"")
            if number % 20 == 0:
                assert talk(port, asks).startswith(b"HTTP/1.1 200")


def test_over_plain_http_phones_find_the_authoritys_certificate_and_nothing_else(officers: Officers) -> None:
    make_certificate(CertificateFiles(officers.console.site.own / "tls"), ["box.local"])
    plain = listen("127.0.0.1", 0)
    port = plain.getsockname()[1]
    with serving(officers, plain=plain):
        found = {
            path: talk(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            for path in ("/ca.crt", "/", "/vao", "/bat-dau", "/static/console.css", "/api/v1/now", "/ca.key")
        }
        posted = talk(
            port,
            b"POST /ca.crt HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
            b"Content-Length: 0\r\nConnection: close\r\n\r\n",
        )
    plain.close()

    assert found.pop("/ca.crt").endswith(CertificateFiles(officers.console.site.own / "tls").authority.read_bytes())
    assert {answer[:12] for answer in found.values()} == {b"HTTP/1.1 404"}
    assert all(b"https" in answer and b"ca.crt" in answer for answer in found.values())
    assert posted.startswith((b"HTTP/1.1 404", b"HTTP/1.1 405"))


def test_an_upload_that_is_cut_off_leaves_nothing(officers: Officers) -> None:
    person = officers.officer(Role.EDIT)
    cookie = f"{officers.console.site.cookie}={person.client.cookies[officers.console.site.cookie]}"
    head = (
        "POST /tep HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 2000000\r\n"
        f"Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n"
        f'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{person.token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    with serving(officers) as (port, _thread):
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(head.encode() + b"a" * 100_000)
        answer = talk(port, b"GET /bat-dau HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert [path for path in officers.console.site.own.rglob("*") if "in" in path.parent.parts and path.is_file()] == []


def test_whoever_asks_is_answered_without_a_server_header(officers: Officers) -> None:
    with serving(officers) as (port, _thread):
        answer = talk(port, b"GET /bat-dau HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nserver:" not in answer.lower()
    assert b"content-security-policy" in answer.lower()


def test_a_service_leaves_when_nobody_has_asked_for_a_while(officers: Officers) -> None:
    with serving(officers, idle=0.3) as (port, thread):
        talk(port, b"GET /bat-dau HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        thread.join(10)
        assert not thread.is_alive()


def test_an_address_that_is_taken_is_told() -> None:
    taken = listen("127.0.0.1", 0)
    with pytest.raises(BadUsage, match="no page can be shown"):
        listen("127.0.0.1", taken.getsockname()[1])
    taken.close()


def test_the_kernel_holds_no_answer_back() -> None:
    """For 40 ms a body behind its head, in each answer: asyncio takes care of that for some sockets only."""
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_without_systemd_no_socket_is_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for pid, fds in (("", ""), ("1", "1"), ("x", "1")):
        monkeypatch.setenv("LISTEN_PID", pid)
        monkeypatch.setenv("LISTEN_FDS", fds)
        assert inherited_socket() is None
