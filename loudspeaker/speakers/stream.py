"""Another station carried live (tiếp sóng): its sound as a programme that any speaker can play. The daemon's side.

A child process (tuner.py) receives, decodes and levels it; what it hears comes through a named pipe, which a tape
reads instead of a file. Such a programme has no hash, and as many frames as it may last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import Message, Refused
from ..sound.programme import Programme

EARLY = 60.0  # seconds: open a receiver so long before its airing


class Receiver:
    """Opens the stream at once; give its `programme` to a speaker when the time has come, and close it after.

    `lasts` is in seconds. Raises `Refused` where the address is not http(s) or its host is not among `hosts`.
    """

    def __init__(self, url: str, hosts: Collection[str], lasts: float, rate: int = 48_000) -> None:
        check(url, hosts)
        self._folder = tempfile.TemporaryDirectory(prefix="loudspeaker-stream-")
        pipe = Path(self._folder.name) / "sound"
        os.mkfifo(pipe, 0o600)
        self.programme = Programme(f"stream:{url}", pipe, rate, round(lasts * rate), sha256="")
        command = [sys.executable, "-m", "loudspeaker.speakers.tuner", url, str(pipe), str(rate)]
        self._tuner = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    @property
    def alive(self) -> bool:
        """The tuner has not given up."""
        return self._tuner.poll() is None

    def close(self) -> None:
        self._tuner.terminate()
        try:
            self._tuner.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._tuner.kill()
            self._tuner.wait()
        self._folder.cleanup()


def check(url: str, hosts: Collection[str]) -> None:
    """Only stations that the commune has named may be carried."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(Message("“{url}” is not the address of a stream: it begins with http:// or https://.", url=url))
    if parts.hostname.casefold() not in {host.casefold() for host in hosts}:
        raise Refused(Message("{host} is not among the “streams” of commune.yaml.", host=parts.hostname))
