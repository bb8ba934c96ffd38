"""A TCP relay that counts what goes through as a mobile network does: both ways, with the headers of every segment."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

SEGMENT = 1400  # bytes at most, as on 4G: this machine's loopback would take 64 KB
HEADERS = 52  # bytes of IPv4 and TCP with time stamps
SEGS_OUT = 136  # offset of tcpi_segs_out in struct tcp_info (linux/tcp.h); tcpi_segs_in follows


class CountingRelay:
    """Between boxes and one port of a hub; `port` is its own. Closed by `close`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        self.port = int(self._listening.getsockname()[1])
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()  # of boxes
        self._bytes = 0  # payload of all, headers of those that are closed
        threading.Thread(target=self._accept, daemon=True).start()

    def total(self) -> int:
        """Bytes that boxes have sent and received so far."""
        with self._lock:
            return self._bytes + sum(_headers(one) for one in self._open)

    def cut(self) -> None:
        """Break all connections, as a network that is lost does."""
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                box, _ = self._listening.accept()
                hub = socket.create_connection(("127.0.0.1", self._target))
                with self._lock:
                    self._open.add(box)
                for one, other in ((box, hub), (hub, box)):
                    threading.Thread(target=self._carry, args=(one, other, box), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, box: socket.socket) -> None:
        with suppress(OSError):
            while raw := one.recv(1 << 16):
                with self._lock:
                    self._bytes += len(raw)
                other.sendall(raw)
        with self._lock:
            if box in self._open:
                self._open.remove(box)
                self._bytes += _headers(box)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _headers(line: socket.socket) -> int:
    """Bytes of the headers of all its segments so far."""
    try:
        known = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SEGS_OUT + 8)
    except OSError:
        return 0
    return HEADERS * sum(struct.unpack_from("2I", known, SEGS_OUT))
