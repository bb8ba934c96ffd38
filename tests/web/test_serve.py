"""The console's process: who dawdles is let go, a service leaves when nobody comes, a taken address is told."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from harness.officers import Officers

from loudspeaker.errors import BadUsage
from loudspeaker.web.serve import LimitedProtocol, inherited_socket, listen, serve


class HastyProtocol(LimitedProtocol):
    """Gives a head a fifth of a second, and a body that and its bytes."""

    head, slowest = 0.2, 100_000


@contextmanager
def serving(officers: Officers, idle: float | None = None) -> Iterator[tuple[int, Thread]]:
    """The port of a console that runs in a thread; it leaves after `idle` seconds, at the latest a second after."""
    listening = listen("127.0.0.1", 0)
    thread = Thread(
        target=serve, args=(officers.console, listening), kwargs={"idle": idle or 1, "protocol": HastyProtocol}
    )
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


def test_without_systemd_no_socket_is_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for pid, fds in (("", ""), ("1", "1"), ("x", "1")):
        monkeypatch.setenv("LISTEN_PID", pid)
        monkeypatch.setenv("LISTEN_FDS", fds)
        assert inherited_socket() is None
