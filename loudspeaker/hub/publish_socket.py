"""Whoever publishes tells the hub's process at once: a datagram with the scope, at the socket HUB/published.sock.

No alarm waits for the next look at the folder. Nothing depends on it: the process looks every second anyway, for what
came by another way, such as rsync.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SOCKET = "published.sock"
MOST_BYTES = 200


def notify_published(root: Path, scope: str) -> None:
    """Tell the process of the hub in `root`, if it runs, that something of this scope was published."""
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, _address(root) as address:
        line.setblocking(False)  # where many wait already, it is about to look
        line.sendto(scope.encode(), address)


class PublishSocket:
    """The end at which the hub's process listens; a later process takes the place of one that has died."""

    def __init__(self, root: Path) -> None:
        """Raises `OSError`."""
        self._path = root / SOCKET
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._path.unlink(missing_ok=True)
            with _address(root) as address:
                self._line.bind(address)
            self._line.setblocking(False)
        except OSError:
            self._line.close()
            raise

    def wait(self, seconds: float) -> list[str]:
        """The scopes of which something was published, each once; none after so many seconds without one."""
        select.select([self._line], [], [], seconds)
        return list(dict.fromkeys(self._read()))

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        self._line.close()

    def _read(self) -> Iterator[str]:
        with suppress(BlockingIOError):
            while True:
                yield self._line.recv(MOST_BYTES).decode(errors="replace")


@contextmanager
def _address(root: Path) -> Iterator[str]:
    """The socket's address, however long the path of `root` is: an address has at most 107 bytes."""
    folder = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)
