"""Another station carried live (tiếp sóng): its sound as a programme that any speaker can play. The daemon's side.

A child process (tuner.py) receives, decodes and levels it; what it hears comes through a named pipe, which a tape
reads instead of a file. Such a programme has no hash, and as many frames as it may last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
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


class Airing(Protocol):
    """What is asked of an airing that carries a stream."""

    @property
    def id(self) -> str: ...
    @property
    def stream(self) -> str | None: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...


class Dial:
    """The receivers of the streams that are coming: opened early, kept while they last, closed after."""

    def __init__(self, opener: Callable[[str, float], Receiver]) -> None:
        self._opener = opener  # address and seconds -> receiver; may raise `Refused`
        self._open: dict[str, tuple[Receiver, datetime]] = {}
        self._refused: dict[str, Message] = {}

    def look(self, now: datetime, airings: Iterable[Airing]) -> None:
        """Open what begins within `EARLY`, close what has ended."""
        for identity, (receiver, ends_at) in list(self._open.items()):
            if now > ends_at:
                receiver.close()
                del self._open[identity]
        for airing in airings:
            if airing.stream and airing.ends_at and airing.id not in self._open and _near(airing, now):
                self._tune(airing.id, airing.stream, now, airing.ends_at)

    def programme(self, airing: Airing) -> Programme | Message:
        """What to play for it, or why there is nothing."""
        if refused := self._refused.get(airing.id):
            return refused
        receiver, _ = self._open.get(airing.id, (None, None))
        if receiver is None or not receiver.alive:
            return Message("The station {url} cannot be received.", url=airing.stream)
        return receiver.programme

    def close(self) -> None:
        for receiver, _ in self._open.values():
            receiver.close()
        self._open.clear()

    def _tune(self, identity: str, url: str, now: datetime, ends_at: datetime) -> None:
        try:
            self._open[identity] = self._opener(url, (ends_at - now).total_seconds()), ends_at
        except Refused as error:
            self._refused[identity] = error.message


def _near(airing: Airing, now: datetime) -> bool:
    begins, ends = airing.starts_at, airing.ends_at
    return begins is not None and ends is not None and begins - timedelta(seconds=EARLY) <= now < ends
