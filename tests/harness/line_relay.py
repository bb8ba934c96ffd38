"""A line between a box and its hub that can be cut, or loses answers: bytes go through as they are."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HEADER = 60  # bytes, of IPv4 and TCP with its options


@dataclass
class Line:
    """The line as it is. `bytes`: all that went through, both ways; `calls`: connections; `open`: their ends."""

    port: int
    stuck: bool = False  # connections come about, and nothing goes through
    deaf: Callable[[], bool] = lambda: False  # while it is so an answer is lost, and its connection with it
    bytes: int = 0
    packets: int = 0  # as they came
    calls: int = 0
    open: list[socket.socket] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)  # at the end

    @property
    def on_air(self) -> int:
        """Bytes with what TCP and IP add to them: a header for each packet, and one that says that it has come."""
        return self.bytes + 2 * HEADER * self.packets

    def cut(self) -> None:
        """All connections are lost; others may be made."""
        while self.open:
            with suppress(OSError):
                self.open.pop().shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(port: int, host: str = "localhost") -> Iterator[Line]:
    """A port of this machine, at this name or address of it, that leads to another one."""
    with socket.create_server((host, 0)) as server:
        line = Line(server.getsockname()[1])
        threading.Thread(target=_serve, args=(server, line, port), daemon=True).start()
        try:
            yield line
        finally:
            line.released.set()


def _serve(server: socket.socket, line: Line, port: int) -> None:
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            line.calls += 1
            threading.Thread(target=_connect, args=(caller, line, port), daemon=True).start()


def _connect(caller: socket.socket, line: Line, port: int) -> None:
    with caller, suppress(OSError):
        if line.stuck:
            line.released.wait()
            return
        with socket.create_connection(("127.0.0.1", port)) as called:
            line.open += [caller, called]
            threading.Thread(target=_pump, args=(caller, called, line), daemon=True).start()
            _pump(called, caller, line, lambda: line.deaf())


def _pump(
    source: socket.socket, target: socket.socket, line: Line, is_lost: Callable[[], bool] = lambda: False
) -> None:
    """Carry what comes until one end closes, or something is lost; then both are closed."""
    with suppress(OSError):
        while content := source.recv(1 << 16):
            if is_lost():
                break
            line.bytes += len(content)
            line.packets += 1
            target.sendall(content)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
