"""Another station carried live (tiếp sóng): its sound as a programme that any speaker can play. The daemon's side.

A child process (worker.py) receives, decodes and levels it; its samples come through a named pipe, which is read
instead of a file. Such a programme has no hash, and as many frames as it may last.
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
from ...model.programme import Programme

OPEN_AHEAD = 60.0  # seconds: open a receiver so long before its airing

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
    """Opens the stream at once. Give `programme` to a speaker when the time has come, and close the receiver after.

    `lasts` is in seconds, `rate` in frames a second. Nothing is fetched from a host that is not among `hosts`.
    Raises `OSError` where there is no room for its pipe or no process for its worker.
    """

    def __init__(self, url: str, hosts: Collection[str], lasts: float, rate: int = 48_000) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="loudspeaker-stream-")
        pipe = Path(self._folder.name) / "sound"
        os.mkfifo(pipe, 0o600)
        self.programme = Programme(f"stream:{url}", pipe, rate, round(lasts * rate), sha256="")
        self._url = url
        self._outcome: Programme | Message | None = None
        command = [sys.executable, "-m", "loudspeaker.speakers.streams.worker", url, str(pipe), str(rate), *hosts]
        try:
            self._worker = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, bufsize=0)
        except OSError:
            self._folder.cleanup()
            raise
        assert self._worker.stdout
        os.set_blocking(self._worker.stdout.fileno(), False)

    def poll(self) -> Programme | Message | None:
        """The programme while there is sound; else why there is none; None as long as nothing is known."""
        assert self._worker.stdout
        if reports := (self._worker.stdout.read() or b"").splitlines():
            self._outcome = self._outcome_of(json.loads(reports[-1]))
        if self._worker.poll() is not None and not isinstance(self._outcome, Message):
            self._outcome = self._outcome_of({"fault": "soundless"})  # it was ended from outside
        return self._outcome

    def close(self) -> None:
        """End the worker and remove the pipe. Raises `OSError` where the pipe cannot be removed."""
        self._worker.terminate()
        try:
            self._worker.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._worker.kill()
            self._worker.wait()
        assert self._worker.stdout
        self._worker.stdout.close()
        self._folder.cleanup()

    def _outcome_of(self, report: dict[str, str]) -> Programme | Message:
        """What one line of the worker means: lines are short enough to come whole."""
        if fault := report.get("fault"):
            return Message(FAULTS[fault], url=self._url, detail=report.get("detail", ""))
        return self.programme


StreamKey = tuple[str | None, str, datetime | None]


class ReceiverPool:
    """The receivers of the streams that are coming: opened early, kept while they last, closed after.

    Villages that hear the same stream from the same output share its receiver, for they are one playback.
    """

    def __init__(self, opener: Callable[[str, float], Receiver]) -> None:
        self._opener = opener  # URL and seconds -> receiver
        self._open: dict[StreamKey, tuple[Receiver, datetime]] = {}
        self._failed: dict[StreamKey, Message] = {}  # why there is no receiver

    def update(self, now: datetime, airings: Iterable[Airing]) -> None:
        """Open what begins within `OPEN_AHEAD`, close what has ended."""
        for key, (receiver, ends_at) in list(self._open.items()):
            if now > ends_at:
                del self._open[key]
                _close(receiver)
        self._failed.clear()
        for airing in airings:  # several times a second, of all days that are planned: next to none is a stream
            if not airing.stream or not airing.ends_at or not _is_due(airing, now):
                continue
            key = _key(airing)
            if key not in self._open:
                lasts = (airing.ends_at - now).total_seconds()
                try:
                    self._open[key] = self._opener(airing.stream, lasts), airing.ends_at
                except OSError as error:  # a full disk, no process left: this stream alone waits for a better moment
                    why = Message("“{url}” cannot be received: {reason}", url=airing.stream, reason=reason(error))
                    self._failed[key] = why

    def poll(self, airing: Airing) -> Programme | Message | None:
        """What to play for it, or why there is nothing; None as long as nothing is known."""
        receiver, _ = self._open.get(_key(airing), (None, None))
        return receiver.poll() if receiver else self._failed.get(_key(airing))

    def close(self) -> None:
        """Close all receivers."""
        while self._open:
            _, (receiver, _) = self._open.popitem()
            _close(receiver)


def _close(receiver: Receiver) -> None:
    with suppress(OSError):  # its folder stays behind: not worth the other streams
        receiver.close()


def _key(airing: Airing) -> StreamKey:
    return airing.stream, airing.output, airing.ends_at


def _is_due(airing: Airing, now: datetime) -> bool:
    begins, ends = airing.starts_at, airing.ends_at
    return begins is not None and ends is not None and begins - timedelta(seconds=OPEN_AHEAD) <= now < ends
