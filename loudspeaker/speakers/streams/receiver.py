"""Another station carried live (tiếp sóng): its sound as a programme that any speaker can play. The daemon's side.

A child process (tuner.py) receives, decodes and levels it; what it hears comes through a named pipe, which a tape
reads instead of a file. Such a programme has no hash, and as many frames as it may last.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from ...errors import Message, reason
from ...model.airing import Airing
from ...sound.programme import Programme

EARLY = 60.0  # seconds: open a receiver so long before its airing

N_ = str
FAULTS = {
    "foreign": N_("“{url}” leads to {detail}, which is not among the “streams” of commune.yaml"),
    "unreached": N_("{detail} cannot be reached"),
    "expired": N_("the certificate of {detail} has expired, or the clock of this box is wrong"),
    "early": N_("the certificate of {detail} is not valid yet: the clock of this box is wrong"),
    "misnamed": N_("the certificate that {detail} shows is another host's"),
    "untrusted": N_("the certificate of {detail} was issued by nobody whom this box trusts"),
    "insecure": N_("there is no secure connection to {detail}: TLS fails"),
    "answer": N_("“{url}” answers {detail}"),
    "soundless": N_("no sound comes from “{url}”"),
    "silent": N_("“{url}” is silent"),
    "input": N_("“{url}” cannot be opened: {detail}"),
    "stale": N_("“{url}” only repeats what was heard before"),
    "ffmpeg": N_("ffmpeg is not installed, so no stream can be received"),
}


class Receiver:
    """Opens the stream at once; give its `programme` to a speaker when the time has come, and close it after.

    `lasts` is in seconds. Nothing is fetched from a host that is not among `hosts`.
    """

    def __init__(self, url: str, hosts: Collection[str], lasts: float, rate: int = 48_000) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="loudspeaker-stream-")
        pipe = Path(self._folder.name) / "sound"
        os.mkfifo(pipe, 0o600)
        self.programme = Programme(f"stream:{url}", pipe, rate, round(lasts * rate), sha256="")
        self._url = url
        self._found: Programme | Message | None = None
        command = [sys.executable, "-m", "loudspeaker.speakers.streams.worker", url, str(pipe), str(rate), *hosts]
        try:
            self._tuner = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0)
        except OSError:
            self._folder.cleanup()
            raise
        assert self._tuner.stdout
        os.set_blocking(self._tuner.stdout.fileno(), False)

    def find(self) -> Programme | Message | None:
        """The programme while there is sound; else why there is none; None as long as nothing is known."""
        assert self._tuner.stdout
        if told := (self._tuner.stdout.read() or b"").splitlines():
            self._found = self._understood(json.loads(told[-1]))
        if self._tuner.poll() is not None and not isinstance(self._found, Message):
            self._found = self._understood({"fault": "soundless"})  # it was ended from outside
        return self._found

    def close(self) -> None:
        self._tuner.terminate()
        try:
            self._tuner.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._tuner.kill()
            self._tuner.wait()
        assert self._tuner.stdout
        self._tuner.stdout.close()
        self._folder.cleanup()

    def _understood(self, told: dict[str, str]) -> Programme | Message:
        """One line of the tuner: short enough to come whole."""
        if fault := told.get("fault"):
            return Message(FAULTS[fault], url=self._url, detail=told.get("detail", ""))
        return self.programme


Place = tuple[str | None, str, datetime | None]


class Dial:
    """The receivers of the streams that are coming: opened early, kept while they last, closed after.

    Villages that hear the same stream from the same output share its receiver, for they are one playback.
    """

    def __init__(self, opener: Callable[[str, float], Receiver]) -> None:
        self._opener = opener  # address and seconds -> receiver
        self._open: dict[Place, tuple[Receiver, datetime]] = {}
        self._failed: dict[Place, Message] = {}  # why there is no receiver

    def look(self, now: datetime, airings: Iterable[Airing]) -> None:
        """Open what begins within `EARLY`, close what has ended."""
        for place, (receiver, ends_at) in list(self._open.items()):
            if now > ends_at:
                del self._open[place]
                _close(receiver)
        self._failed.clear()
        for airing in airings:
            place = _place(airing)
            if airing.stream and airing.ends_at and place not in self._open and _near(airing, now):
                lasts = (airing.ends_at - now).total_seconds()
                try:
                    self._open[place] = self._opener(airing.stream, lasts), airing.ends_at
                except OSError as error:  # a full disk, no process left: this stream alone waits for a better moment
                    why = Message("“{url}” cannot be received: {reason}", url=airing.stream, reason=reason(error))
                    self._failed[place] = why

    def find(self, airing: Airing) -> Programme | Message | None:
        """What to play for it, or why there is nothing; None as long as it is being tuned in."""
        receiver, _ = self._open.get(_place(airing), (None, None))
        return receiver.find() if receiver else self._failed.get(_place(airing))

    def close(self) -> None:
        while self._open:
            _, (receiver, _) = self._open.popitem()
            _close(receiver)


def _close(receiver: Receiver) -> None:
    with suppress(OSError):  # its folder stays behind: not worth the other streams
        receiver.close()


def _place(airing: Airing) -> Place:
    return airing.stream, airing.output, airing.ends_at


def _near(airing: Airing, now: datetime) -> bool:
    begins, ends = airing.starts_at, airing.ends_at
    return begins is not None and ends is not None and begins - timedelta(seconds=EARLY) <= now < ends
