"""What can be received: a station on the network, a line into this box. ffmpeg decodes and levels it.

An attempt lasts as long as sound comes; after one that gave none, `fault` says why. Nothing is kept or judged here.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from threading import Thread

from ..card.alsa import input_address
from ..stream_guard import StreamGuard
from .proxy import HostProxy

BLOCK = 0.1  # seconds
STALL = 8.0  # … without any sound

# A horn's level, whatever the station sends: as loud as our own programmes, and never above full scale.
LEVEL = "highpass=f=120,loudnorm=I=-16:TP=-1.5:LRA=7,alimiter=limit=0.87:level=disabled"

# All that a stream from elsewhere may open: the network, and that only by the proxy, which verifies certificates.
NETWORK = ["-protocol_whitelist", "http,https,httpproxy,tcp,tls,crypto,hls", "-rw_timeout", str(int(STALL * 1e6))]

Fault = Mapping[str, str]  # `fault`: a word that the daemon has a sentence for (`receiver.FAULTS`), and its `detail`


def start_ffmpeg(source: Sequence[str], rate: int, **environment: str) -> subprocess.Popen[bytes]:
    """Have `source` decoded into mono 16-bit samples on standard output, `rate` a second.

    Raises `FileNotFoundError` where there is no ffmpeg.
    """
    sound = ["-vn", "-af", LEVEL, "-ac", "1", "-ar", str(rate), "-f", "s16le", "-"]
    command = ["ffmpeg", "-nostdin", "-nostats", "-hide_banner", "-loglevel", "warning", *source, *sound]
    environment = {name: value for name, value in os.environ.items() if name != "no_proxy"} | environment
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, bufsize=0, env=environment)


def read_blocks(process: subprocess.Popen[bytes], rate: int) -> Iterator[bytes]:
    """What it decodes, `BLOCK` seconds of samples at a time, until it ends or stalls."""
    assert process.stdout
    size, unread = 2 * int(BLOCK * rate), b""
    while select.select([process.stdout], [], [], STALL)[0]:
        data = os.read(process.stdout.fileno(), size)
        if not data:
            return
        unread += data
        while len(unread) >= size:
            yield unread[:size]
            unread = unread[size:]


def decode(process: subprocess.Popen[bytes], rate: int, stderr: deque[bytes]) -> Iterator[bytes]:
    """The blocks of one attempt, at whose end `process` is killed; the lines of its standard error go to `stderr`."""
    stderr.clear()
    with process:
        assert process.stderr
        listener = Thread(target=stderr.extend, args=(process.stderr,), daemon=True)
        listener.start()
        try:
            yield from read_blocks(process, rate)
        finally:
            process.kill()
            listener.join()


class LineInput:
    """What comes into this box by a line: a receiver, a microphone. A card has one at a time."""

    def __init__(self, name: str, rate: int) -> None:
        self._source = ["-f", "alsa", "-i", input_address(name)]
        self._is_chosen = name != "auto"  # the default is whichever input the system chooses
        self._rate = rate
        self._stderr: deque[bytes] = deque(maxlen=50)

    def blocks(self) -> Iterator[bytes]:
        """One attempt, which ends where a sound server moves it to another input. Raises `FileNotFoundError`."""
        guard = StreamGuard(recording=True)
        try:
            process = start_ffmpeg(self._source, self._rate)
            guard.process = process.pid
            blocks = decode(process, self._rate, self._stderr)
            yield from takewhile(lambda _: not (self._is_chosen and guard.has_moved), blocks)
        finally:
            guard.close()

    def fault(self) -> Fault:
        """Why the last attempt gave no sound."""
        match = re.search(rb"cannot open audio device .*\((.+)\)|Error opening input: (.+)", b"".join(self._stderr))
        return {"fault": "input", "detail": (match[1] or match[2]).decode()} if match else {"fault": "soundless"}


class NetworkStream:
    """What is at a URL, through a proxy that connects to `hosts` only."""

    def __init__(self, url: str, rate: int, hosts: list[str]) -> None:
        self._source = [*NETWORK, "-i", url]
        self._rate = rate
        self._proxy = HostProxy(hosts)
        self._stderr: deque[bytes] = deque(maxlen=50)

    def blocks(self) -> Iterator[bytes]:
        """One attempt. Raises `FileNotFoundError` where there is no ffmpeg."""
        self._proxy.fault = None
        process = start_ffmpeg(self._source, self._rate, http_proxy=self._proxy.address)
        return decode(process, self._rate, self._stderr)

    def fault(self) -> Fault:
        """Why the last attempt gave no sound."""
        if fault := self._proxy.fault:  # read once: the proxy's threads set it
            return fault
        match = re.search(rb"HTTP error (\d{3})", b"".join(self._stderr))
        return {"fault": "answer", "detail": match[1].decode()} if match else {"fault": "soundless"}
